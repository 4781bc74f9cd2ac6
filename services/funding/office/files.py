"""What the office gives and gets as text: CSV files, amounts in kroner, and draws on account-years."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO

from shared.kernel.rejection import Rejected

MAX_FILE_BYTES = 8 * 1024 * 1024
"""A larger file is refused unread; ten thousand payments take a tenth of it."""


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


def read_text(file: str) -> str:
    """The text of a file, or of standard input. Raises Rejected FILE_INVALID when it is too large or no text."""
    try:
        source = sys.stdin.buffer if file == "-" else open(file, "rb")  # noqa: SIM115 - closed below
        with source:
            content = source.read(MAX_FILE_BYTES + 1)
        if len(content) <= MAX_FILE_BYTES:
            return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file cannot be read as UTF-8 text: {type(error).__name__}."
        raise Rejected("FILE_INVALID", message, [field("file", "text")]) from None
    raise Rejected("FILE_INVALID", "The file is too large.", [field("file", "size")], limit_bytes=MAX_FILE_BYTES)


@contextmanager
def written(file: str) -> Iterator[BinaryIO]:
    """A file to be written whole or not at all. Raises Rejected FILE_INVALID when it cannot be."""
    if file == "-":
        yield sys.stdout.buffer
        return
    beside = Path(f"{file}.part")
    try:
        with open(beside, "wb") as out:
            yield out
        beside.replace(file)
    except OSError as error:
        message = f"The file cannot be written: {type(error).__name__}."
        raise Rejected("FILE_INVALID", message, [field("file", "writable")]) from None
    finally:
        beside.unlink(missing_ok=True)


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


def oere_of(text: str, name: str) -> int:
    """Kroner with at most two decimals, as øre; `1500000`, `1500000.50` or `1500000,50`."""
    try:
        amount = Decimal(text.replace(",", ".")) * 100
        if amount == amount.to_integral_value() and 0 < amount <= 10**15:
            return int(amount)
    except InvalidOperation:
        pass
    message = "Give kroner with at most two decimals, without separators between thousands."
    raise Rejected("AMOUNT_INVALID", message, [field(name, "kroner")])


def field(name: str, rule: str) -> dict[str, str]:
    return {"field": name, "rule": rule}
