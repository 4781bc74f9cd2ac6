"""A grant's payment plan: by default quarterly, in advance, from the last approved budget.

Source: Håndbog om tilskudsregler, /oekonomi/udbetaling. Nothing of the plan is stored: what is due follows from the
budget, the period, the plan's months and what has been ordered, so that a new budget or a longer period changes the
instalments that are left and none that was paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.funding.ledger import GRANT_ACCOUNTS, Balances, Cell, standing
from shared.kernel.calendar import add_months
from shared.kernel.money import split


def instalment_days(period_from: date, period_to: date, year: int, months: int) -> list[date]:
    """The days on which a project year's instalments are due: the first of every so many months, or the period's first
    day, of those stretches that the period touches. A year outside the period counts as the period's nearest."""
    year = min(max(year, period_from.year), period_to.year)
    starts = [date(year, month, 1) for month in range(1, 13, months)]
    touched = [start for start in starts if start <= period_to and add_months(start, months) > period_from]
    return [max(start, period_from) for start in touched]


def due(balances: Balances, period_from: date, period_to: date, months: int, on: date) -> dict[Cell, int]:
    """What may be paid on a day, in øre by cell: the instalments up to that day, less what has been ordered.

    Each cell's budget is shared equally over its year's instalments, øre conserved (`money.split`: largest remainder,
    the first instalments of equals get the odd øre). Money carried over counts as already paid in the year that it was
    carried to.
    """
    committed = standing(balances, "committed")
    budget = standing(balances, *(name for name in GRANT_ACCOUNTS if name != "lapsed"))
    result: dict[Cell, int] = {}
    for cell, left in committed.items():
        days = instalment_days(period_from, period_to, cell.project_year or cell.budget_year, months)
        reached = sum(day <= on for day in days)
        planned = sum(split(budget[cell], [1] * len(days))[:reached])
        amount = min(left, planned - (budget[cell] - left))
        if amount > 0:
            result[cell] = amount
    return result


def portion(due_now: Mapping[Cell, int], amount_oere: int) -> dict[Cell, int]:
    """`amount_oere` shared over what is due, in proportion, øre conserved; it must not be more than that adds up to."""
    if amount_oere > sum(due_now.values()):
        raise ValueError("more than is due")
    parts = split(amount_oere, list(due_now.values()))
    return {cell: part for cell, part in zip(due_now, parts, strict=True) if part}
