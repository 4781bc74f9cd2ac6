"""What one process of a service does by itself: every minute (its clock), or whenever there is something to do."""

from __future__ import annotations

import logging
from collections.abc import Callable

from shared.eventstore.leader import Leadership
from shared.messaging.waiting import Stopping

log = logging.getLogger(__name__)

SECONDS = 60
LOOK_SECONDS = 0.25
"""How often is looked for work. Not whenever something happened: hundreds of facts a second rarely leave any."""


def tick_forever(tick: Callable[[], None], leadership: Leadership, stopping: Stopping) -> None:
    """Call `tick` every minute while this process is the leader; what it raises is logged, and tried again."""
    try:
        while not stopping.is_set():
            if leadership.acquire():
                try:
                    tick()
                except Exception as error:
                    log.error("tick failed", extra={"error": type(error).__name__})
            stopping.wait(SECONDS)
    finally:
        leadership.release()


def work_forever(work: Callable[[], bool], leadership: Leadership, stopping: Stopping) -> None:
    """Call `work` for as long as it did something, and then again every LOOK_SECONDS, while this process is the leader;
    what it raises is logged, and tried again."""
    try:
        while not stopping.is_set():
            try:
                again = leadership.acquire() and work()
            except Exception as error:
                log.error("work failed", extra={"error": type(error).__name__})
                again = False
            if not again:
                stopping.wait(LOOK_SECONDS)
    finally:
        leadership.release()
