"""What an office gives and gets as files and text: small files read whole, files written whole, amounts in kroner."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import BinaryIO

from shared.kernel.rejection import Rejected

MAX_FILE_BYTES = 8 * 1024 * 1024
"""A larger file is refused unread; ten thousand payments take a tenth of it."""


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
