"""The workbook: out, in again whole, and refused with every cell named when something stands in the way."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.workbook.defined_name import DefinedName

from services.som.events import CaseInputs, Settings
from services.som.model import project
from services.som.workbook import export_case, import_case, template
from services.som.workbook.layout import (
    ASSUMPTIONS,
    CONSEQUENCES,
    COSTS,
    EFFECT,
    FIELDS,
    FRONT,
    INPUT_SHEETS,
    INTERVENTION,
    PRICES,
    RESULTS,
    STATUS,
    TABLES,
)
from services.som.workbook.opening import MAX_FILE_BYTES, MAX_PART_BYTES
from shared.kernel.rejection import Rejected
from tests.som_cases import case, consequence, cost, knowledge, one_service, price, saving, success
from tests.som_workbook_cases import SEEDS, varied_case

Change = Callable[[Workbook], None]


def content_of(book: Workbook) -> bytes:
    """The workbook as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@cache
def exported() -> bytes:
    """A case with one of everything."""
    return export_case(*varied_case(7), "Sag")


def find(book: Workbook, sheet: str, name: str, row: int = 0) -> Any:
    """The input cell of a field, or of a table's column (`costs.year`) in its `row`-th row."""
    page = book[sheet]
    column_a = [cell.value for (cell,) in page.iter_rows(max_col=1)]
    for field in FIELDS.get(sheet, ()):
        if field.name == name:
            return page.cell(column_a.index(field.heading) + 1, 2)
    table, _, column = name.partition(".")
    start = column_a.index(TABLES[table].title) + 2
    headings = {one.name: one.heading for one in TABLES[table].columns} | {f"change.{t}": f"t = {t}" for t in range(41)}
    heads = [cell.value for cell in page[start]]
    return page.cell(start + 1 + row, heads.index(headings[column]) + 1)


def put(sheet: str, name: str, value: Any, row: int = 0) -> Change:
    """A cell typed over."""

    def change(book: Workbook) -> None:
        find(book, sheet, name, row).value = value

    return change


def refused(content: bytes) -> list[dict[str, str]]:
    """The problems that a workbook is refused with."""
    with pytest.raises(Rejected) as rejection:
        import_case(content)
    assert rejection.value.code == "WORKBOOK_INVALID"
    assert rejection.value.figures["problems"] >= len(rejection.value.fields) > 0
    return rejection.value.fields


# --- out -------------------------------------------------------------------------------------------------


def test_the_sheets_follow_soms_steps_and_hold_formulas_wherever_nothing_is_typed() -> None:
    book = load_workbook(io.BytesIO(exported()))
    assert book.sheetnames[:8] == [FRONT, *INPUT_SHEETS, RESULTS]
    figures = [cell.value for row in book[RESULTS].iter_rows() for cell in row if cell.value is not None]
    formulas = [value for value in figures if str(value).startswith("=")]
    assert len(formulas) > 100
    assert not [value for value in figures if isinstance(value, int | float)]


def test_a_status_stands_beside_every_figure_and_a_banner_when_one_is_illustrative() -> None:
    known = knowledge([price(status="illustrative")], [consequence("-1")])
    book = load_workbook(io.BytesIO(export_case(case({2017: 1}, "0.5", [cost(2017, 1)]), known, "Sag")))
    assert "ILLUSTRATIV" in str(book[FRONT]["A4"].value)
    assert "illustrativ" in str(book[RESULTS]["A4"].value)
    assert find(book, PRICES, "prices.status").value == STATUS["illustrative"]
    assert find(book, COSTS, "costs.status").value == STATUS["own"]
    assert find(book, EFFECT, "success_rate.status").value == STATUS["published"]
    sure = load_workbook(io.BytesIO(export_case(case({2017: 1}, "0.5"), one_service("-1"), "Sag")))
    assert "ILLUSTRATIV" not in str(sure[FRONT]["A4"].value)


def test_text_that_looks_like_a_formula_is_written_as_text() -> None:
    book = load_workbook(io.BytesIO(export_case(case({2017: 1}, "0.5"), one_service("-1"), "=1+1")))
    assert (book[FRONT]["A1"].value, book[FRONT]["A1"].data_type) == ("=1+1", "s")


