"""How far a consumer has come in a source's log, moved by compare-and-set."""

from __future__ import annotations

from sqlalchemy import BindParameter, Connection, bindparam, exists, insert, select, update

from shared.eventstore.tables import parked, positions

# Built once: these run for every batch of every subscription, and building a statement costs as much as running it.
_OF: BindParameter[str] = bindparam("of")
_SOURCE: BindParameter[str] = bindparam("in_source")
_ONE = (positions.c.consumer == _OF, positions.c.source == _SOURCE)
_READ = select(positions.c.position).where(*_ONE)
_READ_ALL = select(positions.c.source, positions.c.position).where(positions.c.consumer == _OF)
_MOVE = update(positions).where(*_ONE, positions.c.position == bindparam("before")).values(position=bindparam("after"))
_PARKED = exists().where(parked.c.consumer == _OF, parked.c.source == _SOURCE)
# In the same breath: what moves has to know, and every batch of every subscription moves.
_MOVE = _MOVE.returning(_PARKED.label("parked"))


class LostRace(Exception):
    """Another process moved this position meanwhile; what was done in this transaction must be undone."""


def read(connection: Connection, consumer: str, source: str) -> int:
    """The position reached, 0 at the beginning."""
    return connection.execute(_READ, {"of": consumer, "in_source": source}).scalar() or 0


def read_all(connection: Connection, consumer: str) -> dict[str, int]:
    """The positions a consumer has reached, by source."""
    return {row.source: row.position for row in connection.execute(_READ_ALL, {"of": consumer})}


def move(connection: Connection, consumer: str, source: str, before: int, after: int) -> bool:
    """Move from `before` to `after`; whether events of the source are parked for the consumer.

    Raises LostRace when the position is no longer `before`.
    """
    one = {"of": consumer, "in_source": source}
    moved = connection.execute(_MOVE, one | {"before": before, "after": after}).first()
    if moved is not None:
        return bool(moved.parked)
    if before != 0 or connection.execute(_READ, one).first() is not None:
        raise LostRace(f"{consumer} is no longer at {before} of {source}")
    connection.execute(insert(positions), {"consumer": consumer, "source": source, "position": after})
    return False
