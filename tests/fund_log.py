"""A fund's log with every kind of event in it, and the views fed from it, for tests of what is read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.funding import events as e
from services.funding import views
from services.funding.ledger import Cell, awarded, by_account_year, moved, reposted, restored, unallocated
from shared.eventstore import positions
from shared.eventstore import tables as store_tables
from shared.eventstore.codec import Codec
from shared.eventstore.store import Recorded, Transaction, utc_now
from shared.kernel.messages import Event

ACCOUNT, OTHER = "15.26.04.10", "20.11.01.30"
POOL, CALL, GRANT, LAPSED, OLD = "ppr-2018", "ppr-2018-1", "ppr-0461", "ppr-0751", "ppr-0101"
ODENSE, AARHUS, COPENHAGEN = "0461", "0751", "0101"
ACT = "FL 2018, Akt. 12"
STAFF_18 = Cell(ACCOUNT, 2018, "staff", 2018, None)
STAFF_19 = Cell(ACCOUNT, 2019, "staff", 2019, None)
PARTNERS = Cell(ACCOUNT, 2018, "travel", 2018, "partnership")
CODEC = Codec(e.EVENTS, e.UPCASTERS)
FIRST_RECORDED = datetime(2030, 1, 1, tzinfo=UTC)
DEFAULTS: dict[str, Any] = {
    "account": ACCOUNT,
    "budget_year": 2018,
    "act": ACT,
    "corrects": None,
    "pool_id": POOL,
    "track": "dissemination",
    "initiative": "ppr",
    "grant_id": GRANT,
    "municipality": ODENSE,
    "call_id": CALL,
    "application_id": None,
    "decided_by": "Inge Holm",
    "reason": "Because it is so",
    "bank_reference": None,
    "batch_id": "b1",
    "earmarks": (),
    "plan_months": 3,
    "period_from": date(2018, 3, 1),
    "period_to": date(2019, 12, 31),
    "final_accounts": None,
    "postings": (),
    "draws": (),
}


def fact(kind: type[Event], on: str = "2018-02-01", /, **fields: Any) -> Event:
    """An event with what is not said taken from DEFAULTS."""
    known = DEFAULTS | {"effective_on": date.fromisoformat(on)} | fields
    return kind(**{name: known[name] for name in kind.model_fields})


def event_id(position: int) -> str:
    """The id of the event at a position."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(position)))


def recorded_at(position: int) -> str:
    """When the event at a position was recorded: a minute after the one before."""
    return (FIRST_RECORDED + timedelta(minutes=position)).isoformat(timespec="microseconds")


def log(events: Iterable[Event], first: int = 1) -> list[Recorded]:
    """The events as a log holds them, from a position on."""
    return [
        Recorded(
            position=position,
            stream_id=event.stream_id,
            version=1,
            event_id=event_id(position),
            type=event.event_type,
            schema_version=event.schema_version,
            data=CODEC.encode(event),
            command_id="command",
            correlation_id="correlation",
            causation_id="causation",
            caller="tester",
            on_behalf_of=None,
            recorded_at=recorded_at(position),
            effective_on=None,
            event=event,
        )
        for position, event in enumerate(events, first)
    ]


def feed(connection: Connection, recorded: Sequence[Recorded], size: int = 500) -> None:
    """Make the tables where they are missing, and bring the views on with the events, `size` at a time."""
    views.metadata.create_all(connection)
    store_tables.metadata.create_all(connection)
    transaction = Transaction(connection, CODEC, utc_now)
    for start in range(0, len(recorded), size):
        batch = recorded[start : start + size]
        before = positions.read(connection, "funding", "funding")
        positions.move(connection, "funding", "funding", before, batch[-1].position)
        views.react(transaction, "funding", batch)


def voted(amount: int, year: int = 2018, account: str = ACCOUNT) -> tuple[e.Posting, ...]:
    """The postings of a vote."""
    return moved("voted", "appropriated", {Cell(account, year, None, None, None): amount})


def drawn(amount: int, year: int = 2018) -> e.Draw:
    """An amount of the account."""
    return e.Draw(account=ACCOUNT, budget_year=year, amount_oere=amount)


def pooled(*draws: e.Draw) -> dict[str, Any]:
    """The fields of an event that draws on an appropriation."""
    return {"draws": draws, "postings": moved("appropriated", "pooled", unallocated(draws))}


