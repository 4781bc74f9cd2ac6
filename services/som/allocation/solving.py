"""The best set: HiGHS finds it in float64, exact whole numbers check it and have the last word.

Aim expected: max Σ net·x. Aim target, by sample average (a z per draw searched): max Σ z_d + ε·Σ net·x where

    Σ_i draw_id · x_i ≥ least_d + (target − least_d) · z_d

and least_d is the least that any set within the budget could come to in draw d; ε is so small that the expected net
result only decides between sets that are equally likely to reach the target (and sees differences of two millionths of
what the options span together).
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.som.allocation.exchanging import exchanged, merit
from services.som.allocation.programme import Picked, Programme, Row
from shared.kernel.rejection import Rejected

Floats = npt.NDArray[np.float64]

MAX_CUTS = 50
INFEASIBLE = 2


class Limits(NamedTuple):
    """How long one search may take: seconds, and nodes of the search tree."""

    seconds: float
    nodes: int


class Found(NamedTuple):
    """A set, and how sure it is that it is the best (see `Search`)."""

    picked: Picked
    proven: bool
    gap: Decimal
    nodes: int


class Answer(NamedTuple):
    """What HiGHS answered: a set or none, the bound on the objective, whether it is proven, whether there is none."""

    picked: Picked | None
    bound: float
    nodes: int
    proven: bool
    infeasible: bool


def best(programme: Programme, limits: Limits, *starts: Picked) -> Found | None:
    """The best set, None where none keeps all rows. `starts`: sets known to keep them, to be bettered.

    Raises Rejected ALLOCATION_NOT_FOUND when the limits were reached before any set was found.
    """
    answer = milp_answer(programme, limits)
    if answer.infeasible:
        return None
    found = [*starts] if answer.picked is None else [answer.picked, *starts]
    if not found:
        raise Rejected(
            "ALLOCATION_NOT_FOUND",
            "No choice that keeps every floor was found in the time given. Allow more time, or ease the floors.",
            seconds=limits.seconds,
        )
    found += [exchanged(programme, start) for start in found]
    picked = max(found, key=lambda one: merit(programme, one))
    proven = answer.proven and programme.searched.shape[1] in (0, programme.draws.shape[1])
    return Found(picked, proven, Decimal(0) if proven else _gap(programme, picked, answer.bound), answer.nodes)


def milp_answer(programme: Programme, limits: Limits) -> Answer:
    """HiGHS's best set, checked in whole numbers.

    HiGHS holds a row within a tolerance. A set that breaks one by no more than that is cut off (no set like it can keep
    the row) and the search repeated.
    """
    cuts: list[Row] = []
    nodes = 0
    for _ in range(MAX_CUTS):
        answer = _milp(programme.with_rows([*programme.rows, *cuts]), limits)
        nodes += answer.nodes
        row = None if answer.picked is None else programme.broken(answer.picked)
        if answer.picked is None or row is None:
            return answer._replace(nodes=nodes)
        cuts.append(_cut(row, answer.picked))
    return answer._replace(picked=None, nodes=nodes, proven=False)


def _cut(row: Row, picked: Picked) -> Row:
    """A row that the set breaks by a whole unit and that every set keeping `row` keeps too."""
    inside = row.coefficients != 0
    if row.kind == "floor":
        return Row("cut", row.name, np.where(inside & ~picked, -1, 0), -1)
    return Row("cut", row.name, np.where(inside & picked, 1, 0), int(np.count_nonzero(inside & picked)) - 1)


def _milp(programme: Programme, limits: Limits) -> Answer:
    # Imported where it is used: it takes a third of a second, which a service's start should not.
    from scipy.optimize import Bounds, LinearConstraint, milp

    count, drawn = len(programme.options), programme.searched.shape[1]
    weights, offset = objective(programme)
    rows, low, high = _constraints(programme)
    least, most = _reach(programme)
    bounds = Bounds(
        np.concatenate([np.zeros(count), least >= programme.target]),
        np.concatenate([np.ones(count), most >= programme.target]),
    )
    for presolve in (True, False):
        found = milp(
            -weights,
            integrality=np.ones(count + drawn),
            bounds=bounds,
            constraints=LinearConstraint(rows, low, high),
            options={
                "time_limit": limits.seconds,
                "node_limit": limits.nodes,
                "mip_rel_gap": 0.0,
                "presolve": presolve,
            },
        )
        # Presolving has called what just fits impossible: that there is no set is believed only without it.
        if found.status != INFEASIBLE:
            break
    bound = np.inf if found.mip_dual_bound is None else offset - float(found.mip_dual_bound)
    picked = None if found.x is None else np.asarray(found.x[:count] > 0.5)
    return Answer(picked, bound, int(found.mip_node_count or 0), found.status == 0, found.status == INFEASIBLE)


def objective(programme: Programme) -> tuple[Floats, float]:
    """What each unknown is worth, scaled, and what is to be added to the sum: Σ weights·(x, z) + offset.

    Aim expected: net results in `unit` øre. Aim target: draws, and the net result as a share of its range, at most ½.
    """
    nets, drawn = programme.nets.astype(np.float64), programme.searched.shape[1]
    if not programme.by_chance:
        return nets / unit(nets), 0.0
    least = float(np.minimum(nets, 0).sum())
    scale = 0.5 / max(float(np.maximum(nets, 0).sum()) - least, 1.0)
    return np.concatenate([nets * scale, np.ones(drawn)]), -least * scale


def unit(values: Floats) -> float:
    """A power of two that brings the largest of some values to between 2^15 and 2^16: far above HiGHS's tolerances."""
    largest = float(np.max(np.abs(values), initial=1.0))
    return float(2.0 ** (np.floor(np.log2(largest)) - 15))


