"""A small case with every kind of uncertain input, and what is needed to change it. All figures are made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from services.som.events import (
    CaseInputs,
    Cohort,
    Consequence,
    CostLine,
    DiscountRate,
    IndexValue,
    KnowledgePublished,
    Price,
    Settings,
    SuccessRate,
)
from services.som.model import CaseModel, KnowledgeBase, compile_case

CERTAIN = Settings(assumed_range=Decimal(0))


def price(name: str, amount: int = 60_000, **changes: Any) -> Price:
    """A price, known exactly, half of it the municipality's."""
    known = Price(
        price_id=name,
        service=name.title(),
        amount_dkk=Decimal(amount),
        price_year=2020,
        kommune=Decimal("0.5"),
        region=Decimal("0.2"),
        stat=Decimal("0.3"),
        status="official",
        source=f"prices of {name}",
    )
    return known.model_copy(update=changes)


def consequence(name: str, *changes: str, errors: tuple[str, ...] = (), source: str | None = None) -> Consequence:
    """A change in use of a service, by year after success."""
    return Consequence(
        target_group="group",
        success_measure="measure",
        price_id=name,
        change_per_success=tuple(Decimal(change) for change in changes),
        standard_errors=tuple(Decimal(error) for error in errors),
        status="derived",
        source=f"register of {name}" if source is None else source,
    )


def published(prices: tuple[Price, ...], consequences: tuple[Consequence, ...]) -> KnowledgePublished:
    """A knowledge base at the level of 2020, discounting by 3.5 %."""
    return KnowledgePublished(
        pricebook="national",
        version_label="1",
        price_level_year=2020,
        index_series="series",
        indexed_by=(),
        prices=prices,
        rules=(),
        consequences=consequences,
        studies=(),
        bases=(),
        indices=(
            IndexValue(series="series", year=2019, value=Decimal(100)),
            IndexValue(series="series", year=2020, value=Decimal(102)),
        ),
        discount_rates=(DiscountRate(decided_from=date(2013, 1, 1), from_year=0, to_year=None, rate=Decimal("0.035")),),
        effective_on=date(2020, 1, 1),
    )


PRICES = (price("home", 90_000, low_dkk=Decimal(60_000), high_dkk=Decimal(150_000)), price("visits", status="own"))
CONSEQUENCES = (
    consequence("home", "-0.10", "-0.20", "-0.20", errors=("0.02", "0.05", "0.06")),
    consequence("visits", "0.30", "-0.10"),
)


def knowledge(
    prices: tuple[Price, ...] = PRICES, consequences: tuple[Consequence, ...] = CONSEQUENCES
) -> KnowledgeBase:
    """Two services: one whose uncertainty is known, one of which it is assumed."""
    return KnowledgeBase(published(prices, consequences))


def rate(value: str = "0.20", low: str | None = "0.05", high: str | None = "0.35", **changes: Any) -> SuccessRate:
    """A trial's success rate with its 95 % interval."""
    found = SuccessRate(
        origin="trial",
        name="trial",
        rate=Decimal(value),
        low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high),
    )
    return found.model_copy(update=changes)


def cost(kroner: int, low: int | None = None, high: int | None = None, year: int = 2020, **changes: Any) -> CostLine:
    """A cost of the municipality in whole kroner; the amounts of its range likewise."""
    line = CostLine(
        kind="operation",
        year=year,
        payer="kommune",
        amount_oere=100 * kroner,
        low_oere=None if low is None else 100 * low,
        high_oere=None if high is None else 100 * high,
        source="budget",
    )
    return line.model_copy(update=changes)


INPUTS = CaseInputs(
    decision_date=date(2020, 5, 9),
    target_group="group",
    success_measure="measure",
    cohorts=(Cohort(year=2020, completers=30, low=24, high=33), Cohort(year=2021, completers=30, low=24, high=33)),
    costs=(cost(150_000, 120_000, 240_000), cost(100_000, year=2021, kind="training")),
    success_rate=rate(),
)


def inputs(**changes: Any) -> CaseInputs:
    """The case, changed."""
    return INPUTS.model_copy(update=changes)


def model(case: CaseInputs = INPUTS, known: KnowledgeBase | None = None) -> CaseModel:
    """The case compiled."""
    return compile_case(case, known or KNOWN)


KNOWN = knowledge()
