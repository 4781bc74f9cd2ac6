"""The rows of the demo's programme file that are about trials, and about what is known of effects and prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.demo.rows import Cited, Sourced
from services.som.events import IndexFamily, Measure, Payer
from shared.kernel.messages import BudgetYear, Day, Identifier, MunicipalityCode, RequestPart, Text

SCALES = {"WHO-5": (0, 100, 4), "SDQ": (0, 40, 1)}
"""Of each instrument the lowest and highest score, and the step between two."""

Share = Annotated[Decimal, Field(ge=0, le=1)]
NetRate = Annotated[Decimal, Field(ge=-1, le=1)]
Counted = Annotated[Decimal, Field(ge=0, le=10**6)]


class Eligibility(RequestPart):
    """Whom a trial is for, in whole years."""

    age_min: Annotated[int, Field(ge=0, le=120)]
    age_max: Annotated[int, Field(ge=0, le=120)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.age_max < self.age_min:
            raise ValueError("age_max must not be below age_min")
        return self


class SuccessMeasure(RequestPart):
    """When a participant is a success: a score on an instrument, `wave` months after enrolment."""

    instrument: Literal["WHO-5", "SDQ"]
    direction: Literal["higher", "lower"]
    threshold: Annotated[int, Field(ge=1, le=99)]
    wave: Annotated[int, Field(ge=1, le=60)]
    label_da: Text

    @model_validator(mode="after")
    def _within_scale(self) -> Self:
        lowest, highest, _ = SCALES[self.instrument]
        if not lowest < self.threshold < highest:
            raise ValueError("threshold must lie inside the instrument's scale")
        return self


class Arms(RequestPart):
    """A share for each arm."""

    intervention: Share
    comparison: Share


class Trial(Sourced):
    """A trial, and the parameters that its citizens are simulated with."""

    id: Identifier
    initiative: Identifier
    title_da: Text
    arms: tuple[Literal["intervention"], Literal["comparison"]]
    design: Literal["rct", "quasi"]
    sites: Annotated[tuple[MunicipalityCode, ...], Field(min_length=1, max_length=98)]
    eligibility: Eligibility
    success_measure: SuccessMeasure
    participants_per_site_per_year: Annotated[int, Field(ge=1, le=10_000)]
    enrols_from: Day
    enrols_to: Day
    true_success: Arms
    completion_rate: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.enrols_to < self.enrols_from:
            raise ValueError("enrols_to must not be before enrols_from")
        return self


class Evidence(Cited):
    """What is known of an initiative's effect before its trials have spoken, and the group and success measure that its
    consequences belong to."""

    initiative: Identifier
    target_group: Identifier
    success_measure: Identifier
    intervention: Text
    net_success_rate: NetRate
    low: NetRate | None = None
    high: NetRate | None = None
    evidence_level: Annotated[int, Field(ge=1, le=3)]
    year: BudgetYear


class RuleUse(RequestPart):
    """The payer rule that a price is shared by: what a unit comes to in what the rule counts, and what came before."""

    rule_id: Identifier
    quantity: Counted
    start: Counted = Decimal(0)


class Price(Cited):
    """What a unit of a service costs, and who pays: by a rule where it has one, else by the shares."""

    id: Identifier
    service_da: Text
    area_da: Text
    unit: Text
    amount_dkk: Annotated[Decimal, Field(ge=0, le=10**9)]
    price_year: BudgetYear
    kommune: Share
    region: Share
    stat: Share
    index_family: IndexFamily = "services"
    rule: RuleUse | None = None


class Step(RequestPart):
    """From `start` on, the bearer bears `share`."""

    start: Counted
    share: Share


class Rule(Cited):
    """A payer rule in force from a day on; it counts days or weeks."""

    rule_id: Identifier
    measure: Measure
    bearer: Payer
    rest: Payer
    valid_from: Day
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=20)]
    law: Text


class Consequence(Cited):
    """How the use of a service changes for each success, year by year."""

    initiative: Identifier
    price: Identifier
    change_per_success: Annotated[tuple[Decimal, ...], Field(min_length=1, max_length=41)]


class IndexedBy(RequestPart):
    """The index series of a family of prices."""

    family: IndexFamily
    series: Text


class Index(Cited):
    """A year of an index series."""

    series: Text
    year: BudgetYear
    value: Annotated[Decimal, Field(gt=0, le=10**6)]


class DiscountRate(Cited):
    """A rate for a range of years ahead; 9999 means for ever."""

    decided_from: Day
    from_year: Annotated[int, Field(ge=0, le=9999)]
    to_year: Annotated[int, Field(ge=0, le=9999)]
    rate: Share
