"""From award to running project: the letter, acceptance, start, plan and stops, and what a grant is closed to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.funding import events as e
from services.funding.grant import GRANT, GrantState
from services.funding.grant.agreement import (
    ACCEPT_GRANT,
    CHANGE_PAYMENT_PLAN,
    ISSUE_GRANT_LETTER,
    RELEASE_PAYMENTS,
    START_PROJECT,
    STOP_PAYMENTS,
)
from services.funding.grant.changes import DECIDE_CHANGE, REQUEST_CHANGE
from services.funding.grant.correction import CORRECT_BANK_ANSWER
from services.funding.grant.deadlines import PASS_DEADLINE
from services.funding.grant.repayment import (
    CLAIM_REPAYMENT,
    CLOSE_GRANT,
    HAND_OVER_CLAIM,
    INVOICE_REPAYMENT,
    RECORD_REPAYMENT,
)
from services.funding.grant.reports import DECIDE_ACCOUNTS, REOPEN_ACCOUNTS, SUBMIT_ACCOUNTS, SUBMIT_STATUS_REPORT
from shared.kernel.decider import Decider
from tests.grants import AUDIT, REPORTS, accepted, awarded, closed, fact, lapsed, refused, when

WHY = {"reason": "Because."}
ALIVE: list[tuple[Decider, dict[str, Any]]] = [
    (ISSUE_GRANT_LETTER, {"letter": "L2", "accept_by": "2020-12-31", "reports": REPORTS}),
    (ACCEPT_GRANT, {}),
    (CHANGE_PAYMENT_PLAN, {"plan_months": 12, **WHY}),
    (STOP_PAYMENTS, WHY),
    (RELEASE_PAYMENTS, WHY),
    (CORRECT_BANK_ANSWER, {"payment_id": "p1", "outcome": "paid", **WHY}),
    (CLOSE_GRANT, {}),
]
RUNNING: list[tuple[Decider, dict[str, Any]]] = [
    (START_PROJECT, {}),
    (SUBMIT_STATUS_REPORT, {"report_id": "s18", "document": "sag 1"}),
    (SUBMIT_ACCOUNTS, {"report_id": "a18", "lines": [], "audit": AUDIT}),
    (DECIDE_ACCOUNTS, {"report_id": "a18", "decision": "approve", **WHY}),
    (REOPEN_ACCOUNTS, {"report_id": "a18", "due_on": "2020-12-31", **WHY}),
    (REQUEST_CHANGE, {"change_id": "c1", "kind": "project", **WHY}),
    (DECIDE_CHANGE, {"change_id": "c1", "decision": "approve", **WHY}),
]
OTHERS: list[tuple[Decider, dict[str, Any]]] = [
    (CLAIM_REPAYMENT, {"claim_id": "k1", "cause": "unspent", **WHY}),
    (INVOICE_REPAYMENT, {"claim_id": "k1", "invoice": "F-1", "due_on": "2020-12-31"}),
    (RECORD_REPAYMENT, {"claim_id": "k1", "receipt": "r1", "amount_oere": 1}),
    (HAND_OVER_CLAIM, {"claim_id": "k1"}),
    (PASS_DEADLINE, {"deadline": "period", "reference": "period"}),
]


def name_of(case: object) -> str | None:
    return case.command.__name__ if isinstance(case, Decider) else None


# --- what needs a grant that lives ---


@pytest.mark.parametrize(("decider", "fields"), [*ALIVE, *RUNNING, *OTHERS], ids=name_of)
def test_a_grant_that_was_never_awarded_is_not_found(decider: Decider, fields: dict[str, Any]) -> None:
    refused(when(accepted(), decider, "2020-06-01", grant_id="g2", **fields), "NOT_FOUND", "grant_id")


@pytest.mark.parametrize(("decider", "fields"), [*ALIVE, *RUNNING], ids=name_of)
def test_nothing_is_agreed_on_a_lapsed_grant(decider: Decider, fields: dict[str, Any]) -> None:
    refused(when(lapsed(), decider, "2020-06-01", **fields), "GRANT_LAPSED", "grant_id", grant_id="g1")


CLAIM = (CLAIM_REPAYMENT, {"claim_id": "k1", "cause": "unspent", **WHY})


@pytest.mark.parametrize(("decider", "fields"), [*ALIVE, *RUNNING, CLAIM], ids=name_of)
def test_nothing_is_agreed_on_a_closed_grant(decider: Decider, fields: dict[str, Any]) -> None:
    refused(when(closed(), decider, "2020-06-01", **fields), "GRANT_CLOSED", "grant_id")


@pytest.mark.parametrize(("decider", "fields"), RUNNING, ids=name_of)
def test_what_needs_the_recipients_word_waits_for_it(decider: Decider, fields: dict[str, Any]) -> None:
    refused(when(awarded().letter(), decider, "2018-06-01", **fields), "NOT_ACCEPTED", "grant_id", grant_id="g1")


# --- the letter ---


def letter(**changes: Any) -> dict[str, Any]:
    return {"letter": "L1", "accept_by": "2017-12-15", "reports": REPORTS} | changes


def test_the_letter_says_by_when_to_accept_and_what_is_owed() -> None:
    reports = (
        e.ReportDue(report_id="s18", kind="status", project_years=(2018,), due_on=date(2018, 8, 1)),
        e.ReportDue(report_id="a18", kind="accounts", project_years=(2018,), due_on=date(2019, 3, 1)),
        e.ReportDue(report_id="a19", kind="accounts", project_years=(2019,), due_on=date(2020, 3, 1), final=True),
    )
    fields = {"letter": "L1", "accept_by": date(2017, 12, 15), "conditions": ("Tell us.",), "reports": reports}
    when(awarded(), ISSUE_GRANT_LETTER, "2017-12-15", **letter(conditions=["Tell us."])).then(
        fact(e.GrantLetterIssued, "2017-12-15", **fields)
    )


def test_a_grant_has_one_letter() -> None:
    refused(when(awarded().letter(), ISSUE_GRANT_LETTER, "2017-11-22", **letter()), "ALREADY_ISSUED", "grant_id")


def test_a_letter_leaves_time_to_accept() -> None:
    refused(when(awarded(), ISSUE_GRANT_LETTER, "2017-12-16", **letter()), "DEADLINE_REVERSED", "accept_by")


@pytest.mark.parametrize("name", ["a18", "office"])
def test_each_report_has_a_name_of_its_own(name: str) -> None:
    """A stop is known by the report that caused it; `office` is the name of the office's own stop."""
    reports = [*REPORTS, {"report_id": name, "kind": "status", "project_years": [2019], "due_on": "2019-08-01"}]
    scenario = when(awarded(), ISSUE_GRANT_LETTER, "2017-11-21", **letter(reports=reports))
    refused(scenario, "DUPLICATE_REPORT", "reports.3.report_id")


