"""Ways to break a healthy log: budgets, and payments beyond them."""

from __future__ import annotations

from tests.ledger_check.breaks import amounts, breaks
from tests.ledger_check.handwritten import Handwritten


@breaks("BUDGET")
def a_budget_of_more_than_the_award(log: Handwritten) -> int:
    log.data("grant_awarded")["budget"][0]["amount_oere"] += 1
    return log.position("grant_awarded")


@breaks("BUDGET")
def a_new_budget_of_less(log: Handwritten) -> int:
    log.data("budget_revised")["budget"][1]["amount_oere"] -= 1
    return log.position("budget_revised")


@breaks("BUDGET")
def a_new_budget_that_takes_from_an_earmark(log: Handwritten) -> int:
    log.data("budget_revised")["budget"][4]["earmark"] = None
    return log.position("budget_revised")


@breaks("BUDGET")
def an_award_without_a_budget(log: Handwritten) -> int:
    log.data("grant_awarded")["budget"] = []
    return log.position("grant_awarded")


@breaks("AWARD_EXCEEDED")
def more_paid_than_awarded(log: Handwritten) -> int:
    amounts(log.data("instalment_paid", 3), -2_800, 2_800, -200, 200)
    return log.position("instalment_paid", 3)


@breaks("POST_EXCEEDED")
def more_paid_for_a_post_than_its_budget(log: Handwritten) -> int:
    budget = log.data("grant_awarded")["budget"]
    budget[0]["amount_oere"] -= 1
    budget[2]["amount_oere"] += 1
    return log.position("instalment_paid", 2)


@breaks("POST_EXCEEDED")
def a_new_budget_below_what_was_paid(log: Handwritten) -> int:
    budget = log.data("budget_revised")["budget"]
    budget[0]["amount_oere"] -= 1
    budget[1]["amount_oere"] += 1
    return log.position("budget_revised")


@breaks("EARMARK_EXCEEDED")
def more_paid_under_an_earmark_than_it_is(log: Handwritten) -> int:
    amounts(log.data("instalment_paid", 3), -200, 200, -800, 800)
    return log.position("instalment_paid", 3)
