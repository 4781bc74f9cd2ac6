"""What a case's whole result is made of (see `detail.py`)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from services.som.events import PayerAmounts, Status
from services.som.model.figures import FigureKind
from services.som.model.flows import Flow
from services.som.model.projection import Projection
from shared.kernel.messages import Value

LineKind = Literal["cost", "transfer", "saving", "gain"]
LINE_KINDS: tuple[LineKind, ...] = ("cost", "transfer", "saving", "gain")


class Amounts(Value):
    """What a result is made of, in øre by payer: `net` = `transfers` + `savings` + `gains` − `costs`.

    A cost is positive; a transfer is positive for who receives it.
    """

    costs: PayerAmounts
    transfers: PayerAmounts
    savings: PayerAmounts
    gains: PayerAmounts
    net: PayerAmounts


class DetailYear(Value):
    """A calendar year: undiscounted `amounts`, the net `discounted`, and both added up since the first year."""

    year: int
    discount_factor: Decimal
    amounts: Amounts
    discounted: PayerAmounts
    cumulative: PayerAmounts
    cumulative_discounted: PayerAmounts


class Line(Value):
    """What one category or committee does to the net result, in øre: a cost is negative, a gain positive.

    `name` is a kind of cost, SØM's main area or a committee; empty for transfers and savings and where a price has
    none. `by_year` is undiscounted, in the order of the years. `status` is that of its least sure figure.
    """

    kind: LineKind
    name: str
    status: Status
    undiscounted: PayerAmounts
    discounted: PayerAmounts
    by_year: tuple[PayerAmounts, ...]


class PerPerson(Value):
    """The net result of all payers per person in øre; None where there is nobody (or no success to divide by)."""

    people: Decimal
    undiscounted: int | None
    discounted: int | None


class FigureGroup(Value):
    """The figures of one kind: the status of the least sure, and how many there are of each status."""

    kind: FigureKind
    status: Status
    counts: dict[Status, int]


class Detail(Value):
    """The whole result of a case.

    `years` add up to `undiscounted` and (discounted) to `discounted`; `categories` and `committees` each add up to both
    nets. `flows`: see `flow_matrix`. `break_even_rate` is solved at all payers' net present value nought. `faded` is
    the same case with the effect fading as the evidence's follow-ups have it, beside this one; None without follow-ups.
    `statuses` counts the figures used by how well founded they are, the surest first.
    """

    engine_version: str
    price_level_year: int
    undiscounted: Amounts
    discounted: Amounts
    years: tuple[DetailYear, ...]
    categories: tuple[Line, ...]
    committees: tuple[Line, ...]
    per_completer: PerPerson
    per_success: PerPerson
    break_even_year: int | None
    discounted_break_even_year: int | None
    break_even_rate: Decimal | None
    benefit_cost_ratio: Decimal | None
    flows: tuple[Flow, ...]
    faded: Projection | None
    status: Status
    statuses: dict[Status, int]
    figures: tuple[FigureGroup, ...]
