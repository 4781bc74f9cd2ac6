"""What holds of every case: with nothing uncertain a simulation is the point, no part of what is unknown is worth more
than the whole, and why a result changed adds up to the øre."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.som.attribution import Computation, attribute
from services.som.events import PAYERS, CaseInputs, Cohort, CostLine, Price, Saving, Settings, Transfer
from services.som.model import KnowledgeBase, compile_case, project
from services.som.uncertainty import information, simulate, tornado
from tests.unit.som_uncertain import consequence, price, published, rate

shares = st.decimals(-1, 1, places=3)
kroner = st.integers(0, 10**6)
names = st.sampled_from(("home", "visits", "work"))


@st.composite
def cost_lines(draw: st.DrawFn) -> CostLine:
    """A cost, with or without a range."""
    low, amount, high = sorted(draw(st.tuples(kroner, kroner, kroner)))
    known = draw(st.booleans())
    return CostLine(
        kind=draw(st.sampled_from(("preparation", "operation", "material"))),
        year=draw(st.integers(2019, 2023)),
        payer=draw(st.sampled_from(PAYERS)),
        amount_oere=amount,
        low_oere=low if known else None,
        high_oere=high if known else None,
        price_year=draw(st.sampled_from((None, 2019, 2020))),
        overhead=draw(st.sampled_from((Decimal(0), Decimal("0.2")))),
        source=draw(st.sampled_from(("budget", "wages"))),
    )


@st.composite
def prices(draw: st.DrawFn, name: str) -> Price:
    """A price, with or without a range."""
    low, amount, high = sorted(draw(st.tuples(kroner, kroner, kroner)))
    span = {"low_dkk": Decimal(low), "high_dkk": Decimal(high)} if draw(st.booleans()) else {}
    return price(name, amount, status=draw(st.sampled_from(("official", "own"))), source="one", **span)


@st.composite
def cohort_lists(draw: st.DrawFn) -> tuple[Cohort, ...]:
    """Those who complete in up to four years."""
    years = draw(st.lists(st.integers(2019, 2022), unique=True, max_size=4))
    found = []
    for year in years:
        low, people, high = sorted(draw(st.tuples(*[st.integers(0, 200)] * 3)))
        found.append(Cohort(year=year, completers=people, low=low, high=high))
    return tuple(found)


@st.composite
def computations(draw: st.DrawFn) -> Computation:
    """A whole case with the knowledge base it is computed from."""
    changes = st.lists(shares, min_size=1, max_size=4)
    rows = tuple(
        consequence(name, *map(str, draw(changes)), source=draw(st.sampled_from(("one", "two"))))
        for name in draw(st.sets(names))
    )
    known = published(tuple(draw(prices(name)) for name in ("home", "visits", "work")), rows)
    low, middle, high = sorted(draw(st.tuples(shares, shares, shares)))
    case = CaseInputs(
        decision_date=date(draw(st.integers(2019, 2021)), 5, 9),
        target_group="group",
        success_measure="measure",
        cohorts=draw(cohort_lists()),
        costs=tuple(draw(st.lists(cost_lines(), max_size=4))),
        transfers=(Transfer(year=2020, payer_from="stat", payer_to="kommune", amount_oere=draw(kroner), source="x"),),
        savings=(Saving(year=2020, payer="region", amount_oere=draw(kroner), source="x"),),
        success_rate=draw(
            st.sampled_from((None, rate(str(middle), str(low), str(high)), rate(str(middle), None, None)))
        ),
        settings=Settings(
            timing=draw(st.sampled_from(("start", "middle", "end"))),
            price_level_year=draw(st.sampled_from((2019, 2020))),
            fade_out=draw(st.sampled_from((Decimal(0), Decimal("0.3")))),
        ),
    )
    return Computation(case, KnowledgeBase(known))


@given(before=computations(), after=computations())
@settings(max_examples=80, deadline=None)
def test_the_contributions_add_up_to_the_difference_by_payer(before: Computation, after: Computation) -> None:
    contributions = attribute(before, after)
    first, second = (project(one.inputs, one.knowledge).net_present_value for one in (before, after))
    for payer in PAYERS:
        difference = getattr(second, payer) - getattr(first, payer)
        assert sum(getattr(one.amount, payer) for one in contributions) == difference


@given(case=computations())
@settings(max_examples=50, deadline=None)
def test_parts_are_worth_no_more_than_the_whole_and_the_tornado_is_about_the_point(case: Computation) -> None:
    model = compile_case(*case[:2])
    found = information(model, case.knowledge, draws=400)
    assert all(0 <= one.worth <= found.perfect for one in found.unknowns)
    total = project(*case[:2]).net_present_value.total
    for bar in tornado(model, case.knowledge):
        assert min(bar.at_low.total, bar.at_high.total) - 3 <= total <= max(bar.at_low.total, bar.at_high.total) + 3


@given(case=computations())
@settings(max_examples=50, deadline=None)
def test_with_nothing_uncertain_every_draw_is_the_point(case: Computation) -> None:
    certain = [row.model_copy(update={"low": None, "high": None}) for row in case.inputs.cohorts]
    costs = [row.model_copy(update={"low_oere": None, "high_oere": None}) for row in case.inputs.costs]
    success = case.inputs.success_rate
    fields = {
        "cohorts": tuple(certain),
        "costs": tuple(costs),
        "success_rate": success and success.model_copy(update={"low": None, "high": None}),
        "settings": case.inputs.settings.model_copy(update={"assumed_range": Decimal(0)}),
    }
    exact = [row.model_copy(update={"low_dkk": None, "high_dkk": None}) for row in case.knowledge.published.prices]
    known = KnowledgeBase(case.knowledge.published.model_copy(update={"prices": tuple(exact)}))
    inputs = case.inputs.model_copy(update=fields)
    point = project(inputs, known).net_present_value
    found = simulate(compile_case(inputs, known), known, draws=100)
    for payer, amounts in zip(PAYERS, found.npv.T, strict=True):
        assert amounts.min() == amounts.max()
        assert abs(amounts[0] - getattr(point, payer)) <= 1  # summed in another order: at most the last øre
