"""The journal's exports, line by line. That others accept them is tested in test_ledger_exports.py."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Connection, create_engine

from services.funding.exports import beancount, csv_file, export, hledger, reading, xlsx
from services.funding.exports.reading import Account, Line, kroner
from services.funding.ledger import LEDGER_ACCOUNTS
from shared.kernel.rejection import Rejected
from tests.fund_log import ACT, GRANT, event_id, feed, log, recorded_at, story

ABOUT = "About this file."
LINE = Line(
    position=5,
    line=1,
    effective_on="2018-02-01",
    recorded_at=recorded_at(5),
    type="funding.unspent_waived",
    event_id=event_id(5),
    ledger_account="waived",
    account="15.26.04.10",
    budget_year=2018,
    initiative="ppr",
    pool_id="pool",
    grant_id="g.1_a",
    post="staff",
    project_year=2018,
    earmark="partnership",
    reference="k-1",
    corrects=None,
    amount_oere=-1,
)
OTHER = LINE._replace(line=2, ledger_account="paid", amount_oere=1, earmark=None)


def account(line: Line) -> Account:
    """The account that a line is posted to."""
    return Account._make(getattr(line, name) for name in Account._fields)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """The views of the whole story."""
    with create_engine("sqlite://").begin() as opened:
        feed(opened, log(story()))
        yield opened


def test_a_transaction_for_hledger() -> None:
    lines = [LINE, OTHER, LINE._replace(position=6, reference="a, b", corrects=event_id(5))]
    written = "".join(hledger.text(ABOUT, [account(LINE)], lines))
    assert (
        written
        == f"""; About this file.

commodity DKK
    format DKK 1000.00

account waived:15-26-04-10:2018:ppr:g.1_a:staff:2018:partnership

2018-02-01 (5) funding.unspent_waived
    ; event: {event_id(5)}
    ; recorded: {recorded_at(5)}
    ; grant: g.1_a
    ; reference: k-1
    waived:15-26-04-10:2018:ppr:g.1_a:staff:2018:partnership  DKK -0.01
    paid:15-26-04-10:2018:ppr:g.1_a:staff:2018  DKK 0.01

2018-02-01 (6) funding.unspent_waived
    ; event: {event_id(5)}
    ; recorded: {recorded_at(5)}
    ; grant: g.1_a
    ; reference: a; b
    ; corrects: {event_id(5)}
    waived:15-26-04-10:2018:ppr:g.1_a:staff:2018:partnership  DKK -0.01
"""
    )


def test_a_transaction_for_beancount() -> None:
    quoted = LINE._replace(reference='Akt. "12" \\ 2018')
    written = "".join(beancount.text(ABOUT, [account(LINE)], [quoted]))
    assert (
        written
        == f"""\
;; About this file.

option "title" "Virksom fund ledger"
option "operating_currency" "DKK"

1990-01-01 commodity DKK
1990-01-01 open Expenses:Waived:15-26-04-10:2018:Ppr:GP1Ua:Staff:2018:Partnership DKK

2018-02-01 * "funding.unspent_waived"
  position: 5
  event: "{event_id(5)}"
  recorded: "{recorded_at(5)}"
  grant: "g.1_a"
  reference: "Akt. \\"12\\" \\\\ 2018"
  Expenses:Waived:15-26-04-10:2018:Ppr:GP1Ua:Staff:2018:Partnership  -0.01 DKK
