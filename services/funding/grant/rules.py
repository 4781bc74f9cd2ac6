"""Rules that several decisions about a grant share."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.funding import events as e
from services.funding.grant.parts import Share
from services.funding.grant.state import GRANT, GrantState
from services.funding.ledger import Cell, by_account_year
from services.funding.plan import due
from shared.kernel.decider import Reads
from shared.kernel.messages import Event
from shared.kernel.refusal import not_found, refused


def the_grant(command: Any) -> Reads:
    """What most decisions about a grant read: its own stream."""
    return ((GRANT, command.grant_id),)


def require_exists(grant: GrantState, field: str = "grant_id") -> None:
    """Raises Rejected NOT_FOUND when the grant was never awarded."""
    if not grant.exists:
        raise not_found(field)


def require_alive(grant: GrantState, field: str = "grant_id") -> None:
    """Raises Rejected NOT_FOUND, GRANT_LAPSED or GRANT_CLOSED: nothing is agreed or paid on such a grant.

    Source: Håndbog om tilskudsregler, /oekonomi/tilbageholdelse-bortfald-eller-tilbagebetaling.
    """
    require_exists(grant, field)
    figures = {"grant_id": grant.grant_id}
    if grant.lapsed:
        raise refused("GRANT_LAPSED", "The grant has lapsed; a new one must be awarded.", field, **figures)
    if grant.closed:
        raise refused("GRANT_CLOSED", "The grant is closed.", field, **figures)


def require_running(grant: GrantState, field: str = "grant_id") -> None:
    """Alive and accepted. Raises Rejected as `require_alive`, and NOT_ACCEPTED."""
    require_alive(grant, field)
    if not grant.accepted:
        message = "The recipient has not accepted the grant yet."
        raise refused("NOT_ACCEPTED", message, field, grant_id=grant.grant_id)


def due_of(grant: GrantState, on: date) -> dict[Cell, int]:
    """What may be paid to the grant on a day, in øre by cell; nothing while it may not be paid at all.

    Nor for a year whose accounts are approved: they could not account for it.
    """
    if grant.awarded_on is None or grant.awarded_on > on or not may_be_paid(grant):
        return {}
    due_now = due(grant.balances, grant.period_from, grant.period_to, grant.plan_months, on)
    settled = grant.approved_years()
    return {cell: amount for cell, amount in due_now.items() if cell.project_year not in settled}


def may_be_paid(grant: GrantState) -> bool:
    """Whether the grant is accepted, alive and not stopped."""
    return grant.accepted and not (grant.lapsed or grant.closed or grant.stops)


def require_payable(grant: GrantState, on: date, amount_oere: int, field: str) -> dict[Cell, int]:
    """What is due to the grant on a day, which must be at least the amount.

    Raises Rejected as `require_running`, PAYMENTS_STOPPED (causes), TOO_EARLY (earliest), or NOT_DUE when less is due
    by the plan (requested_oere, due_oere). Source: /oekonomi/udbetaling.
    """
    require_running(grant, field)
    figures = {"grant_id": grant.grant_id}
    if grant.stops:
        message = "Payments to the grant are stopped until what is overdue arrives or the office releases them."
        raise refused("PAYMENTS_STOPPED", message, field, causes=list(grant.stops), **figures)
    if grant.awarded_on is not None and on < grant.awarded_on:
        message = "Nothing is paid before the award takes effect."
        raise refused("TOO_EARLY", message, "effective_on", earliest=grant.awarded_on.isoformat(), **figures)
    due_now = due_of(grant, on)
    due_oere = sum(due_now.values())
    if amount_oere > due_oere:
        message = "More is to be paid than is due by the grant's plan and budget; pay due_oere or less."
        raise refused("NOT_DUE", message, field, requested_oere=amount_oere, due_oere=due_oere, **figures)
    return due_now


def stop_released(grant: GrantState, report_id: str, reason: str, on: date) -> list[Event]:
    """The release of the stop that the report's being late caused, if it did."""
    if report_id not in grant.stops:
        return []
    return [e.PaymentsReleased(grant_id=grant.grant_id, cause=report_id, reason=reason, effective_on=on)]


def pool_restored(grant: GrantState, amounts: dict[Cell, int], on: date) -> e.PoolRestored:
    """The amounts go back to the grant's pool, in the account-years that they came from."""
    draws = by_account_year(amounts)
    return e.PoolRestored(pool_id=grant.pool_id, grant_id=grant.grant_id, draws=draws, effective_on=on)


def cells(shares: tuple[Share, ...]) -> dict[Cell, int]:
    """The shares' amounts by cell."""
    sums: dict[Cell, int] = {}
    for share in shares:
        sums[share.cell] = sums.get(share.cell, 0) + share.amount_oere
    return sums
