"""The fund's views: fed in any batches they come out the same, and what is asked of them is true of the journal."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, select

from services.funding import events as e
from services.funding import ledger, views
from services.funding.commands import (
    Application,
    Applications,
    Balances,
    Calls,
    Deadlines,
    Grant,
    GrantLetter,
    Grants,
    GrantStatement,
    Journal,
    PaymentBatch,
    Position,
    RankedList,
    TrialBalance,
)
from services.funding.grant.changes import DECIDE_CHANGE
from services.funding.ledger import Cell, moved
from services.funding.views import ledger_reading, tables
from services.funding.views.postings import BLOCK
from shared.eventstore.store import Recorded, Transaction, utc_now
from shared.kernel.messages import Event
from shared.kernel.rejection import Rejected
from tests import calls
from tests.fund_log import (
    AARHUS,
    ACCOUNT,
    CODEC,
    COPENHAGEN,
    GRANT,
    LAPSED,
    ODENSE,
    OLD,
    OTHER,
    POOL,
    STAFF_18,
    event_id,
    fact,
    feed,
    log,
    recorded_at,
    story,
)
from tests.grants import accepted

NEVER = date(2199, 1, 1)


def connected() -> Any:
    """An empty SQLite database, in a transaction."""
    return create_engine("sqlite://").begin()


@pytest.fixture
def empty() -> Iterator[Connection]:
    """The views before anything has happened."""
    with connected() as connection:
        feed(connection, [])
        yield connection


@pytest.fixture
def connection(empty: Connection) -> Connection:
    """The views of the whole story."""
    feed(empty, log(story()))
    return empty


def rows(connection: Connection) -> dict[str, Any]:
    """Every row of every view."""
    return {
        table.name: connection.execute(select(table).order_by(*table.primary_key)).mappings().all()
        for table in tables.metadata.sorted_tables
    }


def position_of(kind: type[Event], nth: int = 0) -> int:
    """Where the nth event of a kind stands in the story."""
    return [at for at, event in enumerate(story(), 1) if isinstance(event, kind)][nth]


# --- the journal -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_batches_of_any_size_leave_the_same_rows(connection: Connection, size: int) -> None:
    events = [*story(), *calls.ready_to_decide(), calls.reopened(calls.AFTER_DEADLINE), calls.assessed("Anna")]
    with connected() as one, connected() as other:
        feed(one, log(events), size=500)
        feed(other, log(events), size=size)
        assert rows(one) == rows(other)


def test_a_posting_stands_in_the_journal_with_its_event_and_whose_money_it_is(connection: Connection) -> None:
    at = position_of(e.InstalmentPaid, 1)
    [debit, *_] = views.journal(connection, Journal(after=at - 1, limit=1))["lines"]
    assert debit == {
        "position": at,
        "line": 1,
        "event_id": event_id(at),
        "type": "funding.instalment_paid",
        "effective_on": "2018-04-02",
        "recorded_at": recorded_at(at),
        "ledger_account": "paid",
        "account": ACCOUNT,
        "budget_year": 2018,
        "amount_oere": 150_000_00,
        "post": "staff",
        "project_year": 2018,
        "earmark": None,
        "grant_id": GRANT,
        "pool_id": POOL,
        "initiative": "ppr",
        "reference": "p1",
        "corrects": None,
    }


def test_an_old_payment_that_names_no_pool_gets_its_grants(connection: Connection) -> None:
    own = select(tables.journal.c.pool_id).where(tables.journal.c.grant_id == OLD).distinct()
    assert connection.execute(own).scalars().all() == [POOL]


@pytest.mark.parametrize(
    ("kind", "corrected"),
    [
        (e.AppropriationAdjusted, 1),
        (e.BankAnswerCorrected, position_of(e.PaymentReturned)),
        (e.AccountsReopened, position_of(e.AccountsApproved)),
    ],
)
def test_a_correction_names_the_event_that_it_corrects(
    connection: Connection, kind: type[Event], corrected: int
) -> None:
    own = select(tables.journal.c.corrects).where(tables.journal.c.position == position_of(kind)).distinct()
    assert connection.execute(own).scalars().all() == [event_id(corrected)]


def test_a_correction_finds_the_newest_event_also_in_an_earlier_batch(empty: Connection) -> None:
    wrong: dict[str, Any] = {"payment_id": "p1", "paid_change_oere": 100, "draws": ()}
    back = fact(e.BankAnswerCorrected, outcome="returned", postings=moved("paid", "committed", {STAFF_18: 100}),
                corrects="funding.instalment_paid", **wrong)  # fmt: skip
    forth = fact(e.BankAnswerCorrected, outcome="paid", postings=moved("committed", "paid", {STAFF_18: 100}),
                 corrects="funding.bank_answer_corrected", **wrong)  # fmt: skip
    paid = fact(e.InstalmentPaid, payment_id="p1", amount_oere=100, postings=moved("payable", "paid", {STAFF_18: 100}))
    again = fact(e.BankAnswerCorrected, outcome="returned", postings=moved("paid", "committed", {STAFF_18: 100}),
                 corrects="funding.bank_answer_corrected", **wrong)  # fmt: skip
    feed(empty, log([paid, back, forth, again]), size=1)
    corrects = select(tables.journal.c.corrects).where(tables.journal.c.line == 1).order_by(tables.journal.c.position)
    assert empty.execute(corrects).scalars().all() == [None, event_id(1), event_id(2), event_id(3)]


def test_the_journal_is_read_in_pages_of_whole_events(connection: Connection) -> None:
    whole = views.journal(connection, Journal(limit=1000))
    assert not whole["more"]
    assert whole["next_after"] == whole["position"] == len(story())
    after, read = 0, []
    for _ in range(len(story())):
        page = views.journal(connection, Journal(after=after, limit=3))
        read += page["lines"]
        assert {line["position"] for line in page["lines"]}.isdisjoint({after})
        after = page["next_after"]
        if not page["more"]:
            break
    assert read == whole["lines"]


# --- balances --------------------------------------------------------------------------------------------


def test_the_trial_balance_is_the_fold_of_the_events_and_adds_up_to_nought(connection: Connection) -> None:
    answer = views.trial_balance(connection, TrialBalance())
    names = ("ledger_account", "account", "budget_year")
    found = {tuple(row[name] for name in names): row["balance_oere"] for row in answer["balances"]}
    assert found == {key: amount for key, amount in ledger.trial_balance(story()).items() if amount}
    assert answer["sum_oere"] == 0
    assert answer["position"] == len(story())


def test_as_of_each_position_the_trial_balance_is_the_fold_of_the_events_until_then(connection: Connection) -> None:
    for position in range(len(story()) + 1):
        answer = views.trial_balance(connection, TrialBalance(as_of=position))
        found = {tuple(row.values())[:3]: row["balance_oere"] for row in answer["balances"]}
        folded = ledger.trial_balance(story()[:position])
        assert found == {key: amount for key, amount in folded.items() if amount}
        assert answer["position"] == position


def test_a_moment_is_the_last_position_posted_at_by_then(connection: Connection) -> None:
    position = position_of(e.PoolExtended)
    just_then = TrialBalance.parse({"as_of": recorded_at(position)[:19] + "Z"})
    assert views.trial_balance(connection, just_then) == views.trial_balance(connection, TrialBalance(as_of=position))
    danish = TrialBalance.parse({"as_of": "2030-01-01T01:01:00+01:00"})
    assert views.trial_balance(connection, danish)["position"] == 1
    assert views.trial_balance(connection, TrialBalance.parse({"as_of": "2029-12-31T00:00:00Z"}))["balances"] == []


def test_a_position_that_the_views_have_not_come_to_is_refused_with_theirs(connection: Connection) -> None:
    asked: list[tuple[Any, Any]] = [
        (views.trial_balance, TrialBalance),
        (views.balances, Balances),
        (views.position, Position),
    ]
    for ask, query in asked:
        with pytest.raises(Rejected) as refusal:
            ask(connection, query(as_of=len(story()) + 1))
        assert refusal.value.code == "AS_OF_BEYOND_HEAD"
        assert refusal.value.figures == {"head": len(story())}


def test_balances_stand_by_any_dimension_and_filter(connection: Connection) -> None:
    by_grant = views.balances(connection, Balances(by=("grant_id", "earmark"), ledger_account="paid"))
    assert by_grant["balances"] == [
        {"grant_id": OLD, "earmark": None, "balance_oere": 1_000_00},
        {"grant_id": GRANT, "earmark": "partnership", "balance_oere": 14_600_00},
    ]
    assert by_grant["sum_oere"] == 15_600_00
    nobody = views.balances(connection, Balances(by=("initiative",), ledger_account="appropriated", budget_year=2019))
    assert nobody["balances"] == [
        {"initiative": None, "balance_oere": 499_500_00},
        {"initiative": "ppr", "balance_oere": -200_000_00},
    ]
    years = views.balances(connection, Balances(by=("project_year",), grant_id=GRANT, post="staff", account=ACCOUNT))
    assert [row["project_year"] for row in years["balances"]] == [2018, 2019]


def test_a_dimension_that_stands_twice_is_refused(connection: Connection) -> None:
    with pytest.raises(Rejected) as refusal:
        views.balances(connection, Balances(by=("post", "post")))
    assert refusal.value.code == "DUPLICATE_DIMENSION"


POSTED = st.tuples(
    st.sampled_from(["committed", "paid", "accounted_for"]),
    st.sampled_from(["payable", "lapsed"]),
    st.sampled_from([2018, 2019]),
    st.sampled_from(["staff", "travel", None]),
    st.sampled_from(["ppr", "cti"]),
    st.sampled_from([GRANT, LAPSED]),
    st.integers(-3, 3),
    st.integers(0, 3),
)
DIMENSIONS = st.lists(
    st.sampled_from(["ledger_account", "account", "budget_year", "initiative", "grant_id", "post"]),
    min_size=1,
    unique=True,
)


def posted(facts: list[Any], gap: int) -> list[Recorded]:
    """Events that move money between accounts, `gap` positions apart so that they fall into several blocks."""
    recorded = []
    for number, (source, target, year, post, initiative, grant_id, amount, days) in enumerate(facts, 1):
        postings = moved(source, target, {Cell(ACCOUNT, year, post, None, None): amount})
        on = (date(2018, 1, 1) + timedelta(days=days)).isoformat()
        names = {"grant_id": grant_id, "initiative": initiative, "change_id": f"c{number}"}
        event = fact(e.BudgetRevised, on, version=1, budget=(), postings=postings, **names)
        recorded += log([event], number * gap)
    return recorded


@settings(deadline=None)
@given(
    st.lists(POSTED, min_size=1, max_size=12),
    st.sampled_from([1, BLOCK // 3, BLOCK, 5 * BLOCK]),
    st.integers(0, 13),
    st.none() | st.integers(0, 3),
    DIMENSIONS,
    st.none() | st.sampled_from(["ppr", "cti"]),
)
def test_balances_as_of_and_as_at_are_what_adding_up_the_journal_gives(
    facts: list[Any], gap: int, until: int, day: int | None, by: list[str], initiative: str | None
) -> None:
    recorded = posted(facts, gap)
    head = recorded[-1].position
    as_of = min(until * gap, head)
    as_at = None if day is None else date(2018, 1, 1) + timedelta(days=day)
    expected: dict[tuple[Any, ...], int] = {}
    with connected() as connection:
        feed(connection, recorded, size=5)
        for line in connection.execute(select(tables.journal)).mappings():
            known = line["position"] <= as_of and line["initiative"] == (initiative or line["initiative"])
            if known and line["effective_on"] <= (as_at or NEVER).isoformat():
                key = tuple(line[name] for name in by)
                expected[key] = expected.get(key, 0) + line["amount_oere"]
        asked = {"initiative": initiative, "as_of": None if as_of == head else as_of, "as_at": as_at}
        query = Balances(by=tuple(by), **asked)  # type: ignore[arg-type]
        answer = views.balances(connection, query)["balances"]
    assert {tuple(row[name] for name in by): row["balance_oere"] for row in answer} == {
        key: amount for key, amount in expected.items() if amount
    }


@settings(deadline=None, max_examples=50)
@given(st.lists(POSTED, min_size=2, max_size=12), st.sampled_from([1, BLOCK // 3, 2 * BLOCK]), st.randoms())
def test_events_that_were_parked_and_come_late_leave_the_same_rows(
    facts: list[Any], gap: int, chance: random.Random
) -> None:
    recorded = posted(facts, gap)
    late = chance.choice([GRANT, LAPSED])
    parked = [one for one in recorded if one.stream_id == f"grant-{late}"]
    others = [one for one in recorded if one not in parked]
    with connected() as one, connected() as other:
        for connection, order in ((one, recorded), (other, others + parked)):
            feed(connection, [])
            for start in range(0, len(order), 3):
                views.react(Transaction(connection, CODEC, utc_now), "funding", order[start : start + 3])
        assert rows(one) == rows(other)


def test_what_asks_by_the_blocks_dimensions_reads_no_old_lines(empty: Connection) -> None:
    feed(empty, posted([("committed", "payable", 2018, None, "ppr", GRANT, 1, 0)] * 3, BLOCK))
    empty.execute(tables.journal.delete().where(tables.journal.c.position <= BLOCK))
    at = ledger_reading.Cut(3 * BLOCK)
    assert ledger_reading.sums(empty, at, ["ledger_account"], {}) == {("committed",): -3, ("payable",): 3}


# --- the programme's position and a grant's statement ----------------------------------------------------


def test_the_position_tells_how_far_each_account_year_is_used_and_what_became_of_what_was_paid(
    connection: Connection,
) -> None:
    answer = views.position(connection, Position())
    [first, _, other] = answer["account_years"]
    assert (first["account"], first["budget_year"], other["account"]) == (ACCOUNT, 2018, OTHER)
    assert {name: amount for name, amount in first.items() if name.endswith("_oere")} == {
        "voted_oere": 1_000_500_03,
        "free_oere": 400_500_03,
        "pooled_oere": 600_000_00,
        "pool_free_oere": 439_000_00,
        "committed_oere": 161_000_00,
        "payable_oere": 0,
        "paid_oere": 171_000_00,
        "accounted_for_oere": 140_000_00,
        "carried_over_oere": 5_000_00,
        "owed_oere": 0,
        "repaid_oere": 10_000_00,
        "waived_oere": 400_00,
        "unaccounted_oere": 15_600_00,
        "lapsed_oere": 55_000_00,
    }
    assert answer["total"]["voted_oere"] == 1_500_000_10


def test_at_every_position_the_figures_of_the_position_add_up(connection: Connection) -> None:
    for position in range(len(story()) + 1):
        for row in views.position(connection, Position(as_of=position))["account_years"]:
            assert row["voted_oere"] == row["free_oere"] + row["pooled_oere"]
            assert row["pooled_oere"] == row["pool_free_oere"] + row["committed_oere"]
            outcomes = ("accounted_for", "carried_over", "owed", "repaid", "waived", "unaccounted")
            assert row["paid_oere"] == sum(row[f"{name}_oere"] for name in outcomes)
            assert row["voted_oere"] >= row["pooled_oere"] >= row["committed_oere"] >= 0


def test_a_statement_names_the_event_of_each_line_and_tells_what_is_left_to_pay(connection: Connection) -> None:
    ordered = position_of(e.PaymentOrdered, 1)
    answer = views.grant_statement(connection, GrantStatement(grant_id=GRANT, as_of=ordered))
    last = answer["lines"][-1]
    assert (last["event_id"], last["type"]) == (event_id(ordered), "funding.payment_ordered")
    assert (last["effective_on"], last["recorded_at"]) == ("2018-04-01", recorded_at(ordered))
    assert last["not_yet_paid_oere"] == answer["not_yet_paid_oere"] == 90_000_00
    assert {line["ledger_account"] for line in answer["lines"]} == {"committed", "payable"}
    whole = views.grant_statement(connection, GrantStatement(grant_id=GRANT))
    assert sum(whole["balances"].values()) == 320_000_00
    early = views.grant_statement(connection, GrantStatement(grant_id=GRANT, as_at=date(2018, 3, 1)))
    assert early["not_yet_paid_oere"] == 320_000_00


# --- calls and applications ------------------------------------------------------------------------------


def applications(empty: Connection, *events: Event) -> Connection:
    """The views after a call with an application, assessed twice, and more."""
    feed(empty, log([*calls.ready_to_decide(), *events]))
    return empty


def test_calls_stand_in_order_of_deadline_with_what_they_awarded(empty: Connection) -> None:
    early = calls.call_published(call_id="early", deadline_at=calls.at("2018-03-02T10:59:59Z"), pool_id="other")
    part = {"call_id": calls.CALL_ID, "application_id": "a", "amount_oere": 600}
    awarded = fact(e.CallAwarded, **part)
    applications(empty, early, awarded, awarded, calls.call_closed())
    found = views.calls(empty, Calls())["calls"]
    assert [(one["call_id"], one["status"], one["awarded_oere"]) for one in found] == [
        ("early", "published", 0),
        (calls.CALL_ID, "closed", 1200),
    ]
    assert [one["call_id"] for one in views.calls(empty, Calls(pool_id="other"))["calls"]] == ["early"]
    assert found[1]["deadline_at"] == "2018-03-02T12:00:00+01:00"


def test_an_application_shows_its_applicant_how_far_it_is(empty: Connection) -> None:
    steps: list[tuple[Event, str]] = [
        (calls.saved(), "draft"),
        (calls.submitted(), "submitted"),
        (calls.reopened(calls.AFTER_DEADLINE), "reopened"),
        (calls.saved(title="Better"), "reopened"),
        (calls.submitted(500), "submitted"),
        (calls.application_awarded(400), "awarded"),
    ]
    feed(empty, log([calls.call_published()]))
    for position, (event, status) in enumerate(steps, 2):
        feed(empty, log([event], position))
        found = views.application(empty, Application(application_id=calls.APPLICATION_ID))
        assert found["status"] == status
    assert (found["title"], found["applied_oere"], found["awarded_oere"]) == ("Better", 500, 400)
    assert (found["grant_id"], found["decided_by"], found["reason"]) == (calls.GRANT_ID, "Head", "Strong")
    for event, status in ((calls.withdrawn(), "withdrawn"), (calls.refused(), "refused")):
        feed(empty, log([event], position := position + 1))
        [row] = views.applications(empty, Applications(call_id=calls.CALL_ID))["applications"]
        assert row["status"] == status
    query = Applications(call_id=calls.CALL_ID, municipality=calls.GENTOFTE)
    assert views.applications(empty, query)["applications"] == []


def test_who_declares_a_conflict_no_longer_counts_and_reopening_asks_for_new_assessments(empty: Connection) -> None:
    applications(empty, calls.conflict("Bo"))
    query = Application(application_id=calls.APPLICATION_ID)
    [anna, bo] = views.application(empty, query)["assessments"]
    assert (anna["assessor"], anna["conflict"]) == ("Anna", None)
    assert (bo["scores"], bo["conflict"]) == ([], "My brother works there")
    feed(empty, log([calls.reopened(calls.AFTER_DEADLINE)], 8))
    assert [one["assessor"] for one in views.application(empty, query)["assessments"]] == ["Bo"]


def applicant(name: str, *points: int, sent: bool = True) -> list[Event]:
    """An application with an assessment for each of the points."""
    events = [calls.saved(application_id=name), calls.submitted(), *(calls.assessed(f"A{p}", p, p) for p in points)]
    own = [event.model_copy(update={"application_id": name}) for event in events]
    return own if sent else own[:1]


def test_the_ranked_list_is_ordered_by_exact_points_and_equals_share_a_rank(empty: Connection) -> None:
    competing = [*applicant("c", 50, 51), *applicant("b", 40, 61), *applicant("a", 99), *applicant("d", 1)]
    others = [*applicant("draft", sent=False), *applicant("nobody-read")]
    decided = calls.refused().model_copy(update={"application_id": "a"})
    conflict = calls.conflict("A1").model_copy(update={"application_id": "d"})
    feed(empty, log([calls.call_published(), *competing, *others, decided, conflict]))
    found = views.ranked_list(empty, RankedList(call_id=calls.CALL_ID))["applications"]
    assert [(one["rank"], one["application_id"], one["points"], one["status"]) for one in found] == [
        (1, "a", "99.00", "refused"),
        (2, "b", "50.50", "submitted"),
        (2, "c", "50.50", "submitted"),
        (None, "d", None, "submitted"),
        (None, "nobody-read", None, "submitted"),
        (None, "draft", None, "draft"),
    ]
    assert [(one["highest"], one["lowest"], one["assessors"], one["conflicts"]) for one in found[1:4]] == [
        ("61.00", "40.00", 2, 0),
        ("51.00", "50.00", 2, 0),
        (None, None, 0, 1),
    ]


# --- grants, payments and deadlines ----------------------------------------------------------------------


def test_grants_stand_with_their_status_by_pool_and_municipality(connection: Connection) -> None:
    found = views.grants(connection, Grants())["grants"]
    assert {one["grant_id"]: (one["municipality"], one["status"]) for one in found} == {
        OLD: (COPENHAGEN, "started"),
        GRANT: (ODENSE, "closed"),
        LAPSED: (AARHUS, "lapsed"),
    }
    assert [one["grant_id"] for one in views.grants(connection, Grants(municipality=AARHUS))["grants"]] == [LAPSED]
    assert views.grants(connection, Grants(pool_id="other"))["grants"] == []


def test_a_grants_status_follows_its_life(empty: Connection) -> None:
    seen = []
    for position, event in enumerate(story(), 1):
        feed(empty, log([event], position))
        row = empty.execute(select(tables.grants.c.status).filter_by(grant_id=GRANT)).scalar()
        if row is not None and row not in seen:
            seen.append(row)
    assert seen == ["awarded", "letter_issued", "accepted", "started", "ended", "closed"]


def test_a_grant_stands_with_all_its_parts(connection: Connection) -> None:
    found = views.grant(connection, Grant(grant_id=GRANT))
    assert (found["budget_version"], found["period_to"], found["stops"]) == (2, "2020-06-30", [])
    assert sum(line["amount_oere"] for line in found["budget"]) == 320_000_00
    assert {"post": "travel", "project_year": 2019, "earmark": "partnership", "amount_oere": 5_000_00} in found[
        "budget"
    ]
    assert {one["report_id"]: one["status"] for one in found["reports"]} == {"a1": "approved", "s1": "received"}
    assert {one["change_id"]: one["status"] for one in found["changes"]} == {
        "budget": "approved",
        "carry_over": "approved",
        "project": "refused",
        "prolongation": "approved",
    }
    assert {one["claim_id"]: (one["status"], one["received_oere"]) for one in found["claims"]} == {
        "k1": ("repaid", 10_000_00),
        "k2": ("waived", 0),
    }
    assert sum(found["balances"].values()) == found["amount_oere"]


def test_payments_are_stopped_until_every_stop_is_released(empty: Connection) -> None:
    award = [event for event in story() if isinstance(event, e.GrantAwarded)][:1]
    stops = [fact(e.PaymentsStopped, cause="office"), fact(e.PaymentsStopped, cause="s1")]
    feed(empty, log([*award, *stops, fact(e.PaymentsReleased, cause="office")]))
    [row] = views.grants(empty, Grants())["grants"]
    assert row["stopped"]
    assert [stop["cause"] for stop in views.grant(empty, Grant(grant_id=GRANT))["stops"]] == ["s1"]


def test_the_letter_says_in_danish_or_english_what_was_promised_when_it_went_out(connection: Connection) -> None:
    danish = views.grant_letter(connection, GrantLetter(grant_id=GRANT))["text"]
    for part in ("Odense Kommune", "320.000,00 kr.", "31. december 2019", "15. marts 2018", "Kun til formålet.",
                 "øremærket: partnership", "200.000,00 kr.", "Afsluttende regnskab"):  # fmt: skip
        assert part in danish
    english = views.grant_letter(connection, GrantLetter(grant_id=GRANT, language="en"))["text"]
    for part in ("DKK 320,000.00", "31 December 2019", "15 March 2018", "Final accounts"):
        assert part in english


def test_a_letter_that_has_not_been_sent_is_refused(connection: Connection) -> None:
    with pytest.raises(Rejected) as refusal:
        views.grant_letter(connection, GrantLetter(grant_id=OLD))
    assert refusal.value.code == "NO_LETTER"


def test_a_batch_tells_how_far_each_of_its_payments_is(empty: Connection) -> None:
    seen: list[tuple[str, ...]] = []
    for position, event in enumerate(story(), 1):
        feed(empty, log([event], position))
        if empty.execute(select(tables.batches).filter_by(batch_id="b1")).first():
            lines = views.payment_batch(empty, PaymentBatch(batch_id="b1"))["lines"]
            status = tuple(line["status"] for line in lines)
            if not seen or status != seen[-1]:
                seen.append(status)
    assert seen == [
        ("prepared", "prepared"),
        ("ordered", "prepared"),
        ("ordered", "ordered"),
        ("paid", "ordered"),
        ("paid", "returned"),
        ("paid", "paid"),
    ]
    given_up = views.payment_batch(empty, PaymentBatch(batch_id="b2"))
    assert given_up["status"] == "cancelled"
    assert [line["status"] for line in given_up["lines"]] == ["cancelled", "cancelled"]


def deadlines_after(empty: Connection, *kinds: type[Event]) -> list[list[tuple[str, str, str]]]:
    """The grant's deadlines (kind, reference, day) after each event of these kinds in the story."""
    found = []
    for position, event in enumerate(story(), 1):
        feed(empty, log([event], position))
        if isinstance(event, kinds) and getattr(event, "grant_id", GRANT) == GRANT:
            rows = views.deadlines(empty, Deadlines(until=NEVER))["deadlines"]
            found.append([(row["kind"], row["reference"], row["due_on"]) for row in rows if row["key"] == GRANT])
    return found


