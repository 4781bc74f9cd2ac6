"""The uncertain inputs of a case: what each ranges over, how it is distributed, and what it moves.

| Kind | Distribution | Without a range of its own |
| --- | --- | --- |
| success rate | normal about the rate, its 95 % interval 1.96 standard errors to each side, cut at −1 and 1 | assumed |
| completers | triangular over the cohorts' low and high, one factor for all cohorts | known |
| cost line | triangular over low, amount, high | assumed, unless its status is official |
| consequence | normal with its standard error, all years of one moving together | assumed |
| price | triangular over low, amount, high | assumed, unless its status is official |

*Assumed*: the case's `assumed_range` to either side (for a normal: its 95 % interval), and marked so. A figure whose
low and high are both the figure itself is known: so a paid cost is told from a budget. Transfers and saved costs have
no range and are taken as known, and so is a price of nought. A price keeps its payer shares while it varies.

Inputs of one kind that are from one source share one stream of chances and move together; all others are independent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from math import fsum
from typing import Literal, NamedTuple

import numpy as np

from services.som.events import PAYERS, CostLine, Settings
from services.som.model import CaseModel, KnowledgeBase
from services.som.model.compiled import completers, cost_oere
from services.som.model.knowledge_base import Floats, Row
from shared.kernel.messages import Value
from shared.kernel.statistics import Z95

Kind = Literal["success_rate", "completers", "cost", "consequence", "price"]
Unit = Literal["rate", "people", "oere", "use", "kroner"]

_MILLION_KRONER = 100_000_000


class Span(NamedTuple):
    """What a triangular input ranges over, and whether that is assumed."""

    low: float
    base: float
    high: float
    assumed: bool = False


class UncertainInput(Value):
    """An input that is not known exactly. `low` and `high`: the ends of its range, or of its 95 % interval when normal.

    In `unit`: a rate; people, all cohorts together; øre, all years together, undiscounted and at the case's price
    level; use, the change per success, all years together; kroner at the case's price level. `assumed`: nothing says
    how uncertain it is, and the case's assumed range was taken.
    """

    input_id: str
    kind: Kind
    label: str
    source: str
    distribution: Literal["normal", "triangular"]
    assumed: bool
    unit: Unit
    low: Decimal
    base: Decimal
    high: Decimal


@dataclass(frozen=True, eq=False)
class Factor:
    """An uncertain input as the arithmetic needs it: its figure is `base` + `scale` · a drawn value.

    `peak` is the triangle's, None for a normal. `low` and `high` are drawn values (−peak and 1 − peak; about −1.96 and
    1.96). `local`: it is the case's own, so that the same words in another case's source mean another thing. `slope`
    (3,), of a cost only: what a value of 1 adds to the discounted cost, by payer. `place`, of a consequence or a price:
    whose, in the model's order; `relative`, of a price: its scale as a share of it.
    """

    input_id: str
    kind: Kind
    label: str
    source: str
    assumed: bool
    local: bool
    unit: Unit
    peak: float | None
    low: float
    high: float
    base: float
    scale: float
    slope: Floats | None = None
    place: int = 0

    @property
    def relative(self) -> float:
        """The scale as a share of the figure."""
        return self.scale / self.base

    def figure(self, value: float) -> float:
        """The input's figure where `value` is drawn, in its unit."""
        return self.base + self.scale * value

    def shown(self) -> UncertainInput:
        """The input for a reader."""
        low, base, high = (_decimal(self.figure(value)) for value in (self.low, 0.0, self.high))
        return UncertainInput(
            input_id=self.input_id,
            kind=self.kind,
            label=self.label,
            source=self.source,
            distribution="normal" if self.peak is None else "triangular",
            assumed=self.assumed,
            unit=self.unit,
            low=low,
            base=base,
            high=high,
        )


def uncertain_inputs(model: CaseModel, knowledge: KnowledgeBase) -> tuple[UncertainInput, ...]:
    """Every input of a case that is not known exactly, in the order rate, completers, costs, consequences, prices."""
    return tuple(factor.shown() for factor in factors(model, knowledge))


def factors(model: CaseModel, knowledge: KnowledgeBase) -> tuple[Factor, ...]:
    """The uncertain inputs of a case, as the arithmetic needs them. Raises Rejected INDEX_YEAR_MISSING as compiling."""
    found = [*_rate(model), *_completers(model), *_costs(model, knowledge)]
    inputs = model.inputs
    own_changes = {row.price_id for row in inputs.own_consequences}
    own_prices = {price.price_id for price in inputs.own_prices}
    for place, row in enumerate(model.rows):
        if model.unit_se[place].any():
            found.append(_consequence(place, row, row.price.price_id in own_changes))
    for place, row in enumerate(model.rows):
        span = _price_range(row, inputs.settings)
        if span is not None and model.unit[place].any():
            found.append(_price(place, row, span, row.price.price_id in own_prices))
    return tuple(found)


