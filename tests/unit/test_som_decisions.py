"""When a case opens, is adjusted, and is computed anew; and what a projection says of itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.som.case import (
    ADJUST_CASE,
    CASE,
    CaseState,
    Known,
    case_key,
    decide_open,
    decide_recalculation,
    events_since,
    projected,
)
from services.som.commands import AdjustCase, Cases
from services.som.events import (
    Behind,
    CaseAdjusted,
    CaseInputs,
    CaseOpened,
    PayerAmounts,
    ProjectionRecalculated,
    Settings,
)
from services.som.model import ENGINE_VERSION, KnowledgeBase, project
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from shared.testing.decisions import given
from tests.som_cases import DECIDED, case, consequence, cost, price, published, success

OPENED = CaseOpened(initiative="cti", municipality="0101", decision_date=DECIDED, effective_on=DECIDED)
KNOWLEDGE = KnowledgeBase(published([price()], [consequence("-0.1", "-0.2")]))
DEARER = KnowledgeBase(published([price(kroner=120_000)], [consequence("-0.1", "-0.2")]))
INPUTS = case({2018: 10}, success("0.25", low=Decimal("0.1"), high=Decimal("0.4")), [cost(2017, 1000, "kommune")])
RATE = Behind(input="success_rate", service="trials", events=3, first=4, last=9)
COSTS = Behind(input="costs", service="funding", events=2, first=5, last=7)


def recalculate(
    latest: ProjectionRecalculated | None = None,
    inputs: CaseInputs = INPUTS,
    knowledge: KnowledgeBase = KNOWLEDGE,
    version: int = 1,
    before: KnowledgeBase | None = KNOWLEDGE,
    behind: tuple[Behind, ...] = (RATE, COSTS),
    positions: dict[str, int] | None = None,
) -> list[Event]:
    """The decision on these inputs."""
    known = Known(knowledge, version, 40 + version)
    reached = positions or {"funding": 7, "trials": 9}
    return decide_recalculation(latest, "cti", "0101", inputs, known, before, behind, reached, DECIDED)


def first() -> ProjectionRecalculated:
    """The case's first projection."""
    [event] = recalculate()
    assert isinstance(event, ProjectionRecalculated)
    return event


def one(events: list[Event]) -> ProjectionRecalculated:
    """The one projection that was decided."""
    [event] = events
    assert isinstance(event, ProjectionRecalculated)
    return event


def test_queries_are_read_strictly() -> None:
    assert Cases.parse({}).initiative is None
    with pytest.raises(Rejected):
        Cases.parse({"initiative": "../x"})


def test_an_award_opens_a_case_once() -> None:
    assert decide_open(CaseState(), "cti", "0101", DECIDED, DECIDED) == [OPENED]
    assert decide_open(CASE.fold([OPENED]), "cti", "0101", date(2018, 1, 1), date(2018, 1, 1)) == []
    assert OPENED.stream_id == CASE.stream_id(case_key("cti", "0101"))


def test_the_first_projection_names_everything_it_was_computed_from() -> None:
    event = first()
    assert (event.inputs, event.pricebook, event.pricebook_version) == (INPUTS, "national", 1)
    assert (event.engine_version, event.positions) == (ENGINE_VERSION, {"funding": 7, "trials": 9})
    assert event.behind == (RATE, COSTS, Behind(input="knowledge", service="som", events=1, first=41, last=41))
    projection = project(INPUTS, KNOWLEDGE)
    assert event.net_present_value == projection.net_present_value
    assert (event.years, event.discounted_cost, event.changed) == (projection.years, 1000_00, ())
    assert event.probabilities is not None
    assert event.spread is not None
    assert event.spread.p5 < event.spread.p50 < event.spread.p95


def test_a_projection_computed_again_from_what_it_names_is_identical() -> None:
    event = ProjectionRecalculated.model_validate_json(first().model_dump_json())
    again = projected(event.inputs, KNOWLEDGE, case_key("cti", "0101"))
    assert {name: getattr(event, name) for name in again} == again


def test_same_inputs_same_knowledge_same_engine_is_no_event() -> None:
    read_back = ProjectionRecalculated.model_validate_json(first().model_dump_json())
    assert recalculate(read_back) == []
    assert recalculate(read_back, positions={"funding": 8, "trials": 12}) == []


def test_a_new_version_that_changes_nothing_of_what_the_case_used_is_no_event() -> None:
    other = KnowledgeBase(published([price(), price("job")], [consequence("-0.1", "-0.2")]))
    assert recalculate(first(), knowledge=other, version=2) == []


