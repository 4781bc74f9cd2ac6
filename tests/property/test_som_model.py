"""What holds for the investment model whatever the case."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.som.events import (
    PAYERS,
    CaseInputs,
    Cohort,
    Consequence,
    CostKind,
    CostLine,
    DiscountRate,
    KnowledgePublished,
    PayerAmounts,
    Price,
    Settings,
)
from services.som.model import CaseModel, KnowledgeBase, compile_case, project
from services.som.model.detail import detail
from tests.som_cases import consequence, price, published, success
from tests.unit.test_som_model import assert_adds_up

ROOT = Path(__file__).parents[2]
YEARS = st.integers(2015, 2030)
PRICE_YEARS = st.integers(2015, 2018)
KRONER = st.integers(0, 10**9)
payers = st.sampled_from(PAYERS)


def decimals(low: str, high: str, places: int = 3) -> st.SearchStrategy[Decimal]:
    """Decimals between two bounds."""
    return st.decimals(Decimal(low), Decimal(high), allow_nan=False, allow_infinity=False, places=places)


@st.composite
def knowledge_bases(draw: st.DrawFn, least: str = "-2") -> KnowledgePublished:
    """One to four services that all follow from success, each change at least `least` and at most 2."""
    prices: list[Price] = []
    consequences: list[Consequence] = []
    for number in range(draw(st.integers(1, 4))):
        kommune = draw(decimals("0", "1"))
        region = draw(decimals("0", str(1 - kommune)))
        shares = f"{kommune} {region} {1 - kommune - region}"
        area = draw(st.sampled_from(["", "Sundhed", "Beskæftigelse"]))
        kroner = str(draw(decimals("0", "3000000", 2)))
        prices.append(price(f"p{number}", kroner, shares, price_year=draw(PRICE_YEARS), area=area))
        changes = draw(st.lists(decimals(least, "2"), min_size=1, max_size=8))
        consequences.append(consequence(*map(str, changes), price_id=f"p{number}"))
    indices = {2015 + n: str(draw(decimals("90", "130", 2))) for n in range(4)}
    rate = DiscountRate(decided_from=date(2013, 5, 31), from_year=0, to_year=None, rate=draw(decimals("0", "0.1")))
    return published(prices, consequences, indices={"net": indices}, rates=[rate])


@st.composite
def settings(draw: st.DrawFn) -> Settings:
    """Options, each as likely at its default as not."""
    some: dict[str, Any] = {
        "timing": st.sampled_from(["start", "middle", "end"]),
        "phase_in": st.lists(decimals("0", "1"), max_size=4).map(tuple),
        "fade_out": decimals("0", "1"),
        "relapse": decimals("0", "1"),
        "displacement": decimals("0", "1"),
        "drop_out": decimals("0", "1"),
    }
    return Settings(**{name: draw(values) for name, values in some.items() if draw(st.booleans())})


@st.composite
def cost_lines(draw: st.DrawFn, price_years: st.SearchStrategy[int | None]) -> CostLine:
    """A cost of the intervention, or a residual value."""
    kinds: tuple[CostKind, ...] = ("operation", "training", "residual")
    kind = draw(st.sampled_from(kinds))
    return CostLine(
        kind=kind,
        year=draw(YEARS),
        payer=draw(payers),
        amount_oere=draw(KRONER) * (-1 if kind == "residual" else 1),
        price_year=draw(price_years),
        overhead=draw(decimals("0", "1")),
        source="x",
    )


@st.composite
def cases(draw: st.DrawFn, *, nominal: bool = True) -> CaseInputs:
    """A case with costs, savings, grants, cohorts, a rate and options; `nominal`: some money has no price year."""
    price_years: st.SearchStrategy[int | None] = st.none() | PRICE_YEARS if nominal else PRICE_YEARS
    money = {"year": YEARS, "amount_oere": KRONER, "price_year": price_years, "source": st.just("x")}
    saved = st.fixed_dictionaries(money | {"payer": payers})
    granted = st.fixed_dictionaries(money | {"payer_from": payers, "payer_to": payers})
    people = st.builds(Cohort, year=YEARS, completers=st.integers(0, 2000), starters=st.integers(0, 2000))
    return CaseInputs.model_validate(
        {
            "decision_date": draw(st.dates(date(2015, 1, 1), date(2030, 12, 31))),
            "target_group": "voksne",
            "success_measure": "bolig",
            "cohorts": draw(st.lists(people, max_size=4, unique_by=lambda row: row.year)),
            "costs": draw(st.lists(cost_lines(price_years), max_size=4)),
            "savings": draw(st.lists(saved, max_size=2)),
            "transfers": draw(st.lists(granted, max_size=2)),
            "success_rate": success(draw(decimals("-1", "1")), draw(st.sampled_from([None, {12: "0.5", 36: "0"}]))),
            "settings": draw(settings()),
        }
    )


def gains(model: CaseModel) -> list[float]:
    """What the successes are worth, by year and payer, in øre."""
    return [float(amount) for amount in model.gains().ravel()]


def assert_close(found: Sequence[float], expected: Sequence[float]) -> None:
    """Equal but for float64's last places."""
    largest = max((abs(amount) for amount in expected), default=0.0)
    for one, other in zip(found, expected, strict=True):
        assert abs(one - other) <= 1e-11 * largest + 1e-6


