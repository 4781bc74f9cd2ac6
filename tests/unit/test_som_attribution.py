"""Why a projection changed: which inputs it is told of, that it adds up, and what cannot be told apart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from services.som.attribution import GROUPS, Computation, attribute, whole_shares
from services.som.events import (
    CaseInputs,
    Contribution,
    DiscountRate,
    IndexValue,
    KnowledgePublished,
    PayerAmounts,
    Settings,
    Transfer,
)
from services.som.model import KnowledgeBase, project
from shared.kernel.rejection import Rejected
from tests.unit.som_uncertain import CONSEQUENCES, INPUTS, KNOWN, PRICES, consequence, cost, inputs, model, price, rate

BEFORE = Computation(INPUTS, KNOWN)


def changed(case: CaseInputs = INPUTS, **published: object) -> Computation:
    """The case with other inputs, or with another version of the knowledge base."""
    known = KnowledgeBase(KNOWN.published.model_copy(update=published)) if published else KNOWN
    return Computation(case, known)


def names(contributions: tuple[Contribution, ...]) -> set[str]:
    return {one.input for one in contributions}


def adds_up(before: Computation, after: Computation, contributions: tuple[Contribution, ...]) -> bool:
    first, second = (project(one.inputs, one.knowledge).net_present_value for one in (before, after))
    return all(
        sum(getattr(one.amount, payer) for one in contributions) == getattr(second, payer) - getattr(first, payer)
        for payer in ("kommune", "region", "stat")
    )


GRANT = Transfer(year=2020, payer_from="stat", payer_to="kommune", amount_oere=5, source="x")
NEWER = DiscountRate(decided_from=date(2020, 1, 1), from_year=0, to_year=None, rate=Decimal("0.02"))


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("success_rate", changed(inputs(success_rate=rate("0.25")))),
        ("costs", changed(inputs(costs=(cost(140_000),)))),
        (
            "costs",
            changed(
                inputs(
                    transfers=(Transfer(year=2020, payer_from="stat", payer_to="kommune", amount_oere=5, source="x"),)
                )
            ),
        ),
        ("completers", changed(inputs(cohorts=INPUTS.cohorts[:1]))),
        ("prices", changed(prices=(price("home", 80_000), PRICES[1]))),
        ("prices", changed(inputs(own_prices=(price("home", 80_000),)))),
        ("consequences", changed(consequences=CONSEQUENCES[:1])),
        ("consequences", changed(inputs(own_consequences=(consequence("home", "-0.5"),)))),
        ("indices", changed(inputs(settings=Settings(price_level_year=2019)))),
        ("discounting", changed(inputs(settings=Settings(timing="end")))),
        ("discounting", changed(discount_rates=(*KNOWN.published.discount_rates, NEWER))),
        ("settings", changed(inputs(settings=Settings(fade_out=Decimal("0.2"))))),
    ],
)
def test_one_changed_input_is_the_whole_difference(name: str, after: Computation) -> None:
    found = attribute(BEFORE, after)
    assert names(found) == {name}
    assert adds_up(BEFORE, after, found)


def test_every_field_of_a_case_and_of_the_knowledge_base_that_counts_belongs_to_one_group() -> None:
    fields = [field for group in GROUPS.values() for field in group.inputs]
    assert sorted(fields) == sorted(set(CaseInputs.model_fields) - {"settings"})
    choices = [field for group in GROUPS.values() for field in group.settings]
    assert sorted(choices) == sorted(set(Settings.model_fields) - {"assumed_range"})
    known = [field for group in GROUPS.values() for field in group.knowledge]
    unused = {"pricebook", "version_label", "studies", "bases", "effective_on"}
    assert sorted(known) == sorted(set(KnowledgePublished.model_fields) - unused)


def test_two_inputs_that_multiply_share_what_they_do_together() -> None:
    # Without costs the result is completers · rate · worth: twice and thrice of them is six times.
    free = inputs(costs=(), cohorts=INPUTS.cohorts[:1], success_rate=rate("0.1"))
    more = inputs(
        costs=(), cohorts=(INPUTS.cohorts[0].model_copy(update={"completers": 60}),), success_rate=rate("0.3")
    )
    before, after = Computation(free, KNOWN), Computation(more, KNOWN)
    base = project(free, KNOWN).net_present_value.total
    found = {one.input: one.amount.total for one in attribute(before, after)}
    # Over both orders: completers (1 + 3) / 2 = 2 times, the rate (2 + 4) / 2 = 3 times the base.
    assert found == {"completers": pytest.approx(2 * base, abs=9), "success_rate": pytest.approx(3 * base, abs=9)}
    assert adds_up(before, after, attribute(before, after))


def test_four_inputs_get_their_average_over_all_orders() -> None:
    fields = {
        "success_rate": rate("0.35"),
        "cohorts": INPUTS.cohorts[:1],
        "settings": Settings(fade_out=Decimal("0.4")),
        "own_prices": (price("home", 140_000),),
    }
    told = dict(zip(fields, ("success_rate", "completers", "settings", "prices"), strict=True))
    expected = dict.fromkeys(told.values(), 0.0)
    for order in permutations(fields):
        case = INPUTS
        for field in order:
            moved = case.model_copy(update={field: fields[field]})
            step = model(moved).net_present_value().sum() - model(case).net_present_value().sum()
            expected[told[field]] += float(step) / 24
            case = moved
    found = {one.input: one.amount.total for one in attribute(BEFORE, changed(inputs(**fields)))}
    assert found == pytest.approx(expected, abs=3)


def test_all_groups_at_once_add_up_and_the_largest_comes_first() -> None:
    case = inputs(
        success_rate=rate("0.3"),
        costs=(cost(99_999),),
        cohorts=INPUTS.cohorts[:1],
        settings=Settings(fade_out=Decimal("0.1"), timing="middle", price_level_year=2019),
    )
    after = changed(case, prices=(price("home", 70_000), price("visits", 61_000)), consequences=CONSEQUENCES[:1])
    found = attribute(BEFORE, after)
    assert names(found) == set(GROUPS)
    assert adds_up(BEFORE, after, found)
    sizes = [sum(abs(amount) for amount in one.amount.model_dump().values()) for one in found]
    assert sizes == sorted(sizes, reverse=True)


def test_there_and_back_again_is_the_same_with_the_opposite_sign() -> None:
    after = changed(inputs(success_rate=rate("0.3"), costs=(cost(99_999),)))
    there, back = attribute(BEFORE, after), attribute(after, BEFORE)
    for one in there:
        other = next(other for other in back if other.input == one.input)
        assert other.amount.total == pytest.approx(-one.amount.total, abs=3)


def test_unchanged_inputs_and_what_moves_nothing_are_not_told() -> None:
    assert attribute(BEFORE, Computation(INPUTS, KNOWN)) == ()
    assert attribute(BEFORE, changed(prices=(*PRICES, price("unused")))) == ()
    assert attribute(BEFORE, changed(inputs(success_rate=rate(low="0.1")))) == ()


def test_another_engine_is_a_contribution_of_its_own() -> None:
    told = PayerAmounts(kommune=1, region=2, stat=3)
    found = {one.input: one.amount for one in attribute(BEFORE._replace(published=told), BEFORE)}
    now = project(INPUTS, KNOWN).net_present_value
    assert found == {"engine": PayerAmounts(kommune=now.kommune - 1, region=now.region - 2, stat=now.stat - 3)}
    assert attribute(BEFORE._replace(published=now), BEFORE) == ()


def test_a_consequence_that_came_with_its_price_can_be_told_from_the_other_prices() -> None:
    # With the new consequences and the old prices there would be no price for it.
    after = changed(
        prices=(price("home", 80_000), PRICES[1], price("work")), consequences=(*CONSEQUENCES, consequence("work", "1"))
    )
    found = attribute(BEFORE, after)
    assert names(found) == {"prices", "consequences"}
    assert adds_up(BEFORE, after, found)


def test_an_own_price_that_came_with_its_consequence_can_be_told_apart() -> None:
    after = changed(inputs(own_prices=(price("own"), price("home", 1)), own_consequences=(consequence("own", "-1"),)))
    found = attribute(BEFORE, after)
    assert names(found) == {"prices", "consequences"}
    assert adds_up(BEFORE, after, found)


def test_a_price_year_that_came_with_its_index_point_can_be_told_apart() -> None:
    # With the new prices and the old index there would be no point for their year.
    points = (*KNOWN.published.indices, IndexValue(series="series", year=2018, value=Decimal(99)))
    moved = (points[0], points[1].model_copy(update={"value": Decimal(103)}), points[2])
    after = changed(prices=(price("home", 80_000, price_year=2018), PRICES[1]), indices=moved)
    before = changed(prices=(price("home", 80_000, price_year=2019), PRICES[1]))
    found = attribute(before, after)
    assert names(found) == {"prices", "indices"}
    assert adds_up(before, after, found)


def test_what_cannot_be_computed_apart_is_told_as_one() -> None:
    # A horizon that only the new consequences reach to.
    longer = consequence("home", "-0.1", "-0.2", "-0.2", "-0.2", "-0.2")
    case = inputs(settings=Settings(horizon=4), success_rate=rate("0.3"))
    after = changed(case, consequences=(longer, CONSEQUENCES[1]))
    found = attribute(BEFORE, after)
    assert names(found) == {"knowledge", "success_rate"}
    assert adds_up(BEFORE, after, found)


def test_drop_out_and_starters_that_came_together_are_told_as_completers() -> None:
    people = tuple(row.model_copy(update={"starters": 50}) for row in INPUTS.cohorts)
    case = inputs(cohorts=people, settings=Settings(drop_out=Decimal("0.3")))
    assert names(attribute(BEFORE, changed(case))) == {"completers"}


def test_a_case_that_cannot_be_computed_is_refused() -> None:
    with pytest.raises(Rejected, match="HORIZON_BEYOND_CONSEQUENCES"):
        attribute(BEFORE, changed(inputs(settings=Settings(horizon=30))))


@pytest.mark.parametrize(
    ("parts", "total", "whole"),
    [
        ((1.5, 1.5), 3, [2, 1]),
        ((0.2, 0.7, 0.1), 1, [0, 1, 0]),
        ((-0.5, -0.5), -1, [0, -1]),
        ((2.0, 3.0), 5, [2, 3]),
        ((2.0, 3.0), 6, [3, 3]),
        ((2.0, 3.0), 4, [2, 2]),
    ],
)
def test_whole_shares_add_up_and_are_the_nearest(parts: tuple[float, ...], total: int, whole: list[int]) -> None:
    assert whole_shares(parts, total) == whole
