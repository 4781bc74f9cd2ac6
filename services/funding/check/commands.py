"""What the events of one command must agree on, whatever their order: they were appended together."""

from __future__ import annotations

from typing import Any

from services.funding.check.findings import Findings
from services.funding.check.postings import Event

Payment = tuple[str, str, str]
"""Batch, grant and payment."""


class Together:
    """The events of the command that is being read, and the payment batches that wait for approval."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._moves: dict[tuple[Any, ...], tuple[int, int]] = {}
        self._is_whole = True
        self._prepared: dict[str, tuple[str, dict[Payment, int]]] = {}
        self._approved: list[tuple[int, dict[Payment, int]]] = []
        self._ordered: dict[Payment, tuple[int, int]] = {}

    def apply(self, event: Event) -> None:
        """Take an event of the command."""
        data, kind = event.data, event.kind
        if kind == "payment_ordered":
            payment = (data["batch_id"], data["grant_id"], data["payment_id"])
            self._ordered[payment] = (event.position, data["amount_oere"])
        elif kind.startswith("payment_batch_"):
            self._batch(event)
        elif kind in _STATE_EVENTS:
            ledger_account, sign = _STATE_EVENTS[kind]
            for draw in data["draws"]:
                self._move(event, ledger_account, draw["account"], draw["budget_year"], sign * draw["amount_oere"])
        elif kind == "appropriation_transferred":
            if data["to_account"] != data["account"]:
                self._move(event, "appropriated", data["to_account"], data["to_budget_year"], data["amount_oere"])
        elif kind == "appropriation_received":
            self._move(event, "appropriated", data["account"], data["budget_year"], -data["amount_oere"])
        else:
            for line in event.lines:
                if _TOLD_BESIDE.get(line[0]) in data:
                    self._move(event, *line[:4])

    def finish(self) -> None:
        """The command has no more events: each move was told twice, and approved batches were ordered in full."""
        for key, (difference, position) in self._moves.items():
            if difference and self._is_whole:
                figures = dict(
                    zip(("ledger_account", "account", "budget_year", "pool_id", "grant_id"), key, strict=True)
                )
                self._findings.add(position, "STREAMS", **figures, difference_oere=difference)
        for position, lines in self._approved:
            for payment, amount in lines.items():
                self._check_line(payment, position, amount)
        for payment, (position, amount) in self._ordered.items():
            self._not_in_batch(payment, position, line_oere=0, ordered_oere=amount)
        self._moves, self._approved, self._ordered, self._is_whole = {}, [], {}, True

    def lost(self) -> None:
        """An event of the command could not be read: what it moved is not known."""
        self._is_whole = False

    def _move(self, event: Event, ledger_account: str, account: str, budget_year: int, amount_oere: int) -> None:
        key = (ledger_account, account, budget_year, event.data.get("pool_id"), event.data.get("grant_id"))
        so_far, _ = self._moves.get(key, (0, 0))
        self._moves[key] = so_far + amount_oere, event.position

    def _batch(self, event: Event) -> None:
        data, batch_id = event.data, event.data["batch_id"]
        if event.kind == "payment_batch_prepared":
            lines = {(batch_id, line["grant_id"], line["payment_id"]): line["amount_oere"] for line in data["lines"]}
            self._prepared[batch_id] = data["prepared_by"], lines
            self._check_total(event, sum(lines.values()))
        elif batch_id not in self._prepared:
            self._findings.add(event.position, "BATCH", batch_id=batch_id)
        elif event.kind == "payment_batch_approved":
            prepared_by, lines = self._prepared.pop(batch_id)
            if _name(data["approved_by"]) == _name(prepared_by):
                figures = {"prepared_by": prepared_by, "approved_by": data["approved_by"]}
                self._findings.add(event.position, "FOUR_EYES", batch_id=batch_id, **figures)
            self._check_total(event, sum(lines.values()))
            self._approved.append((event.position, lines))
        else:
            del self._prepared[batch_id]

    def _check_total(self, event: Event, lines_oere: int) -> None:
        if event.data["total_oere"] != lines_oere:
            figures = {"total_oere": event.data["total_oere"], "lines_oere": lines_oere}
            self._findings.add(event.position, "BATCH", batch_id=event.data["batch_id"], **figures)

    def _check_line(self, payment: Payment, position: int, line_oere: int) -> None:
        position, ordered_oere = self._ordered.pop(payment, (position, 0))
        if ordered_oere != line_oere:
            self._not_in_batch(payment, position, line_oere, ordered_oere)

    def _not_in_batch(self, payment: Payment, position: int, line_oere: int, ordered_oere: int) -> None:
        figures = dict(zip(("batch_id", "grant_id", "payment_id"), payment, strict=True))
        self._findings.add(position, "BATCH", **figures, line_oere=line_oere, ordered_oere=ordered_oere)


def _name(person: str) -> str:
    """A name, however it was typed."""
    return "".join(person.split()).casefold()


_TOLD_BESIDE = {"pooled": "grant_id", "appropriated": "pool_id"}
"""What moves on these ledger accounts for a grant, or for a pool, another stream is told of."""
_STATE_EVENTS = {
    "appropriation_drawn": ("appropriated", 1),
    "pool_committed": ("pooled", 1),
    "pool_restored": ("pooled", -1),
}
"""What these tell was moved off the account (1) or back to it (-1); the postings stand in another stream's event."""
