"""Pools and grants as they stand, with reports and changes. A handler is given an event's fields as JSON values."""

from __future__ import annotations

from typing import Any

from services.funding import events as e
from services.funding.grant.state import carried
from services.funding.views.apply_applications import Data, Handlers
from services.funding.views.rows import Rows
from services.funding.views.tables import changes, grants, letters, pools, reports

PROMISED = ("municipality", "initiative", "amount_oere", "budget", "earmarks", "period_from", "period_to")
"""What a letter says of the grant's award."""


def _pool_opened(rows: Rows, data: Data) -> None:
    rows.put(pools, **data)


def _awarded(rows: Rows, data: Data) -> None:
    # Version 1 of the event had no budget, and its grants no letter to accept.
    status = "awarded" if data["budget"] else "started"
    rows.put(grants, **data, status=status, awarded_on=data["effective_on"])


def _grant(rows: Rows, data: Data, **values: Any) -> None:
    rows.change(grants, data["grant_id"], **values)


def _letter(rows: Rows, data: Data) -> None:
    same = {name: data[name] for name in ("letter", "accept_by", "conditions")}
    _grant(rows, data, status="letter_issued", letter_on=data["effective_on"], **same)
    rows.put(letters, grant_id=data["grant_id"], content=_promised(rows, data) | data)
    for report in data["reports"]:
        rows.put(reports, grant_id=data["grant_id"], **report, status="owed")


def _promised(rows: Rows, data: Data) -> Data:
    row = rows.get(grants, data["grant_id"]) or {}
    return {name: row[name] for name in PROMISED if name in row}


def _accepted(rows: Rows, data: Data) -> None:
    _grant(rows, data, status="accepted", accepted_on=data["effective_on"], start_by=data["start_by"])


def _started(rows: Rows, data: Data) -> None:
    _grant(rows, data, status="started", started_on=data["effective_on"])


def _ended(rows: Rows, data: Data) -> None:
    _grant(rows, data, status="ended", ended_on=data["effective_on"])


def _lapsed(rows: Rows, data: Data) -> None:
    _grant(rows, data, status="lapsed", lapsed_on=data["effective_on"])


def _closed(rows: Rows, data: Data) -> None:
    _grant(rows, data, status="closed", closed_on=data["effective_on"])


def _prolonged(rows: Rows, data: Data) -> None:
    row = rows.get(grants, data["grant_id"])
    if row is not None and row["status"] == "ended":
        _grant(rows, data, status="started", ended_on=None)
    _grant(rows, data, period_to=data["period_to"])
    final = data["final_accounts"]
    if final is not None:
        report = rows.get(reports, data["grant_id"], final["report_id"])
        # Accounts that are due later are not late any more.
        overdue = report is not None and report["status"] == "overdue"
        rows.change(reports, data["grant_id"], final["report_id"], **final, **({"status": "owed"} if overdue else {}))


def _plan(rows: Rows, data: Data) -> None:
    _grant(rows, data, plan_months=data["plan_months"])


def _revised(rows: Rows, data: Data) -> None:
    _grant(rows, data, budget=data["budget"], budget_version=data["version"])


def _carried(rows: Rows, data: Data) -> None:
    row = rows.get(grants, data["grant_id"])
    if row is not None:
        budget = [e.BudgetLine(**line) for line in row["budget"]]
        after = carried(budget, [e.CarryOver(**line) for line in data["lines"]])
        _grant(rows, data, budget=[line.model_dump() for line in after], budget_version=row["budget_version"] + 1)


def _stopped(rows: Rows, data: Data) -> None:
    row = rows.get(grants, data["grant_id"])
    if row is not None:
        stop = {"cause": data["cause"], "reason": data["reason"], "since": data["effective_on"]}
        _grant(rows, data, stops=[*row["stops"], stop])


def _released(rows: Rows, data: Data) -> None:
    row = rows.get(grants, data["grant_id"])
    if row is not None:
        _grant(rows, data, stops=[stop for stop in row["stops"] if stop["cause"] != data["cause"]])


def _report(rows: Rows, data: Data, status: str, **values: Any) -> None:
    rows.change(reports, data["grant_id"], data["report_id"], status=status, **values)


def _decision(data: Data) -> Data:
    return {"decided_on": data["effective_on"], "decided_by": data["decided_by"], "reason": data["reason"]}


def _overdue(rows: Rows, data: Data) -> None:
    _report(rows, data, "overdue")


def _status_report(rows: Rows, data: Data) -> None:
    _report(rows, data, "received", submitted_on=data["effective_on"], document=data["document"])


def _accounts(rows: Rows, data: Data) -> None:
    handed_in = {"submitted_on": data["effective_on"], "lines": data["lines"], "audit": data["audit"]}
    _report(rows, data, "received", **handed_in)


def _accounts_approved(rows: Rows, data: Data) -> None:
    amounts = {"accounted_oere": data["amount_oere"], "unspent_oere": data["unspent_oere"]}
    _report(rows, data, "approved", **amounts, **_decision(data))


def _accounts_wanted_again(rows: Rows, data: Data) -> None:
    nothing = {"accounted_oere": 0, "unspent_oere": 0}
    _report(rows, data, "sent_back", due_on=data["due_on"], **nothing, **_decision(data))


def _accounts_rejected(rows: Rows, data: Data) -> None:
    _report(rows, data, "rejected", **_decision(data))


def _change_requested(rows: Rows, data: Data) -> None:
    rows.put(changes, **data, status="requested", requested_on=data["effective_on"])


def _change_decided(rows: Rows, data: Data, status: str) -> None:
    decided = {"decided_on": data["effective_on"], "decided_by": data["decided_by"], "decision": data["reason"]}
    rows.change(changes, data["grant_id"], data["change_id"], status=status, **decided)


HANDLERS: Handlers = {
    e.PoolOpened: _pool_opened,
    e.GrantAwarded: _awarded,
    e.GrantLetterIssued: _letter,
    e.GrantAccepted: _accepted,
    e.ProjectStarted: _started,
    e.PeriodEnded: _ended,
    e.GrantLapsed: _lapsed,
    e.GrantClosed: _closed,
    e.GrantProlonged: _prolonged,
    e.PaymentPlanChanged: _plan,
    e.BudgetRevised: _revised,
    e.UnspentCarriedOver: _carried,
    e.PaymentsStopped: _stopped,
    e.PaymentsReleased: _released,
    e.ReportOverdue: _overdue,
    e.StatusReportSubmitted: _status_report,
    e.AccountsSubmitted: _accounts,
    e.AccountsApproved: _accounts_approved,
    e.AccountsSentBack: _accounts_wanted_again,
    e.AccountsReopened: _accounts_wanted_again,
    e.AccountsRejected: _accounts_rejected,
    e.ChangeRequested: _change_requested,
    e.ChangeApproved: lambda rows, data: _change_decided(rows, data, "approved"),
    e.ChangeRefused: lambda rows, data: _change_decided(rows, data, "refused"),
}
