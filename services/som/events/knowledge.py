"""The knowledge base (vidensdatabase), version by version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from services.som.events.values import (
    STATUSES,
    Basis,
    Consequence,
    DiscountRate,
    IndexedBy,
    IndexValue,
    PayerRule,
    Price,
    Study,
)
from shared.kernel.messages import Event


class KnowledgePublished(Event, type="som.knowledge_published", stream="pricebook-{pricebook}", schema_version=2):
    """A version of the knowledge base: prices and payer rules, consequences, evidence, indices and discount rates.

    `index_series` brings prices to the price level where a case does not choose the series by family (`indexed_by`).
    """

    pricebook: str
    version_label: str
    price_level_year: int
    index_series: str
    indexed_by: tuple[IndexedBy, ...]
    prices: tuple[Price, ...]
    rules: tuple[PayerRule, ...]
    consequences: tuple[Consequence, ...]
    studies: tuple[Study, ...]
    bases: tuple[Basis, ...]
    indices: tuple[IndexValue, ...]
    discount_rates: tuple[DiscountRate, ...]
    effective_on: date


def _status(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"status": row["status"] if row["status"] in STATUSES else "own"}


def knowledge_2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew one set of consequences and one rate per initiative: each becomes a group of its own."""
    groups = {row["initiative"] for row in (*data["evidence"], *data["consequences"])}
    known = {row["initiative"]: row for row in data["evidence"]}
    nothing = {"intervention": "unknown", "net_success_rate": "0", "evidence_level": 3, "source": "none"}
    bases = [
        {**known.get(one, nothing), "initiative": one, "target_group": one, "success_measure": "success"}
        for one in sorted(groups)
    ]
    consequences = [
        _status(row) | {"target_group": row["initiative"], "success_measure": "success"} for row in data["consequences"]
    ]
    prices = [_status(row) for row in data["prices"]]
    return data | {
        "prices": prices,
        "consequences": consequences,
        "bases": bases,
        "rules": [],
        "studies": [],
        "indexed_by": [],
    }


KNOWLEDGE_UPCASTERS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {
    (KnowledgePublished.event_type, 1): knowledge_2
}
