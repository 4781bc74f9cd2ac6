"""PostgreSQL from green threads: one waits, the others go on."""

from __future__ import annotations

import os
from time import monotonic

import eventlet
import psycopg
import pytest

from shared.messaging import waiting_psycopg
from tests.worlds import MISSING, POSTGRES


@pytest.fixture
def uri() -> str:
    if os.environ.get(MISSING) or not os.environ.get(POSTGRES):
        pytest.skip(os.environ.get(MISSING) or "no servers: run the tests with `make test`")
    return os.environ[POSTGRES]


def _ask(uri: str, query: str) -> object:
    with psycopg.connect(uri) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


@pytest.mark.server
def test_six_queries_of_half_a_second_take_half_a_second(uri: str) -> None:
    assert psycopg.waiting.wait is waiting_psycopg.wait
    begun = monotonic()
    threads = [eventlet.spawn(_ask, uri, "SELECT pg_sleep(0.5)") for _ in range(6)]
    for thread in threads:
        thread.wait()
    assert 0.5 <= monotonic() - begun < 2


@pytest.mark.server
def test_much_is_sent_and_received(uri: str) -> None:
    assert len(str(_ask(uri, "SELECT repeat('x', 20000000)"))) == 20_000_000
    with psycopg.connect(uri) as connection:
        row = connection.execute("SELECT length(%s)", ("y" * 20_000_000,)).fetchone()
    assert row == (20_000_000,)


@pytest.mark.server
def test_a_connection_that_is_ended_is_noticed_at_once(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        pid = connection.info.backend_pid
        eventlet.spawn_after(0.3, _ask, uri, f"SELECT pg_terminate_backend({pid})")
        begun = monotonic()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT pg_sleep(30)")
        assert monotonic() - begun < 5


@pytest.mark.server
def test_a_silent_wait_looks_again_and_goes_on(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_psycopg, "LOOK_SECONDS", 0.05)
    assert _ask(uri, "SELECT 1 FROM pg_sleep(0.4)") == 1


@pytest.mark.server
def test_a_timeout_of_the_callers_own_ends_a_wait(uri: str) -> None:
    with pytest.raises(eventlet.Timeout), eventlet.Timeout(0.2):
        _ask(uri, "SELECT pg_sleep(30)")
