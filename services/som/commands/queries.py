"""What can be asked of SØM."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.som.commands.values import Share
from shared.kernel.messages import Identifier, MunicipalityCode, Oere, Query, RequestPart, Text

Position = Annotated[int, Field(ge=1, le=2**53)]
Version = Annotated[int, Field(ge=1, le=2**31)]


class Cases(Query):
    """Every case with its headline figures, of one initiative or of all."""

    initiative: Identifier | None = None


class CaseProjection(Query):
    """The latest projection of one case, with everything it was computed from; `history`: all of them, newest last."""

    initiative: Identifier
    municipality: MunicipalityCode
    history: bool = False


class Calculation(RequestPart):
    """One calculation: a live case, as it is or as it was at a position of SØM's log, or a scenario."""

    initiative: Identifier | None = None
    municipality: MunicipalityCode | None = None
    position: Position | None = None
    scenario_id: Identifier | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        live = self.initiative is not None and self.municipality is not None
        if live == (self.scenario_id is not None):
            raise ValueError("name either initiative and municipality, or a scenario")
        return self


class CaseComputation(Query):
    """The inputs, the version of the knowledge base and the provenance of a calculation: all that is needed to compute
    it again elsewhere, and to write its workbook."""

    calculation: Calculation


class CaseResult(Query):
    """A calculation's whole result: by payer, year, category and committee, per head, and who pays and who gains."""

    calculation: Calculation


class ExplainCase(Query):
    """A calculation's figure as a tree, down to price rows, index points, rates and the events behind the inputs."""

    calculation: Calculation


class Tornado(Query):
    """What each uncertain input, from its low to its high, does to a calculation's net result; the widest first."""

    calculation: Calculation


class Grid(Query):
    """The net result over two inputs varied together."""

    calculation: Calculation
    first: Text
    second: Text
    steps: Annotated[int, Field(ge=2, le=41)] = 9


class Simulation(Query):
    """Monte Carlo: percentiles, the probability of a positive result per payer, and what perfect knowledge is worth."""

    calculation: Calculation
    draws: Annotated[int, Field(ge=100, le=100_000)] = 10_000


class Comparison(Query):
    """Why two calculations differ: the difference split over the inputs that moved."""

    before: Calculation
    after: Calculation


class Candidate(RequestPart):
    """A grant that could be given: its amount, and the calculation that says what it would come to."""

    candidate_id: Identifier
    amount_oere: Oere
    calculation: Calculation
    track: Identifier | None = None
    municipality: MunicipalityCode | None = None


class Floor(RequestPart):
    """The least that is to go to a track."""

    track: Identifier
    amount_oere: Oere


class Earmark(RequestPart):
    """A part of the budget that may only go to some tracks."""

    name: Identifier
    amount_oere: Oere
    tracks: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=20)]


class Allocation(Query):
    """Advice on where the next krone goes: which candidates within a budget.

    `aim` expected: the highest expected net result; target: the highest probability of reaching `target_oere`. The
    candidates are the callers' own, the open applications of a call, or, without either, every live case with its
    grant's amount.
    """

    budget_oere: Oere
    aim: Literal["expected", "target"] = "expected"
    target_oere: Annotated[int, Field(ge=-(10**15), le=10**15)] | None = None
    candidates: Annotated[tuple[Candidate, ...], Field(max_length=1_000)] = ()
    call_id: Identifier | None = None
    floors: Annotated[tuple[Floor, ...], Field(max_length=20)] = ()
    earmarks: Annotated[tuple[Earmark, ...], Field(max_length=6)] = ()
    one_per_municipality: bool = True

    @model_validator(mode="after")
    def _one_kind_of_candidates(self) -> Self:
        if self.candidates and self.call_id is not None:
            raise ValueError("name either candidates or a call")
        return self


class KnowledgeVersions(Query):
    """The versions of the knowledge bases, the one in force first."""


class KnowledgeVersion(Query):
    """One version of a knowledge base, whole; without a name the one in force."""

    pricebook: Identifier | None = None
    version: Version | None = None


class Evidence(Query):
    """The studies of a knowledge base, each as a net success rate where it can be said as one; those named, pooled.

    `control_share` is the comparison's share of success, for ratios of studies that do not tell their own;
    `lower_is_better` for an outcome that is to be avoided: fewer is then a success.
    """

    pricebook: Identifier | None = None
    version: Version | None = None
    intervention: Text | None = None
    study_ids: Annotated[tuple[Identifier, ...], Field(max_length=50)] = ()
    control_share: Share | None = None
    lower_is_better: bool = False


class Scenarios(Query):
    """The scenarios, or those that were shared in the library."""

    shared_only: bool = False
    municipality: MunicipalityCode | None = None


class Scenario(Query):
    """One scenario, whole, with its checklist and its reviews."""

    scenario_id: Identifier


class Recalculation(Query):
    """How far the recalculation after the newest knowledge base has come."""
