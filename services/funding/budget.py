"""A grant's budget: posts by project year, and which of the grant's money finances each.

The money comes in account-years, the budget in posts and project years; both add up to the award. The oldest money
finances the earliest project year (the north-west corner rule), so that every øre of both has its place and nothing
has to be rounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.funding.events import BudgetLine, Draw, Earmark
from services.funding.ledger import Amounts, Cell
from shared.kernel.refusal import refused
from shared.kernel.rejection import Rejected

LineKey = tuple[str | None, int | None, str | None]
"""Post, project year and earmark."""


def place(lines: Sequence[BudgetLine], draws: Sequence[Draw]) -> dict[Cell, int]:
    """What of each draw finances each budget line, in øre; lines and draws must add up to the same.

    Lines are taken by project year and in their own order, draws by budget year and account. Raises ValueError when
    they do not add up to the same.
    """
    if sum(line.amount_oere for line in lines) != sum(draw.amount_oere for draw in draws):
        raise ValueError("the lines and the draws do not add up to the same")
    money = deque((draw, draw.amount_oere) for draw in sorted(draws, key=lambda draw: (draw.budget_year, draw.account)))
    cells: dict[Cell, int] = {}
    for line in sorted(lines, key=lambda line: line.project_year):
        wanted = line.amount_oere
        while wanted:
            draw, left = money.popleft()
            taken = min(wanted, left)
            cell = Cell(draw.account, draw.budget_year, line.post, line.project_year, line.earmark)
            cells[cell] = cells.get(cell, 0) + taken
            wanted -= taken
            if left > taken:
                money.appendleft((draw, left - taken))
    return cells


def take(amounts: Amounts, wanted_oere: int) -> dict[Cell, int]:
    """`wanted_oere` out of these amounts, the oldest money first; less when there is not so much."""
    taken: dict[Cell, int] = {}
    for cell in sorted(amounts, key=lambda cell: (cell.budget_year, cell.account)):
        part = min(amounts[cell], wanted_oere)
        if part > 0:
            taken[cell] = part
            wanted_oere -= part
    return taken


def by_line(amounts: Amounts) -> dict[LineKey, int]:
    """The amounts by post, project year and earmark, whatever finances them."""
    sums: dict[LineKey, int] = {}
    for cell, amount in amounts.items():
        key = (cell.post, cell.project_year, cell.earmark)
        sums[key] = sums.get(key, 0) + amount
    return sums


def require_lines(lines: Sequence[BudgetLine], total_oere: int, earmarks: Iterable[Earmark], years: range) -> None:
    """Refuse a budget that does not fit its grant.

    Raises Rejected DUPLICATE_POST (a post, project year and earmark twice), YEAR_OUTSIDE_PERIOD, BUDGET_UNBALANCED
    (budget_oere, award_oere), UNKNOWN_EARMARK, or EARMARK_MISMATCH when the lines under an earmark do not add up to it
    (earmark, earmark_oere, budget_oere). Source: budgets must balance exactly (Håndbog om tilskudsregler,
    /finansiering-af-projekter).
    """
    seen: set[LineKey] = set()
    for index, line in enumerate(lines):
        key = (line.post, line.project_year, line.earmark)
        if key in seen:
            message = "A post may stand once for a project year and earmark; add the amounts up."
            raise _refused("DUPLICATE_POST", message, index, "post", post=line.post, project_year=line.project_year)
        seen.add(key)
        if line.project_year not in years:
            message = "The project year is not in the grant's period."
            figures = {"project_year": line.project_year, "first_year": years.start, "last_year": years.stop - 1}
            raise _refused("YEAR_OUTSIDE_PERIOD", message, index, "project_year", **figures)
    budget_oere = sum(line.amount_oere for line in lines)
    if budget_oere != total_oere:
        message = "The budget must add up to the award, to the øre."
        field = {"field": "budget", "rule": "balanced", "message": "does not add up to the award"}
        raise Rejected("BUDGET_UNBALANCED", message, [field], budget_oere=budget_oere, award_oere=total_oere)
    _require_earmarks(lines, {earmark.earmark: earmark.amount_oere for earmark in earmarks})


def _require_earmarks(lines: Sequence[BudgetLine], earmarks: Mapping[str, int]) -> None:
    sums = dict.fromkeys(earmarks, 0)
    for index, line in enumerate(lines):
        if line.earmark is not None:
            if line.earmark not in earmarks:
                message = "The grant has no earmark of this name."
                raise _refused("UNKNOWN_EARMARK", message, index, "earmark", earmark=line.earmark)
            sums[line.earmark] += line.amount_oere
    for earmark, budget_oere in sums.items():
        if budget_oere != earmarks[earmark]:
            raise Rejected(
                "EARMARK_MISMATCH",
                "The lines under an earmark must add up to the earmark: it cannot be spent on anything else.",
                [{"field": "budget", "rule": "earmark", "message": "does not add up to the earmark"}],
                earmark=earmark,
                earmark_oere=earmarks[earmark],
                budget_oere=budget_oere,
            )


def project_years(period_from: date, period_to: date) -> range:
    """The calendar years that a period touches."""
    return range(period_from.year, period_to.year + 1)


def _refused(code: str, message: str, index: int, name: str, **figures: object) -> Rejected:
    return refused(code, message, f"budget.{index}.{name}", **figures)