@pytest.mark.parametrize("finals", [[], ["s18"], ["a18", "a19"]])
def test_exactly_one_report_is_the_final_accounts(finals: list[str]) -> None:
    reports = [report | {"final": report["report_id"] in finals} for report in REPORTS]
    scenario = when(awarded(), ISSUE_GRANT_LETTER, "2017-11-21", **letter(reports=reports))
    refused(scenario, "FINAL_ACCOUNTS_MISSING", "reports")


@pytest.mark.parametrize(
    ("years", "covered"),
    [([2017, 2018], [2017, 2018, 2019]), ([2019], [2019, 2019]), ([2018, 2019], [2018, 2019, 2019])],
)
def test_the_accounts_cover_each_year_of_the_period_once(years: list[int], covered: list[int]) -> None:
    reports = [REPORTS[0], REPORTS[1] | {"project_years": years}, REPORTS[2]]
    scenario = when(awarded(), ISSUE_GRANT_LETTER, "2017-11-21", **letter(reports=reports))
    refused(scenario, "YEARS_NOT_COVERED", "reports", first_year=2018, last_year=2019, covered=covered)


# --- acceptance and start ---


def test_a_grant_is_accepted_on_the_last_day() -> None:
    """And begins within six months of its period's first day."""
    event = fact(e.GrantAccepted, "2017-12-15", start_by=date(2018, 7, 1))
    when(awarded().letter(), ACCEPT_GRANT, "2017-12-15").then(event)


def test_a_grant_is_not_accepted_a_day_late() -> None:
    scenario = when(awarded().letter(), ACCEPT_GRANT, "2017-12-16")
    refused(scenario, "ACCEPTANCE_LATE", "effective_on", accept_by="2017-12-15")


def test_a_grant_is_accepted_once_and_after_its_letter() -> None:
    refused(when(accepted(), ACCEPT_GRANT, "2017-12-02"), "ALREADY_ACCEPTED", "grant_id")
    refused(when(awarded(), ACCEPT_GRANT, "2017-12-02"), "NO_LETTER", "grant_id")


@pytest.mark.parametrize("day", ["2018-01-01", "2018-07-01"])
def test_a_project_begins_within_six_months_of_its_period(day: str) -> None:
    when(accepted(), START_PROJECT, day).then(fact(e.ProjectStarted, day))


