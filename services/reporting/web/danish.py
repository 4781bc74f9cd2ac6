"""Numbers, dates and lists as Danish readers expect them.

Babel groups digits and names months; it writes negative numbers with a hyphen, so the sign is ours: U+2212,
never a hyphen, and none at all on what is rounded to nought. A number and its unit are held together by
no-break spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from shared.kernel.calendar import COPENHAGEN

NO_BREAK = "\u00a0"
MINUS = "\u2212"

_WORDS = (
    "ingen", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv",
)  # fmt: skip

Number = int | float | Decimal


@lru_cache(maxsize=4096)
def number(value: Number, decimals: int = 0, *, signed: bool = False) -> str:
    """`1.812.500`, `−8,9`; with `signed` also `+11,4`. Halves are rounded away from nought."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    digits = format_decimal(abs(rounded), format=pattern, locale="da")
    if rounded < 0:
        return MINUS + digits
    return "+" + digits if signed and rounded > 0 else digits


def kroner(oere: int) -> str:
    """`1.812.500 kr.`; øre are shown only where there are any."""
    return number(Decimal(oere) / 100, 2 if oere % 100 else 0) + NO_BREAK + "kr."


def millions(oere: int, *, signed: bool = False) -> str:
    """Millions of kroner without the unit, for a column that names it: `263,8`."""
    return number(Decimal(oere) / 100_000_000, 1, signed=signed)


def millions_kr(oere: int, *, signed: bool = False) -> str:
    """`263,8 mio. kr.`"""
    return f"{millions(oere, signed=signed)}{NO_BREAK}mio.{NO_BREAK}kr."


def share(part: int, whole: int) -> str | None:
    """Whole per cent without the unit, for a column that names it: `61`. None of nothing."""
    return None if whole == 0 else number(Decimal(part) * 100 / Decimal(whole))


def per_cent(part: int, whole: int) -> str | None:
    """`61 pct.`; None of nothing."""
    figure = share(part, whole)
    return None if figure is None else f"{figure}{NO_BREAK}pct."


def points(difference: float) -> str:
    """A difference of two shares in percentage points, without the unit: `+11,4`."""
    return number(Decimal(str(difference)) * 100, 1, signed=True)


def interval(low: float, high: float) -> str:
    """`95 pct.: +5,4 til +17,4`: "til", because a dash between signed numbers is read as a minus."""
    return f"95{NO_BREAK}pct.: {points(low)} til {points(high)}"


def number_word(value: int, *, capital: bool = False) -> str:
    """Up to twelve in words, beyond in digits: `seks`, `63`."""
    word = _WORDS[value] if 0 <= value < len(_WORDS) else number(value)
    return word[:1].upper() + word[1:] if capital else word


def listed(words: Sequence[str]) -> str:
    """`kommuner`, `kommuner og stat`, `kommuner, regioner og stat`."""
    return " og ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def local_time(recorded_at: str | datetime) -> datetime:
    """A time in UTC, as logs hold it, as the clock in Denmark showed it."""
    moment = datetime.fromisoformat(recorded_at) if isinstance(recorded_at, str) else recorded_at
    return moment.astimezone(COPENHAGEN)


def day(value: date) -> str:
    """`22. november 2019`"""
    return format_date(value, "d. MMMM y", locale="da").replace(" ", NO_BREAK)


def short_day(value: date) -> str:
    """`22.11.2019`"""
    return format_date(value, "d.M.y", locale="da")


def clock(value: datetime, *, seconds: bool = False) -> str:
    """`14.05`, or with seconds `14.05.09`."""
    return value.strftime("%H.%M.%S" if seconds else "%H.%M")


def moment(value: datetime) -> str:
    """`22. november 2019 kl. 14.05`"""
    return f"{day(value)} kl.{NO_BREAK}{clock(value)}"
