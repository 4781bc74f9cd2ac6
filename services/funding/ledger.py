"""The fund ledger: double entry, per account-year of the finance act.

A krone moves along the chart of accounts, credited (negative) to the account it leaves and debited (positive) to the
one it reaches, always within its account-year, so that the ledger adds up to nought at every position:

    voted         what parliament voted; the counter-account, so its balance is negative
    appropriated  free on the finance act's account
    pooled        drawn into a pool and free there
    committed     promised to a grant
    payable       approved for payment and on its way to the bank
    paid          paid out and neither accounted for nor carried over
    carried_over  paid out, unspent, and approved to be spent in the next project year
    accounted_for spent, by approved accounts
    receivable    claimed back and owed
    repaid        claimed and paid back
    waived        unspent, and too little to claim
    lapsed        promised and never to be paid
    restored      the counter-account of repaid and lapsed: that much went back to the pool

A grant's accounts, from committed to lapsed, add up to what it was awarded for as long as it is kept. What lapses or is
repaid stays there as the grant's history, while `restored` gives the same amount back to its pool, in the account-year
it came from. Amounts are øre.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, get_args

from services.funding.events import Draw, LedgerAccount, Posting
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected

AccountYear = tuple[str, int]
"""An account of the finance act and a budget year: the unit that money is voted, and must balance, in."""

LEDGER_ACCOUNTS: tuple[LedgerAccount, ...] = get_args(LedgerAccount)
GRANT_ACCOUNTS: tuple[LedgerAccount, ...] = LEDGER_ACCOUNTS[LEDGER_ACCOUNTS.index("committed") : -1]
"""The accounts that a grant's money stands on; they add up to its award."""
OUTLAYS: tuple[LedgerAccount, ...] = GRANT_ACCOUNTS[GRANT_ACCOUNTS.index("paid") : -1]
"""The accounts of money that has been paid out, whatever became of it since."""


class Cell(NamedTuple):
    """Where an amount of a grant belongs: what finances it, and what it may be spent on."""

    account: str
    budget_year: int
    post: str | None
    project_year: int | None
    earmark: str | None

    @property
    def account_year(self) -> AccountYear:
        """What finances it."""
        return self.account, self.budget_year


Amounts = Mapping[Cell, int]
"""Øre by cell."""


class Balance(NamedTuple):
    """What stands on a ledger account for a cell, in øre."""

    ledger_account: LedgerAccount
    cell: Cell
    amount_oere: int


Balances = tuple[Balance, ...]
"""A grant's ledger, without the accounts that stand at nought, in the order of their names."""


def cell_of(posting: Posting) -> Cell:
    """The cell that a posting is about."""
    return Cell(posting.account, posting.budget_year, posting.post, posting.project_year, posting.earmark)


def moved(source: LedgerAccount, target: LedgerAccount, amounts: Amounts) -> tuple[Posting, ...]:
    """The postings that move each cell's amount from `source` to `target`: a debit and a credit for each."""
    return tuple(
        _posting(side, cell, amount)
        for cell, moving in sorted(amounts.items(), key=_by_cell)
        if moving
        for side, amount in ((target, moving), (source, -moving))
    )


def reposted(ledger_account: LedgerAccount, old: Amounts, new: Amounts) -> tuple[Posting, ...]:
    """The postings that turn `old` into `new` on one ledger account: only what differs.

    They balance when both add up to the same in each account-year.
    """
    changes = {cell: new.get(cell, 0) - old.get(cell, 0) for cell in {*old, *new}}
    return tuple(
        _posting(ledger_account, cell, change) for cell, change in sorted(changes.items(), key=_by_cell) if change
    )


def unallocated(draws: Iterable[Draw]) -> dict[Cell, int]:
    """Draws as amounts by cell, without a post: how money is kept before it is a grant's."""
    return {Cell(draw.account, draw.budget_year, None, None, None): draw.amount_oere for draw in draws}


def by_account_year(amounts: Amounts) -> tuple[Draw, ...]:
    """The amounts as one draw per account-year, in order."""
    sums: dict[AccountYear, int] = {}
    for cell, amount in amounts.items():
        sums[cell.account_year] = sums.get(cell.account_year, 0) + amount
    return _draws(sums)


def awarded(cells: Amounts) -> tuple[Posting, ...]:
    """A pool's money was promised: pooled, by account-year → committed, by cell."""
    return (
        *(_posting("pooled", cell, -amount) for cell, amount in unallocated(by_account_year(cells)).items()),
        *(_posting("committed", cell, amount) for cell, amount in sorted(cells.items(), key=_by_cell)),
    )


def restored(source: LedgerAccount, target: LedgerAccount, amounts: Amounts) -> tuple[Posting, ...]:
    """The money moves from `source` to `target` (repaid or lapsed) and as much goes back to the pool."""
    return (*moved(source, target, amounts), *moved("restored", "pooled", unallocated(by_account_year(amounts))))


def posted(balances: Balances, postings: Iterable[Posting]) -> Balances:
    """The balances after `postings`, of the accounts that belong to a grant."""
    sums = {(balance.ledger_account, balance.cell): balance.amount_oere for balance in balances}
    for posting in postings:
        if posting.ledger_account in GRANT_ACCOUNTS:
            key = (posting.ledger_account, cell_of(posting))
            sums[key] = sums.get(key, 0) + posting.amount_oere
    standing = [Balance(*key, amount) for key, amount in sums.items() if amount]
    return tuple(sorted(standing, key=lambda balance: (balance.ledger_account, _order(balance.cell))))


