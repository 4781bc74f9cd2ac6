"""The stream that tells open pages that there is something new (server-sent events)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator

MAX_STREAMS = 200
"""Open streams at once; a page beyond that is told to try again later."""
COMMENT_SECONDS = 15.0
"""A sign of life at least so often: proxies cut what is silent, and only a write shows that a reader has
gone."""
LOOK_SECONDS = 3.0
"""How long a stream may take to see that the process is to end."""
LONGEST_SECONDS = 3600.0
"""A stream ends after an hour; the page opens a new one by itself."""

Changes = Callable[[dict[str, int], float], dict[str, int]]


class Streams:
    """The open streams, counted and bounded."""

    def __init__(self, changes: Changes, limit: int = MAX_STREAMS) -> None:
        self._changes = changes
        self._free = threading.BoundedSemaphore(limit)
        self._closed = False

    def acquire(self) -> bool:
        """Take a place for a stream, if there is one; give it back with `release`."""
        return not self._closed and self._free.acquire(blocking=False)

    def release(self) -> None:
        """Give a place back."""
        self._free.release()

    def close(self) -> None:
        """End every stream soon: a server that is told to stop must not wait for them."""
        self._closed = True

    def events(self, known: dict[str, int]) -> Iterator[str]:
        """The positions now, then each time they change, with comments in between."""
        yield f"retry: 3000\n{_event(known)}"
        started = told = time.monotonic()
        while not self._closed and time.monotonic() - started < LONGEST_SECONDS:
            positions = self._changes(known, LOOK_SECONDS)
            if positions != known:
                known, told = positions, time.monotonic()
                yield _event(known)
            elif time.monotonic() - told >= COMMENT_SECONDS:
                told = time.monotonic()
                yield ": stadig forbundet\n\n"


def _event(positions: dict[str, int]) -> str:
    return f"event: positions\ndata: {json.dumps({'positions': positions}, sort_keys=True)}\n\n"
