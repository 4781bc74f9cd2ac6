"""Which whole grants within a budget: against every set there is, on instances small enough to try them all."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal as D
from itertools import combinations
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.som.allocation import Advice, Option, allocate
from services.som.allocation.exchanging import exchanged
from services.som.allocation.programme import Row, programme
from services.som.allocation.shadows import Relaxed
from services.som.allocation.solving import Limits, _cut, milp_answer
from services.som.commands import Earmark, Floor
from shared.kernel.money import oere
from shared.kernel.rejection import Rejected

M = oere(1_000_000)
"""A million kroner in øre."""


def option(
    name: str,
    amount_oere: int,
    net_oere: int,
    track: str | None = None,
    municipality: str | None = None,
    draws: Sequence[float] | None = None,
) -> Option:
    drawn = None if draws is None else np.array(draws, dtype=np.float64)
    return Option(name, amount_oere, net_oere, "illustrative", track, municipality, drawn)


KNAPSACK = [option("a", 6 * M, 12 * M), option("b", 5 * M, 9 * M), option("c", 5 * M, 9 * M)]
"""For 10 million: the best per krone, `a`, leaves 4 million idle; `b` and `c` fill the budget."""


# --- every set there is ------------------------------------------------------------------------------------------


def payable(chosen: Sequence[Option], budget: int, earmarks: Sequence[Earmark]) -> bool:
    """Whether the money suffices, krone by krone: paths of whole øre from a source to a grant (Ford and Fulkerson)."""
    free = budget - sum(mark.amount_oere for mark in earmarks)
    sources = [(None, free), *((mark, mark.amount_oere) for mark in earmarks)]
    reach = [[mark is None or one.track in mark.tracks for one in chosen] for mark, _ in sources]
    paid = [[0] * len(chosen) for _ in sources]
    left = [amount for _, amount in sources]
    for grant, one in enumerate(chosen):
        due = one.amount_oere
        while due > 0:
            path = _path(reach, paid, left, grant)
            if path is None:
                return False
            moved = min([due, left[path[0][0]], *(paid[source][other] for source, other in path[1::2])])
            left[path[0][0]] -= moved
            for step, (source, other) in enumerate(path):
                paid[source][other] += moved if step % 2 == 0 else -moved
            due -= moved
    return True


def _path(reach: list[list[bool]], paid: list[list[int]], left: list[int], grant: int) -> list[tuple[int, int]] | None:
    """From a source with money left to the grant, taking back what was paid to others: [(source, grant), …]."""
    seen: set[int] = set()

    def find(due: int) -> list[tuple[int, int]] | None:
        for source in range(len(left)):
            if source in seen or not reach[source][due]:
                continue
            seen.add(source)
            if left[source] > 0:
                return [(source, due)]
            for other, amount in enumerate(paid[source]):
                if amount > 0 and (before := find(other)) is not None:
                    return [*before, (source, other), (source, due)]
        return None

    return find(grant)


def allowed(
    chosen: Sequence[Option], budget: int, floors: Sequence[Floor], earmarks: Sequence[Earmark], once: bool
) -> bool:
    places = [one.municipality for one in chosen if one.municipality is not None]
    return (
        payable(chosen, budget, earmarks)
        and not (once and len(places) != len(set(places)))
        and all(
            sum(one.amount_oere for one in chosen if one.track == floor.track) >= floor.amount_oere for floor in floors
        )
    )


def met(chosen: Sequence[Option], target: int, draws: int) -> int:
    rows = [one.draws for one in chosen if one.draws is not None]
    return sum(sum(int(row[place]) for row in rows) >= target for place in range(draws))


def sets(options: Sequence[Option]) -> list[tuple[Option, ...]]:
    return [some for size in range(len(options) + 1) for some in combinations(options, size)]


TRACKS = ["develop", "spread", None]


@st.composite
def questions(draw: st.DrawFn, aim: str, jitter: int = 1) -> dict[str, object]:
    count = draw(st.integers(1, 8))
    scale = draw(st.sampled_from([1, 100, 12_345_678]))
    number = st.integers(-8, 20)
    drawn = draw(st.integers(1, 6))
    options = [
        option(
            f"o{place}",
            draw(st.integers(1, 12)) * scale + draw(st.integers(0, jitter)),
            draw(number) * scale + draw(st.integers(-jitter, jitter)),
            draw(st.sampled_from(TRACKS)),
            draw(st.sampled_from(["0101", "0147", "0461", None])),
            [draw(number) * scale for _ in range(drawn)] if aim == "target" else None,
        )
        for place in range(count)
    ]
    budget = draw(st.integers(1, 40)) * scale
    marks = [
        Earmark(name=f"m{place}", amount_oere=max(budget // draw(st.integers(3, 6)), 1), tracks=tuple(tracks))
        for place, tracks in enumerate(
            draw(st.lists(st.sampled_from([("develop",), ("spread",), ("develop", "spread")]), max_size=2))
        )
    ]
    marks = marks if sum(mark.amount_oere for mark in marks) <= budget else []
    floors = [
        Floor(track=track, amount_oere=draw(st.integers(1, 10)) * scale)
        for track in draw(st.lists(st.sampled_from(["develop", "spread"]), unique=True, max_size=2))
    ]
    return {
        "options": draw(st.permutations(options)),
        "budget_oere": budget,
        "floors": floors,
        "earmarks": marks,
        "one_per_municipality": draw(st.booleans()),
        "aim": aim,
        "target_oere": draw(st.integers(-5, 40)) * scale if aim == "target" else None,
    }


def compare(asked: dict[str, object]) -> None:
    options: list[Option] = list(asked["options"])  # type: ignore[call-overload]
    rules = (asked["budget_oere"], asked["floors"], asked["earmarks"], asked["one_per_municipality"])
    every = [some for some in sets(options) if allowed(some, *rules)]  # type: ignore[arg-type]
    if not every:
        with pytest.raises(Rejected) as refused:
            allocate(**asked)  # type: ignore[arg-type]
        assert refused.value.code == "ALLOCATION_INFEASIBLE"
        return
    advice = allocate(**asked)  # type: ignore[arg-type]
    given = [one for one in options if one.option_id in advice.advised.option_ids]
    assert allowed(given, *rules)  # type: ignore[arg-type]
    net = sum(one.net_result_oere for one in given)
    assert net == advice.advised.net_result_oere
    assert advice.search.proven
    if asked["aim"] == "expected":
        assert net == max(sum(one.net_result_oere for one in some) for some in every)
        assert advice.divisible_net_result_oere >= net - 1
        return
    target, draws = int(asked["target_oere"]), advice.search.draws  # type: ignore[call-overload]
    reached = {some: met(some, target, draws) for some in every}
    most = max(reached.values())
    assert met(given, target, draws) == most
    assert advice.advised.probability == (D(most) / D(draws)).quantize(D("0.000001"))
    # Of equally likely sets the highest expected result, to two millionths of what the options span.
    highest = max(sum(one.net_result_oere for one in some) for some in every if reached[some] == most)
    assert highest - net <= 2e-6 * sum(abs(one.net_result_oere) for one in options)


@given(questions("expected"))
@settings(max_examples=100, deadline=None)
def test_the_highest_expected_net_result_is_that_of_the_best_set_there_is(asked: dict[str, object]) -> None:
    compare(asked)


@given(questions("target"))
@settings(max_examples=80, deadline=None)
def test_the_likeliest_to_reach_the_target_is_the_likeliest_set_there_is(asked: dict[str, object]) -> None:
    compare(asked)


def test_sixty_options_are_searched_to_the_end() -> None:
    """Against the textbook's table of the best worth of every budget (0/1 knapsack, by dynamic programming)."""
    chance = np.random.default_rng(11)
    amounts = chance.integers(200, 1_000, 60)
    options = [option(f"o{n:02}", int(a), int(a) + int(chance.integers(90, 110))) for n, a in enumerate(amounts)]
    for budget in (2_503, 7_919, 15_013):
        worth = np.zeros(budget + 1, dtype=np.int64)
        for one in options:
            worth[one.amount_oere :] = np.maximum(
                worth[one.amount_oere :], worth[: -one.amount_oere] + one.net_result_oere
            )
        advice = allocate(options, budget)
        assert (advice.advised.net_result_oere, advice.search.proven) == (int(worth[budget]), True)


