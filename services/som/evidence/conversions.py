"""From one measure of effect to another. Shares and differences of shares are 0 to 1: 0.10 is ten percentage points.

A ratio says nothing of the difference without the share of the comparison: three times two per cent is little, three
times thirty is much. So every conversion from a ratio asks for that share, and none assumes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log, pi, sqrt

from shared.kernel.statistics import Z95


def smd_of_log_odds_ratio(log_odds_ratio: float) -> float:
    """The standardised mean difference d that a log odds ratio comes to: lnOR · √3 / π.

    Holds where the success is a logistic score beyond a threshold. The same factor converts a standard error.
    Sources: Hasselblad & Hedges, Psychological Bulletin 117, 1995, 167–178; Chinn, Statistics in Medicine 19, 2000,
    3127–3131.
    """
    return log_odds_ratio * sqrt(3.0) / pi


def log_odds_ratio_of_smd(smd: float) -> float:
    """The log odds ratio that a standardised mean difference comes to: d · π / √3. Sources as above."""
    return smd * pi / sqrt(3.0)


def odds_ratio(share: float, control_share: float) -> float:
    """The odds of success beside the comparison's odds. Raises ValueError unless both shares are between 0 and 1."""
    _require_within(share, control_share)
    return share / (1.0 - share) * (1.0 - control_share) / control_share


def share_at_odds_ratio(ratio: float, control_share: float) -> float:
    """The share of the treated that an odds ratio means beside a comparison's share: OR·p / (1 − p + OR·p).

    Raises ValueError for a ratio that is not above 0, or a share that is not between 0 and 1.
    """
    _require_ratio(ratio)
    _require_within(control_share)
    return ratio * control_share / (1.0 - control_share + ratio * control_share)


def share_at_risk_ratio(ratio: float, control_share: float) -> float:
    """The share of the treated that a ratio of shares (risk ratio) means: RR·p.

    Raises ValueError as `share_at_odds_ratio` does, and where the share would be above 1: the ratio then cannot be true
    of such a comparison.
    """
    _require_ratio(ratio)
    _require_within(control_share)
    share = ratio * control_share
    if share > 1.0:
        raise ValueError("a risk ratio that makes the share more than 1")
    return share


def share_at_hazard_ratio(ratio: float, control_share: float) -> float:
    """The share of the treated with the event by the end of follow-up, by a hazard ratio: 1 − (1 − p)^HR.

    Holds for proportional hazards and the same follow-up of all. Raises ValueError as `share_at_odds_ratio` does.
    Source: Cox, Journal of the Royal Statistical Society B 34, 1972, 187–220 (survival S₁ = S₀^HR).
    """
    _require_ratio(ratio)
    _require_within(control_share)
    return 1.0 - exp(ratio * log(1.0 - control_share))


def net_success_of_smd(smd: float, control_share: float) -> float:
    """The difference of success shares, −1 to 1, that a standardised mean difference means beside a comparison's share.

    The logistic way: d to an odds ratio (Chinn), and that to a share. Raises ValueError unless 0 < control_share < 1.
    """
    return share_at_odds_ratio(exp(log_odds_ratio_of_smd(smd)), control_share) - control_share


def smd_of_shares(share: float, control_share: float) -> float:
    """The standardised mean difference that two success shares come to, the way back of `net_success_of_smd`."""
    return smd_of_log_odds_ratio(log(odds_ratio(share, control_share)))


def standard_error(low: float, high: float) -> float:
    """The standard error behind a 95 % interval that is symmetric on its scale (a ratio's is on the log scale).

    (high − low) / (2 · 1.96). Raises ValueError for an interval that ends before it begins.
    """
    if high < low:
        raise ValueError("an interval that ends before it begins")
    return (high - low) / (2.0 * Z95)


def number_needed_to_treat(difference: float) -> float:
    """How many must be treated for one more to succeed (NNT): 1 / difference; negative where the treated do worse.

    Raises ValueError for no difference. Source: Laupacis, Sackett & Roberts, NEJM 318, 1988, 1728–1733.
    """
    if difference == 0:
        raise ValueError("without a difference no number is enough")
    return 1.0 / difference


def weighted_share(groups: Iterable[tuple[float, int]]) -> tuple[int, int]:
    """Successes and people over groups of which only the rounded share and the number of people are known.

    Each group's successes are the whole number nearest its share. Raises ValueError for no people.
    """
    counts = [(round(share * people), people) for share, people in groups]
    successes, people = sum(one for one, _ in counts), sum(one for _, one in counts)
    if people <= 0:
        raise ValueError("nobody to count")
    return successes, people


def difference_in_change(before: float, after: float, control_before: float, control_after: float) -> float:
    """What the treated changed beyond the comparison, in the instrument's points: (after − before) less the same of the
    comparison. Negative is better where a lower score is. Groups that differ at the start regress towards the mean: it
    is no remedy for that."""
    return (after - before) - (control_after - control_before)


def cost_per_unit(cost_difference: float, effect_difference: float) -> float:
    """What one more unit of effect costs (the incremental cost-effectiveness ratio, ICER), in the cost's currency.

    Raises ValueError for no difference in effect. Computed from rounded figures it differs from one that was printed.
    """
    if effect_difference == 0:
        raise ValueError("without a difference in effect there is no ratio")
    return cost_difference / effect_difference


def _require_within(*shares: float) -> None:
    if not all(0.0 < share < 1.0 for share in shares):
        raise ValueError("a share must be between 0 and 1")


def _require_ratio(ratio: float) -> None:
    if not ratio > 0.0:
        raise ValueError("a ratio must be more than 0")
