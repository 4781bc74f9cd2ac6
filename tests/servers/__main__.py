"""Provide the servers, run the command, take the servers away again, return the command's exit code."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from tests.servers import containers, install, postgres, rabbitmq
from tests.servers.processes import STOP_SECONDS, ServerFailed, say, search_path

MISSING_VARIABLE = "VIRKSOM_TEST_SERVERS_MISSING"
PROGRAMS = (
    ("hledger", "hledger", "the test that lets it check our journal"),
    ("soffice", "libreoffice-calc", "the test that lets LibreOffice recalculate our workbooks"),
)
"""Programs that check what we export, each with its Debian package and what is not tested without it: they are no
servers, but no Python packages either."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked us to end; not an Exception, so that nothing swallows it on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str]) -> int:
    """Run `arguments` (after an optional `--`) with servers; its exit code, or 128 + signal, or 1 or 2."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        say("usage: python -m tests.servers -- COMMAND…")
        return 2
    for number in STOP_SIGNALS:
        signal.signal(number, _raise_stopped)
    try:
        with ExitStack() as stack:
            # Last out: by then nothing may cut the cleaning up short.
            folder = stack.enter_context(_folder())
            variables = _provide(stack, folder)
            if variables is None:
                return 1
            stack.callback(_ignore_stop_signals)
            return _run(command, variables)
    except ServerFailed as error:
        say(str(error))
        return 1
    except Stopped as stopped:
        return 128 + stopped.number


def _provide(stack: ExitStack, folder: Path) -> dict[str, str] | None:
    """The variables for the command; None when servers are missing and must not be."""
    wanted = [name for name in (postgres.URI_VARIABLE, rabbitmq.URI_VARIABLE) if not os.environ.get(name)]
    _install_missing(wanted)
    variables: dict[str, str] = {}
    missing = []
    for name in wanted:
        server = _server(name, folder)
        if server is None:
            missing.append("PostgreSQL" if name == postgres.URI_VARIABLE else "RabbitMQ")
        else:
            variables |= stack.enter_context(server)
    if missing:
        reason = f"no {' and no '.join(missing)} on this machine"
        say(
            f"!!! {reason.upper()}: install rabbitmq-server and postgresql, start Docker or Podman, "
            f"or set {rabbitmq.URI_VARIABLE} and {postgres.URI_VARIABLE}; tests on them are skipped !!!"
        )
        if os.environ.get("CI", "").lower() in ("true", "1"):
            return None
        variables[MISSING_VARIABLE] = reason
    for program, _, skipped in PROGRAMS:
        if not _has(program):
            say(f"!!! NO {program.upper()} ON THIS MACHINE: install it; {skipped} is skipped !!!")
            if os.environ.get("CI", "").lower() in ("true", "1"):
                return None
    return variables


def _install_missing(wanted: list[str]) -> None:
    packages = []
    if postgres.URI_VARIABLE in wanted and postgres.find_programs() is None:
        packages.append("postgresql")
    if rabbitmq.URI_VARIABLE in wanted and rabbitmq.find_programs() is None:
        packages.append("rabbitmq-server")
    packages += [package for program, package, _ in PROGRAMS if not _has(program)]
    if packages and install.can_install():
        try:
            install.install(packages)
        except ServerFailed as error:
            # Not the end: a container engine may still do.
            say(str(error))


def _has(program: str) -> bool:
    return shutil.which(program, path=search_path()) is not None


def _server(name: str, folder: Path) -> AbstractContextManager[dict[str, str]] | None:
    """The server behind a URI variable, from programs or else from a container."""
    if name == postgres.URI_VARIABLE:
        if postgres_programs := postgres.find_programs():
            return postgres.private_server(postgres_programs, folder)
        engine = containers.find_engine()
        return containers.postgres_container(engine) if engine else None
    if rabbitmq_programs := rabbitmq.find_programs():
        return rabbitmq.private_server(rabbitmq_programs, folder)
    engine = containers.find_engine()
    return containers.rabbitmq_container(engine, folder) if engine else None


def _run(command: list[str], variables: dict[str, str]) -> int:
    """Run the command to its end; when we are asked to stop, so is it, and then made to."""
    process = subprocess.Popen(command, env={**os.environ, **variables})
    try:
        code = process.wait()
    except Stopped as stopped:
        _ignore_stop_signals()
        _end(process, stopped.number)
        raise
    return code if code >= 0 else 128 - code


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    # Ctrl-C went to the command already, as to everything in the terminal's foreground; a second one
    # would cut short its own cleaning up.
    if not (number == signal.SIGINT and sys.stdin.isatty()):
        process.send_signal(number)
    for insist in (process.terminate, process.kill):
        try:
            process.wait(STOP_SECONDS)
            return
        except subprocess.TimeoutExpired:
            insist()
    process.wait(STOP_SECONDS)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for data, logs and scripts; open to PostgreSQL's user, whose own folder in it is not."""
    folder = Path(tempfile.mkdtemp(prefix="virksom-servers-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        _ignore_stop_signals()
        shutil.rmtree(folder, ignore_errors=True)


def _raise_stopped(number: int, _frame: FrameType | None) -> None:
    # Once is enough: an impatient second Ctrl-C must not leave servers behind.
    _ignore_stop_signals()
    raise Stopped(number)


def _ignore_stop_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