# --- what the advice says ----------------------------------------------------------------------------------------


def why(advice: Advice) -> dict[str, str]:
    return {place.option_id: place.why for place in advice.places}


def test_the_best_set_is_not_the_ranking_where_whole_grants_leave_money_idle() -> None:
    advice = allocate(KNAPSACK, 10 * M)
    assert advice.advised.option_ids == ("b", "c")
    assert advice.advised.net_result_oere == 18 * M
    assert advice.ranking.option_ids == ("a",)
    assert advice.ranking.net_result_oere == 12 * M
    assert why(advice) == {"a": "displaced", "b": "fits", "c": "fits"}
    assert "a" in advice.difference.en
    assert "6,000,000 kr. more" in advice.difference.en
    assert "6.000.000" in advice.difference.da


def test_where_the_ranking_is_the_best_set_the_advice_says_so() -> None:
    advice = allocate(KNAPSACK, 16 * M)
    assert advice.advised.option_ids == advice.ranking.option_ids == ("a", "b", "c")
    assert advice.difference.en == "The ranking gives the same grants."
    assert advice.more is None


def test_the_advice_calls_itself_advice_and_says_what_it_assumed() -> None:
    advice = allocate([*KNAPSACK, option("d", M, M)], 10 * M, floors=[], earmarks=[])
    said = [sentence.en for sentence in advice.assumptions]
    assert "advice from a calculation, not a decision" in said[0]
    assert "4 of 4 options are illustrative" in said[1]
    assert any("at most one grant" in sentence for sentence in said)
    assert advice.status == "illustrative"
    assert all(sentence.da for sentence in advice.assumptions)


