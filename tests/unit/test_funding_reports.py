"""Status reports, accounts and audit: what comes in, what is decided of it, and how a wrong decision is undone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.funding import events as e
from services.funding.grant.reports import DECIDE_ACCOUNTS, REOPEN_ACCOUNTS, SUBMIT_ACCOUNTS, SUBMIT_STATUS_REPORT
from tests.grants import (
    AUDIT,
    P18,
    S18,
    S19,
    GrantFund,
    Spent,
    accepted,
    awarded,
    fact,
    move,
    refused,
    spent,
    when,
)

ALL: Spent = {("staff", 2018): 700_000, ("partner", 2018): 400_000}
NONE: Spent = {("staff", 2018): 0, ("partner", 2018): 0}


def handed_in(amounts: Spent = ALL, report: str = "a18", **audit: Any) -> dict[str, Any]:
    return {"report_id": report, "lines": spent(amounts), "audit": AUDIT | audit}


def came_in(on: str, amounts: Spent = ALL) -> Any:
    lines = tuple(e.AccountsLine(post=post, project_year=year, spent_oere=it) for (post, year), it in amounts.items())
    audit = e.Audit.model_validate(AUDIT | {"performance_audit": False})
    return fact(e.AccountsSubmitted, on, report_id="a18", lines=lines, audit=audit)


# --- status reports ---


def test_a_status_report_comes_in() -> None:
    event = fact(e.StatusReportSubmitted, "2018-07-01", report_id="s18", document="sag 7")
    when(accepted(), SUBMIT_STATUS_REPORT, "2018-07-01", report_id="s18", document="sag 7").then(event)


def test_a_late_status_report_releases_its_stop_and_no_other() -> None:
    fund = accepted().passes("report", "2018-08-02", "s18").passes("report", "2019-03-02", "a18")
    assert fund.grant.stops == ("s18", "a18")
    when(fund, SUBMIT_STATUS_REPORT, "2019-03-03", report_id="s18", document="sag 7").then(
        fact(e.StatusReportSubmitted, "2019-03-03", report_id="s18", document="sag 7"),
        fact(e.PaymentsReleased, "2019-03-03", cause="s18", reason="the overdue report has come in"),
    )


def test_a_report_is_one_that_is_owed() -> None:
    fund = accepted()
    fund.after(SUBMIT_STATUS_REPORT, "2018-07-01", report_id="s18", document="sag 7")
    again = when(fund, SUBMIT_STATUS_REPORT, "2018-07-02", report_id="s18", document="sag 7")
    refused(again, "NOT_OWED", "report_id", status="received")
    wrong = when(fund, SUBMIT_STATUS_REPORT, "2018-07-02", report_id="a18", document="sag 7")
    refused(wrong, "WRONG_KIND", "report_id", kind="accounts")
    wrong = when(fund, SUBMIT_ACCOUNTS, "2018-07-02", **handed_in(report="s18"))
    refused(wrong, "WRONG_KIND", "report_id", kind="status")
    unknown = when(fund, SUBMIT_STATUS_REPORT, "2018-07-02", report_id="s19", document="sag 7")
    refused(unknown, "NOT_FOUND", "report_id")


# --- accounts come in ---


def test_accounts_come_in_with_their_audit() -> None:
    when(accepted(), SUBMIT_ACCOUNTS, "2019-02-01", **handed_in()).then(came_in("2019-02-01"))


def test_late_accounts_release_their_stop() -> None:
    fund = accepted().passes("report", "2019-03-02", "a18")
    released = fact(e.PaymentsReleased, "2019-03-03", cause="a18", reason="the overdue report has come in")
    when(fund, SUBMIT_ACCOUNTS, "2019-03-03", **handed_in()).then(came_in("2019-03-03"), released)


def test_accounts_come_in_once_unless_they_are_wanted_again() -> None:
    fund = awarded().paid_for_2018().accounts("a18", "2019-02-01", NONE)
    refused(when(fund, SUBMIT_ACCOUNTS, "2019-02-02", **handed_in()), "NOT_OWED", "report_id", status="received")
    fund.decide("a18", "2019-02-03", "send_back", "2019-04-01")
    when(fund, SUBMIT_ACCOUNTS, "2019-02-04", **handed_in()).then(came_in("2019-02-04"))


@pytest.mark.parametrize(
    ("amounts", "code", "field", "figures"),
    [
        (
            ALL | {("staff", 2019): 1},
            "YEAR_NOT_COVERED",
            "lines.2.project_year",
            {"post": "staff", "project_year": 2019},
        ),
        (ALL | {("rent", 2018): 1}, "POST_NOT_IN_BUDGET", "lines.2.post", {"post": "rent", "project_year": 2018}),
        (
            ALL | {("staff", 2018): 800_001},
            "POST_EXCEEDED",
            "lines.0.spent_oere",
            {"post": "staff", "project_year": 2018, "spent_oere": 800_001, "budget_oere": 800_000},
        ),
        ({("staff", 2018): 1}, "POST_MISSING", "lines", {"post": "partner", "project_year": 2018}),
        ({}, "POST_MISSING", "lines", {"post": "partner", "project_year": 2018}),
    ],
)
def test_accounts_are_specified_as_the_budget(amounts: Spent, code: str, field: str, figures: dict[str, Any]) -> None:
    refused(when(accepted(), SUBMIT_ACCOUNTS, "2019-02-01", **handed_in(amounts)), code, field, **figures)


def test_a_post_stands_once_in_accounts() -> None:
    fields = handed_in() | {"lines": [*spent(ALL), *spent({("staff", 2018): 1})]}
    figures = {"post": "staff", "project_year": 2018}
    refused(when(accepted(), SUBMIT_ACCOUNTS, "2019-02-01", **fields), "DUPLICATE_POST", "lines.2", **figures)


def test_the_budget_of_accounts_is_the_last_one_approved() -> None:
    """1,000 kroner of staff went to travel in June."""
    new = [("staff", 2018, 700_000, None), ("travel", 2018, 100_000, None), ("partner", 2018, 400_000, "partner")]
    new.append(("staff", 2019, 800_000, None))
    names = ("post", "project_year", "amount_oere", "earmark")
    budget = [dict(zip(names, line, strict=True)) for line in new]
    fund = accepted().change("c1", "2018-06-01", "budget", budget=budget)
    scenario = when(fund, SUBMIT_ACCOUNTS, "2019-02-01", **handed_in())
    refused(scenario, "POST_MISSING", "lines", post="travel", project_year=2018)
    scenario = when(fund, SUBMIT_ACCOUNTS, "2019-02-01", **handed_in(ALL | {("travel", 2018): 100_001}))
    refused(scenario, "POST_EXCEEDED", "lines.2.spent_oere", spent_oere=100_001, budget_oere=100_000)


# --- accounts are decided ---


def decision(name: str, report: str = "a18", **more: Any) -> dict[str, Any]:
    return {"report_id": report, "decision": name, "reason": "Read.", **more}


def with_accounts(amounts: Spent = ALL) -> GrantFund:
    return awarded().paid_for_2018().accounts("a18", "2019-02-01", amounts)


def approved(on: str, amount_oere: int, unspent_oere: int, postings: tuple[e.Posting, ...]) -> Any:
    amounts = {"amount_oere": amount_oere, "unspent_oere": unspent_oere}
    return fact(e.AccountsApproved, on, report_id="a18", reason="Read.", **amounts, postings=postings)


def test_what_was_spent_is_accounted_for() -> None:
    postings = move("paid", "accounted_for", (P18, 400_000), (S18, 700_000))
    event = approved("2019-02-10", 1_100_000, 100_000, postings)
    when(with_accounts(), DECIDE_ACCOUNTS, "2019-02-10", **decision("approve")).then(event)


def test_accounts_of_nothing_can_be_approved() -> None:
    event = approved("2019-02-10", 0, 1_200_000, ())
    when(with_accounts(NONE), DECIDE_ACCOUNTS, "2019-02-10", **decision("approve")).then(event)


def test_money_carried_over_is_accounted_for_first_and_then_the_oldest() -> None:
    """1,000 kroner carried from 2018 and 8,000 of 2019's own; 8,500 were spent, so 500 of 2019's are left."""
    moved = {"post": "staff", "project_year": 2018, "amount_oere": 100_000}
    fund = awarded().accounted_for_2018().change("c1", "2019-03-01", "carry_over", carry_over=[moved])
    fund.pay(2, "2019-10-01", 800_000).accounts("a19", "2020-02-01", {("staff", 2019): 850_000})
    carried = (2018, "staff", 2019, None)
    postings = (
        *move("carried_over", "accounted_for", (carried, 100_000)),
        *move("paid", "accounted_for", (S19, 750_000)),
    )
    amounts = {"amount_oere": 850_000, "unspent_oere": 50_000, "postings": postings}
    event = fact(e.AccountsApproved, "2020-02-10", report_id="a19", reason="Read.", **amounts)
    when(fund, DECIDE_ACCOUNTS, "2020-02-10", **decision("approve", "a19")).then(event)


def test_no_more_is_accounted_for_than_was_paid() -> None:
    """Three instalments of staff, 6,000 kroner, and all of the partner's would be 3,000: 7,000 of staff is too much."""
    fund = accepted().start().pay(1, "2018-07-01", 900_000)
    fund.accounts("a18", "2019-02-01", {("staff", 2018): 700_000, ("partner", 2018): 300_000})
    figures = {"post": "staff", "project_year": 2018, "spent_oere": 700_000, "paid_oere": 600_000}
    scenario = when(fund, DECIDE_ACCOUNTS, "2019-02-10", **decision("approve"))
    refused(scenario, "ACCOUNTS_EXCEED_PAID", "report_id", **figures)
    # The last 2,000 + 1,000 of 2018, and the first 2,000 of 2019.
    fund.pay(2, "2019-02-11", 500_000)
    postings = move("paid", "accounted_for", (P18, 300_000), (S18, 700_000))
    event = approved("2019-02-12", 1_000_000, 200_000, postings)
    when(fund, DECIDE_ACCOUNTS, "2019-02-12", **decision("approve")).then(event)


