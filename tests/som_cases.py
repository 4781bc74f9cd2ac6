"""Small cases for the investment model: a knowledge base and a case in a line each, amounts in whole kroner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.som.events import (
    CaseInputs,
    Cohort,
    Consequence,
    CostLine,
    DiscountRate,
    FollowUp,
    IndexedBy,
    IndexValue,
    KnowledgePublished,
    Payer,
    PayerRule,
    Price,
    Saving,
    Settings,
    SuccessRate,
    Transfer,
)
from services.som.model import KnowledgeBase
from shared.kernel.money import oere

DECIDED = date(2017, 5, 9)
GROUP, MEASURE = "voksne", "bolig"


def table(decided_from: date, *rates: str) -> tuple[DiscountRate, ...]:
    """A discount table with one rate for years 0–35, 36–70 and after."""
    spans = zip((0, 36, 71), (35, 70, None), rates, strict=True)
    return tuple(
        DiscountRate(decided_from=decided_from, from_year=first, to_year=last, rate=Decimal(rate))
        for first, last, rate in spans
    )


RATES = (
    *table(date(2013, 5, 31), "0.04", "0.03", "0.02"),
    *table(date(2021, 1, 7), "0.035", "0.025", "0.015"),
)
"""The Ministry of Finance's rates (the last one of 2021 is background knowledge)."""


def price(price_id: str = "botilbud", kroner: str | int = 100_000, shares: str = "0.5 0.2 0.3", **more: Any) -> Price:
    """A price; `shares` of kommune, region and stat."""
    kommune, region, stat = (Decimal(share) for share in shares.split())
    given: dict[str, Any] = {
        "price_id": price_id,
        "service": price_id,
        "amount_dkk": Decimal(kroner),
        "price_year": 2017,
        "kommune": kommune,
        "region": region,
        "stat": stat,
        "status": "own",
        "source": "test",
    }
    return Price(**given | more)


def consequence(*changes: str | int, price_id: str = "botilbud", **more: Any) -> Consequence:
    """A change in use by year after success."""
    given: dict[str, Any] = {
        "target_group": GROUP,
        "success_measure": MEASURE,
        "price_id": price_id,
        "change_per_success": tuple(Decimal(change) for change in changes),
        "status": "own",
        "source": "test",
    }
    return Consequence(**given | more)


def published(
    prices: Sequence[Price] = (),
    consequences: Sequence[Consequence] = (),
    *,
    indices: Mapping[str, Mapping[int, str]] | None = None,
    rules: Sequence[PayerRule] = (),
    indexed_by: Sequence[IndexedBy] = (),
    rates: Sequence[DiscountRate] = RATES,
    level: int = 2017,
) -> KnowledgePublished:
    """A version of the knowledge base; its index series is `net`."""
    return KnowledgePublished(
        pricebook="national",
        version_label="1",
        price_level_year=level,
        index_series="net",
        indexed_by=tuple(indexed_by),
        prices=tuple(prices),
        rules=tuple(rules),
        consequences=tuple(consequences),
        studies=(),
        bases=(),
        indices=tuple(
            IndexValue(series=series, year=year, value=Decimal(value))
            for series, values in (indices or {}).items()
            for year, value in values.items()
        ),
        discount_rates=tuple(rates),
        effective_on=DECIDED,
    )


def knowledge(*args: Any, **more: Any) -> KnowledgeBase:
    """The same, ready to compute with."""
    return KnowledgeBase(published(*args, **more))


def one_service(*changes: str | int, **more: Any) -> KnowledgeBase:
    """One service at 100,000 kroner and the change in its use by year after success."""
    return knowledge([price(**more)], [consequence(*changes)] if changes else [])


def cost(year: int, kroner: int, payer: Payer = "stat", **more: Any) -> CostLine:
    """A cost of the intervention."""
    given: dict[str, Any] = {"kind": "operation", "source": "test"}
    return CostLine(year=year, payer=payer, amount_oere=oere(kroner), **given | more)


def saving(year: int, kroner: int, payer: Payer = "kommune", **more: Any) -> Saving:
    """A saved cost."""
    return Saving(year=year, payer=payer, amount_oere=oere(kroner), source="test", **more)


def transfer(year: int, kroner: int, payer_from: Payer = "stat", payer_to: Payer = "kommune", **more: Any) -> Transfer:
    """A grant received."""
    amount = oere(kroner)
    return Transfer(year=year, payer_from=payer_from, payer_to=payer_to, amount_oere=amount, source="test", **more)


def cohorts(completers: Mapping[int, int]) -> tuple[Cohort, ...]:
    """Completers by year."""
    return tuple(Cohort(year=year, completers=count) for year, count in completers.items())


def success(rate: str | Decimal, follow_ups: Mapping[int, str] | None = None, **more: Any) -> SuccessRate:
    """A net success rate, and what is left of it by months after the course."""
    later = tuple(FollowUp(months=at, share_left=Decimal(left)) for at, left in (follow_ups or {}).items())
    given: dict[str, Any] = {"origin": "typed", "name": "test", "rate": Decimal(rate), "follow_ups": later}
    return SuccessRate(**given | more)


def case(
    completers: Mapping[int, int] | None = None,
    rate: str | Decimal | SuccessRate | None = "0.25",
    costs: Sequence[CostLine] = (),
    *,
    settings: Mapping[str, Any] | None = None,
    **more: Any,
) -> CaseInputs:
    """A case decided on the day of the programme's announcement."""
    given: dict[str, Any] = {
        "decision_date": DECIDED,
        "target_group": GROUP,
        "success_measure": MEASURE,
        "cohorts": cohorts(completers or {}),
        "costs": tuple(costs),
        "success_rate": success(rate) if isinstance(rate, str | Decimal) else rate,
        "settings": Settings(**(settings or {})),
    }
    return CaseInputs(**given | more)