def award(grant_id: str, municipality: str, cells: dict[Cell, int], **fields: Any) -> list[Event]:
    """A pool commits money and a grant comes to be, with the cells as its budget."""
    budget = [
        e.BudgetLine(post=cell.post, project_year=cell.project_year, amount_oere=amount, earmark=cell.earmark)
        for cell, amount in cells.items()
        if cell.post is not None and cell.project_year is not None
    ]
    draws = by_account_year(cells)
    common = {"grant_id": grant_id, "draws": draws}
    fields = {"budget": budget, "amount_oere": sum(cells.values()), "postings": awarded(cells), **fields}
    return [fact(e.PoolCommitted, **common), fact(e.GrantAwarded, municipality=municipality, **common, **fields)]


def move(kind: type[Event], on: str, source: Any, target: Any, cells: dict[Cell, int], /, **fields: Any) -> Event:
    """An event that moves a grant's money between two of its accounts."""
    amount = {"amount_oere": sum(cells.values()), "draws": by_account_year(cells)}
    return fact(kind, on, postings=moved(source, target, cells), **amount | fields)


def money() -> list[Event]:
    """Appropriations and pools."""
    transferred = (*voted(-500_00, 2019), *voted(500_00))
    point = e.IndexPoint(year=2018, value="102.2")
    return [
        fact(e.AppropriationRegistered, "2018-01-01", amount_oere=1_000_000_01, postings=voted(1_000_000_01)),
        fact(
            e.AppropriationRegistered,
            "2018-01-01",
            amount_oere=500_000_00,
            budget_year=2019,
            postings=voted(500_000_00, 2019),
        ),
        fact(e.AppropriationRegistered, "2018-01-01", amount_oere=7, account=OTHER, postings=voted(7, account=OTHER)),
        fact(e.AppropriationAdjusted, amount_oere=-1, corrects=event_id(1), postings=voted(-1)),
        fact(
            e.AppropriationTransferred,
            budget_year=2019,
            to_account=ACCOUNT,
            to_budget_year=2018,
            amount_oere=500_00,
            postings=transferred,
        ),
        fact(
            e.AppropriationRegulated,
            amount_oere=3,
            series_id="pl",
            from_point=point,
            to_point=point,
            published_on=date(2018, 1, 1),
            postings=voted(3),
        ),
        fact(e.AppropriationDrawn, draws=(drawn(600_000_00),)),
        fact(e.PoolOpened, title="PPR", **pooled(drawn(500_000_00), drawn(200_000_00, 2019))),
        fact(e.PoolExtended, **pooled(drawn(100_000_00))),
    ]


def agreement() -> list[Event]:
    """A grant from its award to its started project; another lapses, an old one has been paid without a batch."""
    cells = {STAFF_18: 200_000_00, PARTNERS: 20_000_00, STAFF_19: 100_000_00}
    reports = (
        e.ReportDue(report_id="s1", kind="status", project_years=(2018,), due_on=date(2018, 9, 1)),
        e.ReportDue(report_id="a1", kind="accounts", project_years=(2018, 2019), due_on=date(2020, 4, 1), final=True),
    )
    earmark = e.Earmark(earmark="partnership", title="Partnerskaber", amount_oere=20_000_00)
    letter = {"letter": "2018-17", "accept_by": date(2018, 3, 15), "conditions": ("Kun til formålet.",)}
    never, paid = {STAFF_18: 5_000_00}, {Cell(ACCOUNT, 2018, None, None, None): 1_000_00}
    lapsed = {"grant_id": LAPSED, "municipality": AARHUS, "amount_oere": 5_000_00, "draws": by_account_year(never)}
    lapsed |= {"cause": "not_accepted", "postings": restored("committed", "lapsed", never)}
    old = {"grant_id": OLD, "municipality": COPENHAGEN, "pool_id": None, "batch_id": None, "payment_id": "old-1"}
    return [
        *award(GRANT, ODENSE, cells, earmarks=(earmark,)),
        fact(e.GrantLetterIssued, reports=reports, **letter),
        fact(e.GrantAccepted, "2018-03-01", start_by=date(2018, 9, 1)),
        fact(e.ProjectStarted, "2018-03-02"),
        *award(LAPSED, AARHUS, never),
        fact(e.GrantLetterIssued, grant_id=LAPSED, reports=(), **letter | {"letter": "2018-18"}),
        fact(e.GrantLapsed, "2018-03-16", **lapsed),
        fact(e.PoolRestored, "2018-03-16", grant_id=LAPSED, draws=by_account_year(never)),
        *award(OLD, COPENHAGEN, paid),
        move(e.InstalmentPaid, "2018-04-01", "committed", "paid", paid, **old),
    ]


