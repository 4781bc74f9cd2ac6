"""Event schemas: what was stored once can be read for ever.

`golden/<type>.v<schema version>.json` holds a sample of every shape an event ever had. A sample is never changed: a new
shape gets a new schema version, an upcaster and a new sample.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli import DEFINITIONS
from shared.eventstore.codec import Codec
from shared.kernel.messages import Event

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
        assert json.loads(codec.encode(event)) == sample["data"]


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
