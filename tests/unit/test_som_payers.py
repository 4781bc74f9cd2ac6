"""Who pays, by law and year: each rule against the figures of its source.

The rules are the shipped rows (services/som/data/payer_rules.csv). What the sources print is exact kroner, so the
tolerance is a thousandth of a krone: room for float64 and nothing more. Where a source prints only limits or shares,
the kroner are our arithmetic on them, and the test says so.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.som import events as e
from services.som.model.knowledge_base import KnowledgeBase
from services.som.model.payers import Counted, bearer_share, counted, in_force, shares_of

RULES = Path(e.__file__).parents[1] / "data" / "payer_rules.csv"
KOMMUNE, REGION, STAT = range(3)
OERE = 1e-3
"""A thousandth of a krone."""
NET_PRICES = {2019: "103.50", 2020: "103.87", 2021: "105.40", 2022: "113.53", 2023: "118.04"}
"""Nettoprisindeks, annual averages, 2015 = 100. Source: dst.dk, nettoprisindeks."""


def shipped(rule_id: str) -> tuple[e.PayerRule, ...]:
    """The versions of a shipped rule, in the order of the days they are in force from."""
    versions: dict[str, dict[str, Any]] = {}
    with RULES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["rule_id"] == rule_id:
                step = {"start": row.pop("step_start"), "share": row.pop("step_share")}
                known = {name: value for name, value in row.items() if value}
                versions.setdefault(row["valid_from"], {**known, "steps": []})["steps"].append(step)
    return tuple(e.PayerRule.model_validate(versions[day]) for day in sorted(versions))


def rule(steps: list[tuple[int, str]], **values: Any) -> e.PayerRule:
    """A rule of § 176's shape, with other steps."""
    named = {"rule_id": "x", "measure": "kroner_per_year", "bearer": "stat", "rest": "kommune", "law": "test"}
    found = {"valid_from": date(2007, 1, 1), "level_year": 2007, "status": "own", "source": "test", **named, **values}
    return e.PayerRule.model_validate({**found, "steps": [{"start": a, "share": b} for a, b in steps]})


def price(amount: str, year: int, **values: Any) -> e.Price:
    """A price that the kommune bears where no rule says otherwise."""
    row = {"price_id": "p", "service": "p", "kommune": "1", "region": "0", "stat": "0", "status": "own", "source": "t"}
    return e.Price.model_validate({**row, "amount_dkk": amount, "price_year": year, **values})


def knowledge(rules: tuple[e.PayerRule, ...]) -> KnowledgeBase:
    """A knowledge base of these rules, whose amounts follow the net price index."""
    indices = [{"series": "npi", "year": year, "value": value} for year, value in NET_PRICES.items()]
    empty: dict[str, Any] = dict.fromkeys(("indexed_by", "prices", "consequences", "studies", "bases"), ())
    labels = {"pricebook": "t", "version_label": "1", "price_level_year": 2022, "index_series": "npi"}
    rates = [{"decided_from": "2013-05-31", "from_year": 0, "to_year": None, "rate": "0.04"}]
    rest = {"rules": rules, "indices": indices, "discount_rates": rates, "effective_on": "2022-01-01"}
    return KnowledgeBase(e.KnowledgePublished.model_validate({**labels, **empty, **rest}))


def paid(rule_id: str, amount: str, price_year: int, year: int, t: int = 0, **use: Any) -> list[float]:
    """What each payer pays of a unit that costs `amount` of `price_year`, in a calendar year, in kroner."""
    what = price(amount, price_year, rule={"rule_id": rule_id, **use})
    return [share * float(amount) for share in knowledge(shipped(rule_id)).shares(what, e.Settings(), year, t)]


# --- § 176: particularly costly single cases (særligt dyre enkeltsager) -----------------------------------


def test_case_23_a_case_of_two_and_a_half_million_in_2022() -> None:
    """Domain table (b) case 23; danskelove.dk/serviceloven/176: 0.25·820,000 + 0.5·440,000 + 0.75·380,000."""
    assert paid("sel-176", "2500000", 2022, 2022) == pytest.approx([1_790_000, 0, 710_000], abs=OERE)


@pytest.mark.parametrize(
    ("cost", "state"),
    [
        ("860000", 0), ("860004", 1), ("1680000", 205_000), ("1680002", 205_001), ("2120000", 425_000),
        ("2120004", 425_003), ("500000", 0),
    ],
)  # fmt: skip
def test_each_limit_of_2022_is_where_the_next_share_begins(cost: str, state: float) -> None:
    """danskelove.dk/serviceloven/176 (2022 level): 25, 50 and 75 % above 860,000, 1,680,000 and 2,120,000."""
    assert paid("sel-176", cost, 2022, 2022)[STAT] == pytest.approx(state, abs=OERE)


