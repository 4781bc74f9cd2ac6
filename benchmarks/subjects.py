"""The two event stores that are compared: ours, and the `eventsourcing` package with its own persistence modules.

Both store an award of about 820 bytes of JSON, from event objects. Ours remembers the command as well; the package
has no such thing. Same server, same durability: PostgreSQL as it is shipped, SQLite in WAL mode with
`synchronous=FULL` (the package sets WAL itself and leaves `synchronous` alone; `Peer` says it and checks both).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import (
    DatetimeAsISO,
    DecimalAsStr,
    InfrastructureFactory,
    JSONTranscoder,
    UUIDAsHex,
)
from eventsourcing.utils import Environment

from services.funding.events import BudgetLine, Draw, GrantAwarded, LedgerAccount, Posting, upcasters_of
from shared.eventstore.codec import Codec
from shared.eventstore.context import Context
from shared.eventstore.engine import open_engine
from shared.eventstore.store import EventStore, StreamAppend

BATCH = 1000
"""Events read at once, by both."""


class Subject(Protocol):
    """An event store under measurement."""

    def prepare(self, events: int) -> Any:
        """A command's worth of events for a new stream, made before the clock starts."""
        ...

    def store(self, prepared: Any) -> None:
        """Append them, durably."""
        ...

    def read_log(self) -> int:
        """Read the whole log in batches; how many events."""
        ...


class Ours:
    """Our store: transaction, append, command id remembered; events decoded on reading."""

    def __init__(self, uri: str) -> None:
        self._store = EventStore(open_engine(uri), Codec([GrantAwarded], upcasters_of([GrantAwarded])))
        self._store.create_tables()

    def prepare(self, events: int) -> tuple[StreamAppend, Context, str]:
        """The awards, with the command they follow from."""
        grant_id, command_id = f"grant-{uuid.uuid4().hex}", str(uuid.uuid4())
        awarded = [award(grant_id) for _ in range(events)]
        context = Context(command_id, command_id, command_id, "bench", "Projektkontoret")
        digest = hashlib.sha256(command_id.encode()).hexdigest()
        return StreamAppend(awarded[0].stream_id, 0, awarded), context, digest

    def store(self, prepared: tuple[StreamAppend, Context, str]) -> None:
        """Append in a transaction of its own, as the command handler does."""
        append, context, digest = prepared
        with self._store.transaction() as transaction:
            transaction.append([append], context, digest)

    def read_log(self) -> int:
        """Read and decode."""
        position = 0
        while True:
            with self._store.reading() as transaction:
                events = transaction.read_log(position, BATCH)
            if not events:
                return position
            position = events[-1].position


@dataclass(frozen=True)
class PeerAwarded(DomainEvent):
    """The same award as the package would hold it."""

    grant_id: str
    pool_id: str
    track: str
    initiative: str
    municipality: str
    draws: list[dict[str, Any]]
    amount_oere: int
    budget: list[dict[str, Any]]
    earmarks: list[dict[str, Any]]
    plan_months: int
    application_id: str | None
    call_id: str | None
    reason: str | None
    period_from: str
    period_to: str
    postings: list[dict[str, Any]]
    effective_on: str


class Peer:
    """The package's EventStore over its own recorder."""

    def __init__(self, uri: str) -> None:
        environment = _sqlite(uri) if uri.startswith("sqlite") else _postgres(uri)
        factory: Any = InfrastructureFactory.construct(Environment("bench", environment))
        transcoder = JSONTranscoder()
        for transcoding in (UUIDAsHex(), DecimalAsStr(), DatetimeAsISO()):
            transcoder.register(transcoding)
        self._recorder = factory.application_recorder()
        self._store = factory.event_store(mapper=factory.mapper(transcoder=transcoder), recorder=self._recorder)
        if uri.startswith("sqlite"):
            with self._recorder.datastore.get_connection(commit=True) as connection:
                cursor = connection._sqlite_conn.cursor()
                cursor.execute("PRAGMA synchronous=FULL")
                pragmas = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in _PRAGMAS]
            assert pragmas == ["wal", 2], pragmas

    def prepare(self, events: int) -> list[PeerAwarded]:
        """The awards."""
        originator = uuid.uuid4()
        return [_peer_award(originator, version) for version in range(1, events + 1)]

    def store(self, prepared: Sequence[PeerAwarded]) -> None:
        """Its EventStore.put: a transaction."""
        self._store.put(prepared)

    def read_log(self) -> int:
        """Read without decoding: `select_notifications`."""
        position = 0
        while True:
            found = self._recorder.select_notifications(position, BATCH, inclusive_of_start=False)
            if not found:
                return position
            position = found[-1].id


_PRAGMAS = ("journal_mode", "synchronous")


def _sqlite(uri: str) -> dict[str, str]:
    # One connection: the PRAGMA above then holds for every write.
    name = uri.removeprefix("sqlite:///").replace("bench.db", "peer.db")
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": name, "SQLITE_POOL_SIZE": "1"}


def _postgres(uri: str) -> dict[str, str]:
    url = urlsplit(uri)
    parts = {
        "DBNAME": url.path.lstrip("/"),
        "HOST": url.hostname,
        "PORT": url.port,
        "USER": url.username,
        "PASSWORD": url.password,
    }
    found = {f"POSTGRES_{name}": str(value) for name, value in parts.items()}
    return found | {"PERSISTENCE_MODULE": "eventsourcing.postgres"}


def award(grant_id: str) -> GrantAwarded:
    """An award of about 820 bytes of JSON."""
    draw, day = Draw(account="15.26.04.10", budget_year=2018, amount_oere=125_000_000), date(2018, 2, 1)
    moved: tuple[tuple[LedgerAccount, int], ...] = (("committed", draw.amount_oere), ("pooled", -draw.amount_oere))
    lines = [
        Posting(ledger_account=name, account=draw.account, budget_year=2018, amount_oere=amount)
        for name, amount in moved
    ]
    budget = BudgetLine(post="grant", project_year=2018, amount_oere=draw.amount_oere)
    return GrantAwarded(
        grant_id=grant_id,
        pool_id="udbredelse-2018",
        track="dissemination",
        initiative="critical-time-intervention",
        municipality="0751",
        draws=(draw,),
        amount_oere=draw.amount_oere,
        budget=(budget,),
        earmarks=(),
        plan_months=3,
        application_id=None,
        call_id=None,
        reason=None,
        period_from=day,
        period_to=date(2019, 12, 31),
        postings=tuple(lines),
        effective_on=day,
    )


_FIELDS = {
    name: value
    for name, value in award("grant-" + "0" * 32).model_dump(mode="json").items()
    if name not in ("originator_id", "originator_version")
}


def _peer_award(originator: uuid.UUID, version: int) -> PeerAwarded:
    fields = _FIELDS | {"grant_id": f"grant-{originator.hex}"}
    return PeerAwarded(originator_id=originator, originator_version=version, timestamp=datetime.now(UTC), **fields)
