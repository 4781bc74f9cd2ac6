"""The arms of every trial, counted: what a trial's effect is computed from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, select

from services.trials.commands import TrialEffect, TrialStatus
from services.trials.effect import effect
from services.trials.events import (
    AssessmentRecorded,
    CitizenEnrolled,
    ParticipantCompleted,
    ParticipantWithdrew,
    TrialOpened,
)
from shared.eventstore import upsert
from shared.eventstore.store import Recorded, Transaction
from shared.kernel.rejection import Rejected

COUNTS = ("enrolled", "completed", "withdrawn", "assessed", "successes")

metadata = MetaData()

arms = Table(
    "trials_arm",
    metadata,
    Column("trial_id", Text, primary_key=True),
    Column("arm", Text, primary_key=True),
    *(Column(name, Integer, nullable=False, server_default="0") for name in COUNTS),
)


def react(transaction: Transaction, _source: str, events: Sequence[Recorded]) -> None:
    """Count enrolments, endings and outcomes per arm."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for event in (recorded.event for recorded in events):
        if isinstance(event, TrialOpened):
            upsert.keep(transaction.connection, arms, [{"trial_id": event.trial_id, "arm": arm} for arm in event.arms])
        elif isinstance(event, CitizenEnrolled | ParticipantCompleted | ParticipantWithdrew | AssessmentRecorded):
            counts.setdefault((event.trial_id, event.arm), Counter()).update(_counted(event))
    rows = [
        {"trial_id": trial_id, "arm": arm, **{name: added[name] for name in COUNTS}}
        for (trial_id, arm), added in counts.items()
    ]
    upsert.add(transaction.connection, arms, rows)


def _counted(event: object) -> list[str]:
    match event:
        case CitizenEnrolled():
            return ["enrolled"]
        case ParticipantCompleted():
            return ["completed"]
        case ParticipantWithdrew():
            return ["withdrawn"]
        case AssessmentRecorded(success=True):
            return ["assessed", "successes"]
        case AssessmentRecorded(success=False):
            return ["assessed"]
    return []


def trial_status(connection: Connection, query: TrialStatus) -> dict[str, Any]:
    """How many are enrolled, completed, withdrawn and assessed in each arm. Raises Rejected NOT_FOUND."""
    return {"trial_id": query.trial_id, "arms": _arms(connection, query.trial_id)}


def trial_effect(connection: Connection, query: TrialEffect) -> dict[str, Any]:
    """The success share per arm, and the difference from the comparison with its 95 % interval.

    Raises Rejected NOT_FOUND.
    """
    counts = {row["arm"]: (row["successes"], row["assessed"]) for row in _arms(connection, query.trial_id)}
    return {"trial_id": query.trial_id, **effect(counts).model_dump(mode="json")}


def _arms(connection: Connection, trial_id: str) -> list[dict[str, Any]]:
    query = select(arms).where(arms.c.trial_id == trial_id).order_by(arms.c.arm)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    if not rows:
        raise Rejected("NOT_FOUND", "There is no such trial.", [{"field": "trial_id", "rule": "exists"}])
    return rows
