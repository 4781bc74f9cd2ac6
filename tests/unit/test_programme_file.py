"""The demo's programme file: it parses, its sums hold, and nothing in it poses as more than it is."""

import csv
import tomllib
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMME = tomllib.loads((ROOT / "deploy/demo/programme_2017.toml").read_text(encoding="utf-8"))
with (ROOT / "shared/kernel/municipalities.csv").open(encoding="utf-8", newline="") as file:
    MUNICIPALITIES = {row["kommunekode"]: row["navn"] for row in csv.DictReader(file)}

Row = dict[str, Any]
AccountYear = tuple[str, int]

STATUSES = {
    "official", "published", "derived", "assumed", "placeholder", "illustrative", "simulated", "background",
}  # fmt: skip
OURS = {"assumed", "placeholder", "illustrative", "simulated", "background"}
WITH_FIGURES = (
    "accounts", "appropriations", "pools", "grants", "trials", "evidence", "prices", "consequences",
    "indices", "discount_rates",
)  # fmt: skip
AFTERCARE_PARTNERS = {
    "Frederikshavn", "Gentofte", "Guldborgsund", "Middelfart", "Odsherred", "Randers", "Vesthimmerlands",
}  # fmt: skip


def rows(table: str) -> list[Row]:
    found: list[Row] = PROGRAMME[table]
    return found


def by_id(table: str) -> dict[str, Row]:
    return {row["id"]: row for row in rows(table)}


def appropriated() -> dict[AccountYear, int]:
    return {(row["account"], row["year"]): row["amount_dkk"] for row in rows("appropriations")}


def summed(parts: list[Row]) -> dict[AccountYear, int]:
    total: dict[AccountYear, int] = defaultdict(int)
    for part in parts:
        total[part["account"], part["year"]] += part["amount_dkk"]
    return total


def grants_of(initiative: str) -> list[Row]:
    pools = by_id("pools")
    return [grant for grant in rows("grants") if pools[grant["pool"]]["initiative"] == initiative]


# --- what the public sources say ------------------------------------------------------------------------


@pytest.mark.parametrize(("frame", "amount_dkk"), [("adults", 249_000_000), ("children", 183_800_000)])
def test_a_frame_is_spent_to_the_last_krone_over_the_four_years(frame: str, amount_dkk: int) -> None:
    accounts = by_id("accounts")
    in_frame = [row for row in rows("appropriations") if accounts[row["account"]]["frame"] == frame]
    assert sum(row["amount_dkk"] for row in in_frame) == amount_dkk
    assert {row["year"] for row in in_frame} == {2017, 2018, 2019, 2020}


def test_dissemination_has_its_published_amount_in_each_year() -> None:
    published = {2017: 3_900_000, 2018: 5_800_000, 2019: 3_500_000, 2020: 2_000_000}
    pools = [pool for pool in rows("pools") if pool["initiative"] == "bostoettemetoder"]
    drawn = summed([draw for pool in pools for draw in pool["draws"]])
    accounts = {account for account, _ in drawn}
    assert {year: amount for (_, year), amount in drawn.items()} == published
    assert {y: amount for (account, y), amount in appropriated().items() if account in accounts} == published


@pytest.mark.parametrize(
    ("pool", "amount_dkk"),
    [("eftervaern-runde-2", 43_000_000), ("ppr-2017", 123_100_000), ("handlekraft-2017", 14_000_000)],
)
def test_a_pool_with_an_official_amount_draws_exactly_that(pool: str, amount_dkk: int) -> None:
    found = by_id("pools")[pool]
    assert found["status"] == "official"
    assert sum(draw["amount_dkk"] for draw in found["draws"]) == amount_dkk


def test_som_for_children_draws_no_more_than_the_rest_of_the_frame() -> None:
    [pool] = [pool for pool in rows("pools") if pool["initiative"] == "soem-boern"]
    assert sum(draw["amount_dkk"] for draw in pool["draws"]) <= 46_700_000
    assert pool["status"] == "derived"


def test_the_aftercare_grants_go_to_the_seven_real_partners_two_in_the_first_round() -> None:
    grants = grants_of("eftervaern")
    assert sorted(MUNICIPALITIES[grant["municipality"]] for grant in grants) == sorted(AFTERCARE_PARTNERS)
    assert Counter(grant["pool"] for grant in grants) == {"eftervaern-runde-1": 2, "eftervaern-runde-2": 5}


def test_ten_ppr_grants_of_12_3_million_are_earmarked_for_partnership_and_staff() -> None:
    grants = grants_of("ppr")
    assert len(grants) == 10
    for grant in grants:
        earmarks = {earmark["name"]: earmark["amount_dkk"] for earmark in grant["earmarks"]}
        assert earmarks == {"partnerskab": 1_800_000, "medarbejdere": 10_500_000}
        assert sum(earmarks.values()) == grant["amount_dkk"] == 12_300_000


def test_only_the_four_known_ppr_partners_are_more_than_an_assumption() -> None:
    known = [MUNICIPALITIES[g["municipality"]] for g in grants_of("ppr") if g["status"] != "assumed"]
    assert sorted(known) == ["Brønderslev", "Greve", "Holstebro", "Thisted"]


