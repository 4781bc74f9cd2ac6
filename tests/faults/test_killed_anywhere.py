"""Services, the relay's leader and the broker are killed under load, and nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import eventlet
import pytest

from services.settings import SERVICES
from tests.faults import checks
from tests.faults.load import SITES, Client, Sent
from tests.faults.processes import Broker, Fleet, ServiceProcess, Tally, announce, find_broker, fleet, seed, wait_ready
from tests.story import ACCOUNT, KNOWLEDGE, open_trial
from tests.worlds import World, eventually, new_id

pytestmark = [pytest.mark.chaos, pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(300)]
CLIENTS = 4
KILLS = 22
BROKER_KILLS = 2
SETTLE_SECONDS = 60
STARTED = ("funding", "funding", "trials", "som", "reporting")
"""Two of funding: one leads its relay, the other stands by."""


@dataclass
class Chaos:
    """Kills and restarts, at moments and targets that the seed determines."""

    fleet: Fleet
    broker: Broker | None
    random: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)

    def run(self) -> None:
        """Kill KILLS times; what was killed is started again."""
        targets = [self.random.choice([*SERVICES, "relay leader"]) for _ in range(KILLS - BROKER_KILLS)]
        for place in self.random.sample(range(len(targets)), BROKER_KILLS):
            targets.insert(place, "broker" if self.broker is not None else "relay leader")
        for target in targets:
            eventlet.sleep(self.random.uniform(0.1, 1.5))
            restart_after = self.random.uniform(0, 0.5)
            if target == "broker" and self.broker is not None:
                self._kill_broker(self.broker, restart_after)
            else:
                self._kill_service(target, restart_after)
            self.kills[target] += 1

    def _kill_broker(self, broker: Broker, restart_after: float) -> None:
        broker.sync()
        broker.kill()
        eventlet.sleep(restart_after)
        broker.restart()

    def _kill_service(self, target: str, restart_after: float) -> None:
        victim = self._leader() if target == "relay leader" else self.fleet.living(target)[0]
        self.tally.note(victim)
        victim.kill()
        eventlet.sleep(restart_after)
        self.fleet.start(victim.service, ready=False)

    def _leader(self) -> ServiceProcess:
        """The process that publishes funding's log; waits for one, since its last may just have been killed."""
        deadline = time.monotonic() + 10
        while (leader := self.fleet.leader("funding")) is None and time.monotonic() < deadline:
            eventlet.sleep(0.1)
        return leader or self.fleet.living("funding")[0]


def test_whatever_is_killed_every_answered_command_has_its_effects_once(
    servers: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Services, relay leader and broker are killed at seeded random moments under load. Then everything catches up by
    itself; every answered command stands in the log once, every view equals a replay, and the money is exact."""
    base, broker = seed(), loud_about_the_broker(capsys)
    announce(capsys, f"killed anywhere: seed {base} (VIRKSOM_TEST_SEED={base} plays it again)")
    chance = random.Random(base)
    with fleet(servers, tmp_path) as processes:
        wait_ready(*[processes.start(service, ready=False) for service in STARTED])
        open_world(servers)
        chaos = Chaos(processes, broker, random.Random(chance.random()))
        clients = [Client(servers, number, random.Random(chance.random())) for number in range(CLIENTS)]
        sent = under_load(chaos, clients)
        opened = checks.open_all(servers)
        begun = time.monotonic()
        wait_ready(*processes.living())
        eventually(lambda: checks.lag(opened) == 0, SETTLE_SECONDS)
        settled = time.monotonic() - begun
        for process in processes.living():
            chaos.tally.note(process)
        assert len(processes.living()) == len(STARTED)
        checks.assert_logs_have_no_holes(opened)
        checked = checks.assert_answered_once(opened, sent)
        paid = checks.assert_money_exact(opened, sent)
        checks.assert_views_equal_a_replay(opened, tmp_path / "replay")
    announce(capsys, told(chaos, sent) + f"; {checked} events checked, {paid} oere paid, settled in {settled:.1f} s")
    assert sum(chaos.kills.values()) >= 20


def loud_about_the_broker(capsys: pytest.CaptureFixture[str]) -> Broker | None:
    """The broker, if it is ours to kill; said loudly if not, and with CI=true a failure."""
    broker = find_broker()
    if broker is None:
        announce(capsys, "!!! the broker was not started for these tests: it is NOT killed in this run !!!")
        assert os.environ.get("CI", "").lower() not in ("true", "1"), "CI needs a private broker"
    return broker


def under_load(chaos: Chaos, clients: list[Client]) -> list[Sent]:
    """Run the clients while things are killed; what they sent."""
    loads = [eventlet.spawn(client.run) for client in clients]
    try:
        chaos.run()
    finally:
        for client in clients:
            client.stopped = True
    with eventlet.Timeout(90):
        for load in loads:
            load.wait()
    return [command for client in clients for command in client.sent]


def open_world(world: World) -> None:
    """An appropriation, a pool for each client, a knowledge base and a trial."""
    common = {"account": ACCOUNT, "budget_year": 2018}
    with world.client() as rpc:
        rpc.funding.register_appropriation(
            command_id=new_id(), **common, amount_oere=10**14, act="FL 2018", effective_on="2018-01-01"
        )
        for number in range(CLIENTS):
            rpc.funding.open_pool(
                command_id=new_id(), pool_id=f"pool-{number}", track="development", initiative="course",
                title="Forløb", draws=[{**common, "amount_oere": 10**13}], effective_on="2018-01-01",
            )  # fmt: skip
        rpc.som.publish_knowledge(command_id=new_id(), **KNOWLEDGE)
        open_trial(rpc, "course", SITES)


def told(chaos: Chaos, sent: list[Sent]) -> str:
    """What happened, in one line."""
    answered = [command for command in sent if command.answer is not None]
    attempts = sum(command.attempts for command in sent)
    repeated = sum(command.attempts > 1 for command in answered)
    duplicates, gaps = chaos.tally["subscription_duplicates"], chaos.tally["subscription_gaps"]
    return (
        f"killed anywhere: {len(sent)} commands, {attempts} attempts, {len(answered)} answered ({repeated} after more "
        f"than one attempt), {len(sent) - len(answered)} left indefinite; kills {dict(chaos.kills)}; at least "
        f"{duplicates} duplicate messages recognised, {gaps} gaps pulled"
    )
