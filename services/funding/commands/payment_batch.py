"""Commands about payments: prepared by one person, approved by another, answered by the bank."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.funding.commands.values import Attributed, Currency, Prose
from shared.kernel.messages import Command, Day, Identifier, Oere, RequestPart, Text

MAX_PAYMENTS = 10_000
"""A batch has at most this many payments."""
MAX_BATCH_BYTES = 4 * 1024 * 1024
"""What MAX_PAYMENTS lines with long names take."""


class PaymentRequest(RequestPart):
    """A payment wanted: `payment_id` is the payer's own name for it, and is used once in a grant."""

    payment_id: Identifier
    grant_id: Identifier
    amount_oere: Oere


class PreparePaymentBatch(Attributed):
    """Put payments together, to be paid on `effective_on`; somebody else must approve them."""

    max_bytes: ClassVar[int] = MAX_BATCH_BYTES

    batch_id: Identifier
    lines: Annotated[tuple[PaymentRequest, ...], Field(min_length=1, max_length=MAX_PAYMENTS)]
    currency: Currency = "DKK"
    effective_on: Day


class ApprovePaymentBatch(Attributed):
    """Approve a batch that somebody else prepared; `total_oere` is the total that is approved."""

    batch_id: Identifier
    total_oere: Oere
    effective_on: Day


class CancelPaymentBatch(Command):
    """Give up a batch that was not approved."""

    batch_id: Identifier
    reason: Text
    effective_on: Day


class BankAnswerRequest(RequestPart):
    """What the bank did with a payment; `reason` says why it was returned."""

    payment_id: Identifier
    grant_id: Identifier
    outcome: Literal["paid", "returned"]
    reference: Text | None = None
    reason: Text | None = None


class RecordBankAnswers(Command):
    """Record the bank's answers to payments of a batch."""

    max_bytes: ClassVar[int] = MAX_BATCH_BYTES

    batch_id: Identifier
    answers: Annotated[tuple[BankAnswerRequest, ...], Field(min_length=1, max_length=MAX_PAYMENTS)]
    effective_on: Day


class CorrectBankAnswer(Attributed):
    """Correct an answer of the bank's that was recorded wrongly."""

    grant_id: Identifier
    payment_id: Identifier
    outcome: Literal["paid", "returned"]
    reason: Prose
    effective_on: Day
