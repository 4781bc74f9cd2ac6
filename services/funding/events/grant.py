"""What happens to a grant from its award to its closure, payments and repayments included.

Each event names the grant's pool, initiative and municipality where other services count by them. Amounts are øre.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from services.funding.events.values import (
    AccountsLine,
    Audit,
    BudgetLine,
    CarryOver,
    ChangeKind,
    Draw,
    Earmark,
    Posting,
    ReportDue,
    ReportKind,
    Track,
)
from shared.kernel.messages import Event


class GrantAwarded(Event, type="funding.grant_awarded", stream="grant-{grant_id}", schema_version=2):
    """A municipality was promised a grant (tilsagn), with a budget, in a period of which both days are included."""

    grant_id: str
    pool_id: str
    track: Track
    initiative: str
    municipality: str
    draws: tuple[Draw, ...]
    amount_oere: int
    budget: tuple[BudgetLine, ...]
    earmarks: tuple[Earmark, ...]
    plan_months: int
    application_id: str | None
    call_id: str | None
    reason: str | None
    period_from: date
    period_to: date
    postings: tuple[Posting, ...]
    effective_on: date


class GrantLetterIssued(Event, type="funding.grant_letter_issued", stream="grant-{grant_id}"):
    """The grant letter (tilskudsbrev) went out: to be accepted by a day, with conditions and reports owed."""

    grant_id: str
    letter: str
    accept_by: date
    conditions: tuple[str, ...]
    reports: tuple[ReportDue, ...]
    effective_on: date


class GrantAccepted(Event, type="funding.grant_accepted", stream="grant-{grant_id}"):
    """The recipient accepted the grant and its conditions; the project must have started by `start_by`."""

    grant_id: str
    start_by: date
    effective_on: date


class ProjectStarted(Event, type="funding.project_started", stream="grant-{grant_id}"):
    """The project began."""

    grant_id: str
    effective_on: date


class PeriodEnded(Event, type="funding.period_ended", stream="grant-{grant_id}"):
    """The grant's period is over: nothing more is spent on it."""

    grant_id: str
    period_to: date
    effective_on: date


class GrantLapsed(Event, type="funding.grant_lapsed", stream="grant-{grant_id}"):
    """A grant lapsed (bortfald); what had not been paid of it went back to its pool."""

    grant_id: str
    pool_id: str
    initiative: str
    municipality: str
    cause: Literal["not_accepted", "not_started"]
    draws: tuple[Draw, ...]
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


class GrantClosed(Event, type="funding.grant_closed", stream="grant-{grant_id}"):
    """A grant was closed; what had never been paid of it lapsed to its pool (`amount_oere`, perhaps nothing)."""

    grant_id: str
    pool_id: str
    initiative: str
    municipality: str
    draws: tuple[Draw, ...]
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


class PaymentPlanChanged(Event, type="funding.payment_plan_changed", stream="grant-{grant_id}"):
    """The grant is paid in other instalments: one for every so many months of a calendar year, in advance."""

    grant_id: str
    plan_months: int
    reason: str
    effective_on: date


class PaymentOrdered(Event, type="funding.payment_ordered", stream="grant-{grant_id}"):
    """A payment was approved with its batch and is on its way to the bank."""

    grant_id: str
    pool_id: str
    initiative: str
    payment_id: str
    batch_id: str
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


class InstalmentPaid(Event, type="funding.instalment_paid", stream="grant-{grant_id}", schema_version=2):
    """The bank paid an instalment of a grant."""

    grant_id: str
    payment_id: str
    batch_id: str | None
    pool_id: str | None
    initiative: str
    municipality: str
    draws: tuple[Draw, ...]
    amount_oere: int
    bank_reference: str | None
    postings: tuple[Posting, ...]
    effective_on: date


class PaymentReturned(Event, type="funding.payment_returned", stream="grant-{grant_id}"):
    """The bank did not pay: the money is committed again, to be paid with another payment."""

    grant_id: str
    payment_id: str
    batch_id: str
    pool_id: str
    initiative: str
    amount_oere: int
    bank_reference: str | None
    reason: str
    postings: tuple[Posting, ...]
    effective_on: date


class BankAnswerCorrected(Event, type="funding.bank_answer_corrected", stream="grant-{grant_id}"):
    """The bank's answer had been recorded wrongly: it is `outcome`. `corrects` is the type of the event that told
    otherwise of the same payment; `paid_change_oere` is what that changes in what has been paid."""

    grant_id: str
    payment_id: str
    pool_id: str
    initiative: str
    municipality: str
    outcome: Literal["paid", "returned"]
    corrects: str
    paid_change_oere: int
    draws: tuple[Draw, ...]
    reason: str
    postings: tuple[Posting, ...]
    effective_on: date


