"""What happens to a grant from its award to its closure; its payments, reports and repayments stand beside.

Each event names the grant's pool, initiative and municipality where other services count by them. Amounts are øre.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from services.funding.events.values import (
    BudgetLine,
    CarryOver,
    ChangeKind,
    Draw,
    Earmark,
    Posting,
    ReportDue,
    Track,
)
from shared.kernel.messages import Event


class GrantAwarded(Event, type="funding.grant_awarded", stream="grant-{grant_id}", schema_version=2):
    """A municipality was promised a grant (tilsagn), with a budget, in a period of which both days are included."""

    grant_id: str
    pool_id: str
    track: Track
    initiative: str
    municipality: str
    draws: tuple[Draw, ...]
    amount_oere: int
    budget: tuple[BudgetLine, ...]
    earmarks: tuple[Earmark, ...]
    plan_months: int
    application_id: str | None
    call_id: str | None
    reason: str | None
    period_from: date
    period_to: date
    postings: tuple[Posting, ...]
    effective_on: date


class GrantLetterIssued(Event, type="funding.grant_letter_issued", stream="grant-{grant_id}"):
    """The grant letter (tilskudsbrev) went out: to be accepted by a day, with conditions and reports owed."""

    grant_id: str
    letter: str
    accept_by: date
    conditions: tuple[str, ...]
    reports: tuple[ReportDue, ...]
    effective_on: date


class GrantAccepted(Event, type="funding.grant_accepted", stream="grant-{grant_id}"):
    """The recipient accepted the grant and its conditions; the project must have started by `start_by`."""

    grant_id: str
    start_by: date
    effective_on: date


class ProjectStarted(Event, type="funding.project_started", stream="grant-{grant_id}"):
    """The project began."""

    grant_id: str
    effective_on: date


class PeriodEnded(Event, type="funding.period_ended", stream="grant-{grant_id}"):
    """The grant's period is over: nothing more is spent on it."""

    grant_id: str
    period_to: date
    effective_on: date


class GrantLapsed(Event, type="funding.grant_lapsed", stream="grant-{grant_id}"):
    """A grant lapsed (bortfald); what had not been paid of it went back to its pool."""

    grant_id: str
    pool_id: str
    initiative: str
    municipality: str
    cause: Literal["not_accepted", "not_started"]
    draws: tuple[Draw, ...]
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


class GrantClosed(Event, type="funding.grant_closed", stream="grant-{grant_id}"):
    """A grant was closed; what had never been paid of it lapsed to its pool (`amount_oere`, perhaps nothing)."""

    grant_id: str
    pool_id: str
    initiative: str
    municipality: str
    draws: tuple[Draw, ...]
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


class ChangeRequested(Event, type="funding.change_requested", stream="grant-{grant_id}"):
    """The recipient applied for a change: which of the optional parts there is depends on `kind`."""

    grant_id: str
    change_id: str
    kind: ChangeKind
    reason: str
    period_to: date | None
    budget: tuple[BudgetLine, ...]
    carry_over: tuple[CarryOver, ...]
    effective_on: date


class ChangeApproved(Event, type="funding.change_approved", stream="grant-{grant_id}"):
    """A change was approved in writing; what it changes stands in the event after it."""

    grant_id: str
    change_id: str
    kind: ChangeKind
    decided_by: str
    reason: str
    effective_on: date


class ChangeRefused(Event, type="funding.change_refused", stream="grant-{grant_id}"):
    """A change was refused."""

    grant_id: str
    change_id: str
    kind: ChangeKind
    decided_by: str
    reason: str
    effective_on: date


class GrantProlonged(Event, type="funding.grant_prolonged", stream="grant-{grant_id}"):
    """The grant's period was made longer; the final accounts then cover it all, and are due as much later."""

    grant_id: str
    change_id: str
    period_to: date
    final_accounts: ReportDue | None
    effective_on: date


class BudgetRevised(Event, type="funding.budget_revised", stream="grant-{grant_id}"):
    """The grant has a new budget of the same amount; what had not been paid was moved to where it now belongs."""

    grant_id: str
    change_id: str
    pool_id: str
    initiative: str
    version: int
    budget: tuple[BudgetLine, ...]
    postings: tuple[Posting, ...]
    effective_on: date


class UnspentCarriedOver(Event, type="funding.unspent_carried_over", stream="grant-{grant_id}"):
    """Money that was paid and not spent may be spent in the next project year (overførsel)."""

    grant_id: str
    change_id: str
    pool_id: str
    initiative: str
    lines: tuple[CarryOver, ...]
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date


def _grant_awarded_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew no budget, no earmarks and no application; it was to be paid by the quarter."""
    later = {"application_id": None, "call_id": None, "reason": None}
    return data | {"budget": [], "earmarks": [], "plan_months": 3} | later


GRANT_UPCASTERS = {(GrantAwarded.event_type, 1): _grant_awarded_v2}
