"""The inputs of the live cases, as the events of the other services leave them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select

from services.funding.events import ApplicationSaved, BudgetRevised, CarryOver, Financing, Posting, UnspentCarriedOver
from services.som import views
from services.som.events import Basis, Behind, CaseAdjusted, CaseInputs, CostLine, Saving, Settings, SuccessRate
from services.som.live import MIN_ASSESSED, Told, live_inputs, trial_success_rate
from services.som.views.tables import som_case_year, som_trial_arm
from services.trials.events import AssessmentRecorded, CitizenEnrolled, ParticipantCompleted, ParticipantWithdrew
from shared.eventstore import upsert
from shared.eventstore.store import Recorded
from shared.eventstore.tables import create_tables
from shared.kernel.messages import Event
from shared.kernel.statistics import newcombe, pooled_difference, wilson
from tests import money

COPENHAGEN, AARHUS = "0101", "0751"
BASIS = Basis(
    initiative="cti",
    target_group="homeless",
    success_measure="housing",
    intervention="CTI",
    net_success_rate=Decimal("0.10"),
    low=Decimal("0.02"),
    high=Decimal("0.18"),
    evidence_level=2,
    source="test",
)


def recorded(events: Sequence[Event], after: int = 0) -> list[Recorded]:
    """The events as a log holds them, one position after the other."""
    found = []
    for position, event in enumerate(events, after + 1):
        place = (position, event.stream_id, 1, f"event-{position}", event.event_type, event.schema_version, "", "", "")
        day = getattr(event, "effective_on", None)
        found.append(Recorded(*place, "", "test", None, "2018-01-01", day and day.isoformat(), event))
    return found


class Noted:
    """An empty SQLite database with the tables of the views, and the logs that are noted in it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.heads = {"funding": 0, "trials": 0}

    def funding(self, *events: Event) -> set[views.CaseKey]:
        """Note events of the fund; the cases touched."""
        return views.apply_funding(self.connection, self._next("funding", events))

    def trials(self, *events: Event) -> set[views.CaseKey]:
        """Note events of the trials; the cases touched."""
        return views.apply_trials(self.connection, self._next("trials", events))

    def _next(self, source: str, events: Sequence[Event]) -> list[Recorded]:
        found = recorded(events, self.heads[source])
        self.heads[source] += len(events)
        return found

    def told(self, municipality: str = COPENHAGEN, initiative: str = "cti") -> Told:
        """What was told of a case."""
        [case] = views.live_cases(self.connection, [(initiative, municipality)])
        return case.told

    def inputs(self, municipality: str = COPENHAGEN, adjusted: CaseAdjusted | None = None) -> CaseInputs:
        """The inputs of a case with the knowledge base's basis."""
        return live_inputs(self.told(municipality), BASIS, adjusted)

    def costs(self, municipality: str = COPENHAGEN) -> dict[int, int]:
        """What the case costs, by year."""
        sums: dict[int, int] = {}
        for line in self.inputs(municipality).costs:
            sums[line.year] = sums.get(line.year, 0) + line.amount_oere
        return {year: amount for year, amount in sums.items() if amount}

    def behind(self, municipality: str = COPENHAGEN) -> dict[str, Behind]:
        """The events behind the case's inputs."""
        [case] = views.live_cases(self.connection, [("cti", municipality)])
        return {one.input: one for one in case.behind}


@pytest.fixture
def noted() -> Iterator[Noted]:
    """An empty database."""
    with create_engine("sqlite://").begin() as opened:
        create_tables(opened, views.metadata)
        yield Noted(opened)


def participant(kind: Any, municipality: str, year: int, arm: str = "group", **more: Any) -> Event:
    """Something happened to a participant."""
    fields = {"trial_id": "t1", "initiative": "cti", "citizen": "c", "arm": arm, "municipality": municipality}
    event: Event = kind(**fields, **more, effective_on=date(year, 6, 1))
    return event


def completion(municipality: str, year: int, arm: str = "group") -> Event:
    """A participant completed."""
    return participant(ParticipantCompleted, municipality, year, arm)


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


