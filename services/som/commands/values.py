"""What a caller may send of prices, consequences, studies and a case's inputs: the values of events, every field
bounded, so that a published number can be neither endless nor so large that the engine's float64 would lose øre.

What the wire allows in one command (`max_bytes`) is reached before most of the list limits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from services.som.events import (
    Basis,
    CaseInputs,
    Cohort,
    Consequence,
    CostLine,
    DiscountRate,
    FollowUp,
    IndexedBy,
    IndexValue,
    PayerRule,
    Price,
    RateSource,
    RuleStep,
    RuleUse,
    Saving,
    Settings,
    Study,
    SuccessRate,
    Transfer,
)
from shared.kernel.messages import BudgetYear, Day, Identifier, RequestPart, Text, visible_lines

MAX_EFFECT_YEARS = 41
"""A consequence has a value for at most t = 0 … 40."""

Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=12)]
Kroner = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=6)]
Change = Annotated[Decimal, Field(ge=-(10**5), le=10**5, decimal_places=9)]
Deviation = Annotated[Decimal, Field(ge=0, le=10**5, decimal_places=9)]
NetRate = Annotated[Decimal, Field(ge=-1, le=1, decimal_places=9)]
Estimate = Annotated[Decimal, Field(ge=-(10**6), le=10**6, decimal_places=9)]
YearsAhead = Annotated[int, Field(ge=0, le=1000)]
SignedOere = Annotated[int, Field(ge=-(10**15), le=10**15)]
NotNegative = Annotated[int, Field(ge=0, le=10**15)]
People = Annotated[int, Field(ge=0, le=10**6)]
Level = Annotated[int, Field(ge=1, le=3)]
Months = Annotated[int, Field(ge=0, le=1200)]
Note = Annotated[str, Field(max_length=2_000), AfterValidator(visible_lines)]
Line = Annotated[str, Field(max_length=500), AfterValidator(visible_lines)]
Label = Annotated[str, Field(max_length=200), AfterValidator(visible_lines)]
Effects = Annotated[tuple[Change, ...], Field(min_length=1, max_length=MAX_EFFECT_YEARS)]


class RuleUseRow(RuleUse, RequestPart):
    """That a price is shared by a rule."""

    rule_id: Identifier
    quantity: Annotated[Decimal, Field(gt=0, le=10**6, decimal_places=6)] | None = None
    start: Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=6)] = Decimal(0)


class StepRow(RuleStep, RequestPart):
    """A step of a rule."""

    start: Kroner
    share: Share


class RuleRow(PayerRule, RequestPart):
    """A version of a payer rule; its steps ascend from where the bearer begins to bear."""

    rule_id: Identifier
    valid_from: Day
    steps: Annotated[tuple[StepRow, ...], Field(min_length=1, max_length=20)]
    level_year: BudgetYear | None = None
    ceiling_dkk: Kroner | None = None
    law: Text
    source: Text


class PriceRow(Price, RequestPart):
    """A price; its payer shares are 0 to 1 each, and must add up to 1."""

    price_id: Identifier
    service: Text
    area: Label = ""
    committee: Text | None = None
    unit: Label = ""
    amount_dkk: Kroner
    price_year: BudgetYear
    kommune: Share
    region: Share
    stat: Share
    rule: RuleUseRow | None = None
    low_dkk: Kroner | None = None
    high_dkk: Kroner | None = None
    source: Text
    note: Note | None = None


class ConsequenceRow(Consequence, RequestPart):
    """A consequence of success, for t = 0 and at most 40 years on."""

    target_group: Identifier
    success_measure: Identifier
    price_id: Identifier
    change_per_success: Effects
    standard_errors: Annotated[tuple[Deviation, ...], Field(max_length=MAX_EFFECT_YEARS)] = ()
    register_years: Text | None = None
    source: Text
    note: Note | None = None


class StudyRow(Study, RequestPart):
    """An estimate of a study; level 1 (trial or meta-study) to 3 (before and after)."""

    study_id: Identifier
    intervention: Text
    population: Line = ""
    country: Label = ""
    design: Text
    evidence_level: Level
    outcome: Text
    measure: Text
    estimate: Estimate | None = None
    low: Estimate | None = None
    high: Estimate | None = None
    n_treatment: People | None = None
    n_control: People | None = None
    share_treatment: Share | None = None
    share_control: Share | None = None
    follow_up_months: Months | None = None
    year: BudgetYear | None = None
    source: Text
    note: Note | None = None


class FollowUpRow(FollowUp, RequestPart):
    """A later follow-up; what is left may be less than nothing, and more than all."""

    months: Annotated[int, Field(ge=1, le=1200)]
    share_left: Annotated[Decimal, Field(ge=-5, le=5, decimal_places=9)]


FollowUps = Annotated[tuple[FollowUpRow, ...], Field(max_length=20)]


class BasisRow(Basis, RequestPart):
    """What an initiative is computed with; a net success rate is −1 to 1."""

    initiative: Identifier
    target_group: Identifier
    success_measure: Identifier
    intervention: Text
    net_success_rate: NetRate
    low: NetRate | None = None
    high: NetRate | None = None
    evidence_level: Level
    study_ids: Annotated[tuple[Identifier, ...], Field(max_length=50)] = ()
    follow_ups: FollowUps = ()
    source: Text


class IndexRow(IndexValue, RequestPart):
    """One year of an index series; an index is more than nought."""

    series: Text
    year: BudgetYear
    value: Annotated[Decimal, Field(ge=Decimal("0.001"), le=10**6, decimal_places=9)]
    source: Line = ""


class IndexedByRow(IndexedBy, RequestPart):
    """The series of a family of prices."""

    series: Text


class DiscountRow(DiscountRate, RequestPart):
    """A rate, 0 to 1 a year, for a range of years ahead."""

    decided_from: Day
    from_year: YearsAhead
    to_year: YearsAhead | None
    rate: Share
    source: Line = ""


class CostRow(CostLine, RequestPart):
    """A cost line; only a residual value is negative."""

    year: BudgetYear
    amount_oere: SignedOere
    low_oere: SignedOere | None = None
    high_oere: SignedOere | None = None
    price_year: BudgetYear | None = None
    overhead: Annotated[Decimal, Field(ge=0, le=5, decimal_places=6)] = Decimal(0)
    source: Text


class TransferRow(Transfer, RequestPart):
    """A grant received."""

    year: BudgetYear
    amount_oere: NotNegative
    price_year: BudgetYear | None = None
    source: Text


class SavingRow(Saving, RequestPart):
    """A saved cost."""

    year: BudgetYear
    amount_oere: NotNegative
    price_year: BudgetYear | None = None
    source: Text


class CohortRow(Cohort, RequestPart):
    """Those who complete in a year."""

    year: BudgetYear
    completers: People
    starters: People | None = None
    low: People | None = None
    high: People | None = None


class RateSourceRow(RateSource, RequestPart):
    """A source of a success rate."""

    name: Text
    rate: NetRate
    low: NetRate | None = None
    high: NetRate | None = None
    weight: Share = Decimal(1)
    evidence_level: Level | None = None


class SuccessRateRow(SuccessRate, RequestPart):
    """A success rate, −1 to 1."""

    name: Text
    rate: NetRate
    low: NetRate | None = None
    high: NetRate | None = None
    evidence_level: Level | None = None
    sources: Annotated[tuple[RateSourceRow, ...], Field(max_length=50)] = ()
    follow_ups: FollowUps = ()


class SettingsRow(Settings, RequestPart):
    """The choices of a case."""

    horizon: Annotated[int, Field(ge=0, lt=MAX_EFFECT_YEARS)] | None = None
    price_level_year: BudgetYear | None = None
    phase_in: Annotated[tuple[Share, ...], Field(max_length=MAX_EFFECT_YEARS)] = ()
    fade_out: Share = Decimal(0)
    relapse: Share = Decimal(0)
    drop_out: Share | None = None
    displacement: Share = Decimal(0)
    assumed_range: Share = Decimal("0.2")


Cohorts = Annotated[tuple[CohortRow, ...], Field(max_length=50)]
Costs = Annotated[tuple[CostRow, ...], Field(max_length=500)]
Savings = Annotated[tuple[SavingRow, ...], Field(max_length=200)]
OwnPrices = Annotated[tuple[PriceRow, ...], Field(max_length=500)]
OwnConsequences = Annotated[tuple[ConsequenceRow, ...], Field(max_length=500)]


class InputsRow(CaseInputs, RequestPart):
    """A case's inputs, as a caller sends them."""

    decision_date: Day
    target_group: Identifier
    success_measure: Identifier
    cohorts: Cohorts = ()
    costs: Costs = ()
    transfers: Annotated[tuple[TransferRow, ...], Field(max_length=200)] = ()
    savings: Savings = ()
    success_rate: SuccessRateRow | None = None
    own_prices: OwnPrices = ()
    own_consequences: OwnConsequences = ()
    settings: SettingsRow = SettingsRow()
