"""given / when / then for deciders: the tests of a decision read as its specification."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.kernel.decider import Decider, Reads
from shared.kernel.messages import Command, Event
from shared.kernel.rejection import Rejected


@dataclass(frozen=True)
class Scenario:
    """`given(history, decider).when(command).then(*events)` or `.then_rejected("CODE", figure=…)`."""

    decider: Decider
    history: tuple[Event, ...]
    command: Command | None = None

    def when(self, command: Command) -> Scenario:
        """The command to decide on."""
        return Scenario(self.decider, self.history, command)

    def _decide(self) -> list[Event]:
        assert self.command is not None, "say .when(command) first"
        states = self._states(self.decider.reads(self.command))
        if self.decider.also_reads is not None:
            states += self._states(self.decider.also_reads(*states, self.command))
        return self.decider.decide(*states, self.command)

    def _states(self, reads: Reads) -> list[Any]:
        return [
            aggregate.fold(event for event in self.history if event.stream_id == aggregate.stream_id(key))
            for aggregate, key in reads
        ]

    def then(self, *expected: Event) -> None:
        """The decision is exactly these events, in this order."""
        assert self._decide() == list(expected)

    def then_kinds(self, *expected: type[Event]) -> None:
        """The decision is events of exactly these kinds, in this order; what they say is another test's concern."""
        assert [type(event) for event in self._decide()] == list(expected)

    def then_rejected(self, code: str, **figures: object) -> Rejected:
        """The decision is a rejection with this code, and with these figures among its own."""
        with pytest.raises(Rejected) as caught:
            self._decide()
        assert caught.value.code == code
        assert {name: caught.value.figures.get(name) for name in figures} == figures
        return caught.value


def given(history: Iterable[Event], decider: Decider) -> Scenario:
    """A history of facts, and the decider under test."""
    return Scenario(decider, tuple(history))
