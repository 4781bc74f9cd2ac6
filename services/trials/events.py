"""What happens to participants: the facts of the trials.

A citizen appears only as a random pseudonym. No event holds a name, an age, a CPR number or free text about a person.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from shared.kernel.messages import Event, Value

Direction = Literal["higher", "lower"]
WithdrawalReason = Literal["moved", "consent_withdrawn", "illness", "other_offer", "not_reached", "died"]


class Eligibility(Value):
    """Whom a trial is for: ages in whole years, both ends included."""

    age_min: int
    age_max: int


class SuccessMeasure(Value):
    """When a participant counts as a success: the `instrument`'s score at `wave` is at least (direction `higher`) or
    at most (`lower`) the `threshold`."""

    instrument: str
    wave: str
    direction: Direction
    threshold: Decimal


class TrialOpened(Event, type="trials.trial_opened", stream="trial-{trial_id}"):
    """A trial opened. The last arm named `comparison` is what the others are compared with."""

    trial_id: str
    initiative: str
    title: str
    arms: tuple[str, ...]
    sites: tuple[str, ...]
    eligibility: Eligibility
    success_measure: SuccessMeasure
    effective_on: date


class CitizenEnrolled(Event, type="trials.citizen_enrolled", stream="participant-{trial_id}.{citizen}"):
    """A citizen gave consent, was found eligible and entered an arm of the trial at a site (municipality)."""

    trial_id: str
    initiative: str
    citizen: str
    arm: str
    municipality: str
    effective_on: date


class AssessmentRecorded(Event, type="trials.assessment_recorded", stream="participant-{trial_id}.{citizen}"):
    """A participant's score on an instrument at a wave. `success` is set when it is the trial's success measure."""

    trial_id: str
    initiative: str
    citizen: str
    arm: str
    municipality: str
    instrument: str
    wave: str
    score: Decimal
    success: bool | None
    effective_on: date


class ParticipantCompleted(Event, type="trials.participant_completed", stream="participant-{trial_id}.{citizen}"):
    """A participant completed the course (gennemførelse); this ends the active enrolment."""

    trial_id: str
    initiative: str
    citizen: str
    arm: str
    municipality: str
    effective_on: date


class ParticipantWithdrew(Event, type="trials.participant_withdrew", stream="participant-{trial_id}.{citizen}"):
    """A participant left before completing (frafald); this ends the active enrolment."""

    trial_id: str
    initiative: str
    citizen: str
    arm: str
    municipality: str
    reason: WithdrawalReason
    effective_on: date
