"""The open applications of a call as candidates: which are open, what is assumed of them, and what bites on whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding import events as fund
from services.som import views
from services.som.applications import Application, Call, Experience, application_inputs, expected_cohorts, experience
from services.som.commands import Allocation
from services.som.events import Cohort, KnowledgePublished, ProjectionRecalculated
from services.som.live import GRANT, Money, Told
from services.som.queries import allocation
from services.som.queries.applications import applied_for
from services.som.service import DEFINITION
from services.som.views.calls import call_of, open_applications, tracks
from services.som.waiting import compute_batch
from shared.kernel.messages import Event
from shared.kernel.money import oere
from shared.kernel.rejection import Rejected
from shared.messaging.host import Running, open_service
from tests import money
from tests.story import KNOWLEDGE
from tests.unit.test_som_views import completion, outcomes, recorded
from tests.unit.test_som_waiting import NoFeed, here, publish, told, waits

COPENHAGEN, AARHUS, AALBORG, ODENSE, ESBJERG = "0101", "0751", "0851", "0461", "0561"
M = oere(1_000_000)
AT = datetime(2019, 1, 10, tzinfo=UTC)
DAY = date(2018, 1, 1)
DECISION = date(2019, 3, 20)
CALL = Call("cti", "development", DECISION)
KNOWN = Experience(cases=2, completers=8, granted_oere=2 * M)


def pool(name: str = "pool", initiative: str = "cti", track: str = "development") -> Event:
    """A pool opened."""
    fields = {"pool_id": name, "initiative": initiative, "track": track, "title": "x", "draws": (), "postings": ()}
    return fund.PoolOpened.model_validate({**fields, "effective_on": DAY})


def call(name: str = "call", pool_id: str = "pool") -> Event:
    """A call published, decided in March 2019."""
    return fund.CallPublished(
        call_id=name, pool_id=pool_id, title="x", purpose="x", target_group="x", applicants=(), opens_at=AT,
        deadline_at=AT, decision_on=DECISION, period_from=date(2019, 4, 1), period_to=date(2020, 12, 31),
        frame_oere=10 * M, criteria=(), assessors_required=1, effective_on=date(2019, 1, 2),
    )  # fmt: skip


LINES = (("staff", 2019, GRANT, M), ("staff", 2020, GRANT, M // 2), ("rooms", 2019, "region", 3 * M // 10))


def saved(name: str, municipality: str, *lines: tuple[str, int, str, int], call_id: str = "call") -> Event:
    """A draft saved: 1.5 million are applied for unless other `lines` are given."""
    financing = [
        fund.Financing(post=post, project_year=year, source=source, amount_oere=amount)
        for post, year, source, amount in lines or LINES
    ]
    return fund.ApplicationSaved(
        application_id=name, call_id=call_id, municipality=municipality, title="x", description="x", expenses=(),
        financing=tuple(financing), copied_from=None, at=AT,
    )  # fmt: skip


def became(kind: Any, name: str, **more: Any) -> Event:
    """Something happened to an application."""
    event: Event = kind(application_id=name, call_id="call", **more)
    return event


def sent(name: str, municipality: str, *lines: tuple[str, int, str, int]) -> list[Event]:
    """An application saved and sent."""
    one = {"municipality": municipality, "applied_oere": 1, "at": AT}
    return [saved(name, municipality, *lines), became(fund.ApplicationSubmitted, name, **one)]


def decided(kind: Any, name: str, municipality: str, **more: Any) -> Event:
    """The fund decided on an application."""
    said = {"municipality": municipality, "reason": "x", "decided_by": "Bo", "effective_on": DECISION}
    return became(kind, name, **said, **more)


REOPENED = became(fund.ApplicationReopened, "a1", reason="x", until=AT, at=AT)
OVER = {
    "withdrawn": became(fund.ApplicationWithdrawn, "a1", reason="x", at=AT),
    "refused": decided(fund.ApplicationRefused, "a1", AALBORG),
    "awarded": decided(fund.ApplicationAwarded, "a1", AALBORG, grant_id="g", amount_oere=1),
    "reopened": REOPENED,
}
CASES = [money.award("cti", place, {2018: M}, DAY) for place in (COPENHAGEN, AARHUS, ODENSE)]
"""A million kroner each; nobody completes in Odense."""
COMPLETIONS = [completion(COPENHAGEN, 2018)] * 4 + [completion(AARHUS, 2018), *[completion(AARHUS, 2019)] * 3]


@pytest.fixture
def som(tmp_path: Path) -> Iterator[Running]:
    """SØM with three live cases, a call and no applications."""
    running = open_service(DEFINITION, f"sqlite:///{tmp_path}/som.db", NoFeed)
    told(running, "funding", pool(), *CASES, call())
    yield running
    running.store.engine.dispose()


def known(som: Running) -> Running:
    """The same with a knowledge base, in which a completer is worth some 600,000 kroner, and four per million."""
    told(som, "trials", *COMPLETIONS)
    publish(som, "8000000")
    compute_batch(som.store, waits(som), here(som))
    return som


def advice(som: Running, **fields: Any) -> dict[str, Any]:
    """The advice on a budget of ten million, or another."""
    with som.store.reading() as transaction:
        found: dict[str, Any] = allocation(transaction.connection, Allocation.parse({"budget_oere": 10 * M, **fields}))
    return dict(found["advice"])


def refused(som: Running, **fields: Any) -> Rejected:
    """Why there is none."""
    with pytest.raises(Rejected) as caught:
        advice(som, **fields)
    return caught.value


def opened(som: Running, call_id: str = "call") -> dict[str, int]:
    """The open applications of a call, and what each applies for."""
    with som.store.reading() as transaction:
        return {one.application_id: one.applied_oere for one in open_applications(transaction.connection, call_id)}


# --- which applications are open -----------------------------------------------------------------------------------


def test_an_application_is_open_once_it_is_sent_and_in_its_own_call(som: Running) -> None:
    told(som, "funding", saved("a1", AALBORG), saved("b1", ODENSE, call_id="other"))
    assert opened(som) == {}
    told(som, "funding", *sent("a1", AALBORG), *sent("a0", ESBJERG))
    assert opened(som) == {"a0": 3 * M // 2, "a1": 3 * M // 2}
    assert opened(som, "other") == {}


@pytest.mark.parametrize("how", OVER)
def test_an_application_that_is_over_or_given_back_is_open_no_more(som: Running, how: str) -> None:
    told(som, "funding", *sent("a0", ESBJERG), *sent("a1", AALBORG), OVER[how])
    assert list(opened(som)) == ["a0"]


def test_an_application_that_was_given_back_is_open_again_as_it_is_then_sent(som: Running) -> None:
    changed = saved("a1", AALBORG, ("staff", 2019, GRANT, 7))
    told(som, "funding", *sent("a1", AALBORG), REOPENED, changed)
    assert opened(som) == {}
    told(som, "funding", sent("a1", AALBORG)[1])
    assert opened(som) == {"a1": 7}


def test_a_call_is_its_pools_initiative_and_track(som: Running) -> None:
    with som.store.reading() as transaction:
        assert call_of(transaction.connection, "call") == CALL
        assert call_of(transaction.connection, "other") is None


def test_a_case_has_the_track_of_its_grants_pools_unless_they_differ(som: Running) -> None:
    spread = pool("spread", "cti", "dissemination")
    later = money.award("cti", AARHUS, {2019: M}, date(2019, 1, 1)).model_copy(update={"pool_id": "spread"})
    only = money.award("cti", ESBJERG, {2019: M}, date(2019, 1, 1)).model_copy(update={"pool_id": "spread"})
    told(som, "funding", spread, later, only)
    with som.store.reading() as transaction:
        found = tracks(transaction.connection)
    development = {("cti", place): "development" for place in (COPENHAGEN, ODENSE)}
    assert found == {**development, ("cti", ESBJERG): "dissemination"}


def test_an_application_recalculates_nothing_and_is_never_what_a_recalculation_is_because_of(som: Running) -> None:
    publish(som)
    compute_batch(som.store, waits(som), here(som))
    batch = [
        pool("later"), call("later"), *sent("a1", AALBORG), money.award("cti", ESBJERG, {2018: M}, DAY),
        decided(fund.ApplicationAwarded, "a1", AALBORG, grant_id="g", amount_oere=1),
    ]  # fmt: skip
    with som.store.transaction() as transaction:
        assert views.apply_funding(transaction.connection, recorded([*batch[:4], batch[5]], 50)) == set()
    told(som, "funding", *batch, after=100)
    with som.store.reading() as transaction:
        newest = transaction.read_log(0)[-1]
    assert isinstance(newest.event, ProjectionRecalculated)
    assert (newest.event.municipality, newest.causation_id, newest.effective_on) == (ESBJERG, "event-105", "2018-01-01")


# --- what is assumed of them ---------------------------------------------------------------------------------------


def case(granted: int, *completers: int, paid: int = 0) -> Told:
    """A live case with these completers, year by year."""
    rows = [Money(GRANT, "", 2018, 2018, granted, paid), Money("own", "", 2018, 2018, 99 * M, 0)]
    cohorts = [Cohort(year=2018 + place, completers=count) for place, count in enumerate(completers)]
    return Told("cti", DAY, rows, cohorts, {})


def test_experience_is_of_the_cases_with_completers_and_a_grant() -> None:
    cases = [case(M, 3, 1), case(M // 2, 4, paid=M // 2), case(5 * M), case(5 * M, 0), case(0, 9)]
    assert experience(cases) == KNOWN
    assert experience(cases[2:]) is None
    assert experience([]) is None


def application(*lines: tuple[str, int, str, int]) -> Application:
    """An application that is to be paid for so."""
    rows = (Money(source, post, year, year, amount, 0) for post, year, source, amount in lines)
    return Application("a1", AALBORG, tuple(rows))


def test_completers_are_as_many_per_applied_krone_spread_by_what_the_years_cost() -> None:
    # 1.5 million at 4 per million: 6, of which 13/18 in 2019 and 5/18 in 2020: 4.33 and 1.67.
    assert expected_cohorts(application(*LINES), KNOWN) == (
        Cohort(year=2019, completers=4),
        Cohort(year=2020, completers=2),
    )


@pytest.mark.parametrize(("kroner", "completers"), [(124_999, 0), (125_000, 1), (374_999, 1), (375_000, 2)])
def test_completers_are_rounded_to_the_nearest_whole_one(kroner: int, completers: int) -> None:
    found = expected_cohorts(application(("staff", 2019, GRANT, oere(kroner))), KNOWN)
    assert sum(cohort.completers for cohort in found) == completers


AMOUNTS = st.integers(1, 10**12)


@given(
    st.dictionaries(st.integers(2018, 2026), st.tuples(AMOUNTS, st.integers(0, 10**12)), min_size=1),
    st.integers(1, 10_000),
    AMOUNTS,
)
def test_completers_add_up_and_no_year_is_one_from_its_share(
    years: dict[int, tuple[int, int]], completers: int, granted: int
) -> None:
    lines = [("p", year, GRANT, grant) for year, (grant, _) in years.items()]
    asked = application(*lines, *(("p", year, "own", own) for year, (_, own) in years.items()))
    found = {row.year: row.completers for row in expected_cohorts(asked, Experience(1, completers, granted))}
    total = sum(found.values())
    assert abs(total - Fraction(completers * asked.applied_oere, granted)) <= Fraction(1, 2)
    cost = sum(map(sum, years.values()))
    assert all(abs(found.get(year, 0) - Fraction(total * sum(both), cost)) < 1 for year, both in years.items())
    assert found.keys() <= years.keys()


def test_an_application_is_computed_as_a_live_case_of_its_money_would_be() -> None:
    inputs = application_inputs(application(*LINES), CALL, KNOWN, {}, None)
    assert (inputs.decision_date, inputs.target_group, inputs.success_rate) == (DECISION, "cti", None)
    assert [(line.year, line.payer, line.amount_oere, line.low_oere, line.source) for line in inputs.costs] == [
        (2019, "kommune", M, None, "funding: grant, staff, budgeted"),
        (2019, "region", 3 * M // 10, None, "funding: region, rooms, budgeted"),
        (2020, "kommune", M // 2, None, "funding: grant, staff, budgeted"),
    ]
    moved = [(row.year, row.payer_from, row.payer_to, row.amount_oere) for row in inputs.transfers]
    assert moved == [(2019, "stat", "kommune", M), (2020, "stat", "kommune", M // 2)]
    assert inputs.cohorts == expected_cohorts(application(*LINES), KNOWN)


# --- the advice ----------------------------------------------------------------------------------------------------


def test_the_open_applications_are_what_is_chosen_from_with_their_own_money_and_municipality(som: Running) -> None:
    told(som, "funding", *sent("a1", AALBORG), *sent("a2", ESBJERG, ("staff", 2019, GRANT, M)))
    told(som, "funding", *sent("a3", AALBORG, ("staff", 2019, GRANT, 2 * M)))
    found = advice(known(som), call_id="call")
    amounts = {place["option_id"]: place["amount_oere"] for place in found["places"]}
    assert amounts == {"a1": 3 * M // 2, "a2": M, "a3": 2 * M}
    # Aalborg has applied twice, and gets one.
    assert sorted(row["why"] for row in found["places"] if row["option_id"] != "a2") == ["both", "municipality"]
    assert len(advice(som, call_id="call", one_per_municipality=False)["advised"]["option_ids"]) == 3


def test_the_advice_says_what_it_assumed_of_the_applications_with_the_figures(som: Running) -> None:
    told(som, "funding", *sent("a1", AALBORG))
    first, completers, computed, *_ = advice(known(som), call_id="call")["assumptions"]
    assert "not a decision" in first["en"]
    for part in ("4.00 per million kroner", "2 cases of cti", "8 completed so far", "2,000,000 kr."):
        assert part in completers["en"], part
    for part in ("4,00 pr. million", "2 sager i cti", "8 har gennemført", "2.000.000,00 kr. Hvor meget"):
        assert part in completers["da"], part
    assert "2019-03-20" in computed["en"]
    assert "0.1 (CTI)" in computed["en"]
    assert "0,1 (CTI)" in computed["da"]
    # Of live cases nothing of the kind is assumed.
    assert len(advice(som)["assumptions"]) == len(advice(som, call_id="call")["assumptions"]) - 2


def test_where_no_success_rate_is_known_the_advice_says_that_only_the_cost_counts(som: Running) -> None:
    ppr = money.award("ppr", AARHUS, {2018: M}, DAY).model_copy(update={"pool_id": "ppr"})
    told(som, "funding", pool("ppr", "ppr"), ppr, call("round", "ppr"))
    told(som, "funding", saved("b", AALBORG, call_id="round"), sent("b", AALBORG)[1])
    told(som, "trials", completion(AARHUS, 2018).model_copy(update={"initiative": "ppr"}))
    _, completers, computed, *_ = advice(known(som), call_id="round")["assumptions"]
    assert "1.00 per million kroner applied for, from 1 case of ppr in which 1 completed" in completers["en"]
    assert "no success rate of ppr is known" in computed["en"]
    assert "ingen succesrate for ppr" in computed["da"]


def official(som: Running) -> None:
    """A knowledge base of which every figure is official."""
    known(som)
    rows: dict[str, Any] = {
        name: [row | {"status": "official"} for row in KNOWLEDGE[name]]
        for name in ("prices", "consequences", "indices", "discount_rates")
    }
    basis = KNOWLEDGE["bases"][0] | {"initiative": "cti", "status": "official"}
    rows |= {"bases": [basis], "rules": [], "studies": [], "indexed_by": [], "version_label": "official"}
    event = KnowledgePublished.model_validate(KNOWLEDGE | rows)
    with som.store.transaction() as transaction:
        views.apply_knowledge(transaction.connection, recorded([event], 10**6)[0], event)


def test_advice_over_applications_is_no_surer_than_assumed(som: Running) -> None:
    told(som, "funding", *sent("a1", AALBORG))
    assert advice(known(som), call_id="call")["status"] == "illustrative"
    official(som)
    assert advice(som, call_id="call")["status"] == "assumed"


def considered(som: Running) -> Any:
    """The applications, each with its calculation."""
    with som.store.reading() as transaction:
        return applied_for(transaction.connection, "call")[0]


def test_applications_share_the_success_rate_of_the_initiatives_cases_and_no_chances_of_their_own(som: Running) -> None:
    told(som, "trials", *outcomes("group", 24, 40), *outcomes("comparison", 10, 40))
    told(som, "funding", *sent("a1", AALBORG), *sent("a2", ESBJERG))
    found = considered(known(som))
    with som.store.reading() as transaction:
        cases = views.live_cases(transaction.connection, [("cti", COPENHAGEN)])
    assert cases[0].latest is not None
    rates = {one.found.inputs.success_rate.model_dump_json() for one in found}
    assert rates == {cases[0].latest.inputs.success_rate.model_dump_json()}  # type: ignore[union-attr]
    assert found[0].found.inputs.success_rate.rate == Decimal("0.35")
    assert len({one.found.scope for one in found}) == 2
    assert not {one.found.scope for one in found} & {"cti.0101", ""}
    assert {one.track for one in found} == {"development"}
    asked = {"call_id": "call", "aim": "target", "target_oere": -M}
    assert Decimal(advice(som, **asked)["advised"]["probability"]) > 0


def least(track: str, amount: int = M) -> dict[str, Any]:
    """A floor."""
    return {"floors": [{"track": track, "amount_oere": amount}]}


def reserved(track: str) -> dict[str, Any]:
    """Nine of the ten million are reserved for a track."""
    return {"earmarks": [{"name": "mark", "amount_oere": 9 * M, "tracks": [track]}]}


def test_floors_and_earmarks_bite_on_the_applications_by_the_track_of_the_calls_pool(som: Running) -> None:
    told(som, "funding", *sent("a1", AALBORG))
    known(som)
    assert advice(som, call_id="call", **least("development"))["advised"]["option_ids"] == ["a1"]
    assert refused(som, call_id="call", **least("data")).code == "ALLOCATION_INFEASIBLE"
    assert advice(som, call_id="call", **reserved("development"), **least("development"))["advised"]["option_ids"]
    assert refused(som, call_id="call", **reserved("data"), **least("development")).code == "ALLOCATION_INFEASIBLE"


def test_floors_and_earmarks_bite_on_live_cases(som: Running) -> None:
    # Esbjerg's is under another track and half as good as Copenhagen's; Odense's only costs.
    spread = money.award("cti", ESBJERG, {2018: M}, DAY).model_copy(update={"pool_id": "spread"})
    told(som, "funding", pool("spread", "cti", "dissemination"), spread)
    told(som, "trials", *[completion(ESBJERG, 2018)] * 2)
    known(som)
    one = {"budget_oere": M}
    assert advice(som, **one)["advised"]["option_ids"] == ["cti.0101"]
    assert advice(som, **one, **least("dissemination"))["advised"]["option_ids"] == ["cti.0561"]
    assert "cti.0461" not in advice(som)["advised"]["option_ids"]
    assert "cti.0461" in advice(som, **least("development", 3 * M))["advised"]["option_ids"]
    mark = {"earmarks": [{"name": "mark", "amount_oere": M, "tracks": ["dissemination"]}]}
    assert refused(som, **one, **mark, **least("development")).code == "ALLOCATION_INFEASIBLE"


# --- refusals ------------------------------------------------------------------------------------------------------


def test_without_a_completer_in_the_initiative_no_advice_is_given_on_its_applications(som: Running) -> None:
    told(som, "funding", *sent("a1", AALBORG))
    told(som, "trials", completion(COPENHAGEN, 2018).model_copy(update={"initiative": "ppr"}))
    publish(som)
    found = refused(som, call_id="call")
    assert (found.code, found.fields[0]["field"], found.figures) == ("NO_EXPERIENCE", "call_id", {"initiative": "cti"})
    assert "make a scenario for each" in str(found.message)


def test_what_cannot_be_advised_on_is_refused_with_what_is_wrong(som: Running) -> None:
    unknown = refused(som, call_id="other")
    assert (unknown.code, unknown.fields[0]["field"]) == ("NOT_FOUND", "call_id")
    assert refused(som, call_id="call").code == "ALLOCATION_INVALID"
    told(som, "funding", *sent("a1", AALBORG))
    told(som, "trials", *COMPLETIONS)
    assert refused(som, call_id="call").code == "NOT_COMPUTED"


def test_candidates_and_a_call_are_not_named_together() -> None:
    candidate = {"candidate_id": "c", "amount_oere": 1, "calculation": {"scenario_id": "s"}}
    with pytest.raises(Rejected, match="INPUT_INVALID"):
        Allocation.parse({"budget_oere": 1, "call_id": "call", "candidates": [candidate]})
