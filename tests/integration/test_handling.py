"""Handling a command on both databases: once and only once, again when others were faster, and on what only a state
names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from shared.eventstore import snapshots
from shared.eventstore.folded import Folded
from shared.eventstore.handling import ATTEMPTS, CommandHandler
from shared.eventstore.store import Conflict, EventStore, Transaction
from shared.kernel.decider import Decider
from shared.kernel.messages import Command, Event
from shared.kernel.rejection import Rejected
from shared.observability.metrics import Metrics
from tests.counting import COUNT, Count, Counted, Total, append_counts, decider, handler_of
from tests.worlds import new_id

WAIT_SECONDS = 0.3
POSTGRESQL = pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.server)], indirect=True)


def _log(store: EventStore) -> list[tuple[int, str, int]]:
    with store.reading() as transaction:
        return [(one.position, one.stream_id, one.version) for one in transaction.read_log(0)]


def _count(handler: CommandHandler, times: int) -> None:
    for _ in range(times):
        handler.handle(Count(command_id=new_id(), name="a", amount=1), "tester")


# Once.


def test_a_command_sent_again_gets_its_answer_again_and_changes_nothing(store: EventStore) -> None:
    handler, command = handler_of(store), Count(command_id=new_id(), name="a", amount=1)
    first = handler.handle(command, "tester")
    _count(handler, 3)
    assert handler.handle(command, "tester") == first
    assert len(_log(store)) == 4


def test_a_command_refused_now_but_carried_out_before_gets_the_answer_of_then(store: EventStore) -> None:
    handler, command = handler_of(store), Count(command_id=new_id(), name="a", amount=100)
    first = handler.handle(command, "tester")
    assert handler.handle(command, "tester") == first


def test_the_same_id_with_other_content_is_refused_naming_the_field(store: EventStore) -> None:
    handler, command = handler_of(store), Count(command_id=new_id(), name="a", amount=1)
    handler.handle(command, "tester")
    for change in ({"amount": 2}, {"name": "b"}, {"on_behalf_of": "somebody else"}):
        with pytest.raises(Rejected) as refused:
            handler.handle(command.model_copy(update=change), "tester")
        assert refused.value.code == "COMMAND_ID_REUSED"
        assert refused.value.fields == [{"field": "command_id", "rule": "unique"}]
    assert len(_log(store)) == 1


@pytest.mark.parametrize("twins", [2, 8])
def test_a_command_sent_from_several_threads_at_once_happens_once(store: EventStore, twins: int) -> None:
    handler, command = handler_of(store), Count(command_id=new_id(), name="a", amount=1)
    together = threading.Barrier(twins)

    def send(_: int) -> Any:
        together.wait(10)
        return handler.handle(command, "tester")

    with ThreadPoolExecutor(twins) as pool:
        answers = list(pool.map(send, range(twins)))
    assert all(answer == answers[0] for answer in answers)
    assert _log(store) == [(1, "count-a", 1)]


# Again, when others were faster.


def _stale_reads(monkeypatch: pytest.MonkeyPatch, times: int) -> Callable[[], int]:
    """The next reads find their streams as they were at first: what a reader sees whom somebody overtakes."""
    fresh, reads = Folded.load_many, [0]

    def load(self: Folded, transaction: Transaction, wanted: Sequence[snapshots.Read]) -> list[snapshots.Loaded]:
        reads[0] += 1
        found = fresh(self, transaction, wanted)
        return [snapshots.Loaded(Total(), 0, 0) for _ in found] if reads[0] <= times else found

    monkeypatch.setattr(Folded, "load_many", load)
    return lambda: reads[0]


def test_who_was_overtaken_twice_decides_again_on_what_is_there(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_counts(store, "a", 0, 60)
    reads = _stale_reads(monkeypatch, 2)
    with pytest.raises(Rejected) as refused:
        handler_of(store).handle(Count(command_id=new_id(), name="a", amount=50), "tester")
    assert (refused.value.code, refused.value.figures) == ("TOO_MUCH", {"left": 40})
    assert reads() == 3
    assert len(_log(store)) == 1


def test_who_was_overtaken_three_times_is_told_of_the_conflict(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_counts(store, "a", 0, 1)
    reads = _stale_reads(monkeypatch, 10)
    handler, command = handler_of(store), Count(command_id=new_id(), name="a", amount=1)
    with pytest.raises(Rejected) as refused:
        handler.handle(command, "tester")
    assert refused.value.code == "CONFLICT"
    assert reads() == 3
    monkeypatch.undo()
    assert handler.handle(command, "tester").position == 2, "the same command, sent again, goes through"


@POSTGRESQL
def test_nobody_overtakes_the_last_attempt(store: EventStore) -> None:
    """While a command is decided somebody appends to its stream: twice that is too fast for it, then it goes first."""
    seen: list[int] = []
    others: list[Future[int]] = []

    def decide(state: Total, command: Count) -> list[Event]:
        seen.append(state.amount)
        others.append(pool.submit(append_counts, store, "a", len(seen) - 1, 10))
        waits = len(seen) == ATTEMPTS
        assert _is_waiting(others[-1]) == waits
        return [Counted(name="a", amount=command.amount)]

    with ThreadPoolExecutor(1) as pool:
        handler = CommandHandler(store, [Decider(Count, decider().reads, decide)], Metrics("test"))
        answer = handler.handle(Count(command_id=new_id(), name="a", amount=1), "tester")
        with pytest.raises(Conflict):
            others[-1].result(10)
    assert (seen, answer.position) == ([0, 10, 20], 3)


def _is_waiting(other: Future[Any]) -> bool:
    try:
        other.result(WAIT_SECONDS)
    except TimeoutError:
        return True
    return False


def test_who_excludes_writers_lets_the_others_in_afterwards(store: EventStore) -> None:
    with ThreadPoolExecutor(2) as pool:
        with store.transaction() as transaction:
            transaction.exclude_writers()
            others = [pool.submit(append_counts, store, name, 0, 1) for name in ("a", "b")]
            assert all(_is_waiting(other) for other in others)
            assert transaction.head() == 0
        assert sorted(other.result(10) for other in others) == [1, 2]


def test_readers_do_not_wait_for_who_excludes_writers(store: EventStore) -> None:
    append_counts(store, "a", 0, 1)
    with store.transaction() as transaction:
        transaction.exclude_writers()
        with store.reading() as reader:
            assert reader.head() == 1


# On what only a state names.


class Follow(Command):
    """Count one more of what the count of `name` stands for."""

    name: str


def _follow(*, before_appending: Callable[[], object] = lambda: None) -> Decider:
    """`n5` is what a count of 5 stands for."""

    def decide(pointer: Total, followed: Total, command: Follow) -> list[Event]:
        before_appending()
        name = f"n{pointer.amount}"
        return [Counted(name=name, amount=followed.amount + 1), Counted(name=command.name, amount=1)]

    return Decider(
        Follow,
        reads=lambda command: ((COUNT, command.name),),
        decide=decide,
        also_reads=lambda pointer, _: ((COUNT, f"n{pointer.amount}"),),
    )


def _handler(store: EventStore, follow: Decider) -> CommandHandler:
    return CommandHandler(store, [follow], Metrics("test"))


def test_a_command_reads_and_appends_to_streams_that_a_state_names(store: EventStore) -> None:
    append_counts(store, "a", 0, 5)
    append_counts(store, "n5", 0, 2, 1)
    answer = _handler(store, _follow()).handle(Follow(command_id=new_id(), name="a"), "tester")
    assert [(one.stream_id, one.version) for one in answer.events] == [("count-n5", 3), ("count-a", 2)]
    with store.reading() as transaction:
        assert transaction.read_stream("count-n5")[-1].event == Counted(name="n5", amount=4)


def test_the_streams_that_a_state_names_are_named_anew_by_every_command(store: EventStore) -> None:
    append_counts(store, "a", 0, 5)
    handler = _handler(store, _follow())
    named = [handler.handle(Follow(command_id=new_id(), name="a"), "tester").events[0].stream_id for _ in range(3)]
    assert named == ["count-n5", "count-n6", "count-n7"]


@POSTGRESQL
@pytest.mark.parametrize("overtaken", ["a", "n5"])
def test_who_was_overtaken_names_the_streams_again(store: EventStore, overtaken: str) -> None:
    """By whom a state names, or by whom it is named: either way nothing is decided on what is past."""
    append_counts(store, "a", 0, 5)
    append_counts(store, "n5", 0, 1)
    overtaking = iter([lambda: append_counts(store, overtaken, 1, 10)])
    follow = _follow(before_appending=lambda: next(overtaking, lambda: 0)())
    answer = _handler(store, follow).handle(Follow(command_id=new_id(), name="a"), "tester")
    expected = {"a": [("count-n15", 1), ("count-a", 3)], "n5": [("count-n5", 3), ("count-a", 2)]}
    assert [(one.stream_id, one.version) for one in answer.events] == expected[overtaken]
    with store.reading() as transaction:
        counted = transaction.read_stream(answer.events[0].stream_id)[-1].event
    assert counted == Counted(name="n15", amount=1) if overtaken == "a" else Counted(name="n5", amount=12)
