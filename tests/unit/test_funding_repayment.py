"""Unspent money: claimed back or waived, invoiced, repaid or handed over; and the closing of the books."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.funding import events as e
from services.funding.grant.changes import DECIDE_CHANGE
from services.funding.grant.correction import CORRECT_BANK_ANSWER
from services.funding.grant.repayment import (
    CLAIM_REPAYMENT,
    CLOSE_GRANT,
    HAND_OVER_CLAIM,
    INVOICE_REPAYMENT,
    RECORD_REPAYMENT,
)
from tests.grants import P18, S18, S19, Cell, GrantFund, accepted, awarded, draw, fact, move, refused, to_pool, when


def wish(cause: str = "unspent", claim: str = "k1") -> dict[str, Any]:
    return {"claim_id": claim, "cause": cause, "reason": "Not spent."}


def claimed(on: str, cause: str, *amounts: tuple[Cell, int]) -> Any:
    total = sum(amount for _, amount in amounts)
    return fact(e.RepaymentClaimed, on, **wish(cause), amount_oere=total, postings=move("paid", "receivable", *amounts))


# --- claims ---


def test_what_is_left_of_the_years_accounted_for_is_claimed() -> None:
    """1,000 kroner of 2018's staff; what was paid for 2019 is not due to be accounted for yet."""
    fund = awarded().accounted_for_2018().pay(2, "2019-02-11", 200_000)
    when(fund, CLAIM_REPAYMENT, "2019-02-12", **wish()).then(claimed("2019-02-12", "unspent", (S18, 100_000)))


def test_money_carried_over_and_not_spent_is_claimed_too() -> None:
    carried = {"post": "staff", "project_year": 2018, "amount_oere": 100_000}
    fund = awarded().accounted_for_2018().change("c1", "2019-03-01", "carry_over", carry_over=[carried])
    fund.accounted_for_2019(staff=0)
    old: Cell = (2018, "staff", 2019, None)
    postings = (*move("carried_over", "receivable", (old, 100_000)), *move("paid", "receivable", (S19, 800_000)))
    event = fact(e.RepaymentClaimed, "2020-02-11", **wish(), amount_oere=900_000, postings=postings)
    when(fund, CLAIM_REPAYMENT, "2020-02-11", **wish()).then(event)


@pytest.mark.parametrize(("spent", "claimed_oere"), [(749_999, 50_001), (750_000, 0)])
def test_500_kroner_or_less_is_waived(spent: int, claimed_oere: int) -> None:
    fund = awarded().accounted_for_2018(staff=spent)
    if claimed_oere:
        event = claimed("2019-02-11", "unspent", (S18, claimed_oere))
    else:
        postings = move("paid", "waived", (S18, 50_000))
        event = fact(e.UnspentWaived, "2019-02-11", claim_id="k1", amount_oere=50_000, postings=postings)
    when(fund, CLAIM_REPAYMENT, "2019-02-11", **wish()).then(event)


def test_conditions_may_be_breached_at_any_time_and_then_all_that_is_left_is_claimed() -> None:
    fund = accepted().pay(1, "2018-01-01", 300_000)
    event = claimed("2018-01-02", "conditions_breached", (P18, 100_000), (S18, 200_000))
    when(fund, CLAIM_REPAYMENT, "2018-01-02", **wish("conditions_breached")).then(event)


def test_missing_accounts_make_all_that_is_left_be_claimed() -> None:
    fund = awarded().paid_for_2018().pay(2, "2019-01-01", 200_000).passes("report", "2019-03-02", "a18")
    event = claimed("2019-03-02", "accounts_missing", (P18, 400_000), (S18, 800_000), (S19, 200_000))
    when(fund, CLAIM_REPAYMENT, "2019-03-02", **wish("accounts_missing")).then(event)


def test_rejected_accounts_make_all_that_is_left_be_claimed() -> None:
    fund = awarded().paid_for_2018().accounts("a18", "2019-02-01", {("staff", 2018): 1, ("partner", 2018): 0})
    event = claimed("2019-02-03", "accounts_rejected", (P18, 400_000), (S18, 800_000))
    when(fund.decide("a18", "2019-02-02", "reject"), CLAIM_REPAYMENT, "2019-02-03", **wish("accounts_rejected")).then(
        event
    )


def test_what_was_paid_to_a_grant_that_lapsed_is_claimed() -> None:
    fund = accepted().pay(1, "2018-01-01", 300_000).passes("start", "2018-07-02")
    event = claimed("2018-07-03", "lapsed", (P18, 100_000), (S18, 200_000))
    when(fund, CLAIM_REPAYMENT, "2018-07-03", **wish("lapsed")).then(event)


