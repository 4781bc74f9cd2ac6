"""A grant's next sensible step, by the model's word alone: what an office that knows its trade would do now."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from services.funding import commands as c
from tests.property.fund_model import Model
from tests.property.fund_wishes import ANNA, AUDIT, BO, Q
from tests.property.fund_words import Commands, lines_of, words
from tests.property.grant_cells import UNSPENT
from tests.property.grant_model import Grant

WHY = {"reason": "Because.", "on_behalf_of": BO}


def next_step(model: Model, name: str, today: date) -> tuple[date, Commands]:
    """The commands of the step, and the day it is by then."""
    grant = model.grants.get(name)
    if grant is None:
        return today, _award(model, name, today)
    day, kind, fields = _step(model, grant, today)
    on = {"effective_on": day.isoformat()}
    if kind is c.PreparePaymentBatch:
        return day, [(kind, said | on) for kind, said in payment_steps(model, name, fields["amount_oere"], "paid")]
    if kind is None:
        return day, []
    steps: Commands = [(kind, {"grant_id": name, **fields, **on})]
    if kind is c.RequestChange:
        steps.append(
            (c.DecideChange, {"grant_id": name, "change_id": fields["change_id"], "decision": "approve", **WHY, **on})
        )
    if kind is c.RecordBankAnswers:
        answer = {"payment_id": fields["payment_id"], "grant_id": name, "outcome": "paid"}
        steps = [(kind, {"batch_id": fields["batch_id"], "answers": [answer], **on})]
    return day, [(kind, {k: v for k, v in said.items() if k in kind.model_fields}) for kind, said in steps]


def _award(model: Model, name: str, today: date) -> Commands:
    """By the application, where it can be; else a small grant of its own, as much as the pool has."""
    left = {key: amount for key, amount in model.pools["p1"].items() if amount > 0}
    if not left:
        return []
    (account, year), there = max(left.items(), key=lambda item: item[1])
    call, lines = model.applied["a1"]
    applied = sum(line[3] for line in lines)
    grantable = "a1" in model.submitted and call == "c1" and model.assessors["a1"]
    by_application = grantable and applied <= min(there, model.frames["c1"])
    amount = applied if by_application else min(there, 9 * Q)
    draws = [{"account": account, "budget_year": year, "amount_oere": amount}]
    wish = {"grant_id": name, "pool_id": "p1", "draws": draws, "application_id": "a1" if by_application else None}
    return [(c.AwardGrant, words(c.AwardGrant, wish, today, model))]


def payment_steps(model: Model, name: str, amount: int, outcome: str) -> Commands:
    """A batch of one payment: prepared, approved, and answered by the bank."""
    batch = next(f"n{number}" for number in count() if f"n{number}" not in model.batches)
    line = {"payment_id": f"of-{batch}", "grant_id": name, "amount_oere": amount}
    answer = {"payment_id": f"of-{batch}", "grant_id": name, "outcome": outcome, "reason": "No such account."}
    return [
        (c.PreparePaymentBatch, {"batch_id": batch, "lines": [line], "on_behalf_of": ANNA}),
        (c.ApprovePaymentBatch, {"batch_id": batch, "total_oere": amount, "on_behalf_of": BO}),
        (c.RecordBankAnswers, {"batch_id": batch, "answers": [answer]}),
    ]


def _step(model: Model, grant: Grant, today: date) -> tuple[date, Any, dict[str, Any]]:
    """The day, the kind of command, and what it says besides the grant and the day."""
    ordered = [(one["batch"], name) for name, one in grant.payments.items() if one["status"] == "ordered"]
    if ordered:
        batch, payment = ordered[0]
        return max(today, model.batches[batch]["on"]), c.RecordBankAnswers, {"batch_id": batch, "payment_id": payment}
    if grant.lapsed or grant.closed:
        cause = {"claim_id": free(grant.claims, "k"), "cause": "lapsed", **WHY}
        return (today, c.ClaimRepayment, cause) if grant.total(*UNSPENT) and grant.lapsed else _settle(grant, today)
    if not grant.accepted:
        return _accept(grant, today)
    if not grant.started and grant.start_by is not None:
        day = max(today, grant.first)
        if day > grant.start_by:
            return day, c.PassDeadline, {"deadline": "start", "reference": "start"}
        return day, c.StartProject, {}
    if "office" in grant.stops:
        return today, c.ReleasePayments, WHY
    return _report(grant, today) or _pay(grant, today) or _close(grant, today)


def _accept(grant: Grant, today: date) -> tuple[date, Any, dict[str, Any]]:
    if grant.accept_by is None:
        wish = {"grant_id": "", "accept_by": (today + timedelta(days=30)).isoformat(), "late": False}
        model = Model()
        model.grants[""] = grant
        letter = words(c.IssueGrantLetter, wish, today, model)
        return today, c.IssueGrantLetter, {name: letter[name] for name in ("accept_by", "letter", "reports")}
    if today > grant.accept_by:
        return today, c.PassDeadline, {"deadline": "acceptance", "reference": "L"}
    return today, c.AcceptGrant, {}


def _report(grant: Grant, today: date) -> tuple[date, Any, dict[str, Any]] | None:
    """What is owed comes in, once its money is paid or it is late, and is decided."""
    for name, report in grant.reports.items():
        if report["status"] == "received" and report["kind"] == "accounts":
            done = all(line.spent_oere <= _unspent(grant, line.post, line.project_year) for line in report["lines"])
            decided = {"report_id": name, "decision": "approve" if done else "reject", **WHY}
            return today, c.DecideAccounts, decided
        due = report["status"] in ("owed", "overdue", "sent_back")
        if due and report["kind"] == "status" and today.year >= 2018:
            return today, c.SubmitStatusReport, {"report_id": name, "document": "d"}
        left = any(
            grant.on["committed"][cell] and cell.project_year in report["years"] for cell in grant.on["committed"]
        )
        if due and report["kind"] == "accounts" and (not left or today > report["due"] or name in grant.stops):
            lines = lines_of(grant, name, (4, 3, 2)[len(grant.payments) % 3])
            return today, c.SubmitAccounts, {"report_id": name, "lines": lines, "audit": AUDIT}
    return None


def _unspent(grant: Grant, post: str, year: int) -> int:
    return sum(grant.on[name][cell] for name in UNSPENT for cell in grant.on[name] if cell.line[:2] == (post, year))


def _pay(grant: Grant, today: date) -> tuple[date, Any, dict[str, Any]] | None:
    """What is due is paid; what is left unspent is carried over or claimed; else the year's last instalment comes."""
    due = sum(grant.due(today).values())
    if due:
        return today, c.PreparePaymentBatch, {"amount_oere": due}
    for key in [] if today > grant.last else sorted(grant.budget, key=str):
        unspent = sum(grant.on[name][cell] for name in UNSPENT for cell in grant.on[name] if cell.line == key)
        if unspent and key[1] in grant.approved_years() and key[1] < grant.last.year and key[0] == "staff":
            post, year, earmark = key
            line = {"post": post, "project_year": year, "earmark": earmark, "amount_oere": unspent}
            named = {"change_id": free(grant.known_changes, f"n{len(grant.payments)}-{year}-"), "kind": "carry_over"}
            return today, c.RequestChange, {**named, "carry_over": [line], **WHY}
    claim = {"claim_id": free(grant.claims, "k"), **WHY}
    if any(
        grant.on[name][cell]
        for name in UNSPENT
        for cell in grant.on[name]
        if cell.project_year in grant.approved_years()
    ):
        return today, c.ClaimRepayment, {**claim, "cause": "unspent"}
    if grant.stops:
        return None
    years = {cell.project_year for cell in grant.cells("committed")} - grant.approved_years()
    day = min((date(max(year, 2018), 12, 1) for year in years if date(year, 12, 1) > today), default=None)
    return (day, None, {}) if day is not None else None


