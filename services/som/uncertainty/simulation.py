"""Monte Carlo: a case's net present value over many draws of its uncertain inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from services.som.events import PAYERS, PayerAmounts, Probabilities, Spread
from services.som.model import CaseModel, KnowledgeBase
from services.som.model.knowledge_base import Floats
from services.som.uncertainty.chances import normal_values, triangular_values, words
from services.som.uncertainty.factors import Factor, factors
from services.som.uncertainty.form import Variable, form_of
from shared.kernel.messages import Value

DRAWS = 10_000
PERCENTS = (5, 10, 25, 50, 75, 90, 95)

LIMIT = 2.0**61
"""23 million billion kroner."""

Whole = npt.NDArray[np.int64]


class Percentiles(Value):
    """So many per cent of the draws are at or below: øre."""

    p5: int
    p10: int
    p25: int
    p50: int
    p75: int
    p90: int
    p95: int


@dataclass(frozen=True, eq=False)
class Simulation:
    """What a case's net present value comes to over `draws` draws, in øre.

    `mean` and `percentiles` (kommune, region, stat, total) are of the draws, `probabilities` the shares of them above
    nought. `npv` (draws, 3) by payer, every entry a whole number of øre. Two cases' draws of the same row are of the
    same chances, so their sum, row by row, is the two together.
    """

    draws: int
    mean: PayerAmounts
    percentiles: dict[str, Percentiles]
    probabilities: Probabilities
    spread: Spread
    npv: Floats

    def as_data(self) -> dict[str, Any]:
        """The simulation as JSON values, without the draws themselves."""
        return {
            "draws": self.draws,
            "mean": self.mean.model_dump(mode="json"),
            "percentiles": {name: found.model_dump(mode="json") for name, found in self.percentiles.items()},
            "probabilities": self.probabilities.model_dump(mode="json"),
            "spread": self.spread.model_dump(mode="json"),
        }


def simulate(model: CaseModel, knowledge: KnowledgeBase, draws: int = DRAWS, scope: str = "") -> Simulation:
    """A case's net present value over `draws` draws of its uncertain inputs.

    `scope` says whose the case's own inputs are (its costs, completers, own prices and typed rates): those of two
    scopes are independent, while two cases that rest on one published source move together. The same model, draws and
    scope give the same figures bit for bit, on any machine. Raises Rejected INDEX_YEAR_MISSING as compiling does.
    """
    form = form_of(model, factors(model, knowledge), by_source(scope))
    return summed_up(whole_oere(form.values(drawn(draws), draws)))


def probabilities_and_spread(
    model: CaseModel, knowledge: KnowledgeBase, draws: int = DRAWS, scope: str = ""
) -> tuple[Probabilities, Spread]:
    """What every recalculation records of a simulation: the same as `simulate` gives, in less time."""
    form = form_of(model, factors(model, knowledge), by_source(scope))
    rows = _rows(whole_oere(form.values(drawn(draws), draws)))
    return _probabilities(rows), _spread(_percentiles(rows["total"]))


def by_source(scope: str) -> Callable[[Factor], Variable]:
    """What is drawn for an input: one stream for all of its kind and source, in the scope if it is the case's own."""

    def variable(factor: Factor) -> Variable:
        return Variable((factor.kind, factor.source, scope if factor.local else ""), factor.peak)

    return variable


def drawn(draws: int) -> Callable[[Variable], Floats]:
    """What is drawn for each variable: arrays (draws,), each looked up once."""
    known: dict[Variable, Floats] = {}

    def values(variable: Variable) -> Floats:
        found = known.get(variable)
        if found is None:
            table = normal_values() if variable.peak is None else triangular_values(variable.peak)
            found = known[variable] = table.take(words(variable.stream, draws))
        return found

    return values


def whole_oere(values: Floats) -> Whole:
    """Every draw as whole øre, half to even; from here on sums are exact in any order.

    A draw beyond `LIMIT` counts as that, so that three of them still fit 64 bits.
    """
    return np.clip(np.rint(values), -LIMIT, LIMIT).astype(np.int64)


def summed_up(values: Whole) -> Simulation:
    """The figures of a simulation from its draws (3, draws), in whole øre."""
    draws, rows = values.shape[1], _rows(values)
    percentiles = {name: _percentiles(row) for name, row in rows.items()}
    mean = {payer: round(Decimal(exact_sum(rows[payer])) / draws) for payer in PAYERS}
    return Simulation(
        draws=draws,
        mean=PayerAmounts(**mean),
        percentiles=percentiles,
        probabilities=_probabilities(rows),
        spread=_spread(percentiles["total"]),
        npv=values.T.astype(np.float64),
    )


def _rows(values: Whole) -> dict[str, Whole]:
    rows: dict[str, Whole] = {payer: values[place] for place, payer in enumerate(PAYERS)}
    return {**rows, "total": values[0] + values[1] + values[2]}


def _probabilities(rows: Mapping[str, Whole]) -> Probabilities:
    shares = {
        name: (Decimal(int(np.count_nonzero(row > 0))) / len(row)).quantize(_PLACES) for name, row in rows.items()
    }
    return Probabilities(**shares)


def _spread(total: Percentiles) -> Spread:
    return Spread(p5=total.p5, p50=total.p50, p95=total.p95)


_PLACES = Decimal("0.000001")


def exact_sum(row: Whole) -> int:
    """The sum of whole numbers, also where 64 bits would not hold it."""
    return (int((row >> 24).sum()) << 24) + int((row & 0xFFFFFF).sum())


def _percentiles(row: Whole) -> Percentiles:
    """The smallest draw that so many per cent of the draws are at or below; no value between two draws is made up."""
    places = [max(-(-percent * len(row) // 100), 1) - 1 for percent in PERCENTS]
    ordered = np.partition(row, places)  # in order at these places, which is all that is asked
    return Percentiles(**{f"p{percent}": int(ordered[place]) for percent, place in zip(PERCENTS, places, strict=True)})
