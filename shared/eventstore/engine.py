"""Database engines, set up so that transactions mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.kernel.rejection import Rejected

LOCK_WAIT_SECONDS = 10
STATEMENT_SECONDS = 30
UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)
"""What a database raises that is away, cut the connection or is too busy: it passes, the same may be tried again."""


def open_engine(uri: str, *, pool_size: int = 10) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…`.

    Raises Rejected CONFIG_INVALID for any other address, without repeating it: it may hold a password.
    """
    try:
        url = make_url(uri)
    except (ArgumentError, ValueError, AttributeError):
        raise _bad_uri() from None
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_SECONDS}, pool_size=pool_size)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.get_backend_name() != "postgresql":
        raise _bad_uri()
    options = f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c statement_timeout={STATEMENT_SECONDS}s"
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=LOCK_WAIT_SECONDS,
        connect_args={"connect_timeout": 10, "options": options},
    )


def _bad_uri() -> Rejected:
    return Rejected(
        "CONFIG_INVALID",
        "The database address must look like sqlite:///file or postgresql://user@host/database.",
        [{"field": "database_uri", "rule": "uri"}],
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling begins too late and never for reads; _begin_sqlite does it instead.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # FULL: an answered command survives a power cut, as it does on PostgreSQL.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the write lock at once: upgrading a read lock later can fail without waiting.
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def assert_green_driver() -> None:
    """Refuse to run green threads on a database driver that would stop them all.

    psycopg 3 waits inside C unless told otherwise before its first import: six half-second queries then take three
    seconds and no heartbeat is sent meanwhile. Raises RuntimeError.
    """
    if os.environ.get("PSYCOPG_WAIT_FUNC") != "wait_selector":
        raise RuntimeError("PSYCOPG_WAIT_FUNC must be wait_selector before psycopg is imported")
