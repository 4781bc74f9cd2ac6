"""The demo: all four services in this process play the programme's years, and then serve its page.

Part of the composition root, as services.cli is. `programme` reads the file, `script` makes the commands (pure),
`player` sends them, `words`, `screen` and `summary` tell what happens, and `show` is the whole evening.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.demo.programme import load
from services.demo.show import Show
from services.settings import Settings
from shared.kernel.rejection import Rejected
from shared.messaging.host import open_service
from shared.messaging.process import Process
from shared.messaging.rpc import FeedClient
from shared.observability import logs

PROGRAMME = Path(__file__).parents[2] / "deploy" / "demo" / "programme_2017.toml"
SQLITE, EMBEDDED = "sqlite:///", "embedded://"


def run(settings: Settings, service_classes: Sequence[Any], *, once: bool, fresh: bool, path: Path = PROGRAMME) -> int:
    """Play what is not played yet, show the summary, then serve until stopped (not with `once`); the exit status.

    Raises Rejected: CONFIG_INVALID (the programme file), PORT_IN_USE, FRESH_REFUSED, or DEMO_REFUSED.
    """
    programme = load(path)
    require_free_ports(settings)
    if fresh:
        remove_databases(settings)
    # Alone in this process nothing is ever waited for; what a subscription says while it is stopped only disturbs.
    logs.configure(logging.ERROR if settings.amqp_uri.startswith(EMBEDDED) else logging.WARNING)
    # Before the services start: making tables beside a green thread that writes to the same file would stop both.
    opened = {
        service.name: open_service(
            service.host.definition, settings.databases[service.name], lambda: FeedClient(settings.amqp_uri)
        )
        for service in service_classes
    }
    show = Show(settings, programme, opened, once)
    try:
        # The play says what day it is: by the wall clock every deadline of its years passed long ago.
        config = settings.model_copy(update={"clock": "commanded"}).config()
        status = Process(service_classes, settings.amqp_uri, config).run(show.main)
    finally:
        show.close()
    show.end()
    return status


def require_free_ports(settings: Settings) -> None:
    """Raises Rejected PORT_IN_USE for the first of our ports that cannot be listened on."""
    for port in (settings.http_port, *settings.status_ports.values()):
        with socket.socket(socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((settings.http_host, port))
                tried.listen(1)
            except OSError as error:
                last = settings.http_port + len(settings.status_ports)
                raise Rejected(
                    "PORT_IN_USE",
                    f"Port {port} on {settings.http_host} cannot be used ({error.strerror or error}). Set "
                    f"VIRKSOM_HTTP_PORT so that it and the four after it are free; now {settings.http_port} to {last}.",
                ) from None


def remove_databases(settings: Settings) -> None:
    """Delete the services' SQLite files.

    Raises Rejected FRESH_REFUSED where something else could be lost: on PostgreSQL, and on a real broker, whose
    queues would keep messages of the deleted logs.
    """
    uris = list(settings.databases.values())
    if not all(uri.startswith(SQLITE) for uri in uris) or not settings.amqp_uri.startswith(EMBEDDED):
        raise Rejected(
            "FRESH_REFUSED",
            "--fresh only deletes SQLite files beside the embedded broker. With other settings, make new databases "
            "and delete the queues yourself.",
        )
    for uri in uris:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(uri.removeprefix(SQLITE) + suffix).unlink(missing_ok=True)
