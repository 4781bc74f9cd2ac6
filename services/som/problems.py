"""What is wrong with a file that was given, place by place."""

from __future__ import annotations

from shared.kernel.rejection import Rejected

LISTED = 20
"""So many problems are listed; the rest are counted."""


class Problems:
    """Problems found so far: the first twenty with their places, the others counted."""

    def __init__(self) -> None:
        self.found = 0
        self.fields: list[dict[str, str]] = []

    def add(self, place: str, rule: str, message: str) -> None:
        """Note a problem at a place: `prices.csv`, `prices.csv:4:amount_dkk`, `5 Priser!D7`."""
        self.found += 1
        if len(self.fields) < LISTED:
            self.fields.append({"field": place, "rule": rule, "message": message})

    def require_none(self, code: str, what: str) -> None:
        """Raises Rejected `code` with the problems; `what`: "The tables were not imported"."""
        if self.found:
            raise Rejected(
                code,
                f"{what}; look at: " + ", ".join(one["field"] for one in self.fields) + ".",
                self.fields,
                problems=self.found,
                not_listed=self.found - len(self.fields),
            )
