"""Snapshots: a stream's folded state, kept so that a long stream need not be folded from its beginning.

They are a cache. The key holds a hash of the state's schema, so a snapshot taken by other code is simply not found,
and one that does not read is passed over.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import bindparam, delete, select

from shared.eventstore import upsert
from shared.eventstore.store import Recorded, Transaction
from shared.eventstore.tables import snapshots
from shared.kernel.decider import Aggregate
from shared.kernel.messages import Value

log = logging.getLogger(__name__)

# Built once: building a statement costs as much as running it.
_SAME = (snapshots.c.stream_id == bindparam("of_stream"), snapshots.c.state_schema == bindparam("of_schema"))
_NEWEST = select(snapshots.c.version, snapshots.c.state).where(*_SAME).order_by(snapshots.c.version.desc()).limit(1)
_OF_MANY = select(snapshots).where(snapshots.c.stream_id.in_(bindparam("of_streams", expanding=True)))
_OF_MANY = _OF_MANY.order_by(snapshots.c.version)
_FORGET = delete(snapshots).where(*_SAME)

CHUNK = 500
"""So many streams are loaded with one query."""
FEW, SHORT = 20, 100
"""Up to so many streams are first read as if none of them had more than so many new events."""


Read = tuple[Aggregate[Any], str]
"""A stream that a command reads: the aggregate and the key."""


class Loaded(NamedTuple):
    """A stream's state, its newest version, and how many events were folded to reach it."""

    state: Any
    version: int
    folded: int


@cache
def state_schema(state_type: type[Value]) -> str:
    """A hash of the state's JSON schema: another shape of state never meets this one's snapshots."""
    return hashlib.sha256(json.dumps(state_type.model_json_schema(), sort_keys=True).encode()).hexdigest()[:16]


def _schema(aggregate: Aggregate[Any]) -> str:
    state_type: type[Value] = type(aggregate.initial)
    return state_schema(state_type)


def load(transaction: Transaction, aggregate: Aggregate[Any], key: str) -> Loaded:
    """The state of one stream now, from its newest snapshot if the aggregate takes any, else from its beginning."""
    stream_id = aggregate.stream_id(key)
    state, version = aggregate.initial, 0
    if aggregate.snapshot_every:
        which = {"of_stream": stream_id, "of_schema": _schema(aggregate)}
        row = transaction.connection.execute(_NEWEST, which).first()
        state, version = _restored(aggregate, stream_id, row)
    recorded = transaction.read_stream(stream_id, after_version=version)
    state = aggregate.fold((item.event for item in recorded), state)
    return Loaded(state, recorded[-1].version if recorded else version, len(recorded))


def load_many(transaction: Transaction, reads: Sequence[Read]) -> list[Loaded]:
    """What `load` gives for each of these, with a few queries however many they are."""
    loaded = []
    for start in range(0, len(reads), CHUNK):
        chunk = reads[start : start + CHUNK]
        loaded += load_onto(transaction, chunk, [None] * len(chunk))
    return loaded


def load_onto(transaction: Transaction, reads: Sequence[Read], known: Sequence[Loaded | None]) -> list[Loaded]:
    """The states of these streams now, from those that are known of them already; at most CHUNK streams."""
    streams = [aggregate.stream_id(key) for aggregate, key in reads]
    begun = [one or Loaded(aggregate.initial, 0, 0) for one, (aggregate, _) in zip(known, reads, strict=True)]
    if len(reads) <= FEW:
        # Most streams are short, many are new: then asking for snapshots would be a query for nothing.
        recorded = transaction.read_short_streams(_versions(streams, begun), SHORT)
        if recorded is not None:
            return _folded(reads, streams, begun, recorded)
    unknown = [place for place, one in enumerate(known) if one is None]
    newest = _newest_of_many(transaction, [reads[place] for place in unknown], [streams[place] for place in unknown])
    for place, one in zip(unknown, newest, strict=True):
        begun[place] = one
    return _folded(reads, streams, begun, transaction.read_streams(_versions(streams, begun)))


def _versions(streams: Sequence[str], loaded: Sequence[Loaded]) -> dict[str, int]:
    """From which version each stream is to be read. A stream may be read twice, by aggregates whose snapshots have come
    differently far."""
    after: dict[str, int] = {}
    for stream_id, begun in zip(streams, loaded, strict=True):
        after[stream_id] = min(begun.version, after.get(stream_id, begun.version))
    return after


def _folded(
    reads: Sequence[Read], streams: Sequence[str], loaded: list[Loaded], recorded: Iterable[Recorded]
) -> list[Loaded]:
    """The states with these events folded onto them."""
    readers: dict[str, list[int]] = {}
    for place, stream_id in enumerate(streams):
        readers.setdefault(stream_id, []).append(place)
    for item in recorded:
        for place in readers[item.stream_id]:
            state, version, folded = loaded[place]
            if item.version > version:
                loaded[place] = Loaded(reads[place][0].evolve(state, item.event), item.version, folded + 1)
    return loaded


def _newest_of_many(transaction: Transaction, reads: Sequence[Read], streams: Sequence[str]) -> list[Loaded]:
    """Where each begins: at its newest snapshot, or at its stream's beginning."""
    kept = {}
    taking = [stream_id for (aggregate, _), stream_id in zip(reads, streams, strict=True) if aggregate.snapshot_every]
    if taking:
        rows = transaction.connection.execute(_OF_MANY, {"of_streams": taking})
        kept = {(row.stream_id, row.state_schema): row for row in rows}
    begun = []
    for (aggregate, _), stream_id in zip(reads, streams, strict=True):
        row = kept.get((stream_id, _schema(aggregate))) if aggregate.snapshot_every else None
        begun.append(Loaded(*_restored(aggregate, stream_id, row), 0))
    return begun


def _restored(aggregate: Aggregate[Any], stream_id: str, row: Any) -> tuple[Any, int]:
    """The state and version of a snapshot's row; those of the stream's beginning without one."""
    if row is not None:
        try:
            return type(aggregate.initial).model_validate_json(row.state), row.version
        except ValidationError:
            log.warning("snapshot does not read, folding from the beginning", extra={"stream": stream_id})
    return aggregate.initial, 0


def keep(transaction: Transaction, aggregate: Aggregate[Any], key: str, loaded: Loaded) -> None:
    """Keep the loaded state as the stream's snapshot, in place of an older one of the same schema; where somebody else
    kept it meanwhile, that one stands."""
    keep_many(transaction, [((aggregate, key), loaded)])


def keep_many(transaction: Transaction, kept: Sequence[tuple[Read, Loaded]]) -> None:
    """What `keep` does, for many streams with two statements."""
    rows = [
        {
            "stream_id": aggregate.stream_id(key),
            "version": loaded.version,
            "state_schema": _schema(aggregate),
            "state": loaded.state.model_dump_json(),
        }
        for (aggregate, key), loaded in kept
    ]
    same = [{"of_stream": row["stream_id"], "of_schema": row["state_schema"]} for row in rows]
    # In one order, so that two who keep the same ones never wait for each other crosswise.
    transaction.connection.execute(_FORGET, sorted(same, key=lambda row: (row["of_stream"], row["of_schema"])))
    upsert.keep(transaction.connection, snapshots, rows)
