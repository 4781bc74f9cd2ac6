"""The knowledge base that comes with the program: whole, publishable, and nothing in it surer than it is."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import StringIO
from uuid import UUID

import pytest

from services.som.commands import PublishKnowledge
from services.som.events import STATUSES, CaseInputs, KnowledgePublished, PayerRule
from services.som.evidence import net_success
from services.som.knowledge import PricebookState, decide_publication
from services.som.model.knowledge_base import KnowledgeBase
from services.som.shipped import left_out, shipped_knowledge
from shared.kernel.statistics import newcombe


@cache
def shipped() -> PublishKnowledge:
    return PublishKnowledge.parse({**shipped_knowledge(), "command_id": str(UUID(int=1))})


def test_the_shipped_knowledge_base_can_be_published_as_it_is() -> None:
    (event,) = decide_publication(PricebookState(), shipped())
    assert isinstance(event, KnowledgePublished)
    assert (event.pricebook, event.price_level_year, event.index_series) == ("virksom", 2023, "nettoprisindeks")
    assert len(event.prices) == 139
    assert len(event.studies) == 104


def test_every_row_says_where_it_is_from_and_how_sure_it_is() -> None:
    knowledge = shipped()
    rows = [(one.source, one.status) for one in knowledge.prices]
    rows += [(one.source, one.status) for one in knowledge.rules]
    rows += [(one.source, one.status) for one in knowledge.consequences]
    rows += [(one.source, one.status) for one in knowledge.studies]
    rows += [(one.source, one.status) for one in knowledge.bases]
    rows += [(one.source, one.status) for one in knowledge.indices]
    for source, status in rows:
        assert source.startswith("http"), source
        assert status in STATUSES
    # Discount rates carry theirs in the file.
    text = (files("services.som") / "data" / "discount_rates.csv").read_text(encoding="utf-8")
    assert all(row["source"] and row["status"] for row in csv.DictReader(StringIO(text)))


def test_a_price_whose_shares_we_derived_is_not_official() -> None:
    for price in shipped().prices:
        if price.note is not None and "Shares: derived" in price.note:
            assert STATUSES.index(price.status) >= STATUSES.index("derived"), price.price_id
    assert {price.price_id for price in shipped().prices if price.status == "official"} == {
        "krisecenter-par-109-2016-aarhus",
        "krisecenter-par-109-2017-silkeborg",
        "saerlig-plads-paa-psykiatrisk-afdeling-sengedag-2019",
        "saerlig-plads-paa-psykiatrisk-afdeling-sengedag-2020",
        "saerlig-plads-paa-psykiatrisk-afdeling-sengedag-2022",
    }


def test_what_cannot_be_used_is_told_with_the_reason_and_not_filled_in() -> None:
    rows = left_out()
    assert Counter(row.table for row in rows) == {"prices": 77, "consequences": 31, "indices": 19}
    assert all(row.row and row.reason for row in rows)
    reasons = {row.row: row.reason for row in rows}
    assert reasons["Botilbud § 107 (hjerneskade/autisme, specialiseret), kr. pr. døgn, 3187 kr."] == (
        "the year of the price is not stated"
    )
    assert reasons["Psykiater, telefonkonsultation, kr. pr. ydelse, 163.24 kr., 2015"] == (
        "the payers' shares are not known"
    )


def test_every_price_of_the_collection_is_either_used_or_told() -> None:
    # 207 rows were collected; eight years of benefit and one saving were made of them and of a consequence.
    made = [price for price in shipped().prices if price.service.endswith(", helår")]
    assert len(made) == 8
    told = [row for row in left_out() if row.table == "prices"]
    assert len(shipped().prices) - len(made) - 1 + len(told) == 207


def test_a_year_of_a_benefit_is_its_rate_times_the_year_and_shared_by_the_ladder() -> None:
    prices = {price.price_id: price for price in shipped().prices}
    year = prices["kontanthjaelp-30-forsoerger-helaar-2023"]
    month = prices["kontanthjaelp-30-forsoerger-2023"]
    assert year.amount_dkk == 12 * month.amount_dkk
    assert year.status == "derived"
    assert year.rule is not None
    assert (year.rule.rule_id, year.rule.quantity, year.rule.start) == ("refusionstrappe", Decimal(52), Decimal(0))
    # A pension begins where the ladder ends. 12 x 19,360 = 232,320: borger.dk.
    pension = prices["foertidspension-enlig-helaar-2022"]
    assert pension.amount_dkk == 232_320
    assert pension.rule is not None
    assert pension.rule.start == 52


def test_the_rules_that_prices_name_are_there_for_their_years() -> None:
    rules: dict[str, list[PayerRule]] = {}
    for rule in shipped().rules:
        rules.setdefault(rule.rule_id, []).append(rule)
    for price in shipped().prices:
        if price.rule is not None:
            assert min(rule.valid_from.year for rule in rules[price.rule.rule_id]) <= price.price_year


def test_benefits_rose_as_the_rates_did_and_not_as_prices() -> None:
    # V18, 0.01: 14,416 (2015), 14,575, 14,808, 14,993 (2018). bm.dk, Kontantydelse.
    index = {(row.series, row.year): row.value for row in shipped().indices}
    rates = {2015: 14_416, 2016: 14_575, 2017: 14_808, 2018: 14_993}
    for year, rate in rates.items():
        chained = index["overfoerselssatser", year] / index["overfoerselssatser", 2015]
        assert float(chained) == pytest.approx(rate / 14_416, abs=1e-4)
    # 2022: prices 7.7 %, benefits 0.15 %.
    prices = index["nettoprisindeks", 2022] / index["nettoprisindeks", 2021] - 1
    benefits = index["overfoerselssatser", 2022] / index["overfoerselssatser", 2021] - 1
    assert float(prices) == pytest.approx(0.077, abs=0.0005)
    assert float(benefits) == pytest.approx(0.0015, abs=1e-5)


def test_the_state_s_index_is_the_chain_of_its_changes() -> None:
    # Moderniseringsstyrelsen/oes.dk: 2.2, 1.3, 1.6 % in 2010 to 2012.
    index = {row.year: row.value for row in shipped().indices if row.series == "statens-pris-og-loenindeks"}
    assert float(index[2012]) == pytest.approx(100 * 1.022 * 1.013 * 1.016, abs=0.01)
    assert sorted(index) == list(range(2009, 2026))


def test_an_index_that_we_averaged_or_chained_says_so() -> None:
    for row in shipped().indices:
        assert row.status == ("official" if row.series == "psl-par-20" else "derived")


def test_a_basis_has_the_rate_and_the_interval_of_its_studies() -> None:
    studies = {study.study_id: study for study in shipped().studies}
    for basis in shipped().bases:
        study = studies[basis.study_ids[0]]
        if study.measure == "OR":
            study = study.model_copy(update={"measure": "success shares", "estimate": None, "low": None, "high": None})
        found = net_success(study)
        assert found.estimate == pytest.approx(float(basis.net_success_rate), abs=1e-9)
        if basis.low is not None:
            assert found.low == pytest.approx(float(basis.low), abs=1e-8)
            assert found.high == pytest.approx(float(basis.high or 0), abs=1e-8)
    mind = next(basis for basis in shipped().bases if basis.initiative == "mind-my-mind")
    assert float(mind.low or 0) == pytest.approx(newcombe((144, 197), (93, 199)).low, abs=1e-8)
    # V11: 5 % of the effect is left after three years.
    assert [(one.months, round(one.share_left, 2)) for one in mind.follow_ups] == [(38, Decimal("0.05"))]


def test_a_placement_moved_to_a_foster_family_is_two_consequences() -> None:
    # 1,160,000 - 470,000 = 690,000 a year. nb-okonomi.dk, 7 October 2020.
    prices = {price.price_id: price.amount_dkk for price in shipped().prices}
    moved = [row for row in shipped().consequences if row.success_measure == "plejefamilie-i-stedet-for-institution"]
    assert sum(row.change_per_success[0] * prices[row.price_id] for row in moved) == -690_000
    assert {row.status for row in moved} == {"derived"}


def test_no_study_without_a_comparison_becomes_a_success_rate() -> None:
    for study in shipped().studies:
        found = net_success(study)
        assert (found.estimate is None) == bool(found.reason)
        if study.design == "before-after":
            assert found.estimate is None, study.study_id


def test_a_placement_moved_is_worth_what_the_two_prices_say_and_the_state_shares_the_dear_one() -> None:
    (event,) = decide_publication(PricebookState(), shipped())
    assert isinstance(event, KnowledgePublished)
    knowledge = KnowledgeBase(event)
    inputs = CaseInputs(
        decision_date=date(2023, 1, 1),
        target_group="anbragte-boern-og-unge",
        success_measure="plejefamilie-i-stedet-for-institution",
    )
    value, _ = knowledge.worth(knowledge.rows(inputs), inputs.settings, 2023)
    kommune, region, stat = value.sum(axis=(0, 1)) / 100
    # 690,000 kr. of 2019 at the level of 2023.
    assert kommune + region + stat == pytest.approx(690_000 * 118.04 / 103.50, abs=0.5)
    # § 176 in 2022: a quarter of what an institution costs beyond 860,000; a foster family stays below. At its level.
    beyond = 1_160_000 * 113.53 / 103.50 - 860_000
    assert stat == pytest.approx(0.25 * beyond * 118.04 / 113.53, abs=0.5)
    assert region == 0
