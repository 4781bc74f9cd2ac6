"""What can be asked of calls and applications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Table, select

from services.funding.application import Assessment
from services.funding.assessment import weighted_points
from services.funding.commands import Application, Applications, Calls, RankedList
from services.funding.events import Criterion, Score
from services.funding.views.tables import applications as application_rows
from services.funding.views.tables import assessments
from services.funding.views.tables import calls as call_rows
from shared.kernel.refusal import not_found

Row = dict[str, Any]
IN_SHORT = (
    *("application_id", "call_id", "municipality", "title", "status", "applied_oere", "awarded_oere", "grant_id"),
    *("saved_at", "submitted_at", "reopened_until", "decided_on", "reason"),
)
RANKED = ("submitted", "awarded", "refused")
"""Applications of these statuses compete, or have: a decision must not move the others up."""


def calls(connection: Connection, query: Calls) -> dict[str, Any]:
    """The calls, of one pool if named, in order of deadline; with what has been awarded of their frames, in øre."""
    named = [] if query.pool_id is None else [call_rows.c.pool_id == query.pool_id]
    rows = _rows(connection, call_rows, *named)
    rows.sort(key=lambda row: (datetime.fromisoformat(row["deadline_at"]), row["call_id"]))
    return {"calls": rows}


def applications(connection: Connection, query: Applications) -> dict[str, Any]:
    """The applications of a call with their status, of one municipality if named. Raises Rejected NOT_FOUND."""
    _call(connection, query.call_id)
    of = [application_rows.c.call_id == query.call_id]
    if query.municipality is not None:
        of.append(application_rows.c.municipality == query.municipality)
    rows = sorted(_rows(connection, application_rows, *of), key=lambda row: row["application_id"])
    return {"call_id": query.call_id, "applications": [{name: row[name] for name in IN_SHORT} for row in rows]}


def application(connection: Connection, query: Application) -> dict[str, Any]:
    """One application as it stands, with its assessments and conflicts of interest. Raises Rejected NOT_FOUND."""
    found = _rows(connection, application_rows, application_rows.c.application_id == query.application_id)
    if not found:
        raise not_found("application_id")
    given = _assessments(connection, [query.application_id])
    return {**found[0], "assessments": given}


def ranked_list(connection: Connection, query: RankedList) -> dict[str, Any]:
    """The submitted applications of a call, in order of their weighted points, decided ones in their places.

    `points` is the mean over assessors, `highest` and `lowest` a single assessor's; each 0 to 100 as decimal text with
    two decimals, and ordered by what is exact. Equal points share a rank and stand in order of application_id; without
    points there is none. The call's other applications come last, without a rank. Raises Rejected NOT_FOUND.
    """
    criteria = [Criterion(**one) for one in _call(connection, query.call_id)["criteria"]]
    rows = _rows(connection, application_rows, application_rows.c.call_id == query.call_id)
    given = _assessments(connection, [row["application_id"] for row in rows])
    ranked: list[tuple[Fraction, Row]] = []
    for row in sorted(rows, key=lambda row: (row["status"] not in RANKED, row["application_id"])):
        own = [one for one in given if one["application_id"] == row["application_id"]]
        points, shown = _points(criteria, own)
        competes = points is not None and row["status"] in RANKED
        ranked.append((points if competes and points is not None else Fraction(-1), {**_named(row), **shown}))
    ranked.sort(key=lambda item: -item[0])
    placed = [points for points, _ in ranked]
    listed = [{"rank": placed.index(points) + 1 if points >= 0 else None, **row} for points, row in ranked]
    return {"call_id": query.call_id, "applications": listed}


def _points(criteria: Sequence[Criterion], own: Sequence[Row]) -> tuple[Fraction | None, Row]:
    """An application's exact points, and what the list shows of its assessment."""
    counting = [
        Assessment(assessor=one["assessor"], scores=tuple(Score(**score) for score in one["scores"]))
        for one in own
        if one["conflict"] is None
    ]
    single = [points for one in counting if (points := weighted_points(criteria, [one])) is not None]
    points = weighted_points(criteria, counting)
    return points, {
        "points": _decimal(points),
        "highest": _decimal(max(single, default=None)),
        "lowest": _decimal(min(single, default=None)),
        "assessors": len(counting),
        "conflicts": len(own) - len(counting),
    }


def _named(row: Row) -> Row:
    return {name: row[name] for name in ("application_id", "municipality", "title", "status", "applied_oere")}


def _decimal(points: Fraction | None) -> str | None:
    if points is None:
        return None
    exact = Decimal(points.numerator) / Decimal(points.denominator)
    return str(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def _assessments(connection: Connection, application_ids: Sequence[str]) -> list[Row]:
    rows = _rows(connection, assessments, assessments.c.application_id.in_(application_ids))
    return sorted(rows, key=lambda row: (row["application_id"], row["assessor"]))


def _call(connection: Connection, call_id: str) -> Row:
    found = _rows(connection, call_rows, call_rows.c.call_id == call_id)
    if not found:
        raise not_found("call_id")
    return found[0]


def _rows(connection: Connection, table: Table, *conditions: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(select(table).where(*conditions)).mappings()]
