"""How a calculation is named on the command line: `INITIATIVE/MUNICIPALITY[@POSITION]`, or a scenario's name."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from services.som.office.words import banner
from shared.kernel.rejection import Rejected
from shared.office.calling import Office
from shared.office.files import field

Case = Annotated[
    str, typer.Argument(metavar="CASE", help="INITIATIVE/MUNICIPALITY, as of @POSITION if given; or a scenario's name.")
]


def calculation(case: str) -> dict[str, Any]:
    """The fields of `Calculation` that a CASE argument spells. Raises Rejected CASE_INVALID."""
    name, _, position = case.partition("@")
    if "/" not in name and not position and "@" not in case:
        return {"scenario_id": case}
    initiative, _, municipality = name.partition("/")
    whole = position.isascii() and position.isdecimal() and len(position) <= 16
    if not (initiative and municipality) or ("@" in case and not whole):
        message = "Say a case like social-training/0101 or social-training/0101@512, or name a scenario."
        raise Rejected("CASE_INVALID", message, [field("case", "form")])
    found: dict[str, Any] = {"initiative": initiative, "municipality": municipality}
    return found | {"position": int(position)} if position else found


def live(case: str) -> dict[str, Any]:
    """The same for what only a live case can do. Raises Rejected CASE_INVALID for a scenario."""
    found = calculation(case)
    if "scenario_id" in found:
        message = "That is a scenario; name a live case like social-training/0101."
        raise Rejected("CASE_INVALID", message, [field("case", "live")])
    return found


def warn(office: Office, *cases: dict[str, Any]) -> None:
    """Say it where calculations rest on figures that were found nowhere."""
    if not office.as_json:
        warn_of(office, *(office.ask("case_result", calculation=one)["result"]["statuses"] for one in cases))


def warn_of(office: Office, *statuses: dict[str, int]) -> None:
    """The same, of results that were asked for already: how many figures of each status there are."""
    found: dict[str, int] = {}
    for one in statuses:
        found = {status: max(count, found.get(status, 0)) for status, count in {**found, **one}.items()}
    text = banner(found, office.language)
    if text is not None:
        print(text)
