"""The sheet of results: the headline figures and the yearly table, rounded to whole øre as the engine rounds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from openpyxl.styles import Font

from services.som.events import PAYERS
from services.som.workbook.calculation import FIRST, Calculation, Discounted, Measures
from services.som.workbook.layout import RESULTS
from services.som.workbook.page import FACTOR, MONEY, WARNING, Page

NEVER = "ikke inden for tabellens år"
NONE = "findes ikke"

LABELS = {
    "npv": "Nettoresultat, nutidsværdi (kr.)",
    "faded": "… med aftagende effekt (kr.)",
    "cost": "Omkostninger, nutidsværdi (kr.)",
    "per_completer": "Nettoresultat pr. gennemført (kr.)",
    "per_success": "Nettoresultat pr. succes (kr.)",
    "break_even_year": "Tjent hjem i år",
    "break_even_rate": "Succesrate, hvor det går lige op",
    "ratio": "Gevinster og besparelser pr. krone",
    "status": "Mindst sikre tal, resultatet hviler på",
}
"""What a headline figure is called, in column A; its figures to the right."""

TABLE = "Resultat år for år (kr., ikke tilbagediskonteret)"
GROUPS = ("Omkostninger", "Tilskud", "Besparelser", "Gevinster", "Netto")
HEADS = [
    "År",
    "Diskonteringsfaktor",
    *(f"{group} {name}" for group in GROUPS for name in (*PAYERS, "i alt")),
    "Netto, løbende sum",
]


class Present(NamedTuple):
    """The discounted sums, and the sheet and row of the net one with a fading effect; None without follow-ups."""

    sums: Discounted
    faded: Calculation | None
    faded_net: int


def oere(formula: str) -> str:
    """Kroner of an amount in øre, rounded to whole øre, half to even, as the engine rounds.

    A spreadsheet's own ROUND takes halves away from nought, and what is almost a half for one. Near 6E15 float64 has
    whole numbers only, so adding and subtracting it rounds; it is exact up to 10^15 øre.
    """
    return f"(({formula}+6E15)-6E15)/100"


PAGES_WIDE = 3
"""The yearly table is too wide to be read on one page."""


def write_results(
    page: Page, calculation: Calculation, rows: Measures, present: Present, warnings: Sequence[tuple[str, str]]
) -> None:
    """Write the sheet. `warnings`: what may be wrong, each with the formula that is true when it is."""
    page.title(RESULTS, "Alt her er formler. Plus er en gevinst for betaleren, minus et tab.")
    page.widths([44, 20, *([17] * (len(HEADS) - 2))])
    page.sheet.page_setup.fitToWidth = PAGES_WIDE
    page.row = 4
    banner_row = page.row
    page.row += 2
    first_year = page.row + len(LABELS) + len(warnings) + 6
    last_year = first_year + len(calculation.model.years) - 1
    _headlines(page, calculation, present, first_year, last_year)
    status = page.ref(page.row - 1, 2)
    page.value(
        banner_row,
        1,
        f'=IF(OR({status}="illustrativ",{status}="pladsholder"),"OBS: RESULTATET HVILER PÅ TAL, DER ER "'
        f"&UPPER({status})"
        f'&": DE VISER METODEN, IKKE ØKONOMIEN","")',
    ).font = Font(bold=True, color="C00000", size=12)
    page.row += 1
    page.heading("Kontrol")
    for label, wrong in warnings:
        page.text(page.row, 1, label)
        page.value(page.row, 2, f'=IF({wrong},"SE EFTER","i orden")').fill = WARNING
        page.row += 1
    page.row += 1
    page.heading(TABLE)
    page.heads(HEADS)
    assert page.row == first_year, (page.row, first_year)
    _yearly(page, calculation, rows)
    page.sheet.freeze_panes = "B4"


def _headlines(page: Page, calculation: Calculation, present: Present, first: int, last: int) -> None:
    page.heads(["", *PAYERS, "i alt"])
    npv = _by_payer(page, LABELS["npv"], calculation, present.sums.net)
    if present.faded is None:
        page.text(page.row, 1, LABELS["faded"])
        page.text(page.row, 2, "ingen opfølgning")
        page.row += 1
    else:
        _by_payer(page, LABELS["faded"], present.faded, present.faded_net)
    cost = _sum(calculation, present.sums.costs)
    _one(page, "cost", oere(f"({cost})"), MONEY)
    people = f"SUM({calculation.people})"
    rate = calculation.inputs.fields["success_rate.rate"]
    for name, heads in (("per_completer", people), ("per_success", f"({rate}*{people})")):
        whole = f"ROUND({npv}*100,0)"
        _one(page, name, f'IF({heads}>0,{oere(f"{whole}/{heads}")},"{NONE}")', MONEY)
    home, years = page.ref(first, len(HEADS) + 2, last), page.ref(first, 1, last)
    _one(page, "break_even_year", f'IFERROR(INDEX({years},MATCH(1,{home},0)),"{NEVER}")', "0")
    worth, outlay = _sum(calculation, present.sums.worth), _sum(calculation, present.sums.outlay)
    _one(page, "break_even_rate", f'IF(ABS({worth})<0.5,"{NONE}",ROUND(({outlay})/({worth}),6))', "0.000000")
    gross = _sum(calculation, present.sums.gross)
    _one(page, "ratio", f'IF(({cost})>0,ROUND(({gross})/({cost}),6),"{NONE}")', "0.000000")
    _one(page, "status", f"INDEX({calculation.statuses},MAX(1,{calculation.rank}))")


def _one(page: Page, name: str, formula: str, number_format: str | None = None) -> None:
    page.text(page.row, 1, LABELS[name])
    page.value(page.row, 2, f"={formula}", number_format)
    page.row += 1


def _by_payer(page: Page, label: str, calculation: Calculation, row: int) -> str:
    """Present values by payer and together; the reference to the latter."""
    page.text(page.row, 1, label)
    last = len(calculation.model.years) - 1
    for payer in range(len(PAYERS)):
        page.value(page.row, 2 + payer, f"={oere(calculation.ref(row, calculation.place(last, payer)))}", MONEY)
    page.value(page.row, 5, f"=ROUND({page.ref(page.row, 2)}+{page.ref(page.row, 3)}+{page.ref(page.row, 4)},2)", MONEY)
    page.row += 1
    return page.ref(page.row - 1, 5)


def _sum(calculation: Calculation, row: int) -> str:
    last = len(calculation.model.years) - 1
    return "+".join(calculation.ref(row, calculation.place(last, payer)) for payer in range(len(PAYERS)))


def _yearly(page: Page, calculation: Calculation, rows: Measures) -> None:
    """The yearly table; beyond it, whether something was invested by then, and whether that has come home."""
    groups = (rows.costs, rows.transfers, rows.savings, rows.gains, rows.net)
    cumulative, invested, home = len(HEADS), len(HEADS) + 1, len(HEADS) + 2
    for column, name in ((invested, "Noget er investeret"), (home, "Tjent hjem")):
        page.text(page.row - 1, column, name).font = Font(bold=True)
    first = page.row
    for y in range(len(calculation.model.years)):
        row = page.row
        year = page.ref(row, 1)
        page.value(row, 1, f"={calculation.ref(5, FIRST + y)}", "0")
        page.value(row, 2, f"={calculation.ref(rows.factor, FIRST + y)}", FACTOR)
        for group, source in enumerate(groups):
            start = 3 + 4 * group
            for payer in range(len(PAYERS)):
                amount = calculation.ref(source, calculation.place(y, payer))
                page.value(row, start + payer, f"={oere(amount)}", MONEY)
            page.value(
                row, start + 3, "=ROUND(" + "+".join(page.ref(row, start + one) for one in range(3)) + ",2)", MONEY
            )
        net, above = page.ref(row, cumulative - 1), page.ref(row - 1, cumulative)
        page.value(row, cumulative, f"={net}" if row == first else f"=ROUND({above}+{net},2)", MONEY)
        so_far = "0" if row == first else page.ref(row - 1, invested)
        cost = f"AND(COUNT({calculation.first_cost})>0,{year}>=MIN({calculation.first_cost}))"
        page.value(row, invested, f"=IF(OR({so_far}=1,{page.ref(row, cumulative)}<0,{cost}),1,0)")
        page.value(row, home, f"=IF(AND({page.ref(row, invested)}=1,{page.ref(row, cumulative)}>=0),1,0)")
        page.row += 1
    page.text(page.row, 1, "I alt").font = Font(bold=True)
    for column in range(3, cumulative):
        page.value(page.row, column, f"=ROUND(SUM({page.ref(first, column, page.row - 1)}),2)", MONEY).font = Font(
            bold=True
        )
    page.row += 2
