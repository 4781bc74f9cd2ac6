"""The tree that explains a net result: its parts add up at every node, and everything that was used stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.som.events import (
    PAYERS,
    Behind,
    CaseInputs,
    IndexedBy,
    PayerRule,
    RateSource,
    RuleStep,
    RuleUse,
    Settings,
)
from services.som.explain import Node, explain
from services.som.model import KnowledgeBase, compile_case, project
from services.som.model.figures import figures
from tests import som_cases as som

INDEX = {"net": {2015: "98.3", 2017: "100.7", 2019: "103.1"}, "benefit": {2016: "60.1", 2019: "63.7"}}
LADDER = PayerRule(
    rule_id="ladder",
    measure="weeks_on_benefit",
    bearer="stat",
    rest="kommune",
    valid_from=date(2016, 1, 4),
    steps=tuple(
        RuleStep(start=Decimal(start), share=Decimal(share))
        for start, share in ((0, "0.8"), (4, "0.4"), (26, "0.3"), (52, "0.2"))
    ),
    law="lov nr. 994 af 30. august 2015",
    status="official",
    source="law",
)


def _knowledge(**more: Any) -> KnowledgeBase:
    prices = [
        som.price("botilbud", "460123.45", "0.63 0.07 0.3", price_year=2015, source="price of botilbud"),
        som.price("kontanthjaelp", 143_328, price_year=2016, index_family="benefits",
                  rule=RuleUse(rule_id="ladder", quantity=Decimal(52)), status="placeholder"),
        som.price("skat", "1", "0.6 0 0.4", price_year=2017),
        som.price("unused", 5),
    ]  # fmt: skip
    consequences = [
        som.consequence("-0.1", "-0.07", "-0.051", "-0.01", price_id="botilbud"),
        som.consequence("-0.25", "-0.2", price_id="kontanthjaelp"),
        som.consequence("0", "-12345.67", "-9000", price_id="skat"),
    ]
    families = [IndexedBy(family="services", series="net"), IndexedBy(family="benefits", series="benefit")]
    return som.knowledge(prices, consequences, indices=INDEX, rules=[LADDER], indexed_by=families, level=2019, **more)


def _inputs(**more: Any) -> CaseInputs:
    fields: dict[str, Any] = {
        "decision_date": som.DECIDED,
        "target_group": som.GROUP,
        "success_measure": som.MEASURE,
        "cohorts": som.cohorts({2018: 11, 2019: 7}),
        "costs": (
            som.cost(2017, 200_001, overhead=Decimal("0.07"), price_year=2015),
            som.cost(2018, 99_999, "kommune", kind="training"),
            som.cost(2020, -1_000, kind="residual"),
        ),
        "transfers": (som.transfer(2018, 33_333, price_year=2017),),
        "savings": (som.saving(2019, 12_345, "region"),),
        "success_rate": som.success(
            "0.137", low=Decimal("0.02"), high=Decimal("0.25"), origin="trial", name="own trial"
        ),
        "settings": Settings(indexation="families", fade_out=Decimal("0.1"), timing="middle"),
    }
    return CaseInputs(**fields | more)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _kinds(tree: Node, kind: str) -> list[Node]:
    return [node for node in _nodes(tree) if node.kind == kind]


def _require_sums(tree: Node) -> None:
    for node in _nodes(tree):
        parts = [child.amount_oere for child in node.children if child.amount_oere is not None]
        if parts:
            assert sum(parts) == node.amount_oere, (node.kind, node.label)


def test_the_root_is_the_projections_net_present_value_and_its_children_the_payers() -> None:
    tree, projection = explain(_inputs(), _knowledge()), project(_inputs(), _knowledge())
    assert tree.amount_oere == projection.net_present_value.total
    by_payer = {node.label: node.amount_oere for node in tree.children if node.kind == "payer"}
    assert by_payer == projection.net_present_value.model_dump()


def test_the_parts_of_every_node_add_up_to_it_in_whole_oere() -> None:
    tree = explain(_inputs(), _knowledge())
    assert len(_kinds(tree, "year")) > 20
    _require_sums(tree)


def test_the_factors_of_a_leaf_multiply_to_its_amount() -> None:
    leaves = [node for node in _nodes(explain(_inputs(), _knowledge())) if node.factors]
    assert {node.kind for node in leaves} == {"cost", "transfer", "saving", "year"}
    for node in leaves:
        product = Decimal(100)
        for factor in node.factors.values():
            product *= factor
        assert node.amount_oere is not None
        assert abs(product - node.amount_oere) < 2, node.label


def test_a_gain_names_completers_rate_saved_use_price_share_effect_and_discount_factor() -> None:
    tree = explain(_inputs(settings=Settings(indexation="families", phase_in=(Decimal("0.5"),))), _knowledge())
    [payer] = [node for node in tree.children if node.label == "kommune"]
    year = next(node for node in _nodes(payer) if node.kind == "year" and node.label == "2018 (t = 0)")
    assert {name: str(factor) for name, factor in year.factors.items()} == {
        "completers": "11",
        "success_rate": "0.137",
        "saved_use": "0.1",
        "price_dkk": "482591.329552391",  # 460,123.45 · 103.1 / 98.3
        "share": "0.63",
        "effect": "0.5",
        "discount_factor": "0.961538461538",
    }


def test_every_price_row_index_point_rule_and_rate_that_was_used_stands_in_the_tree() -> None:
    inputs, knowledge = _inputs(), _knowledge()
    tree = explain(inputs, knowledge)
    of_kind = {"price": "price", "index": "index_point", "rule": "rule", "success_rate": "success_rate"}
    used = {(of_kind[one.kind], one.name) for one in figures(compile_case(inputs, knowledge)) if one.kind in of_kind}
    assert {kind for kind, _ in used} == set(of_kind.values())
    shown = {(node.kind, node.label) for node in _nodes(tree) if node.kind in of_kind.values()}
    assert shown == used
    assert [node.text for node in _kinds(tree, "discount_rate")] == ["0.04"]
    assert {node.text for node in _kinds(tree, "index_point") if node.label == "net 2015"} == {"98.3"}
    assert {node.source for node in _kinds(tree, "price") if node.label == "botilbud"} == {"price of botilbud"}


def test_a_case_without_any_effect_still_names_its_prices() -> None:
    tree = explain(_inputs(success_rate=som.success("0"), cohorts=()), _knowledge())
    assert {node.label for node in _kinds(tree, "price")} == {"botilbud", "kontanthjaelp", "skat"}
    _require_sums(tree)


def test_a_placeholder_is_seen_all_the_way_up() -> None:
    tree = explain(_inputs(), _knowledge())
    assert tree.status == "placeholder"
    payers = {node.label: node.status for node in tree.children if node.kind == "payer"}
    assert payers == {"kommune": "placeholder", "region": "own", "stat": "placeholder"}


def test_a_line_has_the_status_it_was_typed_in_with() -> None:
    costs = (som.cost(2017, 10, status="official"), som.cost(2018, 10, status="assumed"))
    tree = explain(_inputs(costs=costs), _knowledge())
    assert [node.status for node in _kinds(tree, "cost")] == ["official", "assumed"]
    assert [node.status for node in _kinds(tree, "costs")] == ["assumed"]


def test_the_success_rate_stands_with_its_sources_and_follow_ups() -> None:
    sources = (
        RateSource(origin="trial", name="ours", rate=Decimal("0.1"), weight=Decimal("0.25")),
        RateSource(origin="evidence", name="theirs", rate=Decimal("0.2"), weight=Decimal("0.75")),
    )
    rate = som.success("0.175", {36: "0.2"}, sources=sources, origin="pooled")
    [node] = _kinds(explain(_inputs(success_rate=rate), _knowledge()), "success_rate")
    assert [(one.kind, one.label, one.text, one.source) for one in node.children] == [
        ("rate_source", "ours", "0.1", "trial, 0.25"),
        ("rate_source", "theirs", "0.2", "evidence, 0.75"),
        ("follow_up", "36", "0.2", None),
    ]


def test_the_events_behind_each_input_are_named() -> None:
    behind = Behind(input="success_rate", service="trials", events=14, first=3, last=90)
    [node] = _kinds(explain(_inputs(), _knowledge(), [behind]), "events")
    assert (node.label, node.source, node.text) == ("success_rate", "trials", "3–90 (14)")


def test_the_tree_goes_over_the_wire_and_back_unchanged() -> None:
    tree = explain(_inputs(), _knowledge())
    assert Node.model_validate_json(tree.model_dump_json()) == tree


AMOUNTS = st.integers(-3, 3) | st.integers(-(10**9), 10**9)
CHANGES = st.lists(st.decimals(-5, 5, places=3), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(
    costs=st.lists(st.tuples(st.integers(2017, 2021), AMOUNTS, st.sampled_from(PAYERS)), max_size=5),
    grants=st.lists(st.tuples(st.integers(2017, 2019), st.integers(0, 999)), max_size=3),
    changes=st.lists(CHANGES, max_size=4),
    people=st.dictionaries(st.integers(2017, 2020), st.integers(0, 50), max_size=3),
    rate=st.decimals(-1, 1, places=3),
)
def test_the_sums_are_exact_whatever_the_case(
    costs: list[Any], grants: list[Any], changes: list[Any], people: dict[int, int], rate: Decimal
) -> None:
    names = [f"service-{place}" for place in range(len(changes))]
    knowledge = som.knowledge(
        [som.price(name, "333.33", "0.333333 0.333333 0.333334") for name in names],
        [som.consequence(*change, price_id=name) for name, change in zip(names, changes, strict=True)],
    )
    inputs = _inputs(
        cohorts=som.cohorts(people),
        costs=tuple(
            som.cost(year, 0, payer).model_copy(update={"amount_oere": amount}) for year, amount, payer in costs
        ),
        transfers=tuple(som.transfer(year, 0).model_copy(update={"amount_oere": amount}) for year, amount in grants),
        savings=(),
        success_rate=som.success(rate),
        settings=Settings(),
    )
    tree = explain(inputs, knowledge)
    assert tree.amount_oere == project(inputs, knowledge).net_present_value.total
    _require_sums(tree)
