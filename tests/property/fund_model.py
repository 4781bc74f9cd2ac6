"""The fund's balances worked out from its rules, in plain integers: what the ledger is held against.

Nothing here is the fund's own code. A command that was carried out is applied; that it may be carried out at all is
asserted, where money depends on it. Figures are øre.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from tests.property.grant_cells import Lines, place
from tests.property.grant_model import Grant


class Model:
    """What is voted, free, pooled and promised."""

    def __init__(self) -> None:
        self.voted: Counter[tuple[str, int]] = Counter()
        self.free: Counter[tuple[str, int]] = Counter()
        self.pools: dict[str, Counter[tuple[str, int]]] = {}
        self.grants: dict[str, Grant] = {}
        self.frames: dict[str, int] = {}
        self.index: dict[str, dict[int, Fraction]] = {}
        self.applied: dict[str, tuple[str, Lines]] = {}
        self.submitted: set[str] = set()
        self.assessors: defaultdict[str, set[str]] = defaultdict(set)
        self.batches: dict[str, dict[str, Any]] = {}

    def apply(self, command: Any) -> None:
        """A command was carried out."""
        name = type(command).__name__
        own = getattr(self, f"_{name}", None)
        if own is not None:
            own(command)
        elif hasattr(Grant, name):
            getattr(self.grants[command.grant_id], name)(command)

    def totals(self) -> dict[tuple[str, str, int], int]:
        """What stands on each ledger account, by account-year, without those at nought."""
        sums: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        for (account, year), amount in self.voted.items():
            sums["voted", account, year] -= amount
        for name, parts in [("appropriated", self.free), *(("pooled", pool) for pool in self.pools.values())]:
            for (account, year), amount in parts.items():
                sums[name, account, year] += amount
        for grant in self.grants.values():
            for (name, cell), amount in grant.standing().items():
                sums[name, cell.account, cell.budget_year] += amount
                if name in ("lapsed", "repaid"):
                    sums["restored", cell.account, cell.budget_year] -= amount
        return {key: amount for key, amount in sums.items() if amount}

    # --- appropriations and pools ---

    def _vote(self, account: str, year: int, amount: int) -> None:
        self.voted[account, year] += amount
        self._free(account, year, amount)

    def _free(self, account: str, year: int, amount: int) -> None:
        self.free[account, year] += amount
        assert self.free[account, year] >= 0

    def _RegisterAppropriation(self, command: Any) -> None:
        self._vote(command.account, command.budget_year, command.amount_oere)

    _AdjustAppropriation = _RegisterAppropriation

    def _TransferAppropriation(self, command: Any) -> None:
        self._vote(command.account, command.budget_year, -command.amount_oere)
        self._vote(command.to_account, command.to_budget_year, command.amount_oere)

    def _ImportIndexSeries(self, command: Any) -> None:
        self.index[command.series_id] = {point.year: Fraction(point.value) for point in command.points}

    def _RegulateAppropriation(self, command: Any) -> None:
        points = self.index[command.series_id]
        voted = self.voted[command.account, command.budget_year]
        change = voted * points[command.to_year] / points[command.from_year] - voted
        whole = (abs(change) + Fraction(1, 2)).__floor__()
        self._vote(command.account, command.budget_year, whole if change > 0 else -whole)

    def _OpenPool(self, command: Any) -> None:
        self.pools[command.pool_id] = Counter()
        self._ExtendPool(command)

    def _ExtendPool(self, command: Any) -> None:
        for draw in command.draws:
            self._free(draw.account, draw.budget_year, -draw.amount_oere)
            self.pools[command.pool_id][draw.account, draw.budget_year] += draw.amount_oere

    # --- calls, applications and awards ---

    def _PublishCall(self, command: Any) -> None:
        self.frames[command.call_id] = command.frame_oere

    def _SaveApplication(self, command: Any) -> None:
        lines = [(one.post, one.project_year, one.earmark, one.amount_oere) for one in command.financing]
        self.applied[command.application_id] = command.call_id, lines

    def _CopyApplication(self, command: Any) -> None:
        _, lines = self.applied[command.from_application_id]
        self.applied[command.application_id] = command.call_id, lines

    def _SubmitApplication(self, command: Any) -> None:
        self.submitted.add(command.application_id)

    def _ReopenApplication(self, command: Any) -> None:
        self.submitted.discard(command.application_id)
        self.assessors[command.application_id].clear()

    def _AssessApplication(self, command: Any) -> None:
        self.assessors[command.application_id].add(_person(command.on_behalf_of))

    def _DeclareConflict(self, command: Any) -> None:
        self.assessors[command.application_id].discard(_person(command.on_behalf_of))

    def _WithdrawApplication(self, command: Any) -> None:
        self.submitted.discard(command.application_id)

    def _RefuseApplication(self, command: Any) -> None:
        self.submitted.discard(command.application_id)

    def _AwardGrant(self, command: Any) -> None:
        assert command.grant_id not in self.grants
        amount = sum(draw.amount_oere for draw in command.draws)
        lines = [(one.post, one.project_year, one.earmark, one.amount_oere) for one in command.budget]
        if command.application_id is not None:
            self.submitted.remove(command.application_id)
            call, applied = self.applied[command.application_id]
            self.frames[call] -= amount
            assert self.frames[call] >= 0
            assert amount <= _total(applied)
            lines = lines or (applied if amount == _total(applied) else [])
        if not lines:
            years = command.period_from.year, command.period_to.year
            by_year: Counter[int] = Counter()
            for draw in command.draws:
                by_year[min(max(draw.budget_year, years[0]), years[1])] += draw.amount_oere
            lines = [("grant", year, None, amount) for year, amount in by_year.items()]
        assert _total(lines) == amount
        pool = self.pools[command.pool_id]
        money: list[tuple[tuple[str, int], int]] = []
        for draw in command.draws:
            pool[draw.account, draw.budget_year] -= draw.amount_oere
            assert pool[draw.account, draw.budget_year] >= 0
            money.append(((draw.account, draw.budget_year), draw.amount_oere))
        self.grants[command.grant_id] = Grant(command, pool, lines, place(lines, money))

    # --- payments ---

    def _PreparePaymentBatch(self, command: Any) -> None:
        assert command.batch_id not in self.batches
        self.batches[command.batch_id] = {
            "by": command.on_behalf_of,
            "lines": command.lines,
            "on": command.effective_on,
        }

    def _ApprovePaymentBatch(self, command: Any) -> None:
        batch = self.batches[command.batch_id]
        assert _person(batch["by"]) != _person(command.on_behalf_of)
        assert not batch.get("over")
        batch["over"] = True
        assert command.total_oere == sum(line.amount_oere for line in batch["lines"])
        for line in batch["lines"]:
            self.grants[line.grant_id].order(command.batch_id, line.payment_id, line.amount_oere, batch["on"])

    def _CancelPaymentBatch(self, command: Any) -> None:
        assert not self.batches[command.batch_id].get("over")
        self.batches[command.batch_id]["over"] = True

    def _RecordBankAnswers(self, command: Any) -> None:
        for answer in command.answers:
            assert answer.outcome == "returned" or command.effective_on >= self.batches[command.batch_id]["on"]
            self.grants[answer.grant_id].answer(command.batch_id, answer.payment_id, answer.outcome)


def _total(lines: Iterable[tuple[Any, ...]]) -> int:
    return sum(line[-1] for line in lines)


def _person(name: str) -> str:
    return name.replace(" ", "").lower()
