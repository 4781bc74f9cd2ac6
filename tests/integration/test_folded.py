"""States kept between commands, on both databases: never older than the log, and never beyond it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from shared.eventstore import folded, snapshots, tables
from shared.eventstore.folded import Folded
from shared.eventstore.handling import CommandHandler
from shared.eventstore.store import EventStore
from shared.kernel.rejection import Rejected
from tests.counting import COUNT, SNAPSHOTTED, Count, Total, append_counts, handler_of
from tests.worlds import new_id


def _count(handler: CommandHandler, amount: int = 1, name: str = "a") -> None:
    handler.handle(Count(command_id=new_id(), name=name, amount=amount), "tester")


def test_what_another_process_appended_is_seen_by_the_next_command(store: EventStore) -> None:
    one, other = handler_of(store), handler_of(store)
    _count(one, 40)
    _count(other, 50)
    with pytest.raises(Rejected) as refused:
        _count(one, 20)
    assert refused.value.figures == {"left": 10}
    _count(one, 10)


def test_a_stream_is_read_from_where_it_was_left(store: EventStore) -> None:
    kept, reads = Folded(), ((COUNT, "a"), (COUNT, "b"))
    append_counts(store, "a", 0, 1, 2)
    with store.reading() as transaction:
        loaded = kept.load_many(transaction, reads)
    kept.keep(list(zip(reads, loaded, strict=True)), {})
    append_counts(store, "a", 2, 3)
    with store.reading() as transaction:
        again = kept.load_many(transaction, reads)
    assert [(one.state, one.version, one.folded) for one in again] == [(Total(amount=6), 3, 3), (Total(), 0, 0)]


def test_snapshots_are_kept_though_the_states_are(store: EventStore) -> None:
    handler = handler_of(store, SNAPSHOTTED)
    for _ in range(7):
        _count(handler)
    with store.reading() as transaction:
        version = transaction.connection.execute(select(tables.snapshots.c.version)).scalar_one()
        fresh = snapshots.load(transaction, SNAPSHOTTED, "a")
    assert version in (3, 6)
    assert (fresh.state, fresh.version) == (Total(amount=7), 7)


def test_a_database_restored_to_an_earlier_day_is_believed_from_the_first_conflict_on(store: EventStore) -> None:
    handler = handler_of(store)
    for _ in range(3):
        _count(handler, 30)
    with store.transaction() as transaction:
        connection = transaction.connection
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER events_are_append_only ON events"))
        else:
            connection.execute(text("DROP TRIGGER events_are_not_deleted"))
        connection.execute(text("DELETE FROM events WHERE position > 1"))
        connection.execute(text("UPDATE event_counter SET position = 1"))
    _count(handler, 10)
    _count(handler, 60)
    with store.reading() as transaction:
        assert transaction.connection.execute(select(func.count()).select_from(tables.events)).scalar_one() == 3


def test_only_so_many_states_are_kept(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folded, "KEPT", 3)
    handler = handler_of(store)
    for name in "abcd":
        _count(handler, name=name)
    assert list(handler._folded._kept) == ["count-b", "count-c", "count-d"]
    _count(handler, 99, name="a")


def test_a_command_over_many_streams_leaves_the_kept_ones_alone(store: EventStore) -> None:
    kept, many = Folded(), tuple((COUNT, f"n{number}") for number in range(snapshots.FEW + 1))
    with store.reading() as transaction:
        loaded = kept.load_many(transaction, many)
    kept.keep(list(zip(many, loaded, strict=True)), {})
    assert not kept._kept
