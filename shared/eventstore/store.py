"""The event store: append to streams atomically, read a stream, read the log.

`version` is an event's place in its stream (1, 2, …), `position` its place in the service's whole log. Positions are
contiguous and in commit order, so a reader that has seen position n and sees n + 2 knows that it missed one.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    CursorResult,
    Engine,
    Integer,
    MetaData,
    Select,
    bindparam,
    select,
)
from sqlalchemy.exc import IntegrityError

from shared.eventstore import append
from shared.eventstore.codec import Codec
from shared.eventstore.context import Context
from shared.eventstore.tables import commands, create_tables, event_counter, events
from shared.kernel.messages import Event

MAX_BATCH = 1000
"""No read of the log returns more events than this at once."""

LONGEST_STREAM = 100_000
"""No stream is read beyond this many events at once; a longer one is a mistake in its design."""


class Conflict(Exception):
    """Somebody else appended to a stream after it was read; nothing was appended."""


@dataclass(frozen=True)
class StreamAppend:
    """Events to append to one stream, whose newest version must be `expected_version` (0: no such stream yet)."""

    stream_id: str
    expected_version: int
    events: Sequence[Event]


class Recorded(NamedTuple):
    """An event as the log holds it. `data` is the stored payload, `event` the decoded (and upcast) fact."""

    position: int
    stream_id: str
    version: int
    event_id: str
    type: str
    schema_version: int
    data: str
    command_id: str
    correlation_id: str
    causation_id: str
    caller: str
    on_behalf_of: str | None
    recorded_at: str
    effective_on: str | None
    event: Event


# Built once: building a statement takes longer than running it.
_COLUMNS = ", ".join(f"events.{name}" for name in Recorded._fields[:-1])
_EVENTS = select(*(events.c[name] for name in Recorded._fields[:-1]))
_AFTER: BindParameter[int] = bindparam("after", type_=BigInteger)
_LOG = _EVENTS.where(events.c.position > _AFTER).order_by(events.c.position)
_LOG = _LOG.limit(bindparam("limit", type_=Integer))
_STREAM = _EVENTS.where(events.c.stream_id == bindparam("stream"), events.c.version > _AFTER)
_STREAM = _STREAM.order_by(events.c.version).limit(LONGEST_STREAM + 1)
_HEAD = select(event_counter.c.position)
_ALONE = _HEAD.with_for_update()


# Bounded for each stream too: a planner without statistics would read all events rather than use the index so often.
_STREAMS = {
    "postgresql": f"""
SELECT event.* FROM json_each_text(CAST(%(after)s AS json)) AS wanted(stream_id, version), LATERAL (
    SELECT {_COLUMNS} FROM events
    WHERE events.stream_id = wanted.stream_id AND events.version > CAST(wanted.version AS bigint)
    ORDER BY events.version LIMIT %(limit)s
) AS event ORDER BY event.version LIMIT %(limit)s""",
    "sqlite": f"""
SELECT {_COLUMNS} FROM json_each(:after) AS wanted CROSS JOIN events
    ON events.stream_id = wanted.key AND events.version > wanted.value
