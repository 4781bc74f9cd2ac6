"""The cases that wait to be computed anew: in child processes, a few at a time, beside the facts.

Who waits stands in the database and is taken off in the transaction that appends its projection, so that a crash in the
middle loses and repeats nothing. A case that a fact touched meanwhile goes on waiting, for the next round.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.som import views
from services.som.recalculation import Cause, Computed, compute
from services.som.views.tables import som_recalculation, som_waiting
from shared.eventstore import upsert
from shared.eventstore.store import Conflict, EventStore, StreamAppend, Transaction, utc_now
from shared.eventstore.tables import events as log_of_events
from shared.kernel.rejection import Rejected

log = logging.getLogger(__name__)

BATCH = 25
"""So many cases are computed and appended at once: a transaction of some milliseconds."""


class Waited(NamedTuple):
    """A case that waited: what came of it, how often it was marked when it was looked at, and because of what."""

    computed: Computed
    mark: int
    cause: Cause


Compute = Callable[[Sequence[views.CaseKey]], list[Waited]]
"""How a batch is computed: in a child process, or here."""

_NEXT = select(som_waiting.c.initiative, som_waiting.c.municipality)
_NEXT = _NEXT.order_by(som_waiting.c.initiative, som_waiting.c.municipality).limit(bindparam("most"))
_COUNT = select(func.count()).select_from(som_waiting)
_OF_KNOWLEDGE = _COUNT.where(som_waiting.c.publication > 0)
_SAME = (som_waiting.c.initiative == bindparam("of_initiative"), som_waiting.c.municipality == bindparam("of_place"))
_ROW = select(som_waiting).where(*_SAME)
_GONE = delete(som_waiting).where(*_SAME, som_waiting.c.mark <= bindparam("seen"))
_KNOWN = update(som_waiting).where(*_SAME, som_waiting.c.publication <= bindparam("used")).values(publication=0)
_UNFINISHED = select(som_recalculation.c.publication).where(som_recalculation.c.finished.is_(None)).with_for_update()
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def put(connection: Connection, cases: Iterable[views.CaseKey], cause: Cause, publication: int = 0) -> None:
    """Let these cases wait, for a fact or for a publication of the knowledge base; those that do are marked again."""
    rows = [
        {
            "initiative": initiative,
            "municipality": municipality,
            "mark": 1,
            "publication": publication,
            "cause_id": cause.event_id,
            "correlation_id": cause.correlation_id,
            "effective_on": cause.effective_on,
        }
        for initiative, municipality in sorted(cases)
    ]
    if rows:
        connection.execute(_PUT[connection.dialect.name], rows)


def _put(dialect: str) -> Any:
    insert = _INSERT[dialect](som_waiting)
    new, old = insert.excluded, som_waiting.c
    changes = {name: new[name] for name in ("cause_id", "correlation_id", "effective_on")}
    changes["mark"] = old.mark + 1
    changes["publication"] = case((new.publication > old.publication, new.publication), else_=old.publication)
    return insert.on_conflict_do_update(index_elements=["initiative", "municipality"], set_=changes)


_PUT = {dialect: _put(dialect) for dialect in _INSERT}


def put_all(connection: Connection, publication: int, since: str, cause: Cause) -> None:
    """Let every case wait for this publication of the knowledge base."""
    cases = views.all_cases(connection)
    put(connection, cases, cause, publication)
    row = {"publication": publication, "total": len(cases), "since": since}
    upsert.replace(connection, som_recalculation, [row | {"finished": None if cases else since}])


def next_cases(connection: Connection, most: int) -> list[views.CaseKey]:
    """The next cases that wait, at most `most`."""
    return [(row.initiative, row.municipality) for row in connection.execute(_NEXT, {"most": most})]


def compute_here(connection: Connection, cases: Iterable[views.CaseKey]) -> list[Waited]:
    """Compute these cases as they stand, each because of what it waits for; those that no longer wait are left out."""
    groups: dict[Cause, dict[views.CaseKey, int]] = {}
    for key in cases:
        row = _waiting(connection, key)
        if row is not None:
            groups.setdefault(Cause(row.cause_id, row.correlation_id, row.effective_on), {})[key] = row.mark
    return [
        Waited(computed, marks[computed.key], cause)
        for cause, marks in groups.items()
        for computed in compute(connection, marks, cause.effective_on)
    ]


def compute_batch(store: EventStore, cases: Sequence[views.CaseKey], compute: Compute) -> None:
    """Compute these cases and take them off the list; one by one where they cannot be computed together.

    One that cannot be computed even so keeps its last projection, and is waited for no more.
    """
    try:
        computed = compute(cases)
    except Rejected as rejection:
        if len(cases) > 1:
            for case in cases:
                compute_batch(store, [case], compute)
            return
        log.error("case cannot be computed", extra={"case": ".".join(cases[0]), "code": rejection.code})
        with store.transaction() as transaction:
            row = _waiting(transaction.connection, cases[0])
            if row is not None:
                _take_off(transaction.connection, [(cases[0], row.mark, row.publication)])
        return
    try:
        with store.transaction() as transaction:
            settle(transaction, computed)
    except Conflict:
        log.info("a fact was faster; its cases are looked at again")


def settle(transaction: Transaction, waited: Sequence[Waited]) -> None:
    """Append the projections of the cases whose streams are as they were, and take those off the list.

    Raises Conflict when a fact is faster than this transaction.
    """
    versions = _versions(transaction.connection, [one.computed.stream_id for one in waited])
    current = [one for one in waited if versions.get(one.computed.stream_id, 0) == one.computed.version]
    done = [(one.computed.key, one.mark, one.computed.publication) for one in current]
    _take_off(transaction.connection, done)
    # Last: from the first append to the end of the transaction every fact waits.
    appends: dict[Cause, list[StreamAppend]] = {}
    for one in current:
        if one.computed.events:
            appends.setdefault(one.cause, []).append(one.computed.append())
    for cause, streams in appends.items():
        transaction.append(streams, cause.context())


def _versions(connection: Connection, streams: Sequence[str]) -> dict[str, int]:
    newest = select(log_of_events.c.stream_id, func.max(log_of_events.c.version).label("version"))
    newest = newest.where(log_of_events.c.stream_id.in_(streams)).group_by(log_of_events.c.stream_id)
    return {row.stream_id: row.version for row in connection.execute(newest)}


def _take_off(connection: Connection, done: Sequence[tuple[views.CaseKey, int, int]]) -> None:
    """Those that were marked again since, or wait for a later publication, go on waiting."""
    # One at a time: two that ended at once would each still see the other's cases waiting, and neither be the last.
    connection.execute(_UNFINISHED)
    rows = [
        {"of_initiative": initiative, "of_place": municipality, "seen": mark, "used": publication}
        for (initiative, municipality), mark, publication in sorted(done)
    ]
    if rows:
        connection.execute(_GONE, rows)
        connection.execute(_KNOWN, rows)
    if not connection.execute(_OF_KNOWLEDGE).scalar_one():
        finished = update(som_recalculation).where(som_recalculation.c.finished.is_(None))
        connection.execute(finished.values(finished=utc_now()))


def _waiting(connection: Connection, key: views.CaseKey) -> Any:
    return connection.execute(_ROW, {"of_initiative": key[0], "of_place": key[1]}).first()


def is_waiting(connection: Connection, key: views.CaseKey) -> bool:
    """Whether a case waits to be computed anew."""
    return _waiting(connection, key) is not None


def progress(connection: Connection) -> dict[str, Any]:
    """How far the recalculation after the newest knowledge base has come: publication, total, done, since and finished;
    and how many cases wait, for whatever reason."""
    newest = select(som_recalculation).order_by(som_recalculation.c.publication.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    waiting = connection.execute(_COUNT).scalar_one()
    if row is None:
        return {"publication": 0, "total": 0, "done": 0, "since": None, "finished": None, "waiting": waiting}
    done = row["total"] - connection.execute(_OF_KNOWLEDGE).scalar_one()
    return {**row, "done": done, "waiting": waiting}
