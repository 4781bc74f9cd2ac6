"""The funding service: the fund ledger, as callers see it."""

from __future__ import annotations

from typing import Any

from services.funding import deadlines, instalments, views
from services.funding.commands import (
    AcceptGrant,
    AdjustAppropriation,
    Advance,
    Application,
    Applications,
    ApprovePaymentBatch,
    AssessApplication,
    AwardGrant,
    Balances,
    Calls,
    CancelPaymentBatch,
    ChangePaymentPlan,
    ClaimRepayment,
    CloseGrant,
    CopyApplication,
    CorrectBankAnswer,
    Deadlines,
    DecideAccounts,
    DecideChange,
    DeclareConflict,
    DueInstalments,
    ExtendCall,
    ExtendPool,
    Grant,
    GrantLetter,
    Grants,
    GrantStatement,
    HandOverClaim,
    ImportIndexSeries,
    InvoiceRepayment,
    IssueGrantLetter,
    Journal,
    OpenPool,
    PaymentBatch,
    Position,
    PreparePaymentBatch,
    PublishCall,
    RankedList,
    RecordBankAnswers,
    RecordRepayment,
    RefuseApplication,
    RegisterAppropriation,
    RegulateAppropriation,
    ReleasePayments,
    ReopenAccounts,
    ReopenApplication,
    RequestChange,
    SaveApplication,
    StartProject,
    StopPayments,
    SubmitAccounts,
    SubmitApplication,
    SubmitStatusReport,
    TransferAppropriation,
    TrialBalance,
    WithdrawApplication,
)
from services.funding.danish import SENTENCES
from services.funding.deciders import DECIDERS
from services.funding.events import EVENTS, UPCASTERS
from shared.eventstore.codec import Codec
from shared.messaging.host import Definition, hosted
from shared.messaging.rpc import rpc
from shared.messaging.subscription import Listens

CODEC = Codec(EVENTS, UPCASTERS)

DEFINITION = Definition(
    name="funding",
    codec=CODEC,
    deciders=DECIDERS,
    tables=(views.metadata,),
    listens=(Listens("funding", CODEC, views.react),),
    tick=deadlines.tick,
    danish=SENTENCES,
)


