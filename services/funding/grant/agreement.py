"""From award to running project: letter, acceptance, start, plan and stops.

Sources: Håndbog om tilskudsregler, /oekonomi/udbetaling (acceptance, payments) and
/projektperiode-og-tilskuddets-anvendelse (start).
"""

from __future__ import annotations

from collections.abc import Sequence

from services.funding import events as e
from services.funding.budget import project_years
from services.funding.commands import (
    AcceptGrant,
    ChangePaymentPlan,
    IssueGrantLetter,
    ReleasePayments,
    ReportRequest,
    StartProject,
    StopPayments,
)
from services.funding.grant.rules import require_alive, require_running, the_grant
from services.funding.grant.state import GrantState
from shared.kernel.calendar import add_months
from shared.kernel.decider import Decider
from shared.kernel.messages import Event
from shared.kernel.refusal import refused

MONTHS_TO_START = 6
"""A grant lapses when its project has not started within so many months of its period's first day."""
OFFICE = "office"
"""The cause of a stop that the office decided itself."""


def decide_letter(grant: GrantState, command: IssueGrantLetter) -> list[Event]:
    """Send the grant letter.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, ALREADY_ISSUED, DEADLINE_REVERSED (accept_by before the
    letter), DUPLICATE_REPORT, FINAL_ACCOUNTS_MISSING when not exactly one of the reports is the final accounts, or
    YEARS_NOT_COVERED when the accounts together do not cover each year of the period once (first_year, last_year).
    """
    require_alive(grant)
    if grant.accept_by is not None or grant.accepted:
        raise refused("ALREADY_ISSUED", "The grant has its letter.", "grant_id")
    if command.accept_by < command.effective_on:
        raise refused("DEADLINE_REVERSED", "The grant cannot be accepted before its letter goes out.", "accept_by")
    _require_reports(command.reports, project_years(grant.period_from, grant.period_to))
    return [
        e.GrantLetterIssued(
            grant_id=command.grant_id,
            letter=command.letter,
            accept_by=command.accept_by,
            conditions=command.conditions,
            reports=tuple(e.ReportDue(**report.model_dump()) for report in command.reports),
            effective_on=command.effective_on,
        )
    ]


def _require_reports(reports: Sequence[ReportRequest], years: range) -> None:
    """Every øre of every year is accounted for, once."""
    names = [report.report_id for report in reports]
    for index, name in enumerate(names):
        if name in (OFFICE, *names[:index]):
            message = "This name is another report's, or that of the office's own stops; choose another."
            raise refused("DUPLICATE_REPORT", message, f"reports.{index}.report_id")
    if [report.kind for report in reports if report.final] != ["accounts"]:
        message = "Exactly one of the reports must be the final accounts."
        raise refused("FINAL_ACCOUNTS_MISSING", message, "reports")
    covered = sorted(year for report in reports if report.kind == "accounts" for year in report.project_years)
    if covered != list(years):
        message = "The accounts together must cover every year of the grant's period once, and no other."
        figures = {"first_year": years.start, "last_year": years.stop - 1, "covered": covered}
        raise refused("YEARS_NOT_COVERED", message, "reports", **figures)


def decide_acceptance(grant: GrantState, command: AcceptGrant) -> list[Event]:
    """Accept the grant.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, NO_LETTER, ALREADY_ACCEPTED, or ACCEPTANCE_LATE (accept_by):
    a grant that is not accepted by its letter's day lapses.
    """
    require_alive(grant)
    if grant.accepted:
        raise refused("ALREADY_ACCEPTED", "The grant has been accepted.", "grant_id")
    if grant.accept_by is None:
        raise refused("NO_LETTER", "The grant letter has not been sent yet.", "grant_id")
    if command.effective_on > grant.accept_by:
        message = "The grant had to be accepted by accept_by, and lapses."
        raise refused("ACCEPTANCE_LATE", message, "effective_on", accept_by=grant.accept_by.isoformat())
    start_by = add_months(grant.period_from, MONTHS_TO_START)
    return [e.GrantAccepted(grant_id=command.grant_id, start_by=start_by, effective_on=command.effective_on)]


def decide_start(grant: GrantState, command: StartProject) -> list[Event]:
    """Note that the project began.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, NOT_ACCEPTED, ALREADY_STARTED, TOO_EARLY (earliest: the
    period's first day), or STARTED_LATE (start_by).
    """
    require_running(grant)
    if grant.started:
        raise refused("ALREADY_STARTED", "The project has begun.", "grant_id")
    if command.effective_on < grant.period_from:
        message = "The project begins in the grant's period; what it costs before is not covered."
        raise refused("TOO_EARLY", message, "effective_on", earliest=grant.period_from.isoformat())
    if grant.start_by is not None and command.effective_on > grant.start_by:
        message = "The project had to begin by start_by, and the grant lapses."
        raise refused("STARTED_LATE", message, "effective_on", start_by=grant.start_by.isoformat())
    return [e.ProjectStarted(grant_id=command.grant_id, effective_on=command.effective_on)]


def decide_plan(grant: GrantState, command: ChangePaymentPlan) -> list[Event]:
    """Pay in other instalments. Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, or NO_CHANGE."""
    require_alive(grant)
    if command.plan_months == grant.plan_months:
        raise refused("NO_CHANGE", "The grant is paid by this plan already.", "plan_months")
    return [
        e.PaymentPlanChanged(
            grant_id=command.grant_id,
            plan_months=command.plan_months,
            reason=command.reason,
            effective_on=command.effective_on,
        )
    ]


def decide_stop(grant: GrantState, command: StopPayments) -> list[Event]:
    """Stop payments. Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, or ALREADY_STOPPED."""
    require_alive(grant)
    if OFFICE in grant.stops:
        raise refused("ALREADY_STOPPED", "The office has stopped payments to this grant.", "grant_id")
    stopped = e.PaymentsStopped(
        grant_id=command.grant_id, cause=OFFICE, reason=command.reason, effective_on=command.effective_on
    )
    return [stopped]


def decide_release(grant: GrantState, command: ReleasePayments) -> list[Event]:
    """Release the office's stop. Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, or NOT_STOPPED."""
    require_alive(grant)
    if OFFICE not in grant.stops:
        message = "The office has not stopped payments; a stop for a report is released by the report."
        raise refused("NOT_STOPPED", message, "grant_id", causes=list(grant.stops))
    released = e.PaymentsReleased(
        grant_id=command.grant_id, cause=OFFICE, reason=command.reason, effective_on=command.effective_on
    )
    return [released]


ISSUE_GRANT_LETTER = Decider(IssueGrantLetter, reads=the_grant, decide=decide_letter)
ACCEPT_GRANT = Decider(AcceptGrant, reads=the_grant, decide=decide_acceptance)
START_PROJECT = Decider(StartProject, reads=the_grant, decide=decide_start)
CHANGE_PAYMENT_PLAN = Decider(ChangePaymentPlan, reads=the_grant, decide=decide_plan)
STOP_PAYMENTS = Decider(StopPayments, reads=the_grant, decide=decide_stop)
RELEASE_PAYMENTS = Decider(ReleasePayments, reads=the_grant, decide=decide_release)
