"""A new knowledge base over 588 live cases (98 municipalities × 6 initiatives), and the facts that come meanwhile.

All four services run in this one green process; the cases are computed in two child processes. The facts are enrolments
and completions, fifty a second, each of which touches one case; their latency is from the event's recording in `trials`
to the projection's recording in `som`.
"""

from __future__ import annotations

import shared.messaging.green  # noqa: F401  first: it patches the standard library

# isort: split
import tempfile
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from time import monotonic, sleep
from typing import Any

import eventlet

from benchmarks.fact_to_view import whole_log
from benchmarks.figures import Figure, bounded, report, told
from services.som.events import ProjectionRecalculated
from services.trials.events import ParticipantCompleted
from shared.kernel.municipalities import municipalities
from tests.story import ACCOUNT, KNOWLEDGE
from tests.worlds import World, embedded_world, eventually, new_id, server_world

INITIATIVES = 6
RATE = 50
MEANWHILE = 100
"""So many completions come while the cases are computed anew."""


def measure(quick: bool) -> list[Figure]:
    """The update's duration, and the 99th percentile of the facts meanwhile."""
    places = sorted(municipalities())[: 20 if quick else 98]
    return [*_in(embedded_world, places), *_in(server_world, places)]


def _in(make: Callable[[Path], AbstractContextManager[World]], places: list[str]) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name, make(Path(name)) as world:  # noqa: SIM117 - the services need the world
        with world.services(), world.client(timeout_seconds=60) as rpc:
            who = _prepare(rpc, places)
            begin, began = monotonic(), _head(world, "trials")
            published = rpc.som.publish_knowledge(command_id=new_id(), **_dearer())["position"]
            facts = eventlet.spawn(_complete, world, who)
            rpc.som.recalculation(wait_for={"som": published}, wait_seconds=10)
            eventually(lambda: bool(rpc.som.recalculation()["finished"]), 120)
            seconds = monotonic() - begin
            reached = facts.wait()
            rpc.som.cases(initiative="none", wait_for={"trials": reached}, wait_seconds=10)
            latencies = _latencies(world, began)
    assert len(latencies) == len(who), f"{len(latencies)} facts arrived"
    cases = len(places) * INITIATIVES
    return [
        bounded(f"knowledge base over {cases} cases, {world.name}", "s", seconds, 10),
        bounded(f"  facts meanwhile, 99th percentile, {world.name}", "ms", quantiles(latencies, n=100)[98], 250),
        told(f"  facts meanwhile, median, {world.name}", "ms", quantiles(latencies, n=100)[49]),
    ]


def _prepare(rpc: Any, places: list[str]) -> list[tuple[str, str]]:
    """A case at each site of each initiative, and citizens who are about to complete."""
    rpc.funding.register_appropriation(
        command_id=new_id(), account=ACCOUNT, budget_year=2018, amount_oere=10**14, act="FL", effective_on="2018-01-01"
    )
    rpc.som.publish_knowledge(command_id=new_id(), **_knowledge())
    asked = []
    for number in range(INITIATIVES):
        name = f"course{number}"
        draw = {"account": ACCOUNT, "budget_year": 2018}
        rpc.funding.open_pool(
            command_id=new_id(), pool_id=name, track="development", initiative=name, title=name,
            draws=[draw | {"amount_oere": 10**13}], effective_on="2018-01-01",
        )  # fmt: skip
        for place in places:
            asked.append(
                rpc.funding.award_grant.call_async(
                    command_id=new_id(), grant_id=f"{name}-{place}", pool_id=name, municipality=place,
                    draws=[draw | {"amount_oere": 10**8}], plan_months=12, period_from="2018-02-01",
                    period_to="2018-12-31", effective_on="2018-02-01",
                )
            )  # fmt: skip
            if len(asked) == 20:
                awarded = [one.result() for one in asked]
                asked = []
    awarded = [one.result() for one in asked] or awarded
    rpc.som.cases(initiative="none", wait_for={"funding": awarded[-1]["position"]}, wait_seconds=10)
    return _enrol(rpc, places)


def _enrol(rpc: Any, places: list[str]) -> list[tuple[str, str]]:
    rpc.trials.open_trial(
        command_id=new_id(), trial_id="t", initiative="course0", title="x", arms=["intervention", "comparison"],
        sites=places, eligibility={"age_min": 18, "age_max": 65}, effective_on="2018-01-01",
        success_measure={"instrument": "who-5", "wave": "9m", "direction": "higher", "threshold": "52"},
    )  # fmt: skip
    who = [(str(uuid.uuid4()), places[number % len(places)]) for number in range(MEANWHILE)]
    for citizen, place in who:
        enrolled = rpc.trials.enrol_citizen(
            command_id=new_id(), trial_id="t", citizen=citizen, arm="intervention", municipality=place,
            consent_given=True, age_years=30, effective_on="2018-03-01",
        )  # fmt: skip
    rpc.som.cases(initiative="none", wait_for={"trials": enrolled["position"]}, wait_seconds=10)
    return who


def _complete(world: World, who: list[tuple[str, str]]) -> int:
    with world.client(timeout_seconds=60) as rpc:
        begin = monotonic()
        asked = []
        for number, (citizen, _) in enumerate(who):
            sleep(max(0.0, begin + number / RATE - monotonic()))
            asked.append(
                rpc.trials.complete_participation.call_async(
                    command_id=new_id(), trial_id="t", citizen=citizen, effective_on="2018-12-01"
                )
            )
        return max(int(one.result()["position"]) for one in asked)


def _knowledge() -> dict[str, Any]:
    """Ten services, and a basis for each initiative."""
    price, row, basis = KNOWLEDGE["prices"][0], KNOWLEDGE["consequences"][0], KNOWLEDGE["bases"][0]
    change = {"change_per_success": ["-0.5"] * 10}
    return KNOWLEDGE | {
        "prices": [price | {"price_id": f"p{number}"} for number in range(10)],
        "consequences": [row | change | {"price_id": f"p{number}"} for number in range(10)],
        "bases": [basis | {"initiative": f"course{number}"} for number in range(INITIATIVES)],
    }


def _dearer() -> dict[str, Any]:
    prices = [price | {"amount_dkk": "600000"} for price in _knowledge()["prices"]]
    return _knowledge() | {"version_label": "2", "prices": prices}


def _head(world: World, service: str) -> int:
    running = world.open(service)
    with running.store.reading() as transaction:
        return transaction.head()


def _latencies(world: World, after: int) -> list[float]:
    """Milliseconds from each completion to the projection that first took it in."""
    projected = [
        (item.event.initiative, item.event.municipality, item.event.positions.get("trials", 0), item.recorded_at)
        for item in whole_log(world.open("som").store)
        if isinstance(item.event, ProjectionRecalculated)
    ]
    found = []
    for item in whole_log(world.open("trials").store):
        event = item.event
        if isinstance(event, ParticipantCompleted) and item.position > after:
            case = (event.initiative, event.municipality)
            taken = min(at for *key, position, at in projected if tuple(key) == case and position >= item.position)
            found.append((datetime.fromisoformat(taken) - datetime.fromisoformat(item.recorded_at)).total_seconds())
    return [seconds * 1000 for seconds in found]


if __name__ == "__main__":
    report(measure)
