"""One CSV file: its rows with their lines, each cell a value of its column's kind."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from services.som.problems import Problems
from services.som.tables.cells import BadCell, number, unformulated, whole
from services.som.tables.layout import NUMBERS, TABLES, WHOLE

MAX_FILE_BYTES = 16 * 1024 * 1024
"""A larger file is refused unread."""

MAX_ROWS = 82_000
"""Reading stops here: the most a knowledge base can hold, 2,000 consequences of 41 years."""


class Row(NamedTuple):
    """A row: its line in its file, and the cells that are not empty, by column."""

    file: str
    line: int
    cells: dict[str, Any]

    def place(self, column: str = "") -> str:
        """Where a problem of the row is: file, line and, where it has one, column."""
        return f"{self.file}:{self.line}:{column}" if column else f"{self.file}:{self.line}"


def rows_of(file: str, content: bytes, problems: Problems) -> list[Row]:
    """The rows of a file of the layout; what is wrong is noted, and the rows that are wrong are left out.

    UTF-8 with or without its mark, or Windows-1252 as Danish Excel writes; separated by commas or semicolons.
    """
    text = _text(file, content, problems)
    if text is None:
        return []
    first = text.split("\n", 1)[0]
    semicolons = first.count(";") > first.count(",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if semicolons else ",")
    try:
        header = [name.strip() for name in next(reader, [])]
        if not _header_is_right(file, header, problems):
            return []
        return [row for row in _lines(file, header, reader, semicolons, problems) if row is not None]
    except csv.Error as error:
        problems.add(f"{file}:{reader.line_num}", "csv", f"The line cannot be read as CSV: {error}.")
        return []


def _text(file: str, content: bytes, problems: Problems) -> str | None:
    if len(content) > MAX_FILE_BYTES:
        problems.add(file, "too_large", f"A file may have {MAX_FILE_BYTES // 2**20} MB.")
        return None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    problems.add(file, "text", "The file is no text: save it as CSV UTF-8.")
    return None


def _header_is_right(file: str, header: list[str], problems: Problems) -> bool:
    table, before = TABLES[file], problems.found
    for name in sorted(table.required - set(header)):
        problems.add(f"{file}:1:{name}", "missing_column", "The table has no such column.")
    for name in header:
        if name not in table.columns:
            problems.add(f"{file}:1:{name[:60]}", "unknown_column", "The table knows no such column.")
        elif header.count(name) > 1:
            problems.add(f"{file}:1:{name}", "column_twice", "The column is there twice.")
    return problems.found == before


def _lines(file: str, header: list[str], reader: Any, semicolons: bool, problems: Problems) -> Iterator[Row | None]:
    last, count = reader.line_num, 0
    for cells in reader:
        line, last = last + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS:
            problems.add(f"{file}:{line}", "too_many_rows", f"A table may have {MAX_ROWS} rows; the rest was not read.")
            return
        if len(cells) != len(header):
            problems.add(f"{file}:{line}", "columns", "The line has not as many cells as the header.")
            continue
        yield _row(file, line, dict(zip(header, cells, strict=True)), semicolons, problems)


def _row(file: str, line: int, cells: dict[str, str], semicolons: bool, problems: Problems) -> Row | None:
    before, values = problems.found, {}
    for column, cell in cells.items():
        place = f"{file}:{line}:{column}"
        try:
            text = unformulated(cell)
            if column in NUMBERS | WHOLE and text.strip():
                values[column] = whole(text) if column in WHOLE else format(number(text, semicolons), "f")
            elif column not in NUMBERS | WHOLE and text:
                values[column] = text
            elif column in TABLES[file].required:
                problems.add(place, "missing", "The cell must not be empty.")
        except BadCell as bad:
            problems.add(place, bad.rule, bad.message)
    return Row(file, line, values) if problems.found == before else None
