"""Both worlds for every integration test: SQLite + embedded broker, PostgreSQL + RabbitMQ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import shared.messaging.green  # noqa: F401  first: it patches the standard library
from tests.worlds import World, embedded_world, server_world


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.server)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A fresh, empty world: its own databases, and no queue left from before."""
    make = embedded_world if request.param == "embedded" else server_world
    with make(tmp_path) as made:
        yield made


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[World]:
    """The world of real servers alone, for what only they can show."""
    with server_world(tmp_path) as made:
        yield made
