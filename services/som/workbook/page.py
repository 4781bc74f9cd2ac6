"""A sheet being written: cells with their look, and where they ended up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.som.workbook.layout import Column, Table

INPUT = PatternFill("solid", fgColor="FFF8DC")
HEAD = PatternFill("solid", fgColor="DCE6F1")
WARNING = PatternFill("solid", fgColor="FCE4D6")
LINE = Border(bottom=Side(style="hair", color="BBBBBB"))
FORMATS = {"whole": "0", "number": "General", "kroner": "#,##0.00", "date": "yyyy-mm-dd", "text": "@"}
"""By kind; the programme shows them with the reader's own decimal and thousands marks."""

MONEY = "#,##0.00"
FACTOR = "0.000000000000"
TWO_LINES = 30
"""Points; a heading that wraps does not make its row higher by itself."""
LIST_ROWS = 2_000
"""A drop-down list reaches so far down, so that rows typed below the last one have it too."""


@dataclass
class Page:
    """One sheet, written from the top; `row` is the next free one."""

    sheet: Worksheet
    row: int = 1
    _lists: dict[tuple[str, ...], DataValidation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # On paper every sheet is as wide as the page; a table over five pages side by side is read by nobody.
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

    @property
    def name(self) -> str:
        """The sheet's name."""
        return str(self.sheet.title)

    def ref(self, row: int, column: int, last_row: int | None = None, last_column: int | None = None) -> str:
        """An absolute reference to a cell or a range of this sheet, as formulas of any sheet spell it."""
        start = f"'{self.name}'!${get_column_letter(column)}${row}"
        if last_row is None and last_column is None:
            return start
        return f"{start}:${get_column_letter(last_column or column)}${last_row or row}"

    def text(self, row: int, column: int, value: str) -> Any:
        """Write text as text: what begins with an equals sign is no formula."""
        cell: Any = self.sheet.cell(row, column)
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        return cell

    def value(self, row: int, column: int, value: Any, number_format: str | None = None) -> Any:
        """Write a value, or a formula when it is text that begins with an equals sign."""
        cell: Any = self.sheet.cell(row, column, float(value) if isinstance(value, Decimal) else value)
        if number_format is not None:
            cell.number_format = number_format
        return cell

    def title(self, title: str, explained: str) -> None:
        """The sheet's heading and what the reader does here."""
        self.text(1, 1, title).font = Font(bold=True, size=14)
        self.text(2, 1, explained).font = Font(italic=True, color="555555")
        self.row = 4

    def heading(self, title: str, note: str = "") -> None:
        """A table's title in column A, on a row of its own."""
        self.text(self.row, 1, title).font = Font(bold=True, size=12)
        if note:
            self.text(self.row, 3, note).font = Font(italic=True, color="555555")
        self.row += 1

    def heads(self, headings: Sequence[str], notes: Sequence[str] = ()) -> None:
        """A row of column headings, each with its comment."""
        for place, heading in enumerate(headings):
            cell = self.text(self.row, place + 1, heading)
            cell.font, cell.fill = Font(bold=True), HEAD
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if place < len(notes) and notes[place]:
                cell.comment = Comment(notes[place], "Virksom")
        self.sheet.row_dimensions[self.row].height = TWO_LINES
        self.row += 1

    def enter(self, row: int, at: int, column: Column, value: Any) -> None:
        """An input cell, filled in or empty, with its drop-down list."""
        if isinstance(value, str) and column.words is not None:
            value = column.words[value]
        if isinstance(value, str):
            cell = self.text(row, at, value)
        else:
            cell = self.value(row, at, value)
        cell.number_format = FORMATS[column.kind]
        cell.fill, cell.border = INPUT, LINE
        if column.words is not None:
            self._list(tuple(column.words.values())).add(cell)

    def widths(self, columns: Sequence[int]) -> None:
        """The columns' widths, in characters."""
        for place, width in enumerate(columns):
            letter = get_column_letter(place + 1)
            known = self.sheet.column_dimensions[letter].width
            self.sheet.column_dimensions[letter].width = max(width, known if letter in self._set else 0)
            self._set.add(letter)

    _set: set[str] = field(default_factory=set)

    def _list(self, words: tuple[str, ...]) -> DataValidation:
        if words not in self._lists:
            chosen = DataValidation(type="list", formula1='"' + ",".join(words) + '"', allow_blank=True)
            chosen.error, chosen.errorTitle = "Vælg fra listen.", "Ukendt ord"
            self.sheet.add_data_validation(chosen)
            self._lists[words] = chosen
        return self._lists[words]


@dataclass(frozen=True)
class Written:
    """A table as written: its rows, and the column each of its inputs stands in."""

    page: Page
    first: int
    last: int
    columns: dict[str, int]

    def cell(self, name: str, row: int) -> str:
        """The reference to a column's cell in the table's `row`-th row, from 0."""
        return self.page.ref(self.first + row, self.columns[name])

    def range(self, name: str) -> str:
        """The reference to all of a column."""
        return self.page.ref(self.first, self.columns[name], self.last)

    @property
    def length(self) -> int:
        """How many rows it has, the empty ones too."""
        return self.last - self.first + 1


def write_fields(page: Page, columns: Sequence[Column], values: dict[str, Any]) -> dict[str, str]:
    """Fields one a row; where each value stands."""
    places = {}
    for column in columns:
        page.text(page.row, 1, column.heading)
        page.enter(page.row, 2, column, values.get(column.name))
        page.text(page.row, 3, column.note).font = Font(italic=True, color="555555")
        places[column.name] = page.ref(page.row, 2)
        page.row += 1
    page.row += 1 if columns else 0
    return places


def write_table(
    page: Page, table: Table, rows: Sequence[dict[str, Any]], spare: int, more: Sequence[Column] = ()
) -> Written:
    """A table with its rows and `spare` empty ones; `more`: columns after its own."""
    columns = (*table.columns, *more)
    page.heading(table.title, table.note)
    page.heads([one.heading for one in columns], [one.note for one in columns])
    page.widths([one.width for one in columns])
    first = page.row
    for values in (*rows, *({} for _ in range(spare))):
        for place, column in enumerate(columns):
            page.enter(page.row, place + 1, column, values.get(column.name))
        page.row += 1
    page.row += 1
    return Written(page, first, page.row - 2, {one.name: place + 1 for place, one in enumerate(columns)})
