"""A cell's text as a value: numbers with a decimal point, or with the decimal comma that Danish Excel writes.

A comma-separated file has decimal points, a semicolon-separated one decimal commas. What can only be meant in one way
is accepted in either; a number that could be a thousand or a decimal is refused, never guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal

MAX_DIGITS = 30
"""A longer number is a slip."""

_POINT = re.compile(r"-?\d+\.\d+\Z", re.ASCII)
_COMMA = re.compile(r"-?\d+,\d+\Z", re.ASCII)
_WHOLE = re.compile(r"-?\d+\Z", re.ASCII)
_THREE_DIGITS = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}\Z", re.ASCII)
_DANISH = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+,\d+\Z", re.ASCII)
_DANISH_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(\.\d{3}){2,}\Z", re.ASCII)
_GUARDED = re.compile(r"'+[=+\-@]")


class BadCell(ValueError):
    """A cell that is no value of its column: the rule it breaks, and what to do."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def number(text: str, semicolons: bool) -> Decimal:
    """The number that a cell spells. Raises BadCell: text in a number's place, or a number that may be meant two ways.

    `1234.5` and `0.125` anywhere; `1234,5` and `1.234,50` anywhere; `1,234` is 1.234 in a semicolon-separated file
    only, `1.234` is 1.234 in a comma-separated one only.
    """
    cell = text.strip().replace("\N{MINUS SIGN}", "-")
    if len(cell) > MAX_DIGITS:
        raise BadCell("number", "Give a shorter number.")
    if _WHOLE.match(cell):
        return Decimal(cell)
    doubtful = _THREE_DIGITS.match(cell) is not None
    if _POINT.match(cell) and not (doubtful and semicolons):
        return Decimal(cell)
    if _COMMA.match(cell) and not (doubtful and not semicolons):
        return Decimal(cell.replace(",", "."))
    if _DANISH.match(cell) or _DANISH_THOUSANDS.match(cell):
        return Decimal(cell.replace(".", "").replace(",", "."))
    if doubtful:
        raise BadCell("ambiguous_number", "This may be a thousand or a decimal; write it without separating thousands.")
    raise BadCell("number", "A number belongs here, without unit or text.")


def whole(text: str) -> int:
    """The whole number that a cell spells. Raises BadCell."""
    cell = text.strip()
    if not _WHOLE.match(cell) or len(cell) > MAX_DIGITS:
        raise BadCell("whole_number", "A whole number belongs here.")
    return int(cell)


def unformulated(text: str) -> str:
    """The cell, if it is no formula; the apostrophe that guards such a text is taken off. Raises BadCell."""
    if text.startswith("="):
        raise BadCell("formula", "A value belongs here, not a formula.")
    return text[1:] if _GUARDED.match(text) else text


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula, and `unformulated` gives it back."""
    return "'" + text if re.match(r"'*[=+\-@]", text) else text
