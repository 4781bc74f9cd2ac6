"""How the effect of a success goes over the years: as SØM has it constant, or phased in, fading, relapsing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from services.som.events import FollowUp, Settings


def effect_shape(settings: Settings, years: int) -> list[float]:
    """The share of the effect in each year t = 0 … years − 1 after success; all 1 with SØM's settings.

    phase_in[t] · (1 − fade_out)^t · (1 − relapse)^t · (1 − displacement), by repeated products and no power.
    """
    shape, left = [], 1.0 - float(settings.displacement)
    kept = (1.0 - float(settings.fade_out)) * (1.0 - float(settings.relapse))
    for t in range(years):
        shape.append(left * (float(settings.phase_in[t]) if t < len(settings.phase_in) else 1.0))
        left *= kept
    return shape


def faded_shape(follow_ups: Sequence[FollowUp], years: int) -> list[float]:
    """The share of the effect in each year t, read off later follow-ups: straight lines between them, from 1 when the
    course ends, at the middle of each year (6, 18, 30 … months); after the last follow-up it stays as it was there."""
    points = [(0, 1.0), *sorted((one.months, float(one.share_left)) for one in follow_ups if one.months > 0)]
    return [_at(points, 12 * t + 6) for t in range(years)]


def _at(points: Sequence[tuple[int, float]], months: int) -> float:
    for (before, share), (after, later) in pairwise(points):
        if months <= after:
            return share + (later - share) * (months - before) / (after - before)
    return points[-1][1]
