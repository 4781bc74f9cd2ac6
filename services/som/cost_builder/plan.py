"""A cost plan: what is typed in, step by step, every field bounded. Amounts are kroner, with up to six decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.som.commands.values import Kroner, Share
from services.som.events import Payer, Status
from shared.kernel.messages import BudgetYear, Request, RequestPart, Text

Count = Annotated[Decimal, Field(ge=0, le=10**6, decimal_places=6)]
Hours = Annotated[Decimal, Field(gt=0, le=10**7, decimal_places=6)]
People = Annotated[int, Field(ge=1, le=10**6)]
Years = Annotated[int, Field(ge=1, le=40)]

Per = Literal["once", "year", "team", "team_year", "course", "starter", "completer", "citizen_year"]


class Role(RequestPart):
    """A kind of staff and its wage with everything the employer pays, `per` year of full time or per hour.

    `full_time_hours`: the hours of a full-time year, needed where a yearly wage meets hours or an hourly one meets
    full-time staff.
    """

    name: Text
    wage_dkk: Kroner
    low_dkk: Kroner | None = None
    high_dkk: Kroner | None = None
    per: Literal["year", "hour"]
    full_time_hours: Hours | None = None
    price_year: BudgetYear | None = None


class Staff(RequestPart):
    """The staff of one role in a team: full-time equivalents, or hours a year.

    `caseload` (antal sager): those who start per full-time equivalent and year; None for staff who carry no cases.
    `direct_hours`: how many of the hours are spent with citizens.
    """

    role: Text
    fte: Count | None = None
    hours_per_year: Hours | None = None
    direct_hours: Hours | None = None
    caseload: Count | None = None
    caseload_low: Count | None = None
    caseload_high: Count | None = None


class Team(RequestPart):
    """`number` teams alike. Groups: `courses_per_year` courses of `group_size` starters in each team."""

    name: Text
    number: Annotated[int, Field(ge=1, le=1000)] = 1
    staff: Annotated[tuple[Staff, ...], Field(max_length=50)] = ()
    courses_per_year: Count | None = None
    group_size: Count | None = None
    group_size_low: Count | None = None
    group_size_high: Count | None = None


class Resource(RequestPart):
    """Something used: a purchase of `amount_dkk`, or `hours` of a role, so much `per` what.

    `once` and `team` (once for each team) fall in `year` (None: the first of operation), and again after every
    `every_years` as long as the operation lasts. `starter`, `completer`: `after` so many years. Material that lasts
    `life_years` is bought again when it is worn out, and has a residual value when the operation ends before it.
    `overhead`: a share added on top; None: the plan's on wages, none on purchases.
    """

    name: Text
    kind: Literal["preparation", "training", "operation", "material"]
    per: Per
    amount_dkk: Kroner | None = None
    low_dkk: Kroner | None = None
    high_dkk: Kroner | None = None
    role: Text | None = None
    hours: Hours | None = None
    year: BudgetYear | None = None
    every_years: Years | None = None
    life_years: Years | None = None
    after: Annotated[int, Field(ge=0, le=10)] = 0
    overhead: Annotated[Decimal, Field(ge=0, le=5, decimal_places=6)] | None = None
    payer: Payer | None = None
    price_year: BudgetYear | None = None
    status: Status | None = None
    source: Text | None = None


class Grant(RequestPart):
    """A grant received (tilskud) in a year."""

    name: Text
    year: BudgetYear
    amount_dkk: Kroner
    payer_from: Payer = "stat"
    payer_to: Payer = "kommune"
    price_year: BudgetYear | None = None


class SavedExpense(RequestPart):
    """A saved expense (sparet udgift): what the effort that participants would else have had would have cost."""

    name: Text
    amount_dkk: Kroner
    per: Literal["once", "year", "starter", "completer", "citizen_year"]
    year: BudgetYear | None = None
    after: Annotated[int, Field(ge=0, le=10)] = 0
    payer: Payer | None = None
    price_year: BudgetYear | None = None
    status: Status | None = None
    source: Text | None = None


class CostPlan(Request):
    """An intervention's cost plan. Fields left out below are the plan's: payer, price year, status and source.

    Those who start: `starters_per_year`, or what the teams have room for. `completion`: the share of them that
    completes. `overhead`: the share added to wages. `citizen_years_per_year`: how many years of support the citizens
    get in a year, where a course has no end. Results are in the prices of `price_level_year` (None: `price_year`).
    """

    name: Text
    first_year: BudgetYear
    years: Years
    starters_per_year: People | None = None
    completion: Share = Decimal(1)
    completion_low: Share | None = None
    completion_high: Share | None = None
    citizen_years_per_year: Count | None = None
    overhead: Annotated[Decimal, Field(ge=0, le=5, decimal_places=6)] = Decimal(0)
    payer: Payer = "kommune"
    price_year: BudgetYear | None = None
    price_level_year: BudgetYear | None = None
    status: Status = "own"
    source: Text
    roles: Annotated[tuple[Role, ...], Field(max_length=50)] = ()
    teams: Annotated[tuple[Team, ...], Field(max_length=50)] = ()
    resources: Annotated[tuple[Resource, ...], Field(max_length=200)] = ()
    grants: Annotated[tuple[Grant, ...], Field(max_length=100)] = ()
    saved: Annotated[tuple[SavedExpense, ...], Field(max_length=100)] = ()

    @property
    def operation(self) -> range:
        """The calendar years of operation."""
        return range(self.first_year, self.first_year + self.years)
