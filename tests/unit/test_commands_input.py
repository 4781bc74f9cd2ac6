"""Bad input is refused with a code and the field's name, by every command and query of funding and trials."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from services.funding import commands as funding
from services.trials import commands as trials
from shared.kernel.messages import MAX_INPUT_BYTES, Command, Query, Request
from shared.kernel.rejection import Rejected

ID = "11111111-1111-4111-8111-111111111111"
CITIZEN = "9f2c6f0e-3d55-4a8f-9b8e-0c1d2e3f4a5b"
DAY = "2027-02-01"
DRAW = {"account": "15.26.04.10", "budget_year": 2027, "amount_oere": 100}

VALID: dict[type[Request], dict[str, Any]] = {
    funding.RegisterAppropriation: {"command_id": ID, **DRAW, "act": "FL 2027", "effective_on": DAY},
    funding.OpenPool: {
        "command_id": ID,
        "pool_id": "pool-1",
        "track": "development",
        "initiative": "early-help",
        "title": "Tidlig hjælp",
        "draws": [DRAW],
        "effective_on": DAY,
    },
    funding.AwardGrant: {
        "command_id": ID,
        "grant_id": "grant-1",
        "pool_id": "pool-1",
        "municipality": "0101",
        "draws": [DRAW],
        "period_from": "2027-03-01",
        "period_to": "2028-12-31",
        "effective_on": DAY,
    },
    funding.PayInstalment: {
        "command_id": ID,
        "grant_id": "grant-1",
        "payment_id": "payment-1",
        **DRAW,
        "effective_on": DAY,
    },
    funding.TrialBalance: {},
    funding.GrantStatement: {"grant_id": "grant-1"},
    funding.Position: {},
    trials.OpenTrial: {
        "command_id": ID,
        "trial_id": "trial-1",
        "initiative": "early-help",
        "title": "Tidlig hjælp",
        "arms": ["course", "comparison"],
        "sites": ["0101", "0461"],
        "eligibility": {"age_min": 18, "age_max": 29},
        "success_measure": {
            "instrument": "employment",
            "wave": "month-12",
            "direction": "higher",
            "threshold": "6.5",
        },
        "effective_on": DAY,
    },
    trials.EnrolCitizen: {
        "command_id": ID,
        "trial_id": "trial-1",
        "citizen": CITIZEN,
        "arm": "course",
        "municipality": "0101",
        "consent_given": True,
        "age_years": 20,
        "effective_on": DAY,
    },
    trials.RecordAssessment: {
        "command_id": ID,
        "trial_id": "trial-1",
        "citizen": CITIZEN,
        "instrument": "employment",
        "wave": "month-12",
        "score": "7.25",
        "effective_on": DAY,
    },
    trials.CompleteParticipation: {
        "command_id": ID,
        "trial_id": "trial-1",
        "citizen": CITIZEN,
        "effective_on": DAY,
    },
    trials.WithdrawParticipant: {
        "command_id": ID,
        "trial_id": "trial-1",
        "citizen": CITIZEN,
        "reason": "moved",
        "effective_on": DAY,
    },
    trials.TrialEffect: {"trial_id": "trial-1"},
    trials.TrialStatus: {"trial_id": "trial-1"},
}

NO_NUMBER: list[Any] = [None, True, "100", [], {}, 1.5, 100.0, float("nan"), float("inf"), 10**30]
NO_TEXT: list[Any] = [None, True, 5, 1.5, [], {}, "", "a\x00b", "x" * 1000]
NO_NAME: list[Any] = [*NO_TEXT, "Æ", "A", "-a", "a b", "a/b", "a\n", "x" * 65]
NO_DAY: list[Any] = [
    None,
    True,
    5,
    [],
    {},
    "",
    "0001-01-01",
    "9999-12-31",
    "2017-02-30",
    "2027-1-1",
    "01-02-2027",
]
NO_UUID: list[Any] = [*NO_TEXT, "1" * 32, CITIZEN.upper(), CITIZEN + "\n", "{" + CITIZEN + "}"]
NO_ACCOUNT: list[Any] = [*NO_TEXT, "15.26.04", "15.26.04.10\n", "15.26.04.10.", "١٥.26.04.10", "15260410"]
NO_MUNICIPALITY: list[Any] = [*NO_TEXT, "0411", "9999", "101", "00101", "Roskilde"]
NO_YEAR: list[Any] = [*NO_NUMBER, 0, -2027, 1989, 2200, 2027.0]
NO_OERE: list[Any] = [*NO_NUMBER, 0, -1, 10**15 + 1]
NO_AGE: list[Any] = [*NO_NUMBER, -1, 121]
NO_SCORE: list[Any] = [
    None,
    True,
    [],
    {},
    "",
    "many",
    "NaN",
    "Infinity",
    "1e5",
    " 1",
    "1_0",
    "١",
    "0.1234567",
]
NO_SCORE += [10**6, -(10**6), "-1000000", 10**30, float("nan"), float("-inf"), 1e300]
NO_ARMS: list[Any] = [None, 5, "ab", {}, [], ["comparison"], ["a", "b"], ["a", "a", "comparison"]]
NO_ARMS += [["comparison", *"abcdef"], ["comparison", "A"], ["comparison", None]]
UUID_1 = "9f2c6f0e-3d55-11ee-9b8e-0c1d2e3f4a5b"
DRAW_LISTS: list[Any] = [None, True, 5, "x", {}, [], [DRAW] * 51]

WRONG: dict[str, list[Any]] = {
    "command_id": NO_UUID,
    "correlation_id": [bad for bad in NO_UUID if bad is not None],
    "on_behalf_of": [bad for bad in NO_TEXT if bad is not None],
    "account": NO_ACCOUNT,
    "budget_year": NO_YEAR,
    "amount_oere": NO_OERE,
    "act": NO_TEXT,
    "title": NO_TEXT,
    "effective_on": NO_DAY,
    "period_from": NO_DAY,
    "period_to": NO_DAY,
    "track": [*NO_TEXT, "Development", "som"],
    "municipality": NO_MUNICIPALITY,
    "draws": DRAW_LISTS,
    "arms": NO_ARMS,
    "sites": [None, 5, "0101", {}, [], ["0101", "0101"], ["0101", "0411"]],
    "eligibility": [None, 5, [], "x", {"age_min": 30, "age_max": 29}],
    "success_measure": [None, 5, [], "x"],
    "age_min": NO_AGE,
    "age_max": NO_AGE,
    "age_years": NO_AGE,
    "direction": [*NO_TEXT, "up"],
    "threshold": NO_SCORE,
    "score": NO_SCORE,
    "citizen": [*NO_UUID, UUID_1, "0101701234"],
    "consent_given": [None, 0, 1, 1.0, "true", "yes", [], {}],
    "reason": [*NO_TEXT, "bored"],
    "wait_for": [None, 5, [], "x"],
    "wait_seconds": [None, True, "2", [], -0.1, 10.1, float("nan"), float("inf")],
}
"""What is wrong in a field of this name; a field that isn't here is an Identifier."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every field in `value`, the whole before its parts."""
    own = [path] if path and isinstance(path[-1], str) else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return own + [leaf for key, item in items for leaf in leaves(item, (*path, key))]


