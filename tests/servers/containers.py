"""The servers as containers, where there is an engine but neither the programs nor apt."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import postgres, rabbitmq
from tests.servers.processes import (
    START_SECONDS,
    ServerFailed,
    free_port,
    run,
    say,
    search_path,
    wait_until,
    write_script,
)

PULL_SECONDS = 300


def find_engine() -> str | None:
    """A docker or podman whose service really answers, not only its command."""
    for name in ("docker", "podman"):
        engine = shutil.which(name, path=search_path())
        if engine and _succeeds(engine, "info"):
            return engine
    return None


@contextmanager
def postgres_container(engine: str) -> Iterator[dict[str, str]]:
    """Run PostgreSQL in a container; yields the variables for the command."""
    port, password = free_port(), secrets.token_hex(16)
    environment = {"POSTGRES_USER": "virksom", "POSTGRES_PASSWORD": password}
    server = ["postgres", "-c", "max_connections=200"]
    with _container(engine, "postgres:15", port, 5432, environment, server) as name:
        # By TCP: the image first runs a server for its own set-up that only listens on a socket.
        ready = ["exec", name, "pg_isready", "-h", "127.0.0.1", "-U", "virksom"]
        _wait_for(engine, name, ready)
        yield {postgres.URI_VARIABLE: f"postgresql://virksom:{password}@127.0.0.1:{port}/postgres"}


@contextmanager
def rabbitmq_container(engine: str, folder: Path) -> Iterator[dict[str, str]]:
    """Run RabbitMQ in a container, with the same handles for fault tests as a private one."""
    port = free_port()
    environment = {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-rabbit disk_free_limit 50000000"}
    with _container(engine, "rabbitmq:3", port, 5672, environment, []) as name:
        pid_file = folder / "rabbitmq-container.pid"
        ctl = write_script(folder / "rabbitmq-ctl", f'exec "{engine}" exec {name} rabbitmqctl "$@"')
        restart = write_script(folder / "rabbitmq-restart", _restart_script(engine, name, pid_file))
        _wait_for(engine, name, ["exec", name, "rabbitmqctl", "await_startup", "--timeout", "4"])
        run([restart], "noting RabbitMQ's process")
        yield {
            rabbitmq.URI_VARIABLE: f"amqp://guest:guest@127.0.0.1:{port}//",
            rabbitmq.CTL_VARIABLE: str(ctl),
            rabbitmq.PID_FILE_VARIABLE: str(pid_file),
            rabbitmq.RESTART_VARIABLE: str(restart),
        }


def _restart_script(engine: str, name: str, pid_file: Path) -> str:
    """Harmless on a container that runs: then it only waits and notes the number again."""
    return f"""
"{engine}" start {name} >/dev/null || exit 1
tries=0
until "{engine}" exec {name} rabbitmqctl await_startup --timeout 10 >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 6 ] || exit 1
    sleep 1
done
"{engine}" inspect --format '{{{{.State.Pid}}}}' {name} >"{pid_file}"
"""


@contextmanager
def _container(
    engine: str, image: str, port: int, inner_port: int, environment: dict[str, str], command: list[str]
) -> Iterator[str]:
    """Run an image on a loopback port; removed with its data whatever happens."""
    name = f"virksom-test-{secrets.token_hex(4)}"
    say(f"running {image} in a container")
    variables = [part for key, value in environment.items() for part in ("--env", f"{key}={value}")]
    publish = ["--publish", f"127.0.0.1:{port}:{inner_port}"]
    start = [engine, "run", "--detach", "--name", name, *publish, *variables, image, *command]
    try:
        run(start, f"starting {image}", timeout_seconds=PULL_SECONDS)
        yield name
    finally:
        try:
            run([engine, "rm", "--force", "--volumes", name], f"removing {name}")
        except ServerFailed as error:
            say(str(error))


def _wait_for(engine: str, name: str, command: list[str]) -> None:
    def logs() -> str:
        return run([engine, "logs", "--tail", "30", name], "reading the container's log")

    wait_until(lambda: _succeeds(engine, *command), name, logs, START_SECONDS)


def _succeeds(engine: str, *command: str) -> bool:
    try:
        run([engine, *command], command[0], timeout_seconds=5)
    except ServerFailed:
        return False
    return True
