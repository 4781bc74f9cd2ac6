"""The sheets with inputs, one for each of SØM's steps, and where everything on them stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

from services.som.events import CaseInputs
from services.som.workbook import layout
from services.som.workbook.layout import FIELDS, TABLES, Column
from services.som.workbook.page import Page, Written, write_fields, write_table
from services.som.workbook.rows import Candidate, Cells, fields_of, rows_of

EXPLAINED = {
    layout.INTERVENTION: "Hvem indsatsen er for, hvad der er en succes, og hvor mange der gennemfører.",
    layout.COSTS: "Hvad indsatsen koster, hvem der betaler, tilskud, og hvad der spares. Beløb i kroner.",
    layout.EFFECT: "Hvor mange flere der når succesmålet, og hvordan effekten udvikler sig. Andele: 0,10 er 10 %.",
    layout.CONSEQUENCES: "Hvad en succes ændrer i forbruget af offentlige ydelser, år for år.",
    layout.PRICES: "Hvad en enhed af ydelsen koster, og hvem der bærer udgiften efter refusion.",
    layout.ASSUMPTIONS: "Prisniveau, diskontering og horisont.",
}

SPARE = {
    "cohorts": 2,
    "costs": 5,
    "transfers": 3,
    "savings": 3,
    "follow_ups": 1,
    "sources": 2,
    "consequences": 2,
    "prices": 2,
}
"""Empty rows below what an export holds; formulas count them too."""

EMPTY = {
    "cohorts": 10,
    "costs": 40,
    "transfers": 10,
    "savings": 10,
    "follow_ups": 5,
    "sources": 5,
    "consequences": 40,
    "prices": 40,
}
"""The rows of the empty template."""


@dataclass
class Inputs:
    """The input sheets as written: the reference of every field, and every table."""

    book: Workbook
    years_ahead: int
    pages: dict[str, Page] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Written] = field(default_factory=dict)
    consequence_prices: tuple[str, ...] = ()
    """The price ids of the consequences, row by row."""


def write_inputs(
    book: Workbook,
    inputs: CaseInputs | None,
    consequences: Sequence[Candidate] = (),
    consequence_rows: Sequence[Cells] = (),
    price_rows: Sequence[Cells] = (),
    years_ahead: int = 11,
) -> Inputs:
    """The six sheets of inputs: a case's, or empty ones. `years_ahead`: how many years t they have."""
    written = Inputs(book, years_ahead, consequence_prices=tuple(one.row.price_id for one in consequences))
    rows: dict[str, list[Any]] = {name: [] for name in TABLES}
    values: Cells = {"settings.timing": "start", "settings.indexation": "one_series", "settings.include": "consider"}
    phase_in: tuple[Any, ...] = ()
    if inputs is not None:
        values, rows = fields_of(inputs), rows | rows_of(inputs)
        rows |= {"consequences": list(consequence_rows), "prices": list(price_rows)}
        phase_in = inputs.settings.phase_in
    rows["phase_in"] = [{"share": phase_in[t] if t < len(phase_in) else None} for t in range(years_ahead)]
    spare = EMPTY if inputs is None else SPARE
    for sheet in layout.INPUT_SHEETS:
        page = written.pages[sheet] = Page(book.create_sheet(sheet))
        page.title(sheet, EXPLAINED[sheet])
        page.widths([30, 20, 20, 20, 20])
        written.fields |= write_fields(page, FIELDS.get(sheet, ()), values)
        if sheet == layout.CONSEQUENCES:
            page.text(page.row, 1, layout.MARKED)
            page.value(page.row, 2, sum(one.shared for one in consequences))
            page.text(page.row, 3, "En række, der ikke skal tælle, får anbefalingen 'udelad'; den slettes ikke.")
            page.row += 2
        for name, table in TABLES.items():
            if table.sheet == sheet:
                more = year_columns(years_ahead) if name == "consequences" else ()
                written.tables[name] = write_table(page, table, rows[name], spare.get(name, 0), more)
    return written


def year_columns(years: int) -> list[Column]:
    """The columns of a consequence's years: first the changes, then their standard errors."""
    changes = [Column(f"change.{t}", layout.CHANGE.format(t), "number", width=10) for t in range(years)]
    return changes + [Column(f"error.{t}", layout.ERROR.format(t), "number", width=10) for t in range(years)]
