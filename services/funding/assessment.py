"""Assessing applications (vurdering) by weighted criteria, and deciding them: both by impartial persons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from services.funding.application import APPLICATION, ApplicationState, Assessment, require_status
from services.funding.call import CallState
from services.funding.commands import AssessApplication, AwardGrant, DeclareConflict, RefuseApplication
from services.funding.events import ApplicationAssessed, ApplicationRefused, ConflictDeclared, Criterion, Score
from services.funding.submission import its_call
from shared.kernel.decider import Decider
from shared.kernel.messages import Event
from shared.kernel.refusal import not_found, refused, same_person


def weighted_points(criteria: Sequence[Criterion], assessments: Sequence[Assessment]) -> Fraction | None:
    """An application's points, 0 to 100, exactly: the mean over assessors of Σ weight × points / Σ weights.

    None while nobody has assessed it. Each assessment has a score for every criterion (see `decide_assessment`);
    raises KeyError for a criterion that the call does not have.
    """
    if not assessments:
        return None
    weights = {criterion.criterion: criterion.weight for criterion in criteria}
    points = sum(weights[score.criterion] * score.points for one in assessments for score in one.scores)
    return Fraction(points, sum(weights.values()) * len(assessments))


def require_impartial(state: ApplicationState, person: str) -> None:
    """Refuse a person who declared a conflict of interest in the application: raises Rejected CONFLICT_OF_INTEREST."""
    if any(same_person(person, one) for one in state.conflicts):
        message = "This person declared a conflict of interest in the application; let another one do it."
        raise refused("CONFLICT_OF_INTEREST", message, "on_behalf_of")


def _known_as(state: ApplicationState, person: str) -> str:
    """The person's name as it was first typed in this application: an assessor counts once."""
    known = (*(one.assessor for one in state.assessments), *state.conflicts)
    return next((name for name in known if same_person(name, person)), person)


def decide_conflict(state: ApplicationState, command: DeclareConflict) -> list[Event]:
    """Declare a conflict of interest, whatever the application's status; what the person gave no longer counts.

    Declaring it again changes nothing. Raises Rejected NOT_FOUND.
    """
    if not state.exists:
        raise not_found("application_id")
    if any(same_person(command.on_behalf_of, one) for one in state.conflicts):
        return []
    return [
        ConflictDeclared(
            application_id=command.application_id,
            call_id=state.call_id,
            assessor=_known_as(state, command.on_behalf_of),
            reason=command.reason,
            at=command.at,
        )
    ]


def decide_assessment(state: ApplicationState, call: CallState, command: AssessApplication) -> list[Event]:
    """Give points on every criterion of the call, in place of what the person gave before; after the deadline.

    Raises Rejected NOT_FOUND, APPLICATION_NOT_SUBMITTED (status), CONFLICT_OF_INTEREST, TOO_EARLY (deadline_at, at), or
    CRITERIA_MISMATCH (missing, unknown, twice: the criteria's names).
    """
    require_status(state, "APPLICATION_NOT_SUBMITTED", "submitted")
    require_impartial(state, command.on_behalf_of)
    if command.at <= call.deadline_at:
        message = "Applications are assessed together, when the deadline has passed."
        moments = {"deadline_at": call.deadline_at.isoformat(), "at": command.at.isoformat()}
        raise refused("TOO_EARLY", message, "at", **moments)
    scores = tuple(Score(**score.model_dump()) for score in command.scores)
    _require_every_criterion(call.criteria, scores)
    return [
        ApplicationAssessed(
            application_id=command.application_id,
            call_id=state.call_id,
            assessor=_known_as(state, command.on_behalf_of),
            scores=scores,
            comment=command.comment,
            at=command.at,
        )
    ]


def _require_every_criterion(criteria: Iterable[Criterion], scores: Iterable[Score]) -> None:
    wanted = {criterion.criterion for criterion in criteria}
    scored = [score.criterion for score in scores]
    if sorted(wanted) != sorted(scored):
        raise refused(
            "CRITERIA_MISMATCH",
            "Give points once for each of the call's criteria, and for nothing else.",
            "scores",
            missing=sorted(wanted - set(scored)),
            unknown=sorted(set(scored) - wanted),
            twice=sorted({name for name in scored if scored.count(name) > 1}),
        )


