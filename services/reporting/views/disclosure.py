"""Which counts of citizens are hidden.

A count of one to four is hidden. So is any count from which a hidden one could be worked out: the counts of
a cell add up (enrolled = active + completed + withdrawn), the initiatives of a municipality add up to the
municipality, and the municipalities of an initiative add up to a total that is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SMALLEST_SHOWN = 5
ALL_INITIATIVES = ""
"""The key under which a municipality's total over its initiatives stands."""

Cell = tuple[str, str]
"""(initiative, municipality)."""


class Counts(NamedTuple):
    """The counts of citizens in one cell."""

    enrolled: int
    active: int
    completed: int
    withdrawn: int


class Hidden(NamedTuple):
    """The cells in which enrolment is hidden, and those in which what became of the enrolled is."""

    enrolled: frozenset[Cell]
    parts: frozenset[Cell]


def with_totals(cells: Mapping[Cell, Counts]) -> dict[Cell, Counts]:
    """The cells and, under ALL_INITIATIVES, each municipality's total."""
    result = dict(cells)
    for (_, municipality), counts in cells.items():
        so_far = result.get((ALL_INITIATIVES, municipality), Counts(0, 0, 0, 0))
        total = Counts(*(a + b for a, b in zip(so_far, counts, strict=True)))
        result[ALL_INITIATIVES, municipality] = total
    return result


def hidden_cells(cells: Mapping[Cell, Counts]) -> Hidden:
    """What to hide in `cells`, which includes the totals (see with_totals)."""
    enrolled = {cell: counts.enrolled for cell, counts in cells.items()}
    small = {cell for cell, count in enrolled.items() if _small(count)}
    first = _completed(small, enrolled)
    some_part_small = {cell for cell, counts in cells.items() if any(map(_small, counts[1:]))}
    parts = _completed(some_part_small | first, {cell: counts.completed for cell, counts in cells.items()})
    return Hidden(frozenset(first), frozenset(parts))


def _small(count: int) -> bool:
    return 0 < count < SMALLEST_SHOWN


def _completed(small: set[Cell], values: Mapping[Cell, int]) -> set[Cell]:
    """`small` and as many further cells as it takes that no line of the table gives one away."""
    across = _lines(values, 0)
    down = _lines(values, 1)
    hidden = set(small)
    changed = True
    while changed:
        changed = False
        for line, exact in [*((line, True) for line in across), *((line, False) for line in down)]:
            while not _safe([values[cell] for cell in line if cell in hidden], exact):
                shown = [cell for cell in line if cell not in hidden]
                if not shown:
                    break
                # The smallest that is not nought; noughts only when there is nothing else.
                hidden.add(min(shown, key=lambda cell: (values[cell] == 0, values[cell], cell)))
                changed = True
    return hidden


def _lines(values: Mapping[Cell, int], index: int) -> list[list[Cell]]:
    lines: dict[str, list[Cell]] = {}
    for cell in sorted(values):
        lines.setdefault(cell[index], []).append(cell)
    return list(lines.values())


def _safe(hidden: list[int], published_total: bool) -> bool:
    """Whether the hidden values of a line cannot be worked out.

    One hidden value can always be; several can where their sum is the least or the most that small counts
    add up to.
    """
    if not hidden:
        return True
    if len(hidden) == 1:
        return False
    return not published_total or sum(hidden) not in (len(hidden), (SMALLEST_SHOWN - 1) * len(hidden))
