"""Changes of a grant's frame: applied for, decided in writing, and what they do to period, budget and money."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.funding import events as e
from services.funding.grant.changes import DECIDE_CHANGE, REQUEST_CHANGE
from services.funding.grant.reports import REOPEN_ACCOUNTS
from tests.grants import P18, S18, S19, GrantFund, accepted, awarded, entry, fact, refused, when

Line = tuple[str, int, int]
"""Post, project year, øre."""


def budget(*lines: Line, partner: int = 400_000) -> list[dict[str, Any]]:
    """These lines, and the partner's earmarked one in 2018."""
    mine = [{"post": post, "project_year": year, "amount_oere": amount} for post, year, amount in lines]
    return [*mine, {"post": "partner", "project_year": 2018, "amount_oere": partner, "earmark": "partner"}]


def over(amount_oere: int, post: str = "staff", year: int = 2018, **more: Any) -> dict[str, Any]:
    return {"post": post, "project_year": year, "amount_oere": amount_oere, **more}


def wish(kind: str, change: str = "c1", **parts: Any) -> dict[str, Any]:
    return {"change_id": change, "kind": kind, "reason": "We must.", **parts}


def decision(name: str = "approve", change: str = "c1") -> dict[str, Any]:
    return {"change_id": change, "decision": name, "reason": "Read."}


def requested(on: str, kind: str, **parts: Any) -> Any:
    nothing: dict[str, Any] = {"period_to": None, "budget": (), "carry_over": ()}
    return fact(e.ChangeRequested, on, **nothing | wish(kind, **parts))


def approved(on: str, kind: str) -> Any:
    return fact(e.ChangeApproved, on, change_id="c1", kind=kind, reason="Read.")


# --- applying and deciding ---


def test_a_change_of_the_project_is_applied_for_and_approved() -> None:
    when(accepted(), REQUEST_CHANGE, "2019-12-31", **wish("project")).then(requested("2019-12-31", "project"))
    fund = accepted().request("c1", "2019-12-31", "project")
    when(fund, DECIDE_CHANGE, "2020-02-01", **decision()).then(approved("2020-02-01", "project"))


def test_a_change_that_is_refused_changes_nothing() -> None:
    fund = accepted().request("c1", "2018-02-01", "prolongation", period_to="2020-12-31")
    event = fact(e.ChangeRefused, "2018-02-02", change_id="c1", kind="prolongation", reason="Read.")
    when(fund, DECIDE_CHANGE, "2018-02-02", **decision("refuse")).then(event)


@pytest.mark.parametrize("kind", ["project", "prolongation", "budget", "carry_over"])
def test_a_change_is_applied_for_before_the_period_is_over(kind: str) -> None:
    scenario = when(accepted(), REQUEST_CHANGE, "2020-01-01", **wish(kind))
    refused(scenario, "CHANGE_LATE", "effective_on", period_to="2019-12-31")


def test_a_change_has_a_name_of_its_own_and_is_decided_once() -> None:
    fund = accepted().change("c1", "2018-02-01", "project")
    refused(when(fund, REQUEST_CHANGE, "2018-02-02", **wish("project")), "ALREADY_EXISTS", "change_id")
    refused(when(fund, DECIDE_CHANGE, "2018-02-02", **decision()), "ALREADY_DECIDED", "change_id", status="approved")
    refused(when(fund, DECIDE_CHANGE, "2018-02-02", **decision(change="c2")), "NOT_FOUND", "change_id")


@pytest.mark.parametrize(
    ("kind", "parts", "wanted", "given"),
    [
        ("prolongation", {}, ["period_to"], []),
        ("project", {"period_to": "2020-12-31"}, [], ["period_to"]),
        ("budget", {"carry_over": [over(1)]}, ["budget"], ["carry_over"]),
        ("carry_over", {"carry_over": [over(1)], "budget": budget()}, ["carry_over"], ["budget", "carry_over"]),
    ],
)
def test_a_change_has_the_parts_of_its_kind(
    kind: str, parts: dict[str, Any], wanted: list[str], given: list[str]
) -> None:
    scenario = when(accepted(), REQUEST_CHANGE, "2018-02-01", **wish(kind, **parts))
    refused(scenario, "CHANGE_PARTS", "kind", wanted=wanted, given=given)


