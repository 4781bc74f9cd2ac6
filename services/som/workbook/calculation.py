"""The sheet between the inputs and the results: every amount in øre, unrounded, by year and payer.

The formulas do what the engine does (services/som/model/compiled.py) in the same order, addition by addition, because
float64 sums in another order may differ in their last bit, and half an øre then falls to the other side. That is why
running sums stand here and no SUM: LibreOffice's SUM compensates for rounding and would give other last bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.som.events import PAYERS, STATUSES
from services.som.model.compiled import CaseModel
from services.som.workbook.assumptions import FAMILIES, UP_TO_100, Assumptions
from services.som.workbook.layout import FAMILY, INDEXATION, STATUS, TABLES, TIMING
from services.som.workbook.page import FACTOR, Page
from services.som.workbook.sheets import Inputs

FIRST = 9
"""The first column of amounts: all years of kommune, then of region, then of stat."""
PAYER_ROW, YEAR_ROW = 4, 5
HUNDRED = 100


class Measures(NamedTuple):
    """Rows of the sheet, each over all years and payers."""

    costs: int
    transfers: int
    savings: int
    gains: int
    net: int
    factor: int


class Discounted(NamedTuple):
    """Rows of discounted running sums. `worth` is what successes are worth at a rate of 1, `outlay` costs less grants
    and savings, `gross` the net result before costs."""

    net: int
    costs: int
    worth: int
    outlay: int
    gross: int


@dataclass
class Calculation:
    """The sheet of intermediate amounts, being written."""

    page: Page
    inputs: Inputs
    model: CaseModel
    assumptions: Assumptions
    level: str = ""
    families: tuple[tuple[str, str], ...] = ()
    """Of services, benefits and state: the column of the index table in use, and whether it rounds up to 100."""
    people: str = ""
    first_cost: str = ""
    rank: str = ""
    statuses: str = ""

    @property
    def columns(self) -> range:
        """The columns of amounts."""
        return range(FIRST, FIRST + 3 * len(self.model.years))

    def place(self, year: int, payer: int) -> int:
        """The column of a year (its place among the years) and a payer."""
        return FIRST + payer * len(self.model.years) + year

    def payer_of(self, column: int) -> int:
        """The place of a column's payer."""
        return (column - FIRST) // len(self.model.years)

    def ref(self, row: int, column: int) -> str:
        """A cell of this sheet."""
        return self.page.ref(row, column)

    def across(self, label: str, formula: Callable[[int], str], number_format: str = "#,##0.00") -> int:
        """A row with a formula for every year and payer; the row's number."""
        row = self.page.row
        self.page.text(row, 1, label)
        for column in self.columns:
            self.page.value(row, column, "=" + formula(column), number_format)
        self.page.row += 1
        return row

    def running(self, row: int | None, column: int) -> str:
        """A running sum so far: nought, or the cell of the row above it."""
        return "0" if row is None else self.ref(row, column)


def head(sheet: Calculation, explained: str) -> None:
    """The sheet's heading, its payers and its years."""
    page = sheet.page
    page.title(page.name, explained)
    for place, name in enumerate(PAYERS):
        for y, year in enumerate(sheet.model.years):
            page.text(PAYER_ROW, sheet.place(y, place), name).font = Font(bold=True)
            page.value(YEAR_ROW, sheet.place(y, place), year).font = Font(bold=True)
    page.widths([44, 16, 16, 16, 12, 12, 12, 10, *([16] * len(sheet.columns))])
    page.sheet.freeze_panes = f"{get_column_letter(FIRST)}{YEAR_ROW + 1}"
    page.row = YEAR_ROW + 2


def common(sheet: Calculation, tables_status: str) -> None:
    """What holds for the whole case: price level, index columns, and the statuses' ranks."""
    page, inputs = sheet.page, sheet.inputs
    sheet.level = _named(sheet, "Prisniveau (år)", f"={sheet.assumptions.level}")
    chosen = f'{inputs.fields["settings.indexation"]}="{INDEXATION["families"]}"'
    found = []
    for place, family in enumerate(FAMILIES):
        rounded = sheet.assumptions.rounded[place + 1]
        column = _named(sheet, f"Indekskolonne, {FAMILY[family]}", f"=IF({chosen},{place + 2},1)")
        up = _named(sheet, "… rundes op til hele 100 kr.", f'=IF(AND({chosen},{rounded}="{UP_TO_100}"),1,0)')
        found.append((column, up))
    sheet.families = tuple(found)
    first = page.row
    for status in STATUSES:
        page.text(page.row, 1, f"Status {page.row - first + 1}")
        page.text(page.row, 2, STATUS[status])
        page.row += 1
    sheet.statuses = page.ref(first, 2, page.row - 1)
    page.text(page.row, 1, "Mindst sikre blandt regler og indekstal (ved eksporten)")
    page.text(page.row, 2, tables_status)
    page.row += 2


