"""What may be done with a scenario: make, change, sign, review and share it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from services.som.commands.values import InputsRow, Note
from services.som.events import BranchPoint, ChecklistAnswer, Verdict
from shared.kernel.messages import Command, Day, Identifier, MunicipalityCode, RequestPart, Text, visible_lines

Remarks = Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(visible_lines)]
Position = Annotated[int, Field(ge=1, le=2**53)]


class BranchRow(BranchPoint, RequestPart):
    """The live case to branch from, and the position of the projection to start from."""

    initiative: Identifier
    municipality: MunicipalityCode
    position: Position


class CreateScenario(Command):
    """Make a scenario of its own scope, or as a branch of a live case: then `inputs` are what the case had there, with
    what is changed. Without a version of the knowledge base it is the one in force."""

    on_behalf_of: Text
    scenario_id: Identifier
    title: Text
    scope: Text
    municipality: MunicipalityCode | None = None
    branch: BranchRow | None = None
    inputs: InputsRow
    pricebook: Identifier
    pricebook_version: Annotated[int, Field(ge=1, le=2**31)]
    effective_on: Day


class ChangeScenario(Command):
    """Change a scenario's inputs, or move it to another version of the knowledge base; its signature is gone."""

    scenario_id: Identifier
    inputs: InputsRow
    pricebook: Identifier
    pricebook_version: Annotated[int, Field(ge=1, le=2**31)]
    reason: Text
    effective_on: Day


class AnswerRow(ChecklistAnswer, RequestPart):
    """An answer to one of the checklist's questions."""

    question: Identifier
    known: Note
    answer: Remarks


class SignChecklist(Command):
    """Answer the checklist of assumptions and stand by the calculation."""

    on_behalf_of: Text
    scenario_id: Identifier
    answers: Annotated[tuple[AnswerRow, ...], Field(min_length=1, max_length=50)]
    effective_on: Day


class ReviewScenario(Command):
    """Look critically at a signed calculation of another municipality."""

    on_behalf_of: Text
    scenario_id: Identifier
    municipality: MunicipalityCode
    verdict: Verdict
    remarks: Remarks
    effective_on: Day


class ShareScenario(Command):
    """Put a signed calculation into the library, where every municipality finds it."""

    on_behalf_of: Text
    scenario_id: Identifier
    effective_on: Day
