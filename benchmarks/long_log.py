"""A fund's database with a long log: one grant's whole life, as the fund decides it, over and over under other names,
with the journal and the balances that the views would have made of it. All in bulk: by commands it would take hours.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import psycopg

from services.funding import commands as c
from services.funding import views
from services.funding.deciders import DECIDERS
from services.funding.views.postings import BLOCK
from shared.eventstore import chain
from shared.eventstore.engine import open_engine
from shared.eventstore.tables import create_tables
from shared.kernel.messages import Event
from shared.kernel.rehearsal import Rehearsal
from tests.story import ACCOUNT

GRANT, BATCH = "the-grant", "the-batch"
"""What the life's names are; each copy has its own in their place."""
YEARS = (2018, 2019, 2020)
A_YEAR = 600_000_00
BEGIN = datetime(2018, 1, 1, tzinfo=UTC)
JOURNAL = (
    *("position", "line", "event_id", "type", "effective_on", "recorded_at", "ledger_account", "account"),
    *(
        "budget_year",
        "amount_oere",
        "post",
        "project_year",
        "earmark",
        "grant_id",
        "pool_id",
        "initiative",
        "reference",
    ),
)


class Stored(NamedTuple):
    """An event as a row of the log begins."""

    stream_id: str
    type: str
    schema_version: int
    data: str
    effective_on: str


def fill(uri: str, events: int) -> int:
    """Fill an empty PostgreSQL database with at least so many events; the number of the journal's lines."""
    engine = open_engine(uri)
    with engine.begin() as connection:
        create_tables(connection, views.metadata)
    engine.dispose()
    with psycopg.connect(uri) as writing, psycopg.connect(uri) as beside:
        log = f"COPY events ({', '.join(chain.COLUMNS)}) FROM STDIN"
        journal = f"COPY funding_journal ({', '.join(JOURNAL)}) FROM STDIN"
        lines = 0
        with writing.cursor().copy(log) as events_in, beside.cursor().copy(journal) as journal_in:
            row: Sequence[Any] = ()
            for row in _rows(events):
                events_in.write_row(row)
                for line in _lines(row):
                    journal_in.write_row(line)
                    lines += 1
        counter = (row[0], row[13], row[15])
        writing.execute("UPDATE event_counter SET position = %s, recorded_at = %s, chain = %s", counter)
        writing.execute("INSERT INTO positions VALUES ('funding', 'funding', %s)", (row[0],))
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(_BALANCES)
        connection.execute("VACUUM ANALYZE")
    return lines


_BALANCES = f"""
INSERT INTO funding_balances
SELECT b.block, k.ledger_account, k.account, k.budget_year, k.initiative,
    sum(coalesce(s.amount, 0)) OVER (
        PARTITION BY k.ledger_account, k.account, k.budget_year, k.initiative ORDER BY b.block)
FROM (SELECT DISTINCT position / {BLOCK} AS block FROM funding_journal) AS b
CROSS JOIN (SELECT DISTINCT ledger_account, account, budget_year, initiative FROM funding_journal) AS k
LEFT JOIN (
    SELECT position / {BLOCK} AS block, ledger_account, account, budget_year, initiative, sum(amount_oere) AS amount
    FROM funding_journal GROUP BY 1, 2, 3, 4, 5
) AS s USING (block, ledger_account, account, budget_year, initiative)"""


def _rows(events: int) -> Iterator[tuple[Any, ...]]:
    """The log's rows in the order of chain.COLUMNS, digests and chain included."""
    position, link, versions = 0, "", dict[str, int]()
    for number, command in enumerate(_commands(events)):
        name, at = str(uuid.uuid4()), (BEGIN + timedelta(seconds=number)).isoformat(timespec="microseconds")
        rows = []
        for one in command:
            versions[one.stream_id] = versions.get(one.stream_id, 0) + 1
            about = (str(uuid.uuid4()), one.type, one.schema_version, one.data, one.effective_on)
            rows.append((one.stream_id, versions[one.stream_id], *about, name, name, name, "benchmark", None))
        digests = [chain.digest(row) for row in rows]
        link = chain.link(link, at, digests)
        for row, digest in zip(rows, digests, strict=True):
            position += 1
            yield (position, *row, at, digest, link)
        if position >= events:
            return


def _commands(events: int) -> Iterator[list[Stored]]:
    """What each command stored: the fund's opening, and then a grant's life as often as is needed."""
    life = _life()
    copies = events // sum(len(command) for command in life) + 1
    yield from _opening(copies)
    for number in range(copies):
        grant, batch = f"grant-of-municipality-{number:06}", f"batch-{number:06}"
        for command in life:
            yield [
                Stored(
                    one.stream_id.replace(GRANT, grant).replace(BATCH, batch),
                    one.type,
                    one.schema_version,
                    one.data.replace(GRANT, grant).replace(BATCH, batch),
                    one.effective_on,
                )
                for one in command
            ]


class _Script(Rehearsal):
    """Decides in memory and keeps what each command made apart."""

    def __init__(self) -> None:
        super().__init__(DECIDERS)
        self.commands: list[list[Stored]] = []

    def tell(self, kind: Any, day: str, **fields: Any) -> None:
        """Carry out a command that takes effect on a day."""
        self.commands.append([_stored(event) for event in self.do(kind, effective_on=day, **fields)])


