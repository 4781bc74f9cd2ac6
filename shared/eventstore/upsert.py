"""Insert-or-update of many rows in one statement, for both databases.

Rows hold a table's primary key and the columns to write, all rows the same ones. They are written in key order, so that
two writers never wait for each other crosswise. Columns that are not named start at their default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def add(connection: Connection, table: Table, rows: Rows) -> None:
    """Where a row of that key exists, its columns grow by what is given."""
    _write(connection, table, rows, "add")


def replace(connection: Connection, table: Table, rows: Rows) -> None:
    """Where a row of that key exists, its columns become what is given."""
    _write(connection, table, rows, "replace")


def keep(connection: Connection, table: Table, rows: Rows) -> None:
    """Where a row of that key exists, it is left as it is."""
    _write(connection, table, rows, "keep")


def _write(connection: Connection, table: Table, rows: Rows, how: str) -> None:
    if not rows:
        return
    statement = _statement(connection.dialect.name, table, how, tuple(rows[0]))
    keys = [column.name for column in table.primary_key]
    connection.execute(statement, sorted(rows, key=lambda row: [row[key] for key in keys]))


@cache
def _statement(dialect: str, table: Table, how: str, columns: tuple[str, ...]) -> Any:
    """Built once for each shape of row: building a statement costs as much as running it."""
    keys = [column.name for column in table.primary_key]
    insert = _INSERT[dialect](table)
    if how == "keep":
        return insert.on_conflict_do_nothing(index_elements=keys)
    written = [name for name in columns if name not in keys]
    changes = {name: insert.excluded[name] for name in written}
    if how == "add":
        changes = {name: table.c[name] + value for name, value in changes.items()}
    return insert.on_conflict_do_update(index_elements=keys, set_=changes)
