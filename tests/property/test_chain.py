"""The chain by itself: whatever a log holds it verifies, and whatever is changed in it is found."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.eventstore.chain import COLUMNS, TIME_LENGTH, Broken, Chain, digest, link
from shared.eventstore.store import utc_now

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
maybe = st.none() | texts
numbers = st.integers(1, 2**53)
contents = st.tuples(texts, numbers, texts, texts, numbers, texts, maybe, texts, texts, texts, texts, maybe)
times = st.datetimes().map(lambda time: time.isoformat(timespec="microseconds") + "+00:00")
appends = st.lists(st.tuples(times, st.lists(contents, min_size=1, max_size=4)), min_size=1, max_size=5)

Row = tuple[Any, ...]


def stored(log: list[tuple[str, list[Any]]]) -> list[Row]:
    """The rows of a log of these appends."""
    rows: list[Row] = []
    newest = ""
    for recorded_at, events in log:
        digests = [digest(content) for content in events]
        newest = link(newest, recorded_at, digests)
        for content, own in zip(events, digests, strict=True):
            rows.append((len(rows) + 1, *content, recorded_at, own, newest))
    return rows


def broken(rows: list[Row], head: tuple[int, str]) -> Broken | None:
    """What is wrong with these rows and this head of the log, if anything."""
    chain = Chain()
    for row in rows:
        if found := chain.add(row):
            return found
    return chain.finish(*head)


def first_of_append(rows: list[Row], place: int) -> int:
    """The position where the append of the row at `place` begins."""
    return next(position for position, row in enumerate(rows, 1) if row[-1] == rows[place][-1])


@given(appends, st.data())
def test_a_log_verifies_and_one_changed_value_is_found_at_its_event_or_where_its_append_begins(
    log: list[tuple[str, list[Any]]], data: st.DataObject
) -> None:
    rows = stored(log)
    head = (len(rows), rows[-1][-1])
    assert broken(rows, head) is None
    place, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.sampled_from(COLUMNS[1:]))
    index = COLUMNS.index(column)
    other = data.draw((maybe | numbers).filter(lambda value: value != rows[place][index]))
    if column in ("recorded_at", "chain"):
        expected = Broken(first_of_append(rows, place), "link")
        other = str(other)
    else:
        expected = Broken(place + 1, "digest")
    changed = [*rows]
    changed[place] = (*rows[place][:index], other, *rows[place][index + 1 :])
    assert broken(changed, head) == expected


@given(appends, st.data())
def test_events_in_another_order_or_left_out_are_found(log: list[tuple[str, list[Any]]], data: st.DataObject) -> None:
    rows = stored(log)
    head = (len(rows), rows[-1][-1])
    chosen = data.draw(st.lists(st.sampled_from(range(len(rows))), max_size=len(rows), unique=True))
    # Events of one time and content may change places: nobody could tell.
    picked = [rows[place] for place in chosen]
    if [row[1:] for row in picked] == [row[1:] for row in rows]:
        return
    renumbered: list[Row] = [(position, *row[1:]) for position, row in enumerate(picked, 1)]
    assert broken(renumbered, head) is not None


@given(contents)
def test_a_digest_is_that_of_the_compact_json_array(content: Any) -> None:
    spelled = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    assert digest(content) == hashlib.sha256(spelled.encode()).hexdigest()
    assert json.loads(spelled) == [*content]


def test_digest_and_link_are_spelled_as_documented() -> None:
    spelled = '["grant-ø",1,"e","t",1,"{\\"a\\": \\"\\u0001\\"}",null,"c","k","k","who",null]'
    own = digest(("grant-ø", 1, "e", "t", 1, '{"a": "\x01"}', None, "c", "k", "k", "who", None))
    assert own == hashlib.sha256(spelled.encode()).hexdigest()
    time = "2026-11-22T17:00:20.295126+00:00"
    assert link(own, time, [own, own]) == hashlib.sha256((own + time + own + own).encode()).hexdigest()


def test_a_time_has_the_length_that_the_link_relies_on() -> None:
    assert len(utc_now()) == TIME_LENGTH
