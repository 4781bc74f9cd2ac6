"""Waiting: for a stop, and between attempts."""

from __future__ import annotations

import random
import threading
from time import monotonic, sleep

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


LONGEST_REST_SECONDS = 0.05


class Pace:
    """After a batch, a rest as long as the batch took: a batch of one event costs as much as one of ten, and those who
    follow a log must leave the processor to those who write it. What comes after a pause is taken at once."""

    def __init__(self) -> None:
        self._begun = monotonic()

    def begin(self) -> None:
        """A batch begins."""
        self._begun = monotonic()

    def rest(self) -> None:
        """It has ended: wait as long as it took, and no longer than LONGEST_REST_SECONDS."""
        sleep(min(monotonic() - self._begun, LONGEST_REST_SECONDS))
