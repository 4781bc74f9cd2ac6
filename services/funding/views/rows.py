"""The rows that a batch of events touches: read once, changed in memory, and written once.

So a batch takes a fixed number of statements per table, and the same events leave the same rows behind, whatever the
sizes of the batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import JSON, Connection, Table, bindparam, delete, select, tuple_

from services.funding.views import tables
from shared.eventstore import upsert
from shared.kernel.messages import Event

Key = tuple[str, ...]
Row = dict[str, Any]

FOUND_BY_KEY = (
    tables.pools,
    tables.calls,
    tables.applications,
    tables.grants,
    tables.reports,
    tables.changes,
    tables.claims,
    tables.batches,
    tables.payments,
)
"""Tables whose rows most events name by their own fields: these are read together, others when they are asked for."""
FOUND_BY_OWNER = (
    (tables.assessments, "application_id", ("application_id",)),
    (tables.deadlines, "key", ("call_id", "grant_id")),
)
"""Tables of which all rows of an owner are read: the column that names it, and the events' fields that may."""
CHUNK = 200
"""Keys looked up with one statement; SQLite takes a limited number of values."""


class Rows:
    """The rows of a batch of events, by table and key."""

    def __init__(self, connection: Connection, events: Sequence[Event]) -> None:
        self._connection = connection
        self._rows: dict[Table, dict[Key, Row]] = {table: {} for table in tables.metadata.sorted_tables}
        self._changed: dict[Table, dict[Key, None]] = {}
        self._known = {table: _keys(events, _primary_key(table)) for table in FOUND_BY_KEY}
        for table, keys in self._known.items():
            self._read(table, _primary_key(table), keys)
        for table, column, names in FOUND_BY_OWNER:
            self._read(table, [column], {key for name in names for key in _keys(events, [name])})

    def get(self, table: Table, *key: str) -> Row | None:
        """The row of that key as it is now, None when there is none; not to be changed."""
        if key not in self._known.get(table, {key}):
            self._known[table].add(key)
            self._read(table, _primary_key(table), [key])
        return self._rows[table].get(key)

    def put(self, table: Table, **values: Any) -> None:
        """Write a whole row; columns that are not named are left empty, names that are no columns are passed over."""
        row = {column.name: values.get(column.name, _nothing(column)) for column in table.columns}
        key = tuple(row[name] for name in _primary_key(table))
        self._known.get(table, set()).add(key)
        self._rows[table][key] = row
        self._changed.setdefault(table, {})[key] = None

    def change(self, table: Table, *key: str, **values: Any) -> None:
        """Change columns of a row; where there is no row, nothing."""
        row = self.get(table, *key)
        if row is not None:
            self.put(table, **row | values)

    def grow(self, table: Table, *key: str, **amounts: int) -> None:
        """Add to amounts of a row; where there is no row, nothing."""
        row = self.get(table, *key)
        if row is not None:
            self.put(table, **row | {name: row[name] + amount for name, amount in amounts.items()})

    def remove(self, table: Table, *key: str) -> None:
        """Take a row away, if it is there."""
        if self._rows[table].pop(key, None) is not None:
            self._changed.setdefault(table, {})[key] = None

    def where(self, table: Table, **values: str) -> list[Row]:
        """The rows with these values, of a table that is found by them."""
        return [row for row in self._rows[table].values() if values.items() <= row.items()]

    def write(self) -> None:
        """Write what was changed."""
        for table, keys in self._changed.items():
            names = _primary_key(table)
            gone = [dict(zip(names, key, strict=True)) for key in keys if key not in self._rows[table]]
            if gone:
                conditions = [table.c[name] == bindparam(name) for name in names]
                self._connection.execute(delete(table).where(*conditions), gone)
            kept = [self._rows[table][key] for key in keys if key in self._rows[table]]
            upsert.replace(self._connection, table, kept)

    def _read(self, table: Table, columns: Sequence[str], keys: Iterable[Key]) -> None:
        wanted = sorted(keys)
        for start in range(0, len(wanted), CHUNK):
            found = tuple_(*(table.c[name] for name in columns)).in_(wanted[start : start + CHUNK])
            for row in self._connection.execute(select(table).where(found)).mappings():
                self._rows[table][tuple(row[name] for name in _primary_key(table))] = dict(row)


def _primary_key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _keys(events: Iterable[Event], names: Sequence[str]) -> set[Key]:
    """What the events that have all these fields say in them."""
    able = (event for event in events if type(event).model_fields.keys() >= set(names))
    found = (tuple(getattr(event, name) for name in names) for event in able)
    return {tuple(str(part) for part in key) for key in found if None not in key}


def _nothing(column: Any) -> Any:
    """What stands in a column of which nothing is known."""
    if column.nullable:
        return None
    return [] if isinstance(column.type, JSON) else 0
