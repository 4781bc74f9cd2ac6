"""The knowledge bases, the scenarios, and how far a recalculation has come."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from services.som import waiting
from services.som.checklist import checklist
from services.som.commands import KnowledgeVersion, KnowledgeVersions, Recalculation, Scenario, Scenarios
from services.som.events import ChecklistSigned, ScenarioChanged, ScenarioCreated, ScenarioReviewed, ScenarioShared
from services.som.queries.calculations import book_named, knowledge_of
from services.som.queries.streams import scenario_events
from services.som.views.tables import som_book, som_scenario

MOST = 1_000
"""So many rows of a list are told, the newest."""


def knowledge_versions(connection: Connection, _query: KnowledgeVersions) -> dict[str, Any]:
    """The versions of the knowledge bases, the one in force first, at most MOST."""
    rows = connection.execute(select(som_book).order_by(som_book.c.publication.desc()).limit(MOST)).mappings()
    versions = [{name: row[name] for name in row if name != "event_id"} for row in rows]
    return {"versions": [row | {"effective_on": row["effective_on"].isoformat()} for row in versions]}


def knowledge_version(connection: Connection, query: KnowledgeVersion) -> dict[str, Any]:
    """One version, whole. Raises Rejected UNKNOWN_KNOWLEDGE."""
    book = book_named(connection, query.pricebook, query.version)
    return {"version": book.version, "knowledge": book.knowledge.published.model_dump(mode="json")}


def scenarios(connection: Connection, query: Scenarios) -> dict[str, Any]:
    """The scenarios, or those in the library, by their ids, at most MOST."""
    wanted = select(som_scenario).order_by(som_scenario.c.scenario_id).limit(MOST)
    if query.shared_only:
        wanted = wanted.where(som_scenario.c.shared_on.is_not(None))
    if query.municipality is not None:
        wanted = wanted.where(som_scenario.c.municipality == query.municipality)
    found = []
    for row in connection.execute(wanted).mappings():
        days = {name: None if row[name] is None else row[name].isoformat() for name in ("made_on", "shared_on")}
        found.append(dict(row) | days)
    return {"scenarios": found}


def scenario(connection: Connection, query: Scenario) -> dict[str, Any]:
    """One scenario, whole, as its stream tells it: its inputs now, its checklist, its reviews since it was signed.

    Raises Rejected NOT_FOUND.
    """
    events = scenario_events(connection, query.scenario_id)
    told: dict[str, Any] = {}
    for event in events:
        data = event.model_dump(mode="json")
        match event:
            case ScenarioCreated():
                told = data | {"made_on": data["effective_on"], "answers": [], "signed_by": None}
                told |= {"signed_on": None, "reviews": [], "shared_by": None, "shared_on": None}
            case ScenarioChanged():
                told |= data | {"answers": [], "signed_by": None, "signed_on": None, "reviews": []}
                told |= {"shared_by": None, "shared_on": None}
            case ChecklistSigned():
                told |= {"answers": data["answers"], "signed_by": data["signed_by"]}
                told |= {"signed_on": data["effective_on"]}
            case ScenarioReviewed():
                told["reviews"].append({name: data[name] for name in data if name != "scenario_id"})
            case ScenarioShared():
                told |= {"shared_by": data["shared_by"], "shared_on": data["effective_on"]}
    created = next(event for event in reversed(events) if isinstance(event, ScenarioCreated | ScenarioChanged))
    knowledge = knowledge_of(connection, created.pricebook, created.pricebook_version)
    told["checklist"] = [item.model_dump(mode="json") for item in checklist(created.inputs, knowledge)]
    return {"scenario": {name: told[name] for name in told if name != "effective_on"}}


def recalculation(connection: Connection, _query: Recalculation) -> dict[str, Any]:
    """How far the recalculation after the newest knowledge base has come."""
    return waiting.progress(connection)
