"""What the fund decides about awards: every rule, and every way it says no."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from services.funding import commands as c
from services.funding.application import APPLICATION
from services.funding.appropriation import APPROPRIATION
from services.funding.award import AWARD_GRANT
from services.funding.call import CALL
from services.funding.commands import AwardGrant
from services.funding.events import (
    BudgetLine,
    CallAwarded,
    Draw,
    Earmark,
    Financing,
    GrantAwarded,
    PoolCommitted,
    PoolRestored,
    Posting,
)
from services.funding.ledger import is_balanced
from services.funding.pool import POOL
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from shared.testing.decisions import Scenario, given
from tests.calls import (
    ACCOUNT,
    APPLICATION_ID,
    CALL_ID,
    DECIDED_ON,
    GENTOFTE,
    GRANT_ID,
    ID,
    IN_TIME,
    OPENED_ON,
    PERIOD,
    POOL_ID,
    RANDERS,
    application_awarded,
    assessed,
    call_closed,
    call_published,
    conflict,
    draw,
    expense,
    paid_by,
    pool_opened,
    ready_to_decide,
    refused,
    reopened,
    saved,
    submitted,
    withdrawn,
)
from tests.fund import Fund


def line(amount_oere: int, post: str = "grant", project_year: int = 2018, earmark: str | None = None) -> BudgetLine:
    return BudgetLine(post=post, project_year=project_year, amount_oere=amount_oere, earmark=earmark)


def posting(ledger_account: Any, amount_oere: int, *cell: Any, budget_year: int = 2018) -> Posting:
    """A posting of (post, project year, earmark), or of none of them."""
    names = dict(zip(("post", "project_year", "earmark"), cell, strict=False))
    fields: dict[str, Any] = {"account": ACCOUNT, "budget_year": budget_year, "amount_oere": amount_oere}
    return Posting(ledger_account=ledger_account, **fields, **names)


def award(*draws: Draw, application: bool = False, **changes: Any) -> AwardGrant:
    """An award as a caller sends it; with an application, one that decides it properly."""
    fields: dict[str, Any] = {
        "command_id": ID,
        "grant_id": GRANT_ID,
        "pool_id": POOL_ID,
        "municipality": RANDERS,
        "draws": [one.model_dump() for one in draws or (draw(600),)],
        "period_from": PERIOD[0].isoformat(),
        "period_to": PERIOD[1].isoformat(),
        "effective_on": DECIDED_ON.isoformat(),
    }
    if application:
        fields |= {"application_id": APPLICATION_ID, "reason": "Strong", "on_behalf_of": "Head"}
    return AwardGrant.parse(fields | changes)


def lines(*budget: BudgetLine) -> list[dict[str, Any]]:
    """Budget lines as a caller sends them."""
    return [one.model_dump() for one in budget]


def marks(**amounts: int) -> list[dict[str, Any]]:
    """Earmarks as a caller sends them."""
    return [{"earmark": name, "title": name, "amount_oere": amount} for name, amount in amounts.items()]


def committed(*draws: Draw, grant_id: str = GRANT_ID) -> PoolCommitted:
    return PoolCommitted(pool_id=POOL_ID, grant_id=grant_id, draws=draws, effective_on=DECIDED_ON)


def granted(
    *draws: Draw, budget: tuple[BudgetLine, ...], postings: tuple[Posting, ...], **changes: Any
) -> GrantAwarded:
    fields: dict[str, Any] = {
        "grant_id": GRANT_ID,
        "pool_id": POOL_ID,
        "track": "dissemination",
        "initiative": "aftercare",
        "municipality": RANDERS,
        "draws": draws,
        "amount_oere": sum(one.amount_oere for one in draws),
        "earmarks": (),
        "plan_months": 3,
        "application_id": None,
        "call_id": None,
        "reason": None,
        "period_from": PERIOD[0],
        "period_to": PERIOD[1],
        "effective_on": DECIDED_ON,
    }
    return GrantAwarded(**fields | changes, budget=budget, postings=postings)


def call_awarded(amount_oere: int, grant_id: str = GRANT_ID) -> CallAwarded:
    fields: dict[str, Any] = {"call_id": CALL_ID, "application_id": APPLICATION_ID, "effective_on": DECIDED_ON}
    return CallAwarded(grant_id=grant_id, amount_oere=amount_oere, **fields)


def one_post(amount_oere: int) -> GrantAwarded:
    """What is awarded from 2018 alone, without a word about its budget."""
    postings = (posting("pooled", -amount_oere), posting("committed", amount_oere, "grant", 2018))
    return granted(draw(amount_oere), budget=(line(amount_oere),), postings=postings)


def decided(scenario: Scenario) -> GrantAwarded:
    """The grant that a scenario leads to."""
    assert scenario.command is not None
    reads = scenario.decider.reads(scenario.command)
    states = [
        aggregate.fold(event for event in scenario.history if event.stream_id == aggregate.stream_id(key))
        for aggregate, key in reads
    ]
    [_, grant] = scenario.decider.decide(*states, scenario.command)
    assert isinstance(grant, GrantAwarded)
    return grant


def names(rejection: Rejected) -> list[str]:
    """The fields that a rejection is about."""
    return [field["field"] for field in rejection.fields]


# --- out of the pool ---


def test_an_award_commits_the_pool_and_carries_its_track_and_initiative() -> None:
    draws = (draw(60), draw(20, 2019))
    postings = (
        *(posting("pooled", -60), posting("pooled", -20, budget_year=2019)),
        *(posting("committed", 60, "grant", 2018), posting("committed", 20, "grant", 2019, budget_year=2019)),
    )
    budget = (line(60), line(20, project_year=2019))
    given([pool_opened()], AWARD_GRANT).when(award(*draws)).then(
        committed(*draws), granted(*draws, budget=budget, postings=postings)
    )


def test_an_award_is_no_more_than_the_pool_leaves_of_the_account_year() -> None:
    """Table (a) A2: never award above the appropriation per year."""
    history: list[Event] = [pool_opened(draw(100), draw(900, 2019))]
    history += [committed(draw(70), grant_id="older"), committed(draw(5), grant_id="old")]
    given(history, AWARD_GRANT).when(award(draw(25))).then(committed(draw(25)), one_post(25))
    given(history, AWARD_GRANT).when(award(draw(26))).then_rejected(
        "FUNDS_EXCEEDED", account=ACCOUNT, budget_year=2018, requested_oere=26, available_oere=25
    )
    given(history, AWARD_GRANT).when(award(draw(1, 2020))).then_rejected("FUNDS_EXCEEDED", available_oere=0)


def test_what_came_back_to_the_pool_can_be_awarded_again() -> None:
    back = PoolRestored(pool_id=POOL_ID, grant_id="old", draws=(draw(30),), effective_on=DECIDED_ON)
    history: list[Event] = [pool_opened(draw(100)), committed(draw(100), grant_id="old"), back]
    given(history, AWARD_GRANT).when(award(draw(30))).then(committed(draw(30)), one_post(30))
    given(history, AWARD_GRANT).when(award(draw(31))).then_rejected("FUNDS_EXCEEDED", available_oere=30)


def test_an_award_needs_a_pool_that_is_open() -> None:
    assert names(given([], AWARD_GRANT).when(award()).then_rejected("NOT_FOUND")) == ["pool_id"]
    scenario = given([pool_opened()], AWARD_GRANT)
    rejection = scenario.when(award(effective_on="2018-01-01")).then_rejected("TOO_EARLY", earliest="2018-01-02")
    assert names(rejection) == ["effective_on"]
    assert decided(scenario.when(award(effective_on="2018-01-02"))).effective_on == OPENED_ON


def test_a_grant_is_awarded_once() -> None:
    history = [pool_opened(), one_post(10)]
    assert names(given(history, AWARD_GRANT).when(award()).then_rejected("ALREADY_EXISTS")) == ["grant_id"]


def test_a_period_does_not_end_before_it_begins() -> None:
    scenario = given([pool_opened()], AWARD_GRANT)
    rejection = scenario.when(award(period_to="2018-04-30")).then_rejected("PERIOD_REVERSED")
    assert names(rejection) == ["period_to"]
    assert decided(scenario.when(award(period_to="2018-05-01"))).period_to == date(2018, 5, 1)


def test_an_award_names_each_account_year_once() -> None:
    rejection = given([pool_opened()], AWARD_GRANT).when(award(draw(1), draw(2))).then_rejected("DUPLICATE_DRAW")
    assert names(rejection) == ["draws.1"]


# --- its budget ---


def test_without_a_budget_there_is_one_post_with_each_budget_years_money_in_the_nearest_project_year() -> None:
    draws = (draw(1, 2017), draw(2, 2018), draw(4, 2019), draw(8, 2021))
    command = award(*draws, period_from="2018-05-01", period_to="2019-12-31")
    grant = decided(given([pool_opened(*draws)], AWARD_GRANT).when(command))
    assert grant.budget == (line(3), line(12, project_year=2019))


def test_the_oldest_money_finances_the_earliest_project_year() -> None:
    budget = lines(line(50, "rent", 2019), line(70, "staff", 2018))
    scenario = given([pool_opened()], AWARD_GRANT).when(award(draw(40, 2019), draw(80), budget=budget, plan_months=6))
    postings = (
        *(posting("pooled", -80), posting("pooled", -40, budget_year=2019)),
        *(posting("committed", 70, "staff", 2018), posting("committed", 10, "rent", 2019)),
        posting("committed", 40, "rent", 2019, budget_year=2019),
    )
    resolved = (line(50, "rent", 2019), line(70, "staff", 2018))
    draws = (draw(40, 2019), draw(80))
    scenario.then(committed(*draws), granted(*draws, budget=resolved, postings=postings, plan_months=6))


@generated(st.dictionaries(st.integers(2017, 2022), st.integers(1, 10**15), min_size=1), st.data())
def test_every_oere_that_is_drawn_has_its_place_in_the_budget(drawn: dict[int, int], data: st.DataObject) -> None:
    draws = [draw(amount, year) for year, amount in drawn.items()]
    first, years = data.draw(st.integers(2017, 2020)), data.draw(st.integers(0, 3))
    period: dict[str, Any] = {"period_from": f"{first}-05-01", "period_to": f"{first + years}-12-31"}
    grant = decided(given([pool_opened(*draws)], AWARD_GRANT).when(award(*draws, **period)))
    assert is_balanced(grant.postings)
    assert sum(one.amount_oere for one in grant.budget) == sum(drawn.values()) == grant.amount_oere
    assert {one.project_year for one in grant.budget} <= set(range(first, first + years + 1))
    state = POOL.fold([pool_opened(*draws), committed(*grant.draws)])
    assert not any(state.left().values())


def test_a_budget_adds_up_to_the_award_exactly() -> None:
    """Budget: must balance exactly; no over/under-budgeting (/finansiering-af-projekter)."""
    for off in (-1, 1):
        command = award(draw(100), budget=lines(line(60), line(40 + off, "rent")))
        rejection = (
            given([pool_opened()], AWARD_GRANT)
            .when(command)
            .then_rejected("BUDGET_UNBALANCED", budget_oere=100 + off, award_oere=100)
        )
        assert names(rejection) == ["budget"]


@pytest.mark.parametrize("year", [2017, 2021])
def test_a_budgets_project_years_touch_the_period(year: int) -> None:
    command = award(draw(100), budget=lines(line(60), line(40, "rent", year)))
    rejection = (
        given([pool_opened()], AWARD_GRANT)
        .when(command)
        .then_rejected("YEAR_OUTSIDE_PERIOD", project_year=year, first_year=2018, last_year=2020)
    )
    assert names(rejection) == ["budget.1.project_year"]


def test_a_budget_has_a_post_once_for_each_project_year_and_earmark() -> None:
    budget = [line(10), line(20, project_year=2019), line(30)]
    rejection = (
        given([pool_opened()], AWARD_GRANT)
        .when(award(draw(60), budget=lines(*budget)))
        .then_rejected("DUPLICATE_POST", post="grant", project_year=2018)
    )
    assert names(rejection) == ["budget.2.post"]


# --- earmarks ---


def test_parts_of_an_award_are_earmarked() -> None:
    """Table (a) A8: sub-purpose earmarks in one award (PPR 12.3 = 1.8 partnership + 10.5 staff)."""
    staff = (line(100, "staff", earmark="staff"), line(5, "staff", 2019, "staff"))
    budget = (line(18, "meetings", earmark="partnership"), *staff)
    command = award(draw(123), budget=lines(*budget), earmarks=marks(partnership=18, staff=105))
    postings = (
        posting("pooled", -123),
        posting("committed", 18, "meetings", 2018, "partnership"),
        posting("committed", 100, "staff", 2018, "staff"),
        posting("committed", 5, "staff", 2019, "staff"),
    )
    earmarks = tuple(Earmark(**each) for each in marks(partnership=18, staff=105))
    given([pool_opened()], AWARD_GRANT).when(command).then(
        committed(draw(123)), granted(draw(123), budget=budget, postings=postings, earmarks=earmarks)
    )


@pytest.mark.parametrize(("partnership", "staff"), [(17, 106), (19, 104)])
def test_the_lines_under_an_earmark_add_up_to_it(partnership: int, staff: int) -> None:
    budget = lines(line(partnership, earmark="partnership"), line(staff, earmark="staff"))
    rejection = (
        given([pool_opened()], AWARD_GRANT)
        .when(award(draw(123), budget=budget, earmarks=marks(partnership=18, staff=105)))
        .then_rejected("EARMARK_MISMATCH", earmark="partnership", earmark_oere=18, budget_oere=partnership)
    )
    assert names(rejection) == ["budget"]


def test_an_earmark_without_lines_is_refused() -> None:
    scenario = given([pool_opened()], AWARD_GRANT).when(award(draw(10), earmarks=marks(staff=10)))
    scenario.then_rejected("EARMARK_MISMATCH", earmark="staff", earmark_oere=10, budget_oere=0)


def test_a_line_names_an_earmark_of_the_award() -> None:
    budget = lines(line(10, earmark="staff"), line(5, earmark="travel"))
    rejection = (
        given([pool_opened()], AWARD_GRANT)
        .when(award(draw(15), budget=budget, earmarks=marks(staff=10)))
        .then_rejected("UNKNOWN_EARMARK", earmark="travel")
    )
    assert names(rejection) == ["budget.1.earmark"]


def test_an_earmark_stands_once() -> None:
    command = award(draw(10), budget=lines(line(10, earmark="staff")), earmarks=[*marks(staff=4), *marks(staff=6)])
    rejection = given([pool_opened()], AWARD_GRANT).when(command).then_rejected("DUPLICATE_EARMARK", earmark="staff")
    assert names(rejection) == ["earmarks.1.earmark"]


# --- deciding an application ---


def test_an_application_is_awarded_in_whole_with_its_own_budget() -> None:
    financing = (
        *(paid_by(100), paid_by(400, "own"), paid_by(200)),
        Financing(post="staff", project_year=2019, source="grant", amount_oere=300),
    )
    history = ready_to_decide(expenses=(expense(700), expense(300, project_year=2019)), financing=financing)
    postings = (
        *(posting("pooled", -600), posting("committed", 300, "staff", 2018)),
        posting("committed", 300, "staff", 2019),
    )
    grant = granted(
        draw(600),
        budget=(line(300, "staff"), line(300, "staff", 2019)),
        postings=postings,
        application_id=APPLICATION_ID,
        call_id=CALL_ID,
        reason="Strong",
    )
    given(history, AWARD_GRANT).when(award(application=True)).then(
        committed(draw(600)), grant, call_awarded(600), application_awarded(600)
    )
    given([*history, call_closed()], AWARD_GRANT).when(award(application=True)).then(
        committed(draw(600)), grant, call_awarded(600), application_awarded(600)
    )


def test_an_application_is_awarded_in_part_with_one_post() -> None:
    grant = one_post(599).model_copy(
        update={"application_id": APPLICATION_ID, "call_id": CALL_ID, "reason": "Strong"},
    )
    given(ready_to_decide(), AWARD_GRANT).when(award(draw(599), application=True)).then(
        committed(draw(599)), grant, call_awarded(599), application_awarded(599)
    )


def test_an_earmark_that_was_applied_for_must_be_given() -> None:
    asked = Financing(post="staff", project_year=2018, source="grant", amount_oere=600, earmark="staff")
    scenario = given(ready_to_decide(financing=(asked,)), AWARD_GRANT)
    scenario.when(award(application=True)).then_rejected("UNKNOWN_EARMARK", earmark="staff")
    postings = (posting("pooled", -600), posting("committed", 600, "staff", 2018, "staff"))
    grant = granted(
        draw(600),
        budget=(line(600, "staff", earmark="staff"),),
        postings=postings,
        earmarks=(Earmark(earmark="staff", title="staff", amount_oere=600),),
        application_id=APPLICATION_ID,
        call_id=CALL_ID,
        reason="Strong",
    )
    scenario.when(award(application=True, earmarks=marks(staff=600))).then(
        committed(draw(600)), grant, call_awarded(600), application_awarded(600)
    )


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (saved(), "draft"),
        (reopened(IN_TIME), "reopened"),
        (withdrawn(), "withdrawn"),
        (refused(), "refused"),
        (application_awarded(), "awarded"),
    ],
)
def test_only_a_submitted_application_is_awarded(event: Event, status: str) -> None:
    history = [pool_opened(), call_published(), saved(), *([submitted()] if status != "draft" else []), event]
    rejection = (
        given(history, AWARD_GRANT)
        .when(award(application=True))
        .then_rejected("APPLICATION_NOT_SUBMITTED", status=status)
    )
    assert names(rejection) == ["application_id"]


def test_an_award_decides_an_application_that_there_is() -> None:
    history = [pool_opened(), call_published()]
    rejection = given(history, AWARD_GRANT).when(award(application=True)).then_rejected("NOT_FOUND")
    assert names(rejection) == ["application_id"]


def test_an_application_is_awarded_to_its_applicant() -> None:
    scenario = given(ready_to_decide(), AWARD_GRANT).when(award(application=True, municipality=GENTOFTE))
    assert names(scenario.then_rejected("APPLICANT_CHANGED")) == ["municipality"]


def test_an_application_is_awarded_from_its_calls_pool() -> None:
    other = pool_opened().model_copy(update={"pool_id": "other"})
    scenario = given([other, *ready_to_decide()], AWARD_GRANT).when(award(application=True, pool_id="other"))
    assert names(scenario.then_rejected("WRONG_POOL", pool_id=POOL_ID)) == ["pool_id"]


def test_an_application_is_decided_with_a_reason() -> None:
    scenario = given(ready_to_decide(), AWARD_GRANT).when(award(application=True, reason=None))
    assert names(scenario.then_rejected("REASON_MISSING")) == ["reason"]


def test_an_application_is_decided_by_an_impartial_person() -> None:
    history = [*ready_to_decide(), assessed("Cai"), conflict("Anna")]
    scenario = given(history, AWARD_GRANT)
    nobody = scenario.when(award(application=True, on_behalf_of=None))
    assert names(nobody.then_rejected("DECIDER_MISSING")) == ["on_behalf_of"]
    anna = scenario.when(award(application=True, on_behalf_of="Anna"))
    assert names(anna.then_rejected("CONFLICT_OF_INTEREST")) == ["on_behalf_of"]


def test_an_application_is_decided_once_enough_have_assessed_it() -> None:
    history = [pool_opened(), call_published(assessors_required=2), saved(), submitted(), assessed("Anna")]
    figures = {"assessments": 1, "required": 2}
    for more in ([], [assessed("Anna")], [assessed("Bo"), conflict("Bo")]):
        rejection = (
            given([*history, *more], AWARD_GRANT).when(award(application=True)).then_rejected("NOT_ASSESSED", **figures)
        )
        assert names(rejection) == ["application_id"]


def test_no_more_is_awarded_than_was_applied_for() -> None:
    rejection = (
        given(ready_to_decide(), AWARD_GRANT)
        .when(award(draw(300), draw(301, 2019), application=True))
        .then_rejected("MORE_THAN_APPLIED", applied_oere=600, requested_oere=601)
    )
    assert names(rejection) == ["draws"]


def test_a_calls_awards_are_no_more_than_its_frame() -> None:
    """Call: amount (any pool page); table (a) A2: several rounds per pool."""
    history = [*ready_to_decide(), call_awarded(500, "other-1"), call_awarded(401, "other-2")]
    scenario = given(history, AWARD_GRANT)
    figures = {"frame_oere": 1500, "awarded_oere": 901, "requested_oere": 600, "available_oere": 599}
    assert names(scenario.when(award(application=True)).then_rejected("FRAME_EXCEEDED", **figures)) == ["draws"]
    grant = one_post(599).model_copy(
        update={"application_id": APPLICATION_ID, "call_id": CALL_ID, "reason": "Strong"},
    )
    scenario.when(award(draw(599), application=True)).then(
        committed(draw(599)), grant, call_awarded(599), application_awarded(599)
    )


@pytest.mark.parametrize(("field", "day"), [("period_from", "2018-04-30"), ("period_to", "2021-01-01")])
def test_a_grants_period_lies_within_its_calls(field: str, day: str) -> None:
    """Call: project period (any pool page)."""
    rejection = (
        given(ready_to_decide(), AWARD_GRANT)
        .when(award(application=True, **{field: day}))
        .then_rejected("PERIOD_OUTSIDE_CALL", period_from="2018-05-01", period_to="2020-12-31")
    )
    assert names(rejection) == [field]


# --- all of it together ---


def test_from_the_vote_to_the_award_every_event_belongs_to_a_stream_that_was_read() -> None:
    fund = Fund()
    year = {"account": ACCOUNT, "budget_year": 2018, "act": "FL 2018", "effective_on": "2018-01-01"}
    fund.do(c.RegisterAppropriation, **year, amount_oere=1000)
    fund.do(c.TransferAppropriation, **year, amount_oere=100, to_account="15.26.04.11", to_budget_year=2018)
    pool = pool_opened(draw(800)).model_dump(mode="json", exclude={"postings"})
    fund.do(c.OpenPool, **pool)
    fund.do(c.ExtendPool, pool_id=POOL_ID, draws=[draw(100).model_dump()], effective_on="2018-01-03")
    fund.do(c.PublishCall, **call_published(frame_oere=900).model_dump(mode="json"))
    earlier = saved().model_dump(mode="json", exclude={"copied_from"}) | {"application_id": "draft"}
    fund.do(c.SaveApplication, **earlier)
    moment = IN_TIME.isoformat()
    fund.do(c.CopyApplication, application_id=APPLICATION_ID, from_application_id="draft", call_id=CALL_ID, at=moment)
    fund.do(c.SubmitApplication, application_id=APPLICATION_ID, at=moment)
    fund.do(c.CloseCall, call_id=CALL_ID, effective_on="2018-03-03")
    for assessor in ("Anna", "Bo"):
        given_points = assessed(assessor).model_dump(mode="json", exclude={"call_id", "assessor"})
        fund.do(c.AssessApplication, **given_points, on_behalf_of=assessor)
    fund.carry_out(award(application=True))
    reads = ((POOL, POOL_ID), (CALL, CALL_ID), (APPLICATION, APPLICATION_ID), (APPROPRIATION, ACCOUNT))
    states = fund.states(reads)
    assert [type(one).model_validate_json(one.model_dump_json()) for one in states] == states
    pool_state, call_state, application_state, appropriation_state = states
    assert pool_state.left() == {(ACCOUNT, 2018): 300}
    assert (call_state.awarded_oere, application_state.status) == (600, "awarded")
    assert appropriation_state.left() == {(ACCOUNT, 2018): 0}
    assert is_balanced(line for event in fund.history for line in getattr(event, "postings", ()))
