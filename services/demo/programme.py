"""The demo's programme file: what it may hold, and how it is read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from shared.kernel.messages import (
    BudgetYear,
    Day,
    FinanceActAccount,
    Identifier,
    MunicipalityCode,
    RequestPart,
    Text,
    invalid_input,
)
from shared.kernel.rejection import Rejected

MAX_BYTES = 1_000_000
"""A larger file is refused unread."""
INTERVENTION_COST = "Indsatsomkostning"
"""The area of prices that are costs of giving an intervention; they are no consequences and are not published."""

SCALES = {"WHO-5": (0, 100, 4), "SDQ": (0, 40, 1)}
"""Of each instrument the lowest and highest score, and the step between two."""

Status = Literal[
    "official", "published", "derived", "assumed", "placeholder", "illustrative", "simulated", "background"
]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
Kroner = Annotated[int, Field(gt=0, le=10**13)]
Share = Annotated[Decimal, Field(ge=0, le=1)]


class Sourced(RequestPart):
    """A row with a figure: how well founded it is, and where it is from."""

    status: Status
    source: Prose
    note: Prose | None = None


class Cited(RequestPart):
    """A row of the knowledge base: the same, with an address as its source."""

    status: Status
    source_url: Text
    note: Prose | None = None


class Period(RequestPart):
    """From a day to a day, both included."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("end must not be before start")
        return self


class Frame(Period):
    """The programme itself: its years, and the seed that its citizens are simulated from."""

    name: Text
    seed: Annotated[int, Field(ge=0, le=2**53)]
    source: Prose
    disclaimer: Prose


class Account(Sourced):
    """An account of the finance act."""

    id: FinanceActAccount
    title: Text
    frame: Literal["adults", "children"]


class Amount(RequestPart):
    """An amount on an account in a year."""

    account: FinanceActAccount
    year: BudgetYear
    amount_dkk: Kroner


class Appropriation(Amount, Sourced):
    """What was voted on an account for a year."""


class Initiative(RequestPart):
    """One of the programme's initiatives."""

    id: Identifier
    name_da: Text
    name_en: Text
    track: Literal["development", "dissemination", "data"]
    frame: Literal["adults", "children"]
    target_da: Prose
    source: Prose


Amounts = Annotated[tuple[Amount, ...], Field(min_length=1, max_length=50)]


class Pool(Sourced):
    """A pool, with its call for applications if it had one."""

    id: Identifier
    initiative: Identifier
    title: Text
    call_opens: Day | None = None
    call_opens_status: Status | None = None
    call_deadline: datetime | None = None
    call_deadline_status: Status | None = None
    draws: Amounts
    split_status: Status


class Earmark(RequestPart):
    """A part of a grant that is for one purpose."""

    name: Text
    amount_dkk: Kroner