def payments() -> list[Event]:
    """Two payments in a batch: one is paid, the other returned, by mistake; another batch is given up."""
    first, second = {STAFF_18: 150_000_00, PARTNERS: 20_000_00}, {STAFF_19: 60_000_00}
    lines = (
        e.PaymentLine(payment_id="p1", grant_id=GRANT, amount_oere=170_000_00),
        e.PaymentLine(payment_id="p2", grant_id=GRANT, amount_oere=60_000_00),
    )
    batch: dict[str, Any] = {"lines": lines, "total_oere": 230_000_00, "prepared_by": "Bo"}
    returned = {"payment_id": "p2", "reason": "Kontoen er lukket"}
    corrected: dict[str, Any] = {"payment_id": "p2", "outcome": "paid", "corrects": "funding.payment_returned"}
    return [
        fact(e.PaymentBatchPrepared, "2018-04-01", **batch),
        fact(e.PaymentBatchPrepared, "2018-04-01", **batch | {"batch_id": "b2"}),
        fact(e.PaymentBatchCancelled, "2018-04-01", batch_id="b2"),
        fact(e.PaymentBatchApproved, "2018-04-01", total_oere=230_000_00, approved_by="Ida"),
        move(e.PaymentOrdered, "2018-04-01", "committed", "payable", first, payment_id="p1"),
        move(e.PaymentOrdered, "2018-04-01", "committed", "payable", second, payment_id="p2"),
        move(e.InstalmentPaid, "2018-04-02", "payable", "paid", first, payment_id="p1", bank_reference="FIK 1"),
        move(e.PaymentReturned, "2018-04-02", "payable", "committed", second, **returned),
        move(e.BankAnswerCorrected, "2018-04-03", "committed", "paid", second, paid_change_oere=60_000_00, **corrected),
        fact(e.PaymentsStopped, "2018-05-01", cause="office"),
        fact(e.PaymentsReleased, "2018-05-02", cause="office"),
    ]


def changes() -> list[Event]:
    """A new budget, a longer period and money carried over; one change is refused."""
    before = {STAFF_18: 50_000_00}
    travel = Cell(ACCOUNT, 2018, "travel", 2018, None)
    after = {STAFF_18: 30_000_00, travel: 20_000_00}
    carried = {PARTNERS: 5_000_00}
    budget = (
        e.BudgetLine(post="staff", project_year=2018, amount_oere=180_000_00),
        e.BudgetLine(post="travel", project_year=2018, amount_oere=20_000_00),
        e.BudgetLine(post="travel", project_year=2018, amount_oere=20_000_00, earmark="partnership"),
        e.BudgetLine(post="staff", project_year=2019, amount_oere=100_000_00),
    )
    over = e.CarryOver(post="travel", project_year=2018, amount_oere=5_000_00, earmark="partnership")
    nothing: dict[str, Any] = {"period_to": None, "budget": (), "carry_over": ()}
    changes: list[Event] = []
    asked: dict[str, dict[str, Any]] = {
        "budget": {"budget": budget},
        "prolongation": {"period_to": date(2020, 6, 30)},
        "carry_over": {"carry_over": (over,)},
        "project": {},
    }
    for kind, part in asked.items():
        changes.append(fact(e.ChangeRequested, "2018-06-01", change_id=kind, kind=kind, **nothing | part))
        decision = e.ChangeRefused if kind == "project" else e.ChangeApproved
        changes.append(fact(decision, "2018-06-02", change_id=kind, kind=kind))
    later = PARTNERS._replace(project_year=2019)
    postings = (*moved("paid", "carried_over", carried), *reposted("carried_over", carried, {later: 5_000_00}))
    final = e.ReportDue(
        report_id="a1", kind="accounts", project_years=(2018, 2019, 2020), due_on=date(2020, 10, 1), final=True
    )
    return [
        *changes,
        fact(
            e.BudgetRevised,
            "2018-06-02",
            change_id="budget",
            version=1,
            budget=budget,
            postings=reposted("committed", before, after),
        ),
        fact(
            e.GrantProlonged, "2018-06-02", change_id="prolongation", period_to=date(2020, 6, 30), final_accounts=final
        ),
        fact(
            e.UnspentCarriedOver,
            "2018-06-02",
            change_id="carry_over",
            lines=(over,),
            amount_oere=5_000_00,
            postings=postings,
        ),
    ]


