"""Opening a workbook that somebody sent: nothing in it is run, followed or computed, and nothing may be endless."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from openpyxl import load_workbook

from services.som.problems import Problems
from services.som.workbook.layout import INPUT_SHEETS

MAX_FILE_BYTES = 8 * 2**20
"""A larger file is refused unread."""
MAX_PARTS = 300
MAX_PART_BYTES = 8 * 2**20
"""The most that a sheet of inputs, or the texts, may unpack to: so no small file becomes a large one in memory. The
sheets of formulas are not unpacked."""
MAX_SHEET_BYTES = 64 * 2**20
"""The same of a sheet that is not read."""
MAX_ROWS = 3_000
MAX_COLUMNS = 150
MAX_SHEETS = 50
WORKBOOK = "the workbook"
START_BYTES = 2048
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Cell(NamedTuple):
    """A cell's value and openpyxl's type of it: n number, s text, d date, b true or false, e error, f formula."""

    value: Any
    kind: str


EMPTY = Cell(None, "n")


class Sheet(NamedTuple):
    """The cells of a sheet of inputs, row by row from the top."""

    name: str
    rows: list[list[Cell]]

    def cell(self, row: int, column: int) -> Cell:
        """A cell by its row and column, both from 0; empty beyond the edge."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return EMPTY
        return self.rows[row][column]


def sheets_of(content: bytes, problems: Problems) -> dict[str, Sheet]:
    """The sheets of inputs; what is wrong with the file itself is noted, and then there are none.

    Macros are refused. Links to other files are not followed: a cell that needs one is a formula, and refused as that.
    """
    if len(content) > MAX_FILE_BYTES:
        problems.add(WORKBOOK, "too_large", f"A workbook may have {MAX_FILE_BYTES // 2**20} MB.")
        return {}
    if not _is_safe(content, problems):
        return {}
    with _opened(content, problems) as book:
        if book is None:
            return {}
        if len(book.sheetnames) > MAX_SHEETS:
            problems.add(WORKBOOK, "too_many_sheets", f"A workbook may have {MAX_SHEETS} sheets.")
            return {}
        for name, defined in book.defined_names.items():
            if "#REF!" in str(defined.value):
                problems.add(WORKBOOK, "missing_reference", f"The name {str(name)[:60]} points at nothing; delete it.")
        found = {}
        for name in INPUT_SHEETS:
            if name not in book.sheetnames:
                problems.add(name, "missing_sheet", "The workbook has no such sheet.")
            elif (rows := _rows(name, book[name], content, problems)) is not None:
                found[name] = Sheet(name, rows)
        return found


def _is_safe(content: bytes, problems: Problems) -> bool:
    """Looks at the package before anything is parsed: what it would unpack to, macros, and declarations of entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MAX_PARTS:
                problems.add(WORKBOOK, "too_large", f"A workbook may have {MAX_PARTS} parts.")
                return False
            for part in parts:
                name = part.filename.lower()
                if "vbaproject" in name or "/macrosheets/" in name:
                    problems.add(WORKBOOK, "macros", "The workbook has macros; save it as .xlsx, without them.")
                    return False
                if not name.endswith((".xml", ".rels")):
                    continue
                with package.open(part) as file:
                    start = file.read(START_BYTES)
                if b"<!" in start or start[:2] in UTF_16:
                    problems.add(WORKBOOK, "not_a_workbook", "The workbook declares entities, which none does.")
                    return False
                if part.file_size > _limit(name, start):
                    problems.add(WORKBOOK, "too_large", "A part of the workbook unpacks to far too much.")
                    return False
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        problems.add(WORKBOOK, "not_a_workbook", "The file is no .xlsx workbook, or is protected by a password.")
        return False
    return True


def _limit(name: str, start: bytes) -> int:
    """What a part may unpack to. openpyxl looks for a sheet's size when it opens the workbook, and without one at the
    sheet's beginning it would unpack all of it."""
    return MAX_SHEET_BYTES if "/worksheets/" in name and b"<dimension" in start else MAX_PART_BYTES


@contextmanager
def _opened(content: bytes, problems: Problems) -> Iterator[Any]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception:  # A broken file fails in openpyxl in a dozen ways; each of them means the same here.
        problems.add(WORKBOOK, "not_a_workbook", "The file cannot be read as a workbook.")
        yield None
        return
    try:
        yield book
    finally:
        book.close()


def _rows(name: str, sheet: Any, content: bytes, problems: Problems) -> list[list[Cell]] | None:
    """The rows of a sheet, read one at a time and no further than the limits. What a sheet says of its own size is not
    believed, but the size its part unpacks to is."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    rows: list[list[Cell]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if package.getinfo(path).file_size > MAX_PART_BYTES:
                problems.add(name, "too_many_rows", f"A sheet may have {MAX_ROWS} rows; this one is far larger.")
                return None
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows()):
            if number >= MAX_ROWS:
                problems.add(f"{name}!A{number + 1}", "too_many_rows", f"A sheet may have {MAX_ROWS} rows.")
                return None
            if len(row) > MAX_COLUMNS:
                problems.add(f"{name}!A{number + 1}", "too_many_columns", f"A sheet may have {MAX_COLUMNS} columns.")
                return None
            rows.append([Cell(cell.value, cell.data_type) for cell in row])
    except Exception:  # As above.
        problems.add(name, "not_a_workbook", "The sheet cannot be read.")
        return None
    return rows
