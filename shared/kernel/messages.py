"""Commands and events: the two kinds of message, and how outside data becomes one.

A command comes from outside and is read strictly: an unknown field, a wrong type or a value out of range is refused
with the field's name. An event comes from a log and is read tolerantly: a reader ignores fields it does not know,
so that a producer may add one.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    ValidationError,
)

from shared.kernel.municipalities import municipality_code
from shared.kernel.rejection import Rejected

MAX_INPUT_BYTES = 256 * 1024
"""A command or query larger than this is refused unread, unless its kind says otherwise."""

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_ISO_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})\Z")
_LONG_NUMBER = re.compile(r"[0-9]{6,}|[0-9]{6}-[0-9]{4}")
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


def _within_calendar(value: date) -> date:
    if not EARLIEST <= value <= LATEST:
        raise ValueError("date out of range")
    return value


def _iso_day(value: object) -> object:
    # pydantic would read "1735689600" and 1735689600 as a day too.
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DAY.match(value)):
        return value
    raise ValueError("not a day like 2017-05-09")


def _iso_moment(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _ISO_MOMENT.match(value)):
        return value
    raise ValueError("not a moment like 2018-03-02T12:00:00+01:00")


def _moment_within_calendar(value: datetime) -> datetime:
    _within_calendar(value.date())
    return value


def _printable(value: str) -> str:
    if not value.strip():
        raise ValueError("blank")
    return _visible(value)


def _visible(value: str) -> str:
    # Control and format characters: they hide or turn round what a person reads.
    if any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in value):
        raise ValueError("control character")
    return value


def visible_lines(value: str) -> str:
    """The text itself, which may be empty and have line breaks and tabs. Raises ValueError for a character that hides
    something, NUL among them: PostgreSQL cannot keep it."""
    for line in re.split(r"[\n\r\t]", value):
        _visible(line)
    return value


Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""A client-made name that is part of a stream's name: lower case, at most 64 characters."""
Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_printable)]
FinanceActAccount = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}(\.[0-9]{2}){3}$")]
"""An account of the finance act (finanslovskonto), `15.26.04.10` for § 15.26.04.10."""
MunicipalityCode = Annotated[str, AfterValidator(municipality_code)]
Oere = Annotated[int, Field(gt=0, le=10**15)]
"""A positive amount of money in øre; 10^15 øre is ten thousand billion kroner, beyond any budget."""
BudgetYear = Annotated[int, Field(ge=1990, le=2199)]
Day = Annotated[date, Strict(False), BeforeValidator(_iso_day), AfterValidator(_within_calendar)]
Moment = Annotated[AwareDatetime, Strict(False), BeforeValidator(_iso_moment), AfterValidator(_moment_within_calendar)]
"""A point in time to the second, with its offset from UTC: a deadline is a day *and an hour*."""


class Value(BaseModel):
    """An immutable value; a part of an event or a state. Reading one, fields it does not know are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class RequestPart(Value):
    """A part of what a caller sends: unknown fields are refused, and nothing is converted to fit."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Request(RequestPart):
    """What a caller sends: a command or a query."""

    max_bytes: ClassVar[int] = MAX_INPUT_BYTES
    """A larger one is refused unread; a command that carries many lines may say more."""

    @classmethod
    def parse(cls, fields: dict[str, Any]) -> Self:
        """The request that these JSON values spell, read strictly.

        Raises Rejected: INPUT_TOO_LARGE, INPUT_TOO_DEEP, or INPUT_INVALID with one entry per wrong field.
        """
        try:
            text = json.dumps(fields)
        except RecursionError:
            raise Rejected("INPUT_TOO_DEEP", "The input is nested too deeply to be read.") from None
        except (TypeError, ValueError):
            raise Rejected("INPUT_INVALID", "The input holds something that is not JSON.") from None
        if len(text) > cls.max_bytes:
            raise Rejected("INPUT_TOO_LARGE", f"Send at most {cls.max_bytes} bytes.", limit_bytes=cls.max_bytes)
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise invalid_input(error) from None


class Command(Request):
    """A wish to change something, with an id that its sender made.

    Sent again with the same `command_id` it has one effect and the same answer, so a caller who got no answer
    sends it again unchanged. `on_behalf_of` is the caller's own word for whom it acts; it is recorded as a claim
    beside the caller that the broker authenticated.
    """

    not_hashed: ClassVar[frozenset[str]] = frozenset()
    """Fields left out of the hash: a personal one with few values could be found from it by trying them all."""

    command_id: Uuid
    on_behalf_of: Text | None = None
    correlation_id: Uuid | None = None

    def content_hash(self) -> str:
        """SHA-256 over the command's kind and content: what "the same command" means."""
        text = type(self).__name__ + self.model_dump_json(exclude={"correlation_id", *self.not_hashed})
        return hashlib.sha256(text.encode()).hexdigest()


class Query(Request):
    """A question. `wait_for` asks to be answered from a view that has reached these positions, by source service
    (`{"funding": 41}`), and waits at most `wait_seconds` for it."""

    wait_for: Annotated[dict[Identifier, Annotated[int, Field(ge=0, le=2**53)]], Field(max_length=10)] = {}
    wait_seconds: Annotated[float, Field(ge=0, le=10)] = 2.0


class Event(BaseModel):
    """A fact. Its subclass names its wire type, the stream it belongs to and its schema version:

    `class GrantAwarded(Event, type="funding.grant_awarded", stream="grant-{grant_id}")`
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    event_type: ClassVar[str]
    schema_version: ClassVar[int]
    stream_pattern: ClassVar[str]

    def __init_subclass__(cls, *, type: str, stream: str, schema_version: int = 1) -> None:
        super().__init_subclass__()
        cls.event_type, cls.stream_pattern, cls.schema_version = type, stream, schema_version

    @property
    def stream_id(self) -> str:
        """The stream this event belongs to, from its own fields."""
        return self.stream_pattern.format_map(self.__dict__)


def invalid_input(error: ValidationError) -> Rejected:
    """The rejection for input that a model refused: each field by its dotted path with the rule it broke."""
    fields = [
        {"field": _path(item["loc"]), "rule": item["type"], "message": item["msg"]}
        for item in error.errors(include_url=False, include_context=False, include_input=False)[:20]
    ]
    names = ", ".join(field["field"] for field in fields)
    return Rejected("INPUT_INVALID", f"The input was refused; look at: {names}.", fields)


def _path(parts: tuple[int | str, ...]) -> str:
    # An unknown field is named by its sender: it may be endless, or a CPR number.
    return ".".join(_LONG_NUMBER.sub("[number]", str(part))[:64] for part in parts) or "(input)"
