"""LibreOffice recalculates exported workbooks, and every figure is the engine's to the øre."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from services.som.events import CaseInputs
from services.som.workbook import export_case, import_case
from services.som.workbook.calculation import FIRST
from services.som.workbook.layout import CALCULATION, EFFECT, FIELDS
from services.som.workbook.results import LABELS, NEVER, NONE
from tests.servers.processes import search_path
from tests.som_workbook_cases import SEEDS, varied_case
from tests.som_workbook_results import differences, expected, said

CONVERT_SECONDS = 240


@pytest.fixture(scope="module")
def soffice() -> str:
    """The program; `make test` installs it where it can, and says so where it cannot."""
    program = shutil.which("soffice", path=search_path())
    if program is None:
        missing = "no LibreOffice on this machine: install Debian's package libreoffice-calc"
        assert not os.environ.get("CI"), missing
        pytest.skip(missing)
    return program


def changed(content: bytes, sheet: str, cell: str, value: float) -> bytes:
    """The workbook with one cell changed, as a user would in a spreadsheet."""
    book = load_workbook(io.BytesIO(content))
    book[sheet][cell] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rate_cell(content: bytes) -> str:
    """Where the success rate stands."""
    rows = load_workbook(io.BytesIO(content))[EFFECT].iter_rows(max_col=1)
    heading = next(column.heading for column in FIELDS[EFFECT] if column.name == "success_rate.rate")
    return next(f"B{cell.row}" for (cell,) in rows if cell.value == heading)


def broken(content: bytes) -> bytes:
    """The workbook with one of its formulas a krone off: the municipality's net result of the first year."""
    book = load_workbook(io.BytesIO(content))
    sheet = book[CALCULATION]
    row = next(cell.row for (cell,) in sheet.iter_rows(max_col=1) if cell.value == "Netto")
    cell = sheet.cell(row, FIRST)
    cell.value = f"{cell.value}+100"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def recalculated(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """Every case's workbook as LibreOffice saves it, and two that were changed; one run of the program for all."""
    folder = tmp_path_factory.mktemp("workbooks")
    for number in SEEDS:
        (folder / f"case{number}.xlsx").write_bytes(export_case(*varied_case(number), f"Sag {number}"))
    plain = (folder / "case7.xlsx").read_bytes()
    (folder / "rate.xlsx").write_bytes(changed(plain, EFFECT, rate_cell(plain), 0.125))
    (folder / "broken.xlsx").write_bytes(broken(plain))
    out = folder / "out"
    done = subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(out),
            *(str(path) for path in sorted(folder.glob("*.xlsx"))),
        ],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": search_path(), "HOME": str(folder)},
        timeout=CONVERT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    yield {path.stem: path.read_bytes() for path in out.glob("*.xlsx")}
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("number", SEEDS)
def test_libreoffice_gives_every_figure_of_a_case_to_the_oere(number: int, recalculated: dict[str, bytes]) -> None:
    found = said(recalculated[f"case{number}"])
    assert differences(found, expected(*varied_case(number))) == []
    assert set(found["checks"]) == {"i orden"}


@pytest.mark.parametrize("number", SEEDS)
def test_a_workbook_that_libreoffice_saved_is_the_same_case(number: int, recalculated: dict[str, bytes]) -> None:
    case = varied_case(number)
    assert CaseInputs.model_validate(import_case(recalculated[f"case{number}"])) == case.inputs


def test_a_success_rate_typed_into_the_workbook_gives_the_figures_of_a_case_with_that_rate(
    recalculated: dict[str, bytes],
) -> None:
    inputs, knowledge = varied_case(7)
    again = CaseInputs.model_validate(import_case(recalculated["rate"]))
    assert inputs.success_rate is not None
    assert again.success_rate is not None
    assert again == inputs.model_copy(
        update={"success_rate": inputs.success_rate.model_copy(update={"rate": again.success_rate.rate})}
    )
    assert str(again.success_rate.rate) == "0.125"
    assert differences(said(recalculated["rate"]), expected(again, knowledge)) == []


def test_a_formula_that_is_a_krone_off_is_seen(recalculated: dict[str, bytes]) -> None:
    assert differences(said(recalculated["broken"]), expected(*varied_case(7))) != []


def test_the_cases_are_varied() -> None:
    cases = [varied_case(number) for number in SEEDS]
    figures = [expected(*case) for case in cases]
    rates = [case.inputs.success_rate for case in cases]
    assert len(cases) >= 20
    assert {case.inputs.settings.timing for case in cases} == {"start", "middle", "end"}
    assert {case.inputs.settings.indexation for case in cases} == {"one_series", "families"}
    assert {case.inputs.settings.include for case in cases} == {"include", "consider", "all"}
    for option in ("phase_in", "fade_out", "relapse", "drop_out", "displacement", "horizon", "price_level_year"):
        assert {bool(getattr(case.inputs.settings, option)) for case in cases} == {True, False}
    assert {len(case.inputs.cohorts) for case in cases} >= {1, 2, 3, 4}
    assert None in rates
    assert {0, -1, 1} == {(rate.rate > 0) - (rate.rate < 0) for rate in rates if rate is not None}
    assert {line.kind for case in cases for line in case.inputs.costs} >= {"residual", "material"}
    assert {bool(line.overhead) for case in cases for line in case.inputs.costs} == {True, False}
    assert {line.price_year for case in cases for line in case.inputs.costs} == {None, 2019, 2023}
    assert {bool(figure["faded"]) for figure in figures} == {True, False}
    assert {figure["npv"][3] < 0 for figure in figures} == {True, False}
    assert NEVER in {figure["break_even_year"] for figure in figures}
    assert NONE in {figure["per_success"] for figure in figures}
    assert set(LABELS) <= {*figures[0], "checks"}
