"""What may be asked of the fund at random, with few names and small amounts so that commands meet; how it says no."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from services.funding import commands as c
from shared.kernel.messages import Command

A, B = "15.26.04.10", "15.26.04.20"
FIRST, LAST = date(2018, 1, 1), date(2019, 12, 31)
BEGIN = date(2017, 11, 1)
GRANTS = ("g1", "g2", "g3")
APPLICATIONS = ("a1", "a2", "a3")
ANNA, BO, CLARA = "Anna Lund", "Bo Krag", "Clara Friis"
Q = 25_000
"""A quarter of a small post; two of them are 500 kroner, the most that is waived."""
AUDIT = {"auditor": "Revision", "auditor_kind": "own_choice", "statement": "s", "protocol": "p"}
CRITERIA = [{"criterion": "need", "title": "Need", "weight": 1}]


def one(*values: Any) -> st.SearchStrategy[Any]:
    """One of these; the first ones are said twice where they should come often."""
    return st.sampled_from(values)


def some(part: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(part, min_size=1, max_size=most)


def of(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


accounts, years = one(A, A, A, B), one(2018, 2018, 2019)
small = st.one_of(st.integers(1, 3), one(Q, 2 * Q, 4 * Q, 8 * Q), st.integers(1, 40 * Q))
large = st.integers(1, 400 * Q)
grants, pools, calls = one("g1", "g1", "g2", "g3"), one("p1", "p1", "p1", "p2"), one("c1", "c1", "c2")
applications = one(*APPLICATIONS)
people = one(ANNA, BO, BO, "anna  lund")
payments, batches = one("p1", "p2", "p3"), one("b1", "b2", "b3", "b4", "b5", "b6")
reports = one("a1", "a1", "a2", "s0")
changes, claims = one("x1", "x2", "x3", "x4"), one("k1", "k2", "k3")
draws = some(of(account=accounts, budget_year=years, amount_oere=small))
posts = one("staff", "rent")
line = of(post=posts, project_year=one(2018, 2019, 2020), amount_oere=small, earmark=one(None, None, "mark"))
why = st.just("Because.")
days = st.integers(0, 800).map(lambda after: (FIRST + timedelta(days=after)).isoformat())
moments = one("2017-10-31T10:00:00Z", "2017-11-05T10:00:00Z", "2017-11-20T12:00:00Z", "2017-11-20T12:00:01Z")
entries = {"account": accounts, "budget_year": years, "act": st.just("FL")}
on_grant, on_report = {"grant_id": grants}, {"grant_id": grants, "report_id": reports}
on_change, on_claim = {"grant_id": grants, "change_id": changes}, {"grant_id": grants, "claim_id": claims}
payment = of(payment_id=payments, grant_id=grants, amount_oere=small)
answer = of(payment_id=payments, grant_id=grants, outcome=one("paid", "paid", "returned"), reason=why)
decided = one(None, None, *APPLICATIONS)
award = of(grant_id=grants, pool_id=pools, draws=draws, plan_months=one(1, 3, 6, 12), application_id=decided)

WISHES: dict[str, dict[type[Command], st.SearchStrategy[dict[str, Any]]]] = {
    "money": {
        c.RegisterAppropriation: of(**entries, amount_oere=large),
        c.AdjustAppropriation: of(**entries, amount_oere=st.integers(-100 * Q, 100 * Q)),
        c.TransferAppropriation: of(**entries, amount_oere=large, to_account=accounts, to_budget_year=years),
        c.RegulateAppropriation: of(
            **entries, series_id=one("pl", "pl", "xx"), from_year=one(2017, 2018), to_year=one(2018, 2019, 2021)
        ),
        c.ImportIndexSeries: of(
            series_id=st.just("pl"),
            published_on=one("2017-08-01", "2018-08-01"),
            points=one(
                *[
                    [{"year": 2017 + n, "value": v} for n, v in enumerate(values)]
                    for values in (("100", "101.6", "99.3"), ("100", "103"), ("100",) * 4)
                ]
            ),
        ),
        c.OpenPool: of(pool_id=pools, draws=draws),
        c.ExtendPool: of(pool_id=pools, draws=draws),
    },
    "applying": {
        c.PublishCall: of(call_id=calls, pool_id=pools, frame_oere=large),
        c.ExtendCall: of(call_id=calls, deadline_at=moments, reason=why),
        c.CloseCall: of(call_id=calls),
        c.SaveApplication: of(application_id=applications, call_id=calls, financing=some(line), at=moments),
        c.CopyApplication: of(application_id=applications, from_application_id=applications, call_id=calls, at=moments),
        c.SubmitApplication: of(application_id=applications, at=moments),
        c.ReopenApplication: of(application_id=applications, reason=why, until=st.just("2018-02-01T12:00:00Z")),
        c.WithdrawApplication: of(application_id=applications, reason=why),
        c.DeclareConflict: of(application_id=applications, on_behalf_of=people, reason=why),
        c.AssessApplication: of(application_id=applications, on_behalf_of=people),
        c.RefuseApplication: of(application_id=applications, on_behalf_of=people, reason=why),
        c.AwardGrant: award,
    },
    "agreement": {
        c.IssueGrantLetter: of(**on_grant, accept_by=days, late=st.booleans()),
        c.AcceptGrant: of(**on_grant),
        c.StartProject: of(**on_grant),
        c.ChangePaymentPlan: of(**on_grant, plan_months=one(1, 3, 6, 12), reason=why),
        c.StopPayments: of(**on_grant, reason=why),
        c.ReleasePayments: of(**on_grant, reason=why),
        c.PassDeadline: of(
            **on_grant,
            deadline=one("acceptance", "start", "period", "report", "invoice"),
            reference=one("s0", "a1", "a2", "k0"),
        ),
        c.ReachDay: of(day=days),
    },
    "paying": {
        c.PreparePaymentBatch: of(batch_id=batches, on_behalf_of=people, lines=some(payment)),
        c.ApprovePaymentBatch: of(batch_id=batches, on_behalf_of=people, right=one(True, True, True, False)),
        c.CancelPaymentBatch: of(batch_id=batches, reason=why),
        c.RecordBankAnswers: of(batch_id=batches, answers=some(answer)),
        c.CorrectBankAnswer: of(
            **on_grant, payment_id=payments, outcome=one("paid", "returned"), reason=why, on_behalf_of=people
        ),
    },
    "reporting": {
        c.SubmitStatusReport: of(**on_report, document=why),
        c.SubmitAccounts: of(**on_report, spent=one(0, 1, 2, 3, 4), extra=one(None, None, None, "rent", "travel")),
        c.DecideAccounts: of(
            **on_report,
            decision=one("approve", "approve", "send_back", "reject"),
            due_on=days,
            reason=why,
            on_behalf_of=people,
        ),
        c.ReopenAccounts: of(**on_report, due_on=days, reason=why, on_behalf_of=people),
    },
    "changing": {
        c.RequestChange: of(
            **on_change,
            kind=one("prolongation", "budget", "budget", "carry_over", "carry_over", "project"),
            reason=why,
            longer=one(0, 30, 200),
            shares=st.lists(st.integers(0, 4), min_size=4, max_size=4),
            carried=some(of(post=posts, project_year=one(2018, 2018, 2019), amount_oere=small)),
        ),
        c.DecideChange: of(**on_change, decision=one("approve", "approve", "refuse"), reason=why, on_behalf_of=people),
    },
    "settling": {
        c.ClaimRepayment: of(
            **on_claim,
            cause=one("unspent", "accounts_missing", "accounts_rejected", "conditions_breached", "lapsed"),
            reason=why,
            on_behalf_of=people,
        ),
        c.InvoiceRepayment: of(**on_claim, invoice=why, due_on=days),
        c.RecordRepayment: of(**on_claim, receipt=one("r1", "r2", "r3", "r4"), amount_oere=small),
        c.HandOverClaim: of(**on_claim),
        c.CloseGrant: of(**on_grant),
    },
}
"""By topic: each command and what is asked; fields that are the machine's own words it turns into the command's."""

EXISTS, NONE, OVER = {"ALREADY_EXISTS"}, {"NOT_FOUND"}, {"NOT_FOUND", "GRANT_LAPSED", "GRANT_CLOSED"}
RUNNING = OVER | {"NOT_ACCEPTED"}
DRAWING = {"DUPLICATE_DRAW", "FUNDS_EXCEEDED"}
IN_TIME = {"NOT_ELIGIBLE", "CALL_NOT_OPEN", "DEADLINE_PASSED"}
CHANGE = {"DUPLICATE_POST", "YEAR_OUTSIDE_PERIOD", "BUDGET_UNBALANCED", "BELOW_PAID", "NOT_LONGER"}
CHANGE |= {"FINAL_ACCOUNTS_IN", "ACCOUNTS_NOT_APPROVED", "CARRY_OVER_EXCEEDED"}
PAYING = RUNNING | {"PAYMENTS_STOPPED", "TOO_EARLY", "NOT_DUE", "ALREADY_PAID"}
REFUSALS: dict[type[Command], set[str]] = {
    c.RegisterAppropriation: {"ALREADY_REGISTERED"},
    c.AdjustAppropriation: {"NOT_FOUND", "ZERO_AMOUNT", "FUNDS_EXCEEDED"},
    c.TransferAppropriation: {"NOT_FOUND", "SAME_ACCOUNT_YEAR", "FUNDS_EXCEEDED"},
    c.RegulateAppropriation: {"NOT_FOUND", "SAME_YEAR", "INDEX_YEAR_MISSING", "ZERO_AMOUNT", "FUNDS_EXCEEDED"}
    | {"ALREADY_REGULATED"},
    c.ImportIndexSeries: {"OLDER_THAN_KNOWN"},
    c.OpenPool: EXISTS | DRAWING,
    c.ExtendPool: NONE | {"TOO_EARLY"} | DRAWING,
    c.PublishCall: NONE | EXISTS | {"FRAME_EXCEEDS_POOL"},
    c.ExtendCall: NONE | {"CALL_CLOSED", "DEADLINE_NOT_LATER", "DECISION_BEFORE_DEADLINE"},
    c.CloseCall: NONE | {"NOT_DUE"},
    c.SaveApplication: NONE | IN_TIME | {"APPLICATION_NOT_OPEN", "CALL_CHANGED"},
    c.CopyApplication: NONE | EXISTS | IN_TIME,
    c.SubmitApplication: NONE | IN_TIME | {"APPLICATION_NOT_OPEN", "YEAR_OUTSIDE_PERIOD"},
    c.ReopenApplication: NONE | {"APPLICATION_NOT_SUBMITTED", "DEADLINE_NOT_LATER"},
    c.WithdrawApplication: NONE | {"APPLICATION_NOT_OPEN"},
    c.DeclareConflict: NONE,
    c.AssessApplication: NONE | {"APPLICATION_NOT_SUBMITTED", "CONFLICT_OF_INTEREST", "TOO_EARLY"},
    c.RefuseApplication: NONE | {"APPLICATION_NOT_SUBMITTED", "CONFLICT_OF_INTEREST"},
    c.AwardGrant: NONE | EXISTS | DRAWING
    | {"TOO_EARLY", "APPLICATION_NOT_SUBMITTED", "WRONG_POOL", "CONFLICT_OF_INTEREST", "NOT_ASSESSED"}
    | {"MORE_THAN_APPLIED", "FRAME_EXCEEDED"},
    c.IssueGrantLetter: OVER | {"ALREADY_ISSUED", "DEADLINE_REVERSED"},
    c.AcceptGrant: OVER | {"NO_LETTER", "ALREADY_ACCEPTED", "ACCEPTANCE_LATE"},
    c.StartProject: RUNNING | {"ALREADY_STARTED", "TOO_EARLY", "STARTED_LATE"},
    c.ChangePaymentPlan: OVER | {"NO_CHANGE"},
    c.StopPayments: OVER | {"ALREADY_STOPPED"},
    c.ReleasePayments: OVER | {"NOT_STOPPED"},
    c.PassDeadline: NONE | {"NOT_DUE"},
    c.ReachDay: {"DAY_PASSED"},
    c.PreparePaymentBatch: EXISTS | PAYING,
    c.ApprovePaymentBatch: PAYING | {"WRONG_STATUS", "SAME_PERSON", "TOTAL_DIFFERS"},
    c.CancelPaymentBatch: NONE | {"WRONG_STATUS"},
    c.RecordBankAnswers: NONE | {"WRONG_STATUS", "PAYMENT_UNKNOWN", "ALREADY_ANSWERED", "TOO_EARLY"},
    c.CorrectBankAnswer: OVER | {"NOTHING_TO_CORRECT", "FUNDS_MOVED"},
    c.SubmitStatusReport: RUNNING | {"WRONG_KIND", "NOT_OWED"},
    c.SubmitAccounts: RUNNING | {"WRONG_KIND", "NOT_OWED", "POST_NOT_IN_BUDGET", "POST_EXCEEDED", "DUPLICATE_POST"},
    c.DecideAccounts: RUNNING | {"NOT_SUBMITTED", "ACCOUNTS_EXCEED_PAID", "DEADLINE_REVERSED"},
    c.ReopenAccounts: RUNNING | {"NOT_DECIDED", "DEADLINE_REVERSED"},
    c.RequestChange: RUNNING | EXISTS | CHANGE | {"CHANGE_LATE"},
    c.DecideChange: RUNNING | CHANGE | {"ALREADY_DECIDED"},
    c.ClaimRepayment: NONE | EXISTS | {"GRANT_CLOSED", "NO_CAUSE", "NOTHING_TO_CLAIM"},
    c.InvoiceRepayment: NONE | {"WRONG_STATUS", "DEADLINE_REVERSED"},
    c.RecordRepayment: NONE | {"WRONG_STATUS", "ALREADY_RECORDED", "REPAYMENT_EXCEEDED"},
    c.HandOverClaim: NONE | {"WRONG_STATUS", "INVOICE_NOT_DUE"},
    c.CloseGrant: OVER | {"PERIOD_RUNNING", "PAYMENT_PENDING", "UNSETTLED"},
}  # fmt: skip
"""The codes that each command may be refused with here; whatever else it says is a mistake of ours or of its own."""