def optional(model: type[Request]) -> dict[str, Any]:
    """The fields that a valid request may leave out, so that they too are tried."""
    if issubclass(model, Query):
        return {"wait_for": {"funding": 1}, "wait_seconds": 2.0}
    return {"on_behalf_of": "Ministeriet", "correlation_id": ID}


EVERY_FIELD = [
    (model, path)
    for model, valid in VALID.items()
    for path in leaves(valid | optional(model))
    if path != ("wait_for", "funding")
]
FIELDS = pytest.mark.parametrize(("model", "path"), EVERY_FIELD)
REQUIRED = pytest.mark.parametrize(
    ("model", "path"), [(model, path) for model, path in EVERY_FIELD if path[0] not in optional(model)]
)
MODELS = pytest.mark.parametrize("model", VALID, ids=lambda model: model.__name__)


def changed(model: type[Request], path: tuple[Any, ...], value: Any, *, drop: bool = False) -> dict[str, Any]:
    """A valid request with another value at `path`, or with nothing there."""
    fields = deepcopy(VALID[model] | optional(model))
    place: Any = fields
    for key in path[:-1]:
        place = place[key]
    if drop:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return fields


def refused(model: type[Request], fields: Any) -> Rejected:
    with pytest.raises(Rejected) as caught:
        model.parse(fields)
    return caught.value


