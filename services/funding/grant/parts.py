"""The parts of a grant that have names and fates of their own: payments, reports, changes and claims."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple, TypeVar

from services.funding import events as e
from services.funding.ledger import Cell
from shared.kernel.messages import Value
from shared.kernel.refusal import not_found


class Share(NamedTuple):
    """An amount of a cell, and the ledger account that it was taken from."""

    ledger_account: e.LedgerAccount
    cell: Cell
    amount_oere: int


class Payment(Value):
    """A payment: where its money belongs, what the bank did, and which event told so."""

    payment_id: str
    batch_id: str | None
    status: Literal["ordered", "paid", "returned"]
    told_by: str
    shares: tuple[Share, ...]

    @property
    def amount_oere(self) -> int:
        """What the payment is of."""
        return sum(share.amount_oere for share in self.shares)


class Report(Value):
    """A report owed, and what came of it."""

    due: e.ReportDue
    status: Literal["owed", "overdue", "received", "approved", "sent_back", "rejected"] = "owed"
    lines: tuple[e.AccountsLine, ...] = ()
    accounted: tuple[Share, ...] = ()
    """What its approval accounted for, and where that stood before."""


class Change(Value):
    """A change applied for."""

    request: e.ChangeRequested
    status: Literal["requested", "approved", "refused"] = "requested"


class Claim(Value):
    """A claim for repayment."""

    claim_id: str
    status: Literal["claimed", "invoiced", "overdue", "handed_over", "repaid"] = "claimed"
    due_on: date | None = None
    shares: tuple[Share, ...] = ()
    receipts: tuple[str, ...] = ()
    repaid_oere: int = 0

    @property
    def owed_oere(self) -> int:
        """What is left to be repaid."""
        return sum(share.amount_oere for share in self.shares) - self.repaid_oere


K = TypeVar("K", Payment, Report, Change, Claim)


def find(items: Iterable[K], key: str, name: str) -> K:
    """The payment, report, change or claim called `key`; `name` is the field that said so.

    Raises Rejected NOT_FOUND.
    """
    for item in items:
        if key_of(item) == key:
            return item
    raise not_found(name)


def key_of(item: Payment | Report | Change | Claim) -> str:
    """The item's own name within its grant."""
    match item:
        case Payment():
            return item.payment_id
        case Report():
            return item.due.report_id
        case Change():
            return item.request.change_id
        case Claim():
            return item.claim_id
