"""The fund's ledger under any sequence of commands: the same balances as a simple model, and every promise kept."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from services.funding.deciders import DECIDERS
from tests.property.beginning import award
from tests.property.fund_machine import FundMachine
from tests.property.fund_wishes import BEGIN, REFUSALS, WISHES, A, Q
from tests.property.next_step import next_step

OFTEN = ("AccountsApproved", "GrantClosed", "GrantLapsed", "InstalmentPaid", "RepaymentClaimed", "RepaymentReceived")
ALSO = (
    *("AccountsReopened", "AccountsRejected", "ApplicationAwarded", "BankAnswerCorrected", "BudgetRevised"),
    *("ClaimHandedOver", "GrantProlonged", "PaymentReturned", "ReportOverdue", "UnspentCarriedOver", "UnspentWaived"),
)


def test_the_ledger_is_the_models_whatever_is_asked() -> None:
    FundMachine.reached.clear()
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    chosen = settings(max_examples=150, stateful_step_count=60, deadline=None, suppress_health_check=slow)
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


def test_a_run_begins_with_an_award_that_nothing_refuses() -> None:
    choice = {"account": A, "amounts": [5, 12 * Q, 4 * Q, 8 * Q + 3], "cut": 8 * Q, "mark": False, "plan_months": 1}
    commands = award({**choice, "period": ("2018-03-01", "2019-06-30"), "running": True})
    assert Counter(kind.__name__ for kind, _ in commands)["AwardGrant"] == 1
    machine = FundMachine()
    assert [machine.send(kind, **fields) for kind, fields in commands] == [None] * len(commands)


def test_every_command_may_be_asked_and_every_refusal_is_listed() -> None:
    asked = {kind for wishes in WISHES.values() for kind in wishes}
    assert asked == {decider.command for decider in DECIDERS} == REFUSALS.keys()
