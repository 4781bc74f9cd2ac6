"""A business case: one initiative in one municipality, and its projection, computed anew when an input
changed.

Cases are not commanded from outside. An award opens one; awards and what becomes of them, payments and
repayments, completions, outcomes and a new knowledge base bring it new inputs. Same inputs, same knowledge,
same engine: nothing happened, and nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from services.som.events import (
    CaseInputs,
    CaseOpened,
    KnowledgePublished,
    ProjectionRecalculated,
    SuccessRate,
)
from services.som.model import ENGINE_VERSION, project
from shared.kernel.decider import Aggregate
from shared.kernel.messages import Event, Value
from shared.kernel.statistics import Counts, pooled_difference

MIN_ASSESSED = 20
"""A trial's own success rate replaces the evidence's from so many assessed in the intervention and in the
comparison; with fewer, one citizen more or less moves the rate by over five percentage points."""

TRIAL_EVIDENCE_LEVEL = 1
"""A randomised trial is evidence of level 1 (SØM's scale, 1 to 3)."""


class Fingerprint(Value):
    """What a projection was computed from; equal fingerprints give equal projections, bit for bit."""

    inputs: CaseInputs
    pricebook: str
    pricebook_version: int
    engine_version: str


class CaseState(Value):
    """When the case was decided (None: not opened), and what its latest projection was computed from."""

    decision_date: date | None = None
    computed_from: Fingerprint | None = None


def case_key(initiative: str, municipality: str) -> str:
    """The key of a case's stream; a municipality code has no dot, so two cases never share a key."""
    return f"{initiative}.{municipality}"


def evolve(state: CaseState, event: Event) -> CaseState:
    """The case after `event`; an event of another kind changes nothing."""
    match event:
        case CaseOpened():
            return state.model_copy(update={"decision_date": event.decision_date})
        case ProjectionRecalculated():
            computed_from = Fingerprint(
                inputs=event.inputs,
                pricebook=event.pricebook,
                pricebook_version=event.pricebook_version,
                engine_version=event.engine_version,
            )
            return state.model_copy(update={"computed_from": computed_from})
        case _:
            return state


def decide_open(
    state: CaseState, initiative: str, municipality: str, decision_date: date, effective_on: date
) -> list[Event]:
    """Open the case at an award; nothing when it is open already: the first award's date is the
    decision's."""
    if state.decision_date is not None:
        return []
    return [
        CaseOpened(
            initiative=initiative,
            municipality=municipality,
            decision_date=decision_date,
            effective_on=effective_on,
        )
    ]


def decide_recalculation(
    state: CaseState,
    initiative: str,
    municipality: str,
    inputs: CaseInputs,
    knowledge: KnowledgePublished,
    pricebook_version: int,
    positions: Mapping[str, int],
    effective_on: date,
) -> list[Event]:
    """Compute the projection anew; nothing when neither inputs, knowledge nor engine changed, or no case is
    open.

    `pricebook_version` is the version of `knowledge` in its stream; `positions` the positions reached in
    the services listened to, recorded but no input: a position that moved without changing an input changes
    no projection. Raises Rejected as `model.project` does: DISCOUNT_TABLE_MISSING when the decision is
    older than every table.
    """
    computed_from = Fingerprint(
        inputs=inputs,
        pricebook=knowledge.pricebook,
        pricebook_version=pricebook_version,
        engine_version=ENGINE_VERSION,
    )
    if state.decision_date is None or state.computed_from == computed_from:
        return []
    projection = project(inputs, knowledge, initiative)
    return [
        ProjectionRecalculated(
            initiative=initiative,
            municipality=municipality,
            inputs=inputs,
            pricebook=knowledge.pricebook,
            pricebook_version=pricebook_version,
            engine_version=ENGINE_VERSION,
            positions=dict(positions),
            years=projection.years,
            net_present_value=projection.net_present_value,
            discounted_cost=projection.discounted_cost,
            break_even_year=projection.break_even_year,
            effective_on=effective_on,
        )
    ]


def trial_success_rate(trials: Mapping[str, tuple[Counts, Counts]]) -> SuccessRate | None:
    """The net success rate of an initiative's trials, None while they are too small to say.

    `trials` holds each trial's (successes, assessed) of its intervention arms together, and of its
    comparison. Only trials with somebody assessed on both sides count; those that do must have MIN_ASSESSED
    on either side, together. Each is compared within itself. Rate and interval are rounded to six decimals.
    Source: shared.kernel.statistics.
    """
    counted = {trial: trials[trial] for trial in sorted(trials) if trials[trial][0][1] and trials[trial][1][1]}
    assessed = sum(arm[1] for arm, _ in counted.values())
    comparison_assessed = sum(other[1] for _, other in counted.values())
    if min(assessed, comparison_assessed) < MIN_ASSESSED:
        return None
    pooled = pooled_difference(list(counted.values()))
    rate, low, high = (Decimal(f"{share:.6f}") + 0 for share in pooled)  # + 0: nought without a sign
    return SuccessRate(
        origin="trial",
        name="+".join(counted),
        rate=rate,
        low=low,
        high=high,
        evidence_level=TRIAL_EVIDENCE_LEVEL,
    )


CASE = Aggregate("case", CaseState(), evolve, snapshot_every=5)
