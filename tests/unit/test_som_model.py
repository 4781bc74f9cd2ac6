"""The investment model against cases worked by hand: the formula, its timing, and what the result is made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.som.events import PAYERS, CaseInputs, Cohort, PayerAmounts, PayerRule, RuleStep, RuleUse
from services.som.model import KnowledgeBase, Projection, compile_case, per_person, project
from services.som.model.detail import Detail, detail
from services.som.model.figures import figures
from services.som.model.rounding import whole_parts
from shared.kernel.money import oere
from shared.kernel.rejection import Rejected
from tests.som_cases import (
    case,
    cohorts,
    consequence,
    cost,
    knowledge,
    one_service,
    price,
    saving,
    success,
    transfer,
)


def totals(projection: Projection) -> dict[int, int]:
    """Net of all payers by year, in øre."""
    return {row.year: row.net.total for row in projection.years}


def payers(kommune: int = 0, region: int = 0, stat: int = 0) -> PayerAmounts:
    """Whole kroner by payer."""
    return PayerAmounts(kommune=oere(kommune), region=oere(region), stat=oere(stat))


# --- the formula ------------------------------------------------------------------------------------------


def test_a_case_worked_by_hand() -> None:
    # 10 completers × 25 % = 2.5 successes; each saves 0.1, 0.2, 0.2 years at 100,000: 25,000, 50,000, 50,000.
    found = project(case({2018: 10}, "0.25", [cost(2017, 60_000)]), one_service("-0.1", "-0.2", "-0.2"))
    assert [(row.year, row.net) for row in found.years] == [
        (2017, payers(stat=-60_000)),
        (2018, payers(12_500, 5_000, 7_500)),
        (2019, payers(25_000, 10_000, 15_000)),
        (2020, payers(25_000, 10_000, 15_000)),
    ]
    # 25,000/1.04 + 50,000/1.04² + 50,000/1.04³ = 24,038.4615 + 46,227.8107 + 44,449.8179 = 114,716.0901 kr.
    assert found.net_present_value == PayerAmounts(kommune=5_735_805, region=2_294_322, stat=-2_558_517)
    assert found.discounted_cost == oere(60_000)
    assert found.break_even_year == 2019  # −60,000, −35,000, +15,000
    assert found.break_even_rate == Decimal("0.130758")  # 60,000 / (114,716.0901 / 0.25)
    assert found.benefit_cost_ratio == Decimal("1.911935")  # 114,716.0901 / 60,000


def test_the_rate_is_net_of_the_comparison() -> None:
    # The present service 2 %, the new one 12 %: ten points, so 100 completers are ten successes, not twelve.
    found = project(case({2017: 100}, Decimal("0.12") - Decimal("0.02")), one_service("-1"))
    assert totals(found) == {2017: oere(1_000_000)}


def test_the_effect_falls_in_the_year_of_completion_and_ends_with_the_last_consequence() -> None:
    found = project(case({2019: 4}, "1", [cost(2017, 1)]), one_service("-0.5", "-0.25"))
    assert totals(found) == {2017: -100, 2018: 0, 2019: oere(200_000), 2020: oere(100_000)}


def test_cohorts_overlap() -> None:
    found = project(case({2018: 1, 2017: 2}, "1"), one_service("-1", "-0.1"))
    assert totals(found) == {2017: oere(200_000), 2018: oere(120_000), 2019: oere(10_000)}


def test_services_of_one_group_add_up_and_other_groups_and_measures_do_not_count() -> None:
    both = knowledge(
        [price(), price("job", 10_000)],
        [
            consequence("-0.1", "-0.1"),
            consequence(1, price_id="job"),
            consequence(-5, target_group="unge"),
            consequence(-7, success_measure="job"),
        ],
    )
    # 10,000 saved, 10,000 more spent on employment effort.
    assert totals(project(case({2017: 1}, "1"), both)) == {2017: 0, 2018: oere(10_000)}


def test_prices_and_money_with_a_price_year_are_brought_to_the_price_level() -> None:
    base = knowledge(
        [price(price_year=2015)], [consequence(-1)], indices={"net": {2015: "100.00", 2016: "100.48", 2017: "101.73"}}
    )
    assert totals(project(case({2017: 1}, "1"), base)) == {2017: 10_173_000}  # 100,000 · 101.73 / 100.00
    money: dict[str, Any] = {
        "costs": [cost(2017, 1_000, price_year=2015)],
        "savings": (saving(2017, 2_000, price_year=2015),),
        "transfers": (transfer(2017, 500, price_year=2015),),
    }
    found = project(case(rate=None, **money), base)
    assert found.net_present_value == PayerAmounts(kommune=203_460 + 50_865, region=0, stat=-101_730 - 50_865)


def test_money_without_a_price_year_is_nominal_and_taken_as_it_is() -> None:
    found = project(case(rate=None, costs=[cost(2018, 500)]), one_service())
    assert totals(found) == {2017: 0, 2018: oere(-500)}


def test_an_index_year_that_is_missing_is_named() -> None:
    with pytest.raises(Rejected) as refused:
        project(case({2017: 1}), one_service("-1", price_year=2003))
    assert (refused.value.code, refused.value.figures["year"]) == ("INDEX_YEAR_MISSING", 2017)


def test_a_cost_before_the_decision_is_in_the_years_and_is_not_discounted() -> None:
    found = project(case(rate=None, costs=[cost(2015, 100), cost(2018, 104)]), one_service())
    assert totals(found) == {2015: oere(-100), 2016: 0, 2017: 0, 2018: oere(-104)}
    assert found.net_present_value.total == oere(-200)


def test_a_grant_received_moves_who_pays_and_makes_nobody_poorer_in_sum() -> None:
    found = project(
        case(rate=None, costs=[cost(2017, 900, "kommune")], transfers=(transfer(2017, 600),)), one_service()
    )
    assert found.net_present_value == payers(-300, 0, -600)
    assert found.discounted_cost == oere(900)


def test_overhead_is_added_to_a_cost_and_a_residual_value_comes_back() -> None:
    lines = [cost(2017, 1_000, overhead=Decimal("0.15")), cost(2019, -208, kind="residual")]
    found = project(case(rate=None, costs=lines), one_service())
    assert totals(found) == {2017: oere(-1_150), 2018: 0, 2019: oere(208)}


def test_a_rule_shares_each_cohort_by_the_law_of_its_years() -> None:
    rule = PayerRule(
        rule_id="new",
        measure="days_per_year",
        bearer="stat",
        rest="kommune",
        valid_from=date(2018, 1, 1),
        steps=(RuleStep(start=Decimal(0), share=Decimal(1)),),
        law="test",
        status="own",
        source="test",
    )
    ruled = price(shares="1 0 0", rule=RuleUse(rule_id="new", quantity=Decimal(1)))
    found = project(case({2017: 1, 2018: 1}, "1"), knowledge([ruled], [consequence(-1)], rules=[rule]))
    assert [row.net for row in found.years] == [payers(kommune=100_000), payers(stat=100_000)]


# --- losses, nothing, and what counts -----------------------------------------------------------------------


def test_an_effect_for_the_worse_costs_those_who_pay_for_the_service() -> None:
    found = project(case({2017: 10}, "-0.1", [cost(2017, 100)]), one_service("-1"))
    assert found.years[0].net == PayerAmounts(kommune=oere(-50_000), region=oere(-20_000), stat=oere(-30_100))
    assert (found.break_even_year, found.benefit_cost_ratio) == (None, Decimal(-1000))


def test_without_completers_or_rate_the_case_is_its_cost() -> None:
    line = cost(2017, 700)
    for given in (case(costs=[line]), case({2017: 9}, None, [line]), case({2017: 9}, "0", [line])):
        found = project(given, one_service("-1"))
        assert found.net_present_value == payers(stat=-700)
    assert project(case(costs=[line]), one_service("-1")).break_even_rate is None
    # A rate can be solved for before one is known: 700 / 900,000.
    assert project(case({2017: 9}, None, [line]), one_service("-1")).break_even_rate == Decimal("0.000778")


def test_an_empty_case_is_a_year_of_nothing() -> None:
    found = detail(case(rate=None), one_service())
    assert [(row.year, row.amounts.net) for row in found.years] == [(2017, payers())]
    assert (found.flows, found.categories, found.break_even_year, found.break_even_rate) == ((), (), None, None)
    assert found.per_completer.discounted is found.per_success.discounted is None


def test_a_success_that_is_worth_nothing_has_no_rate_to_break_even_at() -> None:
    names = ("a", "b", "c")
    changes = ("-0.1", "-0.2", "0.3")  # of a price at which float64 does not add up to nought
    even = knowledge(
        [price(name, "1234.56") for name in names],
        [consequence(change, price_id=name) for name, change in zip(names, changes, strict=True)],
    )
    model = compile_case(case({2017: 7}, "0.1", [cost(2017, 100)]), even)
    assert model.discounted(model.unit.sum(axis=0)).sum() != 0
    assert model.break_even_rate() is None


def test_break_even_needs_something_invested() -> None:
    assert project(case({2017: 1}), one_service("-1")).break_even_year is None
    # Gains of 100,000 a year come first; the cost of 2018 is covered in the year it falls.
    early = project(case({2017: 1}, "1", [cost(2018, 150_000)]), one_service("-1", "-1"))
    assert early.break_even_year == 2018


def test_break_even_counts_exactly_nought_and_discounted_a_year_more() -> None:
    found = detail(case({2018: 1}, "1", [cost(2017, 100_000)]), one_service("-1", "-1"))
    assert (found.break_even_year, found.discounted_break_even_year) == (2018, 2019)


@pytest.mark.parametrize(("include", "expected"), [("include", 1), ("consider", 3), ("all", 7)])
def test_recommendations_choose_which_consequences_count(include: str, expected: int) -> None:
    names = ("include", "consider", "leave_out")
    rows = [consequence(-(2**n), price_id=name, recommendation=name) for n, name in enumerate(names)]
    base = knowledge([price(name, 1, "1 0 0") for name in names], rows)
    found = project(case({2017: 1}, "1", settings={"include": include}), base)
    assert found.net_present_value.total == oere(expected)


def test_own_rows_take_the_place_of_the_knowledge_bases_and_may_leave_one_out() -> None:
    base = knowledge([price(), price("job", 10_000)], [consequence(-1), consequence(-1, price_id="job")])
    own = case({2017: 1}, "1", own_consequences=(consequence(-2, price_id="job"),), own_prices=(price("job", 20_000),))
    assert project(own, base).net_present_value.total == oere(140_000)
    without = case({2017: 1}, "1", own_consequences=(consequence(-1, price_id="job", recommendation="leave_out"),))
    assert project(without, base).net_present_value.total == oere(100_000)
    assert project(case({2017: 1}, "1"), base).net_present_value.total == oere(110_000)


def test_drop_out_without_starters_is_refused_with_the_field() -> None:
    with pytest.raises(Rejected) as refused:
        project(case({2017: 5}, settings={"drop_out": Decimal("0.1")}), one_service("-1"))
    assert refused.value.code == "DROP_OUT_WITHOUT_STARTERS"
    assert refused.value.fields[0]["field"] == "cohorts.0.starters"


def test_a_horizon_beyond_what_is_known_is_refused() -> None:
    with pytest.raises(Rejected) as refused:
        project(case({2017: 1}, settings={"horizon": 2}), one_service("-1", "-1"))
    assert (refused.value.code, refused.value.figures["known_to"]) == ("HORIZON_BEYOND_CONSEQUENCES", 1)


def test_a_consequence_estimated_as_nothing_keeps_its_standard_error() -> None:
    base = knowledge([price()], [consequence("0", "-1", standard_errors=(Decimal("0.5"), Decimal("0.25")))])
    model = compile_case(case({2017: 2}, "1"), base)
    assert model.unit[0].sum(axis=1).tolist() == [0.0, 2 * 10_000_000.0]
    assert model.unit_se[0].sum(axis=1).tolist() == [-10_000_000.0, -5_000_000.0]  # as use rises, the gain falls


def test_an_assumed_range_is_the_cases_own() -> None:
    base = one_service("-1")
    narrow, wide = (
        compile_case(case({2017: 1}, settings={"assumed_range": Decimal(share)}), base).unit_se.sum()
        for share in ("0.1", "0.3")
    )
    assert wide == pytest.approx(3 * narrow)


# --- fading ----------------------------------------------------------------------------------------------------


def test_the_faded_result_stands_beside_the_constant_one() -> None:
    # Half is left after a year, nothing after two: 0.75 at the middle of year 0, 0.25 of year 1, 0 of year 2.
    given = case({2017: 1}, success("1", {12: "0.5", 24: "0"}), [cost(2017, 150_000)])
    base = one_service(-1, -1, -1, shares="1 0 0")
    found = detail(given, base)
    assert found.faded is not None
    assert [row.gains.kommune for row in found.faded.years] == [oere(75_000), oere(25_000), 0]
    assert [row.amounts.gains.kommune for row in found.years] == [oere(100_000)] * 3
    assert (found.break_even_year, found.faded.break_even_year) == (2018, None)
    assert project(given, base).faded_net_present_value == found.faded.net_present_value
    assert detail(case({2017: 1}, "1"), base).faded is None


def test_follow_ups_take_the_place_of_fade_out_and_relapse_and_leave_the_other_options() -> None:
    base = one_service(-1, -1, shares="1 0 0")
    given = success("1", {120: "0"})
    both = {"fade_out": Decimal("0.5"), "relapse": Decimal("0.5")}
    found = [project(case({2017: 1}, given, settings=chosen), base) for chosen in ({}, both)]
    assert found[0].faded_net_present_value == found[1].faded_net_present_value != found[1].net_present_value
    half = project(case({2017: 1}, given, settings={"displacement": Decimal("0.5")}), base).faded_net_present_value
    assert half is not None
    assert found[0].faded_net_present_value is not None
    assert abs(2 * half.total - found[0].faded_net_present_value.total) <= 1


# --- parts and totals -------------------------------------------------------------------------------------------


def rich() -> tuple[CaseInputs, KnowledgeBase]:
    """A case with everything in it, whose figures are not whole øre."""
    base = knowledge(
        [
            price("a", "1234.567", "0.333333 0.333333 0.333334", area="Sundhed", committee="Sundhedsudvalget"),
            price("b", "987.654", "0.8 0 0.2", area="Forsørgelse", committee="Beskæftigelsesudvalget"),
            price("c", "77.777", "0.1 0.8 0.1", area="Sundhed", price_year=2015),
            price("d", "555.555", "1 0 0", status="placeholder"),
        ],
        [
            consequence("-0.1", "-0.7", "-0.3", price_id="a"),
            consequence("-0.111", "-0.7", "0.31", price_id="b", status="illustrative"),
            consequence("-3.3", "2.7", price_id="c"),
            consequence("0.013", price_id="d"),
        ],
        indices={"net": {2015: "100.00", 2017: "101.73"}},
    )
    lines = [
        cost(2017, 1_111, "kommune", kind="preparation", price_year=2015),
        cost(2018, 2_222, "stat", overhead=Decimal("0.123457")),
        cost(2018, 333, "region", kind="training", price_year=2015),
        cost(2020, -99, "kommune", kind="residual", price_year=2015),
    ]
    given = case(
        {2017: 7, 2018: 11},
        success("0.2341", {12: "0.5"}, status="derived"),
        lines,
        savings=(saving(2018, 444, price_year=2015),),
        transfers=(transfer(2017, 555, price_year=2015),),
    )
    return given, base


def test_every_part_adds_up_to_its_total_in_whole_oere() -> None:
    given, base = rich()
    found, projection = detail(given, base), project(given, base)
    assert found.discounted.net == projection.net_present_value
    assert [row.amounts.net for row in found.years] == [row.net for row in projection.years]
    for payer in PAYERS:
        assert_adds_up(found, payer)


def assert_adds_up(found: Detail, payer: str) -> None:
    """One payer's parts add up in every table."""
    for whole in (found.undiscounted, found.discounted, *(row.amounts for row in found.years)):
        parts = whole.model_dump()
        signed = parts["transfers"][payer] + parts["savings"][payer] + parts["gains"][payer] - parts["costs"][payer]
        assert signed == parts["net"][payer]
    for name in ("costs", "transfers", "savings", "gains", "net"):
        by_year = [getattr(getattr(row.amounts, name), payer) for row in found.years]
        assert sum(by_year) == getattr(getattr(found.undiscounted, name), payer)
    assert sum(getattr(row.discounted, payer) for row in found.years) == getattr(found.discounted.net, payer)
    assert getattr(found.years[-1].cumulative, payer) == getattr(found.undiscounted.net, payer)
    assert getattr(found.years[-1].cumulative_discounted, payer) == getattr(found.discounted.net, payer)
    for lines in (found.categories, found.committees):
        assert sum(getattr(line.discounted, payer) for line in lines) == getattr(found.discounted.net, payer)
        for y, row in enumerate(found.years):
            assert sum(getattr(line.by_year[y], payer) for line in lines) == getattr(row.amounts.net, payer)
        for line in lines:
            assert sum(getattr(year, payer) for year in line.by_year) == getattr(line.undiscounted, payer)


