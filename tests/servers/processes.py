"""Starting, watching and ending server processes, each with a limit on how long it may take."""

from __future__ import annotations

import os
import random
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

START_SECONDS = 60
STOP_SECONDS = 20

# Servers are found and run even when the caller's PATH is empty; it comes last, ours are only additions.
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Owner(TypedDict, total=False):
    """Whom a process runs as, in subprocess's own words; empty means as ourselves."""

    user: int
    group: int
    extra_groups: list[int]


class ServerFailed(Exception):
    """A server that is there would not start; the text ends with the tail of its log."""


def search_path() -> str:
    """The caller's PATH followed by the usual system folders."""
    return ":".join(filter(None, [os.environ.get("PATH", ""), SYSTEM_PATH]))


def say(text: str) -> None:
    """Tell the person who waits; on stderr, so that the command's own output stays clean."""
    print(f"tests.servers: {text}", file=sys.stderr, flush=True)


def free_port() -> int:
    """A port free now and likely to stay so.

    Below the range from which systems hand out ports by themselves: a broker that was killed
    must find its own port free again when it restarts.
    """
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServerFailed("no free port between 20000 and 30000")


def tail(log: Path, lines: int = 30) -> str:
    """The last lines of a log, for an error message."""
    if not log.exists():
        return f"(no log at {log})"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def run(
    command: Sequence[str | Path],
    what: str,
    *,
    timeout_seconds: float = START_SECONDS,
    cwd: Path | None = None,
    owner: Owner | None = None,
) -> str:
    """Run a short command to its end and return what it printed; raise ServerFailed if it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_seconds,
            cwd=cwd,
            env={**os.environ, "PATH": search_path()},
            **(owner or {}),
        )
    except subprocess.TimeoutExpired as error:
        raise ServerFailed(f"{what} took over {timeout_seconds:.0f} s") from error
    if done.returncode != 0:
        raise ServerFailed(f"{what} failed ({done.returncode}):\n{done.stdout[-3000:]}")
    return done.stdout


def wait_until(ready: Callable[[], bool], what: str, log: Callable[[], str], seconds: float) -> None:
    """Wait for `ready`, at most so long; then raise ServerFailed with the log."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise ServerFailed(f"{what} was not ready after {seconds:.0f} s:\n{log()}")
        time.sleep(0.1)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not collected by its parent (a zombie) does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return not Path("/proc/self").exists()


def kill_group(leader: int) -> None:
    """End a whole process group at once and wait until its leader is gone."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    deadline = time.monotonic() + STOP_SECONDS
    while is_alive(leader) and time.monotonic() < deadline:
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes], gentle: signal.Signals) -> None:
    """Ask a server that leads its own group to end; insist when it doesn't."""
    if process.poll() is None:
        process.send_signal(gentle)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        say(f"process {process.pid} ignored {gentle.name}; killing it")
    kill_group(process.pid)
    process.wait(STOP_SECONDS)


def write_script(path: Path, body: str, environment: Mapping[str, str] | None = None) -> Path:
    """Write an executable shell script that sets `environment` first."""
    exports = [f"export {name}={shlex.quote(value)}" for name, value in (environment or {}).items()]
    path.write_text("\n".join(["#!/bin/sh", *exports, body.strip(), ""]))
    path.chmod(0o755)
    return path
