"""Ways to break a healthy log: payments, batches, closure, and what streams tell of each other."""

from __future__ import annotations

from services.funding import events as e
from tests.ledger_check import blocks as h
from tests.ledger_check.breaks import breaks, dump
from tests.ledger_check.handwritten import DAY, Handwritten, draws, entry, grant_fields, move


@breaks("NOT_PAYABLE")
def ordered_before_acceptance(log: Handwritten) -> int:
    log.commands.remove(log.command_of("grant_accepted"))
    return log.position("payment_ordered")


@breaks("NOT_PAYABLE")
def ordered_while_stopped(log: Handwritten) -> int:
    del log.command_of("payments_released")[1]
    return log.position("payment_ordered", 3)


@breaks("NOT_PAYABLE")
def released_for_another_cause(log: Handwritten) -> int:
    log.data("payments_released")["cause"] = "office"
    return log.position("payment_ordered", 3)


@breaks("NOT_PAYABLE")
def ordered_for_a_lapsed_grant(log: Handwritten) -> int:
    h.batch(log, "b9", {"p1": ((h.STAFF_18, 100),)}, grant_fields("g2"))
    return log.position("payment_ordered", -1)


@breaks("NOT_PAYABLE")
def ordered_for_a_closed_grant(log: Handwritten) -> int:
    h.batch(log, "b9", {"p5": ((h.STAFF_19, 100),)})
    return log.position("payment_ordered", -1)


@breaks("NOT_PAYABLE")
def paid_as_in_version_1_while_stopped(log: Handwritten) -> int:
    place = log.commands.index(log.command_of("instalment_paid", -1))
    log.commands.insert(place, [entry(e.PaymentsStopped(grant_id="g3", cause="office", reason="r", effective_on=DAY))])
    return log.position("instalment_paid", -1)


@breaks("PAYMENT")
def paid_twice(log: Handwritten) -> int:
    log.happen(*log.command_of("instalment_paid", 3))
    return log.position("instalment_paid", -1)


@breaks("PAYMENT")
def paid_twice_in_version_1(log: Handwritten) -> int:
    log.happen(h.old_payment("g3", "p1", 200))
    return log.position("instalment_paid", -1)


@breaks("PAYMENT")
def paid_without_an_order(log: Handwritten) -> int:
    log.data("instalment_paid")["payment_id"] = "p0"
    return log.position("instalment_paid")


@breaks("PAYMENT")
def paid_with_another_amount(log: Handwritten) -> int:
    data = log.data("instalment_paid")
    data["amount_oere"], data["postings"] = 1_500, data["postings"][:2]
    return log.position("instalment_paid")


@breaks("PAYMENT")
def ordered_twice(log: Handwritten) -> int:
    h.batch(log, "b9", {"p3": ((h.STAFF_19, 10),)})
    command = log.commands.pop()
    place = log.commands.index(log.command_of("accounts_approved", -1))
    log.commands.insert(place, log.commands.pop())
    log.commands.insert(place + 1, command)
    return log.position("payment_ordered", -1)


@breaks("PAYMENT")
def returned_after_it_was_paid(log: Handwritten) -> int:
    log.data("payment_returned")["payment_id"] = "p1"
    return log.position("payment_returned")


@breaks("PAYMENT")
def corrected_to_what_it_was(log: Handwritten) -> int:
    log.commands.remove(log.command_of("bank_answer_corrected"))
    return log.position("bank_answer_corrected")


@breaks("PAYMENT")
def corrected_with_another_amount(log: Handwritten) -> int:
    data = log.data("bank_answer_corrected")
    data["paid_change_oere"], data["postings"] = 10, dump(move("committed", "paid", (h.STAFF_18, 10)))
    return log.position("bank_answer_corrected")


@breaks("BATCH")
def a_payment_that_differs_from_its_line(log: Handwritten) -> int:
    log.data("payment_batch_prepared")["lines"][0]["amount_oere"] -= 1
    log.data("payment_batch_prepared")["lines"][1]["amount_oere"] += 1
    return log.position("payment_ordered")


@breaks("BATCH")
def a_payment_that_is_no_line(log: Handwritten) -> int:
    log.data("payment_batch_prepared")["lines"][0]["payment_id"] = "p0"
    return log.position("payment_batch_approved")


@breaks("BATCH")
def ordered_without_approval(log: Handwritten) -> int:
    del log.command_of("payment_batch_approved")[0]
    return log.position("payment_ordered")


@breaks("BATCH")
def a_line_that_was_not_ordered(log: Handwritten) -> int:
    del log.command_of("payment_ordered")[1]
    return log.position("payment_batch_approved")


@breaks("BATCH")
def lines_that_do_not_add_up(log: Handwritten) -> int:
    log.data("payment_batch_prepared")["total_oere"] += 1
    return log.position("payment_batch_prepared")


@breaks("BATCH")
def another_total_approved(log: Handwritten) -> int:
    log.data("payment_batch_approved")["total_oere"] += 1
    return log.position("payment_batch_approved")


@breaks("BATCH")
def approved_after_it_was_cancelled(log: Handwritten) -> int:
    log.happen(e.PaymentBatchApproved(batch_id="b4", approved_by="Bo", total_oere=1, effective_on=DAY))
    return log.position("payment_batch_approved", -1)


@breaks("FOUR_EYES")
def approved_by_its_preparer(log: Handwritten) -> int:
    log.data("payment_batch_approved", 2)["approved_by"] = "Anna"
    return log.position("payment_batch_approved", 2)


@breaks("FOUR_EYES")
def approved_by_its_preparer_typed_otherwise(log: Handwritten) -> int:
    log.data("payment_batch_approved", 2)["approved_by"] = " anna"
    return log.position("payment_batch_approved", 2)


@breaks("NOT_SETTLED")
def closed_with_money_unaccounted_for(log: Handwritten) -> int:
    log.commands.remove(log.command_of("unspent_waived"))
    return log.position("grant_closed")


@breaks("NOT_SETTLED")
def closed_with_money_committed(log: Handwritten) -> int:
    data, left = log.data("grant_closed"), log.command_of("grant_closed")[1].data
    data["postings"] = [one for one in data["postings"] if one["post"] != "travel"]
    data["postings"][-2]["amount_oere"], data["postings"][-1]["amount_oere"] = -800, 800
    data["amount_oere"] = left["draws"][0]["amount_oere"] = 800
    return log.position("grant_closed")


@breaks("STREAMS")
def a_pool_that_tells_another_amount(log: Handwritten) -> int:
    log.data("pool_committed")["draws"][0]["amount_oere"] += 1
    return log.position("grant_awarded")


@breaks("STREAMS")
def a_pool_that_is_not_told_of_a_repayment(log: Handwritten) -> int:
    del log.command_of("repayment_received")[1]
    return log.position("repayment_received")


@breaks("STREAMS")
def an_account_that_is_not_told_of_a_draw(log: Handwritten) -> int:
    del log.command_of("pool_extended")[0]
    return log.position("pool_extended")


@breaks("STREAMS")
def a_draw_that_no_pool_got(log: Handwritten) -> int:
    log.happen(e.PoolCommitted(pool_id="pool", grant_id="g9", draws=draws((h.STAFF_18, 1)), effective_on=DAY))
    return log.position("pool_committed", -1)


@breaks("STREAMS")
def a_transfer_received_with_another_amount(log: Handwritten) -> int:
    log.data("appropriation_received")["amount_oere"] -= 1
    return log.position("appropriation_received")
