"""The fund ledger under any sequence of commands: it balances, and nothing exceeds what it is taken from."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.funding.appropriation import APPROPRIATION, REGISTER_APPROPRIATION
from services.funding.commands import AwardGrant, DrawRequest, OpenPool, PayInstalment, RegisterAppropriation
from services.funding.events import AppropriationRegistered, Draw, GrantAwarded, InstalmentPaid, PoolOpened
from services.funding.grant import GRANT, PAY_INSTALMENT
from services.funding.ledger import is_balanced, trial_balance
from services.funding.pool import AWARD_GRANT, OPEN_POOL, POOL
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Command, Event
from shared.kernel.money import split
from shared.kernel.rejection import Rejected

ID = "11111111-1111-4111-8111-111111111111"
# Few names, small amounts: commands must meet, for what matters happens at a limit or on a name used before.
accounts = st.sampled_from(["15.26.04.10", "15.26.04.10", "20.11.01.30"])
years = st.sampled_from([2027, 2027, 2028])
amounts = st.integers(1, 20)
pools = st.sampled_from(["pool-1", "pool-1", "pool-2", "pool-3"])
grants = st.sampled_from(["grant-1", "grant-1", "grant-2", "grant-3"])
payments = st.sampled_from(["payment-1", "payment-2", "payment-3"])
days = st.dates(date(2027, 1, 1), date(2027, 1, 4))
draws = st.lists(
    st.builds(DrawRequest, account=accounts, budget_year=years, amount_oere=amounts), min_size=1, max_size=3
).map(tuple)
REFUSALS: dict[type[Command], set[str]] = {
    RegisterAppropriation: {"ALREADY_REGISTERED"},
    OpenPool: {"ALREADY_EXISTS", "DUPLICATE_DRAW", "FUNDS_EXCEEDED"},
    AwardGrant: {"NOT_FOUND", "ALREADY_EXISTS", "PERIOD_REVERSED", "DUPLICATE_DRAW", "FUNDS_EXCEEDED"},
    PayInstalment: {"NOT_FOUND", "ALREADY_PAID", "TOO_EARLY", "AWARD_EXCEEDED"},
}


STEPS = ("voted", "pooled", "committed", "paid")


def taken(event: Event) -> list[tuple[str, Draw]]:
    """What an event takes a step further, read from the fact itself and not from its postings."""
    match event:
        case AppropriationRegistered() | InstalmentPaid():
            step = "voted" if isinstance(event, AppropriationRegistered) else "paid"
            return [(step, Draw.model_validate(event.model_dump(include=set(Draw.model_fields))))]
        case PoolOpened() | GrantAwarded():
            step = "pooled" if isinstance(event, PoolOpened) else "committed"
            return [(step, draw) for draw in event.draws]
        case _:
            return []


class Fund(RuleBasedStateMachine):
    """Sends commands to the deciders as a service would, and holds the log against the ledger's promises."""

    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[str, list[Event]] = defaultdict(list)
        self.log: list[Event] = []

    def send(self, decider: Decider, command: Command) -> None:
        """Load, fold, decide, append; a refusal has one of the command's own codes and changes nothing."""
        reads = decider.reads(command)
        states = [aggregate.fold(self.streams[aggregate.stream_id(key)]) for aggregate, key in reads]
        events, code = [], None
        try:
            events = decider.decide(*states, command)
        except Rejected as rejection:
            code = rejection.code
        assert code is None or code in REFUSALS[decider.command]
        assert {event.stream_id for event in events} <= {aggregate.stream_id(key) for aggregate, key in reads}
        for event in events:
            assert type(event).model_validate_json(event.model_dump_json()) == event
            self.streams[event.stream_id].append(event)
            self.log.append(event)

    @initialize(voted=st.integers(20, 60), pooled=st.integers(1, 60), awarded=st.integers(1, 40))
    def begin(self, voted: int, pooled: int, awarded: int) -> None:
        """Most of what matters needs an appropriation, a pool and a grant: begin with one of each, if they fit."""
        one: dict[str, Any] = {"account": "15.26.04.10", "budget_year": 2027}
        day = date(2027, 1, 1)
        self.register(**one, amount_oere=voted, effective_on=day)
        self.open_pool(pool_id="pool-1", draws=(DrawRequest(**one, amount_oere=pooled),), effective_on=day)
        period = {"period_from": day, "period_to": day, "effective_on": date(2027, 1, 2)}
        wishes = (DrawRequest(**one, amount_oere=awarded),)
        self.award(grant_id="grant-1", pool_id="pool-1", draws=wishes, **period)

    @rule(account=accounts, budget_year=years, amount_oere=st.integers(1, 60), effective_on=days)
    def register(self, **fields: Any) -> None:
        self.send(REGISTER_APPROPRIATION, RegisterAppropriation(command_id=ID, act="FL", **fields))

    @rule(pool_id=pools, draws=draws, effective_on=days)
    def open_pool(self, **fields: Any) -> None:
        command = OpenPool(command_id=ID, track="data", initiative="early-help", title="Early help", **fields)
        self.send(OPEN_POOL, command)

    @rule(grant_id=grants, pool_id=pools, draws=draws, period_from=days, period_to=days, effective_on=days)
    def award(self, **fields: Any) -> None:
        self.send(AWARD_GRANT, AwardGrant(command_id=ID, municipality="0101", **fields))

    @rule(
        grant_id=grants,
        payment_id=payments,
        account=accounts,
        budget_year=years,
        amount_oere=amounts,
        effective_on=days,
    )
    def pay(self, **fields: Any) -> None:
        self.send(PAY_INSTALMENT, PayInstalment(command_id=ID, **fields))

    @invariant()
    def debits_equal_credits_in_every_event_and_account_year(self) -> None:
        assert all(is_balanced(getattr(event, "postings", ())) for event in self.log)
        sums: dict[tuple[str, int], int] = defaultdict(int)
        for (_, account, budget_year), amount_oere in trial_balance(self.log).items():
            sums[account, budget_year] += amount_oere
        assert not any(sums.values())

    @invariant()
    def nothing_exceeds_what_it_is_taken_from(self) -> None:
        for (ledger_account, _, _), amount_oere in trial_balance(self.log).items():
            assert amount_oere <= 0 if ledger_account == "voted" else amount_oere >= 0
        sums: dict[tuple[str, str, int], int] = defaultdict(int)
        for event in self.log:
            for step, draw in taken(event):
                sums[step, draw.account, draw.budget_year] += draw.amount_oere
        for account, budget_year in {(account, budget_year) for _, account, budget_year in sums}:
            voted, pooled, committed, paid = (sums[step, account, budget_year] for step in STEPS)
            assert paid <= committed <= pooled <= voted

    @invariant()
    def what_the_streams_say_is_what_the_ledger_says(self) -> None:
        balance: dict[tuple[str, str, int], int] = defaultdict(int)
        kinds: tuple[tuple[str, Aggregate[Any]], ...]
        kinds = (("appropriated", APPROPRIATION), ("pooled", POOL), ("committed", GRANT))
        for stream_id, events in self.streams.items():
            for ledger_account, aggregate in kinds:
                if stream_id.startswith(f"{aggregate.name}-"):
                    for (account, budget_year), amount_oere in aggregate.fold(events).left().items():
                        balance[ledger_account, account, budget_year] += amount_oere
        stated = {key: amount for key, amount in trial_balance(self.log).items() if key[0] not in ("voted", "paid")}
        assert {key: amount for key, amount in balance.items() if amount} == {
            key: amount for key, amount in stated.items() if amount
        }

    @invariant()
    def nothing_is_registered_opened_awarded_or_paid_twice(self) -> None:
        made: list[tuple[str, ...]] = []
        for event in self.log:
            match event:
                case AppropriationRegistered():
                    made.append(("registered", event.account, str(event.budget_year)))
                case PoolOpened():
                    made.append(("opened", event.pool_id))
                case GrantAwarded():
                    made.append(("awarded", event.grant_id))
                case InstalmentPaid():
                    made.append(("paid", event.grant_id, event.payment_id))
        assert len(set(made)) == len(made)

    @invariant()
    def nothing_is_paid_before_its_award_takes_effect(self) -> None:
        awarded_on = {event.grant_id: event.effective_on for event in self.log if isinstance(event, GrantAwarded)}
        paid = [event for event in self.log if isinstance(event, InstalmentPaid)]
        assert all(event.effective_on >= awarded_on[event.grant_id] for event in paid)

    @invariant()
    def a_state_goes_through_json_and_on(self) -> None:
        for stream_id, events in self.streams.items():
            aggregates: tuple[Aggregate[Any], ...] = (APPROPRIATION, POOL, GRANT)
            for aggregate in aggregates:
                if stream_id.startswith(f"{aggregate.name}-"):
                    half = aggregate.fold(events[: len(events) // 2])
                    kept = type(half).model_validate_json(half.model_dump_json())
                    assert aggregate.fold(events[len(events) // 2 :], kept) == aggregate.fold(events)


TestFund = Fund.TestCase
TestFund.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_the_machine_can_reach_every_kind_of_event() -> None:
    """Its names and amounts let money get all the way; else its invariants would say little."""
    fund = Fund()
    day, wish = date(2027, 1, 1), DrawRequest(account="15.26.04.10", budget_year=2027, amount_oere=20)
    Fund.register(fund, account=wish.account, budget_year=2027, amount_oere=200, effective_on=day)
    Fund.open_pool(fund, pool_id="pool-1", draws=(wish,), effective_on=day)
    period = {"period_from": day, "period_to": day}
    Fund.award(fund, grant_id="grant-1", pool_id="pool-1", draws=(wish,), effective_on=day, **period)
    one = {"account": wish.account, "budget_year": 2027, "amount_oere": 20, "effective_on": day}
    Fund.pay(fund, grant_id="grant-1", payment_id="payment-1", **one)
    assert len(fund.log) == 6


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_splitting_conserves_every_oere(amount_oere: int, weights: list[int]) -> None:
    parts = split(amount_oere, weights)
    assert sum(parts) == amount_oere
    exact = [amount_oere * weight / sum(weights) for weight in weights]
    assert all(abs(part - share) <= 1 + abs(share) * 1e-12 for part, share in zip(parts, exact, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
