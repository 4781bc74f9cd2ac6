"""The proof: the whole programme, from what was voted in 2017 to the last grant closed in 2021, entered through the
service's commands; and the position that comes of it, which is reckoned here by hand.

What is real is what domain facts §3.6 state; grants per municipality, yearly splits, applicants, spending and all that
goes wrong are assumed or simulated, and marked so in deploy/demo/programme_2017.toml. No total below is copied from
what the program answers: each has its sum beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from services.demo import PROGRAMME, player, script
from services.demo.programme import load
from services.funding.check.reading import check
from tests.worlds import embedded_world, server_world

CHILDREN = ("15.26.04.10", "99.99.02.10")
METHODS = "99.99.01.20"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

# What is promised, by the file's rows (amounts are assumed but for PPR's 12.3 m):
#   PPR 10 × (4.1 + 4.1 + 4.1); agency 5 × (1.0 + 1.0 + 0.8)                                       § 15.26.04.10
#   courses 8 × (4.0 + 4.0 + 4.0)                                                                  99.99.01.10
#   CTI 4 × (0.50 + 0.30 + 0.15); SFT 4 × (0.45 + 0.28 + 0.15); Åben Dialog 2 × (0.60 + 0.35 + 0.20), and three
#   simulated grants: A 0.20 + 0.08 + 0.10, B 0.40 + 0.20 + 0.10, C 0.20 + 0.10 + 0.10             99.99.01.20
#   aftercare 2 × (0.8 in 2017, 2.6, 2.6, 2.6); 5 × (2.0 + 3.3 + 3.3)                              99.99.01.30
# Everything is paid, spent and accounted for but what these simulated events say:
#   A is never accepted: all of it lapses. B never starts: 0.40 of 2018 and the first quarter of 2019's 0.20 (0.05) are
#   paid and repaid, 0.15 and 0.10 lapse. C spends 0.06 of 2020 too little, and owes it still.
#   Unspent and repaid: 0.12 of agency's 2019, 0.90 of PPR's 2020, 0.25 of the courses' 2020.
#   Unspent and waived: 340 kr. of SFT's 2020.
#   0.40 of the courses' 2018 is carried over and spent in 2019; 0.02 of CTI's 2020 is paid and spent in 2021; 0.30
#   moves between posts; one payment is returned and paid again; one grant's accounts are late. None changes a row.
# committed is what is promised less what lapsed or was repaid.
POSITION = """
account     year       voted      pooled   committed        paid   accounted     owed   repaid   lapsed

# agency's 32.6 less its pool's 14.0 = 18.6 is in no pool: 6.6 + 4.0 + 4.0 + 4.0; PPR's pool draws 41.1 and commits 41.0
15.26.04.10 2017   6_600_000           0           0           0           0        0        0        0
# pooled 41.1 + 5.0; promised 10 × 4.1 + 5 × 1.0 = 46.0
15.26.04.10 2018  50_100_000  46_100_000  46_000_000  46_000_000  46_000_000        0        0        0
# pooled 41.0 + 5.0; promised 46.0, of which 0.12 is repaid
15.26.04.10 2019  50_000_000  46_000_000  45_880_000  46_000_000  45_880_000        0  120_000        0
# pooled 41.0 + 4.0; promised 10 × 4.1 + 5 × 0.8 = 45.0, of which 0.90 is repaid
15.26.04.10 2020  49_000_000  45_000_000  44_100_000  45_000_000  44_100_000        0  900_000        0

# SØM for children: 183.8 − 123.1 − 32.6 = 28.1, pooled and promised to nobody
99.99.02.10 2017   5_000_000   5_000_000           0           0           0        0        0        0
99.99.02.10 2018   9_000_000   9_000_000           0           0           0        0        0        0
99.99.02.10 2019   8_000_000   8_000_000           0           0           0        0        0        0
99.99.02.10 2020   6_100_000   6_100_000           0           0           0        0        0        0

# 8 × 4.0; of 2020 0.25 is repaid
99.99.01.10 2018  32_000_000  32_000_000  32_000_000  32_000_000  32_000_000        0        0        0
99.99.01.10 2019  32_000_000  32_000_000  32_000_000  32_000_000  32_000_000        0        0        0
99.99.01.10 2020  32_000_000  32_000_000  31_750_000  32_000_000  31_750_000        0  250_000        0

