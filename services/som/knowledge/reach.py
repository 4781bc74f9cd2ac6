"""That every amount can be brought to the price level, and every year ahead has one discount rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from services.som.commands import PublishKnowledge
from services.som.events import DiscountRate, Price
from shared.kernel.refusal import refused
from shared.kernel.rejection import Rejected


def require_indices(command: PublishKnowledge) -> None:
    """Raises Rejected INDEX_YEAR_MISSING (series, year) when an amount could not be brought to the price level: by the
    one series for all, or by its family's own; a price that a rule shares must reach the rule's level too."""
    known: dict[str, set[int]] = {}
    for row in command.indices:
        known.setdefault(row.series, set()).add(row.year)
    for series, year, field in _needed(command):
        if year not in known.get(series, ()):
            message = "The index series lacks a year that prices need; add it, or choose another series."
            raise refused("INDEX_YEAR_MISSING", message, field, series=series, year=year)


def _needed(command: PublishKnowledge) -> Iterator[tuple[str, int, str]]:
    """Each series and year that is needed, and the field that needs it."""
    level = command.price_level_year
    families = {row.family: row.series for row in command.indexed_by}
    yield command.index_series, level, "price_level_year"
    for place, row in enumerate(command.indexed_by):
        yield row.series, level, f"indexed_by.{place}.series"
    for place, price in enumerate(command.prices):
        for series in {command.index_series: None, families.get(price.index_family): None}:
            if series is not None:
                yield series, price.price_year, f"prices.{place}.price_year"
                yield from ((series, year, field) for year, field in _rule_levels(command, price))


def _rule_levels(command: PublishKnowledge, price: Price) -> Iterator[tuple[int, str]]:
    for place, rule in enumerate(command.rules):
        if price.rule is not None and rule.rule_id == price.rule.rule_id and rule.level_year is not None:
            yield rule.level_year, f"rules.{place}.level_year"


def require_discount_tables(rates: Sequence[DiscountRate]) -> None:
    """Raises Rejected DISCOUNT_TABLE_GAP (decided_from, year) unless each table covers every year ahead, from 0 for
    ever, just once."""
    for decided_from in sorted({row.decided_from for row in rates}):
        mine = [(place, row) for place, row in enumerate(rates) if row.decided_from == decided_from]
        expected: int | None = 0
        for place, row in sorted(mine, key=lambda one: one[1].from_year):
            if row.from_year != expected:
                year = row.from_year if expected is None else expected
                raise _gap(f"discount_rates.{place}.from_year", decided_from, year)
            if row.to_year is not None and row.to_year < row.from_year:
                raise _gap(f"discount_rates.{place}.to_year", decided_from, row.from_year)
            expected, last = (None if row.to_year is None else row.to_year + 1), place
        if expected is not None:
            raise _gap(f"discount_rates.{last}.to_year", decided_from, expected)


def _gap(field: str, decided_from: date, year: int) -> Rejected:
    return refused(
        "DISCOUNT_TABLE_GAP",
        "A discount table must cover every year ahead from 0 for ever, without gap or overlap.",
        field,
        decided_from=decided_from.isoformat(),
        year=year,
    )
