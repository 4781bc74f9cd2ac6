"""The journal: every posting with the event it comes from, and what can be read from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    insert,
    select,
)

from services.funding.commands import GrantStatement, Position, TrialBalance
from services.funding.events import AppropriationRegistered, GrantAwarded, InstalmentPaid, PoolOpened
from shared.eventstore.store import Recorded, Transaction
from shared.kernel.rejection import Rejected

metadata = MetaData()

journal = Table(
    "funding_journal",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("effective_on", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("ledger_account", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("budget_year", Integer, nullable=False),
    Column("amount_oere", BigInteger, nullable=False),
    Column("grant_id", Text),
    Index("funding_journal_grant", "grant_id"),
)
"""One row per posting; `amount_oere` is a debit when positive, a credit when negative."""

MONEY_EVENTS = (AppropriationRegistered, PoolOpened, GrantAwarded, InstalmentPaid)


def react(transaction: Transaction, _source: str, events: Sequence[Recorded]) -> None:
    """Write the postings of money events into the journal."""
    rows = [
        {
            "position": recorded.position,
            "line": line,
            "event_id": recorded.event_id,
            "type": recorded.type,
            "effective_on": recorded.event.effective_on.isoformat(),
            "recorded_at": recorded.recorded_at,
            "grant_id": getattr(recorded.event, "grant_id", None),
            **posting.model_dump(),
        }
        for recorded in events
        if isinstance(recorded.event, MONEY_EVENTS)
        for line, posting in enumerate(recorded.event.postings, 1)
    ]
    if rows:
        transaction.connection.execute(insert(journal), rows)


def trial_balance(connection: Connection, _query: TrialBalance) -> dict[str, Any]:
    """Every ledger account's balance per account-year; the balances add up to nought."""
    keys = (journal.c.ledger_account, journal.c.account, journal.c.budget_year)
    query = select(*keys, func.sum(journal.c.amount_oere).label("balance_oere")).group_by(*keys).order_by(*keys)
    rows = [dict(row) | {"balance_oere": int(row["balance_oere"])} for row in connection.execute(query).mappings()]
    return {"balances": rows, "sum_oere": sum(row["balance_oere"] for row in rows)}


def position(connection: Connection, _query: Position) -> dict[str, Any]:
    """Per account-year: what was voted, and how much of it is in pools, committed and paid, in øre.

    Each figure counts what has reached that stage or a later one: a krone paid is committed, pooled and voted too.
    """
    years: dict[tuple[str, int], dict[str, int]] = {}
    for row in trial_balance(connection, TrialBalance())["balances"]:
        years.setdefault((row["account"], row["budget_year"]), {})[row["ledger_account"]] = row["balance_oere"]
    rows = []
    for (account, budget_year), balance in sorted(years.items()):
        paid = balance.get("paid", 0)
        committed = paid + balance.get("committed", 0)
        pooled = committed + balance.get("pooled", 0)
        amounts = {"voted_oere": -balance.get("voted", 0), "pooled_oere": pooled}
        amounts |= {"committed_oere": committed, "paid_oere": paid}
        rows.append({"account": account, "budget_year": budget_year, **amounts})
    return {"account_years": rows}


def grant_statement(connection: Connection, query: GrantStatement) -> dict[str, Any]:
    """A grant's postings in order, each naming its event; what is left of the award follows from them.

    Raises Rejected NOT_FOUND.
    """
    lines = (
        select(journal)
        .where(journal.c.grant_id == query.grant_id, journal.c.ledger_account.in_(("committed", "paid")))
        .order_by(journal.c.position, journal.c.line)
    )
    rows = [dict(row) for row in connection.execute(lines).mappings()]
    if not rows:
        raise Rejected("NOT_FOUND", "There is no such grant.", [{"field": "grant_id", "rule": "exists"}])
    left = sum(row["amount_oere"] for row in rows if row["ledger_account"] == "committed")
    return {"grant_id": query.grant_id, "lines": rows, "not_yet_paid_oere": left}
