"""Status reports, accounts and audit.

Sources: Håndbog om tilskudsregler, /afrapportering/faglig-afrapportering, /afrapportering/revision and
/finansiering-af-projekter; BEK 614/2020 §§ 21 and 25.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.funding import events as e
from services.funding.budget import take
from services.funding.commands import (
    AuditRequest,
    DecideAccounts,
    ReopenAccounts,
    SubmitAccounts,
    SubmitStatusReport,
)
from services.funding.grant.parts import Report, Share, find
from services.funding.grant.rules import require_running, stop_released, the_grant
from services.funding.grant.state import GrantState
from services.funding.ledger import GRANT_ACCOUNTS, Cell, moved
from shared.kernel.decider import Decider
from shared.kernel.messages import Event
from shared.kernel.money import oere
from shared.kernel.refusal import refused

OWN_CHOICE_UP_TO_OERE = oere(100_000)
"""Grants up to this may be audited by anybody competent and independent; larger ones by a public accountant."""
PERFORMANCE_AUDIT_ABOVE_OERE = oere(500_000)
"""Accounts of grants above this need a performance audit (forvaltningsrevision) too."""
_CAME_IN = "the overdue report has come in"


def decide_status_report(grant: GrantState, command: SubmitStatusReport) -> list[Event]:
    """Take in a status report; a stop for its being late is released.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, NOT_ACCEPTED, WRONG_KIND, or NOT_OWED (it came before).
    """
    _require_owed(grant, command.report_id, "status")
    report = e.StatusReportSubmitted(
        grant_id=command.grant_id,
        report_id=command.report_id,
        document=command.document,
        effective_on=command.effective_on,
    )
    return [report, *stop_released(grant, command.report_id, _CAME_IN, command.effective_on)]


def decide_accounts_in(grant: GrantState, command: SubmitAccounts) -> list[Event]:
    """Take in accounts; a stop for their being late is released.

    Raises Rejected as `decide_status_report`, and DUPLICATE_POST, YEAR_NOT_COVERED (the report is not about that year),
    POST_NOT_IN_BUDGET, POST_EXCEEDED (spent_oere, budget_oere), POST_MISSING (a budgeted post without a line: accounts
    are specified as the last approved budget), AUDITOR_REQUIRED, or PERFORMANCE_AUDIT_REQUIRED.
    """
    report = _require_owed(grant, command.report_id, "accounts")
    _require_posts(grant, report, [e.AccountsLine(**line.model_dump()) for line in command.lines])
    _require_audit(grant.amount_oere, command.audit)
    accounts = e.AccountsSubmitted(
        grant_id=command.grant_id,
        report_id=command.report_id,
        lines=tuple(e.AccountsLine(**line.model_dump()) for line in command.lines),
        audit=e.Audit(**command.audit.model_dump()),
        effective_on=command.effective_on,
    )
    return [accounts, *stop_released(grant, command.report_id, _CAME_IN, command.effective_on)]


def _require_owed(grant: GrantState, report_id: str, kind: e.ReportKind) -> Report:
    require_running(grant)
    report = find(grant.reports, report_id, "report_id")
    if report.due.kind != kind:
        raise refused("WRONG_KIND", "The report of this name is of another kind.", "report_id", kind=report.due.kind)
    if report.status not in ("owed", "overdue", "sent_back"):
        raise refused("NOT_OWED", "This report has come in already.", "report_id", status=report.status)
    return report


def _require_posts(grant: GrantState, report: Report, lines: Sequence[e.AccountsLine]) -> None:
    budget: dict[tuple[str | None, int | None], int] = {}
    for cell, amount in grant.standing(*(name for name in GRANT_ACCOUNTS if name != "lapsed")).items():
        key = (cell.post, cell.project_year)
        budget[key] = budget.get(key, 0) + amount
    missing = {key for key in budget if key[1] in report.due.project_years}
    seen: set[tuple[str, int]] = set()
    for index, line in enumerate(lines):
        field, figures = f"lines.{index}", {"post": line.post, "project_year": line.project_year}
        if (line.post, line.project_year) in seen:
            message = "A post may stand once for a project year; add the amounts up."
            raise refused("DUPLICATE_POST", message, field, **figures)
        if line.project_year not in report.due.project_years:
            message = "These accounts are not about this project year."
            raise refused("YEAR_NOT_COVERED", message, f"{field}.project_year", **figures)
        if (line.post, line.project_year) not in budget:
            message = "Only posts of the last approved budget can stand in the accounts."
            raise refused("POST_NOT_IN_BUDGET", message, f"{field}.post", **figures)
        budget_oere = budget[line.post, line.project_year]
        if line.spent_oere > budget_oere:
            message = "More than the budget covers; a move between posts must be approved first."
            figures |= {"spent_oere": line.spent_oere, "budget_oere": budget_oere}
            raise refused("POST_EXCEEDED", message, f"{field}.spent_oere", **figures)
        seen.add((line.post, line.project_year))
    for post, year in sorted(missing - seen, key=str):
        message = "Accounts have a line for every post of the last approved budget, with 0 where nothing was spent."
        raise refused("POST_MISSING", message, "lines", post=post, project_year=year)


def _require_audit(amount_oere: int, audit: AuditRequest) -> None:
    figures = {"grant_oere": amount_oere}
    if amount_oere > OWN_CHOICE_UP_TO_OERE and audit.auditor_kind == "own_choice":
        message = "A grant of this size is audited by a registered or state-authorised public accountant."
        limit = {"limit_oere": OWN_CHOICE_UP_TO_OERE}
        raise refused("AUDITOR_REQUIRED", message, "audit.auditor_kind", **figures, **limit)
    if amount_oere > PERFORMANCE_AUDIT_ABOVE_OERE and not audit.performance_audit:
        message = "A grant of this size needs a performance audit (forvaltningsrevision) too."
        limit = {"limit_oere": PERFORMANCE_AUDIT_ABOVE_OERE}
        raise refused("PERFORMANCE_AUDIT_REQUIRED", message, "audit.performance_audit", **figures, **limit)


def decide_accounts(grant: GrantState, command: DecideAccounts) -> list[Event]:
    """Approve accounts, send them back or reject them.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, NOT_ACCEPTED, NOT_SUBMITTED, DUE_MISSING or
    DEADLINE_REVERSED when they are sent back without a later day, or ACCOUNTS_EXCEED_PAID when more was spent on a
    post than has been paid for it (post, project_year, spent_oere, paid_oere): pay what is left first.
    """
    require_running(grant)
    report = find(grant.reports, command.report_id, "report_id")
    if report.due.kind != "accounts" or report.status != "received":
        raise refused("NOT_SUBMITTED", "There are no accounts to decide.", "report_id", status=report.status)
    decided = {"grant_id": command.grant_id, "report_id": command.report_id, "decided_by": command.on_behalf_of}
    decided |= {"reason": command.reason}
    if command.decision == "reject":
        return [e.AccountsRejected(**decided, effective_on=command.effective_on)]
    if command.decision == "send_back":
        if command.due_on is None:
            raise refused("DUE_MISSING", "Say by which day the accounts are to come again.", "due_on")
        if command.due_on < command.effective_on:
            raise refused("DEADLINE_REVERSED", "The accounts cannot be due before they are sent back.", "due_on")
        return [e.AccountsSentBack(**decided, due_on=command.due_on, effective_on=command.effective_on)]
    spent = _accounted(grant, report)
    unspent = sum(
        amount
        for cell, amount in grant.standing("paid", "carried_over").items()
        if cell.project_year in report.due.project_years
    ) - sum(share.amount_oere for share in spent)
    return [
        e.AccountsApproved(
            **decided,
            pool_id=grant.pool_id,
            initiative=grant.initiative,
            municipality=grant.municipality,
            amount_oere=sum(share.amount_oere for share in spent),
            unspent_oere=unspent,
            postings=_each(spent, "accounted_for"),
            effective_on=command.effective_on,
        )
    ]


def _accounted(grant: GrantState, report: Report) -> list[Share]:
    """What the report's lines spend: money carried over first, and the oldest money first."""
    shares: list[Share] = []
    for line in report.lines:
        wanted = line.spent_oere
        ledger_accounts: tuple[e.LedgerAccount, ...] = ("carried_over", "paid")
        for ledger_account in ledger_accounts:
            standing = _of(grant.standing(ledger_account), line)
            for cell, amount in take(standing, wanted).items():
                shares.append(Share(ledger_account, cell, amount))
                wanted -= amount
        if wanted:
            message = "More was spent than has been paid for this post; pay what is left first."
            figures = {"post": line.post, "project_year": line.project_year, "spent_oere": line.spent_oere}
            paid_oere = line.spent_oere - wanted
            raise refused("ACCOUNTS_EXCEED_PAID", message, "report_id", **figures, paid_oere=paid_oere)
    return shares


