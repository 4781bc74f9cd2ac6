"""What becomes of each grant from its letter to its closure; what its accounts say was spent is simulated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from services.demo.programme import Programme
from services.demo.rows import Deviation, Grant
from services.demo.script.changes import changes, largest
from services.demo.script.office import DECIDER, Agenda, Office, act
from services.demo.script.repayment import lapsed, unspent
from shared.kernel.money import oere

AUDIT = {
    "auditor": "Simuleret revisor",
    "auditor_kind": "state_authorised",
    "statement": "simuleret erklæring",
    "protocol": "simuleret protokollat",
    "performance_audit": True,
}


def grants(programme: Programme) -> Agenda:
    """Each grant's course: the ordinary one, and what deviates from it."""
    deviations = {row.grant: row for row in programme.deviations}
    for grant in programme.grants:
        yield from _course(grant, deviations.get(grant.id))


def _course(grant: Grant, deviation: Deviation | None) -> Agenda:
    kind = None if deviation is None else deviation.kind
    named = {"grant_id": grant.id}
    accept_by = (grant.awarded_on + timedelta(days=21)).isoformat()
    letter = {"letter": f"SIM-{grant.id}", "accept_by": accept_by, "reports": list(_owed(grant))}
    conditions = ["Simuleret tilskudsbrev: vilkårene følger håndbogen om tilskudsregler."]
    yield act(grant.awarded_on + timedelta(days=1), "issue_grant_letter", **named, **letter, conditions=conditions)
    if kind == "never_accepted":
        return
    yield act(grant.awarded_on + timedelta(days=5), "accept_grant", **named)
    if kind == "never_started":
        yield from lapsed(grant)
        return
    yield act(grant.period.start + timedelta(days=9), "start_project", **named)
    for year in _years(grant):
        yield from _reported(grant, deviation, year)
    if deviation is not None:
        accounts_on = _accounts_on(grant, deviation, deviation.year)
        yield from changes(grant, deviation, accounts_on)
        yield from unspent(grant, deviation, accounts_on)
    # Long enough after the last accounts for what is claimed to be settled.
    yield act(_accounts_on(grant, deviation, _years(grant)[-1]) + timedelta(days=112), "close_grant", **named)


def _years(grant: Grant) -> list[int]:
    return sorted({part.year for part in grant.amounts})


def _owed(grant: Grant) -> Iterator[dict[str, Any]]:
    """A status report and accounts for each year that the grant has money for; the first accounts also cover what of
    the period is before it, the last what is after."""
    years = _years(grant)
    starts, ends = [grant.period.start.year, *years[1:]], [*years[:-1], grant.period.end.year]
    for year, start, end in zip(years, starts, ends, strict=True):
        status = {"report_id": f"statusrapport-{year}", "kind": "status", "project_years": [year]}
        yield {**status, "due_on": date(year + 1, 1, 31).isoformat()}
        covered, final = list(range(start, end + 1)), year == years[-1]
        accounts = {"report_id": f"regnskab-{year}", "kind": "accounts", "project_years": covered, "final": final}
        yield {**accounts, "due_on": date(year + 1, 3, 31).isoformat()}


def _accounts_on(grant: Grant, deviation: Deviation | None, year: int) -> date:
    """When the year's accounts come in: in March, unless they are late or the grant was prolonged."""
    day = date(year + 1, 3, 10)
    if deviation is None or deviation.year != year:
        return day
    if deviation.kind == "late_accounts":
        return date(year + 1, 4, 15)
    return day if deviation.until is None else day + (deviation.until - grant.period.end)


def _reported(grant: Grant, deviation: Deviation | None, year: int) -> Agenda:
    """The year's status report and accounts, and that these are approved."""
    status = {"report_id": f"statusrapport-{year}", "document": f"simuleret statusrapport {year}"}
    yield act(date(year + 1, 1, 20), "submit_status_report", grant_id=grant.id, **status)
    report = {"grant_id": grant.id, "report_id": f"regnskab-{year}"}
    saved = oere(deviation.unspent_dkk) if deviation is not None and deviation.year == year else 0

    def submit(office: Office) -> None:
        office.do(
            "submit_accounts", **report, lines=_spent(office, report["report_id"], grant.id, year, saved), audit=AUDIT
        )

    day = _accounts_on(grant, deviation, year)
    yield day, submit
    decision = {"decision": "approve", "reason": "Simuleret: regnskabet er godkendt.", "on_behalf_of": DECIDER}
    yield act(day + timedelta(days=10), "decide_accounts", **report, **decision)


def _spent(office: Office, report_id: str, grant_id: str, year: int, saved_oere: int) -> list[dict[str, Any]]:
    """All of the last approved budget, but what was saved on the year's largest post."""
    grant = office.grant(grant_id)
    [report] = [one for one in grant.reports if one.due.report_id == report_id]
    covered = [line for line in grant.budget if line.project_year in report.due.project_years]
    less = {largest(grant.budget, year): saved_oere}
    return [
        {"post": line.post, "project_year": line.project_year, "spent_oere": line.amount_oere - less.get(line, 0)}
        for line in covered
    ]
