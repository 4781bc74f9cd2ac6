"""A healthy history of a fund: every kind of event that moves money or that payments depend on, at least once."""

from __future__ import annotations

from typing import Any

from services.funding import events as e
from tests.ledger_check.blocks import (
    COURSE_18,
    COURSE_19,
    DECIDED,
    G1,
    LATER_COURSE,
    LATER_STAFF,
    STAFF_18,
    STAFF_19,
    TRAVEL_19,
    WHERE,
    approved,
    awarded,
    batch,
    budget_line,
    corrected,
    old_award,
    old_payment,
    paid,
    received,
    restored,
)
from tests.ledger_check.handwritten import DAY, A, B, Handwritten, draws, move, post


def history() -> Handwritten:
    """From the appropriation to the last øre repaid."""
    log = Handwritten()
    appropriate(log)
    open_pool(log)
    award(log)
    pay(log)
    account(log)
    settle(log)
    others(log)
    return log


def appropriate(log: Handwritten) -> None:
    """Two accounts, and every way to change what was voted."""
    act: dict[str, Any] = {"act": "FL 2018", "effective_on": DAY}
    for year, amount in ((2018, 10_000), (2019, 5_000)):
        log.happen(
            e.AppropriationRegistered(
                account=A, budget_year=year, amount_oere=amount,
                postings=move("voted", "appropriated", ((A, year), amount)), **act,
            )
        )  # fmt: skip
    log.happen(
        e.AppropriationAdjusted(
            account=A, budget_year=2018, amount_oere=1_000, corrects=None,
            postings=move("voted", "appropriated", ((A, 2018), 1_000)), **act,
        )
    )  # fmt: skip
    for to, year in ((B, 2018), (A, 2019)):
        moved = {"account": A, "budget_year": 2018, "amount_oere": 500, **act}
        transferred = e.AppropriationTransferred(
            to_account=to, to_budget_year=year, **moved,
            postings=(
                *move("appropriated", "voted", ((A, 2018), 500)), *move("voted", "appropriated", ((to, year), 500)),
            ),
        )  # fmt: skip
        received = e.AppropriationReceived(
            account=B, budget_year=2018, from_account=A, from_budget_year=2018, amount_oere=500, **act
        )
        log.happen(*((transferred, received) if to == B else (transferred,)))
    log.happen(
        e.AppropriationRegulated(
            account=A, budget_year=2019, amount_oere=100, series_id="pl", published_on=DAY,
            from_point=e.IndexPoint(year=2018, value="100"), to_point=e.IndexPoint(year=2019, value="102"),
            postings=move("voted", "appropriated", ((A, 2019), 100)), **act,
        )
    )  # fmt: skip


def open_pool(log: Handwritten) -> None:
    """A pool that draws on two years, and then some more."""
    whole = (((A, 2018), 6_000), ((A, 2019), 3_000))
    log.happen(
        e.AppropriationDrawn(account=A, pool_id="pool", draws=draws(*whole), effective_on=DAY),
        e.PoolOpened(
            pool_id="pool", track="development", initiative="course", title="Forløb", draws=draws(*whole),
            postings=move("appropriated", "pooled", *whole), effective_on=DAY,
        ),
    )  # fmt: skip
    more = ((A, 2018), 500)
    log.happen(
        e.AppropriationDrawn(account=A, pool_id="pool", draws=draws(more), effective_on=DAY),
        e.PoolExtended(
            pool_id="pool", initiative="course", draws=draws(more), postings=move("appropriated", "pooled", more),
            effective_on=DAY,
        ),
    )  # fmt: skip


def award(log: Handwritten) -> None:
    """The grant g1: 6,000 øre over two years, 1,500 of it under an earmark."""
    cells = ((STAFF_18, 3_000), (COURSE_18, 1_000), (STAFF_19, 1_500), (COURSE_19, 500))
    log.happen(*awarded("g1", *cells, earmark=1_500))
    log.happen(
        e.GrantLetterIssued(grant_id="g1", letter="L1", accept_by=DAY, conditions=(), reports=(), effective_on=DAY)
    )
    log.happen(e.GrantAccepted(grant_id="g1", start_by=DAY, effective_on=DAY))
    log.happen(e.ProjectStarted(grant_id="g1", effective_on=DAY))


def pay(log: Handwritten) -> None:
    """p1 is paid; p2 is returned, then said to be paid, then returned after all; p3 is paid after a stop."""
    p1, p2 = ((STAFF_18, 1_500), (COURSE_18, 500)), ((STAFF_18, 1_000),)
    batch(log, "b1", {"p1": p1, "p2": p2})
    returned = e.PaymentReturned(
        **G1, payment_id="p2", batch_id="b1", amount_oere=1_000, bank_reference="r", reason="closed account",
        postings=move("payable", "committed", *p2),
    )  # fmt: skip
    log.happen(paid("p1", "b1", *p1), returned)
    log.happen(corrected("paid", "payment_returned", *p2))
    log.happen(corrected("returned", "bank_answer_corrected", *p2))
    stop: dict[str, Any] = {"grant_id": "g1", "cause": "r0", "effective_on": DAY}
    overdue = e.ReportOverdue(grant_id="g1", report_id="r0", kind="status", due_on=DAY, effective_on=DAY)
    log.happen(overdue, e.PaymentsStopped(**stop, reason="overdue"))
    report = e.StatusReportSubmitted(grant_id="g1", report_id="r0", document="d", effective_on=DAY)
    log.happen(report, e.PaymentsReleased(**stop, reason="here"))
    p3 = ((STAFF_18, 1_500), (COURSE_18, 500))
    batch(log, "b2", {"p3": p3})
    log.happen(paid("p3", "b2", *p3))


