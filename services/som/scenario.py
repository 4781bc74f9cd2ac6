"""A scenario: a calculation beside the live cases, that is made, changed, signed, reviewed and shared.

It branches from a live case or has a scope of its own. What it is signed with is what it says at that moment: a change
takes the signature, the reviews and the place in the library away.
"""

from __future__ import annotations

from typing import Any

from services.som.checklist import QUESTION_IDS
from services.som.commands import (
    ChangeScenario,
    CreateScenario,
    ReviewScenario,
    ShareScenario,
    SignChecklist,
)
from services.som.events import (
    BranchPoint,
    CaseInputs,
    ChecklistAnswer,
    ChecklistSigned,
    ScenarioChanged,
    ScenarioCreated,
    ScenarioReviewed,
    ScenarioShared,
)
from shared.kernel.decider import Aggregate, Decider, Reads
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import not_found, refused, same_person, taken


class ScenarioState(Value):
    """Where a scenario stands: what it is computed from, who made it, and what has been said of it as it is now."""

    exists: bool = False
    municipality: str | None = None
    made_by: str = ""
    inputs: CaseInputs | None = None
    pricebook: str = ""
    pricebook_version: int = 0
    signed_by: str | None = None
    reviewers: tuple[str, ...] = ()
    shared: bool = False


def evolve(state: ScenarioState, event: Event) -> ScenarioState:
    """The scenario after `event`; an event of another kind changes nothing."""
    match event:
        case ScenarioCreated():
            return ScenarioState(
                exists=True,
                municipality=event.municipality,
                made_by=event.made_by,
                inputs=event.inputs,
                pricebook=event.pricebook,
                pricebook_version=event.pricebook_version,
            )
        case ScenarioChanged():
            computed_from = {name: getattr(event, name) for name in ("inputs", "pricebook", "pricebook_version")}
            return state.model_copy(update=computed_from | {"signed_by": None, "reviewers": (), "shared": False})
        case ChecklistSigned():
            return state.model_copy(update={"signed_by": event.signed_by, "reviewers": (), "shared": False})
        case ScenarioReviewed():
            return state.model_copy(update={"reviewers": (*state.reviewers, event.reviewed_by)})
        case ScenarioShared():
            return state.model_copy(update={"shared": True})
        case _:
            return state


def decide_creation(state: ScenarioState, command: CreateScenario) -> list[Event]:
    """Make the scenario. Raises Rejected ALREADY_EXISTS.

    That the branch, the version of the knowledge base and a result are there is checked before, by who reads them: none
    of them ever goes away again.
    """
    if state.exists:
        raise taken("scenario_id")
    return [
        ScenarioCreated(
            scenario_id=command.scenario_id,
            title=command.title,
            scope=command.scope,
            municipality=command.municipality,
            branch=None if command.branch is None else BranchPoint(**command.branch.model_dump()),
            inputs=CaseInputs.model_validate(command.inputs.model_dump()),
            pricebook=command.pricebook,
            pricebook_version=command.pricebook_version,
            made_by=command.on_behalf_of,
            effective_on=command.effective_on,
        )
    ]


def decide_change(state: ScenarioState, command: ChangeScenario) -> list[Event]:
    """Change what the scenario is computed from; nothing when that is what it was. Raises Rejected NOT_FOUND."""
    if not state.exists:
        raise not_found("scenario_id")
    inputs = CaseInputs.model_validate(command.inputs.model_dump())
    version = (command.pricebook, command.pricebook_version)
    if inputs == state.inputs and version == (state.pricebook, state.pricebook_version):
        return []
    return [
        ScenarioChanged(
            scenario_id=command.scenario_id,
            inputs=inputs,
            pricebook=command.pricebook,
            pricebook_version=command.pricebook_version,
            reason=command.reason,
            effective_on=command.effective_on,
        )
    ]


