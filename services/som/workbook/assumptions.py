"""The tables that are the knowledge base's own: index, discount rates and what each payer bears by a rule.

They are written out so that the formulas have them; they are not read back. A seal tells whether they were changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

from services.som.events import PAYERS, CaseInputs, IndexFamily, Price
from services.som.model import KnowledgeBase
from services.som.model.compiled import CaseModel
from services.som.workbook import layout
from services.som.workbook.marks import seal
from services.som.workbook.page import FACTOR, Page
from services.som.workbook.sheets import Inputs

FAMILIES: tuple[IndexFamily, ...] = get_args(IndexFamily)
MISSING = "mangler"
UP_TO_100 = "op til hele 100 kr."
FOR_EVER = 9999
MARGIN = 10
"""The discounting goes so many years further than the case, for a decision date moved back."""


class RuleShares(NamedTuple):
    """Where a price's shares by rule stand: the row of each cohort year and payer."""

    page: Page
    rows: dict[tuple[int, int], int]
    years: int

    def share(self, cohort_year: int, payer: int, t: str) -> str:
        """The formula of a payer's share in year `t` (a formula) after success."""
        row = self.rows[cohort_year, payer]
        return f"INDEX({self.page.ref(row, 5, None, 4 + self.years)},{t}+1)"

    def year(self, cohort_year: int, payer: int) -> str:
        """The reference to the cohort year that the shares are for."""
        return self.page.ref(self.rows[cohort_year, payer], 3)


class Assumptions(NamedTuple):
    """References to the knowledge base's tables. `families` are the index table's columns: the common series, then one
    for each family; `rounded` their rounding."""

    level: str
    years: str
    table: str
    rounded: tuple[str, ...]
    growth: str
    rules: dict[str, RuleShares]
    stale: str


def write_assumptions(inputs: Inputs, case: CaseInputs, model: CaseModel, used: Sequence[Price]) -> Assumptions:
    """Write the tables of the knowledge base below the fields of the assumptions, and the rules' shares by price."""
    page, knowledge = inputs.pages[layout.ASSUMPTIONS], model.knowledge
    sealed: list[list[Any]] = []
    page.text(page.row, 1, layout.DATABASE_LEVEL)
    level_base = page.ref(page.row, 2)
    page.value(page.row, 2, knowledge.published.price_level_year)
    page.row += 1
    page.text(page.row, 1, layout.SEAL)
    seal_row = page.row
    page.text(page.row, 3, "Tabellerne herunder er vidensdatabasens egne og læses ikke ind igen; ret dem dér.")
    page.row += 2
    years, table, rounded = _index(page, knowledge, sealed)
    growth = _discount(page, inputs, model, sealed)
    rules, stale = _rules(inputs, case, model, used, sealed)
    page.text(seal_row, 2, seal(sealed))
    chosen = inputs.fields["settings.price_level_year"]
    return Assumptions(f'IF({chosen}="",{level_base},{chosen})', years, table, rounded, growth, rules, stale)


def _index(page: Page, knowledge: KnowledgeBase, sealed: list[list[Any]]) -> tuple[str, str, tuple[str, ...]]:
    published = knowledge.published
    own = {row.family: row for row in published.indexed_by}
    series = [published.index_series] + [
        own[family].series if family in own else published.index_series for family in FAMILIES
    ]
    page.heading(layout.INDEX_TITLE, "En pris · indeks(prisniveau) / indeks(prisår).")
    page.heads(["År", "Én serie for alle", *(layout.FAMILY[family] for family in FAMILIES)])
    rounding = [""] + [
        UP_TO_100 if family in own and own[family].rounding == "up_to_100" else "" for family in FAMILIES
    ]
    for label, cells in (("Serie", series), ("Afrunding", rounding)):
        page.text(page.row, 1, label)
        for place, cell in enumerate(cells):
            page.text(page.row, place + 2, cell)
        sealed.append([label, *cells])
        page.row += 1
    rounded = tuple(page.ref(page.row - 1, place + 2) for place in range(len(series)))
    values = {(row.series, row.year): row.value for row in published.indices}
    first, found = page.row, sorted({year for name, year in values if name in series})
    for year in found:
        points = [values.get((name, year), MISSING) for name in series]
        page.value(page.row, 1, year)
        for place, point in enumerate(points):
            page.value(page.row, place + 2, point)
        sealed.append([year, *points])
        page.row += 1
    last = max(page.row - 1, first)
    page.row += 1
    return page.ref(first, 1, last), page.ref(first, 2, last, 1 + len(series)), rounded