@pytest.mark.parametrize("cause", ["unspent", "accounts_missing", "accounts_rejected", "lapsed"])
def test_a_claim_has_its_cause_in_what_happened(cause: str) -> None:
    fund = awarded().paid_for_2018().passes("report", "2018-08-02", "s18")
    refused(when(fund, CLAIM_REPAYMENT, "2019-03-02", **wish(cause)), "NO_CAUSE", "cause", cause=cause)


def test_nothing_is_claimed_where_nothing_is_left() -> None:
    spent = awarded().accounted_for_2018(staff=800_000)
    refused(when(spent, CLAIM_REPAYMENT, "2019-02-12", **wish()), "NOTHING_TO_CLAIM", "grant_id")
    once = awarded().accounted_for_2018().claim("k1", "2019-02-11")
    refused(when(once, CLAIM_REPAYMENT, "2019-02-12", **wish(claim="k2")), "NOTHING_TO_CLAIM", "grant_id")
    refused(when(once, CLAIM_REPAYMENT, "2019-02-12", **wish()), "ALREADY_EXISTS", "claim_id")


# --- invoices ---


def with_claim() -> GrantFund:
    """1,000 kroner of 2018's staff are claimed."""
    return awarded().accounted_for_2018().claim("k1", "2019-02-11")


def invoice(due_on: str = "2019-03-15", claim: str = "k1") -> dict[str, Any]:
    return {"claim_id": claim, "invoice": "F-1", "due_on": due_on}


def test_a_claim_is_invoiced_once() -> None:
    event = fact(e.RepaymentInvoiced, "2019-02-12", **invoice() | {"due_on": date(2019, 3, 15)})
    when(with_claim(), INVOICE_REPAYMENT, "2019-02-12", **invoice()).then(event)
    again = when(with_claim().invoice("k1", "2019-02-12", "2019-03-15"), INVOICE_REPAYMENT, "2019-02-13", **invoice())
    refused(again, "WRONG_STATUS", "claim_id", status="invoiced")
    waived = awarded().accounted_for_2018(staff=750_000).claim("k1", "2019-02-11")
    refused(when(waived, INVOICE_REPAYMENT, "2019-02-12", **invoice()), "WRONG_STATUS", "claim_id", status="repaid")


def test_an_invoice_leaves_time_to_pay_a_claim_that_there_is() -> None:
    scenario = when(with_claim(), INVOICE_REPAYMENT, "2019-02-12", **invoice("2019-02-11"))
    refused(scenario, "DEADLINE_REVERSED", "due_on")
    refused(when(with_claim(), INVOICE_REPAYMENT, "2019-02-12", **invoice(claim="k2")), "NOT_FOUND", "claim_id")


# --- repayments ---


def receipt(amount_oere: int, name: str = "r1", claim: str = "k1") -> dict[str, Any]:
    return {"claim_id": claim, "receipt": name, "amount_oere": amount_oere}


def received(on: str, *amounts: tuple[Cell, int], name: str = "r1") -> list[Any]:
    sums: dict[int, int] = {}
    for cell, amount in amounts:
        sums[cell[0]] = sums.get(cell[0], 0) + amount
    to_the_pool, restored = to_pool(on, *sums.items())
    postings = (*move("receivable", "repaid", *amounts), *to_the_pool)
    draws = tuple(draw(year, amount) for year, amount in sums.items())
    fields = receipt(sum(sums.values()), name)
    return [fact(e.RepaymentReceived, on, **fields, draws=draws, postings=postings), restored]


def test_a_claim_is_repaid_in_parts_and_is_in_its_pool_again() -> None:
    fund = with_claim().invoice("k1", "2019-02-12", "2019-03-15")
    when(fund, RECORD_REPAYMENT, "2019-03-01", **receipt(40_000)).then(*received("2019-03-01", (S18, 40_000)))
    fund.repay("k1", "r1", "2019-03-01", 40_000)
    last = received("2019-03-10", (S18, 60_000), name="r2")
    when(fund, RECORD_REPAYMENT, "2019-03-10", **receipt(60_000, "r2")).then(*last)
    fund.repay("k1", "r2", "2019-03-10", 60_000)
    assert (fund.grant.total("receivable"), fund.grant.total("repaid")) == (0, 100_000)


