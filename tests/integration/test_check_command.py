"""`virksom check funding` on both databases: a fund that lived passes, and what is changed behind its back is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from services.funding.check.reading import Result
from services.funding.check.reading import check as check_database
from shared.eventstore.engine import open_engine
from tests.fund_story import STORY
from tests.worlds import World, new_id

UNGUARD = {
    "postgresql": ["DROP TRIGGER events_are_append_only ON events"],
    "sqlite": ["DROP TRIGGER events_are_not_updated", "DROP TRIGGER events_are_not_deleted"],
}


def run_check(world: World, *arguments: str) -> tuple[int, str, str]:
    """The command as a process: exit status, standard output, standard error."""
    done = subprocess.run(
        [sys.executable, "-c", "from services.cli import main; main()", "check", "funding", *arguments],
        env=world.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def check(world: World) -> Result:
    """The same check, in this process."""
    return check_database(world.settings.databases["funding"], {})


@pytest.fixture
def fund(world: World) -> Iterator[Engine]:
    """The database of a fund whose whole story has happened, its views up to date and its events unguarded."""
    with world.services("funding"), world.client() as rpc:
        for method, fields in STORY:
            position = getattr(rpc.funding, method)(command_id=new_id(), **fields)["position"]
        rpc.funding.position(wait_for={"funding": position}, wait_seconds=10)
    engine = open_engine(world.settings.databases["funding"])
    for statement in UNGUARD[engine.dialect.name]:
        write(engine, statement)
    yield engine
    engine.dispose()


def test_a_fund_that_lived_passes_and_its_head_can_be_noted(world: World, fund: Engine) -> None:
    status, out, err = run_check(world, "--json")
    result = json.loads(out)
    assert (status, err, result["ok"], result["findings"]) == (0, "", True, [])
    assert result["views_position"] == result["position"] > 100
    head = f"{result['position']}:{result['chain']}"
    assert run_check(world, "--lang", "da", "--anchor", head, "--anchor", "0:") == (
        0,
        f"Hoved at notere: {head}\nVisningerne er kommet til position {result['position']}.\nIntet er galt.\n",
        "",
    )
    wrong = check_database(world.settings.databases["funding"], {result["position"]: "0" * 64})
    assert [finding[:2] for finding in wrong.findings] == [(result["position"], "ANCHOR")]


# Where in which table what is set, and what undoes it; the rule by which it is found, and the position, if it is known.
TAMPERING = [
    ("events", "position = 20", "data = 'x' || data", "data = substr(data, 2)", "PAYLOAD", 20),
    ("events", "position = 20", "caller = 'x' || caller", "caller = substr(caller, 2)", "DIGEST", 20),
    ("events", "position IN (20, 9999)", "position = 10019 - position", "position = 10019 - position", "POSITION", 20),
    ("event_counter", "only_row = 1", "position = position + 1", "position = position - 1", "COUNTER", None),
    ("funding_journal", "position = 1", "amount_oere = -amount_oere", "amount_oere = -amount_oere", "JOURNAL", 1),
    ("funding_journal", "position = 1", "type = 'x' || type", "type = substr(type, 2)", "JOURNAL", 1),
    (
        "funding_balances",
        "block = 0",
        "amount_oere = amount_oere + 1",
        "amount_oere = amount_oere - 1",
        "BALANCES",
        None,
    ),
    ("positions", "consumer = 'funding'", "position = position + 5", "position = position - 5", "VIEW_AHEAD", None),
]


def test_what_is_changed_behind_the_services_back_is_found_where_it_is(world: World, fund: Engine) -> None:
    for table, where, change, repair, rule, position in TAMPERING:
        write(fund, f"UPDATE {table} SET {change} WHERE {where}")
        findings = check(world).findings
        assert findings[0].position == (position or findings[0].position), change
        assert (findings[0].position, rule) in [finding[:2] for finding in findings]
        if rule == "DIGEST":
            status, out, err = run_check(world)
            assert (status, err) == (1, "")
            assert f"position {position}: DIGEST." in out
        write(fund, f"UPDATE {table} SET {repair} WHERE {where}")
    assert check(world).count == 0
    head = check(world).position
    write(fund, f"UPDATE positions SET position = {head - 30} WHERE consumer = 'funding'")
    write(fund, f"DELETE FROM funding_journal WHERE position > {head - 30}")
    result = check(world)
    assert (result.views_position, {finding.rule for finding in result.findings}) == (head - 30, {"BALANCES"})


def write(fund: Engine, statement: str) -> None:
    """Do what the service would not."""
    with fund.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql(statement)
