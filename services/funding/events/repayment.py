"""What happens to money that was paid and not spent."""

from __future__ import annotations

from datetime import date
from typing import Literal

from services.funding.events.values import (
    Draw,
    Posting,
)
from shared.kernel.messages import Event


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
