"""A participant: one citizen's course through one trial, known by a pseudonym only.

Enrolled, then assessed any number of times, then completed or withdrawn. One active enrolment at a time; who
withdrew may enrol again, who completed may not. Success is often measured after the course, so a participant
may be assessed after completing, but not after withdrawing.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from services.trials.commands import (
    CompleteParticipation,
    EnrolCitizen,
    RecordAssessment,
    WithdrawParticipant,
)
from services.trials.events import (
    AssessmentRecorded,
    CitizenEnrolled,
    ParticipantCompleted,
    ParticipantWithdrew,
)
from services.trials.trial import TRIAL, TrialState
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import refused


class ParticipantState(Value):
    """Where a participant stands: the latest enrolment, when it began and, once it has, when it ended."""

    status: Literal["unknown", "active", "completed", "withdrawn"] = "unknown"
    arm: str = ""
    municipality: str = ""
    enrolled_on: date | None = None
    ended_on: date | None = None
    assessed: tuple[tuple[str, str], ...] = ()
    """The (instrument, wave) pairs recorded, over all enrolments: nobody counts twice in an effect."""


def evolve(state: ParticipantState, event: Event) -> ParticipantState:
    """The participant after `event`; an event of another kind changes nothing."""
    match event:
        case CitizenEnrolled():
            return ParticipantState(
                status="active",
                arm=event.arm,
                municipality=event.municipality,
                enrolled_on=event.effective_on,
                assessed=state.assessed,
            )
        case AssessmentRecorded():
            return state.model_copy(update={"assessed": (*state.assessed, (event.instrument, event.wave))})
        case ParticipantCompleted():
            return state.model_copy(update={"status": "completed", "ended_on": event.effective_on})
        case ParticipantWithdrew():
            return state.model_copy(update={"status": "withdrawn", "ended_on": event.effective_on})
        case _:
            return state


def decide_enrolment(trial: TrialState, participant: ParticipantState, command: EnrolCitizen) -> list[Event]:
    """Enrol the citizen.

    Raises Rejected NOT_FOUND (no such trial), UNKNOWN_ARM, UNKNOWN_SITE, CONSENT_MISSING, NOT_ELIGIBLE (with
    the rule's bounds and never the age), ALREADY_ENROLLED, ENROLMENT_ENDED (completed before), or TOO_EARLY
    (before the withdrawal it follows: two enrolments would be active at once).
    """
    _require_trial(trial)
    if command.arm not in trial.arms:
        raise refused("UNKNOWN_ARM", "The trial has no such arm.", "arm")
    if command.municipality not in trial.sites:
        raise refused("UNKNOWN_SITE", "The municipality is no site of the trial.", "municipality")
    if not command.consent_given:
        raise refused("CONSENT_MISSING", "Nobody is enrolled without consent.", "consent_given")
    if trial.eligibility is not None and not trial.admits(command.age_years):
        bounds = trial.eligibility.model_dump()
        raise refused("NOT_ELIGIBLE", "The trial is for ages age_min to age_max.", "age_years", **bounds)
    if participant.status == "active":
        raise refused("ALREADY_ENROLLED", "The citizen has an active enrolment in the trial.", "citizen")
    if participant.status == "completed":
        raise refused("ENROLMENT_ENDED", "Who completed a trial is not enrolled in it again.", "citizen")
    _require_not_before(participant.ended_on, command.effective_on, "the withdrawal")
    return [
        CitizenEnrolled(
            trial_id=command.trial_id,
            initiative=trial.initiative,
            citizen=command.citizen,
            arm=command.arm,
            municipality=command.municipality,
            effective_on=command.effective_on,
        )
    ]


def decide_assessment(trial: TrialState, participant: ParticipantState, command: RecordAssessment) -> list[Event]:
    """Record the assessment, and whether it is a success when it is the trial's success measure.

    Raises Rejected NOT_FOUND (no such trial), NOT_ENROLLED, ENROLMENT_ENDED (withdrawn), TOO_EARLY (before
    the enrolment), or ASSESSED_ALREADY (same instrument and wave).
    """
    _require_trial(trial)
    _require_enrolled(participant)
    if participant.status == "withdrawn":
        raise refused("ENROLMENT_ENDED", "Nobody is assessed after withdrawing.", "citizen")
    _require_not_before(participant.enrolled_on, command.effective_on, "the enrolment")
    if (command.instrument, command.wave) in participant.assessed:
        raise refused("ASSESSED_ALREADY", "This instrument has been recorded at this wave.", "wave")
    return [
        AssessmentRecorded(
            **_who(trial, participant, command),
            instrument=command.instrument,
            wave=command.wave,
            score=command.score,
            success=trial.success(command.instrument, command.wave, command.score),
        )
    ]


def decide_completion(trial: TrialState, participant: ParticipantState, command: CompleteParticipation) -> list[Event]:
    """End the enrolment by completion. Raises Rejected as `_require_active` says."""
    _require_active(trial, participant, command.effective_on)
    return [ParticipantCompleted(**_who(trial, participant, command))]


def decide_withdrawal(trial: TrialState, participant: ParticipantState, command: WithdrawParticipant) -> list[Event]:
    """End the enrolment by withdrawal. Raises Rejected as `_require_active` says."""
    _require_active(trial, participant, command.effective_on)
    return [ParticipantWithdrew(**_who(trial, participant, command), reason=command.reason)]


def _who(
    trial: TrialState,
    participant: ParticipantState,
    command: RecordAssessment | CompleteParticipation | WithdrawParticipant,
) -> dict[str, Any]:
    """What every event about a participant says of whom, where and when."""
    return {
        "trial_id": command.trial_id,
        "initiative": trial.initiative,
        "citizen": command.citizen,
        "arm": participant.arm,
        "municipality": participant.municipality,
        "effective_on": command.effective_on,
    }


def _require_trial(trial: TrialState) -> None:
    """Raises Rejected NOT_FOUND when the trial never opened."""
    if not trial.exists:
        raise refused("NOT_FOUND", "There is no trial with this trial_id.", "trial_id")


def _require_enrolled(participant: ParticipantState) -> None:
    """Raises Rejected NOT_ENROLLED when the citizen never was."""
    if participant.status == "unknown":
        raise refused("NOT_ENROLLED", "The citizen is not enrolled in the trial.", "citizen")


def _require_active(trial: TrialState, participant: ParticipantState, on: date) -> None:
    """Raises Rejected NOT_FOUND (no such trial), NOT_ENROLLED, ENROLMENT_ENDED or TOO_EARLY."""
    _require_trial(trial)
    _require_enrolled(participant)
    if participant.status != "active":
        raise refused("ENROLMENT_ENDED", "The enrolment has ended already.", "citizen")
    _require_not_before(participant.enrolled_on, on, "the enrolment")


def _require_not_before(earliest: date | None, on: date, what: str) -> None:
    """Raises Rejected TOO_EARLY, with `earliest`, when `on` is before the day of `what`."""
    if earliest is not None and on < earliest:
        figures = {"earliest": earliest.isoformat()}
        raise refused("TOO_EARLY", f"The date is before {what}.", "effective_on", **figures)


def _reads(command: Any) -> tuple[tuple[Aggregate[Any], str], ...]:
    """The trial and the citizen's participation in it."""
    return (TRIAL, command.trial_id), (PARTICIPANT, f"{command.trial_id}.{command.citizen}")


PARTICIPANT = Aggregate("participant", ParticipantState(), evolve)

ENROL_CITIZEN = Decider(EnrolCitizen, _reads, decide_enrolment)
RECORD_ASSESSMENT = Decider(RecordAssessment, _reads, decide_assessment)
COMPLETE_PARTICIPATION = Decider(CompleteParticipation, _reads, decide_completion)
WITHDRAW_PARTICIPANT = Decider(WithdrawParticipant, _reads, decide_withdrawal)
