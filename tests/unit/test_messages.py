"""What every command and query has in common."""

from __future__ import annotations

import json
import uuid
from typing import Any, ClassVar

import pytest

from services.funding.commands import RegisterAppropriation, TrialBalance
from services.settings import from_environment
from services.trials.commands import EnrolCitizen
from shared.kernel.messages import MAX_INPUT_BYTES, Command, Query, Request
from shared.kernel.rejection import Rejected

APPROPRIATION = {
    "command_id": "11111111-1111-4111-8111-111111111111",
    "account": "15.26.04.10",
    "budget_year": 2018,
    "amount_oere": 100,
    "act": "Finanslov 2018",
    "effective_on": "2018-01-01",
}


@pytest.mark.parametrize("day", ["1735689600", 1735689600, "2018-1-1", "2018-01-01T00:00:00", "١٢٣٤-01-01", ""])
def test_a_day_is_written_as_a_day(day: object) -> None:
    with pytest.raises(Rejected) as refused:
        RegisterAppropriation.parse(APPROPRIATION | {"effective_on": day})
    assert [field["field"] for field in refused.value.fields] == ["effective_on"]


@pytest.mark.parametrize("text", [" ", "\u0085", "a\u202eb", "\u2028", "a\u0000"])
def test_a_text_is_one_that_a_person_can_read(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        RegisterAppropriation.parse(APPROPRIATION | {"act": text})
    assert [field["field"] for field in refused.value.fields] == ["act"]


def test_the_name_of_an_unknown_field_is_cut_short_and_its_numbers_are_hidden() -> None:
    with pytest.raises(Rejected) as refused:
        RegisterAppropriation.parse(APPROPRIATION | {"cpr 0101011234": 1, "x" * 10_000: 1})
    assert [field["field"] for field in refused.value.fields] == ["cpr [number]", "x" * 64]
    assert "0101011234" not in refused.value.message


def test_the_age_of_a_citizen_cannot_be_found_from_the_commands_hash() -> None:
    fields = {
        "command_id": str(uuid.uuid4()), "trial_id": "t", "citizen": str(uuid.uuid4()), "arm": "comparison",
        "municipality": "0101", "consent_given": True, "effective_on": "2018-01-01",
    }  # fmt: skip
    hashes = {EnrolCitizen.parse(fields | {"age_years": age}).content_hash() for age in (20, 30)}
    assert len(hashes) == 1


def test_whole_seconds_of_waiting_are_seconds_too() -> None:
    assert TrialBalance.parse({"wait_seconds": 2}).wait_seconds == 2


def test_numbers_in_the_environment_are_read_as_numbers() -> None:
    assert from_environment({"VIRKSOM_HTTP_PORT": "9000"}).http_port == 9000


class Small(Query):
    """A query like most."""

    text: str


class Batch(Command):
    """A command of many lines."""

    max_bytes: ClassVar[int] = 4 * 2**20

    text: str


@pytest.mark.parametrize(
    ("kind", "fields", "limit"),
    [(Small, {}, MAX_INPUT_BYTES), (Batch, {"command_id": APPROPRIATION["command_id"]}, 4 * 2**20)],
)
def test_a_kind_of_request_says_itself_how_large_it_may_be(
    kind: type[Request], fields: dict[str, Any], limit: int
) -> None:
    padding = "x" * (limit - len(json.dumps(fields | {"text": ""})))
    kind.parse(fields | {"text": padding})
    with pytest.raises(Rejected) as refused:
        kind.parse(fields | {"text": padding + "x"})
    assert (refused.value.code, refused.value.figures) == ("INPUT_TOO_LARGE", {"limit_bytes": limit})
    assert str(limit) in refused.value.message
