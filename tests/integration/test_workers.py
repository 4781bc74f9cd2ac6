"""Child processes that compute: green while they do, bounded, replaced when they fail."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from time import monotonic

import eventlet
import pytest

from shared.kernel.rejection import Rejected
from shared.messaging.workers import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    found = Workers("tests.workers.example", count=2)
    yield found
    found.stop()


def test_a_worker_answers_job_after_job(workers: Workers) -> None:
    assert [workers.call({"what": "double", "number": n}, 20) for n in (1, 2, 3)] == [2, 4, 6]


def test_the_hub_goes_on_while_workers_compute(workers: Workers) -> None:
    workers.call({"what": "double", "number": 1}, 20)
    ticks: list[float] = []

    def ticking() -> None:
        while True:
            ticks.append(monotonic())
            eventlet.sleep(0.01)

    ticker = eventlet.spawn(ticking)
    jobs = [eventlet.spawn(workers.call, {"what": "sleep", "seconds": 0.5}, 20) for _ in range(2)]
    pids = {job.wait() for job in jobs}
    ticker.kill()
    assert len(pids) == 2
    assert max(after - before for before, after in pairwise(ticks)) < 0.25


def test_a_refusal_comes_back_whole(workers: Workers) -> None:
    with pytest.raises(Rejected) as caught:
        workers.call({"what": "refuse"}, 20)
    assert (caught.value.code, caught.value.figures) == ("NO", {"number": 3})
    assert caught.value.fields == [{"field": "number", "rule": "even"}]


@pytest.mark.parametrize("what", ["end", "unheard-of"])
def test_a_worker_that_ends_is_replaced(workers: Workers, what: str) -> None:
    with pytest.raises(Rejected, match="COMPUTATION_FAILED"):
        workers.call({"what": what}, 20)
    assert workers.call({"what": "double", "number": 4}, 20) == 8


def test_a_job_that_takes_too_long_is_refused_and_its_answer_reaches_nobody_else() -> None:
    workers = Workers("tests.workers.example", count=1)
    workers.call({"what": "double", "number": 1}, 20)
    with pytest.raises(Rejected, match="COMPUTATION_TIMED_OUT"):
        workers.call({"what": "sleep", "seconds": 5}, 0.3)
    assert workers.call({"what": "double", "number": 5}, 20) == 10
    workers.stop()


def test_waiting_for_a_worker_counts_too(workers: Workers) -> None:
    busy = [eventlet.spawn(workers.call, {"what": "sleep", "seconds": 1.0}, 20) for _ in range(2)]
    eventlet.sleep(0.1)
    with pytest.raises(Rejected, match="COMPUTATION_TIMED_OUT"):
        workers.call({"what": "double", "number": 1}, 0.3)
    for job in busy:
        job.wait()
