"""Reading the journal for an export, a few lines at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, case, select

from services.funding.ledger import GRANT_ACCOUNTS
from services.funding.views.tables import journal

AT_ONCE = 1000
OF_NOBODY = ("voted", "appropriated")
OF_POOLS = ("pooled", "restored")
NONE = "-"
"""Stands in a path for a part that there isn't; no identifier is called so."""


class Account(NamedTuple):
    """An account of an export: a ledger account, and whose money stands on it."""

    ledger_account: str
    account: str
    budget_year: int
    initiative: str
    pool_id: str | None
    grant_id: str | None
    post: str | None
    project_year: int | None
    earmark: str | None


class Line(NamedTuple):
    """A line of the journal."""

    position: int
    line: int
    effective_on: str
    recorded_at: str
    type: str
    event_id: str
    ledger_account: str
    account: str
    budget_year: int
    initiative: str
    pool_id: str | None
    grant_id: str | None
    post: str | None
    project_year: int | None
    earmark: str | None
    reference: str | None
    corrects: str | None
    amount_oere: int

    def tags(self) -> dict[str, str]:
        """What else is known of its event, by name."""
        known = {
            "event": self.event_id,
            "recorded": self.recorded_at,
            "grant": self.grant_id,
            "reference": self.reference,
            "corrects": self.corrects,
        }
        return {name: value for name, value in known.items() if value is not None}


def path(line: Line | Account) -> tuple[str, ...]:
    """The account that a line is posted to, from the widest part to the narrowest:

    ledger account, finance-act account, budget year, and then the initiative with its pool, or with its grant, post,
    project year and earmark. Parts that are missing at the end are left out, others are `NONE`.
    """
    parts: list[str | None] = [line.ledger_account, line.account, str(line.budget_year)]
    if line.ledger_account in OF_POOLS:
        parts += [line.initiative or None, line.pool_id]
    elif line.ledger_account not in OF_NOBODY:
        year = None if line.project_year is None else str(line.project_year)
        parts += [line.initiative or None, line.grant_id, line.post, year, line.earmark]
    while parts[-1] is None:
        parts.pop()
    return tuple(part or NONE for part in parts)


def kroner(amount_oere: int) -> str:
    """The amount in kroner as decimal text, exact: `-1234.56`."""
    whole, rest = divmod(abs(amount_oere), 100)
    return f"{'-' if amount_oere < 0 else ''}{whole}.{rest:02d}"


def about(position: int) -> str:
    """What an export is, in a sentence."""
    return f"The journal of the fund ledger (Virksom), whole, up to position {position} of its log. Amounts in DKK."


def lines(connection: Connection, up_to: int) -> Iterator[Line]:
    """The journal's lines up to a position, in order."""
    columns = [journal.c[name] for name in Line._fields]
    query = select(*columns).where(journal.c.position <= up_to).order_by(journal.c.position, journal.c.line)
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield Line._make(row)


def accounts(connection: Connection, up_to: int) -> Iterator[Account]:
    """Each account that a line up to a position is posted to, once."""
    kind = journal.c.ledger_account
    columns = {name: journal.c[name] for name in Account._fields}
    selected = {
        **columns,
        "initiative": case((kind.in_(OF_NOBODY), ""), else_=columns["initiative"]),
        "pool_id": case((kind.in_(OF_POOLS), columns["pool_id"])),
        "grant_id": case((kind.in_(GRANT_ACCOUNTS), columns["grant_id"])),
    }
    labelled = [column.label(name) for name, column in selected.items()]
    query = select(*labelled).where(journal.c.position <= up_to).distinct().order_by(*selected)
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield Account._make(row)
