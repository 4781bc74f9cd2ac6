"""Whatever is sent, a command or query is read or Rejected; and what was read survives the wire."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.funding import commands as funding
from services.trials import commands as trials
from shared.kernel.messages import EARLIEST, LATEST, Command, Query, Request
from shared.kernel.municipalities import municipalities
from shared.kernel.rejection import Rejected

MODELS: list[type[Request]] = [
    thing
    for module in (funding, trials)
    for thing in vars(module).values()
    if isinstance(thing, type) and issubclass(thing, Request) and thing not in (Command, Query)
]

names = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,63}", fullmatch=True)
uuids = st.uuids(version=4).map(str)
days = st.dates(EARLIEST, LATEST).map(str)
texts = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), min_size=1, max_size=500).map(
    lambda text: "x" + text[1:]
)
codes = st.sampled_from(sorted(municipalities()))
ages = st.integers(0, 120)
scores = st.decimals(-999_999, 999_999, places=6).map(lambda score: f"{score:f}")
account_years = {
    "account": st.from_regex(r"[0-9]{2}(\.[0-9]{2}){3}", fullmatch=True),
    "budget_year": st.integers(1990, 2199),
    "amount_oere": st.integers(1, 10**15),
}
others = st.lists(names.filter(lambda name: name != "comparison"), min_size=1, max_size=5, unique=True)

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **account_years,
    "command_id": uuids,
    "correlation_id": st.none() | uuids,
    "on_behalf_of": st.none() | texts,
    "act": texts,
    "title": texts,
    "effective_on": days,
    "period_from": days,
    "period_to": days,
    "track": st.sampled_from(["development", "dissemination", "data"]),
    "municipality": codes,
    "draws": st.lists(st.fixed_dictionaries(account_years), min_size=1, max_size=50),
    "arms": others.flatmap(lambda arms: st.permutations(["comparison", *arms])),
    "sites": st.lists(codes, min_size=1, max_size=98, unique=True),
    "eligibility": st.tuples(ages, ages).map(lambda two: {"age_min": min(two), "age_max": max(two)}),
    "success_measure": st.fixed_dictionaries(
        {
            "instrument": names,
            "wave": names,
            "direction": st.sampled_from(["higher", "lower"]),
            "threshold": scores,
        }
    ),
    "citizen": uuids,
    "consent_given": st.booleans(),
    "age_years": ages,
    "score": scores,
    "reason": st.sampled_from(["moved", "consent_withdrawn", "illness", "other_offer", "not_reached", "died"]),
    "wait_for": st.dictionaries(names, st.integers(0, 2**53), max_size=4),
    "wait_seconds": st.floats(0, 10),
}
"""What is right in a field of this name; a field that isn't here is an Identifier."""

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


def valid(model: type[Request]) -> st.SearchStrategy[dict[str, Any]]:
    """The JSON values of valid requests of this kind."""
    return st.fixed_dictionaries({name: FIELDS.get(name, names) for name in model.model_fields})


requests = st.sampled_from(MODELS).flatmap(lambda model: st.tuples(st.just(model), valid(model)))


@given(requests)
def test_what_was_read_survives_the_wire(request: tuple[type[Request], dict[str, Any]]) -> None:
    model, fields = request
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