def scaled_rows(programme: Programme) -> tuple[Floats, Floats, Floats]:
    """The rows (R, n) and limits (R,) divided by the unit of each (R,): that of money, or 1 for a count."""
    scale = unit(programme.amounts.astype(np.float64))
    units = np.array([scale if row.kind in ("money", "floor") else 1.0 for row in programme.rows])
    return programme.matrix / units[:, None], programme.limits / units, units


def _constraints(programme: Programme) -> tuple[Floats, Floats, Floats]:
    count, drawn = len(programme.options), programme.searched.shape[1]
    rows, limits, _ = scaled_rows(programme)
    whole = np.zeros((len(rows) + drawn, count + drawn))
    whole[: len(rows), :count] = rows
    low, high = np.full(len(whole), -np.inf), np.full(len(whole), np.inf)
    high[: len(rows)] = limits
    least, _ = _reach(programme)
    for draw in range(drawn):
        values = programme.searched[:, draw].astype(np.float64)
        scale = unit(np.append(values, programme.target - least[draw]))
        whole[len(rows) + draw, :count] = values / scale
        whole[len(rows) + draw, count + draw] = -(programme.target - least[draw]) / scale
        low[len(rows) + draw] = least[draw] / scale
    return whole, low, high


def _reach(programme: Programme) -> tuple[Floats, Floats]:
    """The least and the most that a set within the largest limit of money can come to, in each draw searched: (M,)."""
    budget = max(row.limit for row in programme.rows if row.kind == "money")
    draws = programme.searched.astype(np.float64)
    return -_most(-draws, programme.amounts, budget), _most(draws, programme.amounts, budget)


def _most(draws: Floats, amounts: npt.NDArray[np.int64], budget: int) -> Floats:
    """In each draw, what a budget could come to if grants could be divided (Dantzig's bound), rounded up.

    The options by result per krone, the last that fits in part. draws (n, M): a result (M,).
    """
    gains = np.maximum(draws, 0.0)
    order = np.argsort(-gains / amounts[:, None], axis=0, kind="stable")
    spent = np.cumsum(amounts[order], axis=0)
    over = np.clip((spent - budget) / amounts[order], 0.0, 1.0)
    total = (np.take_along_axis(gains, order, axis=0) * (1.0 - over)).sum(axis=0)
    return np.asarray(np.where(total > 0, np.ceil(total * (1.0 + 1e-12)) + 1.0, 0.0))


def _gap(programme: Programme, picked: Picked, bound: float) -> Decimal:
    drawn = programme.searched.shape[1]
    if programme.by_chance:
        likeliest = min(np.floor(bound + 1e-6), drawn)
        gap = (likeliest - programme.met(picked, programme.searched)) / drawn
    else:
        net = float(programme.nets[picked].sum())
        gap = min(bound * unit(programme.nets.astype(np.float64)) - net, 1e18) / max(abs(net), 1.0)
    return Decimal(f"{max(float(gap), 0.0):.6f}")
