"""Corrections of what was recorded of a payment: new entries that point at what they correct."""

from __future__ import annotations

from services.funding import events as e
from services.funding.commands import CorrectBankAnswer
from services.funding.grant.parts import find
from services.funding.grant.repayment import grants_pool
from services.funding.grant.rules import cells, pool_restored, require_alive, the_grant
from services.funding.grant.state import GrantState
from services.funding.ledger import by_account_year, moved, restored
from services.funding.pool import PoolState
from shared.kernel.decider import Decider
from shared.kernel.messages import Event
from shared.kernel.refusal import refused

_WAYS: dict[str, tuple[e.LedgerAccount, e.LedgerAccount]] = {
    "paid": ("committed", "paid"),
    "returned": ("paid", "committed"),
}


def decide_correction(grant: GrantState, _pool: PoolState, command: CorrectBankAnswer) -> list[Event]:
    """Correct an answer of the bank's with new entries.

    What turns out not to have been paid to a grant that has lapsed meanwhile lapses too. Raises Rejected NOT_FOUND,
    GRANT_LAPSED (nothing is paid to it any more), GRANT_CLOSED, NOTHING_TO_CORRECT (the bank has not answered, or this
    is the answer), or FUNDS_MOVED when the money no longer stands where the answer put it: it was accounted for,
    claimed, or paid with another payment.
    """
    if not (grant.lapsed and command.outcome == "returned"):
        require_alive(grant)
    payment = find(grant.payments, command.payment_id, "payment_id")
    if payment.status in ("ordered", command.outcome):
        message = "There is no other answer of the bank's to correct."
        raise refused("NOTHING_TO_CORRECT", message, "outcome", status=payment.status)
    amounts = cells(payment.shares)
    source, target = _WAYS[command.outcome]
    standing = grant.standing(source)
    if any(standing.get(cell, 0) < amount for cell, amount in amounts.items()):
        message = "The money of this payment has been used since; undo that first."
        raise refused("FUNDS_MOVED", message, "payment_id", amount_oere=payment.amount_oere, stood_on=source)
    corrected = e.BankAnswerCorrected(
        grant_id=command.grant_id,
        payment_id=command.payment_id,
        pool_id=grant.pool_id,
        initiative=grant.initiative,
        municipality=grant.municipality,
        outcome=command.outcome,
        corrects=payment.told_by,
        paid_change_oere=payment.amount_oere if command.outcome == "paid" else -payment.amount_oere,
        draws=by_account_year(amounts),
        reason=command.reason,
        postings=restored(source, "lapsed", amounts) if grant.lapsed else moved(source, target, amounts),
        effective_on=command.effective_on,
    )
    return [corrected, pool_restored(grant, amounts, command.effective_on)] if grant.lapsed else [corrected]


CORRECT_BANK_ANSWER = Decider(CorrectBankAnswer, reads=the_grant, decide=decide_correction, also_reads=grants_pool)
