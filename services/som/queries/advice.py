"""Advice on where the next krone goes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from services.som.allocation import Option, allocate
from services.som.commands import Allocation, Calculation, Candidate
from services.som.model import compile_case, project
from services.som.queries.calculations import Found, find
from services.som.uncertainty import simulate
from services.som.views.reading import latest_projections


def allocation(connection: Connection, query: Allocation) -> dict[str, Any]:
    """Which candidates would do most within a budget; advice, never a decision.

    Raises Rejected as the candidates' calculations do, and ALLOCATION_INVALID.
    """
    candidates = query.candidates or _live(connection)
    found = [find(connection, one.calculation) for one in candidates]
    draws = query.aim == "target"
    advice = allocate(
        [_option(candidate, calculation, draws) for candidate, calculation in zip(candidates, found, strict=True)],
        query.budget_oere,
        aim=query.aim,
        target_oere=query.target_oere,
        floors=query.floors,
        earmarks=query.earmarks,
        one_per_municipality=query.one_per_municipality,
    )
    return {"advice": advice.model_dump(mode="json")}


def _option(candidate: Candidate, found: Found, draws: bool) -> Option:
    model = compile_case(found.inputs, found.knowledge)
    projection = project(found.inputs, found.knowledge, model)
    simulated = None
    if draws:
        simulated = simulate(model, found.knowledge, scope=found.scope).npv.sum(axis=1)
    return Option(
        option_id=candidate.candidate_id,
        amount_oere=candidate.amount_oere,
        net_result_oere=projection.net_present_value.total,
        status=projection.status,
        track=candidate.track,
        municipality=candidate.municipality,
        draws=simulated,
    )


def _live(connection: Connection) -> list[Candidate]:
    """Every live case with its grants' amount, of those that have one."""
    found = []
    for (initiative, municipality), latest in sorted(latest_projections(connection, None).items()):
        amount = sum(row.amount_oere for row in latest.inputs.transfers)
        if amount > 0:
            calculation = Calculation(initiative=initiative, municipality=municipality)
            name = f"{initiative}.{municipality}"[:64]
            fields: dict[str, Any] = {"candidate_id": name, "amount_oere": amount, "municipality": municipality}
            found.append(Candidate(calculation=calculation, **fields))
    return found
