"""The open applications of a call as candidates for its money, and what was assumed of them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from services.som import views
from services.som.allocation import Said
from services.som.allocation.wording import of_applications
from services.som.applications import Application, application_inputs, experience
from services.som.events import CaseInputs, Status
from services.som.queries.calculations import Found
from services.som.views.calls import call_of, open_applications
from shared.kernel.refusal import not_found, refused
from shared.kernel.rejection import Rejected


class Considered(NamedTuple):
    """A grant that could be given, with the calculation that says what it would come to.

    `status`: the result is no surer than this, whatever the calculation's own figures are.
    """

    name: str
    amount_oere: int
    track: str | None
    municipality: str | None
    found: Found
    status: Status = "official"


def applied_for(connection: Connection, call_id: str) -> tuple[list[Considered], tuple[Said, ...]]:
    """Every open application of a call, by id, and in words what was assumed of them; nothing where none is open.

    Raises Rejected NOT_FOUND (the call), NOT_COMPUTED (no knowledge base yet) or NO_EXPERIENCE (initiative).
    """
    call = call_of(connection, call_id)
    if call is None:
        raise not_found("call_id")
    applications = open_applications(connection, call_id)
    if not applications:
        return [], ()
    book = views.book_in_force(connection)
    if book is None:
        raise Rejected("NOT_COMPUTED", "The applications wait for a knowledge base to be published.")
    keys = views.cases_of(connection, [call.initiative])
    cases = [case.told for case in views.live_cases(connection, keys)]
    known = experience(cases)
    if known is None:
        message = "Nobody has completed in a case of this initiative yet, so nothing says how many will in the"
        message += " applications; make a scenario for each of them, and name those as candidates."
        raise refused("NO_EXPERIENCE", message, "call_id", initiative=call.initiative)
    trials, basis = cases[0].trials, book.knowledge.basis(call.initiative)
    calculations = [_found(one, application_inputs(one, call, known, trials, basis), book) for one in applications]
    considered = [
        Considered(one.application_id, one.applied_oere, call.track, one.municipality, found, "assumed")
        for one, found in zip(applications, calculations, strict=True)
    ]
    return considered, of_applications(call, known, calculations[0].inputs.success_rate)


def _found(application: Application, inputs: CaseInputs, book: views.Book) -> Found:
    return Found(
        title=application.application_id,
        scope=f"application {application.application_id}",
        inputs=inputs,
        knowledge=book.knowledge,
        pricebook=book.pricebook,
        pricebook_version=book.version,
        behind=(),
        latest=None,
    )
