"""The fund's ledger after a million events, on PostgreSQL: balances as of a position, and the independent check."""

from __future__ import annotations

import shared.messaging.green  # noqa: F401  first: it patches the standard library

# isort: split
import subprocess
import sys
from collections.abc import Callable
from random import Random
from statistics import median, quantiles
from time import perf_counter, sleep
from typing import Any

import psutil
from sqlalchemy import Connection

from benchmarks.databases import fresh
from benchmarks.figures import Figure, bounded, report, told
from benchmarks.long_log import fill
from services.funding import views
from services.funding.commands import Balances, Position
from services.funding.service import CODEC
from shared.eventstore.engine import open_engine
from shared.eventstore.store import EventStore

EVENTS, QUICK_EVENTS = 1_000_000, 50_000
ASKED, QUICK_ASKED = 200, 40
CHECK = (
    "import sys; from services.funding.check import command;"
    " raise SystemExit(command.run(sys.argv[1], (), print_json=True, language='en'))"
)


def measure(quick: bool) -> list[Figure]:
    """Milliseconds of balances as of chance positions, and seconds and memory of the check."""
    with fresh("postgresql") as uri:
        lines = fill(uri, QUICK_EVENTS if quick else EVENTS)
        figures = _as_of(uri, lines, QUICK_ASKED if quick else ASKED)
        return [*figures, *_check(uri, QUICK_EVENTS if quick else EVENTS)]


def _as_of(uri: str, lines: int, asked: int) -> list[Figure]:
    store, chance = EventStore(open_engine(uri), CODEC), Random(2017)
    with store.reading() as transaction:
        head = transaction.head()
    questions: dict[str, Callable[[Connection, int], Any]] = {
        "by ledger account": lambda connection, at: views.balances(connection, Balances(as_of=at)),
        "the programme's position": lambda connection, at: views.position(connection, Position(as_of=at)),
        "one grant's": lambda connection, at: views.balances(
            connection, Balances(as_of=at, grant_id="grant-of-municipality-000042")
        ),
    }
    figures = []
    for name, ask in questions.items():
        found = []
        for _ in range(asked):
            with store.reading() as transaction:
                started = perf_counter()
                ask(transaction.connection, chance.randrange(1, head))
                found.append((perf_counter() - started) * 1000)
        what = f"balance as of a position over {lines:,} postings, {name}"
        figures.append(bounded(f"{what}, median", "ms", median(found), 50))
        figures.append(told("  99th percentile", "ms", quantiles(found, n=100)[98]))
    return figures


def _check(uri: str, events: int) -> list[Figure]:
    started = perf_counter()
    command = [sys.executable, "-W", "ignore", "-c", CHECK, uri]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most, watched = 0, psutil.Process(process.pid)
    while process.poll() is None:
        most = max(most, watched.memory_info().rss)
        sleep(0.2)
    assert process.returncode == 0, "the check found something wrong"
    seconds = perf_counter() - started
    return [
        bounded(f"independent check of {events:,} events and their views", "s", seconds, 60),
        told("  most memory", "MB", most / 1e6),
    ]


if __name__ == "__main__":
    report(measure)
