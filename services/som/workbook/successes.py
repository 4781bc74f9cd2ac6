"""What successes are worth, cohort by cohort and consequence by consequence, on the sheet of intermediate amounts."""

from __future__ import annotations

from collections.abc import Sequence

from services.som.events import PAYERS
from services.som.workbook.calculation import HUNDRED, YEAR_ROW, Calculation, rank_of
from services.som.workbook.layout import INCLUDE, RECOMMENDATION


def cohorts(sheet: Calculation, effect: str) -> list[tuple[int, int, int]]:
    """Of each cohort the year t in every calendar year, and the people at work in it (completers · effect): the
    cohort's place in its table, and the two rows. In the order of their years, as the engine adds them."""
    table, found, page = sheet.inputs.tables["cohorts"], [], sheet.page
    given = sheet.model.inputs.cohorts
    order = sorted(range(len(given)), key=lambda place: given[place].year)
    drop_out, last_t = sheet.inputs.fields["settings.drop_out"], sheet.inputs.fields["settings.horizon"]
    first = page.row
    for place in (*order, *range(len(given), table.length)):
        year = table.cell("year", place)
        people = page.ref(page.row + 1, 2)
        t_row = sheet.across(
            f"Årgang {place + 1}: år t",
            lambda column, year=year: f'IF({year}="",-1,{sheet.ref(YEAR_ROW, column)}-{year})',  # type: ignore[misc]
            "0",
        )
        completers, starters = table.cell("completers", place), table.cell("starters", place)
        page.value(page.row, 2, f'=IF({drop_out}="",{completers},{starters}*(1-{drop_out}))', "#,##0.##")
        works = sheet.across(
            f"Årgang {place + 1}: gennemførte · effekt",
            lambda column, t_row=t_row, people=people: _at_work(  # type: ignore[misc]
                sheet.ref(t_row, column), people, effect, last_t, sheet.inputs.years_ahead
            ),
        )
        found.append((place, t_row, works))
    sheet.people = page.ref(first, 2, page.row - 1)
    page.row += 1
    return found


def _at_work(t: str, people: str, effect: str, last_t: str, years: int) -> str:
    return f'IF(AND({t}>=0,{t}<{years},OR({last_t}="",{t}<={last_t})),{people}*INDEX({effect},MAX({t},0)+1),0)'


def consequences(sheet: Calculation, groups: Sequence[tuple[int, int, int]], order: Sequence[int]) -> int:
    """What success at a rate of 1 is worth: by consequence and cohort, then added up in the order of the price ids.

    `order`: the rows of the consequences' table. Gives the row of the whole.
    """
    last: int | None = None
    for place in order:
        last = _consequence(sheet, groups, place, last)
    assert last is not None
    sheet.page.row += 1
    return last


def _consequence(sheet: Calculation, groups: Sequence[tuple[int, int, int]], place: int, before: int | None) -> int:
    page, inputs = sheet.page, sheet.inputs
    table = inputs.tables["consequences"]
    head_row = page.row
    _consequence_head(sheet, place)
    counted, unit = page.ref(head_row, 2), page.ref(head_row, 4)
    years = inputs.years_ahead
    first = table.columns["change.0"]
    changes = table.page.ref(table.first + place, first, None, first + years - 1)
    terms = []
    for cohort, t_row, works in groups:

        def term(column: int, cohort: int = cohort, t_row: int = t_row, works: int = works) -> str:
            t, at_work = sheet.ref(t_row, column), sheet.ref(works, column)
            value = f"(-INDEX({changes},{t}+1)*{unit})*{_share(sheet, place, cohort, column, t, head_row)}"
            return f"IF(OR({counted}=0,{at_work}=0),0,{at_work}*({value}))"

        terms.append(sheet.across(f"… årgang {cohort + 1}", term))
    whole = sheet.across("… i alt", lambda column: "+".join(sheet.ref(row, column) for row in terms) or "0")
    return sheet.across("… løbende sum", lambda column: f"{sheet.running(before, column)}+{sheet.ref(whole, column)}")


def _consequence_head(sheet: Calculation, place: int) -> None:
    """A: price id; B: whether it counts; C: its price's row; D: øre a unit at the level; E–G: fixed shares; H: rank."""
    page, inputs = sheet.page, sheet.inputs
    table, prices, row = inputs.tables["consequences"], inputs.tables["prices"], page.row
    price_id, recommended = table.cell("price_id", place), table.cell("recommendation", place)
    include = inputs.fields["settings.include"]
    page.value(row, 1, f'=IF({price_id}="","–",{price_id})')
    page.value(
        row,
        2,
        f'=IF(AND({price_id}<>"",OR({include}="{INCLUDE["all"]}",{recommended}="{RECOMMENDATION["include"]}",'
        f'AND({include}="{INCLUDE["consider"]}",{recommended}="{RECOMMENDATION["consider"]}"))),1,0)',
    )
    counted, price_row = page.ref(row, 2), page.ref(row, 3)
    page.value(row, 3, f"=IF({counted}=0,0,MATCH({price_id},{prices.range('price_id')},0))")
    page.value(row, 4, f"=IF({counted}=0,0,{HUNDRED}*INDEX({prices.range('level')},{price_row}))", "#,##0.00")
    for payer, name in enumerate(PAYERS):
        page.value(row, 5 + payer, f"=IF({counted}=0,0,INDEX({prices.range(name)},{price_row}))", "0.####")
    status = rank_of(sheet, f"INDEX({prices.range('status')},{price_row})")
    page.value(row, 8, f"=IF({counted}=0,0,MAX({rank_of(sheet, table.cell('status', place))},{status}))")
    page.row += 1


def _share(sheet: Calculation, place: int, cohort: int, column: int, t: str, head_row: int) -> str:
    """A payer's share of a price: by its rule for the cohort it was worked out for, else the fixed one."""
    payer = sheet.payer_of(column)
    fixed = sheet.ref(head_row, 5 + payer)
    rows, given = sheet.inputs.consequence_prices, sheet.model.inputs.cohorts
    shares = sheet.assumptions.rules.get(rows[place]) if place < len(rows) else None
    if shares is None:
        return fixed
    if cohort >= len(given):
        return "NA()"
    year = sheet.inputs.tables["cohorts"].cell("year", cohort)
    known = shares.year(given[cohort].year, payer)
    return f"IF({known}={year},{shares.share(given[cohort].year, payer, t)},NA())"
