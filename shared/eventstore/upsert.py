"""Insert-or-update of many rows in one statement, for both databases.

Rows hold a table's primary key and the columns to write, all rows the same ones. They are written in key order, so that
two writers never wait for each other crosswise. Columns that are not named start at their default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def add(connection: Connection, table: Table, rows: Rows) -> None:
    """Where a row of that key exists, its columns grow by what is given."""
    _write(connection, table, rows, lambda column, excluded: column + excluded)


def replace(connection: Connection, table: Table, rows: Rows) -> None:
    """Where a row of that key exists, its columns become what is given."""
    _write(connection, table, rows, lambda _column, excluded: excluded)


def keep(connection: Connection, table: Table, rows: Rows) -> None:
    """Where a row of that key exists, it is left as it is."""
    _write(connection, table, rows, None)


def _write(connection: Connection, table: Table, rows: Rows, change: Callable[[Any, Any], Any] | None) -> None:
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    insert = _INSERT[connection.dialect.name](table)
    if change is None:
        statement = insert.on_conflict_do_nothing(index_elements=keys)
    else:
        written = [name for name in rows[0] if name not in keys]
        changes = {name: change(table.c[name], insert.excluded[name]) for name in written}
        statement = insert.on_conflict_do_update(index_elements=keys, set_=changes)
    connection.execute(statement, sorted(rows, key=lambda row: [row[key] for key in keys]))
