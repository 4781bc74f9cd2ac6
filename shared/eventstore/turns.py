"""Taking turns: commands of one process on the same stream wait for each other instead of colliding.

A collision costs the whole decision again. Turns are a courtesy and no more: other processes take none, and who has
waited too long goes ahead; the expected versions decide in the end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from weakref import WeakValueDictionary

WAIT_SECONDS = 2.0


class _Turn:
    """A lock that can be referred to weakly."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Turns:
    """Whose turn it is, stream by stream."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()

    @contextmanager
    def of(self, stream_ids: Iterable[str]) -> Iterator[None]:
        """Wait for one's turn on each of these streams, WAIT_SECONDS at most for each."""
        with ExitStack() as taken:
            # In one order: two who want the same streams never wait for each other crosswise.
            for stream_id in sorted(set(stream_ids)):
                turn = self._turns.setdefault(stream_id, _Turn())
                if turn.lock.acquire(timeout=WAIT_SECONDS):
                    taken.callback(_release, turn)
            yield


def _release(turn: _Turn) -> None:
    turn.lock.release()
