"""Reads a cost plan strictly: every reference is there, every range ascends, nothing is said twice or by halves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from services.som.cost_builder.plan import CostPlan, Resource, Role, Staff
from services.som.cost_builder.volumes import BASE, capacity
from shared.kernel.rejection import Rejected

Problem = tuple[str, str, str]


def read_plan(fields: Mapping[str, Any]) -> CostPlan:
    """The plan that these values spell, as a TOML or JSON file holds them (numbers may be `Decimal`).

    Raises Rejected: INPUT_INVALID, INPUT_TOO_LARGE or INPUT_TOO_DEEP as every request; COST_PLAN_INVALID naming the
    fields that do not go together.
    """
    plan = CostPlan.parse(_plain(fields))
    problems = [
        *_twice("roles", [role.name for role in plan.roles]),
        *_twice("teams", [team.name for team in plan.teams]),
        *_twice("resources", [resource.name for resource in plan.resources]),
        *_of_ranges(plan),
        *_of_teams(plan),
        *_of_resources(plan),
        *_of_saved(plan),
    ]
    if not problems:
        problems = [*_of_starters(plan)]
    if problems:
        names = ", ".join(field for field, _, _ in problems)
        raise Rejected(
            "COST_PLAN_INVALID",
            f"The cost plan does not hold together; look at: {names}.",
            [{"field": field, "rule": rule, "message": message} for field, rule, message in problems[:20]],
        )
    return plan


def _plain(fields: Mapping[str, Any]) -> Any:
    """The same values without `Decimal`, which JSON has not: as text, which is read as exactly that number."""

    def text(value: object) -> str:
        if isinstance(value, Decimal):
            return str(value)
        raise TypeError

    try:
        return json.loads(json.dumps(fields, default=text))
    except (TypeError, ValueError, RecursionError):
        raise Rejected("INPUT_INVALID", "The input holds something that is neither text nor a number.") from None


def _of_ranges(plan: CostPlan) -> Iterator[Problem]:
    ranges = [("completion", plan.completion_low, plan.completion, plan.completion_high)]
    ranges += [(f"roles.{n}.wage_dkk", one.low_dkk, one.wage_dkk, one.high_dkk) for n, one in enumerate(plan.roles)]
    for n, team in enumerate(plan.teams):
        if team.group_size is not None:
            ranges.append((f"teams.{n}.group_size", team.group_size_low, team.group_size, team.group_size_high))
        ranges += [
            (f"teams.{n}.staff.{m}.caseload", one.caseload_low, one.caseload, one.caseload_high)
            for m, one in enumerate(team.staff)
            if one.caseload is not None
        ]
    ranges += [
        (f"resources.{n}.amount_dkk", one.low_dkk, one.amount_dkk, one.high_dkk)
        for n, one in enumerate(plan.resources)
        if one.amount_dkk is not None
    ]
    for field, low, base, high in ranges:
        if (low is not None and low > base) or (high is not None and high < base):
            yield field, "range", "The low figure is at most this one, and the high one at least."


def _of_teams(plan: CostPlan) -> Iterator[Problem]:
    roles = {role.name: role for role in plan.roles}
    for n, team in enumerate(plan.teams):
        if (team.courses_per_year is None) != (team.group_size is None):
            yield f"teams.{n}.group_size", "together", "Courses per year and the size of a group belong together."
        for m, one in enumerate(team.staff):
            yield from _of_staff(one, roles.get(one.role), f"teams.{n}.staff.{m}")


def _of_staff(one: Staff, role: Role | None, field: str) -> Iterator[Problem]:
    if role is None:
        yield f"{field}.role", "unknown", "No role has this name."
        return
    if (one.fte is None) == (one.hours_per_year is None):
        yield f"{field}.fte", "either_or", "Say full-time equivalents or hours a year, one of them."
        return
    converts = (role.per == "hour") != (one.fte is None) or (one.caseload is not None and one.fte is None)
    if converts and role.full_time_hours is None:
        yield f"{field}.role", "full_time_hours", "Between hours and full time, the role's full_time_hours are needed."
    if one.direct_hours is not None and (one.hours_per_year is None or one.direct_hours > one.hours_per_year):
        yield f"{field}.direct_hours", "range", "Direct hours are a part of hours_per_year."


def _of_resources(plan: CostPlan) -> Iterator[Problem]:
    roles = {role.name: role for role in plan.roles}
    for n, one in enumerate(plan.resources):
        field = f"resources.{n}"
        by_hours = one.role is not None and one.hours is not None
        if (one.amount_dkk is not None) == by_hours or (one.role is None) != (one.hours is None):
            yield f"{field}.amount_dkk", "either_or", "Say an amount, or a role and its hours, one of them."
        elif one.role is not None:
            role = roles.get(one.role)
            if role is None:
                yield f"{field}.role", "unknown", "No role has this name."
            elif role.per == "year" and role.full_time_hours is None:
                yield f"{field}.role", "full_time_hours", "An hour of a yearly wage needs the role's full_time_hours."
        yield from _of_timing(plan, one, field)


def _of_timing(plan: CostPlan, one: Resource, field: str) -> Iterator[Problem]:
    repeats = one.per in ("once", "team")
    if not repeats and (one.year is not None or one.every_years is not None or one.life_years is not None):
        yield f"{field}.per", "once", "A year, every_years and life_years belong to what is bought once or per team."
    if one.year is not None and one.year > plan.operation[-1]:
        yield f"{field}.year", "range", "This is after the operation has ended."
    if one.life_years is not None and (one.kind != "material" or one.every_years is not None):
        yield f"{field}.life_years", "material", "Material has a life time and is bought again by it, nothing else."
    if one.after and one.per not in ("starter", "completer"):
        yield f"{field}.after", "per", "Only what follows a starter or a completer comes after."
    if one.per == "citizen_year" and plan.citizen_years_per_year is None:
        yield "citizen_years_per_year", "required", f"{field} is counted by it."
    if one.per == "course" and not any(team.courses_per_year is not None for team in plan.teams):
        yield f"{field}.per", "course", "No team has courses."


def _of_saved(plan: CostPlan) -> Iterator[Problem]:
    for n, one in enumerate(plan.saved):
        if one.per == "citizen_year" and plan.citizen_years_per_year is None:
            yield "citizen_years_per_year", "required", f"saved.{n} is counted by it."
        if one.year is not None and one.per != "once":
            yield f"saved.{n}.year", "once", "A year belongs to what is saved once."
        if one.after and one.per not in ("starter", "completer"):
            yield f"saved.{n}.after", "per", "Only what follows a starter or a completer comes after."


def _of_starters(plan: CostPlan) -> Iterator[Problem]:
    room = capacity(plan, BASE)
    if plan.starters_per_year is None and not room:
        yield "starters_per_year", "required", "Say how many start, or give a team a caseload or groups."
    if plan.starters_per_year is not None and room is not None and plan.starters_per_year > room:
        yield "starters_per_year", "capacity", "The teams have not room for so many."


def _twice(field: str, names: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield f"{field}.{place}.name", "unique", "It is there twice."
        seen.add(name)
