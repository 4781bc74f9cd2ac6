"""SØM as a service: a knowledge base that changes, adjusted cases, scenarios, and everything that can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from services.som import office
from services.som.case import case_key, projected
from services.som.checklist import QUESTION_IDS
from services.som.events import ProjectionRecalculated
from services.som.views import book
from shared.kernel.rejection import Rejected
from shared.office.calling import Office
from tests.story import KNOWLEDGE, award, enrol_and_complete, open_programme
from tests.worlds import World, eventually, new_id

CASE = {"initiative": "course", "municipality": "0101"}
DEARER = KNOWLEDGE | {
    "version_label": "2",
    "prices": [cast(dict[str, Any], KNOWLEDGE["prices"][0]) | {"amount_dkk": "600000"}],
}


@pytest.fixture
def rpc(world: World) -> Iterator[Any]:
    """A client of services in which two municipalities have a case with a completer each."""
    with world.services(), world.client(timeout_seconds=30) as client:
        open_programme(client)
        for place in ("0101", "0751"):
            award(client, f"g{place}", place, 1_000_000_00)
            completed = enrol_and_complete(client, place, "course", success=True)
        client.som.case_projection(**CASE, wait_for={"trials": completed}, wait_seconds=10)
        yield client


def publish(rpc: Any, knowledge: dict[str, Any]) -> dict[str, Any]:
    """Publish a knowledge base and wait until every case was computed with it."""
    position = rpc.som.publish_knowledge(command_id=new_id(), **knowledge)["position"]
    rpc.som.recalculation(wait_for={"som": position}, wait_seconds=10)
    eventually(lambda: rpc.som.recalculation()["finished"] is not None, 30)
    progress: dict[str, Any] = rpc.som.recalculation()
    return progress


def test_a_new_knowledge_base_is_a_projection_for_every_case_it_moved(rpc: Any) -> None:
    before = rpc.som.case_projection(**CASE)
    progress = publish(rpc, DEARER)
    assert (progress["total"], progress["done"], progress["publication"]) == (2, 2, 2)
    after = rpc.som.case_projection(**CASE)
    assert after["position"] > before["position"]
    assert after["projection"]["pricebook_version"] == 2
    [changed] = after["projection"]["changed"]
    assert (changed["input"], [one["service"] for one in changed["behind"]]) == ("prices", ["som"])
    assert {case["figures"]["pricebook_version"] for case in rpc.som.cases()["cases"]} == {2}


def test_a_new_knowledge_base_that_moves_nothing_leaves_the_projections_as_they_are(rpc: Any) -> None:
    before = rpc.som.feed(after=0)["head"]
    publish(rpc, KNOWLEDGE | {"version_label": "the same"})
    assert rpc.som.feed(after=0)["head"] == before + 1


def test_every_projection_computed_again_from_what_it_names_is_identical(world: World, rpc: Any) -> None:
    publish(rpc, DEARER)
    adjust(rpc, settings={"timing": "end"}, rate_choice="evidence")
    som = world.open("som")
    found = 0
    with som.store.reading() as transaction:
        for recorded in transaction.read_log(0):
            event = recorded.event
            if isinstance(event, ProjectionRecalculated):
                known = book(transaction.connection, event.pricebook, event.pricebook_version)
                assert known is not None
                again = projected(event.inputs, known.knowledge, case_key(event.initiative, event.municipality))
                assert {name: getattr(event, name) for name in again} == again
                found += 1
    assert found > 4
    som.store.engine.dispose()


def adjust(rpc: Any, **changes: Any) -> Any:
    """Adjust the case of Copenhagen; its projection then."""
    fields = {**CASE, "reason": "We look at it our way.", "effective_on": "2019-01-01", **changes}
    position = rpc.som.adjust_case(command_id=new_id(), **fields)["position"]
    return rpc.som.case_projection(**CASE, wait_for={"som": position}, wait_seconds=10)["projection"]


def test_an_adjusted_case_is_computed_anew_and_says_why(rpc: Any) -> None:
    found = adjust(rpc, settings={"timing": "end"})
    assert found["inputs"]["settings"]["timing"] == "end"
    assert [(row["input"], row["behind"][0]["input"]) for row in found["changed"]] == [("discounting", "adjustment")]


def test_an_adjustment_that_could_not_be_computed_is_refused(rpc: Any) -> None:
    with pytest.raises(Rejected) as refused:
        adjust(rpc, settings={"horizon": 30})
    assert refused.value.code == "HORIZON_BEYOND_CONSEQUENCES"


def scenario(rpc: Any, **changes: Any) -> dict[str, Any]:
    """A what-if of Copenhagen's case with a higher success rate; the fields it was made of."""
    branch = rpc.som.case_projection(**CASE)
    inputs = branch["projection"]["inputs"]
    rate = inputs["success_rate"] | {"rate": "0.2", "low": None, "high": None, "origin": "typed"}
    fields = {
        "scenario_id": "what-if",
        "title": "Twenty per cent",
        "scope": "The course in Copenhagen",
        "municipality": "0101",
        "branch": {**CASE, "position": branch["position"]},
        "inputs": inputs | {"success_rate": rate},
        "pricebook": "test",
        "pricebook_version": 1,
        "effective_on": "2019-01-01",
        "on_behalf_of": "Anna Maker",
    }
    return fields | changes


