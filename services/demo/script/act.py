"""One command of the demo's script."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

NAMESPACE = uuid.UUID("5f0a6f0c-6f0e-4a63-9d7b-2b7d5a1f6c11")
ON_BEHALF_OF = "demo"


class Act(NamedTuple):
    """A command to send: the day it counts from, the service's method, and its fields.

    `settled`: only once every view has come as far as the facts before it.
    """

    day: date
    service: str
    method: str
    fields: dict[str, Any]
    settled: bool = False


Named = Iterator[tuple[Act, str]]
"""Acts, each with a name of its own among those of its method."""


def command_id(digest: str, method: str, name: str) -> str:
    """The command's id: the same from the same file (`digest`)."""
    return str(uuid.uuid5(NAMESPACE, f"{digest}/{method}/{name}"))
