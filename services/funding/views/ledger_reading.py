"""Balances by any dimension, as of a position or moment and as at a day.

What asks only by what the blocks are kept by reads a few thousand rows, however long the journal; what asks of one
grant reads that grant's lines by an index; anything else reads the journal up to the position. `as_at` takes away the
lines that take effect later, by an index on the effective date: the further back the day, the more they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select, union_all

from services.funding.commands.queries import LedgerQuery
from services.funding.views.postings import BLOCK, BLOCK_DIMENSIONS
from services.funding.views.tables import balances, journal
from shared.eventstore import positions
from shared.kernel.refusal import refused

SERVICE = "funding"


class Cut(NamedTuple):
    """Which postings count: those up to a position, and of them those in effect by a day (None: whenever)."""

    position: int
    as_at: str | None = None
    is_head: bool = False
    """Whether the position is the views' own; every line is then up to it."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same, of the journal."""
        by_day = [] if self.as_at is None else [journal.c.effective_on <= self.as_at]
        return [journal.c.position <= self.position, *by_day]

    def stated(self) -> dict[str, Any]:
        """The part of an answer by which it can be asked for again."""
        return {"position": self.position, "as_at": self.as_at}


def head(connection: Connection) -> int:
    """The position that the views have come to."""
    return positions.read(connection, SERVICE, SERVICE)


def cut(connection: Connection, query: LedgerQuery) -> Cut:
    """What a question is about. A moment stands for the last position that money was posted at by then.

    Raises Rejected AS_OF_BEYOND_HEAD (head) for a position that the views have not come to.
    """
    as_at = None if query.as_at is None else query.as_at.isoformat()
    reached = head(connection)
    if query.as_of is None:
        return Cut(reached, as_at, is_head=True)
    if isinstance(query.as_of, datetime):
        moment = query.as_of.astimezone(UTC).isoformat(timespec="microseconds")
        newest = select(journal.c.position).where(journal.c.recorded_at <= moment)
        newest = newest.order_by(journal.c.recorded_at.desc(), journal.c.position.desc()).limit(1)
        return Cut(connection.execute(newest).scalar() or 0, as_at)
    if query.as_of > reached:
        message = "The ledger has not come to that position; ask for its head or an earlier one."
        raise refused("AS_OF_BEYOND_HEAD", message, "as_of", head=reached)
    return Cut(query.as_of, as_at)


def sums(
    connection: Connection, at: Cut, by: Sequence[str], only: Mapping[str, str | int]
) -> dict[tuple[Any, ...], int]:
    """Balances in øre by the dimensions `by`, of what matches `only`; nothing stands where there is no key."""
    if {*by, *only} <= set(BLOCK_DIMENSIONS):
        parts = _from_blocks(at, by, only)
    else:
        parts = [_part(journal, by, only, journal.c.amount_oere).where(*at.conditions())]
    union = union_all(*parts).subquery()
    keys = [union.c[name] for name in by]
    total = func.sum(union.c.amount_oere)
    rows = connection.execute(select(*keys, total).group_by(*keys).having(total != 0)).all()
    found = {tuple(row[:-1]): int(row[-1]) for row in rows}
    return dict(sorted(found.items(), key=lambda item: [(part is not None, part) for part in item[0]]))


def _from_blocks(at: Cut, by: Sequence[str], only: Mapping[str, str | int]) -> list[Select[Any]]:
    block = at.position // BLOCK
    before = select(func.max(balances.c.block)).where(balances.c.block < block).scalar_subquery()
    since = journal.c.position.between(block * BLOCK, at.position)
    parts = [
        _part(balances, by, only, balances.c.amount_oere).where(balances.c.block == before),
        _part(journal, by, only, journal.c.amount_oere).where(since),
    ]
    if at.as_at is not None:
        later = _part(journal, by, only, -journal.c.amount_oere).where(journal.c.effective_on > at.as_at)
        # Not said where it is true of every line: SQLite would follow it instead of the index on the day.
        parts.append(later if at.is_head else later.where(journal.c.position <= at.position))
    return parts


def _part(table: Table, by: Sequence[str], only: Mapping[str, str | int], amount: ColumnElement[int]) -> Select[Any]:
    query = select(*(table.c[name] for name in by), amount.label("amount_oere"))
    return query.where(*(table.c[name] == value for name, value in only.items()))
