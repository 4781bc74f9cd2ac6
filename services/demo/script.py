"""The demo's script: every command of the programme's years in order, the same ones from the same file.

Pure: the only chance is `random.Random` from the file's seed. A command's id follows from the file's content and the
command's own name, so a script played again is answered as known and changes nothing.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from services.demo.programme import INTERVENTION_COST, SCALES, Amount, Grant, Programme, SuccessMeasure, Trial
from shared.kernel.money import oere, split

NAMESPACE = uuid.UUID("5f0a6f0c-6f0e-4a63-9d7b-2b7d5a1f6c11")
ON_BEHALF_OF = "demo"
REASONS = ("moved", "consent_withdrawn", "illness", "other_offer", "not_reached")
EARLIEST_WITHDRAWAL_DAYS = 7
MEASURED_DAYS_BEFORE = 14
"""The measure is taken so long before the course ends."""


class Act(NamedTuple):
    """A command to send: the day it counts from, the service's method, and its fields.

    `settled`: only once every view has come as far as the facts before it.
    """

    day: date
    service: str
    method: str
    fields: dict[str, Any]
    settled: bool = False


def acts(programme: Programme) -> list[Act]:
    """Every act by its day; on one day money comes before people, and reports last."""
    digest = hashlib.sha256(programme.model_dump_json().encode()).hexdigest()

    def named(act: Act, name: str) -> Act:
        command_id = uuid.uuid5(NAMESPACE, f"{digest}/{act.method}/{name}")
        common = {"command_id": str(command_id), "on_behalf_of": ON_BEHALF_OF, "effective_on": act.day.isoformat()}
        return act._replace(fields={**common, **act.fields})

    parts = (_appropriations, _knowledge, _pools, _trials, _grants, _payments, _courses, _reports)
    unordered = [named(act, name) for part in parts for act, name in part(programme)]
    return sorted(unordered, key=lambda act: act.day)


Named = Iterator[tuple[Act, str]]


def _appropriations(programme: Programme) -> Named:
    """All at the start: the agreement was for four years, and a pool draws on years to come."""
    day = programme.programme.start
    for row in programme.appropriations:
        fields = {
            "account": row.account,
            "budget_year": row.year,
            "amount_oere": oere(row.amount_dkk),
            "act": f"FL {row.year}",
        }
        yield Act(day, "funding", "register_appropriation", fields), f"{row.account}/{row.year}"


def _knowledge(programme: Programme) -> Named:
    prices = [_price(row) for row in programme.prices if row.area_da != INTERVENTION_COST]
    fields = {
        "pricebook": "demo",
        "version_label": "1",
        "price_level_year": programme.programme.end.year,
        "index_series": programme.indices[0].series,
        "prices": prices,
        "consequences": [_consequence(row) for row in programme.consequences],
        "evidence": [_evidence(row) for row in programme.evidence],
        "indices": [row.model_dump(mode="json", include={"series", "year", "value"}) for row in programme.indices],
        "discount_rates": [_discount_rate(row) for row in programme.discount_rates],
    }
    yield Act(programme.programme.start, "som", "publish_knowledge", fields), "1"


def _price(row: Any) -> dict[str, Any]:
    same = {"amount_dkk", "price_year", "kommune", "region", "stat", "status"}
    renamed = {"price_id": row.id, "service": row.service_da, "source": row.source_url}
    return {**row.model_dump(mode="json", include=same), **renamed}


def _consequence(row: Any) -> dict[str, Any]:
    same = {"initiative", "change_per_success", "status"}
    return {**row.model_dump(mode="json", include=same), "price_id": row.price, "source": row.source_url}


def _evidence(row: Any) -> dict[str, Any]:
    same = {"initiative", "intervention", "net_success_rate", "evidence_level"}
    return {**row.model_dump(mode="json", include=same), "source": row.source_url}


def _discount_rate(row: Any) -> dict[str, Any]:
    fields: dict[str, Any] = row.model_dump(mode="json", include={"decided_from", "from_year", "to_year", "rate"})
    return fields | ({"to_year": None} if row.to_year == 9999 else {})


def _draws(amounts: Sequence[Amount]) -> list[dict[str, Any]]:
    return [
        {"account": part.account, "budget_year": part.year, "amount_oere": oere(part.amount_dkk)} for part in amounts
    ]


def _pools(programme: Programme) -> Named:
    """Each at its call; one without a call at the start.

    The view calls an initiative what its first pool is called, so each pool bears its initiative's name.
    """
    for pool in programme.pools:
        initiative = programme.initiative_of(pool.id)
        fields = {
            "pool_id": pool.id,
            "track": initiative.track,
            "initiative": initiative.id,
            "title": initiative.name_da,
            "draws": _draws(pool.draws),
        }
        yield Act(pool.call_opens or programme.programme.start, "funding", "open_pool", fields), pool.id


def _trials(programme: Programme) -> Named:
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


def _grants(programme: Programme) -> Named:
    for grant in programme.grants:
        fields = {
            "grant_id": grant.id,
            "pool_id": grant.pool,
            "municipality": grant.municipality,
            "draws": _draws(grant.amounts),
            "period_from": grant.period.start.isoformat(),
            "period_to": grant.period.end.isoformat(),
        }
        yield Act(grant.awarded_on, "funding", "award_grant", fields), grant.id


def _payments(programme: Programme) -> Named:
    """Each account-year of a grant in quarterly instalments, in advance, over the quarters of its period."""
    for grant in programme.grants:
        for part in grant.amounts:
            days = quarters(grant, part.year)
            for day, amount in zip(days, split(oere(part.amount_dkk), [1] * len(days)), strict=True):
                payment_id = f"{part.account}-{part.year}-q{(day.month + 2) // 3}"
                fields = {
                    "grant_id": grant.id,
                    "payment_id": payment_id,
                    "account": part.account,
                    "budget_year": part.year,
                    "amount_oere": amount,
                }
                if amount:
                    yield Act(day, "funding", "pay_instalment", fields), f"{grant.id}/{payment_id}"


def quarters(grant: Grant, year: int) -> list[date]:
    """The days on which instalments of the year fall: each quarter's first, or the period's; never before the award.

    A year that the period does not touch is paid at once on its first day, or at the award.
    """
    first = max(grant.period.start, grant.awarded_on)
    starts = [date(year, month, 1) for month in (1, 4, 7, 10)]
    touched = [start for start in starts if month_end(date(year, start.month + 2, 1)) >= first]
    days = [max(start, first) for start in touched if start <= grant.period.end]
    return days or [max(date(year, 1, 1), grant.awarded_on)]


def _courses(programme: Programme) -> Named:
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


def _reports(programme: Programme) -> Named:
    """A report at each year's end, of figures that have caught up with the year."""
    first, last = programme.programme.start, programme.programme.end
    for year in range(first.year, last.year + 1):
        day = min(date(year, 12, 31), last)
        fields = {"report_id": f"aarsrapport-{year}", "title": f"Programmets tal ved udgangen af {year}"}
        yield Act(day, "reporting", "publish_report", fields, settled=True), str(year)


def months(first: date, last: date) -> Iterator[date]:
    """The first day that counts in each month from `first` to `last`."""
    day = first
    while day <= last:
        yield day
        day = month_end(day) + timedelta(days=1)


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)


def add_months(day: date, count: int) -> date:
    """The same day of the month `count` months on, or that month's last."""
    years, month = divmod(day.month - 1 + count, 12)
    end = month_end(date(day.year + years, month + 1, 1))
    return end.replace(day=min(day.day, end.day))
