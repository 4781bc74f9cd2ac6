"""The fund's ledger under any sequence of commands: the same balances as a simple model, and every promise kept."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from services.funding import events as e
from services.funding.deciders import DECIDERS
from shared.kernel.messages import Event
from tests.property.beginning import award
from tests.property.fund_machine import FundMachine
from tests.property.fund_wishes import BEGIN, REFUSALS, WISHES, A, Q
from tests.property.next_step import next_step
from tests.property.turns import turn

OFTEN = ("AccountsApproved", "GrantClosed", "GrantLapsed", "InstalmentPaid", "RepaymentClaimed", "RepaymentReceived")
ALSO = ("AccountsReopened", "ApplicationAwarded", "BudgetRevised", "ClaimHandedOver", "UnspentCarriedOver")


@pytest.mark.slow
@pytest.mark.timeout(600)  # to make a failing run short takes its time
def test_the_ledger_is_the_models_whatever_is_asked() -> None:
    FundMachine.reached.clear()
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    chosen = settings(max_examples=250, stateful_step_count=60, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(FundMachine, settings=chosen)
    # Else its promises would say little.
    reached = FundMachine.reached
    assert [name for name in OFTEN if reached[name] < 20] == []
    assert [name for name in ALSO if not reached[name]] == []


def test_sensible_steps_lead_from_the_award_to_the_closure_and_the_last_oere_repaid() -> None:
    """The machine's own way forward: without it chance would seldom come so far."""
    machine = FundMachine()
    choice = {"account": A, "amounts": [4 * Q] * 4, "cut": 4 * Q, "mark": True, "plan_months": 3, "running": False}
    machine.begin(choice={**choice, "period": ("2018-01-01", "2019-12-31")})
    days = [BEGIN]
    for _ in range(40):
        machine.forward("g1", 1)
        days.append(machine.today)
    assert days == sorted(days)
    grant = machine.model.grants["g1"]
    assert grant.closed
    assert grant.total("accounted_for", "waived", "repaid", "lapsed") == grant.amount
    assert next_step(machine.model, "g1", machine.today) == (machine.today, [])
    machine.teardown()


@pytest.mark.parametrize(
    ("day", "which", "size", "code", "kind"),
    [
        (date(2018, 4, 1), "returned", 0, None, e.PaymentReturned),
        (date(2018, 4, 1), "half paid", 1, None, e.InstalmentPaid),
        (date(2018, 4, 1), "half paid", 2, "NOT_DUE", None),
        (date(2018, 4, 1), "approved by its preparer", 0, "SAME_PERSON", e.PaymentBatchPrepared),
        (date(2018, 4, 1), "ordered", 0, None, e.PaymentOrdered),
        (date(2018, 4, 1), "given up", 0, None, e.PaymentBatchCancelled),
        (date(2018, 4, 1), "another budget", 7, None, e.BudgetRevised),
        (date(2018, 4, 1), "prolonged", 5, None, e.GrantProlonged),
        (date(2018, 4, 1), "prolonged", 0, None, e.ChangeRefused),
        (date(2018, 4, 1), "stopped", 0, None, e.PaymentsStopped),
        (date(2018, 4, 1), "closed", 0, "PERIOD_RUNNING", None),
        (date(2018, 9, 1), "late", 0, None, e.ReportOverdue),
        (date(2018, 12, 1), "sent back", 0, None, e.AccountsSentBack),
        (date(2018, 12, 1), "rejected", 0, None, e.AccountsRejected),
        (date(2018, 12, 1), "approved early", 0, None, e.AccountsApproved),
    ],
)
def test_a_grants_life_can_take_every_turn(
    day: date, which: str, size: int, code: str | None, kind: type[Event] | None
) -> None:
    machine = running(day)
    codes = [machine.send(command, **fields) for command, fields in turn(machine.model, "g1", which, day, size)]
    assert next((one for one in codes if one), None) == code
    assert kind is None or any(isinstance(one, kind) for one in machine.fund.history)


@pytest.mark.parametrize(
    ("first", "which", "size", "code", "kind"),
    [
        ("half paid", "corrected", 0, None, e.BankAnswerCorrected),
        ("half paid", "answered again", 0, "ALREADY_ANSWERED", None),
        ("half paid", "claimed", 0, None, e.RepaymentClaimed),
        ("approved early", "carried over", 0, None, e.UnspentCarriedOver),
        ("approved early", "reopened", 3, None, e.AccountsReopened),
        ("rejected", "reopened", 3, None, e.AccountsReopened),
        ("claimed", "repaid wrongly", 0, "REPAYMENT_EXCEEDED", e.RepaymentInvoiced),
    ],
)
def test_and_one_turn_after_another(
    first: str, which: str, size: int, code: str | None, kind: type[Event] | None
) -> None:
    day = date(2018, 12, 1)
    machine = running(day)
    for before, one_size in (("half paid", 0), (first, 0)):
        machine.turn("g1", before, one_size)
    codes = [machine.send(command, **fields) for command, fields in turn(machine.model, "g1", which, day, size)]
    assert next((one for one in codes if one), None) == code
    assert kind is None or any(isinstance(one, kind) for one in machine.fund.history)


def running(day: date) -> FundMachine:
    """A run whose grant has begun, on a day."""
    machine = FundMachine()
    choice = {"account": A, "amounts": [8 * Q] * 4, "cut": 4 * Q, "mark": False, "plan_months": 3, "running": True}
    machine.begin(choice={**choice, "period": ("2018-01-01", "2019-12-31")})
    machine.today = day
    return machine


def test_a_run_begins_with_an_award_that_nothing_refuses() -> None:
    choice = {"account": A, "amounts": [5, 12 * Q, 4 * Q, 8 * Q + 3], "cut": 8 * Q, "mark": False, "plan_months": 1}
    commands = award({**choice, "period": ("2018-03-01", "2019-06-30"), "running": True})
    assert Counter(kind.__name__ for kind, _ in commands)["AwardGrant"] == 1
    machine = FundMachine()
    assert [machine.send(kind, **fields) for kind, fields in commands] == [None] * len(commands)


def test_every_command_may_be_asked_and_every_refusal_is_listed() -> None:
    asked = {kind for wishes in WISHES.values() for kind in wishes}
    assert asked == {decider.command for decider in DECIDERS} == REFUSALS.keys()
