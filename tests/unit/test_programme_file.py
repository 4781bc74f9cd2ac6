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
    "accounts", "appropriations", "pools", "calls", "grants", "applicants", "deviations", "trials", "evidence",
    "prices", "consequences", "indices", "discount_rates",
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


def pool_of(grant: Row) -> Row:
    return by_id("pools")[by_id("calls")[grant["call"]]["pool"]]


def grants_of(initiative: str) -> list[Row]:
    return [grant for grant in rows("grants") if pool_of(grant)["initiative"] == initiative]


def drawn_by(pool: Row) -> list[Row]:
    """What the pool draws when it opens and when a call extends it."""
    extended = [part for call in rows("calls") if call["pool"] == pool["id"] for part in call.get("extends", [])]
    return [*pool["draws"], *extended]


# --- what the public sources say ------------------------------------------------------------------------


@pytest.mark.parametrize(("frame", "amount_dkk"), [("adults", 249_000_000), ("children", 183_800_000)])
def test_a_frame_is_spent_to_the_last_krone_over_the_four_years(frame: str, amount_dkk: int) -> None:
    accounts = by_id("accounts")
    in_frame = [row for row in rows("appropriations") if accounts[row["account"]]["frame"] == frame]
    assert sum(row["amount_dkk"] for row in in_frame) == amount_dkk
    assert {row["year"] for row in in_frame} == {2017, 2018, 2019, 2020}


def test_dissemination_has_its_published_amount_in_each_year() -> None:
    published = {2017: 3_900_000, 2018: 5_800_000, 2019: 3_500_000, 2020: 2_000_000}
    drawn = summed(by_id("pools")["bostoettemetoder"]["draws"])
    accounts = {account for account, _ in drawn}
    assert {year: amount for (_, year), amount in drawn.items()} == published
    assert {y: amount for (account, y), amount in appropriated().items() if account in accounts} == published


@pytest.mark.parametrize(
    ("pool", "amount_dkk"),
    [("ppr", 123_100_000), ("handlekraft", 14_000_000), ("bostoettemetoder", 15_200_000)],
)
def test_a_pool_with_an_official_amount_draws_exactly_that(pool: str, amount_dkk: int) -> None:
    found = by_id("pools")[pool]
    assert found["status"] == "official"
    assert sum(draw["amount_dkk"] for draw in found["draws"]) == amount_dkk


@pytest.mark.parametrize(
    ("call", "deadline"),
    [
        ("ppr-2017", datetime(2017, 10, 20, 12)),
        ("handlekraft-2017", datetime(2017, 10, 17, 12)),
        ("eftervaern-runde-2", datetime(2018, 3, 2, 12)),
        ("udbredelse-sft", datetime(2018, 3, 22, 12)),
        ("udbredelse-cti", datetime(2018, 8, 7, 12)),
    ],
)
def test_a_call_whose_deadline_is_published_has_it_and_the_others_say_that_theirs_is_assumed(
    call: str, deadline: datetime
) -> None:
    official = {row["id"]: row["deadline"] for row in rows("calls") if row["deadline_status"] == "official"}
    assert official[call] == deadline
    assert len(official) == 5


def test_aftercare_is_one_pool_with_two_calls_of_which_the_second_brings_43_million() -> None:
    calls = {call["id"]: call for call in rows("calls") if call["pool"] == "eftervaern"}
    assert set(calls) == {"eftervaern-runde-1", "eftervaern-runde-2"}
    assert calls["eftervaern-runde-1"]["deadline"].year == 2017
    second = calls["eftervaern-runde-2"]
    assert second["opens"] == date(2018, 1, 17)
    assert (second["opens_status"], second["status"]) == ("official", "official")
    assert sum(part["amount_dkk"] for part in second["extends"]) == second["frame_dkk"] == 43_000_000
    assert 3 <= sum(grant["call"] == second["id"] for grant in rows("grants")) <= 5


def test_som_for_children_draws_no_more_than_the_rest_of_the_frame() -> None:
    [pool] = [pool for pool in rows("pools") if pool["initiative"] == "soem-boern"]
    assert sum(draw["amount_dkk"] for draw in pool["draws"]) <= 46_700_000
    assert pool["status"] == "derived"


def test_the_aftercare_grants_go_to_the_seven_real_partners_two_in_the_first_round() -> None:
    grants = grants_of("eftervaern")
    assert sorted(MUNICIPALITIES[grant["municipality"]] for grant in grants) == sorted(AFTERCARE_PARTNERS)
    assert Counter(grant["call"] for grant in grants) == {"eftervaern-runde-1": 2, "eftervaern-runde-2": 5}


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
    drawn = summed([draw for pool in rows("pools") for draw in drawn_by(pool)])
    assert {key: amount for key, amount in drawn.items() if amount > limit.get(key, 0)} == {}


@pytest.mark.parametrize("pool", rows("pools"), ids=lambda pool: pool["id"])
def test_the_grants_of_a_pool_never_take_more_than_it_draws_in_an_account_and_year(pool: Row) -> None:
    limit = summed(drawn_by(pool))
    granted = [part for grant in rows("grants") if pool_of(grant) == pool for part in grant["amounts"]]
    assert {key: amount for key, amount in summed(granted).items() if amount > limit.get(key, 0)} == {}


def test_the_grants_of_a_call_stay_within_its_frame_and_period() -> None:
    calls, granted = by_id("calls"), Counter[str]()
    for grant in rows("grants"):
        granted[grant["call"]] += grant["amount_dkk"]
        period = calls[grant["call"]]["period"]
        assert period["start"] <= grant["period"]["start"] <= grant["period"]["end"] <= period["end"], grant["id"]
    assert {call: amount for call, amount in granted.items() if amount > calls[call]["frame_dkk"]} == {}


