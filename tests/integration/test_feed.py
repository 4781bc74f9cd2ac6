"""The feed: the pull side of every service's log, for our own consumers and for outside ones."""

from __future__ import annotations

from typing import Any

import pytest

from shared.kernel.rejection import Rejected
from tests.contract import cloudevent
from tests.story import award, enrol_and_complete, open_programme
from tests.worlds import World, new_id


def test_paging_to_the_head_gives_every_event_once_in_order(world: World) -> None:
    with world.services("funding"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        for number in range(6):
            award(rpc, f"g{number}", "0101", 1_00)
        seen: list[int] = []
        page = rpc.funding.feed(after=0, limit=4)
        while page["events"]:
            assert page["head"] == 15
            assert len(page["events"]) <= 4
            seen += [int(event["sequence"]) for event in page["events"]]
            page = rpc.funding.feed(after=seen[-1], limit=4)
        assert seen == list(range(1, 16))
        assert page == {"events": [], "head": 15}


def test_every_service_publishes_well_formed_cloudevents(world: World) -> None:
    with world.services(), world.client() as rpc:
        open_programme(rpc)
        position = award(rpc, "g1", "0101", 1_00)["position"]
        completed = enrol_and_complete(rpc, "0101", "course", success=True)
        rpc.som.cases(wait_for={"funding": position, "trials": completed})
        rpc.reporting.publish_report(command_id=new_id(), report_id="r1", title="Rapport", effective_on="2018-12-31")
        for service in ("funding", "trials", "som", "reporting"):
            events = rpc[service].feed(after=0)["events"]
            assert events, service
            for event in events:
                cloudevent.check(event, service)
            assert len({event["id"] for event in events}) == len(events)


def test_a_cursor_beyond_the_head_is_refused_telling_the_head(world: World) -> None:
    with world.services("funding"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        with pytest.raises(Rejected) as refused:
            rpc.funding.feed(after=4)
        assert (refused.value.code, refused.value.figures) == ("CURSOR_BEYOND_HEAD", {"head": 3})
        assert refused.value.fields[0]["field"] == "after"
        assert rpc.funding.feed(after=3) == {"events": [], "head": 3}


BAD_CURSORS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"after"}),
    ({"after": -1}, {"after"}),
    ({"after": 2**53 + 1}, {"after"}),
    ({"after": 10**30}, {"after"}),
    ({"after": "0"}, {"after"}),
    ({"after": ""}, {"after"}),
    ({"after": None}, {"after"}),
    ({"after": True}, {"after"}),
    ({"after": 1.5}, {"after"}),
    ({"after": [0]}, {"after"}),
    ({"after": {}}, {"after"}),
    ({"after": 0, "limit": 0}, {"limit"}),
    ({"after": 0, "limit": -1}, {"limit"}),
    ({"after": 0, "limit": 501}, {"limit"}),
    ({"after": 0, "limit": 10**30}, {"limit"}),
    ({"after": 0, "limit": "5"}, {"limit"}),
    ({"after": 0, "limit": None}, {"limit"}),
    ({"after": 0, "before": 1}, {"before"}),
    ({"after": -1, "limit": 0, "x": 1}, {"after", "limit", "x"}),
    ({"after": 0, "wait_for": {"funding": -1}}, {"wait_for.funding"}),
    ({"after": 0, "wait_seconds": 11}, {"wait_seconds"}),
]


def test_a_bad_cursor_is_refused_naming_each_field(world: World) -> None:
    with world.services("funding"), world.client() as rpc:
        for cursor, fields in BAD_CURSORS:
            with pytest.raises(Rejected) as refused:
                rpc.funding.feed(**cursor)
            assert refused.value.code == "INPUT_INVALID", cursor
            assert {one["field"] for one in refused.value.fields} == fields, cursor
        assert rpc.funding.feed(after=0) == {"events": [], "head": 0}
