"""Bad input is refused with a code and the field's name, by every command and query of funding and trials."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, get_args

import pytest
from pydantic.fields import FieldInfo

from services.funding import commands as funding
from services.funding.commands.values import MAX_DRAWS
from services.trials import commands as trials
from shared.kernel.messages import Request, RequestPart
from shared.kernel.rejection import Rejected
from tests.valid_requests import CITIZEN, DRAW, VALID

NO_NUMBER: list[Any] = [None, True, "100", [], {}, 1.5, 100.0, float("nan"), float("inf"), 10**30]
NO_TEXT: list[Any] = [None, True, 5, 1.5, [], {}, "", " ", "a\x00b", "x" * 1000]
NO_PROSE: list[Any] = [None, True, 5, 1.5, [], {}, "", "\n", "a\x00b", "a\u202eb", "x" * 30_000]
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
NO_MOMENT: list[Any] = [*NO_DAY, "2027-02-01", "2027-02-01T12:00:00", "2027-02-01T25:00:00Z", "9999-12-31T23:59:00Z"]
NO_UUID: list[Any] = [*NO_TEXT, "1" * 32, CITIZEN.upper(), CITIZEN + "\n", "{" + CITIZEN + "}"]
NO_ACCOUNT: list[Any] = [*NO_TEXT, "15.26.04", "15.26.04.10\n", "15.26.04.10.", "١٥.26.04.10", "15260410"]
NO_MUNICIPALITY: list[Any] = [*NO_TEXT, "0411", "9999", "101", "00101", "Roskilde"]
NO_YEAR: list[Any] = [*NO_NUMBER, 0, -2027, 1989, 2200, 2027.0]
NO_OERE: list[Any] = [*NO_NUMBER, 0, -1, 10**15 + 1]
NO_AGE: list[Any] = [*NO_NUMBER, -1, 121]
NO_SHARE: list[Any] = [*NO_NUMBER, -1, 1001]
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
NO_DECIMAL: list[Any] = [None, True, 5, 1.5, [], {}, "", "many", "NaN", "0", "0.0", "-1", "1e5", "1,5", "1" * 10]
NO_CHOICE: list[Any] = [*NO_TEXT, "Development", "som"]
NO_FLAG: list[Any] = [None, 0, 1, 1.0, "true", "yes", [], {}]
NO_ARMS: list[Any] = [None, 5, "ab", {}, [], ["comparison"], ["a", "b"], ["a", "a", "comparison"]]
NO_ARMS += [["comparison", *"abcdef"], ["comparison", "A"], ["comparison", None]]
UUID_1 = "9f2c6f0e-3d55-11ee-9b8e-0c1d2e3f4a5b"


def no_list(most: int, item: Any) -> list[Any]:
    """What is no list of parts of at most so many."""
    return [None, True, 5, "x", {}, [5], [{"unknown": 1}], [item] * (most + 1)]


WRONG: dict[Any, list[Any]] = {
    "command_id": NO_UUID,
    "correlation_id": NO_UUID,
    "corrects": NO_UUID,
    "account": NO_ACCOUNT,
    "to_account": NO_ACCOUNT,
    "amount_oere": NO_OERE,
    (funding.AdjustAppropriation, "amount_oere"): [*NO_NUMBER, 10**15 + 1, -(10**15) - 1],
    "frame_oere": NO_OERE,
    "total_oere": NO_OERE,
    "spent_oere": [*NO_NUMBER, -1, 10**15 + 1],
    "track": NO_CHOICE,
    "kind": NO_CHOICE,
    "decision": NO_CHOICE,
    "cause": NO_CHOICE,
    "deadline": NO_CHOICE,
    "outcome": NO_CHOICE,
    "auditor_kind": NO_CHOICE,
    "ledger_account": NO_CHOICE,
    "language": NO_CHOICE,
    "direction": NO_CHOICE,
    "currency": [*NO_TEXT, "EUR", "dkk", "DKK\n"],
    "plan_months": [None, "3", [], {}, 1.5, 0, 2, 24],
    "final": NO_FLAG,
    "performance_audit": NO_FLAG,
    "consent_given": NO_FLAG,
    "municipality": NO_MUNICIPALITY,
    "applicants": [None, 5, "0101", {}, ["0411"], ["0101"] * 99],
    "draws": [*no_list(MAX_DRAWS, DRAW), []],
    "by": [None, 5, "post", {}, [], ["colour"]],
    "points": [*NO_NUMBER, 101, -1],
    "weight": [*NO_SHARE, 0],
    "assessors_required": [*NO_NUMBER, 0, 11],
    "value": NO_DECIMAL,
    "project_years": [None, 5, "2027", {}, [], [1989], ["2027"], [2027] * 11],
    "conditions": [None, 5, "x", {}, [""], [5], ["x"] * 51],
    "audit": [None, 5, [], "x", {}],
    "limit": [*NO_NUMBER, 0, 1001],
    "after": [*NO_NUMBER, -1, 2**53 + 1],
    "as_of": [True, 1.5, -1, 2**53 + 1, "2027-02-01", "head", [], {}],
    "arms": NO_ARMS,
    "sites": [None, 5, "0101", {}, [], ["0101", "0101"], ["0101", "0411"]],
    "eligibility": [None, 5, [], "x", {"age_min": 30, "age_max": 29}],
    "success_measure": [None, 5, [], "x"],
    "threshold": NO_SCORE,
    "score": NO_SCORE,
    "citizen": [*NO_UUID, UUID_1, "0101701234"],
    "wait_for": [None, 5, [], "x"],
    "wait_seconds": [None, True, "2", [], -0.1, 10.1, float("nan"), float("inf")],
    "description": [one for one in NO_PROSE if one not in ("", "\n")],
    "reason": NO_PROSE,
    (trials.WithdrawParticipant, "reason"): [*NO_TEXT, "bored"],
}
"""What is wrong in a field of this name, perhaps of this request only; a field that isn't here is an Identifier."""
WRONG |= dict.fromkeys(("budget_year", "to_budget_year", "from_year", "to_year", "year", "project_year"), NO_YEAR)
WRONG |= dict.fromkeys(("effective_on", "published_on", "decision_on", "period_from", "period_to"), NO_DAY)
WRONG |= dict.fromkeys(("accept_by", "due_on", "day", "on", "until", "as_at"), NO_DAY)
WRONG |= dict.fromkeys(("at", "opens_at", "deadline_at", (funding.ReopenApplication, "until")), NO_MOMENT)
WRONG |= dict.fromkeys(("on_behalf_of", "act", "title", "source", "target_group", "letter", "document"), NO_TEXT)
WRONG |= dict.fromkeys(("invoice", "reference", "note", "auditor", "statement", "protocol"), NO_TEXT)
WRONG |= dict.fromkeys(("purpose", "comment"), NO_PROSE)
WRONG |= dict.fromkeys(("age_min", "age_max", "age_years"), NO_AGE)
for many, name, most in (
    (funding.PublishCall, "criteria", 20), (funding.AssessApplication, "scores", 20),
    (funding.SaveApplication, "expenses", 400), (funding.SaveApplication, "financing", 400),
    (funding.AwardGrant, "budget", 400), (funding.AwardGrant, "earmarks", 20),
    (funding.RequestChange, "budget", 400), (funding.RequestChange, "carry_over", 100),
    (funding.IssueGrantLetter, "reports", 40), (funding.SubmitAccounts, "lines", 400),
    (funding.ImportIndexSeries, "points", 200), (funding.PreparePaymentBatch, "lines", 10_000),
    (funding.RecordBankAnswers, "answers", 10_000),
):  # fmt: skip
    WRONG[many, name] = no_list(most, VALID[many][name][0])


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every field in `value`, the whole before its parts."""
    own = [path] if path and isinstance(path[-1], str) else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return own + [leaf for key, item in items for leaf in leaves(item, (*path, key))]


def field_of(model: type[RequestPart], path: tuple[Any, ...]) -> FieldInfo:
    """The field that a path leads to."""
    name, *rest = path
    field = model.model_fields[name]
    within = tuple(key for key in rest if isinstance(key, str))
    if not within:
        return field
    [part] = [kind for kind in (field.annotation, *get_args(field.annotation)) if _is_part(kind)]
    return field_of(part, within)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, RequestPart)


def may_be_none(field: FieldInfo) -> bool:
    """Whether None is a value of the field."""
    return type(None) in get_args(field.annotation)


def wrong_for(model: type[Request], path: tuple[Any, ...]) -> list[Any]:
    """What is wrong there."""
    own = WRONG.get((model, path[0])) if len(path) == 1 else None
    found = own or WRONG.get(path[-1], NO_NAME)
    return [one for one in found if one is not None or not may_be_none(field_of(model, path))]


EVERY_FIELD = [(model, path) for model in VALID for path in leaves(VALID[model]) if path != ("wait_for", "funding")]
FIELDS = pytest.mark.parametrize(("model", "path"), EVERY_FIELD)
REQUIRED = pytest.mark.parametrize(
    ("model", "path"), [(model, path) for model, path in EVERY_FIELD if field_of(model, path).is_required()]
)
MODELS = pytest.mark.parametrize("model", VALID, ids=lambda model: model.__name__)


def changed(model: type[Request], path: tuple[Any, ...], value: Any, *, drop: bool = False) -> dict[str, Any]:
    """A valid request with another value at `path`, or with nothing there."""
    fields = deepcopy(VALID[model])
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
        if isinstance(thing, type) and issubclass(thing, Request) and not thing.__subclasses__()
    }
    assert found == set(VALID)


@MODELS
def test_an_example_is_accepted_with_and_without_what_is_optional(model: type[Request]) -> None:
    assert model.parse(VALID[model]) == model.parse(deepcopy(VALID[model]))
    model.parse({name: value for name, value in VALID[model].items() if model.model_fields[name].is_required()})


@FIELDS
def test_a_wrong_value_is_refused_by_the_name_of_its_field(model: type[Request], path: tuple[Any, ...]) -> None:
    name = ".".join(map(str, path))
    for wrong in wrong_for(model, path):
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
    large = refused(model, VALID[model] | {"title": "x" * model.max_bytes})
    assert (large.code, large.figures) == ("INPUT_TOO_LARGE", {"limit_bytes": model.max_bytes})
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
        rejection = refused(model, changed(model, path, [[secret]]))
        assert secret not in str(rejection.as_data())
        assert secret not in str(rejection)


def test_the_limits_themselves_are_accepted() -> None:
    largest = VALID[funding.RegisterAppropriation] | {"amount_oere": 10**15, "budget_year": 2199}
    funding.RegisterAppropriation.parse(largest)
    funding.OpenPool.parse(VALID[funding.OpenPool] | {"draws": [DRAW] * MAX_DRAWS, "title": "x" * 500})
    for age_years in (0, 120):
        trials.EnrolCitizen.parse(VALID[trials.EnrolCitizen] | {"age_years": age_years})
    trials.OpenTrial.parse(VALID[trials.OpenTrial] | {"arms": ["comparison", *"abcde"]})
    trials.RecordAssessment.parse(VALID[trials.RecordAssessment] | {"score": "-999999.999999"})
