"""Regulation by prices and wages (PL-regulering): an appropriation follows an index from one year to another."""

from __future__ import annotations

from fractions import Fraction

from services.funding.appropriation import APPROPRIATION, AppropriationState, require_undrawn
from services.funding.commands import RegulateAppropriation
from services.funding.events import AppropriationRegulated, Draw, IndexPoint
from services.funding.index_series import INDEX_SERIES, IndexSeriesState
from services.funding.ledger import moved, unallocated
from shared.kernel.decider import Decider
from shared.kernel.messages import Event
from shared.kernel.refusal import not_found, refused

MAX_OERE = 10**15
"""No entry is of more than a command may ask for (see Oere)."""


def decide_regulation(
    series: IndexSeriesState, state: AppropriationState, command: RegulateAppropriation
) -> list[Event]:
    """Regulate what is voted for a budget year, by now and in all, by a series' change between two years.

    Raises Rejected NOT_FOUND (the series, or the account has nothing for the year), SAME_YEAR, ALREADY_REGULATED (by
    the same change of the same series), INDEX_YEAR_MISSING (series_id, year), ZERO_AMOUNT when it comes to less than
    half an øre, AMOUNT_TOO_LARGE (limit_oere), or FUNDS_EXCEEDED when more would be taken away than pools have left
    undrawn.
    """
    if series.published_on is None:
        raise not_found("series_id")
    if command.from_year == command.to_year:
        raise refused("SAME_YEAR", "A regulation goes from one year to another; name two.", "to_year")
    if (command.budget_year, command.series_id, command.from_year, command.to_year) in state.regulated:
        message = "The year was regulated by this series' change already; correct it with an adjustment."
        figures = {"series_id": command.series_id, "from_year": command.from_year, "to_year": command.to_year}
        raise refused("ALREADY_REGULATED", message, "to_year", budget_year=command.budget_year, **figures)
    voted_oere = state.voted_oere(command.account, command.budget_year)
    from_point, to_point = (_point(series, command, name) for name in ("from_year", "to_year"))
    amount_oere = regulation_oere(voted_oere, from_point.value, to_point.value)
    change = Draw(account=command.account, budget_year=command.budget_year, amount_oere=amount_oere)
    if amount_oere == 0:
        raise refused("ZERO_AMOUNT", "The regulation comes to nothing; there is nothing to enter.", "to_year")
    if abs(amount_oere) > MAX_OERE:
        message = "The regulation comes to more than an entry may; look at the series' values."
        raise refused("AMOUNT_TOO_LARGE", message, "series_id", limit_oere=MAX_OERE)
    require_undrawn(state, change)
    return [
        AppropriationRegulated(
            account=command.account,
            budget_year=command.budget_year,
            amount_oere=amount_oere,
            series_id=command.series_id,
            from_point=from_point,
            to_point=to_point,
            published_on=series.published_on,
            act=command.act,
            postings=moved("voted", "appropriated", unallocated((change,))),
            effective_on=command.effective_on,
        )
    ]


def regulation_oere(voted_oere: int, from_value: str, to_value: str) -> int:
    """What a change of the index from one value to another adds to `voted_oere`, or takes away (negative).

    voted × (to / from − 1), computed exactly and rounded once to whole øre, half an øre away from nought.
    """
    change = voted_oere * (Fraction(to_value) / Fraction(from_value) - 1)
    size = int(abs(change) + Fraction(1, 2))
    return size if change > 0 else -size


def _point(series: IndexSeriesState, command: RegulateAppropriation, name: str) -> IndexPoint:
    """The series' point of the year in the command's field `name`."""
    year: int = getattr(command, name)
    point = series.point(year)
    if point is None:
        message = "The series has no value for this year; import one that has."
        raise refused("INDEX_YEAR_MISSING", message, name, series_id=command.series_id, year=year)
    return point


REGULATE_APPROPRIATION = Decider(
    RegulateAppropriation,
    reads=lambda command: ((INDEX_SERIES, command.series_id), (APPROPRIATION, command.account)),
    decide=decide_regulation,
)
