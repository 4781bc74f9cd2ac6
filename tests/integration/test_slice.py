"""The main job: a fact in one service moves the projection and the report in others."""

from __future__ import annotations

from typing import Any

import pytest

from shared.kernel.rejection import Rejected
from tests.story import agree, award, enrol_and_complete, letter_of, open_programme
from tests.worlds import World, new_id


def test_an_award_an_enrolment_and_an_outcome_move_the_projection_and_the_report(world: World) -> None:
    with world.services(), world.client() as rpc:
        open_programme(rpc)
        awarded = award(rpc, "g1", "0101", 1_000_000_00)
        completed = enrol_and_complete(rpc, "0101", "course", success=True)

        case = _projection(rpc, funding=awarded["position"], trials=completed)
        [cohort] = case["inputs"]["cohorts"]
        assert (cohort["year"], cohort["starters"], cohort["completers"]) == (2018, 1, 1)
        assert _costs(case) == {2018: 1_000_000_00}
        report = rpc.reporting.programme(
            wait_for={
                "funding": awarded["position"],
                "trials": completed,
                "som": rpc.som.feed(after=0)["head"],
            }
        )
        [row] = report["initiatives"]
        assert (row["awarded_oere"], row["enrolled"], row["completed"]) == (1_000_000_00, 1, 1)
        assert row["net"]["stat_oere"] == case["net_present_value"]["stat"]
        assert rpc.funding.trial_balance(wait_for={"funding": awarded["position"]})["sum_oere"] == 0


def test_a_grant_that_lapses_is_no_cost_in_the_projection_and_no_award_in_the_report(world: World) -> None:
    with world.services(), world.client() as rpc:
        open_programme(rpc)
        awarded = [award(rpc, grant_id, "0101", 1_000_00)["position"] for grant_id in ("kept", "lapses")]
        assert _costs(_projection(rpc, funding=awarded[-1])) == {2018: 2_000_00}
        agree(rpc, "kept")
        rpc.funding.issue_grant_letter(command_id=new_id(), **letter_of("lapses"))
        position = rpc.funding.advance(command_id=new_id(), day="2018-03-01")["position"]

        case = _projection(rpc, funding=position)
        assert _costs(case) == {2018: 1_000_00}
        report = rpc.reporting.programme(wait_for={"funding": position})
        assert report["total"]["awarded_oere"] == 1_000_00
        assert "funding.grant_lapsed" in [event["parts"]["kind"] for event in report["latest"]]

        started = rpc.funding.advance(command_id=new_id(), day="2018-09-01")["position"]
        case = _projection(rpc, funding=started)
        assert (case["inputs"]["costs"], case["net_present_value"]["stat"]) == ([], 0)
        assert rpc.reporting.programme(wait_for={"funding": started})["total"]["awarded_oere"] == 0


def test_a_command_sent_twice_has_one_effect_and_the_same_answer(world: World) -> None:
    with world.services("funding"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        command_id = new_id()
        first = award(rpc, "g1", "0101", 100, command_id=command_id)
        assert award(rpc, "g1", "0101", 100, command_id=command_id) == first
        with pytest.raises(Rejected) as refused:
            award(rpc, "g1", "0101", 101, command_id=command_id)
        assert refused.value.code == "COMMAND_ID_REUSED"
        assert rpc.funding.feed(after=0)["head"] == first["position"]


def _projection(rpc: Any, **wait_for: int) -> Any:
    return rpc.som.case_projection(initiative="course", municipality="0101", wait_for=wait_for)["projection"]


def _costs(case: Any) -> dict[int, int]:
    """What a case costs, by year."""
    sums: dict[int, int] = {}
    for line in case["inputs"]["costs"]:
        sums[line["year"]] = sums.get(line["year"], 0) + line["amount_oere"]
    return sums
