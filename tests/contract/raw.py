"""Raw messages: what anybody may put on the broker, in both worlds, without our publishing code in between."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.messaging import topology
from shared.observability import logs
from tests.worlds import World, eventually, new_id

RPC_EXCHANGE = "nameko-rpc"


@dataclass
class Raw:
    """A channel on a world's broker that publishes and takes single messages as they are."""

    channel: Any

    def publish(
        self, exchange: str, routing_key: str, body: bytes, content_type: str | None = "application/json",
        encoding: str = "utf-8", headers: dict[str, Any] | None = None, **properties: Any,
    ) -> None:  # fmt: skip
        """Publish one message."""
        message = self.channel.prepare_message(body, None, content_type, encoding, headers or {}, properties)
        self.channel.basic_publish(message, exchange=exchange, routing_key=routing_key)

    def get(self, queue: str) -> Any:
        """The next message of a queue, taken out of it; None when it is empty."""
        return self.channel.basic_get(queue, no_ack=True)

    def size(self, queue: str) -> int:
        """How many messages wait in a queue."""
        return int(self.channel.queue_declare(queue, passive=True).message_count)


@dataclass
class Caller:
    """Sends requests and takes the answers, one at a time."""

    raw: Raw
    queue: str = field(default_factory=lambda: f"rpc.reply-test-{new_id()}")

    def __post_init__(self) -> None:
        self.raw.channel.queue_declare(self.queue, durable=False, auto_delete=True)
        self.raw.channel.exchange_declare(RPC_EXCHANGE, type="topic", durable=True, auto_delete=False)
        self.raw.channel.queue_bind(self.queue, RPC_EXCHANGE, self.queue)

    def send(self, method: str, body: bytes, **properties: Any) -> str:
        """Send a request with everything an answer needs, unless `properties` say otherwise; its correlation id."""
        properties = {"reply_to": self.queue, "correlation_id": new_id()} | properties
        self.raw.publish(RPC_EXCHANGE, method, body, **{key: one for key, one in properties.items() if one is not None})
        return str(properties["correlation_id"])

    def answer(self) -> Any:
        """The next answer, as JSON values."""
        found: list[Any] = []

        def arrived() -> bool:
            found.append(self.raw.get(self.queue))
            return found[-1] is not None

        eventually(arrived)
        body = found[-1].body
        return json.loads(body.decode() if isinstance(body, bytes) else body)

    def call(self, method: str, **kwargs: Any) -> Any:
        """Make a well-formed call and return its answer."""
        self.send(method, json.dumps({"args": [], "kwargs": kwargs}).encode())
        return self.answer()


@contextmanager
def raw_channel(world: World) -> Iterator[Raw]:
    """A channel of its own."""
    with topology.connect(world.settings.amqp_uri) as connection:
        yield Raw(connection.channel())


@contextmanager
def captured_log() -> Iterator[io.StringIO]:
    """Everything this process logs, as the services configure it, down to DEBUG."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    quiet = {name: logging.getLogger(name).level for name in ("amqp", "kombu", "nameko")}
    logs.configure(logging.DEBUG)
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    handler.setStream(stream)
    try:
        yield stream
    finally:
        root.handlers, root.level = before, level
        for name, one in quiet.items():
            logging.getLogger(name).setLevel(one)
