"""What SØM decides about scenarios: made, changed, signed, reviewed and shared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.som.checklist import QUESTION_IDS
from services.som.commands import (
    ChangeScenario,
    CreateScenario,
    ReviewScenario,
    ShareScenario,
    SignChecklist,
)
from services.som.events import (
    CaseInputs,
    ChecklistAnswer,
    ChecklistSigned,
    ScenarioChanged,
    ScenarioCreated,
    ScenarioReviewed,
    ScenarioShared,
    SuccessRate,
)
from services.som.scenario import (
    CHANGE_SCENARIO,
    CREATE_SCENARIO,
    REVIEW_SCENARIO,
    SCENARIO,
    SHARE_SCENARIO,
    SIGN_CHECKLIST,
)
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from shared.testing.decisions import given

ID = "6f1e9f0e-2c1d-4a57-9d0f-1f6f1c2a3b4c"
ON = date(2019, 3, 1)
NAME = "what-if-randers"
MAKER, REVIEWER = "Anna Maker", "Rie Viewer"
ANSWERS = tuple({"question": one, "known": "", "answer": "Looked at."} for one in QUESTION_IDS)


def inputs(rate: str = "0.1") -> CaseInputs:
    found = SuccessRate(origin="typed", name="ours", rate=Decimal(rate), status="own")
    return CaseInputs(decision_date=ON, target_group="adhd", success_measure="work", success_rate=found)


def create(**changes: Any) -> CreateScenario:
    fields = {
        "command_id": ID,
        "on_behalf_of": MAKER,
        "scenario_id": NAME,
        "title": "Twelve per cent",
        "scope": "bostoetteforloeb in Randers",
        "municipality": "0730",
        "inputs": inputs().model_dump(mode="json"),
        "pricebook": "virksom",
        "pricebook_version": 1,
        "effective_on": ON.isoformat(),
    }
    return CreateScenario.parse(fields | changes)


def created() -> ScenarioCreated:
    return ScenarioCreated(
        scenario_id=NAME,
        title="Twelve per cent",
        scope="bostoetteforloeb in Randers",
        municipality="0730",
        branch=None,
        inputs=inputs(),
        pricebook="virksom",
        pricebook_version=1,
        made_by=MAKER,
        effective_on=ON,
    )


def change(rate: str) -> ChangeScenario:
    fields = {
        "command_id": ID,
        "scenario_id": NAME,
        "inputs": inputs(rate).model_dump(mode="json"),
        "pricebook": "virksom",
        "pricebook_version": 1,
        "reason": "A higher rate.",
        "effective_on": ON.isoformat(),
    }
    return ChangeScenario.parse(fields)


def changed(rate: str) -> ScenarioChanged:
    return ScenarioChanged(
        scenario_id=NAME,
        inputs=inputs(rate),
        pricebook="virksom",
        pricebook_version=1,
        reason="A higher rate.",
        effective_on=ON,
    )


def sign(by: str = MAKER, answers: tuple[dict[str, str], ...] = ANSWERS) -> SignChecklist:
    fields = {"command_id": ID, "on_behalf_of": by, "scenario_id": NAME, "answers": list(answers)}
    return SignChecklist.parse(fields | {"effective_on": ON.isoformat()})


def signed() -> ChecklistSigned:
    answers = tuple(ChecklistAnswer(**row) for row in ANSWERS)
    return ChecklistSigned(scenario_id=NAME, answers=answers, signed_by=MAKER, effective_on=ON)


def review(by: str = REVIEWER, municipality: str = "0751") -> ReviewScenario:
    fields = {"command_id": ID, "on_behalf_of": by, "scenario_id": NAME, "municipality": municipality}
    said = {"verdict": "agrees_with_remarks", "remarks": "The rate is high.", "effective_on": ON.isoformat()}
    return ReviewScenario.parse(fields | said)


def reviewed() -> ScenarioReviewed:
    return ScenarioReviewed(
        scenario_id=NAME,
        municipality="0751",
        reviewed_by=REVIEWER,
        verdict="agrees_with_remarks",
        remarks="The rate is high.",
        effective_on=ON,
    )


def share() -> ShareScenario:
    fields = {"command_id": ID, "on_behalf_of": MAKER, "scenario_id": NAME, "effective_on": ON.isoformat()}
    return ShareScenario.parse(fields)


SHARED = ScenarioShared(scenario_id=NAME, shared_by=MAKER, effective_on=ON)


def test_a_scenario_is_made_by_a_named_person() -> None:
    given([], CREATE_SCENARIO).when(create()).then(created())


def test_a_scenario_without_a_maker_is_refused() -> None:
    with pytest.raises(Rejected, match="INPUT_INVALID"):
        create(on_behalf_of=None)


def test_a_name_is_used_once() -> None:
    given([created()], CREATE_SCENARIO).when(create()).then_rejected("ALREADY_EXISTS")


def test_changed_inputs_are_recorded_and_the_same_ones_are_not() -> None:
    given([created()], CHANGE_SCENARIO).when(change("0.12")).then(changed("0.12"))
    given([created(), changed("0.12")], CHANGE_SCENARIO).when(change("0.12")).then()


def test_the_maker_signs_with_an_answer_to_every_question() -> None:
    given([created()], SIGN_CHECKLIST).when(sign()).then(signed())


def test_nobody_else_signs() -> None:
    given([created()], SIGN_CHECKLIST).when(sign(REVIEWER)).then_rejected("NOT_THE_MAKER")


def test_a_signature_stands_until_a_change() -> None:
    given([created(), signed()], SIGN_CHECKLIST).when(sign()).then_rejected("ALREADY_SIGNED")
    given([created(), signed(), changed("0.2")], SIGN_CHECKLIST).when(sign()).then(signed())


@pytest.mark.parametrize(
    "answers",
    [ANSWERS[1:], (*ANSWERS, {**ANSWERS[0], "question": "unheard-of"}), (*ANSWERS, ANSWERS[0])],
    ids=["missing", "unknown", "twice"],
)
def test_every_question_is_answered_once(answers: tuple[dict[str, str], ...]) -> None:
    given([created()], SIGN_CHECKLIST).when(sign(answers=answers)).then_rejected("CHECKLIST_INCOMPLETE")


def test_another_municipality_reviews_what_is_signed() -> None:
    given([created(), signed()], REVIEW_SCENARIO).when(review()).then(reviewed())


@pytest.mark.parametrize(
    ("events", "command", "code"),
    [
        ([], review(), "NOT_FOUND"),
        ([created()], review(), "NOT_SIGNED"),
        ([created(), signed(), changed("0.2")], review(), "NOT_SIGNED"),
        ([created(), signed()], review(municipality="0730"), "SAME_MUNICIPALITY"),
        ([created(), signed()], review(by="anna  MAKER"), "SAME_MUNICIPALITY"),
        ([created(), signed(), reviewed()], review(), "ALREADY_REVIEWED"),
    ],
)
def test_a_review_is_refused(events: list[Event], command: ReviewScenario, code: str) -> None:
    given(events, REVIEW_SCENARIO).when(command).then_rejected(code)


def test_a_signed_calculation_is_shared_once() -> None:
    given([created(), signed()], SHARE_SCENARIO).when(share()).then(SHARED)
    given([created(), signed(), SHARED], SHARE_SCENARIO).when(share()).then()


def test_a_change_takes_signature_reviews_and_library_away() -> None:
    state = SCENARIO.fold([created(), signed(), reviewed(), SHARED, changed("0.2")])
    assert (state.signed_by, state.reviewers, state.shared) == (None, (), False)


def test_what_is_not_signed_is_not_shared() -> None:
    given([created()], SHARE_SCENARIO).when(share()).then_rejected("NOT_SIGNED")
    given([], SHARE_SCENARIO).when(share()).then_rejected("NOT_FOUND")
