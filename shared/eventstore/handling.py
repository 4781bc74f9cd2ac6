"""Handling a command: load, fold, decide, append, in one transaction.

When somebody else was faster the streams are loaded and the command decided again, at most three times in all. A
command carried out before gets the answer it got then.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from time import perf_counter
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from shared.eventstore import snapshots
from shared.eventstore.context import Context
from shared.eventstore.folded import Folded
from shared.eventstore.store import CommandKnown, Conflict, EventStore, StreamAppend, Transaction
from shared.eventstore.tables import commands
from shared.eventstore.turns import Turns
from shared.kernel.decider import Decider
from shared.kernel.messages import Command, Event
from shared.kernel.rejection import Rejected
from shared.observability.metrics import Metrics

log = logging.getLogger(__name__)

ATTEMPTS = 3


class EventRef(BaseModel):
    """An event that a command made: its type, stream and version there."""

    type: str
    stream_id: str
    version: int


class Answer(BaseModel):
    """What an accepted command answers. `position` is the last one it wrote: give it in a query's `wait_for` to read
    your own write. A command that changed nothing has no events and the log's position of that moment."""

    command_id: str
    position: int
    events: list[EventRef]


class CommandHandler:
    """Carries out the commands of one service."""

    def __init__(self, store: EventStore, deciders: Iterable[Decider], metrics: Metrics) -> None:
        self._store = store
        self._deciders = {decider.command: decider for decider in deciders}
        self._metrics = metrics
        self._folded = Folded()
        self._turns = Turns()

    def handle(self, command: Command, caller: str) -> Answer:
        """Decide `command` for the authenticated `caller` and record what follows from it.

        Raises Rejected: the decider's own codes; COMMAND_ID_REUSED when the id was used with other content; CONFLICT
        when others were faster three times. What the database raises passes through (over RPC: UNAVAILABLE).
        """
        kind, started, outcome = type(command).__name__, perf_counter(), "error"
        try:
            answer = self._attempts(command, caller)
            outcome = "ok"
            return answer
        except Rejected as rejection:
            outcome = "rejected"
            self._metrics.rejections.labels(kind, rejection.code).inc()
            raise
        finally:
            self._metrics.commands.labels(kind, outcome).inc()
            self._metrics.command_seconds.labels(kind).observe(perf_counter() - started)

    def _attempts(self, command: Command, caller: str) -> Answer:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(command, caller, alone=attempt == ATTEMPTS)
            except Conflict:
                self._metrics.conflicts.inc()
            except CommandKnown:
                # Its twin committed between our reading and our writing.
                with self._store.reading() as transaction:
                    known = self._answer_given(transaction, command)
                if known is not None:
                    return known
            except Rejected:
                # It may be refused only because it was carried out before: the pool it opens exists now.
                with self._store.reading() as transaction:
                    known = self._answer_given(transaction, command)
                if known is None:
                    raise
                return known
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
        raise Rejected("CONFLICT", "Others changed the same thing at the same time; send the command again.")

    def _once(self, command: Command, caller: str, *, alone: bool) -> Answer:
        decider = self._deciders[type(command)]
        context = Context(
            command.command_id,
            command.correlation_id or command.command_id,
            command.command_id,
            caller,
            command.on_behalf_of,
        )
        reads = decider.reads(command)
        turns = self._turns.of(aggregate.stream_id(key) for aggregate, key in reads)
        try:
            with turns, self._store.deciding(alone=alone) as transaction:
                loaded = self._folded.load_many(transaction, reads)
                if decider.also_reads is not None:
                    more = decider.also_reads(*(item.state for item in loaded), command)
                    reads, loaded = (*reads, *more), [*loaded, *self._folded.load_many(transaction, more)]
                decided = decider.decide(*(item.state for item in loaded), command)
                versions = {agg.stream_id(key): item.version for (agg, key), item in zip(reads, loaded, strict=True)}
                appends = group(decided, versions)
                position = transaction.append(appends, context, command.content_hash())
        except Conflict:
            self._folded.forget(reads)
            raise
        self._metrics.appends.inc(len(decided))
        self._keep(list(zip(reads, loaded, strict=True)), appends)
        refs = [
            EventRef(type=event.event_type, stream_id=one.stream_id, version=version)
            for one in appends
            for version, event in enumerate(one.events, one.expected_version + 1)
        ]
        return Answer(command_id=command.command_id, position=position, events=refs)

    def _keep(self, read: list[tuple[snapshots.Read, snapshots.Loaded]], appends: list[StreamAppend]) -> None:
        """After the commit and apart from it: these are caches, and the command has been carried out."""
        self._folded.keep(read, {one.stream_id: one.events for one in appends})
        due = [one for one in read if 0 < one[0][0].snapshot_every <= one[1].folded]
        if not due:
            return
        self._folded.forget(one for one, _ in due)
        try:
            with self._store.transaction() as transaction:
                snapshots.keep_many(transaction, due)
        except DBAPIError as error:
            log.warning("snapshots not kept", extra={"streams": len(due), "error": type(error).__name__})

    def _answer_given(self, transaction: Transaction, command: Command) -> Answer | None:
        row = transaction.connection.execute(
            select(commands).where(commands.c.command_id == command.command_id)
        ).first()
        if row is None:
            return None
        if row.content_hash != command.content_hash():
            raise Rejected(
                "COMMAND_ID_REUSED",
                "This command_id was used for a command with other content; make a new id for a new command.",
                [{"field": "command_id", "rule": "unique"}],
            )
        refs = [line.split(" ") for line in row.events.splitlines()]
        events = [EventRef(type=kind, stream_id=stream, version=int(version)) for kind, stream, version in refs]
        return Answer(command_id=command.command_id, position=row.position, events=events)


def group(events: Iterable[Event], versions: dict[str, int]) -> list[StreamAppend]:
    """The decided events by stream, each with the version its stream was read at.

    An event for a stream that was not read is an error in the decider: raises KeyError.
    """
    streams: dict[str, list[Any]] = {}
    for event in events:
        streams.setdefault(event.stream_id, []).append(event)
    return [StreamAppend(stream_id, versions[stream_id], items) for stream_id, items in streams.items()]
