"""From the inputs to the results: which amounts are worked out, and in which order."""

from __future__ import annotations

from collections.abc import Callable

from services.som.model.compiled import CaseModel
from services.som.model.figures import figures, least_sure
from services.som.workbook import layout
from services.som.workbook.assumptions import Assumptions
from services.som.workbook.calculation import (
    Calculation,
    Discounted,
    Measures,
    at_level,
    common,
    discounted,
    factors,
    head,
    rank_of,
    typed_lines,
)
from services.som.workbook.layout import STATUS
from services.som.workbook.page import Page
from services.som.workbook.results import Present, write_results
from services.som.workbook.sheets import Inputs
from services.som.workbook.successes import cohorts, consequences


def write_calculations(
    inputs: Inputs, model: CaseModel, assumptions: Assumptions, effect: str, faded: str | None, results: Page
) -> str:
    """The sheets of intermediate amounts and the results; the status of the least sure figure, in Danish."""
    sheet = Calculation(Page(inputs.book.create_sheet(layout.CALCULATION)), inputs, model, assumptions)
    head(sheet, "Øre, ikke afrundet; beløb år for år for kommune, region og stat. Regnes i samme orden som i Virksom.")
    known = figures(model)
    common(sheet, STATUS[least_sure(one.status for one in known if one.kind in ("rule", "index"))])
    own_status = sheet.page.ref(sheet.page.row - 2, 2)
    _price_levels(sheet)
    rows, sums, ranks = _main(sheet, effect)
    faded_sheet, faded_net = None, 0
    if faded is not None and model.inputs.success_rate is not None and model.inputs.success_rate.follow_ups:
        faded_sheet = Calculation(Page(inputs.book.create_sheet(layout.FADED)), inputs, model, assumptions)
        faded_net = _faded(faded_sheet, sheet, rows, faded)
    sheet.rank = f"{ranks},{rank_of(sheet, own_status)}"
    present = Present(sums, faded_sheet, faded_net)
    write_results(results, sheet, rows, present, _warnings(sheet))
    return STATUS[least_sure(one.status for one in known)]


def _price_levels(sheet: Calculation) -> None:
    """The price at the level, beside each price."""
    table = sheet.inputs.tables["prices"]
    column = max(table.columns.values()) + 1
    table.columns["level"] = column
    head_cell = table.page.text(table.first - 1, column, "Pris i prisniveauet (kr.)")
    head_cell.style = "Normal"
    table.page.widths([0] * (column - 1) + [18])
    words = layout.FAMILY
    for row in range(table.length):
        amount, year, family = (table.cell(name, row) for name in ("amount_dkk", "price_year", "index_family"))
        by_family = [at_level(sheet, amount, year, place) for place in sheet.families]
        benefits, state = words["benefits"], words["state"]
        chosen = f'IF({family}="{benefits}",{by_family[1]},IF({family}="{state}",{by_family[2]},{by_family[0]}))'
        table.page.value(table.first + row, column, f'=IF({amount}="","",{chosen})', "#,##0.00")


def _main(sheet: Calculation, effect: str) -> tuple[Measures, Discounted, str]:
    """All of a case's measures, their discounted sums, and the formula parts with every status's rank."""
    page, first = sheet.page, sheet.page.row
    costs = typed_lines(sheet, "costs", _to_payer(sheet, "costs"))
    sheet.first_cost = page.ref(first, 4, page.row - 2)
    transfers = typed_lines(sheet, "transfers", _from_and_to(sheet))
    savings = typed_lines(sheet, "savings", _to_payer(sheet, "savings"))
    line_ranks = page.ref(first, 5, page.row - 1)
    groups = cohorts(sheet, effect)
    start = page.row
    worth = consequences(sheet, groups, _order(sheet))
    ranks = page.ref(start, 8, page.row - 1)
    rate, status = (sheet.inputs.fields[f"success_rate.{name}"] for name in ("rate", "status"))
    gains = sheet.across("Gevinster: succesrate · værdi", lambda column: f"{rate}*{sheet.ref(worth, column)}")
    fixed = sheet.across("Tilskud og besparelser", _joined(sheet, transfers, "+", savings))
    net = sheet.across(
        "Netto", lambda column: f"({sheet.ref(fixed, column)}-{sheet.ref(costs, column)})+{sheet.ref(gains, column)}"
    )
    outlay = sheet.across("Omkostninger uden tilskud og besparelser", _joined(sheet, costs, "-", fixed))
    gross = sheet.across("Netto og omkostninger", _joined(sheet, net, "+", costs))
    factor = factors(sheet)
    sums = Discounted(
        net=discounted(sheet, "Nutidsværdi: netto", net, factor),
        costs=discounted(sheet, "Nutidsværdi: omkostninger", costs, factor),
        worth=discounted(sheet, "Nutidsværdi: værdi ved succesrate 1", worth, factor),
        outlay=discounted(sheet, "Nutidsværdi: omkostninger uden tilskud og besparelser", outlay, factor),
        gross=discounted(sheet, "Nutidsværdi: netto og omkostninger", gross, factor),
    )
    rank = f"{line_ranks},{ranks},{rank_of(sheet, status)}"
    return Measures(costs, transfers, savings, gains, net, factor), sums, rank