def test_a_loss_is_given_only_where_a_floor_asks_for_it() -> None:
    options = [option("gain", 5 * M, 9 * M, "spread"), option("loss", 5 * M, -2 * M, "data")]
    assert allocate(options, 10 * M).advised.option_ids == ("gain",)
    floored = allocate(options, 10 * M, floors=[Floor(track="data", amount_oere=M)])
    assert floored.advised.option_ids == ("gain", "loss")
    assert floored.ranking.floors_missed == ("data",)
    assert why(floored)["loss"] == "floor"
    assert "misses the floor of data" in floored.difference.en


def test_a_municipality_gets_one_grant_unless_more_are_allowed() -> None:
    options = [
        option("a", M, 5 * M, None, "0101"),
        option("b", M, 4 * M, None, "0101"),
        option("c", M, M, None, "0147"),
    ]
    once = allocate(options, 3 * M)
    assert once.advised.option_ids == ("a", "c")
    assert why(once)["b"] == "municipality"
    assert allocate(options, 3 * M, one_per_municipality=False).advised.option_ids == ("a", "b", "c")


def test_earmarked_money_goes_to_its_tracks_only_and_may_pay_a_part_of_a_grant() -> None:
    options = [option("a", 6 * M, 20 * M, "develop"), option("b", 5 * M, 9 * M, "spread")]
    marks = [Earmark(name="new-methods", amount_oere=4 * M, tracks=("spread",))]
    assert allocate(options, 10 * M).advised.option_ids == ("a",)
    # 6 million are free: `a` takes all of them, or `b` is paid with 4 earmarked and 1 free.
    assert allocate(options, 10 * M, earmarks=marks).advised.option_ids == ("a",)
    assert allocate(options, 11 * M, earmarks=marks).advised.option_ids == ("a", "b")
    assert allocate(options, 9 * M, earmarks=marks).advised.option_ids == ("b",)


def test_the_order_of_the_options_is_without_consequence_and_equals_are_taken_by_price_then_by_name() -> None:
    options = [option(name, 5 * M, 9 * M) for name in "dbca"] + [option("z", 4 * M, 9 * M)]
    for order in (options, options[::-1]):
        assert allocate(order, 10 * M).advised.option_ids == ("a", "z")
    assert allocate(options, 10 * M) == allocate(options[::-1], 10 * M)


def test_a_set_is_bettered_one_grant_at_a_time_to_the_cheapest_and_first_of_its_equals() -> None:
    options = [option(name, 5 * M, 9 * M) for name in "abcd"] + [option("y", M, 0), option("z", 4 * M, 9 * M)]
    asked = programme(options, 10 * M, None, False, [], [], True)
    for start in ("cd", "dy", "bz", ""):
        picked = exchanged(asked, np.array([one.option_id in start for one in options]))
        assert [one.option_id for one, there in zip(options, picked, strict=True) if there] == ["a", "z"]


