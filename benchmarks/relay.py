"""Publishing to RabbitMQ with confirms: all in flight together, beside one wait per message."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import kombu

from benchmarks.databases import broker
from benchmarks.figures import Figure, compared, interleaved, report
from benchmarks.subjects import award
from shared.eventstore.codec import Codec
from shared.eventstore.store import Recorded
from shared.messaging import cloudevents, topology
from shared.messaging.relay import BATCH, Publisher
from shared.messaging.waiting import Stopping
from shared.observability.metrics import Metrics

SERVICE = "bench"
OURS, ONE_BY_ONE = 8 * BATCH, 300
"""Messages in a round of each: either takes some tenths of a second."""


def measure(quick: bool) -> list[Figure]:
    """Messages a second into a quorum queue, persistent and mandatory, the bodies encoded beforehand."""
    with _queue() as (connection, queue):
        bodies = [_message() for _ in range(BATCH)]
        publisher = Publisher(connection, Metrics.of(SERVICE))

        def ours() -> float:
            started = perf_counter()
            for _ in range(OURS // BATCH):
                assert publisher.publish(f"{SERVICE}.events", bodies, Stopping())
            return _rate(OURS, started, queue)

        with kombu.Connection(broker(), transport_options={"confirm_publish": True}) as waiting:
            producer = kombu.Producer(waiting.channel(), exchange=topology.events_exchange(SERVICE))

            def peer() -> float:
                started = perf_counter()
                for key, message_id, body in bodies[:ONE_BY_ONE]:
                    _publish(producer, key, message_id, body)
                return _rate(ONE_BY_ONE, started, queue)

            pairs = interleaved(ours, peer, 5 if quick else 15)
    return [compared("relay to a quorum queue, beside one confirm at a time", "messages/s", pairs, 5.0)]


def _rate(messages: int, started: float, queue: kombu.Queue) -> float:
    rate = messages / (perf_counter() - started)
    queue.purge()
    return rate


def _publish(producer: kombu.Producer, key: str, message_id: str, body: str) -> None:
    producer.publish(
        body,
        routing_key=key,
        message_id=message_id,
        content_type=cloudevents.CONTENT_TYPE,
        content_encoding="utf-8",
        delivery_mode=2,
        mandatory=True,
    )


@contextmanager
def _queue() -> Iterator[tuple[kombu.Connection, kombu.Queue]]:
    with topology.connect(broker()) as connection:
        queue = topology.subscription_queue("bench", SERVICE)(connection.channel())
        queue.declare()
        try:
            yield connection, queue
        finally:
            queue.delete()


def _message() -> tuple[str, str, str]:
    """An award as the relay sends it: routing key, message id, body."""
    event, event_id, command_id = award(f"grant-{uuid.uuid4().hex}"), str(uuid.uuid4()), str(uuid.uuid4())
    recorded = Recorded(
        position=1,
        stream_id=event.stream_id,
        version=1,
        event_id=event_id,
        type=event.event_type,
        schema_version=1,
        data=Codec([type(event)]).encode(event),
        command_id=command_id,
        correlation_id=command_id,
        causation_id=command_id,
        caller="bench",
        on_behalf_of=None,
        recorded_at="2018-02-01T12:00:00.000000+00:00",
        effective_on="2018-02-01",
        event=event,
    )
    return event.event_type, event_id, cloudevents.encode(SERVICE, recorded)


if __name__ == "__main__":
    report(measure)
