"""A million events into the reporting views: at what rate, and in how much memory.

The log is of the mixture and sizes of a running programme: three quarters of the events from `trials`, one fifth
projections, the rest awards and payments. Writing it is not measured; it happens in a process of its own, so that the
replaying one has only its own memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import psutil

from benchmarks.figures import Figure, bounded, report, told
from services.funding.events import GrantAwarded, InstalmentPaid, upcasters_of
from services.reporting.service import DEFINITION
from services.som.events import (
    CaseInputs,
    Cohort,
    CostLine,
    PayerAmounts,
    Probabilities,
    ProjectionRecalculated,
    Spread,
    SuccessRate,
    YearResult,
)
from services.trials.events import AssessmentRecorded, CitizenEnrolled, ParticipantCompleted
from shared.eventstore.codec import Codec
from shared.eventstore.context import Context
from shared.eventstore.engine import open_engine
from shared.eventstore.store import EventStore, StreamAppend
from shared.kernel.messages import Event
from shared.kernel.municipalities import municipalities
from shared.messaging.host import open_service
from shared.messaging.listener import OwnLog
from tests import money

EVENTS, QUICK = 1_000_000, 50_000
SHARES = {"trials": 0.75, "som": 0.2, "funding": 0.05}
BATCH = 1000
DAY = date(2018, 3, 1)
KINDS = (
    GrantAwarded,
    InstalmentPaid,
    ProjectionRecalculated,
    AssessmentRecorded,
    CitizenEnrolled,
    ParticipantCompleted,
)
CODEC = Codec(KINDS, upcasters_of(KINDS))


def measure(quick: bool) -> list[Figure]:
    """The rate, and the resident memory after a tenth of the way and at its highest."""
    events = QUICK if quick else EVENTS
    with tempfile.TemporaryDirectory(prefix="virksom-bench-") as folder:
        _child("write", folder, events)
        found = json.loads(_child("replay", folder, events))
    return [
        told(f"replay {events:,} events into the views", "events/s", found["rate"]),
        told("  resident after a tenth of them", "MB", found["early_mb"]),
        bounded("  resident at its highest", "MB", found["peak_mb"], 300),
    ]


def _child(step: str, folder: str, events: int) -> str:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.replay", f"--{step}", folder, str(events)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _write(folder: Path, events: int) -> None:
    for source, share in SHARES.items():
        store = EventStore(open_engine(f"sqlite:///{folder}/{source}.db"), CODEC)
        store.create_tables()
        streams, written = _STREAMS[source](), 0
        while written < events * share:
            with store.transaction() as transaction:
                batch: list[StreamAppend] = []
                while (size := sum(len(one.events) for one in batch)) < BATCH and written + size < events * share:
                    batch += islice(streams, 100)
                command_id = str(uuid.uuid4())
                transaction.append(batch, Context(command_id, command_id, command_id, "bench"))
                written += size


def _participants() -> Iterator[StreamAppend]:
    """Citizens who enrol, are assessed twice, the second time for the success measure, and complete."""
    place = 0
    codes = sorted(municipalities())
    while True:
        place += 1
        who: dict[str, Any] = {
            "trial_id": f"trial-{place % 12}",
            "initiative": f"initiative-{place % 12}",
            "citizen": str(uuid.uuid4()),
            "arm": ("intervention", "comparison")[place % 2],
            "municipality": codes[place % len(codes)],
            "effective_on": DAY,
        }
        measured: dict[str, Any] = {"instrument": "who-5", "score": 60}
        story: list[Event] = [
            CitizenEnrolled(**who),
            AssessmentRecorded(**who, **measured, wave="baseline", success=None),
            AssessmentRecorded(**who, **measured, wave="9m", success=place % 3 == 0),
            ParticipantCompleted(**who),
        ]
        yield StreamAppend(story[0].stream_id, 0, story)


def _grants() -> Iterator[StreamAppend]:
    """Grants of three events: the award and two payments."""
    place = 0
    codes = sorted(municipalities())
    while True:
        place += 1
        grant = f"initiative-{place % 12}", codes[place % len(codes)], {2018: 10**7}, DAY
        story: list[Event] = [money.award(*grant), money.payment(*grant), money.payment(*grant)]
        named = {"grant_id": str(uuid.uuid4())}
        yield StreamAppend(f"grant-{named['grant_id']}", 0, [event.model_copy(update=named) for event in story])


def _cases() -> Iterator[StreamAppend]:
    """Projections of the cases in turn, each over ten years."""
    template, version = _projection(), 0
    codes = sorted(municipalities())
    while True:
        for place in range(12 * len(codes)):
            where = {"initiative": f"initiative-{place % 12}", "municipality": codes[place // 12]}
            event = template.model_copy(update=where)
            yield StreamAppend(event.stream_id, version, [event])
        version += 1


def _projection() -> ProjectionRecalculated:
    net = PayerAmounts(kommune=12_345_678, region=1_234_567, stat=-98_765_432)
    half = Decimal("0.5")
    rate = SuccessRate(
        origin="trial",
        name="trial-1",
        rate=Decimal("0.104321"),
        low=Decimal("0.01"),
        high=Decimal("0.2"),
        evidence_level=1,
    )
    inputs = CaseInputs(
        decision_date=DAY,
        target_group="group",
        success_measure="success",
        costs=tuple(
            CostLine(kind="operation", year=year, payer="kommune", amount_oere=10**9, source="grant-1")
            for year in (2018, 2019, 2020)
        ),
        cohorts=tuple(Cohort(year=year, completers=40) for year in (2018, 2019, 2020)),
        success_rate=rate,
    )
    return ProjectionRecalculated(
        initiative="",
        municipality="",
        inputs=inputs,
        pricebook="test",
        pricebook_version=1,
        engine_version="1",
        positions={"funding": 123, "trials": 4567, "som": 1},
        behind=(),
        years=tuple(
            YearResult(year=2018 + t, net=net, costs=net, gains=net, discount_factor=Decimal("0.961538"))
            for t in range(10)
        ),
        net_present_value=net,
        faded_net_present_value=None,
        discounted_cost=2_886_094_674,
        break_even_year=2024,
        break_even_rate=Decimal("0.08"),
        benefit_cost_ratio=Decimal("1.1"),
        probabilities=Probabilities(kommune=half, region=half, stat=half, total=half),
        spread=Spread(p5=-(10**9), p50=10**8, p95=10**9),
        status="illustrative",
        used=("consequence:shelter", "price:shelter", "index:nettoprisindeks 2018", "discount_rate:2013-05-31 0"),
        changed=(),
        effective_on=DAY,
    )


class _Feeds:
    """The sources' feeds, without a broker in between."""

    def __init__(self, logs: Mapping[str, OwnLog]) -> None:
        self._logs = logs

    def pull(self, source: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """The next events of the source's own log, and its head."""
        return self._logs[source].pull(source, after, limit)


_STREAMS: dict[str, Callable[[], Iterator[StreamAppend]]] = {
    "trials": _participants,
    "som": _cases,
    "funding": _grants,
}


def _replay(folder: Path, events: int) -> dict[str, float]:
    """Apply the three logs through the subscriptions of `reporting`, as a rebuild of its views does."""
    process, resident = psutil.Process(), [0]
    logs = {
        source: OwnLog(source, EventStore(open_engine(f"sqlite:///{folder}/{source}.db"), CODEC)) for source in SHARES
    }
    running = open_service(DEFINITION, f"sqlite:///{folder}/reporting.db", lambda: _Feeds(logs))
    for subscription in running.subscriptions:
        subscription.on_moved.append(lambda: resident.append(process.memory_info().rss))
    started = perf_counter()
    for subscription in running.subscriptions:
        subscription.pull()
    seconds = perf_counter() - started
    with running.store.reading() as transaction:
        applied = sum(running.positions(transaction.connection).values())
    assert applied >= events, f"{applied} of {events} events applied"
    return {
        "rate": applied / seconds,
        "early_mb": max(resident[: len(resident) // 10 + 1]) / 2**20,
        "peak_mb": max(resident) / 2**20,
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        _write(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--replay"]:
        json.dump(_replay(Path(sys.argv[2]), int(sys.argv[3])), sys.stdout)
    else:
        report(measure)
