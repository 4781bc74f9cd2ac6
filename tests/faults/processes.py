"""Services as real processes, the broker's handles, and what both tell of themselves: the tools of the fault tests."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.settings import SERVICES
from shared.messaging import topology
from tests.servers.processes import is_alive, tail
from tests.servers.rabbitmq import CTL_VARIABLE, PID_FILE_VARIABLE, RESTART_VARIABLE
from tests.worlds import World, delete_queues, eventually

START_SECONDS = 45
ROOT = Path(__file__).parents[2]
SAMPLE = re.compile(r"^(virksom_\w+)\{([^}]*)\} (\S+)$", re.MULTILINE)


def seed() -> int:
    """`VIRKSOM_TEST_SEED`, or a fresh one; print it where a failure could depend on it."""
    return int(os.environ.get("VIRKSOM_TEST_SEED") or random.randrange(10**6))


@dataclass
class ServiceProcess:
    """One `virksom run <service>`; its status page is on a port of its own, its log in a file."""

    service: str
    process: subprocess.Popen[bytes]
    status_port: int
    log: Path

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def metrics(self) -> dict[str, float]:
        """Every sample of its metrics summed over labels, by name; empty when it does not answer."""
        sums: dict[str, float] = {}
        for name, _labels, value in SAMPLE.findall(self.page("/metrics")):
            sums[name] = sums.get(name, 0.0) + float(value)
        return sums

    def metric(self, name: str) -> float:
        """One metric summed over its labels; 0 when it is not there."""
        return self.metrics().get(f"virksom_{name}", 0.0)

    def page(self, path: str) -> str:
        """A status page; empty when it does not answer or is not well."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.status_port}{path}", timeout=5) as answer:
                return str(answer.read(), "utf-8")
        except OSError:
            return ""

    def ready(self) -> bool:
        """Whether it says that it is ready."""
        return bool(self.page("/health/ready"))

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait(10)

    def terminate(self, seconds: float) -> int:
        """SIGTERM; its exit status. Fails when it has not ended after so many seconds."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pytest.fail(f"{self.service} ignored SIGTERM for {seconds} s:\n{tail(self.log)}")


@dataclass
class Fleet:
    """The service processes of a test."""

    world: World
    folder: Path
    processes: list[ServiceProcess] = field(default_factory=list)

    def start(self, service: str, *, ready: bool = True) -> ServiceProcess:
        """Start a process of a service; returns once it is ready, or at once when not `ready`."""
        base = _free_base(service)
        log = self.folder / f"{service}-{len(self.processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", "from services.cli import main; main()", "run", service],
                cwd=ROOT,
                env=self.world.environment(base),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        started = ServiceProcess(service, process, _status_port(base, service), log)
        self.processes.append(started)
        if ready:
            wait_ready(started)
        return started

    def living(self, service: str | None = None) -> list[ServiceProcess]:
        """The processes (of a service) that run."""
        return [one for one in self.processes if one.alive() and service in (None, one.service)]

    def leader(self, service: str) -> ServiceProcess | None:
        """The process of a service that says it publishes the log."""
        return next((one for one in self.living(service) if one.metric("relay_leader") == 1), None)

    def end(self) -> None:
        """Kill what still runs."""
        for one in self.living():
            one.kill()


def wait_ready(*started: ServiceProcess) -> None:
    """Wait until processes say they are ready; fails with the log of the one that is not."""
    for one in started:
        deadline = time.monotonic() + START_SECONDS
        while not one.ready():
            if time.monotonic() > deadline or not one.alive():
                pytest.fail(f"{one.service} is not ready ({one.process.poll()}):\n{tail(one.log)}")
            time.sleep(0.05)


@contextmanager
def fleet(world: World, folder: Path) -> Iterator[Fleet]:
    """A fleet, none of which outlives the block; nor do its queues, nor bindings from before."""
    with topology.connect(world.settings.amqp_uri) as connection:
        for service in SERVICES:
            connection.default_channel.exchange_delete(f"{service}.events")
    made = Fleet(world, folder)
    try:
        yield made
    finally:
        made.end()
        delete_queues(world.settings.amqp_uri)


def _status_port(base: int, service: str) -> int:
    return base + SERVICES.index(service) + 1


def _free_base(service: str) -> int:
    for base in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", _status_port(base, service)))
            except OSError:
                continue
            return base
    raise OSError("no free port")


@dataclass(frozen=True)
class Broker:
    """The handles of a RabbitMQ that was started for these tests alone."""

    ctl_script: str
    pid_file: Path
    restart_script: str

    def ctl(self, *arguments: str) -> None:
        """Run rabbitmqctl."""
        subprocess.run([self.ctl_script, *arguments], check=True, capture_output=True, timeout=60)

    def sync(self) -> None:
        """Have the names of new queues on disk: RabbitMQ 3.10 writes them only seconds later."""
        self.ctl("eval", "[dets:sync(T) || T <- dets:all()].")

    def kill(self) -> None:
        """`kill -9` of the node."""
        pid = int(self.pid_file.read_text())
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not is_alive(pid))

    def restart(self) -> None:
        """Start the node again; returns once it answers."""
        subprocess.run([self.restart_script], check=True, capture_output=True, timeout=90)

    @contextmanager
    def away(self) -> Iterator[None]:
        """The node is killed now and back after the block."""
        self.sync()
        self.kill()
        try:
            yield
        finally:
            self.restart()

    @contextmanager
    def disk_alarm(self) -> Iterator[None]:
        """The node blocks every publisher during the block, as when its disk is full."""
        self.ctl("set_disk_free_limit", "999999GB")
        try:
            yield
        finally:
            self.ctl("set_disk_free_limit", "50MB")


def find_broker(environment: Mapping[str, str] = os.environ) -> Broker | None:
    """The private broker, or None when the tests run on one that is not theirs to kill."""
    values = [environment.get(name) for name in (CTL_VARIABLE, PID_FILE_VARIABLE, RESTART_VARIABLE)]
    if not all(values):
        return None
    ctl, pid_file, restart = (str(value) for value in values)
    return Broker(ctl, Path(pid_file), restart)


def require_broker() -> Broker:
    """The private broker; without one the test is skipped, and with CI=true failed."""
    broker = find_broker()
    if broker is None:
        why = f"the broker is not ours to kill: {RESTART_VARIABLE} is not set"
        (pytest.fail if os.environ.get("CI", "").lower() in ("true", "1") else pytest.skip)(why)
    return broker


@dataclass
class Tally:
    """Counters of processes that come and go: noted before each end, added up."""

    sums: Counter[str] = field(default_factory=Counter)

    def note(self, process: ServiceProcess) -> None:
        """Add what a process has counted; call once, at its end."""
        for name, value in process.metrics().items():
            if name.endswith("_total"):
                self.sums[name] += int(value)

    def __getitem__(self, name: str) -> int:
        return self.sums[f"virksom_{name}_total"]


def head(world: World, service: str) -> int:
    """The position of the newest event of a service's log."""
    with world.open(service).store.reading() as transaction:
        return transaction.head()


def announce(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Say it to the person who waits, captured or not."""
    with capsys.disabled():
        print(f"\n{text}", file=sys.stderr, flush=True)


def event_queue(channel: Any, service: str, name: str) -> None:
    """A durable queue of our own for everything a service publishes, from now on."""
    topology.events_exchange(service)(channel).declare()
    channel.queue_declare(name, durable=True, auto_delete=False)
    channel.queue_bind(name, f"{service}.events", "#")