def test_an_option_that_comes_to_nothing_is_not_paid_for() -> None:
    assert allocate([option("nothing", M, 0), option("some", M, 1)], 5 * M).advised.option_ids == ("some",)


def test_the_likeliest_set_is_not_the_one_with_the_highest_expected_result() -> None:
    options = [
        option("gamble", 5 * M, 10 * M, draws=[40 * M, 0, 0, 0]),
        option("safe", 5 * M, 6 * M, draws=[6 * M, 6 * M, 6 * M, 6 * M]),
    ]
    expected = allocate(options, 5 * M, target_oere=5 * M)
    assert (expected.advised.option_ids, expected.advised.probability) == (("gamble",), D("0.25"))
    target = allocate(options, 5 * M, aim="target", target_oere=5 * M)
    assert (target.advised.option_ids, target.advised.probability) == (("safe",), D(1))
    assert target.ranking.probability == D("0.25")


def test_a_target_out_of_reach_is_said_with_nought_and_the_expected_result_decides() -> None:
    options = [option("a", 5 * M, 9 * M, draws=[M, 2 * M]), option("b", 5 * M, 8 * M, draws=[M, 2 * M])]
    advice = allocate(options, 5 * M, aim="target", target_oere=90 * M)
    assert (advice.advised.option_ids, advice.advised.probability) == (("a",), D(0))


def test_a_target_that_a_set_only_just_reaches_is_reached() -> None:
    """Found by trying all sets: the solver's presolving called this one impossible."""
    s = 12_345_678
    worths = [[0, 0], [15, 0], [0, 14], [0, 0], [0, 9], [9, 0], [0, 1]]
    spent = [s, s, s, s, 2 * s, s + 1, s]
    options = [
        option(f"o{n}", spent[n], int(n == 4), draws=[worths[n][0] * s, 0, 0, worths[n][1] * s]) for n in range(7)
    ]
    advice = allocate(options, 6 * s, aim="target", target_oere=24 * s)
    assert advice.advised.probability == D("0.25")
    assert advice.advised.net_result_oere == 1


def test_the_probability_is_that_of_all_the_draws_not_of_those_it_was_looked_for_on() -> None:
    draws = np.zeros(1_000)
    draws[1::5] = 10.0  # never among the 200 evenly chosen, which are every fifth from the first
    advice = allocate([option("a", 1, 1, draws=draws.tolist())], 1, aim="target", target_oere=10)
    assert (advice.search.draws, advice.search.draws_searched) == (1_000, 200)
    assert (advice.search.probability, advice.advised.probability) == (D(0), D("0.2"))


# --- what one krone more is worth --------------------------------------------------------------------------------


def worth(advice: Advice) -> dict[tuple[str, str], D | None]:
    return {(shadow.kind, shadow.name): shadow.worth for shadow in advice.shadows}


def test_one_krone_more_in_the_budget_is_worth_what_the_best_divisible_grant_gives_for_it() -> None:
    advice = allocate(KNAPSACK, 10 * M)
    assert advice.divisible_net_result_oere == 12 * M + 4 * M * 9 // 5
    assert worth(advice) == {("budget", ""): D("1.8")}


def test_where_the_grants_just_fill_the_budget_a_krone_more_is_worth_what_comes_next_and_after_the_last_nothing() -> (
    None
):
    assert worth(allocate(KNAPSACK[:2], 6 * M))["budget", ""] == D("1.8")
    assert worth(allocate(KNAPSACK, 16 * M))["budget", ""] == D(0)


def test_what_the_next_whole_grant_would_add_is_computed_again_with_whole_grants() -> None:
    more = allocate(KNAPSACK, 10 * M).more
    assert more is not None
    assert (more.step_oere, more.net_result_oere, more.added, more.dropped) == (6 * M, 12 * M, ("a",), ())
    one = allocate(KNAPSACK, 10 * M, step_oere=M).more
    assert one is not None
    assert (one.net_result_oere, one.added, one.dropped) == (3 * M, ("a",), ("c",))


