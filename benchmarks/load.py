"""The callers of `fact_to_view`: citizens enrolled beforehand, then one outcome recorded every fiftieth of a second.

For real servers it runs as a process of its own, `python -m benchmarks.load AMQP_URI STEP CITIZENS_FILE`, so that it
takes no time from the services' green threads; the embedded broker is within one process, so there it shares theirs.
"""

from __future__ import annotations

import shared.messaging.green  # noqa: F401  first: it patches the standard library

# isort: split
import json
import sys
import uuid
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from nameko.standalone.rpc import ClusterRpcProxy

from shared.messaging.rpc import nameko_config

FACTS_PER_SECOND = 50
SEEDS = 60
"""Outcomes recorded before the measurement, half of them successes: with fewer than 20 in each arm the projection rests
on the literature's evidence and an outcome changes nothing."""
SITES = ("0101", "0751", "0851")
ARMS = ("intervention", "comparison")


def citizens(count: int) -> list[str]:
    """Pseudonyms; the first SEEDS of them are the seeds."""
    return [str(uuid.uuid4()) for _ in range(SEEDS + count)]


def enrol(rpc: Any, who: list[str]) -> None:
    """Enrol everybody, in both arms and at every site in turn, and record the seeds' outcomes."""
    asked = []
    for place, citizen in enumerate(who):
        asked.append(
            rpc.trials.enrol_citizen.call_async(
                command_id=str(uuid.uuid4()), trial_id="course", citizen=citizen, arm=ARMS[place % 2],
                municipality=SITES[place % len(SITES)], consent_given=True, age_years=30, effective_on="2018-03-01",
            )
        )  # fmt: skip
        if len(asked) == 20:
            _answered(asked)
    _answered(asked)
    _answered([_record(rpc, citizen, place // 2 % 2 == 0) for place, citizen in enumerate(who[:SEEDS])])


def outcomes(rpc: Any, who: list[str]) -> None:
    """Record a success for everybody but the seeds, at a steady rate whether or not answers have come."""
    asked, begin = [], monotonic()
    for place, citizen in enumerate(who[SEEDS:]):
        sleep(max(0.0, begin + place / FACTS_PER_SECOND - monotonic()))
        asked.append(_record(rpc, citizen, True))
    _answered(asked)


STEPS = {"enrol": enrol, "outcomes": outcomes}


def _record(rpc: Any, citizen: str, success: bool) -> Any:
    return rpc.trials.record_assessment.call_async(
        command_id=str(uuid.uuid4()), trial_id="course", citizen=citizen, instrument="who-5", wave="9m",
        score="60" if success else "40", effective_on="2018-12-01",
    )  # fmt: skip


def _answered(asked: list[Any]) -> None:
    while asked:
        asked.pop(0).result()


if __name__ == "__main__":
    with ClusterRpcProxy(nameko_config(sys.argv[1]), timeout=30) as proxy:
        STEPS[sys.argv[2]](proxy, json.loads(Path(sys.argv[3]).read_text()))
