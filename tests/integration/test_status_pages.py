"""What a service tells over HTTP about itself: metrics by their promised names, and whether it lives and is ready."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from nameko.runners import ServiceRunner
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import delete, insert

from services.cli import SERVICE_CLASSES
from shared.eventstore import tables
from shared.messaging import topology
from shared.observability.metrics import Metrics
from shared.observability.web import status_app
from tests.story import award, open_programme
from tests.worlds import World, eventually


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def _serving(world: World, *names: str) -> Iterator[dict[str, str]]:
    """Services with their status pages: the address of each."""
    ports = {name: _free_port() for name in names}
    runner = ServiceRunner(world.config | {"STATUS_HOST": "127.0.0.1", "STATUS_PORTS": ports})
    for name in names:
        runner.add_service(SERVICE_CLASSES[name])
    runner.start()
    try:
        yield {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    finally:
        runner.stop()


def _get(address: str) -> tuple[int, str]:
    try:
        with urlopen(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def _families(text: str) -> dict[str, Any]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_metrics_tell_of_commands_log_relay_and_subscriptions(world: World) -> None:
    with _serving(world, "funding", "reporting") as address, world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        position = award(rpc, "g1", "0101", 1_00)["position"]
        rpc.reporting.programme(wait_for={"funding": position})
        status, text = _get(f"{address['funding']}/metrics")
        found = _families(text)
        assert status == 200
        assert [sample.value for sample in found["virksom_log_position"].samples] == [position]
        done = {(one.labels["command"], one.labels["outcome"]) for one in found["virksom_commands"].samples}
        assert ("AwardGrant", "ok") in done
        assert {one.labels["service"] for family in found.values() for one in family.samples} == {"funding"}
        assert "0101" not in re.findall(r'="([^"]*)"', text), "no label names a municipality, a grant or a person"
        reporting = _families(_get(f"{address['reporting']}/metrics")[1])
        applied = {one.labels["source"]: one.value for one in reporting["virksom_subscription_position"].samples}
        assert applied["funding"] == position


def test_the_gauges_of_parked_streams_follow_what_is_decided_elsewhere(world: World) -> None:
    """`virksom parked` is another process: the running service must notice what it did."""
    row = {"consumer": "funding", "source": "funding", "position": 1, "stream_id": "grant-1", "message": "{}",
           "error": "x", "attempts": 1, "parked_at": "2020-01-01T00:00:00+00:00"}  # fmt: skip
    with _serving(world, "funding") as address:
        store = world.open("funding").store
        for statement, parked in ((insert(tables.parked).values(row), 1.0), (delete(tables.parked), 0.0)):
            with store.transaction() as transaction:
                transaction.connection.execute(statement)
            found = _families(_get(f"{address['funding']}/metrics")[1])
            assert [one.value for one in found["virksom_parked_streams"].samples] == [parked]
            assert [one.value for one in found["virksom_parked_events"].samples] == [parked]
        store.engine.dispose()


def test_every_metric_is_named_as_prometheus_asks() -> None:
    metrics = Metrics("naming")
    families = {family.name: family for family in metrics.registry.collect()}
    assert len(families) >= 20
    for name, family in families.items():
        assert re.fullmatch(r"virksom_[a-z]+(_[a-z]+)*", name)
        assert family.documentation.endswith("."), name
        assert not re.search(r"_(ms|milliseconds|minutes|kilobytes|percent)$", name), f"{name}: base units only"
        assert family.type != "counter" or not name.endswith("_seconds")
        assert family.type == "counter" or not name.endswith("_total")
        if family.type == "histogram":
            assert name.endswith(("_seconds", "_events")), f"{name}: the unit comes last"


def test_every_counter_ends_in_total_where_it_is_read(world: World) -> None:
    with _serving(world, "funding") as address:
        text = _get(f"{address['funding']}/metrics")[1]
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert {name for name in _promised() if name not in types} == set()
    for name, kind in types.items():
        assert kind != "counter" or name.endswith("_total"), name


def _promised() -> set[str]:
    """The names of shared/observability/metrics.py, as they are exposed."""
    collected = Metrics("promised").registry.collect()
    return {f"{family.name}_total" if family.type == "counter" else family.name for family in collected}


def test_a_service_that_caught_up_is_live_and_ready_naming_its_conditions(world: World) -> None:
    with _serving(world, "funding", "trials", "som", "reporting") as address:
        for service, sources in (("funding", ["funding"]), ("reporting", ["funding", "trials", "som"])):
            assert _get(f"{address[service]}/health/live") == (200, '{"live": true}')
            eventually(lambda service=service: _get(f"{address[service]}/health/ready")[0] == 200)  # type: ignore[misc]
            ready = json.loads(_get(f"{address[service]}/health/ready")[1])
            wanted = {"database"} | {f"{what}_{one}" for what in ("listening_to", "caught_up_with") for one in sources}
            assert (ready["ready"], set(ready["conditions"])) == (True, wanted)


def test_without_its_producer_a_service_is_live_but_not_ready_and_says_why(world: World) -> None:
    with topology.connect(world.settings.amqp_uri) as connection:
        connection.channel().queue_delete("rpc-funding")
    with _serving(world, "reporting", "trials", "som") as address:
        eventually(
            lambda: {name for name, holds in _conditions(address).items() if not holds} == {"caught_up_with_funding"}
        )
        assert _get(f"{address['reporting']}/health/ready")[0] == 503
        assert _get(f"{address['reporting']}/health/live")[0] == 200


def _conditions(address: dict[str, str]) -> dict[str, bool]:
    conditions: dict[str, bool] = json.loads(_get(f"{address['reporting']}/health/ready")[1])["conditions"]
    return conditions


def test_each_condition_that_does_not_hold_is_named_with_status_503() -> None:
    conditions = {"database": False, "listening_to_funding": True}
    assert _ask(status_app(Metrics("asked"), lambda: conditions), "/health/ready") == (
        "503 Service Unavailable",
        {"ready": False, "conditions": conditions},
    )


def test_another_page_is_not_found(world: World) -> None:
    with _serving(world, "funding") as address:
        for path in ("/", "/metric", "/health", "/health/ready/x", "/..%2f..", "/%ff"):
            assert _get(f"{address['funding']}{path}")[0] == 404, path


def _ask(app: Any, path: str) -> tuple[str, Any]:
    seen: list[str] = []
    body = b"".join(app({"PATH_INFO": path, "REQUEST_METHOD": "GET"}, lambda status, _headers: seen.append(status)))
    return seen[0], json.loads(body)
