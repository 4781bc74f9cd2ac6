"""Computing cases anew: reads them as they stand, decides, and says what is to be appended to which stream."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from services.som import views
from services.som.case import CaseState, Known, decide_open, decide_recalculation
from services.som.events import ProjectionRecalculated
from services.som.live import live_inputs
from services.som.model import KnowledgeBase
from services.som.views.reading import LiveCase
from shared.eventstore import positions
from shared.eventstore.context import Context
from shared.eventstore.store import StreamAppend
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected

log = logging.getLogger(__name__)

NAME = "som"

Version = tuple[str, int]
"""A knowledge base and its version."""


class Cause(NamedTuple):
    """The event that a case is computed because of, and the day on which it counts."""

    event_id: str
    correlation_id: str
    effective_on: date

    def context(self) -> Context:
        """The context of what follows from it."""
        return Context(self.event_id, self.correlation_id, self.event_id, NAME)


class Computed(NamedTuple):
    """A case that was looked at: the version its stream had then, the publication of the knowledge base that it was
    computed with, and what is to be appended to it, perhaps nothing."""

    key: views.CaseKey
    stream_id: str
    version: int
    publication: int
    events: list[Event]

    def append(self) -> StreamAppend:
        """What is to be appended."""
        return StreamAppend(self.stream_id, self.version, self.events)


def compute(connection: Connection, cases: Iterable[views.CaseKey], today: date) -> list[Computed]:
    """Open those of these cases that are new, and compute those anew whose inputs changed."""
    reached = positions.read_all(connection, NAME)
    book = views.book_in_force(connection)
    live = views.live_cases(connection, cases)
    before = _knowledge_before(connection, live, book)
    computed = []
    for case in live:
        initiative, municipality = case.key
        opened = CaseState(decision_date=case.told.decision_date) if case.version else CaseState()
        events = decide_open(opened, initiative, municipality, case.told.decision_date, today)
        if book is not None:
            try:
                events += _recalculated(case, book, before, reached, today)
            except Rejected as rejection:
                # The case keeps its last projection; the facts stand, and other cases go on.
                log.error("case cannot be computed", extra={"case": case.stream_id, "code": rejection.code})
        publication = 0 if book is None else book.publication
        computed.append(Computed(case.key, case.stream_id, case.version, publication, events))
    return computed


def _recalculated(
    case: LiveCase,
    book: views.Book,
    before: Mapping[Version, KnowledgeBase | None],
    reached: Mapping[str, int],
    today: date,
) -> list[Event]:
    initiative, municipality = case.key
    inputs = live_inputs(case.told, book.knowledge.basis(initiative), case.adjusted)
    return decide_recalculation(
        case.latest,
        initiative,
        municipality,
        inputs,
        Known(book.knowledge, book.version, book.position),
        None if case.latest is None else before[_version(case.latest)],
        case.behind,
        reached,
        today,
    )


def _knowledge_before(
    connection: Connection, cases: Iterable[LiveCase], in_force: views.Book | None
) -> dict[Version, KnowledgeBase | None]:
    """The knowledge bases that the cases' latest projections were computed with; most often the one in force."""
    found: dict[Version, KnowledgeBase | None] = {}
    if in_force is not None:
        found[in_force.pricebook, in_force.version] = in_force.knowledge
    for version in {_version(case.latest) for case in cases if case.latest is not None} - found.keys():
        book = views.book(connection, *version)
        found[version] = None if book is None else book.knowledge
    return found


def _version(latest: ProjectionRecalculated) -> Version:
    return latest.pricebook, latest.pricebook_version