def accounts() -> list[Event]:
    """Reports, one of them late; accounts that are sent back, approved, reopened and approved again."""
    audit = e.Audit(
        auditor="Revision A/S", auditor_kind="registered", statement="s", protocol="p", performance_audit=False
    )
    spent = {STAFF_18: 140_000_00, STAFF_19: 60_000_00}
    handed_in: dict[str, Any] = {"report_id": "a1", "audit": audit}
    handed_in["lines"] = (e.AccountsLine(post="staff", project_year=2018, spent_oere=200_000_00),)
    approved = {"report_id": "a1", "unspent_oere": 30_000_00}
    undone: dict[str, Any] = {"report_id": "a1", "corrects": "funding.accounts_approved", "due_on": date(2020, 12, 1)}
    return [
        fact(e.ReportOverdue, "2018-09-02", report_id="s1", kind="status", due_on=date(2018, 9, 1)),
        fact(e.PaymentsStopped, "2018-09-02", cause="s1"),
        fact(e.StatusReportSubmitted, "2018-09-03", report_id="s1", document="sag 17"),
        fact(e.PaymentsReleased, "2018-09-03", cause="s1"),
        fact(e.PeriodEnded, "2020-07-01", period_to=date(2020, 6, 30)),
        fact(e.AccountsSubmitted, "2020-09-01", **handed_in),
        fact(e.AccountsSentBack, "2020-09-02", report_id="a1", due_on=date(2020, 11, 1)),
        fact(e.AccountsSubmitted, "2020-10-01", **handed_in),
        move(e.AccountsApproved, "2020-10-02", "paid", "accounted_for", spent, **approved),
        move(e.AccountsReopened, "2020-10-03", "accounted_for", "paid", spent, **undone),
        fact(e.AccountsSubmitted, "2020-10-04", **handed_in),
        move(e.AccountsApproved, "2020-10-05", "paid", "accounted_for", spent, **approved),
    ]


def repayments() -> list[Event]:
    """What is unspent is claimed back and paid in two parts, a little is waived, and the grant is closed."""
    unspent, little = {STAFF_18: 10_000_00}, {PARTNERS: 400_00}
    half, rest = {STAFF_18: 4_000_00}, {STAFF_18: 6_000_00}
    never = {STAFF_18: 30_000_00, Cell(ACCOUNT, 2018, "travel", 2018, None): 20_000_00, STAFF_19: 40_000_00}
    closed = {"draws": by_account_year(never), "amount_oere": 90_000_00}

    def received(part: dict[Cell, int], on: str, receipt: str) -> Event:
        fields = {"receipt": receipt, "claim_id": "k1", "amount_oere": sum(part.values())}
        return fact(e.RepaymentReceived, on, postings=restored("receivable", "repaid", part), **fields)

    return [
        move(e.RepaymentClaimed, "2020-10-06", "paid", "receivable", unspent, claim_id="k1", cause="unspent"),
        fact(e.RepaymentInvoiced, "2020-10-07", claim_id="k1", invoice="F 1", due_on=date(2020, 11, 7)),
        received(half, "2020-11-01", "r1"),
        fact(e.InvoiceOverdue, "2020-11-08", claim_id="k1", due_on=date(2020, 11, 7)),
        fact(e.ClaimHandedOver, "2020-11-09", claim_id="k1", amount_oere=6_000_00),
        received(rest, "2020-12-01", "r2"),
        move(e.UnspentWaived, "2020-12-01", "paid", "waived", little, claim_id="k2"),
        fact(e.GrantClosed, "2020-12-02", postings=restored("committed", "lapsed", never), **closed),
    ]


def story() -> list[Event]:
    """The whole life of the money, in order."""
    return [*money(), *agreement(), *payments(), *changes(), *accounts(), *repayments()]
