"""What the trials decide: every rule, and every way they say no."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.trials import participant, trial
from services.trials.commands import (
    CompleteParticipation,
    EligibilityRequest,
    EnrolCitizen,
    OpenTrial,
    RecordAssessment,
    SuccessMeasureRequest,
    WithdrawParticipant,
)
from services.trials.events import (
    AssessmentRecorded,
    CitizenEnrolled,
    Direction,
    Eligibility,
    ParticipantCompleted,
    ParticipantWithdrew,
    SuccessMeasure,
    TrialOpened,
)
from services.trials.participant import (
    COMPLETE_PARTICIPATION,
    ENROL_CITIZEN,
    RECORD_ASSESSMENT,
    WITHDRAW_PARTICIPANT,
)
from services.trials.trial import OPEN_TRIAL
from shared.kernel.decider import Decider
from shared.kernel.messages import Command, Event
from shared.testing.decisions import given

ID = "11111111-1111-4111-8111-111111111111"
CITIZEN = "9f2c6f0e-3d55-4a8f-9b8e-0c1d2e3f4a5b"
OTHER = "7a1b2c3d-4e5f-4061-8273-8495a6b7c8d9"
OPENED_ON, ENROLLED_ON, ASSESSED_ON, ENDED_ON, AGAIN_ON = (date(2027, month, 1) for month in (1, 2, 3, 4, 5))
WHO: dict[str, Any] = {
    "trial_id": "trial-1",
    "initiative": "early-help",
    "citizen": CITIZEN,
    "arm": "course",
    "municipality": "0101",
}


def opened(direction: Direction = "higher") -> TrialOpened:
    return TrialOpened(
        trial_id="trial-1",
        initiative="early-help",
        title="Early help",
        arms=("course", "comparison"),
        sites=("0101", "0461"),
        eligibility=Eligibility(age_min=18, age_max=29),
        success_measure=SuccessMeasure(
            instrument="employment", wave="month-12", direction=direction, threshold=Decimal("6.5")
        ),
        effective_on=OPENED_ON,
    )


def enrolled(on: date = ENROLLED_ON) -> CitizenEnrolled:
    return CitizenEnrolled(**WHO, effective_on=on)


def assessed(wave: str = "month-12", score: str = "7", success: bool | None = True) -> AssessmentRecorded:
    return AssessmentRecorded(
        **WHO,
        instrument="employment",
        wave=wave,
        score=Decimal(score),
        success=success,
        effective_on=ASSESSED_ON,
    )


def completed() -> ParticipantCompleted:
    return ParticipantCompleted(**WHO, effective_on=ENDED_ON)


def withdrew() -> ParticipantWithdrew:
    return ParticipantWithdrew(**WHO, reason="moved", effective_on=ENDED_ON)


def open_trial() -> OpenTrial:
    return OpenTrial(
        command_id=ID,
        trial_id="trial-1",
        initiative="early-help",
        title="Early help",
        arms=("course", "comparison"),
        sites=("0101", "0461"),
        eligibility=EligibilityRequest(age_min=18, age_max=29),
        success_measure=SuccessMeasureRequest(
            instrument="employment", wave="month-12", direction="higher", threshold=Decimal("6.5")
        ),
        effective_on=OPENED_ON,
    )


def enrol(on: date = ENROLLED_ON, **changed: Any) -> EnrolCitizen:
    fields: dict[str, Any] = {
        "arm": "course",
        "municipality": "0101",
        "consent_given": True,
        "age_years": 20,
    } | changed
    return EnrolCitizen(command_id=ID, trial_id="trial-1", citizen=CITIZEN, effective_on=on, **fields)


def assess(wave: str = "month-12", score: str = "7", on: date = ASSESSED_ON, **changed: Any) -> RecordAssessment:
    fields: dict[str, Any] = {"instrument": "employment", "wave": wave, "score": Decimal(score)} | changed
    return RecordAssessment(command_id=ID, trial_id="trial-1", citizen=CITIZEN, effective_on=on, **fields)


def complete(on: date = ENDED_ON) -> CompleteParticipation:
    return CompleteParticipation(command_id=ID, trial_id="trial-1", citizen=CITIZEN, effective_on=on)


def withdraw(on: date = ENDED_ON) -> WithdrawParticipant:
    return WithdrawParticipant(command_id=ID, trial_id="trial-1", citizen=CITIZEN, reason="moved", effective_on=on)


ABOUT_PARTICIPANTS: list[tuple[Decider, Command]] = [
    (RECORD_ASSESSMENT, assess()),
    (COMPLETE_PARTICIPATION, complete()),
    (WITHDRAW_PARTICIPANT, withdraw()),
]


# --- trials ---


def test_a_trial_opens_once() -> None:
    given([], OPEN_TRIAL).when(open_trial()).then(opened())
    rejection = given([opened()], OPEN_TRIAL).when(open_trial()).then_rejected("ALREADY_EXISTS")
    assert rejection.fields[0]["field"] == "trial_id"


# --- enrolment ---


def test_a_citizen_enrols() -> None:
    given([opened()], ENROL_CITIZEN).when(enrol()).then(enrolled())


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"consent_given": False}, "CONSENT_MISSING", "consent_given"),
        ({"arm": "other"}, "UNKNOWN_ARM", "arm"),
        ({"municipality": "0851"}, "UNKNOWN_SITE", "municipality"),
    ],
)
def test_a_citizen_enrols_with_consent_in_an_arm_at_a_site(changed: dict[str, Any], code: str, field: str) -> None:
    rejection = given([opened()], ENROL_CITIZEN).when(enrol(**changed)).then_rejected(code)
    assert rejection.fields[0]["field"] == field


@pytest.mark.parametrize("age_years", [18, 29])
def test_both_ends_of_the_age_rule_are_eligible(age_years: int) -> None:
    given([opened()], ENROL_CITIZEN).when(enrol(age_years=age_years)).then(enrolled())


@pytest.mark.parametrize("age_years", [0, 17, 30, 97])
def test_a_refusal_for_age_says_the_rule_and_never_the_age(age_years: int) -> None:
    scenario = given([opened()], ENROL_CITIZEN).when(enrol(age_years=age_years))
    rejection = scenario.then_rejected("NOT_ELIGIBLE", age_min=18, age_max=29)
    assert set(rejection.figures) == {"age_min", "age_max"}
    assert str(age_years) not in str(rejection.as_data()).replace("18", "").replace("29", "")


def test_no_event_and_no_printed_command_holds_the_age() -> None:
    assert "age_years" not in CitizenEnrolled.model_fields
    assert "97" not in repr(enrol(age_years=97))


def test_a_citizen_has_one_active_enrolment_in_a_trial() -> None:
    given([opened(), enrolled()], ENROL_CITIZEN).when(enrol(AGAIN_ON)).then_rejected("ALREADY_ENROLLED")


def test_another_citizens_enrolment_is_no_hindrance() -> None:
    other = enrolled().model_copy(update={"citizen": OTHER})
    given([opened(), other], ENROL_CITIZEN).when(enrol()).then(enrolled())


def test_who_withdrew_may_enrol_again_but_not_from_before_the_withdrawal() -> None:
    history = [opened(), enrolled(), withdrew()]
    given(history, ENROL_CITIZEN).when(enrol(AGAIN_ON)).then(enrolled(AGAIN_ON))
    given(history, ENROL_CITIZEN).when(enrol(ENDED_ON)).then(enrolled(ENDED_ON))
    given(history, ENROL_CITIZEN).when(enrol(ASSESSED_ON)).then_rejected("TOO_EARLY", earliest="2027-04-01")


def test_who_completed_is_not_enrolled_again() -> None:
    history = [opened(), enrolled(), completed()]
    given(history, ENROL_CITIZEN).when(enrol(AGAIN_ON)).then_rejected("ENROLMENT_ENDED")


def test_enrolment_needs_a_trial() -> None:
    rejection = given([], ENROL_CITIZEN).when(enrol()).then_rejected("NOT_FOUND")
    assert rejection.fields[0]["field"] == "trial_id"


# --- assessment, completion, withdrawal ---


@pytest.mark.parametrize(("decider", "command"), ABOUT_PARTICIPANTS)
def test_a_participant_needs_a_trial_and_an_enrolment(decider: Decider, command: Command) -> None:
    rejection = given([enrolled()], decider).when(command).then_rejected("NOT_FOUND")
    assert rejection.fields[0]["field"] == "trial_id"
    rejection = given([opened()], decider).when(command).then_rejected("NOT_ENROLLED")
    assert rejection.fields[0]["field"] == "citizen"


@pytest.mark.parametrize(("decider", "command"), ABOUT_PARTICIPANTS)
def test_nothing_happens_to_a_participant_after_withdrawal(decider: Decider, command: Command) -> None:
    history: list[Event] = [opened(), enrolled(), withdrew()]
    given(history, decider).when(command).then_rejected("ENROLMENT_ENDED")


@pytest.mark.parametrize(("decider", "command"), ABOUT_PARTICIPANTS)
def test_nothing_happens_to_a_participant_before_the_enrolment(decider: Decider, command: Command) -> None:
    early = command.model_copy(update={"effective_on": date(2027, 1, 31)})
    given([opened(), enrolled()], decider).when(early).then_rejected("TOO_EARLY", earliest="2027-02-01")


def test_a_participant_completes_or_withdraws_once() -> None:
    given([opened(), enrolled()], COMPLETE_PARTICIPATION).when(complete()).then(completed())
    given([opened(), enrolled()], WITHDRAW_PARTICIPANT).when(withdraw()).then(withdrew())
    history = [opened(), enrolled(), completed()]
    given(history, COMPLETE_PARTICIPATION).when(complete()).then_rejected("ENROLMENT_ENDED")
    given(history, WITHDRAW_PARTICIPANT).when(withdraw()).then_rejected("ENROLMENT_ENDED")


@pytest.mark.parametrize(
    ("direction", "score", "success"),
    [
        ("higher", "6.5", True),
        ("higher", "6.499999", False),
        ("higher", "6.50", True),
        ("lower", "6.5", True),
        ("lower", "6.500001", False),
    ],
)
def test_success_is_at_the_threshold_or_beyond(direction: Direction, score: str, success: bool) -> None:
    history = [opened(direction), enrolled()]
    expected = assessed(score=score, success=success)
    given(history, RECORD_ASSESSMENT).when(assess(score=score)).then(expected)


def test_success_is_unsaid_at_other_waves_and_on_other_instruments() -> None:
    scenario = given([opened(), enrolled()], RECORD_ASSESSMENT)
    scenario.when(assess("baseline")).then(assessed("baseline", success=None))
    other = assessed(success=None).model_copy(update={"instrument": "well-being"})
    scenario.when(assess(instrument="well-being")).then(other)


def test_success_may_be_assessed_after_the_course_was_completed() -> None:
    given([opened(), enrolled(), completed()], RECORD_ASSESSMENT).when(assess()).then(assessed())


def test_an_instrument_is_recorded_once_at_each_wave() -> None:
    history = [opened(), enrolled(), assessed()]
    given(history, RECORD_ASSESSMENT).when(assess()).then_rejected("ASSESSED_ALREADY")
    given(history, RECORD_ASSESSMENT).when(assess("month-24")).then(assessed("month-24", success=None))


def test_an_assessment_before_a_withdrawal_still_counts_after_enrolling_again() -> None:
    history = [opened(), enrolled(), assessed(), withdrew(), enrolled(AGAIN_ON)]
    again = assess(on=AGAIN_ON)
    given(history, RECORD_ASSESSMENT).when(again).then_rejected("ASSESSED_ALREADY")


def test_an_event_of_another_kind_changes_no_state() -> None:
    assert participant.evolve(participant.PARTICIPANT.initial, opened()) == participant.PARTICIPANT.initial
    assert trial.evolve(trial.TRIAL.initial, enrolled()) == trial.TRIAL.initial