def test_deadlines_are_set_met_and_moved(empty: Connection) -> None:
    kinds = (e.GrantLetterIssued, e.GrantAccepted, e.ProjectStarted, e.GrantProlonged, e.ReportOverdue, e.PeriodEnded)
    status, accounts = ("report", "s1", "2018-09-01"), ("report", "a1", "2020-04-01")
    period, later = ("period", "period", "2019-12-31"), ("report", "a1", "2020-10-01")
    assert deadlines_after(empty, *kinds) == [
        [("acceptance", "2018-17", "2018-03-15"), status, accounts],
        [status, ("start", "start", "2018-09-01"), period, accounts],
        [status, period, accounts],
        [status, ("period", "period", "2020-06-30"), later],
        [("period", "period", "2020-06-30"), later],
        [later],
    ]


def test_final_accounts_that_were_late_are_awaited_again_after_a_prolongation(empty: Connection) -> None:
    fund = accepted().request("c1", "2019-12-31", "prolongation", period_to="2020-06-30")
    fund.passes("report", "2020-03-02", "a19")
    fund.after(DECIDE_CHANGE, "2020-03-10", change_id="c1", decision="approve", reason="Yes.")
    feed(empty, log(fund.history))
    rows = views.deadlines(empty, Deadlines(until=NEVER))["deadlines"]
    assert [row["due_on"] for row in rows if row["reference"] == "a19"] == ["2020-08-30"]
    grant = views.grant(empty, Grant(grant_id="g1"))
    assert {one["report_id"]: one["status"] for one in grant["reports"]} == dict.fromkeys(("s18", "a18", "a19"), "owed")
    assert grant["stops"] == []


