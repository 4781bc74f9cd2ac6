"""A process that runs services: waits for its broker, stops when asked, and never hangs while doing either."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import eventlet
from nameko.runners import ServiceRunner

from shared.messaging import topology
from shared.messaging.rpc import nameko_config
from shared.messaging.waiting import Backoff

log = logging.getLogger(__name__)

GRACE_SECONDS = 10
KILL_SECONDS = 3
LOOK_SECONDS = 0.1


@contextmanager
def services_running(services: Sequence[type], amqp_uri: str, config: Mapping[str, Any]) -> Iterator[None]:
    """Run services in this process until the block ends."""
    runner = ServiceRunner(nameko_config(amqp_uri) | dict(config))
    for service in services:
        runner.add_service(service)
    runner.start()
    try:
        yield
    finally:
        runner.stop()


class Process:
    """Runs nameko services until SIGTERM or SIGINT."""

    def __init__(self, services: Sequence[type], amqp_uri: str, config: Mapping[str, Any]) -> None:
        self._amqp_uri = amqp_uri
        self._runner = ServiceRunner(nameko_config(amqp_uri) | dict(config))
        self._stop = False
        for service in services:
            self._runner.add_service(service)

    def run(self, main: Callable[[Process], None] | None = None) -> int:
        """Start, let `main` work if there is one, then serve until stopped; the exit status.

        `main` runs beside the services and may call `stop`; an exception of its own stops the process and is raised.
        """
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._on_signal)
        if not self._wait_for_broker():
            return 0
        if not self._start():
            return 0
        crashed = eventlet.spawn(self._runner.wait)
        worker = eventlet.spawn(main, self) if main is not None else None
        while not self._stop and not crashed.dead and not (worker is not None and worker.dead and _failed(worker)):
            eventlet.sleep(LOOK_SECONDS)
        status = 0 if self._stop else 1
        self._end()
        if worker is not None and worker.dead:
            worker.wait()
        return status

    def stop(self) -> None:
        """Ask the process to stop."""
        self._stop = True

    def spawn(self, work: Callable[[], None]) -> None:
        """Do `work` beside the services, as long as the process runs; it handles its own errors."""
        eventlet.spawn(work)

    @property
    def stopping(self) -> bool:
        """Whether the process was asked to stop."""
        return self._stop

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # Only a flag: a signal may arrive inside the hub, where nothing may switch green threads.
        self._stop = True

    def _wait_for_broker(self) -> bool:
        backoff = Backoff()
        while not self._stop:
            try:
                with topology.connect(self._amqp_uri) as connection:
                    connection.connect()
                return True
            except topology.BROKER_ERRORS as error:
                log.warning("waiting for the broker", extra={"error": type(error).__name__})
                self._pause(backoff.next())
        return False

    def _start(self) -> bool:
        """Start the services; False when asked to stop before they had all found their database and broker."""
        starting = eventlet.spawn(self._runner.start)
        while not self._stop and not starting.dead:
            eventlet.sleep(LOOK_SECONDS)
        if not starting.dead:
            self._end()
            return False
        starting.wait()
        return True

    def _pause(self, seconds: float) -> None:
        while seconds > 0 and not self._stop:
            eventlet.sleep(min(seconds, LOOK_SECONDS))
            seconds -= LOOK_SECONDS

    def _end(self) -> None:
        """Stop the services, gracefully if they can: a consumer that is reconnecting to its broker cannot."""
        for end, seconds in ((self._runner.stop, GRACE_SECONDS), (self._runner.kill, KILL_SECONDS)):
            try:
                with eventlet.Timeout(seconds):
                    end()
                return
            except eventlet.Timeout:
                log.warning("services did not stop in time", extra={"seconds": seconds})
            except Exception as error:
                log.warning("services stopped badly", extra={"error": type(error).__name__})
        # Nothing is lost: whatever was answered is committed, and whatever was not is asked for again.
        logging.shutdown()
        os._exit(0)


def _failed(worker: Any) -> bool:
    try:
        worker.wait()
    except Exception:
        return True
    return False
