"""Commands about calls and applications, up to the award.

`at` is the moment at which the portal received what the applicant sent: a deadline is a day and an hour.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.funding.commands.values import (
    MAX_BUDGET_LINES,
    Attributed,
    BudgetLines,
    CriterionRequest,
    Currency,
    Draws,
    Earmarks,
    ExpenseRequest,
    FinancingRequest,
    Prose,
    ScoreRequest,
)
from shared.kernel.messages import Command, Day, Identifier, Moment, MunicipalityCode, Oere, Text, visible_lines


class PublishCall(Command):
    """Call for applications to a pool (ansøgningsrunde). `applicants` empty: every municipality may apply; the frame is
    the most that the call's awards may add up to."""

    call_id: Identifier
    pool_id: Identifier
    title: Text
    purpose: Prose
    target_group: Text
    applicants: Annotated[tuple[MunicipalityCode, ...], Field(max_length=98)] = ()
    opens_at: Moment
    deadline_at: Moment
    decision_on: Day
    period_from: Day
    period_to: Day
    frame_oere: Oere
    criteria: Annotated[tuple[CriterionRequest, ...], Field(min_length=1, max_length=20)]
    assessors_required: Annotated[int, Field(ge=1, le=10)] = 2
    effective_on: Day


class ExtendCall(Command):
    """Put off a call's deadline."""

    call_id: Identifier
    deadline_at: Moment
    reason: Text
    effective_on: Day


class SaveApplication(Command):
    """Save a draft, whole, as often as one likes; what is not filled in yet is left out. The first saving makes it."""

    application_id: Identifier
    call_id: Identifier
    municipality: MunicipalityCode
    title: Text
    description: Annotated[str, Field(max_length=20_000), AfterValidator(visible_lines)] = ""
    expenses: Annotated[tuple[ExpenseRequest, ...], Field(max_length=MAX_BUDGET_LINES)] = ()
    financing: Annotated[tuple[FinancingRequest, ...], Field(max_length=MAX_BUDGET_LINES)] = ()
    currency: Currency = "DKK"
    at: Moment


class CopyApplication(Command):
    """Begin a draft as a copy of an earlier application of the same municipality."""

    application_id: Identifier
    from_application_id: Identifier
    call_id: Identifier
    at: Moment


class SubmitApplication(Command):
    """Send an application as it was last saved."""

    application_id: Identifier
    at: Moment


class ReopenApplication(Command):
    """Give a submitted application back to its applicant, to be sent again before `until`."""

    application_id: Identifier
    reason: Text
    until: Moment
    at: Moment


class WithdrawApplication(Command):
    """Take an application back, before it is decided."""

    application_id: Identifier
    reason: Text
    at: Moment


class DeclareConflict(Attributed):
    """Declare that the person this is for is not impartial (inhabil) in an application."""

    application_id: Identifier
    reason: Text
    at: Moment


class AssessApplication(Attributed):
    """Give points on every criterion of the call, by the person this is for."""

    application_id: Identifier
    scores: Annotated[tuple[ScoreRequest, ...], Field(min_length=1, max_length=20)]
    comment: Prose
    at: Moment


class RefuseApplication(Attributed):
    """Refuse an application (afslag), saying why."""

    application_id: Identifier
    reason: Prose
    effective_on: Day


class AwardGrant(Command):
    """Promise a municipality a grant (tilsagn) from a pool, for a period; both of its days are included.

    With `application_id` it decides that application, and `reason` must say why. `budget` empty: the application's own
    where all of it is awarded, else one post `grant`, as much in each year as is drawn from it. `plan_months`: an
    instalment for every so many months of a calendar year, in advance.
    """

    grant_id: Identifier
    pool_id: Identifier
    municipality: MunicipalityCode
    draws: Draws
    budget: BudgetLines = ()
    earmarks: Earmarks = ()
    plan_months: Literal[1, 3, 6, 12] = 3
    application_id: Identifier | None = None
    reason: Prose | None = None
    currency: Currency = "DKK"
    period_from: Day
    period_to: Day
    effective_on: Day
