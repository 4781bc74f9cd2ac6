"""The tables of an event store, the same on PostgreSQL and SQLite.

Times are ISO 8601 text in UTC with microseconds: equal on both databases, sortable, and the bytes that go on the wire.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    text,
)

metadata = MetaData()

event_counter = Table(
    "event_counter",
    metadata,
    Column("only_row", Integer, CheckConstraint("only_row = 1"), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("chain", Text, nullable=False),
)
"""One row: the position of the newest event. Updating it last in a transaction makes positions contiguous and orders
them by commit; a bare sequence lost 978 of 8,747 events for a tailing reader (docs/adr/0001). `chain` is the newest
link of the log's hash chain, '' before the first (docs/adr/0015)."""

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream_id", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Column("command_id", Text, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("causation_id", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("recorded_at", Text, nullable=False),
    Column("effective_on", Text),
    Column("digest", Text, nullable=False),
    Column("chain", Text, nullable=False),
    UniqueConstraint("stream_id", "version"),
)

commands = Table(
    "commands",
    metadata,
    Column("command_id", Text, primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("events", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
)
"""What each accepted command did, so that the same command gets the same answer again."""

positions = Table(
    "positions",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
"""How far each consumer (a subscription, the relay) has come in each source's log."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("stream_id", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("state_schema", Text, primary_key=True),
    Column("state", Text, nullable=False),
)

parked = Table(
    "parked",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream_id", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("parked_at", Text, nullable=False),
    Index("parked_stream", "consumer", "source", "stream_id", "position"),
)
"""Events a consumer could not apply, and the later events of their streams behind them."""

parked_decisions = Table(
    "parked_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("stream_id", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("first_position", BigInteger, nullable=False),
    Column("last_position", BigInteger, nullable=False),
    Column("decided_at", Text, nullable=False),
)
"""What was done about parked streams, by whom and why: retried or discarded."""

_APPEND_ONLY = {
    "postgresql": """
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'events are never changed'; END $$;
        CREATE OR REPLACE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    "sqlite": """
        CREATE TRIGGER IF NOT EXISTS events_are_not_updated BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;--
        CREATE TRIGGER IF NOT EXISTS events_are_not_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
}

_SCHEMA_LOCK = 7_405_217
"""Advisory lock under which PostgreSQL tables are made, so that processes starting together do not collide."""


def create_tables(connection: Connection, *extra: MetaData) -> None:
    """Make what is missing: the store's tables, the triggers that refuse changes to events, and `extra` tables.

    Safe to call at every start and from several processes at once.
    """
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))
    for tables in (metadata, *extra):
        tables.create_all(connection)
    for statement in _APPEND_ONLY[dialect].split(";--"):
        connection.exec_driver_sql(statement)
    if connection.execute(select(event_counter.c.position)).first() is None:
        connection.execute(insert(event_counter).values(only_row=1, position=0, recorded_at="", chain=""))
