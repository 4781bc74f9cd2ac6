"""The SØM service: the knowledge base, the business cases and the scenarios, as callers see them."""

from __future__ import annotations

from typing import Any

from services.funding.events import upcasters_of
from services.som import children, commands, queries
from services.som.case import ADJUST_CASE
from services.som.codec import CODEC
from services.som.danish import SENTENCES
from services.som.events.knowledge import KNOWLEDGE_UPCASTERS
from services.som.knowledge import PUBLISH_KNOWLEDGE
from services.som.reaction import OWN, react
from services.som.recalculation import NAME
from services.som.requirements import require_adjusted, require_scenario
from services.som.scenario import DECIDERS
from services.som.views import metadata
from services.som.views.apply_funding import FUNDING
from services.som.views.apply_trials import TRIALS
from shared.eventstore.codec import Codec
from shared.kernel.messages import Query
from shared.messaging.host import Definition, hosted
from shared.messaging.rpc import rpc
from shared.messaging.subscription import Listens

DEFINITION = Definition(
    name=NAME,
    codec=CODEC,
    deciders=(PUBLISH_KNOWLEDGE, ADJUST_CASE, *DECIDERS),
    tables=(metadata,),
    listens=(
        Listens("funding", Codec(FUNDING, upcasters_of(FUNDING)), react),
        Listens("trials", Codec(TRIALS), react),
        Listens("som", Codec(OWN, KNOWLEDGE_UPCASTERS), react),
    ),
    work=children.recalculate_waiting,
    danish=SENTENCES,
)


class SomService:
    """Knowledge, cases and scenarios; computes a case anew when an input changes and publishes `som.events`."""

    name = DEFINITION.name
    host = hosted(DEFINITION)

    @rpc
    def publish_knowledge(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Publish a version of the knowledge base: prices, rules, consequences, studies, indices and rates."""
        return self.host.command(commands.PublishKnowledge, fields)

    @rpc
    def adjust_case(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Choose how a live case is computed."""
        command = commands.AdjustCase.parse(fields)
        with self.host.store.reading() as transaction:
            require_adjusted(transaction.connection, command)
        return self.host.handle(command)

    @rpc
    def create_scenario(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Make a scenario, of its own scope or as a branch of a live case."""
        command = commands.CreateScenario.parse(fields)
        with self.host.store.reading() as transaction:
            require_scenario(transaction.connection, command)
        return self.host.handle(command)

    @rpc
    def change_scenario(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Change a scenario's inputs or its version of the knowledge base."""
        command = commands.ChangeScenario.parse(fields)
        with self.host.store.reading() as transaction:
            require_scenario(transaction.connection, command)
        return self.host.handle(command)

    @rpc
    def sign_checklist(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Answer the checklist of assumptions and stand by the calculation."""
        return self.host.command(commands.SignChecklist, fields)

    @rpc
    def review_scenario(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Say what another municipality thinks of a signed calculation."""
        return self.host.command(commands.ReviewScenario, fields)

    @rpc
    def share_scenario(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Put a signed calculation into the library."""
        return self.host.command(commands.ShareScenario, fields)

    @rpc
    def cases(self, fields: dict[str, Any]) -> Any:
        """The cases with their headline figures, all or of one initiative."""
        return self.host.query(commands.Cases, fields, queries.cases)

    @rpc
    def case_projection(self, fields: dict[str, Any]) -> Any:
        """A case's newest projection, with everything it was computed from."""
        return self.host.query(commands.CaseProjection, fields, queries.case_projection)

    @rpc
    def case_computation(self, fields: dict[str, Any]) -> Any:
        """All that is needed to compute a calculation again elsewhere."""
        return self.host.query(commands.CaseComputation, fields, queries.case_computation)

    @rpc
    def case_result(self, fields: dict[str, Any]) -> Any:
        """A calculation's whole result."""
        return self._computed("case_result", commands.CaseResult, fields)

    @rpc
    def explain_case(self, fields: dict[str, Any]) -> Any:
        """A calculation's figure as a tree."""
        return self._computed("explain_case", commands.ExplainCase, fields)

    @rpc
    def tornado(self, fields: dict[str, Any]) -> Any:
        """What each uncertain input does to a calculation."""
        return self._computed("tornado", commands.Tornado, fields)

    @rpc
    def grid(self, fields: dict[str, Any]) -> Any:
        """A calculation's net result over two inputs."""
        return self._computed("grid", commands.Grid, fields)

    @rpc
    def simulation(self, fields: dict[str, Any]) -> Any:
        """How sure a calculation is, and what it is worth to know more."""
        return self._computed("simulation", commands.Simulation, fields)

    @rpc
    def comparison(self, fields: dict[str, Any]) -> Any:
        """Why two calculations differ."""
        return self._computed("comparison", commands.Comparison, fields)

    @rpc
    def allocation(self, fields: dict[str, Any]) -> Any:
        """Advice on where the next krone goes."""
        return self._computed("allocation", commands.Allocation, fields)

    @rpc
    def knowledge_versions(self, fields: dict[str, Any]) -> Any:
        """The versions of the knowledge bases."""
        return self.host.query(commands.KnowledgeVersions, fields, queries.knowledge_versions)

    @rpc
    def knowledge_version(self, fields: dict[str, Any]) -> Any:
        """One version of a knowledge base, whole."""
        return self.host.query(commands.KnowledgeVersion, fields, queries.knowledge_version)

    @rpc
    def evidence(self, fields: dict[str, Any]) -> Any:
        """The studies of a knowledge base as net success rates; those named, pooled."""
        return self._computed("evidence", commands.Evidence, fields)

    @rpc
    def scenarios(self, fields: dict[str, Any]) -> Any:
        """The scenarios, or those in the library."""
        return self.host.query(commands.Scenarios, fields, queries.scenarios)

    @rpc
    def scenario(self, fields: dict[str, Any]) -> Any:
        """One scenario, with its checklist and its reviews."""
        return self.host.query(commands.Scenario, fields, queries.scenario)

    @rpc
    def recalculation(self, fields: dict[str, Any]) -> Any:
        """How far the recalculation after the newest knowledge base has come."""
        return self.host.query(commands.Recalculation, fields, queries.recalculation)

    @rpc
    def feed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The events after a position, at most `limit`, with the log's head."""
        return self.host.feed(fields)

    def _computed(self, method: str, model: type[Query], fields: dict[str, Any]) -> Any:
        """The answer to a query that takes processor time, from a child process, once the views are where it wants."""
        self.host.wait_for(model.parse(fields))
        return children.ask(self.host.store, method, fields)
