"""What may be asked of the reporting service."""

from __future__ import annotations

from typing import Any

from shared.kernel.messages import Command, Day, Identifier, MunicipalityCode, Query, Text


class ProgrammeView(Query):
    """The whole programme."""


class InitiativeView(Query):
    """One initiative."""

    initiative: Identifier


class MunicipalityView(Query):
    """One municipality, by its four-digit code."""

    municipality: MunicipalityCode


class PublishReport(Command):
    """Issue the programme's figures of this moment as a report."""

    report_id: Identifier
    title: Text
    effective_on: Day


class RecordReport(PublishReport):
    """A report with the figures that the service read for it; the same command may find other figures later."""

    positions: dict[str, int]
    figures: dict[str, Any]

    def content_hash(self) -> str:
        """The hash of what the caller sent; the figures are not the caller's."""
        return PublishReport(**self.model_dump(include=set(PublishReport.model_fields))).content_hash()


class RebuildViews(Command):
    """Rebuild the views from the logs, beside the live ones."""


class RecordRebuild(RebuildViews):
    """A finished rebuild."""

    generation: int
    positions: dict[str, int]

    def content_hash(self) -> str:
        """The hash of what the caller sent."""
        return RebuildViews(**self.model_dump(include=set(RebuildViews.model_fields))).content_hash()