def test_a_project_begins_neither_before_its_period_nor_later_than_six_months_into_it() -> None:
    refused(when(accepted(), START_PROJECT, "2017-12-31"), "TOO_EARLY", "effective_on", earliest="2018-01-01")
    refused(when(accepted(), START_PROJECT, "2018-07-02"), "STARTED_LATE", "effective_on", start_by="2018-07-01")
    refused(when(accepted().start(), START_PROJECT, "2018-01-16"), "ALREADY_STARTED", "grant_id")


def test_six_months_from_the_end_of_august_end_with_february() -> None:
    fund = awarded(period_from="2018-08-31").letter()
    when(fund, ACCEPT_GRANT, "2017-12-01").then(fact(e.GrantAccepted, "2017-12-01", start_by=date(2019, 2, 28)))


# --- plan and stops ---


def test_a_plan_is_changed_with_a_reason() -> None:
    event = fact(e.PaymentPlanChanged, "2018-02-01", plan_months=12, reason="Simpler.")
    when(accepted(), CHANGE_PAYMENT_PLAN, "2018-02-01", plan_months=12, reason="Simpler.").then(event)
    refused(when(accepted(), CHANGE_PAYMENT_PLAN, "2018-02-01", plan_months=3, **WHY), "NO_CHANGE", "plan_months")


def test_the_office_stops_payments_and_releases_them() -> None:
    stopped = fact(e.PaymentsStopped, "2018-02-01", cause="office", **WHY)
    released = fact(e.PaymentsReleased, "2018-02-02", cause="office", **WHY)
    fund = accepted()
    when(fund, STOP_PAYMENTS, "2018-02-01", **WHY).then(stopped)
    refused(when(fund, RELEASE_PAYMENTS, "2018-02-02", **WHY), "NOT_STOPPED", "grant_id", causes=[])
    fund.history.append(stopped)
    refused(when(fund, STOP_PAYMENTS, "2018-02-02", **WHY), "ALREADY_STOPPED", "grant_id")
    when(fund, RELEASE_PAYMENTS, "2018-02-02", **WHY).then(released)


def test_the_office_does_not_release_what_a_late_report_stopped() -> None:
    fund = accepted().passes("report", "2018-08-02", "s18")
    refused(when(fund, RELEASE_PAYMENTS, "2018-08-03", **WHY), "NOT_STOPPED", "grant_id", causes=["s18"])


# --- what the fold makes of old and foreign events ---


def test_a_grant_of_version_1_is_accepted_begun_and_paid_without_having_been_ordered() -> None:
    """It had no budget and no letter: it can be paid by the quarter of its budget years, and has no accounts to owe."""
    data: dict[str, Any] = {
        "grant_id": "g1",
        "pool_id": "aftercare",
        "track": "data",
        "initiative": "aftercare",
        "municipality": "0730",
        "draws": [{"account": "15.26.04.10", "budget_year": 2018, "amount_oere": 1_000}],
        "amount_oere": 1_000,
        "period_from": "2018-01-01",
        "period_to": "2018-12-31",
        "effective_on": "2018-01-01",
    }
    place = {"account": "15.26.04.10", "budget_year": 2018}
    award = {"postings": [place | {"ledger_account": "committed", "amount_oere": 1_000}]}
    payment = {"payment_id": "old", **place, "amount_oere": 250, "effective_on": "2018-01-01"}
    sides = [("paid", 250), ("committed", -250)]
    paid = {"postings": [place | {"ledger_account": name, "amount_oere": amount} for name, amount in sides]}
    upcast = e.UPCASTERS
    events = [
        e.GrantAwarded.model_validate(upcast[e.GrantAwarded.event_type, 1](data | award)),
        e.InstalmentPaid.model_validate(upcast[e.InstalmentPaid.event_type, 1](data | payment | paid)),
    ]
    state = GRANT.fold(events)
    assert isinstance(state, GrantState)
    assert (state.accepted, state.started, state.budget, state.plan_months) == (True, True, (), 3)
    assert [(one.payment_id, one.batch_id, one.status, one.amount_oere) for one in state.payments] == [
        ("old", None, "paid", 250)
    ]
    assert (state.total("paid"), state.total("committed")) == (250, 750)


def test_an_event_of_another_kind_changes_no_grant() -> None:
    event = fact(e.PoolRestored, "2018-01-01", draws=())
    assert GRANT.evolve(accepted().grant, event) == accepted().grant
