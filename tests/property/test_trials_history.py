"""A participant under any sequence of commands: one active enrolment, and nobody counted twice."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.trials.commands import (
    CompleteParticipation,
    EligibilityRequest,
    EnrolCitizen,
    OpenTrial,
    RecordAssessment,
    SuccessMeasureRequest,
    WithdrawParticipant,
)
from services.trials.effect import difference, effect
from services.trials.events import (
    AssessmentRecorded,
    CitizenEnrolled,
    ParticipantCompleted,
    ParticipantWithdrew,
    TrialOpened,
)
from services.trials.participant import (
    COMPLETE_PARTICIPATION,
    ENROL_CITIZEN,
    PARTICIPANT,
    RECORD_ASSESSMENT,
    WITHDRAW_PARTICIPANT,
)
from services.trials.trial import OPEN_TRIAL, TRIAL
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Command, Event
from shared.kernel.rejection import Rejected

ID = "11111111-1111-4111-8111-111111111111"
CITIZENS = ["9f2c6f0e-3d55-4a8f-9b8e-0c1d2e3f4a5b", "7a1b2c3d-4e5f-4061-8273-8495a6b7c8d9"]
citizens = st.sampled_from(CITIZENS)
days = st.dates(date(2027, 1, 1), date(2027, 1, 9))
names = st.sampled_from(["employment", "well-being"])
waves = st.sampled_from(["baseline", "month-12"])
ENDED = {"NOT_ENROLLED", "ENROLMENT_ENDED", "TOO_EARLY"}
REFUSALS: dict[type[Command], set[str]] = {
    OpenTrial: {"ALREADY_EXISTS"},
    EnrolCitizen: {"CONSENT_MISSING", "NOT_ELIGIBLE", "UNKNOWN_ARM", "UNKNOWN_SITE", "ALREADY_ENROLLED"}
    | {"ENROLMENT_ENDED", "TOO_EARLY"},
    RecordAssessment: {"ASSESSED_ALREADY"} | ENDED,
    CompleteParticipation: ENDED,
    WithdrawParticipant: ENDED,
}


class Trial(RuleBasedStateMachine):
    """Sends commands about two citizens to the deciders as a service would."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Event] = []

    def send(self, decider: Decider, command: Command) -> None:
        """Load, fold, decide, append; a refusal has one of the command's own codes and changes nothing."""
        reads = decider.reads(command)
        streams = [aggregate.stream_id(key) for aggregate, key in reads]
        states = [
            aggregate.fold(event for event in self.log if event.stream_id == stream)
            for (aggregate, _), stream in zip(reads, streams, strict=True)
        ]
        events, code = [], None
        try:
            events = decider.decide(*states, command)
        except Rejected as rejection:
            code = rejection.code
        assert code is None or code in REFUSALS[decider.command]
        for event in events:
            assert event.stream_id in streams
            assert type(event).model_validate_json(event.model_dump_json()) == event
            self.log.append(event)

    @initialize()
    def open_trial(self) -> None:
        command = OpenTrial(
            command_id=ID,
            trial_id="trial-1",
            initiative="early-help",
            title="Early help",
            arms=("course", "comparison"),
            sites=("0101",),
            eligibility=EligibilityRequest(age_min=18, age_max=29),
            success_measure=SuccessMeasureRequest(
                instrument="employment", wave="month-12", direction="higher", threshold=Decimal(5)
            ),
            effective_on=date(2027, 1, 1),
        )
        self.send(OPEN_TRIAL, command)

    @rule(citizen=citizens, arm=st.sampled_from(["course", "comparison"]), effective_on=days)
    def enrol(self, **fields: Any) -> None:
        right: dict[str, Any] = {"municipality": "0101", "consent_given": True, "age_years": 20}
        self.send(ENROL_CITIZEN, EnrolCitizen(command_id=ID, trial_id="trial-1", **(right | fields)))

    @rule(
        citizen=citizens,
        arm=st.sampled_from(["course", "other"]),
        municipality=st.sampled_from(["0101", "0461"]),
        consent_given=st.booleans(),
        age_years=st.sampled_from([17, 18, 29, 30]),
        effective_on=days,
    )
    def try_to_enrol(self, **fields: Any) -> None:
        before = len(self.log)
        self.enrol(**fields)
        right = (fields["arm"], fields["municipality"], fields["consent_given"]) == ("course", "0101", True)
        assert len(self.log) == before or (right and 18 <= fields["age_years"] <= 29)

    @rule(
        citizen=citizens,
        instrument=names,
        wave=waves,
        score=st.integers(0, 10).map(Decimal),
        effective_on=days,
    )
    def assess(self, **fields: Any) -> None:
        self.send(RECORD_ASSESSMENT, RecordAssessment(command_id=ID, trial_id="trial-1", **fields))

    @rule(citizen=citizens, effective_on=days)
    def complete(self, **fields: Any) -> None:
        self.send(COMPLETE_PARTICIPATION, CompleteParticipation(command_id=ID, trial_id="trial-1", **fields))

    @rule(citizen=citizens, effective_on=days)
    def withdraw(self, **fields: Any) -> None:
        command = WithdrawParticipant(command_id=ID, trial_id="trial-1", reason="moved", **fields)
        self.send(WITHDRAW_PARTICIPANT, command)

    @invariant()
    def each_citizen_has_one_enrolment_at_a_time_and_no_more_after_completing(self) -> None:
        for citizen in CITIZENS:
            place, since = "out", date.min
            for event in self.log:
                if getattr(event, "citizen", None) != citizen:
                    continue
                match event:
                    case CitizenEnrolled():
                        assert place == "out"
                        assert event.effective_on >= since
                        place, since = "in", event.effective_on
                    case AssessmentRecorded():
                        assert place in ("in", "completed")
                        assert event.effective_on >= since
                    case ParticipantCompleted() | ParticipantWithdrew():
                        assert place == "in"
                        assert event.effective_on >= since
                        place = "completed" if isinstance(event, ParticipantCompleted) else "out"
                        since = since if place == "completed" else event.effective_on

    @invariant()
    def nobody_counts_twice_in_an_effect(self) -> None:
        assessments = [event for event in self.log if isinstance(event, AssessmentRecorded)]
        assert max(Counter((one.citizen, one.instrument, one.wave) for one in assessments).values(), default=1) == 1
        for one in assessments:
            measured = (one.instrument, one.wave) == ("employment", "month-12")
            assert one.success == ((one.score >= 5) if measured else None)

    @invariant()
    def an_event_about_a_participant_says_the_arm_of_the_enrolment(self) -> None:
        arms: dict[str, str] = {}
        for event in self.log:
            if isinstance(event, CitizenEnrolled):
                arms[event.citizen] = event.arm
            elif isinstance(event, AssessmentRecorded | ParticipantCompleted | ParticipantWithdrew):
                assert event.arm == arms[event.citizen]

    @invariant()
    def a_state_goes_through_json_and_on(self) -> None:
        streams: list[tuple[Aggregate[Any], str]] = [(TRIAL, "trial-1")]
        streams += [(PARTICIPANT, f"trial-1.{citizen}") for citizen in CITIZENS]
        for aggregate, key in streams:
            events = [event for event in self.log if event.stream_id == aggregate.stream_id(key)]
            half = aggregate.fold(events[: len(events) // 2])
            kept = type(half).model_validate_json(half.model_dump_json())
            assert aggregate.fold(events[len(events) // 2 :], kept) == aggregate.fold(events)
        assert sum(isinstance(event, TrialOpened) for event in self.log) <= 1


TestTrial = Trial.TestCase
TestTrial.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)

counts = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts)
def test_an_interval_holds_its_difference_and_stays_within_one(arm: tuple[int, int], other: tuple[int, int]) -> None:
    found = difference(arm, other)
    assert (found is None) == (0 in (arm[1], other[1]))
    if found is not None:
        assert -1 <= found.low <= found.value <= found.high <= 1
    assert effect({"course": arm, "comparison": other}).difference == found
