"""What is known of a grant: the fold of its stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from services.funding import events as e
from services.funding.budget import LineKey, by_line
from services.funding.grant.parts import Change, Claim, K, Payment, Report, Share, find, key_of
from services.funding.ledger import GRANT_ACCOUNTS, Balances, Cell, cell_of, posted, standing, total
from shared.kernel.decider import Aggregate
from shared.kernel.messages import Event, Value


class GrantState(Value):
    """A grant: the award, its agreement, its budget, its money and what was reported of it."""

    grant_id: str = ""
    pool_id: str = ""
    initiative: str = ""
    municipality: str = ""
    awarded_on: date | None = None
    amount_oere: int = 0
    budget: tuple[e.BudgetLine, ...] = ()
    budget_version: int = 0
    earmarks: tuple[e.Earmark, ...] = ()
    plan_months: int = 3
    period_from: date = date.min
    period_to: date = date.min
    period_ended: bool = False
    accept_by: date | None = None
    accepted: bool = False
    start_by: date | None = None
    started: bool = False
    lapsed: bool = False
    closed: bool = False
    stops: tuple[str, ...] = ()
    balances: Balances = ()
    payments: tuple[Payment, ...] = ()
    reports: tuple[Report, ...] = ()
    changes: tuple[Change, ...] = ()
    claims: tuple[Claim, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the grant has been awarded."""
        return self.awarded_on is not None

    def standing(self, *ledger_accounts: e.LedgerAccount) -> dict[Cell, int]:
        """What stands on these accounts of the grant's ledger, by cell."""
        return standing(self.balances, *ledger_accounts)

    def total(self, *ledger_accounts: e.LedgerAccount) -> int:
        """What stands on these accounts of the grant's ledger together, in øre."""
        return total(self.balances, *ledger_accounts)

    def approved_years(self) -> set[int]:
        """The project years whose accounts are approved."""
        return {year for report in self.reports if report.status == "approved" for year in report.due.project_years}

    def used(self) -> dict[LineKey, int]:
        """What has been ordered, paid or settled of each post, project year and earmark: no budget may go below it."""
        return by_line(self.standing(*(name for name in GRANT_ACCOUNTS if name not in ("committed", "lapsed"))))


def _with(items: tuple[K, ...], key: str, **update: Any) -> tuple[K, ...]:
    return tuple(item.model_copy(update=update) if key_of(item) == key else item for item in items)


def _credited(postings: Iterable[e.Posting], *ledger_accounts: e.LedgerAccount) -> tuple[Share, ...]:
    """What the postings took from these accounts."""
    return tuple(
        Share(posting.ledger_account, cell_of(posting), -posting.amount_oere)
        for posting in postings
        if posting.ledger_account in ledger_accounts and posting.amount_oere < 0
    )


Update = dict[str, Any]


def _awarded(_: GrantState, event: e.GrantAwarded) -> Update:
    same = ("grant_id", "pool_id", "initiative", "municipality", "amount_oere", "budget", "earmarks", "plan_months")
    period = {"period_from": event.period_from, "period_to": event.period_to}
    # Version 1 of the event had no budget, and its grants no letter to accept.
    legacy = {"accepted": not event.budget, "started": not event.budget}
    return {name: getattr(event, name) for name in same} | period | legacy | {"awarded_on": event.effective_on}


def _letter(_: GrantState, event: e.GrantLetterIssued) -> Update:
    return {"accept_by": event.accept_by, "reports": tuple(Report(due=due) for due in event.reports)}


def _ordered(state: GrantState, event: e.PaymentOrdered) -> Update:
    payment = Payment(
        payment_id=event.payment_id,
        batch_id=event.batch_id,
        status="ordered",
        told_by=event.event_type,
        shares=_credited(event.postings, "committed"),
    )
    return {"payments": (*state.payments, payment)}


def _paid(state: GrantState, event: e.InstalmentPaid) -> Update:
    if event.batch_id is None:  # version 1: paid without having been ordered
        payment = Payment(
            payment_id=event.payment_id,
            batch_id=None,
            status="paid",
            told_by=event.event_type,
            shares=_credited(event.postings, "committed"),
        )
        return {"payments": (*state.payments, payment)}
    return {"payments": _with(state.payments, event.payment_id, status="paid", told_by=event.event_type)}


def _returned(state: GrantState, event: e.PaymentReturned) -> Update:
    return {"payments": _with(state.payments, event.payment_id, status="returned", told_by=event.event_type)}


def _answer_corrected(state: GrantState, event: e.BankAnswerCorrected) -> Update:
    return {"payments": _with(state.payments, event.payment_id, status=event.outcome, told_by=event.event_type)}


def _overdue(state: GrantState, event: e.ReportOverdue) -> Update:
    return {"reports": _with(state.reports, event.report_id, status="overdue")}


def _status_report(state: GrantState, event: e.StatusReportSubmitted) -> Update:
    return {"reports": _with(state.reports, event.report_id, status="received")}


def _accounts(state: GrantState, event: e.AccountsSubmitted) -> Update:
    return {"reports": _with(state.reports, event.report_id, status="received", lines=event.lines)}


def _accounts_approved(state: GrantState, event: e.AccountsApproved) -> Update:
    accounted = _credited(event.postings, "paid", "carried_over")
    return {"reports": _with(state.reports, event.report_id, status="approved", accounted=accounted)}


def _sent_back(state: GrantState, event: e.AccountsSentBack | e.AccountsReopened) -> Update:
    [report] = [report for report in state.reports if report.due.report_id == event.report_id]
    due = report.due.model_copy(update={"due_on": event.due_on})
    return {"reports": _with(state.reports, event.report_id, status="sent_back", due=due, accounted=())}