def test_the_oldest_money_is_repaid_first_to_the_account_year_that_it_came_from() -> None:
    """12,000 of 2018 and 8,000 of 2019 are claimed; 13,000 come in, and then the rest."""
    fund = awarded().paid_for_2018().pay(2, "2019-10-01", 800_000).claim("k1", "2019-10-02", "conditions_breached")
    fund.invoice("k1", "2019-10-02", "2019-11-01")
    first = received("2019-11-01", (P18, 400_000), (S18, 800_000), (S19, 100_000))
    when(fund, RECORD_REPAYMENT, "2019-11-01", **receipt(1_300_000)).then(*first)
    fund.repay("k1", "r1", "2019-11-01", 1_300_000)
    rest = received("2019-11-02", (S19, 700_000), name="r2")
    when(fund, RECORD_REPAYMENT, "2019-11-02", **receipt(700_000, "r2")).then(*rest)


def test_no_more_comes_in_than_is_owed_and_each_receipt_once() -> None:
    fund = with_claim()
    scenario = when(fund, RECORD_REPAYMENT, "2019-03-01", **receipt(1))
    refused(scenario, "WRONG_STATUS", "claim_id", status="claimed")
    fund.invoice("k1", "2019-02-12", "2019-03-15").repay("k1", "r1", "2019-03-01", 40_000)
    scenario = when(fund, RECORD_REPAYMENT, "2019-03-02", **receipt(60_001, "r2"))
    refused(scenario, "REPAYMENT_EXCEEDED", "amount_oere", requested_oere=60_001, owed_oere=60_000)
    refused(when(fund, RECORD_REPAYMENT, "2019-03-02", **receipt(1)), "ALREADY_RECORDED", "receipt")
    fund.repay("k1", "r2", "2019-03-02", 60_000)
    refused(when(fund, RECORD_REPAYMENT, "2019-03-03", **receipt(1, "r3")), "WRONG_STATUS", "claim_id", status="repaid")
    refused(when(fund, RECORD_REPAYMENT, "2019-03-03", **receipt(1, "r3", "k2")), "NOT_FOUND", "claim_id")


# --- the debt authority ---


def test_what_was_not_paid_by_its_day_is_handed_over_and_owed_still() -> None:
    fund = with_claim().invoice("k1", "2019-02-12", "2019-03-15").repay("k1", "r1", "2019-03-01", 40_000)
    early = when(fund, HAND_OVER_CLAIM, "2019-03-15", claim_id="k1")
    refused(early, "INVOICE_NOT_DUE", "effective_on", due_on="2019-03-15")
    event = fact(e.ClaimHandedOver, "2019-03-16", claim_id="k1", amount_oere=60_000)
    when(fund, HAND_OVER_CLAIM, "2019-03-16", claim_id="k1").then(event)
    when(fund.passes("invoice", "2019-03-16", "k1"), HAND_OVER_CLAIM, "2019-03-16", claim_id="k1").then(event)
    fund.after(HAND_OVER_CLAIM, "2019-03-16", claim_id="k1")
    assert fund.grant.total("receivable") == 60_000
    again = when(fund, HAND_OVER_CLAIM, "2019-03-17", claim_id="k1")
    refused(again, "WRONG_STATUS", "claim_id", status="handed_over")
    rest = received("2019-09-01", (S18, 60_000), name="r2")
    when(fund, RECORD_REPAYMENT, "2019-09-01", **receipt(60_000, "r2")).then(*rest)


def test_only_an_invoice_is_handed_over() -> None:
    refused(
        when(with_claim(), HAND_OVER_CLAIM, "2019-03-16", claim_id="k1"), "WRONG_STATUS", "claim_id", status="claimed"
    )
    refused(when(with_claim(), HAND_OVER_CLAIM, "2019-03-16", claim_id="k2"), "NOT_FOUND", "claim_id")


# --- closure ---


def settled() -> GrantFund:
    """All was paid; 1,000 of 2018 is claimed, the rest is accounted for."""
    return with_claim().accounted_for_2019()


def closure(on: str, *amounts: tuple[Cell, int]) -> list[Any]:
    sums: dict[int, int] = {}
    for cell, amount in amounts:
        sums[cell[0]] = sums.get(cell[0], 0) + amount
    to_the_pool, restored = to_pool(on, *sums.items())
    postings = (*move("committed", "lapsed", *amounts), *(to_the_pool if sums else ()))
    draws = tuple(draw(year, amount) for year, amount in sums.items())
    closed = fact(e.GrantClosed, on, draws=draws, amount_oere=sum(sums.values()), postings=postings)
    return [closed, restored] if sums else [closed]


