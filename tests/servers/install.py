"""Installing the servers by apt, without letting the system start them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import run, say, search_path

INSTALL_SECONDS = 300
POLICY = Path("/usr/sbin/policy-rc.d")


def can_install() -> bool:
    """Whether this is Debian or Ubuntu, and we are root there."""
    return os.geteuid() == 0 and shutil.which("apt-get", path=search_path()) is not None


def install(packages: list[str]) -> None:
    """Install Debian packages; raises ServerFailed with apt's own words when that does not work."""
    say(f"installing {' and '.join(packages)} with apt-get")
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=60"]
    with _no_service_starts():
        run([*apt, "update"], "apt-get update", timeout_seconds=INSTALL_SECONDS)
        run(
            [*apt, "install", "--no-install-recommends", *packages],
            "apt-get install",
            timeout_seconds=INSTALL_SECONDS,
        )


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian asks this script before a package starts its service; 101 means no. Ours run privately."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