FUNDING = [
    money.award("cti", COPENHAGEN, {2017: 300, 2018: 200}, date(2017, 9, 1)),
    money.payment("cti", COPENHAGEN, {2017: 100}, date(2017, 9, 1)),
    money.award("cti", COPENHAGEN, {2018: 50}, date(2018, 2, 1)),
    money.award("cti", AARHUS, {2018: 70}, date(2018, 1, 5)),
]
TRIALS = [
    participant(CitizenEnrolled, COPENHAGEN, 2018),
    participant(CitizenEnrolled, COPENHAGEN, 2018),
    participant(CitizenEnrolled, COPENHAGEN, 2018, "comparison"),
    completion(COPENHAGEN, 2018),
    completion(COPENHAGEN, 2018),
    completion(COPENHAGEN, 2019),
    completion(COPENHAGEN, 2018, arm="comparison"),
    completion("0461", 2018),
    *outcomes("group", 24, 40),
    *outcomes("comparison", 10, 40),
]


def test_a_small_history(noted: Noted) -> None:
    touched = noted.funding(*FUNDING)
    assert touched == {("cti", COPENHAGEN), ("cti", AARHUS)}
    assert noted.trials(*TRIALS) == touched
    found = noted.inputs()
    assert (found.decision_date, found.target_group, found.success_measure) == (
        date(2017, 9, 1),
        "homeless",
        "housing",
    )
    assert noted.costs() == {2017: 300, 2018: 250}
    assert [(row.year, row.completers, row.starters) for row in found.cohorts] == [(2018, 2, 2), (2019, 1, 0)]
    rate = found.success_rate
    assert rate is not None
    assert (rate.origin, rate.name, rate.rate, rate.evidence_level) == ("trial", "t1", Decimal("0.350000"), 1)
    assert (rate.low, rate.high, rate.status) == (Decimal("0.133634"), Decimal("0.524151"), "own")
    assert noted.inputs(AARHUS).cohorts == ()
    arms = {row.arm: (row.successes, row.assessed) for row in noted.connection.execute(select(som_trial_arm))}
    assert arms == {"group": (24, 40), "comparison": (10, 40)}


def test_the_municipality_bears_the_cost_and_the_states_grant_makes_up_for_it(noted: Noted) -> None:
    noted.funding(*FUNDING)
    found = noted.inputs()
    assert {line.payer for line in found.costs} == {"kommune"}
    assert [(row.payer_from, row.payer_to, row.year, row.amount_oere) for row in found.transfers] == [
        ("stat", "kommune", 2017, 300),
        ("stat", "kommune", 2018, 250),
    ]


def test_what_is_paid_is_known_and_what_is_budgeted_is_not(noted: Noted) -> None:
    noted.funding(*FUNDING)
    lines = {(line.year, line.source): line for line in noted.inputs().costs}
    paid, budgeted = lines[2017, "funding: grant, paid"], lines[2017, "funding: grant, budgeted"]
    assert (paid.amount_oere, paid.low_oere, paid.high_oere) == (100, 100, 100)
    assert (budgeted.amount_oere, budgeted.low_oere, budgeted.high_oere) == (200, None, None)


def posting(account: Any, amount: int, post: str, year: int, budget_year: int = 2018) -> Posting:
    """A line of the journal."""
    place: dict[str, Any] = {"account": money.ACCOUNT, "budget_year": budget_year, "post": post, "project_year": year}
    return Posting(ledger_account=account, amount_oere=amount, **place)