class PaymentsStopped(Event, type="funding.payments_stopped", stream="grant-{grant_id}"):
    """Nothing is paid to the grant until the stop is released: `cause` is an overdue report's id, or `office`."""

    grant_id: str
    cause: str
    reason: str
    effective_on: date


class PaymentsReleased(Event, type="funding.payments_released", stream="grant-{grant_id}"):
    """A stop was released: what caused it is there."""

    grant_id: str
    cause: str
    reason: str
    effective_on: date


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


class ChangeRequested(Event, type="funding.change_requested", stream="grant-{grant_id}"):
    """The recipient applied for a change: which of the optional parts there is depends on `kind`."""

    grant_id: str
    change_id: str
    kind: ChangeKind
    reason: str
    period_to: date | None
    budget: tuple[BudgetLine, ...]
    carry_over: tuple[CarryOver, ...]
    effective_on: date


class ChangeApproved(Event, type="funding.change_approved", stream="grant-{grant_id}"):
    """A change was approved in writing; what it changes stands in the event after it."""

    grant_id: str
    change_id: str
    kind: ChangeKind
    decided_by: str
    reason: str
    effective_on: date


class ChangeRefused(Event, type="funding.change_refused", stream="grant-{grant_id}"):
    """A change was refused."""

    grant_id: str
    change_id: str
    kind: ChangeKind
    decided_by: str
    reason: str
    effective_on: date


class GrantProlonged(Event, type="funding.grant_prolonged", stream="grant-{grant_id}"):
    """The grant's period was made longer; the final accounts then cover it all, and are due as much later."""

    grant_id: str
    change_id: str
    period_to: date
    final_accounts: ReportDue | None
    effective_on: date


class BudgetRevised(Event, type="funding.budget_revised", stream="grant-{grant_id}"):
    """The grant has a new budget of the same amount; what had not been paid was moved to where it now belongs."""

    grant_id: str
    change_id: str
    pool_id: str
    initiative: str
    version: int
    budget: tuple[BudgetLine, ...]
    postings: tuple[Posting, ...]
    effective_on: date


class UnspentCarriedOver(Event, type="funding.unspent_carried_over", stream="grant-{grant_id}"):
    """Money that was paid and not spent may be spent in the next project year (overførsel)."""

    grant_id: str
    change_id: str
    pool_id: str
    initiative: str
    lines: tuple[CarryOver, ...]
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


class RepaymentClaimed(Event, type="funding.repayment_claimed", stream="grant-{grant_id}"):
    """Money that was paid and not accounted for is claimed back."""

    grant_id: str
    claim_id: str
    pool_id: str
    initiative: str
    municipality: str
    cause: Literal["unspent", "accounts_missing", "accounts_rejected", "conditions_breached", "lapsed"]
    amount_oere: int
    decided_by: str
    reason: str
    postings: tuple[Posting, ...]
    effective_on: date


class UnspentWaived(Event, type="funding.unspent_waived", stream="grant-{grant_id}"):
    """What was left unspent is too little to claim (bagatelgrænse) and stays with the recipient."""

    grant_id: str
    claim_id: str
    pool_id: str
    initiative: str
    municipality: str
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


class RepaymentInvoiced(Event, type="funding.repayment_invoiced", stream="grant-{grant_id}"):
    """An invoice for a claim went out, to be paid by a day."""

    grant_id: str
    claim_id: str
    invoice: str
    due_on: date
    effective_on: date


class InvoiceOverdue(Event, type="funding.invoice_overdue", stream="grant-{grant_id}"):
    """An invoice was not paid by its day."""

    grant_id: str
    claim_id: str
    due_on: date
    effective_on: date


class RepaymentReceived(Event, type="funding.repayment_received", stream="grant-{grant_id}"):
    """A claim was paid, in whole or in part; the money is in its pool again."""

    grant_id: str
    claim_id: str
    receipt: str
    pool_id: str
    initiative: str
    municipality: str
    draws: tuple[Draw, ...]
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


class ClaimHandedOver(Event, type="funding.claim_handed_over", stream="grant-{grant_id}"):
    """An unpaid claim went to the debt authority (Gældsstyrelsen); it is owed still."""

    grant_id: str
    claim_id: str
    amount_oere: int
    effective_on: date


def _grant_awarded_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew no budget, no earmarks and no application; it was to be paid by the quarter."""
    later = {"application_id": None, "call_id": None, "reason": None}
    return data | {"budget": [], "earmarks": [], "plan_months": 3} | later


def _instalment_paid_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 was of one account-year, without a batch."""
    draw = {name: data[name] for name in ("account", "budget_year", "amount_oere")}
    return data | {"draws": [draw], "batch_id": None, "pool_id": None, "bank_reference": None}


GRANT_UPCASTERS = {
    (GrantAwarded.event_type, 1): _grant_awarded_v2,
    (InstalmentPaid.event_type, 1): _instalment_paid_v2,
}
