"""Discount factors: the Ministry of Finance's rate by decision date and years ahead, and where in its year a flow
falls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import sqrt

from services.som.events import DiscountRate, Timing
from shared.kernel.rejection import Rejected

FACTOR_DECIMALS = 12
"""A factor is rounded so far *before* it is used, so that a published factor is the one that was used."""


def discount_factors(
    rates: Sequence[DiscountRate], decision_date: date, years: Sequence[int], timing: Timing = "start"
) -> tuple[Decimal, ...]:
    """The factor of each calendar year, from the newest table decided on or before `decision_date`.

    Forward rates: the step into the k-th year ahead is divided by 1 + the rate of that year, so that under 4 % to year
    35 and 3 % after, d(40) = 1.04^−35 · 1.03^−5. `timing` start: flows of the decision year are undiscounted; end: they
    are a year away; middle: half a year, d(k) / √(1 + the next year's rate). Flows before the decision year count as of
    it. Raises Rejected DISCOUNT_TABLE_MISSING when the decision is older than every table, DISCOUNT_TABLE_GAP when a
    year has no rate. Source: Ministry of Finance (domain facts 3.1).
    """
    table = in_force_table(rates, decision_date)
    offsets = [max(year - decision_date.year, 0) for year in years]
    growth = [1.0]
    for ahead in range(1, max(offsets, default=0) + 2):
        growth.append(growth[-1] * (1.0 + rate_ahead(table, ahead)) if _needed(ahead, offsets, timing) else growth[-1])
    return tuple(Decimal(f"{1.0 / _growth(growth, offset, timing):.{FACTOR_DECIMALS}f}") for offset in offsets)


def in_force_table(rates: Sequence[DiscountRate], decision_date: date) -> list[DiscountRate]:
    """The newest table decided on or before a date; raises Rejected DISCOUNT_TABLE_MISSING when all are later."""
    decided = [row.decided_from for row in rates if row.decided_from <= decision_date]
    if not decided:
        raise Rejected(
            "DISCOUNT_TABLE_MISSING",
            "No discount table was in force on the decision date.",
            decision_date=decision_date.isoformat(),
        )
    return [row for row in rates if row.decided_from == max(decided)]


def rate_ahead(table: Sequence[DiscountRate], ahead: int) -> float:
    """The rate of the `ahead`-th year; raises Rejected DISCOUNT_TABLE_GAP when there is none."""
    for row in table:
        if row.from_year <= ahead and (row.to_year is None or ahead <= row.to_year):
            return float(row.rate)
    raise Rejected("DISCOUNT_TABLE_GAP", "The discount table has no rate for a year.", year=ahead)


def _needed(ahead: int, offsets: Sequence[int], timing: Timing) -> bool:
    return timing != "start" or ahead <= max(offsets, default=0)


def _growth(growth: Sequence[float], offset: int, timing: Timing) -> float:
    if timing == "start":
        return growth[offset]
    if timing == "end":
        return growth[offset + 1]
    return growth[offset] * sqrt(growth[offset + 1] / growth[offset])