class Grant(Sourced):
    """A grant to a municipality, by account and year."""

    id: Identifier
    pool: Identifier
    municipality: MunicipalityCode
    amount_dkk: Kroner
    amounts: Amounts
    split_status: Status
    awarded_on: Day
    period: Period
    earmarks: tuple[Earmark, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(part.amount_dkk for part in self.amounts) != self.amount_dkk:
            raise ValueError("amounts must add up to amount_dkk")
        return self


class Eligibility(RequestPart):
    """Whom a trial is for, in whole years."""

    age_min: Annotated[int, Field(ge=0, le=120)]
    age_max: Annotated[int, Field(ge=0, le=120)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.age_max < self.age_min:
            raise ValueError("age_max must not be below age_min")
        return self


class SuccessMeasure(RequestPart):
    """When a participant is a success: a score on an instrument, `wave` months after enrolment."""

    instrument: Literal["WHO-5", "SDQ"]
    direction: Literal["higher", "lower"]
    threshold: Annotated[int, Field(ge=1, le=99)]
    wave: Annotated[int, Field(ge=1, le=60)]
    label_da: Text

    @model_validator(mode="after")
    def _within_scale(self) -> Self:
        lowest, highest, _ = SCALES[self.instrument]
        if not lowest < self.threshold < highest:
            raise ValueError("threshold must lie inside the instrument's scale")
        return self


class Arms(RequestPart):
    """A share for each arm."""

    intervention: Share
    comparison: Share


class Trial(Sourced):
    """A trial, and the parameters that its citizens are simulated with."""

    id: Identifier
    initiative: Identifier
    title_da: Text
    arms: tuple[Literal["intervention"], Literal["comparison"]]
    design: Literal["rct", "quasi"]
    sites: Annotated[tuple[MunicipalityCode, ...], Field(min_length=1, max_length=98)]
    eligibility: Eligibility
    success_measure: SuccessMeasure
    participants_per_site_per_year: Annotated[int, Field(ge=1, le=10_000)]
    enrols_from: Day
    enrols_to: Day
    true_success: Arms
    completion_rate: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.enrols_to < self.enrols_from:
            raise ValueError("enrols_to must not be before enrols_from")
        return self


class Evidence(Cited):
    """What is known of an initiative's effect before its trials have spoken."""

    initiative: Identifier
    intervention: Text
    net_success_rate: Annotated[Decimal, Field(ge=-1, le=1)]
    evidence_level: Annotated[int, Field(ge=1, le=3)]
    year: BudgetYear


class Price(Cited):
    """What a unit of a service costs, and who pays."""

    id: Identifier
    service_da: Text
    area_da: Text
    unit: Text
    amount_dkk: Annotated[Decimal, Field(ge=0, le=10**9)]
    price_year: BudgetYear
    kommune: Share
    region: Share
    stat: Share


class Consequence(Cited):
    """How the use of a service changes for each success, year by year."""

    initiative: Identifier
    price: Identifier
    change_per_success: Annotated[tuple[Decimal, ...], Field(min_length=1, max_length=41)]


class Index(Cited):
    """A year of an index series."""

    series: Text
    year: BudgetYear
    value: Annotated[Decimal, Field(gt=0, le=10**6)]


class DiscountRate(Cited):
    """A rate for a range of years ahead; 9999 means for ever."""

    decided_from: Day
    from_year: Annotated[int, Field(ge=0, le=9999)]
    to_year: Annotated[int, Field(ge=0, le=9999)]
    rate: Share


class Programme(RequestPart):
    """The whole file."""

    programme: Frame
    accounts: tuple[Account, ...]
    appropriations: Annotated[tuple[Appropriation, ...], Field(min_length=1)]
    initiatives: tuple[Initiative, ...]
    pools: tuple[Pool, ...]
    grants: tuple[Grant, ...]
    trials: tuple[Trial, ...]
    evidence: tuple[Evidence, ...]
    prices: tuple[Price, ...]
    consequences: tuple[Consequence, ...]
    indices: Annotated[tuple[Index, ...], Field(min_length=1)]
    discount_rates: Annotated[tuple[DiscountRate, ...], Field(min_length=1)]

    def initiative_of(self, pool_id: str) -> Initiative:
        """The initiative that a pool is for."""
        wanted = next(pool.initiative for pool in self.pools if pool.id == pool_id)
        return next(initiative for initiative in self.initiatives if initiative.id == wanted)


def load(path: Path) -> Programme:
    """Read the file.

    Raises Rejected CONFIG_INVALID, naming the path of each field that is wrong (`grants.3.amount_dkk`).
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise _refused(path, f"it is larger than {MAX_BYTES} bytes")
        return parse(tomllib.loads(content.decode()), path)
    except OSError as error:
        raise _refused(path, error.strerror or type(error).__name__) from None
    except UnicodeDecodeError:
        raise _refused(path, "it is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _refused(path, str(error)) from None
    except RecursionError:
        raise _refused(path, "it is nested too deeply") from None


def parse(content: dict[str, Any], path: Path) -> Programme:
    """The programme that the file's values spell, read strictly. Raises as `load` does."""
    try:
        found = Programme.model_validate_json(json.dumps(content, default=_day_as_text))
    except ValidationError as error:
        raise _wrong(path, invalid_input(error).fields) from None
    wrong = [*_doubles(found), *_dangling(found)]
    if wrong:
        raise _wrong(path, wrong)
    return found


def _day_as_text(value: Any) -> str:
    # TOML's dates and times; nothing else it has is unknown to JSON.
    return str(value.isoformat())


def _refused(path: Path, why: str) -> Rejected:
    return Rejected("CONFIG_INVALID", f"{path.name} cannot be read: {why}.")


def _wrong(path: Path, fields: Sequence[dict[str, str]]) -> Rejected:
    names = ", ".join(field["field"] for field in fields)
    return Rejected("CONFIG_INVALID", f"{path.name} is not right; look at: {names}.", fields)


def _doubles(found: Programme) -> Iterator[dict[str, str]]:
    """Ids that are used twice."""
    tables = ("accounts", "initiatives", "pools", "grants", "trials", "prices")
    for table in tables:
        seen: set[str] = set()
        for place, row in enumerate(getattr(found, table)):
            if row.id in seen:
                yield _field(f"{table}.{place}.id", "unique", "this id is used before")
            seen.add(row.id)


def _dangling(found: Programme) -> Iterator[dict[str, str]]:
    """References to what the file does not hold."""
    initiatives, pools = _ids(found.initiatives), _ids(found.pools)
    yield from _missing("appropriations", "account", found.appropriations, _ids(found.accounts))
    yield from _missing("pools", "initiative", found.pools, initiatives)
    yield from _missing("grants", "pool", found.grants, pools)
    yield from _missing("trials", "initiative", found.trials, initiatives)
    yield from _missing("evidence", "initiative", found.evidence, initiatives)
    yield from _missing("consequences", "initiative", found.consequences, initiatives)
    usable = {price.id for price in found.prices if price.area_da != INTERVENTION_COST}
    yield from _missing("consequences", "price", found.consequences, usable)


def _ids(rows: Iterable[Any]) -> set[str]:
    return {row.id for row in rows}


def _missing(table: str, name: str, rows: Sequence[Any], known: set[str]) -> Iterator[dict[str, str]]:
    for place, row in enumerate(rows):
        if getattr(row, name) not in known:
            yield _field(f"{table}.{place}.{name}", "known", "the file holds no such row")


def _field(path: str, rule: str, message: str) -> dict[str, str]:
    return {"field": path, "rule": rule, "message": message}
