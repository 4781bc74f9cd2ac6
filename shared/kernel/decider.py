"""The shape of a decision: which streams a command reads, and the pure functions that fold and decide.

`evolve(state, event) -> state` folds one stream; `decide(*states, command) -> list[Event]` says what happens, or
raises Rejected. Neither knows the clock, chance or any input but its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.kernel.messages import Command, Event, Value

S = TypeVar("S", bound=Value)


@dataclass(frozen=True)
class Aggregate(Generic[S]):
    """A kind of stream: its name is the prefix of the stream's id, its state the fold of the stream's events.

    `snapshot_every` n > 0: keep a snapshot once n events had to be folded; 0: streams are short, keep none.
    """

    name: str
    initial: S
    evolve: Callable[[S, Event], S]
    snapshot_every: int = 0

    def stream_id(self, key: str) -> str:
        """The stream of the aggregate called `key`: `grant-<key>`."""
        return f"{self.name}-{key}"

    def fold(self, events: Iterable[Event], state: S | None = None) -> S:
        """The state after `events`, starting from `state` or from nothing."""
        folded = self.initial if state is None else state
        for event in events:
            folded = self.evolve(folded, event)
        return folded


Reads = tuple[tuple[Aggregate[Any], str], ...]
"""Aggregates to be read, each with its key."""


@dataclass(frozen=True)
class Decider:
    """How one kind of command is decided.

    `reads(command)` names the aggregates it depends on; where only their states tell which others it depends on (a
    batch names its grants), `also_reads(*states, command)` names those. `decide` receives all their states in that
    order and then the command. Its events may belong to any of those streams and are appended together or not at all.
    """

    command: type[Command]
    reads: Callable[[Any], Reads]
    decide: Callable[..., list[Event]]
    also_reads: Callable[..., Reads] | None = None
