"""Who started, withdrew, completed and succeeded, from the events of the trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection

from services.som.views import behind
from services.som.views.tables import CaseKey, cases_of, som_case_year, som_trial_arm
from services.trials.commands import COMPARISON
from services.trials.events import AssessmentRecorded, CitizenEnrolled, ParticipantCompleted, ParticipantWithdrew
from shared.eventstore import upsert
from shared.eventstore.store import Recorded
from shared.kernel.messages import Event

TRIALS = (CitizenEnrolled, AssessmentRecorded, ParticipantCompleted, ParticipantWithdrew)
"""The events of the trials that are of use here."""

_COUNTED: dict[type[Event], str] = {
    CitizenEnrolled: "starters",
    ParticipantWithdrew: "withdrawn",
    ParticipantCompleted: "completers",
}


def apply_trials(connection: Connection, events: Iterable[Recorded]) -> set[CaseKey]:
    """Note enrolments, withdrawals, completions and outcomes; returns the cases touched.

    The first three touch their own case, an outcome every case of its initiative; only cases that exist are named, and
    a case opened later finds what was noted before it.
    """
    counted, noted = Counter[tuple[str, str, int, str]](), list[behind.Noted]()
    assessed, successes = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for recorded in events:
        event = recorded.event
        match event:
            case AssessmentRecorded() if event.success is not None:
                arm = (event.trial_id, event.initiative, event.arm)
                assessed[arm] += 1
                successes[arm] += event.success
                noted.append(((event.initiative, ""), "success_rate", recorded.position))
            case CitizenEnrolled() | ParticipantWithdrew() | ParticipantCompleted() if event.arm != COMPARISON:
                case = (event.initiative, event.municipality)
                counted[(*case, event.effective_on.year, _COUNTED[type(event)])] += 1
                noted.append((case, "completers", recorded.position))
    if not noted:
        return set()
    _add(connection, counted)
    arms = [
        {"trial_id": arm[0], "initiative": arm[1], "arm": arm[2], "successes": successes[arm], "assessed": count}
        for arm, count in assessed.items()
    ]
    upsert.add(connection, som_trial_arm, arms)
    behind.note(connection, "trials", noted)
    touched = {case for case, _, _ in noted}
    known = cases_of(connection, (initiative for initiative, _ in touched))
    return {case for case in known if case in touched or (case[0], "") in touched}


def _add(connection: Connection, counted: Counter[tuple[str, str, int, str]]) -> None:
    rows: dict[tuple[str, str, int], dict[str, str | int]] = {}
    nothing: dict[str, str | int] = dict.fromkeys(_COUNTED.values(), 0)
    for (initiative, municipality, year, column), count in counted.items():
        key: dict[str, str | int] = {"initiative": initiative, "municipality": municipality, "year": year}
        row = rows.setdefault((initiative, municipality, year), key | nothing)
        row[column] = count
    upsert.add(connection, som_case_year, list(rows.values()))
