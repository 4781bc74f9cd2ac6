"""From an outcome recorded in `trials` to the projection in the reporting view, at 50 facts a second, in both worlds.

The clock starts at the event's own recording time, which is before its commit. It stops when a subscriber of our own
has the projection that took the fact in from the broker (published), and when `reporting` has committed the last such
projection (in the view). All four services run in this one green process; on servers once more with a process for each.
"""

from __future__ import annotations

import shared.messaging.green  # noqa: F401  first: it patches the standard library

# isort: split
import json
import subprocess
import sys
import tempfile
import threading
from bisect import bisect_left
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from time import process_time, sleep, time
from typing import Any

from kombu import Queue

from benchmarks import load
from benchmarks.figures import Figure, bounded, report, told
from benchmarks.floor import trips
from services.settings import SERVICES
from services.som.events import ProjectionRecalculated
from services.trials.events import AssessmentRecorded
from shared.eventstore.store import EventStore, Recorded
from shared.messaging import topology
from shared.messaging.host import Host, Running
from tests.faults.processes import fleet, wait_ready
from tests.story import award, open_programme
from tests.worlds import World, embedded_world, eventually, new_id, server_world


def measure(quick: bool) -> list[Figure]:
    """The latency's median and 99th percentile, beside a bare commit with two bare hops in the same run."""
    seconds = 5 if quick else 20
    return [*_in(embedded_world, seconds), *_in(server_world, seconds), _in_processes(seconds)]


