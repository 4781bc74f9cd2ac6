"""Carry-over: unspent money goes to the next project year by decision, and stays the same money."""

from __future__ import annotations

from typing import Any

import pytest

from services.funding import events as e
from services.funding.grant.changes import DECIDE_CHANGE, REQUEST_CHANGE
from tests.grants import S18, S19, Cell, awarded, entry, fact, refused, when

DECISION = {"change_id": "c1", "decision": "approve", "reason": "Read."}


def over(amount_oere: int, post: str = "staff", year: int = 2018, **more: Any) -> dict[str, Any]:
    return {"post": post, "project_year": year, "amount_oere": amount_oere, **more}


def wish(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"change_id": "c1", "kind": "carry_over", "reason": "We must.", "carry_over": list(lines)}


def test_unspent_money_is_carried_to_the_next_year() -> None:
    fund = awarded().accounted_for_2018().request("c1", "2019-03-01", "carry_over", carry_over=[over(60_000)])
    to: Cell = (2018, "staff", 2019, None)
    lines = (e.CarryOver.model_validate(over(60_000)),)
    postings = (entry("paid", -60_000, S18), entry("carried_over", 60_000, to))
    event = fact(e.UnspentCarriedOver, "2019-03-02", change_id="c1", lines=lines, amount_oere=60_000, postings=postings)
    approved = fact(e.ChangeApproved, "2019-03-02", change_id="c1", kind="carry_over", reason="Read.")
    when(fund, DECIDE_CHANGE, "2019-03-02", **DECISION).then(approved, event)
    fund.after(DECIDE_CHANGE, "2019-03-02", **DECISION)
    lines_after = {(line.post, line.project_year): line.amount_oere for line in fund.grant.budget}
    assert lines_after == {("staff", 2018): 740_000, ("partner", 2018): 400_000, ("staff", 2019): 860_000}
    assert fund.grant.budget_version == 1


def test_money_carried_twice_is_the_same_money() -> None:
    reports: list[dict[str, Any]] = [
        {"report_id": f"a{year}", "kind": "accounts", "project_years": [year], "due_on": f"20{year - 1999}-03-01"}
        for year in (2018, 2019, 2020)
    ]
    reports[-1]["final"] = True
    fund = awarded(period_to="2020-12-31").letter(reports=reports).accept().start().pay(1, "2018-10-01", 1_200_000)
    fund.accounts("a2018", "2019-02-01", {("staff", 2018): 700_000, ("partner", 2018): 400_000})
    fund.decide("a2018", "2019-02-02").change("c0", "2019-02-03", "carry_over", carry_over=[over(100_000)])
    fund.pay(2, "2019-10-01", 800_000).accounts("a2019", "2020-02-01", {("staff", 2019): 50_000}).decide(
        "a2019", "2020-02-02"
    )
    # 50,000 of the carried 100,000 are left, and all of 2019's 800,000.
    fund.change("c1", "2020-02-03", "carry_over", carry_over=[over(70_000, year=2019)])
    assert fund.standing("carried_over") == {(2018, "staff", 2020, None): 50_000, (2019, "staff", 2020, None): 20_000}
    assert fund.standing("paid") == {S19: 780_000}
    assert fund.grant.total("paid", "carried_over", "accounted_for") == 2_000_000


@pytest.mark.parametrize(
    ("lines", "code", "field", "figures"),
    [
        (
            [over(1, year=2019)],
            "YEAR_OUTSIDE_PERIOD",
            "carry_over.0.project_year",
            {"post": "staff", "project_year": 2019},
        ),
        ([over(1), over(1)], "DUPLICATE_POST", "carry_over.1", {"post": "staff", "project_year": 2018}),
        (
            [over(100_001)],
            "CARRY_OVER_EXCEEDED",
            "carry_over.0.amount_oere",
            {"post": "staff", "requested_oere": 100_001, "unspent_oere": 100_000},
        ),
        (
            [over(1, earmark="partner")],
            "CARRY_OVER_EXCEEDED",
            "carry_over.0.amount_oere",
            {"post": "staff", "requested_oere": 1, "unspent_oere": 0},
        ),
    ],
)
def test_only_what_is_unspent_is_carried_over_within_the_period(
    lines: list[Any], code: str, field: str, figures: dict[str, Any]
) -> None:
    scenario = when(awarded().accounted_for_2018(), REQUEST_CHANGE, "2019-03-01", **wish(*lines))
    refused(scenario, code, field, **figures)


def test_what_is_unspent_is_known_when_the_accounts_are_approved() -> None:
    fund = awarded().paid_for_2018()
    scenario = when(fund, REQUEST_CHANGE, "2019-03-01", **wish(over(1)))
    refused(scenario, "ACCOUNTS_NOT_APPROVED", "carry_over.0.project_year", post="staff", project_year=2018)


def test_money_that_was_claimed_is_not_carried_over() -> None:
    fund = awarded().accounted_for_2018().claim("k1", "2019-02-20")
    scenario = when(fund, REQUEST_CHANGE, "2019-03-01", **wish(over(1)))
    refused(scenario, "CARRY_OVER_EXCEEDED", "carry_over.0.amount_oere", unspent_oere=0)