def test_a_grant_is_closed_when_its_final_accounts_are_decided_and_its_money_is_settled() -> None:
    fund = settled()
    when(fund, CLOSE_GRANT, "2020-02-11").then(*closure("2020-02-11"))
    fund.close("2020-02-11")
    totals = [fund.grant.total(name) for name in ("accounted_for", "carried_over", "repaid", "receivable", "waived")]
    assert totals == [1_900_000, 0, 0, 100_000, 0]


def test_a_claim_on_a_closed_grant_is_still_paid() -> None:
    fund = settled().close("2020-02-11").invoice("k1", "2020-02-12", "2020-03-15")
    assert fund.passes("invoice", "2020-03-16", "k1").grant.claims[0].status == "overdue"
    when(fund, RECORD_REPAYMENT, "2020-03-17", **receipt(100_000)).then(*received("2020-03-17", (S18, 100_000)))


def test_what_was_never_paid_goes_back_to_the_pool_with_the_closure() -> None:
    """Nine months of 2018 were paid and accounted for, and nothing else until the period ended."""
    fund = accepted().start().pay(1, "2018-07-01", 900_000)
    fund.accounts("a18", "2019-02-01", {("staff", 2018): 600_000, ("partner", 2018): 300_000}).decide(
        "a18", "2019-02-02"
    )
    refused(when(fund, CLOSE_GRANT, "2019-12-31"), "PERIOD_RUNNING", "grant_id", period_to="2019-12-31")
    fund.passes("period", "2020-01-01")
    left = ((P18, 100_000), (S18, 200_000), (S19, 800_000))
    when(fund, CLOSE_GRANT, "2020-01-02").then(*closure("2020-01-02", *left))


def test_a_grant_is_not_closed_while_money_is_on_its_way_or_unaccounted_for() -> None:
    fund = accepted().start().order(1, "2018-01-01", 300_000).passes("period", "2020-01-01")
    refused(when(fund, CLOSE_GRANT, "2020-01-02"), "PAYMENT_PENDING", "grant_id", payable_oere=300_000)
    fund.answer(1, "2020-01-02")
    refused(when(fund, CLOSE_GRANT, "2020-01-03"), "UNSETTLED", "grant_id", unsettled_oere=300_000)


def test_money_carried_over_is_not_settled() -> None:
    carried = {"post": "staff", "project_year": 2018, "amount_oere": 100_000}
    fund = awarded().accounted_for_2018().change("c1", "2019-03-01", "carry_over", carry_over=[carried])
    fund.passes("period", "2020-01-01")
    refused(when(fund, CLOSE_GRANT, "2020-01-02"), "UNSETTLED", "grant_id", unsettled_oere=100_000)


def test_a_grant_whose_final_accounts_were_rejected_is_closed_once_all_is_claimed() -> None:
    fund = accepted().start().pay(1, "2018-01-01", 300_000).accounts("a19", "2018-06-01", {("staff", 2019): 0})
    fund.decide("a19", "2018-06-02", "reject").claim("k1", "2018-06-03", "accounts_rejected")
    left = ((P18, 300_000), (S18, 600_000), (S19, 800_000))
    when(fund, CLOSE_GRANT, "2018-06-04").then(*closure("2018-06-04", *left))


def test_a_prolonged_grant_is_not_over_yet() -> None:
    fund = accepted().request("c1", "2019-12-31", "prolongation", period_to="2020-06-30").passes("period", "2020-01-01")
    fund.after(DECIDE_CHANGE, "2020-01-02", change_id="c1", decision="approve", reason="Yes.")
    refused(when(fund, CLOSE_GRANT, "2020-01-03"), "PERIOD_RUNNING", "grant_id", period_to="2020-06-30")


def test_a_lapsed_grant_ends_with_its_claim_or_with_the_payment_that_was_never_made() -> None:
    """Whichever it was, all of the grant is lapsed or repaid, and back in its pool."""
    fund = accepted().pay(1, "2018-01-01", 300_000).passes("start", "2018-07-02")
    fund.claim("k1", "2018-07-03", "lapsed").invoice("k1", "2018-07-03", "2018-08-01").repay(
        "k1", "r1", "2018-08-01", 300_000
    )
    assert (fund.grant.total("lapsed"), fund.grant.total("repaid")) == (1_700_000, 300_000)
    other = accepted().pay(1, "2018-01-01", 300_000).passes("start", "2018-07-02")
    other.after(CORRECT_BANK_ANSWER, "2018-07-03", payment_id="p1", outcome="returned", reason="It came back.")
    assert (other.grant.total("lapsed"), other.grant.total("paid")) == (2_000_000, 0)
