"""What happens to appropriations and pools: the money before it is promised to anybody."""

from __future__ import annotations

from datetime import date

from services.funding.events.values import Draw, IndexPoint, Posting, Track
from shared.kernel.messages import Event


class AppropriationRegistered(Event, type="funding.appropriation_registered", stream="appropriation-{account}"):
    """Parliament voted an amount for one budget year on a finance-act account."""

    account: str
    budget_year: int
    amount_oere: int
    act: str
    postings: tuple[Posting, ...]
    effective_on: date


class AppropriationAdjusted(Event, type="funding.appropriation_adjusted", stream="appropriation-{account}"):
    """An act changed what was voted: `amount_oere` is added, or taken away when negative.

    `corrects` names the event that was wrong (its id), when that is why.
    """

    account: str
    budget_year: int
    amount_oere: int
    act: str
    corrects: str | None
    postings: tuple[Posting, ...]
    effective_on: date


class AppropriationTransferred(Event, type="funding.appropriation_transferred", stream="appropriation-{account}"):
    """An act moved an amount from this account and budget year to another account or year."""

    account: str
    budget_year: int
    to_account: str
    to_budget_year: int
    amount_oere: int
    act: str
    postings: tuple[Posting, ...]
    effective_on: date


class AppropriationReceived(Event, type="funding.appropriation_received", stream="appropriation-{account}"):
    """An amount was moved here from another account; its postings stand in that account's event."""

    account: str
    budget_year: int
    from_account: str
    from_budget_year: int
    amount_oere: int
    act: str
    effective_on: date


class AppropriationRegulated(Event, type="funding.appropriation_regulated", stream="appropriation-{account}"):
    """What was voted for a budget year was regulated by prices and wages, from one year's index to another's."""

    account: str
    budget_year: int
    amount_oere: int
    series_id: str
    from_point: IndexPoint
    to_point: IndexPoint
    published_on: date
    act: str
    postings: tuple[Posting, ...]
    effective_on: date


class IndexSeriesImported(Event, type="funding.index_series_imported", stream="index-{series_id}"):
    """An index of prices or wages was imported, one point a year without a gap; it replaces an earlier import."""

    series_id: str
    title: str
    source: str
    published_on: date
    points: tuple[IndexPoint, ...]
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


class PoolExtended(Event, type="funding.pool_extended", stream="pool-{pool_id}"):
    """A pool drew more, from account-years that it had or from new ones."""

    pool_id: str
    initiative: str
    draws: tuple[Draw, ...]
    postings: tuple[Posting, ...]
    effective_on: date


class PoolCommitted(Event, type="funding.pool_committed", stream="pool-{pool_id}"):
    """Part of a pool was committed to a grant."""

    pool_id: str
    grant_id: str
    draws: tuple[Draw, ...]
    effective_on: date


class PoolRestored(Event, type="funding.pool_restored", stream="pool-{pool_id}"):
    """Money of a grant lapsed or was repaid and may be awarded again, out of the account-years that it came from."""

    pool_id: str
    grant_id: str
    draws: tuple[Draw, ...]
    effective_on: date
