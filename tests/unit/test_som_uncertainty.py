"""What ranges and how, the simulation, the tornado, the grid, and what it is worth to know more."""

from __future__ import annotations

from decimal import Decimal as D
from math import sqrt

import numpy as np
import pytest

from services.som.events import CaseInputs, Cohort, PayerAmounts, Settings, Transfer
from services.som.model import KnowledgeBase, project
from services.som.uncertainty import UncertainInput, grid, information, simulate, tornado, uncertain_inputs
from services.som.uncertainty.factors import factors
from services.som.uncertainty.form import form_of
from services.som.uncertainty.information import given
from services.som.uncertainty.simulation import by_source, drawn
from shared.kernel.rejection import Rejected
from shared.kernel.statistics import Z95
from tests.unit.som_uncertain import (
    CERTAIN,
    CONSEQUENCES,
    INPUTS,
    KNOWN,
    PRICES,
    consequence,
    cost,
    inputs,
    knowledge,
    model,
    price,
    rate,
)

# --- what is uncertain -------------------------------------------------------------------------------------------


def ranges(case: CaseInputs = INPUTS, known: KnowledgeBase = KNOWN) -> dict[str, UncertainInput]:
    found = uncertain_inputs(model(case, known), known)
    return {one.input_id: one for one in found}


def test_every_uncertain_input_is_told_with_its_range_and_whether_that_is_assumed() -> None:
    found = ranges()
    assert {name: (one.low, one.base, one.high, one.assumed) for name, one in found.items()} == {
        "success_rate": (D("0.05"), D("0.2"), D("0.35"), False),
        "completers": (D(48), D(60), D(66), False),
        "cost:operation": (12_000_000, 15_000_000, 24_000_000, False),
        "cost:training": (8_000_000, 10_000_000, 12_000_000, True),
        "consequence:home": (D("-0.754795"), D("-0.5"), D("-0.245205"), False),
        "consequence:visits": (D("0.12"), D("0.2"), D("0.28"), True),
        "price:home": (60_000, 90_000, 150_000, False),
        "price:visits": (48_000, 60_000, 72_000, True),
    }


def test_a_rate_without_an_interval_is_assumed_to_range() -> None:
    found = ranges(inputs(success_rate=rate(low=None, high=None)))["success_rate"]
    assert (found.low, found.high, found.assumed) == (D("0.16"), D("0.24"), True)


@pytest.mark.parametrize(
    "line", [cost(150_000, status="official"), cost(150_000, 150_000, 150_000)], ids=["official", "low and high"]
)
def test_a_cost_that_is_official_or_its_own_low_and_high_is_known(line: object) -> None:
    assert "cost:operation" not in ranges(inputs(costs=(line,)))


def test_a_figure_outside_its_range_is_the_end_of_it() -> None:
    found = ranges(inputs(costs=(cost(100, 120, 140),)))["cost:operation"]
    assert (found.low, found.base, found.high) == (D(10_000), D(10_000), D(14_000))


def test_a_price_of_nought_and_an_official_one_are_known() -> None:
    known = knowledge((price("home", 0), price("visits")))
    assert not [name for name in ranges(known=known) if name.startswith("price")]


def test_a_price_of_an_earlier_year_ranges_at_the_price_level() -> None:
    old = price("home", 1_000, price_year=2019, low_dkk=D(500), high_dkk=D(1_500))
    found = ranges(known=knowledge((old, PRICES[1])))["price:home"]
    assert (found.low, found.base, found.high) == (D(510), D(1_020), D(1_530))


# --- the simulation ----------------------------------------------------------------------------------------------


def test_the_mean_is_within_its_standard_error_of_the_analytic_mean() -> None:
    # The net present value is linear in each input alone and they are independent, so its expectation is the case at
    # every input's own mean: (low + base + high) / 3 of a triangle.
    known = knowledge(
        (price("home", 100_000, low_dkk=D(100_000), high_dkk=D(100_000)), price("visits")),
    )
    at_means = inputs(
        costs=(cost(170_000), cost(100_000, year=2021, kind="training")),
        cohorts=(Cohort(year=2020, completers=29), Cohort(year=2021, completers=29)),
    )
    expected = model(at_means, known).net_present_value()
    found = simulate(model(), KNOWN)
    for payer, amount in enumerate(expected):
        error = found.npv[:, payer].std() / sqrt(found.draws)
        assert abs(found.npv[:, payer].mean() - amount) < error
    assert found.mean.kommune == round(found.npv[:, 0].mean())


