"""What the fund decides: every rule, and every way it says no."""

from __future__ import annotations

from datetime import date

import pytest

from services.funding import appropriation, grant, pool
from services.funding.appropriation import REGISTER_APPROPRIATION
from services.funding.commands import AwardGrant, DrawRequest, OpenPool, PayInstalment, RegisterAppropriation
from services.funding.events import (
    AppropriationDrawn,
    AppropriationRegistered,
    Draw,
    GrantAwarded,
    InstalmentPaid,
    LedgerAccount,
    PoolCommitted,
    PoolOpened,
    Posting,
)
from services.funding.grant import PAY_INSTALMENT
from services.funding.ledger import is_balanced, trial_balance
from services.funding.pool import AWARD_GRANT, OPEN_POOL
from shared.kernel.messages import Event
from shared.testing.decisions import given

ID = "11111111-1111-4111-8111-111111111111"
A, B = "15.26.04.10", "20.11.01.30"
VOTED_ON, OPENED_ON, AWARDED_ON, PAID_ON = (date(2027, month, 1) for month in (1, 2, 3, 4))


def draw(amount_oere: int, account: str = A, budget_year: int = 2027) -> Draw:
    return Draw(account=account, budget_year=budget_year, amount_oere=amount_oere)


def wish(amount_oere: int, account: str = A, budget_year: int = 2027) -> DrawRequest:
    return DrawRequest(account=account, budget_year=budget_year, amount_oere=amount_oere)


def moved(source: LedgerAccount, target: LedgerAccount, *draws: Draw) -> tuple[Posting, ...]:
    lines = [(d, side, sign) for d in draws for side, sign in ((target, 1), (source, -1))]
    return tuple(
        Posting(
            ledger_account=side,
            account=d.account,
            budget_year=d.budget_year,
            amount_oere=sign * d.amount_oere,
        )
        for d, side, sign in lines
    )


def registered(amount_oere: int, account: str = A, budget_year: int = 2027) -> AppropriationRegistered:
    vote = draw(amount_oere, account, budget_year)
    return AppropriationRegistered(
        account=account,
        budget_year=budget_year,
        amount_oere=amount_oere,
        act="FL 2027",
        postings=moved("voted", "appropriated", vote),
        effective_on=VOTED_ON,
    )


def drawn(account: str, pool_id: str, *draws: Draw) -> AppropriationDrawn:
    return AppropriationDrawn(account=account, pool_id=pool_id, draws=draws, effective_on=OPENED_ON)


def opened(*draws: Draw) -> PoolOpened:
    return PoolOpened(
        pool_id="pool-1",
        track="development",
        initiative="early-help",
        title="Early help",
        draws=draws,
        postings=moved("appropriated", "pooled", *draws),
        effective_on=OPENED_ON,
    )


def committed(*draws: Draw, grant_id: str = "grant-1") -> PoolCommitted:
    return PoolCommitted(pool_id="pool-1", grant_id=grant_id, draws=draws, effective_on=AWARDED_ON)


def awarded(*draws: Draw) -> GrantAwarded:
    return GrantAwarded(
        grant_id="grant-1",
        pool_id="pool-1",
        track="development",
        initiative="early-help",
        municipality="0101",
        draws=draws,
        amount_oere=sum(d.amount_oere for d in draws),
        period_from=date(2027, 1, 1),
        period_to=date(2028, 12, 31),
        postings=moved("pooled", "committed", *draws),
        effective_on=AWARDED_ON,
    )


def paid(amount_oere: int, payment_id: str = "payment-1") -> InstalmentPaid:
    return InstalmentPaid(
        grant_id="grant-1",
        payment_id=payment_id,
        initiative="early-help",
        municipality="0101",
        account=A,
        budget_year=2027,
        amount_oere=amount_oere,
        postings=moved("committed", "paid", draw(amount_oere)),
        effective_on=PAID_ON,
    )


def register(amount_oere: int, budget_year: int = 2027) -> RegisterAppropriation:
    return RegisterAppropriation(
        command_id=ID,
        account=A,
        budget_year=budget_year,
        amount_oere=amount_oere,
        act="FL 2027",
        effective_on=VOTED_ON,
    )


def open_pool(*draws: DrawRequest) -> OpenPool:
    return OpenPool(
        command_id=ID,
        pool_id="pool-1",
        track="development",
        initiative="early-help",
        title="Early help",
        draws=draws,
        effective_on=OPENED_ON,
    )


