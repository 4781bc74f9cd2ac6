"""The journal as CSV after RFC 4180: commas, CRLF, a header, UTF-8; amounts in øre and in kroner with a decimal point.

A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers are never touched.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from services.funding.exports.reading import Line, kroner

HEADER = (*Line._fields, "amount_kr")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def text(lines: Iterable[Line]) -> Iterator[str]:
    """The file, line by line; what is not there is left empty."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield writer.writerow(HEADER)
    for line in lines:
        yield writer.writerow([*map(guarded, line), kroner(line.amount_oere)])


def guarded(value: str | int | None) -> str | int | None:
    """The value so that no spreadsheet takes it for a formula."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