def test_the_step_of_75_percent_is_new_in_2021() -> None:
    """L 197 (ft.dk, 20191): in force 1 January 2021, limits at the 2020 level 830,000, 1,630,000 and 2,050,000. Before,
    25 and 50 % above 1,090,000 and 2,050,000 for adults. Kroner are our arithmetic, on a price of 2020."""
    assert paid("sel-176", "2500000", 2020, 2020)[STAT] == pytest.approx(0.25 * 960_000 + 0.5 * 450_000, abs=OERE)
    new = 0.25 * 800_000 + 0.5 * 420_000 + 0.75 * 450_000
    assert paid("sel-176", "2500000", 2020, 2021)[STAT] == pytest.approx(new, abs=OERE)
    assert new == 747_500
    before = [version for version in shipped("sel-176") if version.valid_from < date(2021, 1, 1)]
    assert max(step.share for version in before for step in version.steps) == Decimal("0.50")


def test_until_2021_childrens_cases_had_lower_limits() -> None:
    """§ 176 a, repealed by L 197: 830,000 and 1,630,000 at the 2020 level; the shares are taken to be § 176's."""
    assert paid("sel-176-boern", "2500000", 2020, 2020)[STAT] == pytest.approx(200_000 + 435_000, abs=OERE)
    assert paid("sel-176-boern", "2500000", 2020, 2021) == paid("sel-176", "2500000", 2020, 2021)


@pytest.mark.parametrize(
    ("year", "first", "second", "state"),
    [(2007, 400_000, 800_000, 200_000), (2008, 500_000, 1_000_000, 125_000), (2009, 600_000, 1_200_000, 100_000)],
)
def test_the_limits_rose_in_the_laws_first_years(year: int, first: int, second: int, state: float) -> None:
    """Domain facts 3.3: 0.4/0.8 m in 2007, 0.5/1.0 m in 2008, 0.6/1.2 m in 2009. The shares of those years are not in
    the source and taken to be the later 25 and 50 %, so these versions are not shipped; the arithmetic is ours."""
    version = rule([(first, "0.25"), (second, "0.5")], level_year=year)
    assert shares_of(version, e.RuleUse(rule_id="x"), 1_000_000, 0)[STAT] * 1_000_000 == pytest.approx(state, abs=OERE)


def test_the_limits_of_2020_and_2022_agree_with_each_other_but_not_with_the_net_price_index() -> None:
    """Rounded to 10,000 kr., one regulation of 3.2 to 3.3 % leads from all three limits of 2020 to those of 2022; the
    net price index rose 9.3 %. So a cost of 2022 shared by the limits of 2020 through that index gets 67,000 kr. less
    from the state than by the law's own limits of 2022: the newest published limits must be used, and are."""
    pairs = [(830_000, 860_000), (1_630_000, 1_680_000), (2_050_000, 2_120_000)]
    least = max((after - 5_000) / before for before, after in pairs)
    most = min((after + 5_000) / before for before, after in pairs)
    assert (round(least, 4), round(most, 4)) == (1.0317, 1.0337)
    index = float(NET_PRICES[2022]) / float(NET_PRICES[2020])
    assert index == pytest.approx(1.093, abs=0.0005)
    own, through_the_index = (paid("sel-176", "2500000", 2022, year)[STAT] for year in (2022, 2021))
    assert own == pytest.approx(710_000, abs=OERE)
    in_2020 = 2_500_000 / index
    assert through_the_index == pytest.approx(index * (410_000 + 0.75 * (in_2020 - 2_050_000)), abs=OERE)
    assert round(own - through_the_index, -3) == 67_000


def test_the_law_texts_limits_and_those_of_2020_are_not_one_regulation_apart() -> None:
    """The law text of 2017-2020 says 950,000 and 1,770,000; in 2020 the limits are 1,090,000 and 2,050,000. No single
    regulation, rounded to 10,000, leads from the one pair to the other: the amounts were regulated (and rounded) every
    year from 2013. So the sources' figures for 2020 are shipped, and not the law text's."""
    first, second = ((after - 5_000, after + 5_000) for after in (1_090_000, 2_050_000))
    assert first[1] / 950_000 < second[0] / 1_770_000
    steps = shipped("sel-176")[0].steps
    assert [int(step.start) for step in steps] == [1_090_000, 2_050_000]