def standing(balances: Balances, *ledger_accounts: LedgerAccount) -> dict[Cell, int]:
    """What stands on these ledger accounts together, by cell."""
    sums: dict[Cell, int] = {}
    for balance in balances:
        if balance.ledger_account in ledger_accounts:
            sums[balance.cell] = sums.get(balance.cell, 0) + balance.amount_oere
    return dict(sorted(sums.items(), key=_by_cell))


def total(balances: Balances, *ledger_accounts: LedgerAccount) -> int:
    """What stands on these ledger accounts together, in øre."""
    return sum(balance.amount_oere for balance in balances if balance.ledger_account in ledger_accounts)


def is_balanced(postings: Iterable[Posting]) -> bool:
    """Whether debits equal credits within each account-year, and so also in all."""
    sums: dict[AccountYear, int] = {}
    for posting in postings:
        key = (posting.account, posting.budget_year)
        sums[key] = sums.get(key, 0) + posting.amount_oere
    return not any(sums.values())


def trial_balance(events: Iterable[Event]) -> dict[tuple[LedgerAccount, str, int], int]:
    """The balance in øre of each (ledger account, account, budget year) after `events`, sorted by that key.

    Pure and complete: folds the postings in the events and nothing else. Events that move no money are passed over.
    """
    sums: dict[tuple[LedgerAccount, str, int], int] = {}
    for event in events:
        postings: tuple[Posting, ...] = getattr(event, "postings", ())
        for posting in postings:
            key = (posting.ledger_account, posting.account, posting.budget_year)
            sums[key] = sums.get(key, 0) + posting.amount_oere
    return dict(sorted(sums.items()))


def sum_draws(*parts: Iterable[Draw]) -> tuple[Draw, ...]:
    """All the draws as one per account-year, in order of account and year."""
    return _draws(_by_account_year(*parts))


def remaining(of: Iterable[Draw], used: Iterable[Draw]) -> dict[AccountYear, int]:
    """What `used` leaves of `of`, in øre per account-year; one that isn't there has nothing left."""
    left = _by_account_year(of)
    for key, amount in _by_account_year(used).items():
        left[key] = left.get(key, 0) - amount
    return left


def require_distinct(draws: Sequence[Draw]) -> None:
    """Refuse draws that name an account-year twice: each is one line of the finance act.

    Raises Rejected DUPLICATE_DRAW naming the second one.
    """
    seen: set[AccountYear] = set()
    for index, draw in enumerate(draws):
        key = (draw.account, draw.budget_year)
        if key in seen:
            field = {"field": f"draws.{index}", "rule": "distinct", "message": "this account-year stands twice"}
            message = "Each account and budget year may stand once in draws; add the amounts up."
            raise Rejected("DUPLICATE_DRAW", message, [field], account=draw.account, budget_year=draw.budget_year)
        seen.add(key)


def require_covered(draws: Iterable[Draw], left: Mapping[AccountYear, int], code: str = "FUNDS_EXCEEDED") -> None:
    """Refuse draws of more than is `left` (øre) of their account-year, the first such one by its figures.

    Raises Rejected `code` with account, budget_year, requested_oere and available_oere. Each account-year
    must stand in `draws` once (see `require_distinct`). Source: an appropriation binds per account and year
    (bevillingslove).
    """
    for index, draw in enumerate(draws):
        available_oere = left.get((draw.account, draw.budget_year), 0)
        if draw.amount_oere > available_oere:
            message = "More was asked for than is left of the account and year; ask for available_oere or less."
            raise Rejected(
                code,
                message,
                [{"field": f"draws.{index}.amount_oere", "rule": code.lower(), "message": message}],
                account=draw.account,
                budget_year=draw.budget_year,
                requested_oere=draw.amount_oere,
                available_oere=available_oere,
            )


def _posting(ledger_account: LedgerAccount, cell: Cell, amount_oere: int) -> Posting:
    return Posting(ledger_account=ledger_account, amount_oere=amount_oere, **cell._asdict())


def _order(cell: Cell) -> tuple[int, str, int, str, str]:
    """Oldest money first, then by project year and name."""
    return cell.budget_year, cell.account, cell.project_year or 0, cell.post or "", cell.earmark or ""


def _by_cell(item: tuple[Cell, int]) -> tuple[int, str, int, str, str]:
    return _order(item[0])


def _by_account_year(*parts: Iterable[Draw]) -> dict[AccountYear, int]:
    """The sum of the draws in øre per account-year."""
    sums: dict[AccountYear, int] = {}
    for draws in parts:
        for draw in draws:
            key = (draw.account, draw.budget_year)
            sums[key] = sums.get(key, 0) + draw.amount_oere
    return sums


def _draws(sums: Mapping[AccountYear, int]) -> tuple[Draw, ...]:
    return tuple(
        Draw(account=account, budget_year=budget_year, amount_oere=amount)
        for (account, budget_year), amount in sorted(sums.items())
    )