def test_categories_and_committees_are_named_and_carry_their_status() -> None:
    found = detail(*rich())
    assert [(line.kind, line.name, line.status) for line in found.categories] == [
        ("cost", "operation", "own"),
        ("cost", "preparation", "own"),
        ("cost", "residual", "own"),
        ("cost", "training", "own"),
        ("transfer", "", "official"),
        ("saving", "", "own"),
        ("gain", "", "placeholder"),
        ("gain", "Forsørgelse", "illustrative"),
        ("gain", "Sundhed", "own"),
    ]
    assert [(line.kind, line.name) for line in found.committees] == [
        ("cost", ""),
        ("transfer", ""),
        ("saving", ""),
        ("gain", ""),
        ("gain", "Beskæftigelsesudvalget"),
        ("gain", "Sundhedsudvalget"),
    ]


def test_parts_are_within_two_oere_of_what_they_are_unrounded() -> None:
    model = compile_case(*rich())
    found = detail(*rich())
    exact = model.net() * model.weights[:, None]
    for y, row in enumerate(found.years):
        for a, payer in enumerate(PAYERS):
            assert abs(getattr(row.discounted, payer) - exact[y, a]) < 2
    gains = {line.name: line for line in found.categories if line.kind == "gain"}
    for name, places in (("Sundhed", [0, 2]), ("Forsørgelse", [1]), ("", [3])):
        worth = 0.2341 * model.discounted(model.unit[places].sum(axis=0))
        for a, payer in enumerate(PAYERS):
            assert abs(getattr(gains[name].discounted, payer) - worth[a]) < 2


