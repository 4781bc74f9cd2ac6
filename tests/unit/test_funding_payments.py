"""Payment batches: what is due is prepared by one person and approved by another."""

from __future__ import annotations

from typing import Any

import pytest

from services.funding import events as e
from services.funding.commands import (
    AwardGrant,
    CancelPaymentBatch,
    PreparePaymentBatch,
    StopPayments,
)
from services.funding.payment_batch import (
    APPROVE_PAYMENT_BATCH,
    BATCH,
    CANCEL_PAYMENT_BATCH,
    PREPARE_PAYMENT_BATCH,
    RECORD_BANK_ANSWERS,
)
from shared.kernel.rejection import Rejected
from tests.grants import (
    ACCOUNT,
    ANNA,
    BO,
    P18,
    S18,
    GrantFund,
    accepted,
    awarded,
    closed,
    fact,
    lapsed,
    move,
    refused,
    when,
)


def line(amount_oere: int, payment: str = "p1", grant_id: str = "g1") -> dict[str, Any]:
    return {"payment_id": payment, "grant_id": grant_id, "amount_oere": amount_oere}


def batch(*lines: dict[str, Any], who: str = ANNA, name: str = "b1") -> dict[str, Any]:
    return {"batch_id": name, "lines": list(lines) or [line(300_000)], "on_behalf_of": who}


def prepared(*lines: dict[str, Any], fund: GrantFund | None = None, on: str = "2018-01-01") -> GrantFund:
    """Prepared by Anna, on the first instalment's day and of all of it unless told otherwise."""
    fund = fund or accepted()
    fund.do(PreparePaymentBatch, **batch(*lines), effective_on=on)
    return fund


# --- preparing ---


def test_a_batch_is_prepared_and_reserves_nothing() -> None:
    lines = (line(100_000), line(200_000, "p2"))
    event = e.PaymentBatchPrepared.model_validate(
        {"batch_id": "b1", "lines": lines, "total_oere": 300_000, "prepared_by": ANNA, "effective_on": "2018-01-01"}
    )
    when(accepted(), PREPARE_PAYMENT_BATCH, "2018-01-01", **batch(*lines)).then(event)
    assert prepared(*lines).grant.total("committed") == 2_000_000


def test_a_batch_has_a_name_of_its_own() -> None:
    refused(when(prepared(), PREPARE_PAYMENT_BATCH, "2018-01-01", **batch()), "ALREADY_EXISTS", "batch_id")


def test_a_payment_has_a_name_of_its_own_on_its_grant() -> None:
    twice = batch(line(1), line(1))
    refused(when(accepted(), PREPARE_PAYMENT_BATCH, "2018-01-01", **twice), "ALREADY_PAID", "lines.1.payment_id")
    again = when(accepted().pay(1, "2018-01-01", 1), PREPARE_PAYMENT_BATCH, "2018-01-01", **batch(line(1), name="b2"))
    refused(again, "ALREADY_PAID", "lines.0.payment_id", grant_id="g1")


@pytest.mark.parametrize(
    ("fund", "code", "field"),
    [
        (GrantFund(), "NOT_FOUND", "lines.0.grant_id"),
        (awarded().letter(), "NOT_ACCEPTED", "lines.0.grant_id"),
        (lapsed(), "GRANT_LAPSED", "lines.0.grant_id"),
        (closed(), "GRANT_CLOSED", "lines.0.grant_id"),
    ],
)
def test_nothing_is_paid_to_a_grant_that_is_not_accepted_or_is_over(fund: GrantFund, code: str, field: str) -> None:
    refused(when(fund, PREPARE_PAYMENT_BATCH, "2020-06-01", **batch()), code, field)


def test_nothing_is_paid_before_the_award_takes_effect() -> None:
    scenario = when(accepted(), PREPARE_PAYMENT_BATCH, "2017-11-19", **batch())
    refused(scenario, "TOO_EARLY", "effective_on", earliest="2017-11-20", grant_id="g1")


