"""SØM is killed in the middle of a recalculation, and its children too: every case is computed anew, once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.som.service import DEFINITION
from shared.eventstore.engine import open_engine
from shared.eventstore.store import EventStore
from shared.kernel.municipalities import municipalities
from tests.faults.processes import ServiceProcess, fleet, wait_ready
from tests.story import KNOWLEDGE, award, enrol_and_complete, open_programme, open_trial
from tests.worlds import World, eventually, new_id

pytestmark = [pytest.mark.chaos, pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(240)]


def dearer() -> dict[str, Any]:
    """A new version in which every case comes to other figures."""
    knowledge = json.loads(json.dumps(KNOWLEDGE))
    knowledge["version_label"] = "2"
    knowledge["prices"][0]["amount_dkk"] = "600000"
    knowledge["bases"][0]["net_success_rate"] = "0.12"
    return dict(knowledge)


def projections(world: World) -> Counter[str]:
    """How many projections of version 2 of the knowledge base each case has in SØM's log."""
    store = EventStore(open_engine(world.settings.databases["som"]), DEFINITION.codec)
    found: Counter[str] = Counter()
    after = 0
    with store.reading() as transaction:
        while page := transaction.read_log(after, 500):
            after = page[-1].position
            for recorded in page:
                if getattr(recorded.event, "pricebook_version", 0) == 2:
                    found[recorded.event.stream_id] += 1
    return found


def kill_the_children(som: ServiceProcess) -> psutil.Process:
    """`kill -9` of the children that compute, while they begin with their first cases; one of those that take their
    places, which stands still: what it was given is never done."""
    parent = psutil.Process(som.process.pid)
    eventually(lambda: bool(parent.children()), 20)
    killed = parent.children()
    for child in killed:
        child.kill()
    eventually(lambda: bool(set(parent.children()) - set(killed)), 20)
    stuck = next(child for child in parent.children() if child not in killed)
    stuck.suspend()
    return stuck


def test_every_case_is_computed_anew_once_whatever_is_killed_meanwhile(servers: World, tmp_path: Path) -> None:
    places = sorted(municipalities())
    with fleet(servers, tmp_path) as processes:
        wait_ready(*[processes.start(service, ready=False) for service in ("funding", "trials", "som")])
        with servers.client(timeout_seconds=30) as rpc:
            open_programme(rpc, trial=False)
            open_trial(rpc, "course", places)
            awarded = [award(rpc, f"grant-{place}", place, 10**8)["position"] for place in places][-1]
            # Without a completer nothing comes of a price.
            completed = [enrol_and_complete(rpc, place, "course", success=True) for place in places][-1]
            reached = {"funding": awarded, "trials": completed}
            eventually(lambda: rpc.som.recalculation(wait_for=reached)["waiting"] == 0, 60)
            rpc.som.publish_knowledge(command_id=new_id(), **dearer())
        [som] = processes.living("som")
        stuck = kill_the_children(som)
        eventually(lambda: bool(projections(servers)), 60)
        som.kill()
        stuck.kill()
        halfway = len(projections(servers))
        processes.start("som")
        eventually(lambda: len(projections(servers)) == len(places), 60)
        assert 0 < halfway < len(places)
        assert projections(servers) == Counter({f"case-course.{place}": 1 for place in places})
        [som] = processes.living("som")
        eventually(lambda: som.metric("recalculations_waiting") == 0, 20)
