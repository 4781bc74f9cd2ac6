"""Digests: whether a row of the knowledge base came back as it went out, or was changed on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from services.som.events import Consequence, Price

LENGTH = 16
EXACT, ROUGH = 15, 8
"""Digits that count: all that a spreadsheet keeps of a typed number; fewer of a computed one, whose last ones it
rounds."""


def mark(row: Price | Consequence) -> str:
    """The digest of a row of the knowledge base; equal values give equal digests, however they are spelt."""
    return _digest(_plain(row.model_dump(), EXACT))


def seal(tables: Iterable[Iterable[Any]]) -> str:
    """The digest of the cells of tables, row by row; empty cells do not count."""
    return _digest([[_plain(cell, ROUGH) for cell in row if cell not in (None, "")] for row in tables])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:LENGTH]


def _plain(value: Any, digits: int) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one, digits) for name, one in value.items() if one is not None and one != ""}
    if isinstance(value, tuple | list):
        return [_plain(one, digits) for one in value]
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, bool | str) or value is None:
        return value
    return format(float(value) + 0.0, f".{digits}g")