def _discount(page: Page, inputs: Inputs, model: CaseModel, sealed: list[list[Any]]) -> str:
    page.heading(layout.DISCOUNT_TITLE, "Den nyeste tabel på beslutningsdatoen gælder.")
    page.heads(["Besluttet fra", "Fra år", "Til år", "Rente"])
    first = page.row
    for rate in model.knowledge.published.discount_rates:
        row = [rate.decided_from, rate.from_year, FOR_EVER if rate.to_year is None else rate.to_year, rate.rate]
        for place, cell in enumerate(row):
            page.value(page.row, place + 1, cell, "yyyy-mm-dd" if place == 0 else None)
        sealed.append(row)
        page.row += 1
    last = max(page.row - 1, first)
    decided, start, end, rates = (page.ref(first, column, last) for column in (1, 2, 3, 4))
    decision = inputs.fields["decision_date"]
    page.row += 1
    page.heading(
        layout.OTHER_TITLES[layout.ASSUMPTIONS][0], "År frem, årets rente og vækst: 1 + rente ganget år for år."
    )
    page.text(page.row, 1, "Tabel besluttet")
    page.value(page.row, 2, f"=SUMPRODUCT(MAX(({decided}<={decision})*{decided}))", "yyyy-mm-dd")
    chosen = page.ref(page.row, 2)
    page.row += 1
    page.heads(["År frem", "Rente", "Vækst"])
    base = page.row
    for ahead in range(model.years[-1] - case_year(model) + 2 + MARGIN):
        page.value(page.row, 1, ahead)
        if ahead == 0:
            page.value(page.row, 3, 1)
        else:
            here = page.ref(page.row, 1)
            fits = f"({decided}={chosen})*({start}<={here})*({end}>={here})"
            rate_formula = f"=IF(SUMPRODUCT({fits})=1,SUMPRODUCT({fits}*{rates}),NA())"
            page.value(page.row, 2, rate_formula, "0.####")
            page.value(page.row, 3, f"={page.ref(page.row - 1, 3)}*(1+{page.ref(page.row, 2)})", FACTOR)
        page.row += 1
    return page.ref(base, 3, page.row - 1)


def case_year(model: CaseModel) -> int:
    """The year of the decision, or the first year when that is later: nothing is discounted before it."""
    return min(model.inputs.decision_date.year, model.years[-1])


def _rules(
    inputs: Inputs, case: CaseInputs, model: CaseModel, used: Sequence[Price], sealed: list[list[Any]]
) -> tuple[dict[str, RuleShares], str]:
    page, years = inputs.pages[layout.PRICES], inputs.years_ahead
    found: dict[str, RuleShares] = {}
    prices = [(place, price) for place, price in enumerate(used) if price.rule is not None]
    page.heading(
        layout.RULES_TITLE,
        "Beregnet af Virksom ved eksporten efter loven, årgangen og prisen; ændres de, så eksportér igen.",
    )
    page.heads(["Pris-id", "Lov", "Årgang", "Betaler", *(layout.CHANGE.format(t) for t in range(years)), "Kontrol"])
    first = page.row
    cohorts = sorted({row.year for row in case.cohorts})
    for place, price in prices:
        assert price.rule is not None
        laws = {rule.rule_id: rule.law for rule in model.knowledge.published.rules}
        shares = found[price.price_id] = RuleShares(page, {}, years)
        amount = inputs.tables["prices"].cell("amount_dkk", place)
        rule = inputs.tables["prices"].cell("rule.rule_id", place)
        unchanged = f'AND({amount}={float(price.amount_dkk)!r},{rule}="{price.rule.rule_id}")'
        for year in cohorts:
            by_t = [model.knowledge.shares(price, case.settings, year + t, t) for t in range(years)]
            for payer, name in enumerate(PAYERS):
                row = [price.price_id, laws.get(price.rule.rule_id, ""), year, name, *(one[payer] for one in by_t)]
                for column, cell in enumerate(row):
                    (page.text if isinstance(cell, str) else page.value)(page.row, column + 1, cell)  # type: ignore[arg-type]
                page.value(page.row, len(row) + 1, f"=IF({unchanged},0,1)")
                sealed.append(row)
                shares.rows[year, payer] = page.row
                page.row += 1
    return found, page.ref(first, 5 + years, max(page.row - 1, first))
