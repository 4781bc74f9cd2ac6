"""What a benchmark finds, and how a comparison is made fair on a machine that is not quiet."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    `low` and `high` are the quartiles of the pairs' ratios; `met` is None without a target.
    """

    what: str
    unit: str
    ours: float
    peer: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    target: str = ""
    met: bool | None = None


def interleaved(ours: Callable[[], float], peer: Callable[[], float], pairs: int) -> list[tuple[float, float]]:
    """Measure ours, peer, peer, ours, ours, … after one warm-up of each; the two of a pair saw the same machine."""
    ours(), peer()
    found = []
    for pair in range(pairs):
        if pair % 2:
            second, first = peer(), ours()
        else:
            first, second = ours(), peer()
        found.append((first, second))
    return found


def compared(what: str, unit: str, pairs: Sequence[tuple[float, float]], at_least: float | None = None) -> Figure:
    """Two rates, pair by pair: the medians, and the median of the pairs' ratios."""
    ratios = [ours / peer for ours, peer in pairs]
    ratio = median(ratios)
    low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else (ratio, ratio, ratio)
    target = "" if at_least is None else f"ratio ≥ {at_least:g}"
    met = None if at_least is None else ratio >= at_least
    both = (median(ours for ours, _ in pairs), median(peer for _, peer in pairs))
    return Figure(what, unit, *both, ratio, low, high, target, met)


def bounded(what: str, unit: str, value: float, below: float, floor: float | None = None) -> Figure:
    """A figure that must stay below a bound; `floor` is what the machine needs for the same without us."""
    ratio = None if floor is None else value / floor
    return Figure(what, unit, value, floor, ratio, target=f"< {below:g} {unit}", met=value < below)


def told(what: str, unit: str, value: float) -> Figure:
    """A figure without a target."""
    return Figure(what, unit, value)


def report(measure: Callable[[bool], Sequence[Figure]]) -> None:
    """Run one benchmark module's `measure(quick)` and write its figures to standard output, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    figures = measure(parser.parse_args().quick)
    json.dump([asdict(figure) for figure in figures], sys.stdout)
