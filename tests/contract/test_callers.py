"""Callers that have nothing of ours: their own processes, stock nameko or a bare AMQP client, and JSON."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.messaging import topology
from tests.contract import cloudevent
from tests.story import open_programme
from tests.worlds import World

CALLERS = sorted((Path(__file__).parent / "callers").glob("*.py"))
pytestmark = pytest.mark.server


def _run(world: World, name: str, folder: Path) -> Any:
    """Run a caller in a folder of its own and return what it printed."""
    [script] = [one for one in CALLERS if one.name == name]
    # An empty path after the host is the virtual host "/" to kombu and one without a name to pika.
    uri = re.sub("//$", "/%2F", world.settings.amqp_uri)
    command = [sys.executable, str(script), uri]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "__type__" not in done.stdout
    return json.loads(done.stdout)


HANDLER_QUEUES = (
    "evt-funding-funding.grant_awarded--outside.on_award",
    "evt-reporting-reporting.report_published--outside.on_report",
)
"""What nameko calls the queues of its handlers; they outlive the service, as they should."""


def _delete(world: World, *queues: str) -> None:
    with topology.connect(world.settings.amqp_uri) as connection:
        for queue in queues:
            connection.default_channel.queue_delete(queue)


@pytest.mark.parametrize("caller", CALLERS, ids=lambda path: path.name)
def test_a_caller_uses_nothing_of_ours(caller: Path) -> None:
    imported = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else name.name.split(".")[0]
        for node in ast.walk(ast.parse(caller.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= {"eventlet", "json", "nameko", "pika", "sys", "typing", "uuid"}


def test_stock_nameko_calls_is_refused_with_data_and_handles_events(servers: World, tmp_path: Path) -> None:
    with servers.services("funding", "reporting"):
        with servers.client() as rpc:
            open_programme(rpc, knowledge=False, trial=False)
        _delete(servers, *HANDLER_QUEUES)
        try:
            got = _run(servers, "stock_nameko.py", tmp_path)
        finally:
            _delete(servers, *HANDLER_QUEUES)

    assert got["answer"] == got["again"]
    assert [one["type"] for one in got["answer"]["events"]] == ["funding.pool_committed", "funding.grant_awarded"]
    assert got["wrong"]["exc_type"] == "Rejected"
    refusal = got["wrong"]["value"]
    assert (refusal["code"], {one["field"] for one in refusal["fields"]}) == ("INPUT_INVALID", {"pool_id", "x"})
    assert refusal["message"]
    awarded = got["events"]["funding.grant_awarded"]
    cloudevent.check(awarded, "funding")
    assert int(awarded["sequence"]) == got["answer"]["position"]
    assert (awarded["data"]["municipality"], awarded["data"]["amount_oere"]) == ("0101", 100)
    cloudevent.check(got["events"]["reporting.report_published"], "reporting")


def test_a_bare_amqp_client_calls_and_receives_a_cloudevent(servers: World, tmp_path: Path) -> None:
    with servers.services("reporting"):
        got = _run(servers, "bare_amqp.py", tmp_path)

    answer, refusal = json.loads(got["answer"]), json.loads(got["refusal"])
    assert (answer["error"], answer["result"]["position"]) == (None, 1)
    assert refusal["result"] is None
    assert [one["field"] for one in refusal["error"]["value"]["fields"]] == ["command_id"]
    message = got["event"]
    event = json.loads(message["body"])
    cloudevent.check(event, "reporting")
    assert event["data"]["title"] == "Årsrapport"
    assert message["routing_key"] == event["type"] == "reporting.report_published"
    assert (message["content_type"], message["delivery_mode"]) == ("application/json", 2)
    assert message["message_id"] == event["id"]
    assert message["headers"] == {}
    assert json.loads(got["feed"])["result"]["events"] == [event], "the same in queue and feed"
