"""What a caller may ask of the fund: commands and queries.

Every field is checked by its type before anything is decided; a field that is wrong is refused by its name
(INPUT_INVALID). Amounts are øre.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.funding.events import Draw, Track
from shared.kernel.messages import (
    BudgetYear,
    Command,
    Day,
    FinanceActAccount,
    Identifier,
    MunicipalityCode,
    Oere,
    Query,
    RequestPart,
    Text,
)

MAX_DRAWS = 50
"""A pool or a grant is financed by at most this many account-years."""


class DrawRequest(RequestPart):
    """An amount wanted from one account-year of the finance act."""

    account: FinanceActAccount
    budget_year: BudgetYear
    amount_oere: Oere

    def as_draw(self) -> Draw:
        """The same as the part of an event."""
        return Draw(account=self.account, budget_year=self.budget_year, amount_oere=self.amount_oere)


Draws = Annotated[tuple[DrawRequest, ...], Field(min_length=1, max_length=MAX_DRAWS)]


class RegisterAppropriation(Command):
    """Register what parliament voted for one budget year on an account; `act` says where (`FL 2027`)."""

    account: FinanceActAccount
    budget_year: BudgetYear
    amount_oere: Oere
    act: Text
    effective_on: Day


class OpenPool(Command):
    """Open a pool (pulje) under a track and an initiative, with money drawn from account-years."""

    pool_id: Identifier
    track: Track
    initiative: Identifier
    title: Text
    draws: Draws
    effective_on: Day


class AwardGrant(Command):
    """Promise a municipality a grant (tilsagn) from a pool, for a period; both of its days are included."""

    grant_id: Identifier
    pool_id: Identifier
    municipality: MunicipalityCode
    draws: Draws
    period_from: Day
    period_to: Day
    effective_on: Day


class PayInstalment(Command):
    """Pay part of a grant from one account-year; `payment_id` is the payer's own name for the payment."""

    grant_id: Identifier
    payment_id: Identifier
    account: FinanceActAccount
    budget_year: BudgetYear
    amount_oere: Oere
    effective_on: Day


class TrialBalance(Query):
    """What stands on every ledger account, per account-year; the whole adds up to nought."""


class GrantStatement(Query):
    """One grant: what was awarded, paid and left, with its payments."""

    grant_id: Identifier


class Position(Query):
    """Voted, pooled, committed and paid per account-year: how far each appropriation has been used."""
