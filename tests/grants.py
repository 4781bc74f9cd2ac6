"""One grant and its life, for tests of the rules that it lives by.

Randers is awarded 20,000 kroner for 2018 and 2019: staff for 8,000 in each year and a partner, earmarked, for 4,000 in
2018. By the quarter that makes 2,000 for staff and 1,000 for the partner.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from services.funding import events as e
from services.funding.commands import (
    AcceptGrant,
    ApprovePaymentBatch,
    AwardGrant,
    ClaimRepayment,
    CloseGrant,
    DecideAccounts,
    DecideChange,
    InvoiceRepayment,
    IssueGrantLetter,
    OpenPool,
    PassDeadline,
    PreparePaymentBatch,
    RecordBankAnswers,
    RecordRepayment,
    RegisterAppropriation,
    RequestChange,
    StartProject,
    SubmitAccounts,
)
from services.funding.grant import GRANT, GrantState
from shared.kernel.decider import Decider
from shared.kernel.messages import Command, Event
from shared.testing.decisions import Scenario, given
from tests.fund import Fund

ID = "11111111-1111-4111-8111-111111111111"
ACCOUNT, GRANT_ID, POOL_ID, INITIATIVE, RANDERS = "15.26.04.10", "g1", "aftercare", "aftercare", "0730"
ANNA, BO = "Anna Lund", "Bo Krag"

Cell = tuple[int, str | None, int | None, str | None]
"""Budget year, post, project year, earmark; all on the one account."""
S18: Cell = (2018, "staff", 2018, None)
P18: Cell = (2018, "partner", 2018, "partner")
S19: Cell = (2019, "staff", 2019, None)
BUDGET = [
    {"post": "staff", "project_year": 2018, "amount_oere": 800_000},
    {"post": "partner", "project_year": 2018, "amount_oere": 400_000, "earmark": "partner"},
    {"post": "staff", "project_year": 2019, "amount_oere": 800_000},
]
REPORTS: list[dict[str, Any]] = [
    {"report_id": "s18", "kind": "status", "project_years": [2018], "due_on": "2018-08-01"},
    {"report_id": "a18", "kind": "accounts", "project_years": [2018], "due_on": "2019-03-01"},
    {"report_id": "a19", "kind": "accounts", "project_years": [2019], "due_on": "2020-03-01", "final": True},
]
AUDIT = {"auditor": "Revision Kronjylland", "auditor_kind": "own_choice", "statement": "sag 31", "protocol": "sag 32"}
Spent = dict[tuple[str, int], int]
"""Øre spent by post and project year."""


def spent(amounts: Spent) -> list[dict[str, Any]]:
    """The lines of accounts, as a caller sends them."""
    return [{"post": post, "project_year": year, "spent_oere": amount} for (post, year), amount in amounts.items()]


class GrantFund(Fund):
    """A fund with 1,000,000 kroner in each of 2018 and 2019, all of it in one pool. Its steps can be chained."""

    def __init__(self) -> None:
        super().__init__()
        years = [{"account": ACCOUNT, "budget_year": year, "amount_oere": 100_000_000} for year in (2018, 2019)]
        for year in years:
            self.do(RegisterAppropriation, **year, act="FL", effective_on="2017-10-01")
        pool = {"pool_id": POOL_ID, "track": "dissemination", "initiative": INITIATIVE, "title": "Aftercare"}
        self.do(OpenPool, **pool, draws=years, effective_on="2017-10-01")

    @property
    def grant(self) -> GrantState:
        """The grant as it stands."""
        [state] = self.states(((GRANT, GRANT_ID),))
        assert isinstance(state, GrantState)
        return state

    def standing(self, ledger_account: e.LedgerAccount) -> dict[Cell, int]:
        """What stands on an account of the grant's ledger."""
        return {cell[1:]: amount for cell, amount in self.grant.standing(ledger_account).items()}

    def letter(self, **changes: Any) -> Self:
        """The letter of 21 November 2017, to be accepted by 15 December."""
        fields: dict[str, Any] = {"letter": "L1", "accept_by": "2017-12-15", "reports": REPORTS}
        self.do(IssueGrantLetter, grant_id=GRANT_ID, **fields | {"effective_on": "2017-11-21"} | changes)
        return self

    def accept(self) -> Self:
        """Accepted on 1 December 2017."""
        self.do(AcceptGrant, grant_id=GRANT_ID, effective_on="2017-12-01")
        return self

    def start(self) -> Self:
        """The project began on 15 January 2018."""
        self.do(StartProject, grant_id=GRANT_ID, effective_on="2018-01-15")
        return self

    def order(self, number: int, on: str, amount_oere: int) -> Self:
        """Payment p<number>, alone in batch b<number>, is prepared by Anna and approved by Bo."""
        line = {"payment_id": f"p{number}", "grant_id": GRANT_ID, "amount_oere": amount_oere}
        batch = {"batch_id": f"b{number}", "effective_on": on}
        self.do(PreparePaymentBatch, on_behalf_of=ANNA, lines=[line], **batch)
        self.do(ApprovePaymentBatch, on_behalf_of=BO, total_oere=amount_oere, **batch)
        return self

    def answer(self, number: int, on: str, outcome: str = "paid") -> Self:
        """The bank answers payment p<number>."""
        answer = {"payment_id": f"p{number}", "grant_id": GRANT_ID, "outcome": outcome, "reason": "account closed"}
        self.do(RecordBankAnswers, batch_id=f"b{number}", answers=[answer], effective_on=on)
        return self

    def pay(self, number: int, on: str, amount_oere: int) -> Self:
        """Payment p<number> is ordered and paid on one day."""
        return self.order(number, on, amount_oere).answer(number, on)

    def paid_for_2018(self) -> Self:
        """Accepted, begun, and paid all of 2018's 12,000 kroner at the year's last instalment."""
        return self.letter().accept().start().pay(1, "2018-10-01", 1_200_000)

    def accounts(self, report: str, on: str, amounts: Spent) -> Self:
        """Accounts come in."""
        fields = {"report_id": report, "lines": spent(amounts), "audit": AUDIT}
        self.do(SubmitAccounts, grant_id=GRANT_ID, **fields, effective_on=on)
        return self

    def decide(self, report: str, on: str, decision: str = "approve", due_on: str | None = None) -> Self:
        """Bo decides accounts."""
        fields = {"report_id": report, "decision": decision, "reason": "Read.", "due_on": due_on}
        self.do(DecideAccounts, on_behalf_of=BO, grant_id=GRANT_ID, **fields, effective_on=on)
        return self

    def accounted_for_2018(self, staff: int = 700_000, partner: int = 400_000) -> Self:
        """2018 is paid and accounted for; by default 1,000 kroner for staff are left."""
        amounts = {("staff", 2018): staff, ("partner", 2018): partner}
        return self.paid_for_2018().accounts("a18", "2019-02-01", amounts).decide("a18", "2019-02-10")

    def accounted_for_2019(self, staff: int = 800_000) -> Self:
        """2019 too is paid and accounted for; by default all of it was spent."""
        paid = self.pay(2, "2019-10-01", 800_000)
        return paid.accounts("a19", "2020-02-01", {("staff", 2019): staff}).decide("a19", "2020-02-10")

    def request(self, change: str, on: str, kind: str, **parts: Any) -> Self:
        """A change is applied for."""
        fields = {"change_id": change, "kind": kind, "reason": "We must."}
        self.do(RequestChange, grant_id=GRANT_ID, **fields, **parts, effective_on=on)
        return self

    def change(self, change: str, on: str, kind: str, **parts: Any) -> Self:
        """A change is applied for and approved on one day."""
        self.request(change, on, kind, **parts)
        fields = {"change_id": change, "decision": "approve", "reason": "Yes."}
        self.do(DecideChange, on_behalf_of=BO, grant_id=GRANT_ID, **fields, effective_on=on)
        return self

    def claim(self, claim: str, on: str, cause: str = "unspent") -> Self:
        """Bo claims back what is left."""
        fields = {"claim_id": claim, "cause": cause, "reason": "Not spent."}
        self.do(ClaimRepayment, on_behalf_of=BO, grant_id=GRANT_ID, **fields, effective_on=on)
        return self

    def invoice(self, claim: str, on: str, due_on: str) -> Self:
        """The claim's invoice goes out."""
        fields = {"claim_id": claim, "invoice": "F-1", "due_on": due_on}
        self.do(InvoiceRepayment, grant_id=GRANT_ID, **fields, effective_on=on)
        return self

    def repay(self, claim: str, receipt: str, on: str, amount_oere: int) -> Self:
        """Money comes in for a claim."""
        fields = {"claim_id": claim, "receipt": receipt, "amount_oere": amount_oere}
        self.do(RecordRepayment, grant_id=GRANT_ID, **fields, effective_on=on)
        return self

    def passes(self, deadline: str, on: str, reference: str = "-") -> Self:
        """A deadline has passed."""
        self.do(PassDeadline, grant_id=GRANT_ID, deadline=deadline, reference=reference, effective_on=on)
        return self

    def after(self, decider: Decider, on: str, /, **fields: Any) -> Self:
        """A command about the grant was carried out."""
        self.carry_out(_command(decider, on, fields))
        return self

    def close(self, on: str) -> Self:
        """The grant is closed."""
        self.do(CloseGrant, grant_id=GRANT_ID, effective_on=on)
        return self


