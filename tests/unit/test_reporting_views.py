"""The views: what a history adds up to, that a replay is identical, generations, and what is hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, create_engine

from services.funding.events import AppropriationRegistered, PoolOpened
from services.reporting.views import queries, tables
from services.reporting.views.apply import apply
from services.reporting.views.disclosure import ALL_INITIATIVES, Cell, Counts, hidden_cells, with_totals
from services.som.events import (
    CaseInputs,
    CaseOpened,
    Cohort,
    CostLine,
    PayerAmounts,
    ProjectionRecalculated,
    YearResult,
)
from services.trials.events import (
    AssessmentRecorded,
    CitizenEnrolled,
    ParticipantCompleted,
    ParticipantWithdrew,
)
from shared.kernel.messages import Event
from shared.kernel.money import oere
from shared.kernel.rejection import Rejected
from tests import money

DAY, ACCOUNT = money.DAY, money.ACCOUNT
GROUPS, PPR = "bostoette-grupper", "styrket-ppr"
ODENSE, VEJLE, SAMSOE = "0461", "0630", "0741"
NOTHING = PayerAmounts(kommune=0, region=0, stat=0)
POSITIONS = {"funding": 41208, "trials": 812334, "som": 20117}


class Recorded(NamedTuple):
    """As much of a recorded event as the views look at."""

    event: Event
    position: int
    recorded_at: str


def recorded(events: Sequence[Event], minute: int = 0) -> list[Recorded]:
    """The events as a log holds them, one a second."""
    return [
        Recorded(event, position, f"2019-11-22T13:{minute + position // 60:02d}:{position % 60:02d}.000000+00:00")
        for position, event in enumerate(events, 1)
    ]


def voted(kroner: int) -> AppropriationRegistered:
    return AppropriationRegistered(
        account=ACCOUNT, budget_year=2019, amount_oere=oere(kroner), act="FL19", postings=(), effective_on=DAY
    )


def pool(initiative: str, title: str, kroner: int, track: str = "development") -> PoolOpened:
    fields = {"pool_id": f"pulje-{initiative}", "track": track, "initiative": initiative, "title": title}
    return PoolOpened.model_validate(
        {**fields, "draws": money.drawn({2019: oere(kroner)}), "postings": (), "effective_on": DAY}
    )


def in_kroner(fact: Callable[..., Event], initiative: str, municipality: str, kroner: int, *more: Any) -> Event:
    """A fact about a grant's money in 2019."""
    return fact(initiative, municipality, {2019: oere(kroner)}, *more)


def course(municipality: str, number: int, arm: str, success: bool | None, ends: str = "") -> list[Event]:
    """A citizen's course: enrolled, perhaps measured, perhaps completed or withdrawn."""
    who = {
        "trial_id": "bostoette-1",
        "initiative": GROUPS,
        "citizen": f"citizen-{municipality}-{number}",
        "arm": arm,
        "municipality": municipality,
        "effective_on": DAY,
    }
    events: list[Event] = [CitizenEnrolled.model_validate(who)]
    if success is not None:
        measured = {"instrument": "WHO-5", "wave": "9m", "score": Decimal(60), "success": success}
        events.append(AssessmentRecorded.model_validate({**who, **measured}))
    if ends == "completed":
        events.append(ParticipantCompleted.model_validate(who))
    if ends == "withdrew":
        events.append(ParticipantWithdrew.model_validate({**who, "reason": "moved"}))
    return events


