"""What the investment model knows and computes: the facts of SØM.

Money inside a projection is whole øre, rounded once at the edge; shares and rates are decimals.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from shared.kernel.messages import Event, Value


class Price(Value):
    """The yearly price of a service in kroner of `price_year`, and the share each payer bears (they add up
    to 1)."""

    price_id: str
    service: str
    amount_dkk: Decimal
    price_year: int
    kommune: Decimal
    region: Decimal
    stat: Decimal
    status: str
    source: str


class Consequence(Value):
    """Signed change in use of a priced service per successful citizen, by year t = 0, 1, … after success."""

    initiative: str
    price_id: str
    change_per_success: tuple[Decimal, ...]
    status: str
    source: str


class Evidence(Value):
    """The net success rate an initiative is computed with before its own trial has results."""

    initiative: str
    intervention: str
    net_success_rate: Decimal
    evidence_level: int
    source: str


class IndexValue(Value):
    """One year of a price index series."""

    series: str
    year: int
    value: Decimal


class DiscountRate(Value):
    """The rate for flows `from_year`–`to_year` ahead (to_year None: for ever), for decisions from
    `decided_from` on."""

    decided_from: date
    from_year: int
    to_year: int | None
    rate: Decimal


class KnowledgePublished(Event, type="som.knowledge_published", stream="pricebook-{pricebook}"):
    """A version of the knowledge base: prices, consequences, evidence, indices and discount rates."""

    pricebook: str
    version_label: str
    price_level_year: int
    index_series: str
    prices: tuple[Price, ...]
    consequences: tuple[Consequence, ...]
    evidence: tuple[Evidence, ...]
    indices: tuple[IndexValue, ...]
    discount_rates: tuple[DiscountRate, ...]
    effective_on: date


class PayerAmounts(Value):
    """An amount in øre per payer."""

    kommune: int
    region: int
    stat: int

    @property
    def total(self) -> int:
        """All payers together."""
        return self.kommune + self.region + self.stat


class YearAmount(Value):
    """An amount in øre in one calendar year."""

    year: int
    amount_oere: int


class YearCount(Value):
    """A number of people in one calendar year."""

    year: int
    count: int


class SuccessRate(Value):
    """The net success rate a projection used: from the trial (`trial`, with its interval) or from
    `evidence`."""

    origin: str
    name: str
    rate: Decimal
    low: Decimal | None
    high: Decimal | None
    evidence_level: int | None


class CaseInputs(Value):
    """Everything a projection is computed from, apart from the knowledge base."""

    decision_date: date
    costs: tuple[YearAmount, ...]
    completers: tuple[YearCount, ...]
    success_rate: SuccessRate | None


class YearResult(Value):
    """One calendar year of a projection, undiscounted, in øre: positive is a gain to the payer."""

    year: int
    net: PayerAmounts
    discount_factor: Decimal


class CaseOpened(Event, type="som.case_opened", stream="case-{initiative}.{municipality}"):
    """An award made a business case for an initiative in a municipality; `decision_date` selects the
    discount table."""

    initiative: str
    municipality: str
    decision_date: date
    effective_on: date


class ProjectionRecalculated(Event, type="som.projection_recalculated", stream="case-{initiative}.{municipality}"):
    """A case's projection, computed anew because an input changed.

    It names what it was computed from: the inputs, the knowledge base's version, the engine's version and
    the positions reached in the services it listens to. `net_present_value` is per payer; `break_even_year`
    the first calendar year in which the cumulative undiscounted total is not negative, None if never within
    the horizon.
    """

    initiative: str
    municipality: str
    inputs: CaseInputs
    pricebook: str
    pricebook_version: int
    engine_version: str
    positions: dict[str, int]
    years: tuple[YearResult, ...]
    net_present_value: PayerAmounts
    discounted_cost: int
    break_even_year: int | None
    effective_on: date
