"""What SØM does when a fact arrives: notes it, and computes each case it touched anew, once per batch.

A new knowledge base touches every case, and so may an outcome. More cases than FEW wait in a table and are computed in
child processes beside the facts (`waiting`); a fact that touches few has them computed at once, with the newest
knowledge base.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, cast

from sqlalchemy import Connection

from services.som import views, waiting
from services.som.events import (
    CaseAdjusted,
    ChecklistSigned,
    KnowledgePublished,
    ScenarioChanged,
    ScenarioCreated,
    ScenarioReviewed,
    ScenarioShared,
)
from services.som.recalculation import Cause, compute
from shared.eventstore.store import Recorded, Transaction

OWN = (
    CaseAdjusted,
    KnowledgePublished,
    ScenarioCreated,
    ScenarioChanged,
    ChecklistSigned,
    ScenarioReviewed,
    ScenarioShared,
)
"""What SØM listens to of its own log."""

FEW = 30
"""So many cases are computed at once, which takes some 150 ms; all the time nothing else goes on in the process."""


class Dated(Protocol):
    """Every fact that touches a case has the day on which it counts."""

    effective_on: date


def react(transaction: Transaction, source: str, events: Sequence[Recorded]) -> None:
    """Note the events and append what follows for the cases they touched, in the same transaction.

    Many events for one case give one recalculation; none is recorded when no input changed.
    """
    connection = transaction.connection
    if source == "funding":
        touched = views.apply_funding(connection, events)
    elif source == "trials":
        touched = views.apply_trials(connection, events)
    else:
        touched = _own(connection, events)
    if not touched:
        return
    cause = _cause(events)
    if len(touched) > FEW:
        waiting.put(connection, touched, cause)
        return
    appends = [one.append() for one in compute(connection, touched, cause.effective_on) if one.events]
    if appends:
        transaction.append(appends, cause.context())


def _cause(events: Sequence[Recorded]) -> Cause:
    """The last of the events that may touch a case: every one of them has a day on which it counts."""
    last = next(one for one in reversed(events) if not isinstance(one.event, views.APPLYING))
    return Cause(last.event_id, last.correlation_id, cast(Dated, last.event).effective_on)


def _own(connection: Connection, events: Sequence[Recorded]) -> set[views.CaseKey]:
    touched = set()
    for recorded in events:
        match recorded.event:
            case CaseAdjusted():
                touched.add(views.apply_adjustment(connection, recorded, recorded.event))
            case KnowledgePublished():
                publication = views.apply_knowledge(connection, recorded, recorded.event)
                waiting.put_all(connection, publication, recorded.recorded_at, _cause([recorded]))
            case ScenarioCreated() | ScenarioChanged() | ChecklistSigned() | ScenarioReviewed() | ScenarioShared():
                views.apply_scenario(connection, recorded.event)
    return touched
