"""What can be asked of the views. Every answer states its generation and the positions it was computed at.

Totals of an initiative and of the programme are shown as they are; in a municipality a small number of
citizens is hidden, and so is what would give it away (see disclosure).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from services.reporting.views import tables
from services.reporting.views.disclosure import ALL_INITIATIVES, Counts, with_totals
from services.reporting.views.figures import (
    AccountYear,
    Count,
    Figures,
    Initiative,
    InitiativeFigures,
    LatestEvent,
    LocalFigures,
    MunicipalityFigures,
    Programme,
)
from services.reporting.views.reading import Money, Snapshot, break_even_year, net_of, rows, take
from shared.kernel.municipalities import municipalities
from shared.kernel.rejection import Rejected

TRACKS = ("development", "dissemination", "data")


def programme(connection: Connection, positions: Mapping[str, int]) -> Programme:
    """The whole programme: initiatives in the order of their tracks, a total, account-years,
    municipalities."""
    snapshot = take(connection)
    initiatives = [_initiative(snapshot, name) for name in snapshot.initiatives()]
    initiatives.sort(key=lambda row: (_track_order(row.track), row.title, row.initiative))
    accounts = tuple(
        AccountYear(**{name: row._mapping[name] for name in AccountYear.model_fields})
        for row in rows(connection, tables.appropriations, snapshot.generation)
    )
    appropriated = sum(row.appropriated_oere for row in accounts)
    total = Figures(**_sums(snapshot, None), appropriated_oere=appropriated, effect=None)
    places = sorted({municipality for _, municipality in (*snapshot.money, *snapshot.cases)})
    return Programme(
        **_stated(connection, snapshot, positions),
        initiatives=tuple(initiatives),
        unpooled_oere=appropriated - sum(row.appropriated_oere for row in initiatives),
        total=total,
        appropriations=accounts,
        municipalities=tuple(_local(snapshot, None, code) for code in places),
        latest=_latest(connection, snapshot.generation),
    )


def initiative(connection: Connection, initiative_id: str, positions: Mapping[str, int]) -> Initiative:
    """One initiative. Raises Rejected NOT_FOUND when no source has told of it."""
    snapshot = take(connection)
    if initiative_id not in snapshot.initiatives():
        raise _unknown("initiative")
    cells = {*snapshot.money, *snapshot.cases}
    places = sorted(municipality for name, municipality in cells if name == initiative_id)
    return Initiative(
        **_stated(connection, snapshot, positions),
        figures=_initiative(snapshot, initiative_id),
        municipalities=tuple(_local(snapshot, initiative_id, code) for code in places),
    )


def municipality(connection: Connection, code: str, positions: Mapping[str, int]) -> MunicipalityFigures:
    """One municipality, also one in which nothing has happened. Raises Rejected NOT_FOUND for another
    code."""
    if code not in municipalities():
        raise _unknown("municipality")
    snapshot = take(connection)
    names = sorted(name for name, place in {*snapshot.money, *snapshot.cases} if place == code)
    return MunicipalityFigures(
        **_stated(connection, snapshot, positions),
        total=_local(snapshot, None, code),
        initiatives=tuple(_local(snapshot, name, code) for name in names),
    )


def _unknown(field: str) -> Rejected:
    return Rejected("NOT_FOUND", f"There is no such {field}.", [{"field": field, "rule": "known"}])


def _stated(connection: Connection, snapshot: Snapshot, positions: Mapping[str, int]) -> dict[str, Any]:
    seen = rows(connection, tables.sources, snapshot.generation)
    times = {row.source: row.recorded_at for row in seen}
    return {"generation": snapshot.generation, "positions": dict(positions), "recorded_at": times}


def _track_order(track: str | None) -> int:
    return TRACKS.index(track) if track in TRACKS else len(TRACKS)


def _initiative(snapshot: Snapshot, name: str) -> InitiativeFigures:
    # Until its first pool is known here, an initiative is called by its id.
    title, track = snapshot.facts.get(name, (name, None))
    return InitiativeFigures(
        initiative=name,
        title=title,
        track=track,
        appropriated_oere=snapshot.drawn_oere.get(name, 0),
        effect=snapshot.effects.get(name),
        **_sums(snapshot, name),
    )


def _sums(snapshot: Snapshot, name: str | None) -> dict[str, Any]:
    """What an initiative's cells, or all of them, add up to."""
    money = [amounts for cell, amounts in snapshot.money.items() if name in (None, cell[0])]
    people = [counts for cell, counts in snapshot.counts.items() if name in (None, cell[0])]
    cases = [case for cell, case in snapshot.cases.items() if name in (None, cell[0])]
    counted = {field: sum(getattr(counts, field) for counts in people) for field in Counts._fields}
    return {
        **_added(money),
        **counted,
        "net": net_of(cases),
        "discounted_cost_oere": sum(case.discounted_cost_oere for case in cases) if cases else None,
        "break_even_year": break_even_year(cases),
    }


def _added(money: Sequence[Money]) -> dict[str, Any]:
    return {field: sum(getattr(amounts, field) for amounts in money) for field in Money._fields}


def _local(snapshot: Snapshot, name: str | None, code: str) -> LocalFigures:
    """A municipality under one initiative, or under all (None), with what must be hidden hidden."""
    cell = (ALL_INITIATIVES if name is None else name, code)
    chosen = [key for key in snapshot.money if key[1] == code and name in (None, key[0])]
    cases = [case for key, case in snapshot.cases.items() if key[1] == code and name in (None, key[0])]
    counts = with_totals({key: snapshot.counts[key] for key in chosen}).get(cell, Counts(0, 0, 0, 0))
    parts_hidden = cell in snapshot.hidden.parts
    parts = counts._asdict().items()
    shown: dict[str, Any] = {field: _count(value, parts_hidden) for field, value in parts if field != "enrolled"}
    return LocalFigures(
        municipality=code,
        name=municipalities()[code].name if code in municipalities() else code,
        initiative=name,
        title=None if name is None else snapshot.facts.get(name, (name, ""))[0],
        **_added([snapshot.money[key] for key in chosen]),
        enrolled=_count(counts.enrolled, cell in snapshot.hidden.enrolled),
        **shown,
        # A net result is so much per citizen who completed: with the cost known, it tells how many they are.
        net=None if parts_hidden else net_of(cases),
        net_hidden=parts_hidden and bool(cases),
        break_even_year=None if parts_hidden else break_even_year(cases),
    )


def _count(value: int, hidden: bool) -> Count:
    return Count(value=None if hidden else value, hidden=hidden)


def _latest(connection: Connection, generation: int) -> tuple[LatestEvent, ...]:
    newest = sorted(
        rows(connection, tables.latest, generation),
        key=lambda row: (row.recorded_at, row.source, row.position),
        reverse=True,
    )
    return tuple(
        LatestEvent(source=row.source, position=row.position, recorded_at=row.recorded_at, parts=json.loads(row.parts))
        for row in newest[: tables.LATEST]
    )