def test_every_command_and_query_has_an_example_here() -> None:
    found = {
        thing
        for module in (funding, trials)
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Request) and thing not in (Command, Query)
    }
    assert found == set(VALID)


@MODELS
def test_an_example_is_accepted_with_and_without_what_is_optional(model: type[Request]) -> None:
    assert model.parse(VALID[model]) == model.parse(deepcopy(VALID[model]))
    model.parse(VALID[model] | optional(model))


@FIELDS
def test_a_wrong_value_is_refused_by_the_name_of_its_field(model: type[Request], path: tuple[Any, ...]) -> None:
    name = ".".join(map(str, path))
    for wrong in WRONG.get(path[-1], NO_NAME):
        rejection = refused(model, changed(model, path, wrong))
        assert rejection.code == "INPUT_INVALID", repr(wrong)
        assert [f for f in rejection.fields if f["field"].startswith(name)], (wrong, rejection.fields)


@REQUIRED
def test_a_missing_field_is_refused_by_its_name(model: type[Request], path: tuple[Any, ...]) -> None:
    rejection = refused(model, changed(model, path, None, drop=True))
    assert rejection.code == "INPUT_INVALID"
    assert {"field": ".".join(map(str, path)), "rule": "missing"}.items() <= rejection.fields[0].items()


@MODELS
def test_an_unknown_field_is_refused_by_its_name(model: type[Request]) -> None:
    rejection = refused(model, VALID[model] | {"amount": 1})
    assert (rejection.code, rejection.fields[0]["field"]) == ("INPUT_INVALID", "amount")


@MODELS
def test_input_that_is_too_large_or_too_deep_or_no_json_is_refused(model: type[Request]) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert refused(model, VALID[model] | {"title": deep}).code == "INPUT_TOO_DEEP"
    large = refused(model, VALID[model] | {"title": "x" * 1_000_000})
    assert (large.code, large.figures) == ("INPUT_TOO_LARGE", {"limit_bytes": MAX_INPUT_BYTES})
    for nonsense in ({1, 2}, b"bytes", object(), 10**5000):
        assert refused(model, VALID[model] | {"title": nonsense}).code == "INPUT_INVALID"
    nothings: list[Any] = [None, [], "x", 5]
    for nothing in nothings:
        assert refused(model, nothing).code == "INPUT_INVALID"


@FIELDS
def test_half_a_character_is_refused(model: type[Request], path: tuple[Any, ...]) -> None:
    assert refused(model, changed(model, path, "x\ud800")).code == "INPUT_INVALID"


@MODELS
def test_a_refusal_is_json_and_repeats_no_value(model: type[Request]) -> None:
    secret = "0101701234-secret"
    for path in leaves(VALID[model]):
        rejection = refused(model, changed(model, path, [secret]))
        assert secret not in str(rejection.as_data())
        assert secret not in str(rejection)


def test_the_limits_themselves_are_accepted() -> None:
    largest = VALID[funding.RegisterAppropriation] | {"amount_oere": 10**15, "budget_year": 2199}
    funding.RegisterAppropriation.parse(largest)
    funding.OpenPool.parse(VALID[funding.OpenPool] | {"draws": [DRAW] * funding.MAX_DRAWS, "title": "x" * 500})
    for age_years in (0, 120):
        trials.EnrolCitizen.parse(VALID[trials.EnrolCitizen] | {"age_years": age_years})
    trials.OpenTrial.parse(VALID[trials.OpenTrial] | {"arms": ["comparison", *"abcde"]})
    trials.RecordAssessment.parse(VALID[trials.RecordAssessment] | {"score": "-999999.999999"})
