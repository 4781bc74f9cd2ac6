"""The journal as a workbook: what it is on one sheet, its lines on the next, amounts as numbers of kroner.

XLSX numbers are floating point, in which kroner of up to 10^15 øre keep their two decimals; `amount_oere` is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from services.funding.exports.csv_file import HEADER, guarded
from services.funding.exports.reading import Line

MAX_ROWS = 1_048_576
"""The format's own limit, header included; a longer journal goes on on another sheet."""


def write(file: BinaryIO, about: str, lines: Iterable[Line], max_rows: int = MAX_ROWS) -> None:
    """Write the workbook; the rows go to disk as they come."""
    book = Workbook(write_only=True)
    book.create_sheet("about").append([about])
    rest, more, number = iter(lines), True, 1
    while more:
        sheet = book.create_sheet("journal" if number == 1 else f"journal {number}")
        sheet.freeze_panes = "A2"
        sheet.append(HEADER)
        written = 0
        for line in islice(rest, max_rows - 1):
            sheet.append(_row(sheet, line))
            written += 1
        more, number = written == max_rows - 1, number + 1
    book.save(file)


def _row(sheet: Any, line: Line) -> Iterator[Any]:
    yield from map(guarded, line)
    amount = WriteOnlyCell(sheet, line.amount_oere / 100)
    amount.number_format = "#,##0.00"
    yield amount
