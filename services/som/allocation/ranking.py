"""The ranking by net result per krone of grant, beside the best set."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np

from services.som.allocation.programme import Picked, Programme, Row
from services.som.allocation.values import Place, Why


def ranked_order(programme: Programme) -> list[int]:
    """The options by net result per krone of grant, the highest first; of equals the earlier id."""
    ratios = [Fraction(int(net), int(amount)) for net, amount in zip(programme.nets, programme.amounts, strict=True)]
    return sorted(range(len(ratios)), key=lambda place: (-ratios[place], place))


def by_ranking(programme: Programme) -> Picked:
    """What one gives who goes down the ranking and gives every grant that gains and still fits, whatever the floors."""
    kept = programme.with_rows([row for row in programme.rows if row.kind != "floor"])
    picked = np.zeros(len(programme.options), dtype=np.bool_)
    for place in ranked_order(programme):
        if programme.nets[place] > 0:
            picked[place] = True
            picked[place] = kept.broken(picked) is None
    return picked


def places(programme: Programme, advised: Picked, ranked: Picked) -> tuple[Place, ...]:
    """Every option in the order of the ranking, with what became of it and why."""
    return tuple(
        Place(
            option_id=programme.options[place].option_id,
            amount_oere=int(programme.amounts[place]),
            net_result_oere=int(programme.nets[place]),
            rank=rank,
            net_per_krone=_ratio(int(programme.nets[place]), int(programme.amounts[place])),
            advised=bool(advised[place]),
            ranked=bool(ranked[place]),
            why=_why(programme, advised, ranked, place),
        )
        for rank, place in enumerate(ranked_order(programme), start=1)
    )


def _why(programme: Programme, advised: Picked, ranked: Picked, place: int) -> Why:
    if advised[place]:
        if ranked[place]:
            return "both"
        row = _broken_with(programme, advised, place, there=False)
        return "floor" if row is not None and row.kind == "floor" else "fits"
    if ranked[place]:
        return "displaced"
    if programme.nets[place] <= 0:
        return "no_gain"
    row = _broken_with(programme, advised, place, there=True)
    if row is None:
        return "not_needed"
    return "municipality" if row.kind == "municipality" else "budget"


def _broken_with(programme: Programme, picked: Picked, place: int, *, there: bool) -> Row | None:
    changed = picked.copy()
    changed[place] = there
    return programme.broken(changed)


def _ratio(net: int, amount: int) -> Decimal:
    return (Decimal(net) / Decimal(amount)).quantize(Decimal("0.000001"))
