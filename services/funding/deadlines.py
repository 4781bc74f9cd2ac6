"""The calendar at work: it comes to a day, and every deadline before that day passes.

The one place of the fund that acts by itself. It reads which deadlines stand in the view and sends each the command
that lets it pass; whether it has is decided as any command is, so that a view that lags behind does no harm.
"""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, date, datetime
from typing import Any

from services.funding import views
from services.funding.calendar import CALENDAR, FUND
from services.funding.commands import Advance, CloseCall, PassDeadline, ReachDay
from shared.eventstore import snapshots
from shared.kernel.calendar import danish_day
from shared.kernel.messages import Command
from shared.kernel.rejection import Rejected
from shared.messaging.host import Running

log = logging.getLogger(__name__)

AT_ONCE = 1_000
"""At most this many deadlines pass in one call; the answer says whether there are more."""


def advance(running: Running, command: Advance, caller: str) -> dict[str, Any]:
    """Come to the day of the command and let at most AT_ONCE deadlines before it pass, the earliest first.

    Returns the day, how many deadlines passed, the position of the last event, and whether more are left: then send a
    new command for the same day. Raises Rejected DAY_PASSED, or NOT_REACHED when the view of deadlines lags behind.
    """
    reached = ReachDay(
        command_id=command.command_id,
        on_behalf_of=command.on_behalf_of,
        correlation_id=command.correlation_id,
        day=command.day,
    )
    position, passed, seen = running.handler.handle(reached, caller).position, 0, set[tuple[str, ...]]()
    while len(seen) < AT_ONCE:
        running.wait_until({running.definition.name: position}, seconds=10)
        with running.store.reading() as transaction:
            rows = views.due_deadlines(transaction.connection, command.day, AT_ONCE)
        fresh = [row for row in rows if _name(row) not in seen][: AT_ONCE - len(seen)]
        if not fresh:
            return {"day": command.day.isoformat(), "passed": passed, "position": position, "more": False}
        for row in fresh:
            seen.add(_name(row))
            at = _pass(running, row, command, caller)
            passed, position = passed + (at is not None), at or position
    return {"day": command.day.isoformat(), "passed": passed, "position": position, "more": True}


def _name(row: Any) -> tuple[str, ...]:
    return row.kind, row.key, row.reference, row.due_on


def _pass(running: Running, row: Any, command: Advance, caller: str) -> int | None:
    """Let one deadline pass; the position it is recorded at, None when there was nothing to record."""
    try:
        answer = running.handler.handle(_command(row, command), caller)
    except Rejected as rejection:
        # The view was behind, or somebody met the deadline meanwhile; the others must still pass.
        log.warning("deadline not passed", extra={"kind": row.kind, "key": row.key, "code": rejection.code})
        return None
    return answer.position if answer.events else None


def _command(row: Any, command: Advance) -> Command:
    """The command that lets a deadline pass; whether it has passed already is for its decision to say."""
    common: dict[str, Any] = {
        "command_id": str(uuid.uuid4()),
        "correlation_id": command.correlation_id or command.command_id,
        "effective_on": command.day,
    }
    if row.kind == "call":
        return CloseCall(call_id=row.key, **common)
    return PassDeadline(grant_id=row.key, deadline=row.kind, reference=row.reference, **common)


def tick(running: Running) -> None:
    """Come to today, by Copenhagen's clock, if there is anything to do: the calendar's leader asks every minute."""
    today, more = danish_day(datetime.now(UTC)), True
    while more and _is_due(running, today):
        answer = advance(running, Advance(command_id=str(uuid.uuid4()), day=today), "calendar")
        more = answer["more"] and answer["passed"] > 0


def _is_due(running: Running, today: date) -> bool:
    """Whether the calendar is not at today, or a deadline waits."""
    with running.store.reading() as transaction:
        reached = snapshots.load(transaction, CALENDAR, FUND).state.day
        return reached != today or bool(views.due_deadlines(transaction.connection, today, 1))
