"""From what is asked at random to a whole command, as somebody who knows the fund would say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from services.funding import commands as c
from services.funding.commands import Attributed
from shared.kernel.messages import Command
from shared.kernel.money import split
from tests.property.fund_model import Model
from tests.property.fund_wishes import AUDIT, BO, CLARA, CRITERIA, Q
from tests.property.grant_cells import UNSPENT
from tests.property.grant_model import Grant

Fields = dict[str, Any]
Commands = list[tuple[type[Command], Fields]]


def words(kind: type[Command], asked: Fields, day: date, model: Model) -> Fields:
    """The command's fields in JSON values, on a day."""
    fields: Fields = dict(asked)
    if fields.get("grant_id") == "g2" and "g2" not in model.grants and kind is not c.AwardGrant:
        fields["grant_id"] = "g1"
    if kind in _WORDS:
        fields = _WORDS[kind](fields, model, day)
    names = kind.model_fields
    if "effective_on" in names:
        fields.setdefault("effective_on", day.isoformat())
    if "at" in names:
        fields.setdefault("at", f"{day.isoformat()}T10:00:00Z")
    if issubclass(kind, Attributed):
        fields.setdefault("on_behalf_of", BO)
    return fields


def _said(**more: Any) -> Callable[[Fields, Model, date], Fields]:
    return lambda fields, _model, _day: fields | more


def _call(fields: Fields, _model: Model, _day: date) -> Fields:
    window = {"opens_at": "2017-11-01T08:00:00Z", "deadline_at": "2017-11-20T12:00:00Z", "decision_on": "2017-12-01"}
    period = {"period_from": "2018-01-01", "period_to": "2019-12-31"}
    text = {"title": "t", "purpose": "p", "target_group": "g", "criteria": CRITERIA, "assessors_required": 1}
    return fields | window | period | text


def _application(fields: Fields, _model: Model, _day: date) -> Fields:
    sums: Counter[tuple[str, int]] = Counter()
    for line in fields["financing"]:
        sums[line["post"], line["project_year"]] += line["amount_oere"]
    expenses = [{"post": post, "project_year": year, "amount_oere": amount} for (post, year), amount in sums.items()]
    financing = [line | {"source": "grant"} for line in fields["financing"]]
    return fields | {
        "municipality": "0730",
        "title": "t",
        "description": "d",
        "expenses": expenses,
        "financing": financing,
    }


def _award(fields: Fields, model: Model, _day: date) -> Fields:
    _, lines = model.applied.get(fields["application_id"] or "", ("", []))
    marked = sum(line[3] for line in lines if line[2] == "mark")
    whole = sum(line[3] for line in lines) == sum(draw["amount_oere"] for draw in fields["draws"])
    earmarks = [{"earmark": "mark", "title": "m", "amount_oere": marked}] if marked and whole else []
    period = {"period_from": "2018-01-01", "period_to": "2019-12-31"}
    return fields | period | {"municipality": "0730", "reason": "r", "on_behalf_of": CLARA, "earmarks": earmarks}


def _letter(fields: Fields, model: Model, _day: date) -> Fields:
    grant = model.grants.get(fields["grant_id"])
    last = grant.last.year if grant is not None else 2019
    a1, a2 = ("2018-12-01", "2019-12-15") if fields.pop("late") else ("2019-03-01", "2020-03-01")
    reports = [
        {"report_id": "s0", "kind": "status", "project_years": [2018], "due_on": "2018-08-01"},
        {"report_id": "a1", "kind": "accounts", "project_years": [2018], "due_on": a1},
        {"report_id": "a2", "kind": "accounts", "project_years": [*range(2019, last + 1)], "due_on": a2, "final": True},
    ]
    return fields | {"letter": "L", "reports": reports}


def _of(known: Iterable[str], asked: str) -> str:
    """One of the known names, by the number in the one that is asked for; that one, when none is known."""
    names = sorted(known)
    return names[int(asked[1:]) % len(names)] if names else asked