def _in(make: Callable[[Path], AbstractContextManager[World]], seconds: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name, make(Path(name)) as world:
        with world.services() as runner:
            found = {service: _running(runner, service) for service in ("trials", "som", "reporting")}
            _prepare(world)
            who = load.citizens(load.FACTS_PER_SECOND * seconds)
            _call(world, "enrol", who)
            before = _settled(found)
            floor = _floor(world, seconds)
            moves, published = _moves(found["reporting"]), _published(world)
            cpu = process_time()
            _call(world, "outcomes", who)
            _settled(found)
            cpu = (process_time() - cpu) * 1000 / (len(who) - load.SEEDS)
            floor += _floor(world, seconds)
            stores = (found["trials"].store, found["som"].store)
            latencies = _latencies(*stores, moves, before)
            projected = _latencies(*stores, published, before)
        assert len(latencies) == len(who) - load.SEEDS, f"{len(latencies)} facts arrived"
    return [_projected(world.name, projected), *_figures(world.name, latencies, floor, cpu)]


def _in_processes(seconds: int) -> Figure:
    """As in production; when the view has it can only be seen from within."""
    with (
        tempfile.TemporaryDirectory() as name,
        server_world(Path(name)) as world,
        fleet(world, Path(name)) as processes,
    ):
        wait_ready(*(processes.start(service, ready=False) for service in SERVICES))
        found = {service: world.open(service) for service in ("trials", "som", "reporting")}
        _prepare(world)
        who = load.citizens(load.FACTS_PER_SECOND * seconds)
        _call(world, "enrol", who)
        before, published = _settled(found), _published(world)
        _call(world, "outcomes", who)
        _settled(found)
        projected = _latencies(found["trials"].store, found["som"].store, published, before)
        for running in found.values():
            running.store.engine.dispose()
    return _projected("servers, a process each", projected)


def _projected(world: str, latencies: list[float]) -> Figure:
    """Every outcome moves the case of each site: this is when the last of them is out."""
    return bounded(f"outcome to projection published, median, {world}", "ms", quantiles(latencies, n=100)[49], 30)


def _figures(world: str, latencies: list[float], floor: list[float], cpu: float) -> list[Figure]:
    ours, bare = (quantiles(values, n=100) for values in (latencies, floor))
    return [
        bounded(f"fact to view, median, {world}", "ms", ours[49], 50, bare[49]),
        bounded(f"fact to view, 99th percentile, {world}", "ms", ours[98], 250, bare[98]),
        told(f"fact to view, slowest of {len(latencies)}, {world}", "ms", max(latencies)),
        told(f"  processor time per fact in the services' process, {world}", "ms", cpu),
    ]


def _running(runner: Any, service: str) -> Running:
    hosts = [one for one in runner.service_map[service].extensions if isinstance(one, Host)]
    return hosts[0].opened()


def _prepare(world: World) -> None:
    """A programme with a trial and a case at each site."""
    with world.client() as rpc:
        open_programme(rpc)
        for site in load.SITES:
            award(rpc, f"grant-{site}", site, 1_000_000_00)


def _call(world: World, step: str, who: list[str]) -> None:
    if world.name == "embedded":
        with world.client(timeout_seconds=30) as rpc:
            load.STEPS[step](rpc, who)
        return
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(who, file)
        file.flush()
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.load", world.settings.amqp_uri, step, file.name]
        process = subprocess.Popen(command)
        while process.poll() is None:
            sleep(0.05)
        assert process.returncode == 0


def _floor(world: World, seconds: int) -> list[float]:
    rate = load.FACTS_PER_SECOND
    database = world.settings.databases["funding"]
    return trips(database, world.settings.amqp_uri, rate * seconds // 4, rate)


def _settled(found: dict[str, Running]) -> int:
    """Wait until every outcome is in the reporting view; the head of the trials' log."""

    def arrived() -> bool:
        with found["trials"].store.reading() as transaction:
            trials = transaction.head()
        with found["som"].store.reading() as transaction:
            noted, som = found["som"].positions(transaction.connection).get("trials", 0), transaction.head()
        with found["reporting"].store.reading() as transaction:
            shown = found["reporting"].positions(transaction.connection)
        return noted == trials and shown.get("som", 0) == som

    eventually(arrived, 30)
    with found["trials"].store.reading() as transaction:
        return transaction.head()


def _moves(reporting: Running) -> list[tuple[int, float]]:
    """Fills while services run: how far the view has come in SØM's log, and when."""
    moves: list[tuple[int, float]] = []
    [subscription] = [one for one in reporting.subscriptions if one.source == "som"]
    # The gauge is set right before the callbacks; reading the position itself would be load.
    position = reporting.metrics.position.labels("som")._value
    subscription.on_moved.append(lambda: moves.append((int(position.get()), time())))
    return moves


def _published(world: World) -> list[tuple[int, float]]:
    """Fills while services run: the positions in SØM's log that its relay has published, and when they came."""
    arrived: list[tuple[int, float]] = []
    exchange = topology.events_exchange("som")
    queue = Queue(f"bench-{new_id()}", exchange, routing_key="#", exclusive=True, auto_delete=True)
    listening = threading.Event()

    def note(body: Any, message: Any) -> None:
        arrived.append((int(body["sequence"]), time()))
        message.ack()

    def listen() -> None:
        with topology.connect(world.settings.amqp_uri) as connection, connection.Consumer(queue, callbacks=[note]):
            listening.set()
            while True:
                try:
                    connection.drain_events(timeout=1)
                except TimeoutError:
                    connection.heartbeat_check()

    threading.Thread(target=listen, daemon=True).start()
    listening.wait(10)
    return arrived


def _latencies(trials: EventStore, som: EventStore, moves: list[tuple[int, float]], after: int) -> list[float]:
    """Milliseconds for each outcome after this position of the trials' log."""
    last_by_source: dict[int, int] = {}
    for item in whole_log(som):
        if isinstance(item.event, ProjectionRecalculated):
            last_by_source[item.event.positions.get("trials", 0)] = item.position
    reached, shown = sorted(last_by_source), [position for position, _ in moves]
    found = []
    for item in whole_log(trials):
        if isinstance(item.event, AssessmentRecorded) and item.position > after:
            projected = last_by_source[reached[bisect_left(reached, item.position)]]
            arrived = moves[bisect_left(shown, projected)][1]
            found.append((arrived - datetime.fromisoformat(item.recorded_at).timestamp()) * 1000)
    return found


def whole_log(store: EventStore) -> list[Recorded]:
    """Every event of a store."""
    found: list[Recorded] = []
    with store.reading() as transaction:
        while events := transaction.read_log(found[-1].position if found else 0):
            found += events
    return found


if __name__ == "__main__":
    report(measure)
