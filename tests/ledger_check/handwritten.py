"""A log written by hand, event by event, without deciders or store: what the check reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.funding import events as e
from shared.eventstore import chain
from shared.kernel.messages import Event

A, B = "15.26.04.10", "15.75.06.25"
DAY = date(2018, 1, 1)
BEGINNING = datetime(2018, 1, 1, tzinfo=UTC)

Row = tuple[Any, ...]
Cell = tuple[str, int] | tuple[str, int, str, int] | tuple[str, int, str, int, str]
"""Account and budget year, perhaps with post and project year, perhaps with an earmark."""
Amount = tuple[Cell, int]


@dataclass
class Entry:
    """An event as it will be stored, still open to changes."""

    type: str
    stream_id: str
    schema_version: int
    data: dict[str, Any]


@dataclass
class Handwritten:
    """Commands, each with its events."""

    commands: list[list[Entry]] = field(default_factory=list)

    def happen(self, *events: Event | Entry) -> None:
        """One command, and what followed."""
        self.commands.append([event if isinstance(event, Entry) else entry(event) for event in events])

    @property
    def entries(self) -> list[Entry]:
        """Every event, in order; the first stands at position 1."""
        return [one for command in self.commands for one in command]

    def position(self, kind: str, number: int = 1) -> int:
        """The position of the so-manyth event of a type, the last if -1."""
        found = [place for place, one in enumerate(self.entries, 1) if one.type == f"funding.{kind}"]
        return found[number - 1 if number > 0 else number]

    def data(self, kind: str, number: int = 1) -> dict[str, Any]:
        """The payload of that event, to be changed."""
        return self.entries[self.position(kind, number) - 1].data

    def command_of(self, kind: str, number: int = 1) -> list[Entry]:
        """The events of the command that the event came of, to be changed."""
        wanted = self.entries[self.position(kind, number) - 1]
        return next(command for command in self.commands if any(one is wanted for one in command))

    def rows(self) -> list[Row]:
        """The log as it would have been appended: with versions, digests and chain."""
        return list(rows_of(self.commands))


def rows_of(commands: Iterable[list[Entry]]) -> Iterator[Row]:
    """The rows of these commands, in the order of chain.COLUMNS, a second between one command and the next."""
    versions: dict[str, int] = {}
    position, link = 0, ""
    for number, command in enumerate(commands):
        recorded_at = (BEGINNING + timedelta(seconds=number)).isoformat(timespec="microseconds")
        contents = [_content(one, versions, f"c{number}") for one in command]
        digests = [chain.digest(content) for content in contents]
        link = chain.link(link, recorded_at, digests)
        for content, digest in zip(contents, digests, strict=True):
            position += 1
            yield (position, *content, recorded_at, digest, link)


def _content(one: Entry, versions: dict[str, int], command_id: str) -> Row:
    versions[one.stream_id] = version = versions.get(one.stream_id, 0) + 1
    event_id = f"{one.stream_id}/{version}"
    ids = (command_id, command_id, command_id, "tester", None)
    data = json.dumps(one.data, ensure_ascii=False)
    return (one.stream_id, version, event_id, one.type, one.schema_version, data, one.data.get("effective_on"), *ids)


def entry(event: Event) -> Entry:
    """The event as the codec would store it."""
    return Entry(event.event_type, event.stream_id, event.schema_version, event.model_dump(mode="json"))


def move(source: str, target: str, *amounts: Amount) -> tuple[e.Posting, ...]:
    """From one ledger account to another, cell by cell."""
    return tuple(
        post(side, cell, sign * amount) for cell, amount in amounts for side, sign in ((source, -1), (target, 1))
    )


def post(ledger_account: str, cell: Cell, amount_oere: int) -> e.Posting:
    """One posting."""
    names = ("account", "budget_year", "post", "project_year", "earmark")
    where = dict(zip(names, cell, strict=False))
    return e.Posting.model_validate({"ledger_account": ledger_account, "amount_oere": amount_oere, **where})


def draws(*amounts: Amount) -> tuple[e.Draw, ...]:
    """Amounts of account-years."""
    return tuple(e.Draw(account=cell[0], budget_year=cell[1], amount_oere=amount) for cell, amount in amounts)


def grant_fields(grant_id: str) -> dict[str, Any]:
    """What most events of a grant of the pool `pool` say."""
    return {"grant_id": grant_id, "pool_id": "pool", "initiative": "course", "effective_on": DAY}
