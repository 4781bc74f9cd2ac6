"""What a plan comes to: in all, by year, by kind, per starter and per completer; low, base and high."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from services.som.cost_builder.flows import Flow, costs, saved
from services.som.cost_builder.lines import in_oere
from services.som.cost_builder.plan import CostPlan
from services.som.cost_builder.volumes import BASE, Level, Levels, capacity, everything, only, volumes
from services.som.events import CostKind
from shared.kernel.messages import Value
from shared.kernel.rejection import Rejected

Index = Mapping[int, Decimal]
"""A price index by year."""


class Cost(Value):
    """A plan's cost in øre, whole operation, overhead in it and residual values off it.

    `wages_oere` is a part of `cost_oere`. `net_oere` = cost − grants received by the plan's payer − saved.
    Per head in whole øre, half to even; None where there is nobody.
    """

    cost_oere: int
    wages_oere: int
    saved_oere: int
    granted_oere: int
    net_oere: int
    starters: int
    completers: int
    per_starter_oere: int | None
    per_completer_oere: int | None
    per_citizen_year_oere: int | None
    net_per_starter_oere: int | None
    net_per_completer_oere: int | None


class YearCost(Value):
    """A calendar year of a plan's base, in øre."""

    year: int
    cost_oere: int
    saved_oere: int
    granted_oere: int
    net_oere: int


class KindCost(Value):
    """What one kind of cost comes to, and its share of the whole."""

    kind: CostKind
    cost_oere: int
    share: Decimal | None


class OneWay(Value):
    """The cost per completer with one input at its cheap and at its dear end, the others as they are."""

    input: str
    cheap_oere: int | None
    dear_oere: int | None


class Results(Value):
    """What a plan comes to.

    `low`: everything at its cheap end (low prices, high caseload and completion), `high`: at its dear end.
    `sensitivity`: one input at a time, as Danish cost assessments show it. `capacity_per_year`: what the teams have
    room for. `direct_share`: of the hours, the share spent with citizens. `pays_back_after`: how many starters pay
    back what does not follow them; None where none do.
    """

    base: Cost
    low: Cost
    high: Cost
    years: tuple[YearCost, ...]
    kinds: tuple[KindCost, ...]
    sensitivity: tuple[OneWay, ...]
    capacity_per_year: Decimal | None
    hours_per_year: Decimal | None
    direct_share: Decimal | None
    wages_per_hour_oere: int | None
    pays_back_after: Decimal | None
    price_level_year: int | None


def results(plan: CostPlan, index: Index | None = None) -> Results:
    """The results of a plan, in the prices of its price level year.

    `index`: a price index by year, needed only where the plan has prices of other years. The sum of a plan's cost
    lines, each with its overhead, is the total to the øre. Raises Rejected PRICE_YEARS_MIXED without an index,
    INDEX_YEAR_MISSING where it lacks a year.
    """
    flows, gains = _flows(plan, BASE, index)
    base = _cost(plan, BASE, index)
    hours, direct = _hours(plan)
    yearly_wages = sum((_with_overhead(flow) / (1 + flow.overhead) for flow in flows if flow.wages), Decimal(0))
    return Results(
        base=base,
        low=_cost(plan, everything("cheap"), index),
        high=_cost(plan, everything("dear"), index),
        years=tuple(_years(plan, flows, gains, index)),
        kinds=tuple(_kinds(flows)),
        sensitivity=tuple(_sensitivity(plan, index)),
        capacity_per_year=capacity(plan, BASE),
        hours_per_year=hours,
        direct_share=(direct / hours).quantize(_PLACES) if hours and direct else None,
        wages_per_hour_oere=_per(yearly_wages / plan.years, hours or Decimal(0)),
        pays_back_after=_pays_back_after(plan, flows, gains, base.starters),
        price_level_year=_level(plan),
    )


_PLACES = Decimal("0.000001")
_ENDS: tuple[Level, Level] = ("cheap", "dear")


def _cost(plan: CostPlan, levels: Levels, index: Index | None) -> Cost:
    people = volumes(plan, levels)
    flows, gains = _flows(plan, levels, index)
    starters, completers = sum(people.starters), sum(people.completers)
    cost, gained, granted = _sum(flows), _sum(gains), sum(_grants(plan, index).values(), Decimal(0))
    net = cost - gained - granted
    years = (plan.citizen_years_per_year or Decimal(0)) * plan.years
    return Cost(
        cost_oere=_whole(cost),
        wages_oere=_whole(_sum(flow for flow in flows if flow.wages)),
        saved_oere=_whole(gained),
        granted_oere=_whole(granted),
        net_oere=_whole(net),
        starters=starters,
        completers=completers,
        per_starter_oere=_per(cost, Decimal(starters)),
        per_completer_oere=_per(cost, Decimal(completers)),
        per_citizen_year_oere=_per(cost, years),
        net_per_starter_oere=_per(net, Decimal(starters)),
        net_per_completer_oere=_per(net, Decimal(completers)),
    )