def test_all_six_initiatives_and_three_tracks_occur_and_each_initiative_has_a_pool() -> None:
    assert set(by_id("initiatives")) == {
        "bostoetteforloeb", "eftervaern", "bostoettemetoder", "handlekraft", "ppr", "soem-boern",
    }  # fmt: skip
    assert {row["track"] for row in rows("initiatives")} == {"development", "dissemination", "data"}
    assert {pool["initiative"] for pool in rows("pools")} == set(by_id("initiatives"))


# --- the money fits together ----------------------------------------------------------------------------


def test_there_is_one_appropriation_per_account_and_year() -> None:
    assert len(appropriated()) == len(rows("appropriations"))


def test_the_pools_never_draw_more_than_the_appropriation_of_an_account_and_year() -> None:
    limit = appropriated()
    drawn = summed([draw for pool in rows("pools") for draw in pool["draws"]])
    assert {key: amount for key, amount in drawn.items() if amount > limit.get(key, 0)} == {}


@pytest.mark.parametrize("pool", rows("pools"), ids=lambda pool: pool["id"])
def test_the_grants_of_a_pool_never_take_more_than_it_draws_in_an_account_and_year(pool: Row) -> None:
    limit = summed(pool["draws"])
    granted = [part for grant in rows("grants") if grant["pool"] == pool["id"] for part in grant["amounts"]]
    assert {key: amount for key, amount in summed(granted).items() if amount > limit.get(key, 0)} == {}


def test_a_pool_draws_only_on_accounts_of_its_initiatives_frame() -> None:
    accounts, initiatives = by_id("accounts"), by_id("initiatives")
    for pool in rows("pools"):
        frames = {accounts[draw["account"]]["frame"] for draw in pool["draws"]}
        assert frames == {initiatives[pool["initiative"]]["frame"]}, pool["id"]


def test_the_years_of_a_grant_add_up_to_the_grant_and_lie_in_its_period() -> None:
    for grant in rows("grants"):
        assert sum(part["amount_dkk"] for part in grant["amounts"]) == grant["amount_dkk"], grant["id"]
        first, last = grant["period"]["start"].year, grant["period"]["end"].year
        assert all(first <= part["year"] <= last for part in grant["amounts"]), grant["id"]


def test_a_grant_is_awarded_after_the_deadline_of_its_call_and_inside_the_programme() -> None:
    pools, programme = by_id("pools"), PROGRAMME["programme"]
    for grant in rows("grants"):
        deadline: datetime = pools[grant["pool"]]["call_deadline"]
        assert deadline.date() < grant["awarded_on"] <= grant["period"]["start"], grant["id"]
        assert programme["start"] <= grant["awarded_on"] < grant["period"]["end"] <= programme["end"]


def test_every_amount_is_a_positive_whole_number_of_kroner() -> None:
    parts = [part for pool in rows("pools") for part in pool["draws"]]
    parts += [part for grant in rows("grants") for part in grant["amounts"]]
    for row in rows("appropriations") + rows("grants") + parts:
        assert isinstance(row["amount_dkk"], int), row
        assert row["amount_dkk"] > 0, row


# --- trials ---------------------------------------------------------------------------------------------


def test_the_sites_of_a_trial_have_a_grant_for_its_initiative() -> None:
    for trial in rows("trials"):
        granted = {grant["municipality"] for grant in grants_of(trial["initiative"])}
        assert set(trial["sites"]) <= granted, trial["id"]
        assert len(set(trial["sites"])) == len(trial["sites"]), trial["id"]


def test_a_trial_simulates_10_to_40_citizens_per_site_and_year_and_the_whole_some_thousands() -> None:
    assert all(10 <= trial["participants_per_site_per_year"] <= 40 for trial in rows("trials"))
    total = 0.0
    for trial in rows("trials"):
        years = ((trial["enrols_to"] - trial["enrols_from"]).days + 1) / 365.25
        total += years * len(trial["sites"]) * trial["participants_per_site_per_year"]
    assert 1_500 <= total <= 3_000


def test_the_last_citizen_of_a_trial_is_measured_before_the_programme_ends() -> None:
    for trial in rows("trials"):
        months = trial["enrols_to"].year * 12 + trial["enrols_to"].month + trial["success_measure"]["wave"]
        assert months <= 2020 * 12 + 12, trial["id"]


def test_the_simulation_parameters_of_a_trial_are_shares_and_are_called_simulated() -> None:
    for trial in rows("trials"):
        shares = [*trial["true_success"].values(), trial["completion_rate"]]
        assert all(0 <= Decimal(share) <= 1 for share in shares), trial["id"]
        assert set(trial["true_success"]) == set(trial["arms"]) == {"intervention", "comparison"}
        assert trial["status"] == "simulated"
        assert trial["success_measure"]["direction"] in {"higher", "lower"}
        assert trial["eligibility"]["age_min"] < trial["eligibility"]["age_max"]


