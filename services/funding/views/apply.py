"""How events change the views. Nothing here knows the clock: the same events give the same rows."""

from __future__ import annotations

from collections.abc import Sequence

from services.funding.views import apply_applications, apply_deadlines, apply_grants, apply_payments, postings
from services.funding.views.rows import Rows
from shared.eventstore.store import Recorded, Transaction

# In this order: a deadline depends on what has become of its grant.
_HANDLERS = (apply_applications.HANDLERS, apply_grants.HANDLERS, apply_payments.HANDLERS, apply_deadlines.HANDLERS)


def react(transaction: Transaction, _source: str, recorded_events: Sequence[Recorded]) -> None:
    """Bring the views up to date with these events of the service's own log."""
    rows = Rows(transaction.connection, [recorded.event for recorded in recorded_events])
    journal = postings.Journal(transaction.connection)
    for recorded in recorded_events:
        data = recorded.event.model_dump(mode="json", exclude={"postings"})
        for handlers in _HANDLERS:
            handler = handlers.get(type(recorded.event))
            if handler is not None:
                handler(rows, data)
        journal.add(recorded, rows)
    rows.write()
    journal.write()
