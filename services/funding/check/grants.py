"""Grants: running figures of each, the balances of its accounts, and its budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.funding.check.findings import Findings
from services.funding.check.postings import GRANT_ACCOUNTS, OUTLAYS, Event, Line

PostYear = tuple[str | None, int | None]
CellAccount = tuple[str, str, int, str | None, int | None, str | None]
"""Ledger account, account and budget year of the finance act, post, project year, earmark."""


@dataclass(slots=True)
class Grant:
    """What is remembered of a grant, in øre. Of its events nothing is but its payments, and those until it is closed.

    `budget` is None when there was none: in awards of schema version 1.
    """

    pool_id: str
    amount_oere: int
    accepted: bool
    budget: dict[PostYear, int] | None = None
    earmarks: dict[str, int] = field(default_factory=dict)
    lapsed: bool = False
    closed: bool = False
    stops: set[str] = field(default_factory=set)
    payments: dict[str, tuple[str, int]] = field(default_factory=dict)
    paid_out: int = 0
    outlays: int = 0
    cells: dict[CellAccount, int] = field(default_factory=dict)
    by_post: dict[PostYear, int] = field(default_factory=dict)
    by_earmark: dict[str, int] = field(default_factory=dict)

    def standing(self, *ledger_accounts: str) -> int:
        """What stands on these accounts together."""
        return sum(amount for cell, amount in self.cells.items() if cell[0] in ledger_accounts)

    def close(self) -> None:
        """Forget what no event may touch any more: nothing but what is owed can still move."""
        self.closed = True
        self.cells = {cell: amount for cell, amount in self.cells.items() if cell[0] == "receivable"}
        self.payments, self.earmarks, self.by_post, self.by_earmark = {}, {}, {}, {}
        self.budget = None if self.budget is None else {}


class Grants:
    """Every grant that was awarded, by its id."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._grants: dict[str, Grant] = {}

    def apply(self, event: Event) -> Grant | None:
        """Take the budget and the postings of an event; the grant that it is about, if any."""
        grant_id, pool_id = event.data.get("grant_id", ""), event.data.get("pool_id")
        lines = [line for line in event.lines if line[0] in GRANT_ACCOUNTS]
        if event.kind == "grant_awarded" and grant_id not in self._grants:
            self._grants[grant_id] = Grant(
                event.data["pool_id"], event.data["amount_oere"], accepted=event.schema_version == 1
            )
        elif event.kind == "grant_awarded" or (lines and grant_id not in self._grants):
            self._findings.add(event.position, "OWNER", grant_id=grant_id)
            return None
        grant = self._grants.get(grant_id)
        if grant is None:
            return None
        if lines and pool_id not in (None, grant.pool_id):
            self._findings.add(event.position, "OWNER", grant_id=grant_id, pool_id=pool_id, awarded_from=grant.pool_id)
        if event.kind in _BUDGETS:
            self._budget(grant, event)
        if lines or event.kind in _BUDGETS:
            paid_for = self._post(grant, event, lines)
            if grant.budget is not None:
                self._check_posts(grant, event, grant.by_post if event.kind in _BUDGETS else paid_for)
        return grant

    def _budget(self, grant: Grant, event: Event) -> None:
        """A budget that is given whole must fit the award; one that is carried over adds up to the same as before."""
        data = event.data
        if event.kind == "unspent_carried_over":
            self._carry_over(grant, event)
            return
        if event.kind == "grant_awarded" and event.schema_version == 1:
            return
        if event.kind == "grant_awarded":
            grant.earmarks = _sums((one["earmark"], one["amount_oere"]) for one in data["earmarks"])
        lines = data["budget"]
        grant.budget = _sums(((line["post"], line["project_year"]), line["amount_oere"]) for line in lines)
        by_earmark = _sums((line["earmark"], line["amount_oere"]) for line in lines if line.get("earmark") is not None)
        sums = [(None, sum(grant.budget.values()), grant.amount_oere)]
        for earmark in sorted({*by_earmark, *grant.earmarks}):
            sums.append((earmark, by_earmark.get(earmark, 0), grant.earmarks.get(earmark, 0)))
        for earmark, budget_oere, of_oere in sums:
            if budget_oere != of_oere:
                figures = {"earmark": earmark, "budget_oere": budget_oere, "of_oere": of_oere}
                self._findings.add(event.position, "BUDGET", grant_id=data["grant_id"], **figures)

    def _carry_over(self, grant: Grant, event: Event) -> None:
        """Budget and outlays move to the next project year by the same lines."""
        budget = grant.budget if grant.budget is not None else {}
        told: dict[tuple[Any, ...], int] = {}
        for line in event.data["lines"]:
            for year, amount in ((0, -line["amount_oere"]), (1, line["amount_oere"])):
                _add(budget, (line["post"], line["project_year"] + year), amount)
                _add(told, (line["post"], line["project_year"] + year, line.get("earmark")), amount)
        posted = _sums((line[4:7], line[3]) for line in event.lines if line[0] in OUTLAYS)
        for key in sorted({*told, *posted}, key=str):
            if told.get(key, 0) != posted.get(key, 0):
                figures = dict(zip(_CELL[3:], key, strict=True))
                amounts = {"told_oere": told.get(key, 0), "posted_oere": posted.get(key, 0)}
                self._findings.add(event.position, "AMOUNT", grant_id=event.data["grant_id"], **figures, **amounts)

    def _post(self, grant: Grant, event: Event, lines: list[Line]) -> set[PostYear]:
        """Post the lines: none of the accounts may be overdrawn, and they add up to the award before and after.

        The posts and project years that something was paid out for, if anything was.
        """
        cells, position, grant_id = grant.cells, event.position, event.data["grant_id"]
        sums: dict[tuple[str, int], int] = {}
        outlays: list[Line] = []
        below: list[CellAccount] = []
        for line in lines:
            ledger_account, account, budget_year, amount, post, project_year, earmark = line
            cell = (ledger_account, account, budget_year, post, project_year, earmark)
            cells[cell] = balance = cells.get(cell, 0) + amount
            if not balance:
                del cells[cell]
            elif balance < 0:
                below.append(cell)
            key = (account, budget_year)
            sums[key] = sums.get(key, 0) + amount
            if ledger_account in OUTLAYS:
                outlays.append(line)
        for cell in below:
            if (balance := cells.get(cell, 0)) < 0:
                figures = dict(zip(_CELL, cell, strict=True))
                self._findings.add(position, "GRANT_NEGATIVE", grant_id=grant_id, **figures, balance_oere=balance)
        for draw in event.data["draws"] if event.kind == "grant_awarded" else ():
            _add(sums, (draw["account"], draw["budget_year"]), -draw["amount_oere"])
        for (account, budget_year), difference in sums.items():
            if difference:
                where = {"account": account, "budget_year": budget_year}
                self._findings.add(position, "GRANT_TOTAL", grant_id=grant_id, **where, difference_oere=difference)
        return self._pay_out(grant, event, outlays)

    def _pay_out(self, grant: Grant, event: Event, lines: list[Line]) -> set[PostYear]:
        """Add to what has been paid out: in all no more than the award, under an earmark no more than that."""
        position, grant_id, earmarks = event.position, event.data["grant_id"], set()
        for line in lines:
            grant.outlays += line[3]
            _add(grant.by_post, line[4:6], line[3])
            if line[6] is not None:
                _add(grant.by_earmark, line[6], line[3])
                earmarks.add(line[6])
        if grant.outlays > grant.amount_oere:
            figures = {"paid_out_oere": grant.outlays, "award_oere": grant.amount_oere}
            self._findings.add(position, "AWARD_EXCEEDED", grant_id=grant_id, **figures)
        for earmark in earmarks if grant.budget is not None else ():
            paid_out, limit = grant.by_earmark.get(earmark, 0), grant.earmarks.get(earmark, 0)
            if paid_out > limit:
                figures = {"paid_out_oere": paid_out, "earmark_oere": limit}
                self._findings.add(position, "EARMARK_EXCEEDED", grant_id=grant_id, earmark=earmark, **figures)
        return {line[4:6] for line in lines}

    def _check_posts(self, grant: Grant, event: Event, posts: Iterable[PostYear]) -> None:
        """No more has been paid out for these posts and project years than the budget says."""
        budget = grant.budget or {}
        for post, project_year in posts:
            paid_out, limit = grant.by_post.get((post, project_year), 0), budget.get((post, project_year), 0)
            if paid_out > limit:
                figures = {"post": post, "project_year": project_year, "paid_out_oere": paid_out, "budget_oere": limit}
                self._findings.add(event.position, "POST_EXCEEDED", grant_id=event.data["grant_id"], **figures)


_BUDGETS = frozenset(("grant_awarded", "budget_revised", "unspent_carried_over"))
_CELL = ("ledger_account", "account", "budget_year", "post", "project_year", "earmark")


def _add(sums: dict[Any, int], key: Any, amount: int) -> int:
    """Add to a sum and return it; one that comes to nought is not kept."""
    total = sums.get(key, 0) + amount
    if total:
        sums[key] = total
    else:
        sums.pop(key, None)
    return total


def _sums(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    sums: dict[Any, int] = {}
    for key, amount in pairs:
        _add(sums, key, amount)
    return sums
