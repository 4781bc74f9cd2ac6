"""What may be done with the knowledge base: publish a version of it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from services.som.commands.values import (
    BasisRow,
    ConsequenceRow,
    DiscountRow,
    IndexedByRow,
    IndexRow,
    PriceRow,
    RuleRow,
    StudyRow,
)
from shared.kernel.messages import BudgetYear, Command, Day, Identifier, Text


class PublishKnowledge(Command):
    """Publish a version of a knowledge base; it replaces the one before, and every case that used it is computed
    anew."""

    max_bytes: ClassVar[int] = 2 * 1024 * 1024

    pricebook: Identifier
    version_label: Text
    price_level_year: BudgetYear
    index_series: Text
    indexed_by: Annotated[tuple[IndexedByRow, ...], Field(max_length=3)] = ()
    prices: Annotated[tuple[PriceRow, ...], Field(min_length=1, max_length=2_000)]
    rules: Annotated[tuple[RuleRow, ...], Field(max_length=200)] = ()
    consequences: Annotated[tuple[ConsequenceRow, ...], Field(max_length=2_000)]
    studies: Annotated[tuple[StudyRow, ...], Field(max_length=1_000)] = ()
    bases: Annotated[tuple[BasisRow, ...], Field(max_length=500)]
    indices: Annotated[tuple[IndexRow, ...], Field(min_length=1, max_length=2_000)]
    discount_rates: Annotated[tuple[DiscountRow, ...], Field(min_length=1, max_length=100)]
    effective_on: Day
