"""A grant's plan and budget for any figures: every øre has its place, once, and no instalment comes too early."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.budget import by_line, place, take
from services.funding.events import BudgetLine, Draw
from services.funding.ledger import Amounts, Cell, moved, posted
from services.funding.plan import due, instalment_days, portion
from shared.kernel.calendar import add_months, month_end
from shared.kernel.money import split

FIRST, LAST = date(2017, 1, 1), date(2021, 12, 31)
days = st.dates(FIRST, LAST)
periods = st.tuples(days, days).map(lambda two: (min(two), max(two)))
months = st.sampled_from([1, 3, 6, 12])
amounts = st.integers(1, 10**15)
cells = st.builds(
    Cell,
    account=st.sampled_from(["15.26.04.10", "20.11.01.30"]),
    budget_year=st.integers(2017, 2021),
    post=st.sampled_from(["staff", "rent", None]),
    project_year=st.sampled_from([2017, 2018, 2019, 2020, 2021, None]),
    earmark=st.sampled_from(["mark", None]),
)
budgets = st.dictionaries(cells, amounts, min_size=1, max_size=6)


# --- instalments ---


@given(periods, st.integers(2016, 2022), months)
def test_instalments_are_due_in_advance_within_the_period(period: tuple[date, date], year: int, every: int) -> None:
    found = instalment_days(*period, year, every)
    assert found == sorted(set(found))
    assert found
    near = min(max(year, period[0].year), period[1].year)
    assert all(day.year == near and period[0] <= day <= period[1] for day in found)
    # In advance: the first day of the year that lies in the period is an instalment's.
    assert found[0] == max(date(near, 1, 1), period[0])
    # And by the plan: each later one begins a stretch of so many months.
    assert all(day.day == 1 and (day.month - 1) % every == 0 for day in found[1:])
    assert len(found) <= 12 // every


@given(budgets, periods, months)
def test_instalments_of_any_budget_add_up_to_it_and_none_is_negative(
    budget: Amounts, period: tuple[date, date], every: int
) -> None:
    """Paid on every day that something is due, all is paid by the period's last instalment."""
    balances = posted((), moved("pooled", "committed", budget))
    paid: Counter[Cell] = Counter()
    year_days = {day for year in range(2017, 2022) for day in instalment_days(*period, year, every)}
    assert due(balances, *period, every, min(year_days) - timedelta(days=1)) == {}
    for day in sorted(year_days):
        now = due(balances, *period, every, day)
        assert all(amount > 0 for amount in now.values())
        paid.update(now)
        balances = posted(balances, moved("committed", "paid", now))
        assert due(balances, *period, every, day) == {}
    assert paid == budget


@given(budgets, periods, months, days, days)
def test_more_is_due_later_and_never_more_than_is_committed(
    budget: Amounts, period: tuple[date, date], every: int, one: date, other: date
) -> None:
    balances = posted((), moved("pooled", "committed", budget))
    early, late = (due(balances, *period, every, day) for day in sorted((one, other)))
    assert all(amount <= late[cell] <= budget[cell] for cell, amount in early.items())


@given(budgets, periods, months, days)
def test_instalments_of_a_cell_are_as_equal_as_whole_oere_can_be(
    budget: Amounts, period: tuple[date, date], every: int, day: date
) -> None:
    now = due(posted((), moved("pooled", "committed", budget)), *period, every, day)
    for cell, amount in budget.items():
        each = instalment_days(*period, cell.project_year or cell.budget_year, every)
        reached = len([one for one in each if one <= day])
        assert now.get(cell, 0) * len(each) - amount * reached in range(len(each) ** 2)


@given(budgets, periods, months, days, days, months, st.data())
def test_no_change_of_budget_or_plan_makes_due_and_ordered_exceed_the_budget(
    budget: Amounts, period: tuple[date, date], every: int, day: date, later: date, then_every: int, data: st.DataObject
) -> None:
    balances = posted((), moved("pooled", "committed", budget))
    ordered = {cell: data.draw(st.integers(0, amount)) for cell, amount in due(balances, *period, every, day).items()}
    balances = posted(balances, moved("committed", "payable", ordered))
    left = sum(budget.values()) - sum(ordered.values())
    keys = data.draw(st.lists(cells, min_size=1, max_size=4, unique=True))
    new = dict(zip(keys, split(left, [data.draw(st.integers(1, 9)) for _ in keys]), strict=True))
    balances = tuple(one for one in balances if one.ledger_account != "committed")
    balances = posted(balances, moved("pooled", "committed", new))
    now = due(balances, *period, then_every, later)
    for cell, amount in now.items():
        assert amount <= new[cell]
        # What is due brings the cell to what is planned by then, and no further.
        each = instalment_days(*period, cell.project_year or cell.budget_year, then_every)
        whole = new[cell] + ordered.get(cell, 0)
        assert amount + ordered.get(cell, 0) <= sum(split(whole, [1] * len(each))[: sum(one <= later for one in each)])
    assert sum(now.values()) + sum(ordered.values()) <= sum(budget.values())