def test_the_spread_of_one_normal_input_is_that_of_the_formula() -> None:
    certain = knowledge((price("home"),), (consequence("home", "-0.2", errors=("0",)),))
    case = inputs(costs=(), cohorts=(Cohort(year=2020, completers=100),), settings=CERTAIN)
    found = simulate(model(case, certain), certain)
    # 100 completers · 0.2 · 60,000 kr. = 1,200,000 kr. at a rate of 1; standard error (0.35 − 0.05) / 3.92.
    error = 0.30 / (2 * Z95) * 120_000_000
    assert found.npv.sum(axis=1).std() == pytest.approx(error, rel=0.02)
    # P(rate > 0) = Φ(0.20 / 0.0765) = 0.9955
    assert float(found.probabilities.total) == pytest.approx(0.9955, abs=0.002)
    assert found.spread.p5 == pytest.approx(24_000_000 - 1.6449 * error, rel=0.1)


def test_without_uncertainty_every_draw_is_the_point_result() -> None:
    known = knowledge((price("home"), price("visits")), (consequence("home", "-0.1"), consequence("visits", "0.1")))
    case = inputs(
        success_rate=rate(low=None, high=None), cohorts=(Cohort(year=2020, completers=30),), costs=(cost(70_001),)
    ).model_copy(update={"settings": CERTAIN})
    point = project(case, known).net_present_value
    found = simulate(model(case, known), known, draws=500)
    assert uncertain_inputs(model(case, known), known) == ()
    assert (found.npv == [point.kommune, point.region, point.stat]).all()
    assert found.mean == point
    assert found.spread.p5 == found.spread.p95 == point.total


def test_inputs_of_one_source_move_together_and_others_do_not() -> None:
    changes = tuple(consequence(name, "-0.1", errors=("0",)) for name in ("home", "visits"))
    case = inputs(costs=(), cohorts=(Cohort(year=2020, completers=100),), success_rate=rate(low="0.2", high="0.2"))

    def spread_of(first: str, second: str) -> float:
        prices = (price("home", status="own", source=first), price("visits", status="own", source=second))
        known = knowledge(prices, changes)
        return float(simulate(model(case, known), known).npv.sum(axis=1).std())

    # Two equal parts: together their standard deviations add up, apart their variances do.
    assert spread_of("one", "one") == pytest.approx(sqrt(2) * spread_of("one", "two"), rel=0.03)


def test_costs_of_one_source_move_together_whatever_they_are_spent_on() -> None:
    apart = inputs(success_rate=None, costs=(cost(50_000), cost(50_000, kind="training", payer="stat")))
    whole = inputs(success_rate=None, costs=(cost(100_000),))
    found, expected = (simulate(model(case), KNOWN, draws=1000).npv.sum(axis=1) for case in (apart, whole))
    assert found == pytest.approx(expected, abs=1)


def test_two_cases_that_rest_on_one_trial_move_together_in_any_scope() -> None:
    certain = knowledge((price("home"),), (consequence("home", "-0.2", errors=("0",)),))
    case = inputs(costs=(), cohorts=(Cohort(year=2020, completers=100),))
    one = simulate(model(case, certain), certain, scope="initiative.0101").npv[:, 0]
    other = simulate(model(case, certain), certain, scope="initiative.0751").npv[:, 0]
    assert (one == other).all()


def test_the_costs_of_two_scopes_are_independent() -> None:
    case = inputs(success_rate=None, costs=(cost(100_000),))
    one, same, other = (simulate(model(case), KNOWN, scope=scope).npv[:, 0] for scope in ("odense", "odense", "aarhus"))
    assert (one == same).all()
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


def test_what_is_certain_moves_every_draw_alike() -> None:
    given = Transfer(year=2020, payer_from="stat", payer_to="kommune", amount_oere=1_000_000, source="grant")
    before = simulate(model(), KNOWN, draws=1000)
    after = simulate(model(inputs(transfers=(given,))), KNOWN, draws=1000)
    assert (after.npv - before.npv == [1_000_000, 0, -1_000_000]).all()


def test_a_changed_input_keeps_its_chances() -> None:
    before = simulate(model(), KNOWN)
    after = simulate(model(inputs(success_rate=rate("0.21", "0.06", "0.36"))), KNOWN)
    assert np.corrcoef(before.npv[:, 0], after.npv[:, 0])[0, 1] > 0.999


def test_a_rate_is_cut_at_minus_one_and_one() -> None:
    certain = knowledge((price("home"),), (consequence("home", "-0.2", errors=("0",)),))
    case = inputs(
        costs=(),
        cohorts=(Cohort(year=2020, completers=100),),
        success_rate=rate("0.9", "0.5", "1.3"),
    )
    found = simulate(model(case, certain), certain).npv.sum(axis=1)
    assert found.max() == 120_000_000
    assert (found == found.max()).mean() == pytest.approx(0.312, abs=0.01)  # P(z > 0.1 / 0.204)


