"""What holds for the investment model whatever the case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.som.events import (
    CaseInputs,
    Consequence,
    DiscountRate,
    IndexValue,
    KnowledgePublished,
    Price,
    SuccessRate,
    YearAmount,
    YearCount,
)
from services.som.model import Projection, project

YEARS = st.integers(2015, 2030)


def decimals(low: str, high: str, places: int = 3) -> st.SearchStrategy[Decimal]:
    """Decimals between two bounds."""
    return st.decimals(Decimal(low), Decimal(high), allow_nan=False, allow_infinity=False, places=places)


@st.composite
def knowledge_bases(draw: st.DrawFn) -> KnowledgePublished:
    """A knowledge base with one to four services that all follow from success in `x`."""
    prices, consequences = [], []
    for number in range(draw(st.integers(1, 4))):
        kommune = draw(decimals("0", "1"))
        region = draw(decimals("0", str(1 - kommune)))
        common: dict[str, Any] = {"price_id": f"p{number}", "status": "test", "source": "test"}
        prices.append(
            Price(
                **common,
                service="x",
                amount_dkk=draw(decimals("0", "3000000", 2)),
                price_year=draw(st.integers(2015, 2018)),
                kommune=kommune,
                region=region,
                stat=1 - kommune - region,
            )
        )
        changes = draw(st.lists(decimals("-2", "2"), min_size=1, max_size=12))
        consequences.append(Consequence(**common, initiative="x", change_per_success=tuple(changes)))
    indices = [draw(decimals("90", "130", 2)) for _ in range(4)]
    rate = draw(decimals("0", "0.1"))
    return KnowledgePublished(
        pricebook="p",
        version_label="1",
        price_level_year=2017,
        index_series="i",
        prices=tuple(prices),
        consequences=tuple(consequences),
        evidence=(),
        indices=tuple(IndexValue(series="i", year=2015 + n, value=value) for n, value in enumerate(indices)),
        discount_rates=(DiscountRate(decided_from=date(2013, 5, 31), from_year=0, to_year=None, rate=rate),),
        effective_on=date(2017, 1, 1),
    )


def success(rate: Decimal) -> SuccessRate:
    """A success rate from evidence."""
    return SuccessRate(origin="evidence", name="x", rate=rate, low=None, high=None, evidence_level=1)


@st.composite
def cases(draw: st.DrawFn) -> CaseInputs:
    """A case with some costs, cohorts and a rate."""
    costs = draw(st.dictionaries(YEARS, st.integers(0, 10**12), max_size=5))
    completers = draw(st.dictionaries(YEARS, st.integers(1, 2000), max_size=5))
    return CaseInputs(
        decision_date=draw(st.dates(date(2015, 1, 1), date(2030, 12, 31))),
        costs=tuple(YearAmount(year=year, amount_oere=amount) for year, amount in sorted(costs.items())),
        completers=tuple(YearCount(year=year, count=count) for year, count in sorted(completers.items())),
        success_rate=success(draw(decimals("-1", "1"))),
    )


def benefits(projection: Projection, cost_only: Projection) -> list[tuple[int, int, int]]:
    """Per year and payer, what the projection has beyond its costs."""
    pairs = zip(projection.years, cost_only.years, strict=True)
    return [(a.net.kommune - b.net.kommune, a.net.region - b.net.region, a.net.stat - b.net.stat) for a, b in pairs]


def assert_scaled(single: Projection, scaled: Projection, base: Projection, factor: int) -> None:
    """The benefits are `factor` times as large, to within what rounding each to a whole øre can do."""
    slack = (factor + 1) / 2 + 0.01
    for before, after in zip(benefits(single, base), benefits(scaled, base), strict=True):
        for one, many in zip(before, after, strict=True):
            assert abs(many - factor * one) <= slack


@given(cases(), knowledge_bases())
def test_benefits_are_linear_in_the_success_rate(case: CaseInputs, knowledge: KnowledgePublished) -> None:
    assert case.success_rate is not None
    fifth = case.success_rate.rate / 5
    single, scaled, none = (
        project(case.model_copy(update={"success_rate": success(rate)}), knowledge, "x")
        for rate in (fifth, fifth * 5, Decimal(0))
    )
    assert_scaled(single, scaled, none, 5)


@given(cases(), knowledge_bases())
def test_twice_the_completers_is_twice_the_benefit(case: CaseInputs, knowledge: KnowledgePublished) -> None:
    twice = tuple(YearCount(year=row.year, count=2 * row.count) for row in case.completers)
    none = case.model_copy(update={"success_rate": None})
    assert_scaled(
        project(case, knowledge, "x"),
        project(case.model_copy(update={"completers": twice}), knowledge, "x"),
        project(none, knowledge, "x"),
        2,
    )


@given(cases(), knowledge_bases())
def test_without_success_the_net_present_value_is_the_cost(case: CaseInputs, knowledge: KnowledgePublished) -> None:
    found = project(case.model_copy(update={"success_rate": success(Decimal(0))}), knowledge, "x")
    assert found.net_present_value.total == found.net_present_value.stat == -found.discounted_cost


@given(cases(), knowledge_bases())
def test_the_payers_together_bear_exactly_the_price(case: CaseInputs, knowledge: KnowledgePublished) -> None:
    alone = tuple(
        price.model_copy(update={"kommune": Decimal(1), "region": Decimal(0), "stat": Decimal(0)})
        for price in knowledge.prices
    )
    split = project(case, knowledge, "x")
    whole = project(case, knowledge.model_copy(update={"prices": alone}), "x")
    for one, other in zip(split.years, whole.years, strict=True):
        assert one.net.total == one.net.kommune + one.net.region + one.net.stat
        assert abs(one.net.total - other.net.total) <= 2  # three roundings against one


@given(cases(), knowledge_bases())
def test_the_net_present_value_can_be_recomputed_from_the_published_years(
    case: CaseInputs, knowledge: KnowledgePublished
) -> None:
    found = project(case, knowledge, "x")
    again = sum((row.net.total * row.discount_factor for row in found.years), Decimal(0))
    assert abs(again - found.net_present_value.total) <= 2 * len(found.years) + 2


@given(cases(), knowledge_bases())
def test_break_even_is_the_first_year_it_claims_to_be(case: CaseInputs, knowledge: KnowledgePublished) -> None:
    found = project(case, knowledge, "x")
    running = 0
    invested = False
    first: int | None = None
    for row in found.years:
        running += row.net.total
        cost = sum(cost.amount_oere for cost in case.costs if cost.year == row.year)
        invested = invested or running < 0 or cost > 0
        if first is None and invested and running >= 0:
            first = row.year
    assert found.break_even_year == first


@given(cases(), knowledge_bases())
def test_the_same_inputs_give_the_same_figures_in_whatever_order_they_stand(
    case: CaseInputs, knowledge: KnowledgePublished
) -> None:
    turned = {name: getattr(knowledge, name)[::-1] for name in ("prices", "consequences", "indices")}
    case_turned = {"costs": case.costs[::-1], "completers": case.completers[::-1]}
    first = project(case, knowledge, "x").model_dump_json()
    again = project(case.model_copy(update=case_turned), knowledge.model_copy(update=turned), "x")
    assert first == project(case, knowledge, "x").model_dump_json() == again.model_dump_json()
