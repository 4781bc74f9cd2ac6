"""Commands that read and write thousands of streams, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, update

from shared.eventstore import snapshots, tables
from shared.eventstore import store as store_module
from shared.eventstore.handling import CommandHandler
from shared.eventstore.store import EventStore, StreamAppend
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Command, Event
from shared.observability.metrics import Metrics
from tests.counting import CONTEXT, COUNT, SNAPSHOTTED, Counted, Total, append_counts, evolve
from tests.worlds import new_id


class CountMany(Command):
    """Count one more of each name."""

    names: list[str]


def decide_many(*given: Any) -> list[Event]:
    *states, command = given
    return [Counted(name=name, amount=state.amount + 1) for name, state in zip(command.names, states, strict=True)]


def handler_of_many(store: EventStore, aggregate: Aggregate[Total]) -> CommandHandler:
    decider = Decider(CountMany, lambda command: tuple((aggregate, name) for name in command.names), decide_many)
    return CommandHandler(store, [decider], Metrics("test"))


def names(count: int) -> list[str]:
    return [f"n{number:05}" for number in range(count)]


def fill(store: EventStore, lengths: dict[str, int]) -> None:
    """Give each stream so many events."""
    with store.transaction() as transaction:
        appends = [
            StreamAppend(f"count-{name}", 0, [Counted(name=name, amount=number) for number in range(length)])
            for name, length in lengths.items()
        ]
        transaction.append(appends, CONTEXT)


def one_by_one(store: EventStore, reads: list[snapshots.Read]) -> list[snapshots.Loaded]:
    with store.reading() as transaction:
        return [snapshots.load(transaction, aggregate, key) for aggregate, key in reads]


def together(store: EventStore, reads: list[snapshots.Read]) -> list[snapshots.Loaded]:
    with store.reading() as transaction:
        return snapshots.load_many(transaction, reads)


@contextmanager
def statements(store: EventStore) -> Iterator[list[str]]:
    """The statements made while the block runs, and the beginning of every transaction."""
    seen: list[str] = []

    def note(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    def begin(_connection: Connection) -> None:
        seen.append("TRANSACTION")

    listeners: list[tuple[str, Callable[..., None]]] = [("before_cursor_execute", note), ("begin", begin)]
    for name, listener in listeners:
        event.listen(store.engine, name, listener)
    yield seen
    for name, listener in listeners:
        event.remove(store.engine, name, listener)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("chunk", [3, 500])
def test_streams_loaded_together_are_what_each_is_loaded_alone(
    store: EventStore, monkeypatch: pytest.MonkeyPatch, seed: int, chunk: int
) -> None:
    monkeypatch.setattr(snapshots, "CHUNK", chunk)
    chance = random.Random(seed)
    lengths = {name: chance.choice([1, 2, 5, 12]) for name in names(12)}
    fill(store, lengths)
    with store.transaction() as transaction:
        for name in chance.sample(list(lengths), 6):
            version = chance.randint(1, lengths[name])
            state = Total(amount=sum(range(version)))
            snapshots.keep(transaction, SNAPSHOTTED, name, snapshots.Loaded(state, version, version))
        unreadable = update(tables.snapshots).values(state="null")
        for name in chance.sample(list(lengths), 3):
            transaction.connection.execute(unreadable.where(tables.snapshots.c.stream_id == f"count-{name}"))
    known: list[Aggregate[Any]] = [COUNT, SNAPSHOTTED, Aggregate("other", Total(), evolve, snapshot_every=1)]
    for count in (0, 1, 2, 4, 30):
        reads = [(chance.choice(known), chance.choice([*lengths, "unknown"])) for _ in range(count)]
        found, wanted = together(store, reads), one_by_one(store, reads)
        # How many events were folded may differ: for a few it can be quicker not to look for snapshots.
        assert [(one.state, one.version) for one in found] == [(one.state, one.version) for one in wanted]


def test_of_several_snapshots_of_a_stream_the_newest_of_its_shape_is_taken(store: EventStore) -> None:
    fill(store, dict.fromkeys(["a", *names(40)], 5))
    schema = snapshots.state_schema(Total)
    rows = [("count-a", 2, schema, 20), ("count-a", 4, schema, 40), ("count-a", 5, "another shape", 50)]
    with store.transaction() as transaction:
        for stream_id, version, shape, amount in rows:
            state = Total(amount=amount).model_dump_json()
            values = {"stream_id": stream_id, "version": version, "state_schema": shape, "state": state}
            transaction.connection.execute(tables.snapshots.insert().values(values))
    reads: list[snapshots.Read] = [(SNAPSHOTTED, name) for name in ("a", *names(40))]
    assert together(store, reads) == one_by_one(store, reads)
    assert together(store, reads)[0] == snapshots.Loaded(Total(amount=44), 5, 1)


def test_many_streams_are_loaded_with_few_queries(store: EventStore) -> None:
    fill(store, dict.fromkeys(names(1200), 2))
    reads: list[snapshots.Read] = [(SNAPSHOTTED, name) for name in names(1200)]
    with statements(store) as seen:
        together(store, reads)
    assert len([statement for statement in seen if "SELECT" in statement]) == 6


def test_a_stream_that_is_too_long_is_refused_among_others_too(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "LONGEST_STREAM", 10)
    fill(store, dict.fromkeys(names(40), 10) | {"c": 11})
    reads: list[snapshots.Read] = [(COUNT, name) for name in names(40)]
    assert together(store, reads) == one_by_one(store, reads), "together they may be longer"
    with pytest.raises(OverflowError, match="count-c"):
        together(store, [*reads, (COUNT, "c")])


def test_a_command_over_ten_thousand_streams_is_carried_out_in_seconds(store: EventStore) -> None:
    fill(store, dict.fromkeys(names(10_000), 2))
    handler, command = handler_of_many(store, COUNT), CountMany(command_id=new_id(), names=names(10_000))
    started = perf_counter()
    answer = handler.handle(command, "tester")
    assert perf_counter() - started < 20, "generous, for a loaded machine; alone it takes one or two"
    assert (answer.position, len(answer.events)) == (30_000, 10_000)
    assert {(one.type, one.version) for one in answer.events} == {("test.counted", 3)}
    assert handler.handle(command, "tester") == answer
    assert together(store, [(COUNT, "n00000"), (COUNT, "n09999")])[1] == snapshots.Loaded(Total(amount=3), 3, 3)


def test_one_stream_among_thousands_at_another_version_refuses_the_append_to_all(store: EventStore) -> None:
    fill(store, dict.fromkeys(names(2000), 1))
    append_counts(store, "n01234", 1, 1)
    appends = [StreamAppend(f"count-{name}", 1, [Counted(name=name, amount=1)]) for name in names(2000)]
    with pytest.raises(store_module.Conflict), store.transaction() as transaction:
        transaction.append(appends, CONTEXT)
    with store.reading() as transaction:
        assert transaction.head() == 2001


def test_the_snapshots_of_a_command_are_kept_in_one_transaction(store: EventStore) -> None:
    fill(store, dict.fromkeys(names(300), 3) | {"short": 1})
    handler = handler_of_many(store, SNAPSHOTTED)
    with statements(store) as seen:
        handler.handle(CountMany(command_id=new_id(), names=["short", *names(300)]), "tester")
    assert seen.count("TRANSACTION") == 2
    with store.reading() as transaction:
        kept = transaction.connection.execute(
            select(func.count(), func.min(tables.snapshots.c.version), func.max(tables.snapshots.c.version))
        ).one()
    assert tuple(kept) == (300, 3, 3)


def test_snapshots_of_many_streams_take_the_place_of_older_ones(store: EventStore) -> None:
    fill(store, dict.fromkeys(names(5), 3))
    handler = handler_of_many(store, SNAPSHOTTED)
    for _ in range(7):
        handler.handle(CountMany(command_id=new_id(), names=names(5)), "tester")
    with store.reading() as transaction:
        versions = transaction.connection.execute(select(tables.snapshots.c.version)).scalars().all()
    assert versions == [9] * 5
    reads: list[snapshots.Read] = [(SNAPSHOTTED, name) for name in names(5)]
    plain: list[snapshots.Read] = [(COUNT, name) for name in names(5)]
    assert [one.state for one in together(store, reads)] == [one.state for one in together(store, plain)]
