"""Changes of a grant's frame: applied for before they are made, and decided in writing.

Source: Håndbog om tilskudsregler, /aendringer-til-projektets-rammer and its page on projekt- og budgetændringer:
prolongation (applied for before the period's end), project change, budget change and carry-over of unspent money to the
next project year all need prior written approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.funding import events as e
from services.funding.budget import LineKey, by_line, place, project_years, require_lines, take
from services.funding.commands import DecideChange, RequestChange
from services.funding.grant.parts import Report, find
from services.funding.grant.rules import require_running, stop_released, the_grant
from services.funding.grant.state import GrantState
from services.funding.ledger import Cell, by_account_year, reposted
from shared.kernel.decider import Decider
from shared.kernel.messages import Event
from shared.kernel.refusal import refused, taken

_PARTS: dict[e.ChangeKind, set[str]] = {
    "prolongation": {"period_to"},
    "project": set(),
    "budget": {"budget"},
    "carry_over": {"carry_over"},
}


def decide_request(grant: GrantState, command: RequestChange) -> list[Event]:
    """Apply for a change.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, NOT_ACCEPTED, ALREADY_EXISTS, CHANGE_LATE (after the period's
    last day: period_to), CHANGE_PARTS (parts missing or out of place for the kind), or what the change itself is
    refused with: NOT_LONGER or FINAL_ACCOUNTS_IN (report_id, status); BELOW_PAID and what `budget.require_lines`
    refuses with; ACCOUNTS_NOT_APPROVED, DUPLICATE_POST, CARRY_OVER_EXCEEDED or YEAR_OUTSIDE_PERIOD.
    """
    require_running(grant)
    if any(change.request.change_id == command.change_id for change in grant.changes):
        raise taken("change_id")
    if command.effective_on > grant.period_to:
        message = "A change is applied for before the grant's period is over."
        raise refused("CHANGE_LATE", message, "effective_on", period_to=grant.period_to.isoformat())
    given = {name for name in ("period_to", "budget", "carry_over") if getattr(command, name)}
    if given != _PARTS[command.kind]:
        message = "Give the parts that this kind of change has, and no others."
        raise refused("CHANGE_PARTS", message, "kind", wanted=sorted(_PARTS[command.kind]), given=sorted(given))
    requested = e.ChangeRequested(
        grant_id=command.grant_id,
        change_id=command.change_id,
        kind=command.kind,
        reason=command.reason,
        period_to=command.period_to,
        budget=tuple(e.BudgetLine(**line.model_dump()) for line in command.budget),
        carry_over=tuple(e.CarryOver(**line.model_dump()) for line in command.carry_over),
        effective_on=command.effective_on,
    )
    _effects(grant, requested, command)
    return [requested]


def decide_change(grant: GrantState, command: DecideChange) -> list[Event]:
    """Approve or refuse a change, as the grant stands now.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, NOT_ACCEPTED, ALREADY_DECIDED, and for an approval what
    `decide_request` refuses the change itself with, should the grant have moved on.
    """
    require_running(grant)
    change = find(grant.changes, command.change_id, "change_id")
    if change.status != "requested":
        raise refused("ALREADY_DECIDED", "The change has been decided.", "change_id", status=change.status)
    kind = e.ChangeRefused if command.decision == "refuse" else e.ChangeApproved
    decision = kind(
        grant_id=command.grant_id,
        change_id=command.change_id,
        kind=change.request.kind,
        decided_by=command.on_behalf_of,
        reason=command.reason,
        effective_on=command.effective_on,
    )
    if command.decision == "refuse":
        return [decision]
    return [decision, *_effects(grant, change.request, command)]


def _effects(grant: GrantState, request: e.ChangeRequested, command: RequestChange | DecideChange) -> list[Event]:
    """What the change does to the grant."""
    match request.kind:
        case "prolongation":
            return _prolongation(grant, request, command)
        case "budget":
            return _new_budget(grant, request, command)
        case "carry_over":
            return _carry_over(grant, request, command)
        case "project":
            return []


def _prolongation(grant: GrantState, request: e.ChangeRequested, command: RequestChange | DecideChange) -> list[Event]:
    assert request.period_to is not None
    if request.period_to <= grant.period_to:
        message = "A prolongation ends later than the period does now."
        raise refused("NOT_LONGER", message, "period_to", period_to=grant.period_to.isoformat())
    final, released = None, list[Event]()
    for report in grant.reports:
        if report.due.final:
            final = _longer(report, grant.period_to, request.period_to)
            released = stop_released(grant, final.report_id, "the report is due later", command.effective_on)
    prolonged = e.GrantProlonged(
        grant_id=grant.grant_id,
        change_id=request.change_id,
        period_to=request.period_to,
        final_accounts=final,
        effective_on=command.effective_on,
    )
    return [prolonged, *released]


def _longer(report: Report, period_to: date, longer_to: date) -> e.ReportDue:
    """The final accounts of a longer period, which they must still be able to cover."""
    if report.status not in ("owed", "overdue", "sent_back"):
        message = "The final accounts are in; send them back or reopen them before the period is made longer."
        raise refused("FINAL_ACCOUNTS_IN", message, "change_id", report_id=report.due.report_id, status=report.status)
    years = (*report.due.project_years, *range(period_to.year + 1, longer_to.year + 1))
    later = report.due.due_on + (longer_to - period_to)
    return report.due.model_copy(update={"project_years": years, "due_on": later})


def _new_budget(grant: GrantState, request: e.ChangeRequested, command: RequestChange | DecideChange) -> list[Event]:
    years = project_years(grant.period_from, grant.period_to)
    live_oere = grant.amount_oere - grant.total("lapsed")
    require_lines(request.budget, live_oere, grant.earmarks, years)
    left = _left(request.budget, grant.used())
    committed = grant.standing("committed")
    return [
        e.BudgetRevised(
            grant_id=grant.grant_id,
            change_id=request.change_id,
            pool_id=grant.pool_id,
            initiative=grant.initiative,
            version=grant.budget_version + 1,
            budget=request.budget,
            postings=reposted("committed", committed, place(left, by_account_year(committed))),
            effective_on=command.effective_on,
        )
    ]


def _left(budget: Sequence[e.BudgetLine], used: dict[LineKey, int]) -> list[e.BudgetLine]:
    """The new budget less what has been ordered, paid or settled; BELOW_PAID when a line is less than that."""
    lines = {(line.post, line.project_year, line.earmark): line for line in budget}
    for key, used_oere in sorted(used.items(), key=str):
        budget_oere = lines[key].amount_oere if key in lines else 0
        if used_oere > budget_oere:
            message = "A post cannot be given less than has been paid on it."
            figures = {"post": key[0], "project_year": key[1], "used_oere": used_oere, "budget_oere": budget_oere}
            raise refused("BELOW_PAID", message, "budget", **figures)
    residual = [
        line.model_copy(update={"amount_oere": line.amount_oere - used.get(key, 0)}) for key, line in lines.items()
    ]
    return [line for line in residual if line.amount_oere]


def _carry_over(grant: GrantState, request: e.ChangeRequested, command: RequestChange | DecideChange) -> list[Event]:
    approved = grant.approved_years()
    years = project_years(grant.period_from, grant.period_to)
    postings: list[e.Posting] = []
    for index, line in enumerate(request.carry_over):
        field, figures = f"carry_over.{index}", {"post": line.post, "project_year": line.project_year}
        if line.project_year + 1 not in years:
            message = "There is no next project year in the grant's period to carry the money to."
            raise refused("YEAR_OUTSIDE_PERIOD", message, f"{field}.project_year", **figures)
        if line.project_year not in approved:
            message = "What is unspent is known once the year's accounts are approved."
            raise refused("ACCOUNTS_NOT_APPROVED", message, f"{field}.project_year", **figures)
        if (line.post, line.project_year, line.earmark) in _keys(request.carry_over[:index]):
            message = "A post may stand once for a project year and earmark; add the amounts up."
            raise refused("DUPLICATE_POST", message, field, **figures)
        postings += _carried(grant, line, f"{field}.amount_oere")
    return [
        e.UnspentCarriedOver(
            grant_id=grant.grant_id,
            change_id=request.change_id,
            pool_id=grant.pool_id,
            initiative=grant.initiative,
            lines=request.carry_over,
            amount_oere=sum(line.amount_oere for line in request.carry_over),
            postings=tuple(postings),
            effective_on=command.effective_on,
        )
    ]


def _keys(lines: Sequence[e.CarryOver]) -> set[LineKey]:
    return {(line.post, line.project_year, line.earmark) for line in lines}


def _carried(grant: GrantState, line: e.CarryOver, field: str) -> list[e.Posting]:
    """The postings of one line: what had been carried over before goes on first."""
    key, wanted, postings = (line.post, line.project_year, line.earmark), line.amount_oere, []
    sources: tuple[e.LedgerAccount, ...] = ("carried_over", "paid")
    for source in sources:
        standing = {cell: amount for cell, amount in grant.standing(source).items() if _line_of(cell) == key}
        taken = take(standing, wanted)
        wanted -= sum(taken.values())
        later = {cell._replace(project_year=line.project_year + 1): amount for cell, amount in taken.items()}
        postings += [*reposted(source, taken, {}), *reposted("carried_over", {}, later)]
    if wanted:
        message = "More is to be carried over than is unspent."
        unspent_oere = by_line(grant.standing(*sources)).get(key, 0)
        figures = {"requested_oere": line.amount_oere, "unspent_oere": unspent_oere}
        raise refused("CARRY_OVER_EXCEEDED", message, field, post=line.post, **figures)
    return postings


def _line_of(cell: Cell) -> LineKey:
    return cell.post, cell.project_year, cell.earmark


REQUEST_CHANGE = Decider(RequestChange, reads=the_grant, decide=decide_request)
DECIDE_CHANGE = Decider(DecideChange, reads=the_grant, decide=decide_change)