def test_payers_sum_to_the_total_in_every_draw_and_percentiles_ascend() -> None:
    found = simulate(model(), KNOWN, draws=200)
    assert found.npv.shape == (200, 3)
    total = sorted(found.npv.sum(axis=1))
    assert (found.percentiles["total"].p5, found.percentiles["total"].p95) == (total[9], total[189])
    for shown in found.percentiles.values():
        assert list(shown.model_dump().values()) == sorted(shown.model_dump().values())
    assert float(found.probabilities.total) == sum(one > 0 for one in total) / 200


def test_a_case_with_nothing_in_it_can_be_simulated() -> None:
    empty = inputs(cohorts=(), costs=(), success_rate=None, target_group="nobody")
    found = simulate(model(empty), KNOWN, draws=100)
    assert found.mean == PayerAmounts(kommune=0, region=0, stat=0)
    assert found.probabilities.total == 0
    assert tornado(model(empty), KNOWN) == ()
    assert information(model(empty), KNOWN).unknowns == ()


def test_amounts_beyond_any_budget_keep_their_sign_and_add_up() -> None:
    wild = inputs(costs=(cost(10**13, status="official"),) * 500, success_rate=None)
    found = simulate(model(wild), KNOWN, draws=100)
    assert found.probabilities.total == 0
    assert found.mean.kommune == -500 * 10**15
    beyond = inputs(costs=(cost(10**17, status="official"),), success_rate=None)
    assert simulate(model(beyond), KNOWN, draws=100).mean.kommune == -(2**61)


# --- tornado and grid --------------------------------------------------------------------------------------------


def test_the_tornado_is_the_case_computed_at_each_end_the_widest_first() -> None:
    bars = tornado(model(), KNOWN)
    widths = [bar.width for bar in bars]
    assert widths == sorted(widths, reverse=True)
    assert len(bars) == 8
    found = {bar.input.input_id: bar for bar in bars}
    for name, low, high in (
        ("success_rate", inputs(success_rate=rate("0.05")), inputs(success_rate=rate("0.35"))),
        (
            "cost:operation",
            inputs(costs=(cost(120_000), INPUTS.costs[1])),
            inputs(costs=(cost(240_000), INPUTS.costs[1])),
        ),
        (
            "completers",
            inputs(cohorts=tuple(row.model_copy(update={"completers": 24}) for row in INPUTS.cohorts)),
            inputs(cohorts=tuple(row.model_copy(update={"completers": 33}) for row in INPUTS.cohorts)),
        ),
    ):
        assert found[name].at_low == project(low, KNOWN).net_present_value
        assert found[name].at_high == project(high, KNOWN).net_present_value
        assert found[name].width == abs(found[name].at_high.total - found[name].at_low.total)


@pytest.mark.parametrize(("end", "kroner"), [("at_low", 60_000), ("at_high", 150_000)])
def test_a_price_at_its_end_is_the_case_computed_with_that_price(end: str, kroner: int) -> None:
    bar = next(bar for bar in tornado(model(), KNOWN) if bar.input.input_id == "price:home")
    known = knowledge((price("home", kroner), PRICES[1]))
    assert getattr(bar, end) == project(INPUTS, known).net_present_value


def test_a_consequence_at_its_high_is_the_case_computed_with_more_use() -> None:
    bar = next(bar for bar in tornado(model(), KNOWN) if bar.input.input_id == "consequence:home")
    more = [
        D(change) + D(Z95) * D(error) for change, error in (("-0.10", "0.02"), ("-0.20", "0.05"), ("-0.20", "0.06"))
    ]
    row = CONSEQUENCES[0].model_copy(update={"change_per_success": tuple(more)})
    assert bar.at_high == project(INPUTS, knowledge(PRICES, (row, CONSEQUENCES[1]))).net_present_value


def test_the_grid_is_the_case_computed_in_every_cell() -> None:
    found = grid(model(), KNOWN, "success_rate", "cost:operation", 3)
    assert found.first_values == (D("0.05"), D("0.20"), D("0.35"))
    assert found.second_values == (D(12_000_000), D(18_000_000), D(24_000_000))
    for share, row in zip(("0.05", "0.20", "0.35"), found.cells, strict=True):
        for kroner, cell in zip((120_000, 180_000, 240_000), row, strict=True):
            case = inputs(success_rate=rate(share), costs=(cost(kroner), INPUTS.costs[1]))
            assert cell == project(case, KNOWN).net_present_value


