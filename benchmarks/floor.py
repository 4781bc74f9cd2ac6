"""What the machine needs for a fact to travel as far as it does in `fact_to_view`, with nothing of ours in between:
one bare commit, and two bare hops over the same broker through quorum queues."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import Any

import eventlet
import kombu
from sqlalchemy import Engine

from shared.eventstore.engine import open_engine
from shared.messaging import topology

QUORUM = {"x-queue-type": "quorum"}


def trips(database_uri: str, amqp_uri: str, count: int, per_second: float) -> list[float]:
    """Milliseconds from before the commit to the arrival, once for each of `count` trips at this rate."""
    engine = open_engine(database_uri)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS floor (body TEXT)")
    found = []
    with _queues(amqp_uri) as (near, first, forwarder, producer, arrived):
        for trip in range(count + 1):
            started = perf_counter()
            _commit(engine)
            producer.publish({"trip": trip}, routing_key=first, delivery_mode=2)
            while len(arrived) <= trip:
                near.drain_events(timeout=10)
            found.append((perf_counter() - started) * 1000)
            sleep(max(0.0, 1 / per_second - (perf_counter() - started)))
        forwarder.kill()
    engine.dispose()
    return found[1:]


def _commit(engine: Engine) -> None:
    with engine.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO floor VALUES ('{'x' * 820}')")


@contextmanager
def _queues(amqp_uri: str) -> Iterator[tuple[kombu.Connection, str, Any, kombu.Producer, list[Any]]]:
    """Two queues, a green thread that forwards from the first to the second, and a consumer of the second."""
    with topology.connect(amqp_uri) as near, topology.connect(amqp_uri) as between:
        names = [f"floor.{uuid.uuid4().hex}" for _ in range(2)]
        first, second = (kombu.Queue(name, queue_arguments=QUORUM)(near.default_channel) for name in names)
        for queue in (first, second):
            queue.declare()
        arrived: list[Any] = []
        forwarder = eventlet.spawn(_forward, between, names)
        try:
            kombu.Consumer(near.default_channel, [second], callbacks=[_into(arrived)]).consume()
            yield near, names[0], forwarder, kombu.Producer(near.default_channel), arrived
        finally:
            first.delete()
            second.delete()


def _into(arrived: list[Any]) -> Callable[[Any, Any], None]:
    def on(body: Any, message: Any) -> None:
        arrived.append(body)
        message.ack()

    return on


def _forward(connection: kombu.Connection, names: list[str]) -> None:
    producer = kombu.Producer(connection.default_channel)

    def on(body: Any, message: Any) -> None:
        producer.publish(body, routing_key=names[1], delivery_mode=2)
        message.ack()

    queue = kombu.Queue(names[0], queue_arguments=QUORUM)
    kombu.Consumer(connection.default_channel, [queue], callbacks=[on]).consume()
    while True:
        connection.drain_events()
