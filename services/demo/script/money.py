"""The money's whole life as acts of the fund's office, from the appropriations to the closure of the last grant."""

from __future__ import annotations

from datetime import date

from services.demo.programme import Programme
from services.demo.script.act import Act
from services.demo.script.applications import applications
from services.demo.script.funds import appropriations, calls, pools
from services.demo.script.grants import grants
from services.demo.script.office import Agenda, Office
from services.demo.script.payments import payments
from shared.kernel.calendar import add_months


def money_acts(programme: Programme, digest: str) -> list[Act]:
    """Every act of the office in order. Raises Rejected CONFIG_INVALID when the fund would refuse one."""
    office = Office(digest)
    # In this order on one day: deadlines pass first, and payments see what came in before.
    parts = (_calendar, appropriations, pools, calls, applications, grants, payments)
    agenda = [entry for part in parts for entry in part(programme)]
    for day, step in sorted(agenda, key=lambda entry: entry[0]):
        office.day = day
        step(office)
    return office.acts


def _calendar(programme: Programme) -> Agenda:
    """The calendar comes to the first of every month, until the year in which the grants are closed is over."""
    day = programme.programme.start
    while day <= date(programme.programme.end.year + 1, 12, 31):
        yield day, Office.advance
        day = add_months(day, 1)