def _rate(model: CaseModel) -> Iterator[Factor]:
    rate = model.inputs.success_rate
    if rate is None:
        return
    base, assumed = model.rate, rate.low is None or rate.high is None
    if rate.low is None or rate.high is None:
        reach = abs(base) * float(model.inputs.settings.assumed_range)
        low, high = base - reach, base + reach
    else:
        low, high = float(rate.low), float(rate.high)
    scale = (high - low) / (2.0 * Z95)
    if scale > 0:
        yield Factor(
            input_id="success_rate",
            kind="success_rate",
            label=rate.name,
            source=rate.name,
            assumed=assumed,
            local=rate.origin == "typed",
            unit="rate",
            peak=None,
            low=(low - base) / scale,
            high=(high - base) / scale,
            base=base,
            scale=scale,
        )


def _completers(model: CaseModel) -> Iterator[Factor]:
    cohorts = sorted(model.inputs.cohorts, key=lambda row: row.year)
    base = low = high = 0.0
    for row, (_, people) in zip(cohorts, completers(model.inputs), strict=True):
        base += people
        low += min(people, people if row.low is None else row.low)
        high += max(people, people if row.high is None else row.high)
    if high > low and base > 0:
        yield _triangle("completers", "completers", "completers", "cohorts", Span(low, base, high), True, "people")


def _costs(model: CaseModel, knowledge: KnowledgeBase) -> list[Factor]:
    """One input per kind of cost, source and shape of range: its lines of all years and payers move together."""
    merged: dict[tuple[str, str, float | None, bool], Factor] = {}
    for line in model.inputs.costs:
        span = _cost_range(line, model.inputs.settings)
        if span is None:
            continue
        # Per øre, as the model has it: with overhead, at the price level.
        unit = cost_oere(line, _MILLION_KRONER, knowledge, model.inputs) / _MILLION_KRONER
        one = _triangle("", "cost", line.kind, line.source, span, True, "oere")
        slope = np.zeros(3)
        slope[PAYERS.index(line.payer)] = model.weights[model.years.index(line.year)] * unit * one.scale
        one = replace(one, base=one.base * unit, scale=one.scale * unit, slope=slope)
        key = (line.kind, line.source, one.peak, one.assumed)
        known = merged.get(key)
        if known is not None and known.slope is not None:
            one = replace(one, base=known.base + one.base, scale=known.scale + one.scale, slope=known.slope + slope)
        merged[key] = one
    names: dict[str, int] = {}
    found = []
    for factor in merged.values():
        names[factor.label] = count = names.get(factor.label, 0) + 1
        found.append(replace(factor, input_id=f"cost:{factor.label}" + (f":{count}" if count > 1 else "")))
    return found


def _cost_range(line: CostLine, settings: Settings) -> Span | None:
    """What a cost line ranges over in øre, None when it is known."""
    amount = float(line.amount_oere)
    if line.low_oere is None and line.high_oere is None:
        return None if line.status == "official" else _assumed(amount, settings)
    low = min(amount, amount if line.low_oere is None else line.low_oere)
    high = max(amount, amount if line.high_oere is None else line.high_oere)
    return Span(low, amount, high) if high > low else None


def _price_range(row: Row, settings: Settings) -> Span | None:
    """What a price ranges over in kroner of its own year, None when it is known."""
    price, amount = row.price, float(row.price.amount_dkk)
    if amount == 0:
        return None
    if price.low_dkk is None and price.high_dkk is None:
        return None if price.status == "official" else _assumed(amount, settings)
    low = min(amount, amount if price.low_dkk is None else float(price.low_dkk))
    high = max(amount, amount if price.high_dkk is None else float(price.high_dkk))
    return Span(low, amount, high) if high > low else None


def _assumed(amount: float, settings: Settings) -> Span | None:
    reach = abs(amount) * float(settings.assumed_range)
    return Span(amount - reach, amount, amount + reach, assumed=True) if reach else None


def _price(place: int, row: Row, span: Span, local: bool) -> Factor:
    price = row.price
    one = _triangle(f"price:{price.price_id}", "price", price.service, price.source, span, local, "kroner")
    to_level = row.unit_oere / 100.0 / span.base
    return replace(one, base=one.base * to_level, scale=one.scale * to_level, place=place)


def _consequence(place: int, row: Row, local: bool) -> Factor:
    return Factor(
        input_id=f"consequence:{row.price.price_id}",
        kind="consequence",
        label=row.price.service,
        source=row.consequence.source,
        assumed=not row.consequence.standard_errors,
        local=local,
        unit="use",
        peak=None,
        low=-Z95,
        high=Z95,
        base=fsum(row.change.tolist()),
        scale=fsum(row.standard_error.tolist()),
        place=place,
    )


def _triangle(input_id: str, kind: Kind, label: str, source: str, span: Span, local: bool, unit: Unit) -> Factor:
    width = span.high - span.low
    # Exactly in the middle where that is meant, so that all assumed ranges of a source are one variable.
    peak = 0.5 if span.assumed else (span.base - span.low) / width
    return Factor(
        input_id=input_id,
        kind=kind,
        label=label,
        source=source,
        assumed=span.assumed,
        local=local,
        unit=unit,
        peak=peak,
        low=-peak,
        high=1.0 - peak,
        base=span.base,
        scale=width,
    )


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.6f}") + 0  # + 0: nought without a sign
