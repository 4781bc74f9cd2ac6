"""The effect of a trial, held against published worked values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.trials.effect import Difference, difference, effect, wilson

FOUR = Decimal("0.0001")


@pytest.mark.parametrize(
    ("arm", "comparison", "value", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17, 1998, 873-890, table II, method 10, examples (a) to (h).
        ((56, 70), (48, 80), "0.2000", "0.0524", "0.3339"),
        ((9, 10), (3, 10), "0.6000", "0.1705", "0.8090"),
        ((6, 7), (2, 7), "0.5714", "0.0582", "0.8062"),
        ((5, 56), (0, 29), "0.0893", "-0.0381", "0.1926"),
        ((0, 10), (0, 20), "0.0000", "-0.1611", "0.2775"),
        ((0, 10), (0, 10), "0.0000", "-0.2775", "0.2775"),
        ((10, 10), (0, 20), "1.0000", "0.6791", "1.0000"),
        ((10, 10), (0, 10), "1.0000", "0.6075", "1.0000"),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    arm: tuple[int, int], comparison: tuple[int, int], value: str, low: str, high: str
) -> None:
    found = difference(arm, comparison)
    assert found is not None
    figures = [figure.quantize(FOUR) for figure in (found.value, found.low, found.high)]
    assert figures == [Decimal(value), Decimal(low), Decimal(high)]


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17, 1998, 857-872 (single proportion), table I, method 3.
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_the_interval_of_a_share_is_wilsons(successes: int, n: int, low: str, high: str) -> None:
    found = tuple(Decimal(end).quantize(FOUR) for end in wilson(successes, n))
    assert found == (Decimal(low), Decimal(high))


def test_a_share_of_none_or_all_has_an_exact_end() -> None:
    assert wilson(0, 7)[0] == 0.0
    assert wilson(7, 7)[1] == 1.0


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (-1, 5), (6, 5), (1, 0), (0, -1)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson(successes, n)


def test_each_arm_and_all_together_are_compared_with_the_comparison() -> None:
    found = effect({"course": (56, 70), "mentor": (24, 40), "comparison": (48, 80)})
    course, mentor, comparison = found.arms
    assert (course.arm, course.successes, course.assessed, course.share) == ("course", 56, 70, Decimal("0.8"))
    assert course.difference == difference((56, 70), (48, 80))
    assert mentor.difference is not None
    assert mentor.difference.value == 0
    assert comparison.difference is None
    assert found.difference == difference((80, 110), (48, 80))


def test_swapping_the_arms_mirrors_the_difference() -> None:
    one, other = difference((9, 10), (3, 10)), difference((3, 10), (9, 10))
    assert one is not None
    assert other == Difference(value=-one.value, low=-one.high, high=-one.low)


@pytest.mark.parametrize("arms", [{"course": (3, 5), "comparison": (0, 0)}, {"course": (3, 5)}, {"comparison": (1, 2)}])
def test_there_is_no_difference_without_somebody_assessed_on_both_sides(
    arms: dict[str, tuple[int, int]],
) -> None:
    found = effect(arms)
    assert found.difference is None
    assert all(arm.difference is None for arm in found.arms)


def test_an_arm_with_nobody_assessed_has_no_share() -> None:
    (course, comparison) = effect({"course": (0, 0), "comparison": (1, 2)}).arms
    assert (course.share, course.low, course.high, course.difference) == (None, None, None, None)
    assert comparison.share == Decimal("0.5")


@pytest.mark.parametrize("counts", [(1, 0), (3, 2), (-1, 2)])
def test_an_effect_of_impossible_counts_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="successes"):
        effect({"course": counts, "comparison": (1, 2)})


def test_figures_have_six_decimals_and_nought_has_no_sign() -> None:
    found = difference((333_333, 1_000_000), (1, 3))
    assert found is not None
    assert str(found.value) == "0.000000"
    found = difference((1, 3), (1, 3))
    assert found is not None
    assert str(found.low) == f"-{found.high}"
