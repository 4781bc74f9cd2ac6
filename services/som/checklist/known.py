"""What a calculation's inputs and its knowledge base say to the checklist's questions, in Danish and English."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Literal

from services.som.events import STATUSES, Consequence, Recommendation, Status
from services.som.model import CaseModel
from services.som.model.compiled import completers
from services.som.model.figures import figures
from services.som.wording import COST_WORDS, ORIGIN_WORDS, PAYER_WORDS, STATUS_WORDS, TIMING_WORDS, Both
from shared.kernel import danish

Place = Literal[0, 1]
"""Danish or English."""

UNSURE: tuple[Status, ...] = ("assumed", "simulated", "illustrative", "placeholder")
"""Figures that are not found anywhere but made up to be able to compute."""


def known_of(model: CaseModel) -> dict[str, Both]:
    """What is known, by question; a question of which nothing is known is left out, or has empty texts."""
    found = {
        "target-group": _same(model.inputs.target_group),
        "success-measure": _same(model.inputs.success_measure),
        "participants": _participants(model),
        "drop-out": _drop_out(model),
        "prices": _prices(model),
        "unsure-figures": _unsure(model),
        "payers": _payers(model),
        "price-level": _price_level(model),
        "horizon": _horizon(model),
        "discounting": _discounting(model),
        "uncertainty": _uncertainty(model),
        "options": _options(model),
        "data-gaps": _gaps(model),
    }
    return found | _rate(model) | _consequences(model) | _money(model)


def _rate(model: CaseModel) -> dict[str, Both]:
    rate = model.inputs.success_rate
    if rate is None:
        return {}
    origin, status = ORIGIN_WORDS[rate.origin], STATUS_WORDS[rate.status]

    def said(place: Place) -> str:
        span = ""
        if rate.low is not None and rate.high is not None:
            span = f" [{_number(rate.low, place)}; {_number(rate.high, place)}]"
        return f"{_number(rate.rate, place)}{span}, {origin[place]}: {rate.name} ({status[place]})"

    found = {"success-rate": _both(said)}
    if rate.evidence_level is not None:
        found["evidence-level"] = _same(str(rate.evidence_level))
    if rate.follow_ups:
        later = _both(
            lambda place: ", ".join(f"{one.months}: {_number(one.share_left, place)}" for one in rate.follow_ups)
        )
        found["lasting-effect"] = (
            f"Tilbage af effekten, efter måneder: {later[0]}. Det aftagende resultat vises ved siden af.",
            f"Left of the effect, by months: {later[1]}. The faded result is shown beside.",
        )
    return found


def _consequences(model: CaseModel) -> dict[str, Both]:
    inputs = model.inputs
    counted = {row.consequence.price_id for row in model.rows}
    own = {row.price_id for row in inputs.own_consequences}
    group = (inputs.target_group, inputs.success_measure)
    known = {
        row.price_id: row
        for row in model.knowledge.published.consequences
        if (row.target_group, row.success_measure) == group
    }
    rows = list((known | {row.price_id: row for row in inputs.own_consequences}).values())

    def named(recommendation: Recommendation) -> list[Consequence]:
        return [row for row in rows if row.recommendation == recommendation and row.price_id not in own]

    considered = named("consider")
    taken = [row.price_id for row in considered if row.price_id in counted]
    passed = [row.price_id for row in considered if row.price_id not in counted]
    left_out = [row.price_id for row in rows if row.price_id not in counted]
    return {
        "consequences-included": _listed(row.price_id for row in named("include")),
        "consequences-considered": (
            f"Medregnet: {_names(taken)}. Ikke medregnet: {_names(passed)}.",
            f"Counted: {_names(taken)}. Not counted: {_names(passed)}.",
        )
        if considered
        else ("Ingen.", "None."),
        # Why something is left out only the maker knows.
        "consequences-left-out": ("", "") if left_out else ("Ingen.", "None."),
        "own-consequences": _listed(f"{row.price_id} ({row.status}: {row.source})" for row in inputs.own_consequences),
    }


def _money(model: CaseModel) -> dict[str, Both]:
    inputs = model.inputs
    found: dict[str, Both] = {}
    if inputs.costs:
        kinds = sorted({line.kind for line in inputs.costs})
        sums = [(kind, sum(line.amount_oere for line in inputs.costs if line.kind == kind)) for kind in kinds]
        lacking = [kind for kind in COST_WORDS if kind != "residual" and kind not in kinds]
        found["costs"] = (
            "; ".join(f"{COST_WORDS[kind][0]}: {danish.kroner(amount)}" for kind, amount in sums)
            + (f" Uden: {', '.join(COST_WORDS[kind][0] for kind in lacking)}." if lacking else ""),
            "; ".join(f"{COST_WORDS[kind][1]}: {_dkk(amount)}" for kind, amount in sums)
            + (f". Without: {', '.join(COST_WORDS[kind][1] for kind in lacking)}." if lacking else "."),
        )
        shares = sorted({line.overhead for line in inputs.costs})
        found["overhead"] = _both(lambda place: "; ".join(f"{_number(100 * share, place)} %" for share in shares))
    if inputs.transfers:
        found["grants"] = (
            "; ".join(f"{row.year}: {danish.kroner(row.amount_oere)} ({row.source})" for row in inputs.transfers),
            "; ".join(f"{row.year}: {_dkk(row.amount_oere)} ({row.source})" for row in inputs.transfers),
        )
    else:
        found["grants"] = ("Ingen.", "None.")
    if inputs.savings:
        found["saved-costs"] = (
            "; ".join(f"{row.year}: {danish.kroner(row.amount_oere)} ({row.source})" for row in inputs.savings),
            "; ".join(f"{row.year}: {_dkk(row.amount_oere)} ({row.source})" for row in inputs.savings),
        )
    return found


def _participants(model: CaseModel) -> Both:
    counted = [(year, Decimal(f"{people:.6f}")) for year, people in completers(model.inputs)]
    return _both(lambda place: "; ".join(f"{year}: {_number(people, place)}" for year, people in counted))


def _drop_out(model: CaseModel) -> Both:
    share = model.inputs.settings.drop_out
    if share is not None:
        return (
            f"{_number(100 * share, 0)} % af dem, der starter, falder fra.",
            f"{_number(100 * share, 1)} % of those who start drop out.",
        )
    starters = [row.starters for row in model.inputs.cohorts if row.starters is not None]
    if len(starters) < len(model.inputs.cohorts) or not starters:
        return "", ""
    done = sum(row.completers for row in model.inputs.cohorts)
    return (
        f"{sum(starters)} startede, {done} gennemførte; kun de sidste har en effekt.",
        f"{sum(starters)} started, {done} completed; only the latter have an effect.",
    )


def _prices(model: CaseModel) -> Both:
    counts = {status: [row.price.price_id for row in model.rows if row.price.status == status] for status in STATUSES}
    return _both(
        lambda place: "; ".join(
            f"{STATUS_WORDS[status][place]}: {_names(names)}" for status, names in counts.items() if names
        )
    )


def _unsure(model: CaseModel) -> Both:
    rows = [figure for figure in figures(model) if figure.status in UNSURE]
    if not rows:
        return "Ingen.", "None."
    return _both(
        lambda place: "; ".join(f"{figure.kind} {figure.name}: {STATUS_WORDS[figure.status][place]}" for figure in rows)
    )


def _payers(model: CaseModel) -> Both:
    fixed = [row.price for row in model.rows if row.price.rule is None]
    ruled = [row.price for row in model.rows if row.price.rule is not None]

    def said(place: Place) -> str:
        shares = [(one.price_id, (one.kommune, one.region, one.stat)) for one in fixed]
        parts = [f"{name} {' / '.join(_number(share, place) for share in three)}" for name, three in shares]
        by_rule = ("efter regel", "by rule")[place]
        parts += [f"{one.price_id} {by_rule} {one.rule.rule_id}" for one in ruled if one.rule is not None]
        names = " / ".join(words[place] for words in PAYER_WORDS.values())
        return f"{names}: {'; '.join(parts)}" if parts else ""

    return _both(said)


def _price_level(model: CaseModel) -> Both:
    settings, published = model.inputs.settings, model.knowledge.published
    series = [published.index_series]
    if settings.indexation == "families":
        series = [f"{row.family}: {row.series}" for row in published.indexed_by] or series
    return _same(f"{model.knowledge.level(settings)}; {', '.join(series)}")


def _horizon(model: CaseModel) -> Both:
    if not model.rows:
        return "", ""
    last = len(model.rows[0].change) - 1
    return f"År t = 0 til {last} efter succes.", f"Years t = 0 to {last} after success."


def _discounting(model: CaseModel) -> Both:
    decided = model.inputs.decision_date
    tables = model.knowledge.published.discount_rates
    start = max(row.decided_from for row in tables if row.decided_from <= decided)
    used = [row for row in tables if row.decided_from == start]
    rates = _both(
        lambda place: "; ".join(
            f"{row.from_year}–{row.to_year or ''}: {_number(100 * row.rate, place)} %" for row in used
        )
    )
    timing = TIMING_WORDS[model.inputs.settings.timing]
    return (
        f"Besluttet {decided.isoformat()}; satser fra {start.isoformat()}, år frem: {rates[0]}; {timing[0]}.",
        f"Decided {decided.isoformat()}; rates of {start.isoformat()}, years ahead: {rates[1]}; {timing[1]}.",
    )


def _options(model: CaseModel) -> Both:
    chosen = model.inputs.settings.model_dump(mode="json", exclude_defaults=True)
    if not chosen:
        return "Ingen: regnet som SØM.", "None: computed as SØM does."
    return _same("; ".join(f"{name} = {value}" for name, value in chosen.items()))


def _uncertainty(model: CaseModel) -> Both:
    share = 100 * model.inputs.settings.assumed_range
    return (
        "Kendte intervaller er brugt; hvor intet er kendt, er priser, konsekvenser og udgifter ladet variere"
        f" ± {_number(share, 0)} %.",
        "Known intervals are used; where none is known, prices, consequences and costs are varied by"
        f" ± {_number(share, 1)} %.",
    )


def _gaps(model: CaseModel) -> Both:
    rate = model.inputs.success_rate
    gaps: list[Both] = []
    if not model.rows:
        gaps.append(("ingen konsekvenser for målgruppe og succesmål", "no consequences of the group and the measure"))
    if rate is None:
        gaps.append(("ingen succesrate", "no success rate"))
    elif rate.low is None or rate.high is None:
        gaps.append(("succesraten har intet interval", "the success rate has no interval"))
    bare = [row.consequence.price_id for row in model.rows if not row.consequence.standard_errors]
    if bare:
        names = _names(bare)
        gaps.append((f"uden standardfejl: {names}", f"without a standard error: {names}"))
    if not model.inputs.costs:
        gaps.append(("ingen udgifter", "no costs"))
    return "; ".join(gap[0] for gap in gaps), "; ".join(gap[1] for gap in gaps)


def _listed(names: Iterable[str]) -> Both:
    found = list(names)
    return _same("; ".join(found)) if found else ("Ingen.", "None.")


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "–"


def _same(text: str) -> Both:
    return text, text


def _both(said: Callable[[Place], str]) -> Both:
    return said(0), said(1)


def _number(value: Decimal, place: Place) -> str:
    return f"{value.normalize():f}".replace(".", (",", ".")[place])


def _dkk(amount_oere: int) -> str:
    return f"DKK {Decimal(amount_oere) / 100:,.2f}"
