"""How far a consumer has come in a source's log, moved by compare-and-set."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from shared.eventstore.tables import positions

# Built once: these run for every batch of every subscription, and building a statement costs as much as running it.
_ONE = (positions.c.consumer == bindparam("of"), positions.c.source == bindparam("in_source"))
_READ = select(positions.c.position).where(*_ONE)
_READ_ALL = select(positions.c.source, positions.c.position).where(positions.c.consumer == bindparam("of"))
_MOVE = update(positions).where(*_ONE, positions.c.position == bindparam("before")).values(position=bindparam("after"))


class LostRace(Exception):
    """Another process moved this position meanwhile; what was done in this transaction must be undone."""


def read(connection: Connection, consumer: str, source: str) -> int:
    """The position reached, 0 at the beginning."""
    return connection.execute(_READ, {"of": consumer, "in_source": source}).scalar() or 0


def read_all(connection: Connection, consumer: str) -> dict[str, int]:
    """The positions a consumer has reached, by source."""
    return {row.source: row.position for row in connection.execute(_READ_ALL, {"of": consumer})}


def move(connection: Connection, consumer: str, source: str, before: int, after: int) -> None:
    """Move from `before` to `after`. Raises LostRace when the position is no longer `before`."""
    one = {"of": consumer, "in_source": source}
    if connection.execute(_MOVE, one | {"before": before, "after": after}).rowcount == 1:
        return
    if before != 0 or connection.execute(_READ, one).first() is not None:
        raise LostRace(f"{consumer} is no longer at {before} of {source}")
    connection.execute(insert(positions), {"consumer": consumer, "source": source, "position": after})
