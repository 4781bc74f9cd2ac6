"""What SØM takes from its own log: versions of the knowledge base, adjustments of live cases, and scenarios."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, update

from services.som.events import (
    CaseAdjusted,
    ChecklistSigned,
    KnowledgePublished,
    ScenarioChanged,
    ScenarioCreated,
    ScenarioReviewed,
    ScenarioShared,
)
from services.som.views import behind
from services.som.views.books import keep
from services.som.views.tables import CaseKey, som_book, som_case, som_scenario
from shared.eventstore import upsert
from shared.eventstore.store import Recorded


def apply_adjustment(connection: Connection, recorded: Recorded, event: CaseAdjusted) -> CaseKey:
    """Note how a live case is computed from now on; returns the case."""
    case = (event.initiative, event.municipality)
    row = update(som_case).where(som_case.c.initiative == case[0], som_case.c.municipality == case[1])
    connection.execute(row.values(adjustment=event.model_dump_json()))
    behind.note(connection, "som", [(case, "adjustment", recorded.position)])
    return case


def apply_knowledge(connection: Connection, recorded: Recorded, event: KnowledgePublished) -> int:
    """Put a version of a knowledge base in force; returns its publication."""
    newest = connection.execute(select(func.max(som_book.c.publication))).scalar_one_or_none() or 0
    row = {
        "pricebook": event.pricebook,
        "version": recorded.version,
        "publication": newest + 1,
        "position": recorded.position,
        "event_id": recorded.event_id,
        "version_label": event.version_label,
        "price_level_year": event.price_level_year,
        "effective_on": event.effective_on,
    }
    upsert.replace(connection, som_book, [row])
    keep(recorded.event_id, event)
    return newest + 1


Scenario = ScenarioCreated | ScenarioChanged | ChecklistSigned | ScenarioReviewed | ScenarioShared


def apply_scenario(connection: Connection, event: Scenario) -> None:
    """Bring the list of scenarios up to date; a changed one has lost its signature and its place in the library."""
    if isinstance(event, ScenarioCreated):
        new = event.model_dump(include={"scenario_id", "title", "scope", "municipality", "made_by"})
        upsert.keep(connection, som_scenario, [new | {"made_on": event.effective_on}])
        return
    changes: dict[str, object] = {"signed_by": None, "reviews": 0, "shared_on": None}
    if isinstance(event, ChecklistSigned):
        changes = {"signed_by": event.signed_by}
    elif isinstance(event, ScenarioReviewed):
        changes = {"reviews": som_scenario.c.reviews + 1}
    elif isinstance(event, ScenarioShared):
        changes = {"shared_on": event.effective_on}
    row = update(som_scenario).where(som_scenario.c.scenario_id == event.scenario_id)
    connection.execute(row.values(changes))
