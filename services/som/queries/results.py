"""What a calculation comes to: its result, why, how sure it is, and how it differs from another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from services.som import uncertainty
from services.som.attribution import attribute
from services.som.case import events_since
from services.som.checklist import checklist
from services.som.commands import CaseComputation, CaseResult, Comparison, ExplainCase, Grid, Simulation, Tornado
from services.som.explain import explain
from services.som.model import ENGINE_VERSION, compile_case
from services.som.model.compiled import payers_oere
from services.som.model.detail import detail
from services.som.queries.calculations import Found, find


def _about(found: Found) -> dict[str, Any]:
    return {
        "title": found.title,
        "pricebook": found.pricebook,
        "pricebook_version": found.pricebook_version,
        "engine_version": ENGINE_VERSION,
    }


def case_computation(connection: Connection, query: CaseComputation) -> dict[str, Any]:
    """The inputs, the knowledge base's version whole, and the provenance of a calculation."""
    found = find(connection, query.calculation)
    latest = found.latest
    return _about(found) | {
        "inputs": found.inputs.model_dump(mode="json"),
        "knowledge": found.knowledge.published.model_dump(mode="json"),
        "behind": [one.model_dump(mode="json") for one in found.behind],
        "positions": {} if latest is None else latest.positions,
        "computed_with_engine": None if latest is None else latest.engine_version,
    }


def case_result(connection: Connection, query: CaseResult) -> dict[str, Any]:
    """A calculation's whole result, with the checklist of assumptions as far as it is known."""
    found = find(connection, query.calculation)
    items = checklist(found.inputs, found.knowledge)
    return _about(found) | {
        "result": detail(found.inputs, found.knowledge).model_dump(mode="json"),
        "checklist": [item.model_dump(mode="json") for item in items],
    }


def explain_case(connection: Connection, query: ExplainCase) -> dict[str, Any]:
    """A calculation's figure as a tree."""
    found = find(connection, query.calculation)
    tree = explain(found.inputs, found.knowledge, found.behind)
    return _about(found) | {"tree": tree.model_dump(mode="json")}


def tornado(connection: Connection, query: Tornado) -> dict[str, Any]:
    """What each uncertain input does, the widest first."""
    found = find(connection, query.calculation)
    bars = uncertainty.tornado(compile_case(found.inputs, found.knowledge), found.knowledge)
    return _about(found) | {"bars": [bar.model_dump(mode="json") for bar in bars]}


def grid(connection: Connection, query: Grid) -> dict[str, Any]:
    """The net result over two inputs varied together."""
    found = find(connection, query.calculation)
    model = compile_case(found.inputs, found.knowledge)
    surface = uncertainty.grid(model, found.knowledge, query.first, query.second, query.steps)
    return _about(found) | {"surface": surface.model_dump(mode="json")}


def simulation(connection: Connection, query: Simulation) -> dict[str, Any]:
    """Percentiles, probabilities, and what perfect knowledge is worth."""
    found = find(connection, query.calculation)
    model = compile_case(found.inputs, found.knowledge)
    drawn = uncertainty.simulate(model, found.knowledge, query.draws, found.scope)
    worth = uncertainty.information(model, found.knowledge, query.draws, found.scope)
    return _about(found) | {"simulation": drawn.as_data(), "information": worth.model_dump(mode="json")}


def comparison(connection: Connection, query: Comparison) -> dict[str, Any]:
    """Why two calculations differ; of two projections of one live case, with the events between them."""
    before, after = find(connection, query.before), find(connection, query.after)
    between = () if before.latest is None or after.latest is None else events_since(before.behind, after.behind)
    same_case = before.scope == after.scope
    return {
        "before": _about(before) | {"net_present_value": _net(before)},
        "after": _about(after) | {"net_present_value": _net(after)},
        "changed": [one.model_dump(mode="json") for one in attribute(before.computation(), after.computation())],
        "behind": [one.model_dump(mode="json") for one in between] if same_case else [],
    }


def _net(found: Found) -> dict[str, int]:
    if found.latest is not None:
        return found.latest.net_present_value.model_dump()
    return payers_oere(compile_case(found.inputs, found.knowledge).net_present_value()).model_dump()
