"""Any commands in any order, held step by step against the model and the fund's promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from hypothesis import currently_in_test_context, event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from services.funding import commands as c
from services.funding.appropriation import APPROPRIATION
from services.funding.check.checker import Checker
from services.funding.check.findings import Findings
from services.funding.grant import GRANT, GrantState
from services.funding.pool import POOL
from shared.kernel.messages import Command, Event
from shared.kernel.rejection import Rejected
from tests.fund import Fund
from tests.ledger_check.handwritten import entry, rows_of
from tests.property.beginning import award, begin
from tests.property.fund_model import Model
from tests.property.fund_wishes import BEGIN, GRANTS, REFUSALS, WISHES, grants
from tests.property.fund_words import words
from tests.property.grant_cells import OUTLAYS
from tests.property.next_step import next_step
from tests.property.turns import TURNS, turn

ID = "11111111-1111-4111-8111-111111111111"
shifts = st.sampled_from([0, 0, 0, -40, 40])


def _but_nought(amounts: Mapping[Any, int]) -> dict[Any, int]:
    return {key: amount for key, amount in amounts.items() if amount}


def asked(topic: str) -> st.SearchStrategy[tuple[type[Command], dict[str, Any]]]:
    """A command about the topic, with what is asked."""
    return st.one_of([st.tuples(st.just(kind), wish) for kind, wish in WISHES[topic].items()])


class FundMachine(RuleBasedStateMachine):
    """Sends commands as a service would: each is carried out or refused, and the ledger and the model say the same."""

    reached: ClassVar[Counter[str]] = Counter()
    """How often each kind of event came about, and each refusal, over all runs."""

    def __init__(self) -> None:
        super().__init__()
        self.fund, self.model = Fund(), Model()
        self.today = BEGIN
        self.log: list[list[Event]] = []
        self.sums: Counter[tuple[str, str, int]] = Counter()
        self.of_grants: Counter[tuple[Any, ...]] = Counter()

    # --- one command ---

    def send(self, kind: type[Command], /, **fields: Any) -> str | None:
        """Carry a command out; the code of its refusal, if it was refused."""
        before = len(self.fund.history)
        command = kind.parse({"command_id": ID, **fields})
        try:
            events = self.fund.carry_out(command)
        except Rejected as rejection:
            self._refused(kind, rejection.code, before)
            return rejection.code
        self.log.append(events)
        self.model.apply(command)
        for one in events:
            self.reached[type(one).__name__] += 1
            self._post(one)
        self._hold()
        return None

    def _refused(self, kind: type[Command], code: str, before: int) -> None:
        assert code in REFUSALS[kind], f"{kind.__name__} is refused with {code}"
        assert len(self.fund.history) == before
        self.reached[f"{kind.__name__}: {code}"] += 1

    def _post(self, one: Event) -> None:
        balance: Counter[tuple[str, int]] = Counter()
        for line in getattr(one, "postings", ()):
            balance[line.account, line.budget_year] += line.amount_oere
            self.sums[line.ledger_account, line.account, line.budget_year] += line.amount_oere
            if line.post is not None:
                cell = (line.account, line.budget_year, line.post, line.project_year, line.earmark)
                self.of_grants[getattr(one, "grant_id", ""), line.ledger_account, cell] += line.amount_oere
        assert not any(balance.values()), "debits are not credits"

    def _hold(self) -> None:
        """The ledger is the model's, and keeps what it promises."""
        assert _but_nought(self.sums) == self.model.totals()
        of_grants = {
            (name, ledger_account, tuple(cell)): amount
            for name, grant in self.model.grants.items()
            for (ledger_account, cell), amount in grant.standing().items()
        }
        assert _but_nought(self.of_grants) == of_grants
        for (name, account, year), amount in self.sums.items():
            assert amount <= 0 if name in ("voted", "restored") else amount >= 0
            if name == "restored":
                assert amount == -self.sums["lapsed", account, year] - self.sums["repaid", account, year]
        self._hold_streams()
        for grant in self.model.grants.values():
            assert grant.total(*grant.on) == grant.amount
            used: Counter[tuple[str, int, str | None]] = Counter()
            for name in OUTLAYS:
                for cell, amount in grant.on[name].items():
                    used[cell.line] += amount
            assert all(amount <= grant.budget.get(key, 0) for key, amount in used.items())
            for earmark, limit in grant.earmarks.items():
                assert sum(amount for key, amount in used.items() if key[2] == earmark) <= limit

    def _hold_streams(self) -> None:
        """Each stream by itself says what the ledger says of it."""
        accounts = {account for account, _ in self.model.free}
        for account, state in zip(
            accounts, self.fund.states(tuple((APPROPRIATION, it) for it in accounts)), strict=True
        ):
            free = {key: amount for key, amount in self.model.free.items() if key[0] == account}
            assert _but_nought(state.left()) == _but_nought(free)
        for name, pool in self.model.pools.items():
            assert _but_nought(self.fund.states(((POOL, name),))[0].left()) == _but_nought(pool)
        for name, grant in self.model.grants.items():
            [state] = self.fund.states(((GRANT, name),))
            budget = {(line.post, line.project_year, line.earmark): line.amount_oere for line in state.budget}
            assert budget == _but_nought(grant.budget)
            assert set(state.stops) == grant.stops
            assert (state.accepted, state.started, state.period_ended) == (grant.accepted, grant.started, grant.ended)
            statuses = {one.due.report_id: (one.status, one.due.due_on) for one in state.reports}
            assert statuses == {name: (one["status"], one["due"]) for name, one in grant.reports.items()}

    # --- rules ---

    @initialize(choice=begin)
    def begin(self, choice: dict[str, Any]) -> None:
        """Money, a pool, a call with an application that is assessed, and a grant awarded without one."""
        for kind, fields in award(choice):
            assert self.send(kind, **fields) is None
        if choice["running"]:
            self.today = date(2018, 3, 1)

    def _try(self, wish: tuple[type[Command], dict[str, Any]], shift: int) -> None:
        kind, fields = wish
        day = max(self.today + timedelta(days=shift), BEGIN)
        self.send(kind, **words(kind, fields, day, self.model))

    @rule(wish=asked("money"), shift=shifts)
    def money(self, wish: Any, shift: int) -> None:
        self._try(wish, shift)

    @rule(wish=asked("applying"), shift=shifts)
    def applying(self, wish: Any, shift: int) -> None:
        self._try(wish, shift)

    @rule(wish=asked("agreement"), shift=shifts)
    def agreement(self, wish: Any, shift: int) -> None:
        self._try(wish, shift)

    @rule(wish=asked("paying"), shift=shifts)
    def paying(self, wish: Any, shift: int) -> None:
        self._try(wish, shift)

    @rule(wish=asked("reporting"), shift=shifts)
    def reporting(self, wish: Any, shift: int) -> None:
        self._try(wish, shift)

    @rule(wish=asked("changing"), shift=shifts)
    def changing(self, wish: Any, shift: int) -> None:
        self._try(wish, shift)

    @rule(wish=asked("settling"), shift=shifts)
    def settling(self, wish: Any, shift: int) -> None:
        self._try(wish, shift)

    @rule(length=st.sampled_from([1, 20, 60]), passing=st.booleans())
    def later(self, length: int, passing: bool) -> None:
        """Time goes by, and perhaps the calendar lets every deadline pass that has."""
        self.today = min(self.today + timedelta(days=length), date(2021, 1, 1))
        for name, grant in self.model.grants.items() if passing else ():
            known = [("acceptance", "-"), ("start", "-"), ("period", "-")]
            known += [("report", report) for report in grant.reports]
            known += [("invoice", claim) for claim in grant.claims]
            for deadline, reference in known:
                where = {"grant_id": name, "deadline": deadline, "reference": reference}
                self.send(c.PassDeadline, **where, effective_on=self.today.isoformat())

    @rule(name=grants, steps=st.integers(1, 3))
    def forward(self, name: str, steps: int) -> None:
        """A grant takes its next sensible steps, which nothing may refuse."""
        for _ in range(steps):
            self.today, sensible = next_step(self.model, name, self.today)
            for kind, fields in sensible:
                code = self.send(kind, **fields)
                assert code is None, f"{kind.__name__} is refused with {code}"

    @rule(name=grants, steps=st.integers(1, 3))
    def forward_too(self, name: str, steps: int) -> None:
        self.forward(name, steps)

    @rule(name=grants, which=st.sampled_from(sorted(TURNS)), size=st.integers(0, 14))
    def turn(self, name: str, which: str, size: int) -> None:
        """A grant's life takes a turn; another's, if the grant is over."""
        living = [it for it, grant in self.model.grants.items() if grant.accepted and not grant.over]
        name = name if name in living or not living else living[size % len(living)]
        for kind, fields in turn(self.model, name, which, self.today, size):
            if self.send(kind, **fields) is not None:
                break

    @rule(name=grants, which=st.sampled_from(sorted(TURNS)), size=st.integers(0, 14))
    def turn_too(self, name: str, which: str, size: int) -> None:
        self.turn(name, which, size)

    @rule(name=grants, steps=st.integers(3, 6))
    def far_forward(self, name: str, steps: int) -> None:
        self.forward(name, steps)

    # --- in the end ---

    def teardown(self) -> None:
        """A state goes through JSON and on, every event through JSON; and the independent check has no findings."""
        for name in GRANTS:
            own = [one for one in self.fund.history if one.stream_id == GRANT.stream_id(name)]
            half: GrantState = GRANT.fold(own[: len(own) // 2])
            kept = GrantState.model_validate_json(half.model_dump_json())
            assert kept == half
            assert [GRANT.fold(own[len(own) // 2 :], kept)] == self.fund.states(((GRANT, name),))
        assert all(type(one).model_validate_json(one.model_dump_json()) == one for one in self.fund.history)
        findings, last = Findings(), (0, "")
        checker = Checker(findings)
        for row in rows_of([entry(one) for one in events] for events in self.log if events):
            checker.add(row)
            last = row[0], row[15]
        checker.finish(last)
        assert findings.kept == []
        for grant in self.model.grants.values():
            for what in ("accepted", "started", "lapsed", "closed"):
                if getattr(grant, what) and currently_in_test_context():
                    event(f"a grant was {what}")
