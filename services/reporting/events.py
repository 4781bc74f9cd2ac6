"""The reporting service's own facts: reports it issued, and rebuilds of its views. What it shows is not among them."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.kernel.messages import Event


class ReportPublished(Event, type="reporting.report_published", stream="report-{report_id}"):
    """The programme's figures as they stood at `positions`, issued as a report; reproducible from those positions."""

    report_id: str
    title: str
    positions: dict[str, int]
    figures: dict[str, Any]
    effective_on: date


class ViewsRebuilt(Event, type="reporting.views_rebuilt", stream="report-views"):
    """The views were rebuilt from the logs as generation `generation`, which readers see from now on."""

    generation: int
    positions: dict[str, int]