# --- § 110: shelters (forsorgshjem) -----------------------------------------------------------------------


def test_the_state_paid_half_of_a_shelter_until_october_2023_and_then_of_the_first_120_days() -> None:
    """godtigang-housingfirst.dk (550,000 kr. a year, 50 %) and sbst.dk on L 64 (in force 1 October 2023, 120 days;
    from 1 April 2026 90 days). The year 2023 has 273 days of the old rule and 92 of the new."""
    state = {
        year: paid("sel-110", "550000", 2023, year, quantity="365")[STAT] / 550_000
        for year in (2020, 2022, 2023, 2024, 2025, 2026, 2027)
    }
    half, of_120, of_90 = 0.5, 0.5 * 120 / 365, 0.5 * 90 / 365
    assert state[2020] == state[2022] == pytest.approx(half, abs=1e-12)
    assert state[2023] == pytest.approx((273 * half + 92 * of_120) / 365, abs=1e-12)
    assert state[2024] == state[2025] == pytest.approx(of_120, abs=1e-12)
    assert state[2026] == pytest.approx((90 * of_120 + 275 * of_90) / 365, abs=1e-12)
    assert state[2027] == pytest.approx(of_90, abs=1e-12)


@pytest.mark.parametrize(("days", "share"), [("1", 0.5), ("120", 0.5), ("150", 0.4), ("240", 0.25), ("365", 60 / 365)])
def test_a_stay_within_the_cap_is_shared_as_before(days: str, share: float) -> None:
    """sbst.dk: 50 % of up to 120 days a year; a longer stay dilutes it."""
    assert paid("sel-110", "1000", 2023, 2024, quantity=days)[STAT] == pytest.approx(1000 * share, abs=OERE)


def test_days_beyond_the_cap_are_the_kommunes_alone_every_year() -> None:
    """Days begin anew each year, so what had been used before t = 0 is used before every t."""
    for t in (0, 1, 5):
        assert paid("sel-110", "1000", 2023, 2024 + t, t, quantity="1", start="120") == [1000, 0, 0]


# --- the benefit ladder (refusionstrappen) ----------------------------------------------------------------


def test_a_first_year_on_benefit_climbs_all_four_steps() -> None:
    """80, 40, 30 and 20 % for weeks 1-4, 5-26, 27-52 and after (docplayer 23753532; the limits 26 and 52 background).
    (4·0.80 + 22·0.40 + 26·0.30) / 52 = 19.8 / 52 = 38.08 % in the first year, then 20 %. Source V21's point: real
    people pass through four steps, and a fixed 20 % is only the last."""
    state = [paid("refusionstrappe", "1000", 2019, 2018 + t, t, quantity="52")[STAT] for t in range(4)]
    assert state == pytest.approx([1000 * 19.8 / 52, 200, 200, 200], abs=OERE)


def test_half_years_on_benefit_go_on_counting_where_they_stopped() -> None:
    """26 weeks each year: (4·0.8 + 22·0.4) / 26, then weeks 27-52, then beyond."""
    state = [paid("refusionstrappe", "1000", 2019, 2018 + t, t, quantity="26")[STAT] for t in range(3)]
    assert state == pytest.approx([1000 * 12 / 26, 300, 200], abs=OERE)


@pytest.mark.parametrize(
    ("start", "share"), [("0", 0.8), ("3", 0.8), ("4", 0.4), ("26", 0.3), ("52", 0.2), ("500", 0.2)]
)
def test_a_week_has_the_share_of_its_step(start: str, share: float) -> None:
    """One week, after so many on benefit."""
    found = paid("refusionstrappe", "1000", 2019, 2018, quantity="1", start=start)
    assert found == pytest.approx([1000 * (1 - share), 0, 1000 * share], abs=OERE)


def test_before_the_reform_the_fixed_shares_hold() -> None:
    """The ladder is in force from 2016; earlier splits are not known here, so the price's own shares are the
    fallback."""
    what = price("1000", 2019, kommune="0.7", stat="0.3", rule={"rule_id": "refusionstrappe", "quantity": "52"})
    base = knowledge(shipped("refusionstrappe"))
    assert base.shares(what, e.Settings(), 2015, 0) == (0.7, 0.0, 0.3)
    assert base.shares(what, e.Settings(), 2016, 0)[STAT] == pytest.approx(19.8 / 52)


# --- psychiatric co-financing (kommunal medfinansiering) --------------------------------------------------


