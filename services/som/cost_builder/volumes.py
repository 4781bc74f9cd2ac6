"""How many start and complete, and which of a figure's low, base and high is taken."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from services.som.cost_builder.plan import CostPlan, Staff

Level = Literal["base", "cheap", "dear"]
Levels = Callable[[str], Level]
"""Which figure to take of the uncertain input of a name: its base, or what makes a completer cheap or dear."""


def everything(level: Level) -> Levels:
    """Every uncertain figure at this level."""
    return lambda _name: level


def only(name: str, level: Level) -> Levels:
    """The figure of one name at this level, every other as it is."""
    return lambda other: level if other == name else "base"


BASE = everything("base")


class Volumes(NamedTuple):
    """Those who start and complete in each year of operation, and the courses held in each."""

    starters: tuple[int, ...]
    completers: tuple[int, ...]
    courses: Decimal


def taken(
    levels: Levels, name: str, base: Decimal, low: Decimal | None, high: Decimal | None, *, more_is_dearer: bool = True
) -> Decimal:
    """The figure to be taken of one that may be uncertain; its base where it is not."""
    level = levels(name)
    if level == "base":
        return base
    found = high if (level == "dear") == more_is_dearer else low
    return base if found is None else found


def capacity(plan: CostPlan, levels: Levels) -> Decimal | None:
    """How many the teams have room for in a year: groups, and full-time equivalents by their caseload. None where no
    team says."""
    room: list[Decimal] = []
    hours = {role.name: role.full_time_hours for role in plan.roles}
    for team in plan.teams:
        if team.courses_per_year is not None and team.group_size is not None:
            name = f"group_size:{team.name}"
            size = taken(levels, name, team.group_size, team.group_size_low, team.group_size_high, more_is_dearer=False)
            room.append(team.number * team.courses_per_year * size)
        for one in team.staff:
            if one.caseload is not None:
                name = f"caseload:{team.name}/{one.role}"
                load = taken(levels, name, one.caseload, one.caseload_low, one.caseload_high, more_is_dearer=False)
                room.append(team.number * full_time(one, hours[one.role]) * load)
    return sum(room, Decimal(0)) if room else None


def full_time(one: Staff, full_time_hours: Decimal | None) -> Decimal:
    """Staff as full-time equivalents."""
    if one.fte is not None:
        return one.fte
    assert one.hours_per_year is not None
    assert full_time_hours is not None
    return one.hours_per_year / full_time_hours


def volumes(plan: CostPlan, levels: Levels) -> Volumes:
    """Whole people by year: running totals are rounded, so that no one is lost between the years. Half a place is no
    place; half a completer is rounded to even."""
    yearly = Decimal(plan.starters_per_year or 0)
    if plan.starters_per_year is None:
        yearly = capacity(plan, levels) or Decimal(0)
    completion = taken(
        levels, "completion", plan.completion, plan.completion_low, plan.completion_high, more_is_dearer=False
    )
    begun = [int((yearly * n).to_integral_value(ROUND_FLOOR)) for n in range(plan.years + 1)]
    done = [int((completion * count).to_integral_value(ROUND_HALF_EVEN)) for count in begun]
    return Volumes(
        starters=tuple(after - before for before, after in pairwise(begun)),
        completers=tuple(after - before for before, after in pairwise(done)),
        courses=sum((team.number * (team.courses_per_year or Decimal(0)) for team in plan.teams), Decimal(0)),
    )