def test_accounts_are_sent_back_to_come_again() -> None:
    event = fact(e.AccountsSentBack, "2019-02-10", report_id="a18", reason="Read.", due_on=date(2019, 2, 10))
    when(with_accounts(), DECIDE_ACCOUNTS, "2019-02-10", **decision("send_back", due_on="2019-02-10")).then(event)
    scenario = when(with_accounts(), DECIDE_ACCOUNTS, "2019-02-10", **decision("send_back"))
    refused(scenario, "DUE_MISSING", "due_on")
    scenario = when(with_accounts(), DECIDE_ACCOUNTS, "2019-02-10", **decision("send_back", due_on="2019-02-09"))
    refused(scenario, "DEADLINE_REVERSED", "due_on")


def test_accounts_are_rejected_and_nothing_is_accounted_for() -> None:
    event = fact(e.AccountsRejected, "2019-02-10", report_id="a18", reason="Read.")
    when(with_accounts(), DECIDE_ACCOUNTS, "2019-02-10", **decision("reject")).then(event)


@pytest.mark.parametrize(("report", "status"), [("a18", "approved"), ("a19", "owed"), ("s18", "owed")])
def test_there_must_be_accounts_to_decide(report: str, status: str) -> None:
    scenario = when(awarded().accounted_for_2018(), DECIDE_ACCOUNTS, "2019-02-11", **decision("approve", report))
    refused(scenario, "NOT_SUBMITTED", "report_id", status=status)
    unknown = when(awarded().accounted_for_2018(), DECIDE_ACCOUNTS, "2019-02-11", **decision("approve", "a17"))
    refused(unknown, "NOT_FOUND", "report_id")


