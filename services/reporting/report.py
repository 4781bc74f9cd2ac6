"""Reports: figures of a moment, issued once under a name and never altered."""

from __future__ import annotations

from services.reporting.commands import RecordRebuild, RecordReport
from services.reporting.events import ReportPublished, ViewsRebuilt
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.rejection import Rejected


class ReportState(Value):
    """Whether the report was issued."""

    published: bool = False


def evolve(state: ReportState, event: Event) -> ReportState:
    """The report after `event`."""
    return ReportState(published=True) if isinstance(event, ReportPublished) else state


def decide_publication(state: ReportState, command: RecordReport) -> list[Event]:
    """Issue the report. Raises Rejected ALREADY_EXISTS: a report is not issued twice, a new one gets a new name."""
    if state.published:
        fields = [{"field": "report_id", "rule": "new"}]
        raise Rejected("ALREADY_EXISTS", "A report of this name was issued; choose another name.", fields)
    return [
        ReportPublished(
            report_id=command.report_id,
            title=command.title,
            positions=command.positions,
            figures=command.figures,
            effective_on=command.effective_on,
        )
    ]


def decide_rebuild(_state: ReportState, command: RecordRebuild) -> list[Event]:
    """Record that the views were rebuilt."""
    return [ViewsRebuilt(generation=command.generation, positions=command.positions)]


REPORT = Aggregate("report", ReportState(), evolve)

PUBLISH_REPORT = Decider(RecordReport, lambda command: ((REPORT, command.report_id),), decide_publication)
RECORD_REBUILD = Decider(RecordRebuild, lambda _command: ((REPORT, "views"),), decide_rebuild)
