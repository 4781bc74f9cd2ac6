"""Every option of a case against a closed form: annuities of numpy-financial, geometric sums, or a sum by hand.

The expected values come from outside the engine. All are compared to the øre.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy_financial as npf
import pytest

from services.som.events import Cohort, IndexedBy, PayerAmounts
from services.som.model import KnowledgeBase, compile_case, project
from services.som.model.detail import detail
from shared.kernel.money import oere
from tests.som_cases import case, consequence, cost, knowledge, one_service, price, saving, success, transfer

RATE = 0.04
YEARS = 10
GAIN = 10_000_000
"""A success saves 100,000 kr. a year: in øre."""


def constant(years: int = YEARS, **more: Any) -> KnowledgeBase:
    """One payer saves 100,000 kr. in each of `years` years."""
    return one_service(*[-1] * years, **{"shares": "1 0 0"} | more)


def npv(settings: Mapping[str, Any] | None = None, base: KnowledgeBase | None = None, **more: Any) -> int:
    """The net present value of one success of 2017, all payers, in øre."""
    given = case(**{"completers": {2017: 1}, "rate": "1", "settings": settings} | more)
    return project(given, base or constant()).net_present_value.total


def annuity(rate: float, years: int, *, due: bool = False) -> float:
    """The present value of 1 a year, at the end of each year or (`due`) at its start: numpy-financial's."""
    return -float(npf.pv(rate, years, 1, when="begin" if due else "end"))


# --- timing and discounting ---------------------------------------------------------------------------------


def test_constant_flows_at_the_start_of_the_year_are_an_annuity_due() -> None:
    assert npv() == round(GAIN * annuity(RATE, YEARS, due=True))


def test_at_the_end_of_the_year_they_are_an_ordinary_annuity() -> None:
    assert npv({"timing": "end"}) == round(GAIN * annuity(RATE, YEARS))


def test_in_the_middle_of_the_year_they_are_an_annuity_due_half_a_year_off() -> None:
    assert npv({"timing": "middle"}) == round(GAIN * annuity(RATE, YEARS, due=True) / 1.04**0.5)


@pytest.mark.parametrize(("timing", "first"), [("start", 0.0), ("middle", 0.5), ("end", 1.0)])
def test_flows_of_any_shape_are_discounted_as_numpy_financial_does(timing: str, first: float) -> None:
    changes = ["-0.3", "0.2", "0", "-1.7", "-0.05"]
    flows = [-250_000 - 100_000 * float(changes[0]), *(-100_000 * float(change) for change in changes[1:])]
    found = npv({"timing": timing}, one_service(*changes, shares="1 0 0"), costs=[cost(2017, 250_000)])
    assert found == round(100 * float(npf.npv(RATE, flows)) / 1.04**first)


def test_a_delay_of_three_years_is_three_years_of_discount() -> None:
    assert npv(completers={2020: 1}) == round(GAIN * annuity(RATE, YEARS, due=True) / 1.04**3)


def test_from_2021_on_the_rate_is_three_and_a_half_per_cent() -> None:
    found = npv(decision_date=date(2021, 1, 7), completers={2021: 1})
    assert found == round(GAIN * annuity(0.035, YEARS, due=True))


def test_beyond_year_35_the_lower_rate_is_compounded_on() -> None:
    # Forty years of 1 a year from year 0: 36 at 4 %, and four more at 3 % from year 35 on.
    expected = annuity(0.04, 36, due=True) + annuity(0.03, 4) / 1.04**35
    assert npv(base=constant(40)) == round(GAIN * expected)


def test_four_cohorts_of_constant_gain_are_an_annuity_of_annuities() -> None:
    expected = 25 * annuity(RATE, 4, due=True) * annuity(RATE, YEARS, due=True)
    assert npv(completers=dict.fromkeys(range(2017, 2021), 25)) == pytest.approx(GAIN * expected, abs=1)


# --- one payer, nothing, a loss ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("shares", "payer"), [("1 0 0", "kommune"), ("0 1 0", "region"), ("0 0 1", "stat")])
def test_one_payer_has_it_all(shares: str, payer: str) -> None:
    found = project(case({2017: 1}, "1"), constant(shares=shares)).net_present_value
    nothing = {"kommune": 0, "region": 0, "stat": 0}
    assert found == PayerAmounts(**nothing | {payer: round(GAIN * annuity(RATE, YEARS, due=True))})