# --- sharing ---


@given(st.dictionaries(cells, st.integers(0, 10**15), min_size=1, max_size=6), st.integers(0, 10**15))
def test_a_portion_conserves_every_oere_and_exceeds_no_cell(due_now: dict[Cell, int], amount: int) -> None:
    if amount > sum(due_now.values()):
        with pytest.raises(ValueError, match="more than is due"):
            portion(due_now, amount)
        return
    parts = portion(due_now, amount) if any(due_now.values()) else {}
    assert sum(parts.values()) == amount
    assert all(0 < part <= due_now[cell] for cell, part in parts.items())


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_splitting_conserves_every_oere(amount_oere: int, weights: list[int]) -> None:
    parts, whole = split(amount_oere, weights), sum(weights)
    assert sum(parts) == amount_oere
    assert all(abs(part * whole - amount_oere * weight) < whole for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(st.dictionaries(cells, amounts, max_size=6), amounts)
def test_taking_takes_the_oldest_first_and_no_more_than_there_is(there: dict[Cell, int], wanted: int) -> None:
    taken = take(there, wanted)
    assert sum(taken.values()) == min(wanted, sum(there.values()))
    assert all(0 < amount <= there[cell] for cell, amount in taken.items())
    untouched = {cell.budget_year for cell, amount in there.items() if taken.get(cell, 0) < amount}
    assert all(cell.budget_year <= min(untouched, default=2021) for cell in taken)


# --- placing a budget on its money ---

lines = st.lists(
    st.builds(
        BudgetLine,
        post=st.sampled_from(["staff", "rent", "travel"]),
        project_year=st.integers(2017, 2020),
        amount_oere=st.integers(1, 1000),
        earmark=st.sampled_from(["mark", None]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda line: (line.post, line.project_year, line.earmark),
)


@st.composite
def financed(draw: st.DrawFn) -> tuple[list[BudgetLine], list[Draw]]:
    """A budget, and account-years that add up to it."""
    budget = draw(lines)
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(["15.26.04.10", "20.11.01.30"]), st.integers(2017, 2020)),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    total = sum(line.amount_oere for line in budget)
    parts = split(total, [draw(st.integers(1, 9)) for _ in keys])
    named = zip(keys, parts, strict=True)
    return budget, [
        Draw(account=account, budget_year=year, amount_oere=part) for (account, year), part in named if part
    ]


@given(financed())
def test_a_placed_budget_keeps_every_line_and_every_draw(case: tuple[list[BudgetLine], list[Draw]]) -> None:
    budget, draws = case
    cells = place(budget, draws)
    assert all(amount > 0 for amount in cells.values())
    assert by_line(cells) == {(line.post, line.project_year, line.earmark): line.amount_oere for line in budget}
    sums: Counter[tuple[str, int]] = Counter()
    for cell, amount in cells.items():
        sums[cell.account_year] += amount
    assert sums == {(one.account, one.budget_year): one.amount_oere for one in draws}
    # No more cells than a staircase through the table of lines and draws can have.
    assert len(cells) < len(budget) + len(draws)


@given(financed().flatmap(lambda case: st.tuples(st.just(case), st.permutations(case[1]))))
def test_a_placing_does_not_depend_on_the_order_of_the_draws(
    case: tuple[tuple[list[BudgetLine], list[Draw]], list[Draw]],
) -> None:
    (budget, draws), shuffled = case
    assert place(budget, shuffled) == place(budget, draws)


@given(financed())
def test_the_oldest_money_finances_the_earliest_year(case: tuple[list[BudgetLine], list[Draw]]) -> None:
    cells = place(*case)
    pairs = [(cell.project_year or 0, cell.budget_year) for cell in cells]
    assert not any(one[0] < other[0] and one[1] > other[1] for one in pairs for other in pairs)


@given(financed(), st.integers(1, 10))
def test_a_budget_that_does_not_add_up_has_no_place(case: tuple[list[BudgetLine], list[Draw]], more: int) -> None:
    budget, [first, *rest] = case
    with pytest.raises(ValueError, match="do not add up"):
        place(budget, [first.model_copy(update={"amount_oere": first.amount_oere + more}), *rest])


# --- the calendar ---


@given(days, st.integers(-48, 48))
def test_months_are_added_to_the_same_day_or_to_the_months_last(day: date, count: int) -> None:
    later = add_months(day, count)
    assert (later.year - day.year) * 12 + later.month - day.month == count
    assert later.day == day.day or (later == month_end(later) and later.day < day.day)
