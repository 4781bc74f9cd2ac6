"""Rebuild: views dropped and replayed come back identical, while commands go on and readers see no hole."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from services.reporting import rebuild
from services.reporting.service import DEFINITION
from services.reporting.views import tables
from shared.eventstore import positions
from shared.kernel.rejection import Rejected
from shared.messaging.cloudevents import Incoming
from shared.messaging.host import open_service
from shared.messaging.rpc import FeedClient
from tests.story import agree, award, enrol_and_complete, open_programme, pay
from tests.worlds import World, eventually, new_id

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"
SOURCES = ("funding", "trials", "som")
PAUSE_SECONDS = 0.02
"""Between two rounds of the load: so little that facts arrive faster than a rebuild's round of pulls takes."""


class Write:
    """Keeps the services busy: awards, payments and citizens, one after the other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.done = 0

    def __call__(self, stopping: threading.Event) -> None:
        with self._world.client() as rpc:
            while not stopping.is_set():
                grant, municipality = f"w{self.done}", ["0101", "0751", "0851"][self.done % 3]
                award(rpc, grant, municipality, 1_000_00)
                agree(rpc, grant)
                pay(rpc, grant, "p1", 400_00)
                enrol_and_complete(rpc, municipality, "course", success=self.done % 2 == 0)
                self.done += 1
                stopping.wait(PAUSE_SECONDS)


class Read:
    """Polls the programme and keeps what it saw."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.seen: list[dict[str, Any]] = []

    def __call__(self, stopping: threading.Event) -> None:
        with self._world.client() as rpc:
            while not stopping.is_set():
                self.seen.append(rpc.reporting.programme())
                stopping.wait(0.02)


