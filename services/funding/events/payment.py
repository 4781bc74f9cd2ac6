"""What happens to the payments of a grant, and whether they may be made."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from services.funding.events.values import (
    Draw,
    Posting,
)
from shared.kernel.messages import Event


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


def _instalment_paid_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 was of one account-year, without a batch."""
    draw = {name: data[name] for name in ("account", "budget_year", "amount_oere")}
    return data | {"draws": [draw], "batch_id": None, "pool_id": None, "bank_reference": None}


PAYMENT_UPCASTERS = {(InstalmentPaid.event_type, 1): _instalment_paid_v2}