# 2017 came before the calls and bears no grant
99.99.01.20 2017   3_900_000   3_900_000           0           0           0        0        0        0
# 4 × 0.50 + 4 × 0.45 + 2 × 0.60 = 5.00; with A, B and C 5.80, of which A's 0.20 lapses and B's 0.40 is repaid
99.99.01.20 2018   5_800_000   5_800_000   5_200_000   5_600_000   5_200_000        0  400_000  200_000
# 4 × 0.30 + 4 × 0.28 + 2 × 0.35 = 3.02; A and B's 0.15 lapse; B's 0.05 is paid and repaid; C's 0.10 is paid: 3.17
99.99.01.20 2019   3_500_000   3_500_000   3_120_000   3_170_000   3_120_000        0   50_000  230_000
# 4 × 0.15 + 4 × 0.15 + 2 × 0.20 = 1.60; A's and B's 0.10 lapse; C's 0.10 is paid; 1.70 − 0.06 owed − 340 kr. waived
99.99.01.20 2020   2_000_000   2_000_000   1_700_000   1_700_000   1_639_660   60_000        0  200_000

# 2 × 0.8; 2 × 2.6 + 5 × 2.0; twice 2 × 2.6 + 5 × 3.3
99.99.01.30 2017   1_600_000   1_600_000   1_600_000   1_600_000   1_600_000        0        0        0
99.99.01.30 2018  15_200_000  15_200_000  15_200_000  15_200_000  15_200_000        0        0        0
99.99.01.30 2019  21_700_000  21_700_000  21_700_000  21_700_000  21_700_000        0        0        0
99.99.01.30 2020  21_700_000  21_700_000  21_700_000  21_700_000  21_700_000        0        0        0

# the rest of the adults' frame, in no pool: 249.0 − 15.2 − 60.2 − 96.0 = 77.6, in four
99.99.01.90 2017  19_400_000           0           0           0           0        0        0        0
99.99.01.90 2018  19_400_000           0           0           0           0        0        0        0
99.99.01.90 2019  19_400_000           0           0           0           0        0        0        0
99.99.01.90 2020  19_400_000           0           0           0           0        0        0        0
"""

# As it stood at the end of each calendar year, over all accounts.
YEAR_ENDS = """
at           voted      pooled   committed        paid   accounted     owed    repaid   lapsed

# pools but the 43.0 of aftercare's second call: 137.1 + 28.1 + 96.0 + 15.2 + 17.2; promised 123.0 + 14.0 + 96.0 + 17.2;
# paid: aftercare's first round, 2 × 0.8
2017   432_800_000 293_600_000 250_200_000   1_600_000           0        0         0        0
# + 43.0 pooled; promised + 43.0 + CTI 3.80 + SFT 3.52 + Åben Dialog 2.30 + A 0.38 + B 0.70 + C 0.40, less A's 0.38;
# paid + 46.0 + 32.0 + 5.6 + 15.2; accounted for: 2017's 1.6
2018   432_800_000 336_600_000 303_920_000 100_400_000   1_600_000        0         0  380_000
# B: 0.25 lapses and 0.45 is repaid; paid + 46.0 + 32.0 + 3.17 + 21.7;
# accounted for + 2018: 46.0 + (32.0 − 0.4 carried over) + 5.2 + 15.2
2019   432_800_000 336_600_000 303_220_000 203_270_000  99_600_000        0   450_000  630_000
# 0.12 of agency repaid; paid + 45.0 + 32.0 + (1.70 − 0.02 for 2021) + 21.7;
# accounted for + 2019: 45.88 + (32.0 + 0.4) + 3.12 + 21.7
2020   432_800_000 336_600_000 303_100_000 303_650_000 202_700_000        0   570_000  630_000
# 0.90 + 0.25 repaid; paid + CTI's 0.02; accounted for + 2020: 44.10 + 31.75 + 1.639660 + 21.7
2021   432_800_000 336_600_000 301_950_000 303_670_000 301_889_660   60_000 1_720_000  630_000
"""

COLUMNS = ("voted", "pooled", "committed", "paid", "accounted_for", "owed", "repaid", "lapsed")
OFFICIAL_DEADLINES = {
    "ppr-2017": "2017-10-20T12:00:00+02:00",
    "handlekraft-2017": "2017-10-17T12:00:00+02:00",
    "eftervaern-runde-2": "2018-03-02T12:00:00+01:00",
    "udbredelse-sft": "2018-03-22T12:00:00+01:00",
    "udbredelse-cti": "2018-08-07T12:00:00+02:00",
}
UNSETTLED = ("committed", "payable", "paid", "carried_over")
SETTLED = ("accounted_for", "repaid", "receivable", "waived")

Answer = dict[str, Any]
Table = dict[tuple[str, ...], tuple[int, ...]]


class Played(NamedTuple):
    """The programme carried to its end, and what the fund answers then."""

    position: Answer
    year_ends: dict[str, Answer]
    grants: list[Answer]
    calls: list[Answer]
    applications: list[Answer]
    balances: list[Answer]
    paid: Counter[str]
    database: str


@pytest.fixture(scope="module", params=["embedded", pytest.param("servers", marks=pytest.mark.server)])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Every command of the money, sent to the running service."""
    make = embedded_world if request.param == "embedded" else server_world
    acts = [act for act in script.acts(load(PROGRAMME)) if act.service == "funding"]
    with make(tmp_path_factory.mktemp("programme")) as world:
        stores = {"funding": world.open("funding").store}
        with world.services("funding"), world.client(30) as rpc:
            player.play(player.together(acts), rpc, stores, lambda _: None, lambda: False)
            found = _asked(rpc, player.head(stores["funding"]), world.settings.databases["funding"])
        yield found