def test_a_grid_over_what_is_no_uncertain_input_is_refused() -> None:
    with pytest.raises(Rejected) as refused:
        grid(model(), KNOWN, "success_rate", "the weather")
    assert refused.value.code == "UNKNOWN_UNCERTAIN_INPUT"
    assert refused.value.fields == [{"field": "second", "rule": "uncertain_input"}]
    assert "completers" in refused.value.figures["known"]


def test_a_grid_of_an_input_with_itself_is_refused() -> None:
    with pytest.raises(Rejected, match="SAME_UNCERTAIN_INPUT"):
        grid(model(), KNOWN, "success_rate", "success_rate")


# --- what it is worth to know more -------------------------------------------------------------------------------


def test_no_part_is_worth_more_than_the_whole_nor_less_than_nothing_and_the_dearest_comes_first() -> None:
    found = information(model(), KNOWN)
    worths = [one.worth for one in found.unknowns]
    assert worths == sorted(worths, reverse=True)
    assert found.perfect >= worths[0] > 0
    assert min(worths) >= 0
    assert found.unknowns[0].inputs == ("success_rate",)
    assert sorted(name for one in found.unknowns for name in one.inputs) == sorted(ranges())


def test_what_chance_brings_above_the_whole_is_shown_as_the_whole() -> None:
    # With so few draws the rate alone, the costs at their mean, comes out above the rate and the costs together.
    certain = knowledge((price("home"),), (consequence("home", "-0.2", errors=("0",)),))
    case = inputs(costs=(cost(200_000, 190_000, 210_000),), cohorts=(Cohort(year=2020, completers=100),))
    found = information(model(case, certain), certain, draws=100)
    assert found.unknowns[0].worth == found.perfect > 0


def test_one_uncertain_input_is_worth_all_there_is_to_know_and_that_is_the_formula() -> None:
    certain = knowledge((price("home"),), (consequence("home", "-0.2", errors=("0",)),))
    people = (Cohort(year=2020, completers=100),)
    # At the break-even rate the expected result is nought: knowing is then worth σ · φ(0) = 0.39894 σ.
    case = inputs(costs=(cost(240_000, 240_000, 240_000),), cohorts=people)
    found = information(model(case, certain), certain, draws=100_000)
    assert found.unknowns[0].worth == found.perfect
    assert found.expected == pytest.approx(0, abs=1_000)
    assert found.perfect == pytest.approx(0.39894 * 0.30 / (2 * Z95) * 120_000_000, rel=0.01)


@pytest.mark.parametrize("kroner", [1_000, 100_000_000], ids=["always worth it", "never worth it"])
def test_what_cannot_change_the_decision_is_worth_nothing_to_know(kroner: int) -> None:
    known = knowledge(PRICES, (consequence("home", "-0.2", errors=("0.01",)),))
    case = inputs(costs=(cost(kroner),), success_rate=rate("0.2", "0.19", "0.21"))
    found = information(model(case, known), known)
    assert found.perfect == 0
    assert len(found.unknowns) == 5
    assert {one.worth for one in found.unknowns} == {0}


def test_the_expectation_given_one_input_is_that_of_a_nested_simulation() -> None:
    # E[NPV | rate]: hold the rate and simulate all the rest, for a handful of rates.
    form = form_of(model(), factors(model(), KNOWN), by_source(""))
    assert form.rate_of is not None
    inner = given(form, form.rate_of.stream, drawn(10), 10)
    for place in range(0, 10, 3):
        held = float(form.success_rate(drawn(10)(form.rate_of))[place])
        exact = inputs(success_rate=rate(str(held), str(held), str(held)))
        nested = simulate(model(exact), KNOWN).npv
        error = nested.std(axis=0) / sqrt(10_000)
        assert (np.abs(nested.mean(axis=0) - inner[:, place]) < error).all()


def test_settings_without_an_assumed_range_leave_only_what_is_known_to_vary() -> None:
    assert not [one for one in ranges(inputs(settings=Settings(assumed_range=D(0)))).values() if one.assumed]


def test_two_cohorts_of_one_year_range_together() -> None:
    cohorts = (Cohort(year=2020, completers=10, low=8, high=13), Cohort(year=2020, completers=20, low=15, high=21))
    case = inputs(cohorts=cohorts)
    [people] = [one for one in uncertain_inputs(model(case), knowledge()) if one.kind == "completers"]
    assert (people.low, people.base, people.high) == (D(23), D(30), D(34))
