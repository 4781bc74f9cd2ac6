"""The service's side of its child processes: what they are asked, and the work that they do by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from services.som import views, waiting
from services.som.codec import CODEC
from services.som.recalculation import Cause, Computed
from shared.eventstore.store import EventStore
from shared.messaging.host import Running
from shared.messaging.workers import Workers

COUNT = 2
BATCH_SECONDS, QUERY_SECONDS = 60.0, 20.0
"""So long a batch of cases, or the answer to a query, may take."""

WORKERS = Workers("services.som.computing", COUNT)


def ask(store: EventStore, method: str, fields: dict[str, Any]) -> Any:
    """The answer to a query, computed in a child process.

    Raises Rejected as the query does, and COMPUTATION_TIMED_OUT or COMPUTATION_FAILED.
    """
    return WORKERS.call({"method": method, "database": _uri(store), "fields": fields}, QUERY_SECONDS)


def recalculate_waiting(running: Running) -> bool:
    """Compute the next cases that wait for a new knowledge base; False when there are none."""
    with running.store.reading() as transaction:
        cases = waiting.next_cases(transaction.connection, COUNT * waiting.BATCH)
    running.metrics.waiting.set(len(cases))
    if not cases:
        return False
    half = -(-len(cases) // COUNT)
    batches = [cases[start : start + half] for start in range(0, len(cases), half)]

    def settle(batch: Sequence[views.CaseKey]) -> None:
        waiting.compute_batch(running.store, batch, lambda some: _computed(running.store, some))

    with ThreadPoolExecutor(COUNT) as pool:
        # Green threads in a service; what one of them raises is raised here.
        list(pool.map(settle, batches))
    return True


def _computed(store: EventStore, cases: Sequence[views.CaseKey]) -> list[waiting.Waited]:
    job = {"method": "cases", "database": _uri(store), "cases": [list(case) for case in cases]}
    return [_waited(one) for one in WORKERS.call(job, BATCH_SECONDS)]


def _waited(told: dict[str, Any]) -> waiting.Waited:
    (initiative, municipality), stream_id, version, publication, events = told["computed"]
    decoded = [CODEC.decode(*event) for event in events]
    computed = Computed((initiative, municipality), stream_id, version, publication, decoded)
    event_id, correlation_id, day = told["cause"]
    return waiting.Waited(computed, told["mark"], Cause(event_id, correlation_id, date.fromisoformat(day)))


def _uri(store: EventStore) -> str:
    return store.engine.url.render_as_string(hide_password=False)
