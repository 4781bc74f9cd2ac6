"""Writing the journal, and the balances that answer without reading all of it.

Positions are divided into blocks of BLOCK. `funding_balances` holds, for each block in which anything was posted, what
stood on every account after it: the balance at any position is that of the block before its own, and the journal's few
lines since. A posting is added to its own block and to those after it, so that events that were parked and come late
change the same rows as if they had come in time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, literal, select

from services.funding.views.rows import Row, Rows
from services.funding.views.tables import balances, grants, journal
from shared.eventstore import upsert
from shared.eventstore.store import Recorded

BLOCK = 1000
"""Positions in a block."""
BLOCK_DIMENSIONS = ("ledger_account", "account", "budget_year", "initiative")
"""What the balances of blocks are kept by."""
REFERENCES = ("payment_id", "claim_id", "report_id", "change_id", "act")
"""The fields that say what an event is about, an event has at most one of them."""

Told = tuple[str, str, str]
"""Grant, type and reference: what a correction names the event by that it corrects."""


class Journal:
    """The journal lines of a batch of events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lines: list[Row] = []
        self._told: dict[Told, str] = {}

    def add(self, recorded: Recorded, rows: Rows) -> None:
        """Add the lines of an event, if it moves money."""
        event: Any = recorded.event
        postings = getattr(event, "postings", ())
        if not postings:
            return
        reference = next((found for name in REFERENCES if (found := getattr(event, name, None))), None)
        grant_id = getattr(event, "grant_id", None)
        common = {
            "position": recorded.position,
            "event_id": recorded.event_id,
            "type": recorded.type,
            "effective_on": event.effective_on.isoformat(),
            "recorded_at": recorded.recorded_at,
            "grant_id": grant_id,
            "pool_id": getattr(event, "pool_id", None) or _pool_of(rows, grant_id),
            "initiative": getattr(event, "initiative", ""),
            "reference": reference,
            "corrects": self._corrected(getattr(event, "corrects", None), grant_id, reference),
        }
        self._lines += [{**common, "line": line, **posting.model_dump()} for line, posting in enumerate(postings, 1)]
        if grant_id and reference:
            self._told[grant_id, recorded.type, reference] = recorded.event_id

    def write(self) -> None:
        """Write the lines, and add them to the balances."""
        if self._lines:
            self._connection.execute(insert(journal), self._lines)
            self._add_to_balances()

    def _corrected(self, corrects: str | None, grant_id: str | None, reference: str | None) -> str | None:
        """The id of the event that is corrected; a grant's event names the type of it, an appropriation's the id."""
        if corrects is None or grant_id is None or reference is None:
            return corrects
        told = self._told.get((grant_id, corrects, reference))
        if told is not None:
            return told
        same = (journal.c.grant_id == grant_id, journal.c.type == corrects, journal.c.reference == reference)
        newest = select(journal.c.event_id).where(*same).order_by(journal.c.position.desc()).limit(1)
        found: str | None = self._connection.execute(newest).scalar()
        return found

    def _add_to_balances(self) -> None:
        blocks: dict[int, dict[tuple[Any, ...], int]] = {}
        for line in self._lines:
            sums = blocks.setdefault(line["position"] // BLOCK, {})
            key = tuple(line[name] for name in BLOCK_DIMENSIONS)
            sums[key] = sums.get(key, 0) + line["amount_oere"]
        for block, sums in sorted(blocks.items()):
            rows = [
                {"block": after, **dict(zip(BLOCK_DIMENSIONS, key, strict=True)), "amount_oere": amount}
                for after in self._from(block)
                for key, amount in sums.items()
            ]
            upsert.add(self._connection, balances, rows)

    def _from(self, block: int) -> list[int]:
        """The block, begun with what stood before it should it not be there yet, and those after it that are."""
        there = select(balances.c.block).where(balances.c.block >= block).distinct()
        found = sorted(self._connection.execute(there).scalars())
        if block in found:
            return found
        before = select(func.max(balances.c.block)).where(balances.c.block < block).scalar_subquery()
        rest = [balances.c[name] for name in (*BLOCK_DIMENSIONS, "amount_oere")]
        carried = select(literal(block), *rest).where(balances.c.block == before)
        columns = ["block", *BLOCK_DIMENSIONS, "amount_oere"]
        self._connection.execute(insert(balances).from_select(columns, carried))
        return [block, *found]


def _pool_of(rows: Rows, grant_id: str | None) -> str | None:
    """The pool of a grant, for old events that do not name it."""
    row = None if grant_id is None else rows.get(grants, grant_id)
    return None if row is None else row["pool_id"]