def _asked(rpc: Any, head: int, database: str) -> Played:
    fund = rpc.funding
    seen = {"wait_for": {"funding": head}, "wait_seconds": 10}
    calls = fund.calls(**seen)["calls"]
    paid: Counter[str] = Counter()
    for after in range(0, head, 500):
        for event in fund.feed(after=after, limit=500)["events"]:
            if event["type"] == "funding.instalment_paid":
                paid[event["data"]["grant_id"]] += event["data"]["amount_oere"]
    return Played(
        position=fund.position(**seen),
        year_ends={str(year): fund.position(as_at=f"{year}-12-31") for year in range(2017, 2022)},
        grants=fund.grants()["grants"],
        calls=calls,
        applications=[one for call in calls for one in fund.applications(call_id=call["call_id"])["applications"]],
        balances=fund.balances(by=["pool_id", "grant_id", "earmark", "ledger_account"])["balances"],
        paid=paid,
        database=database,
    )


def by_hand(text: str) -> Table:
    """A table above: the figures of each row, in øre, by what stands before them."""
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")][1:]
    return {tuple(row[: -len(COLUMNS)]): tuple(int(figure) * 100 for figure in row[-len(COLUMNS) :]) for row in rows}


def answered(row: Answer) -> tuple[int, ...]:
    return tuple(row[f"{name}_oere"] for name in COLUMNS)


def show(title: str, table: Table) -> None:
    print(f"\n{title}", *(f"{name:>14}" for name in COLUMNS))
    for key, figures in sorted(table.items()):
        print(f"{' '.join(key):<18}", *(f"{figure / 100:>14,.2f}" for figure in figures))


def summed(rows: list[Answer], *names: str, **only: Any) -> int:
    chosen = [row for row in rows if all(row[name] == value for name, value in only.items())]
    return sum(row["balance_oere"] for row in chosen if not names or row["ledger_account"] in names)


# --- the position -----------------------------------------------------------------------------------------


def test_the_position_of_every_account_and_year_is_what_is_reckoned_by_hand(played: Played) -> None:
    found: Table = {
        (row["account"], str(row["budget_year"])): answered(row) for row in played.position["account_years"]
    }
    show("position, kr.", {**found, ("total",): answered(played.position["total"])})
    assert found == by_hand(POSITION)
    assert answered(played.position["total"]) == tuple(map(sum, zip(*by_hand(POSITION).values(), strict=True)))


def test_the_position_at_each_years_end_is_what_is_reckoned_by_hand(played: Played) -> None:
    found: Table = {(year,): answered(answer["total"]) for year, answer in played.year_ends.items()}
    show("at year's end, kr.", found)
    assert found == by_hand(YEAR_ENDS)


def test_the_two_tables_reckoned_by_hand_end_at_the_same_total() -> None:
    assert tuple(map(sum, zip(*by_hand(POSITION).values(), strict=True))) == by_hand(YEAR_ENDS)["2021",]


