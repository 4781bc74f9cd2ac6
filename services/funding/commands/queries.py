"""What a caller may ask of the fund."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from services.funding.events import LedgerAccount
from shared.kernel.messages import BudgetYear, Day, FinanceActAccount, Identifier, Moment, MunicipalityCode, Query

Limit = Annotated[int, Field(ge=1, le=1000)]
LogPosition = Annotated[int, Field(ge=0, le=2**53)]
Dimension = Literal[
    "ledger_account", "account", "budget_year", "initiative", "pool_id", "grant_id", "post", "project_year", "earmark"
]
"""What balances are kept by."""


class LedgerQuery(Query):
    """A question to the ledger. `as_of` a position, or a moment of recording: what did we know then; `as_at` a day:
    what was true by then. Without them: everything that is recorded."""

    as_of: LogPosition | Moment | None = None
    as_at: Day | None = None


class TrialBalance(LedgerQuery):
    """What stands on every ledger account, per account-year; the whole adds up to nought."""


class Balances(LedgerQuery):
    """Balances by the dimensions in `by`, of the postings that match the others."""

    by: Annotated[tuple[Dimension, ...], Field(min_length=1, max_length=9)] = ("ledger_account",)
    ledger_account: LedgerAccount | None = None
    account: FinanceActAccount | None = None
    budget_year: BudgetYear | None = None
    initiative: Identifier | None = None
    pool_id: Identifier | None = None
    grant_id: Identifier | None = None
    post: Identifier | None = None
    earmark: Identifier | None = None


class Position(LedgerQuery):
    """Voted, pooled, committed, paid, accounted for and owed per account-year: how far each appropriation is used."""


class GrantStatement(LedgerQuery):
    """One grant's postings, line by line, each naming its event, with what is left to pay."""

    grant_id: Identifier


class Journal(Query):
    """The journal's lines after a position, whole events at a time."""

    after: LogPosition = 0
    limit: Limit = 500


class Calls(Query):
    """The calls, of one pool if named, in order of deadline."""

    pool_id: Identifier | None = None


class Applications(Query):
    """The applications of a call, with their status; of one municipality if named."""

    call_id: Identifier
    municipality: MunicipalityCode | None = None


class Application(Query):
    """One application as it stands: draft, status, assessments and decision."""

    application_id: Identifier


class RankedList(Query):
    """The submitted applications of a call in order of their weighted points."""

    call_id: Identifier


class Grants(Query):
    """The grants with their status, of one pool or municipality if named."""

    pool_id: Identifier | None = None
    municipality: MunicipalityCode | None = None


class Grant(Query):
    """One grant as it stands: budget, earmarks, letter, reports, changes, payments, claims and balances."""

    grant_id: Identifier


class GrantLetter(Query):
    """The text of a grant's letter, in Danish or English."""

    grant_id: Identifier
    language: Literal["da", "en"] = "da"


class DueInstalments(Query):
    """What is due to each grant on a day, by its plan, its last approved budget and what has been ordered."""

    on: Day


class PaymentBatch(Query):
    """One batch with its payments and the bank's answers."""

    batch_id: Identifier


class Deadlines(Query):
    """The deadlines that have not been met, up to and including a day."""

    until: Day
    limit: Limit = 500
