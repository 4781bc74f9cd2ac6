"""The knowledge base that comes with the program: published figures, each row with its status and its source.

The tables stand beside this module, in `data/`, in the form that `services.som.tables` reads; docs/sources.md says how
the figures came into them. What was found and cannot be used stands in `data/left_out/`, each with the reason.
"""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from typing import Any, NamedTuple

from services.som.tables import knowledge_of


class LeftOut(NamedTuple):
    """A figure that was found and is not used: the table it would be in, what it says, and why it cannot."""

    table: str
    row: str
    reason: str


def shipped_knowledge() -> dict[str, Any]:
    """The fields of `PublishKnowledge`, without its command id, of the knowledge base that comes with the program."""
    data = files("services.som") / "data"
    return knowledge_of({file.name: file.read_bytes() for file in data.iterdir() if file.name.endswith(".csv")})


def left_out() -> list[LeftOut]:
    """What was found and left out, with the reason: nothing was filled in by a guess."""
    text = (files("services.som") / "data" / "left_out" / "left_out.csv").read_text(encoding="utf-8")
    return [LeftOut(row["table"], row["row"], row["reason"]) for row in csv.DictReader(io.StringIO(text, newline=""))]
