"""The ministry's rules for grants after the award, row by row: Håndbog om tilskudsregler and BEK 614/2020.

Each section is a row of domain.md §3.5 and quotes its page, which lies under
sbst.dk/puljer-og-tilskud/social-og-aeldreomraadet/haandbog-om-tilskudsregler. The rows Call and Budget are tested with
calls and applications. Of Duty to notify ("irregularities at once; change of auditor in writing",
/afrapportering/revision) nothing is decided by a command of its own: the office answers an irregularity by stopping
payments or claiming them back, and all accounts name their auditor.
"""

from __future__ import annotations

from typing import Any

import pytest

from services.funding import events as e
from services.funding.grant.agreement import ACCEPT_GRANT, START_PROJECT, STOP_PAYMENTS
from services.funding.grant.changes import DECIDE_CHANGE, REQUEST_CHANGE
from services.funding.grant.deadlines import PASS_DEADLINE
from services.funding.grant.repayment import CLAIM_REPAYMENT, HAND_OVER_CLAIM
from services.funding.grant.reports import DECIDE_ACCOUNTS, SUBMIT_ACCOUNTS, SUBMIT_STATUS_REPORT
from services.funding.payment_batch import PREPARE_PAYMENT_BATCH
from shared.kernel.rejection import Rejected
from shared.testing.decisions import Scenario
from tests.grants import ACCOUNT, AUDIT, BUDGET, P18, S18, GrantFund, Spent, accepted, awarded, refused, spent, when

KR = 100
WHY = {"reason": "Because."}
SPENT: Spent = {("staff", 2018): 700_000, ("partner", 2018): 400_000}


def paying(fund: GrantFund, on: str, amount_oere: int) -> Scenario:
    lines = [{"payment_id": "p9", "grant_id": "g1", "amount_oere": amount_oere}]
    return when(fund, PREPARE_PAYMENT_BATCH, on, batch_id="b9", lines=lines)


def accounts(amounts: Spent, fund: GrantFund | None = None, report: str = "a18", **audit: Any) -> Scenario:
    fields = {"report_id": report, "lines": spent(amounts), "audit": AUDIT | audit}
    return when(fund or accepted(), SUBMIT_ACCOUNTS, "2019-02-01", **fields)


def change(kind: str, **parts: Any) -> dict[str, Any]:
    return {"change_id": "c1", "kind": kind, **WHY, **parts}


def claim(cause: str) -> dict[str, Any]:
    return {"claim_id": "k1", "cause": cause, **WHY}


# --- Acceptance: "recipient returns tilkendegivelse within the deadline of the tilskudsbrev, otherwise the grant lapses
# (bortfald)" (/oekonomi/udbetaling) ---


def test_a_grant_is_accepted_within_the_deadline_of_its_letter_or_lapses() -> None:
    fund = awarded().letter(accept_by="2017-12-15")
    when(fund, ACCEPT_GRANT, "2017-12-15").then_kinds(e.GrantAccepted)
    refused(when(fund, ACCEPT_GRANT, "2017-12-16"), "ACCEPTANCE_LATE", "effective_on")
    passed = {"deadline": "acceptance", "reference": "L1"}
    when(fund, PASS_DEADLINE, "2017-12-16", **passed).then_kinds(e.GrantLapsed, e.PoolRestored)
    fund.passes("acceptance", "2017-12-16")
    refused(when(fund, ACCEPT_GRANT, "2017-12-15"), "GRANT_LAPSED", "grant_id")


# --- Payment: "from the last approved budget, by default quarterly in advance; all payments can be stopped if
# accounts/status report are late or project deviates" (/oekonomi/udbetaling) ---


@pytest.mark.parametrize(
    ("day", "due_oere"),
    [
        ("2017-12-31", 0),
        ("2018-01-01", 300_000),
        ("2018-03-31", 300_000),
        ("2018-04-01", 600_000),
        ("2018-10-01", 1_200_000),
    ],
)
def test_payments_are_quarterly_in_advance(day: str, due_oere: int) -> None:
    refused(paying(accepted(), day, due_oere + 1), "NOT_DUE", "lines.0.grant_id", due_oere=due_oere)
    if due_oere:
        paying(accepted(), day, due_oere).then_kinds(e.PaymentBatchPrepared)