def test_a_case_too_large_to_read_is_no_workbook() -> None:
    prices = [price(f"p{number}") for number in range(400)]
    rows = [consequence(*["-1"] * 41, price_id=one.price_id) for one in prices]
    with pytest.raises(Rejected, match="too many") as rejection:
        export_case(case({2017: 1, 2018: 1, 2019: 1}, "0.5"), knowledge(prices, rows), "Sag")
    assert rejection.value.code == "WORKBOOK_TOO_LARGE"


# --- in again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", list(SEEDS)[:12])
def test_a_case_comes_back_as_it_went_out(number: int) -> None:
    inputs, known = varied_case(number)
    content = export_case(inputs, known, "Sag")
    again = CaseInputs.model_validate(import_case(content))
    assert again == inputs
    assert project(again, known) == project(inputs, known)
    assert import_case(export_case(again, known, "Sag")) == import_case(content)


def test_a_row_of_the_knowledge_base_that_was_changed_becomes_the_cases_own_and_less_sure() -> None:
    known = knowledge([price(status="official")], [consequence("-1", "-1", status="official")])
    inputs = case({2017: 10}, "0.5")
    book = load_workbook(io.BytesIO(export_case(inputs, known, "Sag")))
    find(book, PRICES, "prices.amount_dkk").value = 120_000
    again = CaseInputs.model_validate(import_case(content_of(book)))
    assert again.own_consequences == ()
    assert [(one.amount_dkk, one.status) for one in again.own_prices] == [(Decimal(120_000), "own")]
    more, before = (project(one, known).years[0].net.total for one in (again, inputs))
    assert (before, more) == (10 * 5_000_000, 10 * 6_000_000)


def test_the_template_filled_in_is_a_case() -> None:
    book = load_workbook(io.BytesIO(template()))
    for sheet, name, value in (
        (INTERVENTION, "target_group", "voksne"),
        (INTERVENTION, "success_measure", "bolig"),
        (INTERVENTION, "decision_date", date(2017, 5, 9)),
        (INTERVENTION, "cohorts.year", 2017),
        (INTERVENTION, "cohorts.completers", 10),
        (COSTS, "costs.kind", "drift"),
        (COSTS, "costs.year", 2017),
        (COSTS, "costs.payer", "stat"),
        (COSTS, "costs.amount_oere", 60_000.5),
        (COSTS, "costs.status", "egen"),
        (COSTS, "costs.source", "budget"),
        (EFFECT, "success_rate.rate", 0.25),
        (EFFECT, "success_rate.status", "egen"),
        (EFFECT, "success_rate.origin", "indtastet"),
        (EFFECT, "success_rate.name", "skøn"),
        (CONSEQUENCES, "consequences.price_id", "botilbud"),
        (CONSEQUENCES, "consequences.recommendation", "medtag"),
        (CONSEQUENCES, "consequences.status", "egen"),
        (CONSEQUENCES, "consequences.source", "skøn"),
        (CONSEQUENCES, "consequences.change.0", -1),
        (PRICES, "prices.price_id", "botilbud"),
        (PRICES, "prices.service", "Botilbud"),
        (PRICES, "prices.amount_dkk", 100_000),
        (PRICES, "prices.price_year", 2017),
        (PRICES, "prices.kommune", 0.5),
        (PRICES, "prices.region", 0.25),
        (PRICES, "prices.stat", 0.25),
        (PRICES, "prices.index_family", "serviceydelser"),
        (PRICES, "prices.status", "egen"),
        (PRICES, "prices.source", "regnskab"),
    ):
        find(book, sheet, name).value = value
    inputs = CaseInputs.model_validate(import_case(content_of(book)))
    assert inputs.costs[0].amount_oere == 6_000_050
    assert inputs.settings == Settings()
    assert project(inputs, knowledge()).net_present_value.total == 25_000_000 - 6_000_050


def test_an_empty_template_is_refused_by_the_cells_that_must_be_filled_in() -> None:
    assert [(one["field"], one["rule"]) for one in refused(template())] == [
        ("1 Indsats!B4", "missing"),
        ("1 Indsats!B5", "missing"),
        ("1 Indsats!B6", "missing"),
    ]


# --- refused -----------------------------------------------------------------------------------------------


def _drop(sheet: str) -> Change:
    return lambda book: book.remove(book[sheet])


def _rename_title(book: Workbook) -> None:
    next(cell for (cell,) in book[COSTS].iter_rows(max_col=1) if cell.value == TABLES["costs"].title).value = "Penge"