def award(*draws: DrawRequest, period_to: date = date(2028, 12, 31)) -> AwardGrant:
    return AwardGrant(
        command_id=ID,
        grant_id="grant-1",
        pool_id="pool-1",
        municipality="0101",
        draws=draws,
        period_from=date(2027, 1, 1),
        period_to=period_to,
        effective_on=AWARDED_ON,
    )


def pay(amount_oere: int, payment_id: str = "payment-1", on: date = PAID_ON, year: int = 2027) -> PayInstalment:
    return PayInstalment(
        command_id=ID,
        grant_id="grant-1",
        payment_id=payment_id,
        account=A,
        budget_year=year,
        amount_oere=amount_oere,
        effective_on=on,
    )


# --- appropriations ---


def test_a_vote_is_registered() -> None:
    given([], REGISTER_APPROPRIATION).when(register(500)).then(registered(500))


def test_an_account_has_one_vote_in_each_budget_year() -> None:
    given([registered(500)], REGISTER_APPROPRIATION).when(register(500, 2028)).then(registered(500, budget_year=2028))
    given([registered(500)], REGISTER_APPROPRIATION).when(register(900)).then_rejected(
        "ALREADY_REGISTERED", account=A, budget_year=2027
    )


# --- pools ---


def test_a_pool_draws_on_each_account_and_then_opens() -> None:
    wishes = (wish(70, B), wish(100), wish(30, A, 2028))
    draws = (draw(70, B), draw(100), draw(30, A, 2028))
    history = [registered(100), registered(30, A, 2028), registered(200, B)]
    given(history, OPEN_POOL).when(open_pool(*wishes)).then(
        drawn(A, "pool-1", draws[1], draws[2]), drawn(B, "pool-1", draws[0]), opened(*draws)
    )


def test_a_pool_draws_no_more_than_the_appropriation_of_its_year_leaves() -> None:
    history = [
        registered(100),
        drawn(A, "older", draw(40)),
        registered(900, A, 2028),
        drawn(A, "old", draw(20)),
    ]
    given(history, OPEN_POOL).when(open_pool(wish(40))).then(drawn(A, "pool-1", draw(40)), opened(draw(40)))
    given(history, OPEN_POOL).when(open_pool(wish(41))).then_rejected(
        "FUNDS_EXCEEDED", account=A, budget_year=2027, requested_oere=41, available_oere=40
    )


def test_a_pool_draws_nothing_from_an_account_without_a_vote() -> None:
    given([registered(100)], OPEN_POOL).when(open_pool(wish(50), wish(1, B))).then_rejected(
        "FUNDS_EXCEEDED", account=B, budget_year=2027, requested_oere=1, available_oere=0
    )


def test_a_pool_opens_once() -> None:
    rejection = (
        given([registered(100), opened(draw(10))], OPEN_POOL).when(open_pool(wish(10))).then_rejected("ALREADY_EXISTS")
    )
    assert rejection.fields[0]["field"] == "pool_id"


def test_a_pool_names_each_account_year_once() -> None:
    rejection = (
        given([registered(100)], OPEN_POOL)
        .when(open_pool(wish(10), wish(20)))
        .then_rejected("DUPLICATE_DRAW", account=A, budget_year=2027)
    )
    assert rejection.fields[0]["field"] == "draws.1"


def test_accounts_are_read_in_the_same_order_whatever_the_order_of_the_draws() -> None:
    one = OPEN_POOL.reads(open_pool(wish(1, A), wish(1, B)))
    assert one == OPEN_POOL.reads(open_pool(wish(1, B), wish(1, A), wish(1, B, 2028)))


# --- awards ---


def test_an_award_commits_the_pool_and_carries_its_track_and_initiative() -> None:
    draws = (draw(60), draw(20, A, 2028))
    given([opened(draw(100), draw(20, A, 2028))], AWARD_GRANT).when(award(wish(60), wish(20, A, 2028))).then(
        committed(*draws), awarded(*draws)
    )


def test_an_award_is_no_more_than_the_pool_leaves_of_the_account_year() -> None:
    history: list[Event] = [opened(draw(100), draw(900, A, 2028))]
    history += [committed(draw(70), grant_id="older"), committed(draw(5), grant_id="old")]
    given(history, AWARD_GRANT).when(award(wish(25))).then(committed(draw(25)), awarded(draw(25)))
    given(history, AWARD_GRANT).when(award(wish(26))).then_rejected(
        "FUNDS_EXCEEDED", account=A, budget_year=2027, requested_oere=26, available_oere=25
    )
    given(history, AWARD_GRANT).when(award(wish(1, B))).then_rejected("FUNDS_EXCEEDED", available_oere=0)