def test_payments_follow_the_last_approved_budget() -> None:
    """4,000 kroner of staff moved from 2018 to 2019: a quarter of 4,000 and of the partner's 4,000 is due."""
    budget = [BUDGET[0] | {"amount_oere": 400_000}, BUDGET[1], BUDGET[2] | {"amount_oere": 1_200_000}]
    fund = accepted().request("c1", "2017-12-10", "budget", budget=budget)
    paying(fund, "2018-01-01", 300_000).then_kinds(e.PaymentBatchPrepared)
    fund.after(DECIDE_CHANGE, "2017-12-20", change_id="c1", decision="approve", **WHY)
    refused(paying(fund, "2018-01-01", 200_001), "NOT_DUE", "lines.0.grant_id", due_oere=200_000)


@pytest.mark.parametrize("report", ["s18", "a18"])
def test_payments_stop_while_a_report_is_late(report: str) -> None:
    fund = accepted().passes("report", "2019-03-02", report)
    refused(paying(fund, "2019-03-03", 1), "PAYMENTS_STOPPED", "lines.0.grant_id", causes=[report])
    if report == "s18":
        fund.after(SUBMIT_STATUS_REPORT, "2019-03-03", report_id=report, document="sag 7")
    else:
        fund.accounts(report, "2019-03-03", {("staff", 2018): 0, ("partner", 2018): 0})
    paying(fund, "2019-03-03", 1).then_kinds(e.PaymentBatchPrepared)


def test_payments_stop_when_the_project_deviates() -> None:
    fund = accepted().after(STOP_PAYMENTS, "2018-02-01", **WHY)
    refused(paying(fund, "2018-02-01", 1), "PAYMENTS_STOPPED", "lines.0.grant_id")


# --- Start: "lapses if the project has not started within 6 months of the grant period"
# (/projektperiode-og-tilskuddets-anvendelse) ---


def test_a_grant_lapses_if_its_project_has_not_begun_within_six_months_of_its_period() -> None:
    when(accepted(), START_PROJECT, "2018-07-01").then_kinds(e.ProjectStarted)
    refused(when(accepted(), START_PROJECT, "2018-07-02"), "STARTED_LATE", "effective_on")
    passed = {"deadline": "start", "reference": "start"}
    when(accepted(), PASS_DEADLINE, "2018-07-02", **passed).then_kinds(e.GrantLapsed, e.PoolRestored)
    when(accepted().start(), PASS_DEADLINE, "2018-07-02", **passed).then()


# --- Expense: "only incurred, booked, approved and paid expenses inside the period; cap = grant; only posts in the
# approved budget can appear in accounts" (/finansiering-af-projekter;
# /aendringer-til-projektets-rammer/projekt-og-budgetaendringer) ---


def test_only_expenses_inside_the_period_are_accounted_for() -> None:
    amounts = SPENT | {("staff", 2017): 1}
    refused(accounts(amounts), "YEAR_NOT_COVERED", "lines.2.project_year")
    refused(when(accepted(), START_PROJECT, "2017-12-31"), "TOO_EARLY", "effective_on")


def test_no_more_is_covered_than_the_grant() -> None:
    amounts = SPENT | {("staff", 2018): 800_001}
    refused(accounts(amounts), "POST_EXCEEDED", "lines.0.spent_oere")


def test_only_posts_of_the_approved_budget_stand_in_accounts() -> None:
    amounts = SPENT | {("rent", 2018): 1}
    refused(accounts(amounts), "POST_NOT_IN_BUDGET", "lines.2.post")


# --- Changes: "projektforlængelse (apply before end), projektændring (purpose, target group, activity), budgetændring
# (material move between posts or between project years), overførsel af uforbrugte midler (unspent to next project year)
# – all need prior written approval" (/aendringer-til-projektets-rammer) ---

MOVED = [BUDGET[0] | {"amount_oere": 700_000}, BUDGET[1], BUDGET[2] | {"amount_oere": 900_000}]
CARRIED = [{"post": "staff", "project_year": 2018, "amount_oere": 100_000}]


