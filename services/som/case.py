"""A business case: one initiative in one municipality, and its projection, computed anew when an input changed.

An award opens one; what becomes of the money, enrolments, completions, outcomes, an economist's adjustment and a new
knowledge base bring it new inputs. Same inputs, same knowledge, same engine: nothing happened, and nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.som.attribution import Computation, attribute
from services.som.commands import AdjustCase
from services.som.events import (
    Behind,
    CaseAdjusted,
    CaseInputs,
    CaseOpened,
    Contribution,
    PayerAmounts,
    ProjectionRecalculated,
)
from services.som.model import ENGINE_VERSION, KnowledgeBase, compile_case, project
from services.som.uncertainty import probabilities_and_spread
from shared.kernel.decider import Aggregate, Decider, Reads
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import not_found
from shared.kernel.rejection import Rejected

ADJUSTMENT, KNOWLEDGE = "adjustment", "knowledge"
"""What may be behind an input beside the events of the other services."""

MOVED_BY = {
    "success_rate": ("success_rate", KNOWLEDGE, ADJUSTMENT),
    "costs": ("costs", ADJUSTMENT),
    "completers": ("completers", ADJUSTMENT),
}
"""What may have moved a contribution; the others' inputs are of the knowledge base and the adjustment."""


class CaseState(Value):
    """When the case was decided (None: not opened), and how it was last adjusted."""

    decision_date: date | None = None
    adjusted: CaseAdjusted | None = None


class Known(NamedTuple):
    """The knowledge base that a projection is computed with, and where it stands in SØM's log."""

    knowledge: KnowledgeBase
    version: int
    position: int


def case_key(initiative: str, municipality: str) -> str:
    """The key of a case's stream; a municipality code has no dot, so two cases never share a key."""
    return f"{initiative}.{municipality}"


def evolve(state: CaseState, event: Event) -> CaseState:
    """The case after `event`; an event of another kind changes nothing."""
    match event:
        case CaseOpened():
            return state.model_copy(update={"decision_date": event.decision_date})
        case CaseAdjusted():
            return state.model_copy(update={"adjusted": event})
        case _:
            return state


def decide_open(
    state: CaseState, initiative: str, municipality: str, decision_date: date, effective_on: date
) -> list[Event]:
    """Open the case at an award; nothing when it is open already: the first award's date is the decision's."""
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


def decide_adjustment(state: CaseState, command: AdjustCase) -> list[Event]:
    """Choose how a live case is computed; nothing when that is how it was.

    Raises Rejected NOT_FOUND (no award opened the case) or RATE_MISSING (typed is chosen and no rate was typed).
    That the case can be computed so is checked before, by who reads the knowledge base.
    """
    if state.decision_date is None:
        raise not_found("municipality")
    if command.rate_choice == "typed" and command.typed_rate is None:
        field = {"field": "typed_rate", "rule": "required"}
        raise Rejected("RATE_MISSING", "Type the success rate that the case is to be computed with.", [field])
    fields = command.model_dump(exclude={"command_id", "on_behalf_of", "correlation_id"})
    adjusted = CaseAdjusted.model_validate(fields)
    said = {"reason": "", "effective_on": date.min}
    if state.adjusted is not None and state.adjusted.model_copy(update=said) == adjusted.model_copy(update=said):
        return []
    return [adjusted]


