"""The trials service: trials, participants and outcomes, as callers see them."""

from __future__ import annotations

from typing import Any

from services.trials import events, views
from services.trials.commands import (
    CompleteParticipation,
    EnrolCitizen,
    OpenTrial,
    RecordAssessment,
    TrialEffect,
    TrialStatus,
    WithdrawParticipant,
)
from services.trials.participant import (
    COMPLETE_PARTICIPATION,
    ENROL_CITIZEN,
    RECORD_ASSESSMENT,
    WITHDRAW_PARTICIPANT,
)
from services.trials.trial import OPEN_TRIAL
from shared.eventstore.codec import Codec
from shared.messaging.host import Definition, hosted
from shared.messaging.rpc import rpc
from shared.messaging.subscription import Listens

CODEC = Codec(
    [
        events.TrialOpened,
        events.CitizenEnrolled,
        events.AssessmentRecorded,
        events.ParticipantCompleted,
        events.ParticipantWithdrew,
    ]
)

DEFINITION = Definition(
    name="trials",
    codec=CODEC,
    deciders=(OPEN_TRIAL, ENROL_CITIZEN, RECORD_ASSESSMENT, COMPLETE_PARTICIPATION, WITHDRAW_PARTICIPANT),
    tables=(views.metadata,),
    listens=(Listens("trials", CODEC, views.react),),
)


class TrialsService:
    """Trials and their participants, known by pseudonym only; publishes `trials.events`."""

    name = DEFINITION.name
    host = hosted(DEFINITION)

    @rpc
    def open_trial(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Open a trial: arms, sites, eligibility and success measure."""
        return self.host.command(OpenTrial, fields)

    @rpc
    def enrol_citizen(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Enrol a citizen who has consented and is eligible."""
        return self.host.command(EnrolCitizen, fields)

    @rpc
    def record_assessment(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Record a participant's score on an instrument at a wave."""
        return self.host.command(RecordAssessment, fields)

    @rpc
    def complete_participation(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Record that a participant completed the course."""
        return self.host.command(CompleteParticipation, fields)

    @rpc
    def withdraw_participant(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Record that a participant left, and why."""
        return self.host.command(WithdrawParticipant, fields)

    @rpc
    def trial_effect(self, fields: dict[str, Any]) -> Any:
        """The success share per arm, the difference and its 95 % interval."""
        return self.host.query(TrialEffect, fields, views.trial_effect)

    @rpc
    def trial_status(self, fields: dict[str, Any]) -> Any:
        """Enrolled, completed, withdrawn and assessed, per arm."""
        return self.host.query(TrialStatus, fields, views.trial_status)

    @rpc
    def feed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The events after a position, at most `limit`, with the log's head."""
        return self.host.feed(fields)
