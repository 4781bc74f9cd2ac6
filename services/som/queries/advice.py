"""Advice on where the next krone goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from services.som.allocation import Option, Said, allocate
from services.som.commands import Allocation, Candidate
from services.som.model import compile_case, project
from services.som.model.figures import least_sure
from services.som.queries.applications import Considered, applied_for
from services.som.queries.calculations import find, of_projection
from services.som.uncertainty import simulate
from services.som.views.calls import tracks
from services.som.views.reading import latest_projections


def allocation(connection: Connection, query: Allocation) -> dict[str, Any]:
    """Which candidates would do most within a budget; advice, never a decision.

    Raises Rejected as the candidates' calculations do, NOT_FOUND (the call), NOT_COMPUTED, NO_EXPERIENCE (nothing says
    how many would complete in the call's applications), and ALLOCATION_INVALID or its neighbours.
    """
    assumed: tuple[Said, ...] = ()
    if query.call_id is not None:
        considered, assumed = applied_for(connection, query.call_id)
    elif query.candidates:
        considered = _named(connection, query.candidates)
    else:
        considered = _live(connection)
    draws = query.aim == "target"
    advice = allocate(
        [_option(one, draws) for one in considered],
        query.budget_oere,
        aim=query.aim,
        target_oere=query.target_oere,
        floors=query.floors,
        earmarks=query.earmarks,
        one_per_municipality=query.one_per_municipality,
    )
    # The first says that it is advice; what was assumed of the candidates comes right after.
    first, *others = advice.assumptions
    advice = advice.model_copy(update={"assumptions": (first, *assumed, *others)})
    return {"advice": advice.model_dump(mode="json")}


def _option(one: Considered, draws: bool) -> Option:
    inputs, knowledge = one.found.inputs, one.found.knowledge
    model = compile_case(inputs, knowledge)
    projection = project(inputs, knowledge, model)
    simulated = None
    if draws:
        simulated = simulate(model, knowledge, scope=one.found.scope).npv.sum(axis=1)
    return Option(
        option_id=one.name,
        amount_oere=one.amount_oere,
        net_result_oere=projection.net_present_value.total,
        status=least_sure((projection.status, one.status)),
        track=one.track,
        municipality=one.municipality,
        draws=simulated,
    )


def _named(connection: Connection, candidates: Sequence[Candidate]) -> list[Considered]:
    return [
        Considered(one.candidate_id, one.amount_oere, one.track, one.municipality, find(connection, one.calculation))
        for one in candidates
    ]


def _live(connection: Connection) -> list[Considered]:
    """Every live case with its grants' amount and track, of those that have one."""
    known, found = tracks(connection), []
    for case, latest in sorted(latest_projections(connection, None).items()):
        amount = sum(row.amount_oere for row in latest.inputs.transfers)
        if amount > 0:
            calculation = of_projection(connection, latest)
            found.append(Considered(".".join(case)[:64], amount, known.get(case), latest.municipality, calculation))
    return found