def test_a_categorys_gain_is_what_its_services_are_worth() -> None:
    base = knowledge(
        [price("a", 100, "1 0 0", area="A"), price("b", 10, "0 0 1", area="B")],
        [consequence(-1, -1, price_id="a"), consequence(-1, price_id="b")],
    )
    found = {line.name: line for line in detail(case({2018: 2}, "0.5", [cost(2018, 52)]), base).categories}
    assert found["A"].by_year == (payers(), payers(100), payers(100))
    assert found["A"].discounted == PayerAmounts(kommune=9_615 + 9_246, region=0, stat=0)  # 100/1.04 + 100/1.04²
    assert (found["B"].undiscounted, found["operation"].undiscounted) == (payers(stat=10), payers(stat=-52))
    assert found["operation"].discounted == payers(stat=-50)


def test_who_pays_and_who_gains() -> None:
    # The state pays 750 and the municipality 250; the municipality saves 500, the region 200, the state 300.
    given = case({2017: 1}, "1", [cost(2017, 1_000, "kommune")], transfers=(transfer(2017, 750),))
    found = detail(given, one_service("-0.01"))
    assert [(flow.payer, flow.paid, flow.gained) for flow in found.flows] == [
        ("kommune", oere(250), payers(125, 50, 75)),
        ("region", 0, payers()),
        ("stat", oere(750), payers(375, 150, 225)),
    ]


