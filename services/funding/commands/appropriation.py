"""Commands about appropriations, index series and pools."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.funding.commands.values import Currency, Draws, IndexPointRequest, SignedOere
from services.funding.events import Track
from shared.kernel.messages import BudgetYear, Command, Day, FinanceActAccount, Identifier, Oere, Text, Uuid


class RegisterAppropriation(Command):
    """Register what parliament voted for one budget year on an account; `act` says where (`FL 2027`)."""

    account: FinanceActAccount
    budget_year: BudgetYear
    amount_oere: Oere
    act: Text
    currency: Currency = "DKK"
    effective_on: Day


class AdjustAppropriation(Command):
    """Add to what was voted, or take away (a negative amount), by a deciding act; a correction of a wrong entry is an
    adjustment that names the wrong event's id in `corrects`."""

    account: FinanceActAccount
    budget_year: BudgetYear
    amount_oere: SignedOere
    act: Text
    corrects: Uuid | None = None
    effective_on: Day


class TransferAppropriation(Command):
    """Move an amount that no pool has drawn to another account or budget year, by a deciding act."""

    account: FinanceActAccount
    budget_year: BudgetYear
    to_account: FinanceActAccount
    to_budget_year: BudgetYear
    amount_oere: Oere
    act: Text
    effective_on: Day


class ImportIndexSeries(Command):
    """Import an index of prices or wages, a point for every year from the first to the last."""

    series_id: Identifier
    title: Text
    source: Text
    published_on: Day
    points: Annotated[tuple[IndexPointRequest, ...], Field(min_length=2, max_length=200)]
    effective_on: Day


class RegulateAppropriation(Command):
    """Regulate what was voted for a budget year by prices and wages, by a series' change between two years."""

    account: FinanceActAccount
    budget_year: BudgetYear
    series_id: Identifier
    from_year: BudgetYear
    to_year: BudgetYear
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


class ExtendPool(Command):
    """Draw more money into a pool, for a later call."""

    pool_id: Identifier
    draws: Draws
    effective_on: Day
