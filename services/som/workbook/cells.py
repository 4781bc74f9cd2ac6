"""One input cell: its value by its column's kind, or what is wrong with it."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from services.som.tables.cells import BadCell, number
from services.som.workbook.layout import Column, code
from services.som.workbook.opening import Cell

MAX_DIGITS = 15
"""So many digits a spreadsheet keeps of a number."""


def value_of(cell: Cell, column: Column) -> Any:
    """The cell's value as JSON: numbers of decimals as text, whole numbers and øre as int, a day as `2023-05-01`; None
    when it is empty. Raises BadCell."""
    value = cell.value
    if cell.kind == "f":
        raise BadCell("formula", "A value belongs here, not a formula: paste it as a value.")
    if cell.kind == "e":
        raise BadCell("error_value", "The cell holds a spreadsheet's error; give a value.")
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool):
        raise BadCell("boolean", "A value belongs here, not true or false.")
    if column.kind == "text":
        return _text(value, column)
    if column.kind == "date":
        return _day(value)
    exact = _number(value)
    if column.kind == "number":
        return format(exact, "f")
    if column.kind == "kroner":
        exact *= 100
        if exact != exact.to_integral_value():
            raise BadCell("whole_oere", "An amount has at most two decimals.")
    elif exact != exact.to_integral_value():
        raise BadCell("whole_number", "A whole number belongs here.")
    return int(exact)


def _text(value: Any, column: Column) -> str:
    if isinstance(value, date | time):
        raise BadCell("text", "A text belongs here, not a date.")
    # A name of digits only was typed as a number.
    text = value if isinstance(value, str) else format(_number(value), "f")
    if column.words is None:
        return text
    found = code(column.words, text)
    if found is None:
        raise BadCell("unknown_word", "Choose one of: " + ", ".join(column.words.values()) + ".")
    return found


def _number(value: Any) -> Decimal:
    if isinstance(value, str):
        raise BadCell("text_number", _looks_like(value))
    if isinstance(value, date | time):
        raise BadCell("number", "A number belongs here, not a date: the cell is formatted as one.")
    if not isinstance(value, int | float) or abs(value) > 1e15:
        raise BadCell("number", "A number belongs here.")
    return Decimal(format(value, f".{MAX_DIGITS}g"))


def _looks_like(text: str) -> str:
    """What to say of a text in a number's place. It is refused even where it can be meant in one way only: the formulas
    do not count it, so the workbook's result would not be the imported case's."""
    try:
        meant = number(text, semicolons=True)
    except BadCell as bad:
        if bad.rule == "ambiguous_number":
            return "The cell is text that may be a thousand or a decimal; type it as a number."
        return "A number belongs here, not text."
    return f"The cell is text that looks like the number {format(meant, 'f')}; type it as a number."


def _day(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        raise BadCell("text_date", "The cell is text; type the day as a date.")
    raise BadCell("date", "A date belongs here: format the cell as a date.")