def test_a_what_if_leaves_its_case_alone_and_is_compared_with_it(rpc: Any) -> None:
    before = rpc.som.case_projection(**CASE)
    made = rpc.som.create_scenario(command_id=new_id(), **scenario(rpc))
    assert rpc.som.case_projection(**CASE) == before
    found = rpc.som.comparison(before=CASE, after={"scenario_id": "what-if"})
    [changed] = found["changed"]
    moved = {
        payer: found["after"]["net_present_value"][payer] - found["before"]["net_present_value"][payer]
        for payer in changed["amount"]
    }
    assert (changed["input"], changed["amount"]) == ("success_rate", moved)
    [listed] = rpc.som.scenarios(wait_for={"som": made["position"]}, wait_seconds=10)["scenarios"]
    assert (listed["scenario_id"], listed["made_by"], listed["signed_by"]) == ("what-if", "Anna Maker", None)


def test_a_scenario_is_signed_reviewed_and_shared(rpc: Any) -> None:
    rpc.som.create_scenario(command_id=new_id(), **scenario(rpc))
    named = {"scenario_id": "what-if", "effective_on": "2019-01-02"}
    answers = [{"question": one, "known": "", "answer": "Looked at."} for one in QUESTION_IDS]
    rpc.som.sign_checklist(command_id=new_id(), **named, answers=answers, on_behalf_of="Anna Maker")
    review = {"municipality": "0751", "verdict": "agrees", "remarks": "As we would.", "on_behalf_of": "Rie Viewer"}
    rpc.som.review_scenario(command_id=new_id(), **named, **review)
    shared = rpc.som.share_scenario(command_id=new_id(), **named, on_behalf_of="Anna Maker")
    [listed] = rpc.som.scenarios(shared_only=True, wait_for={"som": shared["position"]}, wait_seconds=10)["scenarios"]
    assert (listed["signed_by"], listed["reviews"], listed["shared_on"]) == ("Anna Maker", 1, "2019-01-02")
    found = rpc.som.scenario(scenario_id="what-if")["scenario"]
    assert [one["municipality"] for one in found["reviews"]] == ["0751"]
    assert len(found["answers"]) == len(QUESTION_IDS) == len(found["checklist"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"pricebook_version": 9}, "UNKNOWN_KNOWLEDGE"),
        ({"branch": {**CASE, "position": 1}}, "BRANCH_NOT_FOUND"),
        ({"branch": {"initiative": "course", "municipality": "0461", "position": 1}}, "BRANCH_NOT_FOUND"),
        ({"on_behalf_of": None}, "INPUT_INVALID"),
    ],
)
def test_a_scenario_of_what_is_not_there_is_refused(rpc: Any, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Rejected) as refused:
        rpc.som.create_scenario(command_id=new_id(), **scenario(rpc, **changes))
    assert refused.value.code == code


def test_everything_that_can_be_asked_of_a_calculation_agrees(rpc: Any) -> None:
    told = rpc.som.case_projection(**CASE)["projection"]
    total = sum(told["net_present_value"].values())
    asked = {"calculation": CASE}
    result = rpc.som.case_result(**asked)["result"]
    assert sum(result["discounted"]["net"][payer] for payer in told["net_present_value"]) == total
    assert rpc.som.explain_case(**asked)["tree"]["amount_oere"] == total
    assert rpc.som.simulation(**asked)["simulation"]["probabilities"] == told["probabilities"]
    bars = rpc.som.tornado(**asked)["bars"]
    assert [bar["width"] for bar in bars] == sorted((bar["width"] for bar in bars), reverse=True)
    first, second = (bar["input"]["input_id"] for bar in bars[:2])
    assert len(rpc.som.grid(**asked, first=first, second=second, steps=3)["surface"]["cells"]) == 3
    computation = rpc.som.case_computation(**asked)
    assert (computation["inputs"], computation["positions"]) == (told["inputs"], told["positions"])
    assert computation["knowledge"]["version_label"] == "1"
    history = rpc.som.case_projection(**CASE, history=True)["history"]
    assert history[-1]["projection"] == told
    earlier = CASE | {"position": history[0]["position"]}
    changed = rpc.som.comparison(before=earlier, after=CASE)
    assert sum(sum(row["amount"].values()) for row in changed["changed"]) == total - sum(
        history[0]["projection"]["net_present_value"].values()
    )


