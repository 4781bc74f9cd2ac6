"""The investment model: what an initiative costs, saves and earns, per payer and calendar year.

The formula (docs: domain facts 1.3, derived from the published description of SØM; the formula pages of SØM
itself are not public, so it is ours):

    net[y, a] = −cost[y, a] − Σ_c Σ_j completers_c · s · change[j, y−c] · price[j, a]      for 0 ≤ y−c ≤ T
    NPV[a]    = Σ_y d(y) · net[y, a]

over cohorts c (calendar years of completion), priced services j and payers a = kommune, region, stat.
Minus, because less use is a saving; a service whose use grows (employment effort, or tax as negative use)
has the opposite sign.

Everything is float64 and rounded once, half to even, to whole øre at the edge. Only elementwise sums and
products in a fixed order are used (no BLAS, no pairwise summation, no `pow`), so the same inputs give the
same bits anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from services.som.events import (
    CaseInputs,
    Consequence,
    DiscountRate,
    KnowledgePublished,
    PayerAmounts,
    Price,
    YearAmount,
    YearResult,
)
from shared.kernel.messages import Value
from shared.kernel.rejection import Rejected

Floats = npt.NDArray[np.float64]

ENGINE_VERSION = "1"
"""Changes whenever the same inputs may give other figures; every projection names it."""

STAT = 2
"""The column of the state; the columns are kommune, region, stat."""

FACTOR_DECIMALS = 12
"""A discount factor is rounded so far *before* it is used, so that a published factor is the one that was
used."""


class Projection(Value):
    """What a case comes to, in øre; positive is a gain to the payer.

    `years` are consecutive calendar years, undiscounted. `net_present_value` and `discounted_cost` are
    discounted to the decision year; `discounted_cost` is a positive amount. `break_even_year`: see
    `break_even_year`.
    """

    years: tuple[YearResult, ...]
    net_present_value: PayerAmounts
    discounted_cost: int
    break_even_year: int | None


def project(inputs: CaseInputs, knowledge: KnowledgePublished, initiative: str) -> Projection:
    """The projection of a case from its inputs and a knowledge base.

    Costs are paid out of state grants, so the cost falls on `stat`. They are nominal and taken as they are;
    prices are brought to the knowledge base's price level. The effect of a citizen falls from the calendar
    year in which the citizen completes (t = 0 that year), without phase-in, for every cohort alike. Without
    a success rate there are no benefits. Raises Rejected as `value_of_success` and `discount_factors` do.
    Source: module docstring.
    """
    value = value_of_success(knowledge, initiative)
    years = horizon(inputs, len(value))
    cost = np.zeros(len(years))
    for row in inputs.costs:
        cost[row.year - years[0]] += row.amount_oere
    net = benefits(inputs, value, years)
    net[:, STAT] -= cost
    factors = discount_factors(knowledge.discount_rates, inputs.decision_date, years)
    results = tuple(
        YearResult(year=year, net=_payers(net[i]), discount_factor=factors[i]) for i, year in enumerate(years)
    )
    weights = np.array([float(factor) for factor in factors])
    return Projection(
        years=results,
        net_present_value=_payers(_weighted_sum(weights, net)),
        discounted_cost=_oere(_weighted_sum(weights, cost[:, np.newaxis])[0]),
        break_even_year=break_even_year(results, inputs.costs),
    )


def value_of_success(knowledge: KnowledgePublished, initiative: str) -> Floats:
    """What one more success is worth, in øre, by year t after success and by payer: shape (T + 1, 3).

    Σ_j −change[j, t] · price[j] · share[j, a], each price at the knowledge base's price level; shape (0, 3)
    when the initiative has no consequences. Raises Rejected INDEX_YEAR_MISSING, or UNKNOWN_PRICE.
    """
    rows = sorted((c for c in knowledge.consequences if c.initiative == initiative), key=_price_id)
    prices = {price.price_id: price for price in knowledge.prices}
    index = {row.year: float(row.value) for row in knowledge.indices if row.series == knowledge.index_series}
    value = np.zeros((max((len(row.change_per_success) for row in rows), default=0), 3))
    for row in rows:
        price = prices.get(row.price_id)
        if price is None:
            raise Rejected("UNKNOWN_PRICE", "A consequence names no known price.", price_id=row.price_id)
        change = np.array([float(change) for change in row.change_per_success])
        shares = np.array([float(price.kommune), float(price.region), float(price.stat)])
        unit_oere = 100.0 * price_at_level(price, index, knowledge.price_level_year)
        value[: len(change)] -= (change * unit_oere)[:, np.newaxis] * shares
    return value


def price_at_level(price: Price, index: dict[int, float], level_year: int) -> float:
    """The price in kroner of `level_year`: own price · index(level) / index(own price year).

    Raises Rejected INDEX_YEAR_MISSING with the year. Source: SØM's guidance on own prices (domain facts
    1.2, step 8).
    """
    for year in (level_year, price.price_year):
        if year not in index:
            raise Rejected("INDEX_YEAR_MISSING", "The index series lacks a year.", year=year, price_id=price.price_id)
    if price.price_year == level_year:
        return float(price.amount_dkk)
    return float(price.amount_dkk) * index[level_year] / index[price.price_year]


def horizon(inputs: CaseInputs, effect_years: int) -> list[int]:
    """The calendar years of a projection, consecutive: from the decision or the first flow to the last one.

    `effect_years` is T + 1, the years in which one cohort has an effect.
    """
    cohorts = [row.year for row in inputs.completers]
    flows = [inputs.decision_date.year, *(row.year for row in inputs.costs), *cohorts]
    last_effect = [year + max(effect_years, 1) - 1 for year in cohorts]
    return list(range(min(flows), max(flows + last_effect) + 1))


def benefits(inputs: CaseInputs, value: Floats, years: Sequence[int]) -> Floats:
    """The gains in øre by year and payer, shape (years, 3): each cohort's successes times the value of a
    success."""
    gained = np.zeros((len(years), 3))
    rate = float(inputs.success_rate.rate) if inputs.success_rate else 0.0
    for row in sorted(inputs.completers, key=lambda row: row.year):
        first = row.year - years[0]
        gained[first : first + len(value)] += row.count * rate * value
    return gained


def discount_factors(rates: Sequence[DiscountRate], decision_date: date, years: Sequence[int]) -> tuple[Decimal, ...]:
    """The factor of each calendar year, from the newest table decided on or before `decision_date`.

    Forward rates: the step into the k-th year ahead is divided by 1 + the rate of that year, so that under
    4 % to year 35 and 3 % after, d(40) = 1.04^−35 · 1.03^−5. Flows of the decision year are undiscounted
    (start-of-year convention), and so is anything before it. Raises Rejected DISCOUNT_TABLE_MISSING when
    the decision is older than every table, DISCOUNT_TABLE_GAP when a year has no rate. Source: Ministry of
    Finance (domain facts 3.1).
    """
    in_force = [row.decided_from for row in rates if row.decided_from <= decision_date]
    if not in_force:
        raise Rejected(
            "DISCOUNT_TABLE_MISSING",
            "No discount table was in force on the decision date.",
            decision_date=decision_date.isoformat(),
        )
    table = [row for row in rates if row.decided_from == max(in_force)]
    growth = [1.0]
    for ahead in range(1, max(years[-1] - decision_date.year, 0) + 1):
        growth.append(growth[-1] * (1.0 + _rate(table, ahead)))
    offsets = [max(year - decision_date.year, 0) for year in years]
    return tuple(Decimal(f"{1.0 / growth[offset]:.{FACTOR_DECIMALS}f}") for offset in offsets)


def break_even_year(years: Sequence[YearResult], costs: Sequence[YearAmount]) -> int | None:
    """The first calendar year in which the investment has come home, None if never within the horizon.

    That is the first year at whose end the cumulative undiscounted total of all payers is not negative,
    *and* by which something was invested: a cost has occurred, or the cumulative total has been negative. A
    case that never cost anything has nothing to break even on. A later cost may take the total below nought
    again; the first such year stands. Computed from the published whole øre.
    """
    first_cost = min((row.year for row in costs if row.amount_oere > 0), default=None)
    cumulative, invested = 0, False
    for row in years:
        cumulative += row.net.total
        invested = invested or cumulative < 0 or (first_cost is not None and row.year >= first_cost)
        if invested and cumulative >= 0:
            return row.year
    return None


def per_person(amount_oere: int, people: int) -> int | None:
    """An amount per completer (or per success) in whole øre, half to even; None when there is nobody."""
    return round(Decimal(amount_oere) / people) if people else None


def _rate(table: Sequence[DiscountRate], ahead: int) -> float:
    for row in table:
        if row.from_year <= ahead and (row.to_year is None or ahead <= row.to_year):
            return float(row.rate)
    raise Rejected("DISCOUNT_TABLE_GAP", "The discount table has no rate for a year.", year=ahead)


def _weighted_sum(weights: Floats, rows: Floats) -> Floats:
    """Σ_y weights[y] · rows[y], year by year, so that the order of summation is fixed."""
    total = np.zeros(rows.shape[1])
    for weight, row in zip(weights, rows, strict=True):
        total += weight * row
    return total


def _payers(amounts: Floats) -> PayerAmounts:
    kommune, region, stat = (_oere(amount) for amount in amounts)
    return PayerAmounts(kommune=kommune, region=region, stat=stat)


def _oere(amount: float) -> int:
    return round(float(amount))


def _price_id(row: Consequence) -> str:
    return row.price_id
