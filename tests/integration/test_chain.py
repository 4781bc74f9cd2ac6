"""The hash chain on both databases: what was appended verifies, and whatever is changed behind our back is found."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text, update

from shared.eventstore import chain
from shared.eventstore.chain import COLUMNS, Broken, Chain
from shared.eventstore.context import Context
from shared.eventstore.handling import CommandHandler
from shared.eventstore.store import CommandKnown, Conflict, EventStore, StreamAppend
from shared.eventstore.tables import event_counter, events
from shared.kernel.decider import Decider
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from shared.observability.metrics import Metrics
from tests.counting import CONTEXT, COUNT, Count, Counted, Total, append_counts, handler_of
from tests.worlds import new_id

TRIGGERS = {
    "postgresql": ["DROP TRIGGER events_are_append_only ON events"],
    "sqlite": ["DROP TRIGGER events_are_not_updated", "DROP TRIGGER events_are_not_deleted"],
}
EVERY_ROW = select(*(events.c[name] for name in COLUMNS)).order_by(events.c.position)


@pytest.fixture
def log(store: EventStore) -> EventStore:
    """A log of three appends (position 1, positions 2 to 4, position 5) that can be tampered with."""
    append_counts(store, "a", 0, 1)
    append_counts(store, "a", 1, 2, 3, 4)
    append_counts(store, "b", 0, 5)
    with store.transaction() as transaction:
        for statement in TRIGGERS[store.engine.dialect.name]:
            transaction.connection.exec_driver_sql(statement)
    return store


def broken(store: EventStore) -> Broken | None:
    """What is wrong with the store's log, if anything."""
    verifier = Chain()
    with store.reading() as transaction:
        for row in transaction.connection.execute(EVERY_ROW):
            if found := verifier.add(row):
                return found
        counter = transaction.connection.execute(select(event_counter)).one()
    return verifier.finish(counter.position, counter.chain)


def newest(store: EventStore) -> tuple[int, str]:
    with store.reading() as transaction:
        row = transaction.connection.execute(select(event_counter.c.position, event_counter.c.chain)).one()
    return row.position, row.chain


def tamper(store: EventStore, *statements: str) -> None:
    with store.transaction() as transaction:
        for statement in statements:
            transaction.connection.execute(text(statement))


# What is appended.


def test_what_is_appended_verifies_with_one_link_for_each_append(log: EventStore) -> None:
    assert broken(log) is None
    with log.reading() as transaction:
        rows = transaction.connection.execute(EVERY_ROW).all()
    links = [row.chain for row in rows]
    assert links[1] == links[2] == links[3]
    assert len({*links}) == 3
    assert newest(log) == (5, links[4])
    assert links[0] == chain.link("", rows[0].recorded_at, [rows[0].digest])
    assert links[4] == chain.link(links[3], rows[4].recorded_at, [rows[4].digest])


def test_every_column_of_an_event_is_fed_to_the_chain() -> None:
    assert set(COLUMNS) == set(events.c.keys())


def test_a_chain_can_be_verified_from_where_it_was_before(log: EventStore) -> None:
    with log.reading() as transaction:
        rows = transaction.connection.execute(EVERY_ROW).all()
    verifier = Chain(4, rows[3].chain)
    assert verifier.add(rows[4]) is None
    assert verifier.finish(*newest(log)) is None
    assert (verifier.position, verifier.chain) == newest(log)
    forged = Chain(4, rows[0].chain)
    assert forged.add(rows[4]) is None
    assert forged.finish() == Broken(5, "link")


def test_an_empty_log_is_unbroken(store: EventStore) -> None:
    assert newest(store) == (0, "")
    assert broken(store) is None


def test_a_command_that_changes_nothing_or_is_refused_leaves_the_chain(store: EventStore) -> None:
    append_counts(store, "a", 0, 90)
    before = newest(store)

    def decide_nothing(_state: Total, _command: Count) -> list[Event]:
        return []

    idle = CommandHandler(
        store, [Decider(Count, lambda command: ((COUNT, command.name),), decide_nothing)], Metrics("test")
    )
    command = Count(command_id=new_id(), name="a", amount=20)
    idle.handle(command, "tester")
    assert newest(store) == before
    with pytest.raises(Rejected):
        handler_of(store).handle(Count(command_id=new_id(), name="a", amount=20), "tester")
    with pytest.raises(Conflict):
        append_counts(store, "a", 0, 1)
    with pytest.raises(CommandKnown), store.transaction() as transaction:
        known = Counted(name="a", amount=1)
        context = Context(command.command_id, "correlation", "causation", "tester")
        transaction.append([StreamAppend("count-a", 1, [known])], context, "hash")
    assert newest(store) == before
    assert broken(store) is None


