"""What a recalculated workbook says, read from its sheet of results, beside what the engine says."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from services.som.events import PAYERS, CaseInputs, PayerAmounts
from services.som.model import KnowledgeBase, compile_case, per_person, project
from services.som.model.compiled import completers, payers_oere, savings, transfers
from services.som.workbook.layout import RESULTS, STATUS
from services.som.workbook.results import LABELS, NEVER, NONE, TABLE

Figures = dict[str, Any]


def said(content: bytes) -> Figures:
    """Every headline figure and every cell of the yearly table, money in øre."""
    sheet = load_workbook(io.BytesIO(content), data_only=True)[RESULTS]
    rows: list[list[Any]] = [list(row) for row in sheet.iter_rows(values_only=True)]
    labels = {label: name for name, label in LABELS.items()}
    found: Figures = {}
    for row in rows:
        if row[0] in labels:
            found[labels[row[0]]] = row[1:5] if labels[row[0]] in ("npv", "faded") else row[1]
    start = next(place for place, row in enumerate(rows) if row[0] == TABLE)
    heads = rows[start + 1]
    found["years"] = []
    for row in rows[start + 2 :]:
        if not isinstance(row[0], int):
            break
        found["years"].append({head: _read(head, cell) for head, cell in zip(heads, row, strict=True) if head})
    for name in ("npv", "faded"):
        found[name] = [_oere(cell) for cell in found[name]] if isinstance(found[name][0], int | float) else None
    for name in ("cost", "per_completer", "per_success"):
        found[name] = _oere(found[name])
    found["checks"] = [row[1] for row in rows if row[1] in ("i orden", "SE EFTER")]
    return found


def _oere(cell: Any) -> Any:
    return round(cell * 100) if isinstance(cell, int | float) else cell


def _read(head: str, cell: Any) -> Any:
    if head in ("År", "Noget er investeret", "Tjent hjem"):
        return cell
    return Decimal(f"{cell:.12f}") if head == "Diskonteringsfaktor" else _oere(cell)


def _four(amounts: PayerAmounts) -> list[int]:
    return [amounts.kommune, amounts.region, amounts.stat, amounts.total]


def expected(inputs: CaseInputs, knowledge: KnowledgeBase) -> Figures:
    """The same figures from the engine."""
    projection = project(inputs, knowledge)
    model = compile_case(inputs, knowledge)
    granted, saved = transfers(inputs, knowledge, model.years), savings(inputs, knowledge, model.years)
    people = sum(count for _, count in completers(inputs))
    total = projection.net_present_value.total
    rate, ratio = projection.break_even_rate, projection.benefit_cost_ratio
    per_completer, per_success = per_person(total, people), per_person(total, model.rate * people)
    faded = projection.faded_net_present_value
    years, cumulative = [], 0
    for place, row in enumerate(projection.years):
        groups = {
            "Omkostninger": row.costs,
            "Tilskud": payers_oere(granted[place]),
            "Besparelser": payers_oere(saved[place]),
            "Gevinster": row.gains,
            "Netto": row.net,
        }
        cumulative += row.net.total
        cells = {"År": row.year, "Diskonteringsfaktor": row.discount_factor, "Netto, løbende sum": cumulative}
        for group, amounts in groups.items():
            cells |= {
                f"{group} {name}": amount for name, amount in zip((*PAYERS, "i alt"), _four(amounts), strict=True)
            }
        years.append(cells)
    return {
        "npv": _four(projection.net_present_value),
        "faded": None if faded is None else _four(faded),
        "cost": projection.discounted_cost,
        "per_completer": NONE if per_completer is None else per_completer,
        "per_success": NONE if per_success is None else per_success,
        "break_even_year": projection.break_even_year or NEVER,
        "break_even_rate": NONE if rate is None else float(rate),
        "ratio": NONE if ratio is None else float(ratio),
        "status": STATUS[projection.status],
        "years": years,
    }


def differences(found: Figures, wanted: Figures) -> list[str]:
    """What differs between a workbook and the engine, cell by cell; empty when nothing does."""
    problems = [
        f"{name}: {found.get(name)!r}, not {value!r}"
        for name, value in wanted.items()
        if name != "years" and found.get(name) != value
    ]
    if len(found["years"]) != len(wanted["years"]):
        return [*problems, f"{len(found['years'])} years, not {len(wanted['years'])}"]
    for row, right in zip(found["years"], wanted["years"], strict=True):
        problems += [
            f"{right['År']} {name}: {row[name]}, not {cell}" for name, cell in right.items() if row[name] != cell
        ]
    return problems
