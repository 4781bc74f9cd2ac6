"""The knowledge base that the cases are computed from, as one act."""

from __future__ import annotations

from typing import Any

from services.demo.programme import INTERVENTION_COST, Programme
from services.demo.script.act import Act, Named


def published_knowledge(programme: Programme) -> Named:
    """Published at the programme's start."""
    groups = {row.initiative: (row.target_group, row.success_measure) for row in programme.evidence}
    fields = {
        "pricebook": "demo",
        "version_label": "1",
        "price_level_year": programme.programme.end.year,
        "index_series": programme.indices[0].series,
        "indexed_by": [row.model_dump(mode="json") for row in programme.indexed_by],
        "prices": [_price(row) for row in programme.prices if row.area_da != INTERVENTION_COST],
        "rules": [_sourced(row, {"note"}) for row in programme.rules],
        "consequences": [_consequence(row, *groups[row.initiative]) for row in programme.consequences],
        "bases": [_sourced(row, {"note", "year"}) for row in programme.evidence],
        "indices": [_sourced(row, {"note"}) for row in programme.indices],
        "discount_rates": [_discount_rate(row) for row in programme.discount_rates],
    }
    yield Act(programme.programme.start, "som", "publish_knowledge", fields), "1"


def _sourced(row: Any, without: set[str]) -> dict[str, Any]:
    """A row as it stands, its address as its source."""
    fields: dict[str, Any] = row.model_dump(mode="json", exclude=without | {"source_url"})
    return {**fields, "source": row.source_url}


def _price(row: Any) -> dict[str, Any]:
    renamed = {"price_id": row.id, "service": row.service_da, "area": row.area_da}
    return {**_sourced(row, {"id", "service_da", "area_da"}), **renamed}


def _consequence(row: Any, target_group: str, success_measure: str) -> dict[str, Any]:
    group = {"target_group": target_group, "success_measure": success_measure}
    return {**_sourced(row, {"initiative", "price"}), **group, "price_id": row.price}


def _discount_rate(row: Any) -> dict[str, Any]:
    fields: dict[str, Any] = row.model_dump(mode="json", include={"decided_from", "from_year", "to_year", "rate"})
    return fields | ({"to_year": None} if row.to_year == 9999 else {})
