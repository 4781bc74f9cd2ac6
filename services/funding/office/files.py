"""What the fund's office gives as text: CSV files, and draws on account-years."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.kernel.rejection import Rejected
from shared.office.files import field, oere_of, read_text


def rows(file: Path, *columns: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with these columns, each with its line. Raises Rejected FILE_INVALID, naming the line."""
    reader = csv.DictReader(io.StringIO(read_text(str(file)), newline=""), restkey="")
    missing = sorted(set(columns) - set(reader.fieldnames or ()))
    if missing:
        raise Rejected("FILE_INVALID", f"The file has no column {', '.join(missing)}.", [field("file", "columns")])
    for row in reader:
        if "" in row or None in row.values():
            message = f"Line {reader.line_num} has not as many columns as the header."
            raise Rejected("FILE_INVALID", message, [field("file", "columns")], line=reader.line_num)
        yield reader.line_num, {name: row[name] for name in columns}


def whole(text: str, line: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        message = f"amount_oere on line {line} is not a whole number of øre."
        raise Rejected("FILE_INVALID", message, [field("amount_oere", "whole")], line=line)
    return int(text)


def draw_of(text: str) -> dict[str, Any]:
    account, _, rest = text.partition("/")
    year, _, amount = rest.partition("=")
    if not (account and year.isascii() and year.isdecimal() and len(year) == 4 and amount):
        raise Rejected("DRAW_INVALID", "Say it like 15.26.04.10/2018=1500000.00.", [field("draw", "form")])
    return {"account": account, "budget_year": int(year), "amount_oere": oere_of(amount, "draw")}
