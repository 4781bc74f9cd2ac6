"""What the fund decides about calls and applications: every rule, and every way it says no."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from services.funding import application, call
from services.funding.application import APPLICATION, COPY_APPLICATION, SAVE_APPLICATION, Assessment
from services.funding.assessment import ASSESS_APPLICATION, DECLARE_CONFLICT, REFUSE_APPLICATION, weighted_points
from services.funding.call import CALL, CLOSE_CALL, EXTEND_CALL, PUBLISH_CALL
from services.funding.commands import (
    AssessApplication,
    CloseCall,
    CopyApplication,
    DeclareConflict,
    ExtendCall,
    PublishCall,
    RefuseApplication,
    ReopenApplication,
    SaveApplication,
    SubmitApplication,
    WithdrawApplication,
)
from services.funding.events import CallAwarded, Criterion, Expense, Financing, Score
from services.funding.submission import REOPEN_APPLICATION, SUBMIT_APPLICATION, WITHDRAW_APPLICATION, require_budget
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from shared.testing.decisions import given
from tests.calls import (
    AFTER_DEADLINE,
    APPLICATION_ID,
    CALL_ID,
    DEADLINE_AT,
    DECIDED_ON,
    GENTOFTE,
    ID,
    IN_TIME,
    ODSHERRED,
    OPENS_AT,
    POOL_ID,
    RANDERS,
    application_awarded,
    assessed,
    at,
    call_closed,
    call_extended,
    call_published,
    conflict,
    draw,
    expense,
    paid_by,
    pool_opened,
    refused,
    reopened,
    saved,
    submitted,
    withdrawn,
)

ONE_SECOND_LATE = at("2018-03-02T12:00:01")
UNTIL = at("2018-03-09T12:00:00")
IN_THE_EXTRA_TIME = at("2018-03-08T12:00:00")
FINAL: tuple[tuple[Event, str], ...] = (
    (withdrawn(), "withdrawn"),
    (refused(), "refused"),
    (application_awarded(), "awarded"),
)


def publish(**changes: Any) -> PublishCall:
    """What leads to `call_published(**changes)`, as a caller sends it."""
    fields = call_published(**changes).model_dump(mode="json")
    return PublishCall.parse({"command_id": ID, **fields})


def extend(deadline_at: datetime) -> ExtendCall:
    fields: dict[str, Any] = {"command_id": ID, "call_id": CALL_ID, "reason": "Snow"}
    return ExtendCall(deadline_at=deadline_at, effective_on=date(2018, 1, 10), **fields)


def close(on: date) -> CloseCall:
    return CloseCall(command_id=ID, call_id=CALL_ID, effective_on=on)


def save(**changes: Any) -> SaveApplication:
    """What leads to `saved(**changes)`, as a caller sends it."""
    fields = saved(**changes).model_dump(mode="json", exclude={"copied_from"})
    return SaveApplication.parse({"command_id": ID, **fields})


def copy(new: str = "randers-2", earlier: str = APPLICATION_ID, moment: datetime = IN_TIME) -> CopyApplication:
    fields: dict[str, Any] = {"command_id": ID, "call_id": CALL_ID}
    return CopyApplication(application_id=new, from_application_id=earlier, at=moment, **fields)


def submit(moment: datetime = IN_TIME) -> SubmitApplication:
    return SubmitApplication(command_id=ID, application_id=APPLICATION_ID, at=moment)


def reopen(until: datetime = UNTIL, moment: datetime = AFTER_DEADLINE) -> ReopenApplication:
    fields: dict[str, Any] = {"command_id": ID, "application_id": APPLICATION_ID}
    return ReopenApplication(reason="A page was missing", until=until, at=moment, **fields)


def withdraw() -> WithdrawApplication:
    return WithdrawApplication(command_id=ID, application_id=APPLICATION_ID, reason="No staff", at=IN_TIME)


def declare(person: str) -> DeclareConflict:
    fields: dict[str, Any] = {"command_id": ID, "application_id": APPLICATION_ID, "on_behalf_of": person}
    return DeclareConflict(reason="My brother works there", at=AFTER_DEADLINE, **fields)


def assess(person: str, moment: datetime = AFTER_DEADLINE, **points: int) -> AssessApplication:
    scores = [{"criterion": name, "points": each} for name, each in (points or {"need": 50, "method": 50}).items()]
    fields: dict[str, Any] = {"command_id": ID, "application_id": APPLICATION_ID, "on_behalf_of": person}
    return AssessApplication.parse({**fields, "scores": scores, "comment": "Read.", "at": moment.isoformat()})


def refuse(person: str = "Head") -> RefuseApplication:
    fields: dict[str, Any] = {"command_id": ID, "application_id": APPLICATION_ID, "on_behalf_of": person}
    return RefuseApplication(reason="Weak", effective_on=DECIDED_ON, **fields)


def names(rejection: Rejected) -> list[str]:
    """The fields that a rejection is about."""
    return [field["field"] for field in rejection.fields]


# --- calls: what any pool page announces (domain.md §3.5, Call) ---


def test_a_pool_may_have_several_calls() -> None:
    """Call: name, deadline (date + 12.00), purpose, applicants, target group, project period, amount, decision date
    (any pool page, e.g. sbst.dk …/alle-puljer/15260410_udsatte-saarbare-boern-og-unge-ppr)."""
    history = [pool_opened(), call_published(call_id="aftercare-2017")]
    given(history, PUBLISH_CALL).when(publish()).then(call_published())


def test_a_call_is_to_a_pool_and_has_its_own_name() -> None:
    assert names(given([], PUBLISH_CALL).when(publish()).then_rejected("NOT_FOUND")) == ["pool_id"]
    history = [pool_opened(), call_published()]
    assert names(given(history, PUBLISH_CALL).when(publish()).then_rejected("ALREADY_EXISTS")) == ["call_id"]


def test_a_call_has_its_deadline_after_its_opening() -> None:
    rejection = (
        given([pool_opened()], PUBLISH_CALL)
        .when(publish(deadline_at=OPENS_AT))
        .then_rejected(
            "DEADLINE_BEFORE_OPENING", opens_at="2018-01-17T09:00:00+01:00", deadline_at="2018-01-17T09:00:00+01:00"
        )
    )
    assert names(rejection) == ["deadline_at"]


def test_a_call_is_decided_no_sooner_than_on_the_deadlines_day() -> None:
    scenario = given([pool_opened()], PUBLISH_CALL)
    on_the_day = {"decision_on": date(2018, 3, 2)}
    scenario.when(publish(**on_the_day)).then(call_published(**on_the_day))
    rejection = scenario.when(publish(decision_on=date(2018, 3, 1))).then_rejected(
        "DECISION_BEFORE_DEADLINE", decision_on="2018-03-01", deadline_on="2018-03-02"
    )
    assert names(rejection) == ["decision_on"]


def test_a_calls_period_does_not_end_before_it_begins() -> None:
    scenario = given([pool_opened()], PUBLISH_CALL)
    one_day = {"period_to": date(2018, 5, 1)}
    scenario.when(publish(**one_day)).then(call_published(**one_day))
    rejection = scenario.when(publish(period_to=date(2018, 4, 30))).then_rejected("PERIOD_REVERSED")
    assert names(rejection) == ["period_to"]


def test_a_calls_frame_is_no_more_than_its_pool_has_drawn_in_all() -> None:
    history = [pool_opened(draw(1000), draw(1000, 2019))]
    given(history, PUBLISH_CALL).when(publish(frame_oere=2000)).then(call_published(frame_oere=2000))
    rejection = (
        given(history, PUBLISH_CALL)
        .when(publish(frame_oere=2001))
        .then_rejected("FRAME_EXCEEDS_POOL", frame_oere=2001, drawn_oere=2000)
    )
    assert names(rejection) == ["frame_oere"]


def test_a_call_names_each_criterion_once() -> None:
    twice = [Criterion(criterion=name, title="Title", weight=1) for name in ("need", "method", "need")]
    rejection = (
        given([pool_opened()], PUBLISH_CALL)
        .when(publish(criteria=tuple(twice)))
        .then_rejected("DUPLICATE_CRITERION", criterion="need")
    )
    assert names(rejection) == ["criteria.2.criterion"]


def test_a_deadline_is_put_off_and_never_brought_forward() -> None:
    history = [call_published()]
    given(history, EXTEND_CALL).when(extend(ONE_SECOND_LATE)).then(call_extended(ONE_SECOND_LATE))
    rejection = (
        given([*history, call_extended(UNTIL)], EXTEND_CALL)
        .when(extend(UNTIL))
        .then_rejected("DEADLINE_NOT_LATER", deadline_at="2018-03-09T12:00:00+01:00")
    )
    assert names(rejection) == ["deadline_at"]
    assert names(given([], EXTEND_CALL).when(extend(UNTIL)).then_rejected("NOT_FOUND")) == ["call_id"]


def test_a_closed_call_is_not_extended() -> None:
    history = [call_published(), call_closed()]
    rejection = (
        given(history, EXTEND_CALL)
        .when(extend(UNTIL))
        .then_rejected("CALL_CLOSED", deadline_at="2018-03-02T12:00:00+01:00")
    )
    assert names(rejection) == ["call_id"]


def test_a_deadline_is_not_put_off_past_the_day_of_the_decision() -> None:
    late = at("2018-04-02T12:00:00")
    rejection = (
        given([call_published()], EXTEND_CALL)
        .when(extend(late))
        .then_rejected("DECISION_BEFORE_DEADLINE", decision_on="2018-04-01", deadline_on="2018-04-02")
    )
    assert names(rejection) == ["deadline_at"]


def test_a_call_closes_with_its_deadlines_day_once_the_next_is_reached() -> None:
    scenario = given([call_published()], CLOSE_CALL)
    scenario.when(close(date(2018, 3, 3))).then(call_closed())
    scenario.when(close(date(2018, 6, 1))).then(call_closed())
    rejection = scenario.when(close(date(2018, 3, 2))).then_rejected("NOT_DUE", earliest="2018-03-03")
    assert names(rejection) == ["effective_on"]
    extended = given([call_published(), call_extended(UNTIL)], CLOSE_CALL)
    extended.when(close(date(2018, 3, 9))).then_rejected("NOT_DUE", earliest="2018-03-10")
    extended.when(close(date(2018, 3, 10))).then(call_closed(UNTIL))


def test_a_deadlines_day_is_the_danish_one() -> None:
    midnight = at("2018-03-02T23:30:00Z")
    scenario = given([call_published(deadline_at=midnight)], CLOSE_CALL)
    scenario.when(close(date(2018, 3, 3))).then_rejected("NOT_DUE", earliest="2018-03-04")
    closed = call_closed(midnight).model_copy(update={"effective_on": date(2018, 3, 3)})
    scenario.when(close(date(2018, 3, 4))).then(closed)
    too_soon = publish(deadline_at=midnight, decision_on=date(2018, 3, 2))
    given([pool_opened()], PUBLISH_CALL).when(too_soon).then_rejected(
        "DECISION_BEFORE_DEADLINE", deadline_on="2018-03-03"
    )


def test_closing_a_call_again_changes_nothing() -> None:
    given([call_published(), call_closed()], CLOSE_CALL).when(close(date(2018, 3, 2))).then()
    assert names(given([], CLOSE_CALL).when(close(date(2018, 3, 3))).then_rejected("NOT_FOUND")) == ["call_id"]


# --- drafts ---


def test_a_draft_is_saved_as_often_as_one_likes_before_the_deadline() -> None:
    """Table (a) A9: autosave."""
    begun = saved(description="", expenses=(), financing=())
    given([call_published()], SAVE_APPLICATION).when(save(description="", expenses=(), financing=())).then(begun)
    again = saved(title="Better")
    given([call_published(), begun, saved()], SAVE_APPLICATION).when(save(title="Better")).then(again)
    assert APPLICATION.fold([begun, saved(), again]).title == "Better"


def test_a_drafts_budget_need_not_balance() -> None:
    unfinished = {"expenses": (expense(7), expense(7)), "financing": (paid_by(99, project_year=2044),)}
    given([call_published()], SAVE_APPLICATION).when(save(**unfinished)).then(saved(**unfinished))


def test_an_application_is_to_a_call() -> None:
    assert names(given([], SAVE_APPLICATION).when(save()).then_rejected("NOT_FOUND")) == ["call_id"]


def test_only_those_whom_the_call_admits_may_apply() -> None:
    """Call: applicants (any pool page)."""
    outsider = save(municipality=ODSHERRED)
    rejection = given([call_published()], SAVE_APPLICATION).when(outsider).then_rejected("NOT_ELIGIBLE")
    assert names(rejection) == ["municipality"]
    given([call_published(applicants=())], SAVE_APPLICATION).when(outsider).then(saved(municipality=ODSHERRED))


def test_nothing_is_saved_before_the_call_opens() -> None:
    scenario = given([call_published()], SAVE_APPLICATION)
    scenario.when(save(at=OPENS_AT)).then(saved(at=OPENS_AT))
    rejection = scenario.when(save(at=at("2018-01-17T08:59:59"))).then_rejected(
        "CALL_NOT_OPEN", opens_at="2018-01-17T09:00:00+01:00", at="2018-01-17T08:59:59+01:00"
    )
    assert names(rejection) == ["at"]


def test_the_deadline_is_a_day_and_an_hour_to_the_second() -> None:
    """Call: deadline (date + 12.00) (any pool page)."""
    scenario = given([call_published()], SAVE_APPLICATION)
    scenario.when(save(at=DEADLINE_AT)).then(saved(at=DEADLINE_AT))
    figures = {"deadline_at": "2018-03-02T12:00:00+01:00", "at": "2018-03-02T12:00:01+01:00"}
    assert names(scenario.when(save(at=ONE_SECOND_LATE)).then_rejected("DEADLINE_PASSED", **figures)) == ["at"]
    sending = given([call_published(), saved()], SUBMIT_APPLICATION)
    sending.when(submit(DEADLINE_AT)).then(submitted(moment=DEADLINE_AT))
    sending.when(submit(ONE_SECOND_LATE)).then_rejected("DEADLINE_PASSED", **figures)


def test_a_deadline_is_the_same_moment_on_every_clock() -> None:
    sending = given([call_published(), saved()], SUBMIT_APPLICATION)
    noon = at("2018-03-02T11:00:00Z")
    sending.when(submit(noon)).then(submitted(moment=noon))
    sending.when(submit(at("2018-03-02T11:00:01Z"))).then_rejected("DEADLINE_PASSED")


def test_an_extended_call_has_its_new_deadline() -> None:
    history = [call_published(), call_extended(UNTIL)]
    given(history, SAVE_APPLICATION).when(save(at=UNTIL)).then(saved(at=UNTIL))


@pytest.mark.parametrize(("event", "status"), [(submitted(), "submitted"), *FINAL])
def test_only_what_is_with_its_applicant_can_be_saved_and_sent(event: Event, status: str) -> None:
    history = [call_published(), saved(), event]
    rejection = given(history, SAVE_APPLICATION).when(save()).then_rejected("APPLICATION_NOT_OPEN", status=status)
    assert names(rejection) == ["application_id"]
    given(history, SUBMIT_APPLICATION).when(submit()).then_rejected("APPLICATION_NOT_OPEN", status=status)


def test_an_application_keeps_its_call_and_its_applicant() -> None:
    scenario = given([call_published(), saved()], SAVE_APPLICATION)
    assert names(scenario.when(save(call_id="other")).then_rejected("CALL_CHANGED")) == ["call_id"]
    assert names(scenario.when(save(municipality=GENTOFTE)).then_rejected("APPLICANT_CHANGED")) == ["municipality"]


# --- copies ---


@pytest.mark.parametrize("events", [[], [submitted()], *[[event] for event, _ in FINAL]])
def test_an_application_is_begun_as_a_copy_of_an_earlier_one_whatever_became_of_it(events: list[Event]) -> None:
    """Table (a) A9: copy from former application."""
    history: list[Event] = [call_published(), saved(call_id="aftercare-2017"), *events]
    copied = saved(application_id="randers-2", copied_from=APPLICATION_ID)
    given(history, COPY_APPLICATION).when(copy()).then(copied)
    again = saved(application_id="randers-2", copied_from=APPLICATION_ID, title="Better")
    given([*history, copied], SAVE_APPLICATION).when(save(application_id="randers-2", title="Better")).then(again)


def test_a_copy_has_its_own_name_and_something_to_copy() -> None:
    history = [call_published(), saved()]
    taken = [*history, saved(application_id="randers-2")]
    assert names(given(taken, COPY_APPLICATION).when(copy()).then_rejected("ALREADY_EXISTS")) == ["application_id"]
    nothing = given(history[:1], COPY_APPLICATION)
    assert names(nothing.when(copy()).then_rejected("NOT_FOUND")) == ["from_application_id"]


def test_an_application_is_not_a_copy_of_itself() -> None:
    itself = copy(APPLICATION_ID, APPLICATION_ID)
    assert COPY_APPLICATION.reads(itself) == ((APPLICATION, APPLICATION_ID), (CALL, CALL_ID))
    given([call_published()], COPY_APPLICATION).when(itself).then_rejected("NOT_FOUND")
    given([call_published(), saved()], COPY_APPLICATION).when(itself).then_rejected("ALREADY_EXISTS")


def test_a_copy_keeps_the_new_calls_rules() -> None:
    earlier = saved(call_id="aftercare-2017")
    assert names(given([earlier], COPY_APPLICATION).when(copy()).then_rejected("NOT_FOUND")) == ["call_id"]
    history = [call_published(), earlier]
    given(history, COPY_APPLICATION).when(copy(moment=ONE_SECOND_LATE)).then_rejected("DEADLINE_PASSED")
    given(history, COPY_APPLICATION).when(copy(moment=at("2018-01-17T08:59:59"))).then_rejected("CALL_NOT_OPEN")
    outsider = [call_published(applicants=(GENTOFTE,)), earlier]
    assert names(given(outsider, COPY_APPLICATION).when(copy()).then_rejected("NOT_ELIGIBLE")) == ["call_id"]


# --- sending ---


def test_an_application_that_balances_is_sent() -> None:
    history = [call_published(), saved()]
    given(history, SUBMIT_APPLICATION).when(submit()).then(submitted(600))
    several = saved(
        expenses=(expense(1000), expense(300, project_year=2019), expense(7, "rent")),
        financing=(
            *(paid_by(100, project_year=2019), paid_by(200, "region", project_year=2019)),
            *(paid_by(400), paid_by(600), paid_by(7, "own", "rent")),
        ),
    )
    given([call_published(), several], SUBMIT_APPLICATION).when(submit()).then(submitted(1100))


def test_there_must_be_something_to_send() -> None:
    assert names(given([], SUBMIT_APPLICATION).when(submit()).then_rejected("NOT_FOUND")) == ["application_id"]


@pytest.mark.parametrize(
    ("expenses", "financing", "figures"),
    [
        ([expense(1000)], [paid_by(999)], ("staff", 2018, 1000, 999)),
        ([expense(1000)], [paid_by(600), paid_by(401, "own")], ("staff", 2018, 1000, 1001)),
        ([expense(1000)], [], ("staff", 2018, 1000, 0)),
        ([], [paid_by(1)], ("staff", 2018, 0, 1)),
        # As much in all, but not in each year, or on each post.
        (
            [expense(5), expense(5, project_year=2019)],
            [paid_by(6), paid_by(4, project_year=2019)],
            ("staff", 2018, 5, 6),
        ),
        ([expense(5), expense(5, "rent")], [paid_by(4), paid_by(6, post="rent")], ("rent", 2018, 5, 6)),
    ],
)
def test_each_posts_financing_is_its_expenses_in_every_project_year(
    expenses: list[Expense], financing: list[Financing], figures: tuple[str, int, int, int]
) -> None:
    """Budget: must balance exactly: sum of financing = budgeted expenses; no over/under-budgeting
    (/finansiering-af-projekter)."""
    history = [call_published(), saved(expenses=tuple(expenses), financing=tuple(financing))]
    expected = dict(zip(("post", "project_year", "expenses_oere", "financing_oere"), figures, strict=True))
    rejection = given(history, SUBMIT_APPLICATION).when(submit()).then_rejected("BUDGET_UNBALANCED", **expected)
    assert names(rejection) == ["financing"]


lines = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([2018, 2019]), st.integers(1, 9)), max_size=4)


@generated(lines, lines)
def test_a_budget_is_accepted_exactly_when_it_balances(spent: list[Any], paid: list[Any]) -> None:
    unique = {(post, year): amount for post, year, amount in spent}
    expenses = [expense(amount, post, year) for (post, year), amount in unique.items()]
    financing = [paid_by(amount, "grant", post, year) for post, year, amount in paid]
    cells = {*unique, *((post, year) for post, year, _ in paid)}
    balances = all(unique.get(cell, 0) == sum(line[2] for line in paid if line[:2] == cell) for cell in cells)
    code = None
    try:
        require_budget(expenses, financing, range(2018, 2020))
    except Rejected as rejection:
        code = rejection.code
    assert code == ("NOTHING_APPLIED_FOR" if not cells else None if balances else "BUDGET_UNBALANCED")


def test_something_is_applied_for() -> None:
    history = [call_published(), saved(financing=(paid_by(1000, "own"),))]
    rejection = given(history, SUBMIT_APPLICATION).when(submit()).then_rejected("NOTHING_APPLIED_FOR")
    assert names(rejection) == ["financing"]
    empty = [call_published(), saved(expenses=(), financing=())]
    given(empty, SUBMIT_APPLICATION).when(submit()).then_rejected("NOTHING_APPLIED_FOR")


def test_a_post_stands_once_for_each_project_year() -> None:
    history = [call_published(), saved(expenses=(expense(400), expense(1, "rent"), expense(600)))]
    rejection = (
        given(history, SUBMIT_APPLICATION)
        .when(submit())
        .then_rejected("DUPLICATE_POST", post="staff", project_year=2018)
    )
    assert names(rejection) == ["expenses.2.post"]


@pytest.mark.parametrize("year", [2017, 2021])
def test_project_years_lie_within_the_calls_period(year: int) -> None:
    """Budget: periodised (lovguiden guidance contents)."""
    figures = {"project_year": year, "first_year": 2018, "last_year": 2020}
    outside = saved(expenses=(expense(1000), expense(5, project_year=year)))
    sending = given([call_published(), outside], SUBMIT_APPLICATION).when(submit())
    assert names(sending.then_rejected("YEAR_OUTSIDE_PERIOD", **figures)) == ["expenses.1.project_year"]
    outside = saved(financing=(paid_by(1000, project_year=year),))
    sending = given([call_published(), outside], SUBMIT_APPLICATION).when(submit())
    assert names(sending.then_rejected("YEAR_OUTSIDE_PERIOD", **figures)) == ["financing.0.project_year"]
    inside = [saved(expenses=(expense(6, project_year=2020),), financing=(paid_by(6, project_year=2020),))]
    given([call_published(), *inside], SUBMIT_APPLICATION).when(submit()).then(submitted(6))


@pytest.mark.parametrize("description", ["", " \n"])
def test_an_application_describes_its_project(description: str) -> None:
    history = [call_published(), saved(description=description)]
    rejection = given(history, SUBMIT_APPLICATION).when(submit()).then_rejected("INCOMPLETE")
    assert names(rejection) == ["description"]


# --- reopening and withdrawing ---


def test_an_application_that_was_reopened_is_changed_and_sent_again_until_its_own_limit() -> None:
    """Table (a) A9: reopen submitted."""
    history: list[Event] = [call_published(), saved(), submitted(), call_closed()]
    given(history, REOPEN_APPLICATION).when(reopen()).then(reopened(UNTIL))
    history.append(reopened(UNTIL))
    given(history, SAVE_APPLICATION).when(save(at=UNTIL)).then(saved(at=UNTIL))
    given(history, SUBMIT_APPLICATION).when(submit(UNTIL)).then(submitted(moment=UNTIL))
    late = at("2018-03-09T12:00:01")
    figures = {"deadline_at": "2018-03-09T12:00:00+01:00", "at": "2018-03-09T12:00:01+01:00"}
    given(history, SAVE_APPLICATION).when(save(at=late)).then_rejected("DEADLINE_PASSED", **figures)
    given(history, SUBMIT_APPLICATION).when(submit(late)).then_rejected("DEADLINE_PASSED", **figures)
    changed = [*history, saved(at=IN_THE_EXTRA_TIME)]
    assert APPLICATION.fold(changed[1:]).status == "reopened"
    sent = [*changed, submitted(moment=IN_THE_EXTRA_TIME)]
    given(sent, SAVE_APPLICATION).when(save(at=UNTIL)).then_rejected("APPLICATION_NOT_OPEN", status="submitted")


def test_what_was_assessed_of_an_application_does_not_count_when_it_is_sent_again() -> None:
    history = [saved(), submitted(), assessed("Anna"), conflict("Bo"), reopened(UNTIL), submitted()]
    state = APPLICATION.fold(history)
    assert (state.assessments, state.conflicts, state.until) == ((), ("Bo",), None)


def test_an_application_is_reopened_until_a_later_moment() -> None:
    history = [call_published(), saved(), submitted()]
    scenario = given(history, REOPEN_APPLICATION).when(reopen(until=AFTER_DEADLINE))
    assert names(scenario.then_rejected("DEADLINE_NOT_LATER", until="2018-03-05T10:00:00+01:00")) == ["until"]


@pytest.mark.parametrize(("event", "status"), [(saved(), "draft"), *FINAL])
def test_only_a_submitted_application_is_reopened(event: Event, status: str) -> None:
    scenario = given([call_published(), saved(), event], REOPEN_APPLICATION).when(reopen())
    assert names(scenario.then_rejected("APPLICATION_NOT_SUBMITTED", status=status)) == ["application_id"]
    given([], REOPEN_APPLICATION).when(reopen()).then_rejected("NOT_FOUND")


def test_an_application_that_was_reopened_and_not_sent_in_time_is_reopened_again() -> None:
    again = given([call_published(), saved(), submitted(), reopened(UNTIL)], REOPEN_APPLICATION).when(reopen())
    again.then(reopened(UNTIL))


@pytest.mark.parametrize(("event", "status"), [(saved(), "draft"), (reopened(UNTIL), "reopened"), *FINAL])
def test_only_a_submitted_application_is_assessed_or_refused(event: Event, status: str) -> None:
    history: list[Event] = [call_published(), saved(), event]
    commands = ((ASSESS_APPLICATION, assess("Anna")), (REFUSE_APPLICATION, refuse()))
    for decider, command in commands:
        rejection = given(history, decider).when(command).then_rejected("APPLICATION_NOT_SUBMITTED", status=status)
        assert names(rejection) == ["application_id"]
        assert names(given([], decider).when(command).then_rejected("NOT_FOUND")) == ["application_id"]


@pytest.mark.parametrize("events", [[], [submitted()], [submitted(), reopened(UNTIL)]])
def test_an_application_is_withdrawn_before_it_is_decided(events: list[Event]) -> None:
    given([saved(), *events], WITHDRAW_APPLICATION).when(withdraw()).then(withdrawn())


@pytest.mark.parametrize(("event", "status"), FINAL)
def test_what_is_decided_or_withdrawn_is_not_withdrawn(event: Event, status: str) -> None:
    scenario = given([saved(), submitted(), event], WITHDRAW_APPLICATION).when(withdraw())
    assert names(scenario.then_rejected("APPLICATION_NOT_OPEN", status=status)) == ["application_id"]
    given([], WITHDRAW_APPLICATION).when(withdraw()).then_rejected("NOT_FOUND")


# --- assessing ---


def test_an_assessor_gives_points_on_every_criterion_and_may_do_it_again() -> None:
    history = [call_published(), saved(), submitted()]
    given(history, ASSESS_APPLICATION).when(assess("Anna", need=40, method=80)).then(assessed("Anna", 40, 80))
    again = given([*history, assessed("Anna", 1, 2)], ASSESS_APPLICATION)
    again.when(assess(" anna", need=40, method=80)).then(assessed("Anna", 40, 80))
    state = APPLICATION.fold([*history, assessed("Anna", 1, 2), assessed("Bo"), assessed("Anna", 40, 80)])
    assert [(one.assessor, one.scores[0].points) for one in state.assessments] == [("Bo", 50), ("Anna", 40)]


@pytest.mark.parametrize(
    ("criteria", "figures"),
    [
        (["need"], {"missing": ["method"], "unknown": [], "twice": []}),
        (["need", "method", "price"], {"missing": [], "unknown": ["price"], "twice": []}),
        (["need", "method", "need"], {"missing": [], "unknown": [], "twice": ["need"]}),
        (["price", "price"], {"missing": ["method", "need"], "unknown": ["price"], "twice": ["price"]}),
    ],
)
def test_points_are_given_once_on_each_of_the_calls_criteria(criteria: list[str], figures: dict[str, Any]) -> None:
    command = assess("Anna").model_dump(mode="json") | {
        "scores": [{"criterion": name, "points": 50} for name in criteria]
    }
    history = [call_published(), saved(), submitted()]
    rejection = (
        given(history, ASSESS_APPLICATION)
        .when(AssessApplication.parse(command))
        .then_rejected("CRITERIA_MISMATCH", **figures)
    )
    assert names(rejection) == ["scores"]


def test_nothing_is_assessed_before_the_deadline_has_passed() -> None:
    history = [call_published(), saved(), submitted()]
    scenario = given(history, ASSESS_APPLICATION)
    rejection = scenario.when(assess("Anna", DEADLINE_AT)).then_rejected(
        "TOO_EARLY", deadline_at="2018-03-02T12:00:00+01:00", at="2018-03-02T12:00:00+01:00"
    )
    assert names(rejection) == ["at"]
    in_time = assessed("Anna").model_copy(update={"at": ONE_SECOND_LATE})
    scenario.when(assess("Anna", ONE_SECOND_LATE)).then(in_time)
    extended = given([*history, call_extended(UNTIL)], ASSESS_APPLICATION)
    extended.when(assess("Anna", ONE_SECOND_LATE)).then_rejected("TOO_EARLY")


def test_who_is_not_impartial_is_known_however_the_name_is_typed() -> None:
    history = [call_published(), saved(), submitted(), conflict("Anna")]
    given(history, ASSESS_APPLICATION).when(assess("ANNA")).then_rejected("CONFLICT_OF_INTEREST")


def test_who_is_not_impartial_neither_assesses_nor_decides() -> None:
    history = [call_published(), saved(), submitted(), conflict("Anna")]
    assess_it = given(history, ASSESS_APPLICATION)
    assert names(assess_it.when(assess("Anna")).then_rejected("CONFLICT_OF_INTEREST")) == ["on_behalf_of"]
    assess_it.when(assess("Bo")).then(assessed("Bo"))
    refuse_it = given(history, REFUSE_APPLICATION)
    assert names(refuse_it.when(refuse("Anna")).then_rejected("CONFLICT_OF_INTEREST")) == ["on_behalf_of"]
    refuse_it.when(refuse("Bo")).then(refused("Bo"))


def test_a_conflict_of_interest_takes_away_what_the_person_gave_and_stays() -> None:
    history = [saved(), submitted(), assessed("Anna"), assessed("Bo")]
    given(history, DECLARE_CONFLICT).when(declare("Anna")).then(conflict("Anna"))
    state = APPLICATION.fold([*history, conflict("Anna"), conflict("Cai")])
    assert [one.assessor for one in state.assessments] == ["Bo"]
    assert state.conflicts == ("Anna", "Cai")
    given([*history, conflict("Anna")], DECLARE_CONFLICT).when(declare("Anna")).then()


@pytest.mark.parametrize("events", [[], [refused()], [application_awarded()]])
def test_a_conflict_is_declared_whenever_it_is_discovered(events: list[Event]) -> None:
    given([saved(), *events], DECLARE_CONFLICT).when(declare("Anna")).then(conflict("Anna"))
    assert names(given([], DECLARE_CONFLICT).when(declare("Anna")).then_rejected("NOT_FOUND")) == ["application_id"]


CRITERIA = st.lists(st.integers(1, 1000), min_size=1, max_size=5).map(
    lambda weights: [Criterion(criterion=str(i), title="Title", weight=weight) for i, weight in enumerate(weights)]
)


def test_points_are_weighted_and_averaged_over_the_assessors() -> None:
    criteria = call_published().criteria  # need 1, method 3
    state = APPLICATION.fold([assessed("Anna", 40, 80), assessed("Bo", 100, 51)])
    assert weighted_points(criteria, state.assessments[:1]) == 70
    assert weighted_points(criteria, state.assessments) == Fraction(533, 8)  # (70 + 63.25) / 2
    assert weighted_points(criteria, ()) is None


@generated(CRITERIA, st.data())
def test_weighted_points_lie_between_the_lowest_and_the_highest(criteria: list[Criterion], data: st.DataObject) -> None:
    given_points = data.draw(
        st.lists(st.lists(st.integers(0, 100), min_size=len(criteria), max_size=len(criteria)), min_size=1, max_size=4)
    )
    assessments = [
        Assessment(
            assessor=str(index),
            scores=tuple(
                Score(criterion=one.criterion, points=each) for one, each in zip(criteria, points, strict=True)
            ),
        )
        for index, points in enumerate(given_points)
    ]
    points = weighted_points(criteria, assessments)
    assert points is not None
    every = [each for row in given_points for each in row]
    assert min(every) <= points <= max(every)
    assert weighted_points(criteria, assessments[::-1]) == points


# --- refusing ---


def test_an_application_is_refused_with_the_reason() -> None:
    given([saved(), submitted()], REFUSE_APPLICATION).when(refuse()).then(refused())


def test_an_event_of_another_kind_changes_no_state() -> None:
    assert application.evolve(APPLICATION.initial, pool_opened()) == APPLICATION.initial
    assert call.evolve(CALL.initial, pool_opened()) == CALL.initial


def test_a_call_knows_how_much_of_its_frame_is_awarded() -> None:
    award = CallAwarded(
        call_id=CALL_ID, application_id=APPLICATION_ID, grant_id="g", amount_oere=70, effective_on=DECIDED_ON
    )
    state = CALL.fold([call_published(), award, award])
    assert (state.awarded_oere, state.frame_oere, state.pool_id) == (140, 1500, POOL_ID)
    assert state.admits(RANDERS)
