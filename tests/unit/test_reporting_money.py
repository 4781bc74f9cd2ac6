"""The views' money: what was voted, pooled, awarded and paid, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine

from services.funding.events import (
    AppropriationAdjusted,
    AppropriationReceived,
    AppropriationRegulated,
    AppropriationTransferred,
    IndexPoint,
    PoolExtended,
)
from services.reporting.views import queries, tables
from services.reporting.views.apply import apply
from shared.kernel.messages import Event
from shared.kernel.money import oere
from tests import money
from tests.unit.test_reporting_views import (
    ACCOUNT,
    DAY,
    GROUPS,
    ODENSE,
    POSITIONS,
    PPR,
    SAMSOE,
    fill,
    in_kroner,
    pool,
    recorded,
    settled_history,
    voted,
)

OTHER = "15.26.04.20"


@pytest.fixture
def connection() -> Iterator[Connection]:
    """An empty SQLite database with the tables of the views."""
    with create_engine("sqlite://").begin() as opened:
        tables.metadata.create_all(opened)
        yield opened


def apply_all(connection: Connection, *events: Event) -> None:
    """Apply more events of funding."""
    apply(connection, 1, "funding", recorded(events, 45))


def test_an_appropriation_is_what_was_voted_and_every_change_of_it(connection: Connection) -> None:
    act: dict[str, Any] = {"account": ACCOUNT, "budget_year": 2019, "act": "akt 1", "effective_on": DAY}
    points: dict[str, Any] = {"from_point": IndexPoint(year=2018, value="100"), "published_on": DAY}
    points |= {"to_point": IndexPoint(year=2019, value="102"), "series_id": "pl"}
    moved: dict[str, Any] = {"amount_oere": oere(300), "act": "akt 1", "effective_on": DAY}
    apply_all(
        connection,
        voted(1000),
        AppropriationAdjusted(**act, amount_oere=-oere(100), corrects=None, postings=()),
        AppropriationRegulated(**act, **points, amount_oere=oere(20), postings=()),
        AppropriationTransferred(**act, to_account=OTHER, to_budget_year=2020, amount_oere=oere(300), postings=()),
        AppropriationReceived(account=OTHER, budget_year=2020, from_account=ACCOUNT, from_budget_year=2019, **moved),
    )
    answer = queries.programme(connection, POSITIONS)
    years = {(row.account, row.budget_year): row.appropriated_oere for row in answer.appropriations}
    assert years == {(ACCOUNT, 2019): oere(620), (OTHER, 2020): oere(300)}
    assert answer.total.appropriated_oere == oere(920)


def test_a_pool_is_what_it_drew_at_first_and_later(connection: Connection) -> None:
    later: dict[str, Any] = {"draws": money.drawn({2019: oere(5), 2020: oere(7)}), "postings": (), "effective_on": DAY}
    extended = PoolExtended(pool_id=f"pulje-{PPR}", initiative=PPR, **later)
    apply_all(connection, voted(100), pool(PPR, "Tidlig indsats i PPR", 40), extended, extended)
    answer = queries.programme(connection, POSITIONS)
    assert [row.appropriated_oere for row in answer.initiatives] == [oere(64)]
    assert {row.budget_year: row.pooled_oere for row in answer.appropriations} == {2019: oere(50), 2020: oere(14)}


def test_what_lapses_or_is_never_paid_is_not_awarded_any_more(connection: Connection) -> None:
    fill(connection)
    lapse, closure = in_kroner(money.lapse, PPR, SAMSOE, 1_000_000), in_kroner(money.closure, GROUPS, ODENSE, 500_000)
    apply_all(connection, lapse, closure)
    groups, ppr = queries.programme(connection, POSITIONS).initiatives
    assert (groups.awarded_oere, ppr.awarded_oere) == (oere(7_500_000), 0)
    [account] = queries.programme(connection, POSITIONS).appropriations
    assert account.awarded_oere == oere(7_500_000)


def test_paid_money_is_followed_until_it_is_accounted_for_or_back(connection: Connection) -> None:
    fill(connection)
    apply_all(connection, *settled_history())
    answer = queries.programme(connection, POSITIONS)
    odense = queries.municipality(connection, ODENSE, POSITIONS).total
    for row in (answer.total, answer.initiatives[0], answer.appropriations[0], odense):
        assert (row.paid_oere, row.accounted_for_oere) == (oere(2_000_000), oere(1_400_000))
        assert (row.owed_oere, row.repaid_oere) == (oere(350_000), oere(250_000))
    assert odense.awarded_oere == oere(6_000_000), "what was paid stays awarded, whatever becomes of it"
