"""A payment batch: prepared by one person, approved by another, answered by the bank.

Nothing is reserved while a batch is only prepared: what may be paid is decided again when it is approved, and then each
payment is ordered on its grant. Source: payments follow the last approved budget, quarterly in advance by default, and
can be stopped (Håndbog om tilskudsregler, /oekonomi/udbetaling); that whoever prepares cannot approve is the state's
ordinary rule for payments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

from services.funding import events as e
from services.funding.commands import (
    ApprovePaymentBatch,
    BankAnswerRequest,
    CancelPaymentBatch,
    PreparePaymentBatch,
    RecordBankAnswers,
)
from services.funding.grant.parts import Payment
from services.funding.grant.rules import cells, require_payable
from services.funding.grant.state import GRANT, GrantState
from services.funding.ledger import Cell, by_account_year, moved
from services.funding.plan import portion
from shared.kernel.decider import Aggregate, Decider, Reads
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import not_found, refused, same_person, taken


class BatchState(Value):
    """A batch: its payments, who prepared it, and how far it has come."""

    status: Literal["none", "prepared", "approved", "cancelled"] = "none"
    lines: tuple[e.PaymentLine, ...] = ()
    total_oere: int = 0
    prepared_by: str = ""
    pay_on: date = date.min


def evolve(state: BatchState, event: Event) -> BatchState:
    """The batch after `event`; an event of another kind changes nothing."""
    match event:
        case e.PaymentBatchPrepared():
            return BatchState(
                status="prepared",
                lines=event.lines,
                total_oere=event.total_oere,
                prepared_by=event.prepared_by,
                pay_on=event.effective_on,
            )
        case e.PaymentBatchApproved():
            return state.model_copy(update={"status": "approved"})
        case e.PaymentBatchCancelled():
            return state.model_copy(update={"status": "cancelled"})
        case _:
            return state


BATCH = Aggregate("batch", BatchState(), evolve)


def _grants(lines: Iterable[Any]) -> Reads:
    """The grants that the lines are about, each once."""
    return tuple((GRANT, grant_id) for grant_id in dict.fromkeys(line.grant_id for line in lines))


def _ordered(
    lines: Sequence[e.PaymentLine], grants: Sequence[GrantState], on: date
) -> list[tuple[e.PaymentLine, GrantState, dict[Cell, int]]]:
    """Each line with its grant and the cells that it is paid from, in the lines' order.

    `grants` are those of `_grants(lines)`. Raises Rejected as `require_payable`, or ALREADY_PAID when a payment_id has
    been used on the grant, in this batch or before.
    """
    found = {grant_id: grant for (_, grant_id), grant in zip(_grants(lines), grants, strict=True)}
    places: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        places.setdefault(line.grant_id, []).append(index)
    shares: dict[int, dict[Cell, int]] = {}
    for grant_id, indexes in places.items():
        grant, used = found[grant_id], {payment.payment_id for payment in found[grant_id].payments}
        wanted = sum(lines[index].amount_oere for index in indexes)
        left = require_payable(grant, on, wanted, f"lines.{indexes[0]}.grant_id")
        for index in indexes:
            if lines[index].payment_id in used:
                message = "A payment of this name is on the grant already; give the payment another."
                raise refused("ALREADY_PAID", message, f"lines.{index}.payment_id", grant_id=grant_id)
            used.add(lines[index].payment_id)
            shares[index] = portion(left, lines[index].amount_oere)
            left = {cell: amount - shares[index].get(cell, 0) for cell, amount in left.items()}
    return [(line, found[line.grant_id], shares[index]) for index, line in enumerate(lines)]


def decide_preparation(*states_and_command: Any) -> list[Event]:
    """Put a batch together: (the batch, its grants in the order of `_grants`, the command).

    Raises Rejected ALREADY_EXISTS, ALREADY_PAID, and what `require_payable` refuses with, naming the line.
    """
    batch, *grants, command = states_and_command
    if batch.status != "none":
        raise taken("batch_id")
    lines = tuple(e.PaymentLine(**dict(line)) for line in command.lines)
    _ordered(lines, grants, command.effective_on)
    return [
        e.PaymentBatchPrepared(
            batch_id=command.batch_id,
            lines=lines,
            total_oere=sum(line.amount_oere for line in lines),
            prepared_by=command.on_behalf_of,
            effective_on=command.effective_on,
        )
    ]


def decide_approval(*states_and_command: Any) -> list[Event]:
    """Approve a batch and order its payments: (the batch, its grants, the command).

    Raises Rejected NOT_FOUND, WRONG_STATUS, SAME_PERSON (whoever prepared it), TOTAL_DIFFERS (batch_oere), and what
    `require_payable` refuses with should a grant have been stopped or have lapsed meanwhile.
    """
    batch, *grants, command = states_and_command
    _require_prepared(batch)
    if same_person(batch.prepared_by, command.on_behalf_of):
        message = "Whoever prepared the batch cannot approve it; ask somebody else."
        raise refused("SAME_PERSON", message, "on_behalf_of")
    if command.total_oere != batch.total_oere:
        message = "The batch adds up to another total than the one to be approved."
        raise refused("TOTAL_DIFFERS", message, "total_oere", batch_oere=batch.total_oere)
    approved = e.PaymentBatchApproved(
        batch_id=command.batch_id,
        approved_by=command.on_behalf_of,
        total_oere=batch.total_oere,
        effective_on=command.effective_on,
    )
    ordered = [
        e.PaymentOrdered(
            grant_id=line.grant_id,
            pool_id=grant.pool_id,
            initiative=grant.initiative,
            payment_id=line.payment_id,
            batch_id=command.batch_id,
            amount_oere=line.amount_oere,
            postings=moved("committed", "payable", shares),
            effective_on=command.effective_on,
        )
        for line, grant, shares in _ordered(batch.lines, grants, batch.pay_on)
    ]
    return [approved, *ordered]


def decide_cancellation(batch: BatchState, command: CancelPaymentBatch) -> list[Event]:
    """Give up a batch. Raises Rejected NOT_FOUND, or WRONG_STATUS once it was approved."""
    _require_prepared(batch)
    cancelled = e.PaymentBatchCancelled(
        batch_id=command.batch_id, reason=command.reason, effective_on=command.effective_on
    )
    return [cancelled]


def decide_answers(*states_and_command: Any) -> list[Event]:
    """Record the bank's answers: (the batch, the grants of the answers, the command).

    Raises Rejected NOT_FOUND (batch), WRONG_STATUS (not approved), PAYMENT_UNKNOWN (not of this batch),
    ALREADY_ANSWERED, TOO_EARLY (earliest) when it was paid before the batch's day, or REASON_MISSING when returned.
    """
    batch, *grants, command = states_and_command
    if batch.status != "approved":
        _require_known(batch)
        raise refused("WRONG_STATUS", "The batch has not been approved.", "batch_id", status=batch.status)
    found = {grant_id: grant for (_, grant_id), grant in zip(_grants(command.answers), grants, strict=True)}
    payments = {
        (grant_id, payment.payment_id): payment
        for grant_id, grant in found.items()
        for payment in grant.payments
        if payment.batch_id == command.batch_id
    }
    answered: list[Event] = []
    for index, answer in enumerate(command.answers):
        payment = payments.get((answer.grant_id, answer.payment_id))
        if payment is None:
            message = "The batch has no such payment to this grant."
            raise refused("PAYMENT_UNKNOWN", message, f"answers.{index}.payment_id")
        if payment.status != "ordered":
            message = "The bank's answer to this payment is recorded; a wrong one is corrected."
            raise refused("ALREADY_ANSWERED", message, f"answers.{index}.payment_id", status=payment.status)
        if answer.outcome == "paid" and command.effective_on < batch.pay_on:
            message = "The batch is to be paid on `earliest`, when its payments are due, and not before."
            raise refused("TOO_EARLY", message, "effective_on", earliest=batch.pay_on.isoformat())
        answered.append(_answered(found[answer.grant_id], payment, answer, index, command))
        outcome = {"status": answer.outcome}
        payments[answer.grant_id, answer.payment_id] = payment.model_copy(update=outcome)
    return answered


def _answered(
    grant: GrantState, payment: Payment, answer: BankAnswerRequest, index: int, command: RecordBankAnswers
) -> Event:
    amounts = cells(payment.shares)
    if answer.outcome == "paid":
        return e.InstalmentPaid(
            grant_id=answer.grant_id,
            payment_id=answer.payment_id,
            batch_id=command.batch_id,
            pool_id=grant.pool_id,
            initiative=grant.initiative,
            municipality=grant.municipality,
            draws=by_account_year(amounts),
            amount_oere=payment.amount_oere,
            bank_reference=answer.reference,
            postings=moved("payable", "paid", amounts),
            effective_on=command.effective_on,
        )
    if answer.reason is None:
        raise refused("REASON_MISSING", "Say why the bank returned the payment.", f"answers.{index}.reason")
    return e.PaymentReturned(
        grant_id=answer.grant_id,
        payment_id=answer.payment_id,
        batch_id=command.batch_id,
        pool_id=grant.pool_id,
        initiative=grant.initiative,
        amount_oere=payment.amount_oere,
        bank_reference=answer.reference,
        reason=answer.reason,
        postings=moved("payable", "committed", amounts),
        effective_on=command.effective_on,
    )


def _require_known(batch: BatchState) -> None:
    if batch.status == "none":
        raise not_found("batch_id")


def _require_prepared(batch: BatchState) -> None:
    _require_known(batch)
    if batch.status != "prepared":
        message = "Only a batch that is prepared, and no more, can be approved or given up."
        raise refused("WRONG_STATUS", message, "batch_id", status=batch.status)


def _the_batch(command: Any) -> Reads:
    return ((BATCH, command.batch_id),)


PREPARE_PAYMENT_BATCH = Decider(
    PreparePaymentBatch,
    reads=lambda command: (*_the_batch(command), *_grants(command.lines)),
    decide=decide_preparation,
)
APPROVE_PAYMENT_BATCH = Decider(
    ApprovePaymentBatch,
    reads=_the_batch,
    decide=decide_approval,
    also_reads=lambda batch, _: _grants(batch.lines),
)
CANCEL_PAYMENT_BATCH = Decider(CancelPaymentBatch, reads=_the_batch, decide=decide_cancellation)
RECORD_BANK_ANSWERS = Decider(
    RecordBankAnswers,
    reads=lambda command: (*_the_batch(command), *_grants(command.answers)),
    decide=decide_answers,
)