@given(cases(), knowledge_bases(), st.integers(2, 7))
def test_so_many_times_the_people_is_so_many_times_the_gain(
    case: CaseInputs, base: KnowledgePublished, factor: int
) -> None:
    more = tuple(
        row.model_copy(update={"completers": factor * row.completers, "starters": factor * (row.starters or 0)})
        for row in case.cohorts
    )
    once, often = (compile_case(one, KnowledgeBase(base)) for one in (case, case.model_copy(update={"cohorts": more})))
    assert_close(gains(often), [factor * gain for gain in gains(once)])
    assert (once.costs == often.costs).all()


@given(cases(), knowledge_bases())
def test_the_gain_is_linear_in_the_success_rate(case: CaseInputs, base: KnowledgePublished) -> None:
    model = compile_case(case, KnowledgeBase(base))
    assert_close(gains(model.with_rate(model.rate / 3)), [gain / 3 for gain in gains(model)])


@given(cases(), knowledge_bases(), decimals("-1", "1"), decimals("-1", "1"))
def test_more_effect_is_never_worse_where_a_success_has_a_positive_value(
    case: CaseInputs, base: KnowledgePublished, one: Decimal, other: Decimal
) -> None:
    less, more = sorted((one, other))
    worst, best = (
        project(case.model_copy(update={"success_rate": success(rate)}), KnowledgeBase(base)) for rate in (less, more)
    )
    value = compile_case(case, KnowledgeBase(base)).with_rate(1.0)
    for payer, worth in zip(PAYERS, value.discounted(value.gains()), strict=True):
        before, after = (getattr(found.net_present_value, payer) for found in (worst, best))
        assert after >= before if worth >= 0 else after <= before


@given(cases(), knowledge_bases())
def test_the_payers_together_bear_exactly_the_price(case: CaseInputs, base: KnowledgePublished) -> None:
    whole = {"kommune": Decimal(1), "region": Decimal(0), "stat": Decimal(0)}
    alone = base.model_copy(update={"prices": tuple(row.model_copy(update=whole) for row in base.prices)})
    shared, single = (project(case, KnowledgeBase(one)) for one in (base, alone))
    for one, other in zip(shared.years, single.years, strict=True):
        assert abs(one.net.total - other.net.total) <= 3  # three roundings on either side


@given(cases(), knowledge_bases())
def test_every_part_adds_up_to_its_total(case: CaseInputs, base: KnowledgePublished) -> None:
    found = detail(case, KnowledgeBase(base))
    assert found.discounted.net == project(case, KnowledgeBase(base)).net_present_value
    for payer in PAYERS:
        assert_adds_up(found, payer)
        gained = sum(getattr(flow.gained, payer) for flow in found.flows)
        discounted = found.discounted
        if found.flows:
            assert gained == getattr(discounted.savings, payer) + getattr(discounted.gains, payer)


@given(cases(nominal=False), knowledge_bases(), PRICE_YEARS)
def test_another_price_level_scales_all_money_alike(case: CaseInputs, base: KnowledgePublished, level: int) -> None:
    """All money that has a price year: what is nominal is money of its own day and stays."""
    index = {row.year: float(row.value) for row in base.indices}
    moved = case.model_copy(update={"settings": case.settings.model_copy(update={"price_level_year": level})})
    there, here = (compile_case(one, KnowledgeBase(base)) for one in (moved, case))
    factor = index[level] / index[base.price_level_year]
    for name in ("costs", "fixed", "unit", "unit_se"):
        assert_close(getattr(there, name).ravel(), [factor * float(one) for one in getattr(here, name).ravel()])
    before, after = (model.break_even_rate() for model in (here, there))
    if before is not None and after is not None:
        assert_close([after], [before])


@given(cases(), knowledge_bases(), st.data())
def test_a_case_in_two_halves_adds_up_to_the_whole(
    case: CaseInputs, base: KnowledgePublished, data: st.DataObject
) -> None:
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    for name in ("cohorts", "costs", "savings", "transfers"):
        rows = getattr(case, name)
        cut = data.draw(st.integers(0, len(rows)))
        first[name], second[name] = rows[:cut], rows[cut:]
    whole, *halves = (
        project(case.model_copy(update=part), KnowledgeBase(base)).net_present_value for part in ({}, first, second)
    )
    for payer in PAYERS:
        assert abs(sum(getattr(half, payer) for half in halves) - getattr(whole, payer)) <= 1


