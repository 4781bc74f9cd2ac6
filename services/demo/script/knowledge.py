"""The knowledge base that the cases are computed from, as one act."""

from __future__ import annotations

from typing import Any

from services.demo.programme import INTERVENTION_COST, Programme
from services.demo.script.act import Act, Named


def published_knowledge(programme: Programme) -> Named:
    """Published at the programme's start."""
    prices = [_price(row) for row in programme.prices if row.area_da != INTERVENTION_COST]
    fields = {
        "pricebook": "demo",
        "version_label": "1",
        "price_level_year": programme.programme.end.year,
        "index_series": programme.indices[0].series,
        "prices": prices,
        "consequences": [_consequence(row) for row in programme.consequences],
        "evidence": [_evidence(row) for row in programme.evidence],
        "indices": [row.model_dump(mode="json", include={"series", "year", "value"}) for row in programme.indices],
        "discount_rates": [_discount_rate(row) for row in programme.discount_rates],
    }
    yield Act(programme.programme.start, "som", "publish_knowledge", fields), "1"


def _price(row: Any) -> dict[str, Any]:
    same = {"amount_dkk", "price_year", "kommune", "region", "stat", "status"}
    renamed = {"price_id": row.id, "service": row.service_da, "source": row.source_url}
    return {**row.model_dump(mode="json", include=same), **renamed}


def _consequence(row: Any) -> dict[str, Any]:
    same = {"initiative", "change_per_success", "status"}
    return {**row.model_dump(mode="json", include=same), "price_id": row.price, "source": row.source_url}


def _evidence(row: Any) -> dict[str, Any]:
    same = {"initiative", "intervention", "net_success_rate", "evidence_level"}
    return {**row.model_dump(mode="json", include=same), "source": row.source_url}


def _discount_rate(row: Any) -> dict[str, Any]:
    fields: dict[str, Any] = row.model_dump(mode="json", include={"decided_from", "from_year", "to_year", "rate"})
    return fields | ({"to_year": None} if row.to_year == 9999 else {})
