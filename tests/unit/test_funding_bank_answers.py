"""The bank's answers to the payments of a batch, and what is done about a wrong one."""

from __future__ import annotations

from typing import Any

import pytest

from services.funding import events as e
from services.funding.commands import StopPayments
from services.funding.grant.correction import CORRECT_BANK_ANSWER
from services.funding.payment_batch import RECORD_BANK_ANSWERS
from tests.grants import P18, S18, GrantFund, accepted, awarded, draw, fact, move, refused, to_pool, when

Q1 = ((P18, 100_000), (S18, 200_000))
"""The first instalment, 3,000 kroner."""


def answers(*payments: str, outcome: str = "paid", **more: Any) -> dict[str, Any]:
    told = [{"payment_id": payment, "grant_id": "g1", "outcome": outcome, **more} for payment in payments]
    return {"batch_id": "b1", "answers": told}


# --- the bank's answers ---


def paid(on: str, payment: str, *amounts: Any, reference: str | None = None, **more: Any) -> Any:
    total = sum(amount for _, amount in amounts)
    fields = {"payment_id": payment, "batch_id": "b1", "amount_oere": total, "bank_reference": reference}
    draws = (draw(2018, total),)
    return fact(e.InstalmentPaid, on, **fields, draws=draws, postings=move("payable", "paid", *amounts))


def test_the_bank_paid() -> None:
    fund = accepted().order(1, "2018-01-01", 300_000)
    event = paid("2018-01-03", "p1", (P18, 100_000), (S18, 200_000), reference="N-7")
    when(fund, RECORD_BANK_ANSWERS, "2018-01-03", **answers("p1", reference="N-7")).then(event)


def test_what_the_bank_returned_is_committed_again_and_due_again() -> None:
    fund = accepted().order(1, "2018-01-01", 300_000)
    postings = move("payable", "committed", (P18, 100_000), (S18, 200_000))
    told = {"payment_id": "p1", "batch_id": "b1", "amount_oere": 300_000, "bank_reference": None}
    event = fact(e.PaymentReturned, "2018-01-03", **told, reason="No such account", postings=postings)
    fields = answers("p1", outcome="returned", reason="No such account")
    when(fund, RECORD_BANK_ANSWERS, "2018-01-03", **fields).then(event)
    fund.answer(1, "2018-01-03", "returned").pay(2, "2018-01-04", 300_000)
    assert (fund.grant.total("paid"), fund.grant.total("committed")) == (300_000, 1_700_000)


def test_a_returned_payment_has_its_reason() -> None:
    fund = accepted().order(1, "2018-01-01", 300_000)
    scenario = when(fund, RECORD_BANK_ANSWERS, "2018-01-03", **answers("p1", outcome="returned"))
    refused(scenario, "REASON_MISSING", "answers.0.reason")


def test_nothing_is_paid_before_the_day_that_it_is_due() -> None:
    """The whole of 2018, approved in January to be paid on 1 October; the bank may refuse it at once."""
    fund = accepted().order(1, "2018-10-01", 1_200_000)
    scenario = when(fund, RECORD_BANK_ANSWERS, "2018-09-30", **answers("p1"))
    refused(scenario, "TOO_EARLY", "effective_on", earliest="2018-10-01")
    fund.answer(1, "2018-09-30", "returned")
    assert fund.grant.total("paid") == 0


def test_the_bank_answers_payments_of_the_batch_only() -> None:
    fund = accepted().order(1, "2018-01-01", 100_000).order(2, "2018-01-01", 100_000)
    refused(
        when(fund, RECORD_BANK_ANSWERS, "2018-01-03", **answers("p1", "p2")), "PAYMENT_UNKNOWN", "answers.1.payment_id"
    )


@pytest.mark.parametrize("outcome", ["paid", "returned"])
def test_the_bank_answers_a_payment_once(outcome: str) -> None:
    fund = accepted().order(1, "2018-01-01", 300_000)
    scenario = when(fund, RECORD_BANK_ANSWERS, "2018-01-03", **answers("p1", "p1", outcome=outcome, reason="x"))
    refused(scenario, "ALREADY_ANSWERED", "answers.1.payment_id", status=outcome)
    scenario = when(fund.answer(1, "2018-01-03", outcome), RECORD_BANK_ANSWERS, "2018-01-04", **answers("p1"))
    refused(scenario, "ALREADY_ANSWERED", "answers.0.payment_id", status=outcome)


def test_the_bank_answers_a_stopped_grants_payment_that_was_on_its_way() -> None:
    fund = accepted().order(1, "2018-01-01", 300_000)
    fund.do(StopPayments, grant_id="g1", reason="It deviates.", effective_on="2018-01-02")
    when(fund, RECORD_BANK_ANSWERS, "2018-01-03", **answers("p1")).then(
        paid("2018-01-03", "p1", (P18, 100_000), (S18, 200_000))
    )


