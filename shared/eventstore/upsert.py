"""Insert-or-update, once for both databases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def upsert(
    connection: Connection,
    table: Table,
    key: Mapping[str, Any],
    add: Mapping[str, int] | None = None,
    set: Mapping[str, Any] | None = None,
) -> None:
    """Make the row with this `key`, or change it: the columns in `add` grow by so much, those in `set`
    become so.

    A new row starts its `add` columns from nought. With neither, a row that exists is left as it is. `key`
    must be the table's primary key or another unique constraint. One statement, so two writers never lose
    each other's addition. Raises KeyError on a database other than PostgreSQL and SQLite.
    """
    add, set = add or {}, set or {}
    statement = _INSERT[connection.dialect.name](table).values({**key, **add, **set})
    if not add and not set:
        connection.execute(statement.on_conflict_do_nothing(index_elements=list(key)))
        return
    changes = {name: table.c[name] + statement.excluded[name] for name in add}
    changes |= {name: statement.excluded[name] for name in set}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changes))
