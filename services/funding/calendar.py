"""The fund's calendar: the day it has come to, which only goes forward."""

from __future__ import annotations

from datetime import date

from services.funding.commands import ReachDay
from services.funding.events import DayReached
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import refused

FUND = "fund"
"""There is one calendar."""


class CalendarState(Value):
    """The last day reached."""

    day: date | None = None


def evolve(state: CalendarState, event: Event) -> CalendarState:
    """The calendar after `event`; an event of another kind changes nothing."""
    return CalendarState(day=event.day) if isinstance(event, DayReached) else state


def decide_day(calendar: CalendarState, command: ReachDay) -> list[Event]:
    """Come to a day; nothing, when the calendar is there. Raises Rejected DAY_PASSED (day) when it is further on."""
    if calendar.day == command.day:
        return []
    if calendar.day is not None and command.day < calendar.day:
        raise refused("DAY_PASSED", "The calendar is further on already.", "day", day=calendar.day.isoformat())
    return [DayReached(calendar=FUND, day=command.day, effective_on=command.day)]


CALENDAR = Aggregate("calendar", CalendarState(), evolve, snapshot_every=100)
REACH_DAY = Decider(ReachDay, reads=lambda _: ((CALENDAR, FUND),), decide=decide_day)
