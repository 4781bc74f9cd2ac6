"""What happens in the history, in blocks of one or a few events: awards, batches, answers, accounts, repayments."""

from __future__ import annotations

from typing import Any

from services.funding import events as e
from tests.ledger_check.handwritten import DAY, A, Amount, Cell, Entry, Handwritten, draws, grant_fields, move, post

STAFF_18: Cell = (A, 2018, "staff", 2018)
STAFF_19: Cell = (A, 2019, "staff", 2019)
COURSE_18: Cell = (A, 2018, "course", 2018, "ppr")
COURSE_19: Cell = (A, 2019, "course", 2019, "ppr")
TRAVEL_19: Cell = (A, 2019, "travel", 2019)
LATER_STAFF: Cell = (A, 2018, "staff", 2019)
LATER_COURSE: Cell = (A, 2018, "course", 2019, "ppr")
G1 = grant_fields("g1")
WHERE = G1 | {"municipality": "0101"}
DECIDED: dict[str, Any] = {"decided_by": "Dorte", "reason": "as agreed"}
Payments = dict[str, tuple[Amount, ...]]


def awarded(grant_id: str, *cells: Amount, earmark: int = 0) -> tuple[e.PoolCommitted, e.GrantAwarded]:
    """An award out of the pool, with a line of budget for every cell."""
    sums = {(cell[0], cell[1]): 0 for cell, _ in cells}
    for cell, amount in cells:
        sums[cell[0], cell[1]] += amount
    budget = [e.BudgetLine(**budget_line(cell), amount_oere=amount) for cell, amount in cells]
    taken = draws(*sums.items())
    return (
        e.PoolCommitted(pool_id="pool", grant_id=grant_id, draws=taken, effective_on=DAY),
        e.GrantAwarded(
            **grant_fields(grant_id), track="development", municipality="0101", draws=taken,
            amount_oere=sum(sums.values()), budget=tuple(budget), plan_months=3, application_id=None, call_id=None,
            earmarks=(e.Earmark(earmark="ppr", title="PPR", amount_oere=earmark),) if earmark else (),
            reason=None, period_from=DAY, period_to=DAY.replace(year=2019),
            postings=(
                *(post("pooled", account_year, -amount) for account_year, amount in sums.items()),
                *(post("committed", cell, amount) for cell, amount in cells),
            ),
        ),
    )  # fmt: skip


def budget_line(cell: Cell) -> dict[str, Any]:
    """Post, project year and perhaps earmark of a cell."""
    return dict(zip(("post", "project_year", "earmark"), cell[2:], strict=False))


def batch(log: Handwritten, batch_id: str, payments: Payments, grant: dict[str, Any] = G1) -> None:
    """Prepared by Anna, approved by Bo, and ordered."""
    sums = {name: sum(amount for _, amount in cells) for name, cells in payments.items()}
    lines = [e.PaymentLine(payment_id=name, grant_id=grant["grant_id"], amount_oere=of) for name, of in sums.items()]
    total: dict[str, Any] = {"total_oere": sum(sums.values()), "effective_on": DAY}
    log.happen(e.PaymentBatchPrepared(batch_id=batch_id, lines=tuple(lines), prepared_by="Anna", **total))
    ordered = [
        e.PaymentOrdered(
            **grant, payment_id=name, batch_id=batch_id, amount_oere=sums[name],
            postings=move("committed", "payable", *cells),
        )
        for name, cells in payments.items()
    ]  # fmt: skip
    log.happen(e.PaymentBatchApproved(batch_id=batch_id, approved_by="Bo", **total), *ordered)


def paid(payment_id: str, batch_id: str, *cells: Amount, grant: dict[str, Any] = WHERE) -> e.InstalmentPaid:
    """The bank paid."""
    return e.InstalmentPaid(
        **grant, payment_id=payment_id, batch_id=batch_id, draws=draws(*cells), bank_reference="r",
        amount_oere=sum(amount for _, amount in cells), postings=move("payable", "paid", *cells),
    )  # fmt: skip


def corrected(outcome: Any, corrects: str, *cells: Amount) -> e.BankAnswerCorrected:
    """The bank's answer to payment p2 was the other one."""
    source, target = ("committed", "paid") if outcome == "paid" else ("paid", "committed")
    amount = sum(amount for _, amount in cells)
    return e.BankAnswerCorrected(
        **WHERE, payment_id="p2", outcome=outcome, corrects=f"funding.{corrects}", draws=draws(*cells),
        reason="misread", paid_change_oere=amount if outcome == "paid" else -amount,
        postings=move(source, target, *cells),
    )  # fmt: skip


def approved(report_id: str, unspent: int, *moves: tuple[str, Cell, int]) -> e.AccountsApproved:
    """Accounts are approved."""
    return e.AccountsApproved(
        **WHERE, **DECIDED, report_id=report_id, amount_oere=sum(amount for _, _, amount in moves),
        unspent_oere=unspent,
        postings=tuple(one for source, cell, amount in moves for one in move(source, "accounted_for", (cell, amount))),
    )  # fmt: skip


def received(receipt: str, *cells: Amount) -> tuple[e.RepaymentReceived, e.PoolRestored]:
    """Money came back, and is in the pool again."""
    back = tuple(((cell[0], cell[1]), amount) for cell, amount in cells)
    return (
        e.RepaymentReceived(
            **WHERE, claim_id="k1", receipt=receipt, draws=draws(*back), amount_oere=sum(amount for _, amount in cells),
            postings=(*move("receivable", "repaid", *cells), *move("restored", "pooled", *back)),
        ),
        restored("g1", *back),
    )  # fmt: skip


def restored(grant_id: str, *amounts: Amount) -> e.PoolRestored:
    """What the pool is told of it."""
    return e.PoolRestored(pool_id="pool", grant_id=grant_id, draws=draws(*amounts), effective_on=DAY)


def old_award(grant_id: str, amount: int) -> tuple[e.PoolCommitted, Entry]:
    """An award as schema version 1 told it."""
    committed, award = awarded(grant_id, (STAFF_18, amount))
    data = award.model_dump(mode="json")
    for name in ("budget", "earmarks", "plan_months", "application_id", "call_id", "reason"):
        del data[name]
    return committed, Entry(
        award.event_type, award.stream_id, 1, data | {"postings": _old("pooled", "committed", amount)}
    )


def old_payment(grant_id: str, payment_id: str, amount: int) -> Entry:
    """A payment as schema version 1 told it: from one account-year, straight from what was committed."""
    data = {
        "grant_id": grant_id, "payment_id": payment_id, "initiative": "course", "municipality": "0101", "account": A,
        "budget_year": 2018, "amount_oere": amount, "postings": _old("committed", "paid", amount),
        "effective_on": DAY.isoformat(),
    }  # fmt: skip
    return Entry("funding.instalment_paid", f"grant-{grant_id}", 1, data)


def _old(source: str, target: str, amount: int) -> list[dict[str, Any]]:
    same = {"account": A, "budget_year": 2018}
    return [{"ledger_account": name, "amount_oere": of, **same} for name, of in ((source, -amount), (target, amount))]
