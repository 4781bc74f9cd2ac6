"""Read your writes: an answer's position, given to a query, waits for the view to have reached it; never for ever."""

from __future__ import annotations

import time
from typing import Any

import pytest

from shared.kernel.rejection import Rejected
from tests.story import award, open_programme
from tests.worlds import World


def test_who_gives_the_position_written_reads_it_every_time(world: World) -> None:
    with world.services("funding", "reporting"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        for number in range(1, 21):
            position = award(rpc, f"g{number}", "0101", 1_00)["position"]
            own = rpc.funding.position(wait_for={"funding": position})["account_years"][0]
            assert own["committed_oere"] == number * 1_00
            programme = rpc.reporting.programme(wait_for={"funding": position})
            assert programme["total"]["awarded_oere"] == number * 1_00
            assert programme["positions"]["funding"] >= position


def test_a_position_not_reached_in_time_is_refused_telling_how_far_the_view_is(world: World) -> None:
    with world.services("funding"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        rpc.funding.position(wait_for={"funding": 3})
        started = time.monotonic()
        with pytest.raises(Rejected) as refused:
            rpc.funding.position(wait_for={"funding": 99}, wait_seconds=0.3)
        assert (refused.value.code, refused.value.figures) == ("NOT_REACHED", {"reached": {"funding": 3}})
        assert 0.3 <= time.monotonic() - started < 3


def test_waiting_queries_do_not_keep_a_command_from_being_answered(world: World) -> None:
    with world.services("funding"), world.client() as rpc, world.client() as other:
        open_programme(rpc, knowledge=False, trial=False)
        waiting = [rpc.funding.position.call_async(wait_for={"funding": 5}, wait_seconds=8) for _ in range(5)]
        position = award(other, "g1", "0101", 1_00)["position"]
        assert position == 5
        for one in waiting:
            assert one.result()["account_years"][0]["committed_oere"] == 1_00


BAD_WAITS: list[tuple[dict[str, Any], str]] = [
    ({"wait_for": {"nobody": 1}}, "wait_for.nobody"),
    ({"wait_for": {"trials": 1}}, "wait_for.trials"),
    ({"wait_for": {"funding": -1}}, "wait_for.funding"),
    ({"wait_for": {"funding": 10**30}}, "wait_for.funding"),
    ({"wait_for": {"funding": "1"}}, "wait_for.funding"),
    ({"wait_for": {"NOT A NAME": 1}}, "wait_for.NOT A NAME.[key]"),
    ({"wait_for": [1]}, "wait_for"),
    ({"wait_for": None}, "wait_for"),
    ({"wait_seconds": -1}, "wait_seconds"),
    ({"wait_seconds": 10.5}, "wait_seconds"),
    ({"wait_seconds": "2"}, "wait_seconds"),
    ({"wait_secs": 2}, "wait_secs"),
]


def test_a_bad_wait_is_refused_at_once_naming_the_field(world: World) -> None:
    with world.services("funding"), world.client() as rpc:
        for fields, named in BAD_WAITS:
            started = time.monotonic()
            with pytest.raises(Rejected) as refused:
                rpc.funding.position(**fields)
            assert refused.value.code == "INPUT_INVALID", fields
            assert all(one["field"].startswith(named) for one in refused.value.fields), fields
            assert time.monotonic() - started < 2
