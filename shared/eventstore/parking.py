"""Parked events: what a consumer could not apply, and what was decided about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, RowMapping, bindparam, delete, distinct, func, insert, select, update

from shared.eventstore.store import utc_now
from shared.eventstore.tables import parked, parked_decisions
from shared.kernel.rejection import Rejected

MAX_STREAMS = 100
MAX_EVENTS = 10_000


class ParkingFull(OSError):
    """So much is parked that something larger is wrong: the consumer stops moving until a person has looked."""


class Parkable(Protocol):
    """An event of another service, as received."""

    position: int
    stream_id: str
    body: dict[str, Any]


_STREAMS = (
    select(parked.c.stream_id)
    .distinct()
    .where(parked.c.consumer == bindparam("of"), parked.c.source == bindparam("in_source"))
)


def streams(connection: Connection, consumer: str, source: str) -> set[str]:
    """The streams that are parked for this consumer and source."""
    return set(connection.execute(_STREAMS, {"of": consumer, "in_source": source}).scalars())


def count(connection: Connection, consumer: str, source: str) -> tuple[int, int]:
    """How many streams and how many events are parked."""
    query = select(func.count(distinct(parked.c.stream_id)), func.count())
    row = connection.execute(query.where(parked.c.consumer == consumer, parked.c.source == source)).one()
    return int(row[0]), int(row[1])


def park(connection: Connection, consumer: str, source: str, incoming: Parkable, error: str) -> None:
    """Set an event aside. Raises ParkingFull beyond MAX_STREAMS or MAX_EVENTS."""
    waiting_streams, waiting_events = count(connection, consumer, source)
    if waiting_streams >= MAX_STREAMS or waiting_events >= MAX_EVENTS:
        raise ParkingFull(f"{waiting_streams} streams and {waiting_events} events are parked")
    row = {
        "consumer": consumer,
        "source": source,
        "position": incoming.position,
        "stream_id": incoming.stream_id,
    }
    row |= {"message": json.dumps(incoming.body), "error": error[:500], "attempts": 1, "parked_at": utc_now()}
    connection.execute(insert(parked), row)


def listing(connection: Connection) -> Sequence[RowMapping]:
    """One row per parked stream: consumer, source, stream, number of events, first position, since when, and why."""
    first = func.min(parked.c.position)
    groups = (
        select(
            parked.c.consumer,
            parked.c.source,
            parked.c.stream_id,
            func.count().label("events"),
            first.label("first"),
        )
        .group_by(parked.c.consumer, parked.c.source, parked.c.stream_id)
        .subquery()
    )
    same = (parked.c.consumer == groups.c.consumer) & (parked.c.source == groups.c.source)
    query = select(groups, parked.c.parked_at, parked.c.error, parked.c.attempts).join_from(
        groups, parked, same & (parked.c.position == groups.c.first)
    )
    return connection.execute(query.order_by(parked.c.parked_at)).mappings().all()


def take(
    connection: Connection, consumer: str, source: str, stream_id: str, decision: str, reason: str, actor: str
) -> list[dict[str, Any]]:
    """Take a stream's events out of the parking, in order, and record the decision (`retried` or `discarded`).

    Raises Rejected NOT_FOUND when nothing of the stream is parked.
    """
    where = (parked.c.consumer == consumer, parked.c.source == source, parked.c.stream_id == stream_id)
    query = select(parked.c.position, parked.c.message).where(*where).order_by(parked.c.position)
    rows = connection.execute(query).all()
    if not rows:
        raise Rejected("NOT_FOUND", "No event of this stream is parked.", [{"field": "stream_id", "rule": "parked"}])
    connection.execute(delete(parked).where(*where))
    row = {
        "consumer": consumer,
        "source": source,
        "stream_id": stream_id,
        "decision": decision,
        "reason": reason,
    }
    row |= {"actor": actor, "first_position": rows[0].position, "last_position": rows[-1].position}
    connection.execute(insert(parked_decisions), row | {"decided_at": utc_now()})
    return [json.loads(row.message) for row in rows]


def note_attempt(connection: Connection, consumer: str, source: str, stream_id: str, error: str) -> None:
    """Record that a retry of a parked stream failed, and why."""
    where = (parked.c.consumer == consumer, parked.c.source == source, parked.c.stream_id == stream_id)
    values = {"attempts": parked.c.attempts + 1, "error": error[:500]}
    connection.execute(update(parked).where(*where).values(values))
