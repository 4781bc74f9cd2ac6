"""Ways to break a healthy log: payloads, postings and balances."""

from __future__ import annotations

from typing import Any

from services.funding import events as e
from tests.ledger_check import blocks as h
from tests.ledger_check.breaks import amounts, breaks, dump
from tests.ledger_check.handwritten import DAY, A, Cell, Handwritten, draws, entry, move

# Payloads and postings.


@breaks("PAYLOAD")
def a_field_is_missing(log: Handwritten) -> int:
    del log.data("grant_awarded")["amount_oere"]
    return log.position("grant_awarded")


@breaks("PAYLOAD")
def a_list_is_a_word(log: Handwritten) -> int:
    log.data("pool_committed")["draws"] = "all"
    return log.position("pool_committed")


@breaks("POSTING")
def an_unknown_ledger_account(log: Handwritten) -> int:
    log.data("accounts_approved")["postings"][1]["ledger_account"] = "savings"
    return log.position("accounts_approved")


@breaks("POSTING")
def a_line_of_nothing(log: Handwritten) -> int:
    data = log.data("payment_ordered")
    data["postings"].append(data["postings"][0] | {"amount_oere": 0})
    return log.position("payment_ordered")


@breaks("POSTING")
def half_an_oere(log: Handwritten) -> int:
    amounts(log.data("appropriation_registered"), -10_000.5, 10_000.5)  # type: ignore[arg-type]
    return log.position("appropriation_registered")


@breaks("POSTING")
def an_amount_that_is_text(log: Handwritten) -> int:
    amounts(log.data("appropriation_registered"), "-10000", "10000")  # type: ignore[arg-type]
    return log.position("appropriation_registered")


@breaks("OWNER")
def a_grant_that_was_never_awarded(log: Handwritten) -> int:
    log.data("accounts_approved")["grant_id"] = "g9"
    return log.position("accounts_approved")


@breaks("OWNER")
def another_pool_than_the_awards(log: Handwritten) -> int:
    log.data("payment_ordered")["pool_id"] = "other"
    return log.position("payment_ordered")


@breaks("OWNER")
def a_pool_that_was_never_opened(log: Handwritten) -> int:
    for one in log.command_of("pool_extended"):
        one.data["pool_id"] = "other"
    return log.position("pool_extended")


@breaks("OWNER")
def a_grant_awarded_twice(log: Handwritten) -> int:
    log.happen(*h.awarded("g1", (h.STAFF_18, 10)))
    return log.position("grant_awarded", -1)


@breaks("UNBALANCED")
def debits_that_are_not_credits(log: Handwritten) -> int:
    log.data("payment_ordered")["postings"][0]["amount_oere"] -= 1
    return log.position("payment_ordered")


@breaks("UNBALANCED")
def balanced_but_across_years(log: Handwritten) -> int:
    log.data("pool_opened")["postings"][1]["budget_year"] = 2019
    return log.position("pool_opened")


@breaks("AMOUNT")
def more_told_than_posted(log: Handwritten) -> int:
    log.data("appropriation_adjusted")["amount_oere"] += 1
    return log.position("appropriation_adjusted")


@breaks("AMOUNT")
def paid_without_postings(log: Handwritten) -> int:
    log.data("instalment_paid")["postings"] = []
    return log.position("instalment_paid")


@breaks("AMOUNT")
def posted_to_another_account(log: Handwritten) -> int:
    for posting in log.data("repayment_claimed")["postings"]:
        if posting["ledger_account"] == "receivable":
            posting["ledger_account"] = "waived"
    return log.position("repayment_claimed")


# Balances.