def decide_refusal(state: ApplicationState, command: RefuseApplication) -> list[Event]:
    """Refuse an application (afslag), by an impartial person.

    Raises Rejected NOT_FOUND, APPLICATION_NOT_SUBMITTED (status) or CONFLICT_OF_INTEREST.
    """
    require_status(state, "APPLICATION_NOT_SUBMITTED", "submitted")
    require_impartial(state, command.on_behalf_of)
    return [
        ApplicationRefused(
            application_id=command.application_id,
            call_id=state.call_id,
            municipality=state.municipality,
            reason=command.reason,
            decided_by=command.on_behalf_of,
            effective_on=command.effective_on,
        )
    ]


def require_grantable(application: ApplicationState, call: CallState, command: AwardGrant) -> None:
    """Refuse to decide an application by this award.

    Raises Rejected NOT_FOUND, APPLICATION_NOT_SUBMITTED (status), APPLICANT_CHANGED, WRONG_POOL (pool_id: the call's),
    REASON_MISSING, DECIDER_MISSING, CONFLICT_OF_INTEREST, NOT_ASSESSED (assessments, required), PERIOD_OUTSIDE_CALL
    (period_from, period_to: the call's), MORE_THAN_APPLIED (applied_oere, requested_oere) or FRAME_EXCEEDED.
    """
    require_status(application, "APPLICATION_NOT_SUBMITTED", "submitted")
    if command.municipality != application.municipality:
        message = "The application is another municipality's; award the grant to its applicant."
        raise refused("APPLICANT_CHANGED", message, "municipality")
    if command.pool_id != call.pool_id:
        message = "The application's call is to another pool; award it from that one."
        raise refused("WRONG_POOL", message, "pool_id", pool_id=call.pool_id)
    _require_decider(application, call, command)
    if command.period_from < call.period_from or command.period_to > call.period_to:
        name = "period_from" if command.period_from < call.period_from else "period_to"
        period = {"period_from": call.period_from.isoformat(), "period_to": call.period_to.isoformat()}
        raise refused("PERIOD_OUTSIDE_CALL", "The period must lie within the call's.", name, **period)
    _require_within(application, call, sum(draw.amount_oere for draw in command.draws))


def _require_decider(application: ApplicationState, call: CallState, command: AwardGrant) -> None:
    """Refuse a decision without a reason, an impartial person and enough assessments."""
    if command.reason is None or not command.reason.strip():
        raise refused("REASON_MISSING", "Say why the application is granted.", "reason")
    if command.on_behalf_of is None:
        raise refused("DECIDER_MISSING", "Say which person decides the application.", "on_behalf_of")
    require_impartial(application, command.on_behalf_of)
    figures = {"assessments": len(application.assessments), "required": call.assessors_required}
    if figures["assessments"] < figures["required"]:
        message = "Too few have assessed the application; let `required` assessors do it."
        raise refused("NOT_ASSESSED", message, "application_id", **figures)


def _require_within(application: ApplicationState, call: CallState, amount_oere: int) -> None:
    """Refuse more than was applied for, or than is left of the call's frame."""
    if amount_oere > application.applied_oere:
        message = "The award is more than was applied for; award applied_oere or less."
        figures = {"applied_oere": application.applied_oere, "requested_oere": amount_oere}
        raise refused("MORE_THAN_APPLIED", message, "draws", **figures)
    available_oere = call.frame_oere - call.awarded_oere
    if amount_oere > available_oere:
        raise refused(
            "FRAME_EXCEEDED",
            "The award is more than is left of the call's frame; award available_oere or less.",
            "draws",
            frame_oere=call.frame_oere,
            awarded_oere=call.awarded_oere,
            requested_oere=amount_oere,
            available_oere=available_oere,
        )


DECLARE_CONFLICT = Decider(
    DeclareConflict, reads=lambda command: ((APPLICATION, command.application_id),), decide=decide_conflict
)
ASSESS_APPLICATION = Decider(
    AssessApplication,
    reads=lambda command: ((APPLICATION, command.application_id),),
    decide=decide_assessment,
    also_reads=its_call,
)
REFUSE_APPLICATION = Decider(
    RefuseApplication, reads=lambda command: ((APPLICATION, command.application_id),), decide=decide_refusal
)
