"""The rows of the demo's programme file that are about money, and what all its rows have in common."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, NaiveDatetime, StringConstraints, model_validator

from shared.kernel.messages import (
    BudgetYear,
    Day,
    FinanceActAccount,
    Identifier,
    MunicipalityCode,
    RequestPart,
    Text,
)

Status = Literal[
    "official", "published", "derived", "assumed", "placeholder", "illustrative", "simulated", "background"
]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
Kroner = Annotated[int, Field(gt=0, le=10**13)]


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
    """A pool, and what it draws when it opens."""

    id: Identifier
    initiative: Identifier
    title: Text
    opens: Day
    opens_status: Status
    draws: Amounts
    split_status: Status


class Call(Sourced):
    """A call for applications to a pool; `status` is the frame's, `deadline` is Danish time, and `extends` what the
    pool then draws more."""

    id: Identifier
    pool: Identifier
    title: Text
    opens: Day
    opens_status: Status
    deadline: NaiveDatetime
    deadline_status: Status
    decision_on: Day
    period: Period
    period_status: Status
    frame_dkk: Kroner
    extends: tuple[Amount, ...] = ()


class Earmark(RequestPart):
    """A part of a grant that is for one purpose."""

    name: Text
    amount_dkk: Kroner


class Grant(Sourced):
    """A grant to a municipality, by account and year."""

    id: Identifier
    call: Identifier
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


class Applicant(Sourced):
    """A simulated applicant to a call, who is refused."""

    call: Identifier
    municipality: MunicipalityCode
    amount_dkk: Kroner


Kind = Literal[
    "never_accepted",
    "never_started",
    "payment_returned",
    "late_accounts",
    "budget_changed",
    "prolonged",
    "carried_over",
    "carry_over_refused",
    "repaid",
    "handed_over",
    "waived",
]
_PARTS: dict[Kind, set[str]] = {
    "never_accepted": set(),
    "never_started": set(),
    "payment_returned": {"year"},
    "late_accounts": {"year"},
    "prolonged": {"year", "amount_dkk", "until"},
}
"""What a deviation says besides its grant; those not named here have a year and an amount."""


class Deviation(Sourced):
    """What happens to a grant out of the ordinary (simulated; the file says what each kind means)."""

    grant: Identifier
    kind: Kind
    year: BudgetYear = 0
    amount_dkk: Kroner = 0
    until: Day | None = None

    @model_validator(mode="after")
    def _has_its_parts(self) -> Self:
        if self.model_fields_set & {"year", "amount_dkk", "until"} != _PARTS.get(self.kind, {"year", "amount_dkk"}):
            raise ValueError("year, amount_dkk and until must be those of its kind")
        return self

    @property
    def unspent_dkk(self) -> int:
        """What of the year's budget is not spent."""
        return self.amount_dkk if self.kind not in ("budget_changed", "prolonged") else 0