def test_other_inputs_dearer_prices_or_another_engine_is_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    latest = first()
    dearer = INPUTS.model_copy(update={"costs": (cost(2017, 1001, "kommune"),)})
    assert len(recalculate(latest, dearer)) == 1
    assert len(recalculate(latest, knowledge=DEARER, version=2)) == 1
    monkeypatch.setattr("services.som.case.ENGINE_VERSION", "next")
    assert len(recalculate(latest)) == 1


def less(after: ProjectionRecalculated, before: ProjectionRecalculated) -> PayerAmounts:
    """The difference between two net present values."""
    amounts = {
        payer: getattr(after.net_present_value, payer) - getattr(before.net_present_value, payer)
        for payer in PayerAmounts.model_fields
    }
    return PayerAmounts(**amounts)


def added(event: ProjectionRecalculated) -> PayerAmounts:
    """What its contributions add up to."""
    fields = PayerAmounts.model_fields
    return PayerAmounts(**{payer: sum(getattr(row.amount, payer) for row in event.changed) for payer in fields})


def test_what_changed_adds_up_to_the_difference_and_names_the_events_behind_it_since() -> None:
    before = first()
    moved = INPUTS.model_copy(update={"success_rate": success("0.3"), "costs": (cost(2017, 1500, "kommune"),)})
    behind = (RATE.model_copy(update={"events": 5, "last": 20}), COSTS.model_copy(update={"events": 3, "last": 8}))
    after = one(recalculate(before, moved, behind=behind))
    assert {row.input for row in after.changed} == {"success_rate", "costs"}
    assert added(after) == less(after, before)
    by_input = {row.input: row.behind for row in after.changed}
    assert by_input["success_rate"] == (RATE.model_copy(update={"events": 2, "first": 10, "last": 20}),)
    assert by_input["costs"] == (COSTS.model_copy(update={"events": 1, "first": 8, "last": 8}),)


def test_dearer_prices_are_put_down_to_the_knowledge_base_that_brought_them() -> None:
    before = first()
    after = one(recalculate(before, knowledge=DEARER, version=2))
    [row] = after.changed
    assert (row.input, row.amount) == ("prices", less(after, before))
    assert row.behind == (Behind(input="knowledge", service="som", events=1, first=42, last=42),)


def test_another_engine_is_told_apart_from_the_inputs() -> None:
    old = first().model_copy(
        update={"engine_version": "1", "net_present_value": PayerAmounts(kommune=1, region=2, stat=3)}
    )
    after = one(recalculate(old))
    assert [row.input for row in after.changed] == ["engine"]
    assert added(after) == less(after, old)


def test_without_the_knowledge_base_it_was_computed_with_only_the_difference_is_told() -> None:
    before = first()
    after = one(recalculate(before, knowledge=DEARER, version=2, before=None))
    assert [row.input for row in after.changed] == ["everything"]
    assert added(after) == less(after, before)


def test_an_event_taken_up_late_is_counted_and_its_place_not_made_up() -> None:
    late = RATE.model_copy(update={"events": 4})
    assert events_since([RATE], [late]) == (late.model_copy(update={"events": 1}),)
    assert events_since([RATE, COSTS], [RATE, COSTS]) == ()


def adjust(**changes: Any) -> AdjustCase:
    """A wish to compute the case otherwise."""
    fields = {
        "command_id": "00000000-0000-4000-8000-000000000001",
        "initiative": "cti",
        "municipality": "0101",
        "reason": "Our own settings.",
        "effective_on": "2018-01-01",
    }
    return AdjustCase.parse(fields | changes)


def adjusted(**changes: Any) -> CaseAdjusted:
    """The event of the same."""
    fields: dict[str, Any] = {
        "initiative": "cti",
        "municipality": "0101",
        "settings": Settings(),
        "rate_choice": "auto",
        "typed_rate": None,
        "cohorts": (),
        "costs": (),
        "savings": (),
        "own_prices": (),
        "own_consequences": (),
        "reason": "Our own settings.",
        "effective_on": date(2018, 1, 1),
    }
    return CaseAdjusted(**fields | changes)


def test_an_economist_adjusts_a_case() -> None:
    command = adjust(settings={"timing": "end"}, rate_choice="evidence")
    event = adjusted(settings=Settings(timing="end"), rate_choice="evidence")
    given([OPENED], ADJUST_CASE).when(command).then(event)
    given([OPENED, event], ADJUST_CASE).when(command).then()
    given([OPENED, event], ADJUST_CASE).when(adjust()).then(adjusted())


def test_a_case_that_no_award_opened_is_not_adjusted() -> None:
    given([], ADJUST_CASE).when(adjust()).then_rejected("NOT_FOUND")


def test_a_typed_rate_is_to_be_typed() -> None:
    given([OPENED], ADJUST_CASE).when(adjust(rate_choice="typed")).then_rejected("RATE_MISSING")