def account(log: Handwritten) -> None:
    """2018 is accounted for, wrongly and again; some of it is carried over; the budget of 2019 changes."""
    spent = (("paid", STAFF_18, 2_500), ("paid", COURSE_18, 900))
    log.happen(approved("r1", 600, *spent))
    log.happen(
        e.AccountsReopened(
            **WHERE, **DECIDED, report_id="r1", corrects="funding.accounts_approved", amount_oere=3_400, due_on=DAY,
            postings=move("accounted_for", "paid", (STAFF_18, 2_500), (COURSE_18, 900)),
        )
    )  # fmt: skip
    log.happen(approved("r1", 600, *spent))
    lines = (
        e.CarryOver(post="staff", project_year=2018, amount_oere=400),
        e.CarryOver(post="course", project_year=2018, amount_oere=60, earmark="ppr"),
    )
    carried = ((STAFF_18, LATER_STAFF, 400), (COURSE_18, LATER_COURSE, 60))
    postings = [
        one for here, later, of in carried for one in (post("paid", here, -of), post("carried_over", later, of))
    ]
    log.happen(
        e.ChangeApproved(grant_id="g1", change_id="c1", kind="carry_over", effective_on=DAY, **DECIDED),
        e.UnspentCarriedOver(**G1, change_id="c1", lines=lines, amount_oere=460, postings=tuple(postings)),
    )
    budget = ((STAFF_18, 2_600), (STAFF_19, 1_700), (TRAVEL_19, 200), (COURSE_18, 940), (COURSE_19, 560))
    log.happen(
        e.ChangeApproved(grant_id="g1", change_id="c2", kind="budget", effective_on=DAY, **DECIDED),
        e.BudgetRevised(
            **G1, change_id="c2", version=3,
            budget=tuple(e.BudgetLine(**budget_line(cell), amount_oere=amount) for cell, amount in budget),
            postings=(post("committed", STAFF_19, -200), post("committed", TRAVEL_19, 200)),
        ),
    )  # fmt: skip


def settle(log: Handwritten) -> None:
    """2019 is paid and accounted for; what is left is claimed, or waived; the grant is closed and the debt paid."""
    p4 = ((STAFF_19, 800), (COURSE_19, 200))
    batch(log, "b3", {"p4": p4})
    log.happen(paid("p4", "b3", *p4))
    spent = (
        ("carried_over", LATER_STAFF, 400), ("paid", STAFF_19, 750), ("carried_over", LATER_COURSE, 60),
        ("paid", COURSE_19, 200),
    )  # fmt: skip
    log.happen(approved("r2", 50, *spent))
    claimed = ((STAFF_18, 100), (STAFF_19, 50))
    log.happen(
        e.RepaymentClaimed(
            **WHERE, **DECIDED, claim_id="k1", cause="unspent", amount_oere=150,
            postings=move("paid", "receivable", *claimed),
        )
    )  # fmt: skip
    log.happen(
        e.UnspentWaived(**WHERE, claim_id="k2", amount_oere=40, postings=move("paid", "waived", (COURSE_18, 40)))
    )
    log.happen(e.RepaymentInvoiced(grant_id="g1", claim_id="k1", invoice="i1", due_on=DAY, effective_on=DAY))
    log.happen(*received("n1", (STAFF_18, 100)))
    log.happen(e.InvoiceOverdue(grant_id="g1", claim_id="k1", due_on=DAY, effective_on=DAY))
    log.happen(e.ClaimHandedOver(grant_id="g1", claim_id="k1", amount_oere=50, effective_on=DAY))
    unused = ((STAFF_19, 500), (TRAVEL_19, 200), (COURSE_19, 300))
    log.happen(
        e.GrantClosed(
            **WHERE, draws=draws(((A, 2019), 1_000)), amount_oere=1_000,
            postings=(*move("committed", "lapsed", *unused), *move("restored", "pooled", ((A, 2019), 1_000))),
        ),
        restored("g1", ((A, 2019), 1_000)),
    )  # fmt: skip
    log.happen(*received("n2", (STAFF_19, 50)))


def others(log: Handwritten) -> None:
    """g2 lapses; g3 and its payment are of schema version 1; a batch is given up."""
    log.happen(*awarded("g2", (STAFF_18, 1_000)))
    lapsed = (((A, 2018), 1_000),)
    log.happen(
        e.GrantLapsed(
            **(WHERE | {"grant_id": "g2"}), cause="not_accepted", draws=draws(*lapsed), amount_oere=1_000,
            postings=(*move("committed", "lapsed", (STAFF_18, 1_000)), *move("restored", "pooled", *lapsed)),
        ),
        restored("g2", *lapsed),
    )  # fmt: skip
    log.happen(*old_award("g3", 500))
    log.happen(old_payment("g3", "p1", 200))
    line = e.PaymentLine(payment_id="p9", grant_id="g2", amount_oere=1)
    log.happen(e.PaymentBatchPrepared(batch_id="b4", lines=(line,), total_oere=1, prepared_by="Anna", effective_on=DAY))
    log.happen(e.PaymentBatchCancelled(batch_id="b4", reason="a mistake", effective_on=DAY))
