"""A private PostgreSQL: own port, own data folder, gone afterwards. Durability is left as it is shipped."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import (
    START_SECONDS,
    Owner,
    ServerFailed,
    free_port,
    run,
    search_path,
    stop,
    tail,
    wait_until,
)

URI_VARIABLE = "VIRKSOM_TEST_POSTGRES_URI"


def find_programs() -> Path | None:
    """The folder that holds both `postgres` and `initdb`, the newest first among Debian's."""
    on_path = shutil.which("postgres", path=search_path())
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))[::-1]
    folders = [Path(on_path).resolve().parent] if on_path else []
    for folder in folders + newest_first:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    return None


@contextmanager
def private_server(programs: Path, folder: Path) -> Iterator[dict[str, str]]:
    """Run a server on an empty data folder under `folder`; yields the variables for the command."""
    home, owner = _owned_folder(folder / "postgres")
    port, password, log = free_port(), secrets.token_hex(16), home / "server.log"
    _create_cluster(programs, home, password, owner)
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        # Said, not only assumed: the tests are about what survives a crash.
        "fsync": "on",
        "synchronous_commit": "on",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(home / "data"), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=home,
            start_new_session=True,
            **owner,
        )
    try:
        _wait_until_ready(process, home, log)
        yield {URI_VARIABLE: f"postgresql://virksom:{password}@127.0.0.1:{port}/postgres"}
    finally:
        # SIGINT is "fast shutdown": sessions are cut off, memory segments are given back.
        stop(process, signal.SIGINT)


def _owned_folder(home: Path) -> tuple[Path, Owner]:
    """Make the folder; PostgreSQL refuses to run as root, so as root it and its folder get another owner."""
    home.mkdir(mode=0o700)
    if os.geteuid() != 0:
        return home, Owner()
    account = _account("postgres") or _account("nobody")
    if account is None:
        raise ServerFailed("PostgreSQL does not run as root, and there is no user postgres or nobody")
    os.chown(home, account.pw_uid, account.pw_gid)
    return home, Owner(user=account.pw_uid, group=account.pw_gid, extra_groups=[])


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create_cluster(programs: Path, home: Path, password: str, owner: Owner) -> None:
    """Run initdb; the password goes in by a file, so that no other user of the machine can log in."""
    password_file = home / "password"
    password_file.write_text(password)
    if owner:
        os.chown(password_file, owner["user"], owner["group"])
    options = ["--username=virksom", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"]
    run(
        [programs / "initdb", "-D", home / "data", f"--pwfile={password_file}", *options],
        "initdb",
        cwd=home,
        owner=owner,
    )
    password_file.unlink()


def _wait_until_ready(process: subprocess.Popen[bytes], home: Path, log: Path) -> None:
    def ready() -> bool:
        if process.poll() is not None:
            raise ServerFailed(f"PostgreSQL ended while starting:\n{tail(log)}")
        # The eighth line of its own pid file says "ready" once it takes connections.
        pid_file = home / "data" / "postmaster.pid"
        status = pid_file.read_text().splitlines() if pid_file.exists() else []
        return len(status) >= 8 and status[7].strip() == "ready"

    wait_until(ready, "PostgreSQL", lambda: tail(log), START_SECONDS)
