"""Trials, and what happens to their simulated citizens."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from services.demo.programme import Programme
from services.demo.script.act import Act, Named
from services.demo.trial_rows import SCALES, SuccessMeasure, Trial
from shared.kernel.calendar import add_months, month_end

REASONS = ("moved", "consent_withdrawn", "illness", "other_offer", "not_reached")
EARLIEST_WITHDRAWAL_DAYS = 7
MEASURED_DAYS_BEFORE = 14
"""The measure is taken so long before the course ends."""


def trials(programme: Programme) -> Named:
    """Each opens when it begins to enrol."""
    for trial in programme.trials:
        measure = trial.success_measure
        fields = {
            "trial_id": trial.id,
            "initiative": trial.initiative,
            "title": trial.title_da,
            "arms": list(trial.arms),
            "sites": list(trial.sites),
            "eligibility": trial.eligibility.model_dump(),
            "success_measure": {
                **_instrument(measure),
                "direction": measure.direction,
                "threshold": str(measure.threshold),
            },
        }
        yield Act(trial.enrols_from, "trials", "open_trial", fields), trial.id


def _instrument(measure: SuccessMeasure) -> dict[str, str]:
    return {"instrument": measure.instrument.lower(), "wave": f"{measure.wave}m"}


def courses(programme: Programme) -> Named:
    """What happens to the simulated citizens of every trial; each trial has its own chance."""
    end = programme.programme.end
    for trial in programme.trials:
        chance = Random(f"{programme.programme.seed}/{trial.id}")
        outcomes: dict[str, Iterator[bool]] = {
            arm: spread(float(getattr(trial.true_success, arm)), chance) for arm in trial.arms
        }
        for site in trial.sites:
            for number, (enrolled_on, arm) in enumerate(_enrolments(trial, chance)):
                for act in _course(trial, site, arm, enrolled_on, end, outcomes[arm], chance):
                    yield act, f"{trial.id}/{site}/{number}"


def _enrolments(trial: Trial, chance: Random) -> Iterator[tuple[date, str]]:
    """The days on which a site enrols somebody, evenly over the months, and the arm: drawn in blocks of four."""
    block: list[str] = []
    for number, first in enumerate(months(trial.enrols_from, trial.enrols_to)):
        a_year = trial.participants_per_site_per_year
        for _ in range((number + 1) * a_year // 12 - number * a_year // 12):
            if not block:
                block = list(trial.arms) * 2
                chance.shuffle(block)
            last = min(month_end(first), trial.enrols_to)
            yield first + timedelta(days=chance.randint(0, (last - first).days)), block.pop()


def _course(
    trial: Trial, site: str, arm: str, enrolled_on: date, end: date, outcomes: Iterator[bool], chance: Random
) -> Iterator[Act]:
    """One citizen: enrolled, and either measured and completed around the measure's wave, or withdrawn before."""
    who = {"trial_id": trial.id, "citizen": str(uuid.UUID(int=chance.getrandbits(128), version=4))}
    age = chance.randint(trial.eligibility.age_min, trial.eligibility.age_max)
    enrolment = {**who, "arm": arm, "municipality": site, "consent_given": True, "age_years": age}
    yield Act(enrolled_on, "trials", "enrol_citizen", enrolment)
    done = min(add_months(enrolled_on, trial.success_measure.wave), end)
    if chance.random() < trial.completion_rate:
        score = {"score": str(simulated_score(trial.success_measure, next(outcomes), chance))}
        measured = {**who, **_instrument(trial.success_measure), **score}
        measured_on = max(done - timedelta(days=MEASURED_DAYS_BEFORE), enrolled_on)
        yield Act(measured_on, "trials", "record_assessment", measured)
        yield Act(done, "trials", "complete_participation", who)
    else:
        days = (done - enrolled_on).days
        left = enrolled_on + timedelta(days=chance.randint(min(EARLIEST_WITHDRAWAL_DAYS, days), days))
        yield Act(left, "trials", "withdraw_participant", {**who, "reason": chance.choice(REASONS)})


def spread(share: float, chance: Random) -> Iterator[bool]:
    """Endless outcomes of which `share` are true, spread evenly from a chance start: a small trial too comes close."""
    reached = chance.random()
    while True:
        before, reached = reached, reached + share
        yield int(reached) > int(before)


def simulated_score(measure: SuccessMeasure, success: bool, chance: Random) -> int:
    """A score on the instrument's scale that is a success or is not, more often near the threshold than far off."""
    lowest, highest, step = SCALES[measure.instrument]
    scores = range(lowest, highest + 1, step)
    if measure.direction == "higher":
        chosen = [score for score in scores if (score >= measure.threshold) == success]
    else:
        chosen = [score for score in scores if (score <= measure.threshold) == success]
    nearness = [1 / (1 + abs(score - measure.threshold)) ** 0.5 for score in chosen]
    return chance.choices(chosen, nearness)[0]


def months(first: date, last: date) -> Iterator[date]:
    """The first day that counts in each month from `first` to `last`."""
    day = first
    while day <= last:
        yield day
        day = month_end(day) + timedelta(days=1)
