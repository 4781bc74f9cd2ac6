"""The relay: publishes a service's log, in order, each event at least once, nothing that was not committed.

The log is the outbox. One leader tails it by position, publishes a batch with the confirms in flight together, and
moves its position when the broker has confirmed them all. An event that no queue took is counted and never waited
for: the log still has it, and whoever subscribes later pulls it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from kombu import Connection
from sqlalchemy.exc import SQLAlchemyError

from shared.eventstore import positions
from shared.eventstore.leader import Leadership
from shared.eventstore.store import EventStore, Recorded
from shared.messaging import cloudevents, topology
from shared.messaging.waiting import Backoff, Pace, Stopping
from shared.observability.metrics import Metrics

log = logging.getLogger(__name__)

BATCH = 500
POLL_SECONDS = 0.1
"""How soon events committed by another process of the service are seen; our own commits wake the relay at once."""
STANDBY_SECONDS = 1.0
SAVE_SECONDS = 0.25
"""How often the position is saved while events keep coming; a successor publishes what came since once more."""
RELAY = "relay"


class Publisher:
    """A channel that publishes batches and waits for all their confirms together."""

    def __init__(self, connection: Connection, metrics: Metrics) -> None:
        self._connection = connection
        self._metrics = metrics
        self._channel: Any = connection.channel()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._channel.confirm_select()
        self._sent = 0
        self._open: set[int] = set()
        self._refused = False

    def publish(self, exchange: str, messages: Sequence[tuple[str, str, str]], stopping: Stopping) -> bool:
        """Publish (routing key, message id, body) to `exchange`; True once the broker has confirmed every one.

        Waits for as long as the broker blocks publishers, noticing `stopping` meanwhile. False: publish them again.
        """
        self._refused = False
        for routing_key, message_id, body in messages:
            self._sent += 1
            self._open.add(self._sent)
            properties = {"delivery_mode": 2, "message_id": message_id}
            message = self._channel.prepare_message(body, None, cloudevents.CONTENT_TYPE, "utf-8", {}, properties)
            self._channel.basic_publish(message, exchange=exchange, routing_key=routing_key, mandatory=True)
        while self._open and not stopping.is_set():
            try:
                self._connection.drain_events(timeout=1)
                self._metrics.amqp_blocked.set(0)
            except TimeoutError:
                self._metrics.amqp_blocked.set(1)
                self._connection.heartbeat_check()
        return not self._open and not self._refused

    def keep_alive(self) -> None:
        """Answer the broker's heartbeats while there is nothing to publish. Raises when the connection is gone."""
        self._connection.heartbeat_check()
        with suppress(TimeoutError):
            self._connection.drain_events(timeout=0)

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._open = {tag for tag in self._open if tag > delivery_tag}
        else:
            self._open.discard(delivery_tag)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        self._refused = True
        self._on_ack(delivery_tag, multiple)

    def _on_return(self, *_: Any) -> None:
        self._metrics.relay_returned.inc()


class Relay:
    """Publishes the log of `service`, for as long as this process leads."""

    def __init__(self, service: str, store: EventStore, amqp_uri: str, metrics: Metrics) -> None:
        self._service = service
        self._store = store
        self._amqp_uri = amqp_uri
        self._metrics = metrics
        self._leadership = Leadership(store.engine, f"{service}.relay")
        self._position: int | None = None
        self._saved = 0
        self._save_at = 0.0
        self._wake = threading.Event()
        store.on_commit.append(lambda _position: self._wake.set())

    def run(self, stopping: Stopping) -> None:
        """Publish until `stopping` is set; broker and database failures are waited out."""
        backoff = Backoff()
        while not stopping.is_set():
            try:
                self._lead_or_stand_by(stopping, backoff)
            except (SQLAlchemyError, positions.LostRace, *topology.BROKER_ERRORS) as error:
                log.warning("relay interrupted", extra={"service": self._service, "error": type(error).__name__})
                stopping.wait(backoff.next())
            finally:
                self._leadership.release()
                self._metrics.relay_leader.set(0)

    def _lead_or_stand_by(self, stopping: Stopping, backoff: Backoff) -> None:
        if not self._leadership.acquire():
            stopping.wait(STANDBY_SECONDS)
            return
        pace = Pace()
        with topology.connect(self._amqp_uri) as connection:
            connection.connect()
            topology.events_exchange(self._service)(connection.default_channel).declare()
            publisher = Publisher(connection, self._metrics)
            self._metrics.relay_leader.set(1)
            self._position = None
            while not stopping.is_set() and self._leadership.acquire():
                self._wake.clear()
                pace.begin()
                count = self.publish_next(publisher, stopping)
                if count:
                    pace.rest()
                if count < BATCH:
                    publisher.keep_alive()
                    self._wake.wait(POLL_SECONDS)
                backoff.reset()
            self._save()

    def publish_next(self, publisher: Publisher, stopping: Stopping) -> int:
        """Publish the next batch and go on past it; how many events it had."""
        with self._store.reading() as transaction:
            if self._position is None:
                self._position = self._saved = positions.read(transaction.connection, RELAY, self._service)
            events = transaction.read_log(self._position, BATCH)
            head = transaction.head() if len(events) == BATCH else self._position + len(events)
        self._measure(head - self._position, events)
        if not events:
            self._save()
            return 0
        messages = [(event.type, event.event_id, cloudevents.encode(self._service, event)) for event in events]
        if not publisher.publish(f"{self._service}.events", messages, stopping):
            return 0
        self._position = events[-1].position
        if monotonic() >= self._save_at:
            self._save()
        self._metrics.relay_published.inc(len(events))
        self._metrics.relay_batch.observe(len(events))
        self._measure(head - self._position, [])
        return len(events)

    def _save(self) -> None:
        """Save how far we have come, unless it is saved. Raises LostRace when another leader did so meanwhile."""
        if self._position is not None and self._position != self._saved:
            with self._store.transaction() as transaction:
                positions.move(transaction.connection, RELAY, self._service, self._saved, self._position)
            self._saved = self._position
        self._save_at = monotonic() + SAVE_SECONDS

    def _measure(self, lag: int, waiting: Sequence[Recorded]) -> None:
        self._metrics.relay_lag_events.set(lag)
        self._metrics.relay_lag_seconds.set(age_seconds(waiting[0].recorded_at) if waiting else 0)


def age_seconds(recorded_at: str) -> float:
    """Seconds since a recorded time, never negative: clocks of two machines differ."""
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(recorded_at)).total_seconds())