def test_accounts_sent_back_or_reopened_are_due_again_and_an_invoice_until_it_is_overdue(empty: Connection) -> None:
    kinds = (e.AccountsSubmitted, e.AccountsSentBack, e.AccountsReopened, e.RepaymentInvoiced, e.InvoiceOverdue)
    assert deadlines_after(empty, *kinds, e.GrantClosed) == [
        [],
        [("report", "a1", "2020-11-01")],
        [],
        [("report", "a1", "2020-12-01")],
        [],
        [("invoice", "k1", "2020-11-07")],
        [],
        [],
    ]


def test_an_invoice_that_is_paid_is_due_no_more_and_one_that_is_not_outlives_its_grant(empty: Connection) -> None:
    claim = {"cause": "lapsed", "amount_oere": 600}
    claimed = [fact(e.RepaymentClaimed, claim_id=name, **claim) for name in ("k1", "k2")]
    invoice = {"invoice": "F", "due_on": date(2020, 1, 1)}
    invoiced = [fact(e.RepaymentInvoiced, claim_id=name, **invoice) for name in ("k1", "k2")]
    part = fact(e.RepaymentReceived, claim_id="k1", receipt="r", amount_oere=300)
    award = [event for event in story() if isinstance(event, e.GrantAwarded)][:1]
    feed(empty, log([*award, *claimed, *invoiced, part]))
    due = Deadlines(until=date(2020, 1, 1))
    assert [one["reference"] for one in views.deadlines(empty, due)["deadlines"]] == ["k1", "k2"]
    lapsed = fact(e.GrantLapsed, cause="not_started", amount_oere=0)
    feed(empty, log([part, lapsed], 7))
    assert [one["reference"] for one in views.deadlines(empty, due)["deadlines"]] == ["k2"]


