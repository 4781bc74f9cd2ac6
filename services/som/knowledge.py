"""The knowledge base (vidensdatabase): when a version of it is whole enough to compute with.

Everything a projection could later stumble over is refused here, once, before it is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import date
from itertools import groupby
from typing import Any

from services.som.commands import PublishKnowledge
from services.som.events import DiscountRate, KnowledgePublished
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.rejection import Rejected


class PricebookState(Value):
    """The labels under which versions of this knowledge base were published."""

    labels: tuple[str, ...] = ()


def evolve(state: PricebookState, event: Event) -> PricebookState:
    """The pricebook after `event`; an event of another kind changes nothing."""
    match event:
        case KnowledgePublished():
            return PricebookState(labels=(*state.labels, event.version_label))
        case _:
            return state


def decide_publication(state: PricebookState, command: PublishKnowledge) -> list[Event]:
    """Publish the version.

    Raises Rejected ALREADY_PUBLISHED (the label is taken), DUPLICATE_ENTRY, SHARES_DO_NOT_ADD_UP,
    UNKNOWN_PRICE, INDEX_YEAR_MISSING or DISCOUNT_TABLE_GAP, each with the figures that name the row.
    """
    if command.version_label in state.labels:
        raise Rejected("ALREADY_PUBLISHED", "A version with this label has been published.")
    _require_unique(command)
    _require_whole_shares(command)
    _require_known_prices(command)
    _require_indices(command)
    _require_discount_tables(command.discount_rates)
    return [KnowledgePublished.model_validate(command.model_dump())]


def _require_unique(command: PublishKnowledge) -> None:
    """Raises Rejected DUPLICATE_ENTRY: two rows for one thing would leave open which of them counts."""
    keys: dict[str, Iterable[tuple[Hashable, ...]]] = {
        "prices": ((row.price_id,) for row in command.prices),
        "consequences": ((row.initiative, row.price_id) for row in command.consequences),
        "evidence": ((row.initiative,) for row in command.evidence),
        "indices": ((row.series, row.year) for row in command.indices),
    }
    for rows, found in keys.items():
        key, count = max(Counter(found).items(), key=lambda item: item[1], default=((), 0))
        if count > 1:
            raise Rejected("DUPLICATE_ENTRY", f"Two {rows} rows have the same key.", rows=rows, key=list(key))


def _require_whole_shares(command: PublishKnowledge) -> None:
    """Raises Rejected SHARES_DO_NOT_ADD_UP: payers must bear a price exactly, neither more nor less."""
    for price in command.prices:
        total = price.kommune + price.region + price.stat
        if total != 1:
            raise Rejected(
                "SHARES_DO_NOT_ADD_UP",
                "The payers' shares of a price must add up to 1.",
                price_id=price.price_id,
                shares_add_up_to=str(total),
            )


def _require_known_prices(command: PublishKnowledge) -> None:
    """Raises Rejected UNKNOWN_PRICE for a consequence whose price is not in the same version."""
    known = {price.price_id for price in command.prices}
    for row in command.consequences:
        if row.price_id not in known:
            raise Rejected(
                "UNKNOWN_PRICE",
                "A consequence names a price that this version does not hold.",
                price_id=row.price_id,
                initiative=row.initiative,
            )


def _require_indices(command: PublishKnowledge) -> None:
    """Raises Rejected INDEX_YEAR_MISSING when a price could not be brought to the price level."""
    known = {row.year for row in command.indices if row.series == command.index_series}
    needed = {command.price_level_year, *(price.price_year for price in command.prices)}
    missing = sorted(needed - known)
    if missing:
        raise Rejected(
            "INDEX_YEAR_MISSING",
            "The index series lacks a year.",
            series=command.index_series,
            year=missing[0],
        )


def _require_discount_tables(rates: Iterable[DiscountRate]) -> None:
    """Raises Rejected DISCOUNT_TABLE_GAP unless each table covers every year ahead, from 0 for ever, just
    once."""

    def place(row: DiscountRate) -> tuple[date, int]:
        return row.decided_from, row.from_year

    for decided_from, rows in groupby(sorted(rates, key=place), key=lambda row: row.decided_from):
        expected: int | None = 0
        for row in rows:
            backwards = row.to_year is not None and row.to_year < row.from_year
            if row.from_year != expected or backwards:
                raise _gap(decided_from, expected if expected is not None else row.from_year)
            expected = None if row.to_year is None else row.to_year + 1
        if expected is not None:
            raise _gap(decided_from, expected)


def _gap(decided_from: date, year: int) -> Rejected:
    return Rejected(
        "DISCOUNT_TABLE_GAP",
        "A discount table must cover every year ahead from 0 for ever, without gap or overlap.",
        decided_from=decided_from.isoformat(),
        year=year,
    )


def _reads(command: Any) -> tuple[tuple[Aggregate[Any], str], ...]:
    return ((PRICEBOOK, command.pricebook),)


PRICEBOOK = Aggregate("pricebook", PricebookState(), evolve)

PUBLISH_KNOWLEDGE = Decider(PublishKnowledge, _reads, decide_publication)
