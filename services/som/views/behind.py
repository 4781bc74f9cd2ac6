"""Which events an input has: how many of a service, from which position to which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, case
from sqlalchemy.dialects import postgresql, sqlite

from services.som.views.tables import CaseKey, som_behind

Noted = tuple[CaseKey, str, int]
"""An event behind an input: whose (the municipality '' for every case of an initiative), which input, its position."""

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def note(connection: Connection, service: str, noted: Iterable[Noted]) -> None:
    """Add these events of a service to what is behind their inputs."""
    rows: dict[tuple[CaseKey, str], dict[str, Any]] = {}
    for (initiative, municipality), name, position in noted:
        key = {"initiative": initiative, "municipality": municipality, "input": name, "service": service}
        new = {**key, "events": 0, "first": position, "last": position}
        row = rows.setdefault(((initiative, municipality), name), new)
        row["events"] += 1
        row["last"] = max(row["last"], position)
    if rows:
        connection.execute(_STATEMENTS[connection.dialect.name], [rows[key] for key in sorted(rows)])


def _statement(dialect: str) -> Any:
    insert = _INSERT[dialect](som_behind)
    new, old = insert.excluded, som_behind.c
    # What was parked comes later than what follows it.
    changes = {
        "events": old.events + new.events,
        "first": case((new.first < old.first, new.first), else_=old.first),
        "last": case((new.last > old.last, new.last), else_=old.last),
    }
    return insert.on_conflict_do_update(index_elements=[column.name for column in som_behind.primary_key], set_=changes)


_STATEMENTS = {dialect: _statement(dialect) for dialect in _INSERT}