@pytest.mark.parametrize(
    ("rule_id", "tariff", "kommune"),
    [
        ("psyk-indlaeggelse", "10000", 6_000), ("psyk-indlaeggelse", "14770", 8_862),
        ("psyk-indlaeggelse", "14771", 8_862), ("psyk-indlaeggelse", "40000", 8_862),
        ("psyk-ambulant", "1000", 300), ("psyk-ambulant", "1850", 555), ("psyk-ambulant", "1851", 555),
        ("psyk-ambulant", "5000", 555),
    ],
)  # fmt: skip
def test_the_kommune_pays_60_percent_of_an_admission_and_30_of_a_visit_up_to_a_ceiling(
    rule_id: str, tariff: str, kommune: float
) -> None:
    """regionh.dk: 60 % of the bed-day tariff, at most 8,862 kr. an admission; 30 % of a visit, at most 555 (which
    binds from 1,850). The ceilings' level year is not in the source; 2019 is assumed, and the price is of 2019."""
    assert paid(rule_id, tariff, 2019, 2019) == pytest.approx([kommune, float(tariff) - kommune, 0], abs=OERE)


def test_a_ceiling_rises_with_prices() -> None:
    """An admission of 30,000 kr. in 2023 is met by the ceiling of 2019 at the level of 2023."""
    ceiling = 8_862 * 118.04 / 103.50
    assert paid("psyk-indlaeggelse", "30000", 2023, 2023)[KOMMUNE] == pytest.approx(ceiling, abs=OERE)


def test_v24_a_health_contact_with_fixed_shares() -> None:
    """Verification V24 (refud.dk/sygesikringandre): region 352 + kommune 110 + state 0 = 462; shares 0.762 / 0.238 / 0,
    tolerance 0.001. Proves that a price without a rule is shared as it says."""
    what = price("462", 2022, kommune="0.2381", region="0.7619")
    found = knowledge(()).shares(what, e.Settings(), 2022, 0)
    assert found == pytest.approx((0.238, 0.762, 0), abs=0.001)
    assert [462 * share for share in found] == pytest.approx([110, 352, 0], abs=0.05)


# --- the schedule itself ----------------------------------------------------------------------------------

SHARES = st.integers(0, 100).map(lambda percent: str(Decimal(percent) / 100))
STEPS = st.lists(st.tuples(st.integers(0, 1000), SHARES), min_size=1, max_size=6, unique_by=lambda step: step[0])


@given(STEPS, st.floats(0, 2000), st.floats(0, 2000), st.floats(0, 2000))
def test_a_span_cut_in_two_bears_what_its_parts_bear(
    steps: list[tuple[int, str]], start: float, first: float, second: float
) -> None:
    schedule = rule(sorted(steps))
    whole = bearer_share(schedule, Counted(start, start + first + second)) * (first + second)
    parts = bearer_share(schedule, Counted(start, start + first)) * first
    parts += bearer_share(schedule, Counted(start + first, start + first + second)) * second
    assert whole == pytest.approx(parts, abs=1e-6)


@given(STEPS, st.floats(0, 10**7), st.integers(0, 40), st.integers(0, 10**7) | st.none())
def test_payers_together_bear_exactly_the_cost_and_none_a_negative_part(
    steps: list[tuple[int, str]], amount: float, t: int, ceiling: int | None
) -> None:
    schedule = rule(sorted(steps), ceiling_dkk=ceiling)
    shares = shares_of(schedule, e.RuleUse(rule_id="x"), amount, t)
    assert sum(shares) == pytest.approx(1, abs=1e-12)
    assert all(-1e-12 <= share <= 1 + 1e-12 for share in shares)


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 12, 31)), max_size=5, unique=True), st.integers(1995, 2035))
def test_the_versions_in_force_fill_the_year(days: list[date], year: int) -> None:
    versions = [rule([(0, "1")], valid_from=day) for day in sorted(days)]
    parts = in_force(versions, year)
    assert sum(part for _, part in parts) == pytest.approx(1, abs=1e-12)
    assert all(part > 0 for _, part in parts)
    before = [day for day in days if day <= date(year, 1, 1)]
    assert parts[0][0] == (versions[len(before) - 1] if before else None)


def test_a_unit_of_no_length_has_the_share_of_the_step_it_begins_in() -> None:
    ladder = shipped("refusionstrappe")[0]
    assert bearer_share(ladder, Counted(26.0, 26.0)) == 0.3
    assert bearer_share(shipped("sel-176")[0], Counted(0.0, 0.0)) == 0.0
    assert counted(ladder, e.RuleUse(rule_id="x", quantity=Decimal(10), start=Decimal(5)), 1.0, 2) == Counted(25, 35)