def test_nothing_is_paid_to_a_stopped_grant() -> None:
    fund = accepted().passes("report", "2018-08-02", "s18")
    fund.do(StopPayments, grant_id="g1", reason="It deviates.", effective_on="2018-08-03")
    scenario = when(fund, PREPARE_PAYMENT_BATCH, "2018-10-01", **batch())
    refused(scenario, "PAYMENTS_STOPPED", "lines.0.grant_id", causes=["s18", "office"], grant_id="g1")


def test_no_more_is_paid_than_is_due_however_it_is_split() -> None:
    lines = (line(299_999), line(2, "p2"))
    scenario = when(accepted(), PREPARE_PAYMENT_BATCH, "2018-01-01", **batch(*lines))
    refused(scenario, "NOT_DUE", "lines.0.grant_id", requested_oere=300_001, due_oere=300_000, grant_id="g1")


def test_each_line_is_held_to_its_own_grant() -> None:
    fund = accepted()
    other = {"grant_id": "g2", "pool_id": "aftercare", "municipality": "0157", "effective_on": "2017-11-20"}
    period = {"period_from": "2018-01-01", "period_to": "2018-12-31"}
    fund.do(AwardGrant, **other, **period, draws=[{"account": ACCOUNT, "budget_year": 2018, "amount_oere": 400}])
    lines = [line(300_000), line(100, "p1", "g2")]
    refused(when(fund, PREPARE_PAYMENT_BATCH, "2018-01-01", **batch(*lines)), "NOT_ACCEPTED", "lines.1.grant_id")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"lines": [line(-1)]}, "lines.0.amount_oere"),
        ({"lines": [line(0)]}, "lines.0.amount_oere"),
        ({"lines": [line(10**15 + 1)]}, "lines.0.amount_oere"),
        ({"lines": [line(1) | {"amount_oere": 0.5}]}, "lines.0.amount_oere"),
        ({"lines": [line(1) | {"amount_oere": "1"}]}, "lines.0.amount_oere"),
        ({"lines": []}, "lines"),
        ({"on_behalf_of": None}, "on_behalf_of"),
    ],
)
def test_bad_input_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as caught:
        when(accepted(), PREPARE_PAYMENT_BATCH, "2018-01-01", **batch() | change)
    assert caught.value.code == "INPUT_INVALID"
    assert caught.value.fields[0]["field"] == field


# --- approving ---


def approval(who: str = BO, total_oere: int = 300_000) -> dict[str, Any]:
    return {"batch_id": "b1", "on_behalf_of": who, "total_oere": total_oere}


def approved(on: str, total_oere: int = 300_000) -> e.PaymentBatchApproved:
    fields = {"batch_id": "b1", "approved_by": BO, "total_oere": total_oere, "effective_on": on}
    return e.PaymentBatchApproved.model_validate(fields)


def test_a_second_person_approves_and_each_payment_is_ordered() -> None:
    """One third of what is due is one third of each post's: 100,000 of the partner's and 200,000 of staff's."""
    fund = prepared(line(100_000), line(200_000, "p2"))
    first = move("committed", "payable", (P18, 33_333), (S18, 66_667))
    second = move("committed", "payable", (P18, 66_667), (S18, 133_333))
    when(fund, APPROVE_PAYMENT_BATCH, "2018-01-02", **approval()).then(
        approved("2018-01-02"),
        fact(e.PaymentOrdered, "2018-01-02", payment_id="p1", batch_id="b1", amount_oere=100_000, postings=first),
        fact(e.PaymentOrdered, "2018-01-02", payment_id="p2", batch_id="b1", amount_oere=200_000, postings=second),
    )


@pytest.mark.parametrize("who", [ANNA, "anna lund", " ANNA  LUND ", "AnnaLund", "Ａnna Lund"])
def test_whoever_prepared_a_batch_cannot_approve_it_however_the_name_is_typed(who: str) -> None:
    refused(when(prepared(), APPROVE_PAYMENT_BATCH, "2018-01-02", **approval(who)), "SAME_PERSON", "on_behalf_of")


