"""Why no set of grants keeps every floor: only floors can make an allocation impossible."""

from __future__ import annotations

from collections.abc import Sequence

from services.som.allocation.programme import Programme, Row
from services.som.allocation.solving import Limits, milp_answer
from services.som.commands.queries import Earmark, Floor
from shared.kernel.rejection import Rejected


def require_floors_within_money(
    programme: Programme, budget_oere: int, floors: Sequence[Floor], earmarks: Sequence[Earmark]
) -> None:
    """Raises Rejected ALLOCATION_INFEASIBLE for what needs no search: floors above the budget, a floor above the money
    that its track may use, a floor whose options come to less."""
    together = sum(floor.amount_oere for floor in floors)
    if together > budget_oere:
        raise _infeasible(
            range(len(floors)),
            "Together the floors are more than the budget.",
            floors_oere=together,
            budget_oere=budget_oere,
        )
    for place, floor in enumerate(floors):
        locked = sum(mark.amount_oere for mark in earmarks if floor.track not in mark.tracks)
        if floor.amount_oere > budget_oere - locked:
            raise _infeasible(
                [place],
                "The floor is more than the money its track may use: the rest is earmarked for others.",
                floor_oere=floor.amount_oere,
                available_oere=budget_oere - locked,
            )
        if (reach := _reachable(programme, floor.track)) < floor.amount_oere:
            said = "The options of the floor's track come to less than it." if reach else "The floor's track has none."
            raise _infeasible([place], said, floor_oere=floor.amount_oere, reachable_oere=reach)


def conflict(programme: Programme, limits: Limits) -> Rejected:
    """The rejection ALLOCATION_INFEASIBLE naming floors that cannot be kept together: without any one of them, the
    others named could be. Found by leaving out one after the other as long as it stays impossible."""
    floors = [row for row in programme.rows if row.kind == "floor"]
    others = [row for row in programme.rows if row.kind != "floor"]
    needed: list[Row] = list(floors)
    for row in floors:
        fewer = [other for other in needed if other is not row]
        if milp_answer(programme.with_rows([*others, *fewer]), limits).infeasible:
            needed = fewer
    places = [place for place, row in enumerate(floors) if any(row is other for other in needed)]
    return _infeasible(
        places,
        "With whole grants, within the budget and one grant per municipality, these floors cannot be kept.",
        floors_oere=-sum(row.limit for row in needed),
    )


def _reachable(programme: Programme, track: str) -> int:
    """What a track's options come to at most, with one grant per municipality where that is asked for."""
    once = {row.name for row in programme.rows if row.kind == "municipality"}
    largest: dict[str, int] = {}
    total = 0
    for option in programme.options:
        if option.track == track:
            if option.municipality in once:
                largest[option.municipality] = max(largest.get(option.municipality, 0), option.amount_oere)
            else:
                total += option.amount_oere
    return total + sum(largest.values())


def _infeasible(places: Sequence[int], said: str, **figures: int) -> Rejected:
    fields = [{"field": f"floors.{place}", "rule": "infeasible", "message": said} for place in places]
    return Rejected("ALLOCATION_INFEASIBLE", f"{said} Lower a floor, or raise the budget.", fields, **figures)
