"""What one process of a service does every minute: the service's clock, where it has one."""

from __future__ import annotations

import logging
from collections.abc import Callable

from shared.eventstore.leader import Leadership
from shared.messaging.waiting import Stopping

log = logging.getLogger(__name__)

SECONDS = 60


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
