"""Danish numbers, dates and lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.reporting.web import danish
from shared.kernel.money import oere

NB = "\u00a0"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (3412, 0, "3.412"),
        (1_812_500, 0, "1.812.500"),
        (-8900, 0, "−8.900"),
        (Decimal("2.8"), 1, "2,8"),
        (Decimal("-0.04"), 1, "0,0"),
        (Decimal("0.05"), 1, "0,1"),
        (Decimal("-0.05"), 1, "−0,1"),
        (0.1, 1, "0,1"),
    ],
)
def test_numbers_have_points_commas_and_a_true_minus(value: int | Decimal, decimals: int, text: str) -> None:
    assert danish.number(value, decimals) == text


def test_signs_are_written_only_on_what_is_not_nought() -> None:
    written = [danish.millions(oere(kroner), signed=True) for kroner in (134_500_000, -8_900_000, 10_000, -10_000)]
    assert written == ["+134,5", "−8,9", "0,0", "0,0"]


def test_amounts_keep_their_unit_on_the_same_line() -> None:
    assert danish.kroner(oere(1_812_500)) == f"1.812.500{NB}kr."
    assert danish.kroner(12_345) == f"123,45{NB}kr."
    assert danish.kroner(-12_345) == f"−123,45{NB}kr."
    assert danish.millions_kr(oere(263_849_999)) == f"263,8{NB}mio.{NB}kr."


def test_shares_and_differences() -> None:
    assert danish.per_cent(61, 100) == f"61{NB}pct."
    assert danish.per_cent(1, 0) is None
    assert danish.points(0.114) == "+11,4"
    assert danish.interval(0.054, 0.174) == f"95{NB}pct.: +5,4 til +17,4"
    assert danish.interval(-0.054, 0.174) == f"95{NB}pct.: −5,4 til +17,4"


def test_dates_and_times_are_those_of_danish_clocks() -> None:
    winter = danish.local_time("2019-11-22T13:05:09.000000+00:00")
    summer = danish.local_time("2019-06-22T13:05:09.000000+00:00")
    assert danish.moment(winter) == f"22.{NB}november{NB}2019 kl.{NB}14.05"
    assert danish.clock(summer, seconds=True) == "15.05.09"
    assert danish.short_day(date(2019, 3, 1)) == "1.3.2019"
    assert danish.day(date(2019, 3, 1)) == f"1.{NB}marts{NB}2019"


def test_small_numbers_are_words() -> None:
    assert [danish.number_word(value) for value in (0, 6, 12, 13, 1200)] == [
        "ingen",
        "seks",
        "tolv",
        "13",
        "1.200",
    ]
    assert danish.number_word(6, capital=True) == "Seks"


def test_lists_end_in_og() -> None:
    words = ["kommuner", "regioner", "stat"]
    assert [danish.listed(words[:count]) for count in range(4)] == [
        "",
        "kommuner",
        "kommuner og regioner",
        "kommuner, regioner og stat",
    ]
