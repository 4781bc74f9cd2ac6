"""Simulated applications: every grant's own, and those of simulated applicants who are refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from random import Random
from typing import Any

from services.demo.programme import Programme
from services.demo.rows import Call, Grant
from services.demo.script.funds import CRITERIA, draws, moment
from services.demo.script.office import DECIDER, Agenda, Step, act
from shared.kernel.money import oere, split

ASSESSORS = ("Simuleret vurderer 1", "Simuleret vurderer 2")
POSTS = (("loen", 3), ("drift", 1))
"""The posts of a grant without earmarks, and how its money is shared between them: simulated."""
OWN_PERCENT = 5
"""What applicants pay themselves, for leading the project, beside each year's grant: simulated."""
DESCRIPTION = "Simuleret ansøgning: hvad kommunen søgte om, er ikke offentliggjort."
REASON = "Simuleret begrundelse: ansøgningen er blandt dem med flest point."
NOT_REAL = "Simuleret tilsagn: det findes ikke, og kommunen har intet med det at gøre."
"""The reason that a grant is awarded for which is simulated altogether."""
GRANTED, REFUSED = range(65, 96), range(25, 56)
"""The points that applications may be given: those that are granted rank above the others."""


def applications(programme: Programme) -> Agenda:
    """Saved, sent, assessed by two persons and decided."""
    for grant in programme.grants:
        call = programme.call(grant.call)
        yield from _sent(programme, call, grant.id, grant.municipality, budget(grant), GRANTED)
        yield act(grant.awarded_on, "award_grant", on_behalf_of=DECIDER, **_award(grant, call))
    for applicant in programme.applicants:
        call = programme.call(applicant.call)
        application_id = f"{call.id}-{applicant.municipality}"
        years = range(call.period.start.year, call.period.end.year + 1)
        amounts = dict(zip(years, split(oere(applicant.amount_dkk), [1] * len(years)), strict=True))
        lines = [line for year, amount in amounts.items() for line in _lines(year, amount)]
        yield from _sent(programme, call, application_id, applicant.municipality, lines, REFUSED)
        reason = "Simuleret afslag: andre ansøgninger fik flere point."
        refusal = {"application_id": application_id, "reason": reason}
        yield act(call.decision_on, "refuse_application", on_behalf_of=DECIDER, **refusal)


def _award(grant: Grant, call: Call) -> dict[str, Any]:
    """The whole of what was applied for, with the application's budget."""
    earmarks = [{"earmark": one.name, "title": one.name, "amount_oere": oere(one.amount_dkk)} for one in grant.earmarks]
    return {
        "grant_id": grant.id,
        "pool_id": call.pool,
        "municipality": grant.municipality,
        "application_id": grant.id,
        "reason": NOT_REAL if grant.status == "simulated" else REASON,
        "draws": draws(grant.amounts),
        "earmarks": earmarks,
        "period_from": grant.period.start.isoformat(),
        "period_to": grant.period.end.isoformat(),
    }


def budget(grant: Grant) -> list[dict[str, Any]]:
    """What the grant pays for: its earmarks, or the usual posts, shared over its years as its money is."""
    years = [part.year for part in grant.amounts]
    amounts = [oere(part.amount_dkk) for part in grant.amounts]
    if not grant.earmarks:
        return [line for year, amount in zip(years, amounts, strict=True) for line in _lines(year, amount)]
    lines = []
    for place, earmark in enumerate(grant.earmarks):
        last = place == len(grant.earmarks) - 1
        shares = amounts if last else split(oere(earmark.amount_dkk), amounts)
        amounts = [amount - share for amount, share in zip(amounts, shares, strict=True)]
        lines += [_line(earmark.name, *one) | {"earmark": earmark.name} for one in zip(years, shares, strict=True)]
    return lines


def _lines(year: int, amount_oere: int) -> list[dict[str, Any]]:
    shares = split(amount_oere, [weight for _, weight in POSTS])
    return [_line(post, year, share) for (post, _), share in zip(POSTS, shares, strict=True)]


def _line(post: str, year: int, amount_oere: int) -> dict[str, Any]:
    return {"post": post, "project_year": year, "amount_oere": amount_oere}


def _sent(
    programme: Programme,
    call: Call,
    application_id: str,
    municipality: str,
    lines: Sequence[dict[str, Any]],
    points: range,
) -> Agenda:
    own = [_line("ledelse", year, _own(lines, year)) for year in sorted({line["project_year"] for line in lines})]
    draft = {
        "application_id": application_id,
        "call_id": call.id,
        "municipality": municipality,
        "title": f"{programme.initiative_of(call.pool).name_da} (simuleret ansøgning)",
        "description": DESCRIPTION,
        "expenses": [_line(line["post"], line["project_year"], line["amount_oere"]) for line in (*lines, *own)],
        "financing": [{**line, "source": "grant"} for line in lines] + [{**line, "source": "egen"} for line in own],
    }
    deadline = call.deadline.date()
    yield _at(deadline - timedelta(days=20), "save_application", **draft)
    yield _at(deadline - timedelta(days=1), "submit_application", application_id=application_id)
    chance = Random(f"{programme.programme.seed}/{application_id}")
    for place, assessor in enumerate(ASSESSORS):
        scores = [{"criterion": name, "points": chance.choice(points)} for name, _, _ in CRITERIA]
        assessment = {"application_id": application_id, "scores": scores, "comment": "Simuleret vurdering."}
        day = deadline + timedelta(days=7 + place)
        yield _at(day, "assess_application", on_behalf_of=assessor, **assessment)


def _own(lines: Sequence[dict[str, Any]], year: int) -> int:
    amounts: list[int] = [line["amount_oere"] for line in lines if line["project_year"] == year]
    return sum(amounts) * OWN_PERCENT // 100


def _at(day: date, method: str, **fields: Any) -> tuple[date, Step]:
    return act(day, method, **fields, at=moment(day, time(10)))
