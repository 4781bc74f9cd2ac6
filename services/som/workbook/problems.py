"""What is wrong with a workbook, cell by cell."""

from __future__ import annotations

from shared.kernel.rejection import Rejected

LISTED = 20
"""So many problems are listed; the rest are counted."""


class Problems:
    """Problems found so far: the first twenty with sheet, row and column (`5 Priser!D7`), the others counted."""

    def __init__(self) -> None:
        self.found = 0
        self.fields: list[dict[str, str]] = []

    def add(self, place: str, rule: str, message: str) -> None:
        """Note a problem at a sheet or a cell."""
        self.found += 1
        if len(self.fields) < LISTED:
            self.fields.append({"field": place, "rule": rule, "message": message})

    def require_none(self) -> None:
        """Raises Rejected WORKBOOK_INVALID with the problems; nothing has then been imported."""
        if self.found:
            raise Rejected(
                "WORKBOOK_INVALID",
                "The workbook was not imported; look at: " + ", ".join(one["field"] for one in self.fields) + ".",
                self.fields,
                problems=self.found,
                not_listed=self.found - len(self.fields),
            )
