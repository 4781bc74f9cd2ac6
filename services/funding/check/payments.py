"""Payments of a grant, from the order to the bank's answer, and what it takes to stop, lapse and close it."""

from __future__ import annotations

from collections.abc import Callable

from services.funding.check.findings import Findings
from services.funding.check.grants import Grant
from services.funding.check.postings import Event


def check_course(grant: Grant, event: Event, findings: Findings) -> None:
    """Follow the grant's course: what an event of this kind needs to have happened, and what follows from it."""
    course = _COURSE.get(event.kind)
    if course is not None:
        course(grant, event, findings)


def _ordered(grant: Grant, event: Event, findings: Findings) -> None:
    _require_payable(grant, event, findings)
    _follow(grant, event, findings, None, "ordered", event.data["amount_oere"])


def _paid(grant: Grant, event: Event, findings: Findings) -> None:
    """Schema version 1 paid without an order."""
    if event.schema_version == 1:
        _require_payable(grant, event, findings)
    amount = event.data["amount_oere"]
    _follow(grant, event, findings, None if event.schema_version == 1 else "ordered", "paid", amount)
    grant.paid_out += amount


def _returned(grant: Grant, event: Event, findings: Findings) -> None:
    _follow(grant, event, findings, "ordered", "returned", event.data["amount_oere"])


def _corrected(grant: Grant, event: Event, findings: Findings) -> None:
    outcome, change = event.data["outcome"], event.data["paid_change_oere"]
    if outcome == "paid":
        _follow(grant, event, findings, "returned", "paid", change)
    else:
        _follow(grant, event, findings, "paid", outcome, -change)
    grant.paid_out += change


def _require_payable(grant: Grant, event: Event, findings: Findings) -> None:
    reasons = [reason for reason in ("lapsed", "closed") if getattr(grant, reason)]
    reasons += ["stopped"] if grant.stops else []
    reasons += [] if grant.accepted else ["not_accepted"]
    if reasons:
        figures = {"grant_id": event.data["grant_id"], "because": ", ".join(reasons)}
        findings.add(event.position, "NOT_PAYABLE", **figures, payment_id=event.data["payment_id"])


def _follow(grant: Grant, event: Event, findings: Findings, before: str | None, after: str, amount_oere: int) -> None:
    """A payment takes a step, with the amount that it was ordered with."""
    payment_id = event.data["payment_id"]
    was, ordered_oere = grant.payments.get(payment_id, (None, amount_oere))
    if (was, ordered_oere) != (before, amount_oere):
        figures = {"grant_id": event.data["grant_id"], "payment_id": payment_id, "was": was or "unknown", "is": after}
        findings.add(event.position, "PAYMENT", **figures, ordered_oere=ordered_oere, amount_oere=amount_oere)
    grant.payments[payment_id] = (after, amount_oere)


def _accepted(grant: Grant, _event: Event, _findings: Findings) -> None:
    grant.accepted = True


def _stopped(grant: Grant, event: Event, _findings: Findings) -> None:
    grant.stops.add(event.data["cause"])


def _released(grant: Grant, event: Event, _findings: Findings) -> None:
    grant.stops.discard(event.data["cause"])


def _lapsed(grant: Grant, _event: Event, _findings: Findings) -> None:
    grant.lapsed = True


def _closed(grant: Grant, event: Event, findings: Findings) -> None:
    left = grant.standing("committed", "payable", "paid")
    settled = grant.standing("accounted_for", "carried_over", "repaid", "receivable", "waived")
    if left or settled != grant.paid_out:
        figures = {"left_oere": left, "settled_oere": settled, "paid_out_oere": grant.paid_out}
        findings.add(event.position, "NOT_SETTLED", grant_id=event.data["grant_id"], **figures)
    grant.close()


_COURSE: dict[str, Callable[[Grant, Event, Findings], None]] = {
    "grant_accepted": _accepted,
    "payment_ordered": _ordered,
    "instalment_paid": _paid,
    "payment_returned": _returned,
    "bank_answer_corrected": _corrected,
    "payments_stopped": _stopped,
    "payments_released": _released,
    "grant_lapsed": _lapsed,
    "grant_closed": _closed,
}
