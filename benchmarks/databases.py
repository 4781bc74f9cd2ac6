"""Fresh databases for a measurement: files in a temporary folder, or a database on the server of `make bench`."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

POSTGRES, AMQP = "VIRKSOM_TEST_POSTGRES_URI", "VIRKSOM_TEST_AMQP_URI"
MISSING = "run it with `make bench`, which provides RabbitMQ and PostgreSQL"


@contextmanager
def fresh(kind: str) -> Iterator[str]:
    """The address of an empty database, `postgresql` or `sqlite`, gone when the block ends."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="virksom-bench-") as folder:
            yield f"sqlite:///{folder}/bench.db"
        return
    name, server = f"bench_{uuid.uuid4().hex[:12]}", os.environ.get(POSTGRES) or ""
    if not server:
        raise SystemExit(MISSING)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def broker() -> str:
    """The address of RabbitMQ."""
    uri = os.environ.get(AMQP)
    if not uri:
        raise SystemExit(MISSING)
    return uri
