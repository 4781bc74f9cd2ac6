"""Payment batches, payments and claims as they stand. A handler is given an event's fields as JSON values."""

from __future__ import annotations

from typing import Any

from services.funding import events as e
from services.funding.views.apply_applications import Data, Handlers
from services.funding.views.rows import Rows
from services.funding.views.tables import batch_lines, batches, claims, payments


def _prepared(rows: Rows, data: Data) -> None:
    rows.put(batches, **data, status="prepared", pay_on=data["effective_on"])
    for line in data["lines"]:
        rows.put(batch_lines, batch_id=data["batch_id"], **line)


def _approved(rows: Rows, data: Data) -> None:
    rows.change(batches, data["batch_id"], status="approved", approved_by=data["approved_by"])


def _cancelled(rows: Rows, data: Data) -> None:
    rows.change(batches, data["batch_id"], status="cancelled", reason=data["reason"])


def _ordered(rows: Rows, data: Data) -> None:
    rows.put(payments, **data, status="ordered", ordered_on=data["effective_on"])


def _answered(rows: Rows, data: Data, status: str, **values: Any) -> None:
    values = {"status": status, "answered_on": data["effective_on"], **values}
    rows.change(payments, data["grant_id"], data["payment_id"], **values)


def _paid(rows: Rows, data: Data) -> None:
    if rows.get(payments, data["grant_id"], data["payment_id"]) is None:  # version 1: paid without an order
        _ordered(rows, data)
    _answered(rows, data, "paid", bank_reference=data["bank_reference"])


def _returned(rows: Rows, data: Data) -> None:
    _answered(rows, data, "returned", bank_reference=data["bank_reference"], reason=data["reason"])


def _corrected(rows: Rows, data: Data) -> None:
    _answered(rows, data, data["outcome"], reason=data["reason"])


def _claim(rows: Rows, data: Data, **values: Any) -> None:
    rows.change(claims, data["grant_id"], data["claim_id"], **values)


def _claimed(rows: Rows, data: Data) -> None:
    rows.put(claims, **data, status="claimed", claimed_on=data["effective_on"])


def _waived(rows: Rows, data: Data) -> None:
    rows.put(claims, **data, status="waived", cause="unspent", claimed_on=data["effective_on"])


def _invoiced(rows: Rows, data: Data) -> None:
    _claim(rows, data, status="invoiced", invoice=data["invoice"], due_on=data["due_on"])


def _overdue(rows: Rows, data: Data) -> None:
    _claim(rows, data, status="overdue")


def _received(rows: Rows, data: Data) -> None:
    rows.grow(claims, data["grant_id"], data["claim_id"], received_oere=data["amount_oere"])
    row = rows.get(claims, data["grant_id"], data["claim_id"])
    if row is not None and row["received_oere"] == row["amount_oere"]:
        _claim(rows, data, status="repaid")


def _handed_over(rows: Rows, data: Data) -> None:
    _claim(rows, data, status="handed_over")


HANDLERS: Handlers = {
    e.PaymentBatchPrepared: _prepared,
    e.PaymentBatchApproved: _approved,
    e.PaymentBatchCancelled: _cancelled,
    e.PaymentOrdered: _ordered,
    e.InstalmentPaid: _paid,
    e.PaymentReturned: _returned,
    e.BankAnswerCorrected: _corrected,
    e.RepaymentClaimed: _claimed,
    e.UnspentWaived: _waived,
    e.RepaymentInvoiced: _invoiced,
    e.InvoiceOverdue: _overdue,
    e.RepaymentReceived: _received,
    e.ClaimHandedOver: _handed_over,
}
