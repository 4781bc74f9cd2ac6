"""The codec: events under an alias and a schema version, and old ones brought up to date."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from shared.eventstore.codec import Codec, UnknownEvent
from shared.kernel.messages import Event


class First(Event, type="test.named", stream="s-{name}"):
    """As it was at first."""

    name: str


class Third(Event, type="test.named", stream="s-{given}", schema_version=3):
    """The same fact, two shapes later."""

    given: str
    family: str


UPCASTERS = {
    ("test.named", 1): lambda old: {"given": old["name"]},
    ("test.named", 2): lambda old: old | {"family": "?"},
}


def test_an_event_comes_back_as_it_went_in() -> None:
    codec, event = Codec([First]), First(name='Ærø "1" \u2028')
    assert codec.decode("test.named", 1, codec.encode(event)) == event


def test_the_alias_is_not_the_class() -> None:
    assert "First" not in Codec([First]).encode(First(name="x"))
    assert Codec([First]).knows("test.named")
    assert not Codec([First]).knows("First")


@pytest.mark.parametrize(
    ("version", "data", "expected"),
    [
        (1, '{"name": "a"}', Third(given="a", family="?")),
        (2, '{"given": "a"}', Third(given="a", family="?")),
        (3, '{"given": "a", "family": "b"}', Third(given="a", family="b")),
    ],
)
def test_every_older_version_is_brought_up_to_date(version: int, data: str, expected: Third) -> None:
    assert Codec([Third], UPCASTERS).decode("test.named", version, data) == expected


@pytest.mark.parametrize("missing", UPCASTERS)
def test_a_missing_upcaster_is_found_when_the_codec_is_made(missing: tuple[str, int]) -> None:
    rest = {step: one for step, one in UPCASTERS.items() if step != missing}
    with pytest.raises(ValueError, match=f"no upcaster for test.named from schema version {missing[1]}"):
        Codec([Third], rest)


def test_an_upcaster_that_leads_nowhere_is_found_too() -> None:
    with pytest.raises(ValueError, match="leads nowhere"):
        Codec([First], {("test.named", 1): lambda old: old})
    with pytest.raises(ValueError, match="leads nowhere"):
        Codec([First], {("test.nobody", 1): lambda old: old})


def test_two_types_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two event types are called"):
        Codec([First, Third], UPCASTERS)


@pytest.mark.parametrize(("type_", "version"), [("test.other", 1), ("test.named", 2), ("test.named", 10**9)])
def test_an_unknown_or_newer_event_is_a_typed_error(type_: str, version: int) -> None:
    with pytest.raises(UnknownEvent) as unknown:
        Codec([First]).decode(type_, version, '{"name": "secret"}')
    assert "secret" not in str(unknown.value)


def test_a_field_nobody_knows_yet_is_passed_over() -> None:
    assert Codec([First]).decode("test.named", 1, '{"name": "a", "added": 1}') == First(name="a")


@pytest.mark.parametrize("data", ["", "null", "[]", '{"name": 7}', "{}", '{"name": "a"'])
def test_a_payload_that_does_not_fit_is_refused_without_being_quoted(data: str) -> None:
    with pytest.raises(ValidationError):
        Codec([First]).decode("test.named", 1, data)


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_before_the_first_is_an_unknown_event(version: int) -> None:
    with pytest.raises(UnknownEvent):
        Codec([First]).decode("test.named", version, '{"name": "a"}')
