"""What the views answer: figures with their positions. Amounts are øre, shares 0 to 1."""

from __future__ import annotations

from typing import Any

from shared.kernel.messages import Value


class Count(Value):
    """A number of citizens, or that it is hidden because it is small or would give a small one away."""

    value: int | None
    hidden: bool = False


class Net(Value):
    """The expected net result (present value) per payer: positive is a gain. The total is the sum of the
    three."""

    kommune_oere: int
    region_oere: int
    stat_oere: int
    total_oere: int


class Effect(Value):
    """How much larger the share of successes is than in the comparison, with its 95 % interval."""

    difference: float
    low: float
    high: float
    assessed: int
    comparison_assessed: int


class Figures(Value):
    """The figures of an initiative, or of the whole programme.

    What is awarded is less what lapsed or was never paid; what is paid stays paid, and of it `accounted_for_oere` is
    accounted for, `owed_oere` claimed back and not come yet, and `repaid_oere` come back.
    """

    appropriated_oere: int
    awarded_oere: int
    paid_oere: int
    accounted_for_oere: int
    owed_oere: int
    repaid_oere: int
    enrolled: int
    active: int
    completed: int
    withdrawn: int
    effect: Effect | None
    net: Net | None
    discounted_cost_oere: int | None
    break_even_year: int | None


class InitiativeFigures(Figures):
    """An initiative; `appropriated_oere` is what its pools drew. `track` is None until a pool has opened."""

    initiative: str
    title: str
    track: str | None


class AccountYear(Value):
    """One budget year of a finance-act account: voted, put in pools, promised and paid, and what became of that."""

    account: str
    budget_year: int
    appropriated_oere: int
    pooled_oere: int
    awarded_oere: int
    paid_oere: int
    accounted_for_oere: int
    owed_oere: int
    repaid_oere: int


class LocalFigures(Value):
    """What a municipality does under one initiative, or under all when `initiative` is None.

    `net` is None when it is not computed, or when `net_hidden`: it would give a small count away.
    """

    municipality: str
    name: str
    initiative: str | None
    title: str | None
    awarded_oere: int
    paid_oere: int
    accounted_for_oere: int
    owed_oere: int
    repaid_oere: int
    enrolled: Count
    active: Count
    completed: Count
    withdrawn: Count
    net: Net | None
    net_hidden: bool
    break_even_year: int | None


class LatestEvent(Value):
    """One of the newest events: its kind, and the figures that tell of it."""

    source: str
    position: int
    recorded_at: str
    parts: dict[str, Any]


class Answer(Value):
    """What every answer states: the generation of the views, the position reached in each source, and when
    the newest event of each source was recorded."""

    generation: int
    positions: dict[str, int]
    recorded_at: dict[str, str]


class Programme(Answer):
    """The whole programme. In `total`, `appropriated_oere` is what parliament voted; `unpooled_oere` of it
    is in no pool yet, so the initiatives and that add up to the total."""

    initiatives: tuple[InitiativeFigures, ...]
    unpooled_oere: int
    total: Figures
    appropriations: tuple[AccountYear, ...]
    municipalities: tuple[LocalFigures, ...]
    latest: tuple[LatestEvent, ...]


class Initiative(Answer):
    """One initiative and what the municipalities do under it."""

    figures: InitiativeFigures
    municipalities: tuple[LocalFigures, ...]


class MunicipalityFigures(Answer):
    """One municipality: in all, and per initiative."""

    total: LocalFigures
    initiatives: tuple[LocalFigures, ...]
