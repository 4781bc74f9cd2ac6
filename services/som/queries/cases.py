"""The live cases and their projections."""

from __future__ import annotations

import json
from typing import Any, cast

from sqlalchemy import Connection, select

from services.som import waiting
from services.som.commands import CaseProjection, Cases
from services.som.events import ProjectionRecalculated
from services.som.queries.streams import decoded, projection_row, projection_rows
from services.som.views.reading import latest_projections
from services.som.views.tables import som_case, som_case_year

MOST_PROJECTIONS = 200
"""So many of a case's projections are told at once, the newest."""


def case_projection(connection: Connection, query: CaseProjection) -> dict[str, Any]:
    """The newest projection of a case as its event tells it, with the event's id and position; with `history` those
    before it too, the newest last, at most MOST_PROJECTIONS. `waiting`: a newer one is being computed.

    Raises Rejected NOT_FOUND when there is no such case, NOT_COMPUTED when no knowledge base was published yet.
    """
    newest = _told(projection_row(connection, query.initiative, query.municipality))
    newest["waiting"] = waiting.is_waiting(connection, (query.initiative, query.municipality))
    if not query.history:
        return newest
    rows = projection_rows(connection, query.initiative, query.municipality, MOST_PROJECTIONS)
    return newest | {"history": [_told(row) for row in rows]}


def _told(row: Any) -> dict[str, Any]:
    projection = cast(ProjectionRecalculated, decoded(row)).model_dump_json()
    return {"event_id": row.event_id, "position": row.position, "projection": json.loads(projection)}


def cases(connection: Connection, query: Cases) -> dict[str, Any]:
    """The cases by initiative and municipality with their headline figures; those that wait for a knowledge base have
    none."""
    wanted = select(som_case).order_by(som_case.c.initiative, som_case.c.municipality)
    if query.initiative is not None:
        wanted = wanted.where(som_case.c.initiative == query.initiative)
    latest = latest_projections(connection, query.initiative)
    people = _people(connection)
    found = []
    for row in connection.execute(wanted):
        key = (row.initiative, row.municipality)
        told = {
            "initiative": row.initiative,
            "municipality": row.municipality,
            "decision_date": row.decision_date.isoformat(),
            "adjusted": row.adjustment is not None,
            **people.get(key, {"starters": 0, "withdrawn": 0, "completers": 0}),
        }
        found.append(told | {"figures": _headline(latest[key]) if key in latest else None})
    return {"cases": found}


def _people(connection: Connection) -> dict[tuple[str, str], dict[str, int]]:
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for row in connection.execute(select(som_case_year)):
        names = ("starters", "withdrawn", "completers")
        known = sums.setdefault((row.initiative, row.municipality), dict.fromkeys(names, 0))
        for name in names:
            known[name] += getattr(row, name)
    return sums


def _headline(latest: ProjectionRecalculated) -> dict[str, Any]:
    rate = latest.inputs.success_rate
    fields = {
        "net_present_value", "faded_net_present_value", "discounted_cost", "break_even_year", "break_even_rate",
        "benefit_cost_ratio", "probabilities", "spread", "status", "pricebook", "pricebook_version", "engine_version",
    }  # fmt: skip
    told: dict[str, Any] = latest.model_dump(mode="json", include=fields)
    return told | {"success_rate": None if rate is None else rate.model_dump(mode="json", exclude={"sources"})}
