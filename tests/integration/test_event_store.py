"""The event store on both databases: what it promises to whoever decides, reads or tails."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from shared.eventstore import snapshots, tables
from shared.eventstore.codec import Codec, UnknownEvent
from shared.eventstore.handling import CommandHandler
from shared.eventstore.store import CommandKnown, Conflict, EventStore, StreamAppend
from shared.kernel.decider import Aggregate
from shared.kernel.messages import Event, Value
from tests.counting import (
    CONTEXT,
    COUNT,
    SNAPSHOTTED,
    Count,
    Counted,
    Total,
    append_counts,
    handler_of,
    open_store,
)
from tests.worlds import new_id


def _log(store: EventStore) -> list[tuple[int, str, int]]:
    with store.reading() as transaction:
        return [(one.position, one.stream_id, one.version) for one in transaction.read_log(0)]


# Appending.


def test_events_of_several_streams_are_appended_together_at_contiguous_positions(store: EventStore) -> None:
    append_counts(store, "a", 0, 1)
    with store.transaction() as transaction:
        appends = [
            StreamAppend("count-a", 1, [Counted(name="a", amount=2), Counted(name="a", amount=3)]),
            StreamAppend("count-b", 0, [Counted(name="b", amount=4)]),
        ]
        assert transaction.append(appends, CONTEXT) == 4
    assert _log(store) == [(1, "count-a", 1), (2, "count-a", 2), (3, "count-a", 3), (4, "count-b", 1)]


def test_one_stream_at_another_version_refuses_the_append_to_all(store: EventStore) -> None:
    append_counts(store, "a", 0, 1)
    appends = [
        StreamAppend("count-b", 0, [Counted(name="b", amount=1)]),
        StreamAppend("count-a", 0, [Counted(name="a", amount=2)]),
    ]
    with pytest.raises(Conflict), store.transaction() as transaction:
        transaction.append(appends, CONTEXT)
    assert _log(store) == [(1, "count-a", 1)]
    assert append_counts(store, "a", 1, 2) == 2, "a refused append leaves no hole"


@pytest.mark.parametrize("expected", [-1, 0, 2, 10**6])
def test_a_stream_that_is_not_at_its_expected_version_is_a_conflict(store: EventStore, expected: int) -> None:
    append_counts(store, "a", 0, 1)
    with pytest.raises(Conflict):
        append_counts(store, "a", expected, 2)


def test_every_event_tells_where_it_comes_from(store: EventStore) -> None:
    append_counts(store, "a", 0, 1)
    with store.reading() as transaction:
        [event] = transaction.read_log(0)
    assert (event.command_id, event.correlation_id, event.causation_id) == CONTEXT_IDS
    assert (event.caller, event.on_behalf_of, event.type) == ("tester", "somebody", "test.counted")
    assert len(event.event_id) == 36
    assert event.recorded_at.endswith("+00:00")


CONTEXT_IDS = ("command", "correlation", "causation")


def test_a_crash_inside_a_transaction_leaves_nothing_and_wakes_nobody(store: EventStore) -> None:
    woken: list[int] = []
    store.on_commit.append(woken.append)
    with pytest.raises(ZeroDivisionError), store.transaction() as transaction:
        transaction.append([StreamAppend("count-a", 0, [Counted(name="a", amount=1)])], CONTEXT)
        raise ZeroDivisionError
    assert (_log(store), woken) == ([], [])
    assert append_counts(store, "a", 0, 1) == 1
    assert woken == [1]


@pytest.mark.parametrize(
    "change",
    ["UPDATE events SET data = '{}'", "DELETE FROM events", "TRUNCATE events", "UPDATE events SET position = position"],
)
def test_the_database_itself_refuses_to_change_an_event(store: EventStore, engine: Engine, change: str) -> None:
    append_counts(store, "a", 0, 1)
    with pytest.raises(DBAPIError) as refused, store.transaction() as transaction:
        transaction.connection.execute(text(change))
    if engine.dialect.name == "postgresql" or "TRUNCATE" not in change:  # SQLite has no TRUNCATE to refuse
        assert "events are never changed" in str(refused.value)
    assert _log(store) == [(1, "count-a", 1)]


def test_recorded_times_never_go_back_with_a_clock_that_does(engine: Engine) -> None:
    times = iter(f"2020-01-01T00:00:{second:02}.000000+00:00" for second in (30, 10, 20, 40))
    store = open_store(engine, clock=lambda: next(times))
    for version in range(4):
        append_counts(store, "a", version, 1)
    with store.reading() as transaction:
        recorded = [one.recorded_at[17:19] for one in transaction.read_log(0)]
    assert recorded == ["30", "30", "30", "40"]


def test_making_the_tables_again_and_from_two_threads_at_once_changes_nothing(engine: Engine) -> None:
    store = open_store(engine)
    append_counts(store, "a", 0, 1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: open_store(engine), range(4)))
    assert _log(store) == [(1, "count-a", 1)]


def test_eight_writers_at_once_leave_no_hole_and_a_tailing_reader_misses_nothing(store: EventStore) -> None:
    def write(writer: int) -> None:
        for version in range(25):
            append_counts(store, f"w{writer}", version, 1)

    with ThreadPoolExecutor(9) as pool:
        tail = pool.submit(_tail, store, 200)
        list(pool.map(write, range(8)))
        assert tail.result(30) == list(range(1, 201))
    with store.reading() as transaction:
        newest, count = transaction.connection.execute(select(func.max(tables.events.c.position), func.count())).one()
    assert newest == count == 200


def _tail(store: EventStore, until: int) -> list[int]:
    seen: list[int] = []
    pause = threading.Event()
    while not seen or seen[-1] < until:
        with store.reading() as transaction:
            page = transaction.read_log(seen[-1] if seen else 0, 7)
        seen += [one.position for one in page]
        if not page:
            pause.wait(0.005)
    return seen


def test_a_stream_called_like_our_tables_is_a_conflict_and_not_a_known_command(store: EventStore) -> None:
    append_counts(store, "commands", 0, 1)
    with pytest.raises(Conflict), store.transaction() as transaction:
        rows = [StreamAppend("count-commands", 0, [Counted(name="commands", amount=1)])]
        transaction.append(rows, CONTEXT, "hash")


def test_a_command_id_that_is_taken_is_told_from_a_conflict(store: EventStore) -> None:
    for expected in (0, 1):
        append = [StreamAppend("count-a", expected, [Counted(name="a", amount=1)])]
        if expected == 0:
            with store.transaction() as transaction:
                transaction.append(append, CONTEXT, "hash")
        else:
            with pytest.raises(CommandKnown), store.transaction() as transaction:
                transaction.append(append, CONTEXT, "hash")


# Reading.


def test_a_stream_is_read_after_and_up_to_a_version_and_up_to_a_time(engine: Engine) -> None:
    times = iter(f"2020-01-0{day}T00:00:00.000000+00:00" for day in range(1, 6))
    store = open_store(engine, clock=lambda: next(times))
    for version in range(5):
        append_counts(store, "a", version, version + 1)

    def versions(**bounds: Any) -> list[int]:
        with store.reading() as transaction:
            return [one.version for one in transaction.read_stream("count-a", **bounds)]

    assert versions() == [1, 2, 3, 4, 5]
    assert versions(after_version=2) == [3, 4, 5]
    assert versions(up_to_version=2) == [1, 2]
    assert versions(after_version=1, up_to_version=4) == [2, 3, 4]
    assert versions(up_to_time="2020-01-03T00:00:00.000000+00:00") == [1, 2, 3]
    assert versions(up_to_time="2020-01-02T23:59:59.999999+00:00") == [1, 2]
    assert versions(after_version=5) == []


def test_the_log_is_read_in_batches_none_larger_than_the_limit(store: EventStore) -> None:
    append_counts(store, "a", 0, *range(1, 12))
    with store.reading() as transaction:
        assert transaction.head() == 11
        assert [one.position for one in transaction.read_log(0, 5)] == [1, 2, 3, 4, 5]
        assert [one.position for one in transaction.read_log(9, 5)] == [10, 11]
        assert transaction.read_log(11, 5) == []
    append_counts(store, "b", 0, *([1] * 1100))
    with store.reading() as transaction:
        assert len(transaction.read_log(0, 10**6)) == 1000


def test_an_event_nobody_knows_any_more_is_a_typed_error_not_a_guess(engine: Engine, store: EventStore) -> None:
    append_counts(store, "a", 0, 1)
    with pytest.raises(UnknownEvent), EventStore(engine, Codec([])).reading() as transaction:
        transaction.read_log(0)


def test_an_old_event_is_read_through_its_upcasters(engine: Engine, store: EventStore) -> None:
    class CountedAnew(Event, type="test.counted", stream="count-{name}", schema_version=2):
        name: str
        quantity: int

    append_counts(store, "a", 0, 7)
    upcast = {("test.counted", 1): lambda old: {"name": old["name"], "quantity": old["amount"]}}
    with EventStore(engine, Codec([CountedAnew], upcast)).reading() as transaction:
        [event] = transaction.read_log(0)
    assert event.event == CountedAnew(name="a", quantity=7)
    assert event.schema_version == 1, "the log says what was stored"


# Snapshots.


def _count(handler: CommandHandler, times: int) -> None:
    for _ in range(times):
        handler.handle(Count(command_id=new_id(), name="a", amount=1), "tester")


def _load(store: EventStore, aggregate: Aggregate[Total]) -> snapshots.Loaded:
    with store.reading() as transaction:
        return snapshots.load(transaction, aggregate, "a")


def test_with_and_without_snapshots_the_state_is_the_same_and_less_is_folded(store: EventStore) -> None:
    _count(handler_of(store, SNAPSHOTTED), 10)
    plain, quick = _load(store, COUNT), _load(store, SNAPSHOTTED)
    assert plain.state == quick.state == Total(amount=10)
    assert plain.version == quick.version == 10
    assert quick.folded < 5 < plain.folded


@pytest.mark.parametrize("poison", ['{"amount": "ten"}', "", "null", "[]", '{"amount": 1' + "0" * 5000 + "}"])
def test_a_snapshot_that_does_not_read_is_passed_over(store: EventStore, poison: str) -> None:
    _count(handler_of(store, SNAPSHOTTED), 8)
    with store.transaction() as transaction:
        transaction.connection.execute(update(tables.snapshots).values(state=poison))
    assert _load(store, SNAPSHOTTED).state == Total(amount=8)
    _count(handler_of(store, SNAPSHOTTED), 1)
    assert _load(store, SNAPSHOTTED).state == Total(amount=9)


def test_two_who_keep_the_same_snapshot_at_once_both_succeed(store: EventStore) -> None:
    _count(handler_of(store), 8)
    loaded = _load(store, SNAPSHOTTED)

    def keep() -> None:
        with store.transaction() as transaction:
            snapshots.keep(transaction, SNAPSHOTTED, "a", loaded)

    with ThreadPoolExecutor(1) as pool:
        with store.transaction() as transaction:
            snapshots.keep(transaction, SNAPSHOTTED, "a", loaded)
            second = pool.submit(keep)
            threading.Event().wait(0.3)
        second.result(10)
    assert _load(store, SNAPSHOTTED) == snapshots.Loaded(Total(amount=8), 8, 0)


def test_a_snapshot_that_cannot_be_kept_does_not_fail_its_command(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("the disk is full", None, Exception())

    monkeypatch.setattr(snapshots, "keep_many", fail)
    _count(handler_of(store, SNAPSHOTTED), 5)
    assert _load(store, SNAPSHOTTED).state == Total(amount=5)


def test_a_snapshot_of_another_shape_of_state_is_not_found(store: EventStore) -> None:
    class Fuller(Value):
        amount: int = 0
        events: int = 0

    def evolve_fuller(state: Fuller, event: Event) -> Fuller:
        assert isinstance(event, Counted)
        return Fuller(amount=state.amount + event.amount, events=state.events + 1)

    _count(handler_of(store, SNAPSHOTTED), 8)
    fuller = Aggregate("count", Fuller(), evolve_fuller, snapshot_every=3)
    with store.reading() as transaction:
        loaded = snapshots.load(transaction, fuller, "a")
    assert loaded.state == Fuller(amount=8, events=8)
    assert loaded.folded == 8
