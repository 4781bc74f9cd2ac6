"""What can be asked of SØM."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from services.som.case import CASE, case_key
from services.som.commands import CaseProjection, Cases
from services.som.events import ProjectionRecalculated
from services.som.views import som_case
from shared.eventstore.tables import events
from shared.kernel.rejection import Rejected


def case_projection(connection: Connection, query: CaseProjection) -> dict[str, Any]:
    """The newest projection of a case as its event tells it, with the event's id and position.

    Raises Rejected NOT_FOUND when there is no such case, NOT_COMPUTED when no knowledge base was published yet.
    """
    stream_id = CASE.stream_id(case_key(query.initiative, query.municipality))
    newest = select(events.c.type, events.c.data, events.c.event_id, events.c.position).where(
        events.c.stream_id == stream_id
    )
    row = connection.execute(newest.order_by(events.c.version.desc()).limit(1)).first()
    if row is None:
        fields = [{"field": name, "rule": "exists"} for name in ("initiative", "municipality")]
        raise Rejected("NOT_FOUND", "No grant was awarded to this municipality for this initiative.", fields)
    if row.type != ProjectionRecalculated.event_type:
        raise Rejected("NOT_COMPUTED", "The case waits for a knowledge base to be published.")
    return {"event_id": row.event_id, "position": row.position, "projection": json.loads(row.data)}


def cases(connection: Connection, query: Cases) -> dict[str, Any]:
    """The cases by initiative and municipality, each with its decision date."""
    wanted = select(som_case).order_by(som_case.c.initiative, som_case.c.municipality)
    if query.initiative is not None:
        wanted = wanted.where(som_case.c.initiative == query.initiative)
    rows = connection.execute(wanted).mappings()
    return {"cases": [dict(row) | {"decision_date": row["decision_date"].isoformat()} for row in rows]}
