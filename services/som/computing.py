"""The child process that computes what would hold up the service: `python -m services.som.computing`.

It reads the service's database and writes nothing to it. A job names what to compute, and where the database is.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from sqlalchemy import Connection

from services.som import queries, waiting
from services.som.codec import CODEC
from shared.eventstore.engine import open_engine
from shared.eventstore.store import EventStore
from shared.messaging.worker import serve

NICENESS = 10
"""Facts come first: on a busy machine the children wait."""


def answer(job: dict[str, Any]) -> Any:
    """What the job asks for: `cases` computed anew, or the answer to a query by its method's name."""
    with _store(job["database"]).reading() as transaction:
        if job["method"] == "cases":
            return _cases(transaction.connection, [(one, other) for one, other in job["cases"]])
        model, respond = queries.COMPUTED[job["method"]]
        return respond(transaction.connection, model.parse(job["fields"]))


def _cases(connection: Connection, cases: list[tuple[str, str]]) -> list[dict[str, Any]]:
    found = []
    for computed, mark, cause in waiting.compute_here(connection, cases):
        events = [[event.event_type, event.schema_version, CODEC.encode(event)] for event in computed.events]
        because = [cause.event_id, cause.correlation_id, cause.effective_on.isoformat()]
        found.append({"computed": [*computed[:-1], events], "mark": mark, "cause": because})
    return found


@cache
def _store(database_uri: str) -> EventStore:
    return EventStore(open_engine(database_uri), CODEC)


if __name__ == "__main__":
    os.nice(NICENESS)
    serve(answer)
