"""The append itself: one statement on PostgreSQL, four short ones on SQLite, with the same meaning.

The counter row is updated in the append and stays locked until commit, so that positions are in commit order. Holding
it for one statement instead of several is what lets eight writers share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, func, insert, literal, select, text, update

from shared.eventstore.tables import commands, event_counter, events

if TYPE_CHECKING:
    from shared.eventstore.store import Context


class Row(NamedTuple):
    """An event ready to be stored; its position and time are given by the append."""

    stream_id: str
    version: int
    event_id: str
    type: str
    schema_version: int
    data: str
    effective_on: str | None


def append(
    connection: Connection,
    rows: Sequence[Row],
    expected: Mapping[str, int],
    context: Context,
    content_hash: str | None,
    now: str,
) -> int | None:
    """Store `rows` at the next positions; the position of the last, or None when a stream is not at its version.

    Raises IntegrityError when another writer was faster, or when the command is known.
    """
    if connection.dialect.name == "postgresql":
        return _append_postgresql(connection, rows, expected, context, content_hash, now)
    return _append_sqlite(connection, rows, expected, context, content_hash, now)


_POSTGRESQL_HEAD = """
WITH mismatch AS (
    SELECT count(*) AS n
    FROM unnest(CAST(:streams AS text[]), CAST(:expected AS bigint[])) AS e(stream_id, version)
    WHERE coalesce((SELECT max(version) FROM events WHERE events.stream_id = e.stream_id), 0) <> e.version
), counter AS (
    UPDATE event_counter SET position = position + :n, recorded_at = greatest(recorded_at, :now)
    RETURNING position, recorded_at
), inserted AS (
    INSERT INTO events (position, stream_id, version, event_id, type, schema_version, data, effective_on,
                        command_id, correlation_id, causation_id, caller, on_behalf_of, recorded_at)
    SELECT counter.position - :n + r.place, r.stream_id, r.version, r.event_id, r.type, r.schema_version, r.data,
           r.effective_on, :command_id, :correlation_id, :causation_id, :caller, :on_behalf_of, counter.recorded_at
    FROM counter, mismatch, unnest(
        CAST(:stream_id AS text[]), CAST(:version AS bigint[]), CAST(:event_id AS text[]), CAST(:type AS text[]),
        CAST(:schema_version AS int[]), CAST(:data AS text[]), CAST(:effective_on AS text[])
    ) WITH ORDINALITY AS r(stream_id, version, event_id, type, schema_version, data, effective_on, place)
    WHERE mismatch.n = 0
)"""
_POSTGRESQL_COMMAND = """, known AS (
    INSERT INTO commands (command_id, content_hash, position, events, recorded_at)
    SELECT :command_id, :content_hash, counter.position, :event_refs, counter.recorded_at FROM counter
)"""
_POSTGRESQL_TAIL = "\nSELECT counter.position, mismatch.n FROM counter, mismatch"

_APPEND = text(_POSTGRESQL_HEAD + _POSTGRESQL_TAIL)
_APPEND_COMMAND = text(_POSTGRESQL_HEAD + _POSTGRESQL_COMMAND + _POSTGRESQL_TAIL)


def _append_postgresql(
    connection: Connection,
    rows: Sequence[Row],
    expected: Mapping[str, int],
    context: Context,
    content_hash: str | None,
    now: str,
) -> int | None:
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(Row._fields)
    values: dict[str, Any] = {name: list(column) for name, column in zip(Row._fields, columns, strict=True)}
    values |= vars(context)
    values |= {"streams": list(expected), "expected": list(expected.values()), "n": len(rows), "now": now}
    statement = _APPEND
    if content_hash is not None:
        statement = _APPEND_COMMAND
        values |= {"content_hash": content_hash, "event_refs": event_refs(rows)}
    position, mismatches = connection.execute(statement, values).one()
    return None if mismatches else int(position)


_BUMP = (
    update(event_counter)
    .values(
        position=event_counter.c.position + text(":n"),
        recorded_at=func.max(event_counter.c.recorded_at, text(":now")),
    )
    .returning(event_counter.c.position, event_counter.c.recorded_at)
)
_NEWEST = select(func.coalesce(func.max(events.c.version), literal(0))).where(events.c.stream_id == text(":stream"))


def _append_sqlite(
    connection: Connection,
    rows: Sequence[Row],
    expected: Mapping[str, int],
    context: Context,
    content_hash: str | None,
    now: str,
) -> int | None:
    for stream_id, version in expected.items():
        if connection.execute(_NEWEST, {"stream": stream_id}).scalar_one() != version:
            return None
    position, recorded_at = connection.execute(_BUMP, {"n": len(rows), "now": now}).one()
    shared = vars(context) | {"recorded_at": recorded_at}
    first = position - len(rows) + 1
    if rows:
        values = [row._asdict() | shared | {"position": first + place} for place, row in enumerate(rows)]
        connection.execute(insert(events), values)
    if content_hash is not None:
        connection.execute(
            insert(commands),
            {
                "command_id": context.command_id,
                "content_hash": content_hash,
                "position": position,
                "events": event_refs(rows),
                "recorded_at": recorded_at,
            },
        )
    return int(position)


def event_refs(rows: Sequence[Row]) -> str:
    """What a command's answer says of its events: `type stream version`, one a line."""
    return "\n".join(f"{row.type} {row.stream_id} {row.version}" for row in rows)
