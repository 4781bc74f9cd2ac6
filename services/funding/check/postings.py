"""An event and its postings, read from plain JSON, and the rules that one event can be held to by itself."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple, get_args

from services.funding.check.findings import Findings
from services.funding.events import LedgerAccount

GRANT_ACCOUNTS = frozenset(
    ("committed", "payable", "paid", "carried_over", "accounted_for", "receivable", "repaid", "waived", "lapsed")
)
OUTLAYS = GRANT_ACCOUNTS - {"committed", "payable", "lapsed"}
"""Money that has been paid out, whatever became of it since."""
ALL_ACCOUNTS = frozenset(get_args(LedgerAccount))

MOVED = {
    "appropriation_registered": ("appropriated", "amount_oere", 1),
    "appropriation_adjusted": ("appropriated", "amount_oere", 1),
    "appropriation_regulated": ("appropriated", "amount_oere", 1),
    "pool_opened": ("pooled", None, 1),
    "pool_extended": ("pooled", None, 1),
    "grant_awarded": ("committed", "amount_oere", 1),
    "grant_lapsed": ("lapsed", "amount_oere", 1),
    "grant_closed": ("lapsed", "amount_oere", 1),
    "payment_ordered": ("payable", "amount_oere", 1),
    "instalment_paid": ("paid", "amount_oere", 1),
    "payment_returned": ("payable", "amount_oere", -1),
    "bank_answer_corrected": ("paid", "paid_change_oere", 1),
    "accounts_approved": ("accounted_for", "amount_oere", 1),
    "accounts_reopened": ("accounted_for", "amount_oere", -1),
    "repayment_claimed": ("receivable", "amount_oere", 1),
    "unspent_waived": ("waived", "amount_oere", 1),
    "repayment_received": ("repaid", "amount_oere", 1),
}
"""The ledger account on which an event's postings add up to what it tells: in a field, with this sign, and, by
account-year and without a sign, in its draws."""


Line = tuple[str, str, int, int, str | None, int | None, str | None]
"""A posting: ledger account, account, budget year, øre, post, project year, earmark."""
_FIELDS = ("ledger_account", "account", "budget_year", "amount_oere", "post", "project_year", "earmark")
_line: Callable[[Any], Line] = itemgetter(*_FIELDS)
_ONCE_UNKNOWN = dict.fromkeys(_FIELDS[4:])


class Event(NamedTuple):
    """An event as the check sees it. `kind` is its type without the service's name; `data` its payload."""

    position: int
    kind: str
    schema_version: int
    data: dict[str, Any]
    lines: list[Line]


def lines_of(position: int, data: dict[str, Any], findings: Findings) -> list[Line]:
    """The postings of a payload that can be reckoned with; the others are findings."""
    postings = data.get("postings", ())
    try:
        lines = [_line(one) for one in postings]
    except KeyError:  # schema version 1
        lines = [_line(_ONCE_UNKNOWN | one) for one in postings]
    good = [line for line in lines if line[0] in ALL_ACCOUNTS and type(line[3]) is int and line[3]]
    if len(good) != len(lines):
        for number, line in enumerate(lines, 1):
            if line not in good:
                findings.add(position, "POSTING", line=number, ledger_account=line[0], amount=repr(line[3]))
    return good


def check_event(event: Event, findings: Findings) -> None:
    """Debits equal credits within each account-year, and the amount moved is the one told."""
    sums: dict[tuple[str, int], int] = {}
    for line in event.lines:
        key = (line[1], line[2])
        sums[key] = sums.get(key, 0) + line[3]
    for (account, budget_year), amount in sums.items():
        if amount:
            figures = {"account": account, "budget_year": budget_year, "difference_oere": amount}
            findings.add(event.position, "UNBALANCED", **figures)
    if event.kind in MOVED:
        _check_moved(event, findings)
    elif event.kind == "appropriation_transferred":
        to = ("appropriated", event.data["to_account"], event.data["to_budget_year"])
        _check_told(event, findings, event.data["amount_oere"], [line for line in event.lines if line[:3] == to])
    elif event.kind == "unspent_carried_over":
        debits = [line for line in event.lines if line[0] == "carried_over" and line[3] > 0]
        _check_told(event, findings, event.data["amount_oere"], debits)


def _check_moved(event: Event, findings: Findings) -> None:
    ledger_account, field, sign = MOVED[event.kind]
    lines = [line for line in event.lines if line[0] == ledger_account]
    if field is not None:
        _check_told(event, findings, sign * event.data[field], lines)
    draws = event.data.get("draws")
    if draws is None:
        return
    told: dict[tuple[str, int], int] = {}
    for draw in draws:
        key = (draw["account"], draw["budget_year"])
        told[key] = told.get(key, 0) + draw["amount_oere"]
    for key in {line[1:3] for line in lines} | told.keys():
        of = [line for line in lines if line[1:3] == key]
        _check_told(event, findings, told.get(key, 0), of, account=key[0], budget_year=key[1])


def _check_told(event: Event, findings: Findings, told_oere: int, lines: list[Line], **where: Any) -> None:
    """The lines must add up to what was told, without its sign where it is told of an account-year."""
    posted_oere = sum([line[3] for line in lines])
    if (abs(posted_oere) if where else posted_oere) != told_oere:
        findings.add(event.position, "AMOUNT", **where, told_oere=told_oere, posted_oere=posted_oere)
