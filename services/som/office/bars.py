"""The tornado and the forest of studies as bars of text, read without colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from services.som.office.words import kind, number, said
from services.som.wording import COST_WORDS
from shared.office.words import Language, kroner

WIDTH = 41
"""Characters of a bar; odd, so that a bar can have a middle."""
LOW, HIGH, BASE = "░", "█", "|"
REACH, CROSSED, POINT = "─", "┼", "■"
UNITS = {
    "rate": ("", ""),
    "people": ("personer", "people"),
    "oere": ("kr.", "DKK"),
    "use": ("forbrug", "use"),
    "kroner": ("kr.", "DKK"),
}


def tornado_table(bars: Sequence[Mapping[str, Any]], base_oere: int, language: Language, most: int) -> Table:
    """The widest bars, the widest first: ░ is the input at its low, █ at its high, | the result as it is."""
    made = Table()
    heads = (
        ("Input", "Input"),
        ("Lav", "Low"),
        ("Høj", "High"),
        ("", ""),
        ("Ved lav", "At low"),
        ("Ved høj", "At high"),
    )
    for place, head in enumerate(heads):
        made.add_column(said(head, language), justify="right" if place in (1, 2, 4, 5) else "left", no_wrap=place == 3)
    ends = [sum(bar[end].values()) for bar in bars for end in ("at_low", "at_high")]
    span = (min([*ends, base_oere]), max([*ends, base_oere]))
    for bar in bars[:most]:
        low, high = (sum(bar[end].values()) for end in ("at_low", "at_high"))
        one = bar["input"]
        made.add_row(
            f"{kind(one['kind'], language)}: {_label(one['label'], language)}{' *' if one['assumed'] else ''}",
            _figure(one, "low", language),
            _figure(one, "high", language),
            drawn(low, high, base_oere, span),
            kroner(low, language),
            kroner(high, language),
        )
    return made


def drawn(low: int, high: int, base: int, span: tuple[int, int]) -> str:
    """One bar: from the base to the result at the input's low, and to that at its high."""
    middle = _place(base, span)
    cells = [" "] * WIDTH
    for end, sign in ((low, LOW), (high, HIGH)):
        place = _place(end, span)
        for cell in range(min(place, middle), max(place, middle) + 1):
            cells[cell] = sign
    cells[middle] = BASE
    return "".join(cells)


def interval(found: Mapping[str, str], span: tuple[float, float]) -> str:
    """An estimate with its interval, `estimate`, `low` and `high`, and where nought is; `span` holds them all."""
    first, last, nought = (_place(float(one), span) for one in (found["low"], found["high"], "0"))
    cells = [REACH if first <= cell <= last else " " for cell in range(WIDTH)]
    cells[nought] = CROSSED if first <= nought <= last else BASE
    cells[_place(float(found["estimate"]), span)] = POINT
    return "".join(cells)


def _label(label: str, language: Language) -> str:
    words = {name: said(both, language) for name, both in COST_WORDS.items()}
    return words.get(label, label)


def _place(amount: float, span: tuple[float, float]) -> int:
    width = span[1] - span[0]
    return round((amount - span[0]) * (WIDTH - 1) / width) if width else WIDTH // 2


def _figure(one: Mapping[str, Any], end: str, language: Language) -> str:
    unit = one["unit"]
    if unit == "oere":
        return kroner(round(float(one[end])), language)
    places = 2 if unit == "kroner" else 4
    return f"{number(one[end], language, places)} {said(UNITS.get(unit, ('', '')), language)}".strip()
