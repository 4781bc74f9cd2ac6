"""The deadlines that wait. A handler is given an event's fields as JSON values, after its grant's own handler."""

from __future__ import annotations

from datetime import datetime

from services.funding import events as e
from services.funding.views.apply_applications import Data, Handlers
from services.funding.views.rows import Rows
from services.funding.views.tables import claims, deadlines, grants
from shared.kernel.calendar import danish_day


def _set(rows: Rows, kind: str, key: str, reference: str, due_on: str) -> None:
    rows.put(deadlines, kind=kind, key=key, reference=reference, due_on=due_on)


def _remove(rows: Rows, key: str, *kinds: str) -> None:
    for row in rows.where(deadlines, key=key):
        if row["kind"] in kinds:
            rows.remove(deadlines, row["kind"], key, row["reference"])


def _call(rows: Rows, data: Data) -> None:
    day = danish_day(datetime.fromisoformat(data["deadline_at"]))
    _set(rows, "call", data["call_id"], "call", day.isoformat())


def _call_closed(rows: Rows, data: Data) -> None:
    _remove(rows, data["call_id"], "call")


def _letter(rows: Rows, data: Data) -> None:
    _set(rows, "acceptance", data["grant_id"], data["letter"], data["accept_by"])
    for report in data["reports"]:
        _set(rows, "report", data["grant_id"], report["report_id"], report["due_on"])


def _accepted(rows: Rows, data: Data) -> None:
    _remove(rows, data["grant_id"], "acceptance")
    _set(rows, "start", data["grant_id"], "start", data["start_by"])
    row = rows.get(grants, data["grant_id"])
    if row is not None:
        _set(rows, "period", data["grant_id"], "period", row["period_to"])


def _started(rows: Rows, data: Data) -> None:
    _remove(rows, data["grant_id"], "start")


def _prolonged(rows: Rows, data: Data) -> None:
    row = rows.get(grants, data["grant_id"])
    if row is not None and row["accepted_on"] is not None:
        _set(rows, "period", data["grant_id"], "period", data["period_to"])
    final = data["final_accounts"]
    if final is not None:
        _set(rows, "report", data["grant_id"], final["report_id"], final["due_on"])


def _ended(rows: Rows, data: Data) -> None:
    _remove(rows, data["grant_id"], "period")


def _finished(rows: Rows, data: Data) -> None:
    # Not its invoices: money that is owed is owed still.
    _remove(rows, data["grant_id"], "acceptance", "start", "period", "report")


def _report_settled(rows: Rows, data: Data) -> None:
    rows.remove(deadlines, "report", data["grant_id"], data["report_id"])


def _report_wanted_again(rows: Rows, data: Data) -> None:
    _set(rows, "report", data["grant_id"], data["report_id"], data["due_on"])


def _invoiced(rows: Rows, data: Data) -> None:
    _set(rows, "invoice", data["grant_id"], data["claim_id"], data["due_on"])


def _invoice_settled(rows: Rows, data: Data) -> None:
    rows.remove(deadlines, "invoice", data["grant_id"], data["claim_id"])


def _received(rows: Rows, data: Data) -> None:
    row = rows.get(claims, data["grant_id"], data["claim_id"])
    if row is not None and row["status"] == "repaid":
        _invoice_settled(rows, data)


HANDLERS: Handlers = {
    e.CallPublished: _call,
    e.CallExtended: _call,
    e.CallClosed: _call_closed,
    e.GrantLetterIssued: _letter,
    e.GrantAccepted: _accepted,
    e.ProjectStarted: _started,
    e.GrantProlonged: _prolonged,
    e.PeriodEnded: _ended,
    e.GrantLapsed: _finished,
    e.GrantClosed: _finished,
    e.ReportOverdue: _report_settled,
    e.StatusReportSubmitted: _report_settled,
    e.AccountsSubmitted: _report_settled,
    e.AccountsSentBack: _report_wanted_again,
    e.AccountsReopened: _report_wanted_again,
    e.RepaymentInvoiced: _invoiced,
    e.InvoiceOverdue: _invoice_settled,
    e.ClaimHandedOver: _invoice_settled,
    e.RepaymentReceived: _received,
}
