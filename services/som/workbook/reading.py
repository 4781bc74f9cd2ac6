"""The sheets of inputs as fields and rows, found by their labels, titles and headings, wherever those have moved to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from services.som.problems import Problems
from services.som.tables.cells import BadCell
from services.som.workbook import layout
from services.som.workbook.cells import value_of
from services.som.workbook.layout import FIELDS, OTHER_TITLES, READ_ONLY_TITLES, TABLES, Column
from services.som.workbook.opening import Sheet
from services.som.workbook.sheets import year_columns


@dataclass(frozen=True)
class Row:
    """A row of a table: the values that are there, and where each of them stands."""

    sheet: str
    number: int
    cells: dict[str, Any]
    columns: dict[str, int]

    def place(self, name: str = "") -> str:
        """The cell of a column, or the row's first one."""
        return f"{self.sheet}!{get_column_letter(self.columns.get(name, 0) + 1)}{self.number + 1}"


@dataclass
class Read:
    """What stands in the input cells: the fields and the tables' rows, and where."""

    fields: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)


def read(sheets: dict[str, Sheet], problems: Problems) -> Read:
    """The inputs of the sheets; what is wrong with a cell is noted."""
    found = Read()
    for name, columns in FIELDS.items():
        if name in sheets:
            _fields(sheets[name], columns, found, problems)
    for name, table in TABLES.items():
        found.rows[name] = _table(sheets[table.sheet], name, problems) if table.sheet in sheets else []
    for sheet in sheets.values():
        _lost_references(sheet, problems)
    return found


def row_of(sheet: Sheet, label: str) -> int | None:
    """The row whose column A holds a label, None when there is none."""
    return next((place for place in range(len(sheet.rows)) if sheet.cell(place, 0).value == label), None)


def below(sheet: Sheet, title: str) -> range:
    """The rows below a title: down to the next title of the sheet, or its end."""
    start = row_of(sheet, title)
    if start is None:
        return range(0)
    titles = {table.title for table in TABLES.values() if table.sheet == sheet.name}
    titles |= {*READ_ONLY_TITLES.get(sheet.name, ()), *OTHER_TITLES.get(sheet.name, ())}
    later = (place for place in range(start + 1, len(sheet.rows)) if sheet.cell(place, 0).value in titles)
    return range(start + 1, next(later, len(sheet.rows)))


def _fields(sheet: Sheet, columns: tuple[Column, ...], found: Read, problems: Problems) -> None:
    for column in columns:
        row = row_of(sheet, column.heading)
        if row is None:
            problems.add(sheet.name, "missing_field", f"The sheet has no row '{column.heading}'.")
            continue
        place = found.places[column.name] = f"{sheet.name}!B{row + 1}"
        try:
            value = value_of(sheet.cell(row, 1), column)
        except BadCell as bad:
            problems.add(place, bad.rule, bad.message)
            continue
        if value is not None:
            found.fields[column.name] = value
        elif column.required:
            problems.add(place, "missing", "The cell must not be empty.")


def _table(sheet: Sheet, name: str, problems: Problems) -> list[Row]:
    table, span = TABLES[name], below(sheet, TABLES[name].title)
    if not span:
        problems.add(sheet.name, "missing_table", f"The sheet has no table '{table.title}'.")
        return []
    columns = {column.heading: column for column in table.columns}
    if name == "consequences":
        columns |= {column.heading: column for column in year_columns(layout.MAX_YEARS)}
    heads: dict[str, int] = {}
    for place, cell in enumerate(sheet.rows[span[0]]):
        if not isinstance(cell.value, str) or cell.value.strip() not in columns:
            continue
        column = columns[cell.value.strip()]
        if column.name in heads:
            problems.add(
                f"{sheet.name}!{get_column_letter(place + 1)}{span[0] + 1}", "column_twice", "It is there twice."
            )
        heads[column.name] = place
    missing = [column.heading for column in table.columns if column.name not in heads]
    for heading in missing:
        problems.add(f"{sheet.name}!A{span[0] + 1}", "missing_column", f"The table has no column '{heading}'.")
    if missing:
        return []
    known = {column.name: column for column in columns.values() if column.name in heads}
    rows = (_row(sheet, number, heads, known, problems) for number in span[1:])
    # In the table of the phase-in the place of a row is its year t, so the empty ones count.
    return [row for row in rows if row is not None and (row.cells or name == "phase_in")]


def _row(
    sheet: Sheet, number: int, heads: dict[str, int], columns: dict[str, Column], problems: Problems
) -> Row | None:
    before, row = problems.found, Row(sheet.name, number, {}, heads)
    for name, column in columns.items():
        try:
            value = value_of(sheet.cell(number, heads[name]), column)
        except BadCell as bad:
            problems.add(row.place(name), bad.rule, bad.message)
            continue
        if value is not None:
            row.cells[name] = value
    if problems.found == before and row.cells:
        for name, column in columns.items():
            if column.required and name not in row.cells:
                problems.add(row.place(name), "missing", "The cell must not be empty.")
    return row if problems.found == before else None


def _lost_references(sheet: Sheet, problems: Problems) -> None:
    """A formula that points at a cell or a sheet that is gone: what it counts is no longer what it says."""
    for number, cells in enumerate(sheet.rows):
        for place, cell in enumerate(cells):
            if cell.kind == "f" and "#REF!" in str(cell.value):
                where = f"{sheet.name}!{get_column_letter(place + 1)}{number + 1}"
                problems.add(where, "missing_reference", "The formula points at something that is gone.")