def test_a_calls_deadline_is_its_day_in_copenhagen_until_it_is_closed(empty: Connection) -> None:
    late = calls.call_extended(calls.at("2018-06-30T22:30:00Z"))
    feed(empty, log([calls.call_published(), late]))
    [row] = views.due_deadlines(empty, date(2018, 7, 2), 10)
    assert tuple(row) == ("call", calls.CALL_ID, "call", "2018-07-01")
    assert views.due_deadlines(empty, date(2018, 7, 1), 10) == []
    assert views.due_deadlines(empty, date(2018, 7, 2), 0) == []
    feed(empty, log([calls.call_closed()], 3))
    assert views.due_deadlines(empty, NEVER, 10) == []


def test_due_deadlines_come_in_order_of_day(connection: Connection) -> None:
    letter = {"conditions": (), "reports": (), "accept_by": date(2018, 1, 2)}
    first = fact(e.GrantLetterIssued, letter="b", grant_id="g2", **letter | {"accept_by": date(2018, 1, 1)})
    same_day = [fact(e.GrantLetterIssued, letter="a", grant_id=name, **letter) for name in ("g3", "g1")]
    feed(connection, log([*same_day, first], len(story()) + 1))
    assert [row.key for row in views.due_deadlines(connection, date(2018, 1, 3), 10)] == ["g2", "g1", "g3"]
    assert [row.key for row in views.due_deadlines(connection, date(2018, 1, 3), 1)] == ["g2"]


def test_what_does_not_exist_is_refused_by_its_name(connection: Connection) -> None:
    asked: list[tuple[Any, Any, str]] = [
        (views.grant, Grant(grant_id="x"), "grant_id"),
        (views.grant_statement, GrantStatement(grant_id="x"), "grant_id"),
        (views.grant_letter, GrantLetter(grant_id="x"), "grant_id"),
        (views.application, Application(application_id="x"), "application_id"),
        (views.applications, Applications(call_id="x"), "call_id"),
        (views.ranked_list, RankedList(call_id="x"), "call_id"),
        (views.payment_batch, PaymentBatch(batch_id="x"), "batch_id"),
    ]
    for ask, query, field in asked:
        with pytest.raises(Rejected) as refusal:
            ask(connection, query)
        assert (refusal.value.code, refusal.value.fields[0]["field"]) == ("NOT_FOUND", field)
