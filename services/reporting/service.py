"""The reporting service: the views of the whole programme, as callers see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from services.funding import events as funding
from services.reporting import rebuild
from services.reporting.commands import (
    InitiativeView,
    MunicipalityView,
    ProgrammeView,
    PublishReport,
    RebuildViews,
    RecordRebuild,
    RecordReport,
)
from services.reporting.events import ReportPublished, ViewsRebuilt
from services.reporting.report import PUBLISH_REPORT, RECORD_REBUILD
from services.reporting.views import queries, tables
from services.reporting.views.apply import apply
from services.som import events as som
from services.som.events.case import CASE_UPCASTERS
from services.trials import events as trials
from shared.eventstore.codec import Codec
from shared.eventstore.leader import Leadership
from shared.eventstore.store import Recorded, Transaction, utc_now
from shared.messaging.host import Definition, hosted
from shared.messaging.rpc import rpc
from shared.messaging.subscription import Listens


class ViewsHeld(OSError):
    """The live views stand still for a moment; the events are applied after it."""


def react(transaction: Transaction, source: str, events: Sequence[Recorded]) -> None:
    """Bring the live views up to date. Raises ViewsHeld while a rebuild is catching up with them."""
    connection = transaction.connection
    if tables.held_until(connection) > utc_now():
        raise ViewsHeld("a rebuild is catching up")
    apply(connection, tables.live_generation(connection), source, events)


FUNDING = (
    funding.AppropriationRegistered,
    funding.AppropriationAdjusted,
    funding.AppropriationRegulated,
    funding.AppropriationTransferred,
    funding.PoolOpened,
    funding.PoolExtended,
    funding.GrantAwarded,
    funding.GrantLapsed,
    funding.GrantClosed,
    funding.InstalmentPaid,
    funding.BankAnswerCorrected,
    funding.AccountsApproved,
    funding.AccountsReopened,
    funding.RepaymentClaimed,
    funding.RepaymentReceived,
)
TRIALS = Codec(
    [
        trials.TrialOpened,
        trials.CitizenEnrolled,
        trials.AssessmentRecorded,
        trials.ParticipantCompleted,
        trials.ParticipantWithdrew,
    ]
)
SOM = Codec([som.ProjectionRecalculated], CASE_UPCASTERS)

DEFINITION = Definition(
    name="reporting",
    codec=Codec([ReportPublished, ViewsRebuilt]),
    deciders=(PUBLISH_REPORT, RECORD_REBUILD),
    tables=(tables.metadata,),
    listens=(
        Listens("funding", Codec(FUNDING, funding.upcasters_of(FUNDING)), react),
        Listens("trials", TRIALS, react),
        Listens("som", SOM, react),
    ),
    position_name=rebuild.position_name,
)


class ReportingService:
    """Views for the programme, each initiative and each municipality; publishes `reporting.events`."""

    name = DEFINITION.name
    host = hosted(DEFINITION)

    @rpc
    def programme(self, fields: dict[str, Any]) -> Any:
        """The whole programme: totals, initiatives, account-years, municipalities."""
        return self.host.query(ProgrammeView, fields, self._programme)

    @rpc
    def initiative(self, fields: dict[str, Any]) -> Any:
        """One initiative, with its municipalities."""
        return self.host.query(InitiativeView, fields, self._initiative)

    @rpc
    def municipality(self, fields: dict[str, Any]) -> Any:
        """One municipality, with its initiatives; small numbers of citizens are hidden."""
        return self.host.query(MunicipalityView, fields, self._municipality)

    @rpc
    def publish_report(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Issue the programme's figures of this moment as a report, with the positions they were computed at."""
        command = PublishReport.parse(fields)
        programme = self.host.query(ProgrammeView, {}, self._programme)
        filled = RecordReport(**dict(command), positions=programme["positions"], figures=programme)
        return self.host.handle(filled)

    @rpc
    def rebuild_views(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Begin to rebuild the views beside the live ones; `reporting.views_rebuilt` tells when they have switched."""
        command = RebuildViews.parse(fields)
        claim = rebuild.claim(self.host.store)
        self.host.spawn(lambda: self._rebuild(command, claim))
        return {"command_id": command.command_id, "started": True}

    @rpc
    def feed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The events after a position, at most `limit`, with the log's head."""
        return self.host.feed(fields)

    def _rebuild(self, command: RebuildViews, claim: Leadership) -> None:
        try:
            store = self.host.store
            generation = rebuild.rebuild(store, DEFINITION.listens, self.host.make_feed)
            with store.reading() as transaction:
                reached = self.host.positions(transaction.connection)
            self.host.handle(RecordRebuild(**dict(command), generation=generation, positions=reached))
        finally:
            claim.release()

    def _programme(self, connection: Connection, _query: ProgrammeView) -> Any:
        return queries.programme(connection, self.host.positions(connection)).model_dump(mode="json")

    def _initiative(self, connection: Connection, query: InitiativeView) -> Any:
        found = queries.initiative(connection, query.initiative, self.host.positions(connection))
        return found.model_dump(mode="json")

    def _municipality(self, connection: Connection, query: MunicipalityView) -> Any:
        found = queries.municipality(connection, query.municipality, self.host.positions(connection))
        return found.model_dump(mode="json")
