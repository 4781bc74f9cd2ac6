"""A payment batch of 10,000 lines in one command: prepared, approved, answered, over RPC on PostgreSQL and RabbitMQ.

Twice: ten lines to each of 1,000 grants, and one to each of 10,000. The grants' histories are made by the fund's own
decisions in memory and stored in bulk.
"""

from __future__ import annotations

import shared.messaging.green  # noqa: F401  first: it patches the standard library

# isort: split
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.figures import Figure, bounded, report, told
from services.funding.commands import AcceptGrant, AwardGrant, IssueGrantLetter, OpenPool, RegisterAppropriation
from services.funding.deciders import DECIDERS
from shared.eventstore.context import Context
from shared.eventstore.store import EventStore, StreamAppend
from shared.kernel.messages import Event
from shared.kernel.rehearsal import Rehearsal
from tests.story import ACCOUNT
from tests.worlds import eventually, server_world

LINES, QUICK_LINES = 10_000, 1_000
PER_POOL = 500
BY = "2018-02-01"


def measure(quick: bool) -> list[Figure]:
    """Seconds for each of the three commands, with many lines to a grant and with one."""
    lines = QUICK_LINES if quick else LINES
    return [*_in_world(lines // 10, 10), *_in_world(lines, 1)]


def _in_world(grants: int, per_grant: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name, server_world(Path(name)) as world:
        _store(world.open("funding").store, _histories(grants))
        with world.services("funding"), world.client(timeout_seconds=120) as rpc:
            eventually(lambda: _caught_up(rpc), 300)
            found = _batch(rpc, [f"grant-{number}" for number in range(grants)], per_grant)
    what = f"payment batch, {grants * per_grant:,} lines to {grants:,} grants"
    return [
        bounded(f"{what}: prepared", "s", found[0], 5),
        told("  approved, each payment ordered", "s", found[1]),
        told("  the bank's answers recorded", "s", found[2]),
    ]


def _histories(grants: int) -> list[Event]:
    """Accepted grants of 12,000 kroner for a year, in pools of PER_POOL."""
    fund = Rehearsal(DECIDERS)
    amount, pools = 1_200_000, -(-grants // PER_POOL)
    common = {"effective_on": "2018-01-01"}
    voted = {"account": ACCOUNT, "budget_year": 2018, "amount_oere": pools * PER_POOL * amount, "act": "FL 2018"}
    fund.do(RegisterAppropriation, **voted, **common)
    for pool in range(pools):
        draws = [{"account": ACCOUNT, "budget_year": 2018, "amount_oere": PER_POOL * amount}]
        opened = {"pool_id": f"pool-{pool}", "track": "development", "initiative": "course", "title": "Forløb"}
        fund.do(OpenPool, **opened, draws=draws, **common)
    for number in range(grants):
        grant = {"grant_id": f"grant-{number}"}
        period = {"period_from": BY, "period_to": "2018-12-31", "plan_months": 12}
        draws = [{"account": ACCOUNT, "budget_year": 2018, "amount_oere": amount}]
        place = {"pool_id": f"pool-{number // PER_POOL}", "municipality": "0751"}
        fund.do(AwardGrant, **grant, **place, **period, draws=draws, **common)
        final = {
            "report_id": "final",
            "kind": "accounts",
            "project_years": [2018],
            "due_on": "2019-03-01",
            "final": True,
        }
        fund.do(IssueGrantLetter, **grant, letter="brev", accept_by=BY, reports=[final], **common)
        fund.do(AcceptGrant, **grant, **common)
    return fund.history


def _store(store: EventStore, history: Sequence[Event]) -> None:
    """Append the history, each stream whole, a thousand streams at a time."""
    streams: dict[str, list[Event]] = {}
    for event in history:
        streams.setdefault(event.stream_id, []).append(event)
    appends = [StreamAppend(stream_id, 0, events) for stream_id, events in streams.items()]
    for start in range(0, len(appends), 1000):
        with store.transaction() as transaction:
            name = str(uuid.uuid4())
            transaction.append(appends[start : start + 1000], Context(name, name, name, "benchmark", None))


def _caught_up(rpc: Any) -> bool:
    head = rpc.funding.feed(after=0, limit=1)["head"]
    return bool(rpc.funding.trial_balance(wait_for={}, wait_seconds=0)["position"] >= head)


def _batch(rpc: Any, grants: Sequence[str], per_grant: int) -> list[float]:
    lines: list[dict[str, Any]] = [
        {"payment_id": f"payment-{number}", "grant_id": grant, "amount_oere": 1_200_000 // per_grant}
        for number in range(per_grant)
        for grant in grants
    ]
    answers = [{"payment_id": line["payment_id"], "grant_id": line["grant_id"], "outcome": "paid"} for line in lines]
    total = sum(line["amount_oere"] for line in lines)
    batch = {"batch_id": "batch", "effective_on": BY}
    calls = (
        (rpc.funding.prepare_payment_batch, {**batch, "lines": lines, "on_behalf_of": "Anna"}),
        (rpc.funding.approve_payment_batch, {**batch, "total_oere": total, "on_behalf_of": "Bo"}),
        (rpc.funding.record_bank_answers, {**batch, "answers": answers}),
    )
    found = []
    for method, fields in calls:
        started = perf_counter()
        method(command_id=str(uuid.uuid4()), **fields)
        found.append(perf_counter() - started)
    return found


if __name__ == "__main__":
    report(measure)