@pytest.mark.parametrize(
    ("kind", "parts", "effect"),
    [
        ("prolongation", {"period_to": "2020-06-30"}, [e.GrantProlonged]),
        ("project", {}, []),
        ("budget", {"budget": MOVED}, [e.BudgetRevised]),
        ("carry_over", {"carry_over": CARRIED}, [e.UnspentCarriedOver]),
    ],
)
def test_every_change_is_applied_for_before_the_period_ends_and_takes_effect_by_its_approval(
    kind: str, parts: dict[str, Any], effect: list[type[Any]]
) -> None:
    fund = awarded().accounted_for_2018() if kind == "carry_over" else accepted()
    when(fund, REQUEST_CHANGE, "2019-12-31", **change(kind, **parts)).then_kinds(e.ChangeRequested)
    refused(when(fund, REQUEST_CHANGE, "2020-01-01", **change(kind, **parts)), "CHANGE_LATE", "effective_on")
    before = fund.grant
    fund.request("c1", "2019-12-31", kind, **parts)
    unchanged = ("period_to", "budget", "balances", "reports")
    assert [getattr(fund.grant, name) for name in unchanged] == [getattr(before, name) for name in unchanged]
    decided = {"change_id": "c1", **WHY}
    when(fund, DECIDE_CHANGE, "2020-01-05", decision="approve", **decided).then_kinds(e.ChangeApproved, *effect)
    when(fund, DECIDE_CHANGE, "2020-01-05", decision="refuse", **decided).then_kinds(e.ChangeRefused)


@pytest.mark.parametrize("decider", [REQUEST_CHANGE, DECIDE_CHANGE])
def test_a_change_and_its_decision_are_in_writing(decider: Any) -> None:
    with pytest.raises(Rejected) as caught:
        when(accepted(), decider, "2018-02-01", **change("project", decision="approve") | {"reason": ""})
    assert [entry["field"] for entry in caught.value.fields] == ["reason"]


# --- Report: "projekterklæring or statusrapport + accounts (regnskab) …; same specification as last approved budget"
# (/afrapportering/faglig-afrapportering; BEK 614/2020 § 21) ---


def test_a_grant_owes_its_reports_and_accounts_of_every_year() -> None:
    when(accepted(), SUBMIT_STATUS_REPORT, "2018-07-01", report_id="s18", document="sag 7").then_kinds(
        e.StatusReportSubmitted
    )
    accounts(SPENT).then_kinds(e.AccountsSubmitted)
    assert {year for report in accepted().grant.reports for year in report.due.project_years} == {2018, 2019}


def test_accounts_have_the_same_specification_as_the_last_approved_budget() -> None:
    amounts = {("staff", 2018): 700_000}
    refused(accounts(amounts), "POST_MISSING", "lines", post="partner")


# --- Audit: "≤ 100,000: self-chosen competent independent auditor; > 100,000: registered/state-authorised; > 500,000:
# also forvaltningsrevision …; outputs: revisorerklæring + protokollat" (/afrapportering/revision; BEK 614/2020
# § 25) ---


def grant_of(amount_oere: int) -> GrantFund:
    """A grant of this size for one post in 2018, with accounts to be made."""
    draws = [{"account": ACCOUNT, "budget_year": 2018, "amount_oere": amount_oere}]
    budget = [{"post": "staff", "project_year": 2018, "amount_oere": amount_oere}]
    reports = [{"report_id": "a", "kind": "accounts", "project_years": [2018], "due_on": "2019-03-01", "final": True}]
    return awarded(draws=draws, budget=budget, earmarks=[], period_to="2018-12-31").letter(reports=reports).accept()


PUBLIC = ("registered", "state_authorised")