def _lost_name(book: Workbook) -> None:
    book.defined_names["gammel"] = DefinedName("gammel", attr_text="#REF!$A$1")


def _index_point(book: Workbook) -> None:
    cell = next(cell for (cell,) in book[ASSUMPTIONS].iter_rows(max_col=1) if cell.value == 2020)
    book[ASSUMPTIONS].cell(cell.row, 2).value = 150


def _delete_known(book: Workbook) -> None:
    page, table = book[CONSEQUENCES], TABLES["consequences"]
    heads = [one.name for one in table.columns]
    row = next(row for row in range(10) if find(book, CONSEQUENCES, "consequences.mark", row).value)
    for place in range(len(heads) + 41):
        page.cell(find(book, CONSEQUENCES, "consequences.mark", row).row, place + 1).value = None


BAD: list[tuple[str, Change, str, str]] = [
    ("a formula where a value belongs", put(EFFECT, "success_rate.rate", "=0.1+0.1"), "3 Effekt!B4", "formula"),
    ("a circle", put(COSTS, "costs.amount_oere", "=D6"), "2 Omkostninger!D6", "formula"),
    ("a link to another file", put(COSTS, "costs.amount_oere", "=[1]Ark1!$A$1"), "2 Omkostninger!D6", "formula"),
    ("a spreadsheet's error", put(COSTS, "costs.year", "#N/A"), "2 Omkostninger!B6", "error_value"),
    ("text in a number", put(COSTS, "costs.amount_oere", "ti tusind"), "2 Omkostninger!D6", "text_number"),
    ("a Danish number as text", put(COSTS, "costs.amount_oere", "1.234,50"), "2 Omkostninger!D6", "text_number"),
    ("parts of an øre", put(COSTS, "costs.amount_oere", 10.005), "2 Omkostninger!D6", "whole_oere"),
    ("a date in a number", put(COSTS, "costs.year", datetime(2023, 1, 1)), "2 Omkostninger!B6", "number"),
    ("half a year", put(COSTS, "costs.year", 2020.5), "2 Omkostninger!B6", "whole_number"),
    ("true in a number", put(COSTS, "costs.year", True), "2 Omkostninger!B6", "boolean"),
    ("a year out of range", put(COSTS, "costs.year", 1066), "2 Omkostninger!B6", "greater_than_equal"),
    ("a date as text", put(INTERVENTION, "decision_date", "9. maj 2022"), "1 Indsats!B6", "text_date"),
    ("a number for a date", put(INTERVENTION, "decision_date", 2022), "1 Indsats!B6", "value_error"),
    ("no year", put(COSTS, "costs.year", None), "2 Omkostninger!B6", "missing"),
    ("an unknown payer", put(COSTS, "costs.payer", "EU"), "2 Omkostninger!C6", "unknown_word"),
    ("a success rate above 1", put(EFFECT, "success_rate.rate", 1.5), "3 Effekt!B4", "less_than_equal"),
    ("a success rate below −1", put(EFFECT, "success_rate.rate", -1.01), "3 Effekt!B4", "greater_than_equal"),
    ("a horizon too far", put(ASSUMPTIONS, "settings.horizon", 30), "6 Forudsætninger!B5", "within_consequences"),
    ("shares that do not add up", put(PRICES, "prices.region", 0.9), "5 Priser!F6", "shares_add_up"),
    ("a price without a year", put(PRICES, "prices.price_year", None), "5 Priser!E6", "missing"),
    ("an index gap", put(PRICES, "prices.price_year", 1999), "5 Priser!E6", "index_gap"),
    ("an unknown price", put(CONSEQUENCES, "consequences.price_id", "ukendt"), "4 Konsekvenser!A8", "unknown"),
    ("mixed units", put(CONSEQUENCES, "consequences.unit", "kr. pr. uge"), "4 Konsekvenser!B8", "units_mixed"),
    ("a gap between the years", put(CONSEQUENCES, "consequences.change.1", None), "4 Konsekvenser!L8", "missing"),
    ("a price twice", put(PRICES, "prices.price_id", "egen-pris", 1), "5 Priser!A7", "twice"),
    ("a missing sheet", _drop(PRICES), "5 Priser", "missing_sheet"),
    ("a missing table", _rename_title, "2 Omkostninger", "missing_table"),
    ("a name that points at nothing", _lost_name, "the workbook", "missing_reference"),
    ("a changed index", _index_point, "6 Forudsætninger!B12", "changed_knowledge"),
    ("a deleted row", _delete_known, "4 Konsekvenser!B4", "row_missing"),
]


