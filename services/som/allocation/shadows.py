"""What one krone more of a constraint is worth, if grants could be divided: from the linear programme's duals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from services.som.allocation.programme import Programme, Row
from services.som.allocation.solving import Floats, scaled_rows, unit
from services.som.allocation.values import Shadow, ShadowKind
from services.som.commands.queries import Earmark

MONEY_STEP, COUNT_STEP = 1.0, 1e-4
"""A constraint is moved by so many of its scaled units before its price is read: where grants just fit, a krone more
and a krone less have different prices, and the question is about more. A scaled unit of money is at most a
thirty-thousandth of the largest grant; less than that would drown in the solver's tolerance."""


class Relaxed:
    """The programme with divisible grants: 0 ≤ x ≤ 1. `worth` is its best net result in øre; `prices` (R,) what one
    unit more of each row's limit adds to it, in kroner (of money: per krone)."""

    def __init__(self, programme: Programme, moves: Floats | None = None) -> None:
        from scipy.optimize import linprog

        nets = programme.nets.astype(np.float64)
        rows, limits, units = scaled_rows(programme)
        scale = unit(nets)
        found = linprog(
            -nets / scale, A_ub=rows, b_ub=limits + (0.0 if moves is None else moves), bounds=(0, 1), method="highs"
        )
        self.feasible = found.status == 0
        if self.feasible:
            self.worth = -float(found.fun) * scale
            per = np.array(
                [100.0 if row.kind == "municipality" else by for row, by in zip(programme.rows, units, strict=True)]
            )
            self.prices = -np.asarray(found.ineqlin.marginals, dtype=np.float64) * scale / per


def shadows(programme: Programme, relaxed: Relaxed, earmarks: Sequence[Earmark]) -> tuple[Shadow, ...]:
    """The price of the budget's free money, of each earmark, floor and crowded municipality, in this order."""
    found = [_shadow(programme, relaxed, "budget", "", [1.0 * (row.kind == "money") for row in programme.rows])]
    for mark in earmarks:
        uses = [1.0 * (row.kind == "money" and mark.name in row.earmarks) for row in programme.rows]
        found.append(_shadow(programme, relaxed, "earmark", mark.name, uses))
    for place, row in enumerate(programme.rows):
        if row.kind in ("floor", "municipality"):
            found.append(_shadow(programme, relaxed, _kind(row), row.name, _only(programme, place)))
    return tuple(found)


def _kind(row: Row) -> ShadowKind:
    return "floor" if row.kind == "floor" else "municipality"


def _only(programme: Programme, place: int) -> list[float]:
    # A floor is a row with both sides negative: more of it is a smaller limit.
    more = -1.0 if programme.rows[place].kind == "floor" else 1.0
    return [more if other == place else 0.0 for other in range(len(programme.rows))]


def _shadow(programme: Programme, relaxed: Relaxed, kind: ShadowKind, name: str, direction: Sequence[float]) -> Shadow:
    """The price along a direction of the rows' limits, read just beyond where they stand."""
    moved = np.array(direction)
    if kind != "floor" and not np.any(relaxed.prices * moved):
        # What is not scarce is worth nothing more of; only a tightened row can begin to bind.
        return Shadow(kind=kind, name=name, worth=Decimal(0))
    beyond = Relaxed(programme, moved * (COUNT_STEP if kind == "municipality" else MONEY_STEP))
    if not beyond.feasible:
        return Shadow(kind=kind, name=name, worth=None)
    worth = sum(float(price) for price in beyond.prices * moved)
    return Shadow(kind=kind, name=name, worth=Decimal(f"{worth:.6f}") + 0)
