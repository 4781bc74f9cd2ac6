"""The journal in Beancount's syntax: one transaction per event, every account opened before the first.

Beancount's account names begin with one of five roots, and each part with a capital letter or a digit: an identifier's
first letter is made a capital, `.` is written P and `_` U, so that different identifiers stay different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from services.funding.exports.reading import NONE, Account, Line, kroner, path

OPENED = "1990-01-01"
"""The earliest day that anything can take effect on."""

ROOTS = {
    "voted": "Equity:Voted",
    "appropriated": "Assets:Appropriated",
    "pooled": "Assets:Pooled",
    "committed": "Assets:Committed",
    "payable": "Assets:Payable",
    "paid": "Assets:Paid",
    "carried_over": "Assets:CarriedOver",
    "accounted_for": "Expenses:AccountedFor",
    "receivable": "Assets:Receivable",
    "repaid": "Equity:Repaid",
    "waived": "Expenses:Waived",
    "lapsed": "Equity:Lapsed",
    "restored": "Equity:Restored",
}
"""Where each ledger account stands among Beancount's: money there or promised, money used, and counter-accounts."""


def text(about: str, accounts: Iterable[Account], lines: Iterable[Line]) -> Iterator[str]:
    """The file, part by part: accounts (each once) first, then the lines in order of position."""
    yield f';; {about}\n\noption "title" "Virksom fund ledger"\noption "operating_currency" "DKK"\n\n'
    yield f"{OPENED} commodity DKK\n"
    for account in accounts:
        yield f"{OPENED} open {_name(account)} DKK\n"
    for _, event in groupby(lines, key=lambda line: line.position):
        yield _transaction(list(event))


def _transaction(lines: list[Line]) -> str:
    first = lines[0]
    return "\n".join(
        [
            f"\n{first.effective_on} * {_quoted(first.type)}",
            f"  position: {first.position}",
            *(f"  {name}: {_quoted(value)}" for name, value in first.tags().items()),
            *(f"  {_name(line)}  {kroner(line.amount_oere)} DKK" for line in lines),
            "",
        ]
    )


def _name(line: Line | Account) -> str:
    ledger_account, account, *rest = path(line)
    return ":".join([ROOTS[ledger_account], account.replace(".", "-"), *map(_part, rest)])


def _part(name: str) -> str:
    # An identifier has no capitals of its own.
    return "NONE" if name == NONE else name[:1].upper() + name[1:].replace(".", "P").replace("_", "U")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
