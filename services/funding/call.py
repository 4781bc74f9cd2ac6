"""A call (ansøgningsrunde): who may apply to a pool, for what, until when, and by which criteria it is decided.

Source: "name, deadline (date + 12.00), purpose, applicants, target group, project period, …, amount, decision date"
stand on every pool's page at sbst.dk (see the row Call of the grant rules).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from services.funding.commands import CloseCall, ExtendCall, PublishCall
from services.funding.events import CallAwarded, CallClosed, CallExtended, CallPublished, Criterion
from services.funding.pool import POOL, PoolState
from shared.kernel.calendar import danish_day
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import not_found, refused, taken

_NEVER = datetime.min.replace(tzinfo=UTC)


class CallState(Value):
    """A call's terms, with the deadline as it is now, and how much of its frame has been awarded, in øre."""

    pool_id: str = ""
    applicants: tuple[str, ...] = ()
    opens_at: datetime = _NEVER
    deadline_at: datetime = _NEVER
    decision_on: date = date.min
    period_from: date = date.min
    period_to: date = date.min
    frame_oere: int = 0
    criteria: tuple[Criterion, ...] = ()
    assessors_required: int = 0
    closed: bool = False
    awarded_oere: int = 0

    @property
    def exists(self) -> bool:
        """Whether the call has been published."""
        return bool(self.pool_id)

    @property
    def last_day(self) -> date:
        """The day of the deadline, in Denmark."""
        return danish_day(self.deadline_at)

    def admits(self, municipality: str) -> bool:
        """Whether the municipality may apply."""
        return not self.applicants or municipality in self.applicants


def evolve(state: CallState, event: Event) -> CallState:
    """The call after `event`; an event of another kind changes nothing."""
    match event:
        case CallPublished():
            return CallState(**event.model_dump(include=set(CallState.model_fields)))
        case CallExtended():
            return state.model_copy(update={"deadline_at": event.deadline_at})
        case CallClosed():
            return state.model_copy(update={"closed": True})
        case CallAwarded():
            return state.model_copy(update={"awarded_oere": state.awarded_oere + event.amount_oere})
        case _:
            return state


def decide_publication(pool: PoolState, call: CallState, command: PublishCall) -> list[Event]:
    """Call for applications; a pool may have several calls, at the same time or one after another.

    Raises Rejected NOT_FOUND (the pool), ALREADY_EXISTS, DEADLINE_BEFORE_OPENING (opens_at, deadline_at),
    DECISION_BEFORE_DEADLINE (decision_on, deadline_on), PERIOD_REVERSED, FRAME_EXCEEDS_POOL when the frame is more than
    the pool has drawn in all (frame_oere, drawn_oere), or DUPLICATE_CRITERION.
    """
    if not pool.exists:
        raise not_found("pool_id")
    if call.exists:
        raise taken("call_id")
    _require_order(command)
    if command.frame_oere > pool.drawn_oere:
        message = "The frame is more than the pool has drawn; make it smaller or extend the pool first."
        figures = {"frame_oere": command.frame_oere, "drawn_oere": pool.drawn_oere}
        raise refused("FRAME_EXCEEDS_POOL", message, "frame_oere", **figures)
    criteria = tuple(Criterion(**criterion.model_dump()) for criterion in command.criteria)
    _require_distinct(criteria)
    terms = command.model_dump(include=set(CallPublished.model_fields) - {"criteria"})
    return [CallPublished(**terms, criteria=criteria)]


def _require_order(command: PublishCall) -> None:
    """Refuse a call whose days and moments are not in order."""
    if command.deadline_at <= command.opens_at:
        message = "The deadline must come after the opening."
        moments = {"opens_at": command.opens_at.isoformat(), "deadline_at": command.deadline_at.isoformat()}
        raise refused("DEADLINE_BEFORE_OPENING", message, "deadline_at", **moments)
    _require_decision_after(command.deadline_at, command.decision_on, "decision_on")
    if command.period_to < command.period_from:
        raise refused("PERIOD_REVERSED", "The period must not end before it begins.", "period_to")


def _require_decision_after(deadline_at: datetime, decision_on: date, name: str) -> None:
    """Refuse a decision before everybody could apply; `name` is the field to change."""
    deadline_on = danish_day(deadline_at)
    if decision_on < deadline_on:
        message = "The decision must not come before the deadline's day."
        days = {"decision_on": decision_on.isoformat(), "deadline_on": deadline_on.isoformat()}
        raise refused("DECISION_BEFORE_DEADLINE", message, name, **days)


def _require_distinct(criteria: Sequence[Criterion]) -> None:
    """Refuse a criterion that stands twice."""
    names = [criterion.criterion for criterion in criteria]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = "A criterion may stand once; add the weights up."
            raise refused("DUPLICATE_CRITERION", message, f"criteria.{index}.criterion", criterion=name)


def decide_extension(call: CallState, command: ExtendCall) -> list[Event]:
    """Put off the deadline.

    Raises Rejected NOT_FOUND, CALL_CLOSED (deadline_at), DEADLINE_NOT_LATER (deadline_at, the present one), or
    DECISION_BEFORE_DEADLINE when it would pass the day of the decision.
    """
    if not call.exists:
        raise not_found("call_id")
    present = call.deadline_at.isoformat()
    if call.closed:
        message = "The call is closed; publish a new one."
        raise refused("CALL_CLOSED", message, "call_id", deadline_at=present)
    if command.deadline_at <= call.deadline_at:
        message = "A deadline can only be put off; name a moment after the present one."
        raise refused("DEADLINE_NOT_LATER", message, "deadline_at", deadline_at=present)
    _require_decision_after(command.deadline_at, call.decision_on, "deadline_at")
    return [CallExtended(**command.model_dump(include=set(CallExtended.model_fields)))]


def decide_closing(call: CallState, command: CloseCall) -> list[Event]:
    """The deadline has passed: once the day after the deadline's is reached. Closing again changes nothing.

    Raises Rejected NOT_FOUND or NOT_DUE (`earliest`, a day).
    """
    if not call.exists:
        raise not_found("call_id")
    if call.closed:
        return []
    if command.effective_on <= call.last_day:
        earliest = (call.last_day + timedelta(days=1)).isoformat()
        message = "The call's deadline has not passed; close it from `earliest` on."
        raise refused("NOT_DUE", message, "effective_on", earliest=earliest)
    return [CallClosed(call_id=command.call_id, deadline_at=call.deadline_at, effective_on=call.last_day)]


CALL = Aggregate("call", CallState(), evolve)

PUBLISH_CALL = Decider(
    PublishCall,
    reads=lambda command: ((POOL, command.pool_id), (CALL, command.call_id)),
    decide=decide_publication,
)
EXTEND_CALL = Decider(ExtendCall, reads=lambda command: ((CALL, command.call_id),), decide=decide_extension)
CLOSE_CALL = Decider(CloseCall, reads=lambda command: ((CALL, command.call_id),), decide=decide_closing)
