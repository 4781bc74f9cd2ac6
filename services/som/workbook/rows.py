"""A case's inputs as the rows of the workbook's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from services.som.events import CaseInputs, Consequence, Price
from services.som.model import KnowledgeBase
from services.som.workbook.marks import mark

Cells = dict[str, Any]


class Candidate(NamedTuple):
    """A consequence that the case has, counted or not, and whether it is the knowledge base's."""

    row: Consequence
    shared: bool


def candidates(inputs: CaseInputs, knowledge: KnowledgeBase) -> list[Candidate]:
    """The case's own consequences in their order, then the knowledge base's that they do not replace, by price id."""
    own = {row.price_id: row for row in inputs.own_consequences}
    group = (inputs.target_group, inputs.success_measure)
    known = {
        row.price_id: row
        for row in knowledge.published.consequences
        if (row.target_group, row.success_measure) == group and row.price_id not in own
    }
    return [Candidate(row, False) for row in own.values()] + [Candidate(row, True) for _, row in sorted(known.items())]


def prices(inputs: CaseInputs, knowledge: KnowledgeBase, found: Iterable[Candidate]) -> list[tuple[Price, bool]]:
    """The case's own prices in their order, then those of the knowledge base that its consequences name."""
    own = {price.price_id: price for price in inputs.own_prices}
    named = sorted({one.row.price_id for one in found} - set(own))
    known = [knowledge.prices[price_id] for price_id in named if price_id in knowledge.prices]
    return [(price, False) for price in own.values()] + [(price, True) for price in known]


def fields_of(inputs: CaseInputs) -> Cells:
    """The values of the sheets' fields, by name."""
    cells = {name: getattr(inputs, name) for name in ("target_group", "success_measure", "decision_date")}
    cells |= {f"settings.{name}": value for name, value in inputs.settings}
    if inputs.success_rate is not None:
        cells |= {f"success_rate.{name}": value for name, value in inputs.success_rate}
    return cells


def rows_of(inputs: CaseInputs) -> dict[str, list[Cells]]:
    """The rows of every table but consequences and prices."""
    rate = inputs.success_rate
    return {
        "cohorts": [dict(row) for row in inputs.cohorts],
        "costs": [_kroner(row) for row in inputs.costs],
        "transfers": [_kroner(row) for row in inputs.transfers],
        "savings": [_kroner(row) for row in inputs.savings],
        "follow_ups": [] if rate is None else [dict(row) for row in rate.follow_ups],
        "sources": [] if rate is None else [dict(row) for row in rate.sources],
    }


def consequence_cells(one: Candidate, unit: str) -> Cells:
    """A consequence's cells; its years under their number, its standard errors under theirs."""
    cells = {name: value for name, value in one.row if not isinstance(value, tuple)}
    cells |= {f"change.{t}": value for t, value in enumerate(one.row.change_per_success)}
    cells |= {f"error.{t}": value for t, value in enumerate(one.row.standard_errors)}
    return cells | {"unit": unit or None, "mark": mark(one.row) if one.shared else None}


def price_cells(price: Price, shared: bool) -> Cells:
    """A price's cells."""
    cells = {name: value or None for name, value in price if name in ("area", "unit")}
    cells = {name: value for name, value in price if name != "rule"} | cells
    if price.rule is not None:
        cells |= {f"rule.{name}": value for name, value in price.rule}
    return cells | {"mark": mark(price) if shared else None}


def effect_columns(found: Sequence[Candidate], phase_in: int) -> int:
    """How many years t the sheets have: SØM's eleven, or more where more is known."""
    return max([11, phase_in, *(len(one.row.change_per_success) for one in found)])


def _kroner(row: Any) -> Cells:
    cells = dict(row)
    for name in ("amount_oere", "low_oere", "high_oere"):
        if cells.get(name) is not None:
            cells[name] = Decimal(cells[name]) / 100
    return cells
