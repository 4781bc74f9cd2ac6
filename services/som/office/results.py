"""Parts of a result that several commands show."""

from __future__ import annotations

from typing import Any

from services.som.office.words import by_payer, in_kroner, kind, number, percent, said
from services.som.wording import PAYER_WORDS
from shared.office.calling import Office
from shared.office.words import Language


def show_payers(office: Office, amounts: dict[str, Any]) -> None:
    """Amounts by payer, each named; those that are None are left out."""
    rows = [
        {"what": kind(name, office.language), **by_payer(given)} for name, given in amounts.items() if given is not None
    ]
    office.show("payers", {"rows": rows}, "rows")


def show_comparison(office: Office, answer: dict[str, Any]) -> None:
    """The two results, their difference, and what each input moved it by."""
    nets = {end: answer[end]["net_present_value"] for end in ("before", "after")}
    difference = {payer: nets["after"][payer] - nets["before"][payer] for payer in nets["after"]}
    show_payers(office, {**nets, "difference": difference})
    show_changes(office, answer["changed"])


def show_changes(office: Office, changed: list[dict[str, Any]]) -> None:
    """What each input moved the net result by, with the events behind it."""
    rows = [
        {**by_payer(one["amount"]), "input": kind(one["input"], office.language), **events_of(one)} for one in changed
    ]
    office.show("changes", {"rows": rows}, "rows")


def show_flows(office: Office, flows: list[dict[str, Any]]) -> None:
    """Who pays (rows) and who gains (columns)."""
    if not flows:
        return
    print(
        said(
            ("Hvad hver betalers penge bragte hver betaler:", "What each payer's money brought each payer:"),
            office.language,
        )
    )
    rows = []
    for one in flows:
        payer = said(PAYER_WORDS[one["payer"]], office.language)
        rows.append({"what": f"{payer} ({in_kroner(one['paid'], office.language)})", **by_payer(one["gained"])})
    office.show("payers", {"rows": rows}, "rows")


def headline(found: dict[str, Any], language: Language) -> list[str]:
    """The sentences under a result: probability, spread, break-even, benefit–cost."""
    said_of = []
    if found.get("probabilities"):
        chance = percent(found["probabilities"]["total"], language)
        said_of.append(
            said((f"Sandsynlighed for overskud i alt: {chance}", f"Probability of a gain: {chance}"), language)
        )
    if found.get("spread"):
        ends = [in_kroner(found["spread"][end], language) for end in ("p5", "p95")]
        said_of.append(
            said(
                (f"Ni af ti udfald ligger fra {ends[0]} til {ends[1]}", f"Nine in ten draws: {ends[0]} to {ends[1]}"),
                language,
            )
        )
    year = found["break_even_year"]
    never = said(("aldrig inden for horisonten", "never within the horizon"), language)
    said_of.append(f"{said(('Tjent hjem', 'Break-even year'), language)}: {never if year is None else year}")
    if found["break_even_rate"] is not None:
        name = said(("Succesrate, der lige tjener sig hjem", "Break-even success rate"), language)
        said_of.append(f"{name}: {number(found['break_even_rate'], language, 4)}")
    if found["benefit_cost_ratio"] is not None:
        name = said(("Gevinst pr. udgiftskrone", "Benefit–cost ratio"), language)
        said_of.append(f"{name}: {number(found['benefit_cost_ratio'], language, 2)}")
    return said_of


def events_of(one: dict[str, Any]) -> dict[str, str]:
    """The events behind a contribution, as a cell of a table."""
    return {"events": "; ".join(behind(row) for row in one["behind"])}


def behind(row: dict[str, Any]) -> str:
    """A service's events: from which position to which, and how many."""
    return f"{row['service']} {row['first']}–{row['last']} ({row['events']})"
