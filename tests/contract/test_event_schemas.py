"""Event schemas: what was stored once can be read for ever.

`golden/<type>.v<schema version>.json` holds a sample of every shape an event ever had. A sample is never changed: a new
shape gets a new schema version, an upcaster and a new sample. Within a version a field may be added that may be
missing: the samples from before it stay as they are. The fund's samples of its present shapes are what its story
(`tests/fund_story.py`) made when they were taken.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli import DEFINITIONS
from services.funding.events import Draw, GrantAwarded, InstalmentPaid
from services.funding.ledger import is_balanced
from shared.eventstore.codec import Codec
from shared.kernel.messages import Event
from tests.fund_story import told

GOLDEN = Path(__file__).parent / "golden"
CODECS: dict[str, Codec] = {name: definition.codec for name, definition in DEFINITIONS.items()}
TYPES: list[type[Event]] = [kind for codec in CODECS.values() for kind in codec._types.values()]
SAMPLES = sorted(GOLDEN.glob("*.json"))


def _sample(path: Path) -> tuple[str, int, dict[str, Any]]:
    """A sample's event type, its schema version, and what it holds: the stream (`subject`) and the payload (`data`)."""
    type_, _, version = path.stem.rpartition(".v")
    return type_, int(version), json.loads(path.read_text())


def _decode(path: Path) -> Event:
    type_, version, sample = _sample(path)
    return CODECS[type_.split(".")[0]].decode(type_, version, json.dumps(sample["data"]))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_golden_sample_is_read_for_ever(path: Path) -> None:
    event = _decode(path)
    assert event.stream_id == _sample(path)[2]["subject"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_of_the_present_shape_loses_and_gains_nothing(path: Path) -> None:
    type_, version, sample = _sample(path)
    codec = CODECS[type_.split(".")[0]]
    event = _decode(path)
    if version == event.schema_version:
        assert _without_added(json.loads(codec.encode(event)), sample["data"]) == sample["data"]


def _without_added(data: Any, sample: Any) -> Any:
    """`data` without the fields that say nothing and that the sample, taken before they were added, does not have."""
    if isinstance(data, dict) and isinstance(sample, dict):
        return {
            name: _without_added(value, sample.get(name))
            for name, value in data.items()
            if name in sample or value is not None
        }
    if isinstance(data, list) and isinstance(sample, list) and len(data) == len(sample):
        return [_without_added(one, other) for one, other in zip(data, sample, strict=True)]
    return data


def test_the_first_shape_of_an_award_is_read_as_one_without_a_budget() -> None:
    [path] = [path for path in SAMPLES if path.stem == "funding.grant_awarded.v1"]
    event = _decode(path)
    assert isinstance(event, GrantAwarded)
    assert (event.budget, event.earmarks, event.plan_months) == ((), (), 3)
    assert (event.application_id, event.call_id, event.reason) == (None, None, None)


def test_the_first_shape_of_a_payment_is_read_as_one_of_one_account_year_without_a_batch() -> None:
    [path] = [path for path in SAMPLES if path.stem == "funding.instalment_paid.v1"]
    event = _decode(path)
    assert isinstance(event, InstalmentPaid)
    assert event.draws == (Draw(account="15.26.04.10", budget_year=2018, amount_oere=40_000),)
    assert (event.batch_id, event.pool_id, event.bank_reference) == (None, None, None)


def test_the_story_makes_every_event_of_the_fund_and_each_is_read_as_it_was_written() -> None:
    codec, history = CODECS["funding"], told()
    assert {type(event) for event in history} == set(codec._types.values())
    for event in history:
        assert codec.decode(event.event_type, event.schema_version, codec.encode(event)) == event
        assert is_balanced(getattr(event, "postings", ()))


@pytest.mark.parametrize("kind", CODECS["funding"]._types.values(), ids=lambda kind: str(kind.event_type))
def test_what_the_fund_writes_today_has_the_fields_of_its_sample(kind: type[Event]) -> None:
    sample = _sample(GOLDEN / f"{kind.event_type}.v{kind.schema_version}.json")[2]
    assert set(sample["data"]) == set(kind.model_fields)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: str(kind.event_type))
def test_every_shape_of_every_event_has_a_golden_sample(kind: type[Event]) -> None:
    wanted = {f"{kind.event_type}.v{version}.json" for version in range(1, kind.schema_version + 1)}
    assert wanted <= {path.name for path in SAMPLES}


@pytest.mark.parametrize("service", DEFINITIONS)
def test_what_a_consumer_knows_of_a_source_the_source_publishes(service: str) -> None:
    for listens in DEFINITIONS[service].listens:
        assert set(listens.codec._types) <= set(CODECS[listens.source]._types)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_field_added_by_a_later_producer_does_not_disturb(path: Path) -> None:
    type_, version, sample = _sample(path)
    codec = CODECS[type_.split(".")[0]]
    added = json.dumps(sample["data"] | {"added_later": {"x": [1]}})
    assert codec.decode(type_, version, added) == _decode(path)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: str(kind.event_type))
def test_an_event_is_named_after_its_service_in_the_past_tense_form(kind: type[Event]) -> None:
    service, _, name = kind.event_type.partition(".")
    assert kind.event_type in CODECS[service]._types
    assert name == "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_")