def test_two_appends_in_one_transaction_are_two_links(store: EventStore) -> None:
    with store.transaction() as transaction:
        for name in "ab":
            transaction.append([StreamAppend(f"count-{name}", 0, [Counted(name=name, amount=1)])], CONTEXT)
    with store.reading() as transaction:
        first, second = transaction.connection.execute(EVERY_ROW).all()
    assert first.chain != second.chain
    assert broken(store) is None


def test_the_time_in_the_link_is_the_one_that_was_settled(store: EventStore) -> None:
    times = iter(f"2020-01-01T00:00:{second:02}.000000+00:00" for second in (30, 10, 40))
    backwards = EventStore(store.engine, store.codec, clock=lambda: next(times))
    for version in range(3):
        append_counts(backwards, "a", version, 1)
    assert broken(store) is None


@pytest.mark.parametrize("text", ['æøå "quoted" \\ back', "\u2028\x7f\x1f\n\t", "\U0001f600"])
def test_any_text_verifies(store: EventStore, text: str) -> None:
    append_counts(store, text, 0, 1, command=text)
    append_counts(store, "a", 0, 1)
    assert broken(store) is None


def test_eight_writers_at_once_make_one_unbroken_chain(store: EventStore) -> None:
    def write(writer: int) -> None:
        for version in range(25):
            append_counts(store, f"w{writer}", 2 * version, 1, 2)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert broken(store) is None
    assert newest(store)[0] == 400


def test_postgresql_needs_one_statement_to_append_and_link(store: EventStore) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite's write lock is held by one process, where statements cost no round trip")
    append_counts(store, "a", 0, 1)
    seen: list[str] = []

    def note(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    append_counts(store, "a", 1, 2)
    assert len(seen) == 1


# What is tampered with.

CHANGES = {
    **{name: f"{name} = coalesce({name}, '') || 'x'" for name in COLUMNS},
    **{name: f"{name} = {name} + 1000" for name in ("position", "version", "schema_version")},
    "recorded_at": "recorded_at = '1999' || substr(recorded_at, 5)",
}
OF_THE_APPEND = ("recorded_at", "chain")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found_at_its_event(log: EventStore, column: str) -> None:
    tamper(log, f"UPDATE events SET {CHANGES[column]} WHERE position = 5")
    found = broken(log)
    assert found is not None
    assert found.position == 5


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in OF_THE_APPEND])
def test_a_changed_column_is_found_at_its_event_among_others_of_its_append(log: EventStore, column: str) -> None:
    tamper(log, f"UPDATE events SET {CHANGES[column]} WHERE position = 3")
    assert broken(log) == Broken(3, "position" if column == "position" else "digest")


@pytest.mark.parametrize("column", OF_THE_APPEND)
@pytest.mark.parametrize("position", [2, 3, 4])
def test_what_belongs_to_the_append_is_found_where_the_append_begins(
    log: EventStore, column: str, position: int
) -> None:
    tamper(log, f"UPDATE events SET {CHANGES[column]} WHERE position = {position}")
    assert broken(log) == Broken(2, "link")


@pytest.mark.parametrize("column", ["on_behalf_of", "effective_on"])
def test_nothing_is_told_from_an_empty_text(log: EventStore, column: str) -> None:
    tamper(log, f"UPDATE events SET {column} = CASE WHEN {column} IS NULL THEN '' END WHERE position = 4")
    assert broken(log) == Broken(4, "digest")


def test_a_value_moved_to_the_column_beside_it_is_found(log: EventStore) -> None:
    tamper(log, "UPDATE events SET correlation_id = correlation_id || causation_id, causation_id = ''")
    assert broken(log) == Broken(1, "digest")


def test_bytes_where_a_text_should_stand_are_found(log: EventStore) -> None:
    if log.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's columns hold what their type says")
    tamper(log, "UPDATE events SET recorded_at = CAST(recorded_at AS BLOB) WHERE position = 5")
    assert broken(log) == Broken(5, "link")
    tamper(log, "UPDATE events SET data = x'ff' WHERE position = 3")
    assert broken(log) == Broken(3, "digest")


