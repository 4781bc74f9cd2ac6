"""The net present value as a function of what is drawn.

    NPV[a] = base[a] − Σ_k cost_k[a] · x_k + n · s · Σ_(p,q) worth_(p,q)[a] · x_p · x_q

where x is what is drawn for an uncertain input (nought: the input is at its base), k runs over the costs, p over the
prices and q over the consequences (x = 1 for "none", so that the sums hold the certain part too), n = 1 + width · x is
the completers' factor and s = rate + error · x the success rate, cut at −1 and 1. It is the model's own formula,
discounted once; with every x nought it is the point result.

Nothing is multiplied with itself: given all other inputs, the net present value is linear in each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from services.som.model import CaseModel
from services.som.model.compiled import added
from services.som.model.knowledge_base import Floats
from services.som.uncertainty.factors import Factor

Drawn = Floats | float


@dataclass(frozen=True)
class Variable:
    """What a value is drawn for: `stream` is the identity of its chances, `peak` its triangle's, None for a normal.

    Two variables of one stream with different peaks rise and fall together, each over its own range.
    """

    stream: tuple[str, ...]
    peak: float | None


NOTHING = Variable((), None)
"""In the place of a price or consequence that does not vary."""


@dataclass(frozen=True, eq=False)
class Form:
    """The coefficients, in øre and discounted, by payer: arrays (3,)."""

    base: Floats
    costs: dict[Variable, Floats]
    worth: dict[tuple[Variable, Variable], Floats]
    rate: float
    rate_error: float
    rate_of: Variable | None
    people_width: float
    people_of: Variable | None

    def success_rate(self, drawn: Drawn) -> Floats:
        """The success rate where `drawn` is drawn for it."""
        return np.clip(self.rate + self.rate_error * np.asarray(drawn), -1.0, 1.0)

    def values(self, drawn: Callable[[Variable], Drawn], draws: int) -> Floats:
        """The net present value by payer where `drawn` tells what is drawn for each variable: shape (3, draws).

        `drawn` gives an array (draws,) or one number for all draws.
        """
        found: Floats = np.zeros((3, draws))
        for (price, change), amounts in self.worth.items():
            product = np.asarray(1.0 if price is NOTHING else drawn(price))
            if change is not NOTHING:
                product = product * drawn(change)
            _add(found, amounts, product)
        if self.rate_of is not None:
            found *= self.success_rate(drawn(self.rate_of))
        else:
            found *= self.rate
        if self.people_of is not None:
            found *= 1.0 + self.people_width * np.asarray(drawn(self.people_of))
        found += self.base[:, np.newaxis]
        for variable, amounts in self.costs.items():
            _add(found, -amounts, np.asarray(drawn(variable)))
        return found


def form_of(model: CaseModel, varying: Sequence[Factor], variable: Callable[[Factor], Variable]) -> Form:
    """A case's net present value as a function of the variables that its uncertain inputs belong to."""
    of = {factor.input_id: variable(factor) for factor in varying}
    kinds: dict[str, list[Factor]] = {}
    for factor in varying:
        kinds.setdefault(factor.kind, []).append(factor)
    costs: dict[Variable, Floats] = {}
    for factor in kinds.get("cost", []):
        assert factor.slope is not None
        costs[of[factor.input_id]] = costs.get(of[factor.input_id], 0.0) + factor.slope
    rate = next(iter(kinds.get("success_rate", [])), None)
    people = next(iter(kinds.get("completers", [])), None)
    return Form(
        base=model.discounted(model.fixed - added(model.costs)),
        costs=costs,
        worth=_worth(model, kinds, of),
        rate=model.rate,
        rate_error=0.0 if rate is None else rate.scale,
        rate_of=None if rate is None else of[rate.input_id],
        people_width=0.0 if people is None else people.relative,
        people_of=None if people is None else of[people.input_id],
    )


def _worth(
    model: CaseModel, kinds: dict[str, list[Factor]], of: dict[str, Variable]
) -> dict[tuple[Variable, Variable], Floats]:
    """The coefficients of what successes are worth; terms that move alike are one."""
    unit, error = model.discounted(model.unit), model.discounted(model.unit_se)
    prices = {factor.place: factor for factor in kinds.get("price", [])}
    changes = {factor.place: factor for factor in kinds.get("consequence", [])}
    worth: dict[tuple[Variable, Variable], Floats] = {(NOTHING, NOTHING): np.zeros(3)}
    for place in range(len(model.rows)):
        price, change = prices.get(place), changes.get(place)
        by_price = [(NOTHING, 1.0)] + ([] if price is None else [(of[price.input_id], price.relative)])
        by_change = [(NOTHING, unit[place])] + ([] if change is None else [(of[change.input_id], error[place])])
        for first, share in by_price:
            for second, amounts in by_change:
                worth[first, second] = worth.get((first, second), 0.0) + share * amounts
    return worth


def _add(found: Floats, amounts: Floats, product: Floats) -> None:
    for payer, amount in enumerate(amounts.tolist()):
        if amount:
            found[payer] += amount * product
