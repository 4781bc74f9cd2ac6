"""The calendar: deadlines pass when their day is over, once, by command or by the clock."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from services.funding import deadlines
from shared.eventstore.leader import Leadership
from shared.kernel.calendar import danish_day
from shared.kernel.rejection import Rejected
from shared.messaging import ticking
from shared.messaging.ticking import tick_forever
from tests.faults.processes import fleet, wait_ready
from tests.story import agree, award, letter_of, open_programme, pay
from tests.worlds import World, eventually, new_id

CALL: dict[str, Any] = {
    "call_id": "call", "pool_id": "pool", "title": "Forløb", "purpose": "Forløb.", "target_group": "Unge",
    "opens_at": "2018-01-02T08:00:00+01:00", "deadline_at": "2018-03-02T12:00:00+01:00", "decision_on": "2018-04-01",
    "period_from": "2018-05-01", "period_to": "2018-12-31", "frame_oere": 100, "effective_on": "2018-01-02",
    "criteria": [{"criterion": "need", "title": "Behov", "weight": 1}],
}  # fmt: skip


@pytest.fixture
def rpc(world: World) -> Iterator[Any]:
    """A client of a fund with a pool and no trials."""
    with world.services("funding"), world.client(timeout_seconds=30) as opened:
        open_programme(opened, pool_oere=1000_00, knowledge=False, trial=False)
        yield opened


def _advance(rpc: Any, day: str, command_id: str | None = None) -> tuple[int, bool]:
    """Come to a day: how many deadlines passed, and whether there are more."""
    answer = rpc.funding.advance(command_id=command_id or new_id(), day=day)
    assert answer["day"] == day
    return answer["passed"], answer["more"]


def _offered(rpc: Any, *grants: str) -> None:
    """Grants with a letter that nobody has accepted; it is to be by the last of February."""
    for grant_id in grants:
        award(rpc, grant_id, "0101", 10_00)
        rpc.funding.issue_grant_letter(command_id=new_id(), **letter_of(grant_id))


def _events(rpc: Any, *types: str) -> list[dict[str, Any]]:
    """The events of these types, in order."""
    page = rpc.funding.feed(after=0, limit=500)
    assert page["head"] <= 500
    return [event for event in page["events"] if event["type"].removeprefix("funding.") in types]


def _told(rpc: Any, *types: str) -> list[tuple[str, str]]:
    """Which grant, and when, by the events of these types."""
    return [(event["data"]["grant_id"], event["data"]["effective_on"]) for event in _events(rpc, *types)]


def _position(rpc: Any) -> dict[str, int]:
    head = rpc.funding.feed(after=0, limit=1)["head"]
    total: dict[str, int] = rpc.funding.position(wait_for={"funding": head})["total"]
    return total


def _grant(rpc: Any, grant_id: str) -> Any:
    head = rpc.funding.feed(after=0, limit=1)["head"]
    return rpc.funding.grant(grant_id=grant_id, wait_for={"funding": head})


# By command.


def test_a_call_closes_when_the_day_of_its_deadline_is_over(rpc: Any) -> None:
    rpc.funding.publish_call(command_id=new_id(), **CALL)
    assert _advance(rpc, "2018-03-02") == (0, False)
    assert _events(rpc, "call_closed") == []
    assert _advance(rpc, "2018-03-05") == (1, False)
    [closed] = _events(rpc, "call_closed")
    assert (closed["data"]["call_id"], closed["data"]["effective_on"]) == ("call", "2018-03-02")
    assert _advance(rpc, "2018-03-06") == (0, False)


def test_a_grant_that_nobody_accepts_lapses_and_its_money_is_in_the_pool_again(rpc: Any) -> None:
    _offered(rpc, "late", "other")
    rpc.funding.accept_grant(command_id=new_id(), grant_id="other", effective_on="2018-02-28")
    assert _advance(rpc, "2018-02-28") == (0, False)
    assert _position(rpc)["pool_free_oere"] == 980_00
    assert _advance(rpc, "2018-03-10") == (1, False)
    assert _told(rpc, "grant_lapsed") == [("late", "2018-03-01")], (
        "the day after its deadline, whenever that is noticed"
    )
    assert (_position(rpc)["pool_free_oere"], _grant(rpc, "late")["status"]) == (990_00, "lapsed")
    with pytest.raises(Rejected) as refused:
        rpc.funding.accept_grant(command_id=new_id(), grant_id="late", effective_on="2018-02-28")
    assert refused.value.code == "GRANT_LAPSED"
    award(rpc, "instead", "0751", 990_00)


def test_an_overdue_report_stops_payments_until_it_comes(rpc: Any) -> None:
    award(rpc, "g1", "0101", 10_00)
    letter = letter_of("g1")
    letter["reports"].append({"report_id": "s1", "kind": "status", "project_years": [2018], "due_on": "2018-02-20"})
    rpc.funding.issue_grant_letter(command_id=new_id(), **letter)
    rpc.funding.accept_grant(command_id=new_id(), grant_id="g1", effective_on="2018-02-15")
    assert _advance(rpc, "2018-02-21") == (1, False)
    assert _told(rpc, "report_overdue", "payments_stopped") == [("g1", "2018-02-21")] * 2
    with pytest.raises(Rejected) as refused:
        pay(rpc, "g1", "p1", 5_00)
    assert (refused.value.code, refused.value.figures["causes"]) == ("PAYMENTS_STOPPED", ["s1"])
    handed_in = {"grant_id": "g1", "report_id": "s1", "document": "sag 1", "effective_on": "2018-02-25"}
    rpc.funding.submit_status_report(command_id=new_id(), **handed_in)
    pay(rpc, "g1", "p1", 5_00)
    assert (_position(rpc)["paid_oere"], _advance(rpc, "2018-02-26")) == (5_00, (0, False))


def test_a_project_that_does_not_start_lapses_and_one_that_does_comes_to_its_end(rpc: Any) -> None:
    for grant_id in ("idle", "busy"):
        award(rpc, grant_id, "0101", 10_00)
        agree(rpc, grant_id)
    rpc.funding.start_project(command_id=new_id(), grant_id="busy", effective_on="2018-03-01")
    assert _advance(rpc, "2019-01-01") == (2, False)
    assert _told(rpc, "grant_lapsed", "period_ended") == [("idle", "2018-08-02"), ("busy", "2019-01-01")]
    assert [_grant(rpc, grant_id)["status"] for grant_id in ("idle", "busy")] == ["lapsed", "ended"]


def test_coming_to_a_day_again_changes_nothing(rpc: Any) -> None:
    _offered(rpc, "g1")
    command_id = new_id()
    assert _advance(rpc, "2018-03-01", command_id) == (1, False)
    head = rpc.funding.feed(after=0, limit=1)["head"]
    assert _advance(rpc, "2018-03-01", command_id) == (0, False)
    assert _advance(rpc, "2018-03-01") == (0, False)
    assert rpc.funding.feed(after=0, limit=1)["head"] == head
    assert [event["data"]["day"] for event in _events(rpc, "day_reached")] == ["2018-03-01"]


def test_the_calendar_does_not_go_back(rpc: Any) -> None:
    _advance(rpc, "2018-03-01")
    with pytest.raises(Rejected) as refused:
        _advance(rpc, "2018-02-28")
    assert (refused.value.code, refused.value.figures) == ("DAY_PASSED", {"day": "2018-03-01"})
    with pytest.raises(Rejected) as refused:
        _advance(rpc, "tomorrow")
    assert (refused.value.code, refused.value.fields[0]["field"]) == ("INPUT_INVALID", "day")


def test_so_many_deadlines_pass_at_once_and_no_more(rpc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "AT_ONCE", 2)
    _offered(rpc, *(f"g{number}" for number in range(5)))
    assert [_advance(rpc, "2018-03-01") for _ in range(3)] == [(2, True), (2, True), (1, False)]
    assert [grant for grant, _ in _told(rpc, "grant_lapsed")] == [f"g{number}" for number in range(5)]


def test_two_who_come_to_a_day_at_once_let_each_deadline_pass_once(rpc: Any, world: World) -> None:
    _offered(rpc, *(f"g{number}" for number in range(8)))
    together = threading.Barrier(2)

    def come(_: int) -> int:
        with world.client(timeout_seconds=30) as own:
            together.wait(10)
            return _advance(own, "2018-03-01")[0]

    with ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(come, range(2)))
    assert max(passed) <= 8 <= sum(passed), "what one let pass the other may have been told of too"
    assert sorted(_told(rpc, "grant_lapsed")) == [(f"g{number}", "2018-03-01") for number in range(8)]
    assert len(_events(rpc, "day_reached")) == 1


# By the clock.


def _today() -> str:
    return danish_day(datetime.now(UTC)).isoformat()


def test_with_a_clock_the_service_lets_deadlines_pass_by_itself(world: World) -> None:
    with world.services("funding"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        _offered(rpc, "g1")
        assert _events(rpc, "day_reached", "grant_lapsed") == [], "without a clock, the day is what a command says"
    with world.with_clock().services("funding"), world.client() as rpc:
        eventually(lambda: len(_events(rpc, "grant_lapsed")) == 1, 20)
        [reached] = _events(rpc, "day_reached")
        assert reached["data"]["day"] == _today()
        assert reached["authid"] == "calendar"


@pytest.mark.server
def test_of_two_processes_with_a_clock_one_keeps_the_calendar(servers: World, tmp_path: Path) -> None:
    with servers.services("funding"), servers.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        _offered(rpc, *(f"g{number}" for number in range(10)))
    with fleet(servers.with_clock(), tmp_path) as processes, servers.client() as rpc:
        wait_ready(*[processes.start("funding", ready=False) for _ in range(2)])
        eventually(lambda: len(_events(rpc, "grant_lapsed")) == 10, 20)
        days = Counter(event["data"]["day"] for event in _events(rpc, "day_reached"))
        commands = [process.metric("commands_total") for process in processes.living()]
    assert days == {_today(): 1}
    assert min(commands) == 0 < max(commands)


def test_a_standby_keeps_the_calendar_when_the_leader_is_gone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "SECONDS", 0.05)
    ticks: Counter[str] = Counter()
    stopping = {name: threading.Event() for name in ("one", "other")}

    def keep(name: str) -> None:
        tick_forever(lambda: ticks.update([name]), Leadership(engine, "fund-clock"), stopping[name])

    with ThreadPoolExecutor(2) as pool:
        kept = {name: pool.submit(keep, name) for name in stopping}
        eventually(lambda: ticks.total() >= 5)
        [leader] = ticks
        stopping[leader].set()
        kept[leader].result(10)
        eventually(lambda: len(ticks) == 2)
        for event in stopping.values():
            event.set()


def test_a_tick_that_fails_is_tried_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "SECONDS", 0.01)
    stopping, ticks = threading.Event(), [0]

    def tick() -> None:
        ticks[0] += 1
        if ticks[0] < 3:
            raise OSError("the broker is away")
        stopping.set()

    tick_forever(tick, Leadership(engine, "fund-clock"), stopping)
    assert ticks == [3]
