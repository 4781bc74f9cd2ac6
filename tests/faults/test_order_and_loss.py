"""The order of the log under concurrent writers, seen by a reader that tails it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from shared.eventstore.context import Context
from shared.eventstore.store import StreamAppend
from tests.faults.log_worker import Ended, open_store
from tests.faults.processes import ROOT, announce, seed
from tests.worlds import MISSING, POSTGRES

pytestmark = pytest.mark.chaos
WORKER = [sys.executable, "-m", "tests.faults.log_worker"]
WORKER_SECONDS = 100


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.server)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A fresh database of each kind: its address, and how many writers it is to bear."""
    if request.param == "embedded":
        yield f"sqlite:///{tmp_path}/log.db", 4, 60
        return
    if os.environ.get(MISSING) or not os.environ.get(POSTGRES):
        pytest.skip(os.environ.get(MISSING) or "no servers: run the tests with `make test`")
    name, uri = f"v{uuid.uuid4().hex[:10]}", os.environ[POSTGRES]
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{uri.rpartition('/')[0]}/{name}", 8, 150
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def start(role: str, uri: str, number: int, count: int) -> subprocess.Popen[str]:
    """A worker process."""
    arguments = [*WORKER, role, uri, str(number), str(count)]
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def result(process: subprocess.Popen[str]) -> Any:
    """What a worker printed at its end."""
    output, _ = process.communicate(timeout=WORKER_SECONDS)
    assert process.returncode == 0
    return json.loads(output)


def test_concurrent_writers_leave_no_hole_and_a_tailing_reader_misses_nothing(
    database: tuple[str, int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Positions are contiguous and in commit order, versions in order, and nothing committed is missed by a reader.

    The writers conflict on purpose, and roll some transactions back after the append.
    """
    uri, writers, count = database
    base = seed()
    reader = start("tail", uri, 0, 0)
    told = [result(process) for process in [start("write", uri, base + n, count) for n in range(writers)]]
    store = open_store(uri)
    with store.transaction() as transaction:
        transaction.append([StreamAppend("end", 0, [Ended()])], Context("c", "c", "c", "test"))
    seen = [tuple(item) for item in result(reader)["seen"]]
    with store.reading() as transaction:
        rows = transaction.connection.exec_driver_sql("SELECT position, stream_id, version FROM events").all()
    stored = sorted(tuple(row) for row in rows)
    sums = {name: sum(one[name] for one in told) for name in ("conflicts", "abandoned", "busy")}
    announce(capsys, f"order: seed {base}, {writers} writers, {len(stored)} events, {sums}, missed "
                     f"{len(stored) - len(seen)}")  # fmt: skip
    assert seen == stored
    assert [position for position, _, _ in stored] == list(range(1, len(stored) + 1))
    committed = [tuple(item) for one in told for item in one["committed"]]
    assert sorted([*committed, ("end", 1)]) == sorted((stream, version) for _, stream, version in stored)
    assert_versions_in_order(stored)
    assert sums["conflicts"] + sums["abandoned"] > 0
    assert sums["busy"] == 0


def assert_versions_in_order(stored: list[tuple[Any, ...]]) -> None:
    """In the order of positions each stream's versions run 1, 2, 3, …"""
    newest: dict[str, int] = {}
    for _, stream, version in stored:
        assert version == newest.get(stream, 0) + 1, stream
        newest[stream] = version