def test_a_new_budget_and_a_carry_over_move_the_cost_and_not_the_grant(noted: Noted) -> None:
    award = money.award("cti", COPENHAGEN, {2018: 100}, date(2018, 1, 1))
    split = (posting("committed", 60, "staff", 2018), posting("committed", 40, "rooms", 2018))
    noted.funding(award.model_copy(update={"postings": split}))
    same: dict[str, Any] = {
        "grant_id": award.grant_id,
        "pool_id": "pool",
        "initiative": "cti",
        "effective_on": date(2018, 5, 1),
    }
    moved = (posting("committed", -40, "rooms", 2018), posting("committed", 40, "staff", 2019))
    revised = BudgetRevised(**same, change_id="b", version=2, budget=(), postings=moved)
    assert noted.funding(revised) == {("cti", COPENHAGEN)}
    assert noted.costs() == {2018: 60, 2019: 40}
    carried = (
        posting("committed", -60, "staff", 2018), posting("paid", 60, "staff", 2018),
        posting("paid", -10, "staff", 2018), posting("carried_over", 10, "staff", 2019),
    )  # fmt: skip
    line = CarryOver(post="staff", project_year=2018, amount_oere=10)
    carry = UnspentCarriedOver(**same, change_id="c", lines=(line,), amount_oere=10, postings=carried)
    assert noted.funding(carry) == {("cti", COPENHAGEN)}
    assert noted.costs() == {2018: 50, 2019: 50}
    assert [(row.year, row.amount_oere) for row in noted.inputs().transfers] == [(2018, 100)]
    assert {line.source for line in noted.inputs().costs} == {
        "funding: grant, staff, paid",
        "funding: grant, staff, budgeted",
    }


def test_what_the_applicant_pays_itself_is_a_cost_until_the_grant_lapses(noted: Noted) -> None:
    financing = [("staff", "grant", 100), ("staff", "own", 30), ("rooms", "region", 20)]
    saved = ApplicationSaved(
        application_id="a1",
        call_id="call",
        municipality=COPENHAGEN,
        title="x",
        description="x",
        expenses=(),
        financing=tuple(
            Financing(post=post, project_year=2018, source=source, amount_oere=amount)
            for post, source, amount in financing
        ),
        copied_from=None,
        at=datetime(2018, 1, 1, tzinfo=UTC),
    )
    assert noted.funding(saved) == set()
    award = money.award("cti", COPENHAGEN, {2018: 100}, date(2018, 1, 1))
    noted.funding(award.model_copy(update={"application_id": "a1"}))
    payers = {(line.payer, line.amount_oere) for line in noted.inputs().costs}
    assert payers == {("kommune", 100), ("kommune", 30), ("region", 20)}
    assert sum(row.amount_oere for row in noted.inputs().transfers) == 100
    noted.funding(money.lapse("cti", COPENHAGEN, {2018: 100}, date(2018, 1, 1)))
    assert noted.inputs().costs == ()


def test_whichever_source_is_read_first_the_inputs_are_the_same(noted: Noted) -> None:
    noted.trials(*TRIALS)
    noted.funding(*FUNDING)
    keys = views.all_cases(noted.connection)
    swapped = views.live_cases(noted.connection, keys)
    with create_engine("sqlite://").begin() as opened:
        create_tables(opened, views.metadata)
        other = Noted(opened)
        for position in range(max(len(FUNDING), len(TRIALS))):  # one at a time, in turns
            other.funding(*FUNDING[position : position + 1])
            other.trials(*TRIALS[position : position + 1])
        assert views.live_cases(opened, keys) == swapped
    assert len(swapped) == 2


def test_what_each_event_touches(noted: Noted) -> None:
    noted.funding(*FUNDING, money.award("ppr", AARHUS, {2018: 1}, date(2018, 1, 1)))
    every_cti = {("cti", COPENHAGEN), ("cti", AARHUS)}
    assert noted.funding(money.payment("cti", AARHUS, {2018: 5}, date(2018, 1, 5))) == {("cti", AARHUS)}
    assert noted.trials(completion(AARHUS, 2018)) == {("cti", AARHUS)}
    assert noted.trials(participant(CitizenEnrolled, AARHUS, 2018)) == {("cti", AARHUS)}
    assert noted.trials(participant(ParticipantWithdrew, AARHUS, 2018, reason="moved")) == {("cti", AARHUS)}
    assert noted.trials(completion("0461", 2018)) == set()
    assert noted.trials(*outcomes("group", 1, 1)) == every_cti


