"""The embedded broker: queues in this process, for a machine with nothing else running.

A kombu transport under the scheme `embedded://name`. The same nameko services run on it unchanged. It keeps nothing
when the process ends, and need not: what matters is in the services' logs, and a subscription pulls what it missed.
It differs from kombu's own in-memory transport in what nameko and the relay rely on: a message carries its content
type as a property, an unroutable mandatory message is returned, publishes are confirmed, and a consumer wakes when a
message arrives instead of polling.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from queue import Empty
from time import monotonic
from typing import Any

from amqp.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, base, virtual

SCHEME = "embedded"
QUEUE_LIMIT = 10_000
"""Messages a queue holds; beyond it the oldest go. A subscription notices the gap and pulls."""


class Broker:
    """The queues and bindings of one named broker, and the condition its consumers wait on."""

    def __init__(self) -> None:
        self.state = virtual.BrokerState()
        self.queues: dict[str, deque[Any]] = {}
        self.arrived = threading.Condition()
        self.arrivals = 0

    def put(self, queue: str, message: Any) -> None:
        """Add a message and wake the consumers."""
        with self.arrived:
            self.queues.setdefault(queue, deque(maxlen=QUEUE_LIMIT)).append(message)
        self.wake()

    def wake(self) -> None:
        """Let waiting consumers look again."""
        with self.arrived:
            self.arrivals += 1
            self.arrived.notify_all()


_brokers: defaultdict[str, Broker] = defaultdict(Broker)


class Channel(virtual.Channel):
    """A channel on a Broker."""

    do_restore = False

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.events: defaultdict[str, set[Callable[..., None]]] = defaultdict(set)
        self._confirming = False
        self._published = 0

    @property
    def _broker(self) -> Broker:
        broker: Broker = self.connection.broker
        return broker

    def _has_queue(self, queue: str, **_: Any) -> bool:
        return queue in self._broker.queues

    def _new_queue(self, queue: str, **_: Any) -> None:
        self._broker.queues.setdefault(queue, deque(maxlen=QUEUE_LIMIT))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        messages = self._broker.queues.get(queue)
        if not messages:
            raise Empty
        return messages.popleft()

    def _put(self, queue: str, message: Any, **_: Any) -> None:
        self._broker.put(queue, message)

    def _size(self, queue: str) -> int:
        return len(self._broker.queues.get(queue, ()))

    def _purge(self, queue: str) -> int:
        size = self._size(queue)
        self._broker.queues.pop(queue, None)
        return size

    def _delete(self, queue: str, *_: Any, **__: Any) -> None:
        self._broker.queues.pop(queue, None)

    def prepare_message(
        self,
        body: Any,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: Any = None,
        properties: Any = None,
    ) -> Any:
        """A message with its content type among its properties, where AMQP has it."""
        message = super().prepare_message(body, priority, content_type, content_encoding, headers, properties)
        message["properties"]["content_type"] = content_type
        return message

    def confirm_select(self) -> None:
        """Confirm publishes from now on, as RabbitMQ does after confirm.select."""
        self._confirming = True

    def basic_publish(
        self, message: Any, exchange: str = "", routing_key: str = "", mandatory: bool = False, **kwargs: Any
    ) -> None:
        """Route a message; return it when it is mandatory and no queue takes it; confirm it."""
        if mandatory and exchange and not self._lookup(exchange, routing_key):
            error = ChannelError("NO_ROUTE", (60, 40), "Channel.basic_publish", "312")
            if not self.events["basic_return"]:
                raise error
            for returned in self.events["basic_return"]:
                returned(error, exchange, routing_key, message)
        else:
            super().basic_publish(message, exchange, routing_key, **kwargs)
        if self._confirming:
            self._published += 1
            for confirmed in self.events["basic_ack"]:
                confirmed(self._published, False)

    def basic_ack(self, delivery_tag: Any, multiple: bool = False) -> None:
        """Acknowledge, which may free a consumer at its prefetch limit."""
        earlier = list(self.qos._delivered) if multiple else []
        for tag in earlier[: earlier.index(delivery_tag)] if delivery_tag in earlier else []:
            super().basic_ack(tag)
        super().basic_ack(delivery_tag)
        self._broker.wake()


class Transport(virtual.Transport):
    """Connections to a Broker by name."""

    Channel = Channel
    driver_type = driver_name = SCHEME
    channel_errors = (*virtual.Transport.channel_errors, ChannelError)
    implements = base.Transport.implements

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.broker = _brokers[client.hostname or "default"]
        self.state = self.broker.state

    def driver_version(self) -> str:
        """There is no driver."""
        return "none"

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Deliver one message, waiting for it at most `timeout` seconds; raises TimeoutError."""
        deadline = None if timeout is None else monotonic() + timeout
        while True:
            seen = self.broker.arrivals
            try:
                self.cycle.get(self._deliver)
                return
            except Empty:
                self._wait(seen, deadline)

    def _wait(self, seen: int, deadline: float | None) -> None:
        remaining = None if deadline is None else deadline - monotonic()
        if remaining is not None and remaining <= 0:
            raise TimeoutError
        with self.broker.arrived:
            if self.broker.arrivals == seen:
                self.broker.arrived.wait(remaining)


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
