"""A subscription: applies another service's events exactly once and in order.

The broker wakes, the log decides. The position is kept in the transaction that holds the effect and moved by
compare-and-set. A message at position + 1 is applied; at or below, it is a duplicate; beyond, events are missing and
are pulled from the producer's feed. A new consumer, a restart, a lost or reordered message are therefore one path.

An event that cannot be applied parks its stream: later events of the stream queue up behind it, other streams go on,
and a person retries or discards (`virksom parked`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from shared.eventstore import parking, positions
from shared.eventstore.codec import Codec
from shared.eventstore.engine import UNAVAILABLE
from shared.eventstore.store import Conflict, EventStore, Recorded, Transaction
from shared.messaging.cloudevents import Incoming, Unreadable
from shared.messaging.relay import age_seconds
from shared.observability.metrics import Metrics

log = logging.getLogger(__name__)

BATCH = 500
TRANSIENT = (*UNAVAILABLE, Conflict, positions.LostRace, OSError)
"""Failures that pass: the same batch is tried again from the same position."""

Reaction = Callable[[Transaction, str, Sequence[Recorded]], None]
"""What a consumer does with events of a source, in order, inside a transaction. It is given only known types."""


class Feed(Protocol):
    """The pull side of a producer's log."""

    def pull(self, source: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """The CloudEvents after a position and the log's head. Raises OSError when the producer does not answer."""
        ...


@dataclass(frozen=True)
class Listens:
    """What a service subscribes to: a source, the codec of the events it knows, and what is done with them."""

    source: str
    codec: Codec
    react: Reaction


class Subscription:
    """`consumer`'s subscription to a source.

    `position_name` tells under which name the position stands, where it is not the consumer's own: views that are
    rebuilt beside the live ones have a name per generation.
    """

    def __init__(
        self,
        consumer: str,
        listens: Listens,
        store: EventStore,
        feed: Feed,
        metrics: Metrics,
        position_name: Callable[[Connection], str] | None = None,
    ) -> None:
        self.consumer = consumer
        self.source = listens.source
        self.caught_up = False
        self.on_moved: list[Callable[[], None]] = []
        self._reached: int | None = None
        self._name = position_name or (lambda _connection: consumer)
        self._store = store
        self._codec = listens.codec
        self._react = listens.react
        self._feed = feed
        self._metrics = metrics

    def position(self) -> int:
        """How far this subscription has come."""
        with self._store.reading() as transaction:
            return positions.read(transaction.connection, self._name(transaction.connection), self.source)

    # What to do with what arrived: no broker in here, so that any order and loss can be tried on it.

    def receive(self, bodies: Sequence[Any]) -> bool:
        """Apply what is next among these message bodies; True when events are missing and must be pulled."""
        waiting = {}
        for body in bodies:
            try:
                incoming = Incoming(body)
                waiting[incoming.position] = incoming
            except Unreadable as error:
                self.unreadable(str(error))
        # What we reached last, if nothing has failed since: should it be out of date, moving from it is refused.
        reached, self._reached = self._reached, None
        position = self.position() if reached is None else reached
        run: list[Incoming] = []
        while position + len(run) + 1 in waiting:
            run.append(waiting[position + len(run) + 1])
        beyond = [place for place in waiting if place > position + len(run)]
        self._metrics.duplicates.labels(self.source).inc(len(waiting) - len(run) - len(beyond))
        if beyond:
            self._metrics.gaps.labels(self.source).inc()
        return (bool(run) and not self._apply_messages(position, run)) or bool(beyond)

    def _apply_messages(self, position: int, run: Sequence[Incoming]) -> bool:
        """Apply what came by message, all or nothing; False when it cannot be applied and is to be pulled.

        Whoever may publish can send what looks like an event: nothing is parked but what the log itself says.
        """
        with self._metrics.apply_seconds.labels(self.source).time():
            try:
                self._apply_together(position, run)
            except Exception as error:
                self._metrics.failures.labels(self.source).inc()
                if isinstance(error, TRANSIENT):
                    raise
                # Nothing of the messages is logged: what the log does not vouch for might be personal.
                about = {"consumer": self.consumer, "source": self.source, "error": type(error).__name__}
                log.warning("messages could not be applied, pulling", extra=about)
                return False
        self._moved(run)
        return True

    def pull(self) -> None:
        """Apply everything the producer's log has beyond our position. Raises OSError when it does not answer."""
        while True:
            position = self.position()
            bodies, head = self._feed.pull(self.source, position, BATCH)
            if head < position:
                # A restored backup, or another log under the same name: nothing can be right until a person looks.
                log.error("source log is behind its consumer", extra={"source": self.source, "head": head})
                raise OSError("source log is behind its consumer")
            self._metrics.lag_events.labels(self.source).set(head - position)
            if bodies:
                self.apply(position, [Incoming(body) for body in bodies])
            self.caught_up = position + len(bodies) >= head
            if self.caught_up or not bodies:
                return

    def apply(self, position: int, run: Sequence[Incoming]) -> None:
        """Apply events that follow `position` without a gap, in one transaction; one by one if that fails.

        Raises one of TRANSIENT when it should be tried again later.
        """
        with self._metrics.apply_seconds.labels(self.source).time():
            try:
                self._apply_together(position, run)
            except TRANSIENT:
                self._metrics.failures.labels(self.source).inc()
                raise
            except Exception as error:
                log.warning("batch failed, applying one by one", extra=self._about(run[0], error))
                for incoming in run:
                    self._apply_or_park(incoming)
        self._moved(run)

    def _moved(self, run: Sequence[Incoming]) -> None:
        reached = run[-1]
        self._reached = reached.position
        self._metrics.position.labels(self.source).set(reached.position)
        self._metrics.lag_seconds.labels(self.source).set(age_seconds(reached.recorded_at))
        self._metrics.batch.labels(self.source).observe(len(run))
        for callback in self.on_moved:
            callback()

    def _apply_together(self, position: int, run: Sequence[Incoming]) -> None:
        with self._store.transaction() as transaction:
            connection = transaction.connection
            name = self._name(connection)
            any_parked = positions.move(connection, name, self.source, position, run[-1].position)
            parked = parking.streams(connection, name, self.source) if any_parked else set()
            behind = [incoming for incoming in run if incoming.stream_id in parked]
            for incoming in behind:
                parking.park(connection, name, self.source, incoming, "behind a parked event")
            self._react_to(transaction, [incoming for incoming in run if incoming.stream_id not in parked])
            self._require_same_views(connection, name)
        if behind:
            self.measure_parked()

    def _require_same_views(self, connection: Connection, name: str) -> None:
        """Raise LostRace when the views were switched meanwhile: the position moved may be the old ones' and the rows
        written the new ones', which would get the same events again."""
        if self._name(connection) != name:
            raise positions.LostRace(f"{self.consumer} is no longer called {name}")

    def _react_to(self, transaction: Transaction, run: Sequence[Incoming]) -> None:
        """Let the reaction have the events whose type this consumer knows; others are none of its business."""
        known = [incoming.recorded(self._codec) for incoming in run if self._codec.knows(incoming.type)]
        if known:
            self._react(transaction, self.source, known)

    def _apply_or_park(self, incoming: Incoming) -> None:
        try:
            self._apply_together(incoming.position - 1, [incoming])
        except TRANSIENT:
            self._metrics.failures.labels(self.source).inc()
            raise
        except Exception as error:
            log.error("event parked", extra=self._about(incoming, error))
            with self._store.transaction() as transaction:
                connection = transaction.connection
                name = self._name(connection)
                positions.move(connection, name, self.source, incoming.position - 1, incoming.position)
                parking.park(connection, name, self.source, incoming, type(error).__name__)
            self.measure_parked()

    def retry_parked(self, stream_id: str, reason: str, actor: str) -> int:
        """Apply a parked stream's events, in order, all or none; how many. Raises what the reaction raises."""
        with self._store.transaction() as transaction:
            connection = transaction.connection
            name = self._name(connection)
            bodies = parking.take(connection, name, self.source, stream_id, "retried", reason, actor)
            self._react_to(transaction, [Incoming(body) for body in bodies])
            self._require_same_views(connection, name)
        self.measure_parked()
        return len(bodies)

    def discard_parked(self, stream_id: str, reason: str, actor: str) -> int:
        """Give up a parked stream's waiting events; how many. The source's log still has them."""
        with self._store.transaction() as transaction:
            connection = transaction.connection
            name = self._name(connection)
            count = len(parking.take(connection, name, self.source, stream_id, "discarded", reason, actor))
        self.measure_parked()
        return count

    def note_failed_retry(self, stream_id: str, error: str) -> None:
        """Record that a retry failed, and why."""
        with self._store.transaction() as transaction:
            connection = transaction.connection
            parking.note_attempt(connection, self._name(connection), self.source, stream_id, error)

    def measure_parked(self) -> None:
        """Bring the gauges of parked streams and events up to date."""
        with self._store.reading() as transaction:
            connection = transaction.connection
            streams, events = parking.count(connection, self._name(connection), self.source)
        self._metrics.parked_streams.labels(self.source).set(streams)
        self._metrics.parked_events.labels(self.source).set(events)

    def unreadable(self, why: str) -> None:
        """Count a message that could not be read; its body is not logged, it might be personal."""
        self._metrics.decode_errors.labels(self.source).inc()
        log.warning("message could not be read", extra={"source": self.source, "error": why})

    def _about(self, incoming: Incoming, error: Exception) -> dict[str, object]:
        return {
            "consumer": self.consumer,
            "source": self.source,
            "position": incoming.position,
            "stream": incoming.stream_id,
            "correlation_id": incoming.body.get("correlationid"),
            "error": type(error).__name__,
        }
