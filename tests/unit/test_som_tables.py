"""A knowledge base out as CSV tables and in again; a folder with anything wrong is refused whole, place by place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.som.commands import PublishKnowledge
from services.som.shipped import shipped_knowledge
from services.som.tables import knowledge_of, read_folder, tables_of, write_folder
from services.som.tables.cells import BadCell, guarded, number, unformulated, whole
from services.som.tables.reading import MAX_FILE_BYTES, MAX_ROWS
from shared.kernel.rejection import Rejected

FOLDER = {
    "knowledge.csv": (
        "pricebook,version_label,price_level_year,index_series,effective_on\nown,2026,2021,netto,2026-01-01\n"
    ),
    "prices.csv": (
        "price_id,service,unit,amount_dkk,price_year,kommune,region,stat,rule_id,rule_quantity,status,source\n"
        "bed,Sengedag,kr. pr. døgn,4165,2021,0.5,0.5,0,,,official,regionen\n"
        "home,Botilbud,kr. pr. år,1250000.50,2020,1,0,0,sel-176,,own,vores\n"
    ),
    "payer_rules.csv": (
        "rule_id,measure,bearer,rest,valid_from,level_year,step_start,step_share,law,status,source\n"
        "sel-176,kroner_per_year,stat,kommune,2020-01-01,2020,830000,0.25,§ 176,official,lov\n"
        "sel-176,kroner_per_year,stat,kommune,2020-01-01,2020,1630000,0.5,§ 176,official,lov\n"
    ),
    "consequences.csv": (
        "target_group,success_measure,price_id,unit,t,change,standard_error,status,source\n"
        "g,m,bed,kr. pr. døgn,0,-1.5,0.2,own,vores\n"
        "g,m,bed,kr. pr. døgn,1,-0.125,0.1,own,vores\n"
    ),
    "indices.csv": "series,year,value\nnetto,2020,103.87\nnetto,2021,105.4\n",
    "discount_rates.csv": "decided_from,from_year,to_year,rate\n2021-01-07,0,35,0.035\n2021-01-07,36,,0.025\n",
}


def folder(**changed: str | None) -> dict[str, bytes]:
    """The folder with tables changed, by their name without ending; None takes one away."""
    files: dict[str, str | None] = {**FOLDER, **{f"{name}.csv": text for name, text in changed.items()}}
    return {name: text.encode() for name, text in files.items() if text is not None}


def read(fields: dict[str, Any]) -> PublishKnowledge:
    return PublishKnowledge.parse({**fields, "command_id": str(UUID(int=1))})


def problems(files: dict[str, bytes]) -> list[tuple[str, str]]:
    with pytest.raises(Rejected) as refused:
        knowledge_of(files)
    assert refused.value.code == "TABLE_INVALID"
    return [(field["field"], field["rule"]) for field in refused.value.fields]


def test_the_shipped_knowledge_base_goes_out_and_comes_in_identical(tmp_path: Path) -> None:
    shipped = read(shipped_knowledge())
    write_folder(tmp_path / "out", shipped)
    assert read(read_folder(tmp_path / "out")) == shipped


def test_a_folder_becomes_a_knowledge_base() -> None:
    knowledge = read(knowledge_of(folder()))
    bed, home = knowledge.prices
    assert (bed.rule, str(home.amount_dkk)) == (None, "1250000.50")
    assert home.rule is not None
    (rule,) = knowledge.rules
    assert [str(step.share) for step in rule.steps] == ["0.25", "0.5"]
    (row,) = knowledge.consequences
    assert [str(one) for one in row.change_per_success] == ["-1.5", "-0.125"]
    assert [str(one) for one in row.standard_errors] == ["0.2", "0.1"]
    assert knowledge.discount_rates[1].to_year is None


def test_what_danish_excel_saves_is_read_as_it_was_meant() -> None:
    danish = {
        name: text.replace(",", ";").replace(".", ",").replace("kr, pr,", "kr. pr.") for name, text in FOLDER.items()
    }
    danish["prices.csv"] = danish["prices.csv"].replace("1250000,50", "1.250.000,50")
    files = {name: text.encode("cp1252") for name, text in danish.items()}
    assert read(knowledge_of(files)) == read(knowledge_of(folder()))
    marked = {name: text.encode("utf-8-sig") for name, text in danish.items()}
    assert read(knowledge_of(marked)) == read(knowledge_of(folder()))


@pytest.mark.parametrize(
    ("cell", "commas", "semicolons"),
    [
        ("1234", "1234", "1234"),
        ("1234.5", "1234.5", "1234.5"),
        ("0.125", "0.125", "0.125"),
        ("1234,5", "1234.5", "1234.5"),
        ("1.234,50", "1234.50", "1234.50"),
        ("1.234.567", "1234567", "1234567"),
        ("1.234", "1.234", "ambiguous_number"),
        ("1,234", "ambiguous_number", "1.234"),
        ("-0,5", "-0.5", "-0.5"),
        ("−0.5", "-0.5", "-0.5"),
        ("1,234.5", "number", "number"),
        ("1.23.4", "number", "number"),
        ("12 kr.", "number", "number"),
        ("1E5", "number", "number"),
        ("nan", "number", "number"),
        ("٣", "number", "number"),
        ("9" * 31, "number", "number"),
    ],
)
def test_a_number_is_read_where_it_can_only_mean_one_thing(cell: str, commas: str, semicolons: str) -> None:
    for expected, separator in ((commas, False), (semicolons, True)):
        if expected in ("number", "ambiguous_number"):
            with pytest.raises(BadCell) as bad:
                number(cell, separator)
            assert bad.value.rule == expected
        else:
            assert str(number(cell, separator)) == expected


def test_a_whole_number_has_no_decimals() -> None:
    assert whole(" 2021 ") == 2021
    for cell in ("2021.0", "2021,5", "ca. 2021", ""):
        with pytest.raises(BadCell, match="whole number"):
            whole(cell)


PRICES, INDICES = FOLDER["prices.csv"], FOLDER["indices.csv"]
CONSEQUENCES, RULES = FOLDER["consequences.csv"], FOLDER["payer_rules.csv"]


@pytest.mark.parametrize(
    ("changed", "place", "rule"),
    [
        ({"prices": PRICES.replace("0.5,0.5,0", "0.5,0.4,0")}, "prices.csv:2:kommune", "shares_add_up"),
        ({"prices": PRICES.replace("4165,2021", "4165,")}, "prices.csv:2:price_year", "missing"),
        ({"prices": PRICES.replace("4165,2021", ",2021")}, "prices.csv:2:amount_dkk", "missing"),
        ({"prices": PRICES.replace("4165", "ca. 4165")}, "prices.csv:2:amount_dkk", "number"),
        ({"prices": PRICES.replace("4165", "=4*1041")}, "prices.csv:2:amount_dkk", "formula"),
        ({"prices": PRICES.replace("Sengedag", "=A1")}, "prices.csv:2:service", "formula"),
        ({"prices": PRICES.replace("4165", '"4,165"')}, "prices.csv:2:amount_dkk", "ambiguous_number"),
        ({"prices": PRICES.replace("4165", "-4165")}, "prices.csv:2:amount_dkk", "greater_than_equal"),
        ({"prices": PRICES.replace("4165,2021", "4165,2019")}, "prices.csv:2:price_year", "index_gap"),
        ({"prices": PRICES.replace("Botilbud", "Sengedag")}, "prices.csv:3:unit", "units_mixed"),
        ({"prices": PRICES.replace("home,", "bed,")}, "prices.csv:3:price_id", "twice"),
        ({"prices": PRICES.replace("sel-176", "sel-177")}, "prices.csv:3:rule_id", "unknown"),
        ({"prices": PRICES.replace(",,,official", ",,30,official")}, "prices.csv:2:rule_quantity", "unknown"),
        ({"prices": PRICES.replace("sel-176,,", "sel-176,3,")}, "prices.csv:3:rule_quantity", "rule_quantity_mismatch"),
        ({"prices": PRICES.replace("official", "sure")}, "prices.csv:2:status", "literal_error"),
        ({"prices": PRICES.replace("amount_dkk", "amount")}, "prices.csv:1:amount_dkk", "missing_column"),
        ({"prices": PRICES.replace("rule_id,", "rule,")}, "prices.csv:1:rule", "unknown_column"),
        ({"prices": PRICES.replace("rule_id,", "unit,")}, "prices.csv:1:unit", "column_twice"),
        ({"prices": PRICES.replace(",official,", ",official,,")}, "prices.csv:2", "columns"),
        ({"prices": PRICES.replace("Sengedag", "Senge\0dag")}, "prices.csv:2:service", "value_error"),
        ({"prices": None}, "prices.csv", "missing_table"),
        ({"price": PRICES}, "price.csv", "unknown_table"),
        ({"indices": INDICES.replace("2021,", "2022,")}, "indices.csv:3:year", "index_gap"),
        ({"indices": INDICES.replace("2021,", "2020,")}, "indices.csv:3:year", "twice"),
        ({"indices": INDICES.replace("netto", "brutto")}, "knowledge.csv:2:index_series", "unknown"),
        ({"consequences": CONSEQUENCES.replace("døgn,1", "år,1")}, "consequences.csv:3:unit", "units_mixed"),
        ({"consequences": CONSEQUENCES.replace(",1,-0.125", ",2,-0.125")}, "consequences.csv:3:t", "years_in_order"),
        ({"consequences": CONSEQUENCES.replace("bed", "bad")}, "consequences.csv:2:price_id", "unknown"),
        ({"consequences": CONSEQUENCES.replace("0.1,own", ",own")}, "consequences.csv:2:standard_error", "all_or_none"),
        (
            {"consequences": CONSEQUENCES.replace("-0.125", "-125000")},
            "consequences.csv:3:change",
            "greater_than_equal",
        ),
        ({"payer_rules": RULES.replace("0.5,§ 176", "0.5,§ 182")}, "payer_rules.csv:3:law", "differs"),
        ({"payer_rules": RULES.replace("0.5,§", "1.5,§")}, "payer_rules.csv:3:step_share", "less_than_equal"),
        (
            {"payer_rules": RULES.replace("1630000", "30000")},
            "payer_rules.csv:3:step_start",
            "rule_steps_not_ascending",
        ),
        ({"discount_rates": FOLDER["discount_rates.csv"].replace("36", "37")}, "discount_rates.csv:3:from_year", "gap"),
        ({"follow_ups": "initiative,months,share_left\nppr,38,0.05\n"}, "follow_ups.csv:2:initiative", "unknown"),
        ({"knowledge": FOLDER["knowledge.csv"].replace("own", "Own!")}, "knowledge.csv:2:pricebook", "string_pattern"),
        ({"knowledge": FOLDER["knowledge.csv"].splitlines()[0]}, "knowledge.csv", "one_row"),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_column(changed: dict[str, str | None], place: str, rule: str) -> None:
    found = problems(folder(**changed))
    assert any(at == place and rule in broken for at, broken in found), found


def test_a_price_per_day_and_one_per_year_may_stand_side_by_side_under_names_of_their_own() -> None:
    both = PRICES + "bed-year,Sengedag i et helt år,kr. pr. år,1520225,2021,1,0,0,,,own,vores\n"
    assert len(read(knowledge_of(folder(prices=both))).prices) == 3


def test_at_most_twenty_problems_are_listed_and_the_rest_counted() -> None:
    rows = "".join(f"p{n},S{n},kr.,x,2021,1,0,0,,,own,s\n" for n in range(50))
    with pytest.raises(Rejected) as refused:
        knowledge_of(folder(prices=PRICES.splitlines()[0] + "\n" + rows))
    assert len(refused.value.fields) == 20
    assert (refused.value.figures["problems"], refused.value.figures["not_listed"]) == (50, 30)
    assert "50" not in refused.value.fields[0]["message"]


def test_a_table_of_200_000_rows_is_not_read_to_its_end() -> None:
    rows = "netto,2021,105.4\n" * 200_000
    found = problems(folder(indices=INDICES + rows))
    assert found == [(f"indices.csv:{MAX_ROWS + 2}", "too_many_rows")]


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    for name, content in folder().items():
        (tmp_path / name).write_bytes(content)
    with open(tmp_path / "prices.csv", "ab") as file:
        file.truncate(100 * MAX_FILE_BYTES)
    with pytest.raises(Rejected) as refused:
        read_folder(tmp_path)
    assert [(one["field"], one["rule"]) for one in refused.value.fields] == [("prices.csv", "too_large")]


def test_a_text_that_looks_like_a_formula_goes_out_guarded_and_comes_in_as_it_was() -> None:
    knowledge = knowledge_of(folder())
    knowledge["prices"][0]["note"] = "=cmd|' /C calc'!A1"
    knowledge["prices"][1]["note"] = "'-2 mio."
    out = tables_of(read(knowledge))
    assert "'=cmd" in out["prices.csv"]
    assert read(knowledge_of({name: text.encode() for name, text in out.items()})) == read(knowledge)


@given(st.text(max_size=12))
def test_a_guarded_text_is_no_formula_and_is_given_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@"))
    assert unformulated(guarded(text)) == text


@settings(max_examples=50, deadline=None)
@given(
    amount=st.decimals(0, 10**8, places=4),
    share=st.decimals(0, 1, places=9),
    changes=st.lists(st.decimals(-1000, 1000, places=6), min_size=1, max_size=12),
    words=st.text("abcæøå,;\"'=- \n", min_size=1, max_size=20),
)
def test_whatever_is_published_goes_out_and_comes_in_identical(
    amount: Any, share: Any, changes: list[Any], words: str
) -> None:
    fields = knowledge_of(folder())
    price = {"amount_dkk": str(amount), "kommune": str(share), "region": str(1 - share), "stat": "0"}
    fields["prices"][0] |= price | {"area": words.replace("\n", " "), "note": words}
    fields["consequences"][0] |= {"change_per_success": [str(one) for one in changes], "standard_errors": []}
    knowledge = read(json.loads(json.dumps(fields)))
    out = tables_of(knowledge)
    assert read(knowledge_of({name: text.encode() for name, text in out.items()})) == knowledge


def test_a_folder_is_written_whole_into_a_place_of_its_own(tmp_path: Path) -> None:
    knowledge = read(knowledge_of(folder()))
    write_folder(tmp_path / "deep" / "out", knowledge)
    assert len(list((tmp_path / "deep" / "out").iterdir())) == 10
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
    with pytest.raises(Rejected, match="FOLDER_INVALID"):
        write_folder(tmp_path / "deep" / "out", knowledge)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Rejected, match="FOLDER_INVALID"):
            read_folder(place)
