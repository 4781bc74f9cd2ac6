"""States that this process has folded before, so that a stream read again is read from where it was left.

A stream's state at a version never changes, so what is kept is never wrong; it may only be behind, and then the events
since are folded onto it. What a conflict was met with is forgotten all the same: in a database that was restored to an
earlier day under a running process, other events come under the same versions.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from shared.eventstore import snapshots
from shared.eventstore.snapshots import Loaded, Read
from shared.eventstore.store import Transaction
from shared.kernel.messages import Event

KEPT = 1_000
"""So many streams are kept; the one that was longest unused goes first."""


class Folded:
    """The states of the streams used last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Loaded] = OrderedDict()

    def load_many(self, transaction: Transaction, reads: Sequence[Read]) -> list[Loaded]:
        """What `snapshots.load_many` gives, from the states that are kept; `folded` counts from the last snapshot."""
        if len(reads) > snapshots.FEW:
            # A bulk command would push all the others out.
            return snapshots.load_many(transaction, reads)
        begun = [self._kept.get(aggregate.stream_id(key)) for aggregate, key in reads]
        return snapshots.load_onto(transaction, reads, begun)

    def keep(self, read: Sequence[tuple[Read, Loaded]], appended: Mapping[str, Sequence[Event]]) -> None:
        """Keep the states that a command read, with what it then appended to their streams and committed."""
        if len(read) > snapshots.FEW:
            return
        for (aggregate, key), loaded in read:
            stream_id = aggregate.stream_id(key)
            events = appended.get(stream_id, ())
            state = aggregate.fold(events, loaded.state)
            self._kept.pop(stream_id, None)
            self._kept[stream_id] = Loaded(state, loaded.version + len(events), loaded.folded + len(events))
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def forget(self, reads: Iterable[Read]) -> None:
        """Read these streams afresh the next time."""
        for aggregate, key in reads:
            self._kept.pop(aggregate.stream_id(key), None)
