"""Any permutation: messages doubled, dropped and reordered, crashes and a competitor give what an in-order run gives.

No broker in here: a made-up source log, a feed over it, and a subscription on SQLite. After every step the view is
compared with the log's beginning, so an event applied twice, out of order or not at all is seen at once.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.exc import OperationalError

from shared.eventstore import positions, upsert
from shared.eventstore.codec import Codec
from shared.eventstore.engine import open_engine
from shared.eventstore.store import EventStore, Recorded, Transaction
from shared.kernel.messages import Event
from shared.messaging import cloudevents
from shared.messaging.cloudevents import Incoming
from shared.messaging.subscription import TRANSIENT, Listens, Subscription
from shared.observability.metrics import Metrics

SOURCE = "source"


class Noted(Event, type="source.noted", stream="s-{stream}"):
    """A number was noted on a stream."""

    stream: int
    amount: int


CODEC = Codec([Noted])
METRICS = Metrics("permutations")

view = MetaData()
rows = Table(
    "view_rows",
    view,
    Column("place", Integer, primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
)
sums = Table(
    "view_sums",
    view,
    Column("consumer", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
)
"""Adding to a sum is what shows an event applied twice even where a row would be replaced."""


class Source:
    """A producer: its log, and its feed, which may be away, slow to fill a page, or overtaken while it answers."""

    def __init__(self) -> None:
        self.log: list[dict[str, Any]] = []
        self.away = False
        self.page: int | None = None
        self.meanwhile: Callable[[], None] | None = None

    def append(self, stream: int, amount: int) -> None:
        noted = Noted(stream=stream, amount=amount)
        event = Recorded(
            position=len(self.log) + 1, stream_id=noted.stream_id, version=1, event_id=f"e{len(self.log) + 1}",
            type=noted.event_type, schema_version=1, data=CODEC.encode(noted), command_id="c", correlation_id="c",
            causation_id="c", caller="test", on_behalf_of=None, recorded_at="2020-01-01T00:00:00.000000+00:00",
            effective_on=None, event=noted,
        )  # fmt: skip
        self.log.append(cloudevents.as_data(SOURCE, event))

    def pull(self, _source: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        if self.away:
            raise OSError("the producer is away")
        return self.log[after : after + (limit if self.page is None else self.page)], len(self.log)


_folder = tempfile.TemporaryDirectory(prefix="virksom-permutations-")
_store: list[EventStore] = []
_consumers = itertools.count(1)


def _opened() -> EventStore:
    """One database for all examples, each with a consumer's name of its own: making tables is what takes time."""
    if not _store:
        _store.append(EventStore(open_engine(f"sqlite:///{Path(_folder.name) / 'views.db'}"), Codec([])))
        _store[0].create_tables(view)
    return _store[0]