def test_the_flow_matrix_adds_up_to_what_each_payer_gains_and_its_net_result() -> None:
    found = detail(*rich())
    for payer, flow in zip(PAYERS, found.flows, strict=True):
        gained = sum(getattr(one.gained, payer) for one in found.flows)
        gains, saved = (getattr(part, payer) for part in (found.discounted.gains, found.discounted.savings))
        assert gained == gains + saved
        assert gained - flow.paid == getattr(found.discounted.net, payer)
    assert sum(flow.paid for flow in found.flows) == found.discounted.costs.total


def test_per_completer_and_per_success_discounted_and_not() -> None:
    found = detail(case({2018: 10}, "0.25", [cost(2017, 60_000)]), one_service("-0.1", "-0.2", "-0.2"))
    assert (found.per_completer.people, found.per_success.people) == (Decimal(10), Decimal("2.5"))
    assert (found.per_completer.undiscounted, found.per_success.undiscounted) == (oere(6_500), oere(26_000))
    assert (found.per_completer.discounted, found.per_success.discounted) == (547_161, 2_188_644)  # 54,716.09 / 10, 2.5


def test_nothing_is_divided_by_successes_that_are_not_there() -> None:
    assert per_person(oere(16_200_000), 0) is None
    worse = detail(case({2017: 10}, "-0.1"), one_service("-1"))
    assert (worse.per_success.discounted, worse.per_completer.discounted) == (None, oere(-10_000))


