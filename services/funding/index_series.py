"""An index of prices or wages, by which appropriations are regulated: imported whole, a newer import replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from services.funding.commands import ImportIndexSeries, IndexPointRequest
from services.funding.events import IndexPoint, IndexSeriesImported
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import refused


class IndexSeriesState(Value):
    """The newest import of a series."""

    published_on: date | None = None
    points: tuple[IndexPoint, ...] = ()

    def point(self, year: int) -> IndexPoint | None:
        """The series' point of a year, if it has one."""
        return next((point for point in self.points if point.year == year), None)


def evolve(state: IndexSeriesState, event: Event) -> IndexSeriesState:
    """The series after `event`; an event of another kind changes nothing."""
    match event:
        case IndexSeriesImported():
            return IndexSeriesState(published_on=event.published_on, points=event.points)
        case _:
            return state


def decide_import(state: IndexSeriesState, command: ImportIndexSeries) -> list[Event]:
    """Import a series, in place of the import before.

    Raises Rejected INDEX_YEAR_TWICE or INDEX_YEAR_MISSING (`year`: the first one wrong; points come in order), or
    OLDER_THAN_KNOWN (known_published_on) for a publication before the one that is known.
    """
    _require_every_year(command.points)
    if state.published_on is not None and command.published_on < state.published_on:
        message = "A later publication of the series is known; import one published no earlier."
        known = state.published_on.isoformat()
        raise refused("OLDER_THAN_KNOWN", message, "published_on", known_published_on=known)
    return [
        IndexSeriesImported(
            series_id=command.series_id,
            title=command.title,
            source=command.source,
            published_on=command.published_on,
            points=tuple(IndexPoint(year=point.year, value=point.value) for point in command.points),
            effective_on=command.effective_on,
        )
    ]


def _require_every_year(points: Sequence[IndexPointRequest]) -> None:
    """Refuse points that are not one for every year in order: a gap would be guessed at when money is regulated."""
    seen = {points[0].year}
    for index, (before, point) in enumerate(pairwise(points), 1):
        name = f"points.{index}.year"
        if point.year in seen:
            message = "The series has this year twice; give one point for each."
            raise refused("INDEX_YEAR_TWICE", message, name, year=point.year)
        if point.year != before.year + 1:
            message = "The series lacks a year here; give a point for every year from the first to the last, in order."
            raise refused("INDEX_YEAR_MISSING", message, name, year=before.year + 1)
        seen.add(point.year)


INDEX_SERIES = Aggregate("index", IndexSeriesState(), evolve)

IMPORT_INDEX_SERIES = Decider(
    ImportIndexSeries,
    reads=lambda command: ((INDEX_SERIES, command.series_id),),
    decide=decide_import,
)
