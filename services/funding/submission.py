"""Sending an application, giving it back to its applicant, and taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.funding.application import (
    APPLICATION,
    SOURCE_GRANT,
    ApplicationState,
    require_in_time,
    require_status,
)
from services.funding.budget import project_years
from services.funding.call import CALL, CallState
from services.funding.commands import ReopenApplication, SubmitApplication, WithdrawApplication
from services.funding.events import (
    ApplicationReopened,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    Expense,
    Financing,
)
from shared.kernel.decider import Decider, Reads
from shared.kernel.messages import Command, Event
from shared.kernel.refusal import refused


def decide_submission(state: ApplicationState, call: CallState, command: SubmitApplication) -> list[Event]:
    """Send an application as it was last saved; one that was reopened is sent again.

    Raises Rejected NOT_FOUND, APPLICATION_NOT_OPEN (status), CALL_NOT_OPEN, DEADLINE_PASSED, INCOMPLETE (no
    description), or what `require_budget` raises.
    """
    require_status(state, "APPLICATION_NOT_OPEN", "draft", "reopened")
    require_in_time(state, call, command.at)
    if not state.description.strip():
        raise refused("INCOMPLETE", "Describe the project before you send the application.", "description")
    require_budget(state.expenses, state.financing, project_years(call.period_from, call.period_to))
    return [
        ApplicationSubmitted(
            application_id=command.application_id,
            call_id=state.call_id,
            municipality=state.municipality,
            applied_oere=state.applied_oere,
            at=command.at,
        )
    ]


def require_budget(expenses: Sequence[Expense], financing: Sequence[Financing], years: range) -> None:
    """Refuse the budget of an application that is not in order.

    Raises Rejected DUPLICATE_POST (post, project_year), YEAR_OUTSIDE_PERIOD (project_year, first_year, last_year),
    BUDGET_UNBALANCED (post, project_year, expenses_oere, financing_oere) or NOTHING_APPLIED_FOR. Source: "must balance
    exactly: sum of financing = budgeted expenses; no over/under-budgeting; periodised"
    (Håndbog om tilskudsregler, /finansiering-af-projekter).
    """
    _require_distinct(expenses)
    _require_years("expenses", expenses, years)
    _require_years("financing", financing, years)
    _require_balance(expenses, financing)
    if not any(line.source == SOURCE_GRANT for line in financing):
        message = f"Nothing is applied for: give a line of financing the source `{SOURCE_GRANT}`."
        raise refused("NOTHING_APPLIED_FOR", message, "financing")


def _require_distinct(expenses: Sequence[Expense]) -> None:
    seen: set[tuple[str, int]] = set()
    for index, line in enumerate(expenses):
        if (line.post, line.project_year) in seen:
            message = "A post may stand once for each project year; add the amounts up."
            figures = {"post": line.post, "project_year": line.project_year}
            raise refused("DUPLICATE_POST", message, f"expenses.{index}.post", **figures)
        seen.add((line.post, line.project_year))


def _require_years(name: str, lines: Sequence[Expense | Financing], years: range) -> None:
    for index, line in enumerate(lines):
        if line.project_year not in years:
            message = "The project year is not in the call's period."
            figures = {"project_year": line.project_year, "first_year": years.start, "last_year": years.stop - 1}
            raise refused("YEAR_OUTSIDE_PERIOD", message, f"{name}.{index}.project_year", **figures)


def _require_balance(expenses: Sequence[Expense], financing: Sequence[Financing]) -> None:
    """Refuse a post that is not financed in a project year, or more than it costs, to the øre."""
    spent, financed = _sums(expenses), _sums(financing)
    for post, project_year in sorted({*spent, *financed}):
        expenses_oere, financing_oere = spent[post, project_year], financed[post, project_year]
        if expenses_oere != financing_oere:
            raise refused(
                "BUDGET_UNBALANCED",
                "Each post's financing must add up to its expenses in every project year, to the øre.",
                "financing",
                post=post,
                project_year=project_year,
                expenses_oere=expenses_oere,
                financing_oere=financing_oere,
            )


def _sums(lines: Sequence[Expense | Financing]) -> Counter[tuple[str, int]]:
    """Øre by post and project year; nought for one that isn't there."""
    sums: Counter[tuple[str, int]] = Counter()
    for line in lines:
        sums[line.post, line.project_year] += line.amount_oere
    return sums


def decide_reopening(state: ApplicationState, command: ReopenApplication) -> list[Event]:
    """Give a submitted application back to be changed and sent again; what was assessed of it no longer counts.

    One that was reopened and not sent again in time may be reopened again.

    Raises Rejected NOT_FOUND, APPLICATION_NOT_SUBMITTED (status), or DEADLINE_NOT_LATER (until, at) when it would end
    before it begins.
    """
    require_status(state, "APPLICATION_NOT_SUBMITTED", "submitted", "reopened")
    if command.until <= command.at:
        moments = {"until": command.until.isoformat(), "at": command.at.isoformat()}
        raise refused("DEADLINE_NOT_LATER", "Reopen it until a later moment than it is now.", "until", **moments)
    return [
        ApplicationReopened(
            application_id=command.application_id,
            call_id=state.call_id,
            reason=command.reason,
            until=command.until,
            at=command.at,
        )
    ]


def decide_withdrawal(state: ApplicationState, command: WithdrawApplication) -> list[Event]:
    """Take an application back before it is decided.

    Raises Rejected NOT_FOUND or APPLICATION_NOT_OPEN (status).
    """
    require_status(state, "APPLICATION_NOT_OPEN", "draft", "submitted", "reopened")
    return [
        ApplicationWithdrawn(
            application_id=command.application_id, call_id=state.call_id, reason=command.reason, at=command.at
        )
    ]


def its_call(state: ApplicationState, command: Command) -> Reads:
    """The call that the application is for; nothing is read of it when there is no such application."""
    return ((CALL, state.call_id),)


SUBMIT_APPLICATION = Decider(
    SubmitApplication,
    reads=lambda command: ((APPLICATION, command.application_id),),
    decide=decide_submission,
    also_reads=its_call,
)
REOPEN_APPLICATION = Decider(
    ReopenApplication, reads=lambda command: ((APPLICATION, command.application_id),), decide=decide_reopening
)
WITHDRAW_APPLICATION = Decider(
    WithdrawApplication, reads=lambda command: ((APPLICATION, command.application_id),), decide=decide_withdrawal
)
