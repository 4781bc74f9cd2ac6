"""Differences of shares with their 95 % intervals: pure float64, no iteration, so the same bits
everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution: two-sided 95 %."""

Counts = tuple[int, int]
"""(successes, assessed) of one arm."""


class Interval(NamedTuple):
    """An estimate with the ends of its 95 % interval, all as shares: 0.10 is ten percentage points."""

    estimate: float
    low: float
    high: float


def wilson(successes: int, assessed: int) -> tuple[float, float]:
    """Wilson's 95 % score interval for a share, both ends within 0 to 1.

    Unlike the textbook interval it says something sensible where nobody or everybody succeeds. Raises
    ValueError unless assessed > 0 and 0 <= successes <= assessed. Source: E. B. Wilson, JASA 22, 1927,
    209–212.
    """
    if assessed <= 0 or not 0 <= successes <= assessed:
        raise ValueError("successes must be 0 to assessed, and assessed more than 0")
    share = successes / assessed
    centre = share + Z95 * Z95 / (2 * assessed)
    spread = Z95 * sqrt(share * (1 - share) / assessed + Z95 * Z95 / (4 * assessed * assessed))
    scale = 1 + Z95 * Z95 / assessed
    # Where nobody or everybody succeeds an end is exactly 0 or 1, and a last bit must not carry it past.
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == assessed else (centre + spread) / scale
    return low, high


def newcombe(arm: Counts, comparison: Counts) -> Interval:
    """The arm's share less the comparison's, −1 to 1, with Newcombe's hybrid score interval.

    From the difference, the interval reaches as far as the two Wilson intervals do, added as the sides of a
    right triangle. Raises ValueError as `wilson` does. Source: R. G. Newcombe, Statistics in Medicine 17,
    1998, 873–890, method 10; no continuity correction.
    """
    (low, high), (other_low, other_high) = wilson(*arm), wilson(*comparison)
    share, other = arm[0] / arm[1], comparison[0] / comparison[1]
    below = sqrt((share - low) * (share - low) + (other_high - other) * (other_high - other))
    above = sqrt((high - share) * (high - share) + (other - other_low) * (other - other_low))
    return Interval(share - other, share - other - below, share - other + above)


def pooled_difference(trials: Sequence[tuple[Counts, Counts]]) -> Interval:
    """The difference over several trials (arm, comparison), each compared within itself; one gives
    `newcombe`.

    Adding up the counts of unlike trials can turn a gain into a loss (Simpson's paradox). So the
    differences are averaged with the Mantel–Haenszel weights n1·n0/(n1+n0), and their Newcombe distances
    combined as roots of sums of squares. Raises ValueError for no trials, or an arm in which nobody was
    assessed. Sources: Mantel & Haenszel, JNCI 22, 1959; Zou & Donner, Statistics in Medicine 27, 2008,
    1693–1702 (MOVER).
    """
    if not trials:
        raise ValueError("there is no trial to pool")
    parts = [newcombe(arm, comparison) for arm, comparison in trials]
    if len(parts) == 1:
        return parts[0]
    weights = [arm[1] * other[1] / (arm[1] + other[1]) for arm, other in trials]
    pairs = [(weight / sum(weights), part) for weight, part in zip(weights, parts, strict=True)]
    difference = sum(share * part.estimate for share, part in pairs)
    below = sqrt(sum((share * (part.estimate - part.low)) ** 2 for share, part in pairs))
    above = sqrt(sum((share * (part.high - part.estimate)) ** 2 for share, part in pairs))
    return Interval(difference, difference - below, difference + above)
