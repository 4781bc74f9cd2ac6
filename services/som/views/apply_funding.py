"""What a case costs, from the events of the fund.

An award is a commitment and is counted whole from the day it is made; paying it out moves it from what is budgeted to
what is known. What lapses, is never paid or comes back is a cost no more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select

from services.funding.events import (
    BankAnswerCorrected,
    BudgetRevised,
    GrantAwarded,
    GrantClosed,
    GrantLapsed,
    InstalmentPaid,
    LedgerAccount,
    Posting,
    RepaymentReceived,
    UnspentCarriedOver,
)
from services.som.live import GRANT
from services.som.views import behind
from services.som.views.apply_applications import APPLYING, apply_application
from services.som.views.tables import CaseKey, som_application, som_case, som_grant, som_money
from shared.eventstore import upsert
from shared.eventstore.store import Recorded

FUNDING = (
    *APPLYING,
    GrantAwarded,
    BudgetRevised,
    InstalmentPaid,
    BankAnswerCorrected,
    UnspentCarriedOver,
    GrantLapsed,
    GrantClosed,
    RepaymentReceived,
)
"""The events of the fund that are of use here."""

BUDGETED: tuple[LedgerAccount, ...] = ("committed", "payable")
PAID: tuple[LedgerAccount, ...] = ("paid", "carried_over", "accounted_for", "receivable", "waived")
"""The ledger accounts of a grant's money that is still promised, and of that which was paid and not given back."""

Cell = tuple[str, str, int, int]
"""Financing, post, project year and budget year."""

_GRANT = select(som_grant).where(som_grant.c.grant_id == bindparam("of_grant"))
_LINES = select(som_application.c.lines).where(som_application.c.application_id == bindparam("of_application"))


def apply_funding(connection: Connection, events: Iterable[Recorded]) -> set[CaseKey]:
    """Note awards, payments, new budgets, what goes back, and applications, in order; returns the cases touched: an
    application touches none."""
    touched: list[tuple[CaseKey, str, int]] = []
    for recorded in events:
        event = recorded.event
        if isinstance(event, APPLYING):
            apply_application(connection, event)
            continue
        match event:
            case GrantAwarded():
                _note_award(connection, event)
            case BudgetRevised() | UnspentCarriedOver():
                pass
            case InstalmentPaid() | BankAnswerCorrected() | GrantLapsed() | GrantClosed() | RepaymentReceived():
                pass
            case _:
                continue
        grant = connection.execute(_GRANT, {"of_grant": event.grant_id}).first()
        if grant is None:
            continue
        case = (event.initiative, grant.municipality)
        cells = _posted(event.postings)
        if isinstance(event, GrantAwarded | GrantLapsed):
            cells |= _own_cells(connection, grant.application_id, 1 if isinstance(event, GrantAwarded) else -1)
        _add(connection, case, cells)
        touched.append((case, "costs", recorded.position))
    behind.note(connection, "funding", touched)
    return {case for case, _, _ in touched}


def _note_award(connection: Connection, event: GrantAwarded) -> None:
    case = {"initiative": event.initiative, "municipality": event.municipality}
    stream_id = f"case-{event.initiative}.{event.municipality}"
    upsert.keep(connection, som_case, [{**case, "stream_id": stream_id, "decision_date": event.effective_on}])
    grant = event.model_dump(include={"grant_id", "pool_id", "municipality", "application_id"})
    upsert.keep(connection, som_grant, [grant])


def _posted(postings: Iterable[Posting]) -> dict[Cell, tuple[int, int]]:
    """What the postings add to the money that is budgeted, and to that which is paid."""
    budgeted, paid = Counter[Cell](), Counter[Cell]()
    for posting in postings:
        sums = budgeted if posting.ledger_account in BUDGETED else paid if posting.ledger_account in PAID else None
        if sums is not None:
            # Before budgets were kept, money was spent in the year it was voted for.
            year = posting.budget_year if posting.project_year is None else posting.project_year
            sums[GRANT, posting.post or "", year, posting.budget_year] += posting.amount_oere
    return {cell: (budgeted[cell], paid[cell]) for cell in {*budgeted, *paid}}


def _own_cells(connection: Connection, application_id: str | None, sign: int) -> dict[Cell, tuple[int, int]]:
    """What the applicant pays itself, beside the grant: a plan, of which nobody tells what came of it."""
    lines = connection.execute(_LINES, {"of_application": application_id}).scalar() if application_id else None
    sums = Counter[Cell]()
    for post, year, source, amount in json.loads(lines or "[]"):
        if source != GRANT:
            sums[source, post, year, year] += sign * amount
    return {cell: (amount, 0) for cell, amount in sums.items()}


def _add(connection: Connection, case: CaseKey, cells: dict[Cell, tuple[int, int]]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "initiative": case[0],
            "municipality": case[1],
            "financing": financing,
            "post": post,
            "project_year": project_year,
            "budget_year": budget_year,
            "budgeted_oere": budgeted,
            "paid_oere": paid,
        }
        for (financing, post, project_year, budget_year), (budgeted, paid) in cells.items()
        if budgeted or paid
    ]
    upsert.add(connection, som_money, rows)
