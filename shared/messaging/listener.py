"""What keeps subscriptions going: listeners on the broker for other services' events, followers for the own log."""

from __future__ import annotations

import logging
import threading
from time import monotonic
from typing import Any

import kombu

from shared.eventstore.store import EventStore
from shared.messaging import cloudevents, topology
from shared.messaging.subscription import BATCH, TRANSIENT, Subscription
from shared.messaging.waiting import Backoff, Pace, Stopping

log = logging.getLogger(__name__)

PULL_SECONDS = 3.0
"""How often the feed is asked in case the last message was the one that was lost."""
FOLLOW_SECONDS = 0.2
"""How soon a service sees what another process of it committed; its own commits wake it at once."""


class Listener:
    """Runs a subscription on the broker: one connection, one queue, drained in batches."""

    def __init__(self, subscription: Subscription, amqp_uri: str) -> None:
        self.connected = False
        self._subscription = subscription
        self._amqp_uri = amqp_uri
        self._bodies: list[Any] = []
        self._newest: Any = None
        self._backoff = Backoff()

    def run(self, stopping: Stopping) -> None:
        """Listen until `stopping` is set; broker, producer and database failures are waited out."""
        while not stopping.is_set():
            try:
                with topology.connect(self._amqp_uri) as connection:
                    connection.connect()
                    self._listen(connection, stopping)
            except Exception as error:
                # Also what nobody foresaw: to end here would end the service, and its commands with it.
                foreseen = isinstance(error, (*TRANSIENT, *topology.BROKER_ERRORS))
                log.log(
                    logging.WARNING if foreseen else logging.ERROR,
                    "subscription interrupted",
                    extra={"source": self._subscription.source, "error": type(error).__name__},
                )
                stopping.wait(self._backoff.next())
            finally:
                self.connected = False

    def _listen(self, connection: kombu.Connection, stopping: Stopping) -> None:
        subscription = self._subscription
        queue = topology.subscription_queue(subscription.consumer, subscription.source)
        consumer = connection.Consumer([queue], callbacks=[self._on_message], on_decode_error=self._on_decode_error)
        consumer.qos(prefetch_count=BATCH)
        subscription.measure_parked()
        with consumer:
            self.connected = True
            pull_at = 0.0
            while not stopping.is_set():
                if monotonic() >= pull_at:
                    pull_at = self._pull()
                self._drain(connection, min(1.0, max(0.0, pull_at - monotonic())))
                if self._bodies and self._receive():
                    pull_at = 0.0
                connection.heartbeat_check()

    def _pull(self) -> float:
        """Pull, and say when to do so again."""
        try:
            self._subscription.pull()
        except TRANSIENT as error:
            source = self._subscription.source
            log.warning("pull failed", extra={"source": source, "error": type(error).__name__})
            return monotonic() + self._backoff.next()
        self._backoff.reset()
        return monotonic() + PULL_SECONDS

    def _drain(self, connection: kombu.Connection, wait_seconds: float) -> None:
        """Take the messages that are waiting, up to a batch; wait for the first."""
        self._bodies, self._newest = [], None
        timeout = wait_seconds
        while len(self._bodies) < BATCH:
            try:
                connection.drain_events(timeout=timeout)
            except TimeoutError:
                return
            timeout = 0

    def _receive(self) -> bool:
        """Apply what was drained, then acknowledge it; True when a pull is due.

        Acknowledged also when it failed: the position did not move, and the pull brings the events again.
        """
        try:
            pull = self._subscription.receive(self._bodies)
        except TRANSIENT as error:
            source = self._subscription.source
            log.warning("batch failed, will be pulled", extra={"source": source, "error": type(error).__name__})
            pull = True
        self._newest.ack(multiple=True)
        return pull

    def _on_message(self, body: Any, message: Any) -> None:
        self._bodies.append(body)
        self._newest = message

    def _on_decode_error(self, message: Any, error: Exception) -> None:
        # Kombu's own way is to log the body and acknowledge it.
        self._subscription.unreadable(type(error).__name__)
        message.reject(requeue=False)


class OwnLog:
    """The feed of the service's own log, without a broker in between."""

    def __init__(self, service: str, store: EventStore) -> None:
        self._service = service
        self._store = store

    def pull(self, _source: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """The next events of the own log, and its head."""
        with self._store.reading() as transaction:
            events = transaction.read_log(after, limit)
            return [cloudevents.as_data(self._service, event) for event in events], transaction.head()


class Follower:
    """Runs a subscription to the service's own log: its views follow its own commits."""

    connected = True

    def __init__(self, subscription: Subscription, store: EventStore) -> None:
        self._subscription = subscription
        self._wake = threading.Event()
        store.on_commit.append(lambda _position: self._wake.set())

    def run(self, stopping: Stopping) -> None:
        """Follow until `stopping` is set."""
        backoff, measured = Backoff(), False
        pace = Pace()
        while not stopping.is_set():
            self._wake.clear()
            pace.begin()
            try:
                if not measured:
                    self._subscription.measure_parked()
                    measured = True
                self._subscription.pull()
                backoff.reset()
                pace.rest()
                self._wake.wait(FOLLOW_SECONDS)
            except Exception as error:
                level = logging.WARNING if isinstance(error, TRANSIENT) else logging.ERROR
                source = self._subscription.source
                log.log(level, "own log interrupted", extra={"source": source, "error": type(error).__name__})
                stopping.wait(backoff.next())
