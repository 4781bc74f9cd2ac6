"""The views beside the log: every row of theirs must follow from it, as far as they have come.

What a view set aside (parked) has not been applied, so it is left out here, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any

from services.funding.check.findings import Findings
from services.funding.check.postings import Event, Line

JOURNAL_COLUMNS = (
    "position",
    "line",
    "event_id",
    "type",
    "effective_on",
    "recorded_at",
    "grant_id",
    "pool_id",
    "initiative",
    "reference",
    "ledger_account",
    "account",
    "budget_year",
    "amount_oere",
    "post",
    "project_year",
    "earmark",
)
"""What the journal tells of a posting; from `ledger_account` on, what postings.Line has."""
BALANCE_COLUMNS = ("block", "ledger_account", "account", "budget_year", "initiative", "amount_oere")
BLOCK = 1000
"""Positions in a block of balances, as the views have it."""
REFERENCES = ("payment_id", "claim_id", "report_id", "change_id", "act")
"""The fields of which an event has at most one: what it is about."""


Row = tuple[Any, ...]


class Views:
    """The journal's rows, by position and line, and the balances', by block, beside the events up to `reached`."""

    def __init__(
        self,
        journal: Iterable[Row],
        balances: Iterable[Row],
        reached: int,
        parked: Container[int],
        findings: Findings,
    ) -> None:
        self._journal = Rows(journal)
        self._balances = Rows(balances)
        self._reached = reached
        self._parked = parked
        self._findings = findings
        self._sums: dict[Row, int] = {}
        self._block = -1
        self._posted = 0

    def compare(self, row: Sequence[Any], event: Event, pool_id: str | None) -> None:
        """Take the views' rows up to this event; `pool_id` is the one that the event or its grant has."""
        position, data, lines = event.position, event.data, event.lines
        if position > self._reached or position in self._parked:
            return
        initiative = data.get("initiative", "")
        expected: list[Row] = []
        if lines:
            reference = next((data[name] for name in REFERENCES if data.get(name)), None)
            head = (row[3], row[4], row[7], row[13], data.get("grant_id"), pool_id, initiative, reference)
            expected = [(position, number, *head, *line) for number, line in enumerate(lines, 1)]
        if not self._journal.goes_on_with(expected):
            of_event = self._journal.up_to(position)
            self._journal_differs(expected, of_event)
            deque(of_event, maxlen=0)
        if lines:
            self._sum(position, initiative, lines)

    def finish(self) -> None:
        """The log is over: the views must be, too."""
        self._end_block(None)
        self._journal_differs([], islice(self._journal.up_to(None), 1))

    def _sum(self, position: int, initiative: str, lines: list[Line]) -> None:
        if position // BLOCK != self._block:
            self._end_block(position)
        self._posted, sums = position, self._sums
        for ledger_account, account, budget_year, amount, _, _, _ in lines:
            key = (ledger_account, account, budget_year, initiative)
            sums[key] = sums.get(key, 0) + amount

    def _journal_differs(self, expected: list[Row], found: Iterable[Row]) -> None:
        """Tell the first row that differs, and in what. A row too many of an earlier event comes up here first."""
        for log, view in zip_longest(expected, found):
            position, line, *_ = min(row[:2] for row in (log, view) if row is not None)
            if log is None or view is None or log[:2] != view[:2]:
                self._findings.add(position, "JOURNAL", line=line, log=str(log), journal=str(view))
                return
            for name, wanted, there in zip(JOURNAL_COLUMNS, log, view, strict=True):
                if wanted != there:
                    figures = {"column": name, "log": str(wanted), "journal": str(there)}
                    self._findings.add(position, "JOURNAL", line=line, **figures)
                    return

    def _end_block(self, next_position: int | None) -> None:
        """Compare what stood after a block with the view's rows of it, and of blocks in which nothing was posted."""
        sums = {key: amount for key, amount in self._sums.items() if amount}
        view: dict[Row, int] = {}
        for block, *key, amount in self._balances.up_to(None if next_position is None else next_position // BLOCK - 1):
            if block == self._block:
                view[tuple(key)] = amount
            elif amount:
                self._findings.add(block * BLOCK, "BALANCES", block=block, view_oere=amount)
        for where in sorted({*sums, *view}, key=str):
            if sums.get(where, 0) != view.get(where, 0):
                figures = dict(zip(BALANCE_COLUMNS[1:-1], where, strict=True))
                amounts = {"log_oere": sums.get(where, 0), "view_oere": view.get(where, 0)}
                self._findings.add(self._posted, "BALANCES", block=self._block, **figures, **amounts)
        if next_position is not None:
            self._block = next_position // BLOCK


class Rows:
    """Rows in the order of their first column, taken a few at a time."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._ahead: list[Row] = []

    def goes_on_with(self, expected: list[Row]) -> bool:
        """Whether the next rows are these, which are then taken; else none is."""
        following = self._ahead + list(islice(self._rows, max(0, len(expected) - len(self._ahead))))
        self._ahead = following[len(expected) :]
        if following[: len(expected)] == expected:
            return True
        self._ahead = following
        return False

    def up_to(self, last: int | None) -> Iterator[Row]:
        """The next rows whose first column is at most `last`, or all that are left; each is taken as it is given."""
        while True:
            self._ahead = self._ahead or list(islice(self._rows, 1))
            if not self._ahead or (last is not None and self._ahead[0][0] > last):
                return
            yield self._ahead.pop(0)