class FundingService:
    """Appropriations, pools, calls, applications, grants and their money; publishes `funding.events`."""

    name = DEFINITION.name
    host = hosted(DEFINITION)

    @rpc
    def register_appropriation(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Register what parliament voted for one budget year on an account."""
        return self.host.command(RegisterAppropriation, fields)

    @rpc
    def adjust_appropriation(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Add to what was voted, or take away (a negative amount), by a deciding act."""
        return self.host.command(AdjustAppropriation, fields)

    @rpc
    def transfer_appropriation(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Move an amount that no pool has drawn to another account or budget year, by a deciding act."""
        return self.host.command(TransferAppropriation, fields)

    @rpc
    def import_index_series(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Import an index of prices or wages, a point for every year from the first to the last."""
        return self.host.command(ImportIndexSeries, fields)

    @rpc
    def regulate_appropriation(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Regulate what was voted for a budget year by prices and wages, by a series' change between two years."""
        return self.host.command(RegulateAppropriation, fields)

    @rpc
    def open_pool(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Open a pool (pulje) under a track and an initiative, with money drawn from account-years."""
        return self.host.command(OpenPool, fields)

    @rpc
    def extend_pool(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Draw more money into a pool, for a later call."""
        return self.host.command(ExtendPool, fields)

    @rpc
    def publish_call(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Call for applications to a pool (ansøgningsrunde)."""
        return self.host.command(PublishCall, fields)

    @rpc
    def extend_call(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Put off a call's deadline."""
        return self.host.command(ExtendCall, fields)

    @rpc
    def save_application(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Save a draft, whole, as often as one likes."""
        return self.host.command(SaveApplication, fields)

    @rpc
    def copy_application(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Begin a draft as a copy of an earlier application of the same municipality."""
        return self.host.command(CopyApplication, fields)

    @rpc
    def submit_application(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Send an application as it was last saved."""
        return self.host.command(SubmitApplication, fields)

    @rpc
    def reopen_application(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Give a submitted application back to its applicant, to be sent again before `until`."""
        return self.host.command(ReopenApplication, fields)

    @rpc
    def withdraw_application(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Take an application back, before it is decided."""
        return self.host.command(WithdrawApplication, fields)

    @rpc
    def declare_conflict(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Declare that the person this is for is not impartial (inhabil) in an application."""
        return self.host.command(DeclareConflict, fields)

    @rpc
    def assess_application(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Give points on every criterion of the call, by the person this is for."""
        return self.host.command(AssessApplication, fields)

    @rpc
    def refuse_application(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Refuse an application (afslag), saying why."""
        return self.host.command(RefuseApplication, fields)

    @rpc
    def award_grant(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Promise a municipality a grant (tilsagn) from a pool, for a period."""
        return self.host.command(AwardGrant, fields)

    @rpc
    def issue_grant_letter(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Send the grant letter (tilskudsbrev)."""
        return self.host.command(IssueGrantLetter, fields)

    @rpc
    def accept_grant(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The recipient accepts the grant on the letter's conditions (tilkendegivelse)."""
        return self.host.command(AcceptGrant, fields)

    @rpc
    def start_project(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The recipient's project has begun."""
        return self.host.command(StartProject, fields)

    @rpc
    def change_payment_plan(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Pay a grant in other instalments."""
        return self.host.command(ChangePaymentPlan, fields)

    @rpc
    def stop_payments(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Stop all payments to a grant, for a reason of the office's."""
        return self.host.command(StopPayments, fields)

    @rpc
    def release_payments(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Release the office's own stop."""
        return self.host.command(ReleasePayments, fields)

    @rpc
    def prepare_payment_batch(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Put payments together, to be paid on `effective_on`."""
        return self.host.command(PreparePaymentBatch, fields)

    @rpc
    def approve_payment_batch(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Approve a batch that somebody else prepared."""
        return self.host.command(ApprovePaymentBatch, fields)

    @rpc
    def cancel_payment_batch(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Give up a batch that was not approved."""
        return self.host.command(CancelPaymentBatch, fields)

    @rpc
    def record_bank_answers(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Record the bank's answers to payments of a batch."""
        return self.host.command(RecordBankAnswers, fields)

    @rpc
    def correct_bank_answer(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Correct an answer of the bank's that was recorded wrongly."""
        return self.host.command(CorrectBankAnswer, fields)

    @rpc
    def submit_status_report(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Hand in a status report."""
        return self.host.command(SubmitStatusReport, fields)

    @rpc
    def submit_accounts(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Hand in accounts (regnskab) of what was spent of the grant, by post and project year, with the audit."""
        return self.host.command(SubmitAccounts, fields)

    @rpc
    def decide_accounts(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Approve accounts, send them back to come again by `due_on`, or reject them."""
        return self.host.command(DecideAccounts, fields)

    @rpc
    def reopen_accounts(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Undo a wrong approval of accounts."""
        return self.host.command(ReopenAccounts, fields)

    @rpc
    def request_change(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Apply for a change of the grant's frame, before it is made."""
        return self.host.command(RequestChange, fields)

    @rpc
    def decide_change(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Approve or refuse a change in writing."""
        return self.host.command(DecideChange, fields)

    @rpc
    def claim_repayment(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Claim back all that was paid and neither accounted for nor carried over."""
        return self.host.command(ClaimRepayment, fields)

    @rpc
    def invoice_repayment(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Send the invoice for a claim."""
        return self.host.command(InvoiceRepayment, fields)

    @rpc
    def record_repayment(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Record that money came in for a claim."""
        return self.host.command(RecordRepayment, fields)

    @rpc
    def hand_over_claim(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Hand an unpaid claim to the debt authority (Gældsstyrelsen), after its invoice's day."""
        return self.host.command(HandOverClaim, fields)

    @rpc
    def close_grant(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Close a grant whose money is settled."""
        return self.host.command(CloseGrant, fields)

    @rpc
    def advance(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Come to a day: every deadline before it passes."""
        return self.host.run(Advance, fields, deadlines.advance)

    @rpc
    def trial_balance(self, fields: dict[str, Any]) -> Any:
        """What stands on every ledger account, per account-year."""
        return self.host.query(TrialBalance, fields, views.trial_balance)

    @rpc
    def balances(self, fields: dict[str, Any]) -> Any:
        """Balances by the dimensions in `by`, of the postings that match the others."""
        return self.host.query(Balances, fields, views.balances)

    @rpc
    def position(self, fields: dict[str, Any]) -> Any:
        """Voted, pooled, committed, paid, accounted for and owed per account-year."""
        return self.host.query(Position, fields, views.position)

    @rpc
    def grant_statement(self, fields: dict[str, Any]) -> Any:
        """One grant's postings, line by line, each naming its event, with what is left to pay."""
        return self.host.query(GrantStatement, fields, views.grant_statement)

    @rpc
    def journal(self, fields: dict[str, Any]) -> Any:
        """The journal's lines after a position, whole events at a time."""
        return self.host.query(Journal, fields, views.journal)

    @rpc
    def calls(self, fields: dict[str, Any]) -> Any:
        """The calls, of one pool if named, in order of deadline."""
        return self.host.query(Calls, fields, views.calls)

    @rpc
    def applications(self, fields: dict[str, Any]) -> Any:
        """The applications of a call, with their status."""
        return self.host.query(Applications, fields, views.applications)

    @rpc
    def application(self, fields: dict[str, Any]) -> Any:
        """One application as it stands."""
        return self.host.query(Application, fields, views.application)

    @rpc
    def ranked_list(self, fields: dict[str, Any]) -> Any:
        """The submitted applications of a call in order of their weighted points."""
        return self.host.query(RankedList, fields, views.ranked_list)

    @rpc
    def grants(self, fields: dict[str, Any]) -> Any:
        """The grants with their status, of one pool or municipality if named."""
        return self.host.query(Grants, fields, views.grants)

    @rpc
    def grant(self, fields: dict[str, Any]) -> Any:
        """One grant as it stands."""
        return self.host.query(Grant, fields, views.grant)

    @rpc
    def grant_letter(self, fields: dict[str, Any]) -> Any:
        """The text of a grant's letter, in Danish or English."""
        return self.host.query(GrantLetter, fields, views.grant_letter)

    @rpc
    def payment_batch(self, fields: dict[str, Any]) -> Any:
        """One batch with its payments and the bank's answers."""
        return self.host.query(PaymentBatch, fields, views.payment_batch)

    @rpc
    def deadlines(self, fields: dict[str, Any]) -> Any:
        """The deadlines that have not been met, up to and including a day."""
        return self.host.query(Deadlines, fields, views.deadlines)

    @rpc
    def due_instalments(self, fields: dict[str, Any]) -> Any:
        """What is due to each grant on a day."""
        return self.host.query(DueInstalments, fields, instalments.due_instalments)

    @rpc
    def feed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The events after a position, at most `limit`, with the log's head."""
        return self.host.feed(fields)
