"""The ledger's own arithmetic: what moves where, and what stands after it."""

from __future__ import annotations

import pytest

from services.funding.events import LedgerAccount, Posting
from services.funding.ledger import (
    GRANT_ACCOUNTS,
    OUTLAYS,
    Balance,
    Cell,
    by_account_year,
    is_balanced,
    moved,
    posted,
    reposted,
    restored,
    standing,
    total,
    trial_balance,
    unallocated,
)
from tests.grants import ACCOUNT, awarded, draw

OTHER = "20.11.01.30"
STAFF, PARTNER = Cell(ACCOUNT, 2018, "staff", 2018, None), Cell(ACCOUNT, 2018, "partner", 2018, "partner")
LATER = Cell(ACCOUNT, 2019, "staff", 2019, None)


def posting(
    ledger_account: LedgerAccount, amount_oere: int, account: str = ACCOUNT, budget_year: int = 2018
) -> Posting:
    place = {"account": account, "budget_year": budget_year, "amount_oere": amount_oere}
    return Posting.model_validate({"ledger_account": ledger_account, **place})


def test_a_whole_life_adds_up_to_nought_in_every_account_year() -> None:
    """20,000 kroner: 19,000 are accounted for, 1,000 claimed, of which 400 come back."""
    fund = awarded().accounted_for_2018().claim("k1", "2019-02-11").accounted_for_2019().close("2020-02-11")
    fund.invoice("k1", "2020-02-12", "2020-03-12").repay("k1", "r1", "2020-03-01", 40_000)
    assert {key: amount for key, amount in trial_balance(fund.history).items() if amount} == {
        ("accounted_for", ACCOUNT, 2018): 1_100_000,
        ("accounted_for", ACCOUNT, 2019): 800_000,
        ("pooled", ACCOUNT, 2018): 100_000_000 - 1_200_000 + 40_000,
        ("pooled", ACCOUNT, 2019): 100_000_000 - 800_000,
        ("receivable", ACCOUNT, 2018): 60_000,
        ("repaid", ACCOUNT, 2018): 40_000,
        ("restored", ACCOUNT, 2018): -40_000,
        ("voted", ACCOUNT, 2018): -100_000_000,
        ("voted", ACCOUNT, 2019): -100_000_000,
    }


@pytest.mark.parametrize(
    ("postings", "balanced"),
    [
        ((), True),
        ((posting("pooled", -5), posting("committed", 5)), True),
        ((posting("pooled", -5),), False),
        ((posting("voted", -5), posting("paid", 5, OTHER)), False),
        ((posting("voted", -5), posting("paid", 5, budget_year=2019)), False),
    ],
)
def test_postings_balance_within_each_account_year(postings: tuple[Posting, ...], balanced: bool) -> None:
    assert is_balanced(postings) is balanced


def test_the_accounts_of_a_grant_are_those_that_its_award_stands_on() -> None:
    assert GRANT_ACCOUNTS == (
        "committed", "payable", "paid", "carried_over", "accounted_for", "receivable", "repaid", "waived", "lapsed",
    )  # fmt: skip
    assert OUTLAYS == ("paid", "carried_over", "accounted_for", "receivable", "repaid", "waived")


def test_money_moves_by_cell_the_oldest_first_and_nothing_moves_nothing() -> None:
    lines = moved("committed", "paid", {LATER: 3, STAFF: 2, PARTNER: 0})
    assert [(line.ledger_account, line.budget_year, line.post, line.amount_oere) for line in lines] == [
        ("paid", 2018, "staff", 2),
        ("committed", 2018, "staff", -2),
        ("paid", 2019, "staff", 3),
        ("committed", 2019, "staff", -3),
    ]


def test_only_what_differs_is_posted_anew() -> None:
    lines = reposted("committed", {STAFF: 5, PARTNER: 2}, {STAFF: 1, PARTNER: 2, LATER: 4})
    assert [(line.post, line.project_year, line.amount_oere) for line in lines] == [
        ("staff", 2018, -4),
        ("staff", 2019, 4),
    ]


def test_what_goes_back_is_back_in_the_pool_in_its_account_year() -> None:
    lines = restored("committed", "lapsed", {STAFF: 5, PARTNER: 2, LATER: 4})
    back = [(line.ledger_account, line.budget_year, line.post, line.amount_oere) for line in lines[6:]]
    assert back == [
        ("pooled", 2018, None, 7),
        ("restored", 2018, None, -7),
        ("pooled", 2019, None, 4),
        ("restored", 2019, None, -4),
    ]


def test_balances_are_of_the_grants_own_accounts_and_forget_what_is_nought() -> None:
    balances = posted(
        (), [*moved("pooled", "committed", {STAFF: 5, PARTNER: 2}), *moved("committed", "paid", {STAFF: 5})]
    )
    assert balances == (Balance("committed", PARTNER, 2), Balance("paid", STAFF, 5))
    assert standing(balances, "committed", "paid") == {PARTNER: 2, STAFF: 5}
    assert (total(balances, "paid"), total(balances, "committed", "paid"), total(balances, "repaid")) == (5, 7, 0)


def test_amounts_add_up_by_account_year() -> None:
    assert by_account_year({LATER: 4, STAFF: 5, PARTNER: 2}) == (draw(2018, 7), draw(2019, 4))
    assert unallocated((draw(2018, 7),)) == {Cell(ACCOUNT, 2018, None, None, None): 7}