def test_nothing_more_is_due_for_a_year_whose_accounts_are_approved() -> None:
    """Nine months were paid and less was spent: the last quarter of 2018 could not be accounted for any more."""
    fund = accepted().start().pay(1, "2018-07-01", 900_000)
    fund.accounts("a18", "2019-02-01", {("staff", 2018): 500_000, ("partner", 2018): 300_000})
    fund.decide("a18", "2019-02-10").pay(2, "2019-02-11", 200_000)
    assert fund.standing("committed") == {P18: 100_000, S18: 200_000, S19: 600_000}
    fund.pay(3, "2019-10-01", 600_000)
    assert fund.standing("committed") == {P18: 100_000, S18: 200_000}


# --- decisions are undone ---


def reopening(report: str = "a18", due_on: str = "2019-05-01") -> dict[str, Any]:
    return {"report_id": report, "reason": "Misread.", "due_on": due_on}


def test_an_approval_is_undone_and_the_money_stands_where_it_stood() -> None:
    fields = {"report_id": "a18", "reason": "Misread.", "due_on": date(2019, 5, 1), "amount_oere": 1_100_000}
    undone = move("accounted_for", "paid", (P18, 400_000), (S18, 700_000))
    event = fact(e.AccountsReopened, "2019-04-01", **fields, corrects="funding.accounts_approved", postings=undone)
    fund = awarded().accounted_for_2018()
    when(fund, REOPEN_ACCOUNTS, "2019-04-01", **reopening()).then(event)
    fund.history.append(event)
    when(fund, SUBMIT_ACCOUNTS, "2019-04-02", **handed_in()).then(came_in("2019-04-02"))


