"""The investment model against cases worked by hand and published figures (domain facts, table b)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.som.events import (
    CaseInputs,
    Consequence,
    DiscountRate,
    IndexValue,
    KnowledgePublished,
    PayerAmounts,
    Price,
    SuccessRate,
    YearAmount,
    YearCount,
)
from services.som.model import Projection, discount_factors, per_person, project
from shared.kernel.money import oere
from shared.kernel.rejection import Rejected

DECIDED = date(2017, 5, 9)


def table(decided_from: date, *rates: str) -> list[DiscountRate]:
    """A discount table with one rate for years 0–35, 36–70 and after."""
    spans = zip((0, 36, 71), (35, 70, None), rates, strict=True)
    return [
        DiscountRate(decided_from=decided_from, from_year=first, to_year=last, rate=Decimal(rate))
        for first, last, rate in spans
    ]


RATES = [
    *table(date(2013, 5, 31), "0.04", "0.03", "0.02"),
    *table(date(2021, 1, 7), "0.035", "0.025", "0.015"),
]


def knowledge(
    *changes: str, price_year: int = 2017, shares: tuple[str, str, str] = ("0.5", "0.2", "0.3")
) -> KnowledgePublished:
    """One service at 100,000 kroner; `changes` is the change in its use by year after success, for
    `bostoette`."""
    kommune, region, stat = (Decimal(share) for share in shares)
    price = Price(
        price_id="botilbud",
        service="Botilbud",
        amount_dkk=Decimal(100_000),
        price_year=price_year,
        kommune=kommune,
        region=region,
        stat=stat,
        status="test",
        source="test",
    )
    consequence = Consequence(
        initiative="bostoette",
        price_id="botilbud",
        change_per_success=tuple(Decimal(change) for change in changes),
        status="test",
        source="test",
    )
    values = {2015: "100.00", 2016: "100.48", 2017: "101.73"}
    return KnowledgePublished(
        pricebook="national",
        version_label="1",
        price_level_year=2017,
        index_series="nettoprisindeks",
        prices=(price,),
        consequences=(consequence,) if changes else (),
        evidence=(),
        indices=tuple(
            IndexValue(series="nettoprisindeks", year=year, value=Decimal(value)) for year, value in values.items()
        ),
        discount_rates=tuple(RATES),
        effective_on=DECIDED,
    )


def inputs(
    costs: dict[int, int] | None = None, completers: dict[int, int] | None = None, rate: str | None = "0.25"
) -> CaseInputs:
    """Costs in whole kroner by year, completers by year, and a net success rate."""
    success = rate and SuccessRate(
        origin="evidence", name="CTI", rate=Decimal(rate), low=None, high=None, evidence_level=1
    )
    return CaseInputs(
        decision_date=DECIDED,
        costs=tuple(YearAmount(year=year, amount_oere=oere(kr)) for year, kr in (costs or {}).items()),
        completers=tuple(YearCount(year=year, count=count) for year, count in (completers or {}).items()),
        success_rate=success or None,
    )


def totals(projection: Projection) -> dict[int, int]:
    """Net of all payers by year, in øre."""
    return {row.year: row.net.total for row in projection.years}


def test_a_case_worked_by_hand() -> None:
    # 10 completers × 25 % = 2.5 successes; each saves 0.1, 0.2, 0.2 years at 100,000: 25,000, 50,000, 50,000.
    found = project(inputs({2017: 60_000}, {2018: 10}), knowledge("-0.1", "-0.2", "-0.2"), "bostoette")
    assert [(row.year, row.net) for row in found.years] == [
        (2017, PayerAmounts(kommune=0, region=0, stat=oere(-60_000))),
        (2018, PayerAmounts(kommune=oere(12_500), region=oere(5_000), stat=oere(7_500))),
        (2019, PayerAmounts(kommune=oere(25_000), region=oere(10_000), stat=oere(15_000))),
        (2020, PayerAmounts(kommune=oere(25_000), region=oere(10_000), stat=oere(15_000))),
    ]
    # 25,000/1.04 + 50,000/1.04² + 50,000/1.04³ = 24,038.4615 + 46,227.8107 + 44,449.8179 = 114,716.0901 kr.
    assert found.net_present_value == PayerAmounts(kommune=5_735_805, region=2_294_322, stat=-2_558_517)
    assert found.discounted_cost == oere(60_000)
    assert found.break_even_year == 2019  # −60,000, −35,000, +15,000


def test_the_rate_is_net_of_the_comparison() -> None:
    # The present service 2 %, the new one 12 %: ten points, so 100 completers are ten successes, not twelve.
    net = Decimal("0.12") - Decimal("0.02")
    found = project(inputs({}, {2017: 100}, str(net)), knowledge("-1"), "bostoette")
    assert totals(found) == {2017: oere(1_000_000)}


def test_the_effect_falls_in_the_year_of_completion_and_years_on_end_with_the_last_consequence() -> None:
    found = project(inputs({2017: 1}, {2019: 4}, "1"), knowledge("-0.5", "-0.25"), "bostoette")
    assert totals(found) == {2017: -100, 2018: 0, 2019: oere(200_000), 2020: oere(100_000)}


def test_cohorts_overlap() -> None:
    found = project(inputs({}, {2018: 1, 2017: 2}, "1"), knowledge("-1", "-0.1"), "bostoette")
    assert totals(found) == {2017: oere(200_000), 2018: oere(120_000), 2019: oere(10_000)}


def test_several_services_of_one_initiative_add_up_and_other_initiatives_do_not_count() -> None:
    base = knowledge("-0.1", "-0.1")
    work = base.prices[0].model_copy(update={"price_id": "job", "amount_dkk": Decimal(10_000)})
    more = base.consequences[0].model_copy(update={"price_id": "job", "change_per_success": (Decimal(1),)})
    other = more.model_copy(update={"initiative": "eftervaern"})
    wide = base.model_copy(update={"prices": (*base.prices, work), "consequences": (more, *base.consequences, other)})
    found = project(inputs({}, {2017: 1}, "1"), wide, "bostoette")
    assert totals(found) == {
        2017: 0,
        2018: oere(10_000),
    }  # 10,000 saved, 10,000 more spent on employment effort


def test_prices_are_brought_to_the_price_level() -> None:
    found = project(inputs({}, {2017: 1}, "1"), knowledge("-1", price_year=2015), "bostoette")
    assert totals(found) == {2017: oere(101_730)}  # 100,000 · 101.73 / 100.00


def test_costs_are_nominal_and_taken_as_they_are() -> None:
    found = project(inputs({2018: 500}), knowledge(), "bostoette")
    assert totals(found) == {2017: 0, 2018: oere(-500)}


def test_an_index_year_that_is_missing_is_named() -> None:
    with pytest.raises(Rejected) as refused:
        project(inputs({}, {2017: 1}), knowledge("-1", price_year=2003), "bostoette")
    assert (refused.value.code, refused.value.figures["year"]) == ("INDEX_YEAR_MISSING", 2003)


@pytest.mark.parametrize(("decided", "factor"), [(date(2017, 5, 9), "0.218598"), (date(2021, 1, 7), "0.265136")])
def test_year_40_under_both_discount_tables(decided: date, factor: str) -> None:
    (found,) = discount_factors(RATES, decided, [decided.year + 40])
    assert round(found, 6) == Decimal(factor)


def test_the_table_in_force_on_the_decision_date_counts() -> None:
    last_day, first_day = date(2021, 1, 6), date(2021, 1, 7)
    assert discount_factors(RATES, last_day, [2022]) == (Decimal("0.961538461538"),)
    assert discount_factors(RATES, first_day, [2022]) == (Decimal("0.966183574879"),)


def test_the_decision_year_and_what_lies_before_it_are_not_discounted() -> None:
    assert discount_factors(RATES, DECIDED, [2016, 2017]) == (Decimal(1), Decimal(1))


def test_a_decision_older_than_every_table_is_refused() -> None:
    with pytest.raises(Rejected) as refused:
        discount_factors(RATES, date(2013, 5, 30), [2014])
    assert refused.value.code == "DISCOUNT_TABLE_MISSING"


def test_rr2_adhd_cost() -> None:
    found = project(inputs({2017: 958_000, 2018: 958_000, 2019: 958_000}, rate=None), knowledge(), "rr2")
    assert round(found.discounted_cost / 100) == 2_764_879  # 4 %, first year undiscounted
    assert found.net_present_value == PayerAmounts(kommune=0, region=0, stat=-found.discounted_cost)
    assert per_person(oere(3 * 958_000), 3 * 34) == 2_817_647  # 28,176 kr. per completer


def test_mst_cost_per_completed_family() -> None:
    assert per_person(oere(16_200_000), 108) == oere(150_000)
    assert per_person(oere(16_200_000), 0) is None


def test_an_effect_for_the_worse_costs_those_who_pay_for_the_service() -> None:
    found = project(inputs({2017: 100}, {2017: 10}, "-0.1"), knowledge("-1"), "bostoette")
    assert found.years[0].net == PayerAmounts(kommune=oere(-50_000), region=oere(-20_000), stat=oere(-30_100))
    assert found.break_even_year is None


def test_without_completers_or_rate_the_case_is_its_cost() -> None:
    for case in (inputs({2017: 700}), inputs({2017: 700}, {2017: 9}, rate=None)):
        found = project(case, knowledge("-1"), "bostoette")
        assert found.net_present_value == PayerAmounts(kommune=0, region=0, stat=oere(-700))


def test_break_even_needs_something_invested() -> None:
    assert project(inputs({}, {2017: 1}), knowledge("-1"), "bostoette").break_even_year is None
    assert project(inputs(), knowledge(), "bostoette").break_even_year is None
    # Gains of 100,000 a year come first; the cost of 2018 is covered in the year it falls.
    early = project(inputs({2018: 150_000}, {2017: 1}, "1"), knowledge("-1", "-1"), "bostoette")
    assert early.break_even_year == 2018


def test_break_even_counts_exactly_nought() -> None:
    found = project(inputs({2017: 100_000}, {2018: 1}, "1"), knowledge("-1"), "bostoette")
    assert (totals(found), found.break_even_year) == ({2017: oere(-100_000), 2018: oere(100_000)}, 2018)


def test_a_years_total_is_the_sum_of_its_rounded_payers() -> None:
    third = "0.333333333333"
    thirds = knowledge("-0.0000010", shares=(third, third, "0.333333333334"))
    found = project(inputs({}, {2017: 1}, "1"), thirds, "bostoette").years[0].net
    assert (found.kommune, found.region, found.stat, found.total) == (3, 3, 3, 9)  # 10 øre unrounded
