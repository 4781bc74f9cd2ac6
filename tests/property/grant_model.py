"""One grant's money worked out from the rules, in plain integers. A method named as a command applies it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from tests.property.grant_cells import ALL, OUTLAYS, UNSPENT, Balances, Cell, Lines, place


class Grant(Balances):
    """What became of a grant."""

    def __init__(self, award: Any, pool: Counter[tuple[str, int]], lines: Lines, cells: Counter[Cell]) -> None:
        super().__init__(pool, cells)
        self.amount, self.months = sum(cells.values()), award.plan_months
        self.first, self.last = award.period_from, award.period_to
        self.budget = {line[:3]: line[3] for line in lines}
        self.earmarks = {one.earmark: one.amount_oere for one in award.earmarks}
        self.accept_by: date | None = None
        self.start_by: date | None = None
        self.accepted = self.started = self.ended = self.lapsed = self.closed = False
        self.stops: set[str] = set()
        self.reports: dict[str, dict[str, Any]] = {}
        self.payments: dict[str, dict[str, Any]] = {}
        self.claims: dict[str, dict[str, Any]] = {}
        self.changes: dict[str, Any] = {}
        self.known_changes: set[str] = set()
        self.receipts: set[str] = set()

    @property
    def over(self) -> bool:
        """Whether nothing is agreed or paid any more."""
        return self.lapsed or self.closed

    def approved_years(self) -> set[int]:
        """Years whose accounts are approved."""
        return {year for one in self.reports.values() if one["status"] == "approved" for year in one["years"]}

    def IssueGrantLetter(self, command: Any) -> None:
        assert self.accept_by is None
        self.accept_by = command.accept_by
        for one in command.reports:
            facts = {"kind": one.kind, "years": set(one.project_years), "due": one.due_on, "final": one.final}
            self.reports[one.report_id] = {**facts, "status": "owed", "spent": []}

    def AcceptGrant(self, command: Any) -> None:
        assert self.accept_by is not None
        assert command.effective_on <= self.accept_by
        assert not self.over
        assert not self.accepted
        self.accepted = True
        months = self.first.month + 5
        # Days after the 28th do not occur here.
        self.start_by = self.first.replace(year=self.first.year + months // 12, month=months % 12 + 1)

    def StartProject(self, command: Any) -> None:
        assert self.start_by is not None
        assert self.first <= command.effective_on <= self.start_by
        self.started = True

    def ChangePaymentPlan(self, command: Any) -> None:
        self.months = command.plan_months

    def StopPayments(self, command: Any) -> None:
        self.stops.add("office")

    def ReleasePayments(self, command: Any) -> None:
        self.stops.remove("office")

    def due(self, on: date) -> dict[Cell, int]:
        """What the plan lets be paid on a day."""
        found: dict[Cell, int] = {}
        if not self.accepted or self.over or self.stops:
            return found
        for cell in self.cells("committed"):
            year = min(max(cell.project_year, self.first.year), self.last.year)
            begins = [date(year, month, 1) for month in range(1, 13, self.months)]
            ends = [*begins[1:], date(year + 1, 1, 1)]
            days = [max(a, self.first) for a, b in zip(begins, ends, strict=True) if a <= self.last and b > self.first]
            passed = sum(day <= on for day in days)
            whole = sum(self.on[name][cell] for name in ALL if name != "lapsed")
            each, odd = divmod(whole, len(days))
            left = self.on["committed"][cell]
            amount = min(left, each * passed + min(passed, odd) - (whole - left))
            if amount > 0 and cell.project_year not in self.approved_years():
                found[cell] = amount
        return found

    def order(self, batch: str, payment: str, amount: int, on: date) -> None:
        """An approved payment: every cell's share of what is due, by largest remainder."""
        assert payment not in self.payments
        # A later line of the same batch is a share of what the first ones left of what was due.
        due = self.due(on)
        whole = sum(due.values())
        assert amount <= whole, "more than is due"
        parts = {cell: amount * part // whole for cell, part in due.items()}
        odd = sorted(due, key=lambda cell: -(amount * due[cell] % whole))
        for cell in odd[: amount - sum(parts.values())]:
            parts[cell] += 1
        self.move("committed", "payable", parts)
        self.payments[payment] = {"batch": batch, "status": "ordered", "parts": parts}

    def answer(self, batch: str, name: str, outcome: str) -> None:
        """The bank's answer."""
        payment = self.payments[name]
        assert (payment["batch"], payment["status"]) == (batch, "ordered")
        payment["status"] = outcome
        self.move("payable", "paid" if outcome == "paid" else "committed", payment["parts"])

    def CorrectBankAnswer(self, command: Any) -> None:
        payment = self.payments[command.payment_id]
        assert {payment["status"], command.outcome} == {"paid", "returned"}
        payment["status"] = command.outcome
        if command.outcome == "paid":
            assert not self.over
            self.move("committed", "paid", payment["parts"])
        elif self.lapsed:
            self.back("paid", "lapsed", payment["parts"])
        else:
            self.move("paid", "committed", payment["parts"])

    def SubmitStatusReport(self, command: Any) -> None:
        self.reports[command.report_id]["status"] = "received"
        self.stops.discard(command.report_id)

    def SubmitAccounts(self, command: Any) -> None:
        report = self.reports[command.report_id]
        report |= {"status": "received", "lines": command.lines}
        assert {line.project_year for line in command.lines} <= report["years"]
        for line in command.lines:
            limit = sum(amount for key, amount in self.budget.items() if key[:2] == (line.post, line.project_year))
            assert line.spent_oere <= limit
        self.stops.discard(command.report_id)

    def DecideAccounts(self, command: Any) -> None:
        report = self.reports[command.report_id]
        assert report["status"] == "received"
        if command.decision == "reject":
            report["status"] = "rejected"
        elif command.decision == "send_back":
            report |= {"status": "sent_back", "due": command.due_on}
        else:
            report["status"] = "approved"
            for line in report["lines"]:
                wanted = line.spent_oere
                for name in UNSPENT:
                    post_year = line.post, line.project_year
                    parts = self.take(name, wanted, lambda cell, key=post_year: cell.line[:2] == key)  # type: ignore[misc]
                    self.move(name, "accounted_for", parts)
                    report["spent"].append((name, parts))
                    wanted -= sum(parts.values())
                assert wanted == 0, "more was accounted for than was paid"

    def ReopenAccounts(self, command: Any) -> None:
        report = self.reports[command.report_id]
        assert report["status"] in ("approved", "rejected")
        for name, parts in report["spent"]:
            self.move("accounted_for", name, parts)
        report |= {"status": "sent_back", "due": command.due_on, "spent": []}

    def RequestChange(self, command: Any) -> None:
        assert command.effective_on <= self.last
        assert command.change_id not in self.known_changes
        self.known_changes.add(command.change_id)
        self.changes[command.change_id] = command

    def DecideChange(self, command: Any) -> None:
        change = self.changes.pop(command.change_id)
        if command.decision == "approve" and change.kind == "prolongation":
            [(name, final)] = [(name, one) for name, one in self.reports.items() if one["final"]]
            assert final["status"] in ("owed", "overdue", "sent_back")
            years = range(self.last.year + 1, change.period_to.year + 1)
            final |= {"years": final["years"] | set(years), "due": final["due"] + (change.period_to - self.last)}
            final["status"] = "owed" if final["status"] == "overdue" else final["status"]
            self.stops.discard(name)
            self.last, self.ended = change.period_to, False
        if command.decision == "approve" and change.kind == "budget":
            self._new_budget([(one.post, one.project_year, one.earmark, one.amount_oere) for one in change.budget])
        if command.decision == "approve" and change.kind == "carry_over":
            self._carry_over(change.carry_over)

    def _new_budget(self, lines: Lines) -> None:
        self.budget = {line[:3]: line[3] for line in lines}
        assert sum(self.budget.values()) == self.amount
        for earmark, amount in self.earmarks.items():
            assert sum(part for key, part in self.budget.items() if key[2] == earmark) == amount
        used: Counter[tuple[str, int, str | None]] = Counter()
        for name in ("payable", *OUTLAYS):
            for cell, amount in self.on[name].items():
                used[cell.line] += amount
        money: Counter[tuple[str, int]] = Counter()
        for cell, amount in self.on["committed"].items():
            money[cell.account, cell.budget_year] += amount
        left = [(*key, amount - used.pop(key, 0)) for key, amount in self.budget.items()]
        assert all(line[3] >= 0 for line in left)
        assert not any(used.values())
        self.on["committed"] = place(left, [(key, amount) for key, amount in money.items() if amount])

    def _carry_over(self, lines: Any) -> None:
        moves: list[tuple[str, Cell, int]] = []
        for line in lines:
            key, wanted = (line.post, line.project_year, line.earmark), line.amount_oere
            assert line.project_year in self.approved_years()
            for name in UNSPENT:
                parts = self.take(name, wanted, lambda cell, key=key: cell.line == key)  # type: ignore[misc]
                moves += [(name, cell, amount) for cell, amount in parts.items()]
                wanted -= sum(parts.values())
            assert wanted == 0, "more was carried over than was unspent"
            self.budget[key] -= line.amount_oere
            later = (line.post, line.project_year + 1, line.earmark)
            self.budget[later] = self.budget.get(later, 0) + line.amount_oere
        for name, cell, amount in moves:
            self.on[name][cell] -= amount
            self.on["carried_over"][cell._replace(project_year=cell.project_year + 1)] += amount

    def ClaimRepayment(self, command: Any) -> None:
        assert not self.closed
        years = self.approved_years()
        parts: Counter[Cell] = Counter()
        taken = [
            (name, self.take(name, self.amount, lambda cell: command.cause != "unspent" or cell.project_year in years))
            for name in UNSPENT
        ]
        amount = sum(sum(some.values()) for _, some in taken)
        assert amount > 0
        for name, some in taken:
            self.move(name, "waived" if amount <= 50_000 else "receivable", some)
            parts.update(some)
        claim = {"status": "claimed", "parts": dict(parts), "owed": amount}
        self.claims[command.claim_id] = {"status": "settled"} if amount <= 50_000 else claim

    def InvoiceRepayment(self, command: Any) -> None:
        assert self.claims[command.claim_id]["status"] == "claimed"
        self.claims[command.claim_id] |= {"status": "invoiced", "due": command.due_on}

    def RecordRepayment(self, command: Any) -> None:
        claim = self.claims[command.claim_id]
        assert claim["status"] in ("invoiced", "overdue", "handed_over")
        assert command.receipt not in self.receipts
        assert command.amount_oere <= claim["owed"]
        self.receipts.add(command.receipt)
        claim["owed"] -= command.amount_oere
        claim["status"] = claim["status"] if claim["owed"] else "settled"
        wanted, came = command.amount_oere, dict[Cell, int]()
        for cell in sorted(claim["parts"], key=lambda cell: cell.age):
            came[cell] = min(wanted, claim["parts"][cell])
            wanted -= came[cell]
            claim["parts"][cell] -= came[cell]
        self.back("receivable", "repaid", came)

    def HandOverClaim(self, command: Any) -> None:
        claim = self.claims[command.claim_id]
        assert claim["status"] in ("invoiced", "overdue")
        assert command.effective_on > claim["due"]
        claim["status"] = "handed_over"

    def CloseGrant(self, command: Any) -> None:
        assert not self.over
        final = [one["status"] for one in self.reports.values() if one["final"]]
        assert self.ended or final in (["approved"], ["rejected"])
        assert self.total("payable", *UNSPENT) == 0
        paid = sum(sum(one["parts"].values()) for one in self.payments.values() if one["status"] == "paid")
        assert self.total("accounted_for", "carried_over", "repaid", "receivable", "waived") == paid
        self.back("committed", "lapsed", dict(self.on["committed"]))
        self.closed = True

    def PassDeadline(self, command: Any) -> None:
        day = command.effective_on
        if command.deadline == "invoice":
            claim = self.claims[command.reference]
            if claim["status"] == "invoiced":
                assert day > claim["due"]
                claim["status"] = "overdue"
        elif self.over:
            return
        elif command.deadline == "period" and not self.ended:
            assert day > self.last
            self.ended = True
        elif command.deadline == "report" and self.reports[command.reference]["status"] in ("owed", "sent_back"):
            assert day > self.reports[command.reference]["due"]
            self.reports[command.reference]["status"] = "overdue"
            self.stops.add(command.reference)
        elif command.deadline == "acceptance" and not self.accepted and self.accept_by is not None:
            assert day > self.accept_by
            self._lapse()
        elif command.deadline == "start" and self.start_by is not None and not (self.started or self.total("payable")):
            assert day > self.start_by
            self._lapse()

    def _lapse(self) -> None:
        self.back("committed", "lapsed", dict(self.on["committed"]))
        self.lapsed = True
