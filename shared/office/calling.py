"""How an office calls its service, and how it wants to read the answers."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import Connection

from shared.kernel.rejection import Rejected
from shared.office.files import field, read_text
from shared.office.words import Language, Vocabulary

WAIT_SECONDS = 10.0
UNSAID = Vocabulary({}, {}, {}, frozenset())
"""Before a service's own command line says what its tables are."""

By = Annotated[str, typer.Option("--by", help="Who decides: your name, as it is to be recorded.")]
On = Annotated[str | None, typer.Option("--on", help="The day it takes effect, like 2018-03-02; today by default.")]


@dataclass
class Office:
    """How an office calls: the way to the services that a service needs, and how it wants to read the answers."""

    services: Callable[[str], AbstractContextManager[Any]]
    reading: Callable[[], AbstractContextManager[Connection]]
    today: Callable[[], str]
    language: Language = "en"
    as_json: bool = False
    service: str = ""
    vocabulary: Vocabulary = UNSAID

    def set_up(self, service: str, vocabulary: Vocabulary, as_json: bool, lang: Language | None) -> None:
        """Be the office of a service; without a language, the system's."""
        self.service, self.vocabulary, self.as_json = service, vocabulary, as_json
        danish = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("da")
        self.language = lang or ("da" if danish else "en")

    def ask(self, method: str, **fields: Any) -> dict[str, Any]:
        """Ask the service, of views that have seen all that it recorded. Raises Rejected."""
        with self.services(self.service) as rpc:
            service = getattr(rpc, self.service)
            head = service.feed(after=0, limit=1)["head"]
            given = {name: value for name, value in fields.items() if value is not None}
            waiting = {"wait_for": {self.service: head}, "wait_seconds": WAIT_SECONDS}
            answer: dict[str, Any] = getattr(service, method)(**given, **waiting)
            return answer

    def tell(self, method: str, **fields: Any) -> None:
        """Send the service a command and print what it did. Raises Rejected."""
        given = {name: value for name, value in fields.items() if value is not None}
        with self.services(self.service) as rpc:
            answer = getattr(getattr(rpc, self.service), method)(**{"command_id": str(uuid.uuid4()), **given})
        if self.as_json or "events" not in answer:
            print(json.dumps(answer, ensure_ascii=False))
            return
        for event in answer["events"][:20]:
            print(f"{event['type']}  {event['stream_id']}")
        if len(answer["events"]) > 20:
            print(f"… {len(answer['events'])}")

    def send(self, method: str, file: str) -> None:
        """Send a command whose fields stand in a file as a JSON object, or several, one on each line, until one is
        refused. Raises Rejected FILE_INVALID, or as the command does, naming the line."""
        rows = _objects(read_text(file))
        if len(rows) == 1:
            self.tell(method, **rows[0])
            return
        count = 0
        with self.services(self.service) as rpc:
            for line, fields in enumerate(rows, 1):
                try:
                    answer = getattr(getattr(rpc, self.service), method)(**{"command_id": str(uuid.uuid4()), **fields})
                except Rejected as rejection:
                    rejection.fields.append(field(f"line {line}", "refused"))
                    raise
                count += len(answer["events"])
        print(json.dumps({"commands": len(rows), "events": count}) if self.as_json else f"{len(rows)} → {count}")

    def show(self, kind: str, answer: Mapping[str, Any], rows: str) -> None:
        """Print an answer: its rows as a table, or all of it as JSON."""
        if self.as_json:
            print(json.dumps(answer, ensure_ascii=False))
            return
        self.console().print(self.vocabulary.table(kind, answer[rows], self.language))

    def console(self) -> Console:
        """Where tables are printed: a terminal folds wide ones; a file or a pipe gets them whole."""
        return Console() if sys.stdout.isatty() else Console(width=240)

    def word(self, name: str) -> str:
        """What a column is called."""
        return self.vocabulary.word(name, self.language)


def the_office(context: typer.Context) -> Office:
    office = context.find_object(Office)
    assert office is not None, "services/cli.py made one"
    return office


def _objects(text: str) -> list[dict[str, Any]]:
    """A JSON object, or one on each line."""
    try:
        found = [json.loads(text)]
    except ValueError:
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError:
            raise Rejected("FILE_INVALID", "The file is not JSON.", [field("file", "json")]) from None
    if not found or not all(isinstance(one, dict) for one in found):
        message = "The file must hold a JSON object, the command's fields, or one on each line."
        raise Rejected("FILE_INVALID", message, [field("file", "object")])
    return found