def test_what_had_been_carried_over_is_carried_over_again() -> None:
    moved = {"post": "staff", "project_year": 2018, "amount_oere": 100_000}
    fund = awarded().accounted_for_2018().change("c1", "2019-03-01", "carry_over", carry_over=[moved])
    fund.pay(2, "2019-10-01", 800_000).accounts("a19", "2020-02-01", {("staff", 2019): 850_000}).decide(
        "a19", "2020-02-10"
    )
    fund.after(REOPEN_ACCOUNTS, "2020-04-01", **reopening("a19", "2020-05-01"))
    assert fund.standing("carried_over") == {(2018, "staff", 2019, None): 100_000}
    assert fund.standing("paid") == {S19: 800_000}
    assert fund.grant.total("accounted_for") == 1_100_000


def test_a_rejection_is_undone_too() -> None:
    fields = {"report_id": "a18", "reason": "Misread.", "due_on": date(2019, 5, 1), "amount_oere": 0, "postings": ()}
    event = fact(e.AccountsReopened, "2019-04-01", **fields, corrects="funding.accounts_rejected")
    fund = with_accounts().decide("a18", "2019-02-10", "reject")
    when(fund, REOPEN_ACCOUNTS, "2019-04-01", **reopening()).then(event)


def test_what_was_undone_is_not_undone_again_with_a_rejection() -> None:
    """Approved, reopened, handed in anew, rejected, and reopened once more: nothing is accounted for by then."""
    fund = awarded().accounted_for_2018().after(REOPEN_ACCOUNTS, "2019-04-01", **reopening())
    fund.accounts("a18", "2019-04-02", ALL).decide("a18", "2019-04-03", "reject")
    fund.after(REOPEN_ACCOUNTS, "2019-04-04", **reopening())
    assert fund.standing("paid") == {P18: 400_000, S18: 800_000}
    assert fund.grant.total("accounted_for") == 0


def test_only_what_was_decided_is_undone() -> None:
    scenario = when(with_accounts(), REOPEN_ACCOUNTS, "2019-04-01", **reopening())
    refused(scenario, "NOT_DECIDED", "report_id", status="received")
    refused(when(with_accounts(), REOPEN_ACCOUNTS, "2019-04-01", **reopening("a17")), "NOT_FOUND", "report_id")
    scenario = when(awarded().accounted_for_2018(), REOPEN_ACCOUNTS, "2019-05-02", **reopening())
    refused(scenario, "DEADLINE_REVERSED", "due_on")


def test_years_are_due_again_while_their_accounts_are_reopened() -> None:
    fund = accepted().start().pay(1, "2018-07-01", 900_000)
    fund.accounts("a18", "2019-02-01", {("staff", 2018): 500_000, ("partner", 2018): 300_000}).decide(
        "a18", "2019-02-10"
    )
    fund.after(REOPEN_ACCOUNTS, "2019-02-11", **reopening())
    fund.pay(2, "2019-02-12", 500_000)
    assert fund.standing("committed") == {S19: 600_000}