def test_no_effect_leaves_the_annuity_of_the_cost() -> None:
    costs = [cost(year, 30_000) for year in range(2017, 2022)]
    for given in ({"rate": "0"}, {"base": constant(1), "rate": None}, {"base": one_service()}):
        assert npv(costs=costs, **given) == round(-3_000_000 * annuity(RATE, 5, due=True))


def test_a_loss_is_the_same_annuity_with_the_sign_turned() -> None:
    assert npv(rate="-0.4") == -npv(rate="0.4") == round(-0.4 * GAIN * annuity(RATE, YEARS, due=True))


# --- the options that bend the effect ------------------------------------------------------------------------------


def test_phase_in_takes_what_is_missing_from_the_first_years() -> None:
    # A fifth in year 0, a half in year 1, all from then on: 0.8 and 0.5/1.04 are missing from the annuity.
    expected = annuity(RATE, YEARS, due=True) - 0.8 - 0.5 / 1.04
    assert npv({"phase_in": (Decimal("0.2"), Decimal("0.5"))}) == round(GAIN * expected)


@pytest.mark.parametrize("option", ["fade_out", "relapse"])
def test_fade_out_and_relapse_are_an_annuity_at_a_higher_rate(option: str) -> None:
    # Σ (0.85/1.04)^t is an annuity due at 1.04/0.85 − 1.
    assert npv({option: Decimal("0.15")}) == round(GAIN * annuity(1.04 / 0.85 - 1, YEARS, due=True))


def test_fade_out_and_relapse_together_multiply() -> None:
    both = {"fade_out": Decimal("0.1"), "relapse": Decimal("0.05")}
    assert npv(both) == round(GAIN * annuity(1.04 / (0.9 * 0.95) - 1, YEARS, due=True))


def test_an_effect_that_is_all_gone_after_the_first_year_is_one_year() -> None:
    assert npv({"fade_out": Decimal(1)}) == GAIN


def test_displacement_takes_its_share_of_every_year() -> None:
    assert npv({"displacement": Decimal("0.3")}) == round(0.7 * GAIN * annuity(RATE, YEARS, due=True))


def test_drop_out_counts_the_effect_from_starters_and_leaves_the_cost() -> None:
    rows = (Cohort(year=2017, completers=0, starters=40),)
    found = npv({"drop_out": Decimal("0.25")}, cohorts=rows, costs=[cost(2017, 1_000_000)])
    assert found == round(30 * GAIN * annuity(RATE, YEARS, due=True)) - oere(1_000_000)


@pytest.mark.parametrize("last", [0, 4, 9])
def test_the_horizon_cuts_the_annuity(last: int) -> None:
    assert npv({"horizon": last}) == round(GAIN * annuity(RATE, last + 1, due=True))


def test_the_faded_result_is_straight_lines_between_follow_ups() -> None:
    # Follow-ups at 12 months (0.6) and 36 months (0): year middles at 6, 18, 30 and 42 months.
    shape = [0.8, 0.45, 0.15, 0.0]
    found = project(case({2017: 1}, success("1", {36: "0", 12: "0.6"})), constant(4))
    assert found.faded_net_present_value is not None
    assert found.faded_net_present_value.total == round(GAIN * float(npf.npv(RATE, shape)))
    assert found.net_present_value.total == round(GAIN * annuity(RATE, 4, due=True))


# --- money -------------------------------------------------------------------------------------------------------


def test_overhead_is_added_to_every_year_of_cost() -> None:
    costs = [cost(year, 30_000, overhead=Decimal("0.15")) for year in range(2017, 2022)]
    assert npv(rate=None, costs=costs) == round(-3_450_000 * annuity(RATE, 5, due=True))


def test_a_residual_value_comes_back_discounted() -> None:
    costs = [cost(2017, 500_000, kind="material"), cost(2022, -200_000, kind="residual")]
    assert npv(rate=None, costs=costs) == round(-50_000_000 - 20_000_000 * float(npf.pv(RATE, 5, 0, 1)))


