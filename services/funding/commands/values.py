"""The parts of what a caller sends to the fund: read strictly, and turned into the parts of events."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from services.funding.events import Draw
from shared.kernel.messages import (
    BudgetYear,
    Command,
    FinanceActAccount,
    Identifier,
    Oere,
    RequestPart,
    Text,
    visible_lines,
)

MAX_DRAWS = 50
"""A pool or a grant is financed by at most this many account-years."""
MAX_BUDGET_LINES = 400
"""A budget has at most this many lines: twenty posts over four years with five sources."""

Currency = Annotated[str, StringConstraints(pattern=r"^DKK$")]
"""The fund is kept in Danish kroner, and in nothing else."""
SignedOere = Annotated[int, Field(ge=-(10**15), le=10**15)]
OereOrNone = Annotated[int, Field(ge=0, le=10**15)]
"""An amount that may be nothing."""
Prose = Annotated[str, StringConstraints(pattern=r"\S", max_length=8_000), AfterValidator(visible_lines)]
"""Longer text, with line breaks: a purpose, a comment, a reason."""


def _decimal_text(value: str) -> str:
    if not 0 < Decimal(value) < 10**9:
        raise ValueError("out of range")
    return value


DecimalText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})?$"), AfterValidator(_decimal_text)]
"""A positive decimal number as text, exact: `102.2`."""


class Attributed(Command):
    """A command that must say which person it is for: the rule it follows is about persons."""

    on_behalf_of: Text


class DrawRequest(RequestPart):
    """An amount wanted from one account-year of the finance act."""

    account: FinanceActAccount
    budget_year: BudgetYear
    amount_oere: Oere

    def as_draw(self) -> Draw:
        """The same as the part of an event."""
        return Draw(account=self.account, budget_year=self.budget_year, amount_oere=self.amount_oere)


Draws = Annotated[tuple[DrawRequest, ...], Field(min_length=1, max_length=MAX_DRAWS)]


class ExpenseRequest(RequestPart):
    """What is to be spent on a post in a project year (a calendar year)."""

    post: Identifier
    project_year: BudgetYear
    amount_oere: Oere
    note: Text | None = None


class FinancingRequest(RequestPart):
    """Who pays for how much of a post in a project year; source `grant` is what is applied for."""

    post: Identifier
    project_year: BudgetYear
    source: Identifier
    amount_oere: Oere
    earmark: Identifier | None = None


class BudgetLineRequest(RequestPart):
    """What of a grant may be spent on a post in a project year, perhaps under an earmark."""

    post: Identifier
    project_year: BudgetYear
    amount_oere: Oere
    earmark: Identifier | None = None


class EarmarkRequest(RequestPart):
    """A part of a grant for one purpose only; the budget's lines under it must add up to its amount."""

    earmark: Identifier
    title: Text
    amount_oere: Oere


class CriterionRequest(RequestPart):
    """A criterion that applications are assessed by, with its weight beside the others."""

    criterion: Identifier
    title: Text
    weight: Annotated[int, Field(ge=1, le=1000)]


class ScoreRequest(RequestPart):
    """Points for a criterion, 0 to 100."""

    criterion: Identifier
    points: Annotated[int, Field(ge=0, le=100)]


class CarryOverRequest(RequestPart):
    """An unspent amount of a post to be moved from a project year to the next."""

    post: Identifier
    project_year: BudgetYear
    amount_oere: Oere
    earmark: Identifier | None = None


class AccountsLineRequest(RequestPart):
    """What was spent of the grant on a post in a project year."""

    post: Identifier
    project_year: BudgetYear
    spent_oere: OereOrNone


class IndexPointRequest(RequestPart):
    """The value of an index in a year."""

    year: BudgetYear
    value: DecimalText


BudgetLines = Annotated[tuple[BudgetLineRequest, ...], Field(max_length=MAX_BUDGET_LINES)]
Earmarks = Annotated[tuple[EarmarkRequest, ...], Field(max_length=20)]
