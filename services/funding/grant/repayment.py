"""Unspent money: claimed back, invoiced, repaid or handed over; and the grant's closure.

Source: Håndbog om tilskudsregler, /oekonomi/tilbageholdelse-bortfald-eller-tilbagebetaling: a grant is repaid in whole
or part when it is unspent, when unspent money was not approved for transfer, when accounts are missing or late, or when
conditions were breached; nothing is claimed at 500 kroner or less; what is not paid goes to Gældsstyrelsen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.funding import events as e
from services.funding.budget import take
from services.funding.commands import ClaimRepayment, CloseGrant, HandOverClaim, InvoiceRepayment, RecordRepayment
from services.funding.grant.parts import Claim, find
from services.funding.grant.rules import cells, pool_restored, require_alive, require_exists, the_grant
from services.funding.grant.state import GrantState
from services.funding.ledger import Cell, by_account_year, moved, restored
from services.funding.pool import POOL, PoolState
from shared.kernel.decider import Decider, Reads
from shared.kernel.messages import Event
from shared.kernel.money import oere
from shared.kernel.refusal import refused, taken

WAIVED_UP_TO_OERE = oere(500)
"""Nothing is claimed at this or less (bagatelgrænsen)."""


_SOURCES: tuple[e.LedgerAccount, ...] = ("carried_over", "paid")


def decide_claim(grant: GrantState, command: ClaimRepayment) -> list[Event]:
    """Claim back what was paid and neither accounted for nor carried over; 500 kroner or less is waived.

    `unspent` claims what is left of the years whose accounts are approved, the other causes all that is left. Raises
    Rejected NOT_FOUND, GRANT_CLOSED, ALREADY_EXISTS, NO_CAUSE (nothing of what is said has happened), or
    NOTHING_TO_CLAIM.
    """
    require_exists(grant)
    if grant.closed:
        raise refused("GRANT_CLOSED", "The grant is closed; its money is settled.", "grant_id")
    if any(claim.claim_id == command.claim_id for claim in grant.claims):
        raise taken("claim_id")
    years = _claimable_years(grant, command)
    left = {
        source: {cell: amount for cell, amount in grant.standing(source).items() if years(cell)} for source in _SOURCES
    }
    amount_oere = sum(sum(amounts.values()) for amounts in left.values())
    if amount_oere == 0:
        message = "Nothing that was paid is left to claim: it is accounted for, carried over or claimed."
        raise refused("NOTHING_TO_CLAIM", message, "grant_id")
    waived = amount_oere <= WAIVED_UP_TO_OERE
    common: dict[str, Any] = {
        "grant_id": command.grant_id,
        "claim_id": command.claim_id,
        "pool_id": grant.pool_id,
        "initiative": grant.initiative,
        "municipality": grant.municipality,
        "amount_oere": amount_oere,
        "postings": tuple(
            posting
            for source in _SOURCES
            for posting in moved(source, "waived" if waived else "receivable", left[source])
        ),
        "effective_on": command.effective_on,
    }
    if waived:
        return [e.UnspentWaived(**common)]
    return [e.RepaymentClaimed(cause=command.cause, decided_by=command.on_behalf_of, reason=command.reason, **common)]


def _claimable_years(grant: GrantState, command: ClaimRepayment) -> Callable[[Cell], bool]:
    """Which cells a claim with this cause is about."""
    status = {report.status for report in grant.reports if report.due.kind == "accounts"}
    grounds = {
        "unspent": "approved" in status,
        "accounts_missing": "overdue" in status,
        "accounts_rejected": "rejected" in status,
        "conditions_breached": True,
        "lapsed": grant.lapsed,
    }
    if not grounds[command.cause]:
        message = "Nothing of the kind has happened to this grant; look at its reports and status."
        raise refused("NO_CAUSE", message, "cause", cause=command.cause)
    if command.cause != "unspent":
        return lambda cell: True
    approved = grant.approved_years()
    return lambda cell: cell.project_year in approved


def decide_invoice(grant: GrantState, command: InvoiceRepayment) -> list[Event]:
    """Send the invoice. Raises Rejected NOT_FOUND, WRONG_STATUS, or DEADLINE_REVERSED."""
    claim = _claim(grant, command.claim_id)
    if claim.status != "claimed":
        message = "The claim has its invoice, or is settled."
        raise refused("WRONG_STATUS", message, "claim_id", status=claim.status)
    if command.due_on < command.effective_on:
        raise refused("DEADLINE_REVERSED", "An invoice cannot be due before it is sent.", "due_on")
    return [
        e.RepaymentInvoiced(
            grant_id=command.grant_id,
            claim_id=command.claim_id,
            invoice=command.invoice,
            due_on=command.due_on,
            effective_on=command.effective_on,
        )
    ]


def decide_repayment(grant: GrantState, _pool: PoolState, command: RecordRepayment) -> list[Event]:
    """Record money that came in; it is in its pool again, in the account-years that it came from, oldest first.

    Raises Rejected NOT_FOUND, WRONG_STATUS (no invoice yet, or settled), ALREADY_RECORDED (the receipt), or
    REPAYMENT_EXCEEDED (requested_oere, owed_oere).
    """
    claim = _claim(grant, command.claim_id)
    if any(command.receipt in one.receipts for one in grant.claims):
        message = "A repayment with this receipt is recorded on the grant."
        raise refused("ALREADY_RECORDED", message, "receipt")
    if claim.status not in ("invoiced", "overdue", "handed_over"):
        message = "A claim is repaid after its invoice and before it is settled."
        raise refused("WRONG_STATUS", message, "claim_id", status=claim.status)
    if command.amount_oere > claim.owed_oere:
        message = "More came in than is owed on the claim; record what is owed and return the rest."
        figures = {"requested_oere": command.amount_oere, "owed_oere": claim.owed_oere}
        raise refused("REPAYMENT_EXCEEDED", message, "amount_oere", **figures)
    amounts = take(_owed(claim), command.amount_oere)
    received = e.RepaymentReceived(
        grant_id=command.grant_id,
        claim_id=command.claim_id,
        receipt=command.receipt,
        pool_id=grant.pool_id,
        initiative=grant.initiative,
        municipality=grant.municipality,
        draws=by_account_year(amounts),
        amount_oere=command.amount_oere,
        postings=restored("receivable", "repaid", amounts),
        effective_on=command.effective_on,
    )
    return [received, pool_restored(grant, amounts, command.effective_on)]


def _owed(claim: Claim) -> dict[Cell, int]:
    """What is owed on a claim, by cell: it was repaid oldest money first."""
    claimed = cells(claim.shares)
    repaid = take(claimed, claim.repaid_oere)
    owed = {cell: amount - repaid.get(cell, 0) for cell, amount in claimed.items()}
    return {cell: amount for cell, amount in owed.items() if amount}


def decide_hand_over(grant: GrantState, command: HandOverClaim) -> list[Event]:
    """Hand an unpaid claim to the debt authority; it is owed still.

    Raises Rejected NOT_FOUND, WRONG_STATUS, or INVOICE_NOT_DUE (due_on) while the recipient may still pay.
    """
    claim = _claim(grant, command.claim_id)
    if claim.status not in ("invoiced", "overdue") or claim.due_on is None:
        message = "Only a claim that was invoiced and not paid is handed over."
        raise refused("WRONG_STATUS", message, "claim_id", status=claim.status)
    if command.effective_on <= claim.due_on:
        message = "The recipient has until due_on to pay."
        raise refused("INVOICE_NOT_DUE", message, "effective_on", due_on=claim.due_on.isoformat())
    handed_over = e.ClaimHandedOver(
        grant_id=command.grant_id,
        claim_id=command.claim_id,
        amount_oere=claim.owed_oere,
        effective_on=command.effective_on,
    )
    return [handed_over]


def _claim(grant: GrantState, claim_id: str) -> Claim:
    require_exists(grant)
    return find(grant.claims, claim_id, "claim_id")


def decide_closure(grant: GrantState, _pool: PoolState, command: CloseGrant) -> list[Event]:
    """Close a grant: accounted for + carried over + repaid + owed (+ waived) = paid; the rest goes back to its pool.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, PERIOD_RUNNING (neither has the period ended nor have the
    final accounts been decided), PAYMENT_PENDING (payable_oere), or UNSETTLED when money that was paid is neither
    accounted for nor claimed (unsettled_oere).
    """
    require_alive(grant)
    final_decided = any(report.due.final and report.status in ("approved", "rejected") for report in grant.reports)
    if not (grant.period_ended or final_decided):
        message = "A grant is closed after its period or its final accounts."
        raise refused("PERIOD_RUNNING", message, "grant_id", period_to=grant.period_to.isoformat())
    if payable_oere := grant.total("payable"):
        message = "A payment is on its way; record the bank's answer first."
        raise refused("PAYMENT_PENDING", message, "grant_id", payable_oere=payable_oere)
    if unsettled_oere := grant.total(*_SOURCES):
        message = "Money that was paid is neither accounted for nor claimed; decide that first."
        raise refused("UNSETTLED", message, "grant_id", unsettled_oere=unsettled_oere)
    unused = grant.standing("committed")
    closed = e.GrantClosed(
        grant_id=command.grant_id,
        pool_id=grant.pool_id,
        initiative=grant.initiative,
        municipality=grant.municipality,
        draws=by_account_year(unused),
        amount_oere=sum(unused.values()),
        postings=restored("committed", "lapsed", unused),
        effective_on=command.effective_on,
    )
    return [closed, pool_restored(grant, unused, command.effective_on)] if unused else [closed]


def grants_pool(grant: GrantState, _command: object) -> Reads:
    """The pool that the grant's money goes back to."""
    return ((POOL, grant.pool_id),)


CLAIM_REPAYMENT = Decider(ClaimRepayment, reads=the_grant, decide=decide_claim)
INVOICE_REPAYMENT = Decider(InvoiceRepayment, reads=the_grant, decide=decide_invoice)
RECORD_REPAYMENT = Decider(RecordRepayment, reads=the_grant, decide=decide_repayment, also_reads=grants_pool)
HAND_OVER_CLAIM = Decider(HandOverClaim, reads=the_grant, decide=decide_hand_over)
CLOSE_GRANT = Decider(CloseGrant, reads=the_grant, decide=decide_closure, also_reads=grants_pool)