def test_what_is_no_input_touches_nothing(noted: Noted) -> None:
    noted.funding(*FUNDING)
    (first,) = outcomes("group", 0, 1)
    unmeasured = first.model_copy(update={"success": None})
    comparison = completion(COPENHAGEN, 2018, arm="comparison")
    assert noted.trials(unmeasured, comparison) == set()
    assert noted.funding() == set()
    assert noted.inputs().cohorts == ()


def test_those_who_started_and_withdrew_are_counted(noted: Noted) -> None:
    noted.funding(*FUNDING)
    started = [participant(CitizenEnrolled, AARHUS, 2018) for _ in range(3)]
    noted.trials(*started, participant(ParticipantWithdrew, AARHUS, 2018, reason="moved"), completion(AARHUS, 2019))
    assert [(row.year, row.starters, row.completers) for row in noted.inputs(AARHUS).cohorts] == [
        (2018, 3, 0),
        (2019, 0, 1),
    ]
    rows = noted.connection.execute(select(som_case_year).filter_by(municipality=AARHUS))
    assert sum(row.withdrawn for row in rows) == 1


def test_what_lapses_or_is_never_paid_is_a_cost_no_more(noted: Noted) -> None:
    case, on = ("cti", COPENHAGEN), date(2017, 9, 1)
    noted.funding(*FUNDING, money.payment(*case, {2018: 30}, on))
    assert noted.funding(money.lapse(*case, {2018: 50}, date(2018, 2, 1))) == {case}
    assert noted.costs() == {2017: 300, 2018: 200}
    assert noted.funding(money.closure(*case, {2017: 200, 2018: 170}, on)) == {case}
    assert noted.costs() == {2017: 100, 2018: 30}


def test_a_case_of_which_nothing_is_left_has_no_costs(noted: Noted) -> None:
    award, lapse = (fact("cti", COPENHAGEN, {2017: 300, 2018: 200}) for fact in (money.award, money.lapse))
    noted.funding(award, lapse)
    assert (noted.inputs().costs, noted.inputs().transfers) == ((), ())


def test_a_corrected_answer_of_the_bank_moves_what_was_paid_either_way(noted: Noted) -> None:
    case, on = ("cti", AARHUS), date(2018, 1, 5)
    noted.funding(*FUNDING, money.payment(*case, {2018: 60}, on))
    for outcome, paid in (("returned", 0), ("paid", 60)):
        assert noted.funding(money.correction(*case, {2018: 60}, outcome, on)) == {case}
        assert noted.costs(AARHUS) == {2018: 70}
        assert sum(row.paid_oere for row in noted.told(AARHUS).money) == paid


def test_money_that_came_back_is_neither_paid_nor_a_cost(noted: Noted) -> None:
    case, on = ("cti", COPENHAGEN), date(2017, 9, 1)
    noted.funding(*FUNDING, money.payment(*case, {2017: 200}, on))
    assert noted.funding(money.repayment(*case, {2017: 120}, on)) == {case}
    assert noted.costs() == {2017: 180, 2018: 250}
    assert sum(row.paid_oere for row in noted.told().money) == 180


def test_what_is_behind_an_input_is_counted_from_the_first_event_to_the_last(noted: Noted) -> None:
    noted.funding(*FUNDING)
    noted.trials(*TRIALS)
    found = noted.behind()
    assert found["costs"] == Behind(input="costs", service="funding", events=3, first=1, last=3)
    assert found["completers"] == Behind(input="completers", service="trials", events=5, first=1, last=6)
    assert found["success_rate"] == Behind(input="success_rate", service="trials", events=80, first=9, last=88)


def adjusted(**changes: Any) -> CaseAdjusted:
    """An adjustment of the case, of nothing but these."""
    nothing: dict[str, Any] = {
        "settings": Settings(), "rate_choice": "auto", "typed_rate": None, "cohorts": (), "costs": (), "savings": (),
        "own_prices": (), "own_consequences": (),
    }  # fmt: skip
    case: dict[str, Any] = {
        "initiative": "cti",
        "municipality": COPENHAGEN,
        "reason": "x",
        "effective_on": date(2018, 1, 1),
    }
    return CaseAdjusted(**(case | nothing | changes))


