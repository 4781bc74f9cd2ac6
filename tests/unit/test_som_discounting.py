"""Discount factors by decision date, years ahead and timing, against the Ministry of Finance's rates."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.som import events as e
from services.som.model.discounting import discount_factors, rate_ahead
from shared.kernel.rejection import Rejected

RATES = Path(e.__file__).parents[1] / "data" / "discount_rates.csv"
OLD, NEW = date(2017, 5, 9), date(2022, 1, 1)
"""Decisions under 4/3/2 and under 3.5/2.5/1.5."""
TIMINGS: tuple[e.Timing, ...] = ("start", "middle", "end")


def shipped() -> tuple[e.DiscountRate, ...]:
    """The shipped tables."""
    with RATES.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "to_year": row["to_year"] or None} for row in csv.DictReader(file)]
    return tuple(e.DiscountRate.model_validate(row) for row in rows)


def factor(decided: date, ahead: int, timing: e.Timing = "start") -> float:
    """The factor of so many years after the decision's."""
    (found,) = discount_factors(shipped(), decided, [decided.year + ahead], timing)
    return float(found)


@pytest.mark.parametrize(
    ("decided", "rates"),
    [
        (date(1999, 1, 1), (0.06, 0.06, 0.06)),
        (date(2008, 12, 31), (0.06, 0.06, 0.06)),
        (date(2009, 1, 1), (0.05, 0.05, 0.05)),
        (date(2013, 5, 30), (0.05, 0.05, 0.05)),
        (date(2013, 5, 31), (0.04, 0.03, 0.02)),
        (date(2021, 1, 6), (0.04, 0.03, 0.02)),
        (date(2021, 1, 7), (0.035, 0.025, 0.015)),
        (date(2030, 1, 1), (0.035, 0.025, 0.015)),
    ],
)
def test_the_table_is_the_one_in_force_on_the_day_of_the_decision(
    decided: date, rates: tuple[float, float, float]
) -> None:
    """Domain facts 3.1 (fm.dk, 31 May 2013; the note of 7 January 2021). The sources contradict each other on the years
    before 2013: 6 % from 1999, 5 % allowed on some areas from 2009, and "5 % in recent years"; both first days are
    marked assumed in the shipped rows, and so is nothing else."""
    step = [factor(decided, ahead - 1) / factor(decided, ahead) - 1 for ahead in (35, 36, 71)]
    assert step == pytest.approx(rates, abs=1e-9)
    with RATES.open(encoding="utf-8", newline="") as file:
        assumed = [row["rate"] for row in csv.DictReader(file) if row["status"] == "assumed"]
    assert assumed == ["0.06", "0.05"]


@pytest.mark.parametrize(("decided", "expected"), [(OLD, 0.218598), (NEW, 0.265136)])
def test_case_26_the_factor_of_year_40_under_both_tables(decided: date, expected: float) -> None:
    """Domain table (b) case 26, forward compounding [derived], tolerance half the last digit."""
    assert factor(decided, 40) == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(("decided", "first", "second", "third"), [(OLD, 1.04, 1.03, 1.02), (NEW, 1.035, 1.025, 1.015)])
def test_the_rate_falls_after_35_and_after_70_years(decided: date, first: float, second: float, third: float) -> None:
    """Years 1-35 by the first rate, 36-70 by the second, later by the third (domain facts 3.1)."""
    assert factor(decided, 0) == 1
    assert factor(decided, 1) == pytest.approx(1 / first)
    assert factor(decided, 35) == pytest.approx(first**-35)
    assert factor(decided, 36) == pytest.approx(first**-35 / second)
    assert factor(decided, 70) == pytest.approx(first**-35 * second**-35)
    assert factor(decided, 80) == pytest.approx(first**-35 * second**-35 * third**-10)