SHIFT = "UPDATE events SET position = -(position {by}) WHERE position > {after}"
SHIFTED = "UPDATE events SET position = -position WHERE position < 0"


def close_up(position: int) -> list[str]:
    """Take an event away so that no position is missing."""
    shift = SHIFT.format(by="- 1", after=position)
    counter = "UPDATE event_counter SET position = position - 1"
    return [f"DELETE FROM events WHERE position = {position}", shift, SHIFTED, counter]


def test_a_removed_event_is_found_where_it_was(log: EventStore) -> None:
    tamper(log, "DELETE FROM events WHERE position = 3")
    assert broken(log) == Broken(3, "position")


@pytest.mark.parametrize(("removed", "found"), [(1, 1), (2, 2), (3, 2), (4, 2)])
def test_a_removed_event_is_found_where_its_append_begins_also_when_the_gap_was_closed(
    log: EventStore, removed: int, found: int
) -> None:
    tamper(log, *close_up(removed))
    assert broken(log) == Broken(found, "link")


def test_an_end_that_was_cut_off_is_found_by_the_counter(log: EventStore) -> None:
    tamper(log, "DELETE FROM events WHERE position = 5")
    assert broken(log) == Broken(5, "counter")
    tamper(log, "UPDATE event_counter SET position = 4")
    assert broken(log) == Broken(4, "counter")


def test_an_end_that_was_cut_off_with_its_counter_is_found_by_who_noted_the_head(log: EventStore) -> None:
    noted = newest(log)
    tamper(
        log,
        "DELETE FROM events WHERE position = 5",
        "UPDATE event_counter SET position = 4, chain = (SELECT chain FROM events WHERE position = 4)",
    )
    assert broken(log) is None, "from within it cannot be seen"
    assert newest(log) != noted


@pytest.mark.parametrize(("one", "other", "found"), [(2, 3, 2), (4, 5, 2), (1, 5, 1)])
def test_two_swapped_events_are_found_where_the_first_of_their_appends_begins(
    log: EventStore, one: int, other: int, found: int
) -> None:
    swap = f"UPDATE events SET position = -({one + other} - position) WHERE position IN ({one}, {other})"
    tamper(log, swap, SHIFTED)
    assert broken(log) == Broken(found, "link")


@pytest.mark.parametrize(("after", "of_append", "found"), [(5, 5, 5), (2, 3, 2), (4, 4, 2), (1, 5, 2)])
def test_an_inserted_event_is_found_where_its_append_begins(
    log: EventStore, after: int, of_append: int, found: int
) -> None:
    tamper(log, SHIFT.format(by="+ 1", after=after), SHIFTED, "UPDATE event_counter SET position = position + 1")
    with log.transaction() as transaction:
        place = of_append + (of_append > after)
        row = transaction.connection.execute(EVERY_ROW.where(events.c.position == place)).one()
        forged = row._asdict() | {"position": after + 1, "stream_id": "count-forged", "version": 1}
        forged["digest"] = chain.digest([forged[name] for name in COLUMNS[1:13]])
        transaction.connection.execute(insert(events).values(forged))
    assert broken(log) == Broken(found, "link")


@pytest.mark.parametrize(("position", "found"), [(1, 1), (3, 2), (4, 2), (5, 5)])
def test_a_changed_event_with_a_new_digest_is_found_where_its_append_begins(
    log: EventStore, position: int, found: int
) -> None:
    redigest(log, position, lambda row: {"data": row["data"].replace("name", "game")})
    assert broken(log) == Broken(found, "link")


def test_a_digest_cannot_be_moved_into_the_time_to_hide_its_event(log: EventStore) -> None:
    tamper(
        log,
        "UPDATE events SET recorded_at = recorded_at || (SELECT digest FROM events WHERE position = 2)"
        " WHERE position IN (3, 4)",
        *close_up(2),
    )
    assert broken(log) == Broken(2, "link")


def redigest(store: EventStore, position: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change an event and give it the digest of its new content."""
    with store.transaction() as transaction:
        row = transaction.connection.execute(EVERY_ROW.where(events.c.position == position)).one()._asdict()
        values = change(row)
        values["digest"] = chain.digest([(row | values)[name] for name in COLUMNS[1:13]])
        transaction.connection.execute(update(events).where(events.c.position == position).values(values))
