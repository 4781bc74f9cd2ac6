"""What the economist's command line reads and how it writes: cases, settings, figures, bars and trees."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from rich.console import Console

from services.som.events import (
    CaseInputs,
    CostKind,
    Payer,
    RateOrigin,
    Recommendation,
    Settings,
    Status,
    Timing,
    Verdict,
)
from services.som.evidence import studies
from services.som.explain import explain
from services.som.explain.node import NodeKind
from services.som.office.bars import WIDTH, drawn, interval, tornado_table
from services.som.office.calculation import calculation, live
from services.som.office.changing import changed
from services.som.office.tree import as_tree, line
from services.som.office.words import (
    COLUMNS,
    FACTORS,
    KINDS,
    VERDICTS,
    VOCABULARY,
    WHYS,
    WORDS,
    banner,
    number,
    percent,
)
from services.som.wording import COST_WORDS, ORIGIN_WORDS, PAYER_WORDS, REASON_WORDS, STATUS_WORDS, TIMING_WORDS
from shared.kernel.rejection import Rejected
from tests import som_cases as som

INPUTS = CaseInputs(
    decision_date=som.DECIDED,
    target_group=som.GROUP,
    success_measure=som.MEASURE,
    cohorts=som.cohorts({2018: 40}),
    costs=(som.cost(2018, 1_234),),
    success_rate=som.success("0.1", {36: "0.5"}),
)


def _changed(*sets: str) -> CaseInputs:
    return CaseInputs.model_validate(changed(INPUTS.model_dump(mode="json"), sets, "hvad nu hvis"))


def test_every_column_has_a_heading_and_every_heading_a_column() -> None:
    assert {name for columns in COLUMNS.values() for name in columns.split()} == set(WORDS)


def test_everything_that_has_a_name_has_one_in_both_languages() -> None:
    for kinds, words in (
        (Status, STATUS_WORDS), (Payer, PAYER_WORDS), (CostKind, COST_WORDS), (Timing, TIMING_WORDS),
        (RateOrigin, ORIGIN_WORDS), (Verdict, VERDICTS),
    ):  # fmt: skip
        assert set(get_args(kinds)) == set(words)
    assert set(get_args(NodeKind)) <= set(KINDS)
    assert len(get_args(Recommendation)) == 3
    assert {"both", "fits"} < set(WHYS)
    reasons = {value for name, value in vars(studies).items() if name.isupper() and isinstance(value, str)}
    assert set(REASON_WORDS) == reasons


def test_a_case_is_an_initiative_and_a_municipality_perhaps_at_a_position_or_a_scenario() -> None:
    assert calculation("cti/0101") == {"initiative": "cti", "municipality": "0101"}
    assert calculation("cti/0101@512") == {"initiative": "cti", "municipality": "0101", "position": 512}
    assert calculation("faded") == {"scenario_id": "faded"}
    with pytest.raises(Rejected, match="CASE_INVALID"):
        live("faded")


def test_a_set_success_rate_is_a_typed_one_that_nothing_else_is_known_of() -> None:
    rate = _changed("success_rate=0,12").success_rate
    assert rate is not None
    assert (str(rate.rate), rate.origin, rate.low, rate.follow_ups, rate.name) == (
        "0.12",
        "typed",
        None,
        (),
        "hvad nu hvis",
    )


def test_settings_lists_and_single_figures_can_be_set_and_nothing_else_moves() -> None:
    found = _changed(
        "settings.fade_out=0.2", "settings.phase_in=0.5;0,75", "cohorts.0.completers=50", "settings.horizon=1"
    )
    assert [str(share) for share in found.settings.phase_in] == ["0.5", "0.75"]
    assert (str(found.settings.fade_out), found.settings.horizon, found.cohorts[0].completers) == ("0.2", 1, 50)
    assert found.model_copy(update={"settings": Settings(), "cohorts": INPUTS.cohorts}) == INPUTS
    assert _changed("settings.drop_out=0.1", "settings.drop_out=").settings.drop_out is None


@pytest.mark.parametrize(
    "text", ["fade_out=0.2", "settings.fadeout=0.2", "cohorts.1.completers=2", "settings", "costs.x=1"]
)
def test_what_is_no_input_is_refused_and_says_what_there_is(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        _changed(text)
    assert refused.value.code == "SETTING_INVALID"


def test_a_value_that_does_not_fit_is_refused_by_its_field() -> None:
    with pytest.raises(Rejected) as refused:
        _changed("cohorts.0.completers=many")
    assert refused.value.fields[0]["field"] == "cohorts.0.completers"


@pytest.mark.parametrize(
    ("share", "written"), [("0", "0 %"), ("0.004", "< 1 %"), ("0.724", "72 %"), ("0.9999", "> 99 %"), ("1", "100 %")]
)
def test_a_chance_is_nought_or_certain_only_when_it_is(share: str, written: str) -> None:
    assert percent(share, "da") == written


def test_figures_are_written_as_the_language_does() -> None:
    assert [number("1234.5", language) for language in ("da", "en")] == ["1.234,5", "1,234.5"]
    assert number(None, "da") == ""


def test_a_result_on_figures_that_were_found_nowhere_says_so() -> None:
    text = banner({"official": 3, "illustrative": 2, "placeholder": 1}, "da")
    assert text is not None
    assert "illustrativ: 2, pladsholder: 1" in text
    assert banner({"official": 3, "derived": 2, "own": 1}, "da") is None


def test_a_bar_reaches_from_the_result_to_both_ends_and_shows_which_is_which() -> None:
    bar = drawn(-50, 100, 0, (-100, 100))
    assert len(bar) == WIDTH
    assert bar.index("|") == WIDTH // 2
    assert (bar.count("░"), bar.count("█")) == (10, 20)
    assert bar.strip().startswith("░")
    turned = drawn(100, -50, 0, (-100, 100))
    assert turned.strip().startswith("█")
    assert drawn(7, 7, 7, (7, 7)).strip() == "|"


def test_an_interval_is_drawn_from_end_to_end_with_its_estimate_and_nought() -> None:
    def ends(estimate: str, low: str, high: str) -> dict[str, str]:
        return {"estimate": estimate, "low": low, "high": high}

    above = interval(ends("0.5", "0.25", "0.75"), (-1, 1))
    assert len(above) == WIDTH
    assert [above.index(sign) for sign in "|─■"] == [20, 25, 30]
    assert above.rindex("─") == 35
    across = interval(ends("-0.5", "-0.75", "0.25"), (-1, 1))
    assert [across.index(sign) for sign in "─■┼"] == [5, 10, 20]
    assert across.rindex("─") == 25
    assert interval(ends("0", "0", "0"), (0, 0)).strip() == "■"


def test_the_tornado_shows_the_widest_and_marks_what_is_assumed() -> None:
    def bar(kind: str, label: str, low: int, high: int, assumed: bool = False) -> dict[str, Any]:
        one = {"kind": kind, "label": label, "unit": "rate", "low": "0.02", "high": "0.18", "assumed": assumed}
        ends = {"kommune": 0, "region": 0}
        return {"input": one, "at_low": {**ends, "stat": low}, "at_high": {**ends, "stat": high}}

    bars = [bar("success_rate", "CTI", -100_00, 300_00), bar("cost", "operation", 90_00, 110_00, assumed=True)]
    console = Console(width=200)
    with console.capture() as caught:
        console.print(tornado_table(bars, 100_00, "da", 1))
        console.print(tornado_table(bars, 100_00, "da", 2))
    printed = caught.get()
    assert "Succesrate: CTI" in printed
    assert "0,02" in printed
    assert "-100,00" in printed
    assert printed.count("Udgift: drift *") == 1


def test_the_tree_is_cut_off_at_the_depth_and_says_how_much_is_left_out() -> None:
    tree = explain(INPUTS, som.one_service("-1")).model_dump(mode="json")
    console = Console(width=240)
    with console.capture() as caught:
        console.print(as_tree(tree, "da", 1))
    printed = caught.get().splitlines()
    assert printed[0].startswith("Nettoresultat, tilbagediskonteret: ")
    assert any(row.startswith("├── Kommune: ") for row in printed)
    assert sum("… " in row for row in printed) == 5
    assert not any("Pris" in row for row in printed)


def test_a_line_of_the_tree_says_what_was_multiplied_where_it_is_from_and_how_sure_it_is() -> None:
    tree = explain(INPUTS, som.one_service("-1"))
    year = next(node for node in _nodes(tree.model_dump(mode="json")) if node["kind"] == "year")
    assert line(year, "da") == (
        "2018 (t = 0): 192.307,69 = 40 gennemførte × 0,1 succesrate × 1 sparet forbrug × 100.000 kr. × 0,5 andel"
        " × 1 effekt × 0,961538 diskonteringsfaktor"
    )
    cost = next(node for node in _nodes(tree.model_dump(mode="json")) if node["kind"] == "cost")
    assert line(cost, "en").endswith("[test; own]")
    assert line(cost, "en").startswith("Cost operation 2018: -1,186.54 = -1,234 DKK × 1 with overhead")


def test_every_factor_of_a_leaf_has_a_word() -> None:
    leaves = [
        node for node in _nodes(explain(INPUTS, som.one_service("-1")).model_dump(mode="json")) if node["factors"]
    ]
    assert {name for node in leaves for name in node["factors"]} <= set(FACTORS)


def test_a_status_in_a_table_is_written_in_the_language() -> None:
    assert VOCABULARY.shown("status", "illustrative", "da") == "illustrativ"
    assert VOCABULARY.shown("kind", "consequence", "en") == "Consequence"


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for child in node["children"] for found in _nodes(child))]
