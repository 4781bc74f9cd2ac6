"""A case made ready to compute: the one object behind the point result, the tornado, the simulation and the workbook.

The formula (docs/som-formulas.md; domain facts 1.3, derived from the published description of SØM, whose own formula
pages are not public, so it is ours):

    net[y, a] = −cost[y, a] + transfer[y, a] + saving[y, a] + s · Σ_j unit[j, y, a]
    unit[j, y, a] = Σ_c completers_c · effect[y−c] · −change[j, y−c] · price[j] · share[j, y, a]   for 0 ≤ y−c ≤ T
    NPV[a]    = Σ_y d(y) · net[y, a]

over cohorts c (calendar years of completion), priced services j and payers a = kommune, region, stat. Minus, because
less use is a saving; a service whose use grows (employment effort, or tax as negative use) has the opposite sign.

Everything is float64 øre, rounded once, half to even, at the edge. Only elementwise sums and products in a fixed order
are used (no BLAS, no pairwise summation, no `pow`), so the same inputs give the same bits anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from services.som.events import PAYERS, CaseInputs, CostLine, PayerAmounts
from services.som.model.discounting import discount_factors
from services.som.model.effect import effect_shape, faded_shape
from services.som.model.knowledge_base import Floats, KnowledgeBase, Row
from shared.kernel.rejection import Rejected

ENGINE_VERSION = "2"
"""Changes whenever the same inputs may give other figures; every projection names it."""


@dataclass(frozen=True, eq=False)
class CaseModel:
    """A case as arrays, undiscounted and in øre; L cost lines, J consequences, Y consecutive calendar years, 3 payers.

    `costs` (L, Y, 3) positive, overhead in it; `fixed` (Y, 3) transfers and savings; `unit` (J, Y, 3) what the
    consequences are worth at a success rate of 1, `unit_se` (J, Y, 3) what one standard error more of each change moves
    that by; `weights` (Y,) the discount factors as they are used, `factors` the same as published.
    """

    inputs: CaseInputs
    knowledge: KnowledgeBase
    rows: tuple[Row, ...]
    years: tuple[int, ...]
    factors: tuple[Decimal, ...]
    weights: Floats
    rate: float
    costs: Floats
    fixed: Floats
    unit: Floats
    unit_se: Floats

    def gains(self) -> Floats:
        """What the successes are worth, by year and payer: shape (Y, 3)."""
        return self.rate * added(self.unit)

    def net(self) -> Floats:
        """The undiscounted net result by year and payer: shape (Y, 3)."""
        return self.fixed - added(self.costs) + self.gains()

    def net_present_value(self) -> Floats:
        """The net present value by payer: shape (3,)."""
        return self.discounted(self.net())

    def discounted(self, rows: Floats) -> Floats:
        """Σ_y weights[y] · rows[..., y, a], year by year, so that the order of summation is fixed: shape (..., 3)."""
        total = np.zeros((*rows.shape[:-2], rows.shape[-1]))
        for y, weight in enumerate(self.weights):
            total += weight * rows[..., y, :]
        return total

    def break_even_rate(self) -> float | None:
        """The success rate at which the net present value of all payers together is nought, None where none does it.

        s* = PV(costs − fixed) / PV(value at a rate of 1). It may lie outside −1 … 1: then no rate that can be breaks
        even, and the figure says how far off it is. Worth less than half an øre, success is worth nothing.
        """
        worth = float(self.discounted(added(self.unit)).sum())
        if abs(worth) < 0.5:
            return None
        return float(self.discounted(added(self.costs) - self.fixed).sum()) / worth

    def with_rate(self, rate: float) -> CaseModel:
        """The same case at another success rate."""
        return replace(self, rate=rate)


def compile_case(inputs: CaseInputs, knowledge: KnowledgeBase, *, faded: bool = False) -> CaseModel:
    """The case as arrays. `faded`: with the effect fading as the evidence's follow-ups have it, instead of constant.

    A follow-up measures everything that is lost of an effect, whatever the cause; so the faded case has it in the place
    of the settings' fade-out and relapse, while phase-in and displacement hold in both.

    Raises Rejected as `KnowledgeBase.rows` and `discount_factors` do, and DROP_OUT_WITHOUT_STARTERS.
    """
    settings = inputs.settings
    rows = knowledge.rows(inputs)
    years = horizon(inputs, rows.length)
    shape = effect_shape(settings, rows.length)
    if faded and inputs.success_rate is not None and inputs.success_rate.follow_ups:
        lasting = settings.model_copy(update={"fade_out": Decimal(0), "relapse": Decimal(0)})
        left = faded_shape(inputs.success_rate.follow_ups, rows.length)
        shape = [one * other for one, other in zip(effect_shape(lasting, rows.length), left, strict=True)]
    factors = discount_factors(knowledge.published.discount_rates, inputs.decision_date, years, settings.timing)
    unit = np.zeros((len(rows.rows), len(years), 3))
    unit_se = np.zeros_like(unit)
    effect = np.array(shape).reshape(1, -1, 1)
    for year, people in completers(inputs):
        working = people * effect
        span = slice(year - years[0], year - years[0] + rows.length)
        value, error = knowledge.worth(rows, settings, year)
        unit[:, span] += working * value
        unit_se[:, span] += working * error
    return CaseModel(
        inputs=inputs,
        knowledge=knowledge,
        rows=rows.rows,
        years=tuple(years),
        factors=factors,
        weights=np.array([float(factor) for factor in factors]),
        rate=float(inputs.success_rate.rate) if inputs.success_rate else 0.0,
        costs=_costs(inputs, knowledge, years),
        fixed=transfers(inputs, knowledge, years) + savings(inputs, knowledge, years),
        unit=unit,
        unit_se=unit_se,
    )


def completers(inputs: CaseInputs) -> list[tuple[int, float]]:
    """Those who complete, by calendar year in order: as counted, or the starters less the case's drop-out.

    Raises Rejected DROP_OUT_WITHOUT_STARTERS when drop-out is set and a year's starters are not known.
    """
    cohorts = sorted(inputs.cohorts, key=lambda row: row.year)
    drop_out = inputs.settings.drop_out
    if drop_out is None:
        return [(row.year, float(row.completers)) for row in cohorts]
    found = []
    for place, row in enumerate(cohorts):
        if row.starters is None:
            raise Rejected(
                "DROP_OUT_WITHOUT_STARTERS",
                "Drop-out is counted from those who start; a year says only how many completed.",
                [{"field": f"cohorts.{place}.starters", "rule": "required"}],
                year=row.year,
            )
        found.append((row.year, row.starters * (1.0 - float(drop_out))))
    return found


def horizon(inputs: CaseInputs, effect_years: int) -> list[int]:
    """The calendar years of a projection, consecutive: from the decision or the first flow to the last one.

    `effect_years` is T + 1, the years in which one cohort has an effect.
    """
    cohorts = [row.year for row in inputs.cohorts]
    flows = [inputs.decision_date.year, *cohorts, *(row.year for row in inputs.costs)]
    flows += [row.year for row in inputs.transfers] + [row.year for row in inputs.savings]
    last_effect = [year + max(effect_years, 1) - 1 for year in cohorts]
    return list(range(min(flows), max(flows + last_effect) + 1))


def cost_oere(line: CostLine, amount_oere: int, knowledge: KnowledgeBase, inputs: CaseInputs) -> float:
    """A cost line's amount with its overhead, at the case's price level where the line has a price year.

    A residual value is taken as it stands: it has an overhead only where its own line says so.
    """
    return _at_level(amount_oere * (1.0 + float(line.overhead)), line.price_year, inputs, knowledge)


def transfers(inputs: CaseInputs, knowledge: KnowledgeBase, years: Sequence[int]) -> Floats:
    """Grants received less grants given, in øre, by year and payer: shape (Y, 3); each year adds up to nought."""
    found = np.zeros((len(years), 3))
    for row in inputs.transfers:
        amount = _at_level(row.amount_oere, row.price_year, inputs, knowledge)
        found[row.year - years[0], PAYERS.index(row.payer_from)] -= amount
        found[row.year - years[0], PAYERS.index(row.payer_to)] += amount
    return found


def savings(inputs: CaseInputs, knowledge: KnowledgeBase, years: Sequence[int]) -> Floats:
    """Saved costs in øre, by year and payer: shape (Y, 3)."""
    found = np.zeros((len(years), 3))
    for row in inputs.savings:
        amount = _at_level(row.amount_oere, row.price_year, inputs, knowledge)
        found[row.year - years[0], PAYERS.index(row.payer)] += amount
    return found


def added(rows: Floats) -> Floats:
    """The sum over the first axis, one after the other."""
    total = np.zeros(rows.shape[1:])
    for row in rows:
        total += row
    return total


def payers_oere(amounts: Floats) -> PayerAmounts:
    """Amounts by payer as whole øre, half to even."""
    kommune, region, stat = (round(float(amount)) for amount in amounts)
    return PayerAmounts(kommune=kommune, region=region, stat=stat)


def _at_level(amount: float, price_year: int | None, inputs: CaseInputs, knowledge: KnowledgeBase) -> float:
    level = knowledge.level(inputs.settings)
    if price_year is None or price_year == level:
        return amount
    return 100.0 * knowledge.at_level(amount / 100.0, price_year, level, "services", inputs.settings)


def _costs(inputs: CaseInputs, knowledge: KnowledgeBase, years: Sequence[int]) -> Floats:
    costs = np.zeros((len(inputs.costs), len(years), 3))
    for place, line in enumerate(inputs.costs):
        costs[place, line.year - years[0], PAYERS.index(line.payer)] = cost_oere(
            line, line.amount_oere, knowledge, inputs
        )
    return costs
