"""A case of the size that is measured, and a national portfolio of such. All figures are made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.som.events import (
    CaseInputs,
    Cohort,
    Consequence,
    CostLine,
    DiscountRate,
    IndexValue,
    KnowledgePublished,
    Price,
    SuccessRate,
)
from services.som.model import KnowledgeBase

CONSEQUENCES, YEARS, COHORTS = 20, 10, 4
MUNICIPALITIES, INITIATIVES = 98, 6


def knowledge() -> KnowledgeBase:
    """Twenty consequences over ten years, every one and every price from a source of its own: none moves with another,
    which is the most that there is to compute."""
    prices, consequences = [], []
    for place in range(CONSEQUENCES):
        name = f"service-{place:02}"
        price = Price(
            price_id=name,
            service=f"Service {place}",
            amount_dkk=Decimal(20_000 + 3_000 * place),
            price_year=2016,
            kommune=Decimal("0.5"),
            region=Decimal("0.2"),
            stat=Decimal("0.3"),
            status="illustrative",
            source=f"prices {place}",
        )
        changes = tuple(Decimal(-(1 + (7 * place + t) % 5)) / 100 for t in range(YEARS))
        consequence = Consequence(
            target_group="group",
            success_measure="measure",
            price_id=name,
            change_per_success=changes,
            status="illustrative",
            source=f"register {place}",
        )
        prices.append(price)
        consequences.append(consequence)
    published = KnowledgePublished(
        pricebook="benchmark",
        version_label="1",
        price_level_year=2017,
        index_series="index",
        indexed_by=(),
        prices=tuple(prices),
        rules=(),
        consequences=tuple(consequences),
        studies=(),
        bases=(),
        indices=tuple(IndexValue(series="index", year=2016 + year, value=Decimal(100 + year)) for year in range(2)),
        discount_rates=(DiscountRate(decided_from=date(2013, 5, 31), from_year=0, to_year=None, rate=Decimal("0.04")),),
        effective_on=date(2017, 1, 1),
    )
    return KnowledgeBase(published)


def case(number: int = 0) -> CaseInputs:
    """One of the cases: four cohorts, costs in four years, each with a range."""
    people = 20 + number % 17
    cost = 100 * people * (40_000 + 500 * (number % 31))
    return CaseInputs(
        decision_date=date(2017, 5, 9),
        target_group="group",
        success_measure="measure",
        cohorts=tuple(
            Cohort(year=2017 + year, completers=people, low=people - 5, high=people + 2) for year in range(COHORTS)
        ),
        costs=tuple(
            CostLine(kind="operation", year=2017 + year, payer="stat", amount_oere=cost, source="budget")
            for year in range(COHORTS)
        ),
        success_rate=SuccessRate(
            origin="trial",
            name=f"trial {number % INITIATIVES}",
            rate=Decimal("0.10") + Decimal(number % INITIATIVES) / 100,
            low=Decimal("0.02"),
            high=Decimal("0.18"),
        ),
    )
