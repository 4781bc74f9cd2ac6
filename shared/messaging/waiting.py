"""Waiting: for a stop, and between attempts."""

from __future__ import annotations

import random
import threading

Stopping = threading.Event
"""Set once when a process is to stop; every loop waits on it rather than sleeping."""


class Backoff:
    """Pauses that double from a tenth of a second to `longest_seconds`, jittered so that clients do not keep step."""

    def __init__(self, longest_seconds: float = 5.0) -> None:
        self._longest = longest_seconds
        self._next = 0.1

    def next(self) -> float:
        """The pause before the next attempt, in seconds."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        return pause * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Something worked: begin with short pauses again."""
        self._next = 0.1
