"""The office's tables and amounts, as Danish or English writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from babel.numbers import format_decimal
from rich.table import Table

Language = Literal["da", "en"]


class Vocabulary(NamedTuple):
    """A service's tables: the `columns` of each in order, what a column is called in Danish and English (`words`), what
    the `values` of some columns are called in both, and which columns stand to the right."""

    columns: Mapping[str, str]
    words: Mapping[str, tuple[str, str]]
    values: Mapping[str, Mapping[str, tuple[str, str]]]
    right: frozenset[str]

    def word(self, name: str, language: Language) -> str:
        """What a column is called."""
        danish, english = self.words[name]
        return danish if language == "da" else english

    def shown(self, name: str, value: Any, language: Language) -> str:
        """A cell of a table as a person reads it."""
        if value is None:
            return ""
        if name.endswith("_oere"):
            return kroner(value, language)
        if isinstance(value, bool):
            return ("ja" if language == "da" else "yes") if value else ""
        danish, english = self.values.get(name, {}).get(value, (str(value), str(value)))
        return danish if language == "da" else english

    def table(self, kind: str, rows: Sequence[Mapping[str, Any]], language: Language) -> Table:
        """The rows as a table; amounts stand to the right, in kroner."""
        made, columns = Table(), self.columns[kind].split()
        for name in columns:
            right = name.endswith("_oere") or name in self.right
            made.add_column(self.word(name, language), justify="right" if right else "left", overflow="fold")
        for row in rows:
            made.add_row(*(self.shown(name, row.get(name), language) for name in columns))
        return made


def kroner(amount_oere: int, language: Language) -> str:
    """An amount in kroner with two decimals, as the language writes it: `1.234,50` or `1,234.50`."""
    whole, rest = divmod(abs(amount_oere), 100)
    digits = format_decimal(whole, format="#,##0", locale=language)
    sign = "-" if amount_oere < 0 else ""
    return f"{sign}{digits}{',' if language == 'da' else '.'}{rest:02d}"
