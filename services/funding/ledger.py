"""The fund ledger: double entry, per account-year of the finance act.

A krone moves one way: voted → appropriated → pooled → committed → paid. Every move credits (negative) the
account it leaves and debits (positive) the one it reaches, so the ledger adds up to nought at every position.
Amounts are øre.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from services.funding.events import (
    AppropriationRegistered,
    Draw,
    GrantAwarded,
    InstalmentPaid,
    LedgerAccount,
    PoolOpened,
    Posting,
)
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected

AccountYear = tuple[str, int]
"""An account of the finance act and a budget year: the unit that money is voted, and must balance, in."""


def _moved(source: LedgerAccount, target: LedgerAccount, draws: Iterable[Draw]) -> tuple[Posting, ...]:
    """The postings that move each draw from `source` to `target`: a debit and a credit per account-year."""
    return tuple(
        Posting(ledger_account=side, account=draw.account, budget_year=draw.budget_year, amount_oere=amount_oere)
        for draw in draws
        for side, amount_oere in ((target, draw.amount_oere), (source, -draw.amount_oere))
    )


def postings_for_registration(voted: Draw) -> tuple[Posting, ...]:
    """Parliament voted the amount: voted → appropriated."""
    return _moved("voted", "appropriated", (voted,))


def postings_for_pool(draws: Iterable[Draw]) -> tuple[Posting, ...]:
    """A pool reserved the draws: appropriated → pooled."""
    return _moved("appropriated", "pooled", draws)


def postings_for_award(draws: Iterable[Draw]) -> tuple[Posting, ...]:
    """The draws were promised to a grant: pooled → committed."""
    return _moved("pooled", "committed", draws)


def postings_for_payment(paid: Draw) -> tuple[Posting, ...]:
    """The amount left the fund: committed → paid."""
    return _moved("committed", "paid", (paid,))


def is_balanced(postings: Iterable[Posting]) -> bool:
    """Whether debits equal credits within each account-year, and so also in all."""
    sums: dict[AccountYear, int] = {}
    for posting in postings:
        key = (posting.account, posting.budget_year)
        sums[key] = sums.get(key, 0) + posting.amount_oere
    return not any(sums.values())


def trial_balance(events: Iterable[Event]) -> dict[tuple[LedgerAccount, str, int], int]:
    """The balance in øre of each (ledger account, account, budget year) after `events`, sorted by that key.

    Pure and complete: folds the postings in the events and nothing else, so that a checker can hold any view
    of the ledger against it. Events that move no money are passed over.
    """
    sums: dict[tuple[LedgerAccount, str, int], int] = {}
    for event in events:
        if isinstance(event, AppropriationRegistered | PoolOpened | GrantAwarded | InstalmentPaid):
            for posting in event.postings:
                key = (posting.ledger_account, posting.account, posting.budget_year)
                sums[key] = sums.get(key, 0) + posting.amount_oere
    return dict(sorted(sums.items()))


def sum_draws(*parts: Iterable[Draw]) -> tuple[Draw, ...]:
    """All the draws as one per account-year, in order of account and year."""
    return tuple(
        Draw(account=account, budget_year=budget_year, amount_oere=amount_oere)
        for (account, budget_year), amount_oere in sorted(_by_account_year(*parts).items())
    )


def remaining(of: Iterable[Draw], used: Iterable[Draw]) -> dict[AccountYear, int]:
    """What `used` leaves of `of`, in øre per account-year; one that isn't there has nothing left."""
    left = _by_account_year(of)
    for key, amount_oere in _by_account_year(used).items():
        left[key] = left.get(key, 0) - amount_oere
    return left


def require_distinct(draws: Sequence[Draw]) -> None:
    """Refuse draws that name one account-year twice: the sum meant would be a guess.

    Raises Rejected DUPLICATE_DRAW with the account and year, and the field of the second draw.
    """
    seen: set[AccountYear] = set()
    for index, draw in enumerate(draws):
        if (draw.account, draw.budget_year) in seen:
            field = {"field": f"draws.{index}", "rule": "duplicate", "message": "account-year drawn on twice"}
            raise Rejected(
                "DUPLICATE_DRAW",
                "Name each account and budget year once, with its whole amount.",
                [field],
                account=draw.account,
                budget_year=draw.budget_year,
            )
        seen.add((draw.account, draw.budget_year))


def require_covered(draws: Iterable[Draw], left: Mapping[AccountYear, int], code: str = "FUNDS_EXCEEDED") -> None:
    """Refuse draws of more than is `left` (øre) of their account-year, the first such one by its figures.

    Raises Rejected `code` with account, budget_year, requested_oere and available_oere. Each account-year
    must stand in `draws` once (see `require_distinct`). Source: an appropriation binds per account and year
    (bevillingslove).
    """
    for draw in draws:
        available_oere = left.get((draw.account, draw.budget_year), 0)
        if draw.amount_oere > available_oere:
            raise Rejected(
                code,
                "More was asked for than is left of the account and year; ask for available_oere or less.",
                account=draw.account,
                budget_year=draw.budget_year,
                requested_oere=draw.amount_oere,
                available_oere=available_oere,
            )


def _by_account_year(*parts: Iterable[Draw]) -> dict[AccountYear, int]:
    """The sum of the draws in øre per account-year."""
    sums: dict[AccountYear, int] = {}
    for draws in parts:
        for draw in draws:
            key = (draw.account, draw.budget_year)
            sums[key] = sums.get(key, 0) + draw.amount_oere
    return sums
