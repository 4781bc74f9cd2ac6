"""The relay with its leader or its broker killed."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from services.funding.commands import RegisterAppropriation
from services.funding.events import AppropriationRegistered
from shared.eventstore import positions
from shared.eventstore.context import Context
from shared.eventstore.store import StreamAppend
from shared.messaging import topology
from shared.messaging.host import Running
from shared.messaging.relay import RELAY
from tests.faults.processes import Fleet, announce, event_queue, fleet, require_broker
from tests.worlds import World, eventually, new_id

pytestmark = [pytest.mark.chaos, pytest.mark.server]
TAKEOVER_SECONDS = 2.0
UNCOMMITTED = AppropriationRegistered(
    account="x", budget_year=2018, amount_oere=1, act="FL", postings=(), effective_on=date(2018, 1, 1)
)


@pytest.fixture
def started(servers: World, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet on the real servers, empty yet."""
    with fleet(servers, tmp_path) as made:
        yield made


def register(running: Running, number: int) -> int:
    """Commit one event straight into the log, without a broker; its position."""
    command = RegisterAppropriation.parse(
        {"command_id": new_id(), "account": f"15.26.{number // 100:02}.{number % 100:02}", "budget_year": 2018,
         "amount_oere": 1, "act": "FL 2018", "effective_on": "2018-01-01"}
    )  # fmt: skip
    return running.handler.handle(command, "test").position


def published(running: Running) -> int:
    """How far the relay has come."""
    with running.store.reading() as transaction:
        return positions.read(transaction.connection, RELAY, "funding")


def received(amqp_uri: str, queue: str) -> list[int]:
    """The positions of the messages in a queue, in order; the queue is emptied."""
    with topology.connect(amqp_uri) as connection:
        channel, found = connection.default_channel, []
        while (message := channel.basic_get(queue, no_ack=True)) is not None:
            found.append(int(json.loads(message.body)["sequence"]))
    return found


def test_a_standby_takes_over_within_two_seconds(started: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two processes one leads; when it is killed the other leads, and publishes, in under two seconds."""
    one, other = started.start("funding", ready=False), started.start("funding")
    eventually(lambda: one.ready() and started.leader("funding") is not None)
    leader = started.leader("funding")
    assert leader is not None
    standby = other if leader is one else one
    assert standby.metric("relay_leader") == 0
    running = started.world.open("funding")
    killed_at = time.monotonic()
    leader.kill()
    eventually(lambda: standby.metric("relay_leader") == 1)
    seconds = time.monotonic() - killed_at
    announce(capsys, f"relay: the standby led {seconds:.2f} s after the leader was killed")
    assert seconds < TAKEOVER_SECONDS
    last = register(running, 1)
    eventually(lambda: published(running) == last, 2)


def test_what_was_committed_while_the_broker_was_away_is_published_in_order(started: Fleet) -> None:
    """Commits go on without a broker; when it is back everything is published, in order, none missing."""
    broker, name = require_broker(), f"test-{uuid.uuid4().hex}"
    amqp_uri = started.world.settings.amqp_uri
    with topology.connect(amqp_uri) as connection:
        event_queue(connection.default_channel, "funding", name)
    process = started.start("funding")
    running = started.world.open("funding")
    register(running, 0)
    eventually(lambda: published(running) == 1)
    with broker.away():
        last = max(register(running, number) for number in range(1, 60))
        assert published(running) == 1
    eventually(lambda: published(running) == last, 20)
    assert process.alive()
    # At least once, and in order: a batch whose confirms were lost comes again as a whole.
    assert list(dict.fromkeys(received(amqp_uri, name))) == list(range(1, last + 1))
    with topology.connect(amqp_uri) as connection:
        connection.default_channel.queue_delete(name)


def test_an_event_that_no_queue_takes_is_counted_and_never_waited_for(started: Fleet) -> None:
    """Without any subscriber the relay goes on, and says how many events nobody took."""
    process = started.start("funding")
    running = started.world.open("funding")
    last = max(register(running, number) for number in range(20))
    eventually(lambda: published(running) == last, 3)
    eventually(lambda: process.metric("relay_returned_total") == last, 3)
    assert process.metric("relay_lag_events") == 0


def test_the_relay_never_publishes_what_was_not_committed(started: Fleet) -> None:
    """An append in an open transaction is not published, and is never published when it is rolled back."""
    amqp_uri, name = started.world.settings.amqp_uri, f"test-{uuid.uuid4().hex}"
    with topology.connect(amqp_uri) as connection:
        event_queue(connection.default_channel, "funding", name)
    started.start("funding")
    running = started.world.open("funding")
    with running.store.transaction() as transaction:
        transaction.append([StreamAppend("appropriation-x", 0, [UNCOMMITTED])], Context("c", "c", "c", "test"))
        time.sleep(1)
        assert received(amqp_uri, name) == []
        transaction.connection.rollback()
    first = register(running, 1)
    eventually(lambda: published(running) == first)
    assert received(amqp_uri, name) == [1] == [first]
