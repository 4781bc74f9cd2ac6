"""The economist's tables: which columns each has, what they are called, and how figures are written."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

from babel.numbers import format_decimal

from services.som.events import STATUSES, Payer
from services.som.wording import COST_WORDS, DESIGN_WORDS, ORIGIN_WORDS, STATUS_WORDS, Both
from shared.office.words import Language, Vocabulary, kroner

UNSURE = STATUSES[STATUSES.index("assumed") :]
"""From here on a figure is not found anywhere: assumed, simulated, illustrative or a placeholder."""

_PAYERS = "kommune_oere region_oere stat_oere total_oere"

_RIGHT = (
    "completers", "success_rate", "discount_factor", "amount_dkk", "kommune", "region", "stat", "net_per_krone",
    "worth", "rows_count",
)  # fmt: skip

COLUMNS: dict[str, str] = {
    "cases": f"initiative municipality completers success_rate {_PAYERS} probability break_even_year status",
    "history": f"position effective_on success_rate {_PAYERS} status",
    "inputs": "input figure origin events",
    "payers": f"what {_PAYERS}",
    "years": f"year discount_factor {_PAYERS} cumulative_oere",
    "lines": f"kind name {_PAYERS} status",
    "changes": f"input {_PAYERS} events",
    "percentiles": "what p5_oere p25_oere p50_oere p75_oere p95_oere probability",
    "unknowns": "kind source worth_oere",
    "versions": "pricebook version version_label effective_on",
    "studies": "study_id design evidence_level outcome measure estimate net_success",
    "prices": "price_id amount_dkk price_year kommune region stat status source",
    "tables": "table rows_count statuses",
    "scenarios": "scenario_id title municipality made_by made_on signed_by shared_on",
    "reviews": "municipality reviewed_by verdict remarks effective_on",
    "checklist": "question text known",
    "advice": "rank option_id amount_oere net_result_oere net_per_krone advised ranked why",
    "shadows": "kind name worth",
    "cost": "what low_oere base_oere high_oere",
    "cost_years": "year cost_oere granted_oere saved_oere net_oere",
    "cost_kinds": "kind cost_oere",
    "sensitivity": "input cheap_oere dear_oere",
}

WORDS: dict[str, Both] = {
    "advised": ("Anbefalet", "Advised"),
    "amount_dkk": ("Pris, kr.", "Price, DKK"),
    "amount_oere": ("Beløb", "Amount"),
    "base_oere": ("Middel", "Base"),
    "cost_oere": ("Udgift", "Cost"),
    "granted_oere": ("Tilskud", "Grants"),
    "saved_oere": ("Sparet", "Saved"),
    "net_oere": ("Netto", "Net"),
    "cheap_oere": ("Billigst", "Cheapest"),
    "dear_oere": ("Dyrest", "Dearest"),
    "break_even_year": ("Tjent hjem", "Break-even"),
    "completers": ("Gennemført", "Completers"),
    "cumulative_oere": ("Løbende", "Cumulative"),
    "discount_factor": ("Diskonteringsfaktor", "Discount factor"),
    "design": ("Design", "Design"),
    "effective_on": ("Dato", "Date"),
    "estimate": ("Som trykt", "As printed"),
    "events": ("Hændelser", "Events"),
    "evidence_level": ("Niveau", "Level"),
    "figure": ("Tal", "Figure"),
    "high_oere": ("Høj", "High"),
    "initiative": ("Initiativ", "Initiative"),
    "input": ("Hvad", "Input"),
    "kind": ("Slags", "Kind"),
    "known": ("Udfyldt", "Known"),
    "kommune": ("Kommune", "Municipality"),
    "kommune_oere": ("Kommune", "Municipality"),
    "low_oere": ("Lav", "Low"),
    "made_by": ("Lavet af", "Made by"),
    "made_on": ("Lavet", "Made"),
    "measure": ("Mål", "Measure"),
    "municipality": ("Kommune", "Municipality"),
    "name": ("Navn", "Name"),
    "net_success": ("Nettosuccesrate", "Net success rate"),
    "net_result_oere": ("Nettoresultat", "Net result"),
    "net_per_krone": ("Netto pr. krone", "Net per krone"),
    "option_id": ("Tilskud", "Grant"),
    "origin": ("Kilde", "Source"),
    "outcome": ("Udfald", "Outcome"),
    "p25_oere": ("25 %", "25 %"),
    "p50_oere": ("50 %", "50 %"),
    "p5_oere": ("5 %", "5 %"),
    "p75_oere": ("75 %", "75 %"),
    "p95_oere": ("95 %", "95 %"),
    "position": ("Position", "Position"),
    "price_id": ("Pris", "Price"),
    "price_year": ("Prisår", "Price year"),
    "pricebook": ("Vidensdatabase", "Knowledge base"),
    "probability": ("Sandsynlighed for overskud", "Probability of a gain"),
    "question": ("Spørgsmål", "Question"),
    "rank": ("Nr.", "Rank"),
    "ranked": ("På listen", "Ranked"),
    "region": ("Region", "Region"),
    "region_oere": ("Region", "Region"),
    "remarks": ("Bemærkninger", "Remarks"),
    "reviewed_by": ("Set af", "Reviewed by"),
    "rows_count": ("Rækker", "Rows"),
    "scenario_id": ("Beregning", "Scenario"),
    "shared_on": ("I biblioteket", "In the library"),
    "signed_by": ("Underskrevet af", "Signed by"),
    "source": ("Kilde", "Source"),
    "stat": ("Stat", "State"),
    "stat_oere": ("Stat", "State"),
    "status": ("Status", "Status"),
    "statuses": ("Status", "Statuses"),
    "study_id": ("Studie", "Study"),
    "success_rate": ("Succesrate", "Success rate"),
    "table": ("Tabel", "Table"),
    "text": ("", ""),
    "title": ("Titel", "Title"),
    "total_oere": ("I alt", "Total"),
    "verdict": ("Vurdering", "Verdict"),
    "version": ("Version", "Version"),
    "version_label": ("Udgave", "Edition"),
    "what": ("", ""),
    "why": ("Hvorfor", "Why"),
    "worth": ("Værd, kr. pr. krone", "Worth, DKK per krone"),
    "worth_oere": ("Værd at vide", "Worth of knowing"),
    "year": ("År", "Year"),
}

KINDS: dict[str, Both] = {
    "adjustment": ("Tilpasning af sagen", "Adjustment of the case"),
    "decision_date": ("Beslutningsdag", "Decision date"),
    "engine_version": ("Beregningsmotor, version", "Engine version"),
    "price_level_year": ("Prisniveau", "Price level"),
    "timing": ("Beløb falder i året", "Amounts fall in the year"),
    "budget": ("Budget", "Budget"),
    "earmark": ("Øremærke", "Earmark"),
    "floor": ("Mindstebeløb", "Floor"),
    "municipality": ("Kommune", "Municipality"),
    "after": ("Efter", "After"),
    "before": ("Før", "Before"),
    "cohort": ("De, der gennemførte i", "Those who completed in"),
    "cohort_input": ("Gennemførte", "Completers"),
    "change": ("Ændring i forbrug pr. succes", "Change in use per success"),
    "completers": ("Gennemførte", "Completers"),
    "consequence": ("Konsekvens", "Consequence"),
    "consequences": ("Konsekvenser", "Consequences"),
    "cost": ("Udgift", "Cost"),
    "costs": ("Udgifter", "Costs"),
    "difference": ("Forskel", "Difference"),
    "discount_rate": ("Diskonteringsrente, år", "Discount rate, years"),
    "discounted": ("Nettoresultat, tilbagediskonteret", "Net result, discounted"),
    "discounting": ("Diskontering", "Discounting"),
    "engine": ("Beregningsmotor", "Engine"),
    "events": ("Hændelser bag", "Events behind"),
    "everything": ("Alt", "Everything"),
    "faded": ("Nettoresultat, når effekten aftager", "Net result with the effect fading"),
    "follow_up": ("Opfølgning, måneder", "Follow-up, months"),
    "gain": ("Gevinst", "Gain"),
    "gains": ("Gevinster", "Gains"),
    "index_point": ("Indeks", "Index"),
    "indices": ("Prisindeks", "Price indices"),
    "inputs": ("Input", "Inputs"),
    "knowledge": ("Vidensdatabase", "Knowledge base"),
    "net_result": ("Nettoresultat, tilbagediskonteret", "Net result, discounted"),
    "payer": ("", ""),
    "price": ("Pris", "Price"),
    "prices": ("Priser", "Prices"),
    "rate_source": ("Kilde", "Source"),
    "rule": ("Regel", "Rule"),
    "saving": ("Sparet udgift", "Saved cost"),
    "savings": ("Sparede udgifter", "Saved costs"),
    "setting": ("Valg", "Setting"),
    "settings": ("Valg", "Settings"),
    "success_rate": ("Succesrate", "Success rate"),
    "total": ("I alt", "Total"),
    "transfer": ("Tilskud", "Grant"),
    "transfers": ("Tilskud", "Grants"),
    "undiscounted": ("Nettoresultat, ikke diskonteret", "Net result, undiscounted"),
    "year": ("", ""),
}
"""Parts of a result, inputs and nodes of the tree."""

FACTORS: dict[str, Both] = {
    "amount_dkk": ("kr.", "DKK"),
    "completers": ("gennemførte", "completers"),
    "discount_factor": ("diskonteringsfaktor", "discount factor"),
    "effect": ("effekt", "effect"),
    "index": ("indeks", "index"),
    "price_dkk": ("kr.", "DKK"),
    "saved_use": ("sparet forbrug", "saved use"),
    "share": ("andel", "share"),
    "success_rate": ("succesrate", "success rate"),
    "with_overhead": ("med overhead", "with overhead"),
}

VERDICTS: dict[str, Both] = {
    "agrees": ("enig", "agrees"),
    "agrees_with_remarks": ("enig med bemærkninger", "agrees with remarks"),
    "disagrees": ("uenig", "disagrees"),
}
WHYS: dict[str, Both] = {
    "both": ("begge", "both"),
    "fits": ("passer i budgettet", "fits"),
    "floor": ("sporets mindstebeløb", "floor"),
    "displaced": ("pengene gør mere andetsteds", "displaced"),
    "no_gain": ("intet overskud", "no gain"),
    "municipality": ("et andet i kommunen er bedre", "municipality"),
    "budget": ("ikke råd", "budget"),
    "not_needed": ("gør ikke målet mere sandsynligt", "not needed"),
}

VOCABULARY = Vocabulary(
    columns=COLUMNS,
    words=WORDS,
    values={
        "status": STATUS_WORDS,
        "design": DESIGN_WORDS,
        "kind": KINDS | COST_WORDS,
        "name": COST_WORDS,
        "origin": ORIGIN_WORDS,
        "verdict": VERDICTS,
        "why": WHYS,
    },
    right=frozenset((*_RIGHT, "probability", "position", "rank")),
)


def said(words: Both, language: Language) -> str:
    """A word in the language."""
    return words[0] if language == "da" else words[1]


def kind(name: str, language: Language) -> str:
    """What a part of a result, an input or a node of the tree is called."""
    return said(KINDS.get(name, (name, name)), language)


def number(value: str | int | None, language: Language, places: int = 6) -> str:
    """A decimal as the language writes it, without noughts at its end."""
    if value is None:
        return ""
    pattern = f"#,##0.{'#' * places}"
    return str(format_decimal(Decimal(value), format=pattern, locale=language))


def with_interval(found: Mapping[str, Any], language: Language, name: str = "estimate") -> str:
    """A figure with its interval where both ends are known: `0,1 [0,02; 0,18]`."""
    figure, low, high = (number(found[one], language, 4) for one in (name, "low", "high"))
    return f"{figure} [{low}; {high}]" if low and high else figure


def percent(share: str | None, language: Language) -> str:
    """A share of 1 as whole per cent; `0` and `100` only where it is exactly that."""
    if share is None:
        return ""
    value = Decimal(share) * 100
    if value == value.to_integral_value() or 1 <= value <= 99:
        return f"{value:.0f} %"
    return f"{'< 1' if value < 1 else '> 99'} %"


def by_payer(amounts: Mapping[str, int]) -> dict[str, int]:
    """Amounts by payer as the columns of a table, with their sum."""
    columns = {f"{payer}_oere": amounts[payer] for payer in get_args(Payer)}
    return columns | {"total_oere": sum(columns.values())}


def in_kroner(amount_oere: int, language: Language) -> str:
    """An amount with its unit, to stand in a sentence."""
    return f"{kroner(amount_oere, language)} kr." if language == "da" else f"DKK {kroner(amount_oere, language)}"


def banner(statuses: Mapping[str, int], language: Language) -> str | None:
    """What a result rests on that is not found anywhere; None when there is no such figure."""
    unsure = [(status, statuses[status]) for status in UNSURE if statuses.get(status)]
    if not unsure:
        return None
    counts = ", ".join(f"{said(STATUS_WORDS[status], language)}: {count}" for status, count in unsure)
    if language == "da":
        return f"NB: Resultatet hviler på tal, der ikke er fundet noget sted ({counts}). Det er ikke et officielt tal."
    return f"NB: The result rests on figures that were found nowhere ({counts}). It is not an official figure."


def plain(value: Any) -> str:
    """A value of a setting or of JSON as text."""
    return "" if value is None else str(value)
