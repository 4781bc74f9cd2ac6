"""Changes of grants: applied for and decided (simulated)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from services.demo.rows import Deviation, Grant
from services.demo.script.office import DECIDER, Agenda, Office, act
from services.funding.events import BudgetLine
from shared.kernel.money import oere

Budget = Sequence[BudgetLine]


def changes(grant: Grant, deviation: Deviation, accounts_on: date) -> Agenda:
    """What the deviation changes, if anything; a carry-over follows the year's accounts."""
    year, amount, until = deviation.year, oere(deviation.amount_dkk), deviation.until
    match deviation.kind:
        case "budget_changed":
            yield from _change(grant, "budget", date(year, 2, 15), _moved(year, amount, smallest))
        case "prolonged":
            assert until is not None
            yield from _change(grant, "prolongation", date(year, 9, 1), lambda _: {"period_to": until.isoformat()})
            to = _moved(year, amount, lambda budget, year: _later(largest(budget, year), until.year))
            yield from _change(grant, "budget", date(year, 9, 15), to)
        case "carried_over":
            yield from _change(grant, "carry_over", accounts_on + timedelta(days=12), _carried(year, amount))
        case "carry_over_refused":
            day = accounts_on + timedelta(days=12)
            yield from _change(grant, "carry_over", day, _carried(year, amount), "refuse")


def largest(budget: Budget, year: int) -> BudgetLine:
    """The year's largest line, the first of equals."""
    return max((line for line in budget if line.project_year == year), key=lambda line: line.amount_oere)


def smallest(budget: Budget, year: int) -> BudgetLine:
    """The year's smallest line, the first of equals."""
    return min((line for line in budget if line.project_year == year), key=lambda line: line.amount_oere)


def _later(line: BudgetLine, year: int) -> BudgetLine:
    return line.model_copy(update={"project_year": year})


Parts = Callable[[Budget], dict[str, Any]]
"""What a change asks for, given the budget of its day."""


def _change(
    grant: Grant, kind: str, day: date, parts: Parts, decision: Literal["approve", "refuse"] = "approve"
) -> Agenda:
    change = {"grant_id": grant.id, "change_id": f"{kind}-{day}"}
    reason = "Simuleret ændring."

    def request(office: Office) -> None:
        asked = parts(office.grant(grant.id).budget)
        office.do("request_change", **change, kind=kind, reason=reason, **asked)

    yield day, request
    decided = {"decision": decision, "reason": reason, "on_behalf_of": DECIDER}
    yield act(day + timedelta(days=6), "decide_change", **change, **decided)


def _moved(year: int, amount_oere: int, to: Callable[[Budget, int], BudgetLine]) -> Parts:
    """The whole budget with an amount moved from the year's largest line to another, perhaps a new one."""

    def parts(budget: Budget) -> dict[str, Any]:
        target, source = to(budget, year), largest(budget, year)
        lines = {_key(line): line.amount_oere for line in budget}
        lines[_key(source)] -= amount_oere
        lines[_key(target)] = lines.get(_key(target), 0) + amount_oere
        named = ("post", "project_year", "earmark")
        return {"budget": [dict(zip(named, key, strict=True)) | {"amount_oere": left} for key, left in lines.items()]}

    return parts


def _key(line: BudgetLine) -> tuple[str, int, str | None]:
    return line.post, line.project_year, line.earmark


def _carried(year: int, amount_oere: int) -> Parts:
    """What was not spent of the year's largest line."""

    def parts(budget: Budget) -> dict[str, Any]:
        line = largest(budget, year).model_dump(include={"post", "project_year", "earmark"})
        return {"carry_over": [line | {"amount_oere": amount_oere}]}

    return parts