def _batch(fields: Fields, model: Model, day: date) -> Fields:
    """Payments have names of their batch's; a third of the amounts is as asked, the others no more than is due."""
    lines = []
    for line in fields["lines"]:
        grant = model.grants.get(line["grant_id"]) or model.grants["g1"]
        due = sum(grant.due(day).values())
        amount = line["amount_oere"] if line["payment_id"] == "p3" else min(line["amount_oere"], due or 1)
        lines.append(line | {"payment_id": f"{fields['batch_id']}-{line['payment_id']}", "amount_oere": amount})
    return fields | {"lines": lines}


def _approval(fields: Fields, model: Model, _day: date) -> Fields:
    name = _of([name for name, one in model.batches.items() if not one.get("over")], fields["batch_id"])
    total = sum(line.amount_oere for line in model.batches[name]["lines"]) if name in model.batches else 1
    return fields | {"batch_id": name, "total_oere": total if fields.pop("right") else total + 1}


def _answers(fields: Fields, model: Model, day: date) -> Fields:
    """What is on its way is answered first; else answers are as asked."""
    waiting = sorted(
        (one["batch"], grant_id, name)
        for grant_id, grant in model.grants.items()
        for name, one in grant.payments.items()
        if one["status"] == "ordered"
    )
    if not waiting:
        return fields
    batch, grant_id, payment = waiting[0]
    answer = fields["answers"][0] | {"grant_id": grant_id, "payment_id": payment}
    answers = [answer, *(one for one in fields["answers"][1:] if one["payment_id"] == "p3")]
    on = max(day, model.batches[batch]["on"]) if answer["outcome"] == "paid" else day
    return {"batch_id": batch, "answers": answers, "effective_on": on.isoformat()}


def _in_grant(field: str, known: Callable[[Grant], Iterable[str]]) -> Callable[[Fields, Model, date], Fields]:
    """The field names something of the grant's, if it has such a thing."""

    def said(fields: Fields, model: Model, _day: date) -> Fields:
        grant = model.grants.get(fields["grant_id"])
        return fields | {field: _of(known(grant) if grant is not None else (), fields[field])}

    return said


def _correction(fields: Fields, model: Model, _day: date) -> Fields:
    fields = _in_grant("payment_id", lambda grant: grant.payments)(fields, model, _day)
    grant = model.grants.get(fields["grant_id"])
    payment = grant.payments.get(fields["payment_id"]) if grant is not None else None
    if payment is not None and fields["reason"] == "Because.":
        fields["outcome"] = "returned" if payment["status"] == "paid" else "paid"
    return fields


def _receipt(fields: Fields, model: Model, _day: date) -> Fields:
    fields = _in_grant("claim_id", lambda grant: grant.claims)(fields, model, _day)
    claim = (
        model.grants[fields["grant_id"]].claims.get(fields["claim_id"]) if fields["grant_id"] in model.grants else None
    )
    owed = claim.get("owed", 0) if claim is not None else 0
    return fields | {"amount_oere": min(fields["amount_oere"], owed + (fields["receipt"] == "r1")) or 1}


