"""Facts about one pool, its call and an application to it, for tests of the rules that meet there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.funding import events as e
from shared.kernel.messages import Event

ID = "11111111-1111-4111-8111-111111111111"
ACCOUNT = "15.26.04.10"
POOL_ID, CALL_ID, APPLICATION_ID, GRANT_ID = "aftercare", "aftercare-2018", "randers-1", "randers"
RANDERS, GENTOFTE, ODSHERRED = "0730", "0157", "0306"
OPENED_ON, PUBLISHED_ON, DECIDED_ON = date(2018, 1, 2), date(2018, 1, 10), date(2018, 4, 1)
PERIOD = (date(2018, 5, 1), date(2020, 12, 31))


def at(text: str) -> datetime:
    """A moment in Danish winter time, or with the offset that it says."""
    return datetime.fromisoformat(text if text[-1] == "Z" or "+" in text else f"{text}+01:00")


OPENS_AT, DEADLINE_AT = at("2018-01-17T09:00:00"), at("2018-03-02T12:00:00")
IN_TIME, AFTER_DEADLINE = at("2018-02-01T10:00:00"), at("2018-03-05T10:00:00")
CRITERIA = (
    e.Criterion(criterion="need", title="Need", weight=1),
    e.Criterion(criterion="method", title="Method", weight=3),
)


def draw(amount_oere: int, budget_year: int = 2018) -> e.Draw:
    """An amount of the one account."""
    return e.Draw(account=ACCOUNT, budget_year=budget_year, amount_oere=amount_oere)


def expense(amount_oere: int, post: str = "staff", project_year: int = 2018) -> e.Expense:
    """What an applicant means to spend."""
    return e.Expense(post=post, project_year=project_year, amount_oere=amount_oere)


def paid_by(amount_oere: int, source: str = "grant", post: str = "staff", project_year: int = 2018) -> e.Financing:
    """Who is to pay for it."""
    return e.Financing(post=post, project_year=project_year, source=source, amount_oere=amount_oere)


def pool_opened(*draws: e.Draw) -> e.PoolOpened:
    """The pool; without draws, 1000 øre from each of 2018 and 2019."""
    return e.PoolOpened(
        pool_id=POOL_ID,
        track="dissemination",
        initiative="aftercare",
        title="Aftercare",
        draws=draws or (draw(1000), draw(1000, 2019)),
        postings=(),
        effective_on=OPENED_ON,
    )


def call_published(**changes: Any) -> e.CallPublished:
    """A call for Randers and Gentofte with a frame of 1500 øre and two assessors."""
    fields: dict[str, Any] = {
        "call_id": CALL_ID,
        "pool_id": POOL_ID,
        "title": "Investment in aftercare, second round",
        "purpose": "To help young people leaving care.",
        "target_group": "Formerly placed young people aged 18–22",
        "applicants": (RANDERS, GENTOFTE),
        "opens_at": OPENS_AT,
        "deadline_at": DEADLINE_AT,
        "decision_on": DECIDED_ON,
        "period_from": PERIOD[0],
        "period_to": PERIOD[1],
        "frame_oere": 1500,
        "criteria": CRITERIA,
        "assessors_required": 2,
        "effective_on": PUBLISHED_ON,
    }
    return e.CallPublished(**fields | changes)


def call_extended(deadline_at: datetime) -> e.CallExtended:
    """The call's deadline put off."""
    return e.CallExtended(call_id=CALL_ID, deadline_at=deadline_at, reason="Snow", effective_on=PUBLISHED_ON)


def call_closed(deadline_at: datetime = DEADLINE_AT) -> e.CallClosed:
    """The call's deadline passed."""
    return e.CallClosed(call_id=CALL_ID, deadline_at=deadline_at, effective_on=deadline_at.date())


def saved(**changes: Any) -> e.ApplicationSaved:
    """Randers' draft: staff for 1000 øre in 2018, 600 of them applied for."""
    fields: dict[str, Any] = {
        "application_id": APPLICATION_ID,
        "call_id": CALL_ID,
        "municipality": RANDERS,
        "title": "Into adult life",
        "description": "We will.",
        "expenses": (expense(1000),),
        "financing": (paid_by(600), paid_by(400, "own")),
        "copied_from": None,
        "at": IN_TIME,
    }
    return e.ApplicationSaved(**fields | changes)


def submitted(applied_oere: int = 600, moment: datetime = IN_TIME) -> e.ApplicationSubmitted:
    """The application sent."""
    fields = {"application_id": APPLICATION_ID, "call_id": CALL_ID, "municipality": RANDERS}
    return e.ApplicationSubmitted(**fields, applied_oere=applied_oere, at=moment)


def reopened(until: datetime) -> e.ApplicationReopened:
    """The application given back to its applicant."""
    fields = {"application_id": APPLICATION_ID, "call_id": CALL_ID, "reason": "A page was missing"}
    return e.ApplicationReopened(**fields, until=until, at=AFTER_DEADLINE)


def withdrawn() -> e.ApplicationWithdrawn:
    """The application taken back."""
    fields = {"application_id": APPLICATION_ID, "call_id": CALL_ID, "reason": "No staff"}
    return e.ApplicationWithdrawn(**fields, at=IN_TIME)


def refused(decided_by: str = "Head") -> e.ApplicationRefused:
    """The application refused."""
    fields = {"application_id": APPLICATION_ID, "call_id": CALL_ID, "municipality": RANDERS}
    return e.ApplicationRefused(**fields, reason="Weak", decided_by=decided_by, effective_on=DECIDED_ON)


def application_awarded(amount_oere: int = 600, decided_by: str = "Head") -> e.ApplicationAwarded:
    """The application led to a grant."""
    fields: dict[str, Any] = {"application_id": APPLICATION_ID, "call_id": CALL_ID, "grant_id": GRANT_ID}
    fields |= {"municipality": RANDERS, "reason": "Strong", "effective_on": DECIDED_ON}
    return e.ApplicationAwarded(**fields, decided_by=decided_by, amount_oere=amount_oere)


def assessed(assessor: str, need: int = 50, method: int = 50) -> e.ApplicationAssessed:
    """Somebody's points for the application."""
    scores = (e.Score(criterion="need", points=need), e.Score(criterion="method", points=method))
    fields = {"application_id": APPLICATION_ID, "call_id": CALL_ID, "comment": "Read."}
    return e.ApplicationAssessed(**fields, assessor=assessor, scores=scores, at=AFTER_DEADLINE)


def conflict(assessor: str) -> e.ConflictDeclared:
    """Somebody is not impartial."""
    fields = {"application_id": APPLICATION_ID, "call_id": CALL_ID, "reason": "My brother works there"}
    return e.ConflictDeclared(**fields, assessor=assessor, at=AFTER_DEADLINE)


def ready_to_decide(**changes: Any) -> list[Event]:
    """A pool, a call, and an application with two assessments."""
    application = [saved(**changes), submitted(), assessed("Anna"), assessed("Bo")]
    return [pool_opened(), call_published(), *application]