@pytest.mark.parametrize(
    ("choice", "origin", "rate"),
    [("auto", "trial", "0.350000"), ("trial", "trial", "0.350000"), ("evidence", "evidence", "0.10"),
     ("typed", "typed", "0.2")],
)  # fmt: skip
def test_the_economist_chooses_where_the_success_rate_is_from(
    noted: Noted, choice: str, origin: str, rate: str
) -> None:
    noted.funding(*FUNDING)
    noted.trials(*TRIALS)
    typed = SuccessRate(origin="typed", name="ours", rate=Decimal("0.2"))
    found = noted.inputs(adjusted=adjusted(rate_choice=choice, typed_rate=typed)).success_rate
    assert found is not None
    assert (found.origin, found.rate) == (origin, Decimal(rate))


def test_a_pooled_rate_lies_between_the_two_and_names_both(noted: Noted) -> None:
    noted.funding(*FUNDING)
    noted.trials(*TRIALS)
    found = noted.inputs(adjusted=adjusted(rate_choice="pooled")).success_rate
    assert found is not None
    assert Decimal("0.10") < found.rate < Decimal("0.35")
    assert [source.origin for source in found.sources] == ["trial", "evidence"]


def test_an_adjustment_comes_on_top_of_the_grant_and_in_the_place_of_the_counts(noted: Noted) -> None:
    noted.funding(*FUNDING)
    line = CostLine(kind="training", year=2018, payer="kommune", amount_oere=5, source="ours")
    saving = Saving(year=2018, payer="region", amount_oere=3, source="ours")
    settings = Settings(timing="end")
    change = adjusted(costs=(line,), savings=(saving,), settings=settings)
    found = noted.inputs(adjusted=change)
    assert found.costs == (*noted.inputs().costs, line)
    assert (found.savings, found.settings, found.transfers) == ((saving,), settings, noted.inputs().transfers)


def test_a_small_trial_yields_to_the_evidence_and_a_large_one_does_not(noted: Noted) -> None:
    noted.funding(*FUNDING)
    assert live_inputs(noted.told(), None, None).success_rate is None
    noted.trials(*outcomes("group", 12, 100), *outcomes("comparison", 1, MIN_ASSESSED - 1))
    found = noted.inputs().success_rate
    assert found is not None
    assert (found.origin, found.name, found.rate, found.evidence_level) == ("evidence", "CTI", Decimal("0.10"), 2)
    assert (found.low, found.high) == (Decimal("0.02"), Decimal("0.18"))
    noted.trials(*outcomes("comparison", 0, 1))
    found = noted.inputs().success_rate
    assert found is not None
    assert (found.origin, found.rate) == ("trial", Decimal("0.070000"))  # 12/100 − 1/20


def test_several_trials_are_each_compared_within_themselves(noted: Noted) -> None:
    noted.funding(*FUNDING)
    noted.trials(
        *outcomes("group", 81, 87, "small"),
        *outcomes("comparison", 234, 270, "small"),
        *outcomes("group", 192, 263, "large"),
        *outcomes("comparison", 55, 80, "large"),
        *outcomes("group", 9, 9, "no comparison yet"),
    )
    found = trial_success_rate(noted.told().trials)
    # Kidney stones, the textbook case of Simpson: better in both, worse when added up (78 % v 83 %).
    assert found is not None
    assert (found.name, found.rate) == ("large+small", Decimal("0.053836"))
    assert [source.name for source in found.sources] == ["large", "small"]
    assert sum(source.weight for source in found.sources) == 1


def test_upsert_adds_replaces_and_keeps(noted: Noted) -> None:
    key = {"trial_id": "t", "initiative": "cti", "arm": "a"}
    upsert.keep(noted.connection, som_trial_arm, [key])
    upsert.add(noted.connection, som_trial_arm, [{**key, "assessed": 2}, {**key, "assessed": 3}])
    upsert.replace(noted.connection, som_trial_arm, [{**key, "successes": 4}])
    upsert.keep(noted.connection, som_trial_arm, [{**key, "successes": 9}])
    assert [tuple(row) for row in noted.connection.execute(select(som_trial_arm))] == [("t", "cti", "a", 4, 5)]


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
