"""Reading SØM's own streams where a query needs the facts themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from services.som.case import CASE, case_key
from services.som.codec import CODEC
from services.som.events import ProjectionRecalculated
from services.som.scenario import SCENARIO
from shared.eventstore.tables import events
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected

_COLUMNS = (events.c.type, events.c.schema_version, events.c.data, events.c.event_id, events.c.position)


def decoded(row: Any) -> Event:
    """The event of a row."""
    return CODEC.decode(row.type, row.schema_version, row.data)


def projection_row(connection: Connection, initiative: str, municipality: str, position: int | None = None) -> Any:
    """The row of a case's newest projection, or of the one at a position of the log.

    Raises Rejected NOT_FOUND when there is no such case or no projection of it there, NOT_COMPUTED when no knowledge
    base was published yet.
    """
    stream_id = CASE.stream_id(case_key(initiative, municipality))
    found = select(*_COLUMNS).where(events.c.stream_id == stream_id)
    projections = found.where(events.c.type == ProjectionRecalculated.event_type)
    if position is not None:
        projections = projections.where(events.c.position == position)
    row = connection.execute(projections.order_by(events.c.version.desc()).limit(1)).first()
    if row is not None:
        return row
    if connection.execute(found.limit(1)).first() is None:
        fields = [{"field": name, "rule": "exists"} for name in ("initiative", "municipality")]
        raise Rejected("NOT_FOUND", "No grant was awarded to this municipality for this initiative.", fields)
    if position is not None:
        field = {"field": "position", "rule": "exists"}
        raise Rejected("NOT_FOUND", "The case has no projection at this position of SØM's log.", [field])
    raise Rejected("NOT_COMPUTED", "The case waits for a knowledge base to be published.")


def projection_rows(connection: Connection, initiative: str, municipality: str, most: int) -> list[Any]:
    """The rows of a case's last projections, at most `most`, the newest last."""
    stream_id = CASE.stream_id(case_key(initiative, municipality))
    found = select(*_COLUMNS).where(events.c.stream_id == stream_id)
    found = found.where(events.c.type == ProjectionRecalculated.event_type)
    return list(reversed(connection.execute(found.order_by(events.c.version.desc()).limit(most)).all()))


def scenario_events(connection: Connection, scenario_id: str) -> list[Event]:
    """The events of a scenario in order. Raises Rejected NOT_FOUND when there is none."""
    found = select(*_COLUMNS).where(events.c.stream_id == SCENARIO.stream_id(scenario_id))
    rows = connection.execute(found.order_by(events.c.version)).all()
    if not rows:
        raise Rejected("NOT_FOUND", "There is no scenario with this id.", [{"field": "scenario_id", "rule": "exists"}])
    return [decoded(row) for row in rows]
