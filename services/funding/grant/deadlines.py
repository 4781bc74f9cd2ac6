"""A grant's deadlines pass: facts of the calendar, so that a replay never asks the clock.

What passes takes effect the day after the deadline, whenever it is noticed.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from services.funding import events as e
from services.funding.commands import PassDeadline
from services.funding.grant.parts import find
from services.funding.grant.repayment import grants_pool
from services.funding.grant.rules import pool_restored, require_exists, the_grant
from services.funding.grant.state import GrantState
from services.funding.ledger import by_account_year, restored
from services.funding.pool import PoolState
from shared.kernel.calendar import day_after
from shared.kernel.decider import Decider
from shared.kernel.messages import Event
from shared.kernel.refusal import refused


def decide_deadline(grant: GrantState, _pool: PoolState, command: PassDeadline) -> list[Event]:
    """Let a deadline pass; nothing, when it was met or has passed already.

    Raises Rejected NOT_FOUND, or NOT_DUE (due_on) when its day is not over yet.
    """
    require_exists(grant)
    if command.deadline != "invoice" and (grant.lapsed or grant.closed):
        return []
    match command.deadline:
        case "acceptance":
            return _acceptance(grant, command)
        case "start":
            return _start(grant, command)
        case "period":
            return _period(grant, command)
        case "report":
            return _report(grant, command)
        case "invoice":
            return _invoice(grant, command)


def _passed(due_on: date, command: PassDeadline) -> date:
    """The day after `due_on`, which must have been reached."""
    if command.effective_on <= due_on:
        message = "The deadline's day is not over."
        raise refused("NOT_DUE", message, "effective_on", due_on=due_on.isoformat())
    return day_after(due_on)


def _acceptance(grant: GrantState, command: PassDeadline) -> list[Event]:
    """A grant that was not accepted by its letter's day lapses (/oekonomi/udbetaling)."""
    if grant.accepted or grant.accept_by is None:
        return []
    return _lapse(grant, "not_accepted", _passed(grant.accept_by, command))


def _start(grant: GrantState, command: PassDeadline) -> list[Event]:
    """A grant whose project did not begin in time lapses (/projektperiode-og-tilskuddets-anvendelse).

    Not while a payment is on its way: the bank's answer comes first, and the calendar asks again.
    """
    if grant.started or grant.start_by is None or grant.total("payable"):
        return []
    return _lapse(grant, "not_started", _passed(grant.start_by, command))


def _lapse(grant: GrantState, cause: Literal["not_accepted", "not_started"], on: date) -> list[Event]:
    unpaid = grant.standing("committed")
    lapsed = e.GrantLapsed(
        grant_id=grant.grant_id,
        pool_id=grant.pool_id,
        initiative=grant.initiative,
        municipality=grant.municipality,
        cause=cause,
        draws=by_account_year(unpaid),
        amount_oere=sum(unpaid.values()),
        postings=restored("committed", "lapsed", unpaid),
        effective_on=on,
    )
    return [lapsed, pool_restored(grant, unpaid, on)] if unpaid else [lapsed]


def _period(grant: GrantState, command: PassDeadline) -> list[Event]:
    if grant.period_ended:
        return []
    on = _passed(grant.period_to, command)
    return [e.PeriodEnded(grant_id=grant.grant_id, period_to=grant.period_to, effective_on=on)]


def _report(grant: GrantState, command: PassDeadline) -> list[Event]:
    """A late report stops all payments (/oekonomi/udbetaling)."""
    report = find(grant.reports, command.reference, "reference")
    if report.status not in ("owed", "sent_back"):
        return []
    on = _passed(report.due.due_on, command)
    overdue = e.ReportOverdue(
        grant_id=grant.grant_id,
        report_id=report.due.report_id,
        kind=report.due.kind,
        due_on=report.due.due_on,
        effective_on=on,
    )
    stopped = e.PaymentsStopped(
        grant_id=grant.grant_id, cause=report.due.report_id, reason="the report is overdue", effective_on=on
    )
    return [overdue, stopped]


def _invoice(grant: GrantState, command: PassDeadline) -> list[Event]:
    claim = find(grant.claims, command.reference, "reference")
    if claim.status != "invoiced" or claim.due_on is None:
        return []
    on = _passed(claim.due_on, command)
    return [e.InvoiceOverdue(grant_id=grant.grant_id, claim_id=claim.claim_id, due_on=claim.due_on, effective_on=on)]


PASS_DEADLINE = Decider(PassDeadline, reads=the_grant, decide=decide_deadline, also_reads=grants_pool)