def test_savings_and_grants_are_annuities_too() -> None:
    years = range(2017, 2022)
    found = project(
        case(
            costs=[cost(year, 100_000, "kommune") for year in years],
            savings=tuple(saving(year, 30_000, "region") for year in years),
            transfers=tuple(transfer(year, 40_000) for year in years),
        ),
        one_service(),
    )
    factor = annuity(RATE, 5, due=True)
    assert found.net_present_value == PayerAmounts(
        kommune=round(-6_000_000 * factor), region=round(3_000_000 * factor), stat=round(-4_000_000 * factor)
    )


def test_one_series_or_each_family_by_its_own() -> None:
    base = knowledge(
        [
            price("service", 1_000, "1 0 0", price_year=2021),
            price("benefit", 1_000, "0 0 1", price_year=2021, index_family="benefits"),
        ],
        [consequence(-1, price_id="service"), consequence(-1, price_id="benefit")],
        indices={"net": {2021: "103.8", 2022: "111.8"}, "satsregulering": {2021: "100", 2022: "100.15"}},
        indexed_by=[IndexedBy(family="benefits", series="satsregulering")],
        level=2022,
    )
    one, families = (
        project(case({2017: 1}, "1", settings={"indexation": indexation}), base).net_present_value
        for indexation in ("one_series", "families")
    )
    by_net = round(Decimal(100_000) * Decimal("111.8") / Decimal("103.8"))
    assert one == PayerAmounts(kommune=by_net, region=0, stat=by_net)
    assert families == PayerAmounts(kommune=by_net, region=0, stat=100_150)


def test_another_price_level_multiplies_by_the_index() -> None:
    base = constant(price_year=2017)
    levelled = KnowledgeBase(
        base.published.model_copy(
            update={
                "indices": knowledge(indices={"net": {2017: "101.73", 2023: "119.10"}}).published.indices,
            }
        )
    )
    expected = GAIN * annuity(RATE, YEARS, due=True) * 119.10 / 101.73
    assert npv({"price_level_year": 2023}, levelled) == round(expected)


# --- break-even ----------------------------------------------------------------------------------------------------


def test_the_break_even_rate_is_the_cost_over_the_annuity_and_put_back_gives_nought() -> None:
    costs = [cost(year, 400_000) for year in (2017, 2018, 2019)]
    given = case({2017: 10, 2018: 10}, "0.3", costs)
    model = compile_case(given, constant())
    rate = model.break_even_rate()
    assert rate is not None
    worth = 10 * GAIN * annuity(RATE, YEARS, due=True) * annuity(RATE, 2, due=True)
    assert rate == pytest.approx(40_000_000 * annuity(RATE, 3, due=True) / worth, rel=1e-11)
    assert sum(round(float(amount)) for amount in model.with_rate(rate).net_present_value()) == 0
    # As published, with six decimals, it leaves less than half a millionth of what a rate of 1 is worth.
    published = project(given, constant()).break_even_rate
    assert published is not None
    again = project(given.model_copy(update={"success_rate": success(published)}), constant())
    assert abs(again.net_present_value.total) <= worth * 0.5e-6 + 1


def test_a_break_even_rate_may_be_more_than_one_or_less_than_nothing() -> None:
    dear = compile_case(case({2017: 1}, "1", [cost(2017, 250_000)]), constant(1)).break_even_rate()
    harmful = compile_case(case({2017: 1}, "1", [cost(2017, 50_000)]), one_service(1)).break_even_rate()
    assert dear == pytest.approx(2.5)
    assert harmful == pytest.approx(-0.5)


def test_the_internal_rate_of_return_discounts_the_years_to_nought() -> None:
    # Not one of our figures: but at that rate, and at no other, the years we publish are worth nothing.
    given = case({2017: 10}, "0.1", [cost(2017, 400_000)])
    nets = [row.amounts.net.total for row in detail(given, constant()).years]
    rate = float(npf.irr(nets))
    assert rate > RATE
    assert float(npf.npv(rate, nets)) == pytest.approx(0, abs=1)
    assert float(npf.npv(RATE, nets)) == pytest.approx(project(given, constant()).net_present_value.total, abs=1)