def _joined(sheet: Calculation, one: int, sign: str, other: int) -> Callable[[int], str]:
    return lambda column: f"{sheet.ref(one, column)}{sign}{sheet.ref(other, column)}"


def _to_payer(sheet: Calculation, name: str) -> Callable[[str, int, str], str]:
    """What a line is to a payer: its amount when it is the payer's own."""
    table = sheet.inputs.tables[name]
    return lambda payer, line, amount: f"IF({table.cell('payer', line)}={payer},{amount},0)"


def _from_and_to(sheet: Calculation) -> Callable[[str, int, str], str]:
    """What a grant is to a payer: more to who receives it, less to who gives it."""
    table = sheet.inputs.tables["transfers"]
    return lambda payer, line, amount: (
        f"(IF({table.cell('payer_to', line)}={payer},{amount},0)"
        f"-IF({table.cell('payer_from', line)}={payer},{amount},0))"
    )


def _order(sheet: Calculation) -> list[int]:
    """The rows of the consequences' table in the order of their price ids, as the engine adds them; empty ones last."""
    known = sheet.inputs.consequence_prices
    spare = range(len(known), sheet.inputs.tables["consequences"].length)
    return [*sorted(range(len(known)), key=lambda place: known[place]), *spare]


def _faded(sheet: Calculation, main: Calculation, rows: Measures, effect: str) -> int:
    """The same with the fading effect; the row of the net present value."""
    head(sheet, "Som mellemregningen, men effekten aftager, som de senere opfølgninger viser.")
    sheet.level, sheet.families, sheet.statuses = main.level, main.families, main.statuses
    worth = consequences(sheet, cohorts(sheet, effect), _order(sheet))
    rate = sheet.inputs.fields["success_rate.rate"]

    def formula(column: int) -> str:
        fixed = f"({main.ref(rows.transfers, column)}+{main.ref(rows.savings, column)})"
        return f"({fixed}-{main.ref(rows.costs, column)})+{rate}*{sheet.ref(worth, column)}"

    net = sheet.across("Netto", formula)
    factor = sheet.across("Diskonteringsfaktor", lambda column: main.ref(rows.factor, column))
    return discounted(sheet, "Nutidsværdi, løbende sum: netto", net, factor)


def _warnings(sheet: Calculation) -> list[tuple[str, str]]:
    """What an edit may have put wrong: each with the formula that is then true."""
    tables, fields = sheet.inputs.tables, sheet.inputs.fields
    first, last = sheet.model.years[0], sheet.model.years[-1]

    def outside(name: str) -> str:
        years = tables[name].range("year")
        return f'SUMPRODUCT(({years}<>"")*(({years}<{first})+({years}>{last})))'

    names = ("cohorts", "costs", "transfers", "savings")
    rate, shares = fields["success_rate.rate"], tables["prices"]
    total = "+".join(shares.range(payer) for payer in ("kommune", "region", "stat"))
    return [
        ("Beløb og årgange ligger inden for tabellens år", "+".join(outside(name) for name in names) + ">0"),
        ("Andele efter regel passer til priserne", f"SUM({sheet.assumptions.stale})>0"),
        (
            "Betalernes andele giver tilsammen 1",
            f'SUMPRODUCT(({shares.range("price_id")}<>"")*(ABS({total}-1)>0.000000001))>0',
        ),
        ("Succesraten ligger mellem −1 og 1", f"ABS({rate})>1"),
    ]
