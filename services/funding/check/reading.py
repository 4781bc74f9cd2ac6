"""Reads a service's database for the checker: in one read-only transaction, in pages, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, MetaData, Table, bindparam, inspect, make_url, select, tuple_

from services.funding.check.checker import Checker
from services.funding.check.findings import Finding, Findings
from services.funding.check.views import BALANCE_COLUMNS, JOURNAL_COLUMNS, Views
from shared.eventstore.chain import COLUMNS
from shared.eventstore.engine import open_engine
from shared.eventstore.tables import event_counter, events, parked, positions
from shared.kernel.rejection import Rejected

PAGE = 5_000
SERVICE = "funding"


@dataclass(frozen=True)
class Result:
    """What a check came to: the head to be noted, how far the views are, and what is wrong."""

    position: int
    chain: str
    views_position: int = 0
    parked: int = 0
    count: int = 0
    findings: list[Finding] = field(default_factory=list)


def check(uri: str, anchors: Mapping[int, str]) -> Result:
    """Check the log and the views of the database at `uri`.

    `anchors` are heads that were noted earlier: chain by position. Raises Rejected NOT_FOUND when there is no log, and
    what the database raises when it cannot be read.
    """
    with _snapshot(uri) as connection:
        counter = connection.execute(select(event_counter.c.position, event_counter.c.chain)).first()
        head = None if counter is None else (int(counter[0]), str(counter[1]))
        reached = connection.execute(select(positions.c.position).where(*_own(positions))).scalar() or 0
        aside = set(connection.execute(select(parked.c.position).where(*_own(parked))).scalars())
        findings = Findings()
        journal = _view(connection, "funding_journal", JOURNAL_COLUMNS, ("position", "line"))
        balances = _view(connection, "funding_balances", BALANCE_COLUMNS, BALANCE_COLUMNS[:-1])
        checker = Checker(findings, anchors, Views(journal, balances, reached, aside, findings))
        for row in _pages(connection, [events.c[name] for name in COLUMNS], [events.c.position]):
            checker.add(row)
        checker.finish(head)
        if reached > checker.log.position:
            findings.add(checker.log.position, "VIEW_AHEAD", views=reached)
    return Result(*(head or (checker.log.position, "")), reached, len(aside), findings.count, findings.kept)


@contextmanager
def _snapshot(uri: str) -> Iterator[Connection]:
    """One moment of the database, which cannot be written to from here."""
    url = make_url(uri)
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and not Path(url.database or "").is_file():
        raise _no_log()  # the driver would make the file
    engine = open_engine(uri)
    if not sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with engine.connect() as connection:
            if sqlite:
                connection.exec_driver_sql("PRAGMA query_only = ON")
            if not inspect(connection).has_table(events.name):
                raise _no_log()
            yield connection
    finally:
        engine.dispose()


def _no_log() -> Rejected:
    return Rejected("NOT_FOUND", "There is no log in the database: has the service ever been started?")


def _own(table: Table) -> tuple[ColumnElement[bool], ...]:
    return table.c.consumer == SERVICE, table.c.source == SERVICE


def _view(connection: Connection, name: str, columns: Sequence[str], key: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """A view's rows in the order of its key, which its first columns are; none when it has not been made."""
    if not inspect(connection).has_table(name):
        return iter(())
    table = Table(name, MetaData(), autoload_with=connection)
    return _pages(connection, [table.c[column] for column in columns], [table.c[column] for column in key])


def _pages(
    connection: Connection, columns: Sequence[Column[Any]], key: Sequence[Column[Any]]
) -> Iterator[tuple[Any, ...]]:
    """The rows in the order of their key, which the first columns are."""
    names = [f"after_{column.name}" for column in key]
    page = select(*columns).order_by(*key).limit(PAGE)
    # Built once: building a statement takes as long as reading some hundred rows.
    position = [bindparam(name, type_=column.type) for name, column in zip(names, key, strict=True)]
    after = page.where(tuple_(*key) > tuple_(*position))
    values: dict[str, Any] = {}
    while True:
        # The driver's own tuples, all at once: row by row through SQLAlchemy takes twice as long.
        rows: Sequence[Any] = connection.execute(after if values else page, values).cursor.fetchall()
        yield from rows
        if len(rows) < PAGE:
            return
        values = dict(zip(names, rows[-1], strict=False))
