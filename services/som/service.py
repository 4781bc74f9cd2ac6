"""The SØM service: the knowledge base and the business cases, as callers see them."""

from __future__ import annotations

from typing import Any

from services.funding.events import (
    BankAnswerCorrected,
    GrantAwarded,
    GrantClosed,
    GrantLapsed,
    InstalmentPaid,
    RepaymentReceived,
    upcasters_of,
)
from services.som import events, queries, views
from services.som.commands import CaseProjection, Cases, PublishKnowledge
from services.som.knowledge import PUBLISH_KNOWLEDGE
from services.som.reaction import NAME, react
from services.trials.events import AssessmentRecorded, ParticipantCompleted
from shared.eventstore.codec import Codec
from shared.messaging.host import Definition, hosted
from shared.messaging.rpc import rpc
from shared.messaging.subscription import Listens

FUNDING = (GrantAwarded, GrantLapsed, GrantClosed, InstalmentPaid, BankAnswerCorrected, RepaymentReceived)
CODEC = Codec([events.KnowledgePublished, events.CaseOpened, events.ProjectionRecalculated])

DEFINITION = Definition(
    name=NAME,
    codec=CODEC,
    deciders=(PUBLISH_KNOWLEDGE,),
    tables=(views.metadata,),
    listens=(
        Listens("funding", Codec(FUNDING, upcasters_of(FUNDING)), react),
        Listens("trials", Codec([AssessmentRecorded, ParticipantCompleted]), react),
        Listens("som", Codec([events.KnowledgePublished]), react),
    ),
)


class SomService:
    """Knowledge and cases; recalculates a case when an input changes and publishes `som.events`."""

    name = DEFINITION.name
    host = hosted(DEFINITION)

    @rpc
    def publish_knowledge(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Publish a version of the knowledge base: prices, consequences, evidence, indices and rates."""
        return self.host.command(PublishKnowledge, fields)

    @rpc
    def case_projection(self, fields: dict[str, Any]) -> Any:
        """A case's newest projection, with everything it was computed from."""
        return self.host.query(CaseProjection, fields, queries.case_projection)

    @rpc
    def cases(self, fields: dict[str, Any]) -> Any:
        """The cases, all or of one initiative."""
        return self.host.query(Cases, fields, queries.cases)

    @rpc
    def feed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The events after a position, at most `limit`, with the log's head."""
        return self.host.feed(fields)