@pytest.mark.parametrize(("change", "place", "rule"), [one[1:] for one in BAD], ids=[one[0] for one in BAD])
def test_a_bad_workbook_is_refused_by_sheet_row_and_column(change: Change, place: str, rule: str) -> None:
    book = load_workbook(io.BytesIO(exported()))
    change(book)
    found = refused(content_of(book))
    assert (place, rule) in [(one["field"], one["rule"]) for one in found]
    assert all(one["message"] for one in found)


def test_a_number_typed_as_text_is_named_as_the_number_it_looks_like() -> None:
    book = load_workbook(io.BytesIO(exported()))
    put(COSTS, "costs.amount_oere", "1.234,50")(book)
    assert "1234.50" in refused(content_of(book))[0]["message"]
    put(COSTS, "costs.amount_oere", "1.234")(book)
    assert "thousand or a decimal" in refused(content_of(book))[0]["message"]


def test_every_bad_cell_is_named_at_once_and_beyond_twenty_they_are_counted() -> None:
    book = load_workbook(io.BytesIO(template()))
    for row in range(30):
        find(book, COSTS, "costs.year", row).value = "i fjor"
    with pytest.raises(Rejected) as rejection:
        import_case(content_of(book))
    assert len(rejection.value.fields) == 20
    assert rejection.value.figures == {"problems": 33, "not_listed": 13}


def test_a_formula_that_lost_its_reference_is_seen() -> None:
    book = load_workbook(io.BytesIO(exported()))
    book[PRICES]["Z40"] = "=#REF!+1"
    assert ("5 Priser!Z40", "missing_reference") in [(one["field"], one["rule"]) for one in refused(content_of(book))]


def packed(content: bytes, add: dict[str, bytes]) -> bytes:
    """The workbook with parts put in or put in the place of its own."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in add:
                new.writestr(name, old.read(name))
        for name, part in add.items():
            new.writestr(name, part)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "not_a_workbook"),
        (b"kolonne;anden\n1;2\n", "not_a_workbook"),
        (b"x" * (MAX_FILE_BYTES + 1), "too_large"),
        (packed(template(), {"xl/vbaProject.bin": b"macro"}), "macros"),
        (packed(template(), {"xl/sharedStrings.xml": b" " * (MAX_PART_BYTES + 1)}), "too_large"),
        (packed(template(), {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "not_a_workbook"),
        (packed(template(), {"xl/workbook.xml": b"<workbook"}), "not_a_workbook"),
        (packed(template(), {"xl/worksheets/sheet3.xml": b"<worksheet"}), "not_a_workbook"),
        (packed(template(), {"xl/worksheets/sheet3.xml": b" " * (MAX_PART_BYTES + 1)}), "too_large"),
    ],
    ids=["empty", "csv", "large", "macros", "bomb", "entities", "broken", "broken sheet", "large sheet"],
)
def test_a_file_that_is_no_safe_workbook_is_refused(content: bytes, rule: str) -> None:
    assert rule in [one["rule"] for one in refused(content)]


def test_a_sheet_of_two_hundred_thousand_rows_is_refused_without_reading_it_all() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 100_001)).encode()
    few = b"<row/>" * 200_000
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    # It says that it has one row.
    lying = start + b'<dimension ref="A1"/><sheetData>%s</sheetData></worksheet>'
    for part in (rows, few, rows + rows + rows):
        content = packed(template(), {"xl/worksheets/sheet3.xml": lying % part})
        tracemalloc.start()
        found = refused(content)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found[0]["rule"] == "too_many_rows"
        assert found[0]["field"].startswith(COSTS)
        assert peak < 60 * 2**20


def test_a_sheet_with_too_many_columns_is_refused() -> None:
    book = load_workbook(io.BytesIO(template()))
    book[COSTS].cell(3, 400).value = 1
    assert [one["rule"] for one in refused(content_of(book))] == ["too_many_columns"]


def test_savings_and_grants_come_back_too() -> None:
    inputs = case({2017: 1}, "0.5", savings=[saving(2017, 100)])
    again = CaseInputs.model_validate(import_case(export_case(inputs, one_service("-1"), "Sag")))
    assert again == inputs
    assert again.success_rate == success("0.5")
