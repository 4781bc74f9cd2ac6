"""What each row can be on its own and the tables together still cannot: shares, units, years and names that agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from services.som.problems import Problems
from services.som.tables.reading import Row

Rows = Mapping[str, Sequence[Row]]

KEYS = {
    "prices.csv": ("price_id",),
    "payer_rules.csv": ("rule_id", "valid_from", "step_start"),
    "consequences.csv": ("target_group", "success_measure", "price_id", "t"),
    "studies.csv": ("study_id",),
    "bases.csv": ("initiative",),
    "follow_ups.csv": ("initiative", "months"),
    "indices.csv": ("series", "year"),
    "indexed_by.csv": ("family",),
    "discount_rates.csv": ("decided_from", "from_year"),
}
"""What names a row of a table: two rows with the same would leave open which of them counts."""


def check(rows: Rows, problems: Problems) -> None:
    """Note what is wrong between the rows of the tables."""
    for place, rule, message in (
        *_twice(rows),
        *_unknown(rows),
        *_shares(rows["prices.csv"]),
        *_units(rows),
        *_index_gaps(rows),
    ):
        problems.add(place, rule, message)


Found = Iterator[tuple[str, str, str]]


def _twice(rows: Rows) -> Found:
    for file, key in KEYS.items():
        seen: dict[tuple[object, ...], int] = {}
        for row in rows[file]:
            name = tuple(str(row.cells[column]) for column in key)
            if seen.setdefault(name, row.line) != row.line:
                yield row.place(key[-1]), "twice", f"Line {seen[name]} is of the same."


def _unknown(rows: Rows) -> Found:
    references = (
        ("prices.csv", "rule_id", "payer_rules.csv", "rule_id"),
        ("consequences.csv", "price_id", "prices.csv", "price_id"),
        ("follow_ups.csv", "initiative", "bases.csv", "initiative"),
        ("indexed_by.csv", "series", "indices.csv", "series"),
        ("knowledge.csv", "index_series", "indices.csv", "series"),
    )
    for file, column, other, named in references:
        known = {row.cells[named] for row in rows[other]}
        for row in rows[file]:
            if column in row.cells and row.cells[column] not in known:
                yield row.place(column), "unknown", f"{other} has no such {named}."
    studies = {row.cells["study_id"] for row in rows["studies.csv"]}
    for row in rows["bases.csv"]:
        if not studies.issuperset(row.cells.get("study_ids", "").split()):
            yield row.place("study_ids"), "unknown", "studies.csv has no such study_id."
    for row in rows["prices.csv"]:
        for column in ("rule_quantity", "rule_start"):
            if column in row.cells and "rule_id" not in row.cells:
                yield row.place(column), "unknown", "It belongs to a rule, and the price names none."


def _shares(prices: Sequence[Row]) -> Found:
    for row in prices:
        total = sum((Decimal(row.cells[payer]) for payer in ("kommune", "region", "stat")), Decimal(0))
        if total != 1:
            yield row.place("kommune"), "shares_add_up", f"kommune, region and stat add up to {total}, not to 1."


def _units(rows: Rows) -> Found:
    """A price per day beside one per year of the same service, or a change counted in another unit than its price."""
    services: dict[str, Row] = {}
    for row in rows["prices.csv"]:
        first = services.setdefault(row.cells["service"], row)
        if _unit(row) != _unit(first):
            yield (
                row.place("unit"),
                "units_mixed",
                f"Line {first.line} has the same service in another unit; name the two apart.",
            )
    prices = {row.cells["price_id"]: row for row in rows["prices.csv"]}
    for row in rows["consequences.csv"]:
        price = prices.get(row.cells["price_id"])
        if price is not None and "unit" in row.cells and _unit(row) != _unit(price):
            yield row.place("unit"), "units_mixed", f"Its price, {price.place()}, has another unit."


def _unit(row: Row) -> str:
    return " ".join(str(row.cells.get("unit", "")).casefold().split())


def _index_gaps(rows: Rows) -> Found:
    known: dict[str, dict[int, Row]] = {}
    for row in rows["indices.csv"]:
        known.setdefault(row.cells["series"], {})[row.cells["year"]] = row
    for years in known.values():
        ordered = sorted(years)
        for before, year in pairwise(ordered):
            if year != before + 1:
                yield years[year].place("year"), "index_gap", f"The series goes from {before} to {year}."
    for head in rows["knowledge.csv"]:
        has = known.get(head.cells["index_series"], {})
        if not has:
            return
        lacks = "The index series has no such year."
        if head.cells["price_level_year"] not in has:
            yield head.place("price_level_year"), "index_gap", lacks
        for row in rows["prices.csv"]:
            if row.cells["price_year"] not in has:
                yield row.place("price_year"), "index_gap", lacks