def test_340_kroner_are_waived_and_nothing_else_is_left_open(played: Played) -> None:
    total = played.position["total"]
    assert total["waived_oere"] == 340_00
    assert total["unaccounted_oere"] == total["carried_over_oere"] == total["payable_oere"] == 0


# --- what is published ------------------------------------------------------------------------------------


def test_249_million_are_voted_for_adults_and_183_8_for_children(played: Played) -> None:
    voted = {True: 0, False: 0}
    for row in played.position["account_years"]:
        voted[row["account"] in CHILDREN] += row["voted_oere"]
    assert voted == {False: 249_000_000_00, True: 183_800_000_00}


def test_dissemination_is_voted_3_9_5_8_3_5_and_2_0_million(played: Played) -> None:
    rows = played.position["account_years"]
    voted = {row["budget_year"]: row["voted_oere"] for row in rows if row["account"] == METHODS}
    assert voted == {2017: 3_900_000_00, 2018: 5_800_000_00, 2019: 3_500_000_00, 2020: 2_000_000_00}


def test_the_pools_have_their_published_amounts(played: Played) -> None:
    drawn = {
        pool: -summed(played.balances, "appropriated", pool_id=pool)
        for pool in ("ppr", "handlekraft", "bostoettemetoder", "eftervaern")
    }
    assert drawn == {
        "ppr": 123_100_000_00,
        "handlekraft": 14_000_000_00,
        "bostoettemetoder": 15_200_000_00,
        # 43.0 m of the second call, and 17.2 m assumed for the first
        "eftervaern": 60_200_000_00,
    }


def test_the_calls_have_their_published_deadlines_to_the_hour(played: Played) -> None:
    deadlines = {call["call_id"]: datetime.fromisoformat(call["deadline_at"]) for call in played.calls}
    assert len(deadlines) == 8
    for call_id, moment in OFFICIAL_DEADLINES.items():
        assert deadlines[call_id] == datetime.fromisoformat(moment), call_id
    assert {call["status"] for call in played.calls} == {"closed"}
    second = next(call for call in played.calls if call["call_id"] == "eftervaern-runde-2")
    assert (second["opens_at"][:10], second["frame_oere"]) == ("2018-01-17", 43_000_000_00)
    assert {call["pool_id"] for call in played.calls if call["call_id"].startswith("eftervaern")} == {"eftervaern"}


def test_a_ppr_grant_of_12_3_million_is_1_8_for_partnership_and_10_5_for_staff(played: Played) -> None:
    earmarked: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in played.balances:
        if row["pool_id"] == "ppr" and row["earmark"] is not None:
            earmarked[row["grant_id"]][row["earmark"]] += row["balance_oere"]
    assert len(earmarked) == 10
    for amounts in earmarked.values():
        assert amounts == {"partnerskab": 1_800_000_00, "medarbejdere": 10_500_000_00}


# --- carried to closure -----------------------------------------------------------------------------------


def test_every_grant_is_closed_but_the_two_simulated_ones_that_lapse(played: Played) -> None:
    assert Counter(grant["status"] for grant in played.grants) == {"closed": 41, "lapsed": 2}
    assert {g["grant_id"] for g in played.grants if g["status"] == "lapsed"} == {"sft-0270", "cti-0430"}


def test_of_every_grant_accounted_for_repaid_owed_and_waived_are_what_was_paid(played: Played) -> None:
    for grant in played.grants:
        grant_id = grant["grant_id"]
        assert summed(played.balances, *SETTLED, grant_id=grant_id) == played.paid[grant_id], grant_id
        assert summed(played.balances, *UNSETTLED, grant_id=grant_id) == 0, grant_id
        lapsed = summed(played.balances, "lapsed", grant_id=grant_id)
        assert played.paid[grant_id] + lapsed == grant["amount_oere"], grant_id


def test_every_application_is_simulated_says_so_and_is_decided(played: Played) -> None:
    assert Counter(one["status"] for one in played.applications) == {"awarded": 43, "refused": 19}
    assert all(one["title"].endswith("(simuleret ansøgning)") for one in played.applications)
    assert all(one["reason"].startswith("Simuleret") for one in played.applications)


def test_the_independent_check_of_the_whole_log_finds_nothing(played: Played) -> None:
    result = check(played.database, {})
    assert result.findings == []
    assert result.count == 0
    assert result.views_position == result.position > 2_000
