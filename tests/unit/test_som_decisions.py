"""When a knowledge base is published, and when a projection is computed anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.som.case import CASE, CaseState, case_key, decide_open, decide_recalculation
from services.som.commands import MAX_EFFECT_YEARS, Cases, PublishKnowledge
from services.som.events import CaseInputs, CaseOpened, KnowledgePublished, ProjectionRecalculated, YearAmount
from services.som.knowledge import PUBLISH_KNOWLEDGE
from services.som.model import ENGINE_VERSION, project
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from shared.testing.decisions import given

Change = Callable[[dict[str, Any]], Any]
DAY = date(2017, 5, 9)


def fields(change: Change = lambda rows: None) -> dict[str, Any]:
    """The JSON of a good PublishKnowledge, changed by `change`."""
    rows: dict[str, Any] = {
        "command_id": "00000000-0000-4000-8000-000000000001",
        "pricebook": "national",
        "version_label": "2017-1",
        "price_level_year": 2017,
        "index_series": "nettoprisindeks",
        "prices": [
            {
                "price_id": "botilbud",
                "service": "Botilbud",
                "amount_dkk": "550000",
                "price_year": 2016,
                "kommune": "0.7",
                "region": "0.1",
                "stat": "0.2",
                "status": "test",
                "source": "test",
            }
        ],
        "consequences": [
            {
                "initiative": "cti",
                "price_id": "botilbud",
                "change_per_success": ["-0.1", "-0.2"],
                "status": "test",
                "source": "test",
            }
        ],
        "evidence": [
            {
                "initiative": "cti",
                "intervention": "CTI",
                "net_success_rate": "0.10",
                "evidence_level": 1,
                "source": "test",
            }
        ],
        "indices": [
            {"series": "nettoprisindeks", "year": 2016, "value": "100.48"},
            {"series": "nettoprisindeks", "year": 2017, "value": "101.73"},
        ],
        "discount_rates": [
            {"decided_from": "2013-05-31", "from_year": 0, "to_year": 35, "rate": "0.04"},
            {"decided_from": "2013-05-31", "from_year": 36, "to_year": None, "rate": "0.03"},
        ],
        "effective_on": "2017-05-09",
    }
    change(rows)
    return rows


def publication(change: Change = lambda rows: None) -> PublishKnowledge:
    """The command that `fields(change)` spells."""
    return PublishKnowledge.parse(fields(change))


def published(change: Change = lambda rows: None) -> KnowledgePublished:
    """The event that `publication(change)` leads to."""
    return KnowledgePublished.model_validate(fields(change))


def test_a_whole_knowledge_base_is_published() -> None:
    given([], PUBLISH_KNOWLEDGE).when(publication()).then(published())


def test_a_second_version_under_another_label() -> None:
    def second(rows: dict[str, Any]) -> None:
        rows["version_label"] = "2017-2"

    given([published()], PUBLISH_KNOWLEDGE).when(publication(second)).then(published(second))


def test_a_label_is_used_once() -> None:
    given([published()], PUBLISH_KNOWLEDGE).when(publication()).then_rejected("ALREADY_PUBLISHED")


@pytest.mark.parametrize(
    ("change", "code", "figures"),
    [
        (lambda r: r["prices"][0].update(stat="0.3"), "SHARES_DO_NOT_ADD_UP", {"price_id": "botilbud"}),
        (
            lambda r: r["prices"][0].update(stat="0.1999"),
            "SHARES_DO_NOT_ADD_UP",
            {"shares_add_up_to": "0.9999"},
        ),
        (lambda r: r["consequences"][0].update(price_id="job"), "UNKNOWN_PRICE", {"price_id": "job"}),
        (lambda r: r.update(price_level_year=2018), "INDEX_YEAR_MISSING", {"year": 2018}),
        (lambda r: r["prices"][0].update(price_year=2012), "INDEX_YEAR_MISSING", {"year": 2012}),
        (lambda r: r.update(index_series="PL"), "INDEX_YEAR_MISSING", {"series": "PL", "year": 2016}),
        (lambda r: r["evidence"].append(r["evidence"][0]), "DUPLICATE_ENTRY", {"rows": "evidence"}),
        (lambda r: r["prices"].append(r["prices"][0]), "DUPLICATE_ENTRY", {"rows": "prices"}),
        (
            lambda r: r["consequences"].append(r["consequences"][0]),
            "DUPLICATE_ENTRY",
            {"rows": "consequences"},
        ),
        (lambda r: r["indices"].append(r["indices"][0]), "DUPLICATE_ENTRY", {"rows": "indices"}),
        (lambda r: r["discount_rates"].pop(0), "DISCOUNT_TABLE_GAP", {"year": 0}),
        (lambda r: r["discount_rates"].pop(1), "DISCOUNT_TABLE_GAP", {"year": 36}),
        (lambda r: r["discount_rates"][1].update(from_year=37), "DISCOUNT_TABLE_GAP", {"year": 36}),
        (lambda r: r["discount_rates"][1].update(from_year=35), "DISCOUNT_TABLE_GAP", {"year": 36}),
        (lambda r: r["discount_rates"][0].update(to_year=None), "DISCOUNT_TABLE_GAP", {"year": 36}),
        (
            lambda r: r["discount_rates"][1].update(decided_from="2021-01-07"),
            "DISCOUNT_TABLE_GAP",
            {"decided_from": "2013-05-31", "year": 36},
        ),
    ],
)
def test_a_knowledge_base_that_could_not_be_computed_with_is_refused(
    change: Change, code: str, figures: dict[str, object]
) -> None:
    given([], PUBLISH_KNOWLEDGE).when(publication(change)).then_rejected(code, **figures)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda r: r["prices"][0].update(kommune="1.1"), "prices.0.kommune"),
        (lambda r: r["prices"][0].update(region="-0.1"), "prices.0.region"),
        (lambda r: r["prices"][0].update(amount_dkk="NaN"), "prices.0.amount_dkk"),
        (lambda r: r["prices"][0].update(amount_dkk="1e400"), "prices.0.amount_dkk"),
        (lambda r: r["consequences"][0].update(change_per_success=[]), "consequences.0.change_per_success"),
        (
            lambda r: r["consequences"][0].update(change_per_success=["1"] * (MAX_EFFECT_YEARS + 1)),
            "consequences.0.change_per_success",
        ),
        (lambda r: r["evidence"][0].update(evidence_level=4), "evidence.0.evidence_level"),
        (lambda r: r["indices"][0].update(value="0"), "indices.0.value"),
        (lambda r: r.update(indices=r["indices"] * 1001), "indices"),
        (lambda r: r.update(surprise=1), "surprise"),
    ],
)
def test_a_field_out_of_bounds_is_named(change: Change, field: str) -> None:
    with pytest.raises(Rejected) as refused:
        publication(change)
    assert (refused.value.code, refused.value.fields[0]["field"]) == ("INPUT_INVALID", field)


def test_queries_are_read_strictly() -> None:
    assert Cases.parse({}).initiative is None
    with pytest.raises(Rejected):
        Cases.parse({"initiative": "../x"})


INPUTS = CaseInputs(
    decision_date=DAY, costs=(YearAmount(year=2017, amount_oere=100),), completers=(), success_rate=None
)
OPENED = CaseOpened(initiative="cti", municipality="0101", decision_date=DAY, effective_on=DAY)


def state_after(*events: Event) -> CaseState:
    """The case after these events."""
    return CASE.fold(events)


def recalculate(
    state: CaseState, inputs: CaseInputs = INPUTS, version: int = 1, positions: dict[str, int] | None = None
) -> list[Event]:
    """The decision on these inputs."""
    reached = positions or {"funding": 7, "trials": 0}
    return decide_recalculation(state, "cti", "0101", inputs, published(), version, reached, DAY)


def test_an_award_opens_a_case_once() -> None:
    assert decide_open(state_after(), "cti", "0101", DAY, DAY) == [OPENED]
    assert decide_open(state_after(OPENED), "cti", "0101", date(2018, 1, 1), date(2018, 1, 1)) == []
    assert OPENED.stream_id == CASE.stream_id(case_key("cti", "0101"))


def test_the_first_projection_names_everything_it_was_computed_from() -> None:
    (event,) = recalculate(state_after(OPENED))
    assert isinstance(event, ProjectionRecalculated)
    assert (event.inputs, event.pricebook, event.pricebook_version) == (INPUTS, "national", 1)
    assert (event.engine_version, event.positions) == (ENGINE_VERSION, {"funding": 7, "trials": 0})
    projection = project(INPUTS, published(), "cti")
    assert event.net_present_value == projection.net_present_value
    assert (event.years, event.discounted_cost) == (projection.years, 100)


def test_same_inputs_same_knowledge_same_engine_is_no_event() -> None:
    (event,) = recalculate(state_after(OPENED))
    read_back = type(event).model_validate_json(event.model_dump_json())
    assert recalculate(state_after(OPENED, read_back)) == []
    assert recalculate(state_after(OPENED, read_back), positions={"funding": 8, "trials": 3}) == []


def test_other_inputs_another_knowledge_base_or_another_engine_is_an_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = state_after(OPENED, *recalculate(state_after(OPENED)))
    dearer = INPUTS.model_copy(update={"costs": (YearAmount(year=2017, amount_oere=101),)})
    assert len(recalculate(state, dearer)) == 1
    assert len(recalculate(state, version=2)) == 1
    monkeypatch.setattr("services.som.case.ENGINE_VERSION", "next")
    assert len(recalculate(state)) == 1


def test_a_case_that_is_not_open_has_no_projection() -> None:
    assert recalculate(state_after()) == []