def test_a_pool_draws_only_on_accounts_of_its_initiatives_frame() -> None:
    accounts, initiatives = by_id("accounts"), by_id("initiatives")
    for pool in rows("pools"):
        frames = {accounts[draw["account"]]["frame"] for draw in drawn_by(pool)}
        assert frames == {initiatives[pool["initiative"]]["frame"]}, pool["id"]


def test_the_years_of_a_grant_add_up_to_the_grant_and_lie_in_its_period() -> None:
    for grant in rows("grants"):
        assert sum(part["amount_dkk"] for part in grant["amounts"]) == grant["amount_dkk"], grant["id"]
        first, last = grant["period"]["start"].year, grant["period"]["end"].year
        assert all(first <= part["year"] <= last for part in grant["amounts"]), grant["id"]


def test_a_grant_is_awarded_after_the_deadline_of_its_call_and_inside_the_programme() -> None:
    calls, programme = by_id("calls"), PROGRAMME["programme"]
    for grant in rows("grants"):
        call = calls[grant["call"]]
        assert call["deadline"].date() < call["decision_on"] == grant["awarded_on"] <= grant["period"]["start"]
        assert programme["start"] <= grant["awarded_on"] < grant["period"]["end"] <= programme["end"]


def test_every_amount_is_a_positive_whole_number_of_kroner() -> None:
    parts = [part for pool in rows("pools") for part in drawn_by(pool)]
    parts += [part for grant in rows("grants") for part in grant["amounts"]]
    for row in rows("appropriations") + rows("grants") + rows("applicants") + parts:
        assert isinstance(row["amount_dkk"], int), row
        assert row["amount_dkk"] > 0, row


# --- what is simulated of the money ---------------------------------------------------------------------


def test_applicants_and_deviations_are_simulated_and_say_so() -> None:
    for row in rows("applicants") + rows("deviations"):
        assert row["status"] == "simulated", row
        assert row["source"].startswith("simuleret"), row
        assert row["note"].startswith("Simuleret"), row


def test_no_simulated_applicant_is_refused_a_call_that_it_has_a_grant_from() -> None:
    granted = {(grant["call"], grant["municipality"]) for grant in rows("grants")}
    applied = [(row["call"], row["municipality"]) for row in rows("applicants")]
    assert granted.isdisjoint(applied)
    assert len(set(applied)) == len(applied)
    assert {call for call, _ in applied} == set(by_id("calls"))


def test_nothing_out_of_the_ordinary_happens_to_a_grant_whose_municipality_is_known() -> None:
    known = {grant["id"] for grant in grants_of("eftervaern")}
    known |= {grant["id"] for grant in rows("grants") if grant["status"] not in {"assumed", "simulated"}}
    assert known.isdisjoint(row["grant"] for row in rows("deviations"))


def test_only_a_simulated_grant_lapses_or_ends_with_the_debt_authority() -> None:
    grants = by_id("grants")
    worst = [row for row in rows("deviations") if row["kind"] in {"never_accepted", "never_started", "handed_over"}]
    assert len(worst) == 3
    assert {grants[row["grant"]]["status"] for row in worst} == {"simulated"}
    assert sum(grant["status"] == "simulated" for grant in rows("grants")) == 3


def test_what_is_waived_is_at_most_500_kroner_and_what_is_claimed_is_more() -> None:
    for row in rows("deviations"):
        if row["kind"] in {"repaid", "carry_over_refused", "handed_over", "waived"}:
            assert (row["amount_dkk"] <= 500) == (row["kind"] == "waived"), row


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


def test_no_yearly_split_of_a_pool_or_grant_but_disseminations_poses_as_official() -> None:
    split = {row["id"]: row["split_status"] for row in rows("pools") + rows("grants")}
    assert split.pop("bostoettemetoder") == "official"
    assert set(split.values()) == {"assumed"}


def test_an_account_number_that_is_not_known_is_a_placeholder_under_paragraph_99() -> None:
    for account in rows("accounts"):
        assert (account["status"] == "placeholder") == account["id"].startswith("99.99."), account["id"]
        assert [len(part) for part in account["id"].split(".")] == [2, 2, 2, 2]


def test_the_disclaimer_says_that_citizens_and_results_are_simulated() -> None:
    assert PROGRAMME["programme"]["disclaimer"].startswith("Borgere og resultater er simulerede")


def test_every_municipality_named_is_one_of_the_98() -> None:
    named = {row["municipality"] for row in rows("grants") + rows("applicants")}
    named |= {site for trial in rows("trials") for site in trial["sites"]}
    assert len(MUNICIPALITIES) == 98
    assert named <= set(MUNICIPALITIES)


@pytest.mark.parametrize("table", ["accounts", "initiatives", "pools", "calls", "grants", "trials", "prices"])
def test_no_id_is_used_twice(table: str) -> None:
    assert len(by_id(table)) == len(rows(table))


@pytest.mark.parametrize(
    ("table", "field", "target"),
    [
        ("appropriations", "account", "accounts"),
        ("pools", "initiative", "initiatives"),
        ("calls", "pool", "pools"),
        ("grants", "call", "calls"),
        ("applicants", "call", "calls"),
        ("deviations", "grant", "grants"),
        ("trials", "initiative", "initiatives"),
        ("evidence", "initiative", "initiatives"),
        ("consequences", "initiative", "initiatives"),
        ("consequences", "price", "prices"),
    ],
)
def test_every_reference_points_at_something(table: str, field: str, target: str) -> None:
    assert {row[field] for row in rows(table)} <= set(by_id(target))
