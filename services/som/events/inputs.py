"""What a case is made of: what it is computed from, and what it comes to.

Money is whole øre. An amount is positive when the name says what it is (a cost, a saving, a transfer); a *net* is
positive when the payer gains.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from services.som.events.values import Consequence, FollowUp, Payer, Price, Status
from shared.kernel.messages import Value

Timing = Literal["start", "middle", "end"]
CostKind = Literal["preparation", "training", "operation", "material", "residual"]
RateOrigin = Literal["trial", "evidence", "typed", "pooled"]


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
