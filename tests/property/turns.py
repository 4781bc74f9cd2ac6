"""Turns that a grant's life may take, each where it makes sense: what goes wrong, is changed, or is put right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

from services.funding import commands as c
from tests.property.fund_model import Model
from tests.property.fund_wishes import AUDIT, BO
from tests.property.fund_words import Commands, lines_of, new_budget, unspent_by_line
from tests.property.grant_model import Grant
from tests.property.next_step import free, payment_steps

WHY = {"reason": "Because.", "on_behalf_of": BO}


def _change(grant: Grant, decision: str, **parts: Any) -> Commands:
    named = {"change_id": next(f"t{number}" for number in count() if f"t{number}" not in grant.known_changes)}
    asked: Commands = [(c.RequestChange, {**named, **parts, **WHY})]
    return [*asked, (c.DecideChange, {**named, "decision": decision, **WHY})]


def _payment(upto: int, outcome: str = "paid", approver: str = BO) -> Callable[[Model, str, date, int], Commands]:
    """What is due, half of it or an øre more is paid, as far as the so-manyth step of prepare, approve and answer."""

    def steps(model: Model, name: str, day: date, size: int) -> Commands:
        due = sum(model.grants[name].due(day).values())
        steps = payment_steps(model, name, (due, max(due // 2, 1), due + 1)[size % 3] or 1, outcome)[:upto]
        return [
            (kind, said | ({"on_behalf_of": approver} if kind is c.ApprovePaymentBatch else {})) for kind, said in steps
        ]

    return steps


def _given_up(model: Model, name: str, day: date, size: int) -> Commands:
    prepared = _payment(1)(model, name, day, size)
    return [*prepared, *((c.CancelPaymentBatch, {"batch_id": said["batch_id"], **WHY}) for _, said in prepared)]


def _correct(model: Model, name: str, _day: date, size: int) -> Commands:
    answered = [(it, one) for it, one in sorted(model.grants[name].payments.items()) if one["status"] != "ordered"]
    if not answered:
        return []
    payment, one = answered[size % len(answered)]
    other = "returned" if one["status"] == "paid" else "paid"
    return [(c.CorrectBankAnswer, {"payment_id": payment, "outcome": other, **WHY})]


def _budget(model: Model, name: str, _day: date, size: int) -> Commands:
    grant = model.grants[name]
    shares = [size % 5, size // 5 % 3, size % 3, size % 2]
    return _change(grant, "approve", kind="budget", budget=new_budget(grant, shares))


def _prolong(model: Model, name: str, _day: date, size: int) -> Commands:
    grant = model.grants[name]
    longer = (grant.last + timedelta(days=1 + 20 * size)).isoformat()
    return _change(grant, "refuse" if size == 0 else "approve", kind="prolongation", period_to=longer)


def _carry_over(model: Model, name: str, _day: date, size: int) -> Commands:
    unspent = {key: amount for key, amount in unspent_by_line(model.grants[name]).items() if amount}
    lines = [
        {"post": post, "project_year": year, "earmark": earmark, "amount_oere": max(amount // (1 + size % 3), 1)}
        for (post, year, earmark), amount in sorted(unspent.items(), key=str)[: 1 + size % 2]
    ]
    return _change(model.grants[name], "approve", kind="carry_over", carry_over=lines) if lines else []


def _decided(decision: str) -> Callable[[Model, str, date, int], Commands]:
    """Accounts come in, unless some are in, and are decided so."""

    def steps(model: Model, name: str, day: date, size: int) -> Commands:
        grant = model.grants[name]
        due_on = (day + timedelta(days=size)).isoformat() if decision == "send_back" else None
        for report, one in grant.reports.items():
            if one["kind"] == "accounts" and one["status"] in ("owed", "overdue", "sent_back", "received"):
                lines = lines_of(grant, report, size % 6)
                coming: Commands = [(c.SubmitAccounts, {"report_id": report, "lines": lines, "audit": AUDIT})]
                deciding = (c.DecideAccounts, {"report_id": report, "decision": decision, "due_on": due_on, **WHY})
                return [*(coming if one["status"] != "received" else []), deciding]
        return []

    return steps


def _reopened(model: Model, name: str, day: date, size: int) -> Commands:
    due_on = (day + timedelta(days=size)).isoformat()
    decided = [it for it, one in model.grants[name].reports.items() if one["status"] in ("approved", "rejected")]
    return [(c.ReopenAccounts, {"report_id": decided[size % len(decided)], "due_on": due_on, **WHY})] if decided else []


def _late(model: Model, name: str, _day: date, size: int) -> Commands:
    waiting = [it for it, one in model.grants[name].reports.items() if one["status"] in ("owed", "sent_back")]
    report = waiting[size % len(waiting)] if waiting else ""
    return [(c.PassDeadline, {"deadline": "report", "reference": report})] if waiting else []


def _claim(model: Model, name: str, _day: date, size: int) -> Commands:
    cause = ("conditions_breached", "unspent", "accounts_missing", "accounts_rejected", "lapsed")[size % 5]
    return [(c.ClaimRepayment, {"claim_id": free(model.grants[name].claims, "k"), "cause": cause, **WHY})]


def _stop(_model: Model, _name: str, _day: date, _size: int) -> Commands:
    return [(c.StopPayments, WHY)]


def _answered_again(model: Model, name: str, _day: date, size: int) -> Commands:
    known = sorted(model.grants[name].payments.items())
    payment, one = known[size % len(known)] if known else ("", {})
    answer = {"payment_id": payment, "grant_id": name, "outcome": ("paid", "returned")[size % 2], "reason": "Again."}
    return [(c.RecordBankAnswers, {"batch_id": one["batch"], "answers": [answer]})] if known else []


def _repaid_wrongly(model: Model, name: str, day: date, size: int) -> Commands:
    """An øre more than is owed, or with a receipt that is known; on an invoice that goes out, if none is there."""
    grant, steps = model.grants[name], list[Any]()
    receipt = min(grant.receipts, default="r1") if size % 2 else "r9"
    for claim, one in sorted(grant.claims.items()):
        if one["status"] == "claimed":
            steps.append((c.InvoiceRepayment, {"claim_id": claim, "invoice": "F", "due_on": day.isoformat()}))
        if one.get("owed"):
            amount = {"receipt": receipt, "amount_oere": one["owed"] + 1 - size % 2}
            steps.append((c.RecordRepayment, {"claim_id": claim, **amount}))
    return steps


def _not_begun(model: Model, name: str, day: date, _size: int) -> Commands:
    """The day for the beginning passes, perhaps while a payment is on its way."""
    start_by = model.grants[name].start_by
    if start_by is None:
        return []
    on = {"effective_on": max(day, start_by + timedelta(days=1)).isoformat()}
    return [(c.PassDeadline, {"deadline": "start", "reference": "start", **on})]


TURNS: dict[str, Callable[[Model, str, date, int], Commands]] = {
    "returned": _payment(3, "returned"),
    "half paid": _payment(3),
    "approved by its preparer": _payment(3, approver=" ANNA LUND"),
    "ordered": _payment(2),
    "given up": _given_up,
    "corrected": _correct,
    "another budget": _budget,
    "prolonged": _prolong,
    "carried over": _carry_over,
    "sent back": _decided("send_back"),
    "rejected": _decided("reject"),
    "approved early": _decided("approve"),
    "reopened": _reopened,
    "late": _late,
    "claimed": _claim,
    "stopped": _stop,
    "closed": lambda _model, _name, _day, _size: [(c.CloseGrant, {})],
    "answered again": _answered_again,
    "repaid wrongly": _repaid_wrongly,
    "not begun": _not_begun,
}


def turn(model: Model, name: str, which: str, day: date, size: int) -> Commands:
    """The commands of a turn; none, where it makes no sense."""
    if name not in model.grants:
        return []
    on = {"grant_id": name, "effective_on": day.isoformat()}
    steps = TURNS[which](model, name, day, size)
    return [
        (kind, {key: value for key, value in {**on, **said}.items() if key in kind.model_fields})
        for kind, said in steps
    ]