class Permutations(RuleBasedStateMachine):
    """A producer, a queue that treats its messages badly, and two consumers that share a database."""

    @initialize()
    def start(self) -> None:
        self.store = _opened()
        self.consumer = f"c{next(_consumers)}"
        self.source = Source()
        self.queue: list[dict[str, Any]] = []
        self.crashes = 0
        self.mine, self.rival = self._subscription(), self._subscription()

    def _subscription(self) -> Subscription:
        return Subscription(self.consumer, Listens(SOURCE, CODEC, self._react), self.store, self.source, METRICS)

    def _react(self, transaction: Transaction, _source: str, events: Sequence[Recorded]) -> None:
        for event in events:
            assert isinstance(event.event, Noted)
            row = {"consumer": self.consumer, "stream": event.stream_id, "position": event.position}
            transaction.connection.execute(insert(rows).values(row))
            upsert.add(transaction.connection, sums, [{"consumer": self.consumer, "amount": event.event.amount}])
        if self.crashes:
            self.crashes -= 1
            raise OperationalError("crashed with the work done and not committed", None, Exception())

    # The producer.

    @rule(stream=st.integers(0, 2), amounts=st.lists(st.integers(-5, 100), min_size=1, max_size=4))
    def append(self, stream: int, amounts: list[int]) -> None:
        for amount in amounts:
            self.source.append(stream, amount)
            self.queue.append(self.source.log[-1])

    @rule(away=st.booleans())
    def producer_comes_or_goes(self, away: bool) -> None:
        self.source.away = away

    @rule(page=st.sampled_from([None, 0, 1, 2]))
    def feed_fills_its_pages_differently(self, page: int | None) -> None:
        self.source.page = page

    # The queue.

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.queue), "message")
        self.queue.insert(data.draw(st.integers(0, len(self.queue)), "at"), message)

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        del self.queue[data.draw(st.integers(0, len(self.queue) - 1), "which")]

    @precondition(lambda self: len(self.queue) > 1)
    @rule(data=st.data(), size=st.integers(2, 8))
    def reorder(self, data: st.DataObject, size: int) -> None:
        self.queue[:size] = data.draw(st.permutations(self.queue[:size]), "window")

    # The consumers.

    @precondition(lambda self: self.queue)
    @rule(count=st.integers(1, 6), lost_ack=st.booleans(), rival=st.booleans())
    def deliver(self, count: int, lost_ack: bool, rival: bool) -> None:
        """A lost ack is a crash after the commit: the broker delivers the same messages again."""
        bodies = self.queue[:count]
        if not lost_ack:
            del self.queue[:count]
        subscription = self.rival if rival else self.mine
        _try(lambda: subscription.receive(bodies))

    @rule(times=st.integers(1, 2))
    def crash_before_commit_next(self, times: int) -> None:
        self.crashes = times

    @rule(overtaken=st.booleans())
    def pull(self, overtaken: bool) -> None:
        """Overtaken: the rival pulls between our reading of the position and our writing."""
        if overtaken:
            self.source.meanwhile = lambda: _try(self.rival.pull)
        _try(self.mine.pull)

    @precondition(lambda self: self.source.log)
    @rule(data=st.data(), size=st.integers(1, 5))
    def apply_what_was_read_long_ago(self, data: st.DataObject, size: int) -> None:
        """A consumer that was paused goes on from a position that may have been passed."""
        before = data.draw(st.integers(0, min(len(self.source.log) - 1, self.mine.position())), "position")
        run = [Incoming(body) for body in self.source.log[before : before + size]]
        _try(lambda: self.mine.apply(before, run))

    # What must hold.

    @invariant()
    def the_view_is_an_in_order_run_up_to_the_position(self) -> None:
        with self.store.reading() as transaction:
            connection = transaction.connection
            reached = positions.read(connection, self.consumer, SOURCE)
            seen = connection.execute(
                select(rows.c.stream, rows.c.position).where(rows.c.consumer == self.consumer).order_by(rows.c.place)
            ).all()
            amount = connection.execute(select(sums.c.amount).where(sums.c.consumer == self.consumer)).scalar()
        applied = self.source.log[:reached]
        assert [tuple(row) for row in seen] == [(body["subject"], int(body["sequence"])) for body in applied]
        assert (amount or 0) == sum(body["data"]["amount"] for body in applied)

    def teardown(self) -> None:
        if not hasattr(self, "source"):
            return
        self.crashes, self.source.away, self.source.page, self.source.meanwhile = 0, False, None, None
        self.mine.pull()
        assert self.mine.position() == len(self.source.log)
        assert self.mine.caught_up
        self.the_view_is_an_in_order_run_up_to_the_position()


def _try(work: Callable[[], object]) -> None:
    """Do it; what may pass by itself is let pass, as the listener does."""
    with suppress(*TRANSIENT):
        work()


Permutations.TestCase.settings = settings(
    max_examples=150, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyPermutationGivesWhatAnInOrderRunGives = Permutations.TestCase
