"""The tables behind the cases' inputs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, Integer, MetaData, Table, Text, bindparam, select

CaseKey = tuple[str, str]
"""(initiative, municipality)."""

metadata = MetaData()

som_case = Table(
    "som_case",
    metadata,
    Column("initiative", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("stream_id", Text, nullable=False),
    Column("decision_date", Date, nullable=False),
    Column("adjustment", Text),
)
"""The cases: one per initiative and municipality with an award; decided on the day of the first. `adjustment` is the
last `CaseAdjusted`, as JSON."""

som_grant = Table(
    "som_grant",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("pool_id", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("application_id", Text),
)
"""Whose a grant is, and from which pool: not every event of a grant says so."""

som_pool = Table(
    "som_pool",
    metadata,
    Column("pool_id", Text, primary_key=True),
    Column("initiative", Text, nullable=False),
    Column("track", Text, nullable=False),
)
"""What a pool is for."""

som_call = Table(
    "som_call",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("pool_id", Text, nullable=False),
    Column("decision_on", Date, nullable=False),
)
"""Which pool a call is to, and when its applications are decided."""

som_application = Table(
    "som_application",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("lines", Text, nullable=False),
)
"""Applications; `open`: sent and not decided. `lines`: how they are to be paid for, the grant and the applicant's own,
as JSON: [post, year, source, øre], by the last draft."""

som_money = Table(
    "som_money",
    metadata,
    Column("initiative", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("financing", Text, primary_key=True),
    Column("post", Text, primary_key=True),
    Column("project_year", Integer, primary_key=True, autoincrement=False),
    Column("budget_year", Integer, primary_key=True, autoincrement=False),
    Column("budgeted_oere", BigInteger, nullable=False, server_default="0"),
    Column("paid_oere", BigInteger, nullable=False, server_default="0"),
)
"""A case's money by what finances it (`grant`, or a source of the application), post, the year it is spent in and the
budget year that a grant's is from: promised and not paid, and paid out. What lapsed or came back is in neither."""

som_case_year = Table(
    "som_case_year",
    metadata,
    Column("initiative", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("starters", Integer, nullable=False, server_default="0"),
    Column("withdrawn", Integer, nullable=False, server_default="0"),
    Column("completers", Integer, nullable=False, server_default="0"),
)
"""Those who started, withdrew and completed in a calendar year, in other arms than the comparison."""

som_trial_arm = Table(
    "som_trial_arm",
    metadata,
    Column("trial_id", Text, primary_key=True),
    Column("initiative", Text, primary_key=True),
    Column("arm", Text, primary_key=True),
    Column("successes", Integer, nullable=False, server_default="0"),
    Column("assessed", Integer, nullable=False, server_default="0"),
)

som_behind = Table(
    "som_behind",
    metadata,
    Column("initiative", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("input", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("events", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
)
"""The events behind an input of a case; municipality '' where they are behind every case of the initiative."""

som_book = Table(
    "som_book",
    metadata,
    Column("pricebook", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("publication", BigInteger, nullable=False, unique=True),
    Column("position", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("version_label", Text, nullable=False),
    Column("price_level_year", Integer, nullable=False),
    Column("effective_on", Date, nullable=False),
)
"""The versions of the knowledge bases; `publication` counts publications, the highest is in force. What is in them is
read from the log, which keeps every version."""

som_waiting = Table(
    "som_waiting",
    metadata,
    Column("initiative", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("mark", BigInteger, nullable=False),
    Column("publication", BigInteger, nullable=False),
    Column("cause_id", Text, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
)
"""The cases that wait to be computed anew: because of which event, how often that was said (`mark`), and with which
publication of the knowledge base, 0 where it is for another reason."""

som_recalculation = Table(
    "som_recalculation",
    metadata,
    Column("publication", BigInteger, primary_key=True, autoincrement=False),
    Column("total", Integer, nullable=False),
    Column("since", Text, nullable=False),
    Column("finished", Text),
)
"""How many cases a publication is to be computed anew for, and since when."""

som_scenario = Table(
    "som_scenario",
    metadata,
    Column("scenario_id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("municipality", Text),
    Column("made_by", Text, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("signed_by", Text),
    Column("reviews", Integer, nullable=False, server_default="0"),
    Column("shared_on", Date),
)
"""The list of scenarios; what is in them is read from their streams."""

_ALL = select(som_case.c.initiative, som_case.c.municipality)
_OF_INITIATIVES = _ALL.where(som_case.c.initiative.in_(bindparam("initiatives", expanding=True)))


def all_cases(connection: Connection) -> set[CaseKey]:
    """Every case there is."""
    return {(row.initiative, row.municipality) for row in connection.execute(_ALL)}


def cases_of(connection: Connection, initiatives: Iterable[str]) -> set[CaseKey]:
    """The cases of these initiatives."""
    rows = connection.execute(_OF_INITIATIVES, {"initiatives": sorted(set(initiatives))})
    return {(row.initiative, row.municipality) for row in rows}