# --- prolongation ---


def prolonged(on: str, due_on: date) -> Any:
    final = {"report_id": "a19", "kind": "accounts", "project_years": (2019, 2020), "due_on": due_on, "final": True}
    fields = {"change_id": "c1", "period_to": date(2020, 6, 30), "final_accounts": e.ReportDue.model_validate(final)}
    return fact(e.GrantProlonged, on, **fields)


def longer(fund: GrantFund | None = None, on: str = "2019-12-31") -> GrantFund:
    return (fund or accepted()).request("c1", on, "prolongation", period_to="2020-06-30")


def test_a_longer_period_has_its_final_accounts_as_much_later() -> None:
    """From 31 December 2019 to 30 June 2020 are 182 days; from 1 March 2020 that is 30 August."""
    event = prolonged("2020-01-10", date(2020, 8, 30))
    when(longer(), DECIDE_CHANGE, "2020-01-10", **decision()).then(approved("2020-01-10", "prolongation"), event)


def test_a_prolongation_may_be_decided_after_the_period_which_then_is_not_over() -> None:
    fund = longer().passes("period", "2020-01-01")
    assert fund.grant.period_ended
    fund.after(DECIDE_CHANGE, "2020-01-10", **decision())
    assert not fund.grant.period_ended


def test_final_accounts_that_were_late_are_due_later_and_stop_nothing_any_more() -> None:
    fund = longer().passes("report", "2020-03-02", "a19")
    released = fact(e.PaymentsReleased, "2020-03-10", cause="a19", reason="the report is due later")
    event = prolonged("2020-03-10", date(2020, 8, 30))
    change = approved("2020-03-10", "prolongation")
    when(fund, DECIDE_CHANGE, "2020-03-10", **decision()).then(change, event, released)
    fund.after(DECIDE_CHANGE, "2020-03-10", **decision())
    assert fund.grant.stops == ()
    # And they can be late once more.
    assert fund.passes("report", "2020-08-31", "a19").grant.stops == ("a19",)


def test_a_prolongation_ends_later_than_the_period_does() -> None:
    for day in ("2019-12-31", "2019-06-30"):
        scenario = when(accepted(), REQUEST_CHANGE, "2018-02-01", **wish("prolongation", period_to=day))
        refused(scenario, "NOT_LONGER", "period_to", period_to="2019-12-31")


def test_a_prolongation_waits_until_the_final_accounts_are_the_recipients_again() -> None:
    """Once they are in they are about the shorter period; sent back or reopened, they can be about the longer one."""
    fund = longer(awarded().accounted_for_2018().pay(2, "2019-10-01", 800_000))
    fund.accounts("a19", "2020-01-20", {("staff", 2019): 800_000})
    figures = {"report_id": "a19", "status": "received"}
    refused(when(fund, DECIDE_CHANGE, "2020-01-21", **decision()), "FINAL_ACCOUNTS_IN", "change_id", **figures)
    fund.decide("a19", "2020-01-22")
    refused(when(fund, DECIDE_CHANGE, "2020-01-23", **decision()), "FINAL_ACCOUNTS_IN", "change_id", status="approved")
    fund.after(REOPEN_ACCOUNTS, "2020-01-24", report_id="a19", reason="Prolonged.", due_on="2020-03-01")
    event = prolonged("2020-01-25", date(2020, 8, 30))
    when(fund, DECIDE_CHANGE, "2020-01-25", **decision()).then(approved("2020-01-25", "prolongation"), event)


# --- a new budget ---


def revised(on: str, version: int, lines: list[dict[str, Any]], *postings: e.Posting) -> Any:
    new = tuple(e.BudgetLine.model_validate(line) for line in lines)
    return fact(e.BudgetRevised, on, change_id="c1", version=version, budget=new, postings=postings)


