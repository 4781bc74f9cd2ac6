"""What each cell can be on its own and the sheets together still cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from services.som.events import PAYERS
from services.som.problems import Problems
from services.som.workbook import layout
from services.som.workbook.layout import ASSUMPTIONS, CONSEQUENCES, PRICES
from services.som.workbook.marks import seal
from services.som.workbook.opening import Sheet
from services.som.workbook.reading import Read, Row, below, row_of

Found = Iterator[tuple[str, str, str]]


def check(found: Read, problems: Problems) -> None:
    """Note what is wrong between the input cells."""
    prices, consequences = found.rows["prices"], found.rows["consequences"]
    for place, rule, message in (
        *_twice(prices),
        *_twice(consequences),
        *_shares(prices),
        *_references(prices, consequences),
        *_horizon(found),
        *_starters(found),
    ):
        problems.add(place, rule, message)


def check_knowledge(sheets: Mapping[str, Sheet], found: Read, problems: Problems) -> None:
    """Note what is wrong with the knowledge base's own tables, where the workbook has them: changed, or deleted."""
    for place, rule, message in (*_sealed(sheets), *_deleted(sheets[CONSEQUENCES], found), *_index_gaps(sheets, found)):
        problems.add(place, rule, message)


def _twice(rows: list[Row]) -> Found:
    seen: dict[str, Row] = {}
    for row in rows:
        if seen.setdefault(row.cells["price_id"], row) is not row:
            yield row.place("price_id"), "twice", f"{seen[row.cells['price_id']].place('price_id')} is of the same."


def _shares(prices: list[Row]) -> Found:
    for row in prices:
        total = sum((Decimal(row.cells[payer]) for payer in PAYERS), Decimal(0))
        if total != 1:
            yield row.place("kommune"), "shares_add_up", f"kommune, region and stat add up to {total}, not to 1."
        if "rule.rule_id" not in row.cells and {"rule.quantity", "rule.start"} & set(row.cells):
            yield row.place("rule.rule_id"), "missing", "A quantity or a start belongs to a rule, and there is none."


def _references(prices: list[Row], consequences: list[Row]) -> Found:
    known = {row.cells["price_id"]: row for row in prices}
    for row in consequences:
        price = known.get(row.cells["price_id"])
        if price is None:
            yield row.place("price_id"), "unknown", f"'{PRICES}' has no such price."
        elif "unit" in row.cells and _unit(row) != _unit(price):
            yield row.place("unit"), "units_mixed", f"Its price, {price.place('unit')}, has another unit."


def _unit(row: Row) -> str:
    return " ".join(str(row.cells.get("unit", "")).casefold().split())


def _horizon(found: Read) -> Found:
    horizon = found.fields.get("settings.horizon")
    counted = {"include": ("include",), "consider": ("include", "consider")}.get(
        found.fields["settings.include"], ("include", "consider", "leave_out")
    )
    years = [
        int(name.partition(".")[2])
        for row in found.rows["consequences"]
        if row.cells["recommendation"] in counted
        for name in row.cells
        if name.startswith("change.")
    ]
    if horizon is not None and years and horizon > max(years):
        known = f"No consequence is known beyond t = {max(years)}."
        yield found.places["settings.horizon"], "within_consequences", known


def _starters(found: Read) -> Found:
    if "settings.drop_out" in found.fields:
        for row in found.rows["cohorts"]:
            if "starters" not in row.cells:
                yield row.place("starters"), "missing", "Drop-out is counted from those who start."


def _sealed(sheets: Mapping[str, Sheet]) -> Found:
    """The tables that are not read must be as they went out: a change in them would be lost without a word."""
    sheet = sheets[ASSUMPTIONS]
    row = row_of(sheet, layout.SEAL)
    if row is None:
        return
    tables = []
    for name, titles in layout.READ_ONLY_TITLES.items():
        for title in titles:
            tables += _table_cells(sheets[name], title)
    if seal(tables) != sheet.cell(row, 1).value:
        where = f"'{layout.INDEX_TITLE}', '{layout.DISCOUNT_TITLE}' or '{layout.RULES_TITLE}'"
        yield (
            f"{ASSUMPTIONS}!B{row + 1}",
            "changed_knowledge",
            f"{where} was changed. They are the knowledge base's: undo it here, and change them there.",
        )


def _table_cells(sheet: Sheet, title: str) -> list[list[object]]:
    """The cells below a table's headings, without what is computed beside them."""
    rows = []
    for number in below(sheet, title)[1:]:
        cells = [cell.value for cell in sheet.rows[number] if cell.kind != "f"]
        if any(cell not in (None, "") for cell in cells):
            rows.append(cells)
    return rows


def _deleted(sheet: Sheet, found: Read) -> Found:
    row = row_of(sheet, layout.MARKED)
    given = None if row is None else sheet.cell(row, 1).value
    if row is None or given is None:
        return
    marked = sum("mark" in one.cells for one in found.rows["consequences"])
    if given != marked:
        yield (
            f"{CONSEQUENCES}!B{row + 1}",
            "row_missing",
            "A consequence of the knowledge base was added or deleted; one that is not to count is 'udelad'.",
        )


def _index_gaps(sheets: Mapping[str, Sheet], found: Read) -> Found:
    """Price years that the workbook's index table cannot bring to the price level."""
    sheet = sheets[ASSUMPTIONS]
    known = {sheet.cell(number, 0).value for number in below(sheet, layout.INDEX_TITLE)[1:]}
    row = row_of(sheet, layout.DATABASE_LEVEL)
    if row is None:
        return
    level = found.fields.get("settings.price_level_year", sheet.cell(row, 1).value)
    moved = False
    for name in ("costs", "transfers", "savings", "prices"):
        for one in found.rows[name]:
            year = one.cells.get("price_year")
            if year is not None and year != level:
                moved = True
                if year not in known:
                    yield one.place("price_year"), "index_gap", "The index table has no such year."
    if moved and level not in known:
        place = found.places["settings.price_level_year"]
        yield place, "index_gap", "The index table lacks the price level's year."
