"""Commands about a grant, from its letter to its closure, and about the calendar."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.funding.commands.values import (
    AccountsLineRequest,
    Attributed,
    BudgetLines,
    CarryOverRequest,
    Prose,
)
from services.funding.events import AuditorKind, ChangeKind, ReportKind
from shared.kernel.messages import BudgetYear, Command, Day, Identifier, Oere, RequestPart, Text


class ReportRequest(RequestPart):
    """A status report or accounts owed by a day; `final` accounts settle the whole grant."""

    report_id: Identifier
    kind: ReportKind
    project_years: Annotated[tuple[BudgetYear, ...], Field(min_length=1, max_length=10)]
    due_on: Day
    final: bool = False


class IssueGrantLetter(Command):
    """Send the grant letter (tilskudsbrev): to be accepted by a day at the latest, with the reports that are owed."""

    grant_id: Identifier
    letter: Text
    accept_by: Day
    conditions: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    reports: Annotated[tuple[ReportRequest, ...], Field(max_length=40)] = ()
    effective_on: Day


class AcceptGrant(Command):
    """The recipient accepts the grant on the letter's conditions (tilkendegivelse)."""

    grant_id: Identifier
    effective_on: Day


class StartProject(Command):
    """The recipient's project has begun."""

    grant_id: Identifier
    effective_on: Day


class ChangePaymentPlan(Command):
    """Pay a grant in other instalments: one for every so many months of a calendar year, in advance."""

    grant_id: Identifier
    plan_months: Literal[1, 3, 6, 12]
    reason: Text
    effective_on: Day


class StopPayments(Command):
    """Stop all payments to a grant, for a reason of the office's."""

    grant_id: Identifier
    reason: Text
    effective_on: Day


class ReleasePayments(Command):
    """Release the office's own stop; a stop for an overdue report is released by the report alone."""

    grant_id: Identifier
    reason: Text
    effective_on: Day


class RequestChange(Command):
    """Apply for a change of the grant's frame, before it is made.

    `prolongation` has `period_to` and comes before the period's end; `budget` has the whole new budget; `carry_over`
    has what is to be moved to the next project year; `project` has its reason only.
    """

    grant_id: Identifier
    change_id: Identifier
    kind: ChangeKind
    reason: Prose
    period_to: Day | None = None
    budget: BudgetLines = ()
    carry_over: Annotated[tuple[CarryOverRequest, ...], Field(max_length=100)] = ()
    effective_on: Day


class DecideChange(Attributed):
    """Approve or refuse a change in writing."""

    grant_id: Identifier
    change_id: Identifier
    decision: Literal["approve", "refuse"]
    reason: Prose
    effective_on: Day


class SubmitStatusReport(Command):
    """Hand in a status report; `document` says where it is kept."""

    grant_id: Identifier
    report_id: Identifier
    document: Text
    effective_on: Day


class AuditRequest(RequestPart):
    """The audit of accounts: `statement` (revisorerklæring) and `protocol` (protokollat) say where they are kept."""

    auditor: Text
    auditor_kind: AuditorKind
    statement: Text
    protocol: Text
    performance_audit: bool = False


class SubmitAccounts(Command):
    """Hand in accounts (regnskab) of what was spent of the grant, by post and project year, with the audit."""

    grant_id: Identifier
    report_id: Identifier
    lines: Annotated[tuple[AccountsLineRequest, ...], Field(max_length=400)]
    audit: AuditRequest
    effective_on: Day


class DecideAccounts(Attributed):
    """Approve accounts, send them back to come again by `due_on`, or reject them."""

    grant_id: Identifier
    report_id: Identifier
    decision: Literal["approve", "send_back", "reject"]
    reason: Prose
    due_on: Day | None = None
    effective_on: Day


class ReopenAccounts(Attributed):
    """Undo a wrong approval or rejection of accounts; they are to come again by `due_on`."""

    grant_id: Identifier
    report_id: Identifier
    reason: Prose
    due_on: Day
    effective_on: Day


class ClaimRepayment(Attributed):
    """Claim back all that was paid and neither accounted for nor carried over; 500 kroner or less is waived."""

    grant_id: Identifier
    claim_id: Identifier
    cause: Literal["unspent", "accounts_missing", "accounts_rejected", "conditions_breached", "lapsed"]
    reason: Prose
    effective_on: Day


class InvoiceRepayment(Command):
    """Send the invoice for a claim."""

    grant_id: Identifier
    claim_id: Identifier
    invoice: Text
    due_on: Day
    effective_on: Day


class RecordRepayment(Command):
    """Record that money came in for a claim; `receipt` is the bank's or the accounts' own name for it."""

    grant_id: Identifier
    claim_id: Identifier
    receipt: Identifier
    amount_oere: Oere
    effective_on: Day


class HandOverClaim(Command):
    """Hand an unpaid claim to the debt authority (Gældsstyrelsen), after its invoice's day."""

    grant_id: Identifier
    claim_id: Identifier
    effective_on: Day


class CloseGrant(Command):
    """Close a grant whose money is settled; what was never paid goes back to the pool."""

    grant_id: Identifier
    effective_on: Day


class PassDeadline(Command):
    """A grant's deadline has passed, seen on `effective_on`; the calendar's own command (see calendar.py)."""

    grant_id: Identifier
    deadline: Literal["acceptance", "start", "period", "report", "invoice"]
    reference: Text
    effective_on: Day


class CloseCall(Command):
    """A call's deadline has passed, seen on `effective_on`; the calendar's own command (see calendar.py)."""

    call_id: Identifier
    effective_on: Day


class Advance(Command):
    """Come to a day: every deadline before it passes. The calendar does so by itself; tests and the demo by command."""

    day: Day


class ReachDay(Command):
    """The calendar comes to a day; the first part of `Advance` (see deadlines.py)."""

    day: Day
