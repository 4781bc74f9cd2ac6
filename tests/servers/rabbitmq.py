"""A private RabbitMQ: own port, node name, cookie, name server (epmd) and data; handles for fault tests.

For those who kill it: RabbitMQ 3.10 writes the names of new quorum queues to disk only seconds later. One
declared right before a `kill -9` is listed afterwards but never answers. Call the ctl script with
`eval '[dets:sync(T) || T <- dets:all()].'` between the declaration and the kill.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.processes import (
    START_SECONDS,
    STOP_SECONDS,
    ServerFailed,
    free_port,
    is_alive,
    kill_group,
    run,
    search_path,
    stop,
    tail,
    wait_until,
    write_script,
)

URI_VARIABLE = "VIRKSOM_TEST_AMQP_URI"
CTL_VARIABLE = "VIRKSOM_TEST_RABBITMQ_CTL"
PID_FILE_VARIABLE = "VIRKSOM_TEST_RABBITMQ_PID_FILE"
RESTART_VARIABLE = "VIRKSOM_TEST_RABBITMQ_RESTART"

# What the command `setsid` would do, which not every system has.
LEAD_A_SESSION = (
    'import os, sys; os.setsid(); open("group.pid", "w").write(str(os.getpid())); os.execv(sys.argv[1], sys.argv[1:])'
)


@dataclass(frozen=True)
class Programs:
    """Where RabbitMQ's own scripts and Erlang's name server lie."""

    scripts: Path
    epmd: Path


def find_programs() -> Programs | None:
    """Find the real scripts first: Debian's wrappers in /usr/sbin insist on the user rabbitmq."""
    on_path = shutil.which("rabbitmq-server", path=search_path())
    folders = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"))[::-1]
    folders += [Path("/usr/lib/rabbitmq/bin")]
    folders += [Path(on_path).resolve().parent] if on_path else []
    epmd = _find_epmd()
    for folder in folders:
        if epmd and (folder / "rabbitmq-server").exists() and (folder / "rabbitmqctl").exists():
            return Programs(folder, epmd)
    return None


def _find_epmd() -> Path | None:
    on_path = shutil.which("epmd", path=search_path())
    if on_path:
        return Path(on_path)
    return next(iter(sorted(Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))[::-1]), None)


@contextmanager
def private_server(programs: Programs, folder: Path) -> Iterator[dict[str, str]]:
    """Run a broker with its data under `folder`; yields the variables for the command."""
    home = folder / "rabbitmq"
    home.mkdir(mode=0o700)
    port, epmd_port = free_port(), free_port()
    environment = _environment(home, port, epmd_port)
    _write_settings(home, port)
    ctl = write_script(home / "ctl", f'exec "{programs.scripts}/rabbitmqctl" "$@"', environment)
    restart = write_script(home / "restart", _start_script(programs, home), environment)
    with _name_server(programs, epmd_port, home):
        try:
            run([restart], "starting RabbitMQ", timeout_seconds=START_SECONDS + 10)
            yield {
                URI_VARIABLE: f"amqp://guest:guest@127.0.0.1:{port}//",
                CTL_VARIABLE: str(ctl),
                PID_FILE_VARIABLE: str(home / "broker.pid"),
                RESTART_VARIABLE: str(restart),
            }
        finally:
            _kill_broker(home)


def _environment(home: Path, port: int, epmd_port: int) -> dict[str, str]:
    """Everything that would otherwise come from the machine's own broker, pointed into our folder."""
    return {
        "PATH": search_path(),
        "HOME": str(home),  # Erlang keeps the cookie there
        "RABBITMQ_NODENAME": f"virksom-{port}@localhost",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_MNESIA_BASE": str(home / "data"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(home / "broker.pid"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "LANG": "C.UTF-8",
    }


def _write_settings(home: Path, port: int) -> None:
    (home / "rabbitmq-env.conf").write_text("")
    (home / "enabled_plugins").write_text("[].\n")
    # The disk alarm blocks every publisher; a small test disk is no reason to.
    settings = [f"listeners.tcp.local = 127.0.0.1:{port}", "disk_free_limit.absolute = 50MB"]
    (home / "rabbitmq.conf").write_text("\n".join([*settings, ""]))


def _start_script(programs: Programs, home: Path) -> str:
    """Starts the broker, for the first time or after a kill, and returns once it answers.

    The broker leads a session of its own (Ctrl-C is for the tests, not for it) and its number is noted
    before it runs, so that it can be ended at any moment.
    """
    return f"""
cd "{home}" || exit 1
"{sys.executable}" -c '{LEAD_A_SESSION}' "{programs.scripts}/rabbitmq-server" </dev/null >>server.log 2>&1 &
sleep 0.5
tries=0
until "{programs.scripts}/rabbitmqctl" await_startup --timeout 10 >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -ge 6 ] || ! kill -0 "$(cat group.pid)" 2>/dev/null; then
        tail -n 30 server.log >&2
        exit 1
    fi
    sleep 0.5
done
"""


@contextmanager
def _name_server(programs: Programs, port: int, home: Path) -> Iterator[None]:
    """Run epmd as our own child; Erlang would leave one behind in the background."""
    log = home / "epmd.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(programs.epmd), "-address", "127.0.0.1", "-port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        if process.poll() is not None:
            raise ServerFailed(f"epmd ended while starting:\n{tail(log)}")
        yield
    finally:
        stop(process, signal.SIGTERM)


def _kill_broker(home: Path) -> None:
    """Its data are thrown away in a moment: no need for the seconds of an orderly shutdown."""
    leader = _pid_in(home / "group.pid")
    if leader is not None:
        kill_group(leader)
    # The broker proper is a member of that group; wait for it too before its folder goes.
    broker = _pid_in(home / "broker.pid")
    if broker is not None:
        wait_until(lambda: not is_alive(broker), "the end of RabbitMQ", lambda: "", STOP_SECONDS)


def _pid_in(file: Path) -> int | None:
    text = file.read_text().strip() if file.exists() else ""
    return int(text) if text.isdigit() else None