@contextmanager
def _meanwhile(*works: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do the works beside the block; what they raise is raised at its end."""
    stopping, failures = threading.Event(), []

    def guarded(work: Callable[[threading.Event], None]) -> None:
        try:
            work(stopping)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(30)
    assert not failures


def _rebuilt(rpc: Any) -> list[dict[str, Any]]:
    return [one for one in rpc.reporting.feed(after=0)["events"] if one["type"] == "reporting.views_rebuilt"]


def test_views_rebuilt_under_load_come_back_identical_and_readers_see_no_hole(world: World, tmp_path: Path) -> None:
    with world.services(), world.client() as rpc:
        open_programme(rpc)
        write, read = Write(world), Read(world)
        with _meanwhile(write, read):
            eventually(lambda: write.done >= 5 and len(read.seen) >= 5, 30)
            for number in (1, 2):
                rpc.reporting.rebuild_views(command_id=new_id())
                eventually(lambda number=number: len(_rebuilt(rpc)) == number, 60)  # type: ignore[misc]
            after = write.done
            eventually(lambda: write.done >= after + 3, 30)
        assert [event["data"]["generation"] for event in _rebuilt(rpc)] == [2, 3]
        assert read.seen[-1]["generation"] == 3
        _no_hole(read.seen)
        _settled(rpc)
        assert _live(world) == _replayed(world, tmp_path)


def _no_hole(seen: list[dict[str, Any]]) -> None:
    """No reader saw fewer facts than one before it: positions and figures only grow, generations too."""
    assert len({one["generation"] for one in seen}) > 1, "nobody was reading while it switched"
    for earlier, later in pairwise(seen):
        assert later["generation"] >= earlier["generation"]
        assert all(later["positions"].get(source, 0) >= at for source, at in earlier["positions"].items())
        for figure in ("appropriated_oere", "awarded_oere", "paid_oere", "enrolled", "completed"):
            assert later["total"][figure] >= earlier["total"][figure], figure
        assert len(later["municipalities"]) >= len(earlier["municipalities"])


def _settled(rpc: Any) -> None:
    """Wait until the projections follow from everything written, and the views from the projections."""

    def heads() -> dict[str, int]:
        return {source: rpc[source].feed(after=0, limit=1)["head"] for source in SOURCES}

    def still() -> bool:
        before = heads()
        facts = {source: before[source] for source in ("funding", "trials")}
        rpc.som.cases(wait_for=facts, wait_seconds=10)
        if heads() != before:
            return False
        rpc.reporting.programme(wait_for=before, wait_seconds=10)
        return heads() == before

    eventually(still, 30)


def _live(world: World) -> Any:
    store = world.open("reporting").store
    with store.reading() as transaction:
        found = tables.dump(transaction.connection, tables.live_generation(transaction.connection))
    store.engine.dispose()
    return found


def _replayed(world: World, folder: Path) -> Any:
    """The views that an empty database gets from the feeds alone, in batches of its own."""
    feed = FeedClient(world.settings.amqp_uri)
    running = open_service(DEFINITION, f"sqlite:///{folder}/replayed.db", lambda: feed)
    for subscription in running.subscriptions:
        subscription.pull()
    feed.close()
    with running.store.reading() as transaction:
        return tables.dump(transaction.connection, tables.live_generation(transaction.connection))


def test_the_switch_waits_until_the_new_views_have_come_as_far_as_the_live_ones(world: World) -> None:
    store = world.open("reporting").store

    def move(name: str, before: int, after: int) -> None:
        with store.transaction() as transaction:
            positions.move(transaction.connection, name, "funding", before, after)

    def live() -> int:
        with store.reading() as transaction:
            return tables.live_generation(transaction.connection)

    move("reporting.1", 0, 5)
    for before, after, switched, generation in ((0, 4, False, 1), (4, 5, True, 2)):
        move("reporting.2", before, after)
        assert (rebuild._switch(store, 2), live()) == (switched, generation)
    store.engine.dispose()


def test_views_switched_in_the_middle_of_a_batch_undo_it(world: World) -> None:
    """The position would be moved under the old generation's name and the figures added to the new one, twice."""
    running = world.open("reporting")
    store, subscription = running.store, running.subscriptions[0]
    body = json.loads((GOLDEN / "funding.appropriation_registered.v1.json").read_text())
    body |= {"specversion": "1.0", "type": "funding.appropriation_registered", "time": "2018-01-01T00:00:00+00:00"}
    incoming = Incoming(body | {"sequence": f"{1:020d}", "dataschema": "urn:virksom:x:1"})
    names = iter(["reporting.1", "reporting.2"])
    subscription._name = lambda _connection: next(names)
    with pytest.raises(positions.LostRace):
        subscription.apply(0, [incoming])
    subscription._name = lambda _connection: "reporting.1"
    assert (subscription.position(), any(_live(world).values())) == (0, False)
    subscription.apply(0, [incoming])
    assert (subscription.position(), any(_live(world).values())) == (1, True)
    store.engine.dispose()


def test_a_rebuild_with_a_source_away_leaves_the_live_views_as_they_were(world: World) -> None:
    with world.services("reporting"), world.client() as rpc:
        with world.services("funding"):
            open_programme(rpc, knowledge=False, trial=False)
            before = rpc.reporting.programme(wait_for={"funding": 3})
        rpc.reporting.rebuild_views(command_id=new_id())
        after = rpc.reporting.programme()
        assert (after["generation"], after["total"]) == (before["generation"], before["total"])
        assert _rebuilt(rpc) == []


def test_a_report_states_its_positions_and_is_issued_once(world: World) -> None:
    with world.services(), world.client() as rpc:
        open_programme(rpc)
        position = award(rpc, "g1", "0101", 1_00)["position"]
        rpc.reporting.programme(wait_for={"funding": position})
        report = {"report_id": "r1", "title": "Årsrapport", "effective_on": "2018-12-31"}
        command_id = new_id()
        first = rpc.reporting.publish_report(command_id=command_id, **report)
        later = award(rpc, "g2", "0101", 2_00)["position"]
        rpc.reporting.programme(wait_for={"funding": later})

        assert rpc.reporting.publish_report(command_id=command_id, **report) == first
        for changed, code in (
            ({"title": "En anden"}, "COMMAND_ID_REUSED"),
            ({"command_id": new_id()}, "ALREADY_EXISTS"),
        ):
            with pytest.raises(Rejected) as refused:
                rpc.reporting.publish_report(**({"command_id": command_id} | report | changed))
            assert refused.value.code == code
        [event] = rpc.reporting.feed(after=0)["events"]
        assert event["data"]["positions"]["funding"] == position
        assert event["data"]["figures"]["total"]["awarded_oere"] == 1_00, "the figures of the moment it was issued"
        assert event["data"]["figures"]["positions"] == event["data"]["positions"]
