"""Advice on an allocation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from services.som.allocation.checks import require_sound
from services.som.allocation.floors import conflict, require_floors_within_money
from services.som.allocation.programme import Picked, Programme, Whole, programme
from services.som.allocation.ranking import by_ranking, places
from services.som.allocation.shadows import Relaxed, shadows
from services.som.allocation.solving import Found, Limits, best
from services.som.allocation.values import Advice, Aim, Chosen, MoreMoney, Option, Search
from services.som.allocation.wording import assumptions, difference
from services.som.commands.queries import Earmark, Floor
from services.som.model.figures import least_sure

SECONDS = 3.0
NODES = 100_000


def allocate(
    options: Sequence[Option],
    budget_oere: int,
    *,
    aim: Aim = "expected",
    target_oere: int | None = None,
    floors: Sequence[Floor] = (),
    earmarks: Sequence[Earmark] = (),
    one_per_municipality: bool = True,
    step_oere: int | None = None,
    seconds: float = SECONDS,
    nodes: int = NODES,
) -> Advice:
    """The set of whole grants within a budget that does most, with shadow prices and the ranking beside it.

    `aim` expected: the highest expected net result. target: the highest probability that the net results together reach
    `target_oere`, then the highest expected. `floors`: the least that goes to a track. `earmarks`: parts of the budget
    that may only go to some tracks. `step_oere`: how much more money the what-if has; None: the amount of the smallest
    grant not given. `seconds` and `nodes`: what each of at most three searches may take; which set is found before the
    seconds run out may differ from machine to machine, and the advice says when they did.

    Raises Rejected ALLOCATION_INVALID, ALLOCATION_INFEASIBLE (naming the floors that cannot be kept) and
    ALLOCATION_NOT_FOUND (the limits were reached before any choice was found).
    """
    require_sound(options, budget_oere, aim, target_oere, floors, earmarks)
    asked = programme(options, budget_oere, target_oere, aim == "target", floors, earmarks, one_per_municipality)
    require_floors_within_money(asked, budget_oere, floors, earmarks)
    limits = Limits(seconds, nodes)
    ranked = by_ranking(asked)
    found = _found(asked, ranked, limits)
    with_target = target_oere is not None
    advised = _chosen(asked, found.picked, with_target)
    ranking = _chosen(asked, ranked, with_target)
    ordered = places(asked, found.picked, ranked)
    search = _search(asked, found)
    relaxed = Relaxed(asked)
    return Advice(
        aim=aim,
        budget_oere=budget_oere,
        target_oere=target_oere,
        advised=advised,
        ranking=ranking,
        places=ordered,
        difference=difference(advised, ranking, ordered, aim),
        shadows=shadows(asked, relaxed, earmarks),
        divisible_net_result_oere=round(relaxed.worth),
        more=_more(asked, found.picked, step_oere, limits, with_target),
        search=search,
        status=least_sure(option.status for option in options),
        assumptions=assumptions(asked, aim, search, floors, earmarks, one_per_municipality),
    )


def _found(asked: Programme, ranked: Picked, limits: Limits) -> Found:
    """The best set. The search for the likeliest begins from the set with the highest expected net result: good sets
    of the one kind are near good ones of the other."""
    starts = [ranked] if asked.broken(ranked) is None else []
    if asked.by_chance:
        expected = best(asked.for_expected(), limits, *starts)
        starts += [] if expected is None else [expected.picked]
    found = best(asked, limits, *starts)
    if found is None:
        raise conflict(asked.for_expected(), limits)
    return found


def _chosen(asked: Programme, picked: Picked, with_target: bool) -> Chosen:
    missed = [row.name for row in asked.rows if row.kind == "floor" and int(row.coefficients[picked].sum()) > row.limit]
    return Chosen(
        option_ids=tuple(asked.options[int(place)].option_id for place in np.flatnonzero(picked)),
        spent_oere=int(asked.amounts[picked].sum()),
        net_result_oere=int(asked.nets[picked].sum()),
        probability=_share(asked, picked, asked.draws) if with_target else None,
        floors_missed=tuple(missed),
    )


def _share(asked: Programme, picked: Picked, draws: Whole) -> Decimal | None:
    """The share of some draws in which the target is reached; None where there are no draws."""
    if not draws.shape[1]:
        return None
    return (Decimal(asked.met(picked, draws)) / Decimal(draws.shape[1])).quantize(Decimal("0.000001"))


def _search(asked: Programme, found: Found) -> Search:
    return Search(
        proven=found.proven,
        gap=found.gap,
        nodes=found.nodes,
        draws=asked.draws.shape[1],
        draws_searched=asked.searched.shape[1],
        probability=_share(asked, found.picked, asked.searched),
    )


def _more(
    asked: Programme, picked: Picked, step_oere: int | None, limits: Limits, with_target: bool
) -> MoreMoney | None:
    """What more money would add; None when every grant is given, or no step is asked for that would be one."""
    if picked.all():
        return None
    step = step_oere or int(asked.amounts[~picked].min())
    richer = asked.with_more_money(step)
    found = best(richer, limits, picked)
    if found is None:  # More money cannot make a choice impossible.
        return None
    before, after = _share(asked, picked, asked.draws), _share(asked, found.picked, asked.draws)
    return MoreMoney(
        step_oere=step,
        net_result_oere=int(asked.nets[found.picked].sum()) - int(asked.nets[picked].sum()),
        probability=after - before if with_target and after is not None and before is not None else None,
        added=tuple(asked.options[int(place)].option_id for place in np.flatnonzero(found.picked & ~picked)),
        dropped=tuple(asked.options[int(place)].option_id for place in np.flatnonzero(picked & ~found.picked)),
    )
