"""The context of an append."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """Why events happen: which command, which chain of causes, who asked and on whose behalf."""

    command_id: str
    correlation_id: str
    causation_id: str
    caller: str
    on_behalf_of: str | None = None
