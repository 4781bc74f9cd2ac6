"""Others check our books: hledger and Beancount accept the exported journal, and add it up to the same øre."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from beancount import loader
from beancount.core.data import Transaction
from psycopg import sql
from sqlalchemy import Connection

from services.funding import views
from services.funding.commands import Journal, TrialBalance
from services.funding.exports import Kind, beancount, export
from services.funding.ledger import LEDGER_ACCOUNTS
from shared.eventstore.engine import open_engine
from tests.fund_log import feed, log, story
from tests.servers.processes import search_path
from tests.worlds import MISSING, POSTGRES

Balances = dict[tuple[str, str, int], int]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """The views of the whole story on each database."""
    if request.param == "sqlite":
        uri, name = f"sqlite:///{tmp_path}/funding.db", None
    else:
        if os.environ.get(MISSING) or not os.environ.get(POSTGRES):
            pytest.skip(os.environ.get(MISSING) or "no servers: run the tests with `make test`")
        name = f"v{uuid.uuid4().hex[:10]}"
        uri = f"{os.environ[POSTGRES].rpartition('/')[0]}/{name}"
        _administer("CREATE DATABASE {}", name)
    engine = open_engine(uri)
    try:
        with engine.begin() as opened:
            feed(opened, log(story()), size=7)
            yield opened
    finally:
        engine.dispose()
        if name is not None:
            _administer("DROP DATABASE {} WITH (FORCE)", name)


def _administer(statement: str, name: str) -> None:
    with psycopg.connect(os.environ[POSTGRES], autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


@pytest.fixture
def hledger() -> str:
    """The program; `make test` installs it where it can, and says so where it cannot."""
    program = shutil.which("hledger", path=search_path())
    if program is None:
        missing = "no hledger on this machine: install Debian's package hledger"
        assert not os.environ.get("CI"), missing
        pytest.skip(missing)
    return program


def written(connection: Connection, kind: Kind, folder: Path) -> Path:
    """The whole journal as a file."""
    path = folder / f"journal.{kind}"
    with path.open("wb") as file:
        export(connection, kind, file)
    return path


def ours(connection: Connection) -> Balances:
    """The balances of our own trial balance."""
    rows = views.trial_balance(connection, TrialBalance())["balances"]
    return {(row["ledger_account"], row["account"], row["budget_year"]): row["balance_oere"] for row in rows}


def added_up(balances: Iterator[tuple[str, Decimal]]) -> Balances:
    """Balances of exported accounts, by ledger account and account-year, in øre."""
    sums: Balances = {}
    for name, kroner in balances:
        ledger_account, account, year = name.split(":")[:3]
        key = (ledger_account, account.replace("-", "."), int(year))
        sums[key] = sums.get(key, 0) + int(kroner * 100)
    return {key: amount for key, amount in sums.items() if amount}


def test_the_story_posts_to_every_ledger_account(connection: Connection) -> None:
    posted = {line["ledger_account"] for line in views.journal(connection, Journal())["lines"]}
    assert posted == set(LEDGER_ACCOUNTS)


def test_hledger_accepts_the_journal_and_adds_it_up_to_our_balances(
    connection: Connection, hledger: str, tmp_path: Path
) -> None:
    path = written(connection, "hledger", tmp_path)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [hledger, *arguments, "-f", str(path)],
            capture_output=True,
            text=True,
            env={"LC_ALL": "C.UTF-8", "PATH": search_path()},
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("check")
    run("check", "--strict")
    [header, *rows] = csv.reader(io.StringIO(run("balance", "--flat", "--no-total", "-O", "csv")))
    assert header == ["account", "balance"]
    balances = ((name, Decimal(amount.removeprefix("DKK "))) for name, amount in rows)
    assert added_up(balances) == ours(connection)
    assert run("print", "tag:corrects").count("corrects:") == 3


def test_beancount_accepts_the_journal_and_adds_it_up_to_our_balances(connection: Connection, tmp_path: Path) -> None:
    entries, errors, _ = loader.load_file(str(written(connection, "beancount", tmp_path)))
    assert errors == []
    names = {root: ledger_account for ledger_account, root in beancount.ROOTS.items()}
    postings = [posting for entry in entries if isinstance(entry, Transaction) for posting in entry.postings]

    def balances() -> Iterator[tuple[str, Decimal]]:
        for posting in postings:
            root, kind, rest = posting.account.split(":", 2)
            assert posting.units is not None
            assert isinstance(posting.units.number, Decimal)
            yield f"{names[f'{root}:{kind}']}:{rest}", posting.units.number

    assert added_up(balances()) == ours(connection)
