"""How the office calls the fund, and how it wants to read the answers."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import Connection

from services.funding.office.words import COLUMNS, Language, table

WAIT_SECONDS = 10.0

By = Annotated[str, typer.Option("--by", help="Who decides: your name, as it is to be recorded.")]
On = Annotated[str | None, typer.Option("--on", help="The day it takes effect, like 2018-03-02; today by default.")]


@dataclass
class Office:
    """How the office calls: the way to the services, and how it wants to read the answers."""

    services: Callable[[], AbstractContextManager[Any]]
    reading: Callable[[], AbstractContextManager[Connection]]
    today: Callable[[], str]
    language: Language = "en"
    as_json: bool = False

    def ask(self, method: str, **fields: Any) -> dict[str, Any]:
        """Ask the fund, of views that have seen all that is recorded. Raises Rejected."""
        with self.services() as rpc:
            head = rpc.funding.feed(after=0, limit=1)["head"]
            given = {name: value for name, value in fields.items() if value is not None}
            waiting = {"wait_for": {"funding": head}, "wait_seconds": WAIT_SECONDS}
            answer: dict[str, Any] = getattr(rpc.funding, method)(**given, **waiting)
            return answer

    def tell(self, method: str, **fields: Any) -> None:
        """Send the fund a command and print what it did. Raises Rejected."""
        given = {name: value for name, value in fields.items() if value is not None}
        with self.services() as rpc:
            answer = getattr(rpc.funding, method)(**{"command_id": str(uuid.uuid4()), **given})
        if self.as_json or "events" not in answer:
            print(json.dumps(answer, ensure_ascii=False))
            return
        for event in answer["events"][:20]:
            print(f"{event['type']}  {event['stream_id']}")
        if len(answer["events"]) > 20:
            print(f"… {len(answer['events'])}")

    def show(self, kind: str, answer: Mapping[str, Any], rows: str) -> None:
        """Print an answer: its rows as a table, or all of it as JSON."""
        if self.as_json:
            print(json.dumps(answer, ensure_ascii=False))
            return
        # A terminal folds wide tables; a file or a pipe gets them whole.
        console = Console() if sys.stdout.isatty() else Console(width=240)
        console.print(table(COLUMNS[kind].split(), answer[rows], self.language))


def the_office(context: typer.Context) -> Office:
    office = context.find_object(Office)
    assert office is not None, "services/cli.py made one"
    return office
