"""The calls and their open applications as they stand, and the tracks of the cases."""

from __future__ import annotations

import json
from collections import defaultdict

from sqlalchemy import Connection, select

from services.som.applications import Application, Call
from services.som.live import Money
from services.som.views.tables import CaseKey, som_application, som_call, som_grant, som_pool


def call_of(connection: Connection, call_id: str) -> Call | None:
    """A call with its pool's initiative and track, None when there is none."""
    found = select(som_pool.c.initiative, som_pool.c.track, som_call.c.decision_on)
    found = found.join_from(som_call, som_pool, som_call.c.pool_id == som_pool.c.pool_id)
    row = connection.execute(found.where(som_call.c.call_id == call_id)).first()
    return None if row is None else Call(row.initiative, row.track, row.decision_on)


def open_applications(connection: Connection, call_id: str) -> list[Application]:
    """The applications of a call that were sent and not decided, by id."""
    found = select(som_application).where(som_application.c.call_id == call_id, som_application.c.open)
    return [
        Application(
            row.application_id,
            row.municipality,
            tuple(Money(source, post, year, year, amount, 0) for post, year, source, amount in json.loads(row.lines)),
        )
        for row in connection.execute(found.order_by(som_application.c.application_id))
    ]


def tracks(connection: Connection) -> dict[CaseKey, str]:
    """The track of every case whose grants are all from pools of one track; of another case it cannot be told."""
    found = select(som_pool.c.initiative, som_grant.c.municipality, som_pool.c.track).distinct()
    found = found.join_from(som_grant, som_pool, som_grant.c.pool_id == som_pool.c.pool_id)
    tracks: dict[CaseKey, list[str]] = defaultdict(list)
    for row in connection.execute(found):
        tracks[row.initiative, row.municipality].append(row.track)
    return {case: found[0] for case, found in tracks.items() if len(found) == 1}
