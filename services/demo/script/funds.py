"""What is voted, put in pools and called for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.demo.programme import Programme
from services.demo.rows import Amount
from services.demo.script.office import Agenda, act
from shared.kernel.money import oere

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
CRITERIA = (("behov", "Målgruppe og behov", 2), ("plan", "Plan og metode", 2), ("oekonomi", "Budget og forankring", 1))
"""What applications are assessed by, and its weight: assumed, and called so."""


def appropriations(programme: Programme) -> Agenda:
    """All at the start: the agreement was for four years, and a pool draws on years to come."""
    for row in programme.appropriations:
        vote = {"account": row.account, "budget_year": row.year, "amount_oere": oere(row.amount_dkk)}
        yield act(programme.programme.start, "register_appropriation", **vote, act=f"FL {row.year}")


def pools(programme: Programme) -> Agenda:
    """Each on its day. The view calls an initiative what its first pool is called, so each bears its name."""
    for pool in programme.pools:
        initiative = programme.initiative_of(pool.id)
        of = {"pool_id": pool.id, "track": initiative.track, "initiative": initiative.id, "title": initiative.name_da}
        yield act(pool.opens, "open_pool", **of, draws=draws(pool.draws))


def calls(programme: Programme) -> Agenda:
    """Each on the day it opens, its pool being extended first if it brings money of its own."""
    for call in programme.calls:
        if call.extends:
            yield act(call.opens, "extend_pool", pool_id=call.pool, draws=draws(call.extends))
        initiative = programme.initiative_of(call.pool)
        yield act(
            call.opens,
            "publish_call",
            call_id=call.id,
            pool_id=call.pool,
            title=call.title,
            purpose=f"{initiative.name_da} (formålet er forkortet af os)",
            target_group=initiative.target_da,
            opens_at=moment(call.opens, time(0)),
            deadline_at=moment(call.deadline.date(), call.deadline.time()),
            decision_on=call.decision_on.isoformat(),
            period_from=call.period.start.isoformat(),
            period_to=call.period.end.isoformat(),
            frame_oere=oere(call.frame_dkk),
            criteria=[
                {"criterion": name, "title": f"{title} (antaget)", "weight": weight} for name, title, weight in CRITERIA
            ],
        )


def draws(amounts: Sequence[Amount]) -> list[dict[str, Any]]:
    """Amounts by account and year, as a command has them."""
    return [
        {"account": part.account, "budget_year": part.year, "amount_oere": oere(part.amount_dkk)} for part in amounts
    ]


def moment(day: date, hour: time) -> str:
    """The day and hour by Copenhagen's clock."""
    return datetime.combine(day, hour, COPENHAGEN).isoformat()