def test_a_new_budget_moves_what_is_committed_and_nothing_that_was_paid() -> None:
    """A quarter is paid: 2,000 of staff and 1,000 of the partner's. 3,000 of staff go from 2018 to travel in 2019."""
    new = budget(("staff", 2018, 500_000), ("staff", 2019, 800_000), ("travel", 2019, 300_000))
    fund = accepted().pay(1, "2018-01-01", 300_000).request("c1", "2018-02-01", "budget", budget=new)
    # Of 2018's money 9,000 are left: 3,000 for staff and 3,000 for the partner in 2018, and 3,000 for staff in 2019.
    # The 8,000 of 2019 finance the other 5,000 of staff, and travel.
    postings = (
        entry("committed", -300_000, S18),
        entry("committed", 300_000, (2018, "staff", 2019, None)),
        entry("committed", -300_000, S19),
        entry("committed", 300_000, (2019, "travel", 2019, None)),
    )
    event = revised("2018-02-10", 1, new, *postings)
    when(fund, DECIDE_CHANGE, "2018-02-10", **decision()).then(approved("2018-02-10", "budget"), event)


def test_instalments_follow_the_last_approved_budget() -> None:
    """Staff has 4,000 in 2018 instead of 8,000, of which 2,000 are paid: in April, half of 4,000 is due by now."""
    fund = accepted().pay(1, "2018-01-01", 300_000)
    fund.change("c1", "2018-02-01", "budget", budget=budget(("staff", 2018, 400_000), ("staff", 2019, 1_200_000)))
    fund.pay(2, "2018-04-01", 100_000).pay(3, "2018-07-01", 200_000)
    assert fund.standing("paid") == {P18: 300_000, S18: 300_000}


@pytest.mark.parametrize("staff", [199_999, 0])
def test_a_post_keeps_what_has_been_paid_or_is_on_its_way(staff: int) -> None:
    lines = [("staff", 2018, staff), ("staff", 2019, 1_600_000 - staff)]
    new = budget(*(line for line in lines if line[2]))
    figures = {"post": "staff", "project_year": 2018, "used_oere": 200_000, "budget_oere": staff}
    for fund in (accepted().pay(1, "2018-01-01", 300_000), accepted().order(1, "2018-01-01", 300_000)):
        refused(
            when(fund, REQUEST_CHANGE, "2018-02-01", **wish("budget", budget=new)), "BELOW_PAID", "budget", **figures
        )


def test_a_change_is_decided_as_the_grant_stands_then() -> None:
    new = budget(("staff", 2018, 200_000), ("staff", 2019, 1_400_000))
    fund = accepted().request("c1", "2018-02-01", "budget", budget=new).pay(1, "2018-04-01", 600_000)
    figures = {"post": "staff", "project_year": 2018, "used_oere": 400_000, "budget_oere": 200_000}
    refused(when(fund, DECIDE_CHANGE, "2018-04-02", **decision()), "BELOW_PAID", "budget", **figures)


@pytest.mark.parametrize(
    ("lines", "code", "field", "figures"),
    [
        (
            budget(("staff", 2018, 800_000), ("staff", 2019, 799_999)),
            "BUDGET_UNBALANCED",
            "budget",
            {"budget_oere": 1_999_999, "award_oere": 2_000_000},
        ),
        (
            budget(("staff", 2018, 800_000), ("staff", 2020, 800_000)),
            "YEAR_OUTSIDE_PERIOD",
            "budget.1.project_year",
            {"project_year": 2020, "first_year": 2018, "last_year": 2019},
        ),
        (
            budget(("staff", 2018, 800_000), ("staff", 2018, 800_000)),
            "DUPLICATE_POST",
            "budget.1.post",
            {"post": "staff", "project_year": 2018},
        ),
        (
            budget(("staff", 2018, 800_001), ("staff", 2019, 800_000), partner=399_999),
            "EARMARK_MISMATCH",
            "budget",
            {"earmark": "partner", "earmark_oere": 400_000, "budget_oere": 399_999},
        ),
        (
            [*budget(("staff", 2018, 800_000)), over(800_000, "staff", 2019, earmark="rent")],
            "UNKNOWN_EARMARK",
            "budget.2.earmark",
            {"earmark": "rent"},
        ),
    ],
)
def test_a_new_budget_fits_its_grant(lines: list[Any], code: str, field: str, figures: dict[str, Any]) -> None:
    refused(when(accepted(), REQUEST_CHANGE, "2018-02-01", **wish("budget", budget=lines)), code, field, **figures)