"""
    )


def test_every_ledger_account_has_a_root_in_beancount() -> None:
    assert set(beancount.ROOTS) == set(LEDGER_ACCOUNTS)


IDENTIFIERS = st.from_regex(r"\A[a-z0-9][a-z0-9._-]{0,6}\Z")
PATHS = st.tuples(IDENTIFIERS, IDENTIFIERS, st.none() | IDENTIFIERS, st.none() | st.just(2018), st.none() | IDENTIFIERS)


@given(PATHS, PATHS)
def test_different_accounts_have_different_names(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    names = ("initiative", "grant_id", "post", "project_year", "earmark")
    first, second = (Line(**LINE._asdict() | dict(zip(names, parts, strict=True))) for parts in (one, other))
    for writer in (hledger, beancount):
        assert (writer._name(first) == writer._name(second)) == (one == other)


@given(st.integers(-(10**15), 10**15))
def test_kroner_are_exact(amount_oere: int) -> None:
    written = kroner(amount_oere)
    assert Decimal(written) * 100 == amount_oere
    assert written[-3] == "."


def test_money_of_nobody_of_a_pool_and_of_a_grant_has_a_path_of_its_own() -> None:
    assert reading.path(LINE._replace(ledger_account="appropriated")) == ("appropriated", "15.26.04.10", "2018")
    assert reading.path(LINE._replace(ledger_account="pooled"))[3:] == ("ppr", "pool")
    assert reading.path(LINE._replace(post=None, project_year=None, earmark=None))[3:] == ("ppr", "g.1_a")
    assert reading.path(LINE._replace(post=None))[5:] == ("-", "2018", "partnership")


def test_csv_can_be_read_back_and_holds_no_formula(connection: Connection) -> None:
    file = io.BytesIO()
    assert export(connection, "csv", file) == len(story())
    text = file.getvalue().decode()
    assert text.count("\r\n") == text.count("\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == csv_file.HEADER
    assert [int(row["amount_oere"]) for row in rows] == [line.amount_oere for line in reading.lines(connection, 10**6)]
    assert all(Decimal(row["amount_kr"]) * 100 == int(row["amount_oere"]) for row in rows)
    assert rows[0]["reference"] == ACT
    evil = [LINE._replace(reference=f"{sign}cmd()") for sign in "=+-@"]
    written = list(csv.DictReader(io.StringIO("".join(csv_file.text(evil)), newline="")))
    assert [row["reference"] for row in written] == [f"'{line.reference}" for line in evil]
    assert {row["amount_oere"] for row in written} == {"-1"}


def test_a_workbook_says_what_it_is_and_holds_amounts_as_numbers(connection: Connection) -> None:
    file = io.BytesIO()
    assert export(connection, "xlsx", file, up_to=20) == 20
    book = load_workbook(file)
    assert book.sheetnames == ["about", "journal"]
    assert "up to position 20 " in str(book["about"]["A1"].value)
    sheet = book["journal"]
    assert sheet.freeze_panes == "A2"
    header, *rows = list(sheet.iter_rows())
    assert tuple(cell.value for cell in header) == csv_file.HEADER
    lines = list(reading.lines(connection, 20))
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        assert tuple(cell.value for cell in row[:-1]) == tuple(None if part == "" else part for part in line)
        assert Decimal(str(row[-1].value)) * 100 == line.amount_oere
        assert (row[-1].data_type, row[-1].number_format) == ("n", "#,##0.00")


def test_a_workbook_keeps_the_largest_amount_and_goes_on_on_another_sheet() -> None:
    file = io.BytesIO()
    largest = LINE._replace(amount_oere=10**15 - 1, reference="=1+1")
    xlsx.write(file, ABOUT, [largest, OTHER, LINE], max_rows=3)
    book = load_workbook(file)
    assert book.sheetnames == ["about", "journal", "journal 2"]
    [last] = list(book["journal 2"].iter_rows(min_row=2, values_only=True))
    assert last[-2:] == (-1, -0.01)
    first = next(book["journal"].iter_rows(min_row=2, values_only=True))
    assert first[-2:] == (10**15 - 1, 9_999_999_999_999.99)
    assert first[csv_file.HEADER.index("reference")] == "'=1+1"


def test_an_export_goes_no_further_than_it_is_asked_to(connection: Connection) -> None:
    file = io.BytesIO()
    export(connection, "hledger", file, up_to=9)
    assert GRANT not in file.getvalue().decode()
    with pytest.raises(Rejected) as refusal:
        export(connection, "hledger", io.BytesIO(), up_to=len(story()) + 1)
    assert refusal.value.code == "AS_OF_BEYOND_HEAD"
