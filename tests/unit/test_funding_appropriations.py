"""What the fund decides about appropriations, index series and pools: every rule, and every way it says no."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import given as generated
from hypothesis import strategies as st

from services.funding import appropriation, index_series, pool
from services.funding.appropriation import (
    ADJUST_APPROPRIATION,
    APPROPRIATION,
    REGISTER_APPROPRIATION,
    TRANSFER_APPROPRIATION,
)
from services.funding.commands import (
    AdjustAppropriation,
    DrawRequest,
    ExtendPool,
    ImportIndexSeries,
    IndexPointRequest,
    OpenPool,
    RegisterAppropriation,
    RegulateAppropriation,
    TransferAppropriation,
)
from services.funding.events import (
    AppropriationAdjusted,
    AppropriationDrawn,
    AppropriationReceived,
    AppropriationRegistered,
    AppropriationRegulated,
    AppropriationTransferred,
    CallAwarded,
    Draw,
    IndexPoint,
    IndexSeriesImported,
    LedgerAccount,
    PoolCommitted,
    PoolExtended,
    PoolOpened,
    PoolRestored,
    Posting,
)
from services.funding.index_series import IMPORT_INDEX_SERIES
from services.funding.ledger import is_balanced, trial_balance
from services.funding.pool import EXTEND_POOL, OPEN_POOL, POOL
from services.funding.regulation import REGULATE_APPROPRIATION, regulation_oere
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from shared.testing.decisions import given

ID = "11111111-1111-4111-8111-111111111111"
A, B = "15.26.04.10", "20.11.01.30"
VOTED_ON, OPENED_ON, EXTENDED_ON, CHANGED_ON = (date(2027, month, 1) for month in (1, 2, 3, 4))


def draw(amount_oere: int, account: str = A, budget_year: int = 2027) -> Draw:
    return Draw(account=account, budget_year=budget_year, amount_oere=amount_oere)


def wish(amount_oere: int, account: str = A, budget_year: int = 2027) -> DrawRequest:
    return DrawRequest(account=account, budget_year=budget_year, amount_oere=amount_oere)


def moved(source: LedgerAccount, target: LedgerAccount, *draws: Draw) -> tuple[Posting, ...]:
    """Written out here: the debit of each, and then its credit, in the order given."""
    return tuple(
        Posting(
            ledger_account=side, account=one.account, budget_year=one.budget_year, amount_oere=sign * one.amount_oere
        )
        for one in draws
        for side, sign in ((target, 1), (source, -1))
    )


def registered(amount_oere: int, account: str = A, budget_year: int = 2027) -> AppropriationRegistered:
    return AppropriationRegistered(
        account=account,
        budget_year=budget_year,
        amount_oere=amount_oere,
        act="FL 2027",
        postings=moved("voted", "appropriated", draw(amount_oere, account, budget_year)),
        effective_on=VOTED_ON,
    )


def adjusted(amount_oere: int, corrects: str | None = None) -> AppropriationAdjusted:
    return AppropriationAdjusted(
        account=A,
        budget_year=2027,
        amount_oere=amount_oere,
        act="TB 2027",
        corrects=corrects,
        postings=moved("voted", "appropriated", draw(amount_oere)),
        effective_on=CHANGED_ON,
    )


def transferred(amount_oere: int, to_account: str, to_budget_year: int) -> AppropriationTransferred:
    return AppropriationTransferred(
        account=A,
        budget_year=2027,
        to_account=to_account,
        to_budget_year=to_budget_year,
        amount_oere=amount_oere,
        act="TB 2027",
        postings=(
            *moved("appropriated", "voted", draw(amount_oere)),
            *moved("voted", "appropriated", draw(amount_oere, to_account, to_budget_year)),
        ),
        effective_on=CHANGED_ON,
    )


def received(amount_oere: int, account: str = B, budget_year: int = 2027) -> AppropriationReceived:
    return AppropriationReceived(
        account=account,
        budget_year=budget_year,
        from_account=A,
        from_budget_year=2027,
        amount_oere=amount_oere,
        act="TB 2027",
        effective_on=CHANGED_ON,
    )


def regulated(amount_oere: int, from_value: str, to_value: str) -> AppropriationRegulated:
    return AppropriationRegulated(
        account=A,
        budget_year=2027,
        amount_oere=amount_oere,
        series_id="prices",
        from_point=IndexPoint(year=2026, value=from_value),
        to_point=IndexPoint(year=2027, value=to_value),
        published_on=date(2026, 12, 20),
        act="TB 2027",
        postings=moved("voted", "appropriated", draw(amount_oere)),
        effective_on=CHANGED_ON,
    )


def drawn(*draws: Draw, account: str = A, pool_id: str = "pool-1", on: date = OPENED_ON) -> AppropriationDrawn:
    return AppropriationDrawn(account=account, pool_id=pool_id, draws=draws, effective_on=on)


def opened(*draws: Draw, posted: tuple[Draw, ...] = ()) -> PoolOpened:
    return PoolOpened(
        pool_id="pool-1",
        track="development",
        initiative="early-help",
        title="Early help",
        draws=draws,
        postings=moved("appropriated", "pooled", *(posted or draws)),
        effective_on=OPENED_ON,
    )


def extended(*draws: Draw) -> PoolExtended:
    return PoolExtended(
        pool_id="pool-1",
        initiative="early-help",
        draws=draws,
        postings=moved("appropriated", "pooled", *draws),
        effective_on=EXTENDED_ON,
    )


def committed(*draws: Draw) -> PoolCommitted:
    return PoolCommitted(pool_id="pool-1", grant_id="grant-1", draws=draws, effective_on=EXTENDED_ON)


def restored(*draws: Draw) -> PoolRestored:
    return PoolRestored(pool_id="pool-1", grant_id="grant-1", draws=draws, effective_on=EXTENDED_ON)


def imported(*values: str, published_on: date = date(2026, 12, 20), first: int = 2026) -> IndexSeriesImported:
    return IndexSeriesImported(
        series_id="prices",
        title="Net price index",
        source="Statistics Denmark, PRIS112",
        published_on=published_on,
        points=tuple(IndexPoint(year=year, value=value) for year, value in enumerate(values, first)),
        effective_on=VOTED_ON,
    )


def register(amount_oere: int, budget_year: int = 2027) -> RegisterAppropriation:
    fields: dict[str, Any] = {"command_id": ID, "account": A, "act": "FL 2027", "effective_on": VOTED_ON}
    return RegisterAppropriation(budget_year=budget_year, amount_oere=amount_oere, **fields)


def adjust(amount_oere: int, budget_year: int = 2027, corrects: str | None = None) -> AdjustAppropriation:
    fields: dict[str, Any] = {"command_id": ID, "account": A, "act": "TB 2027", "effective_on": CHANGED_ON}
    return AdjustAppropriation(budget_year=budget_year, amount_oere=amount_oere, corrects=corrects, **fields)


def transfer(amount_oere: int, to_account: str = B, to_budget_year: int = 2027) -> TransferAppropriation:
    fields: dict[str, Any] = {"command_id": ID, "account": A, "budget_year": 2027, "act": "TB 2027"}
    fields |= {"to_account": to_account, "to_budget_year": to_budget_year, "effective_on": CHANGED_ON}
    return TransferAppropriation(amount_oere=amount_oere, **fields)


def regulate(from_year: int = 2026, to_year: int = 2027, budget_year: int = 2027) -> RegulateAppropriation:
    fields: dict[str, Any] = {"command_id": ID, "account": A, "act": "TB 2027", "effective_on": CHANGED_ON}
    fields |= {"series_id": "prices", "from_year": from_year, "to_year": to_year}
    return RegulateAppropriation(budget_year=budget_year, **fields)


def import_series(*points: tuple[int, str], published_on: date = date(2026, 12, 20)) -> ImportIndexSeries:
    return ImportIndexSeries(
        command_id=ID,
        series_id="prices",
        title="Net price index",
        source="Statistics Denmark, PRIS112",
        published_on=published_on,
        points=tuple(IndexPointRequest(year=year, value=value) for year, value in points),
        effective_on=VOTED_ON,
    )


def open_pool(*draws: DrawRequest) -> OpenPool:
    fields: dict[str, Any] = {"command_id": ID, "pool_id": "pool-1", "effective_on": OPENED_ON}
    return OpenPool(track="development", initiative="early-help", title="Early help", draws=draws, **fields)


def extend_pool(*draws: DrawRequest, on: date = EXTENDED_ON) -> ExtendPool:
    return ExtendPool(command_id=ID, pool_id="pool-1", draws=draws, effective_on=on)


def names(rejection: Rejected) -> list[str]:
    """The fields that a rejection is about."""
    return [field["field"] for field in rejection.fields]


# --- registering ---


def test_a_vote_is_registered() -> None:
    given([], REGISTER_APPROPRIATION).when(register(500)).then(registered(500))


def test_an_account_has_one_vote_in_each_budget_year() -> None:
    given([registered(500)], REGISTER_APPROPRIATION).when(register(500, 2028)).then(registered(500, budget_year=2028))
    rejection = (
        given([registered(500), registered(1, A, 2028)], REGISTER_APPROPRIATION)
        .when(register(900))
        .then_rejected("ALREADY_REGISTERED", account=A, budget_year=2027)
    )
    assert names(rejection) == ["budget_year"]
    given([registered(500), registered(1, A, 2028)], REGISTER_APPROPRIATION).when(register(1, 2028)).then_rejected(
        "ALREADY_REGISTERED", account=A, budget_year=2028
    )


def test_a_year_that_money_was_transferred_to_can_still_have_its_vote() -> None:
    given([received(5, account=A)], REGISTER_APPROPRIATION).when(register(500)).then(registered(500))


# --- adjusting ---


def test_an_adjustment_adds_to_what_was_voted_and_may_point_at_what_it_corrects() -> None:
    given([registered(500)], ADJUST_APPROPRIATION).when(adjust(7, corrects=ID)).then(adjusted(7, corrects=ID))


def test_an_adjustment_takes_no_more_than_pools_have_left_undrawn() -> None:
    history = [registered(500), adjusted(20), adjusted(-10), drawn(draw(110))]
    given(history, ADJUST_APPROPRIATION).when(adjust(-400)).then(adjusted(-400))
    given(history, ADJUST_APPROPRIATION).when(adjust(-401)).then_rejected(
        "FUNDS_EXCEEDED", account=A, budget_year=2027, requested_oere=401, available_oere=400
    )


def test_an_adjustment_of_nothing_is_refused() -> None:
    rejection = given([registered(500)], ADJUST_APPROPRIATION).when(adjust(0)).then_rejected("ZERO_AMOUNT")
    assert names(rejection) == ["amount_oere"]


def test_only_what_was_voted_can_be_adjusted() -> None:
    rejection = (
        given([registered(500)], ADJUST_APPROPRIATION)
        .when(adjust(1, 2028))
        .then_rejected("NOT_FOUND", account=A, budget_year=2028)
    )
    assert names(rejection) == ["budget_year"]


# --- transferring ---


def test_a_transfer_to_another_account_balances_on_either_side_and_is_told_to_both() -> None:
    events = (transferred(40, B, 2028), received(40, budget_year=2028))
    given([registered(100)], TRANSFER_APPROPRIATION).when(transfer(40, B, 2028)).then(*events)
    assert is_balanced(events[0].postings)


def test_a_transfer_to_another_year_of_the_account_is_one_event_of_one_stream() -> None:
    given([registered(100)], TRANSFER_APPROPRIATION).when(transfer(40, A, 2028)).then(transferred(40, A, 2028))
    assert TRANSFER_APPROPRIATION.reads(transfer(40, A, 2028)) == ((APPROPRIATION, A),)
    assert TRANSFER_APPROPRIATION.reads(transfer(40, B)) == ((APPROPRIATION, A), (APPROPRIATION, B))


def test_a_transfer_takes_no_more_than_is_left_undrawn() -> None:
    history = [registered(100), registered(900, A, 2028), drawn(draw(30)), transferred(20, B, 2027)]
    given(history, TRANSFER_APPROPRIATION).when(transfer(50)).then(transferred(50, B, 2027), received(50))
    given(history, TRANSFER_APPROPRIATION).when(transfer(51)).then_rejected(
        "FUNDS_EXCEEDED", account=A, budget_year=2027, requested_oere=51, available_oere=50
    )


def test_what_was_transferred_can_be_drawn_where_it_went() -> None:
    away = [registered(100), transferred(40, A, 2028)]
    given(away, OPEN_POOL).when(open_pool(wish(60), wish(40, A, 2028))).then(
        drawn(draw(60), draw(40, A, 2028)), opened(draw(60), draw(40, A, 2028))
    )
    given(away, OPEN_POOL).when(open_pool(wish(61))).then_rejected("FUNDS_EXCEEDED", available_oere=60)
    given([received(40)], OPEN_POOL).when(open_pool(wish(41, B))).then_rejected("FUNDS_EXCEEDED", available_oere=40)


def test_a_transfer_goes_somewhere_else() -> None:
    rejection = (
        given([registered(100)], TRANSFER_APPROPRIATION).when(transfer(1, A, 2027)).then_rejected("SAME_ACCOUNT_YEAR")
    )
    assert names(rejection) == ["to_budget_year"]


def test_a_transfer_comes_from_what_was_voted() -> None:
    given([registered(100, B)], TRANSFER_APPROPRIATION).when(transfer(1)).then_rejected(
        "NOT_FOUND", account=A, budget_year=2027
    )


@generated(st.integers(1, 10**15), st.integers(1, 10**15), st.sampled_from([(B, 2027), (A, 2028), (B, 2028)]))
def test_a_transfer_conserves_every_oere(voted: int, amount: int, target: tuple[str, int]) -> None:
    assume(amount <= voted)
    command = transfer(amount, *target)
    history: list[Event] = [registered(voted)]
    states = [APPROPRIATION.fold(history)] + [APPROPRIATION.initial] * (target[0] != A)
    history += TRANSFER_APPROPRIATION.decide(*states, command)
    left: dict[tuple[str, int], int] = {}
    for account in (A, B):
        left |= APPROPRIATION.fold(event for event in history if event.stream_id.endswith(account)).left()
    assert left == {(A, 2027): voted - amount, target: amount}
    balance = trial_balance(history)
    assert {key[1:]: oere for key, oere in balance.items() if key[0] == "appropriated"} == left
    assert {key[1:]: -oere for key, oere in balance.items() if key[0] == "voted"} == left


# --- index series ---


def test_a_series_is_imported_and_a_later_publication_takes_its_place() -> None:
    points = ((2026, "100"), (2027, "102.2"))
    given([], IMPORT_INDEX_SERIES).when(import_series(*points)).then(imported("100", "102.2"))
    again = imported("100", "102.2")
    given([imported("99", "101")], IMPORT_INDEX_SERIES).when(import_series(*points)).then(again)
    history = [registered(1000), imported("100", "200"), again]
    given(history, REGULATE_APPROPRIATION).when(regulate()).then(regulated(22, "100", "102.2"))


@pytest.mark.parametrize(
    ("years", "code", "year", "field"),
    [
        ((2025, 2027), "INDEX_YEAR_MISSING", 2026, "points.1.year"),
        ((2025, 2026, 2029, 2031), "INDEX_YEAR_MISSING", 2027, "points.2.year"),
        ((2026, 2025), "INDEX_YEAR_MISSING", 2027, "points.1.year"),
        ((2025, 2025), "INDEX_YEAR_TWICE", 2025, "points.1.year"),
        ((2025, 2026, 2025), "INDEX_YEAR_TWICE", 2025, "points.2.year"),
    ],
)
def test_a_series_has_every_year_once_and_in_order(years: tuple[int, ...], code: str, year: int, field: str) -> None:
    command = import_series(*((each, "100") for each in years))
    rejection = given([], IMPORT_INDEX_SERIES).when(command).then_rejected(code, year=year)
    assert names(rejection) == [field]


def test_an_import_is_not_older_than_the_one_it_replaces() -> None:
    older = import_series((2026, "100"), (2027, "101"), published_on=date(2026, 12, 19))
    rejection = (
        given([imported("100", "101")], IMPORT_INDEX_SERIES)
        .when(older)
        .then_rejected("OLDER_THAN_KNOWN", known_published_on="2026-12-20")
    )
    assert names(rejection) == ["published_on"]


# --- regulating ---


def test_a_regulation_follows_the_series_from_what_is_voted_by_now() -> None:
    history = [imported("100", "102.2"), registered(10_000), adjusted(5_000), drawn(draw(15_000))]
    given(history, REGULATE_APPROPRIATION).when(regulate()).then(regulated(330, "100", "102.2"))
    given([*history, regulated(330, "100", "102.2")], ADJUST_APPROPRIATION).when(adjust(-331)).then_rejected(
        "FUNDS_EXCEEDED", available_oere=330
    )


@pytest.mark.parametrize(
    ("voted", "from_value", "to_value", "oere"),
    [
        (1000, "100", "100.05", 1),  # 0.5
        (1000, "100", "100.049", 0),
        (1000, "100", "99.95", -1),  # -0.5
        (1000, "100", "99.951", 0),
        (3, "3", "4", 1),  # exactly 1, which a binary fraction may miss
        (10**15, "99.999999999", "100", 10_000),  # 10 000.000 000 1
        (10, "4", "5", 3),  # 2.5
        (10, "5", "4", -2),
    ],
)
def test_a_regulation_is_rounded_half_an_oere_away_from_nought(
    voted: int, from_value: str, to_value: str, oere: int
) -> None:
    assert regulation_oere(voted, from_value, to_value) == oere


values = st.decimals(min_value="0.000000001", max_value=10**9 - 1, places=9).map(lambda value: f"{value:f}")


@generated(st.integers(0, 10**15), values, values)
def test_a_regulation_is_within_half_an_oere_of_the_exact_amount(voted: int, before: str, after: str) -> None:
    exact = Fraction(voted) * Fraction(after) / Fraction(before) - voted
    amount = regulation_oere(voted, before, after)
    assert abs(amount - exact) <= Fraction(1, 2)
    assert abs(amount - exact) < Fraction(1, 2) or abs(amount) > abs(exact)


def test_a_regulation_downwards_takes_no_more_than_is_left_undrawn() -> None:
    history = [imported("100", "90"), registered(1000), drawn(draw(900))]
    given(history, REGULATE_APPROPRIATION).when(regulate()).then(regulated(-100, "100", "90"))
    given([*history, drawn(draw(1))], REGULATE_APPROPRIATION).when(regulate()).then_rejected(
        "FUNDS_EXCEEDED", account=A, budget_year=2027, requested_oere=100, available_oere=99
    )


def test_a_regulation_needs_a_series_and_a_vote() -> None:
    history = [imported("100", "102.2"), registered(1000)]
    rejection = given(history[1:], REGULATE_APPROPRIATION).when(regulate()).then_rejected("NOT_FOUND")
    assert names(rejection) == ["series_id"]
    rejection = (
        given(history, REGULATE_APPROPRIATION)
        .when(regulate(budget_year=2028))
        .then_rejected("NOT_FOUND", account=A, budget_year=2028)
    )
    assert names(rejection) == ["budget_year"]


@pytest.mark.parametrize(
    ("years", "missing", "field"), [((2025, 2027), 2025, "from_year"), ((2026, 2028), 2028, "to_year")]
)
def test_a_regulation_needs_both_years_in_the_series(years: tuple[int, int], missing: int, field: str) -> None:
    rejection = (
        given([imported("100", "102.2"), registered(1000)], REGULATE_APPROPRIATION)
        .when(regulate(*years))
        .then_rejected("INDEX_YEAR_MISSING", series_id="prices", year=missing)
    )
    assert names(rejection) == [field]


def test_a_regulation_goes_from_one_year_to_another_and_comes_to_something() -> None:
    scenario = given([imported("100", "100.04"), registered(1000)], REGULATE_APPROPRIATION)
    assert names(scenario.when(regulate(2026, 2026)).then_rejected("SAME_YEAR")) == ["to_year"]
    assert names(scenario.when(regulate()).then_rejected("ZERO_AMOUNT")) == ["to_year"]


def test_a_year_is_regulated_once_by_the_same_change_of_the_same_series() -> None:
    history = [imported("100", "102.2"), registered(1000), regulated(22, "100", "102.2")]
    again = given(history, REGULATE_APPROPRIATION).when(regulate()).then_rejected("ALREADY_REGULATED", budget_year=2027)
    assert names(again) == ["to_year"]


def test_a_regulation_is_no_larger_than_an_entry_may_be() -> None:
    history = [imported("0.001", "1"), registered(10**15)]
    given(history, REGULATE_APPROPRIATION).when(regulate()).then_rejected("AMOUNT_TOO_LARGE", limit_oere=10**15)
    largest = [imported("1", "2"), registered(10**15)]
    given(largest, REGULATE_APPROPRIATION).when(regulate()).then(regulated(10**15, "1", "2"))


# --- pools ---


def test_a_pool_draws_on_each_account_and_then_opens() -> None:
    wishes = (wish(70, B), wish(100), wish(30, A, 2028))
    draws = (draw(70, B), draw(100), draw(30, A, 2028))
    history = [registered(100), registered(30, A, 2028), registered(200, B)]
    given(history, OPEN_POOL).when(open_pool(*wishes)).then(
        drawn(draws[1], draws[2]), drawn(draws[0], account=B), opened(*draws, posted=(draws[1], draws[0], draws[2]))
    )


def test_a_pool_draws_no_more_than_the_appropriation_of_its_year_leaves() -> None:
    history = [registered(100), drawn(draw(40), pool_id="older"), registered(900, A, 2028)]
    history += [drawn(draw(20), pool_id="old")]
    given(history, OPEN_POOL).when(open_pool(wish(40))).then(drawn(draw(40)), opened(draw(40)))
    given(history, OPEN_POOL).when(open_pool(wish(41))).then_rejected(
        "FUNDS_EXCEEDED", account=A, budget_year=2027, requested_oere=41, available_oere=40
    )


def test_a_pool_draws_nothing_from_an_account_without_a_vote() -> None:
    given([registered(100)], OPEN_POOL).when(open_pool(wish(50), wish(1, B))).then_rejected(
        "FUNDS_EXCEEDED", account=B, budget_year=2027, requested_oere=1, available_oere=0
    )


def test_a_pool_opens_once() -> None:
    history = [registered(100), opened(draw(10))]
    rejection = given(history, OPEN_POOL).when(open_pool(wish(10))).then_rejected("ALREADY_EXISTS")
    assert names(rejection) == ["pool_id"]


def test_a_pool_is_extended_from_years_it_had_and_from_others() -> None:
    history = [registered(100), registered(9, A, 2028), drawn(draw(60)), opened(draw(60))]
    draws = (draw(40), draw(9, A, 2028))
    events = (drawn(*draws, on=EXTENDED_ON), extended(*draws))
    given(history, EXTEND_POOL).when(extend_pool(wish(40), wish(9, A, 2028))).then(*events)
    given(history, EXTEND_POOL).when(extend_pool(wish(41))).then_rejected(
        "FUNDS_EXCEEDED", account=A, budget_year=2027, requested_oere=41, available_oere=40
    )
    state = POOL.fold([history[-1], events[-1]])
    assert (state.left(), state.drawn_oere) == ({(A, 2027): 100, (A, 2028): 9}, 109)


def test_a_pool_is_extended_once_it_is_open() -> None:
    rejection = given([registered(100)], EXTEND_POOL).when(extend_pool(wish(1))).then_rejected("NOT_FOUND")
    assert names(rejection) == ["pool_id"]
    history = [registered(100), opened(draw(1))]
    rejection = (
        given(history, EXTEND_POOL)
        .when(extend_pool(wish(1), on=date(2027, 1, 31)))
        .then_rejected("TOO_EARLY", earliest="2027-02-01")
    )
    assert names(rejection) == ["effective_on"]


def test_a_pool_names_each_account_year_once() -> None:
    history = [registered(100)]
    scenario = given(history, OPEN_POOL).when(open_pool(wish(10), wish(20)))
    assert names(scenario.then_rejected("DUPLICATE_DRAW", account=A, budget_year=2027)) == ["draws.1"]
    given([*history, opened(draw(1))], EXTEND_POOL).when(extend_pool(wish(1), wish(2))).then_rejected("DUPLICATE_DRAW")


def test_accounts_are_read_in_the_same_order_whatever_the_order_of_the_draws() -> None:
    for command, decider in ((open_pool, OPEN_POOL), (extend_pool, EXTEND_POOL)):
        one = decider.reads(command(wish(1, A), wish(1, B)))
        assert one == decider.reads(command(wish(1, B), wish(1, A), wish(1, B, 2028)))
        assert one == ((APPROPRIATION, A), (APPROPRIATION, B), (POOL, "pool-1"))


def test_what_lapses_or_is_repaid_can_be_awarded_again_in_its_own_year() -> None:
    """Table (a) A2: appropriation, award, paid, accounted for and repaid always reconcile."""
    history = [opened(draw(100), draw(50, A, 2028)), committed(draw(70), draw(50, A, 2028)), restored(draw(30))]
    assert POOL.fold(history).left() == {(A, 2027): 60, (A, 2028): 0}


def test_an_event_of_another_kind_changes_no_state() -> None:
    other = CallAwarded(call_id="c", application_id="a", grant_id="g", amount_oere=1, effective_on=VOTED_ON)
    for module, aggregate in ((appropriation, APPROPRIATION), (pool, POOL), (index_series, index_series.INDEX_SERIES)):
        assert module.evolve(aggregate.initial, other) == aggregate.initial
