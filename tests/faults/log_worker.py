"""A process that writes to an event store, or tails it: `python -m tests.faults.log_worker write|tail URI SEED COUNT`.

Uses the store as any caller would; prints what it committed, or saw, as one JSON text.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid

from sqlalchemy.exc import OperationalError

from shared.eventstore.codec import Codec
from shared.eventstore.context import Context
from shared.eventstore.engine import open_engine
from shared.eventstore.store import Conflict, EventStore, StreamAppend, Transaction
from shared.kernel.messages import Event

HOT = [f"note-hot{number}" for number in range(3)]
TAIL_SECONDS = 90


class Noted(Event, type="test.noted", stream="note-{key}"):
    """Somebody wrote something."""

    key: str
    writer: int
    number: int


class Ended(Event, type="test.ended", stream="end"):
    """Nobody writes any more."""


class Abandoned(Exception):
    """The transaction is to be rolled back."""


def open_store(uri: str) -> EventStore:
    """The store, its tables made if they are missing."""
    store = EventStore(open_engine(uri, pool_size=1), Codec([Noted, Ended]))
    store.create_tables()
    return store


class Writer:
    """Appends to its own streams and, in conflict with others, to a few that are shared."""

    def __init__(self, store: EventStore, seed: int) -> None:
        self._store = store
        self._seed = seed
        self._random = random.Random(seed)
        self.committed: list[tuple[str, int]] = []
        self.conflicts = self.abandoned = 0

    def write(self, number: int) -> None:
        """One transaction: committed, abandoned, or refused for a conflict."""
        chance = self._random.random()
        own = f"note-w{self._seed}-{number % 5}"
        streams = [own] if chance < 0.5 else [self._random.choice(HOT)] if chance < 0.75 else [own, *HOT[:2]]
        try:
            with self._store.transaction() as transaction:
                written = self._append(transaction, streams, number)
                if self._random.random() < 0.15:
                    raise Abandoned
            self.committed += written
        except Conflict:
            self.conflicts += 1
        except Abandoned:
            self.abandoned += 1

    def _append(self, transaction: Transaction, streams: list[str], number: int) -> list[tuple[str, int]]:
        appends, written = [], []
        for stream in streams:
            known = transaction.read_stream(stream)
            version = known[-1].version if known else 0
            events = [
                Noted(key=stream.removeprefix("note-"), writer=self._seed, number=number)
                for _ in range(self._random.choice((1, 1, 3)))
            ]
            appends.append(StreamAppend(stream, version, events))
            written += [(stream, version + place) for place in range(1, len(events) + 1)]
        self._think()
        context = str(uuid.uuid4())
        transaction.append(appends, Context(context, context, context, "test"))
        self._think()
        return written

    def _think(self) -> None:
        time.sleep(self._random.random() / 1000)


def tail(store: EventStore) -> list[tuple[int, str, int]]:
    """Everything the log shows to one who polls it from the last position seen, up to the end."""
    seen: list[tuple[int, str, int]] = []
    deadline = time.monotonic() + TAIL_SECONDS
    while time.monotonic() < deadline:
        with store.reading() as transaction:
            found = transaction.read_log(seen[-1][0] if seen else 0, 100)
        seen += [(event.position, event.stream_id, event.version) for event in found]
        if found and isinstance(found[-1].event, Ended):
            break
        time.sleep(0.0005)
    return seen


def main(role: str, uri: str, seed: int, count: int) -> None:
    """Do what the role says and tell about it."""
    store = open_store(uri)
    if role == "tail":
        print(json.dumps({"seen": tail(store)}))
        return
    writer, busy = Writer(store, seed), 0
    for number in range(count):
        try:
            writer.write(number)
        except OperationalError:
            busy += 1
    counts = {"conflicts": writer.conflicts, "abandoned": writer.abandoned, "busy": busy}
    print(json.dumps({"committed": writer.committed, **counts}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
