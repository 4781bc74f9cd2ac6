"""The worlds that tests run in, and services running in them."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from nameko.runners import ServiceRunner
from nameko.standalone.rpc import ClusterRpcProxy
from psycopg import sql

from services.cli import DEFINITIONS, SERVICE_CLASSES
from services.settings import SERVICES, Settings
from shared.messaging import topology
from shared.messaging.host import Running, open_service
from shared.messaging.rpc import FeedClient, nameko_config

AMQP, POSTGRES, MISSING = (
    "VIRKSOM_TEST_AMQP_URI",
    "VIRKSOM_TEST_POSTGRES_URI",
    "VIRKSOM_TEST_SERVERS_MISSING",
)


@dataclass(frozen=True)
class World:
    """Where services run in a test."""

    name: str
    settings: Settings

    def with_clock(self) -> World:
        """The same world with the clock of the wall: otherwise it is the day that a command says it is."""
        return replace(self, settings=self.settings.model_copy(update={"clock": "wall"}))

    @property
    def config(self) -> dict[str, Any]:
        """nameko's configuration in this world, without status pages."""
        found = self.settings
        return nameko_config(found.amqp_uri) | {"DATABASES": found.databases, "CLOCK": found.clock == "wall"}

    def environment(self, http_port: int = 8100) -> dict[str, str]:
        """The environment of a process that runs services in this world."""
        found = self.settings
        return os.environ | {
            "VIRKSOM_AMQP_URI": found.amqp_uri,
            "VIRKSOM_DATABASE_URI": found.database_uri,
            "VIRKSOM_HTTP_PORT": str(http_port),
            "VIRKSOM_CLOCK": found.clock,
        }

    def open(self, service: str) -> Running:
        """A service's parts, opened beside its processes, if any: to look into its database."""
        uri = self.settings.databases[service]
        return open_service(DEFINITIONS[service], uri, lambda: FeedClient(self.settings.amqp_uri))

    @contextmanager
    def services(self, *names: str) -> Iterator[ServiceRunner]:
        """Services (all by default) running in this process until the block ends."""
        runner = ServiceRunner(self.config)
        for name in names or SERVICES:
            runner.add_service(SERVICE_CLASSES[name])
        runner.start()
        try:
            yield runner
        finally:
            runner.stop()

    @contextmanager
    def client(self, timeout_seconds: float = 10) -> Iterator[Any]:
        """A stock nameko client."""
        with ClusterRpcProxy(self.config, timeout=timeout_seconds) as rpc:
            yield rpc


@contextmanager
def embedded_world(folder: Path) -> Iterator[World]:
    """SQLite files in `folder` and an embedded broker of its own."""
    broker = f"embedded://{uuid.uuid4().hex}/"
    uri = f"sqlite:///{folder}/{{service}}.db"
    yield World("embedded", Settings(amqp_uri=broker, database_uri=uri, clock="commanded"))


@contextmanager
def server_world(_folder: Path) -> Iterator[World]:
    """Fresh databases on the real PostgreSQL, and the real RabbitMQ without our queues. Skips without servers."""
    if os.environ.get(MISSING) or not os.environ.get(AMQP):
        pytest.skip(os.environ.get(MISSING) or "no servers: run the tests with `make test`")
    postgres = os.environ[POSTGRES]
    stem = f"v{uuid.uuid4().hex[:10]}"
    names = [f"{stem}_{service}" for service in SERVICES]
    with psycopg.connect(postgres, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    delete_queues(os.environ[AMQP])
    base = postgres.rpartition("/")[0]
    try:
        uri = f"{base}/{stem}_{{service}}"
        yield World("servers", Settings(amqp_uri=os.environ[AMQP], database_uri=uri, clock="commanded"))
    finally:
        with psycopg.connect(postgres, autocommit=True) as connection:
            for name in names:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def delete_queues(amqp_uri: str) -> None:
    """Delete our queues: messages of another test's log would be taken for this one's."""
    queues = [f"rpc-{service}" for service in SERVICES] + [topology.DEAD_LETTER_QUEUE]
    queues += [topology.subscription_queue(consumer, source).name for consumer in SERVICES for source in SERVICES]
    with topology.connect(amqp_uri) as connection:
        for queue in queues:
            connection.default_channel.queue_delete(queue)


def new_id() -> str:
    """A command id."""
    return str(uuid.uuid4())


def eventually(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until `condition` holds; fails when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)
