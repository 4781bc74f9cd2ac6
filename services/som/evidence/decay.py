"""How an effect fades between a first measurement and later ones."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import log

from services.som.events import FollowUp

NINE_PLACES = Decimal("0.000000001")


def decay_per_year(first: float, later: float, years: float) -> float:
    """The constant rate λ a year at which `first` fell to `later` over `years`: ln(first / later) / years.

    Exponential decay, effect(t) = first · e^(−λt); negative where the effect grew. Raises ValueError unless both have
    the same sign and `years` is more than 0: an effect that is gone or reversed has no such rate, use `follow_ups`.
    """
    if years <= 0:
        raise ValueError("the later measurement must be later")
    if first * later <= 0:
        raise ValueError("an effect that is gone or reversed has no rate of decay")
    return log(first / later) / years


def half_life(decay: float) -> float:
    """The years in which half of the effect is gone: ln 2 / λ. Raises ValueError unless the effect decays."""
    if decay <= 0:
        raise ValueError("an effect that does not fade has no half-life")
    return log(2.0) / decay


def follow_ups(first: Decimal, later: Iterable[tuple[int, Decimal]]) -> tuple[FollowUp, ...]:
    """What is left of the effect `first` at each later measurement (months after the course, effect), in time order.

    Raises ValueError for no first effect: nothing is a share of nothing.
    """
    if first == 0:
        raise ValueError("there is no effect of which something could be left")
    return tuple(
        FollowUp(months=months, share_left=(effect / first).quantize(NINE_PLACES)) for months, effect in sorted(later)
    )