# --- knowledge ------------------------------------------------------------------------------------------


def test_the_payers_of_a_price_share_the_whole_of_it() -> None:
    for price in rows("prices"):
        shares = [Decimal(price[payer]) for payer in ("kommune", "region", "stat")]
        assert sum(shares) == 1, price["id"]
        assert min(shares) >= 0, price["id"]


def test_every_price_can_be_moved_to_any_price_level_of_the_index() -> None:
    years = [row["year"] for row in rows("indices") if row["series"] == "nettoprisindeks"]
    assert years == list(range(2015, 2024))
    assert {price["price_year"] for price in rows("prices")} <= set(years)


def test_a_consequence_covers_years_0_to_10_and_never_uses_the_cost_of_an_intervention() -> None:
    prices = by_id("prices")
    for row in rows("consequences"):
        assert len([Decimal(change) for change in row["change_per_success"]]) == 11
        assert prices[row["price"]]["area_da"] != "Indsatsomkostning"


def test_no_consequence_lasts_at_full_strength_to_the_horizon() -> None:
    for row in rows("consequences"):
        changes = [abs(Decimal(change)) for change in row["change_per_success"]]
        assert changes[-1] == 0, (row["initiative"], row["price"])
        peak = changes.index(max(changes))
        assert changes[peak:] == sorted(changes[peak:], reverse=True), (row["initiative"], row["price"])


def test_no_consequence_claims_to_be_an_estimate_of_som() -> None:
    for row in rows("consequences"):
        assert row["status"] in {"illustrative", "derived"}
        if row["status"] == "illustrative":
            assert row["note"].startswith("ILLUSTRATION: vores tal, ikke SØM's.")


def test_each_initiative_with_consequences_has_one_net_success_rate() -> None:
    evidence = [row["initiative"] for row in rows("evidence")]
    assert sorted(evidence) == sorted({row["initiative"] for row in rows("consequences")})
    for row in rows("evidence"):
        assert 0 <= Decimal(row["net_success_rate"]) <= 1
        assert row["evidence_level"] in {1, 2, 3}


def test_a_decision_from_2017_is_discounted_at_4_then_3_then_2_percent() -> None:
    decided = max(r["decided_from"] for r in rows("discount_rates") if r["decided_from"] <= date(2017, 5, 9))
    steps = [row for row in rows("discount_rates") if row["decided_from"] == decided]
    assert [Decimal(step["rate"]) for step in steps] == [Decimal("0.04"), Decimal("0.03"), Decimal("0.02")]


def test_the_discount_rates_of_a_decision_date_cover_every_year_once() -> None:
    for decided in {row["decided_from"] for row in rows("discount_rates")}:
        steps = [row for row in rows("discount_rates") if row["decided_from"] == decided]
        assert steps[0]["from_year"] == 0
        assert all(a["to_year"] + 1 == b["from_year"] for a, b in pairwise(steps))


# --- honesty and references -----------------------------------------------------------------------------


@pytest.mark.parametrize("table", WITH_FIGURES)
def test_every_row_with_a_figure_says_its_status_and_source(table: str) -> None:
    for row in rows(table):
        assert row["status"] in STATUSES, row
        source = row.get("source") or row.get("source_url")
        assert source, row
        if row["status"] in OURS:
            assert row.get("note"), row
        else:
            assert source.startswith("http"), row


def test_no_yearly_split_of_a_pool_or_grant_poses_as_official() -> None:
    assert {row["split_status"] for row in rows("pools") + rows("grants")} == {"assumed"}


def test_an_account_number_that_is_not_known_is_a_placeholder_under_paragraph_99() -> None:
    for account in rows("accounts"):
        assert (account["status"] == "placeholder") == account["id"].startswith("99.99."), account["id"]
        assert [len(part) for part in account["id"].split(".")] == [2, 2, 2, 2]


def test_the_disclaimer_says_that_citizens_and_results_are_simulated() -> None:
    assert PROGRAMME["programme"]["disclaimer"].startswith("Borgere og resultater er simulerede")


def test_every_municipality_named_is_one_of_the_98() -> None:
    named = {grant["municipality"] for grant in rows("grants")}
    named |= {site for trial in rows("trials") for site in trial["sites"]}
    assert len(MUNICIPALITIES) == 98
    assert named <= set(MUNICIPALITIES)


@pytest.mark.parametrize("table", ["accounts", "initiatives", "pools", "grants", "trials", "prices"])
def test_no_id_is_used_twice(table: str) -> None:
    assert len(by_id(table)) == len(rows(table))


@pytest.mark.parametrize(
    ("table", "field", "target"),
    [
        ("appropriations", "account", "accounts"),
        ("pools", "initiative", "initiatives"),
        ("grants", "pool", "pools"),
        ("trials", "initiative", "initiatives"),
        ("evidence", "initiative", "initiatives"),
        ("consequences", "initiative", "initiatives"),
        ("consequences", "price", "prices"),
    ],
)
def test_every_reference_points_at_something(table: str, field: str, target: str) -> None:
    assert {row[field] for row in rows(table)} <= set(by_id(target))