def test_an_award_needs_a_pool() -> None:
    rejection = given([], AWARD_GRANT).when(award(wish(1))).then_rejected("NOT_FOUND")
    assert rejection.fields[0]["field"] == "pool_id"


def test_a_grant_is_awarded_once() -> None:
    rejection = (
        given([opened(draw(100)), awarded(draw(10))], AWARD_GRANT).when(award(wish(10))).then_rejected("ALREADY_EXISTS")
    )
    assert rejection.fields[0]["field"] == "grant_id"


def test_a_period_does_not_end_before_it_begins() -> None:
    history = [opened(draw(100))]
    one_day = awarded(draw(1)).model_copy(update={"period_to": date(2027, 1, 1)})
    given(history, AWARD_GRANT).when(award(wish(1), period_to=date(2027, 1, 1))).then(committed(draw(1)), one_day)
    rejection = (
        given(history, AWARD_GRANT).when(award(wish(1), period_to=date(2026, 12, 31))).then_rejected("PERIOD_REVERSED")
    )
    assert rejection.fields[0]["field"] == "period_to"


def test_an_award_names_each_account_year_once() -> None:
    given([opened(draw(100))], AWARD_GRANT).when(award(wish(1), wish(1))).then_rejected(
        "DUPLICATE_DRAW", account=A, budget_year=2027
    )


# --- payments ---


def test_an_instalment_is_paid_up_to_what_the_award_leaves() -> None:
    history = [awarded(draw(100)), paid(50), paid(10, "payment-2")]
    given(history, PAY_INSTALMENT).when(pay(40, "payment-3")).then(paid(40, "payment-3"))
    given(history, PAY_INSTALMENT).when(pay(41, "payment-3")).then_rejected(
        "AWARD_EXCEEDED", account=A, budget_year=2027, requested_oere=41, available_oere=40
    )
    given(history, PAY_INSTALMENT).when(pay(1, "payment-3", year=2028)).then_rejected(
        "AWARD_EXCEEDED", available_oere=0
    )


def test_a_payment_needs_a_grant() -> None:
    rejection = given([], PAY_INSTALMENT).when(pay(1)).then_rejected("NOT_FOUND")
    assert rejection.fields[0]["field"] == "grant_id"


@pytest.mark.parametrize("payment_id", ["payment-1", "payment-2"])
def test_a_payment_is_made_once(payment_id: str) -> None:
    history = [awarded(draw(100)), paid(10), paid(10, "payment-2")]
    rejection = given(history, PAY_INSTALMENT).when(pay(10, payment_id)).then_rejected("ALREADY_PAID")
    assert rejection.fields[0]["field"] == "payment_id"


def test_nothing_is_paid_before_the_award_takes_effect() -> None:
    history = [awarded(draw(100))]
    rejection = (
        given(history, PAY_INSTALMENT)
        .when(pay(10, on=date(2027, 2, 28)))
        .then_rejected("TOO_EARLY", earliest="2027-03-01")
    )
    assert rejection.fields[0]["field"] == "effective_on"
    given(history, PAY_INSTALMENT).when(pay(10, on=AWARDED_ON)).then(
        paid(10).model_copy(update={"effective_on": AWARDED_ON})
    )


# --- the ledger ---


def test_money_moves_from_voted_to_paid_and_the_ledger_adds_up_to_nought() -> None:
    events: list[Event] = [
        registered(100),
        drawn(A, "pool-1", draw(70)),
        opened(draw(70)),
        committed(draw(40)),
    ]
    events += [awarded(draw(40)), paid(15)]
    assert trial_balance(events) == {
        ("appropriated", A, 2027): 30,
        ("committed", A, 2027): 25,
        ("paid", A, 2027): 15,
        ("pooled", A, 2027): 30,
        ("voted", A, 2027): -100,
    }


@pytest.mark.parametrize(
    ("postings", "balanced"),
    [
        ((), True),
        (moved("pooled", "committed", draw(5)), True),
        (moved("pooled", "committed", draw(5))[:1], False),
        ((*moved("voted", "paid", draw(5))[:1], *moved("voted", "paid", draw(5, B))[1:]), False),
    ],
)
def test_postings_balance_within_each_account_year(postings: tuple[Posting, ...], balanced: bool) -> None:
    assert is_balanced(postings) is balanced


def test_an_event_of_another_kind_changes_no_state() -> None:
    assert appropriation.evolve(appropriation.APPROPRIATION.initial, paid(1)) == appropriation.APPROPRIATION.initial
    assert pool.evolve(pool.POOL.initial, paid(1)) == pool.POOL.initial
    assert grant.evolve(grant.GRANT.initial, registered(1)) == grant.GRANT.initial