def projection(initiative: str, municipality: str, years: dict[int, int]) -> ProjectionRecalculated:
    """A case whose net per year is given in kroner: half to the kommune, a tenth to the region, the rest
    stat's."""
    nets = [
        YearResult(
            year=year,
            net=PayerAmounts(kommune=oere(net) // 2, region=oere(net) // 10, stat=oere(net) * 4 // 10),
            costs=NOTHING,
            gains=NOTHING,
            discount_factor=Decimal(1),
        )
        for year, net in years.items()
    ]
    first = min(years)
    return ProjectionRecalculated(
        initiative=initiative,
        municipality=municipality,
        inputs=CaseInputs(
            decision_date=DAY,
            target_group=initiative,
            success_measure="success",
            costs=(CostLine(kind="operation", year=first, payer="stat", amount_oere=oere(1000), source="funding"),),
            cohorts=(Cohort(year=first, completers=8),),
        ),
        pricebook="som",
        pricebook_version=1,
        engine_version="1",
        positions={"trials": 7, "funding": 3},
        behind=(),
        years=tuple(nets),
        net_present_value=PayerAmounts(
            **{payer: sum(getattr(row.net, payer) for row in nets) for payer in PayerAmounts.model_fields}
        ),
        faded_net_present_value=None,
        discounted_cost=oere(1000),
        break_even_year=None,
        break_even_rate=None,
        benefit_cost_ratio=None,
        probabilities=None,
        spread=None,
        status="own",
        used=(),
        changed=(),
        effective_on=DAY,
    )


def funding_history() -> list[Event]:
    return [
        voted(20_000_000),
        pool(GROUPS, "Nye bostøtteforløb i grupper", 10_000_000),
        pool(PPR, "Tidlig indsats i PPR", 4_000_000, "dissemination"),
        in_kroner(money.award, GROUPS, ODENSE, 6_000_000),
        in_kroner(money.award, GROUPS, VEJLE, 2_000_000),
        in_kroner(money.award, PPR, SAMSOE, 1_000_000),
        in_kroner(money.payment, GROUPS, ODENSE, 3_000_000),
    ]


def settled_history() -> list[Event]:
    """What became of Odense's money."""
    facts: list[tuple[Any, ...]] = [(money.correction, 3_000_000, "returned"), (money.correction, 2_000_000, "paid")]
    facts += [(money.approval, 1_500_000), (money.reopening, 1_500_000), (money.approval, 1_400_000)]
    facts += [(money.claim, 600_000), (money.repayment, 250_000)]
    return [in_kroner(fact, GROUPS, ODENSE, *figures) for fact, *figures in facts]


def trials_history() -> list[Event]:
    events: list[Event] = []
    for number in range(60):
        events += course(ODENSE, number, "group", number % 4 != 0, "completed" if number % 2 else "")
        events += course(ODENSE, 100 + number, "comparison", number % 4 == 0)
    for number in range(20):
        events += course(VEJLE, number, "group", None, "withdrew" if number < 7 else "")
    return events


def som_history() -> list[Event]:
    opened = CaseOpened(initiative=GROUPS, municipality=ODENSE, decision_date=DAY, effective_on=DAY)
    return [
        opened,
        projection(GROUPS, ODENSE, {2019: -1000, 2020: 10}),
        projection(GROUPS, ODENSE, {2019: -6_000_000, 2020: 4_000_000, 2021: 4_000_000}),
        projection(GROUPS, VEJLE, {2019: -3_000_000, 2020: 500_000, 2021: 500_000}),
    ]


def fill(connection: Connection, generation: int = 1, size: int = 1000) -> None:
    """Apply the whole history in batches of `size`."""
    histories = {"funding": funding_history(), "trials": trials_history(), "som": som_history()}
    for minute, (source, events) in enumerate(histories.items()):
        log = recorded(events, minute * 15)
        for start in range(0, len(log), size):
            apply(connection, generation, source, log[start : start + size])


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        tables.metadata.create_all(opened)
        yield opened
    engine.dispose()


def test_a_history_adds_up(connection: Connection) -> None:
    fill(connection)
    answer = queries.programme(connection, POSITIONS)
    groups, ppr = answer.initiatives
    assert (groups.title, groups.track, ppr.track) == (
        "Nye bostøtteforløb i grupper",
        "development",
        "dissemination",
    )
    assert (groups.appropriated_oere, groups.awarded_oere, groups.paid_oere) == (10**9, 8 * 10**8, 3 * 10**8)
    assert (groups.enrolled, groups.active, groups.completed, groups.withdrawn) == (140, 103, 30, 7)
    assert answer.unpooled_oere + sum(row.appropriated_oere for row in answer.initiatives) == 2 * 10**9
    assert answer.total.appropriated_oere == 2 * 10**9
    [account] = answer.appropriations
    assert (account.pooled_oere, account.awarded_oere, account.paid_oere) == (
        14 * 10**8,
        9 * 10**8,
        3 * 10**8,
    )
    assert answer.positions == POSITIONS
    assert answer.generation == 1


def test_the_effect_is_the_difference_to_the_comparison(connection: Connection) -> None:
    fill(connection)
    groups, ppr = queries.programme(connection, POSITIONS).initiatives
    assert groups.effect is not None
    assert groups.effect.difference == pytest.approx(0.5)
    assert 0 < groups.effect.low < 0.5 < groups.effect.high
    assert ppr.effect is None


def test_only_a_cases_newest_projection_counts_and_break_even_is_of_the_sum(connection: Connection) -> None:
    fill(connection)
    answer = queries.initiative(connection, GROUPS, POSITIONS)
    assert answer.figures.net is not None
    # Odense alone is home in 2021; with Vejle's loss the initiative is exactly there, at nought.
    assert answer.figures.net.total_oere == 0
    assert answer.figures.break_even_year == 2021
    odense, vejle = answer.municipalities
    assert odense.break_even_year == 2021
    assert vejle.break_even_year is None


@pytest.mark.parametrize("size", [1, 7, 500])
def test_a_replay_is_identical_whatever_the_batches(connection: Connection, size: int) -> None:
    settled = recorded(settled_history(), 45)
    fill(connection)
    apply(connection, 1, "funding", settled)
    fill(connection, generation=2, size=size)
    for start in range(0, len(settled), size):
        apply(connection, 2, "funding", settled[start : start + size])
    assert tables.dump(connection, 2) == tables.dump(connection, 1)
    assert all(tables.dump(connection, 1).values())


def test_the_order_of_the_sources_makes_no_difference(connection: Connection) -> None:
    fill(connection)
    histories = {
        "som": (som_history(), 30),
        "trials": (trials_history(), 15),
        "funding": (funding_history(), 0),
    }
    for source, (events, minute) in histories.items():
        apply(connection, 2, source, recorded(events, minute))
    assert tables.dump(connection, 2) == tables.dump(connection, 1)


def test_readers_see_a_rebuild_only_after_the_flip(connection: Connection) -> None:
    fill(connection)
    apply(connection, 2, "funding", recorded([voted(1)]))
    assert queries.programme(connection, POSITIONS).total.appropriated_oere == 2 * 10**9
    tables.clear(connection, 2)
    fill(connection, generation=2)
    tables.flip(connection, 2)
    answer = queries.programme(connection, POSITIONS)
    assert (answer.generation, answer.total.appropriated_oere) == (2, 2 * 10**9)
    assert not any(tables.dump(connection, 1).values())


def test_the_newest_events_are_kept_and_name_no_citizen(connection: Connection) -> None:
    fill(connection, size=50)
    latest = queries.programme(connection, POSITIONS).latest
    assert len(latest) == tables.LATEST
    assert [event.recorded_at for event in latest] == sorted((e.recorded_at for e in latest), reverse=True)
    assert latest[0].parts == {"kind": "som.projection_recalculated", "initiative": GROUPS}
    assert "citizen-" not in str(tables.dump(connection, 1))


def test_a_small_count_is_hidden_in_a_municipality_but_counts_in_the_total(connection: Connection) -> None:
    fill(connection)
    few = [event for number in range(3) for event in course(SAMSOE, number, "group", None)]
    apply(connection, 1, "trials", recorded(few))
    answer = queries.municipality(connection, SAMSOE, POSITIONS)
    assert answer.total.enrolled.model_dump() == {"value": None, "hidden": True}
    assert answer.total.completed.hidden
    assert queries.programme(connection, POSITIONS).total.enrolled == 143
    # One hidden municipality could be worked out from the total, so a second one is hidden too.
    assert queries.municipality(connection, VEJLE, POSITIONS).total.enrolled.hidden
    assert queries.municipality(connection, ODENSE, POSITIONS).total.enrolled.value == 120


def test_what_would_give_a_small_count_away_is_hidden_too(connection: Connection) -> None:
    fill(connection)
    apply(connection, 1, "trials", recorded(course(VEJLE, 99, "group", None, "completed")))
    vejle = queries.municipality(connection, VEJLE, POSITIONS).total
    assert vejle.enrolled.value == 21
    assert vejle.active.hidden
    assert vejle.completed.hidden
    assert vejle.withdrawn.hidden
    assert (vejle.net, vejle.net_hidden) == (None, True)


def test_no_single_cell_of_a_line_is_hidden() -> None:
    cells: dict[Cell, Counts] = {
        (initiative, place): Counts(count, count, 0, 0)
        for initiative, place, count in [
            ("a", ODENSE, 3), ("a", VEJLE, 40), ("a", SAMSOE, 9),
            ("b", ODENSE, 12), ("b", VEJLE, 7), ("b", SAMSOE, 0),
        ]
    }  # fmt: skip
    hidden = hidden_cells(with_totals(cells)).enrolled
    assert ("a", ODENSE) in hidden
    for place in (ODENSE, VEJLE, SAMSOE):
        assert len([cell for cell in hidden if cell[1] == place]) != 1
    for initiative in ("a", "b", ALL_INITIATIVES):
        assert len([cell for cell in hidden if cell[0] == initiative]) != 1


def test_unknown_keys_are_refused_and_an_idle_municipality_is_not(connection: Connection) -> None:
    with pytest.raises(Rejected, match="no such initiative"):
        queries.initiative(connection, "nothing", POSITIONS)
    with pytest.raises(Rejected, match="no such municipality"):
        queries.municipality(connection, "0411", POSITIONS)
    assert queries.municipality(connection, ODENSE, POSITIONS).total.enrolled.value == 0


def test_an_empty_programme_has_an_answer(connection: Connection) -> None:
    answer = queries.programme(connection, {})
    assert (answer.initiatives, answer.municipalities, answer.latest) == ((), (), ())
    assert answer.total.net is None
