"""What is due to each grant, for the office that puts payments together.

Not from a view: what is due follows from each grant's own history, by the same rule as a payment is decided by.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from services.funding.commands import DueInstalments
from services.funding.events import EVENTS, UPCASTERS
from services.funding.grant import GRANT
from services.funding.grant.rules import due_of
from services.funding.views.tables import grants
from shared.eventstore import snapshots
from shared.eventstore.codec import Codec
from shared.eventstore.store import Transaction, utc_now

_CODEC = Codec(EVENTS, UPCASTERS)
_OPEN = (
    select(grants.c.grant_id).where(grants.c.status.in_(("accepted", "started", "ended"))).order_by(grants.c.grant_id)
)


def due_instalments(connection: Connection, query: DueInstalments) -> dict[str, Any]:
    """The grants that something is due to on a day, with how much in øre, and the sum: the lines of a payment batch.

    A grant that is stopped, lapsed, closed or not accepted is due nothing.
    """
    transaction = Transaction(connection, _CODEC, utc_now)
    reads = tuple((GRANT, row.grant_id) for row in connection.execute(_OPEN))
    lines = []
    for (_, grant_id), loaded in zip(reads, snapshots.load_many(transaction, reads), strict=True):
        due_oere = sum(due_of(loaded.state, query.on).values())
        if due_oere:
            line = {"grant_id": grant_id, "municipality": loaded.state.municipality, "amount_oere": due_oere}
            lines.append(line)
    return {"on": query.on.isoformat(), "lines": lines, "total_oere": sum(line["amount_oere"] for line in lines)}