@given(cases(), knowledge_bases())
def test_the_options_change_nothing_at_their_neutral_values(case: CaseInputs, base: KnowledgePublished) -> None:
    plain = case.model_copy(update={"settings": Settings()})
    full = tuple(row.model_copy(update={"starters": row.completers}) for row in case.cohorts)
    neutral = Settings(
        horizon=max(len(row.change_per_success) for row in base.consequences) - 1,
        price_level_year=base.price_level_year,
        indexation="families",
        include="all",
        phase_in=(Decimal(1), Decimal(1)),
        drop_out=Decimal(0),
    )
    same = case.model_copy(update={"settings": neutral, "cohorts": full})
    assert project(same, KnowledgeBase(base)) == project(plain, KnowledgeBase(base))


@given(cases(), knowledge_bases())
def test_the_net_present_value_can_be_recomputed_from_the_published_years(
    case: CaseInputs, base: KnowledgePublished
) -> None:
    found = project(case, KnowledgeBase(base))
    for payer in PAYERS:
        again = sum((getattr(row.net, payer) * row.discount_factor for row in found.years), Decimal(0))
        assert abs(again - getattr(found.net_present_value, payer)) <= len(found.years) / 2 + 1


@given(cases(), knowledge_bases())
def test_break_even_is_the_first_year_it_claims_to_be(case: CaseInputs, base: KnowledgePublished) -> None:
    found = project(case, KnowledgeBase(base))
    invested = {line.year for line in case.costs if line.amount_oere > 0}
    running, seen, home = 0, False, None
    for row in found.years:
        running += row.net.total
        seen = seen or running < 0 or row.year in invested
        if home is None and seen and running >= 0:
            home = row.year
    assert found.break_even_year == home


@given(cases(), knowledge_bases())
def test_the_rate_to_break_even_at_put_back_gives_nought(case: CaseInputs, base: KnowledgePublished) -> None:
    model = compile_case(case, KnowledgeBase(base))
    rate = model.break_even_rate()
    assume(rate is not None and abs(rate) < 1000)
    assert rate is not None
    scale = sum(abs(float(amount)) for amount in model.costs.ravel()) + sum(map(abs, gains(model.with_rate(rate))))
    scale += float(abs(model.fixed).sum())
    assert abs(float(model.with_rate(rate).net_present_value().sum())) <= 1e-11 * scale + 1e-6


@given(cases(), knowledge_bases())
def test_the_same_figures_in_whatever_order_the_rows_stand(case: CaseInputs, base: KnowledgePublished) -> None:
    names = ("prices", "consequences", "indices", "discount_rates")
    turned = base.model_copy(update={name: getattr(base, name)[::-1] for name in names})
    rows = {name: getattr(case, name)[::-1] for name in ("cohorts", "costs", "savings", "transfers")}
    first = project(case, KnowledgeBase(base))
    again = project(case.model_copy(update=rows), KnowledgeBase(turned))
    for one, other in zip(first.years, again.years, strict=True):
        assert_alike(one.net, other.net)
    assert_alike(first.net_present_value, again.net_present_value)
    assert first.status == again.status
    unsorted = project(case, KnowledgeBase(turned))
    assert unsorted == first  # what the knowledge base lists is sorted: the very same bits


def assert_alike(one: PayerAmounts, other: PayerAmounts) -> None:
    """Equal but for an øre: cost lines are added up as they stand."""
    for payer in PAYERS:
        assert abs(getattr(one, payer) - getattr(other, payer)) <= 1


BITS = """
from hashlib import sha256
from tests.unit.test_som_model import rich
from services.som.model import compile_case
model = compile_case(*rich())
for rows in (model.unit, model.unit_se, model.costs, model.fixed, model.net(), model.net_present_value()):
    print(sha256(rows.astype("<f8").tobytes()).hexdigest()[:16])
print(model.break_even_rate().hex())
"""

THE_BITS = """
42c245f7e1fadc09
27117c8a922bf9d4
d7256b3805822f50
0ca6701d5a7e9093
a06a83dd03c0df54
1b413d0011539ebc
0x1.a6d19047042e4p-4
"""
"""On any machine, with any Python and numpy. Other bits are another `ENGINE_VERSION`."""


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_inputs_give_the_same_bits_in_every_process(hash_seed: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", BITS],
        cwd=ROOT,
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert found.stdout.split() == THE_BITS.split()
