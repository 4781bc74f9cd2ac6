"""Payments: one batch for all grants together each quarter, prepared by one person and approved by another."""

from __future__ import annotations

from datetime import date, timedelta

from services.demo.programme import Programme
from services.demo.script.office import DECIDER, PREPARER, Agenda, Office


def payments(programme: Programme) -> Agenda:
    """On each quarter's first day, on the days that grants' periods begin, and in the middle of each quarter what is
    still due: for a grant that was stopped, or whose payment came back."""
    frame = programme.programme
    days = {grant.period.start for grant in programme.grants}
    for year in range(frame.start.year, frame.end.year + 2):
        days |= {date(year, month, 1) for month in (1, 4, 7, 10)} | {date(year, month, 15) for month in (2, 5, 8, 11)}
    returned = {(row.grant, date(row.year, 7, 1)) for row in programme.deviations if row.kind == "payment_returned"}
    for day in sorted(days):
        yield from _batch(day, {grant_id for grant_id, returned_on in returned if returned_on == day})


def _batch(day: date, returned: set[str]) -> Agenda:
    """What is due on the day, if anything; the bank answers on the next."""
    batch_id = f"udbetaling-{day}"
    due: dict[str, int] = {}

    def order(office: Office) -> None:
        due.update(office.due())
        if not due:
            return
        lines = [
            {"payment_id": batch_id, "grant_id": grant_id, "amount_oere": amount} for grant_id, amount in due.items()
        ]
        office.do("prepare_payment_batch", on_behalf_of=PREPARER, batch_id=batch_id, lines=lines)
        total = {"batch_id": batch_id, "total_oere": sum(due.values())}
        office.do("approve_payment_batch", on_behalf_of=DECIDER, **total)

    def answer(office: Office) -> None:
        if due:
            answers = [_answer(batch_id, grant_id, grant_id in returned) for grant_id in due]
            office.do("record_bank_answers", batch_id=batch_id, answers=answers)

    yield day, order
    yield day + timedelta(days=1), answer


def _answer(batch_id: str, grant_id: str, returned: bool) -> dict[str, str]:
    named = {"payment_id": batch_id, "grant_id": grant_id, "reference": f"SIM-{batch_id}-{grant_id}"}
    if returned:
        return {**named, "outcome": "returned", "reason": "Simuleret: kontoen kunne ikke modtage beløbet."}
    return {**named, "outcome": "paid"}
