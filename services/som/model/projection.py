"""What a case comes to: the headline figures that every recalculation records."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from services.som.events import CaseInputs, CostLine, PayerAmounts, Status, YearResult
from services.som.model.compiled import CaseModel, added, compile_case, payers_oere
from services.som.model.figures import figures, least_sure, used
from services.som.model.knowledge_base import KnowledgeBase
from shared.kernel.messages import Value

PLACES = 6
"""Rates and ratios are rounded to so many decimals."""


class Projection(Value):
    """What a case comes to, in øre; positive is a gain to the payer.

    `years` are consecutive calendar years, undiscounted. `net_present_value`, `faded_net_present_value` (None without
    follow-ups) and `discounted_cost` (a positive amount, all payers) are discounted to the decision year.
    `benefit_cost_ratio` is (gains + savings) / costs, discounted, None without costs. `status` is that of the least
    sure figure used. `used`: the rows of the knowledge base, see `figures.used`.
    """

    years: tuple[YearResult, ...]
    net_present_value: PayerAmounts
    faded_net_present_value: PayerAmounts | None
    discounted_cost: int
    break_even_year: int | None
    break_even_rate: Decimal | None
    benefit_cost_ratio: Decimal | None
    status: Status
    used: tuple[str, ...]


def project(inputs: CaseInputs, knowledge: KnowledgeBase, compiled: CaseModel | None = None) -> Projection:
    """The projection of a case from its inputs and a knowledge base, and from what they were compiled to, where that
    is there. Raises Rejected as `compile_case` does."""
    model = compile_case(inputs, knowledge) if compiled is None else compiled
    faded = None
    if inputs.success_rate is not None and inputs.success_rate.follow_ups:
        faded = payers_oere(compile_case(inputs, knowledge, faded=True).net_present_value())
    return projection_of(model, faded)


def projection_of(model: CaseModel, faded: PayerAmounts | None = None) -> Projection:
    """The projection of a compiled case."""
    net, costs, gains = model.net(), added(model.costs), model.gains()
    years = tuple(
        YearResult(
            year=year,
            net=payers_oere(net[y]),
            costs=payers_oere(costs[y]),
            gains=payers_oere(gains[y]),
            discount_factor=model.factors[y],
        )
        for y, year in enumerate(model.years)
    )
    discounted_cost = float(model.discounted(costs).sum())
    worth = float(model.discounted(net + costs).sum())
    rate, found = model.break_even_rate(), figures(model)
    return Projection(
        years=years,
        net_present_value=payers_oere(model.discounted(net)),
        faded_net_present_value=faded,
        discounted_cost=round(discounted_cost),
        break_even_year=break_even_year(model.years, [row.net.total for row in years], model.inputs.costs),
        break_even_rate=None if rate is None else _decimal(rate),
        benefit_cost_ratio=_decimal(worth / discounted_cost) if discounted_cost > 0 else None,
        status=least_sure(figure.status for figure in found),
        used=used(model, found),
    )


def break_even_year(years: Sequence[int], nets_oere: Sequence[int], costs: Sequence[CostLine]) -> int | None:
    """The first calendar year in which the investment has come home, None if never within the horizon.

    `nets_oere`: the net result of all payers in each of `years`, undiscounted or discounted, in whole øre. Home is the
    first year at whose end their running total is not negative, *and* by which something was invested: a cost has
    occurred, or the running total has been negative. A case that never cost anything has nothing to break even on. A
    later cost may take the total below nought again; the first such year stands.
    """
    first_cost = min((row.year for row in costs if row.amount_oere > 0), default=None)
    cumulative, invested = 0, False
    for year, net in zip(years, nets_oere, strict=True):
        cumulative += net
        invested = invested or cumulative < 0 or (first_cost is not None and year >= first_cost)
        if invested and cumulative >= 0:
            return year
    return None


def per_person(amount_oere: int, people: float) -> int | None:
    """An amount per completer (or per success) in whole øre, half to even; None when there is nobody, or when the
    successes are fewer than without the intervention."""
    return round(Decimal(amount_oere) / Decimal(people)) if people > 0 else None


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.{PLACES}f}") + 0  # + 0: nought without a sign
