"""What SØM does when a fact arrives: notes it, and recalculates each case it touched, once per batch."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Protocol, cast

from services.som import views
from services.som.case import CASE, case_key, decide_open, decide_recalculation
from services.som.events import KnowledgePublished
from shared.eventstore import positions, snapshots
from shared.eventstore.context import Context
from shared.eventstore.store import Recorded, StreamAppend, Transaction
from shared.kernel.rejection import Rejected

log = logging.getLogger(__name__)

NAME = "som"


class Dated(Protocol):
    """Every fact that SØM listens to has the day on which it counts."""

    effective_on: date


def react(transaction: Transaction, source: str, events: Sequence[Recorded]) -> None:
    """Note the events and append what follows for the cases they touched, in the same transaction.

    Many events for one case give one recalculation; none is recorded when no input changed.
    """
    connection = transaction.connection
    facts = [recorded.event for recorded in events]
    if source == "funding":
        touched = views.apply_funding(connection, facts)
    elif source == "trials":
        touched = views.apply_trials(connection, facts)
    else:
        touched = set()
        for recorded in events:
            if isinstance(recorded.event, KnowledgePublished):
                touched = views.apply_knowledge(connection, recorded.event, recorded.version)
    if touched:
        recalculate(transaction, sorted(touched), events[-1])


def recalculate(transaction: Transaction, cases: Sequence[tuple[str, str]], cause: Recorded) -> None:
    """Open the cases that are new and recalculate those whose inputs changed; `cause` is the last event noted."""
    connection = transaction.connection
    reached = positions.read_all(connection, NAME)
    knowledge = views.current_knowledge(connection)
    today = cast(Dated, cause.event).effective_on
    appends = []
    for initiative, municipality in cases:
        key = case_key(initiative, municipality)
        loaded = snapshots.load(transaction, CASE, key)
        inputs = views.case_inputs(connection, initiative, municipality)
        decided = decide_open(loaded.state, initiative, municipality, inputs.decision_date, today)
        state = CASE.fold(decided, loaded.state)
        if knowledge is not None:
            published, version = knowledge
            try:
                decided += decide_recalculation(
                    state, initiative, municipality, inputs, published, version, reached, today
                )
            except Rejected as rejection:
                # The case keeps its last projection; the facts stand, and other cases go on.
                log.error("case cannot be computed", extra={"case": key, "code": rejection.code})
        if decided:
            appends.append(StreamAppend(CASE.stream_id(key), loaded.version, decided))
        if loaded.folded >= CASE.snapshot_every:
            snapshots.keep(transaction, CASE, key, loaded)
    if appends:
        context = Context(cause.event_id, cause.correlation_id, cause.event_id, NAME)
        transaction.append(appends, context)