def _flows(plan: CostPlan, levels: Levels, index: Index | None) -> tuple[list[Flow], list[Flow]]:
    """Costs and savings in øre at the plan's price level, each rounded as its line in a case is."""
    people = volumes(plan, levels)

    def brought(found: Iterator[Flow]) -> list[Flow]:
        return [
            flow._replace(amount_dkk=_at_level(plan, Decimal(in_oere(flow.amount_dkk)), flow.price_year, index))
            for flow in found
        ]

    return brought(costs(plan, levels, people)), brought(saved(plan, people))


def _grants(plan: CostPlan, index: Index | None) -> dict[int, Decimal]:
    """What the plan's payer receives less what it gives, in øre by year."""
    found: dict[int, Decimal] = {}
    for one in plan.grants:
        sign = (one.payer_to == plan.payer) - (one.payer_from == plan.payer)
        amount = _at_level(plan, Decimal(in_oere(one.amount_dkk)), one.price_year, index)
        found[one.year] = found.get(one.year, Decimal(0)) + sign * amount
    return found


def _level(plan: CostPlan) -> int | None:
    return plan.price_level_year or plan.price_year


def _at_level(plan: CostPlan, amount: Decimal, price_year: int | None, index: Index | None) -> Decimal:
    level = _level(plan)
    if price_year is None or price_year == level:
        return amount
    if index is None or level is None:
        raise Rejected(
            "PRICE_YEARS_MIXED",
            "The plan has prices of several years. Give a price level year and a price index to add them up.",
            [{"field": "price_level_year", "rule": "required"}],
            price_year=price_year,
        )
    for year in (price_year, level):
        if year not in index:
            raise Rejected("INDEX_YEAR_MISSING", "The index series lacks a year.", year=year)
    return amount * index[level] / index[price_year]


def _years(plan: CostPlan, flows: list[Flow], gains: list[Flow], index: Index | None) -> Iterator[YearCost]:
    grants = _grants(plan, index)
    for year in sorted({flow.year for flow in (*flows, *gains)} | grants.keys()):
        cost, gained = (_sum(flow for flow in found if flow.year == year) for found in (flows, gains))
        granted = grants.get(year, Decimal(0))
        yield YearCost(
            year=year,
            cost_oere=_whole(cost),
            saved_oere=_whole(gained),
            granted_oere=_whole(granted),
            net_oere=_whole(cost - gained - granted),
        )


def _kinds(flows: list[Flow]) -> Iterator[KindCost]:
    total = _sum(flows)
    for kind in dict.fromkeys(flow.kind for flow in flows):
        cost = _sum(flow for flow in flows if flow.kind == kind)
        yield KindCost(kind=kind, cost_oere=_whole(cost), share=(cost / total).quantize(_PLACES) if total else None)


def _sensitivity(plan: CostPlan, index: Index | None) -> Iterator[OneWay]:
    for name in _uncertain(plan):
        cheap, dear = (_cost(plan, only(name, level), index) for level in _ENDS)
        yield OneWay(input=name, cheap_oere=cheap.per_completer_oere, dear_oere=dear.per_completer_oere)


def _uncertain(plan: CostPlan) -> Iterator[str]:
    """The names of the inputs with a low or a high figure."""
    ranges: list[tuple[str, Decimal | None, Decimal | None]] = [
        ("completion", plan.completion_low, plan.completion_high)
    ]
    for team in plan.teams:
        ranges.append((f"group_size:{team.name}", team.group_size_low, team.group_size_high))
        ranges += [(f"caseload:{team.name}/{one.role}", one.caseload_low, one.caseload_high) for one in team.staff]
    ranges += [(f"wage:{role.name}", role.low_dkk, role.high_dkk) for role in plan.roles]
    ranges += [(f"resource:{one.name}", one.low_dkk, one.high_dkk) for one in plan.resources]
    return (name for name, low, high in ranges if low is not None or high is not None)


def _hours(plan: CostPlan) -> tuple[Decimal | None, Decimal | None]:
    """The teams' hours in a year and how many of them are direct, where every one of the staff says its hours."""
    found = [(team.number, one) for team in plan.teams for one in team.staff]
    if not found or any(one.hours_per_year is None for _, one in found):
        return None, None
    hours = sum((number * (one.hours_per_year or Decimal(0)) for number, one in found), Decimal(0))
    direct = sum((number * (one.direct_hours or Decimal(0)) for number, one in found), Decimal(0))
    return hours, direct


def _pays_back_after(plan: CostPlan, flows: list[Flow], gains: list[Flow], starters: int) -> Decimal | None:
    """Fixed net cost divided by what each starter saves; grants left out, for they do not follow the number."""
    fixed = _sum(flow for flow in flows if not flow.by_citizen) - _sum(flow for flow in gains if not flow.by_citizen)
    gained = _sum(flow for flow in gains if flow.by_citizen) - _sum(flow for flow in flows if flow.by_citizen)
    if fixed <= 0 or gained <= 0:
        return None
    return (fixed * starters / gained).quantize(_PLACES)


def _with_overhead(flow: Flow) -> Decimal:
    return flow.amount_dkk * (1 + flow.overhead)


def _sum(flows: Iterable[Flow]) -> Decimal:
    return sum((_with_overhead(flow) for flow in flows), Decimal(0))


def _whole(oere: Decimal) -> int:
    return int(oere.to_integral_value(ROUND_HALF_EVEN))


def _per(oere: Decimal, heads: Decimal) -> int | None:
    return _whole(oere / heads) if heads else None
