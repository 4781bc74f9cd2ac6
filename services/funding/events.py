"""What happens to the money: the facts of the fund ledger.

Every money event carries the postings it makes; they add up to nought. Amounts are øre.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from shared.kernel.messages import Event, Value

Track = Literal["development", "dissemination", "data"]
"""Udviklingsspor, udbredelsesspor, dataspor."""

LedgerAccount = Literal["voted", "appropriated", "pooled", "committed", "paid"]
"""Where a krone stands: voted by parliament (the counter-account), appropriated and free, pooled, committed to a
grant, paid out."""


class Posting(Value):
    """One line of the journal: `amount_oere` is a debit when positive, a credit when negative."""

    ledger_account: LedgerAccount
    account: str
    budget_year: int
    amount_oere: int


class Draw(Value):
    """An amount taken from one account-year of the finance act."""

    account: str
    budget_year: int
    amount_oere: int


class AppropriationRegistered(Event, type="funding.appropriation_registered", stream="appropriation-{account}"):
    """Parliament voted an amount for one budget year on a finance-act account."""

    account: str
    budget_year: int
    amount_oere: int
    act: str
    postings: tuple[Posting, ...]
    effective_on: date


class AppropriationDrawn(Event, type="funding.appropriation_drawn", stream="appropriation-{account}"):
    """A pool reserved part of an account's appropriation; `draws` are all on this account."""

    account: str
    pool_id: str
    draws: tuple[Draw, ...]
    effective_on: date


class PoolOpened(Event, type="funding.pool_opened", stream="pool-{pool_id}"):
    """A pool opened under a track and an initiative, with what it draws from each account-year."""

    pool_id: str
    track: Track
    initiative: str
    title: str
    draws: tuple[Draw, ...]
    postings: tuple[Posting, ...]
    effective_on: date


class PoolCommitted(Event, type="funding.pool_committed", stream="pool-{pool_id}"):
    """Part of a pool was committed to a grant."""

    pool_id: str
    grant_id: str
    draws: tuple[Draw, ...]
    effective_on: date


class GrantAwarded(Event, type="funding.grant_awarded", stream="grant-{grant_id}"):
    """A municipality was promised a grant (tilsagn)."""

    grant_id: str
    pool_id: str
    track: Track
    initiative: str
    municipality: str
    draws: tuple[Draw, ...]
    amount_oere: int
    period_from: date
    period_to: date
    postings: tuple[Posting, ...]
    effective_on: date


class InstalmentPaid(Event, type="funding.instalment_paid", stream="grant-{grant_id}"):
    """An instalment of a grant was paid out, from one account-year."""

    grant_id: str
    payment_id: str
    initiative: str
    municipality: str
    account: str
    budget_year: int
    amount_oere: int
    postings: tuple[Posting, ...]
    effective_on: date
