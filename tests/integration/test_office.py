"""`virksom funding …` as the office uses it: a call, its decisions, a payment batch as a file, and the position."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner, Result

from services.funding import office
from services.funding.ledger import LEDGER_ACCOUNTS
from services.funding.office.words import COLUMNS, LEDGER_WORDS, WORDS
from shared.kernel.rejection import Rejected
from shared.office.calling import Office as Calling
from shared.office.words import kroner
from tests.story import ACCOUNT, letter_of
from tests.worlds import World, embedded_world, new_id

Office = Callable[..., Result]
MONEY = {"account": ACCOUNT, "budget_year": 2018}


@pytest.fixture
def virksom(tmp_path: Path) -> Iterator[Office]:
    """The command line against a running fund with one call that two municipalities applied to."""
    with embedded_world(tmp_path) as world, world.services("funding"), world.client() as rpc:
        _call_with_two_applications(rpc)
        made = Calling(lambda _service: world.client(), lambda: _reading(world), lambda: "2018-04-01")

        def run(*arguments: str, stdin: str | None = None) -> Result:
            return CliRunner().invoke(office.app, list(arguments), obj=made, input=stdin)

        yield run


@contextmanager
def _reading(world: World) -> Iterator[Connection]:
    with world.open("funding").store.reading() as transaction:
        yield transaction.connection


def _call_with_two_applications(rpc: Any) -> None:
    def tell(method: str, **fields: Any) -> None:
        getattr(rpc.funding, method)(command_id=new_id(), **fields)

    day, fund = {"effective_on": "2018-01-01"}, rpc.funding
    fund.register_appropriation(command_id=new_id(), **MONEY, amount_oere=10**9, act="FL 2018", **day)
    draws = [{**MONEY, "amount_oere": 10**9}]
    tell("open_pool", pool_id="pool", track="development", initiative="course", title="Forløb", draws=draws, **day)
    tell(
        "publish_call",
        call_id="call-1", pool_id="pool", title="Runde 1", purpose="Gruppeforløb", target_group="Unge",
        opens_at="2018-01-02T08:00:00+01:00", deadline_at="2018-03-02T12:00:00+01:00", decision_on="2018-03-20",
        period_from="2018-04-01", period_to="2018-12-31", frame_oere=10**8, **day,
        criteria=[{"criterion": "need", "title": "Behov", "weight": 1}], assessors_required=1,
    )  # fmt: skip
    for name, municipality, points in (("app-1", "0751", 90), ("app-2", "0851", 40)):
        line = {"post": "staff", "project_year": 2018, "amount_oere": 3_000_000}
        at = {"at": "2018-02-01T10:00:00+01:00"}
        tell(
            "save_application",
            application_id=name, call_id="call-1", municipality=municipality, title="Vores forløb",
            description="Simuleret", expenses=[line], financing=[{**line, "source": "grant"}], **at,
        )  # fmt: skip
        tell("submit_application", application_id=name, **at)
        scores = [{"criterion": "need", "points": points}]
        given = {"application_id": name, "scores": scores, "comment": "Godt", "at": "2018-03-05T10:00:00+01:00"}
        tell("assess_application", **given, on_behalf_of="Anna")


def _award(virksom: Office) -> None:
    award = ("award", "app-1", "--grant", "grant-1", "--draw", f"{ACCOUNT}/2018=30000", "--reason", "Bedst")
    assert virksom(*award, "--by", "Bo").exit_code == 0
    accepted = {"command_id": new_id(), "grant_id": "grant-1", "effective_on": "2018-02-15"}
    assert virksom("send", "issue_grant_letter", "-", stdin=json.dumps(letter_of("grant-1"))).exit_code == 0
    assert virksom("send", "accept_grant", "-", stdin=json.dumps(accepted)).exit_code == 0


def test_the_office_ranks_decides_pays_and_sees_the_position(virksom: Office, tmp_path: Path) -> None:
    ranking = json.loads(virksom("--json", "ranking", "call-1").stdout)["applications"]
    assert [(row["rank"], row["application_id"], row["points"]) for row in ranking] == [
        (1, "app-1", "90.00"),
        (2, "app-2", "40.00"),
    ]
    _award(virksom)
    assert virksom("refuse", "app-2", "--reason", "Rammen er brugt", "--by", "Bo").exit_code == 0
    shown = virksom("--lang", "da", "applications", "call-1").stdout
    assert "afslag" in shown
    assert "30.000,00" in shown

    due = json.loads(virksom("--json", "due", "2018-04-01").stdout)
    assert (due["total_oere"], [line["grant_id"] for line in due["lines"]]) == (1_000_000, ["grant-1"])
    assert virksom("batch", "prepare", "b-1", "--on", "2018-04-01", "--by", "Anna").exit_code == 0
    refused = virksom("batch", "approve", "b-1", "--total", "10000,00", "--by", "anna")
    assert isinstance(refused.exception, Rejected)
    assert refused.exception.code == "SAME_PERSON"
    assert virksom("batch", "approve", "b-1", "--total", "10000,00", "--by", "Bo").exit_code == 0
    rows = list(csv.DictReader(virksom("batch", "file", "b-1").stdout.splitlines()))
    assert [(row["grant_id"], row["amount_dkk"], row["pay_on"]) for row in rows] == [
        ("grant-1", "10000.00", "2018-04-01")
    ]
    answers = tmp_path / "answers.csv"
    answers.write_text("payment_id,grant_id,outcome,reference,reason\nb-1,grant-1,paid,bank-7,\n")
    assert virksom("batch", "answers", "b-1", str(answers)).exit_code == 0

    position = json.loads(virksom("--json", "position").stdout)
    [year] = position["account_years"]
    assert (year["pooled_oere"], year["committed_oere"], year["paid_oere"]) == (10**9, 3_000_000, 1_000_000)
    before = json.loads(virksom("--json", "position", "--as-at", "2018-03-31").stdout)
    assert before["total"]["paid_oere"] == 0
    statement = virksom("statement", "grant-1").stdout
    assert "funding.instalment_paid" in statement
    assert "20,000.00" in statement


def test_a_batch_comes_from_a_file(virksom: Office, tmp_path: Path) -> None:
    _award(virksom)
    lines = tmp_path / "lines.csv"
    lines.write_text("payment_id,grant_id,amount_oere\np-1,grant-1,400000\np-2,grant-1,600000\n")
    assert virksom("batch", "prepare", "b", "--on", "2018-04-01", "--by", "Anna", "--file", str(lines)).exit_code == 0
    shown = json.loads(virksom("--json", "batch", "show", "b").stdout)
    assert [(line["payment_id"], line["status"]) for line in shown["lines"]] == [
        ("p-1", "prepared"),
        ("p-2", "prepared"),
    ]
    not_yet = virksom("batch", "file", "b").exception
    assert isinstance(not_yet, Rejected)
    assert (not_yet.code, not_yet.figures["status"]) == ("WRONG_STATUS", "prepared")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("payment_id,grant_id\np,g\n", None),
        ("payment_id,grant_id,amount_oere\np,g,12.5\n", 2),
        ("payment_id,grant_id,amount_oere\np,g,-1\n", 2),
        ("payment_id,grant_id,amount_oere\np,g\n", 2),
        ("payment_id,grant_id,amount_oere\np,g,1,2\n", 2),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_its_line(
    virksom: Office, tmp_path: Path, content: str, line: int | None
) -> None:
    file = tmp_path / "lines.csv"
    file.write_text(content)
    rejected = virksom("batch", "prepare", "b", "--on", "2018-04-01", "--by", "Anna", "--file", str(file)).exception
    assert isinstance(rejected, Rejected)
    assert (rejected.code, rejected.figures.get("line")) == ("FILE_INVALID", line)


def test_a_file_that_is_no_text_or_no_object_is_refused(virksom: Office, tmp_path: Path) -> None:
    file = tmp_path / "fields.json"
    for content in (b"\xff\xfe", b"[]", b"{"):
        file.write_bytes(content)
        rejected = virksom("send", "open_pool", str(file)).exception
        assert isinstance(rejected, Rejected)
        assert rejected.code == "FILE_INVALID"


@pytest.mark.parametrize("draw", ["15.26.04.10", f"{ACCOUNT}/18=1", f"{ACCOUNT}/2018", f"{ACCOUNT}/2018="])
def test_a_draw_that_cannot_be_read_is_refused(virksom: Office, draw: str) -> None:
    rejected = virksom("award", "app-1", "--grant", "g", "--draw", draw, "--reason", "x", "--by", "Bo").exception
    assert isinstance(rejected, Rejected)
    assert rejected.code == "DRAW_INVALID"


@pytest.mark.parametrize("amount", ["1.234", "1,234.00", "-1", "0", "x", "1e3000", "10000000000000.01"])
def test_an_amount_that_is_no_kroner_is_refused(virksom: Office, amount: str) -> None:
    rejected = virksom("batch", "approve", "b", "--total", amount, "--by", "Bo").exception
    assert isinstance(rejected, Rejected)
    assert rejected.code == "AMOUNT_INVALID"


def test_nothing_due_makes_no_batch(virksom: Office) -> None:
    rejected = virksom("batch", "prepare", "b", "--on", "2018-04-01", "--by", "Anna").exception
    assert isinstance(rejected, Rejected)
    assert rejected.code == "NOTHING_DUE"


def test_the_journal_is_written_whole_or_not_at_all(virksom: Office, tmp_path: Path) -> None:
    file = tmp_path / "journal.csv"
    assert virksom("export", "csv", str(file)).exit_code == 0
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 5
    assert virksom("export", "csv", str(tmp_path / "no" / "journal.csv")).exception.code == "FILE_INVALID"  # type: ignore[union-attr]
    beyond = virksom("export", "csv", str(file), "--up-to", "1000").exception
    assert isinstance(beyond, Rejected)
    assert beyond.code == "AS_OF_BEYOND_HEAD"
    assert sorted(path.name for path in tmp_path.glob("journal*")) == ["journal.csv"]


def test_deadlines_pass_by_command(virksom: Office) -> None:
    assert "call-1" in virksom("deadlines", "2018-03-02").stdout
    assert json.loads(virksom("advance", "2018-03-03").stdout)["passed"] == 1
    assert "call-1" not in virksom("deadlines", "2018-03-02").stdout


def test_every_column_and_ledger_account_has_its_danish_word() -> None:
    assert {name for names in COLUMNS.values() for name in names.split()} <= set(WORDS)
    assert set(LEDGER_WORDS) == set(LEDGER_ACCOUNTS)


@pytest.mark.parametrize(
    ("amount", "danish", "english"),
    [(0, "0,00", "0.00"), (5, "0,05", "0.05"), (-123_456_789, "-1.234.567,89", "-1,234,567.89")],
)
def test_kroner_are_written_as_the_language_does(amount: int, danish: str, english: str) -> None:
    assert (kroner(amount, "da"), kroner(amount, "en")) == (danish, english)
