"""Subscriptions in running services: what is lost is pulled, what cannot be applied is parked and decided on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from services import cli
from services.reporting import service as reporting
from services.reporting.views import apply as reporting_views
from shared.eventstore import tables
from shared.eventstore.store import Recorded
from shared.messaging import topology
from shared.messaging.relay import RELAY
from shared.observability.metrics import Metrics
from tests.story import agree, award, open_programme, pay
from tests.worlds import World, eventually

QUEUE = topology.subscription_queue("reporting", "funding")


def metric(service: str, name: str, **labels: str) -> float:
    """A metric's value in this process."""
    value = Metrics.of(service).registry.get_sample_value(f"virksom_{name}", {"service": service, **labels})
    return value or 0.0


def _awarded(rpc: Any, position: int) -> int:
    answer = rpc.reporting.programme(wait_for={"funding": position}, wait_seconds=10)
    return int(answer["total"]["awarded_oere"])


# Lost messages.


def test_a_lost_last_message_is_recovered_by_a_pull_within_a_few_seconds(world: World) -> None:
    with world.services("funding", "reporting"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        assert _awarded(rpc, 3) == 0
        _published(world, 3)
        with topology.connect(world.settings.amqp_uri) as connection:
            channel = connection.channel()
            channel.queue_unbind(QUEUE.name, "funding.events", "#")
            position = award(rpc, "g1", "0101", 1_00)["position"]
            _published(world, 5)
        assert _awarded(rpc, position) == 1_00


def test_a_lost_message_is_pulled_as_soon_as_a_later_one_shows_the_gap(world: World) -> None:
    with world.services("funding", "reporting"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        assert _awarded(rpc, 3) == 0
        gaps = _gaps()
        _published(world, 3)
        with topology.connect(world.settings.amqp_uri) as connection:
            channel = connection.channel()
            channel.queue_unbind(QUEUE.name, "funding.events", "#")
            award(rpc, "g1", "0101", 1_00)
            _published(world, 5)
            channel.queue_bind(QUEUE.name, "funding.events", "#")
        position = award(rpc, "g2", "0101", 2_00)["position"]
        assert _awarded(rpc, position) == 3_00
        assert _gaps() in (gaps, gaps + 1), "at most one gap, unless the pull of every few seconds was first"


def _gaps() -> float:
    return metric("reporting", "subscription_gaps_total", source="funding")


def test_a_new_consumer_starts_from_zero_through_the_feed(world: World) -> None:
    with world.services("funding"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        for number in range(5):
            position = award(rpc, f"g{number}", "0101", 1_00)["position"]
        with topology.connect(world.settings.amqp_uri) as connection:
            connection.channel().queue_delete(QUEUE.name)
        with world.services("reporting"):
            assert _awarded(rpc, position) == 5_00


# Failures that pass.


class Fault:
    """Makes reporting's reaction to funding's events fail: for one stream, or so many times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stream: str | None = None
        self.times = 0
        self.failed = 0
        monkeypatch.setattr(reporting, "apply", self._apply)

    def _apply(self, connection: Connection, generation: int, source: str, events: Sequence[Recorded]) -> None:
        reporting_views.apply(connection, generation, source, events)
        if any(event.stream_id == self.stream for event in events):
            self.failed += 1
            raise ZeroDivisionError("a poisoned event")
        if self.times and source == "funding":
            self.times -= 1
            self.failed += 1
            raise OperationalError("the database hiccups", None, Exception())


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Fault:
    """A fault to inject."""
    return Fault(monkeypatch)


def test_a_failure_that_passes_is_tried_again_and_nothing_is_parked(world: World, fault: Fault) -> None:
    with world.services("funding", "reporting"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        assert _awarded(rpc, 3) == 0
        before = metric("reporting", "subscription_failures_total", source="funding")
        fault.times = 3
        position = award(rpc, "g1", "0101", 1_00)["position"]
        assert _awarded(rpc, position) == 1_00
        assert fault.failed == 3
        assert metric("reporting", "subscription_failures_total", source="funding") == before + 3
        assert _parked(world) == []


# Failures that do not.


@pytest.fixture
def virksom(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """The command line, in this process: exit status and what it printed."""
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["virksom", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return run


BEHIND = (6, 7, 10, 11)
"""Where g1's letter, acceptance, order and payment stand in the log; its batch, which is another stream, is between."""


@pytest.fixture
def poisoned(world: World, fault: Fault) -> Iterator[Any]:
    """A running world where g1's award could not be applied, its letter and payment came after it, and g2 is fine; a
    client."""
    with world.services("funding", "reporting"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        assert _awarded(rpc, 3) == 0
        fault.stream = "grant-g1"
        award(rpc, "g1", "0101", 1_00)
        agree(rpc, "g1")
        pay(rpc, "g1", "p1", 30)
        position = award(rpc, "g2", "0101", 2_00)["position"]
        assert _awarded(rpc, position) == 2_00
        yield rpc


def test_an_event_that_cannot_be_applied_parks_its_stream_and_the_others_go_on(
    poisoned: Any, world: World, virksom: Callable[..., tuple[int, str]]
) -> None:
    behind = [("grant-g1", position, "behind a parked event") for position in BEHIND]
    found = [(row["stream_id"], row["position"], row["error"]) for row in _parked(world)]
    assert found == [("grant-g1", 5, "ZeroDivisionError"), *behind]
    assert metric("reporting", "parked_streams", source="funding") == 1
    eventually(lambda: metric("reporting", "parked_events", source="funding") == 5)
    status, printed = virksom("parked", "list", "reporting", "--json")
    [row] = json.loads(printed)
    assert (status, row["source"], row["stream_id"], row["events"], row["first"]) == (0, "funding", "grant-g1", 5, 5)
    assert (row["error"], row["attempts"]) == ("ZeroDivisionError", 1)
    assert "grant-g1" in virksom("parked", "list", "reporting")[1]
    position = pay(poisoned, "g1", "p2", 5)["position"]
    assert _awarded(poisoned, position) == 2_00
    assert [row["position"] for row in _parked(world)] == [5, *BEHIND, 16, 17], "whatever comes later waits behind it"


def test_a_retry_after_the_cause_is_gone_applies_the_stream_in_order(
    poisoned: Any, world: World, fault: Fault, virksom: Callable[..., tuple[int, str]]
) -> None:
    retry = ("parked", "retry", "reporting", "funding", "grant-g1", "--reason", "mended")
    status, printed = virksom(*retry)
    assert (status, printed.partition(":")[0]) == (2, "STILL_FAILING")
    assert [row["attempts"] for row in _parked(world)] == [2] * 5
    assert _decisions(world) == []

    fault.stream = None
    status, printed = virksom(*retry)
    assert (status, printed) == (0, "5 events of grant-g1 applied.\n")
    assert _parked(world) == []
    [decision] = _decisions(world)
    assert (decision["decision"], decision["reason"]) == ("retried", "mended")
    assert (decision["first_position"], decision["last_position"]) == (5, BEHIND[-1])
    assert decision["actor"].startswith("operator:")
    total = poisoned.reporting.programme()["total"]
    assert (total["awarded_oere"], total["paid_oere"]) == (3_00, 30)
    position = pay(poisoned, "g1", "p2", 5)["position"]
    total = poisoned.reporting.programme(wait_for={"funding": position})["total"]
    assert total["paid_oere"] == 35, "the stream goes on as before"
    assert virksom(*retry)[0] == 2, "there is nothing left to retry"


def test_a_parked_stream_is_discarded_with_a_reason_that_stays_on_record(
    poisoned: Any, world: World, fault: Fault, virksom: Callable[..., tuple[int, str]]
) -> None:
    status, printed = virksom("parked", "discard", "reporting", "funding", "grant-g1", "--reason", "a test award")
    assert (status, printed) == (0, "5 events of grant-g1 discarded.\n")
    assert _parked(world) == []
    [decision] = _decisions(world)
    assert (decision["decision"], decision["reason"], decision["stream_id"]) == (
        "discarded",
        "a test award",
        "grant-g1",
    )
    fault.stream = None
    position = award(poisoned, "g3", "0101", 4_00)["position"]
    assert _awarded(poisoned, position) == 6_00


def test_a_forged_message_never_parks_a_stream(world: World) -> None:
    """What is parked is what the log says; a message that only looks like an event is dropped for the real one."""
    with world.services("funding", "reporting"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        assert _awarded(rpc, 3) == 0
        forged = rpc.funding.feed(after=2)["events"][0]
        forged |= {"sequence": f"{5:020d}", "type": "funding.grant_awarded", "subject": "grant-g1", "data": {"x": 1}}
        with topology.connect(world.settings.amqp_uri) as connection:
            producer = connection.Producer()
            for place in (4, 5):
                body = forged | {"sequence": f"{place:020d}"}
                producer.publish(body, exchange="", routing_key=QUEUE.name, serializer="json")
        eventually(lambda: metric("reporting", "subscription_failures_total", source="funding") > 0)
        assert _awarded(rpc, award(rpc, "g1", "0101", 1_00)["position"]) == 1_00
        assert _parked(world) == []


def _parked(world: World) -> list[Any]:
    return _rows(world, select(tables.parked).order_by(tables.parked.c.position))


def _decisions(world: World) -> list[Any]:
    return _rows(world, select(tables.parked_decisions).order_by(tables.parked_decisions.c.id))


def _published(world: World, position: int) -> None:
    """Wait until funding's relay has published its log up to a position."""
    query = select(tables.positions.c.position).where(tables.positions.c.consumer == RELAY)
    eventually(lambda: [row["position"] for row in _rows(world, query, "funding")] == [position])


def _rows(world: World, query: Any, service: str = "reporting") -> list[Any]:
    store = world.open(service).store
    with store.reading() as transaction:
        found = list(transaction.connection.execute(query).mappings())
    store.engine.dispose()
    return found
