"""What the knowledge base is made of: prices, payer rules, consequences, studies, indices and rates.

Amounts are kroner of a price year; kroner, shares and rates are decimals.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from shared.kernel.messages import Value

Payer = Literal["kommune", "region", "stat"]
PAYERS: tuple[Payer, ...] = get_args(Payer)

Status = Literal[
    "official", "published", "derived", "own", "background", "assumed", "simulated", "illustrative", "placeholder"
]
STATUSES: tuple[Status, ...] = get_args(Status)
"""How well founded a figure is, from the surest to the least; a result is as sure as the least sure of its figures."""

IndexFamily = Literal["services", "benefits", "state"]
Recommendation = Literal["include", "consider", "leave_out"]
Measure = Literal["kroner_per_year", "days_per_year", "weeks_on_benefit", "kroner_per_admission"]


class RuleUse(Value):
    """That a price is shared by a rule and not by its fixed shares.

    One unit of the price stands for `quantity` of what the rule counts, in each year (days in a shelter, weeks on a
    benefit); None where it counts kroner, which the price itself says. `start` is how much had been used before year
    t = 0, which matters to a rule that goes on counting from year to year (weeks on benefit).
    """

    rule_id: str
    quantity: Decimal | None = None
    start: Decimal = Decimal(0)


class RuleStep(Value):
    """From `start` on, of what the rule counts, its bearer bears `share`, until the next step."""

    start: Decimal
    share: Decimal


class PayerRule(Value):
    """How the law shares a cost: the `bearer` bears a share of each step of what is counted, the `rest` the remainder.

    In force from `valid_from` until a later version of the same rule. Steps that count kroner are in the price level
    of `level_year`. `ceiling_dkk`: the most the bearer pays for a unit (an admission).
    """

    rule_id: str
    measure: Measure
    bearer: Payer
    rest: Payer
    valid_from: date
    steps: tuple[RuleStep, ...]
    level_year: int | None = None
    ceiling_dkk: Decimal | None = None
    law: str
    status: Status
    source: str


class Price(Value):
    """What one unit of a service costs in kroner of `price_year`, and the fixed share each payer bears (together 1).

    `rule` takes the place of the fixed shares where the law shares otherwise. `area` is SØM's main area, `committee` a
    municipality's own. `low_dkk` and `high_dkk` span its uncertainty where it is known.
    """

    price_id: str
    service: str
    area: str = ""
    committee: str | None = None
    unit: str = ""
    amount_dkk: Decimal
    price_year: int
    kommune: Decimal
    region: Decimal
    stat: Decimal
    rule: RuleUse | None = None
    index_family: IndexFamily = "services"
    low_dkk: Decimal | None = None
    high_dkk: Decimal | None = None
    status: Status
    source: str
    note: str | None = None


class Consequence(Value):
    """Signed change in use of a priced service per successful citizen, by year t = 0, 1, … after success.

    Belongs to a target group and a success measure. `standard_errors`, where known, is as long as the change.
    """

    target_group: str
    success_measure: str
    price_id: str
    change_per_success: tuple[Decimal, ...]
    standard_errors: tuple[Decimal, ...] = ()
    recommendation: Recommendation = "include"
    register_years: str | None = None
    status: Status
    source: str
    note: str | None = None


class Study(Value):
    """One estimate of one study. Shares are 0 to 1; `estimate`, `low` and `high` are on the scale that `measure` names.

    `net_success_rate` and its standard error are what the estimate comes to as a difference of success shares, None
    where it cannot be said.
    """

    study_id: str
    intervention: str
    population: str = ""
    country: str = ""
    design: str
    evidence_level: int
    outcome: str
    measure: str
    estimate: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    n_treatment: int | None = None
    n_control: int | None = None
    share_treatment: Decimal | None = None
    share_control: Decimal | None = None
    follow_up_months: int | None = None
    year: int | None = None
    status: Status
    source: str
    note: str | None = None


class FollowUp(Value):
    """What is left of an effect `months` after the course, as a share of the effect first measured (1: all of it)."""

    months: int
    share_left: Decimal


class Basis(Value):
    """What an initiative is computed with: its consequences' group and measure, and what is known of its effect.

    `net_success_rate` and its interval hold before the initiative's own trial has results; `study_ids` say where they
    are from, `follow_ups` how the effect fades.
    """

    initiative: str
    target_group: str
    success_measure: str
    intervention: str
    net_success_rate: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    evidence_level: int
    study_ids: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    status: Status = "published"
    source: str


class IndexValue(Value):
    """One year of a price index series."""

    series: str
    year: int
    value: Decimal
    status: Status = "official"
    source: str = ""


class IndexedBy(Value):
    """The series that a family of prices is brought to a price level by."""

    family: IndexFamily
    series: str
    rounding: Literal["none", "up_to_100"] = "none"


class DiscountRate(Value):
    """The rate for flows `from_year`–`to_year` ahead (to_year None: for ever), for decisions from `decided_from` on."""

    decided_from: date
    from_year: int
    to_year: int | None
    rate: Decimal
    status: Status = "official"
    source: str = ""