def test_advice_is_given_on_the_live_cases_and_on_candidates(rpc: Any) -> None:
    live = rpc.som.allocation(budget_oere=1_500_000_00)["advice"]
    assert {place["option_id"] for place in live["places"]} == {"course.0101", "course.0751"}
    candidate = {"candidate_id": "one", "amount_oere": 100, "calculation": CASE, "municipality": "0101"}
    assert rpc.som.allocation(budget_oere=100, candidates=[candidate], aim="target", target_oere=-(10**12))["advice"]


def apply_to_a_call(rpc: Any) -> int:
    """A call to the pool; three municipalities apply for three million kroner each, and one of them withdraws; the
    fund's position."""

    def tell(method: str, **fields: Any) -> int:
        return int(getattr(rpc.funding, method)(command_id=new_id(), **fields)["position"])

    position = tell(
        "publish_call",
        call_id="round", pool_id="pool", title="Runde 2", purpose="Gruppeforløb", target_group="Unge",
        opens_at="2019-01-02T08:00:00+01:00", deadline_at="2019-03-02T12:00:00+01:00", decision_on="2019-03-20",
        period_from="2019-04-01", period_to="2020-12-31", frame_oere=10**9, effective_on="2019-01-01",
        criteria=[{"criterion": "need", "title": "Behov", "weight": 1}], assessors_required=1,
    )  # fmt: skip
    for place in ("0461", "0561", "0851"):
        named = {"application_id": f"a{place}", "at": "2019-02-01T10:00:00+01:00"}
        lines = [{"post": "staff", "project_year": year, "amount_oere": 1_500_000_00} for year in (2019, 2020)]
        tell(
            "save_application",
            **named, call_id="round", municipality=place, title="Vores forløb", description="Simuleret",
            expenses=lines, financing=[line | {"source": "grant"} for line in lines],
        )  # fmt: skip
        position = tell("submit_application", **named)
    return max(position, tell("withdraw_application", **named, reason="Vi når det ikke."))


def test_advice_is_given_on_the_open_applications_of_a_call(rpc: Any) -> None:
    reached = apply_to_a_call(rpc)
    asked: dict[str, Any] = {"call_id": "round", "budget_oere": 10**9, "aim": "target", "target_oere": -(10**12)}
    seen = {"wait_for": {"funding": reached}, "wait_seconds": 10}
    found = rpc.som.allocation(**asked, **seen, floors=[{"track": "development", "amount_oere": 10**8}])["advice"]
    assert {place["option_id"]: place["amount_oere"] for place in found["places"]} == {
        "a0461": 3 * 10**8,
        "a0561": 3 * 10**8,
    }
    assert (found["advised"]["probability"], found["status"]) == ("1.000000", "illustrative")
    # Two cases of a million kroner each had a completer each.
    assert "1.00 per million kroner applied for, from 2 cases of course" in found["assumptions"][1]["en"]
    with pytest.raises(Rejected) as refused:
        rpc.som.allocation(**asked, floors=[{"track": "data", "amount_oere": 1}])
    assert refused.value.code == "ALLOCATION_INFEASIBLE"


def test_the_office_asks_for_advice_on_a_call_in_both_languages(world: World, rpc: Any) -> None:
    rpc.som.cases(wait_for={"funding": apply_to_a_call(rpc)}, wait_seconds=10)
    made = Office(lambda _service: world.client(30), lambda: None, lambda: "2019-03-01")  # type: ignore[arg-type,return-value]

    def printed(language: str, *more: str) -> Any:
        words = ["--lang", language, "allocate", "--budget", "3000000", "--call", "round", *more]
        return CliRunner().invoke(office.app, words, obj=made)

    assert "assumed, for the applications do not say: 1.00 per million" in printed("en").stdout
    danish = printed("da").stdout
    for part in ("a0461", "a0561", "1,00 pr. million ansøgte kroner", "som afgjort 2019-03-20"):
        assert part in danish, part
    both = printed("da", "--candidates", "some.csv").exception
    assert isinstance(both, Rejected)
    assert (both.code, {one["field"] for one in both.fields}) == ("CANDIDATES_TWICE", {"call", "candidates"})


def test_the_versions_of_the_knowledge_base_are_kept(rpc: Any) -> None:
    publish(rpc, DEARER)
    versions = rpc.som.knowledge_versions()["versions"]
    assert [(one["version_label"], one["version"]) for one in versions] == [("2", 2), ("1", 1)]
    assert rpc.som.knowledge_version()["knowledge"]["version_label"] == "2"
    old = rpc.som.knowledge_version(pricebook="test", version=1)
    assert old["knowledge"]["prices"][0]["amount_dkk"] == "550000"
    with pytest.raises(Rejected) as refused:
        rpc.som.knowledge_version(pricebook="other")
    assert refused.value.code == "UNKNOWN_KNOWLEDGE"
