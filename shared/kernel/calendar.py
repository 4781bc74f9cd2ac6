"""Days of the calendar year, which is also the budget year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)


def add_months(day: date, count: int) -> date:
    """The same day of the month `count` months on, or that month's last."""
    years, month = divmod(day.month - 1 + count, 12)
    end = month_end(date(day.year + years, month + 1, 1))
    return end.replace(day=min(day.day, end.day))


def danish_day(moment: datetime) -> date:
    """The day that a moment falls on in Denmark, whatever offset it was written with."""
    return moment.astimezone(COPENHAGEN).date()


def day_after(day: date) -> date:
    """The next day: when a deadline that includes its own day has passed."""
    return day + timedelta(days=1)
