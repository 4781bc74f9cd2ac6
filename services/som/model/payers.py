"""How a cost is shared between kommune, region and stat: by law and year, or by the price's fixed shares.

All the laws have one shape, a schedule of marginal shares over something counted:

- serviceloven § 176: the state bears 25, 50 and 75 % of the parts of a person's yearly cost above three limits;
- § 110: the state bears 50 % of the days in a shelter, from 1 October 2023 only of the first so many in a year;
- the benefit ladder (refusionstrappen): the state bears 80, 40, 30 and 20 % by weeks on benefit;
- psychiatric co-financing: the municipality bears 60 % of an admission, up to a ceiling.

Sources: domain facts 3.3 and the rows' own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from services.som.events import PAYERS, PayerRule, RuleUse

Shares = tuple[float, float, float]
"""What kommune, region and stat bear of a cost; together 1."""


class Counted(NamedTuple):
    """A span of what a rule counts: `start` to `end`, in its measure (kroner, days, weeks)."""

    start: float
    end: float


def counted(rule: PayerRule, use: RuleUse, amount_dkk: float, t: int) -> Counted:
    """What a unit of the price stands for in year `t` after success, in the rule's measure.

    `amount_dkk` is the unit's cost in the rule's price level. Kroner and days begin anew every year; weeks on benefit
    go on counting from year to year.
    """
    start = float(use.start)
    length = amount_dkk if use.quantity is None else float(use.quantity)
    if rule.measure == "weeks_on_benefit":
        start += length * t
    return Counted(start, start + length)


def bearer_share(rule: PayerRule, span: Counted) -> float:
    """The share of a span's cost that the rule's bearer bears, 0 to 1: each step's share, weighted by its part of the
    span. A span of no length has the share of the step it begins in; before the first step the bearer bears nothing."""
    steps = [(float(step.start), float(step.share)) for step in rule.steps]
    ends = [start for start, _ in steps[1:]] + [float("inf")]
    length = span.end - span.start
    if length <= 0:
        return next((share for (start, share), end in zip(steps, ends, strict=True) if start <= span.start < end), 0.0)
    borne = 0.0
    for (start, share), end in zip(steps, ends, strict=True):
        borne += share * max(0.0, min(end, span.end) - max(start, span.start))
    return borne / length


def shares_of(rule: PayerRule, use: RuleUse, amount_dkk: float, t: int) -> Shares:
    """What each payer bears of a unit's cost under one version of a rule; `amount_dkk` in the rule's price level."""
    share = bearer_share(rule, counted(rule, use, amount_dkk, t))
    if rule.ceiling_dkk is not None and amount_dkk > 0:
        share = min(share, float(rule.ceiling_dkk) / amount_dkk)
    borne = dict.fromkeys(PAYERS, 0.0)
    borne[rule.bearer] += share
    borne[rule.rest] += 1.0 - share
    return borne["kommune"], borne["region"], borne["stat"]


def in_force(versions: Sequence[PayerRule], year: int) -> list[tuple[PayerRule | None, float]]:
    """The versions of a rule in force in a calendar year, each with its share of the days; None before the first.

    `versions` are of one rule, ordered by `valid_from`.
    """
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    days = (after - first).days
    starts = [date.min, *(version.valid_from for version in versions), date.max]
    found: list[tuple[PayerRule | None, float]] = []
    for version, (start, end) in zip([None, *versions], pairwise(starts), strict=True):
        length = (min(end, after) - max(start, first)).days
        if length > 0:
            found.append((version, length / days))
    return found
