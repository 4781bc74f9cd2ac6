"""The arms of every trial, counted: what a trial's effect is computed from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, select

from services.trials.commands import TrialEffect, TrialStatus
from services.trials.effect import effect
from services.trials.events import (
    AssessmentRecorded,
    CitizenEnrolled,
    ParticipantCompleted,
    ParticipantWithdrew,
    TrialOpened,
)
from shared.eventstore.store import Recorded, Transaction
from shared.eventstore.upsert import upsert
from shared.kernel.rejection import Rejected

metadata = MetaData()

arms = Table(
    "trials_arm",
    metadata,
    Column("trial_id", Text, primary_key=True),
    Column("arm", Text, primary_key=True),
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in ("enrolled", "completed", "withdrawn", "assessed", "successes")
    ),
)


def react(transaction: Transaction, _source: str, events: Sequence[Recorded]) -> None:
    """Count enrolments, endings and outcomes per arm."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for event in (recorded.event for recorded in events):
        match event:
            case TrialOpened():
                rows = [{"trial_id": event.trial_id, "arm": arm} for arm in event.arms]
                transaction.connection.execute(insert(arms), rows)
            case CitizenEnrolled():
                counts.setdefault((event.trial_id, event.arm), Counter())["enrolled"] += 1
            case ParticipantCompleted():
                counts.setdefault((event.trial_id, event.arm), Counter())["completed"] += 1
            case ParticipantWithdrew():
                counts.setdefault((event.trial_id, event.arm), Counter())["withdrawn"] += 1
            case AssessmentRecorded() if event.success is not None:
                counted = counts.setdefault((event.trial_id, event.arm), Counter())
                counted["assessed"] += 1
                counted["successes"] += int(event.success)
    for (trial_id, arm), added in counts.items():
        upsert(transaction.connection, arms, {"trial_id": trial_id, "arm": arm}, add=added)


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