def test_a_letter_may_be_composed_in_two_ways_and_is_one_person() -> None:
    fund = accepted()
    fund.do(PreparePaymentBatch, **batch(who="\u00c5se Holm"), effective_on="2018-01-01")
    refused(
        when(fund, APPROVE_PAYMENT_BATCH, "2018-01-02", **approval("A\u030ase Holm")), "SAME_PERSON", "on_behalf_of"
    )


def test_the_total_that_was_read_is_the_total_that_is_approved() -> None:
    scenario = when(prepared(), APPROVE_PAYMENT_BATCH, "2018-01-02", **approval(total_oere=300_001))
    refused(scenario, "TOTAL_DIFFERS", "total_oere", batch_oere=300_000)


@pytest.mark.parametrize("decider", [APPROVE_PAYMENT_BATCH, CANCEL_PAYMENT_BATCH, RECORD_BANK_ANSWERS])
def test_a_batch_that_was_not_prepared_is_not_found(decider: Any) -> None:
    answer = {"payment_id": "p1", "grant_id": "g1", "outcome": "paid"}
    fields = approval() | {"reason": "x", "answers": [answer]}
    refused(when(accepted(), decider, "2018-01-02", **fields), "NOT_FOUND", "batch_id")


def test_the_bank_answers_what_was_approved() -> None:
    answer = {"payment_id": "p1", "grant_id": "g1", "outcome": "paid"}
    scenario = when(prepared(), RECORD_BANK_ANSWERS, "2018-01-03", batch_id="b1", answers=[answer])
    refused(scenario, "WRONG_STATUS", "batch_id", status="prepared")


@pytest.mark.parametrize("decider", [APPROVE_PAYMENT_BATCH, CANCEL_PAYMENT_BATCH])
def test_a_batch_is_approved_or_given_up_once(decider: Any) -> None:
    fund = accepted().order(1, "2018-01-01", 300_000)
    fields = approval() | {"reason": "x"}
    refused(when(fund, decider, "2018-01-02", **fields), "WRONG_STATUS", "batch_id", status="approved")
    given_up = prepared()
    given_up.do(CancelPaymentBatch, batch_id="b1", reason="x", effective_on="2018-01-01")
    refused(when(given_up, decider, "2018-01-02", **fields), "WRONG_STATUS", "batch_id", status="cancelled")


def test_a_batch_is_given_up_with_a_reason() -> None:
    event = e.PaymentBatchCancelled.model_validate({"batch_id": "b1", "reason": "Wrong.", "effective_on": "2018-01-02"})
    when(prepared(), CANCEL_PAYMENT_BATCH, "2018-01-02", batch_id="b1", reason="Wrong.").then(event)


def test_what_may_be_paid_is_decided_again_when_a_batch_is_approved() -> None:
    """One of two batches of the same instalment can be approved; and none, once the grant is stopped."""
    fund = prepared().order(2, "2018-01-01", 1)
    scenario = when(fund, APPROVE_PAYMENT_BATCH, "2018-01-02", **approval())
    refused(scenario, "NOT_DUE", "lines.0.grant_id", requested_oere=300_000, due_oere=299_999)
    stopped = prepared()
    stopped.do(StopPayments, grant_id="g1", reason="It deviates.", effective_on="2018-01-01")
    scenario = when(stopped, APPROVE_PAYMENT_BATCH, "2018-01-02", **approval())
    refused(scenario, "PAYMENTS_STOPPED", "lines.0.grant_id", causes=["office"])


def test_a_batch_may_be_approved_before_its_day_and_is_due_on_its_day() -> None:
    postings = move("committed", "payable", (P18, 100_000), (S18, 200_000))
    ordered = {"payment_id": "p1", "batch_id": "b1", "amount_oere": 300_000, "postings": postings}
    when(prepared(), APPROVE_PAYMENT_BATCH, "2017-12-28", **approval()).then(
        approved("2017-12-28"), fact(e.PaymentOrdered, "2017-12-28", **ordered)
    )


def test_an_event_of_another_kind_changes_no_batch() -> None:
    assert BATCH.evolve(BATCH.initial, fact(e.GrantAccepted, "2018-01-01", start_by="2018-07-01")) == BATCH.initial
