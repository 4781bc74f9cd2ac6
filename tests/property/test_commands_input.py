"""Whatever is sent, a command or query is read or Rejected; and what was read survives the wire."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal, TypeGuard, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from services.funding import commands as funding
from services.trials import commands as trials
from shared.kernel.messages import EARLIEST, LATEST, Command, Request, RequestPart
from shared.kernel.municipalities import municipalities
from shared.kernel.rejection import Rejected

MODELS: list[type[Request]] = [
    thing
    for module in (funding, trials)
    for thing in vars(module).values()
    if isinstance(thing, type) and issubclass(thing, Request) and not thing.__subclasses__()
]

names = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,63}", fullmatch=True)
uuids = st.uuids(version=4).map(str)
days = st.dates(EARLIEST, LATEST).map(str)
texts = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), min_size=1, max_size=500
).map(lambda text: "x" + text[1:])
codes = st.sampled_from(sorted(municipalities()))
ages = st.integers(0, 120)
scores = st.decimals(-999_999, 999_999, places=6).map(lambda score: f"{score:f}")
years = st.integers(1990, 2199)
amounts = st.integers(1, 10**15)
others = st.lists(names.filter(lambda name: name != "comparison"), min_size=1, max_size=5, unique=True)

moments = st.datetimes(datetime(1991, 1, 1), datetime(2199, 1, 1)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}+01:00")
accounts = st.from_regex(r"[0-9]{2}(\.[0-9]{2}){3}", fullmatch=True)
decimals = st.decimals("0.000001", 999_999, places=6).map(lambda value: f"{value:f}")

FIELDS: dict[Any, st.SearchStrategy[Any]] = {
    "command_id": uuids,
    "correlation_id": st.none() | uuids,
    "corrects": st.none() | uuids,
    "on_behalf_of": texts,
    "account": accounts,
    "to_account": accounts,
    "amount_oere": amounts,
    "frame_oere": amounts,
    "total_oere": amounts,
    "spent_oere": st.integers(0, 10**15),
    "value": decimals,
    "weight": st.integers(1, 1000),
    (funding.ScoreRequest, "points"): st.integers(0, 100),
    "assessors_required": st.integers(1, 10),
    "project_years": st.lists(years, min_size=1, max_size=10),
    "conditions": st.lists(texts, max_size=3),
    "final": st.booleans(),
    "performance_audit": st.booleans(),
    "currency": st.just("DKK"),
    "municipality": codes,
    "applicants": st.lists(codes, max_size=98),
    "by": st.lists(st.sampled_from(get_args(funding.Dimension)), min_size=1, max_size=9),
    "after": st.integers(0, 2**53),
    "limit": st.integers(1, 1000),
    "as_of": st.none() | st.integers(0, 2**53) | moments,
    "arms": others.flatmap(lambda arms: st.permutations(["comparison", *arms])),
    "sites": st.lists(codes, min_size=1, max_size=98, unique=True),
    "eligibility": st.tuples(ages, ages).map(lambda two: {"age_min": min(two), "age_max": max(two)}),
    "citizen": uuids,
    "consent_given": st.booleans(),
    "age_years": ages,
    "score": scores,
    "threshold": scores,
    "wait_for": st.dictionaries(names, st.integers(0, 2**53), max_size=4),
    "wait_seconds": st.floats(0, 10),
    (funding.ReopenApplication, "until"): moments,
}
"""What is right in a field of this name, perhaps of this request only. A field that isn't here is a choice, or made of
parts, as its type says, or else an Identifier."""
FIELDS |= dict.fromkeys(("budget_year", "to_budget_year", "from_year", "to_year", "year", "project_year"), years)
FIELDS |= dict.fromkeys(("effective_on", "published_on", "decision_on", "period_from", "period_to"), days)
FIELDS |= dict.fromkeys(("accept_by", "due_on", "day", "on", "until", "as_at"), days)
FIELDS |= dict.fromkeys(("at", "opens_at", "deadline_at"), moments)
FIELDS |= dict.fromkeys(("act", "title", "target_group", "purpose", "comment", "description"), texts)
FIELDS |= dict.fromkeys(("letter", "document", "invoice", "reference", "note", "auditor", "statement"), texts)
FIELDS |= dict.fromkeys(("protocol", "reason"), texts)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=40)
    | st.sampled_from(["0101", "2027-01-01", "9999-12-31", "1e999999", "comparison"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)


def valid(model: type[RequestPart]) -> st.SearchStrategy[dict[str, Any]]:
    """The JSON values of valid requests, or parts of them, of this kind."""
    return st.fixed_dictionaries({name: right(model, name, field) for name, field in model.model_fields.items()})


def right(model: type[RequestPart], name: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    """What is right in a field."""
    kind, inner = field.annotation, get_args(field.annotation)
    choices = [one for one in (kind, *inner) if get_origin(one) is Literal]
    if choices and name != "by":
        return st.sampled_from(get_args(choices[0]))
    if inner and _is_part(inner[0]):
        return st.lists(valid(inner[0]), min_size=2, max_size=3)
    if _is_part(kind) and (name not in FIELDS):
        return valid(kind)
    return FIELDS.get((model, name), FIELDS.get(name, names))


def _is_part(kind: Any) -> TypeGuard[type[RequestPart]]:
    return isinstance(kind, type) and issubclass(kind, RequestPart)


requests = st.sampled_from(MODELS).flatmap(lambda model: st.tuples(st.just(model), valid(model)))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_what_was_read_survives_the_wire(model: type[Request], data: st.DataObject) -> None:
    fields = data.draw(valid(model))
    read = model.parse(fields)
    sent = json.loads(json.dumps(read.model_dump(mode="json")))
    assert "__type__" not in json.dumps(sent)
    assert model.parse(sent) == read
    assert model.model_validate_json(read.model_dump_json()) == read  # as strict: the models say so themselves
    if isinstance(read, Command):
        again = model.parse(sent)
        assert isinstance(again, Command)
        assert again.content_hash() == read.content_hash()


@given(requests, st.data())
def test_nothing_but_a_rejection_comes_of_nonsense_in_a_field(
    request: tuple[type[Request], dict[str, Any]], data: st.DataObject
) -> None:
    model, fields = request
    for name in data.draw(st.lists(st.sampled_from(sorted(fields)), max_size=3)):
        fields[name] = data.draw(json_values)
    _read_or_rejected(model, fields)


@given(
    st.sampled_from(MODELS).flatmap(
        lambda model: st.tuples(
            st.just(model),
            st.dictionaries(
                st.sampled_from(sorted(model.model_fields)) | st.text(max_size=20), json_values, max_size=8
            ),
        )
    )
)
def test_nothing_but_a_rejection_comes_of_nonsense(request: tuple[type[Request], dict[str, Any]]) -> None:
    _read_or_rejected(*request)


def _read_or_rejected(model: type[Request], fields: dict[str, Any]) -> None:
    """Parse; a refusal has an INPUT_ code, is JSON and, when INPUT_INVALID, names at least one field."""
    refusal: Rejected | None = None
    try:
        model.parse(fields)
    except Rejected as rejection:
        refusal = rejection
    if refusal is not None:
        assert refusal.code.startswith("INPUT_")
        assert refusal.fields or refusal.code != "INPUT_INVALID"
        json.dumps(refusal.as_data())
