"""Money with everybody at once: many clients award out of one pool, which is never overspent."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shared.kernel.rejection import Rejected
from tests.faults.processes import fleet, wait_ready
from tests.story import award, open_programme
from tests.worlds import World, new_id

POOL_OERE = 1_000_00
Outcome = tuple[int, Rejected | None]
"""What was asked for, and the refusal, if it was refused."""


def _award_at_once(world: World, clients: int, each: int) -> list[Outcome]:
    """Every client awards so many grants, as fast as it is answered, all clients at the same time."""
    chance = random.Random(2017)
    wanted = [[chance.randint(5_00, 40_00) for _ in range(each)] for _ in range(clients)]

    def one(client: int) -> list[Outcome]:
        with world.client(timeout_seconds=60) as rpc:
            return [_award(rpc, f"g{client}.{number}", amount) for number, amount in enumerate(wanted[client])]

    with ThreadPoolExecutor(clients) as pool:
        return [outcome for outcomes in pool.map(one, range(clients)) for outcome in outcomes]


def _award(rpc: Any, grant_id: str, amount_oere: int) -> Outcome:
    try:
        award(rpc, grant_id, "0101", amount_oere)
    except Rejected as refusal:
        return amount_oere, refusal
    return amount_oere, None


def _assert_never_overspent(world: World, outcomes: list[Outcome]) -> None:
    """Each refusal tells what there was, too little; what was awarded and what is left are the pool."""
    awarded = sum(amount for amount, refusal in outcomes if refusal is None)
    for amount, refusal in outcomes:
        if refusal is not None:
            figures = refusal.figures
            assert (refusal.code, figures["requested_oere"]) == ("FUNDS_EXCEEDED", amount)
            assert POOL_OERE - awarded <= figures["available_oere"] < amount
    with world.client() as rpc:
        head = rpc.funding.feed(after=0, limit=1)["head"]
        [position] = rpc.funding.position(wait_for={"funding": head}, wait_seconds=10)["account_years"]
        balance = rpc.funding.trial_balance()
    assert (position["committed_oere"], position["pool_free_oere"]) == (awarded, POOL_OERE - awarded)
    assert 0 <= position["pool_free_oere"] < min(amount for amount, refusal in outcomes if refusal is not None)
    assert balance["sum_oere"] == 0
    assert head == 3 + 2 * sum(refusal is None for _, refusal in outcomes), "what is refused appends nothing"


def test_sixteen_clients_at_once_never_overspend_the_pool(world: World) -> None:
    with world.services("funding"):
        with world.client() as rpc:
            open_programme(rpc, pool_oere=POOL_OERE, knowledge=False, trial=False)
        outcomes = _award_at_once(world, clients=16, each=8)
        _assert_never_overspent(world, outcomes)


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_hundred_clients_of_three_processes_never_overspend_the_pool(servers: World, tmp_path: Path) -> None:
    """The processes take no turns with one another: what keeps the pool is the log alone."""
    with fleet(servers, tmp_path) as processes:
        wait_ready(*[processes.start("funding", ready=False) for _ in range(3)])
        with servers.client(timeout_seconds=30) as rpc:
            open_programme(rpc, pool_oere=POOL_OERE, knowledge=False, trial=False)
        outcomes = _award_at_once(servers, clients=100, each=2)
        _assert_never_overspent(servers, outcomes)
        refused = Counter(refusal.code for _, refusal in outcomes if refusal is not None)
        assert set(refused) == {"FUNDS_EXCEEDED"}
        conflicts = sum(process.metric("conflicts_total") for process in processes.living())
        answered = [process.metric("commands_total") for process in processes.living()]
    assert conflicts > 0, "nobody met anybody"
    assert min(answered) > 10, "every process had its share"


def test_an_award_sent_by_many_at_once_under_one_id_is_made_once(world: World) -> None:
    command_id = new_id()

    def send(_: int) -> Any:
        with world.client(timeout_seconds=30) as rpc:
            return award(rpc, "g1", "0101", 1_00, command_id=command_id)

    with world.services("funding"):
        with world.client() as rpc:
            open_programme(rpc, knowledge=False, trial=False)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["position"] == 5
