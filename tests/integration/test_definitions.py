"""The broker definitions of deploy/rabbitmq: they load, the services still start, and the names are topology's."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.settings import SERVICES
from shared.messaging import topology
from tests.servers.rabbitmq import CTL_VARIABLE
from tests.story import award, open_programme
from tests.worlds import World, eventually

FILE = Path(__file__).parents[2] / "deploy" / "rabbitmq" / "definitions.json"
DEFINITIONS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


def test_the_exchanges_are_the_ones_that_topology_declares() -> None:
    expected = {service: topology.events_exchange(service) for service in SERVICES}
    dead = topology.dead_letters().exchange
    declared = {row["name"]: (row["type"], row["durable"], row["auto_delete"]) for row in DEFINITIONS["exchanges"]}
    assert declared == {
        exchange.name: (exchange.type, exchange.durable, exchange.auto_delete)
        for exchange in [*expected.values(), dead]
    }


def test_the_dead_letter_queue_is_the_one_that_topology_declares() -> None:
    queue = topology.dead_letters()
    [row] = DEFINITIONS["queues"]
    assert (row["name"], row["durable"], row["arguments"]) == (queue.name, queue.durable, queue.queue_arguments)
    [binding] = DEFINITIONS["bindings"]
    assert (binding["source"], binding["destination"]) == (topology.DEAD_LETTER_EXCHANGE, queue.name)
    assert binding["routing_key"] == queue.routing_key


def test_every_queue_has_one_policy_of_its_own_kind() -> None:
    subscriptions = [topology.subscription_queue(consumer, source).name for consumer in SERVICES for source in SERVICES]
    kinds = {
        "virksom-requests": [f"rpc-{service}" for service in SERVICES],
        "virksom-subscriptions": subscriptions,
        "virksom-dead-letters": [topology.DEAD_LETTER_QUEUE],
        "virksom-others": ["evt-funding-funding.grant_awarded--budget.on_award", "rpc.reply-som-1"],
    }
    for policy, queues in kinds.items():
        assert {_policy_of(queue) for queue in queues} == {policy}


def test_every_policy_limits_the_length_and_none_stops_the_relay() -> None:
    for row in DEFINITIONS["policies"]:
        assert row["definition"]["max-length"] > 0
        refuses = row["definition"]["overflow"] != "drop-head"
        assert refuses == (row["name"] == "virksom-requests")


@pytest.mark.server
def test_services_run_on_a_broker_that_has_loaded_them(servers: World, loaded: None) -> None:
    with servers.services(), servers.client(timeout_seconds=30) as rpc:
        open_programme(rpc)
        position = award(rpc, "g1", "0101", 100)["position"]
        wait = {"wait_for": {"funding": position}, "wait_seconds": 10}
        assert rpc.reporting.programme(**wait)["total"]["awarded_oere"] == 100
        policies = dict(line.split("\t") for line in _ctl("list_queues", "--silent", "name", "policy").splitlines())
        assert policies["rpc-funding"] == "virksom-requests"
        assert policies["som.subscription.funding"] == "virksom-subscriptions"
        assert policies[topology.DEAD_LETTER_QUEUE] == "virksom-dead-letters"


@pytest.mark.server
def test_a_request_nobody_can_be_answered_for_reaches_the_dead_letters(servers: World, loaded: None) -> None:
    with servers.services("funding"), topology.connect(servers.settings.amqp_uri) as connection:
        producer = connection.Producer(serializer="json")
        producer.publish({"args": [], "kwargs": {}}, exchange="nameko-rpc", routing_key="funding.feed")
        queue = topology.dead_letters()(connection.default_channel)
        eventually(lambda: queue.queue_declare(passive=True).message_count == 1)


@pytest.mark.server
def test_a_full_subscription_queue_loses_nothing(servers: World, loaded: None) -> None:
    with servers.services("funding"), servers.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        with topology.connect(servers.settings.amqp_uri) as connection:
            topology.subscription_queue("reporting", "funding")(connection.default_channel).declare()
        _ctl("set_policy", "--apply-to", "queues", "--priority", "30", "short", "^reporting", '{"max-length":2}')
        for number in range(10):
            position = award(rpc, f"g{number}", "0101", 100)["position"]
    with servers.services(), servers.client(timeout_seconds=30) as rpc:
        wait = {"wait_for": {"funding": position}, "wait_seconds": 10}
        assert rpc.reporting.programme(**wait)["total"]["awarded_oere"] == 10 * 100


@pytest.fixture
def loaded(servers: World) -> Iterator[None]:
    """The definitions, in the private broker, until the test ends."""
    if CTL_VARIABLE not in os.environ:
        pytest.skip("the broker is not ours to change")
    _ctl("import_definitions", str(FILE))
    wanted = {row["name"] for row in DEFINITIONS["policies"]}
    eventually(lambda: wanted <= set(re.findall(r"virksom-[a-z-]+", _ctl("list_policies", "--silent"))))
    try:
        yield
    finally:
        for name in re.findall(r"^\S+\t(\S+)", _ctl("list_policies", "--silent"), re.MULTILINE):
            if name in wanted | {"short"}:
                _ctl("clear_policy", name)


def _policy_of(queue: str) -> str:
    found = [row for row in DEFINITIONS["policies"] if re.search(row["pattern"], queue)]
    best = max(row["priority"] for row in found)
    [chosen] = [row["name"] for row in found if row["priority"] == best]
    return str(chosen)


def _ctl(*arguments: str) -> str:
    command = [os.environ[CTL_VARIABLE], *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