# --- corrections ---


def corrected(on: str, outcome: str, corrects: str, change_oere: int, postings: tuple[e.Posting, ...]) -> Any:
    fields = {"payment_id": "p1", "outcome": outcome, "corrects": corrects, "paid_change_oere": change_oere}
    draws = (draw(2018, abs(change_oere)),)
    return fact(e.BankAnswerCorrected, on, **fields, draws=draws, reason="Misread.", postings=postings)


def correction(outcome: str) -> dict[str, Any]:
    return {"payment_id": "p1", "outcome": outcome, "reason": "Misread."}


def test_a_payment_that_was_returned_after_all_is_committed_again() -> None:
    event = corrected("2018-01-05", "returned", "funding.instalment_paid", -300_000, move("paid", "committed", *Q1))
    fund = accepted().pay(1, "2018-01-01", 300_000)
    when(fund, CORRECT_BANK_ANSWER, "2018-01-05", **correction("returned")).then(event)


def test_a_payment_that_was_made_after_all_is_paid_and_may_be_corrected_back() -> None:
    fund = accepted().order(1, "2018-01-01", 300_000).answer(1, "2018-01-03", "returned")
    event = corrected("2018-01-05", "paid", "funding.payment_returned", 300_000, move("committed", "paid", *Q1))
    when(fund, CORRECT_BANK_ANSWER, "2018-01-05", **correction("paid")).then(event)
    fund.history.append(event)
    back = move("paid", "committed", *Q1)
    event = corrected("2018-01-06", "returned", "funding.bank_answer_corrected", -300_000, back)
    when(fund, CORRECT_BANK_ANSWER, "2018-01-06", **correction("returned")).then(event)


def test_there_must_be_another_answer_to_correct() -> None:
    fund = accepted()
    refused(when(fund, CORRECT_BANK_ANSWER, "2018-01-05", **correction("paid")), "NOT_FOUND", "payment_id")
    for outcome in ("paid", "returned"):
        scenario = when(fund.order(1, "2018-01-01", 300_000), CORRECT_BANK_ANSWER, "2018-01-05", **correction(outcome))
        refused(scenario, "NOTHING_TO_CORRECT", "outcome", status="ordered")
        scenario = when(fund.answer(1, "2018-01-03", outcome), CORRECT_BANK_ANSWER, "2018-01-05", **correction(outcome))
        refused(scenario, "NOTHING_TO_CORRECT", "outcome", status=outcome)
        fund = accepted()


def test_money_that_was_used_since_does_not_move_by_a_correction() -> None:
    """The same instalment was paid again and what was left of the post moved; or it is accounted for."""
    again = (
        accepted().order(1, "2018-10-01", 1_200_000).answer(1, "2018-10-02", "returned").pay(2, "2018-10-03", 1_200_000)
    )
    scenario = when(again, CORRECT_BANK_ANSWER, "2018-10-05", **correction("paid"))
    refused(scenario, "FUNDS_MOVED", "payment_id", amount_oere=1_200_000, stood_on="committed")
    settled = awarded().accounted_for_2018()
    scenario = when(settled, CORRECT_BANK_ANSWER, "2019-03-01", **correction("returned"))
    refused(scenario, "FUNDS_MOVED", "payment_id", amount_oere=1_200_000, stood_on="paid")


def late_starter() -> GrantFund:
    """Paid its first instalment, and lapsed because the project did not begin."""
    return accepted().pay(1, "2018-01-01", 300_000).passes("start", "2018-07-02")


def test_a_payment_to_a_lapsed_grant_that_was_returned_after_all_lapses_too() -> None:
    to_the_pool, restored = to_pool("2018-07-05", (2018, 300_000))
    postings = (*move("paid", "lapsed", *Q1), *to_the_pool)
    event = corrected("2018-07-05", "returned", "funding.instalment_paid", -300_000, postings)
    when(late_starter(), CORRECT_BANK_ANSWER, "2018-07-05", **correction("returned")).then(event, restored)


def test_nothing_becomes_paid_to_a_lapsed_grant_by_a_correction() -> None:
    fund = accepted().order(1, "2018-01-01", 300_000).answer(1, "2018-01-02", "returned").passes("start", "2018-07-02")
    refused(when(fund, CORRECT_BANK_ANSWER, "2018-07-05", **correction("paid")), "GRANT_LAPSED", "grant_id")


def test_money_that_is_claimed_of_a_lapsed_grant_does_not_move_by_a_correction() -> None:
    fund = late_starter().claim("k1", "2018-07-03", "lapsed")
    scenario = when(fund, CORRECT_BANK_ANSWER, "2018-07-05", **correction("returned"))
    refused(scenario, "FUNDS_MOVED", "payment_id", stood_on="paid")
