"""The inputs of the cases, as the events of the other services leave them; and the intervals behind the
rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, create_engine, select

from services.som import views
from services.som.case import MIN_ASSESSED
from services.som.events import (
    CaseInputs,
    DiscountRate,
    Evidence,
    KnowledgePublished,
    SuccessRate,
    YearAmount,
    YearCount,
)
from services.som.model import project
from services.trials.events import AssessmentRecorded, ParticipantCompleted, ParticipantWithdrew
from shared.eventstore import upsert
from shared.kernel.messages import Event
from shared.kernel.statistics import newcombe, pooled_difference, wilson
from tests import money

COPENHAGEN, AARHUS = "0101", "0751"


@pytest.fixture
def connection() -> Iterator[Connection]:
    """An empty SQLite database with the tables of the views."""
    with create_engine("sqlite://").begin() as opened:
        views.metadata.create_all(opened)
        yield opened


def completion(municipality: str, year: int, arm: str = "group") -> Event:
    """A participant completed."""
    return ParticipantCompleted(
        trial_id="t1",
        initiative="cti",
        citizen="c",
        arm=arm,
        municipality=municipality,
        effective_on=date(year, 6, 1),
    )


def outcomes(arm: str, successes: int, assessed: int, trial: str = "t1") -> list[Event]:
    """So many assessed on the success measure, so many of them successes."""
    return [
        AssessmentRecorded(
            trial_id=trial,
            initiative="cti",
            citizen=f"c{number}",
            arm=arm,
            municipality=AARHUS,
            instrument="who-5",
            wave="9m",
            score=Decimal(50),
            success=number < successes,
            effective_on=date(2018, 6, 1),
        )
        for number in range(assessed)
    ]


def published(rate: str, pricebook: str = "national") -> KnowledgePublished:
    """A knowledge base that holds only the evidence for `cti`."""
    row = Evidence(
        initiative="cti",
        intervention="CTI",
        net_success_rate=Decimal(rate),
        evidence_level=2,
        source="test",
    )
    return KnowledgePublished(
        pricebook=pricebook,
        version_label="1",
        price_level_year=2017,
        index_series="x",
        prices=(),
        consequences=(),
        evidence=(row,),
        indices=(),
        discount_rates=(),
        effective_on=date(2017, 1, 1),
    )


RATE = DiscountRate(decided_from=date(2013, 5, 31), from_year=0, to_year=None, rate=Decimal("0.04"))
FUNDING = [
    money.award("cti", COPENHAGEN, {2017: 300, 2018: 200}, date(2017, 9, 1)),
    money.payment("cti", COPENHAGEN, {2017: 100}),
    money.award("cti", COPENHAGEN, {2018: 50}, date(2018, 2, 1)),
    money.award("cti", AARHUS, {2018: 70}, date(2018, 1, 5)),
]
TRIALS = [
    completion(COPENHAGEN, 2018),
    completion(COPENHAGEN, 2018),
    completion(COPENHAGEN, 2019),
    completion(COPENHAGEN, 2018, arm="comparison"),
    completion("0461", 2018),
    *outcomes("group", 24, 40),
    *outcomes("comparison", 10, 40),
]


def test_a_small_history(connection: Connection) -> None:
    touched = views.apply_funding(connection, FUNDING)
    assert touched == {("cti", COPENHAGEN), ("cti", AARHUS)}
    assert views.apply_trials(connection, TRIALS) == touched
    assert views.case_inputs(connection, "cti", COPENHAGEN) == CaseInputs(
        decision_date=date(2017, 9, 1),
        costs=(YearAmount(year=2017, amount_oere=300), YearAmount(year=2018, amount_oere=250)),
        completers=(YearCount(year=2018, count=2), YearCount(year=2019, count=1)),
        success_rate=SuccessRate(
            origin="trial",
            name="t1",
            rate=Decimal("0.350000"),
            low=Decimal("0.133634"),
            high=Decimal("0.524151"),
            evidence_level=1,
        ),
    )
    assert views.case_inputs(connection, "cti", AARHUS).completers == ()
    arms = {row.arm: (row.successes, row.assessed) for row in connection.execute(select(views.som_trial_arm))}
    assert arms == {"group": (24, 40), "comparison": (10, 40)}


def test_whichever_source_is_read_first_the_inputs_are_the_same(connection: Connection) -> None:
    views.apply_trials(connection, TRIALS)
    views.apply_funding(connection, FUNDING)
    swapped = {key: views.case_inputs(connection, *key) for key in views.all_cases(connection)}
    with create_engine("sqlite://").begin() as other:
        views.metadata.create_all(other)
        for position in range(max(len(FUNDING), len(TRIALS))):  # one at a time, in turns
            views.apply_funding(other, FUNDING[position : position + 1])
            views.apply_trials(other, TRIALS[position : position + 1])
        assert {key: views.case_inputs(other, *key) for key in views.all_cases(other)} == swapped
    assert len(swapped) == 2


def test_what_each_event_touches(connection: Connection) -> None:
    views.apply_funding(connection, [*FUNDING, money.award("ppr", AARHUS, {2018: 1}, date(2018, 1, 1))])
    every_cti = {("cti", COPENHAGEN), ("cti", AARHUS)}
    assert views.apply_funding(connection, [money.payment("cti", AARHUS, {2018: 5})]) == {("cti", AARHUS)}
    assert views.apply_trials(connection, [completion(AARHUS, 2018)]) == {("cti", AARHUS)}
    assert views.apply_trials(connection, [completion("0461", 2018)]) == set()
    assert views.apply_trials(connection, outcomes("group", 1, 1)) == every_cti
    assert views.apply_knowledge(connection, published("0.1"), 1) == {*every_cti, ("ppr", AARHUS)}


def test_what_is_no_input_touches_nothing(connection: Connection) -> None:
    views.apply_funding(connection, FUNDING)
    (first,) = outcomes("group", 0, 1)
    unmeasured = first.model_copy(update={"success": None})
    fields = first.model_dump(include=set(ParticipantWithdrew.model_fields))
    withdrawn = ParticipantWithdrew(**fields, reason="moved")
    comparison = completion(COPENHAGEN, 2018, arm="comparison")
    assert views.apply_trials(connection, [unmeasured, withdrawn, comparison]) == set()
    assert views.apply_funding(connection, []) == set()
    assert views.case_inputs(connection, "cti", COPENHAGEN).success_rate is None


def test_a_payment_moves_no_cost_unless_it_is_more_than_the_award(connection: Connection) -> None:
    views.apply_funding(connection, [*FUNDING, money.payment("cti", AARHUS, {2018: 70})])
    assert views.case_inputs(connection, "cti", AARHUS).costs == (YearAmount(year=2018, amount_oere=70),)
    views.apply_funding(connection, [money.payment("cti", AARHUS, {2018: 1})])
    assert views.case_inputs(connection, "cti", AARHUS).costs == (YearAmount(year=2018, amount_oere=71),)


def test_what_lapses_or_is_never_paid_is_a_cost_no_more(connection: Connection) -> None:
    case = ("cti", COPENHAGEN)
    views.apply_funding(connection, [*FUNDING, money.payment(*case, {2018: 30})])
    assert views.apply_funding(connection, [money.lapse(*case, {2018: 50})]) == {case}
    assert costs(connection) == {2017: 300, 2018: 200}
    assert views.apply_funding(connection, [money.closure(*case, {2017: 200, 2018: 170})]) == {case}
    assert costs(connection) == {2017: 100, 2018: 30}


def test_a_case_of_which_nothing_is_left_has_no_costs(connection: Connection) -> None:
    award, lapse = (fact("cti", COPENHAGEN, {2017: 300, 2018: 200}) for fact in (money.award, money.lapse))
    views.apply_funding(connection, [award, lapse])
    assert costs(connection) == {}
    inputs = views.case_inputs(connection, "cti", COPENHAGEN)
    knowledge = published("0.1").model_copy(update={"discount_rates": (RATE,)})
    projection = project(inputs, knowledge, "cti")
    assert (projection.net_present_value.total, projection.discounted_cost) == (0, 0)
    assert projection.break_even_year is None


def test_a_corrected_answer_of_the_bank_moves_what_was_paid_either_way(connection: Connection) -> None:
    case = ("cti", AARHUS)
    views.apply_funding(connection, [*FUNDING, money.payment(*case, {2018: 100})])
    for outcome, cost in (("returned", 70), ("paid", 100)):
        assert views.apply_funding(connection, [money.correction(*case, {2018: 100}, outcome)]) == {case}
        assert costs(connection, AARHUS) == {2018: cost}


def test_money_that_came_back_is_neither_paid_nor_a_cost(connection: Connection) -> None:
    case = ("cti", COPENHAGEN)
    views.apply_funding(connection, [*FUNDING, money.payment(*case, {2017: 200})])
    assert views.apply_funding(connection, [money.repayment(*case, {2017: 120})]) == {case}
    assert costs(connection) == {2017: 180, 2018: 250}
    [row] = connection.execute(select(views.som_case_year).filter_by(municipality=COPENHAGEN, year=2017))
    assert (row.awarded_oere, row.paid_oere) == (180, 180)


def costs(connection: Connection, municipality: str = COPENHAGEN) -> dict[int, int]:
    """What the case costs, by year."""
    return {row.year: row.amount_oere for row in views.case_inputs(connection, "cti", municipality).costs}


def test_a_small_trial_yields_to_the_evidence_and_a_large_one_does_not(connection: Connection) -> None:
    views.apply_funding(connection, FUNDING)
    assert views.success_rate(connection, "cti") is None
    views.apply_knowledge(connection, published("0.10"), 1)
    views.apply_trials(connection, outcomes("group", 12, 100))
    views.apply_trials(connection, outcomes("comparison", 1, MIN_ASSESSED - 1))
    found = views.success_rate(connection, "cti")
    assert found is not None
    assert (found.origin, found.name, found.rate, found.evidence_level) == (
        "evidence",
        "CTI",
        Decimal("0.10"),
        2,
    )
    views.apply_trials(connection, outcomes("comparison", 0, 1))
    found = views.success_rate(connection, "cti")
    assert found is not None
    assert (found.origin, found.rate) == ("trial", Decimal("0.070000"))  # 12/100 − 1/20


def test_several_trials_are_each_compared_within_themselves(connection: Connection) -> None:
    views.apply_funding(connection, FUNDING)
    views.apply_trials(
        connection,
        [
            *outcomes("group", 81, 87, "small"),
            *outcomes("comparison", 234, 270, "small"),
            *outcomes("group", 192, 263, "large"),
            *outcomes("comparison", 55, 80, "large"),
            *outcomes("group", 9, 9, "no comparison yet"),
        ],
    )
    found = views.success_rate(connection, "cti")
    # Kidney stones, the textbook case of Simpson: better in both, worse when added up (78 % v 83 %).
    assert found is not None
    assert (found.name, found.rate) == ("large+small", Decimal("0.053836"))


def test_the_knowledge_base_published_last_is_in_force(connection: Connection) -> None:
    assert views.current_knowledge(connection) is None
    for version, (pricebook, rate) in enumerate([("a", "0.1"), ("b", "0.2"), ("a", "0.3")], start=1):
        views.apply_knowledge(connection, published(rate, pricebook), version)
        assert views.current_knowledge(connection) == (published(rate, pricebook), version)
        found = views.success_rate(connection, "cti")
        assert found is not None
        assert found.rate == Decimal(rate)


def test_there_are_no_inputs_without_an_award(connection: Connection) -> None:
    with pytest.raises(LookupError):
        views.case_inputs(connection, "cti", COPENHAGEN)


def test_upsert_adds_replaces_and_keeps(connection: Connection) -> None:
    key = {"trial_id": "t", "initiative": "cti", "arm": "a"}
    table = views.som_trial_arm
    upsert.keep(connection, table, [key])
    upsert.add(connection, table, [{**key, "assessed": 2}, {**key, "assessed": 3}])
    upsert.replace(connection, table, [{**key, "successes": 4}])
    upsert.keep(connection, table, [{**key, "successes": 9}])
    assert [tuple(row) for row in connection.execute(select(table))] == [("t", "cti", "a", 4, 5)]


def test_published_intervals() -> None:
    low, high = wilson(81, 263)  # Newcombe 1998 (a), table I
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    found = newcombe((56, 70), (48, 80))  # Newcombe 1998 (b), table II, row (a)
    assert tuple(round(share, 4) for share in found) == (0.2, 0.0524, 0.3339)
    assert round(newcombe((144, 197), (93, 199)).estimate, 3) == 0.264  # Mind My Mind
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1


def test_intervals_need_somebody_assessed() -> None:
    for successes, assessed in ((0, 0), (3, 2), (-1, 5)):
        with pytest.raises(ValueError, match="successes must be"):
            wilson(successes, assessed)
    with pytest.raises(ValueError, match="no trial"):
        pooled_difference([])
