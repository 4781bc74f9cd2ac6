"""Taking turns on streams."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from shared.eventstore import turns
from shared.eventstore.turns import Turns


def test_those_who_want_the_same_stream_wait_for_each_other() -> None:
    whose, inside, most = Turns(), 0, 0

    def take(_: int) -> None:
        nonlocal inside, most
        with whose.of(["a", "b"]):
            inside += 1
            most = max(most, inside)
            sleep(0.005)
            inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(24)))
    assert most == 1


def test_those_who_want_other_streams_do_not_wait() -> None:
    whose = Turns()
    with whose.of(["a"]), ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: _entered(whose, "b")).result(timeout=1)


def test_two_who_want_the_same_streams_the_other_way_round_both_go_on() -> None:
    whose, begun = Turns(), monotonic()

    def take(streams: list[str]) -> None:
        for _ in range(200):
            with whose.of(streams):
                pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(take, (["a", "b"], ["b", "a"])))
    assert monotonic() - begun < turns.WAIT_SECONDS


def test_a_stream_named_twice_is_one_turn() -> None:
    assert _entered(Turns(), "a", "a")


def test_who_waited_too_long_goes_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.05)
    whose, leave = Turns(), threading.Event()

    def sit() -> None:
        with whose.of(["a"]):
            leave.wait(5)

    with ThreadPoolExecutor(1) as pool:
        sitting = pool.submit(sit)
        assert _entered(whose, "a")
        leave.set()
        sitting.result(timeout=5)
    assert _entered(whose, "a")


def test_a_turn_ends_with_an_exception_and_leaves_nothing_behind() -> None:
    whose = Turns()
    with pytest.raises(ValueError, match="no"), whose.of(["a"]):
        raise ValueError("no")
    assert _entered(whose, "a")
    assert not list(whose._turns)


def _entered(whose: Turns, *streams: str) -> bool:
    with whose.of(streams):
        return True