def _of(standing: dict[Cell, int], line: e.AccountsLine) -> dict[Cell, int]:
    post, year = line.post, line.project_year
    return {cell: amount for cell, amount in standing.items() if (cell.post, cell.project_year) == (post, year)}


def _each(shares: Sequence[Share], target: e.LedgerAccount) -> tuple[e.Posting, ...]:
    """The postings that move every share to `target`."""
    ledger_accounts = dict.fromkeys(share.ledger_account for share in shares)
    return tuple(
        posting
        for source in ledger_accounts
        for posting in moved(source, target, {s.cell: s.amount_oere for s in shares if s.ledger_account == source})
    )


_DECISIONS: dict[str, type[Event]] = {"approved": e.AccountsApproved, "rejected": e.AccountsRejected}


def decide_reopening(grant: GrantState, command: ReopenAccounts) -> list[Event]:
    """Undo an approval or a rejection: what was accounted for stands where it stood before.

    Raises Rejected NOT_FOUND, GRANT_LAPSED, GRANT_CLOSED, NOT_ACCEPTED, NOT_DECIDED, or DEADLINE_REVERSED.
    """
    require_running(grant)
    report = find(grant.reports, command.report_id, "report_id")
    undone = _DECISIONS.get(report.status)
    if undone is None:
        message = "Only accounts that were approved or rejected can be reopened."
        raise refused("NOT_DECIDED", message, "report_id", status=report.status)
    if command.due_on < command.effective_on:
        raise refused("DEADLINE_REVERSED", "The accounts cannot be due before they are reopened.", "due_on")
    postings = tuple(
        posting
        for share in report.accounted
        for posting in moved("accounted_for", share.ledger_account, {share.cell: share.amount_oere})
    )
    return [
        e.AccountsReopened(
            grant_id=command.grant_id,
            report_id=command.report_id,
            pool_id=grant.pool_id,
            initiative=grant.initiative,
            municipality=grant.municipality,
            corrects=undone.event_type,
            amount_oere=sum(share.amount_oere for share in report.accounted),
            decided_by=command.on_behalf_of,
            reason=command.reason,
            due_on=command.due_on,
            postings=postings,
            effective_on=command.effective_on,
        )
    ]


SUBMIT_STATUS_REPORT = Decider(SubmitStatusReport, reads=the_grant, decide=decide_status_report)
SUBMIT_ACCOUNTS = Decider(SubmitAccounts, reads=the_grant, decide=decide_accounts_in)
DECIDE_ACCOUNTS = Decider(DecideAccounts, reads=the_grant, decide=decide_accounts)
REOPEN_ACCOUNTS = Decider(ReopenAccounts, reads=the_grant, decide=decide_reopening)
