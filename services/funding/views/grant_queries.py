"""What can be asked of grants, payment batches and deadlines. Amounts are øre."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from services.funding import letter
from services.funding.commands import Deadlines, Grant, GrantLetter, Grants, PaymentBatch
from services.funding.ledger import GRANT_ACCOUNTS
from services.funding.views.ledger_reading import Cut, head, sums
from services.funding.views.tables import (
    batch_lines,
    batches,
    changes,
    claims,
    letters,
    payments,
    reports,
)
from services.funding.views.tables import deadlines as waiting
from services.funding.views.tables import grants as grant_rows
from shared.kernel.refusal import not_found, refused

Fields = dict[str, Any]
IN_SHORT = (
    *("grant_id", "pool_id", "initiative", "municipality", "status", "amount_oere"),
    *("awarded_on", "period_from", "period_to", "application_id", "call_id"),
)


def grants(connection: Connection, query: Grants) -> dict[str, Any]:
    """The grants with their status and whether payments are stopped, of one pool or municipality if named."""
    named = {"pool_id": query.pool_id, "municipality": query.municipality}
    rows = _of(connection, grant_rows, **{name: value for name, value in named.items() if value is not None})
    return {"grants": [{name: row[name] for name in IN_SHORT} | {"stopped": bool(row["stops"])} for row in rows]}


def grant(connection: Connection, query: Grant) -> dict[str, Any]:
    """One grant as it stands: award, budget, earmarks, letter, stops, reports, changes, payments and claims, and what
    stands on each of its ledger accounts. Raises Rejected NOT_FOUND."""
    return {
        **_grant(connection, query.grant_id),
        "reports": _parts(connection, reports, query.grant_id),
        "changes": _parts(connection, changes, query.grant_id),
        "payments": _parts(connection, payments, query.grant_id),
        "claims": _parts(connection, claims, query.grant_id),
        "balances": _balances(connection, query.grant_id),
    }


def grant_letter(connection: Connection, query: GrantLetter) -> dict[str, Any]:
    """The text of a grant's letter as it went out, whatever has been changed since.

    Raises Rejected NOT_FOUND, or NO_LETTER when it has not been issued.
    """
    letter_id = _grant(connection, query.grant_id)["letter"]
    if letter_id is None:
        raise refused("NO_LETTER", "The grant letter has not been sent yet.", "grant_id")
    [row] = _of(connection, letters, grant_id=query.grant_id)
    text = letter.text(row["content"], query.language)
    return {"grant_id": query.grant_id, "letter": letter_id, "language": query.language, "text": text}


def payment_batch(connection: Connection, query: PaymentBatch) -> dict[str, Any]:
    """One batch with its payments, each prepared, ordered, paid or returned, or cancelled with the batch.

    Raises Rejected NOT_FOUND.
    """
    found = _of(connection, batches, batch_id=query.batch_id)
    if not found:
        raise not_found("batch_id")
    same = (payments.c.grant_id == batch_lines.c.grant_id) & (payments.c.payment_id == batch_lines.c.payment_id)
    ordered = same & (payments.c.batch_id == batch_lines.c.batch_id)
    default = "cancelled" if found[0]["status"] == "cancelled" else "prepared"
    told = [payments.c[name] for name in ("answered_on", "bank_reference", "reason")]
    lines = select(
        *(batch_lines.c[name] for name in ("payment_id", "grant_id", "amount_oere")),
        func.coalesce(payments.c.status, default).label("status"),
        *told,
    ).select_from(batch_lines.outerjoin(payments, ordered))
    rows = connection.execute(lines.where(batch_lines.c.batch_id == query.batch_id)).mappings()
    return {**found[0], "lines": sorted(map(dict, rows), key=lambda row: (row["grant_id"], row["payment_id"]))}


def deadlines(connection: Connection, query: Deadlines) -> dict[str, Any]:
    """The deadlines that are neither met nor passed, up to and including a day, in order; at most `limit` of them.

    `kind` is call, acceptance, start, period, report or invoice; `key` the call's or the grant's id; `reference` the
    letter, report or claim, else the kind again.
    """
    rows = _in_order(connection, waiting.c.due_on <= query.until.isoformat(), query.limit)
    return {"deadlines": [dict(row._mapping) for row in rows]}


def due_deadlines(connection: Connection, before: date, limit: int) -> list[Row[Any]]:
    """At most `limit` deadlines whose day is before `before`: kind, key, reference and due_on, in order of day, kind,
    key and reference."""
    return _in_order(connection, waiting.c.due_on < before.isoformat(), limit)


def _in_order(connection: Connection, condition: Any, limit: int) -> list[Row[Any]]:
    order = [waiting.c[name] for name in ("due_on", "kind", "key", "reference")]
    return list(connection.execute(select(waiting).where(condition).order_by(*order).limit(limit)))


def _grant(connection: Connection, grant_id: str) -> Fields:
    found = _of(connection, grant_rows, grant_id=grant_id)
    if not found:
        raise not_found("grant_id")
    return found[0]


def _parts(connection: Connection, table: Table, grant_id: str) -> list[Fields]:
    return [
        {name: value for name, value in row.items() if name != "grant_id"}
        for row in _of(connection, table, grant_id=grant_id)
    ]


def _balances(connection: Connection, grant_id: str) -> dict[str, int]:
    found = sums(connection, Cut(head(connection)), ["ledger_account"], {"grant_id": grant_id})
    return {name: found.get((name,), 0) for name in GRANT_ACCOUNTS}


def _of(connection: Connection, table: Table, **values: str) -> list[Fields]:
    """The rows with these values, in the order of their key."""
    conditions = [table.c[name] == value for name, value in values.items()]
    rows = map(dict, connection.execute(select(table).where(*conditions)).mappings())
    return sorted(rows, key=lambda row: [row[column.name] for column in table.primary_key])
