"""A calculation that a query names: a live case as it is or was, or a scenario, with all that it is computed from."""

from __future__ import annotations

from typing import NamedTuple, cast

from sqlalchemy import Connection, select

from services.som import views
from services.som.attribution import Computation
from services.som.case import case_key
from services.som.commands import Calculation
from services.som.events import Behind, CaseInputs, ProjectionRecalculated, ScenarioChanged, ScenarioCreated
from services.som.model import ENGINE_VERSION, KnowledgeBase
from services.som.queries.streams import decoded, projection_row, scenario_events
from services.som.views.tables import som_book
from shared.kernel.rejection import Rejected


class Found(NamedTuple):
    """A calculation. `scope` keys its chances: a branch draws those of the case it branches from, to be compared with.
    `latest` is the projection, where one is recorded."""

    title: str
    scope: str
    inputs: CaseInputs
    knowledge: KnowledgeBase
    pricebook: str
    pricebook_version: int
    behind: tuple[Behind, ...]
    latest: ProjectionRecalculated | None

    def computation(self) -> Computation:
        """What a projection of it was computed from."""
        other_engine = self.latest is not None and self.latest.engine_version != ENGINE_VERSION
        published = self.latest.net_present_value if self.latest is not None and other_engine else None
        return Computation(self.inputs, self.knowledge, published)


def find(connection: Connection, calculation: Calculation) -> Found:
    """The calculation. Raises Rejected NOT_FOUND, NOT_COMPUTED or UNKNOWN_KNOWLEDGE."""
    if calculation.scenario_id is not None:
        return _scenario(connection, calculation.scenario_id)
    assert calculation.initiative is not None
    assert calculation.municipality is not None
    row = projection_row(connection, calculation.initiative, calculation.municipality, calculation.position)
    return of_projection(connection, cast(ProjectionRecalculated, decoded(row)))


def of_projection(connection: Connection, latest: ProjectionRecalculated) -> Found:
    """A live case as one of its projections has it. Raises Rejected UNKNOWN_KNOWLEDGE."""
    return Found(
        title=f"{latest.initiative} {latest.municipality}",
        scope=case_key(latest.initiative, latest.municipality),
        inputs=latest.inputs,
        knowledge=knowledge_of(connection, latest.pricebook, latest.pricebook_version),
        pricebook=latest.pricebook,
        pricebook_version=latest.pricebook_version,
        behind=latest.behind,
        latest=latest,
    )


def _scenario(connection: Connection, scenario_id: str) -> Found:
    events = scenario_events(connection, scenario_id)
    created = cast(ScenarioCreated, events[0])
    newest = next(one for one in reversed(events) if isinstance(one, ScenarioCreated | ScenarioChanged))
    branch = created.branch
    return Found(
        title=created.title,
        scope=f"scenario {scenario_id}" if branch is None else case_key(branch.initiative, branch.municipality),
        inputs=newest.inputs,
        knowledge=knowledge_of(connection, newest.pricebook, newest.pricebook_version),
        pricebook=newest.pricebook,
        pricebook_version=newest.pricebook_version,
        behind=(),
        latest=None,
    )


def knowledge_of(connection: Connection, pricebook: str, version: int) -> KnowledgeBase:
    """A version of a knowledge base. Raises Rejected UNKNOWN_KNOWLEDGE when there is none."""
    return _book(connection, pricebook, version).knowledge


def book_named(connection: Connection, pricebook: str | None, version: int | None) -> views.Book:
    """The version of a knowledge base that a query names: of the one in force unless another `pricebook` is named, and
    its newest unless a `version` is. Raises Rejected UNKNOWN_KNOWLEDGE, also before the first is published."""
    newest = select(som_book.c.pricebook, som_book.c.version).order_by(som_book.c.publication.desc()).limit(1)
    if pricebook is not None:
        newest = newest.where(som_book.c.pricebook == pricebook)
    row = connection.execute(newest).first()
    if row is None:
        field = {"field": "pricebook", "rule": "exists"}
        raise Rejected("UNKNOWN_KNOWLEDGE", "No such knowledge base has been published.", [field])
    return _book(connection, row.pricebook, row.version if version is None else version)


def _book(connection: Connection, pricebook: str, version: int) -> views.Book:
    found = views.book(connection, pricebook, version)
    if found is None:
        raise Rejected(
            "UNKNOWN_KNOWLEDGE",
            "There is no such version of the knowledge base; look the versions up.",
            [{"field": "pricebook_version", "rule": "exists"}],
            pricebook=pricebook,
            version=version,
        )
    return found
