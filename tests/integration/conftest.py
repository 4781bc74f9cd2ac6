"""An event store on both databases."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, text

from shared.eventstore.engine import open_engine
from shared.eventstore.store import EventStore
from tests.counting import open_store
from tests.worlds import MISSING, POSTGRES


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A database on the real PostgreSQL, for all tests in here: making one takes longer than most of them."""
    if os.environ.get(MISSING) or not os.environ.get(POSTGRES):
        pytest.skip(os.environ.get(MISSING) or "no servers: run the tests with `make test`")
    name = f"v{uuid.uuid4().hex[:10]}"
    with psycopg.connect(os.environ[POSTGRES], autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{os.environ[POSTGRES].rpartition('/')[0]}/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        made = open_engine(f"sqlite:///{tmp_path}/store.db")
    else:
        made = open_engine(request.getfixturevalue("postgres"))
        with made.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield made
    made.dispose()


@pytest.fixture
def store(engine: Engine) -> EventStore:
    """A store on it."""
    return open_store(engine)