def lines_of(grant: Grant | None, report: str, spent: int) -> list[Fields]:
    """Accounts of a report: nothing, half, all but a little more than 500 kroner or just these, all, or the budget."""
    if grant is None or report not in grant.reports:
        return []
    budget: Counter[tuple[str, int]] = Counter()
    paid: Counter[tuple[str, int]] = Counter()
    for (post, year, _), amount in grant.budget.items():
        if year in grant.reports[report]["years"] and amount:
            budget[post, year] += amount
    for name in UNSPENT:
        for cell, amount in grant.on[name].items():
            paid[cell.line[:2]] += amount
    return [
        {
            "post": post,
            "project_year": year,
            "spent_oere": max(0, (0, it // 2, it - 2 * Q - 1, it - 2 * Q, it, all_)[spent]),
        }
        for (post, year), all_ in budget.items()
        for it in [min(paid[post, year], all_)]
    ]


def _accounts(fields: Fields, model: Model, _day: date) -> Fields:
    lines = lines_of(model.grants.get(fields["grant_id"]), fields["report_id"], fields.pop("spent"))
    extra = fields.pop("extra")
    more = [{"post": extra, "project_year": 2018, "spent_oere": 1}] if extra and fields["report_id"] == "a1" else []
    return fields | {"lines": lines + more, "audit": AUDIT}


def _decision(fields: Fields, model: Model, _day: date) -> Fields:
    fields = _in_grant(
        "report_id",
        lambda grant: [name for name, one in grant.reports.items() if one["status"] == "received" and name != "s0"],
    )(fields, model, _day)
    return fields | {"due_on": fields["due_on"] if fields["decision"] == "send_back" else None}


def _change(fields: Fields, model: Model, _day: date) -> Fields:
    grant = model.grants.get(fields["grant_id"])
    longer, shares, carried = (fields.pop(name) for name in ("longer", "shares", "carried"))
    if fields["kind"] == "prolongation":
        last = grant.last if grant is not None else date(2019, 12, 31)
        return fields | {"period_to": (last + timedelta(days=longer)).isoformat()}
    if fields["kind"] == "budget":
        return fields | {
            "budget": new_budget(grant, shares) if grant is not None else [budget_line(("staff", 2018, None), 1)]
        }
    if fields["kind"] == "carry_over":
        unspent = unspent_by_line(grant) if grant is not None else Counter()
        for line in carried:
            line["amount_oere"] = min(line["amount_oere"], unspent[line["post"], line["project_year"], None] or 1)
        return fields | {"carry_over": carried}
    return fields


def unspent_by_line(grant: Grant) -> Counter[tuple[str, int, str | None]]:
    """What was paid and neither accounted for nor claimed, by budget line."""
    sums: Counter[tuple[str, int, str | None]] = Counter()
    for name in UNSPENT:
        for cell, amount in grant.on[name].items():
            sums[cell.line] += amount
    return sums


def budget_line(key: tuple[str, int, str | None], amount: int) -> Fields:
    """A line of a budget, as a caller sends it."""
    post, year, earmark = key
    return {"post": post, "project_year": year, "earmark": earmark, "amount_oere": amount}


def new_budget(grant: Grant, shares: list[int]) -> list[Fields]:
    """What is not paid and not earmarked, shared out anew over four lines; an øre too little when nothing is shared."""
    used: Counter[tuple[str, int, str | None]] = Counter()
    for name in ("payable", *UNSPENT, "accounted_for", "receivable", "repaid", "waived"):
        for cell, amount in grant.on[name].items():
            used[cell.line] += amount
    new = Counter({key: amount if key[2] else used[key] for key, amount in grant.budget.items()})
    left = grant.amount - sum(new.values())
    keys = [("staff", 2018, None), ("staff", 2019, None), ("rent", 2019, None), ("travel", 2018, None)]
    if any(shares):
        for key, part in zip(keys, split(left, shares), strict=True):
            new[key] += part
    else:
        new[keys[1]] += left + 1
    return [budget_line(key, amount) for key, amount in new.items() if amount]


_WORDS: dict[type[Command], Callable[[Fields, Model, date], Fields]] = {
    c.OpenPool: _said(track="data", initiative="i", title="t"),
    c.ImportIndexSeries: _said(title="t", source="s"),
    c.PublishCall: _call,
    c.SaveApplication: _application,
    c.AssessApplication: _said(scores=[{"criterion": "need", "points": 50}], comment="ok"),
    c.AwardGrant: _award,
    c.IssueGrantLetter: _letter,
    c.PreparePaymentBatch: _batch,
    c.ApprovePaymentBatch: _approval,
    c.RecordBankAnswers: _answers,
    c.CorrectBankAnswer: _correction,
    c.DecideChange: _in_grant("change_id", lambda grant: grant.changes),
    c.InvoiceRepayment: _in_grant("claim_id", lambda grant: grant.claims),
    c.HandOverClaim: _in_grant("claim_id", lambda grant: grant.claims),
    c.RecordRepayment: _receipt,
    c.SubmitAccounts: _accounts,
    c.DecideAccounts: _decision,
    c.RequestChange: _change,
}
