"""A study's estimate, whatever its measure, as a difference of success shares: the model's success rate.

What a study does not say is not filled in. Where its estimate cannot be converted, the reason is given instead.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from services.som.events import Study
from services.som.evidence.conversions import (
    net_success_of_smd,
    share_at_hazard_ratio,
    share_at_odds_ratio,
    share_at_risk_ratio,
)
from shared.kernel.statistics import newcombe

NO_FIGURE = "the study is known by its direction only, without a figure"
NO_COMPARISON = "a share without a comparison is no net effect"
NO_CONTROL_SHARE = "a ratio or a standardised difference needs the comparison's share of success"
NO_CONVERSION = "the measure has no conversion to a difference of success shares"
IMPOSSIBLE = "no share of success fits the figures"

ROUNDED = 0.006
"""Shares are printed to the nearest per cent, or finer: a count fits a share that is this near."""


class Converted(NamedTuple):
    """A difference of success shares, −1 to 1, with its 95 % interval where known, and how it was found; or, without
    an estimate, `reason`."""

    estimate: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str = ""


def net_success(study: Study, control_share: float | None = None, lower_is_better: bool = False) -> Converted:
    """What the study's estimate comes to as a net success rate.

    - shares of both arms: their difference, with Newcombe's interval where the arms' sizes are known;
    - a risk difference, printed in percentage points: a hundredth of it;
    - an odds, risk or hazard ratio, or a standardised difference: through the comparison's share, which is the study's
      own, else `control_share`. It is taken as known: the interval holds the uncertainty of the ratio alone.

    `lower_is_better` for an outcome that is to be avoided (homelessness): fewer is then a success, and the signs turn.
    Everything else gives a reason and no estimate; nothing is guessed.
    """
    found = _difference(study, control_share)
    if not lower_is_better or found.estimate is None:
        return found
    low = None if found.high is None else -found.high
    high = None if found.low is None else -found.low
    return found._replace(estimate=-found.estimate, low=low, high=high)


def _difference(study: Study, control_share: float | None) -> Converted:
    own = None if study.share_control is None else float(study.share_control)
    base = own if own is not None else control_share
    if study.measure == "risk difference (pct-point)" and study.estimate is not None:
        return _points(study)
    if study.measure in RATIOS and study.estimate is not None:
        return _through(study, base)
    if study.share_treatment is not None:
        return Converted(None, reason=NO_COMPARISON) if own is None else _of_shares(study, own)
    if study.measure.startswith("success share"):
        return Converted(None, reason=NO_COMPARISON)
    return Converted(None, reason=NO_FIGURE if study.estimate is None else NO_CONVERSION)


def _points(study: Study) -> Converted:
    if any(one is not None and abs(one) > 100 for one in (study.estimate, study.low, study.high)):
        return Converted(None, reason=IMPOSSIBLE)
    low, high = (None if one is None else float(one) / 100.0 for one in (study.low, study.high))
    if low is None and study.share_treatment is not None and study.share_control is not None:
        interval = _of_shares(study, float(study.share_control))
        low, high = interval.low, interval.high
    return Converted(float(study.estimate or 0) / 100.0, low, high, "risk difference")


def _of_shares(study: Study, control: float) -> Converted:
    treated = float(study.share_treatment or 0)
    arms = [
        (_count(treated, study.n_treatment), study.n_treatment),
        (_count(control, study.n_control), study.n_control),
    ]
    sizes = [(count, people) for count, people in arms if count is not None and people]
    if len(sizes) < 2:
        return Converted(treated - control, method="shares")
    interval = newcombe(*sizes)
    return Converted(treated - control, interval.low, interval.high, "shares, Newcombe's interval")


def _count(share: float, people: int | None) -> int | None:
    """How many succeeded, where a whole number of people fits the printed share."""
    if not people:
        return None
    count = round(share * people)
    return count if abs(count / people - share) <= ROUNDED else None


def _through(study: Study, base: float | None) -> Converted:
    if base is None:
        return Converted(None, reason=NO_CONTROL_SHARE)
    to_difference, method = RATIOS[study.measure]

    def converted(figure: Decimal | None) -> float | None:
        return None if figure is None else to_difference(float(figure), base)

    try:
        return Converted(converted(study.estimate), converted(study.low), converted(study.high), method)
    except (ValueError, OverflowError):
        return Converted(None, reason=IMPOSSIBLE)


def _less_control(share_at: Callable[[float, float], float]) -> Callable[[float, float], float]:
    return lambda ratio, control: share_at(ratio, control) - control


RATIOS: dict[str, tuple[Callable[[float, float], float], str]] = {
    "OR": (_less_control(share_at_odds_ratio), "odds ratio at the comparison's share"),
    "RR": (_less_control(share_at_risk_ratio), "risk ratio at the comparison's share"),
    "HR": (_less_control(share_at_hazard_ratio), "hazard ratio at the comparison's share"),
    "SMD": (net_success_of_smd, "standardised difference as an odds ratio (Chinn 2000) at the comparison's share"),
}
"""The measures that need the comparison's share: the function of (figure, share) and what it is called."""
