"""The live cases as they stand: what was told of them, what is behind it, and their latest projection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, select

from services.som.codec import CODEC
from services.som.events import Behind, CaseAdjusted, Cohort, ProjectionRecalculated
from services.som.live import Money, Told
from services.som.views.tables import CaseKey, som_behind, som_case, som_case_year, som_money, som_trial_arm
from services.trials.commands import COMPARISON
from shared.eventstore.tables import events
from shared.kernel.statistics import Counts


class LiveCase(NamedTuple):
    """A case with all that decides whether it is computed anew. `version`: its stream's; 0 when it is not open yet."""

    key: CaseKey
    stream_id: str
    version: int
    told: Told
    adjusted: CaseAdjusted | None
    behind: tuple[Behind, ...]
    latest: ProjectionRecalculated | None


_AMONG: BindParameter[str] = bindparam("municipalities", expanding=True)
_INITIATIVE: BindParameter[str] = bindparam("of_initiative")


_OF_CASE = events.c.stream_id == som_case.c.stream_id
_PROJECTIONS = select(events.c.position).where(_OF_CASE, events.c.type == ProjectionRecalculated.event_type)
_LATEST = _PROJECTIONS.order_by(events.c.version.desc()).limit(1).scalar_subquery().label("latest")
"""The position of a case's latest projection, found by the index."""


def _cases() -> Any:
    """The cases with the newest version of their streams and their latest projection, both found by the index."""
    version = select(func.max(events.c.version)).where(_OF_CASE).scalar_subquery()
    found = select(som_case, version.label("version"), _LATEST)
    cases = found.where(som_case.c.initiative == _INITIATIVE, som_case.c.municipality.in_(_AMONG)).subquery()
    event = events.alias("latest_event")
    whole = select(cases, event.c.type, event.c.schema_version, event.c.data)
    return whole.outerjoin(event, event.c.position == cases.c.latest).order_by(cases.c.municipality)


# Built once: an outcome asks all of these.
_CASES = _cases()
_MONEY = select(som_money).where(som_money.c.initiative == _INITIATIVE, som_money.c.municipality.in_(_AMONG))
_YEARS = select(som_case_year).where(
    som_case_year.c.initiative == _INITIATIVE, som_case_year.c.municipality.in_(_AMONG)
)
_YEARS = _YEARS.order_by(som_case_year.c.year)
_ARMS = select(som_trial_arm).where(som_trial_arm.c.initiative == _INITIATIVE)
_BEHIND = select(som_behind).where(and_(som_behind.c.initiative == _INITIATIVE, som_behind.c.municipality.in_(_AMONG)))
_BEHIND = _BEHIND.order_by(som_behind.c.input, som_behind.c.service)


def live_cases(connection: Connection, keys: Iterable[CaseKey]) -> list[LiveCase]:
    """These cases, in order; five queries for each initiative, however many municipalities it has."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for initiative, municipality in sorted(keys):
        wanted[initiative].append(municipality)
    return [case for initiative, places in wanted.items() for case in _of_initiative(connection, initiative, places)]


def _of_initiative(connection: Connection, initiative: str, places: list[str]) -> list[LiveCase]:
    def rows(statement: Any, among: list[str]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in connection.execute(statement, {"of_initiative": initiative, "municipalities": among}):
            found[row.municipality].append(row)
        return found

    money, years, behind = rows(_MONEY, places), rows(_YEARS, places), rows(_BEHIND, ["", *places])
    trials = _trials(connection, initiative)
    cases = []
    for place, (row,) in rows(_CASES, places).items():
        told = Told(
            initiative,
            row.decision_date,
            [Money(*(getattr(one, name) for name in Money._fields)) for one in money[place]],
            [
                Cohort(year=one.year, completers=one.completers, starters=one.starters)
                for one in years[place]
                if one.completers or one.starters
            ],
            trials,
        )
        adjusted = None if row.adjustment is None else CaseAdjusted.model_validate_json(row.adjustment)
        latest = None if row.data is None else CODEC.decode(row.type, row.schema_version, row.data)
        assert latest is None or isinstance(latest, ProjectionRecalculated)
        key = (initiative, place)
        noted = tuple(_behind(one) for one in (*behind[""], *behind[place]))
        cases.append(LiveCase(key, row.stream_id, row.version or 0, told, adjusted, noted, latest))
    return cases


def _behind(row: Any) -> Behind:
    return Behind(input=row.input, service=row.service, events=row.events, first=row.first, last=row.last)


def _trials(connection: Connection, initiative: str) -> dict[str, tuple[Counts, Counts]]:
    """Per trial of the initiative: (successes, assessed) of the intervention arms together, and of the comparison."""
    counts: dict[str, tuple[Counts, Counts]] = {}
    for row in connection.execute(_ARMS, {"of_initiative": initiative}):
        arm, other = counts.get(row.trial_id, ((0, 0), (0, 0)))
        if row.arm == COMPARISON:
            other = (other[0] + row.successes, other[1] + row.assessed)
        else:
            arm = (arm[0] + row.successes, arm[1] + row.assessed)
        counts[row.trial_id] = (arm, other)
    return counts


def latest_projections(connection: Connection, initiative: str | None) -> dict[CaseKey, ProjectionRecalculated]:
    """The latest projection of every case, or of an initiative's, that has one."""
    found = select(som_case.c.initiative, som_case.c.municipality, _LATEST)
    if initiative is not None:
        found = found.where(som_case.c.initiative == initiative)
    cases = found.subquery()
    rows = connection.execute(
        select(cases, events.c.type, events.c.schema_version, events.c.data).join(
            events, events.c.position == cases.c.latest
        )
    )
    projections: dict[CaseKey, ProjectionRecalculated] = {}
    for row in rows:
        event = CODEC.decode(row.type, row.schema_version, row.data)
        assert isinstance(event, ProjectionRecalculated)
        projections[row.initiative, row.municipality] = event
    return projections
