"""Øre by account of a grant's ledger and by cell, in plain integers, and the ways that money moves between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

Lines = list[tuple[str, int, str | None, int]]
"""Post, project year, earmark, øre."""
UNSPENT = ("carried_over", "paid")
OUTLAYS = (*UNSPENT, "accounted_for", "receivable", "repaid", "waived")
ALL = ("committed", "payable", *OUTLAYS, "lapsed")


class Cell(NamedTuple):
    """What finances an amount, and what it is for."""

    account: str
    budget_year: int
    post: str
    project_year: int
    earmark: str | None

    @property
    def age(self) -> tuple[int, str]:
        """The oldest money first."""
        return self.budget_year, self.account

    @property
    def line(self) -> tuple[str, int, str | None]:
        """The budget line."""
        return self.post, self.project_year, self.earmark


def place(lines: Lines, money: Iterable[tuple[tuple[str, int], int]]) -> Counter[Cell]:
    """The oldest money finances the earliest year."""
    left = sorted((year, account, amount) for (account, year), amount in money)
    cells: Counter[Cell] = Counter()
    for post, project_year, earmark, amount in sorted(lines, key=lambda line: line[1]):
        while amount:
            year, account, there = left.pop(0)
            part = min(amount, there)
            cells[Cell(account, year, post, project_year, earmark)] += part
            amount -= part
            if there > part:
                left.insert(0, (year, account, there - part))
    return cells


class Balances:
    """What stands on a grant's accounts; `pool` is what is left of its pool, where lapsed and repaid money goes."""

    def __init__(self, pool: Counter[tuple[str, int]], committed: Counter[Cell]) -> None:
        self.pool = pool
        self.on: dict[str, Counter[Cell]] = {name: Counter() for name in ALL}
        self.on["committed"] = committed

    def standing(self) -> dict[tuple[str, Cell], int]:
        """Every balance that is not nought."""
        return {(name, cell): amount for name in ALL for cell, amount in self.on[name].items() if amount}

    def total(self, *names: str) -> int:
        """What stands on these accounts together."""
        return sum(sum(self.on[name].values()) for name in names)

    def cells(self, *names: str) -> list[Cell]:
        """The cells of these accounts, the oldest money first and then in the order of the budget."""
        found = {cell for name in names for cell, amount in self.on[name].items() if amount}
        return sorted(found, key=lambda cell: (*cell.age, cell.project_year, cell.post, cell.earmark or ""))

    def move(self, source: str, target: str, parts: dict[Cell, int]) -> None:
        """From one account to another; none may be overdrawn."""
        for cell, amount in parts.items():
            self.on[source][cell] -= amount
            assert self.on[source][cell] >= 0, f"{source} is overdrawn"
            self.on[target][cell] += amount

    def back(self, source: str, target: str, parts: dict[Cell, int]) -> None:
        """Move it, and as much goes back to the pool."""
        self.move(source, target, parts)
        for cell, amount in parts.items():
            self.pool[cell.account, cell.budget_year] += amount

    def take(self, name: str, wanted: int, fits: Callable[[Cell], bool]) -> dict[Cell, int]:
        """Up to `wanted` of an account, the oldest money first."""
        taken: dict[Cell, int] = {}
        for cell in self.cells(name):
            part = min(wanted, self.on[name][cell]) if fits(cell) else 0
            if part:
                taken[cell] = part
                wanted -= part
        return taken