def decide_recalculation(
    latest: ProjectionRecalculated | None,
    initiative: str,
    municipality: str,
    inputs: CaseInputs,
    known: Known,
    before: KnowledgeBase | None,
    behind: Sequence[Behind],
    positions: Mapping[str, int],
    effective_on: date,
) -> list[Event]:
    """Compute the projection of an open case anew; nothing when inputs, knowledge and engine are those of `latest`, or
    when a new version of the knowledge base changes no figure of it: what it did not use did not move it.

    `before` is the knowledge base that `latest` was computed with; `behind` the events behind the inputs; `positions`
    those reached in the services listened to, recorded but no input. Raises Rejected as `compile_case` does.
    """
    published = known.knowledge.published
    if latest is not None and _computed_from(latest) == (inputs, published.pricebook, known.version, ENGINE_VERSION):
        return []
    figures = projected(inputs, known.knowledge, case_key(initiative, municipality))
    if latest is not None and (latest.inputs, latest.engine_version) == (inputs, ENGINE_VERSION):
        same = (getattr(latest, name) == figure for name, figure in figures.items())
        if all(same):
            return []
    at_knowledge = Behind(input=KNOWLEDGE, service="som", events=1, first=known.position, last=known.position)
    behind = (*behind, at_knowledge)
    return [
        ProjectionRecalculated(
            initiative=initiative,
            municipality=municipality,
            inputs=inputs,
            pricebook=published.pricebook,
            pricebook_version=known.version,
            engine_version=ENGINE_VERSION,
            positions=dict(positions),
            behind=behind,
            changed=_changed(latest, before, Computation(inputs, known.knowledge), behind, figures),
            effective_on=effective_on,
            **figures,
        )
    ]


def projected(inputs: CaseInputs, knowledge: KnowledgeBase, scope: str) -> dict[str, Any]:
    """The figures of a projection by the names they have in `ProjectionRecalculated`: the same, bit for bit, whenever
    and wherever they are computed from the same inputs, knowledge and engine. `scope` is the case's key."""
    model = compile_case(inputs, knowledge)
    probabilities, spread = probabilities_and_spread(model, knowledge, scope=scope)
    return dict(project(inputs, knowledge, model)) | {"probabilities": probabilities, "spread": spread}


def _computed_from(latest: ProjectionRecalculated) -> tuple[CaseInputs, str, int, str]:
    return latest.inputs, latest.pricebook, latest.pricebook_version, latest.engine_version


def _changed(
    latest: ProjectionRecalculated | None,
    before: KnowledgeBase | None,
    after: Computation,
    behind: Sequence[Behind],
    figures: Mapping[str, Any],
) -> tuple[Contribution, ...]:
    """What moved the net present value since the latest projection, each with the events since then."""
    if latest is None:
        return ()
    published = latest.net_present_value if latest.engine_version != ENGINE_VERSION else None
    try:
        if before is None:
            raise Rejected("NOT_FOUND", "The version that it was computed with is not in this log.")
        found = attribute(Computation(latest.inputs, before, published), after)
    except Rejected:
        # Computed once, with rules that would refuse it now: then all that can be said is by how much it moved.
        found = (
            Contribution(input="everything", amount=_less(figures["net_present_value"], latest.net_present_value)),
        )
    since = events_since(latest.behind, behind)
    return tuple(one.model_copy(update={"behind": _moved(one.input, since)}) for one in found)


def events_since(before: Sequence[Behind], now: Sequence[Behind]) -> tuple[Behind, ...]:
    """What has come to be behind the inputs: as many events, and the positions they are among."""
    known = {(one.input, one.service): one for one in before}
    found = []
    for one in now:
        old = known.get((one.input, one.service))
        if old is None or old.input == KNOWLEDGE:
            if old is None or old.last != one.last:
                found.append(one)
        elif one.events > old.events:
            # A parked event, taken up later, is before what was known already.
            first = old.last + 1 if one.last > old.last else one.first
            found.append(one.model_copy(update={"events": one.events - old.events, "first": first}))
    return tuple(found)


def _moved(contribution: str, since: Sequence[Behind]) -> tuple[Behind, ...]:
    if contribution in ("engine", "everything"):
        return tuple(since) if contribution == "everything" else ()
    return tuple(one for one in since if one.input in MOVED_BY.get(contribution, (KNOWLEDGE, ADJUSTMENT)))


def _less(one: PayerAmounts, other: PayerAmounts) -> PayerAmounts:
    return PayerAmounts(
        kommune=one.kommune - other.kommune, region=one.region - other.region, stat=one.stat - other.stat
    )


def _reads(command: AdjustCase) -> Reads:
    return ((CASE, case_key(command.initiative, command.municipality)),)


CASE = Aggregate("case", CaseState(), evolve, snapshot_every=50)

ADJUST_CASE = Decider(AdjustCase, _reads, decide_adjustment)
