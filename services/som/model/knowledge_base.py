"""A published version of the knowledge base, made ready to compute with.

Looking up a price, an index or a group's consequences happens thousands of times a second; here it is done once per
version and kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from services.som.events import (
    Basis,
    CaseInputs,
    Consequence,
    IndexFamily,
    KnowledgePublished,
    PayerRule,
    Price,
    Settings,
)
from services.som.model.payers import Shares, in_force, shares_of
from shared.kernel.rejection import Rejected
from shared.kernel.statistics import Z95

Floats = npt.NDArray[np.float64]

KEPT = 256
"""So many groups of rows are kept; then the keeping starts afresh."""


@dataclass(frozen=True, eq=False)
class Row:
    """A consequence that counts, with its price: `change` and `standard_error` by t (T + 1), the price in øre at the
    case's price level."""

    consequence: Consequence
    price: Price
    change: Floats
    standard_error: Floats
    unit_oere: float


@dataclass(frozen=True, eq=False)
class Rows:
    """The consequences that count in a case, in the order of their price ids; `length` is T + 1. `worth`: what
    was worked out of them, by cohort year."""

    rows: tuple[Row, ...]
    length: int
    worth: dict[int, tuple[Floats, Floats]] = field(default_factory=dict)


class KnowledgeBase:
    """A published version of the knowledge base, with what was looked up in it."""

    def __init__(self, published: KnowledgePublished) -> None:
        self.published = published
        self.prices = {price.price_id: price for price in published.prices}
        self.bases = {basis.initiative: basis for basis in published.bases}
        self._index: dict[str, dict[int, float]] = {}
        for row in published.indices:
            self._index.setdefault(row.series, {})[row.year] = float(row.value)
        self._families = {row.family: row for row in published.indexed_by}
        self._rules: dict[str, list[PayerRule]] = {}
        for rule in sorted(published.rules, key=lambda rule: rule.valid_from):
            self._rules.setdefault(rule.rule_id, []).append(rule)
        self._rows: dict[tuple[Any, ...], Rows] = {}

    def basis(self, initiative: str) -> Basis | None:
        """What an initiative is computed with, None when this version does not know it."""
        return self.bases.get(initiative)

    def level(self, settings: Settings) -> int:
        """The price level's year in a case."""
        return settings.price_level_year or self.published.price_level_year

    def index(self, family: IndexFamily, settings: Settings) -> tuple[str, Mapping[int, float], bool]:
        """The series that brings a family's prices to the level: its name, its values, and whether amounts are then
        rounded up to whole hundreds (personskatteloven § 20)."""
        chosen = self._families.get(family) if settings.indexation == "families" else None
        series = self.published.index_series if chosen is None else chosen.series
        return series, self._index.get(series, {}), chosen is not None and chosen.rounding == "up_to_100"

    def at_level(self, amount: float, price_year: int, level: int, family: IndexFamily, settings: Settings) -> float:
        """`amount` of `price_year` at the level of another year: own price · index(level) / index(own price year).

        Raises Rejected INDEX_YEAR_MISSING with series and year. Source: SØM's guidance on own prices (domain facts 1.2,
        step 8); rounding up to 100 kr. by personskatteloven § 20 where the family's series says so.
        """
        if price_year == level:
            return amount
        series, index, up_to_100 = self.index(family, settings)
        for year in (level, price_year):
            if year not in index:
                raise Rejected("INDEX_YEAR_MISSING", "The index series lacks a year.", series=series, year=year)
        moved = amount * index[level] / index[price_year]
        # A last bit above a whole hundred must not make it the next one.
        return 100.0 * ceil(round(moved / 100.0, 9)) if up_to_100 else moved

    def rows(self, inputs: CaseInputs) -> Rows:
        """The consequences that count in a case, own ones in the place of the knowledge base's.

        Raises Rejected UNKNOWN_PRICE, UNKNOWN_RULE (an own price's), INDEX_YEAR_MISSING or HORIZON_BEYOND_CONSEQUENCES.
        """
        settings = inputs.settings
        own = bool(inputs.own_prices or inputs.own_consequences)
        place = (inputs.target_group, inputs.success_measure, settings.include, self.level(settings))
        key = (*place, settings.indexation, settings.horizon, settings.assumed_range)
        if own or key not in self._rows:
            found = self._build(inputs)
            if own:
                return found
            if len(self._rows) >= KEPT:
                self._rows.clear()
            self._rows[key] = found
        return self._rows[key]

    def worth(self, rows: Rows, settings: Settings, cohort_year: int) -> tuple[Floats, Floats]:
        """What one more success among those who complete in `cohort_year` is worth, in øre, by consequence, year t
        after success and payer, −change[j, t] · price[j] · share[j, cohort year + t, a]; and what one standard error
        more of each change moves that by: two arrays (J, T + 1, 3)."""
        # Only a rule makes one cohort's shares other than the next's.
        year = cohort_year if any(row.price.rule is not None for row in rows.rows) else 0
        kept = rows.worth.get(year)
        if kept is None:
            shape = (len(rows.rows), rows.length)
            shares = np.empty((*shape, 3))
            for j, row in enumerate(rows.rows):
                shares[j] = self._shares(row, rows, settings, cohort_year)
            price = np.array([row.unit_oere for row in rows.rows])[:, np.newaxis]
            change = np.array([row.change for row in rows.rows]).reshape(shape)
            error = np.array([row.standard_error for row in rows.rows]).reshape(shape)
            kept = (-change * price)[:, :, np.newaxis] * shares, (-error * price)[:, :, np.newaxis] * shares
            rows.worth[year] = kept
        return kept

    def shares(self, price: Price, settings: Settings, year: int, t: int) -> Shares:
        """What each payer bears of a unit of `price` in a calendar year that is year `t` after success: by its rule,
        for the part of the year in which a version is in force, else by its fixed shares."""
        fixed = (float(price.kommune), float(price.region), float(price.stat))
        if price.rule is None:
            return fixed
        total = [0.0, 0.0, 0.0]
        for rule, part in in_force(self._rules.get(price.rule.rule_id, []), year):
            borne = fixed
            if rule is not None:
                level = price.price_year if rule.level_year is None else rule.level_year
                amount = self.at_level(float(price.amount_dkk), price.price_year, level, price.index_family, settings)
                borne = shares_of(rule, price.rule, amount, t)
            for payer in range(3):
                total[payer] += part * borne[payer]
        return total[0], total[1], total[2]

    def _shares(self, row: Row, rows: Rows, settings: Settings, cohort_year: int) -> Floats:
        if row.price.rule is None:
            return np.array(self.shares(row.price, settings, cohort_year, 0))
        return np.array([self.shares(row.price, settings, cohort_year + t, t) for t in range(rows.length)])

    def _build(self, inputs: CaseInputs) -> Rows:
        settings = inputs.settings
        prices = self.prices | {price.price_id: price for price in inputs.own_prices}
        chosen = _chosen(self.published.consequences, inputs)
        longest = max((len(row.change_per_success) for row in chosen), default=0)
        if settings.horizon is not None and chosen and settings.horizon + 1 > longest:
            raise Rejected(
                "HORIZON_BEYOND_CONSEQUENCES",
                "The horizon reaches further than any consequence is known.",
                [{"field": "settings.horizon", "rule": "within_consequences"}],
                horizon=settings.horizon,
                known_to=longest - 1,
            )
        length = longest if settings.horizon is None else min(longest, settings.horizon + 1)
        return Rows(tuple(self._row(one, prices, length, settings) for one in chosen), length)

    def _row(self, row: Consequence, prices: Mapping[str, Price], length: int, settings: Settings) -> Row:
        price = prices.get(row.price_id)
        if price is None:
            raise Rejected("UNKNOWN_PRICE", "A consequence names no known price.", price_id=row.price_id)
        if price.rule is not None and price.rule.rule_id not in self._rules:
            raise Rejected("UNKNOWN_RULE", "A price names no known payer rule.", rule_id=price.rule.rule_id)
        kroner = self.at_level(
            float(price.amount_dkk), price.price_year, self.level(settings), price.index_family, settings
        )
        change = _padded([float(one) for one in row.change_per_success], length)
        if row.standard_errors:
            error = _padded([float(one) for one in row.standard_errors], length)
        else:
            error = np.abs(change) * (float(settings.assumed_range) / Z95)
        return Row(row, price, change, error, 100.0 * kroner)


def _chosen(known: Sequence[Consequence], inputs: CaseInputs) -> list[Consequence]:
    counted = {"include": ("include",), "consider": ("include", "consider")}.get(
        inputs.settings.include, ("include", "consider", "leave_out")
    )
    group = (inputs.target_group, inputs.success_measure)
    rows = {row.price_id: row for row in known if (row.target_group, row.success_measure) == group}
    rows |= {row.price_id: row for row in inputs.own_consequences}
    return [row for _, row in sorted(rows.items()) if row.recommendation in counted]


def _padded(values: Sequence[float], length: int) -> Floats:
    padded = np.zeros(length)
    padded[: min(len(values), length)] = values[:length]
    return padded