@given(questions("expected", jitter=0))
@settings(max_examples=50, deadline=None)
def test_a_shadow_price_is_the_difference_that_a_little_more_makes(asked: dict[str, object]) -> None:
    """The finite difference of the linear programme, constraint by constraint, of money, floors and municipalities."""
    try:
        advice = allocate(**asked)  # type: ignore[arg-type]
    except Rejected:
        return
    floors: Sequence[Floor] = asked["floors"]  # type: ignore[assignment]
    marks: Sequence[Earmark] = asked["earmarks"]  # type: ignore[assignment]
    model = programme(
        asked["options"],  # type: ignore[arg-type]
        asked["budget_oere"],  # type: ignore[arg-type]
        None,
        False,
        floors,
        marks,
        bool(asked["one_per_municipality"]),
    )
    for shadow in advice.shadows:
        by = 1e-5 if shadow.kind == "municipality" else 1e-4 * float(model.amounts.max())
        before, after = Relaxed(model).worth, _with_more(model.rows, shadow.kind, shadow.name, by, model)
        if shadow.worth is None:
            assert after is None
        else:
            assert after is not None
            unit = 100.0 if shadow.kind == "municipality" else 1.0
            assert (after - before) / by / unit == pytest.approx(float(shadow.worth), rel=1e-3, abs=2e-2)


def _with_more(rows: Sequence[Row], kind: str, name: str, by: float, model: object) -> float | None:
    """The best divisible net result, by an independent linear programme, when a constraint has `by` more."""
    from scipy.optimize import linprog

    limits = []
    for row in rows:
        grows = {
            "budget": row.kind == "money",
            "earmark": row.kind == "money" and name in row.earmarks,
            "floor": row.kind == "floor" and row.name == name,
            "municipality": row.kind == "municipality" and row.name == name,
        }[kind]
        limits.append(row.limit + (-by if kind == "floor" else by) * grows)
    nets, top = model.nets.astype(float), float(model.amounts.max())  # type: ignore[attr-defined]
    scale = [1.0 if row.kind == "municipality" else top for row in rows]
    found = linprog(
        -nets / top,
        A_ub=[row.coefficients / by_row for row, by_row in zip(rows, scale, strict=True)],
        b_ub=[limit / by_row for limit, by_row in zip(limits, scale, strict=True)],
        bounds=(0, 1),
    )
    return -found.fun * top if found.status == 0 else None


# --- limits ------------------------------------------------------------------------------------------------------


def hard(count: int) -> list[Option]:
    chance = np.random.default_rng(7)
    found = []
    for place in range(count):
        amount = int(chance.integers(10**6, 10**7))
        net = int(amount * chance.uniform(0.2, 1.0))
        found.append(option(f"o{place:03}", amount, net, draws=(net * chance.normal(1, 0.8, 400)).round().tolist()))
    return found


def test_a_search_ends_when_its_time_is_up_and_says_how_much_better_a_better_set_could_be() -> None:
    options = hard(60)
    budget = sum(one.amount_oere for one in options) // 5
    target = int(0.95 * allocate(options, budget).advised.net_result_oere)
    begun = perf_counter()
    advice = allocate(options, budget, aim="target", target_oere=target, seconds=0.2)
    assert perf_counter() - begun < 5
    assert not advice.search.proven
    assert 0 < advice.search.gap <= 1
    assert "A likelier choice may exist" in advice.assumptions[-1].en
    assert advice.advised.probability is not None
    assert advice.ranking.probability is not None
    assert advice.advised.probability >= advice.ranking.probability
    assert advice.advised.spent_oere <= budget


def test_what_the_solvers_tolerance_lets_through_is_cut_off() -> None:
    """A set over the budget, and one under a floor, each by an øre: no set like it is left, and every good one is."""
    options = [option("a", 3 * 10**12, 3, "data"), option("b", 2 * 10**12, 2, "data"), option("c", 1, 1)]
    asked = programme(options, 5 * 10**12, None, False, [Floor(track="data", amount_oere=2 * 10**12)], [], True)
    money, floor = asked.rows
    over = np.array([True, True, True])
    cut = _cut(money, over)
    assert [int(cut.coefficients[list(some)].sum()) <= cut.limit for some in ([0, 1, 2], [0, 1], [0, 2])] == [
        False,
        True,
        True,
    ]
    under = np.array([False, False, True])
    cut = _cut(floor, under)
    assert [int(cut.coefficients[list(some)].sum()) <= cut.limit for some in ([2], [0], [1, 2])] == [False, True, True]
    answer = milp_answer(asked, Limits(5, 1000))
    assert answer.picked is not None
    assert answer.picked.tolist() == [True, True, False]