def test_drop_out_counts_in_completers_and_successes() -> None:
    rows = (Cohort(year=2017, completers=999, starters=120),)
    given = case(rate="0.5", cohorts=rows, settings={"drop_out": Decimal("0.1")})
    found = detail(given, one_service("-1"))
    assert (found.per_completer.people, found.per_success.people) == (Decimal(108), Decimal(54))
    assert found.discounted.net.total == oere(5_400_000)


def test_a_years_total_is_the_sum_of_its_rounded_payers() -> None:
    thirds = one_service("-0.0000010", shares="0.333333333333 0.333333333333 0.333333333334")
    found = project(case({2017: 1}, "1"), thirds).years[0].net
    assert (found.kommune, found.region, found.stat, found.total) == (3, 3, 3, 9)  # 10 øre unrounded


@pytest.mark.parametrize(
    ("total", "parts", "expected"),
    [
        (3, [1.4, 1.3, 0.0], [2, 1, 0]),
        (-3, [-1.4, -1.3, 0.0], [-2, -1, 0]),
        (1, [1.6, 1.6, -2.2], [1, 2, -2]),
        (10, [3.0, 7.0], [3, 7]),
        (5, [1.0, 3.0], [1, 4]),
        (-1, [0.4, 0.0], [-1, 0]),
        (5, [1.2, 1.1], [3, 2]),
        (10**22 + 3 * 10**6, [1e22, 1.4, 0.0], [10**22 + 3 * 10**6 - 2, 2, 0]),
        (0, [], []),
    ],
)
def test_parts_are_rounded_to_their_total(total: int, parts: list[float], expected: list[int]) -> None:
    assert whole_parts(total, parts) == expected


