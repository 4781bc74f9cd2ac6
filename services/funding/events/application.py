"""What happens to calls and applications: who asked for money, how they were assessed, and what was decided."""

from __future__ import annotations

from datetime import date, datetime

from services.funding.events.values import Criterion, Expense, Financing, Score
from shared.kernel.messages import Event


class CallPublished(Event, type="funding.call_published", stream="call-{call_id}"):
    """Applications were called for, to be sent between two moments; `applicants` empty: every municipality."""

    call_id: str
    pool_id: str
    title: str
    purpose: str
    target_group: str
    applicants: tuple[str, ...]
    opens_at: datetime
    deadline_at: datetime
    decision_on: date
    period_from: date
    period_to: date
    frame_oere: int
    criteria: tuple[Criterion, ...]
    assessors_required: int
    effective_on: date


class CallExtended(Event, type="funding.call_extended", stream="call-{call_id}"):
    """The deadline of a call was put off."""

    call_id: str
    deadline_at: datetime
    reason: str
    effective_on: date


class CallClosed(Event, type="funding.call_closed", stream="call-{call_id}"):
    """The deadline of a call passed."""

    call_id: str
    deadline_at: datetime
    effective_on: date


class CallAwarded(Event, type="funding.call_awarded", stream="call-{call_id}"):
    """Part of a call's frame was awarded to an applicant."""

    call_id: str
    application_id: str
    grant_id: str
    amount_oere: int
    effective_on: date


class ApplicationSaved(Event, type="funding.application_saved", stream="application-{application_id}"):
    """An applicant saved a draft, whole; it replaces the one before."""

    application_id: str
    call_id: str
    municipality: str
    title: str
    description: str
    expenses: tuple[Expense, ...]
    financing: tuple[Financing, ...]
    copied_from: str | None
    at: datetime


class ApplicationSubmitted(Event, type="funding.application_submitted", stream="application-{application_id}"):
    """An application was sent, as it was last saved."""

    application_id: str
    call_id: str
    municipality: str
    applied_oere: int
    at: datetime


class ApplicationReopened(Event, type="funding.application_reopened", stream="application-{application_id}"):
    """The office gave an application back to its applicant, who may change and send it again until a moment."""

    application_id: str
    call_id: str
    reason: str
    until: datetime
    at: datetime


class ApplicationWithdrawn(Event, type="funding.application_withdrawn", stream="application-{application_id}"):
    """The applicant took the application back."""

    application_id: str
    call_id: str
    reason: str
    at: datetime


class ConflictDeclared(Event, type="funding.conflict_declared", stream="application-{application_id}"):
    """An assessor declared a conflict of interest (inhabilitet); what the assessor gave, if anything, no longer
    counts."""

    application_id: str
    call_id: str
    assessor: str
    reason: str
    at: datetime


class ApplicationAssessed(Event, type="funding.application_assessed", stream="application-{application_id}"):
    """An assessor gave points on every criterion; it replaces that assessor's earlier assessment."""

    application_id: str
    call_id: str
    assessor: str
    scores: tuple[Score, ...]
    comment: str
    at: datetime


class ApplicationRefused(Event, type="funding.application_refused", stream="application-{application_id}"):
    """An application was refused (afslag), with the reason."""

    application_id: str
    call_id: str
    municipality: str
    reason: str
    decided_by: str
    effective_on: date


class ApplicationAwarded(Event, type="funding.application_awarded", stream="application-{application_id}"):
    """An application led to a grant, of all or of a part of what was applied for."""

    application_id: str
    call_id: str
    grant_id: str
    municipality: str
    amount_oere: int
    reason: str
    decided_by: str | None
    effective_on: date
