"""What it is worth to know more: which unknown is worth a longer trial.

The decision is whether to do it: its worth is the expected net present value of all payers together if that is above
nought, else nought. Somebody who knew the truth beforehand would do it only where it is above nought. The difference is
the expected value of perfect information (EVPI), the most that any trial can be worth. The same for one source alone
(EVPPI): E[max(0, E[NPV | it])] − max(0, E[NPV]). Source: Howard, "Information value theory" (1966); the partial value
by Claxton & Sculpher (2006).

The inner expectation needs no second simulation. The net present value is linear in each source's values given the
others', and sources are independent, so E[NPV | one] is the net present value with all others at their means.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import fsum

import numpy as np

from services.som.model import CaseModel, KnowledgeBase
from services.som.model.knowledge_base import Floats
from services.som.uncertainty.chances import VALUES, normal_values
from services.som.uncertainty.factors import Kind, factors
from services.som.uncertainty.form import Drawn, Form, Variable, form_of
from services.som.uncertainty.simulation import DRAWS, Whole, by_source, drawn, exact_sum, whole_oere
from shared.kernel.messages import Value


class Unknown(Value):
    """A source of uncertainty, the inputs that move with it, and what it is worth to know it perfectly, in øre."""

    kind: Kind
    source: str
    inputs: tuple[str, ...]
    worth: int


class Information(Value):
    """What perfect knowledge is worth, in øre: of everything (`perfect`), and of each source, the most valuable first.

    `expected` is the expected net present value, all payers together. No part is worth more than the whole: an estimate
    that chance brought above it is shown as the whole.
    """

    draws: int
    expected: int
    perfect: int
    unknowns: tuple[Unknown, ...]


def information(model: CaseModel, knowledge: KnowledgeBase, draws: int = DRAWS, scope: str = "") -> Information:
    """What it is worth to know a case's uncertain inputs, all together and each source alone.

    The same chances as `simulate`. Raises Rejected INDEX_YEAR_MISSING as compiling does.
    """
    varying = factors(model, knowledge)
    variable = by_source(scope)
    form = form_of(model, varying, variable)
    values = drawn(draws)
    everything = _total(form.values(values, draws))
    perfect = worth_of_knowing(everything)
    members: dict[tuple[Kind, str, tuple[str, ...]], list[str]] = {}
    for factor in varying:
        members.setdefault((factor.kind, factor.source, variable(factor).stream), []).append(factor.input_id)
    unknowns = [
        Unknown(
            kind=kind,
            source=source,
            inputs=tuple(inputs),
            worth=min(perfect, worth_of_knowing(_total(given(form, stream, values, draws)))),
        )
        for (kind, source, stream), inputs in members.items()
    ]
    unknowns.sort(key=lambda one: (-one.worth, one.kind, one.source))
    return Information(
        draws=draws, expected=_mean(exact_sum(everything), draws), perfect=perfect, unknowns=tuple(unknowns)
    )


def worth_of_knowing(values: Whole) -> int:
    """The mean of what is above nought, less the mean if that is above nought: never below nought, in whole øre."""
    with_it = exact_sum(np.maximum(values, 0))
    without = max(exact_sum(values), 0)
    return _mean(with_it - without, len(values))


def given(form: Form, stream: tuple[str, ...], values: Callable[[Variable], Floats], draws: int) -> Floats:
    """E[NPV | what is drawn for one stream], with `values` what is drawn for each variable: shape (3, draws)."""

    def known(variable: Variable) -> Drawn:
        return values(variable) if variable.stream == stream else _expected(form, variable)

    return form.values(known, draws)


def _expected(form: Form, variable: Variable) -> float:
    """What is drawn for a variable on average; for a success rate, what gives the average rate."""
    if variable == form.rate_of:
        return _expected_rate(form.rate, form.rate_error)
    return 0.0 if variable.peak is None else (1.0 - 2.0 * variable.peak) / 3.0


@lru_cache(maxsize=64)
def _expected_rate(rate: float, error: float) -> float:
    """The mean of the cut normal, in standard errors from the rate: nought unless the cut bites."""
    values = np.clip(rate + error * normal_values(), -1.0, 1.0)
    return fsum((values - rate).tolist()) / VALUES / error


def _total(values: Floats) -> Whole:
    kommune, region, stat = whole_oere(values)
    total: Whole = kommune + region + stat
    return total


def _mean(total: int, draws: int) -> int:
    return round(total / draws)