def _close(grant: Grant, today: date) -> tuple[date, Any, dict[str, Any]]:
    day = max(today, grant.last + timedelta(days=1))
    if grant.total(*UNSPENT):
        return day, c.ClaimRepayment, {"claim_id": free(grant.claims, "k"), "cause": "conditions_breached", **WHY}
    if not grant.ended:
        return day, c.PassDeadline, {"deadline": "period", "reference": "period"}
    return day, c.CloseGrant, {}


def _settle(grant: Grant, today: date) -> tuple[date, Any, dict[str, Any]]:
    """Claims are invoiced, paid in two parts, or handed over."""
    for name, claim in grant.claims.items():
        if claim["status"] == "claimed":
            due_on = (today + timedelta(days=30)).isoformat()
            return today, c.InvoiceRepayment, {"claim_id": name, "invoice": "F", "due_on": due_on}
        if claim["status"] == "invoiced" and claim["owed"] % 3 == 1:
            return claim["due"] + timedelta(days=1), c.HandOverClaim, {"claim_id": name}
        if claim["status"] in ("invoiced", "overdue", "handed_over"):
            part = {"receipt": free(grant.receipts, "n"), "amount_oere": claim["owed"] // 2 or claim["owed"]}
            return today, c.RecordRepayment, {"claim_id": name, **part}
    return today, None, {}


def free(known: Any, prefix: str) -> str:
    return next(f"{prefix}{number}" for number in count() if f"{prefix}{number}" not in known)