def _accounts_rejected(state: GrantState, event: e.AccountsRejected) -> Update:
    return {"reports": _with(state.reports, event.report_id, status="rejected")}


def _change_requested(state: GrantState, event: e.ChangeRequested) -> Update:
    return {"changes": (*state.changes, Change(request=event))}


def _change_approved(state: GrantState, event: e.ChangeApproved) -> Update:
    return {"changes": _with(state.changes, event.change_id, status="approved")}


def _change_refused(state: GrantState, event: e.ChangeRefused) -> Update:
    return {"changes": _with(state.changes, event.change_id, status="refused")}


def _prolonged(state: GrantState, event: e.GrantProlonged) -> Update:
    update: Update = {"period_to": event.period_to, "period_ended": False}
    if event.final_accounts is not None:
        due = event.final_accounts
        final = find(state.reports, due.report_id, "report_id")
        status = "owed" if final.status == "overdue" else final.status
        update["reports"] = _with(state.reports, due.report_id, due=due, status=status)
    return update


def _revised(_: GrantState, event: e.BudgetRevised) -> Update:
    return {"budget": event.budget, "budget_version": event.version}


def _carried(state: GrantState, event: e.UnspentCarriedOver) -> Update:
    return {"budget": carried(state.budget, event.lines), "budget_version": state.budget_version + 1}


def carried(budget: Iterable[e.BudgetLine], lines: Iterable[e.CarryOver]) -> tuple[e.BudgetLine, ...]:
    """The budget after `lines` moved to the next project year."""
    amounts = {(line.post, line.project_year, line.earmark): line.amount_oere for line in budget}
    for line in lines:
        amounts[line.post, line.project_year, line.earmark] -= line.amount_oere
        later = (line.post, line.project_year + 1, line.earmark)
        amounts[later] = amounts.get(later, 0) + line.amount_oere
    return tuple(
        e.BudgetLine(post=post, project_year=year, earmark=earmark, amount_oere=amount)
        for (post, year, earmark), amount in amounts.items()
        if amount
    )


def _claimed(state: GrantState, event: e.RepaymentClaimed) -> Update:
    claim = Claim(claim_id=event.claim_id, shares=_credited(event.postings, "paid", "carried_over"))
    return {"claims": (*state.claims, claim)}


def _waived(state: GrantState, event: e.UnspentWaived) -> Update:
    return {"claims": (*state.claims, Claim(claim_id=event.claim_id, status="repaid"))}


def _invoiced(state: GrantState, event: e.RepaymentInvoiced) -> Update:
    return {"claims": _with(state.claims, event.claim_id, status="invoiced", due_on=event.due_on)}


def _invoice_overdue(state: GrantState, event: e.InvoiceOverdue) -> Update:
    return {"claims": _with(state.claims, event.claim_id, status="overdue")}


def _repaid(state: GrantState, event: e.RepaymentReceived) -> Update:
    claim = find(state.claims, event.claim_id, "claim_id")
    status = "repaid" if claim.owed_oere == event.amount_oere else claim.status
    update = {"receipts": (*claim.receipts, event.receipt), "repaid_oere": claim.repaid_oere + event.amount_oere}
    return {"claims": _with(state.claims, event.claim_id, status=status, **update)}


def _handed_over(state: GrantState, event: e.ClaimHandedOver) -> Update:
    return {"claims": _with(state.claims, event.claim_id, status="handed_over")}


_UPDATES: dict[type[Event], Callable[[GrantState, Any], Update]] = {
    e.GrantAwarded: _awarded,
    e.GrantLetterIssued: _letter,
    e.GrantAccepted: lambda _, event: {"accepted": True, "start_by": event.start_by},
    e.ProjectStarted: lambda _, event: {"started": True},
    e.PeriodEnded: lambda _, event: {"period_ended": True},
    e.GrantLapsed: lambda _, event: {"lapsed": True},
    e.GrantClosed: lambda _, event: {"closed": True},
    e.PaymentPlanChanged: lambda _, event: {"plan_months": event.plan_months},
    e.PaymentOrdered: _ordered,
    e.InstalmentPaid: _paid,
    e.PaymentReturned: _returned,
    e.BankAnswerCorrected: _answer_corrected,
    e.PaymentsStopped: lambda state, event: {"stops": (*state.stops, event.cause)},
    e.PaymentsReleased: lambda state, event: {"stops": tuple(one for one in state.stops if one != event.cause)},
    e.ReportOverdue: _overdue,
    e.StatusReportSubmitted: _status_report,
    e.AccountsSubmitted: _accounts,
    e.AccountsApproved: _accounts_approved,
    e.AccountsSentBack: _sent_back,
    e.AccountsReopened: _sent_back,
    e.AccountsRejected: _accounts_rejected,
    e.ChangeRequested: _change_requested,
    e.ChangeApproved: _change_approved,
    e.ChangeRefused: _change_refused,
    e.GrantProlonged: _prolonged,
    e.BudgetRevised: _revised,
    e.UnspentCarriedOver: _carried,
    e.RepaymentClaimed: _claimed,
    e.UnspentWaived: _waived,
    e.RepaymentInvoiced: _invoiced,
    e.InvoiceOverdue: _invoice_overdue,
    e.RepaymentReceived: _repaid,
    e.ClaimHandedOver: _handed_over,
}


def evolve(state: GrantState, event: Event) -> GrantState:
    """The grant after `event`; an event of another kind changes nothing."""
    update = _UPDATES.get(type(event))
    if update is None:
        return state
    changes = update(state, event)
    postings: tuple[e.Posting, ...] = getattr(event, "postings", ())
    if postings:
        changes = changes | {"balances": posted(state.balances, postings)}
    return state.model_copy(update=changes)


GRANT = Aggregate("grant", GrantState(), evolve, snapshot_every=50)
