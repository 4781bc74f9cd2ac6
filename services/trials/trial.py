"""A trial: its protocol, fixed when it opens."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.trials.commands import OpenTrial
from services.trials.events import Eligibility, SuccessMeasure, TrialOpened
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.rejection import Rejected


class TrialState(Value):
    """The protocol of a trial that has opened."""

    initiative: str = ""
    arms: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    eligibility: Eligibility | None = None
    success_measure: SuccessMeasure | None = None
    opened_on: date | None = None

    @property
    def exists(self) -> bool:
        """Whether the trial has opened."""
        return self.opened_on is not None

    def admits(self, age_years: int) -> bool:
        """Whether the age, in whole years, is within the protocol's bounds, both included."""
        rule = self.eligibility
        return rule is not None and rule.age_min <= age_years <= rule.age_max

    def success(self, instrument: str, wave: str, score: Decimal) -> bool | None:
        """Whether the score is a success; None at another instrument or wave than success is measured by.

        A score equal to the threshold is a success in either direction (see `SuccessMeasure`).
        """
        measure = self.success_measure
        if measure is None or (measure.instrument, measure.wave) != (instrument, wave):
            return None
        return score >= measure.threshold if measure.direction == "higher" else score <= measure.threshold


def evolve(state: TrialState, event: Event) -> TrialState:
    """The trial after `event`; an event of another kind changes nothing."""
    match event:
        case TrialOpened():
            return TrialState(
                initiative=event.initiative,
                arms=event.arms,
                sites=event.sites,
                eligibility=event.eligibility,
                success_measure=event.success_measure,
                opened_on=event.effective_on,
            )
        case _:
            return state


def decide_open_trial(trial: TrialState, command: OpenTrial) -> list[Event]:
    """Open the trial. Raises Rejected ALREADY_EXISTS when there is one with this trial_id."""
    if trial.exists:
        field = {"field": "trial_id", "rule": "exists", "message": "there is one already"}
        raise Rejected("ALREADY_EXISTS", "There is a trial with this trial_id already.", [field])
    return [
        TrialOpened(
            trial_id=command.trial_id,
            initiative=command.initiative,
            title=command.title,
            arms=command.arms,
            sites=command.sites,
            eligibility=command.eligibility.as_eligibility(),
            success_measure=command.success_measure.as_success_measure(),
            effective_on=command.effective_on,
        )
    ]


TRIAL = Aggregate("trial", TrialState(), evolve)

OPEN_TRIAL = Decider(OpenTrial, reads=lambda command: ((TRIAL, command.trial_id),), decide=decide_open_trial)
