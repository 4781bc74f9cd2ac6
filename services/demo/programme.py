"""The demo's programme file: what it may hold as a whole, and how it is read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from services.demo.rows import (
    Account,
    Applicant,
    Appropriation,
    Call,
    Deviation,
    Frame,
    Grant,
    Initiative,
    Pool,
)
from services.demo.trial_rows import Consequence, DiscountRate, Evidence, Index, IndexedBy, Price, Rule, Trial
from shared.kernel.messages import RequestPart, invalid_input
from shared.kernel.rejection import Rejected

MAX_BYTES = 1_000_000
"""A larger file is refused unread."""
INTERVENTION_COST = "Indsatsomkostning"
"""The area of prices that are costs of giving an intervention; they are no consequences and are not published."""


class Programme(RequestPart):
    """The whole file."""

    programme: Frame
    accounts: tuple[Account, ...]
    appropriations: Annotated[tuple[Appropriation, ...], Field(min_length=1)]
    initiatives: tuple[Initiative, ...]
    pools: tuple[Pool, ...]
    calls: tuple[Call, ...]
    grants: tuple[Grant, ...]
    applicants: tuple[Applicant, ...]
    deviations: tuple[Deviation, ...]
    trials: tuple[Trial, ...]
    evidence: tuple[Evidence, ...]
    prices: tuple[Price, ...]
    rules: tuple[Rule, ...]
    consequences: tuple[Consequence, ...]
    indices: Annotated[tuple[Index, ...], Field(min_length=1)]
    indexed_by: tuple[IndexedBy, ...]
    discount_rates: Annotated[tuple[DiscountRate, ...], Field(min_length=1)]

    def call(self, call_id: str) -> Call:
        """The call of this id."""
        return next(call for call in self.calls if call.id == call_id)

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
    tables = ("accounts", "initiatives", "pools", "calls", "grants", "trials", "prices")
    for table, name in (*((table, "id") for table in tables), ("deviations", "grant")):
        seen: set[str] = set()
        for place, row in enumerate(getattr(found, table)):
            if getattr(row, name) in seen:
                yield _field(f"{table}.{place}.{name}", "unique", "this id is used before")
            seen.add(getattr(row, name))


def _dangling(found: Programme) -> Iterator[dict[str, str]]:
    """References to what the file does not hold."""
    initiatives, calls = _ids(found.initiatives), _ids(found.calls)
    yield from _missing("appropriations", "account", found.appropriations, _ids(found.accounts))
    yield from _missing("pools", "initiative", found.pools, initiatives)
    yield from _missing("calls", "pool", found.calls, _ids(found.pools))
    yield from _missing("grants", "call", found.grants, calls)
    yield from _missing("applicants", "call", found.applicants, calls)
    yield from _missing("deviations", "grant", found.deviations, _ids(found.grants))
    yield from _missing("trials", "initiative", found.trials, initiatives)
    yield from _missing("evidence", "initiative", found.evidence, initiatives)
    known = {row.initiative for row in found.evidence}
    yield from _missing("consequences", "initiative", found.consequences, known)
    usable = {price.id for price in found.prices if price.area_da != INTERVENTION_COST}
    yield from _missing("consequences", "price", found.consequences, usable)
    rules = {rule.rule_id for rule in found.rules}
    for place, price in enumerate(found.prices):
        if price.rule is not None and price.rule.rule_id not in rules:
            yield _field(f"prices.{place}.rule.rule_id", "known", "the file holds no such row")


def _ids(rows: Iterable[Any]) -> set[str]:
    return {row.id for row in rows}


def _missing(table: str, name: str, rows: Sequence[Any], known: set[str]) -> Iterator[dict[str, str]]:
    for place, row in enumerate(rows):
        if getattr(row, name) not in known:
            yield _field(f"{table}.{place}.{name}", "known", "the file holds no such row")


def _field(path: str, rule: str, message: str) -> dict[str, str]:
    return {"field": path, "rule": rule, "message": message}
