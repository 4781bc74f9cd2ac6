"""The append itself: one statement on PostgreSQL, four short ones on SQLite, with the same meaning.

The counter row is updated in the append and stays locked until commit, so that positions are in commit order. Holding
it for one statement instead of several is what lets eight writers share it. The statements are plain SQL for the
driver, and rows travel as one JSON text: compiling statements and building arrays took longer than storing the events.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic_core import to_json
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from shared.eventstore import chain
from shared.eventstore.context import Context


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
    FROM json_each_text(CAST(%(expected)s AS json)) AS e(stream_id, version)
    WHERE coalesce((SELECT max(version) FROM events WHERE events.stream_id = e.stream_id), 0)
        <> CAST(e.version AS bigint)
), counter AS (
    UPDATE event_counter SET position = position + %(n)s, recorded_at = greatest(recorded_at, %(now)s),
        -- Every column here is the one before: the new time has to be said again.
        chain = CASE WHEN %(n)s = 0 THEN chain ELSE encode(sha256(convert_to(
            chain || greatest(recorded_at, %(now)s) || %(digests)s, 'UTF8')), 'hex') END
    -- The statement may be its own transaction: what must not be appended must not be counted either.
    WHERE (SELECT n FROM mismatch) = 0
    RETURNING position, recorded_at, chain
), inserted AS (
    INSERT INTO events (position, stream_id, version, event_id, type, schema_version, data, effective_on,
                        command_id, correlation_id, causation_id, caller, on_behalf_of, recorded_at, digest, chain)
    SELECT counter.position - %(n)s + r.place, r.stream_id, r.version, r.event_id, r.type, r.schema_version, r.data,
           r.effective_on, %(command_id)s, %(correlation_id)s, %(causation_id)s, %(caller)s, %(on_behalf_of)s,
           counter.recorded_at, r.digest, counter.chain
    FROM counter, ROWS FROM (json_to_recordset(CAST(%(rows)s AS json)) AS (
        stream_id text, version bigint, event_id text, type text, schema_version int, data text, effective_on text,
        digest text
    )) WITH ORDINALITY AS r(stream_id, version, event_id, type, schema_version, data, effective_on, digest, place)
)"""
_POSTGRESQL_COMMAND = """, known AS (
    INSERT INTO commands (command_id, content_hash, position, events, recorded_at)
    SELECT %(command_id)s, %(content_hash)s, counter.position, %(event_refs)s, counter.recorded_at FROM counter
)"""
_POSTGRESQL_TAIL = "\nSELECT position FROM counter"

_NAMES = (*Row._fields, "digest")
_APPEND = _POSTGRESQL_HEAD + _POSTGRESQL_TAIL
_APPEND_COMMAND = _POSTGRESQL_HEAD + _POSTGRESQL_COMMAND + _POSTGRESQL_TAIL


def _append_postgresql(
    connection: Connection,
    rows: Sequence[Row],
    expected: Mapping[str, int],
    context: Context,
    content_hash: str | None,
    now: str,
) -> int | None:
    digests = _digests(rows, context)
    objects = [dict(zip(_NAMES, (*row, own), strict=True)) for row, own in zip(rows, digests, strict=True)]
    values = {
        **vars(context),
        "rows": to_json(objects).decode(),
        "digests": "".join(digests),
        "expected": json.dumps(expected),
        "n": len(rows),
        "now": now,
    }
    statement = _APPEND
    if content_hash is not None:
        statement = _APPEND_COMMAND
        values |= {"content_hash": content_hash, "event_refs": event_refs(rows)}
    position = connection.exec_driver_sql(statement, values).scalar_one_or_none()
    return None if position is None else int(position)


_SQLITE_COUNT = """
UPDATE event_counter SET position = position + ?, recorded_at = max(recorded_at, ?)
WHERE NOT EXISTS (
    SELECT 1 FROM json_each(?) AS e
    WHERE coalesce((SELECT max(version) FROM events WHERE stream_id = e.key), 0) <> e.value
)
RETURNING position, recorded_at, chain"""
_SQLITE_LINK = "UPDATE event_counter SET chain = ?"
_SQLITE_EVENTS = """
INSERT INTO events (position, stream_id, version, event_id, type, schema_version, data, effective_on,
                    command_id, correlation_id, causation_id, caller, on_behalf_of, recorded_at, chain, digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_SQLITE_COMMAND = """
INSERT INTO commands (command_id, content_hash, position, events, recorded_at) VALUES (?, ?, ?, ?, ?)"""


def _append_sqlite(
    connection: Connection,
    rows: Sequence[Row],
    expected: Mapping[str, int],
    context: Context,
    content_hash: str | None,
    now: str,
) -> int | None:
    digests = _digests(rows, context)
    # The driver itself: four statements through SQLAlchemy take as long as the commit.
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        counted = driver.execute(_SQLITE_COUNT, (len(rows), now, json.dumps(expected))).fetchone()
        if counted is None:
            return None
        position, recorded_at, previous = counted
        if rows:
            newest = chain.link(previous, recorded_at, digests)
            driver.execute(_SQLITE_LINK, (newest,))
            shared = (*_of(context), recorded_at, newest)
            placed = enumerate(zip(rows, digests, strict=True), position - len(rows) + 1)
            driver.executemany(_SQLITE_EVENTS, [(place, *row, *shared, own) for place, (row, own) in placed])
        if content_hash is not None:
            command = (context.command_id, content_hash, position, event_refs(rows), recorded_at)
            driver.execute(_SQLITE_COMMAND, command)
    except sqlite3.Error as error:
        raise DBAPIError.instance("append", None, error, sqlite3.Error) from error
    return int(position)


def _digests(rows: Sequence[Row], context: Context) -> list[str]:
    shared = _of(context)
    return [chain.digest((*row, *shared)) for row in rows]


def _of(context: Context) -> tuple[str | None, ...]:
    """The context in the order of the columns."""
    return (
        context.command_id,
        context.correlation_id,
        context.causation_id,
        context.caller,
        context.on_behalf_of,
    )


def event_refs(rows: Sequence[Row]) -> str:
    """What a command's answer says of its events: `type stream version`, one a line."""
    return "\n".join(f"{row.type} {row.stream_id} {row.version}" for row in rows)
