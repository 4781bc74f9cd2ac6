"""What a caller may ask of the investment model: publish a knowledge base, read the projections.

The rows are the values of events.py with every field bounded, so that a published number can be neither
endless nor so large that the engine's float64 would lose øre. What the wire allows in one command
(MAX_INPUT_BYTES) is reached before most of the list limits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.som.events import Consequence, DiscountRate, Evidence, IndexValue, Price
from shared.kernel.messages import (
    BudgetYear,
    Command,
    Day,
    Identifier,
    MunicipalityCode,
    Query,
    RequestPart,
    Text,
)

MAX_EFFECT_YEARS = 41
"""A consequence has a value for at most t = 0 … 40."""

Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=12)]
Kroner = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=6)]
Change = Annotated[Decimal, Field(ge=-(10**5), le=10**5, decimal_places=9)]
NetRate = Annotated[Decimal, Field(ge=-1, le=1, decimal_places=9)]
YearsAhead = Annotated[int, Field(ge=0, le=1000)]


class PriceRow(Price, RequestPart):
    """A price; its payer shares are 0 to 1 each, and must add up to 1."""

    price_id: Identifier
    service: Text
    amount_dkk: Kroner
    price_year: BudgetYear
    kommune: Share
    region: Share
    stat: Share
    status: Text
    source: Text


class ConsequenceRow(Consequence, RequestPart):
    """A consequence of success, for t = 0 and at most 40 years on."""

    initiative: Identifier
    price_id: Identifier
    change_per_success: Annotated[tuple[Change, ...], Field(min_length=1, max_length=MAX_EFFECT_YEARS)]
    status: Text
    source: Text


class EvidenceRow(Evidence, RequestPart):
    """An initiative's evidence: net success rate −1 to 1, level 1 (trial or meta-study) to 3 (before and
    after)."""

    initiative: Identifier
    intervention: Text
    net_success_rate: NetRate
    evidence_level: Annotated[int, Field(ge=1, le=3)]
    source: Text


class IndexRow(IndexValue, RequestPart):
    """One year of an index series; an index is more than nought."""

    series: Text
    year: BudgetYear
    value: Annotated[Decimal, Field(ge=Decimal("0.001"), le=10**6, decimal_places=9)]


class DiscountRow(DiscountRate, RequestPart):
    """A rate, 0 to 1 a year, for a range of years ahead."""

    decided_from: Day
    from_year: YearsAhead
    to_year: YearsAhead | None
    rate: Share


class PublishKnowledge(Command):
    """Publish a version of a knowledge base; it replaces the one before and every case is computed anew."""

    pricebook: Identifier
    version_label: Text
    price_level_year: BudgetYear
    index_series: Text
    prices: Annotated[tuple[PriceRow, ...], Field(min_length=1, max_length=2_000)]
    consequences: Annotated[tuple[ConsequenceRow, ...], Field(max_length=2_000)]
    evidence: Annotated[tuple[EvidenceRow, ...], Field(max_length=500)]
    indices: Annotated[tuple[IndexRow, ...], Field(min_length=1, max_length=2_000)]
    discount_rates: Annotated[tuple[DiscountRow, ...], Field(min_length=1, max_length=100)]
    effective_on: Day


class CaseProjection(Query):
    """The latest projection of one case, with everything it was computed from."""

    initiative: Identifier
    municipality: MunicipalityCode


class Cases(Query):
    """Every case with its headline figures, of one initiative or of all."""

    initiative: Identifier | None = None
