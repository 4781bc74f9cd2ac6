"""Calls and applications as they stand. A handler is given an event's fields as JSON values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.funding import events as e
from services.funding.application import SOURCE_GRANT
from services.funding.views.rows import Rows
from services.funding.views.tables import applications, assessments, calls
from shared.kernel.messages import Event

Data = dict[str, Any]
Handlers = dict[type[Event], Callable[[Rows, Data], None]]


def _published(rows: Rows, data: Data) -> None:
    rows.put(calls, **data, status="published")


def _extended(rows: Rows, data: Data) -> None:
    rows.change(calls, data["call_id"], deadline_at=data["deadline_at"])


def _closed(rows: Rows, data: Data) -> None:
    rows.change(calls, data["call_id"], status="closed")


def _call_awarded(rows: Rows, data: Data) -> None:
    rows.grow(calls, data["call_id"], awarded_oere=data["amount_oere"])


def _saved(rows: Rows, data: Data) -> None:
    before = rows.get(applications, data["application_id"]) or {"status": "draft"}
    applied = sum(line["amount_oere"] for line in data["financing"] if line["source"] == SOURCE_GRANT)
    rows.put(applications, **before | data | {"saved_at": data["at"], "applied_oere": applied})


def _changed(rows: Rows, data: Data, status: str, **values: Any) -> None:
    rows.change(applications, data["application_id"], status=status, **values)


def _submitted(rows: Rows, data: Data) -> None:
    sent = {"submitted_at": data["at"], "applied_oere": data["applied_oere"], "reopened_until": None}
    _changed(rows, data, "submitted", **sent)


def _reopened(rows: Rows, data: Data) -> None:
    _changed(rows, data, "reopened", reopened_until=data["until"], reason=data["reason"])
    # What was assessed may now be written anew; a conflict of interest remains one.
    for row in rows.where(assessments, application_id=data["application_id"]):
        if row["conflict"] is None:
            rows.remove(assessments, row["application_id"], row["assessor"])


def _withdrawn(rows: Rows, data: Data) -> None:
    _changed(rows, data, "withdrawn", reason=data["reason"])


def _conflict(rows: Rows, data: Data) -> None:
    rows.put(assessments, **data, conflict=data["reason"])


def _assessed(rows: Rows, data: Data) -> None:
    rows.put(assessments, **data)


def _decision(data: Data) -> Data:
    return {"decided_on": data["effective_on"], "decided_by": data["decided_by"], "reason": data["reason"]}


def _refused(rows: Rows, data: Data) -> None:
    _changed(rows, data, "refused", **_decision(data))


def _awarded(rows: Rows, data: Data) -> None:
    _changed(rows, data, "awarded", grant_id=data["grant_id"], awarded_oere=data["amount_oere"], **_decision(data))


HANDLERS: Handlers = {
    e.CallPublished: _published,
    e.CallExtended: _extended,
    e.CallClosed: _closed,
    e.CallAwarded: _call_awarded,
    e.ApplicationSaved: _saved,
    e.ApplicationSubmitted: _submitted,
    e.ApplicationReopened: _reopened,
    e.ApplicationWithdrawn: _withdrawn,
    e.ConflictDeclared: _conflict,
    e.ApplicationAssessed: _assessed,
    e.ApplicationRefused: _refused,
    e.ApplicationAwarded: _awarded,
}