@pytest.mark.parametrize("over_oere", [1, 10, 100])
def test_a_budget_is_kept_to_the_last_oere_however_large(over_oere: int) -> None:
    options = [option("a", 300_000_000_000_000, 5), option("b", 200_000_000_000_000 + over_oere, 4)]
    assert allocate(options, 500_000_000_000_000).advised.option_ids == ("a",)
    assert allocate(options, 500_000_000_000_000 + over_oere).advised.option_ids == ("a", "b")


# --- what cannot be ----------------------------------------------------------------------------------------------


def refused(options: Sequence[Option], budget: int, **asked: object) -> Rejected:
    with pytest.raises(Rejected) as found:
        allocate(options, budget, **asked)  # type: ignore[arg-type]
    return found.value


def floor(track: str, amount_oere: int) -> Floor:
    return Floor(track=track, amount_oere=amount_oere)


TRACKED = [
    option("a", 6 * M, 9 * M, "develop", "0101"),
    option("b", 6 * M, 9 * M, "spread", "0147"),
    option("c", 3 * M, 2 * M, "spread", "0147"),
]


@pytest.mark.parametrize(
    ("floors", "earmarks", "named", "said"),
    [
        ([floor("develop", 6 * M), floor("spread", 5 * M)], [], ["floors.0", "floors.1"], "more than the budget"),
        ([floor("data", M)], [], ["floors.0"], "track has none"),
        ([floor("spread", 7 * M)], [], ["floors.0"], "come to less than it"),
        (
            [floor("develop", 2 * M), floor("spread", 5 * M)],
            [Earmark(name="new", amount_oere=6 * M, tracks=("develop",))],
            ["floors.1"],
            "earmarked for others",
        ),
        ([floor("develop", M), floor("spread", 4 * M)], [], ["floors.0", "floors.1"], "cannot be kept"),
    ],
)
def test_floors_that_cannot_be_kept_are_named(
    floors: list[Floor], earmarks: list[Earmark], named: list[str], said: str
) -> None:
    found = refused(TRACKED, 10 * M, floors=floors, earmarks=earmarks)
    assert found.code == "ALLOCATION_INFEASIBLE"
    assert [field["field"] for field in found.fields] == named
    assert said in found.message


def test_a_floor_that_stands_in_nobodys_way_is_not_blamed() -> None:
    options = [*TRACKED, option("d", M, M, "data", "0161")]
    floors = [floor("data", M), floor("develop", M), floor("spread", 4 * M)]
    found = refused(options, 10 * M, floors=floors)
    assert [field["field"] for field in found.fields] == ["floors.1", "floors.2"]


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("options", "asked", "named"),
    [
        ([], {}, ["options"]),
        ([option("a", M, M), option("a", M, M)], {}, ["options.1.option_id"]),
        ([option("a", 0, M)], {}, ["options.0.amount_oere"]),
        ([option("a", M, NAN)], {}, ["options.0.net_result_oere"]),  # type: ignore[arg-type]
        ([option("a", M, M, draws=[1, NAN])], {}, ["options.0.draws"]),
        ([option("a", M, M, draws=[1, INFINITE])], {}, ["options.0.draws"]),
        ([option("a", M, M, draws=[1, 2]), option("b", M, M, draws=[1])], {}, ["options.1.draws"]),
        ([option("a", M, M, draws=[1]), option("b", M, M)], {}, ["options.1.draws"]),
        ([option("a", M, M)], {"aim": "target", "target_oere": 1}, ["options.0.draws"]),
        ([option("a", M, M, draws=[1])], {"aim": "target"}, ["target_oere"]),
        ([option("a", M, M)], {"floors": [floor("x", 1), floor("x", 2)]}, ["floors.1.track"]),
        ([option("a", M, M)], {"earmarks": [Earmark(name="m", amount_oere=2 * M, tracks=("x",))]}, ["earmarks"]),
    ],
)
def test_what_is_wrong_is_named(options: list[Option], asked: dict[str, object], named: list[str]) -> None:
    found = refused(options, M, **asked)
    assert found.code == "ALLOCATION_INVALID"
    assert [field["field"] for field in found.fields] == named


def test_a_budget_of_nothing_is_no_budget() -> None:
    assert refused(KNAPSACK, 0).fields[0]["field"] == "budget_oere"
