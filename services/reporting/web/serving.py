"""The web page on top of an opened reporting service: inside the demo's process, or as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from flask import Flask
from sqlalchemy import Connection

from services.reporting.web import create_app
from shared.messaging.host import Running

LOOK_SECONDS = 0.1
"""The positions are read at most this often, however many pages are open."""
WAIT_SECONDS = 0.25
"""How soon a change made by another process is looked for; one made in this process wakes us at once."""


class Watch:
    """The positions that the views have reached, shared by every open page."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._read_at = -LOOK_SECONDS
        self._positions: dict[str, int] = {}

    def positions(self) -> dict[str, int]:
        """The positions of at most LOOK_SECONDS ago."""
        if monotonic() - self._read_at >= LOOK_SECONDS:
            self._read_at = monotonic()
            with self._running.store.reading() as transaction:
                self._positions = self._running.positions(transaction.connection)
        return self._positions

    def changes(self, known: dict[str, int], timeout_seconds: float) -> dict[str, int]:
        """Wait until the positions differ from `known`, at most so long; the positions then."""
        deadline = monotonic() + timeout_seconds
        while (positions := self.positions()) == known and monotonic() < deadline:
            with self._running.moved:
                self._running.moved.wait(WAIT_SECONDS)
        return positions


def page(running: Running, *, simulated: bool) -> Flask:
    """The web page of an opened reporting service. `simulated` puts a banner on it that says so."""

    @contextmanager
    def read() -> Iterator[Connection]:
        with running.store.reading() as transaction:
            yield transaction.connection

    return create_app(read, running.positions, Watch(running).changes, simulated)
