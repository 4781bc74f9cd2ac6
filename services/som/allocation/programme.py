"""An allocation as a programme of whole numbers: one unknown per option, 0 or 1, and one row per constraint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from services.som.allocation.values import Option
from services.som.commands.queries import Earmark, Floor

Whole = npt.NDArray[np.int64]
Picked = npt.NDArray[np.bool_]

DRAWS_SEARCHED = 200
"""HiGHS looks for a set on so many draws, evenly chosen."""
WEIGHINGS = 400_000_000
"""Exchanges are weighed on as many draws, evenly chosen, as make so many sums (options² · draws), at least those
searched. Which of the sets so found is best, all the draws say: few draws flatter the set that was fitted to them."""


@dataclass(frozen=True, eq=False)
class Row:
    """Σ coefficients·x ≤ limit. A floor is such a row with both sides negative. `earmarks`: whose money a row of money
    may use beside the free money."""

    kind: str
    name: str
    coefficients: Whole
    limit: int
    earmarks: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Programme:
    """n options in order of id; `amounts` and `nets` (n,), `draws` (n, D) in whole øre, `searched` (n, M) those of the
    draws that a set is looked for on (M = 0 when the aim is the expected net result), `weighed` (n, W) those that
    exchanges are weighed on."""

    options: tuple[Option, ...]
    amounts: Whole
    nets: Whole
    draws: Whole
    searched: Whole
    weighed: Whole
    target: int
    rows: tuple[Row, ...]

    @property
    def by_chance(self) -> bool:
        """Whether the aim is the probability of reaching the target."""
        return bool(self.searched.shape[1])

    @property
    def matrix(self) -> Whole:
        """The coefficients of all rows: (R, n)."""
        return np.array([row.coefficients for row in self.rows]).reshape(len(self.rows), len(self.options))

    @property
    def limits(self) -> Whole:
        """The right-hand sides of all rows: (R,)."""
        return np.array([row.limit for row in self.rows], dtype=np.int64)

    def broken(self, picked: Picked) -> Row | None:
        """The first row that a set does not keep, in exact arithmetic; None when it keeps them all."""
        for row in self.rows:
            if int(row.coefficients[picked].sum()) > row.limit:
                return row
        return None

    def met(self, picked: Picked, draws: Whole) -> int:
        """In how many of some draws (n, D) the target is reached."""
        return int(np.count_nonzero(draws[picked].sum(axis=0) >= self.target))

    def for_expected(self) -> Programme:
        """The same with the highest expected net result as its aim."""
        return replace(self, searched=self.searched[:, :0], weighed=self.weighed[:, :0])

    def with_rows(self, rows: Sequence[Row]) -> Programme:
        """The same options under other rows."""
        return replace(self, rows=tuple(rows))

    def with_more_money(self, step_oere: int) -> Programme:
        """The same with more free money."""
        return self.with_rows(
            [replace(row, limit=row.limit + step_oere) if row.kind == "money" else row for row in self.rows]
        )


def programme(
    options: Sequence[Option],
    budget_oere: int,
    target_oere: int | None,
    search_target: bool,
    floors: Sequence[Floor],
    earmarks: Sequence[Earmark],
    one_per_municipality: bool,
) -> Programme:
    """The programme of an allocation. The options are sorted by id, so that their order is without consequence."""
    ordered = tuple(sorted(options, key=lambda option: option.option_id))
    amounts = np.array([option.amount_oere for option in ordered], dtype=np.int64)
    drawn = [np.rint(option.draws).astype(np.int64) for option in ordered if option.draws is not None]
    draws = np.array(drawn) if len(drawn) == len(ordered) else np.zeros((len(ordered), 0), dtype=np.int64)
    rows = [*money_rows(ordered, amounts, budget_oere, earmarks), *_floor_rows(ordered, amounts, floors)]
    if one_per_municipality:
        rows += _municipality_rows(ordered)
    return Programme(
        options=ordered,
        amounts=amounts,
        nets=np.array([option.net_result_oere for option in ordered], dtype=np.int64),
        draws=draws,
        searched=_evenly(draws, DRAWS_SEARCHED if search_target else 0),
        weighed=_evenly(draws, max(DRAWS_SEARCHED, WEIGHINGS // len(ordered) ** 2) if search_target else 0),
        target=target_oere or 0,
        rows=tuple(rows),
    )


def _evenly(draws: Whole, most: int) -> Whole:
    """At most so many of some draws, evenly chosen."""
    count = draws.shape[1]
    taken = min(count, most)
    return draws[:, np.arange(taken) * count // max(taken, 1)]


def money_rows(options: Sequence[Option], amounts: Whole, budget_oere: int, earmarks: Sequence[Earmark]) -> list[Row]:
    """The rows that say there is money enough.

    For every set of earmarks: the options that can use no other earmarks than these share the free money and these. As
    a grant may be paid from several sources, that is all (max-flow min-cut): the empty set leaves the free money, all
    of them the whole budget. Rows on the same options as a tighter one are left out.
    """
    free = budget_oere - sum(earmark.amount_oere for earmark in earmarks)
    usable = [{mark.name for mark in earmarks if option.track in mark.tracks} for option in options]
    rows: dict[tuple[bool, ...], Row] = {}
    for size in range(len(earmarks) + 1):
        for some in combinations(earmarks, size):
            names = frozenset(mark.name for mark in some)
            inside = tuple(can_use <= names for can_use in usable)
            limit = free + sum(mark.amount_oere for mark in some)
            if any(inside) and (inside not in rows or limit < rows[inside].limit):
                rows[inside] = Row("money", ", ".join(sorted(names)), np.where(inside, amounts, 0), limit, names)
    return list(rows.values())


def _floor_rows(options: Sequence[Option], amounts: Whole, floors: Sequence[Floor]) -> list[Row]:
    return [
        Row(
            "floor",
            floor.track,
            np.where([option.track == floor.track for option in options], -amounts, 0),
            -floor.amount_oere,
        )
        for floor in floors
    ]


def _municipality_rows(options: Sequence[Option]) -> list[Row]:
    """A row for every municipality with more than one option."""
    places = [option.municipality for option in options]
    return [
        Row("municipality", place, np.array([other == place for other in places], dtype=np.int64), 1)
        for place in sorted({place for place in places if place is not None})
        if places.count(place) > 1
    ]
