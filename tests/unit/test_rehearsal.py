"""Decisions in memory: states are folded as they come, and a refused command leaves nothing behind."""

from __future__ import annotations

import pytest

from services.funding.appropriation import APPROPRIATION
from services.funding.commands import AwardGrant, OpenPool, RegisterAppropriation
from services.funding.events import AppropriationDrawn, AppropriationRegistered, PoolOpened
from services.funding.grant import GRANT
from services.funding.payment_batch import BATCH
from services.funding.pool import POOL
from shared.kernel.decider import Reads
from shared.kernel.rehearsal import Rehearsal
from shared.kernel.rejection import Rejected
from tests.fund import Fund
from tests.grants import ACCOUNT, GrantFund, accepted, awarded

VOTE = {"account": ACCOUNT, "budget_year": 2018, "amount_oere": 100, "act": "FL", "effective_on": "2018-01-01"}


def pool(amount_oere: int) -> dict[str, object]:
    draws = [{"account": ACCOUNT, "budget_year": 2018, "amount_oere": amount_oere}]
    named = {"pool_id": "p", "track": "data", "initiative": "i", "title": "t"}
    return {**named, "draws": draws, "effective_on": "2018-01-01"}


def test_a_command_is_carried_out_on_what_happened_before() -> None:
    fund = Fund()
    assert [type(event) for event in fund.do(RegisterAppropriation, **VOTE)] == [AppropriationRegistered]
    assert [type(event) for event in fund.do(OpenPool, **pool(60))] == [AppropriationDrawn, PoolOpened]
    assert [type(event) for event in fund.history] == [AppropriationRegistered, AppropriationDrawn, PoolOpened]
    [account, opened] = fund.states(((APPROPRIATION, ACCOUNT), (POOL, "p")))
    assert account.left() == {(ACCOUNT, 2018): 40}
    assert opened.drawn_oere == 60


def test_states_are_the_folds_of_the_history() -> None:
    fund = accepted().pay(1, "2018-01-01", 300_000)
    reads: Reads = ((POOL, "aftercare"), (GRANT, "g1"), (BATCH, "b1"))
    for (aggregate, key), state in zip(reads, fund.states(reads), strict=True):
        own = [event for event in fund.history if event.stream_id == aggregate.stream_id(key)]
        assert own
        assert aggregate.fold(own) == state
    assert fund.states(((GRANT, "g2"),)) == [GRANT.initial]


def test_what_a_state_names_is_read_too() -> None:
    """A batch names its grants, and a grant its pool."""
    fund = awarded().letter().passes("acceptance", "2017-12-16")
    [state] = fund.states(((POOL, "aftercare"),))
    assert {draw.amount_oere for draw in state.committed} == {0}


@pytest.mark.parametrize("amount_oere", [101, -1])
def test_a_refused_command_leaves_nothing_behind(amount_oere: int) -> None:
    fund = Fund()
    fund.do(RegisterAppropriation, **VOTE)
    before, states = list(fund.history), fund.states(((APPROPRIATION, ACCOUNT), (POOL, "p")))
    with pytest.raises(Rejected):
        fund.do(OpenPool, **pool(amount_oere))
    assert fund.history == before
    assert fund.states(((APPROPRIATION, ACCOUNT), (POOL, "p"))) == states


def test_a_rehearsal_carries_out_only_what_it_was_given() -> None:
    with pytest.raises(KeyError):
        Rehearsal(()).do(RegisterAppropriation, **VOTE)
    with pytest.raises(Rejected):
        GrantFund().do(AwardGrant)
