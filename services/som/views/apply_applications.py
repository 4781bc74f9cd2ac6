"""What is applied for, from the events of the fund: pools, the calls to them, and the applications.

No case is touched by any of it: an application is a case's first once it is awarded.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, bindparam, update

from services.funding.events import (
    ApplicationAwarded,
    ApplicationRefused,
    ApplicationReopened,
    ApplicationSaved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    CallPublished,
    PoolOpened,
)
from services.som.views.tables import som_application, som_call, som_pool
from shared.eventstore import upsert
from shared.kernel.messages import Event

APPLYING = (
    PoolOpened,
    CallPublished,
    ApplicationSaved,
    ApplicationSubmitted,
    ApplicationReopened,
    ApplicationWithdrawn,
    ApplicationRefused,
    ApplicationAwarded,
)
"""The events of the fund that say what is applied for, and what became of it."""

_OPEN = update(som_application).where(som_application.c.application_id == bindparam("of_application"))
_OPEN = _OPEN.values(open=bindparam("is_open"))


def apply_application(connection: Connection, event: Event) -> None:
    """Note one of `APPLYING`. An application is open once it is sent, until it is given back to its applicant, taken
    back or decided."""
    match event:
        case PoolOpened():
            upsert.replace(connection, som_pool, [event.model_dump(include={"pool_id", "initiative", "track"})])
        case CallPublished():
            upsert.replace(connection, som_call, [event.model_dump(include={"call_id", "pool_id", "decision_on"})])
        case ApplicationSaved():
            row = event.model_dump(include={"application_id", "call_id", "municipality"})
            lines = [[line.post, line.project_year, line.source, line.amount_oere] for line in event.financing]
            upsert.replace(connection, som_application, [{**row, "open": False, "lines": json.dumps(lines)}])
        case ApplicationSubmitted():
            connection.execute(_OPEN, {"of_application": event.application_id, "is_open": True})
        case ApplicationReopened() | ApplicationWithdrawn() | ApplicationRefused() | ApplicationAwarded():
            connection.execute(_OPEN, {"of_application": event.application_id, "is_open": False})
