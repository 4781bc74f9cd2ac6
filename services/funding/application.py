"""An application (ansøgning) and its drafts: saved as often as one likes, or begun as a copy of an earlier one.

A draft may hold anything; what an application must be is checked when it is sent (see submission.py). How it is
assessed and decided is in assessment.py and award.py. `at` is the moment at which the portal received something.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from services.funding.call import CALL, CallState
from services.funding.commands import CopyApplication, SaveApplication
from services.funding.events import (
    ApplicationAssessed,
    ApplicationAwarded,
    ApplicationRefused,
    ApplicationReopened,
    ApplicationSaved,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ConflictDeclared,
    Expense,
    Financing,
    Score,
)
from shared.kernel.decider import Aggregate, Decider, Reads
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import not_found, refused, taken

Status = Literal["draft", "submitted", "reopened", "withdrawn", "refused", "awarded"]
"""How far an application is; the last three are final."""
SOURCE_GRANT = "grant"
"""The source of financing that is applied for; every other one is somebody else's money, or the applicant's own."""


class Assessment(Value):
    """An assessor's points, one score for each criterion of the call."""

    assessor: str
    scores: tuple[Score, ...]


class ApplicationState(Value):
    """An application as it was last saved, how far it is, who assessed it, and who may not."""

    status: Status | None = None
    call_id: str = ""
    municipality: str = ""
    title: str = ""
    description: str = ""
    expenses: tuple[Expense, ...] = ()
    financing: tuple[Financing, ...] = ()
    copied_from: str | None = None
    until: datetime | None = None
    """While it is reopened: when it must have been sent again."""
    assessments: tuple[Assessment, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the application has been saved at all."""
        return self.status is not None

    @property
    def applied_oere(self) -> int:
        """What is applied for in all."""
        return sum(line.amount_oere for line in self.financing if line.source == SOURCE_GRANT)

    def without(self, assessor: str) -> tuple[Assessment, ...]:
        """The assessments by others than `assessor`."""
        return tuple(one for one in self.assessments if one.assessor != assessor)


def evolve(state: ApplicationState, event: Event) -> ApplicationState:
    """The application after `event`; an event of another kind changes nothing."""
    match event:
        case ApplicationSaved():
            status = state.status or "draft"
            same = ("call_id", "municipality", "title", "description", "expenses", "financing", "copied_from")
            return state.model_copy(update={name: getattr(event, name) for name in same} | {"status": status})
        case ApplicationSubmitted():
            return state.model_copy(update={"status": "submitted", "until": None})
        case ApplicationReopened():
            # What was assessed may now be written anew; a conflict of interest remains one.
            return state.model_copy(update={"status": "reopened", "until": event.until, "assessments": ()})
        case ApplicationWithdrawn():
            return state.model_copy(update={"status": "withdrawn"})
        case ConflictDeclared():
            conflicts = (*state.conflicts, event.assessor)
            return state.model_copy(update={"conflicts": conflicts, "assessments": state.without(event.assessor)})
        case ApplicationAssessed():
            assessment = Assessment(assessor=event.assessor, scores=event.scores)
            return state.model_copy(update={"assessments": (*state.without(event.assessor), assessment)})
        case ApplicationRefused():
            return state.model_copy(update={"status": "refused"})
        case ApplicationAwarded():
            return state.model_copy(update={"status": "awarded"})
        case _:
            return state


def require_status(state: ApplicationState, code: str, *allowed: Status) -> None:
    """Refuse what an application of this status is not open to.

    Raises Rejected NOT_FOUND, or `code` (status).
    """
    if not state.exists:
        raise not_found("application_id")
    if state.status not in allowed:
        message = f"The application is not open to this: its status is not {' or '.join(allowed)}."
        raise refused(code, message, "application_id", status=state.status)


def require_in_time(state: ApplicationState, call: CallState, at: datetime) -> None:
    """Refuse what came before the call opened or after its deadline, by one second; at the deadline is in time.

    While an application is reopened, the limit is the one it was reopened until. Raises Rejected CALL_NOT_OPEN
    (opens_at, at) or DEADLINE_PASSED (deadline_at, at). Source: a call has its deadline to the hour, "date + 12.00"
    (any pool page, e.g. /ansoegningspuljer/alle-puljer/15260410_udsatte-saarbare-boern-og-unge-ppr).
    """
    if at < call.opens_at:
        moments = {"opens_at": call.opens_at.isoformat(), "at": at.isoformat()}
        raise refused("CALL_NOT_OPEN", "The call is not open yet; wait until `opens_at`.", "at", **moments)
    limit = call.deadline_at if state.until is None else state.until
    if at > limit:
        message = "The deadline has passed; nothing can be changed or sent."
        raise refused("DEADLINE_PASSED", message, "at", deadline_at=limit.isoformat(), at=at.isoformat())


def decide_saving(state: ApplicationState, call: CallState, command: SaveApplication) -> list[Event]:
    """Save a draft, whole. Its budget may be incomplete and need not balance yet.

    Raises Rejected APPLICATION_NOT_OPEN (status), CALL_CHANGED or APPLICANT_CHANGED when it was begun for another,
    NOT_FOUND (the call), NOT_ELIGIBLE, CALL_NOT_OPEN or DEADLINE_PASSED.
    """
    if state.exists:
        require_status(state, "APPLICATION_NOT_OPEN", "draft", "reopened")
        if command.call_id != state.call_id:
            message = "The application was begun for another call; copy it to apply to this one."
            raise refused("CALL_CHANGED", message, "call_id")
        if command.municipality != state.municipality:
            message = "The application is another municipality's; begin one of your own."
            raise refused("APPLICANT_CHANGED", message, "municipality")
    _require_admitted(call, command.municipality, "municipality")
    require_in_time(state, call, command.at)
    return [
        ApplicationSaved(
            **command.model_dump(include=set(ApplicationSaved.model_fields) - {"expenses", "financing"}),
            expenses=tuple(Expense(**line.model_dump()) for line in command.expenses),
            financing=tuple(Financing(**line.model_dump()) for line in command.financing),
            copied_from=state.copied_from,
        )
    ]


def _require_admitted(call: CallState, municipality: str, name: str) -> None:
    """Refuse an applicant that the call does not admit; `name` is the field that says who applies."""
    if not call.exists:
        raise not_found("call_id")
    if not call.admits(municipality):
        raise refused("NOT_ELIGIBLE", "The call is not for this municipality; see its applicants.", name)


def copy_reads(command: CopyApplication) -> Reads:
    """The new application, its call and, if it is another, the one that is copied."""
    names = dict.fromkeys((command.application_id, command.from_application_id))
    new, *earlier = ((APPLICATION, name) for name in names)
    return (new, (CALL, command.call_id), *earlier)


def decide_copying(state: ApplicationState, call: CallState, *rest: Any) -> list[Event]:
    """Begin a draft as a copy of an earlier application, whatever became of it: (…, the earlier one, the command).

    It is the earlier one's municipality that applies. Raises Rejected ALREADY_EXISTS, NOT_FOUND (the earlier one, the
    call), NOT_ELIGIBLE, CALL_NOT_OPEN or DEADLINE_PASSED.
    """
    command: CopyApplication = rest[-1]
    if state.exists:
        raise taken("application_id")
    earlier: ApplicationState = rest[0] if len(rest) > 1 else state
    if not earlier.exists:
        raise not_found("from_application_id")
    _require_admitted(call, earlier.municipality, "call_id")
    require_in_time(state, call, command.at)
    return [
        ApplicationSaved(
            application_id=command.application_id,
            call_id=command.call_id,
            municipality=earlier.municipality,
            title=earlier.title,
            description=earlier.description,
            expenses=earlier.expenses,
            financing=earlier.financing,
            copied_from=command.from_application_id,
            at=command.at,
        )
    ]


APPLICATION = Aggregate("application", ApplicationState(), evolve)

SAVE_APPLICATION = Decider(
    SaveApplication,
    reads=lambda command: ((APPLICATION, command.application_id), (CALL, command.call_id)),
    decide=decide_saving,
)
COPY_APPLICATION = Decider(CopyApplication, reads=copy_reads, decide=decide_copying)