@pytest.mark.parametrize("parts", [[], [0.0, 0.0], [1.0, 2.0]])
def test_what_is_not_the_parts_of_a_total_is_no_rounding(parts: list[float]) -> None:
    with pytest.raises(ValueError, match="not the parts"):
        whole_parts(8, parts)


# --- how well founded ----------------------------------------------------------------------------------------------


def test_the_status_of_the_least_sure_figure_is_the_results_and_all_are_counted() -> None:
    found = detail(*rich())
    assert found.status == "placeholder"
    assert found.statuses == {"official": 2, "derived": 1, "own": 11, "illustrative": 1, "placeholder": 1}
    assert {group.kind: (group.status, group.counts) for group in found.figures} == {
        "success_rate": ("derived", {"derived": 1}),
        "cost": ("own", {"own": 4}),
        "saving": ("own", {"own": 1}),
        "consequence": ("illustrative", {"own": 3, "illustrative": 1}),
        "price": ("placeholder", {"own": 3, "placeholder": 1}),
        "index": ("official", {"official": 2}),
    }


def test_a_payer_rule_in_force_is_one_of_the_figures() -> None:
    rule = PayerRule(
        rule_id="stay",
        measure="days_per_year",
        bearer="stat",
        rest="kommune",
        valid_from=date(2017, 1, 1),
        steps=(RuleStep(start=Decimal(0), share=Decimal("0.5")),),
        law="test",
        status="illustrative",
        source="test",
    )
    later = rule.model_copy(update={"valid_from": date(2030, 1, 1), "status": "placeholder"})
    use = RuleUse(rule_id="stay", quantity=Decimal(100))
    base = knowledge([price(rule=use, status="official")], [consequence(-1, status="official")], rules=[rule, later])
    model = compile_case(case({2017: 1}, success("1", status="official")), base)
    assert [(figure.kind, figure.name, figure.status) for figure in figures(model)][-1] == (
        "rule",
        "stay 2017-01-01",
        "illustrative",
    )
    assert project(model.inputs, base).status == "illustrative"


