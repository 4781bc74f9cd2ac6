"""What a plan costs and saves, item by item and year by year, in kroner."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from services.som.cost_builder.plan import CostPlan, Resource, Role, SavedExpense, Staff, Team
from services.som.cost_builder.volumes import Levels, Volumes, taken
from services.som.events import CostKind, Payer, Status


class Flow(NamedTuple):
    """An amount of an item in a year, before overhead. `wages`: it is paid to staff. `by_citizen`: it follows starters
    or completers, and not the intervention as such."""

    kind: CostKind
    item: str
    year: int
    payer: Payer
    amount_dkk: Decimal
    overhead: Decimal
    price_year: int | None
    status: Status
    source: str
    wages: bool = False
    by_citizen: bool = False


def costs(plan: CostPlan, levels: Levels, people: Volumes) -> Iterator[Flow]:
    """The cost of every item: staff by team, then resources, each with its residual value."""
    roles = {role.name: role for role in plan.roles}
    for team in plan.teams:
        for one in team.staff:
            yield from _staff(plan, levels, team, one, roles[one.role])
    for resource in plan.resources:
        yield from _resource(plan, levels, people, resource, roles)


def saved(plan: CostPlan, people: Volumes) -> Iterator[Flow]:
    """What is saved, item by item."""
    for one in plan.saved:
        for year, quantity in _times(plan, people, one):
            yield Flow(
                "operation",
                one.name,
                year,
                one.payer or plan.payer,
                quantity * one.amount_dkk,
                Decimal(0),
                one.price_year or plan.price_year,
                one.status or plan.status,
                _source(plan, one.source, one.name),
                by_citizen=one.per in ("starter", "completer"),
            )


def _staff(plan: CostPlan, levels: Levels, team: Team, one: Staff, role: Role) -> Iterator[Flow]:
    wage = taken(levels, f"wage:{role.name}", role.wage_dkk, role.low_dkk, role.high_dkk)
    amount = team.number * (_full_time_cost(role, wage) * one.fte if one.fte is not None else Decimal(0))
    if one.hours_per_year is not None:
        amount = team.number * one.hours_per_year * hour_cost(role, wage)
    item = f"{team.name}: {role.name}"
    for year in plan.operation:
        yield Flow(
            "operation",
            item,
            year,
            plan.payer,
            amount,
            plan.overhead,
            role.price_year or plan.price_year,
            plan.status,
            _source(plan, None, item),
            wages=True,
        )


def hour_cost(role: Role, wage: Decimal) -> Decimal:
    """What an hour of a role costs."""
    if role.per == "hour":
        return wage
    assert role.full_time_hours is not None
    return wage / role.full_time_hours


def _full_time_cost(role: Role, wage: Decimal) -> Decimal:
    if role.per == "year":
        return wage
    assert role.full_time_hours is not None
    return wage * role.full_time_hours


def _resource(plan: CostPlan, levels: Levels, people: Volumes, one: Resource, roles: dict[str, Role]) -> Iterator[Flow]:
    role = None if one.role is None else roles[one.role]
    if role is not None and one.hours is not None:
        unit = one.hours * hour_cost(
            role, taken(levels, f"wage:{role.name}", role.wage_dkk, role.low_dkk, role.high_dkk)
        )
    else:
        assert one.amount_dkk is not None
        unit = taken(levels, f"resource:{one.name}", one.amount_dkk, one.low_dkk, one.high_dkk)
    price_year = one.price_year or (role.price_year if role else None) or plan.price_year
    overhead = one.overhead if one.overhead is not None else plan.overhead if role else Decimal(0)
    flow = Flow(
        one.kind,
        one.name,
        0,
        one.payer or plan.payer,
        Decimal(0),
        overhead,
        price_year,
        one.status or plan.status,
        _source(plan, one.source, one.name),
        wages=role is not None,
        by_citizen=one.per in ("starter", "completer"),
    )
    for year, quantity in _times(plan, people, one):
        yield flow._replace(year=year, amount_dkk=quantity * unit)
        left = _left(plan, one, year)
        if left > 0:
            yield flow._replace(kind="residual", year=plan.operation[-1], amount_dkk=-quantity * unit * left)


def _left(plan: CostPlan, one: Resource, bought: int) -> Decimal:
    """The share of its price that material bought in a year still has when the operation ends: worn down evenly over
    its life, from the year it is bought in (our reading of restværdi; the agency's rule is not public)."""
    if one.life_years is None:
        return Decimal(0)
    used = plan.operation[-1] + 1 - bought
    return max(Decimal(one.life_years - used) / Decimal(one.life_years), Decimal(0))


def _times(plan: CostPlan, people: Volumes, one: Resource | SavedExpense) -> Iterator[tuple[int, Decimal]]:
    """In which years an item is bought or saved, and how many of it."""
    teams = Decimal(sum(team.number for team in plan.teams))
    if one.per in ("once", "team"):
        first = one.year or plan.first_year
        again = (one.every_years or one.life_years) if isinstance(one, Resource) else None
        for year in range(first, plan.operation[-1] + 1, again) if again else [first]:
            yield year, Decimal(1) if one.per == "once" else teams
        return
    yearly = {
        "year": Decimal(1),
        "team_year": teams,
        "course": people.courses,
        "citizen_year": plan.citizen_years_per_year or Decimal(0),
    }
    for place, year in enumerate(plan.operation):
        if one.per == "starter":
            yield year + one.after, Decimal(people.starters[place])
        elif one.per == "completer":
            yield year + one.after, Decimal(people.completers[place])
        else:
            yield year, yearly[one.per]


def _source(plan: CostPlan, source: str | None, item: str) -> str:
    return source or f"{plan.source} ({item})"[:500]