def _stored(event: Event) -> Stored:
    data = event.model_dump_json()
    day = json.loads(data).get("effective_on")
    return Stored(event.stream_id, event.event_type, event.schema_version, data, day)


def _opening(copies: int, script: _Script | None = None) -> list[list[Stored]]:
    """Money for so many grants, in one pool."""
    fund = script or _Script()
    draws = [{"account": ACCOUNT, "budget_year": year, "amount_oere": copies * A_YEAR} for year in YEARS]
    for draw in draws:
        fund.tell(c.RegisterAppropriation, "2018-01-01", **draw, act=f"FL {draw['budget_year']}")
    pool = {"pool_id": "pool", "track": "development", "initiative": "course", "title": "Forløb"}
    fund.tell(c.OpenPool, "2018-01-01", **pool, draws=draws)
    return fund.commands


def _life() -> list[list[Stored]]:
    """A grant of three years from its award to its closure, with what each command stored."""
    fund = _Script()
    opening = len(_opening(1, fund))
    grant = {"grant_id": GRANT}
    posts = (("staff", None, 480_000_00), ("course", "ppr", 120_000_00))
    budget = [
        {"post": post, "project_year": year, "earmark": earmark, "amount_oere": amount}
        for year in YEARS
        for post, earmark, amount in posts
    ]
    draws = [{"account": ACCOUNT, "budget_year": year, "amount_oere": A_YEAR} for year in YEARS]
    earmarks = [{"earmark": "ppr", "title": "Forløb", "amount_oere": 360_000_00}]
    period = {"period_from": "2018-01-01", "period_to": "2020-12-31", "municipality": "0751", "pool_id": "pool"}
    fund.tell(c.AwardGrant, "2018-01-01", **grant, **period, draws=draws, budget=budget, earmarks=earmarks)
    accounts: list[dict[str, Any]] = [
        {"report_id": f"r-{year}", "kind": "accounts", "project_years": [year], "due_on": f"{year + 1}-03-01"}
        for year in YEARS
    ]
    accounts[-1]["final"] = True
    letter = {"letter": "Tilskudsbrev", "accept_by": "2018-01-31", "reports": accounts}
    fund.tell(c.IssueGrantLetter, "2018-01-01", **grant, **letter)
    fund.tell(c.AcceptGrant, "2018-01-01", **grant)
    fund.tell(c.StartProject, "2018-01-01", **grant)
    for year in YEARS:
        for quarter in range(4):
            _pay(fund, f"{year}-{3 * quarter + 1:02}-01")
        _account(fund, year)
    _settle(fund)
    return fund.commands[opening:]


def _pay(fund: _Script, day: str) -> None:
    payment = {"payment_id": f"p-{day}", "grant_id": GRANT}
    batch, amount = {"batch_id": f"{BATCH}-{day}"}, A_YEAR // 4
    lines = [{**payment, "amount_oere": amount}]
    fund.tell(c.PreparePaymentBatch, day, **batch, lines=lines, on_behalf_of="Anna")
    fund.tell(c.ApprovePaymentBatch, day, **batch, total_oere=amount, on_behalf_of="Bo")
    fund.tell(c.RecordBankAnswers, day, **batch, answers=[{**payment, "outcome": "paid"}])


def _account(fund: _Script, year: int) -> None:
    report, day = {"grant_id": GRANT, "report_id": f"r-{year}"}, f"{year + 1}-02-01"
    spent = (("staff", 470_000_00), ("course", 110_000_00))
    lines = [{"post": post, "project_year": year, "spent_oere": amount} for post, amount in spent]
    audit = {"auditor": "Revisor", "auditor_kind": "registered", "statement": "s", "protocol": "p"}
    fund.tell(c.SubmitAccounts, day, **report, lines=lines, audit={**audit, "performance_audit": True})
    fund.tell(c.DecideAccounts, day, **report, decision="approve", reason="I orden", on_behalf_of="Bo")


def _settle(fund: _Script) -> None:
    claim, day = {"grant_id": GRANT, "claim_id": "claim"}, "2021-03-01"
    fund.tell(c.ClaimRepayment, day, **claim, cause="unspent", reason="Ikke brugt", on_behalf_of="Bo")
    fund.tell(c.InvoiceRepayment, day, **claim, invoice="faktura", due_on="2021-04-01")
    fund.tell(c.RecordRepayment, day, **claim, receipt="indbetaling", amount_oere=3 * 20_000_00)
    fund.tell(c.CloseGrant, day, grant_id=GRANT)


def _lines(row: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The journal's lines of an event, in the order of JOURNAL."""
    if '"postings":[' not in row[6] or '"postings":[]' in row[6]:
        return
    data = json.loads(row[6])
    names = ("payment_id", "claim_id", "report_id", "change_id", "act")
    reference = next((data[name] for name in names if data.get(name)), None)
    of = (data.get("grant_id"), data.get("pool_id"), data.get("initiative", ""), reference)
    for number, line in enumerate(data["postings"], 1):
        where = (line["ledger_account"], line["account"], line["budget_year"], line["amount_oere"])
        what = (line["post"], line["project_year"], line["earmark"])
        yield (row[0], number, row[3], row[4], row[7], row[13], *where, *what, *of)
