"""The checker: takes the log row by row and holds it to every rule; the figures it keeps do not grow with the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import from_json

from services.funding.check.commands import Together
from services.funding.check.findings import Findings
from services.funding.check.funds import Funds
from services.funding.check.grants import Grants
from services.funding.check.log import Log
from services.funding.check.payments import check_course
from services.funding.check.postings import Event, check_event, lines_of
from services.funding.check.views import Views


class Checker:
    """Feed it rows in the order of chain.COLUMNS, by position, then finish; `findings` tells what is wrong.

    It decodes payloads by itself and shares no rule with the deciders, so that a mistake there does not hide here.
    """

    def __init__(
        self, findings: Findings, anchors: Mapping[int, str] | None = None, views: Views | None = None
    ) -> None:
        self.findings = findings
        self.log = Log(findings, anchors or {})
        self._views = views
        self._command: str | None = None
        self._together = Together(self.findings)
        self._funds = Funds(self.findings)
        self._grants = Grants(self.findings)

    def add(self, row: Sequence[Any]) -> None:
        """Take the next event's row."""
        self.log.add(row)
        position, command_id = row[0], row[8]
        if command_id != self._command:
            self._together.finish()
            self._command = command_id
        try:
            data = from_json(row[6])
            lines = lines_of(position, data, self.findings)
            self._apply(row, Event(position, row[4].removeprefix("funding."), row[5], data, lines))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.findings.add(position, "PAYLOAD", type=row[4], error=type(error).__name__, what=str(error)[:80])
            self._together.lost()

    def finish(self, counter: tuple[int, str] | None) -> None:
        """The log is over: `counter` is the position and chain that stand in its counter, None when there is none."""
        self._together.finish()
        self.log.finish(counter)
        if self._views is not None:
            self._views.finish()

    def _apply(self, row: Sequence[Any], event: Event) -> None:
        check_event(event, self.findings)
        if event.lines:
            self._funds.apply(event)
        grant = self._grants.apply(event)
        if grant is not None:
            check_course(grant, event, self.findings)
        self._together.apply(event)
        if self._views is not None:
            pool_id = event.data.get("pool_id") or (grant.pool_id if grant is not None else None)
            self._views.compare(row, event, pool_id)