@pytest.mark.parametrize(
    ("amount_oere", "kinds", "performance_audit"),
    [
        (100_000 * KR, ("own_choice", *PUBLIC), False),
        (100_000 * KR + 1, PUBLIC, False),
        (500_000 * KR, PUBLIC, False),
        (500_000 * KR + 1, PUBLIC, True),
    ],
)
def test_the_size_of_a_grant_says_who_audits_it_and_how(
    amount_oere: int, kinds: tuple[str, ...], performance_audit: bool
) -> None:
    fund, amounts = grant_of(amount_oere), {("staff", 2018): 1}
    for kind in ("own_choice", *PUBLIC):
        full = accounts(amounts, fund, "a", auditor_kind=kind, performance_audit=True)
        plain = accounts(amounts, fund, "a", auditor_kind=kind)
        figures = {"grant_oere": amount_oere, "limit_oere": 10_000_000}
        if kind not in kinds:
            refused(full, "AUDITOR_REQUIRED", "audit.auditor_kind", **figures)
            refused(plain, "AUDITOR_REQUIRED", "audit.auditor_kind", **figures)
            continue
        full.then_kinds(e.AccountsSubmitted)
        if performance_audit:
            limit = figures | {"limit_oere": 50_000_000}
            refused(plain, "PERFORMANCE_AUDIT_REQUIRED", "audit.performance_audit", **limit)
        else:
            plain.then_kinds(e.AccountsSubmitted)


@pytest.mark.parametrize("part", ["auditor", "statement", "protocol"])
def test_an_audit_has_its_auditor_statement_and_protocol(part: str) -> None:
    with pytest.raises(Rejected) as caught:
        accounts(SPENT, None, "a18", **{part: ""})
    assert [entry["field"] for entry in caught.value.fields] == [f"audit.{part}"]


# --- Repayment: "full/partial if unspent, unspent not approved for transfer, accounts missing/late, conditions
# breached; bagatelgrænse 500 kr.; unpaid → Gældsstyrelsen"
# (/oekonomi/tilbageholdelse-bortfald-eller-tilbagebetaling) ---


@pytest.mark.parametrize(("left_oere", "kind"), [(500 * KR, e.UnspentWaived), (500 * KR + 1, e.RepaymentClaimed)])
def test_nothing_is_claimed_at_500_kroner_or_less(left_oere: int, kind: type[Any]) -> None:
    fund = awarded().accounted_for_2018(staff=800_000 - left_oere)
    when(fund, CLAIM_REPAYMENT, "2019-02-11", **claim("unspent")).then_kinds(kind)


def test_unspent_money_that_was_not_approved_for_transfer_is_claimed() -> None:
    fund = awarded().accounted_for_2018().change("c1", "2019-02-11", "carry_over", carry_over=CARRIED)
    refused(when(fund, CLAIM_REPAYMENT, "2019-02-12", **claim("unspent")), "NOTHING_TO_CLAIM", "grant_id")
    fund = awarded().accounted_for_2018().request("c1", "2019-02-11", "carry_over", carry_over=CARRIED)
    fund.after(DECIDE_CHANGE, "2019-02-12", change_id="c1", decision="refuse", **WHY)
    when(fund, CLAIM_REPAYMENT, "2019-02-13", **claim("unspent")).then_kinds(e.RepaymentClaimed)


def test_all_is_claimed_when_accounts_are_missing_or_late() -> None:
    fund = awarded().paid_for_2018().passes("report", "2019-03-02", "a18").claim("k1", "2019-03-02", "accounts_missing")
    assert fund.standing("receivable") == {P18: 400_000, S18: 800_000}


def test_all_is_claimed_when_conditions_were_breached() -> None:
    fund = accepted().pay(1, "2018-01-01", 300_000).claim("k1", "2018-02-01", "conditions_breached")
    assert fund.standing("receivable") == {P18: 100_000, S18: 200_000}


def test_what_was_not_used_as_approved_is_claimed() -> None:
    """Accounts that are rejected account for nothing."""
    fund = awarded().paid_for_2018().accounts("a18", "2019-02-01", SPENT)
    when(fund, DECIDE_ACCOUNTS, "2019-02-02", report_id="a18", decision="reject", **WHY).then_kinds(e.AccountsRejected)
    fund.decide("a18", "2019-02-02", "reject").claim("k1", "2019-02-03", "accounts_rejected")
    assert fund.grant.total("receivable") == 1_200_000


def test_what_is_not_repaid_goes_to_the_debt_authority() -> None:
    fund = awarded().accounted_for_2018().claim("k1", "2019-02-11").invoice("k1", "2019-02-12", "2019-03-15")
    refused(when(fund, HAND_OVER_CLAIM, "2019-03-15", claim_id="k1"), "INVOICE_NOT_DUE", "effective_on")
    when(fund, HAND_OVER_CLAIM, "2019-03-16", claim_id="k1").then_kinds(e.ClaimHandedOver)
