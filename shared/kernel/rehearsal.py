"""Decisions carried out in memory, as a service carries them out on its log: for plans, proofs and tests of rules."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from shared.kernel.decider import Decider, Reads
from shared.kernel.messages import Command, Event


class Rehearsal:
    """What has happened, in order (`history`), and the way to make more of it happen."""

    def __init__(self, deciders: Iterable[Decider]) -> None:
        self.history: list[Event] = []
        self._deciders = {decider.command: decider for decider in deciders}
        self._states: dict[str, Any] = {}

    def do(self, kind: type[Command], /, **fields: Any) -> list[Event]:
        """Carry out a command as a caller would send it (JSON values), under an id of its own; returns its events.

        Raises Rejected, and then nothing has happened.
        """
        return self.carry_out(kind.parse({"command_id": str(uuid.uuid4()), **fields}))

    def carry_out(self, command: Command) -> list[Event]:
        """Carry out a command that has been read. Raises Rejected, and then nothing has happened."""
        decider = self._deciders[type(command)]
        reads = decider.reads(command)
        states = self.states(reads)
        if decider.also_reads is not None:
            more = decider.also_reads(*states, command)
            reads, states = (*reads, *more), [*states, *self.states(more)]
        events = decider.decide(*states, command)
        named = {aggregate.stream_id(key): aggregate for aggregate, key in reads}
        for event in events:
            aggregate = named[event.stream_id]
            before = self._states.get(event.stream_id, aggregate.initial)
            self._states[event.stream_id] = aggregate.evolve(before, event)
        self.history += events
        return events

    def states(self, reads: Reads) -> list[Any]:
        """The states of these aggregates now."""
        return [self._states.get(aggregate.stream_id(key), aggregate.initial) for aggregate, key in reads]