def test_an_index_counts_only_where_it_moves_a_price() -> None:
    base = knowledge([price()], [consequence(-1)], indices={"net": {2015: "100.00", 2017: "101.73"}})
    assert "index" not in {figure.kind for figure in figures(compile_case(case({2017: 1}), base))}


def test_the_rate_at_which_a_case_breaks_even_put_back_gives_nought() -> None:
    model = compile_case(*rich())
    rate = model.break_even_rate()
    assert rate is not None
    assert abs(float(model.with_rate(rate).net_present_value().sum())) < 0.001


def test_cohorts_of_one_year_add_up() -> None:
    twice = case(rate="1", cohorts=(*cohorts({2017: 2}), *cohorts({2017: 3})))
    assert totals(project(twice, one_service("-1"))) == totals(project(case({2017: 5}, "1"), one_service("-1")))


def test_the_index_points_of_every_version_of_a_rule_in_use_are_figures() -> None:
    older, newer = (
        PayerRule(
            rule_id="sel-176", measure="kroner_per_year", bearer="stat", rest="kommune", level_year=level,
            valid_from=date(start, 1, 1), steps=(RuleStep(start=Decimal(50_000), share=Decimal("0.5")),),
            law="§ 176", status="official", source="test",
        )
        for start, level in ((2016, 2015), (2019, 2018))
    )  # fmt: skip
    points = dict.fromkeys((2015, 2017, 2018), "100")
    ruled = price(rule=RuleUse(rule_id="sel-176"))
    base = knowledge([ruled], [consequence("-1", "-1", "-1")], rules=[older, newer], indices={"net": points})
    found = figures(compile_case(case({2017: 1}), base))
    assert [one.name for one in found if one.kind == "index"] == ["net 2015", "net 2017", "net 2018"]


def test_a_projection_names_the_rows_of_the_knowledge_base_it_rests_on() -> None:
    rule = PayerRule(
        rule_id="stay", measure="days_per_year", bearer="stat", rest="kommune", valid_from=date(2017, 1, 1),
        steps=(RuleStep(start=Decimal(0), share=Decimal("0.5")),), law="test", status="official", source="test",
    )  # fmt: skip
    ruled = price(rule=RuleUse(rule_id="stay", quantity=Decimal(100)), price_year=2015)
    points = {"net": {2015: "100.00", 2016: "100.48", 2017: "101.73"}}
    base = knowledge([ruled, price("unused")], [consequence(-1)], rules=[rule], indices=points)
    assert project(case({2017: 1}), base).used == (
        "consequence:botilbud",
        "discount_rate:2013-05-31 0",
        "index:net 2015",
        "index:net 2017",
        "price:botilbud",
        "rule:stay 2017-01-01",
    )