ORDER BY events.version LIMIT :limit""",
}


def utc_now() -> str:
    """The time now as stored: ISO 8601, UTC, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Transaction:
    """A transaction on a service's database: reads, appends, and `connection` for the service's own tables."""

    def __init__(self, connection: Connection, codec: Codec, clock: Callable[[], str]) -> None:
        self.connection = connection
        self.appended_position: int | None = None
        self._codec = codec
        self._clock = clock

    def read_stream(
        self,
        stream_id: str,
        *,
        after_version: int = 0,
        up_to_version: int | None = None,
        up_to_time: str | None = None,
    ) -> list[Recorded]:
        """The stream's events in order, after a version, up to a version or up to a time of recording (inclusive).

        Raises OverflowError when there are more than LONGEST_STREAM: half a stream would fold to a wrong state.
        """
        query = _STREAM
        if up_to_version is not None:
            query = query.where(events.c.version <= up_to_version)
        if up_to_time is not None:
            query = query.where(events.c.recorded_at <= up_to_time)
        recorded = self._decoded(query, stream=stream_id, after=after_version)
        if len(recorded) > LONGEST_STREAM:
            raise OverflowError(f"{stream_id} has more than {LONGEST_STREAM} events to read at once")
        return recorded

    def read_streams(self, after: Mapping[str, int]) -> Iterator[Recorded]:
        """The events of many streams with one query, each after the version given with its stream; a stream's come in
        order, the streams' mixed.

        Raises OverflowError as `read_stream` does.
        """
        values = {"after": json.dumps(after), "limit": LONGEST_STREAM + 1}
        rows = self._rows(self.connection.exec_driver_sql(_STREAMS[self.connection.dialect.name], values))
        if len(rows) > LONGEST_STREAM:
            for stream_id, version in after.items():
                yield from self.read_stream(stream_id, after_version=version)
            return
        # One at a time: with all events held at once, half the time goes to the garbage collector.
        for row in rows:
            yield self._recorded(row)

    def read_short_streams(self, after: Mapping[str, int], limit: int) -> list[Recorded] | None:
        """What `read_streams` gives, when it is less than `limit` events; None when it is not."""
        values = {"after": json.dumps(after), "limit": limit}
        rows = self._rows(self.connection.exec_driver_sql(_STREAMS[self.connection.dialect.name], values))
        return [self._recorded(row) for row in rows] if len(rows) < limit else None

    def read_log(self, after: int, limit: int = MAX_BATCH) -> list[Recorded]:
        """The next events of the log after position `after`, at most `limit` (and never more than MAX_BATCH)."""
        return self._decoded(_LOG, after=after, limit=min(limit, MAX_BATCH))

    def exclude_writers(self) -> None:
        """Let nobody else append until this transaction ends; what is read from here on cannot be overtaken.

        For a writer that was overtaken before. SQLite has one writer at a time anyway.
        """
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(_ALONE)

    def head(self) -> int:
        """The position of the newest event, 0 when there is none."""
        return int(self.connection.execute(_HEAD).scalar_one())

    def append(self, appends: Sequence[StreamAppend], context: Context, content_hash: str | None = None) -> int:
        """Append to one or several streams, all or nothing; returns the position of the last event.

        With `content_hash` the command is remembered too, so that it is not carried out twice. Raises Conflict when a
        stream is not at its expected version, and CommandKnown when the command was carried out before; the
        transaction must then be left by that exception.
        """
        rows = [
            append.Row(
                item.stream_id,
                version,
                str(uuid.uuid4()),
                event.event_type,
                event.schema_version,
                self._codec.encode(event),
                _effective_on(event),
            )
            for item in appends
            for version, event in enumerate(item.events, item.expected_version + 1)
        ]
        expected = {item.stream_id: item.expected_version for item in appends}
        try:
            position = append.append(self.connection, rows, expected, context, content_hash, self._clock())
        except IntegrityError as error:
            if _violates_commands(error):
                raise CommandKnown(context.command_id) from None
            raise Conflict("a stream was appended to meanwhile") from None
        if position is None:
            raise Conflict("a stream is not at its expected version")
        if rows:
            self.appended_position = position
        return position

    def _decoded(self, query: Select[Any], **values: Any) -> list[Recorded]:
        return [self._recorded(row) for row in self._rows(self.connection.execute(query, values))]

    def _rows(self, result: CursorResult[Any]) -> Sequence[Any]:
        # The driver's own tuples, all at once: row by row through SQLAlchemy takes twice as long.
        return result.cursor.fetchall()

    def _recorded(self, row: Any) -> Recorded:
        return Recorded._make((*row, self._codec.decode(row[4], row[5], row[6])))


class CommandKnown(Exception):
    """A command with this id was carried out before."""


class EventStore:
    """A service's event log on SQLite or PostgreSQL.

    `clock` tells the recording time as `utc_now` does; recorded times never go back, whatever it says.
    `on_commit` callables are called after a local transaction that appended, with the last position.
    """

    def __init__(self, engine: Engine, codec: Codec, clock: Callable[[], str] = utc_now) -> None:
        self.engine = engine
        self.codec = codec
        self.on_commit: list[Callable[[int], None]] = []
        self._clock = clock
        self._writing = engine.execution_options(writing=True)
        # A reader sees one moment, however many queries it makes; SQLite's read transactions do so by themselves.
        postgresql = engine.dialect.name == "postgresql"
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ") if postgresql else engine
        self._deciding = engine.execution_options(isolation_level="AUTOCOMMIT") if postgresql else None
        # One writer at a time inside a process on SQLite: a green thread that waited inside the driver for the
        # write lock would stop the one that holds it.
        single_writer = engine.dialect.name == "sqlite"
        self._writer: AbstractContextManager[object] = threading.Lock() if single_writer else nullcontext()

    def create_tables(self, *extra: MetaData) -> None:
        """Make the store's tables, and `extra`, where they are missing."""
        with self._writer, self._writing.begin() as connection:
            create_tables(connection, *extra)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that may write; committed when the block ends, rolled back when it raises."""
        with self._writer, self._writing.begin() as connection:
            transaction = Transaction(connection, self.codec, self._clock)
            yield transaction
        self._tell(transaction)

    @contextmanager
    def deciding(self, *, alone: bool = False) -> Iterator[Transaction]:
        """For one append after reading streams; `alone`: nobody else appends meanwhile.

        The append is one statement on PostgreSQL, and what was read is guarded by the versions it expects, so it needs
        no transaction around it: BEGIN and COMMIT would be half of the round trips.
        """
        if alone or self._deciding is None:
            with self.transaction() as transaction:
                if alone:
                    transaction.exclude_writers()
                yield transaction
            return
        with self._deciding.connect() as connection:
            transaction = Transaction(connection, self.codec, self._clock)
            yield transaction
        self._tell(transaction)

    def _tell(self, transaction: Transaction) -> None:
        if transaction.appended_position is not None:
            for callback in self.on_commit:
                callback(transaction.appended_position)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only reads."""
        with self._reading.connect() as connection, connection.begin():
            yield Transaction(connection, self.codec, self._clock)


def _effective_on(event: Event) -> str | None:
    day = getattr(event, "effective_on", None)
    return None if day is None else day.isoformat()


def _violates_commands(error: IntegrityError) -> bool:
    """Whether the row that stood in the way was the command's. The values in a message are not to be trusted: a
    stream may be called anything."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return bool(diagnosis.table_name == commands.name)
    return str(error.orig) == "UNIQUE constraint failed: commands.command_id"
