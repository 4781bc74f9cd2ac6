"""What a caller may ask of the trials: commands and queries.

Every field is checked by its type before anything is decided; a field that is wrong is refused by its name
(INPUT_INVALID). A citizen is only ever a random pseudonym; the age is read for the decision and stands in no
event.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from services.trials.events import Direction, Eligibility, SuccessMeasure, WithdrawalReason
from shared.kernel.messages import Command, Day, Identifier, MunicipalityCode, Query, RequestPart, Text

COMPARISON = "comparison"
"""The arm that the others are compared with; every trial has it."""


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """`values` if none stands twice; raises ValueError otherwise."""
    if len(set(values)) < len(values):
        raise ValueError("name each once")
    return values


def _with_comparison(arms: tuple[str, ...]) -> tuple[str, ...]:
    """`arms` if one is the comparison; raises ValueError otherwise."""
    if COMPARISON not in arms:
        raise ValueError(f"one arm must be called {COMPARISON}")
    return arms


def _decimal(value: object) -> object:
    """A number, or text that writes one plainly (not `1_0` or `1e5`), as a Decimal; raises ValueError."""
    if isinstance(value, str):
        if not re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,6})?", value):
            raise ValueError("write a decimal number, such as 12.5")
        return Decimal(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return value


Pseudonym = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
]
"""A random (version 4) UUID: others are made from a clock, a machine or a name and could betray it."""
AgeYears = Annotated[int, Field(ge=0, le=120)]
Score = Annotated[Decimal, BeforeValidator(_decimal), Field(gt=-(10**6), lt=10**6, max_digits=12, decimal_places=6)]
"""A score on an instrument. Send it as text: a JSON number may have passed through a float."""
Arms = Annotated[
    tuple[Identifier, ...],
    Field(min_length=2, max_length=6),
    AfterValidator(_distinct),
    AfterValidator(_with_comparison),
]
Sites = Annotated[tuple[MunicipalityCode, ...], Field(min_length=1, max_length=98), AfterValidator(_distinct)]


class EligibilityRequest(RequestPart):
    """Whom the trial is for: ages in whole years, both ends included."""

    age_min: AgeYears
    age_max: AgeYears

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Refuse bounds that nobody's age is within."""
        if self.age_max < self.age_min:
            raise ValueError("age_max must not be below age_min")
        return self

    def as_eligibility(self) -> Eligibility:
        """The same as the part of an event."""
        return Eligibility(age_min=self.age_min, age_max=self.age_max)


class SuccessMeasureRequest(RequestPart):
    """When a participant is a success: a score at least (`higher`) or at most (`lower`) the threshold."""

    instrument: Identifier
    wave: Identifier
    direction: Direction
    threshold: Score

    def as_success_measure(self) -> SuccessMeasure:
        """The same as the part of an event."""
        return SuccessMeasure(
            instrument=self.instrument, wave=self.wave, direction=self.direction, threshold=self.threshold
        )


class OpenTrial(Command):
    """Open a trial of an initiative: arms, sites (municipalities), eligibility and success measure."""

    trial_id: Identifier
    initiative: Identifier
    title: Text
    arms: Arms
    sites: Sites
    eligibility: EligibilityRequest
    success_measure: SuccessMeasureRequest
    effective_on: Day


class EnrolCitizen(Command):
    """Enrol a citizen, by pseudonym, in an arm of the trial at a site."""

    not_hashed: ClassVar[frozenset[str]] = frozenset({"age_years"})

    trial_id: Identifier
    citizen: Pseudonym
    arm: Identifier
    municipality: MunicipalityCode
    consent_given: bool
    age_years: AgeYears = Field(repr=False)
    """Whole years on the day of enrolment. Kept out of `repr`, so that no log of a command shows it."""
    effective_on: Day


class RecordAssessment(Command):
    """Record a participant's score on an instrument at a wave (`baseline`, `month-12`)."""

    trial_id: Identifier
    citizen: Pseudonym
    instrument: Identifier
    wave: Identifier
    score: Score = Field(repr=False)
    effective_on: Day


class CompleteParticipation(Command):
    """The participant completed the course (gennemførelse)."""

    trial_id: Identifier
    citizen: Pseudonym
    effective_on: Day


class WithdrawParticipant(Command):
    """The participant leaves before completing (frafald)."""

    trial_id: Identifier
    citizen: Pseudonym
    reason: WithdrawalReason
    effective_on: Day


class TrialEffect(Query):
    """The effect so far: successes per arm and the difference from the comparison, with its interval."""

    trial_id: Identifier


class TrialStatus(Query):
    """How far the trial is: enrolled, completed, withdrawn and assessed per arm and site."""

    trial_id: Identifier