def awarded(**changes: Any) -> GrantFund:
    """A fund whose pool has awarded the grant."""
    fund = GrantFund()
    draws = [(2018, 1_200_000), (2019, 800_000)]
    fields: dict[str, Any] = {
        "grant_id": GRANT_ID,
        "pool_id": POOL_ID,
        "municipality": RANDERS,
        "draws": [{"account": ACCOUNT, "budget_year": year, "amount_oere": amount} for year, amount in draws],
        "budget": BUDGET,
        "earmarks": [{"earmark": "partner", "title": "The partner", "amount_oere": 400_000}],
        "period_from": "2018-01-01",
        "period_to": "2019-12-31",
        "effective_on": "2017-11-20",
    }
    fund.do(AwardGrant, **fields | changes)
    return fund


def accepted(**changes: Any) -> GrantFund:
    """A fund whose grant has been accepted."""
    return awarded(**changes).letter().accept()


def lapsed() -> GrantFund:
    """A fund whose grant was not accepted."""
    return awarded().letter().passes("acceptance", "2017-12-16")


def closed() -> GrantFund:
    """A fund whose grant was accepted and closed after its period, without a payment."""
    return accepted().passes("period", "2020-01-01").close("2020-01-02")


def when(fund: Fund, decider: Decider, on: str, /, **fields: Any) -> Scenario:
    """A command about the grant, on a day, by Bo where somebody must have sent it."""
    return given(fund.history, decider).when(_command(decider, on, fields))


