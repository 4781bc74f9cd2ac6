"""When a version of the knowledge base may be published, and what it is refused for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.som.commands import PublishKnowledge
from services.som.commands.values import MAX_EFFECT_YEARS
from services.som.events import KnowledgePublished
from services.som.knowledge import PUBLISH_KNOWLEDGE
from shared.kernel.rejection import Rejected
from shared.testing.decisions import given

Change = Callable[[dict[str, Any]], Any]


def fields(change: Change = lambda rows: None) -> dict[str, Any]:
    """The JSON of a good PublishKnowledge, changed by `change`: two prices by a rule, one by shares, two families."""
    shares = {"kommune": "0.5", "region": "0", "stat": "0.5"}
    noted = {"status": "own", "source": "test"}
    rows: dict[str, Any] = {
        "command_id": "00000000-0000-4000-8000-000000000001",
        "pricebook": "national",
        "version_label": "2017-1",
        "price_level_year": 2017,
        "index_series": "nettoprisindeks",
        "indexed_by": [{"family": "benefits", "series": "ydelser", "rounding": "up_to_100"}],
        "prices": [
            {"price_id": "botilbud", "service": "Botilbud", "amount_dkk": "550000", "price_year": 2016,
             "kommune": "0.7", "region": "0.1", "stat": "0.2", "low_dkk": "500000", "high_dkk": "600000",
             "rule": {"rule_id": "sel-176"}, **noted},
            {"price_id": "ydelse", "service": "Kontanthjælp", "amount_dkk": "10968", "price_year": 2016,
             "index_family": "benefits", "rule": {"rule_id": "trappe", "quantity": "4"}, **shares, **noted},
            {"price_id": "krisecenter", "service": "Krisecenter", "amount_dkk": "1659", "price_year": 2017,
             **shares, **noted},
        ],
        "rules": [
            {"rule_id": "sel-176", "measure": "kroner_per_year", "bearer": "stat", "rest": "kommune",
             "valid_from": "2013-01-01", "level_year": 2017, "law": "serviceloven § 176",
             "steps": [{"start": "950000", "share": "0.25"}, {"start": "1770000", "share": "0.5"}], **noted},
            {"rule_id": "trappe", "measure": "weeks_on_benefit", "bearer": "stat", "rest": "kommune",
             "valid_from": "2016-01-01", "law": "refusionstrappen",
             "steps": [{"start": "0", "share": "0.8"}, {"start": "4", "share": "0.4"}], **noted},
        ],
        "consequences": [
            {"target_group": "hjemloese", "success_measure": "bolig", "price_id": "botilbud",
             "change_per_success": ["-0.1", "-0.2"], "standard_errors": ["0.01", "0.02"], **noted},
            {"target_group": "hjemloese", "success_measure": "bolig", "price_id": "ydelse",
             "change_per_success": ["-1"], **noted},
        ],
        "studies": [
            {"study_id": "cti-2018", "intervention": "CTI", "design": "RCT", "evidence_level": 1, "outcome": "bolig",
             "measure": "risk difference", "estimate": "0.1", "low": "0.02", "high": "0.18", **noted},
        ],
        "bases": [
            {"initiative": "cti", "target_group": "hjemloese", "success_measure": "bolig", "intervention": "CTI",
             "net_success_rate": "0.10", "low": "0.02", "high": "0.18", "evidence_level": 1,
             "study_ids": ["cti-2018"], "follow_ups": [{"months": 36, "share_left": "0.05"}], **noted},
        ],
        "indices": [
            {"series": "nettoprisindeks", "year": 2016, "value": "100.48"},
            {"series": "nettoprisindeks", "year": 2017, "value": "101.73"},
            {"series": "ydelser", "year": 2016, "value": "101.10"},
            {"series": "ydelser", "year": 2017, "value": "102.72"},
        ],
        "discount_rates": [
            {"decided_from": "2013-05-31", "from_year": 0, "to_year": 35, "rate": "0.04"},
            {"decided_from": "2013-05-31", "from_year": 36, "to_year": None, "rate": "0.03"},
        ],
        "effective_on": "2017-05-09",
    }  # fmt: skip
    change(rows)
    return rows


def publication(change: Change = lambda rows: None) -> PublishKnowledge:
    """The command that `fields(change)` spells."""
    return PublishKnowledge.parse(fields(change))


def published(change: Change = lambda rows: None) -> KnowledgePublished:
    """The event that `publication(change)` leads to."""
    return KnowledgePublished.model_validate(fields(change))


def _set(table: str, place: int, **values: object) -> Change:
    return lambda rows: rows[table][place].update(values)


def _again(table: str, place: int = 0, **values: object) -> Change:
    return lambda rows: rows[table].append(rows[table][place] | values)


def _relabelled(rows: dict[str, Any]) -> None:
    rows["version_label"] = "2017-2"


def test_a_whole_knowledge_base_is_published_with_everything_it_says() -> None:
    given([], PUBLISH_KNOWLEDGE).when(publication()).then(published())


def test_a_second_version_under_another_label() -> None:
    given([published()], PUBLISH_KNOWLEDGE).when(publication(_relabelled)).then(published(_relabelled))


def test_a_label_is_used_once() -> None:
    refused = given([published()], PUBLISH_KNOWLEDGE).when(publication()).then_rejected("ALREADY_PUBLISHED")
    assert [field["field"] for field in refused.fields] == ["version_label"]


def test_another_pricebook_may_use_the_label() -> None:
    def other(rows: dict[str, Any]) -> None:
        rows["pricebook"] = "own"

    given([published()], PUBLISH_KNOWLEDGE).when(publication(other)).then(published(other))


@pytest.mark.parametrize(
    "change",
    [
        # Its result is its cost alone.
        lambda rows: rows.update(consequences=[]),
        # A new law takes over from its day.
        _again("rules", valid_from="2021-01-01"),
        # The same price in another group, and the same group with another success measure.
        _again("consequences", target_group="andre"),
        _again("consequences", success_measure="job"),
        # An interval that is a point, or open to one side.
        _set("prices", 0, low_dkk="550000", high_dkk="550000"),
        _set("prices", 0, low_dkk=None),
        _set("studies", 0, estimate=None),
        # A family that no price belongs to needs no more of its series than the price level.
        lambda rows: rows.update(
            indexed_by=[*rows["indexed_by"], {"family": "state", "series": "spl"}],
            indices=[*rows["indices"], {"series": "spl", "year": 2017, "value": "110"}],
        ),
        # Discount tables in any order, and more than one.
        lambda rows: rows["discount_rates"].reverse(),
        lambda rows: rows["discount_rates"].append(
            {"decided_from": "2021-01-07", "from_year": 0, "to_year": None, "rate": "0.035"}
        ),
    ],
)
def test_what_can_be_computed_with_is_published(change: Change) -> None:
    given([], PUBLISH_KNOWLEDGE).when(publication(change)).then(published(change))


@pytest.mark.parametrize(
    ("change", "field", "rows"),
    [
        (_again("prices"), "prices.3.price_id", "prices"),
        (_again("prices", amount_dkk="1"), "prices.3.price_id", "prices"),
        (_again("rules"), "rules.2.valid_from", "rules"),
        (_again("consequences", source="another"), "consequences.2.price_id", "consequences"),
        (_again("studies"), "studies.1.study_id", "studies"),
        (_again("bases", target_group="andre"), "bases.1.initiative", "bases"),
        (_again("indices", value="99"), "indices.4.year", "indices"),
        (_again("indexed_by", series="nettoprisindeks"), "indexed_by.1.family", "indexed_by"),
        (
            lambda rows: rows["bases"][0]["follow_ups"].append({"months": 36, "share_left": "0.1"}),
            "bases.0.follow_ups.1.months",
            "bases.0.follow_ups",
        ),
    ],
)
def test_two_rows_about_one_thing_are_refused_at_the_second(change: Change, field: str, rows: str) -> None:
    refused = given([], PUBLISH_KNOWLEDGE).when(publication(change)).then_rejected("DUPLICATE_ENTRY", rows=rows)
    assert [one["field"] for one in refused.fields] == [field]


def test_a_duplicate_names_the_key_it_shares() -> None:
    refused = given([], PUBLISH_KNOWLEDGE).when(publication(_again("consequences"))).then_rejected("DUPLICATE_ENTRY")
    assert refused.figures["key"] == ["hjemloese", "bolig", "botilbud"]


@pytest.mark.parametrize(
    ("change", "code", "field", "figures"),
    [
        (
            _set("prices", 1, stat="0.6"),
            "SHARES_DO_NOT_ADD_UP", "prices.1", {"price_id": "ydelse", "shares_add_up_to": "1.1"},
        ),
        (
            _set("prices", 2, stat="0.499999999999"),
            "SHARES_DO_NOT_ADD_UP", "prices.2", {"shares_add_up_to": "0.999999999999"},
        ),
        (
            _set("consequences", 1, price_id="job"),
            "UNKNOWN_PRICE", "consequences.1.price_id", {"price_id": "job"},
        ),
        (
            _set("prices", 1, rule={"rule_id": "sel-110", "quantity": "365"}),
            "UNKNOWN_RULE", "prices.1.rule.rule_id", {"price_id": "ydelse", "rule_id": "sel-110"},
        ),
        (
            lambda rows: rows["rules"][0]["steps"].reverse(),
            "RULE_STEPS_NOT_ASCENDING", "rules.0.steps.1.start", {"rule_id": "sel-176", "start": "950000"},
        ),
        (
            lambda rows: rows["rules"][1]["steps"].append({"start": "4", "share": "0.3"}),
            "RULE_STEPS_NOT_ASCENDING", "rules.1.steps.2.start", {"rule_id": "trappe", "start": "4"},
        ),
        (
            _set("rules", 0, level_year=None),
            "RULE_LEVEL_YEAR_MISSING", "rules.0.level_year", {"rule_id": "sel-176"},
        ),
        (
            _set("rules", 0, level_year=None, measure="kroner_per_admission"),
            "RULE_LEVEL_YEAR_MISSING", "rules.0.level_year", {"rule_id": "sel-176"},
        ),
        (
            _set("rules", 1, ceiling_dkk="8862"),
            "RULE_LEVEL_YEAR_MISSING", "rules.1.level_year", {"rule_id": "trappe"},
        ),
        (
            _set("prices", 0, rule={"rule_id": "sel-176", "quantity": "1"}),
            "RULE_QUANTITY_MISMATCH", "prices.0.rule.quantity",
            {"price_id": "botilbud", "rule_id": "sel-176", "measure": "kroner_per_year"},
        ),
        (
            _set("prices", 1, rule={"rule_id": "trappe"}),
            "RULE_QUANTITY_MISMATCH", "prices.1.rule.quantity",
            {"price_id": "ydelse", "rule_id": "trappe", "measure": "weeks_on_benefit"},
        ),
        (
            # No quantity would do for a rule that counts weeks in one version and kroner in the next.
            _again("rules", 1, valid_from="2021-01-01", measure="kroner_per_year", level_year=2017),
            "RULE_QUANTITY_MISMATCH", "prices.1.rule.quantity", {"measure": "kroner_per_year"},
        ),
        (
            _set("consequences", 0, standard_errors=["0.01"]),
            "STANDARD_ERRORS_LENGTH", "consequences.0.standard_errors",
            {"price_id": "botilbud", "years": 2, "standard_errors": 1},
        ),
        (
            _set("prices", 0, low_dkk="550001"),
            "RANGE_NOT_ASCENDING", "prices.0.low_dkk", {"low": "550001", "base": "550000", "high": "600000"},
        ),
        (
            _set("prices", 0, high_dkk="549999", low_dkk=None),
            "RANGE_NOT_ASCENDING", "prices.0.high_dkk", {"base": "550000", "high": "549999"},
        ),
        (
            _set("bases", 0, net_success_rate="0.19"),
            "RANGE_NOT_ASCENDING", "bases.0.high", {"base": "0.19", "high": "0.18"},
        ),
        (
            _set("studies", 0, estimate=None, low="0.2"),
            "RANGE_NOT_ASCENDING", "studies.0.high", {"low": "0.2", "high": "0.18"},
        ),
        (
            _set("bases", 0, study_ids=["cti-2018", "cti-2013"]),
            "UNKNOWN_STUDY", "bases.0.study_ids.1", {"study_id": "cti-2013"},
        ),
        (
            lambda rows: rows.update(price_level_year=2018),
            "INDEX_YEAR_MISSING", "price_level_year", {"series": "nettoprisindeks", "year": 2018},
        ),
        (
            lambda rows: rows.update(index_series="PL"),
            "INDEX_YEAR_MISSING", "price_level_year", {"series": "PL", "year": 2017},
        ),
        (
            _set("prices", 2, price_year=2012),
            "INDEX_YEAR_MISSING", "prices.2.price_year", {"series": "nettoprisindeks", "year": 2012},
        ),
        (
            # The one series has the benefit's year; its own family's has not.
            lambda rows: rows["indices"].pop(2),
            "INDEX_YEAR_MISSING", "prices.1.price_year", {"series": "ydelser", "year": 2016},
        ),
        (
            # The family's own series has the year; the one series for all prices has not.
            lambda rows: rows["indices"].pop(0),
            "INDEX_YEAR_MISSING", "prices.0.price_year", {"series": "nettoprisindeks", "year": 2016},
        ),
        (
            _set("indexed_by", 0, series="satser"),
            "INDEX_YEAR_MISSING", "indexed_by.0.series", {"series": "satser", "year": 2017},
        ),
        (
            _set("rules", 0, level_year=2022),
            "INDEX_YEAR_MISSING", "rules.0.level_year", {"series": "nettoprisindeks", "year": 2022},
        ),
        (
            lambda rows: rows["discount_rates"].pop(0),
            "DISCOUNT_TABLE_GAP", "discount_rates.0.from_year", {"year": 0},
        ),
        (
            lambda rows: rows["discount_rates"].pop(1),
            "DISCOUNT_TABLE_GAP", "discount_rates.0.to_year", {"year": 36},
        ),
        (
            _set("discount_rates", 1, from_year=37),
            "DISCOUNT_TABLE_GAP", "discount_rates.1.from_year", {"year": 36},
        ),
        (
            _set("discount_rates", 1, from_year=35),
            "DISCOUNT_TABLE_GAP", "discount_rates.1.from_year", {"year": 36},
        ),
        (
            _set("discount_rates", 0, to_year=None),
            "DISCOUNT_TABLE_GAP", "discount_rates.1.from_year", {"year": 36},
        ),
        (
            _set("discount_rates", 1, to_year=30),
            "DISCOUNT_TABLE_GAP", "discount_rates.1.to_year", {"year": 36},
        ),
        (
            _set("discount_rates", 1, decided_from="2021-01-07"),
            "DISCOUNT_TABLE_GAP", "discount_rates.0.to_year", {"decided_from": "2013-05-31", "year": 36},
        ),
    ],
)  # fmt: skip
def test_what_a_projection_would_stumble_over_is_refused_at_its_row(
    change: Change, code: str, field: str, figures: dict[str, object]
) -> None:
    refused = given([], PUBLISH_KNOWLEDGE).when(publication(change)).then_rejected(code, **figures)
    assert [one["field"] for one in refused.fields] == [field]


def test_a_rule_that_no_price_uses_needs_no_index() -> None:
    def unused(rows: dict[str, Any]) -> None:
        rows["rules"].append(rows["rules"][0] | {"rule_id": "sel-176-a", "level_year": 2008})

    given([], PUBLISH_KNOWLEDGE).when(publication(unused)).then(published(unused))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_set("prices", 0, kommune="1.1"), "prices.0.kommune"),
        (_set("prices", 0, region="-0.1"), "prices.0.region"),
        (_set("prices", 0, amount_dkk="NaN"), "prices.0.amount_dkk"),
        (_set("prices", 0, amount_dkk="1e400"), "prices.0.amount_dkk"),
        (_set("prices", 0, amount_dkk="550.000,00"), "prices.0.amount_dkk"),
        (_set("prices", 0, price_year=None), "prices.0.price_year"),
        (_set("prices", 0, status="test"), "prices.0.status"),
        (_set("prices", 1, rule={"rule_id": "trappe", "quantity": "0"}), "prices.1.rule.quantity"),
        (_set("rules", 0, steps=[]), "rules.0.steps"),
        (_set("rules", 0, bearer="amt"), "rules.0.bearer"),
        (_set("consequences", 0, change_per_success=[]), "consequences.0.change_per_success"),
        (
            _set("consequences", 0, change_per_success=["1"] * (MAX_EFFECT_YEARS + 1)),
            "consequences.0.change_per_success",
        ),
        (_set("consequences", 0, standard_errors=["-0.1", "0"]), "consequences.0.standard_errors.0"),
        (_set("bases", 0, net_success_rate="1.01"), "bases.0.net_success_rate"),
        (_set("bases", 0, evidence_level=4), "bases.0.evidence_level"),
        (_set("indices", 0, value="0"), "indices.0.value"),
        (lambda rows: rows.update(indices=rows["indices"] * 1001), "indices"),
        (lambda rows: rows.update(surprise=1), "surprise"),
    ],
)
def test_a_field_out_of_bounds_is_named(change: Change, field: str) -> None:
    with pytest.raises(Rejected) as refused:
        publication(change)
    assert (refused.value.code, refused.value.fields[0]["field"]) == ("INPUT_INVALID", field)
