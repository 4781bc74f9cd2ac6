"""Unspent money, and what a lapsed grant was paid: claimed, and repaid or handed over (simulated)."""

from __future__ import annotations

from datetime import date, timedelta

from services.demo.rows import Deviation, Grant
from services.demo.script.office import DECIDER, Agenda, Office, act
from shared.kernel.calendar import add_months

CLAIM = "tilbagebetaling"


def unspent(grant: Grant, deviation: Deviation, accounts_on: date) -> Agenda:
    """What was not spent in the deviation's year and not carried over; what is too little to claim is waived."""
    day = accounts_on + timedelta(days=31)
    match deviation.kind:
        case "repaid" | "carry_over_refused":
            yield from _claimed(grant, day, "unspent")
            yield from _repaid(grant, day)
        case "handed_over":
            yield from _claimed(grant, day, "unspent")
            yield act(day + timedelta(days=60), "hand_over_claim", grant_id=grant.id, claim_id=CLAIM)
        case "waived":
            yield from _claim(grant, day, "unspent")


def lapsed(grant: Grant) -> Agenda:
    """What was paid to a grant whose project never began, claimed when the calendar has let it lapse."""
    day = add_months(grant.period.start, 7) + timedelta(days=14)
    yield from _claimed(grant, day, "lapsed")
    yield from _repaid(grant, day)


def _claim(grant: Grant, day: date, cause: str) -> Agenda:
    reason = "Simuleret krav."
    named = {"grant_id": grant.id, "claim_id": CLAIM}
    yield act(day, "claim_repayment", **named, cause=cause, reason=reason, on_behalf_of=DECIDER)


def _claimed(grant: Grant, day: date, cause: str) -> Agenda:
    """Claimed, and invoiced on the next day."""
    yield from _claim(grant, day, cause)
    due_on = (day + timedelta(days=30)).isoformat()
    invoice = {"grant_id": grant.id, "claim_id": CLAIM, "invoice": f"SIM-{grant.id}", "due_on": due_on}
    yield act(day + timedelta(days=1), "invoice_repayment", **invoice)


def _repaid(grant: Grant, day: date) -> Agenda:
    """All of it, before the invoice's day."""

    def record(office: Office) -> None:
        [claim] = office.grant(grant.id).claims
        receipt = {"grant_id": grant.id, "claim_id": CLAIM, "receipt": f"sim-{grant.id}"}
        office.do("record_repayment", **receipt, amount_oere=claim.owed_oere)

    yield day + timedelta(days=20), record
