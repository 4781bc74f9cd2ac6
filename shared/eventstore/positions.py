"""How far a consumer has come in a source's log, moved by compare-and-set."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from shared.eventstore.tables import positions


class LostRace(Exception):
    """Another process moved this position meanwhile; what was done in this transaction must be undone."""


def read(connection: Connection, consumer: str, source: str) -> int:
    """The position reached, 0 at the beginning."""
    query = select(positions.c.position).where(positions.c.consumer == consumer, positions.c.source == source)
    return connection.execute(query).scalar() or 0


def read_all(connection: Connection, consumer: str) -> dict[str, int]:
    """The positions a consumer has reached, by source."""
    query = select(positions.c.source, positions.c.position).where(positions.c.consumer == consumer)
    return {row.source: row.position for row in connection.execute(query)}


def move(connection: Connection, consumer: str, source: str, before: int, after: int) -> None:
    """Move from `before` to `after`. Raises LostRace when the position is no longer `before`."""
    where = (positions.c.consumer == consumer, positions.c.source == source)
    moved = connection.execute(update(positions).where(*where, positions.c.position == before).values(position=after))
    if moved.rowcount == 1:
        return
    if before != 0 or connection.execute(select(positions.c.position).where(*where)).first() is not None:
        raise LostRace(f"{consumer} is no longer at {before} of {source}")
    connection.execute(insert(positions).values(consumer=consumer, source=source, position=after))
