"""Awards by eight concurrent callers over RPC on PostgreSQL and RabbitMQ, beside a stock nameko service that writes one
plain row per call.

Each service is a process of its own, with the callers in another; they are measured in turns. Ours decides against the
pool, records events, relays them to the broker and keeps its views meanwhile.
"""

from __future__ import annotations

import shared.messaging.green  # noqa: F401  first: it patches the standard library

# isort: split
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from nameko.standalone.rpc import ClusterRpcProxy

from benchmarks.databases import fresh
from benchmarks.figures import Figure, compared, report, told
from shared.messaging.rpc import nameko_config
from tests.story import ACCOUNT
from tests.worlds import World, server_world

CALLERS = 8
SECONDS, QUICK_SECONDS = 6, 2
PAIRS, QUICK_PAIRS = 6, 2
OURS = ("-c", "from services.cli import main; main()", "run", "funding")
POOLS = 4
"""Awards of different initiatives at once: eight callers on one pool would only measure who waits for whom."""


def measure(quick: bool) -> list[Figure]:
    """Awards a second and their 99th percentile, ours beside the peer's rows."""
    seconds, pairs = (QUICK_SECONDS, QUICK_PAIRS) if quick else (SECONDS, PAIRS)
    with (
        tempfile.TemporaryDirectory() as name,
        server_world(Path(name)) as world,
        fresh("postgresql") as peer,
        _process(world, *OURS),
        _process(world, *_stock(world), STOCK_DATABASE_URI=peer),
    ):
        _prepare(world)
        slow: dict[str, list[float]] = {"funding": [], "stock": []}
        found = []
        for pair in range(pairs + 1):
            order = ("funding", "stock") if pair % 2 else ("stock", "funding")
            rates = {service: _rate(world, service, seconds, slow) for service in order}
            found.append((rates["funding"], rates["stock"]))
    ours, peer_ms = (quantiles(slow[service], n=100)[98] * 1000 for service in ("funding", "stock"))
    return [
        compared(f"award over RPC, {CALLERS} callers, beside one plain row", "calls/s", found[1:], 0.7),
        Figure("  99th percentile", "ms", ours=ours, peer=peer_ms, ratio=ours / peer_ms),
        told("  median", "ms", median(slow["funding"]) * 1000),
    ]


def _stock(world: World) -> tuple[str, ...]:
    return "-m", "benchmarks.stock_service", world.settings.amqp_uri


@contextmanager
def _process(world: World, *arguments: str, **environment: str) -> Iterator[None]:
    given = world.environment(random.randint(20_000, 60_000)) | {"VIRKSOM_CLOCK": "commanded"} | environment
    process = subprocess.Popen([sys.executable, "-W", "ignore", *arguments], env=given)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _prepare(world: World) -> None:
    """Money for more awards than will be made, in a few pools, and both services answering."""
    draws = [{"account": ACCOUNT, "budget_year": 2018, "amount_oere": 10**13}]
    common = {"effective_on": "2018-01-01"}
    with ClusterRpcProxy(nameko_config(world.settings.amqp_uri), timeout=30) as rpc:
        _patiently(lambda: rpc.funding.feed(after=0, limit=1))
        _patiently(lambda: rpc.stock.award(municipality="0101", amount_oere=1))
        voted = {"account": ACCOUNT, "budget_year": 2018, "amount_oere": POOLS * 10**13, "act": "FL 2018"}
        rpc.funding.register_appropriation(command_id=str(uuid.uuid4()), **voted, **common)
        for pool in range(POOLS):
            opened = {
                "pool_id": f"pool-{pool}",
                "track": "development",
                "initiative": f"course-{pool}",
                "title": "Forløb",
            }
            rpc.funding.open_pool(command_id=str(uuid.uuid4()), **opened, draws=draws, **common)


def _patiently(call: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            call()
            return
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _rate(world: World, service: str, seconds: int, slow: dict[str, list[float]]) -> float:
    """Calls a second by all callers together; their durations are added to `slow`."""
    counts: list[int] = []
    end = perf_counter() + seconds
    callers = [
        threading.Thread(target=_caller, args=(world, service, number, end, counts, slow[service]))
        for number in range(CALLERS)
    ]
    started = perf_counter()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(counts) == CALLERS, "a caller failed"
    return sum(counts) / (perf_counter() - started)


def _caller(world: World, service: str, number: int, end: float, counts: list[int], durations: list[float]) -> None:
    count = 0
    with ClusterRpcProxy(nameko_config(world.settings.amqp_uri), timeout=30) as rpc:
        while (started := perf_counter()) < end:
            method = rpc.funding.award_grant if service == "funding" else rpc.stock.award
            method(**_award(number, service))
            durations.append(perf_counter() - started)
            count += 1
    counts.append(count)


def _award(number: int, service: str) -> dict[str, Any]:
    if service == "stock":
        return {"municipality": "0751", "amount_oere": 100_000}
    return {
        "command_id": str(uuid.uuid4()),
        "grant_id": uuid.uuid4().hex,
        "pool_id": f"pool-{number % POOLS}",
        "municipality": "0751",
        "draws": [{"account": ACCOUNT, "budget_year": 2018, "amount_oere": 100_000}],
        "period_from": "2018-02-01",
        "period_to": "2018-12-31",
        "effective_on": "2018-02-01",
    }


if __name__ == "__main__":
    report(measure)
