"""psycopg's waiting, done by eventlet's hub itself.

psycopg's own `wait_selector` makes a selector for every wait, which the patched standard library turns into several
switches: a fifth of a busy service's time.
"""

from __future__ import annotations

from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import Any

from eventlet.hubs import trampoline
from psycopg import waiting

LOOK_SECONDS = 5
"""How often a wait looks whether its connection is gone without a word."""
NOTHING_READY = 0


class QuietTimeout(Exception):
    """LOOK_SECONDS passed; not an eventlet.Timeout, which may be somebody else's."""


def wait(gen: Any, fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """Run a generator of psycopg's that yields what it waits for on `fileno`; what it returns.

    A wait with a deadline of its own (`timeout`) is left to psycopg.
    """
    if timeout is not None:
        return waiting.wait_selector(gen, fileno, interval, timeout)
    try:
        wanted = next(gen)
        while True:
            wanted = gen.send(_ready(fileno, wanted))
    except StopIteration as done:
        return done.value


def _ready(fileno: int, wanted: int) -> int:
    """Which of EVENT_READ and EVENT_WRITE can be done now, of those that are wanted; neither after LOOK_SECONDS."""
    if wanted == EVENT_READ | EVENT_WRITE:
        # Rare: a query too large to be sent at once. A trampoline would not tell which of the two it is.
        with DefaultSelector() as selector:
            selector.register(fileno, wanted)
            return next((events for _, events in selector.select(LOOK_SECONDS)), NOTHING_READY)
    try:
        trampoline(
            fileno,
            read=wanted == EVENT_READ,
            write=wanted == EVENT_WRITE,
            timeout=LOOK_SECONDS,
            timeout_exc=QuietTimeout,
        )
    except QuietTimeout:
        return NOTHING_READY
    return int(wanted)


def install() -> None:
    """Make psycopg wait like this in the whole process."""
    waiting.wait = wait
