"""Cases that wait to be computed anew: once each, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.som import views, waiting
from services.som.events import KnowledgePublished, ProjectionRecalculated
from services.som.reaction import FEW, react
from services.som.service import DEFINITION
from services.som.waiting import Waited, compute_batch, compute_here, next_cases, progress
from shared.eventstore.context import Context
from shared.eventstore.store import StreamAppend
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from shared.messaging.host import Running, open_service
from tests import money
from tests.story import KNOWLEDGE
from tests.unit.test_som_views import completion, outcomes, recorded

PLACES = ("0101", "0751")


class NoFeed:
    """The other services are not there: their events are given by hand."""

    def pull(self, _source: str, _after: int, _limit: int) -> tuple[list[dict[str, Any]], int]:
        """Nothing."""
        return [], 0


@pytest.fixture
def som(tmp_path: Path) -> Iterator[Running]:
    """The service's parts on a database of its own."""
    running = open_service(DEFINITION, f"sqlite:///{tmp_path}/som.db", NoFeed)
    yield running
    running.store.engine.dispose()


def told(som: Running, source: str, *events: Event, after: int = 0) -> None:
    """The service reads these events of another one."""
    with som.store.transaction() as transaction:
        react(transaction, source, recorded(events, after))


def publish(som: Running, kroner: str = "550000", label: str = "1") -> None:
    """A knowledge base is published, and noted."""
    price = KNOWLEDGE["prices"][0] | {"amount_dkk": kroner}
    knowledge = KNOWLEDGE | {"version_label": label, "prices": [price]}
    basis = KNOWLEDGE["bases"][0] | {"initiative": "cti"}
    event = KnowledgePublished.model_validate(
        knowledge | {"bases": [basis], "rules": [], "studies": [], "indexed_by": []}
    )
    with som.store.transaction() as transaction:
        version = len(transaction.read_stream(event.stream_id))
        transaction.append([StreamAppend(event.stream_id, version, [event])], Context(label, label, label, "test"))
        react(transaction, "som", transaction.read_stream(event.stream_id, after_version=version))


def awards(*places: str) -> list[Event]:
    """An award for each of these."""
    return [money.award("cti", place, {2018: 1000_00}, date(2018, 1, 1)) for place in places]


def waits(som: Running) -> list[views.CaseKey]:
    """Who waits."""
    with som.store.reading() as transaction:
        return next_cases(transaction.connection, 1000)


def here(som: Running) -> Any:
    """How a child process computes a batch, done in this one."""

    def compute(cases: Sequence[views.CaseKey]) -> list[Waited]:
        with som.store.reading() as transaction:
            return compute_here(transaction.connection, cases)

    return compute


def projections(som: Running) -> list[tuple[str, int]]:
    """Whose projections are in the log, with the version of the knowledge base."""
    with som.store.reading() as transaction:
        events = [item.event for item in transaction.read_log(0)]
    return [
        (event.municipality, event.pricebook_version) for event in events if isinstance(event, ProjectionRecalculated)
    ]


def test_a_knowledge_base_lets_every_case_wait_and_each_is_computed_once(som: Running) -> None:
    told(som, "funding", *awards(*PLACES))
    publish(som)
    assert (waits(som), projections(som)) == ([("cti", place) for place in PLACES], [])
    compute_batch(som.store, waits(som), here(som))
    assert (waits(som), projections(som)) == ([], [(place, 1) for place in PLACES])
    with som.store.reading() as transaction:
        found = progress(transaction.connection)
    assert (found["total"], found["done"], found["waiting"]) == (2, 2, 0)
    assert found["finished"] is not None


def test_a_process_that_ends_after_computing_has_neither_appended_nor_forgotten(som: Running) -> None:
    told(som, "funding", *awards(*PLACES))
    publish(som)

    def killed(cases: Sequence[views.CaseKey]) -> list[Waited]:
        here(som)(cases)
        raise SystemExit

    with pytest.raises(SystemExit):
        compute_batch(som.store, waits(som), killed)
    assert (len(waits(som)), projections(som)) == (2, [])
    compute_batch(som.store, waits(som), here(som))
    assert projections(som) == [(place, 1) for place in PLACES]


def test_a_fact_that_comes_meanwhile_is_computed_with_the_newest_knowledge_base_and_nothing_is_lost(
    som: Running,
) -> None:
    told(som, "funding", *awards(*PLACES))
    publish(som)

    def overtaken(cases: Sequence[views.CaseKey]) -> list[Waited]:
        computed: list[Waited] = here(som)(cases)
        told(som, "trials", completion("0101", 2018))
        return computed

    compute_batch(som.store, waits(som), overtaken)
    assert projections(som) == [("0101", 1), ("0751", 1)]
    assert waits(som) == [("cti", "0101")]
    compute_batch(som.store, waits(som), here(som))
    assert (waits(som), len(projections(som))) == ([], 2)


def test_a_knowledge_base_that_comes_while_an_older_one_is_computed_with_is_not_missed(som: Running) -> None:
    told(som, "funding", *awards(*PLACES))
    told(som, "trials", *(completion(place, 2018) for place in PLACES))
    publish(som)

    def overtaken(cases: Sequence[views.CaseKey]) -> list[Waited]:
        computed: list[Waited] = here(som)(cases)
        publish(som, "600000", "2")
        return computed

    compute_batch(som.store, waits(som), overtaken)
    assert len(waits(som)) == 2
    compute_batch(som.store, waits(som), here(som))
    assert waits(som) == []
    assert projections(som) == [("0101", 1), ("0751", 1), ("0101", 2), ("0751", 2)]


def test_a_case_that_no_child_can_compute_holds_up_no_other(som: Running) -> None:
    told(som, "funding", *awards(*PLACES))
    publish(som)

    def poisoned(cases: Sequence[views.CaseKey]) -> list[Waited]:
        if ("cti", "0101") in cases:
            raise Rejected("COMPUTATION_FAILED", "The child ended.")
        found: list[Waited] = here(som)(cases)
        return found

    compute_batch(som.store, waits(som), poisoned)
    assert (waits(som), projections(som)) == ([], [("0751", 1)])


def test_an_outcome_of_many_cases_lets_them_wait_and_one_of_few_does_not(som: Running) -> None:
    places = [f"{number:04}" for number in range(1, FEW + 2)]
    publish(som)
    told(som, "funding", *awards(*places[:2]))
    assert (waits(som), len(projections(som))) == ([], 2)
    told(som, "funding", *awards(*places[2:]), after=2)
    told(som, "trials", *outcomes("group", 10, 20), *outcomes("comparison", 5, 20))
    assert len(waits(som)) == FEW + 1
    compute_batch(som.store, waits(som), here(som))
    assert waits(som) == []
    assert len(set(projections(som))) == FEW + 1
    assert waiting.BATCH < FEW + 1