def _command(decider: Decider, on: str, fields: dict[str, Any]) -> Command:
    known = {"command_id": ID, "grant_id": GRANT_ID, "on_behalf_of": BO, "effective_on": on} | fields
    return decider.command.parse({name: known[name] for name in decider.command.model_fields if name in known})


def refused(scenario: Scenario, code: str, field: str, **figures: object) -> None:
    """The command is refused with this code, for what this field says, with these figures."""
    rejection = scenario.then_rejected(code, **figures)
    assert [entry["field"] for entry in rejection.fields] == [field]


def fact(kind: type[Event], on: str, /, **fields: Any) -> Event:
    """An event about the grant."""
    known = {
        "grant_id": GRANT_ID,
        "pool_id": POOL_ID,
        "initiative": INITIATIVE,
        "municipality": RANDERS,
        "decided_by": BO,
        "effective_on": date.fromisoformat(on),
    } | fields
    assert fields.keys() <= kind.model_fields.keys()
    return kind(**{name: value for name, value in known.items() if name in kind.model_fields})


def entry(ledger_account: e.LedgerAccount, amount_oere: int, cell: Cell) -> e.Posting:
    """One posting."""
    year, post, project_year, earmark = cell
    place = {"account": ACCOUNT, "budget_year": year, "post": post, "project_year": project_year, "earmark": earmark}
    return e.Posting.model_validate({"ledger_account": ledger_account, "amount_oere": amount_oere, **place})


def move(source: e.LedgerAccount, target: e.LedgerAccount, *amounts: tuple[Cell, int]) -> tuple[e.Posting, ...]:
    """The debit of each cell, and then its credit, in the order given."""
    return tuple(
        entry(side, sign * amount, cell) for cell, amount in amounts for side, sign in ((target, 1), (source, -1))
    )


def draw(year: int, amount_oere: int) -> e.Draw:
    """An amount of the one account."""
    return e.Draw(account=ACCOUNT, budget_year=year, amount_oere=amount_oere)


def to_pool(on: str, *amounts: tuple[int, int]) -> tuple[tuple[e.Posting, ...], Event]:
    """Øre by budget year that go back to the pool: the postings for it, and what the pool is told."""
    postings = move("restored", "pooled", *(((year, None, None, None), amount) for year, amount in amounts))
    draws = tuple(draw(year, amount) for year, amount in amounts)
    return postings, fact(e.PoolRestored, on, draws=draws)
