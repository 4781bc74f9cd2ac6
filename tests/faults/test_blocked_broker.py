"""A broker that blocks every publisher: commands are carried out, and only the relay waits."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.funding.commands import RegisterAppropriation
from shared.messaging import topology
from tests.faults.processes import Fleet, announce, event_queue, fleet, require_broker
from tests.worlds import World, eventually, new_id

pytestmark = [pytest.mark.chaos, pytest.mark.server]
REQUESTS = 30
"""Three times as many as a service has workers."""


@pytest.fixture
def started(servers: World, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet on the real servers, empty yet."""
    with fleet(servers, tmp_path) as made:
        yield made


class BareCaller:
    """Puts requests into a service's queue and takes the replies from its own, like any AMQP client."""

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri
        self.queue = f"test-{uuid.uuid4().hex}"

    def send(self, method: str, requests: list[dict[str, Any]]) -> None:
        """Put requests into the queue; the connection is closed, and so everything delivered, on return."""
        with topology.connect(self._amqp_uri) as connection:
            channel = connection.default_channel
            channel.queue_declare(self.queue, durable=True, auto_delete=False)
            channel.queue_bind(self.queue, "nameko-rpc", self.queue)
            producer = connection.Producer(auto_declare=False)
            for fields in requests:
                producer.publish(
                    {"args": [], "kwargs": fields}, exchange="nameko-rpc", routing_key=method, serializer="json",
                    reply_to=self.queue, correlation_id=fields.get("command_id", new_id()), delivery_mode=2,
                )  # fmt: skip

    def replies(self) -> list[dict[str, Any]]:
        """The replies that are there."""
        with topology.connect(self._amqp_uri) as connection:
            channel, found = connection.default_channel, []
            while (message := channel.basic_get(self.queue, no_ack=True)) is not None:
                found.append(json.loads(message.body))
        return found

    def delete(self) -> None:
        """Leave nothing behind."""
        with topology.connect(self._amqp_uri) as connection:
            connection.default_channel.queue_delete(self.queue)


def registration(number: int) -> dict[str, Any]:
    """A command that no other contends with."""
    return {
        "command_id": new_id(), "account": f"15.26.04.{number:02}", "budget_year": 2018, "amount_oere": 1,
        "act": "FL 2018", "effective_on": "2018-01-01",
    }  # fmt: skip


def committed(world: World) -> int:
    """How many events funding's log has."""
    with world.open("funding").store.reading() as transaction:
        return transaction.head()


def prepare(started: Fleet, requests: dict[str, list[dict[str, Any]]]) -> tuple[BareCaller, BareCaller]:
    """Requests waiting in the queue of a service that is stopped, and a queue for what it will publish."""
    caller, events = (BareCaller(started.world.settings.amqp_uri) for _ in range(2))
    once = started.start("funding")
    with topology.connect(started.world.settings.amqp_uri) as connection:
        event_queue(connection.default_channel, "funding", events.queue)
    assert once.terminate(15) == 0
    for method, fields in requests.items():
        caller.send(method, fields)
    return caller, events


def test_commands_are_carried_out_while_the_broker_blocks_publishers(
    started: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    """During a disk alarm what stands in the request queue is committed, a command in the process is answered at
    once, and the relay says that it is blocked; afterwards every reply and every event arrives."""
    broker = require_broker()
    caller, events = prepare(started, {"funding.register_appropriation": [registration(n) for n in range(REQUESTS)]})
    with broker.disk_alarm():
        service = started.start("funding")
        eventually(lambda: committed(started.world) == REQUESTS, 20)
        slowest = slowest_command(started.world)
        eventually(lambda: service.metric("amqp_blocked") == 1, 10)
        assert service.metric("relay_lag_events") > 0
        assert caller.replies() == []
    announce(capsys, f"blocked: {REQUESTS} queued commands committed, slowest command {slowest * 1000:.0f} ms")
    assert slowest < 0.1
    assert [reply["error"] for reply in arrived(caller, REQUESTS)] == [None] * REQUESTS
    positions = [int(event["sequence"]) for event in arrived(events, REQUESTS + 10)]
    assert list(dict.fromkeys(positions)) == list(range(1, REQUESTS + 11))
    eventually(lambda: service.metric("amqp_blocked") == 0)
    events.delete()
    caller.delete()


def test_replies_that_fill_the_socket_hang_no_worker(started: Fleet) -> None:
    """Replies too large for the socket to a blocked broker time out; commands behind them are carried out, and after
    the alarm the service answers as before."""
    broker = require_broker()
    handler = started.world.open("funding").handler
    for number in range(200):
        fields = registration(number % 100) | {"budget_year": 2018 + number // 100, "act": "x" * 400}
        handler.handle(RegisterAppropriation.parse(fields), "test")
    before = committed(started.world)
    later = [registration(number) | {"budget_year": 2030} for number in range(REQUESTS)]
    pages = [{"after": 0, "limit": 500} for _ in range(60)]
    caller, events = prepare(started, {"funding.feed": pages, "funding.register_appropriation": later})
    with broker.disk_alarm():
        service = started.start("funding")
        eventually(lambda: committed(started.world) == before + REQUESTS, 60)
        assert service.alive()
    again = BareCaller(started.world.settings.amqp_uri)
    again.send("funding.register_appropriation", [registration(99) | {"budget_year": 2031}])
    assert arrived(again, 1)[0]["error"] is None
    for one in (caller, events, again):
        one.delete()


def slowest_command(world: World) -> float:
    """Carries out ten commands in this process; the seconds that the slowest took."""
    handler, slowest = world.open("funding").handler, 0.0
    handler.handle(RegisterAppropriation.parse(registration(50)), "test")
    for number in range(51, 60):
        command = RegisterAppropriation.parse(registration(number))
        begun = time.perf_counter()
        handler.handle(command, "test")
        slowest = max(slowest, time.perf_counter() - begun)
    return slowest


def arrived(caller: BareCaller, count: int) -> list[dict[str, Any]]:
    """The messages in a caller's queue, once there are so many."""
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + 30
    while len(found) < count and time.monotonic() < deadline:
        found += caller.replies()
        time.sleep(0.05)
    return found