def _named(sheet: Calculation, label: str, formula: str) -> str:
    page = sheet.page
    page.text(page.row, 1, label)
    page.value(page.row, 2, formula)
    page.row += 1
    return page.ref(page.row - 1, 2)


def at_level(sheet: Calculation, amount: str, price_year: str, family: tuple[str, str]) -> str:
    """The formula of kroner brought to the price level (`KnowledgeBase.at_level`)."""
    table, years = sheet.assumptions.table, sheet.assumptions.years
    column, up = family

    def point(year: str) -> str:
        return f"INDEX({table},MATCH({year},{years},0),{column})"

    moved = f"{amount}*{point(sheet.level)}/{point(price_year)}"
    rounded = f"{HUNDRED}*-INT(-ROUND({moved}/{HUNDRED},9))"
    return f"IF({price_year}={sheet.level},{amount},IF({up}=1,{rounded},{moved}))"


def rank_of(sheet: Calculation, status: str) -> str:
    """The formula of a status's rank: 1 the surest, 0 none."""
    return f"IFERROR(MATCH({status},{sheet.statuses},0),0)"


def typed_lines(sheet: Calculation, name: str, amount_to: Callable[[str, int, str], str]) -> int:
    """Lines of money by year and payer (costs, grants, savings) as a running sum; the row of the whole.

    Column B: øre with overhead; C: at the price level; D: the year when the line counts as a cost; E: its status's
    rank. `amount_to(payer's cell, line, amount)` is the formula of what the line is to a payer.
    """
    page, last, table = sheet.page, None, sheet.inputs.tables[name]
    label = TABLES[name].title
    for line in range(table.length):
        row = page.row
        kroner = f"ROUND({table.cell('amount_oere', line)}*{HUNDRED},0)"
        overhead = f"*(1+{table.cell('overhead', line)})" if "overhead" in table.columns else ""
        price_year = table.cell("price_year", line)
        page.value(row, 2, f"={kroner}{overhead}", "#,##0.00")
        moved = f"{HUNDRED}*{_level_of_line(sheet, page.ref(row, 2), price_year)}"
        page.value(
            row, 3, f'=IF(OR({price_year}="",{price_year}={sheet.level}),{page.ref(row, 2)},{moved})', "#,##0.00"
        )
        page.value(row, 4, f'=IF({kroner}>0,{table.cell("year", line)},"")')
        if "status" in table.columns:
            page.value(row, 5, f"={rank_of(sheet, table.cell('status', line))}")
        before = last
        last = sheet.across(
            f"{label} {line + 1}, løbende sum",
            lambda column, line=line, row=row, before=before: (  # type: ignore[misc]
                f"{sheet.running(before, column)}"
                f"+IF({table.cell('year', line)}={sheet.ref(YEAR_ROW, column)},"
                f"{amount_to(sheet.ref(PAYER_ROW, column), line, page.ref(row, 3))},0)"
            ),
        )
    page.row += 1
    assert last is not None
    return last


def _level_of_line(sheet: Calculation, oere: str, price_year: str) -> str:
    return at_level(sheet, f"{oere}/{HUNDRED}", price_year, sheet.families[0])


def factors(sheet: Calculation) -> int:
    """The discount factor of each year, rounded to twelve decimals before it is used (`discount_factors`)."""
    growth, fields = sheet.assumptions.growth, sheet.inputs.fields
    timing, decision = fields["settings.timing"], fields["decision_date"]

    def formula(column: int) -> str:
        ahead = f"MAX({sheet.ref(YEAR_ROW, column)}-YEAR({decision}),0)"
        now, then = f"INDEX({growth},{ahead}+1)", f"INDEX({growth},{ahead}+2)"
        middle = f"{now}*SQRT({then}/{now})"
        chosen = f'IF({timing}="{TIMING["start"]}",{now},IF({timing}="{TIMING["end"]}",{then},{middle}))'
        return f"ROUND(1/{chosen},12)"

    return sheet.across("Diskonteringsfaktor", formula, FACTOR)


def discounted(sheet: Calculation, label: str, row: int, factor: int) -> int:
    """The running sum of a row's discounted amounts, year after year; the last year of a payer is the present value."""

    def formula(column: int) -> str:
        first = (column - FIRST) % len(sheet.model.years) == 0
        before = "0" if first else sheet.ref(sheet.page.row, column - 1)
        return f"{before}+{sheet.ref(factor, column)}*{sheet.ref(row, column)}"

    return sheet.across(label, formula)
