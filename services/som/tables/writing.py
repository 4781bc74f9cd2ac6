"""A knowledge base as tables: the way out, with the same columns as the way in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from services.som.commands import PublishKnowledge
from services.som.events import Consequence, KnowledgePublished, PayerRule, Price
from services.som.tables.cells import guarded
from services.som.tables.layout import NUMBERS, TABLES, WHOLE

Cells = Mapping[str, Any]


def tables_of(knowledge: KnowledgePublished | PublishKnowledge) -> dict[str, str]:
    """Every table of a knowledge base as CSV (RFC 4180: commas, CRLF, decimal points), file name → text.

    `knowledge_of` gives the same knowledge base again. A text that a spreadsheet would take for a formula gets an
    apostrophe before it.
    """
    rows: dict[str, Iterable[Cells]] = {
        "knowledge.csv": [vars(knowledge)],
        "prices.csv": map(_price, knowledge.prices),
        "payer_rules.csv": (row for rule in knowledge.rules for row in _steps(rule)),
        "consequences.csv": _consequences(knowledge),
        "studies.csv": map(vars, knowledge.studies),
        "bases.csv": (vars(basis) | {"study_ids": " ".join(basis.study_ids)} for basis in knowledge.bases),
        "follow_ups.csv": (
            {"initiative": basis.initiative} | vars(one) for basis in knowledge.bases for one in basis.follow_ups
        ),
        "indices.csv": map(vars, knowledge.indices),
        "indexed_by.csv": map(vars, knowledge.indexed_by),
        "discount_rates.csv": map(vars, knowledge.discount_rates),
    }
    return {file: _csv(file, found) for file, found in rows.items()}


def _price(price: Price) -> Cells:
    rule = price.rule
    used = {} if rule is None else {"rule_id": rule.rule_id, "rule_quantity": rule.quantity, "rule_start": rule.start}
    return vars(price) | used


def _steps(rule: PayerRule) -> Iterator[Cells]:
    for step in rule.steps:
        yield vars(rule) | {"step_start": step.start, "step_share": step.share}


def _consequences(knowledge: KnowledgePublished | PublishKnowledge) -> Iterator[Cells]:
    units = {price.price_id: price.unit for price in knowledge.prices}
    for row in knowledge.consequences:
        yield from _years(row, units.get(row.price_id, ""))


def _years(row: Consequence, unit: str) -> Iterator[Cells]:
    for t, change in enumerate(row.change_per_success):
        error = row.standard_errors[t] if row.standard_errors else None
        yield vars(row) | {"unit": unit, "t": t, "change": change, "standard_error": error}


def _csv(file: str, rows: Iterable[Cells]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    columns = TABLES[file].columns
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(column, row.get(column)) for column in columns])
    return out.getvalue()


def _cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if column in NUMBERS | WHOLE else guarded(str(value))