def decide_signature(state: ScenarioState, command: SignChecklist) -> list[Event]:
    """Sign the calculation as it is now, with an answer to every question of the checklist.

    Raises Rejected NOT_FOUND, ALREADY_SIGNED, NOT_THE_MAKER (made_by), or CHECKLIST_INCOMPLETE (the questions that are
    missing, unknown or answered twice).
    """
    if not state.exists:
        raise not_found("scenario_id")
    if state.signed_by is not None:
        raise refused("ALREADY_SIGNED", "The calculation is signed; a change takes the signature away.", "scenario_id")
    if not same_person(command.on_behalf_of, state.made_by):
        message = "Only who made the calculation answers for it; make one of your own from it."
        raise refused("NOT_THE_MAKER", message, "on_behalf_of", made_by=state.made_by)
    _require_every_question(command)
    return [
        ChecklistSigned(
            scenario_id=command.scenario_id,
            answers=tuple(ChecklistAnswer(**row.model_dump()) for row in command.answers),
            signed_by=command.on_behalf_of,
            effective_on=command.effective_on,
        )
    ]


def decide_review(state: ScenarioState, command: ReviewScenario) -> list[Event]:
    """Note what another municipality says of the signed calculation.

    Raises Rejected NOT_FOUND, NOT_SIGNED, SAME_MUNICIPALITY, or ALREADY_REVIEWED by this person.
    """
    _require_signed(state)
    if command.municipality == state.municipality or same_person(command.on_behalf_of, state.made_by):
        message = "A calculation is reviewed by another municipality, and by another person, than the one that made it."
        raise refused("SAME_MUNICIPALITY", message, "municipality", municipality=command.municipality)
    if any(same_person(command.on_behalf_of, one) for one in state.reviewers):
        raise refused("ALREADY_REVIEWED", "You have reviewed this calculation as it is now.", "on_behalf_of")
    return [
        ScenarioReviewed(
            scenario_id=command.scenario_id,
            municipality=command.municipality,
            reviewed_by=command.on_behalf_of,
            verdict=command.verdict,
            remarks=command.remarks,
            effective_on=command.effective_on,
        )
    ]


def decide_sharing(state: ScenarioState, command: ShareScenario) -> list[Event]:
    """Put the signed calculation into the library; nothing when it is there.

    Raises Rejected NOT_FOUND or NOT_SIGNED.
    """
    _require_signed(state)
    if state.shared:
        return []
    shared = ScenarioShared(
        scenario_id=command.scenario_id, shared_by=command.on_behalf_of, effective_on=command.effective_on
    )
    return [shared]


def _require_signed(state: ScenarioState) -> None:
    if not state.exists:
        raise not_found("scenario_id")
    if state.signed_by is None:
        message = "The calculation is not signed as it is now; its maker signs the checklist first."
        raise refused("NOT_SIGNED", message, "scenario_id")


def _require_every_question(command: SignChecklist) -> None:
    answered = [row.question for row in command.answers]
    wrong = {
        "missing": sorted(set(QUESTION_IDS) - set(answered)),
        "unknown": sorted(set(answered) - set(QUESTION_IDS)),
        "twice": sorted({one for one in answered if answered.count(one) > 1}),
    }
    if any(wrong.values()):
        raise refused("CHECKLIST_INCOMPLETE", "Answer every question of the checklist once.", "answers", **wrong)


def _reads(command: Any) -> Reads:
    return ((SCENARIO, command.scenario_id),)


SCENARIO = Aggregate("scenario", ScenarioState(), evolve)

CREATE_SCENARIO = Decider(CreateScenario, _reads, decide_creation)
CHANGE_SCENARIO = Decider(ChangeScenario, _reads, decide_change)
SIGN_CHECKLIST = Decider(SignChecklist, _reads, decide_signature)
REVIEW_SCENARIO = Decider(ReviewScenario, _reads, decide_review)
SHARE_SCENARIO = Decider(ShareScenario, _reads, decide_sharing)

DECIDERS = (CREATE_SCENARIO, CHANGE_SCENARIO, SIGN_CHECKLIST, REVIEW_SCENARIO, SHARE_SCENARIO)