def pool_opened(log: Handwritten, pool_id: str, amount: int, before: str) -> None:
    """Another pool, opened before the last event of a type."""
    draw = ((A, 2018), amount)
    fields: dict[str, Any] = {"pool_id": pool_id, "draws": draws(draw), "effective_on": DAY}
    postings = move("appropriated", "pooled", draw)
    opened = e.PoolOpened(track="data", initiative="course", title="Pulje", postings=postings, **fields)
    place = log.commands.index(log.command_of(before, -1))
    log.commands.insert(place, [entry(e.AppropriationDrawn(account=A, **fields)), entry(opened)])


@breaks("FUNDS_EXCEEDED")
def more_pooled_than_appropriated(log: Handwritten) -> int:
    pool_opened(log, "greedy", 9_000, before="payment_batch_cancelled")
    return log.position("pool_opened", -1)


@breaks("FUNDS_EXCEEDED")
def an_appropriation_below_what_was_drawn(log: Handwritten) -> int:
    postings = move("voted", "appropriated", ((A, 2018), -9_000))
    fields: dict[str, Any] = {"account": A, "budget_year": 2018, "act": "FL", "effective_on": DAY}
    log.happen(e.AppropriationAdjusted(amount_oere=-9_000, corrects=None, postings=postings, **fields))
    return log.position("appropriation_adjusted", -1)


@breaks("POOL_EXCEEDED")
def a_grant_from_a_pool_with_too_little(log: Handwritten) -> int:
    pool_opened(log, "small", 10, before="payment_batch_cancelled")
    for one in log.command_of("grant_awarded", -1):
        one.data["pool_id"] = "small"
    old = log.command_of("grant_awarded", -1)
    log.commands.remove(old)
    log.commands.append(old)
    payment = log.command_of("instalment_paid", -1)
    log.commands.remove(payment)
    return log.position("grant_awarded", -1)


@breaks("RESTORED")
def lapsed_and_not_restored(log: Handwritten) -> int:
    lapsed = log.data("grant_lapsed")
    lapsed["postings"] = lapsed["postings"][:2]
    del log.command_of("grant_lapsed")[1]
    return log.position("grant_lapsed")


@breaks("GRANT_TOTAL")
def lapsed_straight_to_the_pool(log: Handwritten) -> int:
    log.data("grant_lapsed")["postings"] = dump(move("committed", "pooled", (h.STAFF_18, 1_000)))
    return log.position("grant_lapsed")


@breaks("GRANT_TOTAL")
def an_award_of_other_draws(log: Handwritten) -> int:
    log.data("grant_awarded")["draws"][0]["amount_oere"] -= 1
    return log.position("grant_awarded")


@breaks("GRANT_NEGATIVE")
def paid_from_a_post_that_was_not_ordered(log: Handwritten) -> int:
    cell: Cell = (A, 2018, "travel", 2018)
    log.data("instalment_paid")["postings"] = dump(move("payable", "paid", (cell, 2_000)))
    return log.position("instalment_paid")


@breaks("GRANT_NEGATIVE")
def ordered_from_another_year_of_the_same_post(log: Handwritten) -> int:
    cell: Cell = (A, 2018, "staff", 2019)
    log.data("payment_ordered", 2)["postings"] = dump(move("committed", "payable", (cell, 1_000)))
    return log.position("payment_ordered", 2)


@breaks("AMOUNT")
def draws_of_another_amount(log: Handwritten) -> int:
    log.data("instalment_paid")["draws"][0]["amount_oere"] += 1
    return log.position("instalment_paid")


@breaks("AMOUNT")
def a_transfer_of_another_amount(log: Handwritten) -> int:
    log.data("appropriation_transferred", 2)["amount_oere"] -= 1
    return log.position("appropriation_transferred", 2)


@breaks("AMOUNT")
def carried_over_and_not_told_so(log: Handwritten) -> int:
    log.data("unspent_carried_over")["lines"].pop()
    return log.position("unspent_carried_over")


@breaks("AMOUNT")
def carried_over_on_another_post(log: Handwritten) -> int:
    log.data("unspent_carried_over")["lines"][0]["post"] = "travel"
    return log.position("unspent_carried_over")