def test_v27_three_years_of_the_same_cost_by_timing() -> None:
    """Verification V27 (R&R2-ADHD in SØM): 958,000 kr. a year for three years at 4 % is 2,764,879 with the first year
    undiscounted and 2,658,537 at the years' ends, tolerance 1 kr. Proves the timing convention; half way between, in
    time, stands the middle of the years."""
    present = {timing: 958_000 * sum(factor(OLD, ahead, timing) for ahead in range(3)) for timing in TIMINGS}
    assert present["start"] == pytest.approx(2_764_879, abs=1)
    assert present["end"] == pytest.approx(2_658_537, abs=1)
    assert present["middle"] == pytest.approx((present["start"] * present["end"]) ** 0.5, abs=0.01)
    assert round(958_000 / 34) == 28_176


@pytest.mark.parametrize("decided", [OLD, NEW])
def test_an_annuity_agrees_with_a_well_kept_library(decided: date) -> None:
    """numpy-financial's net present value of ten equal flows, the first undiscounted, and of an annuity in arrears."""
    rate = 0.04 if decided == OLD else 0.035
    at_start = sum(factor(decided, ahead) for ahead in range(10))
    assert at_start == pytest.approx(float(npf.npv(rate, [1] * 10)), abs=1e-9)
    at_end = sum(factor(decided, ahead, "end") for ahead in range(10))
    assert at_end == pytest.approx(float(-npf.pv(rate, 10, 1)), abs=1e-9)


def test_a_flow_at_the_end_of_a_year_is_one_at_the_start_of_the_next() -> None:
    for ahead in (0, 1, 34, 35, 70):
        assert factor(OLD, ahead, "end") == factor(OLD, ahead + 1)


def test_the_middle_of_the_35th_year_ahead_is_discounted_by_the_next_years_rate() -> None:
    assert factor(OLD, 35, "middle") == pytest.approx(1.04**-35 * 1.03**-0.5)


def test_flows_before_the_year_of_the_decision_count_as_of_it() -> None:
    found = discount_factors(shipped(), OLD, [2015, 2016, 2017, 2018])
    assert [str(one) for one in found] == ["1.000000000000"] * 3 + ["0.961538461538"]


def test_the_order_of_the_rows_does_not_matter() -> None:
    years = range(2017, 2110)
    assert discount_factors(shipped()[::-1], OLD, years) == discount_factors(shipped(), OLD, years)


def test_the_day_within_the_year_moves_no_flow() -> None:
    """The year of the decision is year 0 whole, whichever its day."""
    years = range(2017, 2030)
    assert discount_factors(shipped(), date(2017, 1, 1), years) == discount_factors(
        shipped(), date(2017, 12, 31), years
    )


def test_a_decision_older_than_every_table_is_refused_with_its_date() -> None:
    with pytest.raises(Rejected) as refused:
        discount_factors(shipped(), date(1998, 12, 31), [1998])
    assert (refused.value.code, refused.value.figures) == ("DISCOUNT_TABLE_MISSING", {"decision_date": "1998-12-31"})


def test_a_table_that_ends_serves_as_far_as_it_goes() -> None:
    """With the start of the year as timing the last year needs no rate beyond it; with the others it does."""
    short = (e.DiscountRate(decided_from=date(2013, 5, 31), from_year=0, to_year=2, rate=Decimal("0.04")),)
    assert len(discount_factors(short, OLD, [2017, 2018, 2019])) == 3
    for timing, years in (("end", [2019]), ("middle", [2019]), ("start", [2020])):
        with pytest.raises(Rejected) as refused:
            discount_factors(short, OLD, years, timing)  # type: ignore[arg-type]
        assert (refused.value.code, refused.value.figures) == ("DISCOUNT_TABLE_GAP", {"year": 3})
    with pytest.raises(Rejected):
        rate_ahead((), 1)


@given(st.sampled_from([OLD, NEW]), st.sampled_from(TIMINGS))
def test_factors_fall_from_year_to_year_and_stay_above_nought(decided: date, timing: e.Timing) -> None:
    found = discount_factors(shipped(), decided, range(decided.year, decided.year + 100), timing)
    assert all(1 >= before > after > 0 for before, after in pairwise(found))
    assert {row.as_tuple().exponent for row in found} == {-12}
