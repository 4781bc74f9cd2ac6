"""A case as a workbook with live formulas, and the same workbook empty."""

from __future__ import annotations

import io

from openpyxl import Workbook

from services.som.events import CaseInputs
from services.som.model import KnowledgeBase, compile_case
from services.som.model.compiled import CaseModel
from services.som.workbook import layout
from services.som.workbook.assumptions import write_assumptions
from services.som.workbook.effects import write_effects
from services.som.workbook.front import write_front
from services.som.workbook.measures import write_calculations
from services.som.workbook.page import Page
from services.som.workbook.rows import candidates, consequence_cells, effect_columns, price_cells, prices
from services.som.workbook.sheets import SPARE, write_inputs
from shared.kernel.rejection import Rejected

MAX_FORMULAS = 300_000
"""A case with more yearly amounts is no longer a workbook that anyone can read or recalculate."""


def export_case(inputs: CaseInputs, knowledge: KnowledgeBase, title: str) -> bytes:
    """The workbook (XLSX) of a case: inputs as values, everything else as formulas that give the engine's figures to
    the øre once a spreadsheet has recalculated them, as it does when it opens the file.

    Raises Rejected as `compile_case` does, and WORKBOOK_TOO_LARGE.
    """
    model = compile_case(inputs, knowledge)
    found = candidates(inputs, knowledge)
    used = prices(inputs, knowledge, found)
    _require_size(model, len(found))
    by_id = {price.price_id: price for price, _ in used}
    book = _book()
    front = Page(book.create_sheet(layout.FRONT))
    written = write_inputs(
        book,
        inputs,
        found,
        [consequence_cells(one, by_id[one.row.price_id].unit if one.row.price_id in by_id else "") for one in found],
        [price_cells(price, shared) for price, shared in used],
        effect_columns(found, len(inputs.settings.phase_in)),
    )
    effect, faded = write_effects(written)
    assumptions = write_assumptions(written, inputs, model, [price for price, _ in used])
    results = Page(book.create_sheet(layout.RESULTS))
    status = write_calculations(written, model, assumptions, effect, faded, results)
    write_front(front, title, status)
    return _content(book)


def template() -> bytes:
    """The workbook (XLSX) with the same sheets, empty: headings, units, notes and drop-down lists, to be filled in and
    imported. It has no formulas, for it has no index and no discount table: those are the knowledge base's."""
    book = _book()
    front = Page(book.create_sheet(layout.FRONT))
    write_inputs(book, None)
    page = Page(book.create_sheet(layout.RESULTS))
    page.title(layout.RESULTS, "Regnes, når filen er læst ind: eksportér så sagen, og få arket med formler.")
    write_front(front, "Skabelon", None)
    return _content(book)


def _book() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def _content(book: Workbook) -> bytes:
    # No cell has a computed value yet: whoever opens the file is to compute all of it.
    book.calculation.fullCalcOnLoad = True
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _require_size(model: CaseModel, rows: int) -> None:
    terms = (rows + SPARE["consequences"]) * (len(model.inputs.cohorts) + SPARE["cohorts"] + 2)
    lines = len(model.inputs.costs) + len(model.inputs.transfers) + len(model.inputs.savings)
    formulas = (terms + lines) * len(model.years) * 3
    if formulas > MAX_FORMULAS:
        raise Rejected(
            "WORKBOOK_TOO_LARGE",
            "The case has too many consequences, cohorts and years for a workbook.",
            formulas=formulas,
            limit=MAX_FORMULAS,
        )
