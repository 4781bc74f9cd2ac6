"""What SØM's facts are made of: prices, payer rules, consequences, studies, and a case's inputs and results.

Money inside a projection is whole øre, rounded once at the edge; kroner of the knowledge base, shares and rates are
decimals. An amount is positive when the name says what it is (a cost, a saving, a transfer); a *net* is positive when
the payer gains.
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
Timing = Literal["start", "middle", "end"]
CostKind = Literal["preparation", "training", "operation", "material", "residual"]
RateOrigin = Literal["trial", "evidence", "typed", "pooled"]
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


class PayerAmounts(Value):
    """An amount in øre per payer."""

    kommune: int
    region: int
    stat: int

    @property
    def total(self) -> int:
        """All payers together."""
        return self.kommune + self.region + self.stat


class CostLine(Value):
    """A cost of the intervention in a year, in øre, and who pays it; a residual value is a negative one.

    Nominal where `price_year` is None, else brought to the case's price level. `low_oere` and `high_oere` span its
    uncertainty where it is known. `overhead`: the share added on top.
    """

    kind: CostKind
    year: int
    payer: Payer
    amount_oere: int
    low_oere: int | None = None
    high_oere: int | None = None
    price_year: int | None = None
    overhead: Decimal = Decimal(0)
    status: Status = "own"
    source: str


class Transfer(Value):
    """A grant received (tilskud): money that one payer gives another in a year; it makes nobody poorer in sum.

    Nominal where `price_year` is None, else brought to the case's price level.
    """

    year: int
    payer_from: Payer
    payer_to: Payer
    amount_oere: int
    price_year: int | None = None
    source: str


class Saving(Value):
    """A saved cost (sparede udgifter): what the effort that participants would else have had would have cost.

    Nominal where `price_year` is None, else brought to the case's price level.
    """

    year: int
    payer: Payer
    amount_oere: int
    price_year: int | None = None
    status: Status = "own"
    source: str


class Cohort(Value):
    """Those who complete in a calendar year; `starters` where known, `low` and `high` where they are uncertain."""

    year: int
    completers: int
    starters: int | None = None
    low: int | None = None
    high: int | None = None


class RateSource(Value):
    """One of the sources a success rate is from, with its own estimate and the weight it has, 0 to 1."""

    origin: RateOrigin
    name: str
    rate: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    weight: Decimal = Decimal(1)
    evidence_level: int | None = None


class SuccessRate(Value):
    """The net success rate (succesrate, net of the comparison), −1 to 1, with its 95 % interval where known."""

    origin: RateOrigin
    name: str
    rate: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    evidence_level: int | None = None
    sources: tuple[RateSource, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    status: Status = "published"


class Settings(Value):
    """The choices of a case. With the defaults it is computed as SØM does.

    `timing`: where in its year a flow falls when discounted. `horizon`: the last year t of effect that is counted
    (None: as far as the consequences go). `price_level_year` None: the knowledge base's. `indexation`: all prices by
    one series, or each family by its own. `include`: which recommendations are counted.

    The rest is off by default. `phase_in`: the share of the effect in t = 0, 1, …, 1 from then on. `fade_out`: the
    share of the effect lost in each year after t = 0. `relapse`: the share of the successes lost in each year after
    t = 0. `drop_out`: the share of starters that does not complete; completers are then counted from the starters.
    `displacement`: the share of the gains that is lost because other effort is displaced. `assumed_range`: how far
    prices, consequences, costs and a success rate of unknown uncertainty are taken to range to either side, as a share.
    """

    timing: Timing = "start"
    horizon: int | None = None
    price_level_year: int | None = None
    indexation: Literal["one_series", "families"] = "one_series"
    include: Literal["include", "consider", "all"] = "consider"
    phase_in: tuple[Decimal, ...] = ()
    fade_out: Decimal = Decimal(0)
    relapse: Decimal = Decimal(0)
    drop_out: Decimal | None = None
    displacement: Decimal = Decimal(0)
    assumed_range: Decimal = Decimal("0.2")


class CaseInputs(Value):
    """Everything a projection is computed from, apart from the knowledge base.

    `own_prices` take the place of the knowledge base's of the same id, `own_consequences` that of its rows of the same
    price; with an own target group they are all there is.
    """

    decision_date: date
    target_group: str
    success_measure: str
    cohorts: tuple[Cohort, ...] = ()
    costs: tuple[CostLine, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    savings: tuple[Saving, ...] = ()
    success_rate: SuccessRate | None = None
    own_prices: tuple[Price, ...] = ()
    own_consequences: tuple[Consequence, ...] = ()
    settings: Settings = Settings()


class YearResult(Value):
    """One calendar year of a projection, undiscounted, in øre. `net` = `gains` + `savings` − `costs` + transfers."""

    year: int
    net: PayerAmounts
    costs: PayerAmounts
    gains: PayerAmounts
    discount_factor: Decimal


class Probabilities(Value):
    """The probability of a net result above nought, 0 to 1, of each payer and of all together."""

    kommune: Decimal
    region: Decimal
    stat: Decimal
    total: Decimal


class Spread(Value):
    """Percentiles of the net present value of all payers together, in øre."""

    p5: int
    p50: int
    p95: int


class Behind(Value):
    """The events behind an input: how many of a service's, from which position to which."""

    input: str
    service: str
    events: int
    first: int
    last: int


class Contribution(Value):
    """What a changed input moved the net present value by, in øre, and the events behind it since the last time."""

    input: str
    amount: PayerAmounts
    behind: tuple[Behind, ...] = ()
