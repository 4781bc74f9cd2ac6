"""Reading a generation of the views into memory: a few hundred rows, whatever the length of the logs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, select

from services.reporting.views import tables
from services.reporting.views.disclosure import Cell, Counts, Hidden, hidden_cells, with_totals
from services.reporting.views.figures import Effect, Net
from shared.kernel.statistics import pooled_difference

COMPARISON = "comparison"
"""The arm that the others of a trial are compared with."""


class Money(NamedTuple):
    """Promised and paid in one cell, and what became of it, in øre."""

    awarded_oere: int
    paid_oere: int
    accounted_for_oere: int
    owed_oere: int
    repaid_oere: int


class Case(NamedTuple):
    """The newest projection of one cell."""

    net: Net
    discounted_cost_oere: int
    first_cost_year: int | None
    years: dict[int, int]


class Snapshot(NamedTuple):
    """Everything the answers are made from. Cells are (initiative, municipality)."""

    generation: int
    facts: dict[str, tuple[str, str]]
    drawn_oere: dict[str, int]
    money: dict[Cell, Money]
    counts: dict[Cell, Counts]
    hidden: Hidden
    effects: dict[str, Effect]
    cases: dict[Cell, Case]

    def initiatives(self) -> list[str]:
        """Every initiative that any source has told of."""
        told = {initiative for initiative, _ in (*self.money, *self.cases)}
        return sorted(told | set(self.facts) | set(self.effects))


def take(connection: Connection) -> Snapshot:
    """The live generation as it stands in this transaction."""
    generation = tables.live_generation(connection)
    local = rows(connection, tables.local, generation)
    drawn: dict[str, int] = defaultdict(int)
    for pool in rows(connection, tables.pools, generation):
        drawn[pool.initiative] += pool.drawn_oere
    counts = {
        (row.initiative, row.municipality): Counts(row.enrolled, row.active, row.completed, row.withdrawn)
        for row in local
    }
    facts = rows(connection, tables.initiatives, generation)
    projections = rows(connection, tables.projections, generation)
    return Snapshot(
        generation=generation,
        facts={row.initiative: (row.title, row.track) for row in facts},
        drawn_oere=drawn,
        money={(row.initiative, row.municipality): _money(row) for row in local},
        counts=counts,
        hidden=hidden_cells(with_totals(counts)),
        effects=_effects(rows(connection, tables.successes, generation)),
        cases={(row.initiative, row.municipality): _case(row) for row in projections},
    )


def rows(connection: Connection, table: Table, generation: int) -> list[Row[Any]]:
    """A generation's rows of one table, in key order."""
    query = select(table).where(table.c.generation == generation).order_by(*table.primary_key)
    return list(connection.execute(query))


def _money(row: Row[Any]) -> Money:
    return Money(*(row._mapping[name] for name in Money._fields))


def _case(row: Row[Any]) -> Case:
    kommune, region, stat = row.net_kommune_oere, row.net_region_oere, row.net_stat_oere
    return Case(
        Net(kommune_oere=kommune, region_oere=region, stat_oere=stat, total_oere=kommune + region + stat),
        row.discounted_cost_oere,
        row.first_cost_year,
        {year: sum(payers) for year, *payers in json.loads(row.years)},
    )


def _effects(arms: Iterable[Row[Any]]) -> dict[str, Effect]:
    """Per initiative with results: its trials, each compared within itself, taken together."""
    trials: dict[str, dict[str, list[list[int]]]] = defaultdict(lambda: defaultdict(lambda: [[0, 0], [0, 0]]))
    for row in arms:
        counts = trials[row.initiative][row.trial_id][row.arm == COMPARISON]
        counts[0] += row.successes
        counts[1] += row.assessed
    effects = {}
    for initiative, by_trial in trials.items():
        pairs = [((a[0], a[1]), (b[0], b[1])) for a, b in by_trial.values() if a[1] and b[1]]
        if pairs:
            difference, low, high = pooled_difference(pairs)
            effects[initiative] = Effect(
                difference=difference,
                low=low,
                high=high,
                assessed=sum(arm[1] for arm, _ in pairs),
                comparison_assessed=sum(other[1] for _, other in pairs),
            )
    return effects


def net_of(cases: list[Case]) -> Net | None:
    """The net results of several cases added up; None of none."""
    if not cases:
        return None
    names = Net.model_fields
    return Net(**{name: sum(getattr(case.net, name) for case in cases) for name in names})


def break_even_year(cases: list[Case]) -> int | None:
    """The first calendar year in which the cases together have come home, None if never within their
    horizons.

    As for one case: the cumulative undiscounted total of all payers is not negative, and something was
    invested, which is to say that a cost has occurred or that the total has been negative.
    """
    totals: dict[int, int] = defaultdict(int)
    for case in cases:
        for year, net_oere in case.years.items():
            totals[year] += net_oere
    first_cost = min((case.first_cost_year for case in cases if case.first_cost_year is not None), default=None)
    cumulative, invested = 0, False
    for year in sorted(totals):
        cumulative += totals[year]
        invested = invested or cumulative < 0 or (first_cost is not None and year >= first_cost)
        if invested and cumulative >= 0:
            return year
    return None
