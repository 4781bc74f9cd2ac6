"""The inputs of every case, kept current from the events of funding, trials and SØM's own knowledge base.

Additions only, of negative amounts where money goes back, and no row of one source depends on one of the
other: whichever source is read first, the tables and so the cases' inputs come out the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from services.funding.events import (
    BankAnswerCorrected,
    GrantAwarded,
    GrantClosed,
    GrantLapsed,
    InstalmentPaid,
    RepaymentReceived,
)
from services.som.case import trial_success_rate
from services.som.events import CaseInputs, KnowledgePublished, SuccessRate, YearAmount, YearCount
from services.trials.events import AssessmentRecorded, ParticipantCompleted
from shared.eventstore import upsert
from shared.kernel.messages import Event
from shared.kernel.statistics import Counts

COMPARISON = "comparison"
"""The arm that others are compared with; its completers cost and gain nothing by the initiative."""

Money = GrantAwarded | GrantLapsed | GrantClosed | InstalmentPaid | BankAnswerCorrected | RepaymentReceived
"""A fact about a case's money, by account-year."""

CaseKey = tuple[str, str]
"""(initiative, municipality)."""

metadata = MetaData()

som_case = Table(
    "som_case",
    metadata,
    Column("initiative", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("decision_date", Date, nullable=False),
)
"""The cases: one per initiative and municipality with an award; decided on the day of the first."""

som_case_year = Table(
    "som_case_year",
    metadata,
    Column("initiative", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("awarded_oere", BigInteger, nullable=False, server_default="0"),
    Column("paid_oere", BigInteger, nullable=False, server_default="0"),
    Column("completers", Integer, nullable=False, server_default="0"),
)
"""Awarded and paid by budget year, less what lapsed, was never paid or came back; completers by calendar year
(a budget year is a calendar year)."""

som_trial_arm = Table(
    "som_trial_arm",
    metadata,
    Column("trial_id", Text, primary_key=True),
    Column("initiative", Text, primary_key=True),
    Column("arm", Text, primary_key=True),
    Column("successes", Integer, nullable=False, server_default="0"),
    Column("assessed", Integer, nullable=False, server_default="0"),
)

som_pricebook = Table(
    "som_pricebook",
    metadata,
    Column("pricebook", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("publication", BigInteger, nullable=False, index=True),
    Column("knowledge", Text, nullable=False),
)
"""The newest version of each knowledge base, as JSON; `publication` counts publications, the highest is in
force."""

som_evidence = Table(
    "som_evidence",
    metadata,
    Column("initiative", Text, primary_key=True),
    Column("intervention", Text, nullable=False),
    Column("net_success_rate", Text, nullable=False),
    Column("evidence_level", Integer, nullable=False),
)
"""The evidence of the knowledge base in force; the rate as decimal text, exact on every database."""


# Built once: an outcome asks all of these for every case of its initiative.
_OF_CASE: dict[str, Any] = {"initiative": bindparam("of_initiative"), "municipality": bindparam("of_municipality")}
_OF_INITIATIVE: dict[str, Any] = {"initiative": bindparam("of_initiative")}
_DECIDED = select(som_case.c.decision_date).filter_by(**_OF_CASE)
_YEARS = select(som_case_year).filter_by(**_OF_CASE).order_by(som_case_year.c.year)
_EVIDENCE = select(som_evidence).filter_by(**_OF_INITIATIVE)
_ARMS = select(som_trial_arm).filter_by(**_OF_INITIATIVE)


class Knowledge(NamedTuple):
    """The knowledge base in force and its version in its stream."""

    published: KnowledgePublished
    version: int


def apply_funding(connection: Connection, events: Iterable[Event]) -> set[CaseKey]:
    """Note awards, payments and what goes back of them, in order; returns the cases touched."""
    touched: set[CaseKey] = set()
    for event in events:
        match event:
            case GrantAwarded():
                case = {"initiative": event.initiative, "municipality": event.municipality}
                upsert.keep(connection, som_case, [{**case, "decision_date": event.effective_on}])
                _add(connection, event, awarded=1)
            case GrantLapsed() | GrantClosed():
                _add(connection, event, awarded=-1)
            case InstalmentPaid():
                _add(connection, event, paid=1)
            case BankAnswerCorrected():
                _add(connection, event, paid=1 if event.outcome == "paid" else -1)
            case RepaymentReceived():
                _add(connection, event, awarded=-1, paid=-1)
            case _:
                continue
        touched.add((event.initiative, event.municipality))
    return touched


def _add(connection: Connection, event: Money, *, awarded: int = 0, paid: int = 0) -> None:
    """Add the event's draws to what is awarded and paid of its case: once each, or -1 to take them away."""
    case = {"initiative": event.initiative, "municipality": event.municipality}
    years = [
        {
            **case,
            "year": draw.budget_year,
            "awarded_oere": awarded * draw.amount_oere,
            "paid_oere": paid * draw.amount_oere,
        }
        for draw in event.draws
    ]
    upsert.add(connection, som_case_year, years)


def apply_trials(connection: Connection, events: Iterable[Event]) -> set[CaseKey]:
    """Note completions and outcomes, in order; returns the cases touched.

    A completion touches its own case, an outcome every case of its initiative; only cases that exist are
    named, and a case opened later finds what was noted before it.
    """
    completed: set[CaseKey] = set()
    measured: set[str] = set()
    for event in events:
        match event:
            case ParticipantCompleted() if event.arm != COMPARISON:
                case = {"initiative": event.initiative, "municipality": event.municipality}
                completer = {**case, "year": event.effective_on.year, "completers": 1}
                upsert.add(connection, som_case_year, [completer])
                completed.add((event.initiative, event.municipality))
            case AssessmentRecorded() if event.success is not None:
                arm = {"trial_id": event.trial_id, "initiative": event.initiative, "arm": event.arm}
                counted = {"successes": int(event.success), "assessed": 1}
                upsert.add(connection, som_trial_arm, [arm | counted])
                measured.add(event.initiative)
    if not completed and not measured:
        return set()
    return {case for case in all_cases(connection) if case in completed or case[0] in measured}


def apply_knowledge(connection: Connection, published: KnowledgePublished, version: int) -> set[CaseKey]:
    """Put a published knowledge base in force; `version` is its version in its stream. Touches every case."""
    newest = connection.execute(select(func.max(som_pricebook.c.publication))).scalar_one_or_none() or 0
    book = {"version": version, "publication": newest + 1, "knowledge": published.model_dump_json()}
    upsert.replace(connection, som_pricebook, [{"pricebook": published.pricebook, **book}])
    connection.execute(delete(som_evidence))
    for row in published.evidence:
        columns = row.model_dump(mode="json", exclude={"source"})
        connection.execute(insert(som_evidence).values(columns))
    return all_cases(connection)


def current_knowledge(connection: Connection) -> Knowledge | None:
    """The knowledge base published last, None before the first."""
    latest = select(som_pricebook.c.knowledge, som_pricebook.c.version)
    row = connection.execute(latest.order_by(som_pricebook.c.publication.desc()).limit(1)).first()
    return None if row is None else Knowledge(_knowledge(row.knowledge), row.version)


def all_cases(connection: Connection) -> set[CaseKey]:
    """Every case there is."""
    rows = connection.execute(select(som_case.c.initiative, som_case.c.municipality))
    return {(row.initiative, row.municipality) for row in rows}


def case_inputs(connection: Connection, initiative: str, municipality: str) -> CaseInputs:
    """What the case is computed from, as of the events noted.

    The cost of a year is what is awarded for that budget year, or what was paid from it should that be
    more: an award is a commitment and is all counted from the day it is made; paying it out moves no cost.
    What lapses, is never paid or comes back is a cost no more; a case of which nothing is left has no costs.
    Without completers there are none, and the case is its cost. Raises LookupError when there is no such
    case.
    """
    case = {"of_initiative": initiative, "of_municipality": municipality}
    decided = connection.execute(_DECIDED, case).scalar_one_or_none()
    if decided is None:
        raise LookupError("there is no such case")
    rows = connection.execute(_YEARS, case).all()
    costs = [YearAmount(year=row.year, amount_oere=max(row.awarded_oere, row.paid_oere)) for row in rows]
    completers = [YearCount(year=row.year, count=row.completers) for row in rows]
    return CaseInputs(
        decision_date=decided,
        costs=tuple(cost for cost in costs if cost.amount_oere),
        completers=tuple(cohort for cohort in completers if cohort.count),
        success_rate=success_rate(connection, initiative),
    )


def success_rate(connection: Connection, initiative: str) -> SuccessRate | None:
    """The initiative's net success rate: from its trials when large enough, else the evidence's, else
    None."""
    measured = trial_success_rate(_comparisons(connection, initiative))
    row = connection.execute(_EVIDENCE, {"of_initiative": initiative}).first()
    if measured is not None or row is None:
        return measured
    return SuccessRate(
        origin="evidence",
        name=row.intervention,
        rate=Decimal(row.net_success_rate),
        low=None,
        high=None,
        evidence_level=row.evidence_level,
    )


def _comparisons(connection: Connection, initiative: str) -> dict[str, tuple[Counts, Counts]]:
    """Per trial of the initiative: (successes, assessed) of the intervention arms together, and of the
    comparison."""
    counts: dict[str, tuple[Counts, Counts]] = {}
    for row in connection.execute(_ARMS, {"of_initiative": initiative}):
        arm, other = counts.get(row.trial_id, ((0, 0), (0, 0)))
        if row.arm == COMPARISON:
            other = (other[0] + row.successes, other[1] + row.assessed)
        else:
            arm = (arm[0] + row.successes, arm[1] + row.assessed)
        counts[row.trial_id] = (arm, other)
    return counts


@lru_cache(maxsize=4)
def _knowledge(text: str) -> KnowledgePublished:
    return KnowledgePublished.model_validate_json(text)
