"""The effect of a trial: each arm's share of successes, and its difference from the comparison.

Intervals are 95 %: Wilson's score interval for a share, and for a difference Newcombe's hybrid of two of them
(R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
Medicine 17, 1998, 873–890, method 10; no continuity correction). They hold where successes are few or all, as
the textbook interval does not. Computed in float, rounded to 6 decimals once, at the edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from services.trials.commands import COMPARISON
from shared.kernel.messages import Value
from shared.kernel.statistics import newcombe
from shared.kernel.statistics import wilson as wilson

PLACES = Decimal("0.000001")


class Difference(Value):
    """A share less the comparison's share, −1 to 1, with its 95 % interval."""

    value: Decimal
    low: Decimal
    high: Decimal


class ArmEffect(Value):
    """One arm: successes among those assessed, the share (0 to 1) with its 95 % interval, and the difference.

    Share and interval are None where nobody is assessed; the difference also where nobody is in the
    comparison, and in the comparison itself.
    """

    arm: str
    successes: int
    assessed: int
    share: Decimal | None
    low: Decimal | None
    high: Decimal | None
    difference: Difference | None


class Effect(Value):
    """Every arm, and the difference between all the other arms taken together and the comparison."""

    arms: tuple[ArmEffect, ...]
    difference: Difference | None


def difference(arm: tuple[int, int], comparison: tuple[int, int]) -> Difference | None:
    """The arm's share less the comparison's, each (successes, assessed); None where either has nobody
    assessed.

    The interval is Newcombe's. Raises ValueError as `wilson` does. Source: shared.kernel.statistics.
    """
    if arm[1] == 0 or comparison[1] == 0:
        return None
    value, low, high = newcombe(arm, comparison)
    return Difference(value=_rounded(value), low=_rounded(low), high=_rounded(high))


def effect(arms: Mapping[str, tuple[int, int]]) -> Effect:
    """The effect, from each arm's (successes, assessed), the comparison under its name `comparison`.

    Per arm the difference from the comparison, and one for all other arms together. A comparison that isn't
    there counts as one with nobody assessed. Raises ValueError when an arm has more successes than assessed,
    or fewer than none.
    """
    comparison = arms.get(COMPARISON, (0, 0))
    others = [counts for arm, counts in arms.items() if arm != COMPARISON]
    together = (sum(successes for successes, _ in others), sum(assessed for _, assessed in others))
    each = tuple(
        _arm_effect(arm, counts, None if arm == COMPARISON else difference(counts, comparison))
        for arm, counts in arms.items()
    )
    return Effect(arms=each, difference=difference(together, comparison))


def _arm_effect(arm: str, counts: tuple[int, int], against: Difference | None) -> ArmEffect:
    """One arm's line: its share and interval, or None of either where nobody is assessed."""
    successes, assessed = counts
    if (successes, assessed) == (0, 0):
        return ArmEffect(arm=arm, successes=0, assessed=0, share=None, low=None, high=None, difference=None)
    low, high = wilson(successes, assessed)
    return ArmEffect(
        arm=arm,
        successes=successes,
        assessed=assessed,
        share=_rounded(successes / assessed),
        low=_rounded(low),
        high=_rounded(high),
        difference=against,
    )


def _rounded(value: float) -> Decimal:
    """`value` to 6 decimals, and nought without a sign."""
    return Decimal(value).quantize(PLACES) + 0
