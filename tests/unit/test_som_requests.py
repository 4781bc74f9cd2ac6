"""Whatever is sent to som, it is read or refused with a code and the field's path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.som import commands as som
from shared.kernel.messages import Request
from shared.kernel.rejection import Rejected
from tests.valid_som_requests import VALID

Path = tuple[str | int, ...]

MODELS = [
    thing
    for thing in vars(som).values()
    if isinstance(thing, type) and issubclass(thing, Request) and not thing.__subclasses__()
]


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value inside a JSON value, with the way to it."""
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def replaced(value: Any, path: Path, new: Any) -> Any:
    """The value with another one at a place."""
    if not path:
        return new
    found = deepcopy(value)
    at = found
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return found


LEAVES = [
    (model, path)
    for model, fields in VALID.items()
    for path, value in places(fields)
    if path and not isinstance(value, dict | list) and path[0] != "wait_for"
]
OBJECTS = [
    (model, path)
    for model, fields in VALID.items()
    for path, value in places(fields)
    if isinstance(value, dict) and (not path or path[0] != "wait_for")
]


def refused(model: type[Request], fields: Any) -> Rejected:
    with pytest.raises(Rejected) as caught:
        model.parse(fields)
    assert caught.value.code == "INPUT_INVALID"
    return caught.value


def test_every_request_stands_in_the_table() -> None:
    assert set(VALID) == set(MODELS)
    for model, fields in VALID.items():
        assert set(fields) == set(model.model_fields)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_valid_request_survives_the_wire(model: type[Request]) -> None:
    request = model.parse(VALID[model])
    again = model.parse(json.loads(request.model_dump_json()))
    assert again == request


@pytest.mark.parametrize(("model", "path"), LEAVES, ids=lambda one: getattr(one, "__name__", None) or repr(one))
def test_a_value_of_another_kind_is_refused_by_its_path(model: type[Request], path: Path) -> None:
    no_kind: list[Any] = [{"unknown": 1}, [[]], 10**40, "\x00"]
    for wrong in no_kind:
        told = refused(model, replaced(VALID[model], path, wrong))
        assert any(field["field"].split(".")[0] == path[0] for field in told.fields)


@pytest.mark.parametrize(("model", "path"), OBJECTS, ids=lambda one: getattr(one, "__name__", None) or repr(one))
def test_an_unknown_field_is_refused_at_every_depth(model: type[Request], path: Path) -> None:
    told = refused(model, replaced(VALID[model], (*path, "unknown"), 1))
    assert any(field["field"] == ".".join(map(str, (*path, "unknown"))) for field in told.fields)


SHARES = {"kommune", "share", "rate", "net_success_rate", "fade_out", "overhead", "weight", "share_control"}


@pytest.mark.parametrize(
    ("model", "path"),
    [(model, path) for model, path in LEAVES if path[-1] in SHARES],
    ids=lambda one: getattr(one, "__name__", None) or repr(one),
)
def test_a_share_or_rate_outside_its_range_is_refused(model: type[Request], path: Path) -> None:
    for wrong in ("5.01", "-1.01", "NaN", "Infinity", "0,1", "1e1"):
        refused(model, replaced(VALID[model], path, wrong))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([(model, path) for model, fields in VALID.items() for path, _ in places(fields) if path]), JSON)
def test_whatever_stands_in_a_place_it_is_read_or_refused(place: tuple[type[Request], Path], value: Any) -> None:
    model, path = place
    try:
        request = model.parse(replaced(VALID[model], path, value))
    except Rejected:
        return
    assert model.parse(json.loads(request.model_dump_json())) == request
