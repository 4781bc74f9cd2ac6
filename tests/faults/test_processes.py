"""Processes whose broker or database goes away, and that are asked to stop meanwhile."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import eventlet
import psycopg
import pytest

from services.settings import SERVICES
from shared.kernel.rejection import Rejected
from tests.faults.processes import Fleet, announce, fleet, head, require_broker, wait_ready
from tests.servers.processes import tail
from tests.story import agree, award, open_programme, pay
from tests.worlds import POSTGRES, World, eventually, new_id

pytestmark = [pytest.mark.chaos, pytest.mark.server]
STOP_SECONDS = 15


@pytest.fixture
def started(servers: World, tmp_path: Path) -> Iterator[Fleet]:
    """A fleet on the real servers, empty yet."""
    with fleet(servers, tmp_path) as made:
        yield made


def try_to_work(world: World, number: int) -> bool:
    """Whether an award is answered now."""
    try:
        with world.client(timeout_seconds=5) as rpc:
            award(rpc, f"grant-{number}", "0101", 100)
    except Rejected:
        raise
    except Exception:
        return False
    return True


def test_a_service_started_without_its_broker_waits_and_obeys_sigterm(started: Fleet) -> None:
    """It neither ends nor hangs: SIGTERM ends it with status 0, and the broker's return would have started it."""
    broker = require_broker()
    with broker.away():
        waiting, stopped = (started.start("funding", ready=False) for _ in range(2))
        eventually(lambda: "waiting for the broker" in tail(stopped.log), 30)
        time.sleep(1)
        assert stopped.terminate(STOP_SECONDS) == 0
        assert waiting.alive()
    wait_ready(waiting)


def test_a_service_outlives_its_broker_and_works_again_when_it_is_back(started: Fleet) -> None:
    """Every service waits with a backoff for a broker that went away, comes back by itself, and works."""
    broker = require_broker()
    processes = [started.start(service, ready=False) for service in SERVICES]
    wait_ready(*processes)
    with started.world.client() as rpc:
        open_programme(rpc)
    with broker.away():
        time.sleep(3)
    back = time.monotonic()
    eventually(lambda: try_to_work(started.world, 1), 20)
    assert all(process.alive() for process in processes)
    wait_ready(*processes)
    assert time.monotonic() - back < 20
    with started.world.client() as rpc:
        agree(rpc, "grant-1")
        answer = pay(rpc, "grant-1", "payment-1", 40)
        view = rpc.reporting.programme(wait_for={"funding": answer["position"]}, wait_seconds=5)
    assert view["total"]["paid_oere"] == 40


def test_sigterm_ends_a_process_whose_broker_went_away(started: Fleet) -> None:
    """Reconnecting does not keep a process from ending, with status 0."""
    broker = require_broker()
    processes = [started.start(service, ready=False) for service in ("funding", "trials")]
    wait_ready(*processes)
    with broker.away():
        time.sleep(2)
        endings = [eventlet.spawn(process.terminate, STOP_SECONDS) for process in processes]
        assert [ending.wait() for ending in endings] == [0, 0]


def test_sigterm_answers_the_calls_in_flight_first(started: Fleet) -> None:
    """Calls that a worker had begun when the signal came are answered before the process ends."""
    process, world = started.start("funding"), started.world
    answers: list[Any] = []

    def call(number: int) -> None:
        with world.client() as rpc:
            answers.append(register(rpc, number))

    before = head(world, "funding")
    # The counter row is held: every command waits in its transaction until it is let go.
    with world.open("funding").store.transaction() as transaction:
        transaction.connection.exec_driver_sql("SELECT * FROM event_counter FOR UPDATE")
        calls = [eventlet.spawn(call, number) for number in range(5)]
        eventually(lambda: waiting_for_locks(world) >= 1)
        eventlet.sleep(0.5)
        ending = eventlet.spawn(process.terminate, STOP_SECONDS)
        eventlet.sleep(1)
        assert process.alive()
    with eventlet.Timeout(STOP_SECONDS):
        assert ending.wait() == 0
        for one in calls:
            one.wait()
    assert len(answers) == 5
    assert head(world, "funding") == max(answer["position"] for answer in answers) > before


def register(rpc: Any, number: int) -> dict[str, Any]:
    """A command that no other contends with."""
    answer: dict[str, Any] = rpc.funding.register_appropriation(
        command_id=new_id(), account=f"15.26.04.{number:02}", budget_year=2018, amount_oere=1, act="FL 2018",
        effective_on="2018-01-01",
    )  # fmt: skip
    return answer


def waiting_for_locks(world: World) -> int:
    """How many of the services' transactions wait for a lock."""
    with psycopg.connect(os.environ[POSTGRES], autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s",
            [world.settings.databases["funding"].rpartition("/")[2]],
        ).fetchone()
    return 0 if row is None else int(row[0])


def cut_connections(world: World) -> int:
    """End every connection to the services' databases, as a restart of PostgreSQL would; how many."""
    names = [uri.rpartition("/")[2] for uri in world.settings.databases.values()]
    with psycopg.connect(os.environ[POSTGRES], autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)", [names]
        ).fetchall()
    return len(rows)


def test_services_go_on_when_postgresql_cuts_their_connections(
    started: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    """All connections ended three times: no process ends, commands go on being answered, the views follow."""
    world = started.world
    processes = [started.start(service, ready=False) for service in SERVICES]
    wait_ready(*processes)
    with world.client() as rpc:
        open_programme(rpc)
        award(rpc, "grant", "0101", 1000)
        agree(rpc, "grant")
        cut = 0
        for number in range(3):
            cut += cut_connections(world)
            answer = until_answered(pay, rpc, "grant", f"payment-{number}", 10)
            wanted = {"wait_for": {"funding": answer["position"]}, "wait_seconds": 8}
            view = until_answered(rpc.reporting.programme, **wanted)
            assert view["total"]["paid_oere"] == 10 * (number + 1)
    announce(capsys, f"processes: {cut} database connections cut, every service went on")
    assert all(process.alive() for process in processes)
    wait_ready(*processes)
    eventually(lambda: started.leader("funding") is not None)


def until_answered(call: Callable[..., dict[str, Any]], *args: Any, **fields: Any) -> dict[str, Any]:
    """What a call answers; made again when the database was just away, as its refusal says."""
    for _ in range(5):
        try:
            return call(*args, **fields)
        except Rejected as rejection:
            if rejection.code != "UNAVAILABLE":
                raise
            time.sleep(0.2)
    pytest.fail("the database did not come back")
