"""Deadlines pass as facts of the calendar: what lapses, what is overdue, and what was met in time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.funding import events as e
from services.funding.calendar import CALENDAR, REACH_DAY
from services.funding.commands import ReachDay
from services.funding.grant.deadlines import PASS_DEADLINE
from shared.testing.decisions import given
from tests.grants import (
    ID,
    P18,
    S18,
    S19,
    GrantFund,
    accepted,
    awarded,
    closed,
    draw,
    fact,
    lapsed,
    move,
    refused,
    to_pool,
    when,
)

ALL = ((P18, 400_000), (S18, 800_000), (S19, 800_000))


def deadline(name: str, reference: str = "-") -> dict[str, Any]:
    return {"deadline": name, "reference": reference}


def lapse(on: str, cause: str, *amounts: Any) -> list[Any]:
    sums: dict[int, int] = {}
    for cell, amount in amounts:
        sums[cell[0]] = sums.get(cell[0], 0) + amount
    to_the_pool, restored = to_pool(on, *sums.items())
    postings = (*move("committed", "lapsed", *amounts), *to_the_pool)
    draws = tuple(draw(year, amount) for year, amount in sums.items())
    fields = {"cause": cause, "draws": draws, "amount_oere": sum(sums.values()), "postings": postings}
    return [fact(e.GrantLapsed, on, **fields), restored]


# --- acceptance and start ---


@pytest.mark.parametrize("seen_on", ["2017-12-16", "2018-05-01"])
def test_a_grant_that_was_not_accepted_lapses_the_day_after_whenever_that_is_noticed(seen_on: str) -> None:
    fund = awarded().letter()
    events = lapse("2017-12-16", "not_accepted", *ALL)
    when(fund, PASS_DEADLINE, seen_on, **deadline("acceptance", "L1")).then(*events)


def test_a_grant_whose_project_did_not_begin_lapses() -> None:
    events = lapse("2018-07-02", "not_started", *ALL)
    when(accepted(), PASS_DEADLINE, "2018-07-02", **deadline("start")).then(*events)


def test_what_was_paid_does_not_lapse() -> None:
    fund = accepted().pay(1, "2018-01-01", 300_000)
    events = lapse("2018-07-02", "not_started", (P18, 300_000), (S18, 600_000), (S19, 800_000))
    when(fund, PASS_DEADLINE, "2018-07-02", **deadline("start")).then(*events)


def test_a_grant_of_which_all_was_paid_lapses_without_a_word_to_its_pool() -> None:
    fund = accepted()
    fund.pay(1, "2018-10-01", 1_200_000).pay(2, "2019-10-01", 800_000)
    event = fact(e.GrantLapsed, "2018-07-02", cause="not_started", draws=(), amount_oere=0, postings=())
    when(fund, PASS_DEADLINE, "2018-07-02", **deadline("start")).then(event)


def test_a_grant_does_not_lapse_while_a_payment_is_on_its_way() -> None:
    fund = accepted().order(1, "2018-07-01", 300_000)
    when(fund, PASS_DEADLINE, "2018-07-02", **deadline("start")).then()
    fund.answer(1, "2018-07-02", "returned")
    events = lapse("2018-07-02", "not_started", *ALL)
    when(fund, PASS_DEADLINE, "2018-07-03", **deadline("start")).then(*events)


# --- period, reports, invoices ---


def test_a_period_ends_after_its_last_day() -> None:
    event = fact(e.PeriodEnded, "2020-01-01", period_to=date(2019, 12, 31))
    when(accepted(), PASS_DEADLINE, "2020-03-01", **deadline("period")).then(event)


@pytest.mark.parametrize(
    ("report", "kind", "due_on", "on"),
    [
        ("s18", "status", date(2018, 8, 1), "2018-08-02"),
        ("a18", "accounts", date(2019, 3, 1), "2019-03-02"),
    ],
)
def test_a_late_report_is_overdue_and_stops_payments(report: str, kind: str, due_on: date, on: str) -> None:
    overdue = e.ReportOverdue.model_validate(
        {"grant_id": "g1", "report_id": report, "kind": kind, "due_on": due_on, "effective_on": on}
    )
    stopped = fact(e.PaymentsStopped, on, cause=report, reason="the report is overdue")
    when(accepted(), PASS_DEADLINE, "2019-03-05", **deadline("report", report)).then(overdue, stopped)


def test_accounts_that_were_sent_back_can_be_overdue_again() -> None:
    fund = accepted().passes("report", "2019-03-02", "a18")
    fund.accounts("a18", "2019-03-03", {("staff", 2018): 0, ("partner", 2018): 0})
    assert fund.grant.stops == ()
    fund.decide("a18", "2019-03-04", "send_back", "2019-04-01")
    assert fund.passes("report", "2019-04-02", "a18").grant.stops == ("a18",)


def test_an_invoice_that_was_not_paid_is_overdue_also_after_the_closure() -> None:
    fund = awarded().accounted_for_2018().claim("k1", "2019-02-11").invoice("k1", "2019-02-12", "2019-03-15")
    event = fact(e.InvoiceOverdue, "2019-03-16", claim_id="k1", due_on=date(2019, 3, 15))
    when(fund, PASS_DEADLINE, "2019-03-20", **deadline("invoice", "k1")).then(event)
    fund.accounted_for_2019().close("2020-02-11")
    when(fund, PASS_DEADLINE, "2020-02-12", **deadline("invoice", "k1")).then(event)


# --- not yet, and not any more ---


@pytest.mark.parametrize(
    ("fund", "name", "reference", "day"),
    [
        (awarded().letter(), "acceptance", "L1", "2017-12-15"),
        (accepted(), "start", "-", "2018-07-01"),
        (accepted(), "period", "-", "2019-12-31"),
        (accepted(), "report", "a18", "2019-03-01"),
        (
            awarded().accounted_for_2018().claim("k1", "2019-02-11").invoice("k1", "2019-02-12", "2019-03-15"),
            "invoice",
            "k1",
            "2019-03-15",
        ),
    ],
)
def test_a_deadline_includes_its_own_day(fund: GrantFund, name: str, reference: str, day: str) -> None:
    scenario = when(fund, PASS_DEADLINE, day, **deadline(name, reference))
    refused(scenario, "NOT_DUE", "effective_on", due_on=day)


@pytest.mark.parametrize(
    ("fund", "name", "reference"),
    [
        (accepted(), "acceptance", "L1"),
        (awarded(), "acceptance", "L1"),
        (accepted().start(), "start", "-"),
        (awarded().letter(), "start", "-"),
        (accepted().passes("period", "2020-01-01"), "period", "-"),
        (accepted().passes("report", "2018-08-02", "s18"), "report", "s18"),
        (awarded().accounted_for_2018(), "report", "a18"),
        (awarded().accounted_for_2018().claim("k1", "2019-02-11"), "invoice", "k1"),
        (awarded().accounted_for_2018(staff=750_000).claim("k1", "2019-02-11"), "invoice", "k1"),
        *((fund, name, "a18") for fund in (lapsed(), closed()) for name in ("acceptance", "start", "period", "report")),
    ],
)
def test_a_deadline_that_was_met_or_has_passed_says_nothing(fund: GrantFund, name: str, reference: str) -> None:
    when(fund, PASS_DEADLINE, "2021-01-01", **deadline(name, reference)).then()


@pytest.mark.parametrize("name", ["report", "invoice"])
def test_a_deadline_is_of_something_that_there_is(name: str) -> None:
    refused(when(accepted(), PASS_DEADLINE, "2021-01-01", **deadline(name, "x")), "NOT_FOUND", "reference")


# --- the calendar ---


def reach(day: str) -> ReachDay:
    return ReachDay.parse({"command_id": ID, "day": day})


def reached(day: str) -> e.DayReached:
    return e.DayReached.model_validate({"calendar": "fund", "day": day, "effective_on": day})


def test_the_calendar_goes_forward_and_comes_to_a_day_once() -> None:
    given([], REACH_DAY).when(reach("2018-01-01")).then(reached("2018-01-01"))
    given([reached("2018-01-01")], REACH_DAY).when(reach("2018-03-01")).then(reached("2018-03-01"))
    given([reached("2018-01-01")], REACH_DAY).when(reach("2018-01-01")).then()
    scenario = given([reached("2018-01-01"), reached("2018-03-01")], REACH_DAY).when(reach("2018-02-28"))
    refused(scenario, "DAY_PASSED", "day", day="2018-03-01")


def test_an_event_of_another_kind_changes_no_calendar() -> None:
    event = fact(e.PeriodEnded, "2018-01-01", period_to=date(2017, 12, 31))
    assert CALENDAR.evolve(CALENDAR.initial, event) == CALENDAR.initial
