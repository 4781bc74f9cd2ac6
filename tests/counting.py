"""Counting: as small a domain as can be, to try the event store with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from shared.eventstore.codec import Codec
from shared.eventstore.context import Context
from shared.eventstore.handling import CommandHandler
from shared.eventstore.store import EventStore, StreamAppend
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Command, Event, Value
from shared.kernel.rejection import Rejected
from shared.observability.metrics import Metrics


class Counted(Event, type="test.counted", stream="count-{name}"):
    """Something was counted."""

    name: str
    amount: int


class Count(Command):
    """Count something, up to a hundred."""

    name: str
    amount: int


class Total(Value):
    """What was counted so far."""

    amount: int = 0


def evolve(state: Total, event: Event) -> Total:
    """What was counted after one more event."""
    return Total(amount=state.amount + event.amount) if isinstance(event, Counted) else state


def decide(state: Total, command: Count) -> list[Event]:
    """The count, up to a hundred in all."""
    if state.amount + command.amount > 100:
        raise Rejected("TOO_MUCH", "Not beyond a hundred.", left=100 - state.amount)
    return [Counted(name=command.name, amount=command.amount)]


COUNT = Aggregate("count", Total(), evolve)
SNAPSHOTTED = Aggregate("count", Total(), evolve, snapshot_every=3)
CODEC = Codec([Counted])
CONTEXT = Context("command", "correlation", "causation", "tester", "somebody")


def decider(aggregate: Aggregate[Total] = COUNT) -> Decider:
    """How `Count` is decided, on streams of this aggregate."""
    return Decider(Count, lambda command: ((aggregate, command.name),), decide)


def open_store(engine: Engine, codec: Codec = CODEC, **options: Any) -> EventStore:
    """A store on an engine, with its tables."""
    made = EventStore(engine, codec, **options)
    made.create_tables()
    return made


def handler_of(store: EventStore, aggregate: Aggregate[Total] = COUNT) -> CommandHandler:
    """What carries out `Count` on a store."""
    return CommandHandler(store, [decider(aggregate)], Metrics("test"))


def append_counts(store: EventStore, name: str, expected: int, *amounts: int, command: str = "command") -> int:
    """Append one event per amount to a stream, with no command to be remembered; the last position."""
    events = [Counted(name=name, amount=amount) for amount in amounts]
    with store.transaction() as transaction:
        context = Context(command, "correlation", "causation", "tester", "somebody")
        return transaction.append([StreamAppend(f"count-{name}", expected, events)], context)
