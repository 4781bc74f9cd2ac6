"""One-way and two-way sensitivity: one or two inputs over their ranges, all others at their base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from services.som.events import PayerAmounts
from services.som.model import CaseModel, KnowledgeBase
from services.som.model.compiled import payers_oere
from services.som.model.knowledge_base import Floats
from services.som.uncertainty.factors import Factor, UncertainInput, factors
from services.som.uncertainty.form import Variable, form_of
from shared.kernel.messages import Value
from shared.kernel.rejection import Rejected


class Bar(Value):
    """A bar of the tornado: the net present value with one input at its low and at its high, in øre.

    `width` is how far the two are apart, all payers together.
    """

    input: UncertainInput
    at_low: PayerAmounts
    at_high: PayerAmounts
    width: int


class Surface(Value):
    """The net present value over two inputs: `cells[i][j]` with the first at `first_values[i]`, the second at
    `second_values[j]`, each in its input's unit."""

    first: UncertainInput
    second: UncertainInput
    first_values: tuple[Decimal, ...]
    second_values: tuple[Decimal, ...]
    cells: tuple[tuple[PayerAmounts, ...], ...]


def tornado(model: CaseModel, knowledge: KnowledgeBase) -> tuple[Bar, ...]:
    """A bar for every uncertain input taken alone, the widest first; equal ones in the order of their ids.

    From low to high: the ends of a range, or of the 95 % interval of an input that is normal.
    """
    varying = factors(model, knowledge)
    values = {factor.input_id: np.zeros(2 * len(varying)) for factor in varying}
    for place, factor in enumerate(varying):
        values[factor.input_id][2 * place : 2 * place + 2] = factor.low, factor.high
    found = _at(model, varying, values, 2 * len(varying))
    bars = []
    for factor, at_low, at_high in zip(varying, found[::2], found[1::2], strict=True):
        width = abs(at_high.total - at_low.total)
        bars.append(Bar(input=factor.shown(), at_low=at_low, at_high=at_high, width=width))
    return tuple(sorted(bars, key=lambda bar: (-bar.width, bar.input.input_id)))


def grid(model: CaseModel, knowledge: KnowledgeBase, first: str, second: str, steps: int = 9) -> Surface:
    """The net present value over two uncertain inputs, each in `steps` equal steps from its low to its high.

    `first` and `second` are input ids. Raises Rejected: UNKNOWN_UNCERTAIN_INPUT when one of them names none of the
    case's uncertain inputs, SAME_UNCERTAIN_INPUT when both are one.
    """
    if first == second:
        raise Rejected(
            "SAME_UNCERTAIN_INPUT",
            "Name two different inputs to vary together.",
            [{"field": "second", "rule": "different"}],
        )
    varying = factors(model, knowledge)
    one, other = _named(varying, first, "first"), _named(varying, second, "second")
    values, others = _steps(one, steps), _steps(other, steps)
    both = {first: np.repeat(values, steps), second: np.tile(others, steps)}
    found = _at(model, varying, both, steps * steps)
    return Surface(
        first=one.shown(),
        second=other.shown(),
        first_values=tuple(_decimal(one.figure(value)) for value in values),
        second_values=tuple(_decimal(other.figure(value)) for value in others),
        cells=tuple(tuple(found[place : place + steps]) for place in range(0, steps * steps, steps)),
    )


def _at(model: CaseModel, varying: Sequence[Factor], values: Mapping[str, Floats], cells: int) -> list[PayerAmounts]:
    """The net present value in each cell, with what is drawn for some inputs (cells,); the others are at their base."""
    form = form_of(model, varying, lambda factor: Variable((factor.input_id,), factor.peak))
    found = form.values(lambda variable: values.get(variable.stream[0], 0.0), cells)
    return [payers_oere(found[:, place]) for place in range(cells)]


def _named(varying: Sequence[Factor], input_id: str, field: str) -> Factor:
    for factor in varying:
        if factor.input_id == input_id:
            return factor
    raise Rejected(
        "UNKNOWN_UNCERTAIN_INPUT",
        "That is none of the case's uncertain inputs; the tornado lists them.",
        [{"field": field, "rule": "uncertain_input"}],
        known=[factor.input_id for factor in varying],
    )


def _steps(factor: Factor, steps: int) -> list[float]:
    width = factor.high - factor.low
    return [factor.low + width * place / (steps - 1) for place in range(steps)]


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.6f}") + 0
