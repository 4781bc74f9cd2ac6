"""A scenario: a what-if of a live case, or a case of its own that an economist typed in or imported.

It changes no live case. Once signed it is a calculation that others can review and find in the library.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from services.som.events.inputs import CaseInputs
from shared.kernel.messages import Event, Value

Verdict = Literal["agrees", "agrees_with_remarks", "disagrees"]


class BranchPoint(Value):
    """The live case that a scenario branches from, and the position in SØM's log of the projection it starts from."""

    initiative: str
    municipality: str
    position: int


class ChecklistAnswer(Value):
    """What the maker says of one of the checklist's questions; `known` is what the system filled in by itself."""

    question: str
    known: str
    answer: str


class ScenarioCreated(Event, type="som.scenario_created", stream="scenario-{scenario_id}"):
    """A scenario was made: from a live case (`branch`), or of its own scope."""

    scenario_id: str
    title: str
    scope: str
    municipality: str | None
    branch: BranchPoint | None
    inputs: CaseInputs
    pricebook: str
    pricebook_version: int
    made_by: str
    effective_on: date


class ScenarioChanged(Event, type="som.scenario_changed", stream="scenario-{scenario_id}"):
    """Inputs of a scenario were changed, or it was moved to another version of the knowledge base."""

    scenario_id: str
    inputs: CaseInputs
    pricebook: str
    pricebook_version: int
    reason: str
    effective_on: date


class ChecklistSigned(Event, type="som.checklist_signed", stream="scenario-{scenario_id}"):
    """The maker answered the checklist of assumptions and stands by the calculation; a later change unsigns it."""

    scenario_id: str
    answers: tuple[ChecklistAnswer, ...]
    signed_by: str
    effective_on: date


class ScenarioReviewed(Event, type="som.scenario_reviewed", stream="scenario-{scenario_id}"):
    """Another municipality looked critically at a signed calculation."""

    scenario_id: str
    municipality: str
    reviewed_by: str
    verdict: Verdict
    remarks: str
    effective_on: date


class ScenarioShared(Event, type="som.scenario_shared", stream="scenario-{scenario_id}"):
    """A signed calculation was put into the library."""

    scenario_id: str
    shared_by: str
    effective_on: date
