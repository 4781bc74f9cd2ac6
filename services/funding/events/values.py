"""The parts that the events of the fund ledger are made of. Amounts are øre."""

from __future__ import annotations

from datetime import date
from typing import Literal

from shared.kernel.messages import Value

Track = Literal["development", "dissemination", "data"]
"""Udviklingsspor, udbredelsesspor, dataspor."""

LedgerAccount = Literal[
    "voted",
    "appropriated",
    "pooled",
    "committed",
    "payable",
    "paid",
    "carried_over",
    "accounted_for",
    "receivable",
    "repaid",
    "waived",
    "lapsed",
    "restored",
]
"""Where a krone stands (the chart of accounts, see ledger.py)."""


class Posting(Value):
    """One line of the journal: `amount_oere` is a debit when positive, a credit when negative.

    `post`, `project_year` and `earmark` stand on what belongs to a grant; the grant, its pool and its initiative
    are the event's own.
    """

    ledger_account: LedgerAccount
    account: str
    budget_year: int
    amount_oere: int
    post: str | None = None
    project_year: int | None = None
    earmark: str | None = None


class Draw(Value):
    """An amount taken from one account-year of the finance act."""

    account: str
    budget_year: int
    amount_oere: int


class Expense(Value):
    """What an applicant means to spend on a post in a project year."""

    post: str
    project_year: int
    amount_oere: int
    note: str | None = None


class Financing(Value):
    """Who pays for how much of a post in a project year; the source `grant` is what is applied for."""

    post: str
    project_year: int
    source: str
    amount_oere: int
    earmark: str | None = None


class BudgetLine(Value):
    """What of a grant may be spent on a post in a project year (a calendar year), perhaps under an earmark."""

    post: str
    project_year: int
    amount_oere: int
    earmark: str | None = None


class Earmark(Value):
    """A part of a grant that may be spent on one purpose only."""

    earmark: str
    title: str
    amount_oere: int


class Criterion(Value):
    """What applications are assessed by, and how much it weighs beside the others."""

    criterion: str
    title: str
    weight: int


class Score(Value):
    """An assessor's points for one criterion."""

    criterion: str
    points: int


ReportKind = Literal["status", "accounts"]


class ReportDue(Value):
    """A status report or accounts that the recipient owes by a day; `final` accounts settle the whole grant."""

    report_id: str
    kind: ReportKind
    project_years: tuple[int, ...]
    due_on: date
    final: bool = False


class AccountsLine(Value):
    """What was spent of the grant on a post in a project year."""

    post: str
    project_year: int
    spent_oere: int


AuditorKind = Literal["own_choice", "registered", "state_authorised"]
"""Who audited: anybody competent and independent, a registered or a state-authorised public accountant."""


class Audit(Value):
    """The audit of accounts: who did it, and what was handed in with it."""

    auditor: str
    auditor_kind: AuditorKind
    statement: str
    protocol: str
    performance_audit: bool


class PaymentLine(Value):
    """One payment of a batch: to which grant, and how much."""

    payment_id: str
    grant_id: str
    amount_oere: int


class CarryOver(Value):
    """An unspent amount of a post that moves from one project year to the next."""

    post: str
    project_year: int
    amount_oere: int
    earmark: str | None = None


class IndexPoint(Value):
    """The value of an index in a year, as decimal text, exact."""

    year: int
    value: str


ChangeKind = Literal["prolongation", "project", "budget", "carry_over"]
"""Projektforlængelse, projektændring, budgetændring, overførsel af uforbrugte midler."""
