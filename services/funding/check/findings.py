"""What the check finds: a position, the rule that is broken there, and the figures."""

from __future__ import annotations

from typing import Any, NamedTuple

LIMIT = 20
"""So many findings are kept, the first ones of the log; the rest are only counted."""


class Finding(NamedTuple):
    """A rule that does not hold at a position. Figures whose names end in `_oere` are amounts."""

    position: int
    rule: str
    figures: dict[str, Any]


class Findings:
    """The first findings by position, and how many there are in all."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.count = 0

    def add(self, position: int, rule: str, **figures: Any) -> None:
        """Keep a finding, if it is among the first."""
        self.count += 1
        self.kept.append(Finding(position, rule, {name: value for name, value in figures.items() if value is not None}))
        self.kept.sort(key=lambda finding: finding.position)
        del self.kept[LIMIT:]
