"""The same investment model as plain Python loops, as one would first write it: the peer of the engine.

It starts from plain numbers that were read beforehand, and from values that were drawn beforehand; neither is in its
time, both are in ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from services.som.events import PAYERS
from services.som.model import CaseModel

Numbers = list[float]


class Plain(NamedTuple):
    """A case as numbers and lists: consequences by service and year, prices and shares by service, costs by line."""

    changes: list[Numbers]
    errors: list[Numbers]
    prices: Numbers
    shares: list[Numbers]
    cohorts: list[tuple[int, float]]
    costs: list[tuple[int, int, float]]
    weights: Numbers
    rate: float


class Draw(NamedTuple):
    """What is drawn for a case once: factors on costs, completers and prices, standard errors of each consequence."""

    rate: float
    people: float
    cost: float
    prices: Numbers
    changes: Numbers


def plain(model: CaseModel) -> Plain:
    """The case's numbers."""
    first = model.years[0]
    return Plain(
        changes=[row.change.tolist() for row in model.rows],
        errors=[row.standard_error.tolist() for row in model.rows],
        prices=[row.unit_oere for row in model.rows],
        shares=[[float(getattr(row.price, payer)) for payer in PAYERS] for row in model.rows],
        cohorts=[(row.year - first, float(row.completers)) for row in model.inputs.cohorts],
        costs=[(line.year - first, PAYERS.index(line.payer), float(line.amount_oere)) for line in model.inputs.costs],
        weights=model.weights.tolist(),
        rate=model.rate,
    )


def certain(case: Plain) -> Draw:
    """Every input at its base."""
    return Draw(case.rate, 1.0, 1.0, [1.0] * len(case.prices), [0.0] * len(case.prices))


def net(case: Plain, draw: Draw) -> list[Numbers]:
    """The undiscounted net result by year and payer."""
    found = [[0.0, 0.0, 0.0] for _ in case.weights]
    for year, payer, amount in case.costs:
        found[year][payer] -= draw.cost * amount
    for start, people in case.cohorts:
        for place, change in enumerate(case.changes):
            for t in range(len(change)):
                used = change[t] + draw.changes[place] * case.errors[place][t]
                worth = -used * case.prices[place] * draw.prices[place] * people * draw.people * draw.rate
                for payer in range(3):
                    found[start + t][payer] += worth * case.shares[place][payer]
    return found


def net_present_value(case: Plain, draw: Draw) -> Numbers:
    """The net present value by payer."""
    total = [0.0, 0.0, 0.0]
    for weight, row in zip(case.weights, net(case, draw), strict=True):
        for payer in range(3):
            total[payer] += weight * row[payer]
    return total


class Discounted(NamedTuple):
    """A case discounted once, as ours is: costs by payer, worth at a rate of 1 and its error by service and payer."""

    costs: Numbers
    worth: list[Numbers]
    errors: list[Numbers]


def discounted(case: Plain) -> Discounted:
    """The case's sums over years and cohorts."""
    costs = [0.0, 0.0, 0.0]
    for year, payer, amount in case.costs:
        costs[payer] += case.weights[year] * amount
    sums = []
    for rows in (case.changes, case.errors):
        found = [[0.0, 0.0, 0.0] for _ in rows]
        for place, row in enumerate(rows):
            for start, people in case.cohorts:
                for t, change in enumerate(row):
                    worth = -case.weights[start + t] * change * case.prices[place] * people
                    for payer in range(3):
                        found[place][payer] += worth * case.shares[place][payer]
        sums.append(found)
    return Discounted(costs, *sums)


def drawn_value(case: Discounted, draw: Draw) -> Numbers:
    """The net present value by payer of a case that was discounted once."""
    total = [0.0, 0.0, 0.0]
    for worth, error, price, change in zip(case.worth, case.errors, draw.prices, draw.changes, strict=True):
        for payer in range(3):
            total[payer] += price * (worth[payer] + change * error[payer])
    factor = draw.rate * draw.people
    return [factor * one - draw.cost * cost for one, cost in zip(total, case.costs, strict=True)]


def summed_up(values: Sequence[Numbers]) -> dict[str, Any]:
    """What a simulation tells: mean, percentiles and the probability of a positive net result."""
    rows = [*zip(*values, strict=True), [sum(row) for row in values]]
    told = {}
    for name, row in zip((*PAYERS, "total"), rows, strict=True):
        ordered = sorted(row)
        told[name] = (
            sum(row) / len(row),
            [ordered[len(row) * percent // 100] for percent in (5, 10, 25, 50, 75, 90, 95)],
            sum(one > 0 for one in row) / len(row),
        )
    return told
