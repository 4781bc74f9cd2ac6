"""The tables behind the reports.

Every row carries a generation. A rebuild fills the next generation beside the live one and then flips the
number in `report_generation`; readers never meet a hole. No row holds anything about one citizen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, Text, delete, select

from shared.eventstore import upsert

metadata = MetaData()

VIEWS = "programme"
"""The name under which the live generation of these views stands in `report_generation`."""
FIRST_GENERATION = 1

generations = Table(
    "report_generation",
    metadata,
    Column("name", Text, primary_key=True),
    Column("live", Integer, nullable=False),
    Column("held_until", Text, nullable=False),
)
"""The generation that readers see. While it is held, it stands still so that a rebuild can catch up with it."""

SETTLED = {"accounted_for": "accounted_for_oere", "receivable": "owed_oere", "repaid": "repaid_oere"}
"""What became of money that was paid: the ledger accounts whose balances the views keep, and their columns."""

LATEST = 20
"""So many of the newest events are shown under "Senest sket", and so many are kept of each source."""


def _view(name: str, keys: Sequence[str], columns: Sequence[Column[Any]]) -> Table:
    key_columns = [
        Column(key, BigInteger if key == "position" else Integer, primary_key=True, autoincrement=False)
        if key in ("position", "budget_year")
        else Column(key, Text, primary_key=True)
        for key in keys
    ]
    generation = Column("generation", Integer, primary_key=True, autoincrement=False)
    return Table(name, metadata, generation, *key_columns, *columns)


def _amounts(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


appropriations = _view(
    "report_appropriation",
    ["account", "budget_year"],
    _amounts("appropriated_oere", "pooled_oere", "awarded_oere", "paid_oere", *SETTLED.values()),
)
pools = _view("report_pool", ["initiative", "pool_id"], _amounts("drawn_oere"))
initiatives = _view(
    "report_initiative",
    ["initiative"],
    [Column("track", Text, nullable=False), Column("title", Text, nullable=False)],
)
local = _view(
    "report_local",
    ["initiative", "municipality"],
    _amounts("awarded_oere", "paid_oere", *SETTLED.values(), "enrolled", "active", "completed", "withdrawn"),
)
"""What one municipality does under one initiative."""

successes = _view("report_success", ["initiative", "trial_id", "arm"], _amounts("successes", "assessed"))
"""Per trial, because an arm is compared within its own trial."""

projections = _view(
    "report_projection",
    ["initiative", "municipality"],
    [
        *_amounts("net_kommune_oere", "net_region_oere", "net_stat_oere", "discounted_cost_oere"),
        Column("break_even_year", Integer),
        Column("first_cost_year", Integer),
        Column("completers", Integer, nullable=False),
        Column("success_origin", Text),
        Column("success_name", Text),
        Column("success_rate", Text),
        Column("years", Text, nullable=False),
        Column("positions", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
    ],
)
"""The newest projection of each case. `years` is JSON: [year, kommune, region, stat] in øre, undiscounted,
so that cases can be added up; `sequence` is the position of the event it came from."""

latest = _view(
    "report_latest",
    ["source", "position"],
    [Column("recorded_at", Text, nullable=False), Column("parts", Text, nullable=False)],
)
sources = _view(
    "report_source",
    ["source"],
    [Column("position", BigInteger, nullable=False), Column("recorded_at", Text, nullable=False)],
)
"""The newest event seen from each source: how old the figures are that rest on it."""


VIEW_TABLES = tuple(table for table in metadata.sorted_tables if table is not generations)


# Built once: they are asked for with every batch and every page.
_LIVE = select(generations.c.live).where(generations.c.name == VIEWS)
_HELD_UNTIL = select(generations.c.held_until).where(generations.c.name == VIEWS)


def live_generation(connection: Connection) -> int:
    """The generation that readers see."""
    live = connection.execute(_LIVE).scalar()
    return FIRST_GENERATION if live is None else int(live)


def held_until(connection: Connection) -> str:
    """The time, as recorded times are written, until which the live views stand still."""
    until = connection.execute(_HELD_UNTIL).scalar()
    return until or ""


def hold(connection: Connection, until: str) -> None:
    """Let the live views stand still until this time."""
    row = {"name": VIEWS, "live": live_generation(connection), "held_until": until}
    upsert.replace(connection, generations, [row])


def clear(connection: Connection, generation: int) -> None:
    """Delete a generation's rows: before a rebuild fills it, or when a rebuild is given up."""
    for table in VIEW_TABLES:
        connection.execute(delete(table).where(table.c.generation == generation))


def flip(connection: Connection, generation: int) -> None:
    """Make `generation` the live one and delete the rows of every other."""
    upsert.replace(connection, generations, [{"name": VIEWS, "live": generation, "held_until": ""}])
    for table in VIEW_TABLES:
        connection.execute(delete(table).where(table.c.generation != generation))


def dump(connection: Connection, generation: int) -> dict[str, list[tuple[Any, ...]]]:
    """A generation's rows by table, in key order and without the generation: equal for equal histories."""
    return {
        table.name: [
            tuple(row)[1:]
            for row in connection.execute(
                select(table).where(table.c.generation == generation).order_by(*table.primary_key)
            )
        ]
        for table in VIEW_TABLES
    }
