"""What happens to a grant's status reports and accounts."""

from __future__ import annotations

from datetime import date

from services.funding.events.values import (
    AccountsLine,
    Audit,
    Posting,
    ReportKind,
)
from shared.kernel.messages import Event


class ReportOverdue(Event, type="funding.report_overdue", stream="grant-{grant_id}"):
    """A status report or accounts did not come by their day."""

    grant_id: str
    report_id: str
    kind: ReportKind
    due_on: date
    effective_on: date


class StatusReportSubmitted(Event, type="funding.status_report_submitted", stream="grant-{grant_id}"):
    """A status report came in; `document` says where it is kept."""

    grant_id: str
    report_id: str
    document: str
    effective_on: date


class AccountsSubmitted(Event, type="funding.accounts_submitted", stream="grant-{grant_id}"):
    """Accounts (regnskab) came in, with the auditor's statement."""

    grant_id: str
    report_id: str
    lines: tuple[AccountsLine, ...]
    audit: Audit
    effective_on: date


class AccountsApproved(Event, type="funding.accounts_approved", stream="grant-{grant_id}"):
    """Accounts were approved: what they say was spent has been accounted for; `unspent_oere` is what was paid for
    their years and not spent."""

    grant_id: str
    report_id: str
    pool_id: str
    initiative: str
    municipality: str
    amount_oere: int
    unspent_oere: int
    decided_by: str
    reason: str
    postings: tuple[Posting, ...]
    effective_on: date


class AccountsSentBack(Event, type="funding.accounts_sent_back", stream="grant-{grant_id}"):
    """Accounts were sent back, to come again by a day."""

    grant_id: str
    report_id: str
    decided_by: str
    reason: str
    due_on: date
    effective_on: date


class AccountsRejected(Event, type="funding.accounts_rejected", stream="grant-{grant_id}"):
    """Accounts were rejected: nothing of what was paid for their years has been accounted for."""

    grant_id: str
    report_id: str
    decided_by: str
    reason: str
    effective_on: date


class AccountsReopened(Event, type="funding.accounts_reopened", stream="grant-{grant_id}"):
    """An approval or rejection of accounts was wrong and is undone: they are to come again by a day. `corrects` is the
    type of the event that decided the same report."""

    grant_id: str
    report_id: str
    pool_id: str
    initiative: str
    municipality: str
    corrects: str
    amount_oere: int
    decided_by: str
    reason: str
    due_on: date
    postings: tuple[Posting, ...]
    effective_on: date
