"""What is wrong with a folder of tables, place by place."""

from __future__ import annotations

from shared.kernel.rejection import Rejected

LISTED = 20
"""So many problems are listed; the rest are counted."""


class Problems:
    """Problems found so far: the first twenty with file, line and column, the others counted."""

    def __init__(self) -> None:
        self.found = 0
        self.fields: list[dict[str, str]] = []

    def add(self, place: str, rule: str, message: str) -> None:
        """Note a problem at `file.csv`, `file.csv:line` or `file.csv:line:column`."""
        self.found += 1
        if len(self.fields) < LISTED:
            self.fields.append({"field": place, "rule": rule, "message": message})

    def require_none(self) -> None:
        """Raises Rejected TABLE_INVALID with the problems; nothing has then been imported."""
        if self.found:
            more = self.found - len(self.fields)
            raise Rejected(
                "TABLE_INVALID",
                "The tables were not imported; look at: " + ", ".join(one["field"] for one in self.fields) + ".",
                self.fields,
                problems=self.found,
                not_listed=more,
            )
