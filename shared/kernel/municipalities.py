"""The 98 municipalities and the region each belongs to."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Municipality(NamedTuple):
    """A municipality: four-digit code as text (leading zeros matter), short Danish name, region code and name."""

    code: str
    name: str
    region_code: str
    region: str


@cache
def municipalities() -> dict[str, Municipality]:
    """All 98 by code. Christiansø (0411) is no municipality and is not among them.

    Source: municipalities.csv beside this module (see docs/sources.md).
    """
    text = (files("shared.kernel") / "municipalities.csv").read_text(encoding="utf-8")
    return {row[0]: Municipality(*row) for row in list(csv.reader(text.splitlines()))[1:]}


def municipality_code(value: str) -> str:
    """`value` if it is the code of a municipality; raises ValueError otherwise."""
    if value not in municipalities():
        raise ValueError("not the code of one of the 98 municipalities")
    return value
