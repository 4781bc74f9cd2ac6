"""Snapshots: a stream's folded state, kept so that a long stream need not be folded from its beginning.

They are a cache. The key holds a hash of the state's schema, so a snapshot taken by other code is simply not found,
and one that does not read is passed over.
"""

from __future__ import annotations

import hashlib
import json
import logging
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import bindparam, delete, select

from shared.eventstore import upsert
from shared.eventstore.store import Transaction
from shared.eventstore.tables import snapshots
from shared.kernel.decider import Aggregate
from shared.kernel.messages import Value

log = logging.getLogger(__name__)


# Built once: building a statement costs as much as running it.
_SAME = (snapshots.c.stream_id == bindparam("of_stream"), snapshots.c.state_schema == bindparam("of_schema"))
_NEWEST = select(snapshots.c.version, snapshots.c.state).where(*_SAME).order_by(snapshots.c.version.desc()).limit(1)
_FORGET = delete(snapshots).where(*_SAME)


class Loaded(NamedTuple):
    """A stream's state, its newest version, and how many events were folded to reach it."""

    state: Any
    version: int
    folded: int


@cache
def state_schema(state_type: type[Value]) -> str:
    """A hash of the state's JSON schema: another shape of state never meets this one's snapshots."""
    return hashlib.sha256(json.dumps(state_type.model_json_schema(), sort_keys=True).encode()).hexdigest()[:16]


def load(transaction: Transaction, aggregate: Aggregate[Any], key: str) -> Loaded:
    """The state of one stream now, from its newest snapshot if the aggregate takes any, else from its beginning."""
    stream_id = aggregate.stream_id(key)
    state, version = aggregate.initial, 0
    if aggregate.snapshot_every:
        state, version = _newest(transaction, aggregate, stream_id)
    recorded = transaction.read_stream(stream_id, after_version=version)
    state = aggregate.fold((item.event for item in recorded), state)
    return Loaded(state, recorded[-1].version if recorded else version, len(recorded))


def _newest(transaction: Transaction, aggregate: Aggregate[Any], stream_id: str) -> tuple[Any, int]:
    state_type: type[Value] = type(aggregate.initial)
    which = {"of_stream": stream_id, "of_schema": state_schema(state_type)}
    row = transaction.connection.execute(_NEWEST, which).first()
    if row is None:
        return aggregate.initial, 0
    try:
        return state_type.model_validate_json(row.state), row.version
    except ValidationError:
        log.warning("snapshot does not read, folding from the beginning", extra={"stream": stream_id})
        return aggregate.initial, 0


def keep(transaction: Transaction, aggregate: Aggregate[Any], key: str, loaded: Loaded) -> None:
    """Keep the loaded state as the stream's snapshot, in place of an older one of the same schema; where somebody else
    kept it meanwhile, that one stands."""
    state_type: type[Value] = type(aggregate.initial)
    stream_id, schema = aggregate.stream_id(key), state_schema(state_type)
    transaction.connection.execute(_FORGET, {"of_stream": stream_id, "of_schema": schema})
    row = {"stream_id": stream_id, "version": loaded.version, "state_schema": schema}
    upsert.keep(transaction.connection, snapshots, [row | {"state": loaded.state.model_dump_json()}])
