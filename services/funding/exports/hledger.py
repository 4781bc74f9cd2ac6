"""The journal in the syntax that hledger and ledger read.

One transaction per event: its effective date, its position as the code, its type as the description, and tags for what
else is known of it. Every account and the commodity are declared, so that `hledger check --strict` accepts the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from services.funding.exports.reading import Account, Line, kroner, path


def text(about: str, accounts: Iterable[Account], lines: Iterable[Line]) -> Iterator[str]:
    """The file, part by part: accounts (each once) first, then the lines in order of position."""
    yield f"; {about}\n\ncommodity DKK\n    format DKK 1000.00\n\n"
    for account in accounts:
        yield f"account {_name(account)}\n"
    for _, event in groupby(lines, key=lambda line: line.position):
        yield _transaction(list(event))


def _transaction(lines: list[Line]) -> str:
    first = lines[0]
    return "\n".join(
        [
            f"\n{first.effective_on} ({first.position}) {first.type}",
            *(f"    ; {name}: {_tag(value)}" for name, value in first.tags().items()),
            *(f"    {_name(line)}  DKK {kroner(line.amount_oere)}" for line in lines),
            "",
        ]
    )


def _name(line: Line | Account) -> str:
    ledger_account, account, *rest = path(line)
    return ":".join([ledger_account, account.replace(".", "-"), *rest])


def _tag(value: str) -> str:
    """A comma would end the tag's value."""
    return value.replace(",", ";")
