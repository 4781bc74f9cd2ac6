"""The demo: what its file may hold, what it makes of it, and what it says. Nothing here runs a service."""

from __future__ import annotations

import copy
import io
import socket
import tomllib
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rich.console import Console

from services.demo import PROGRAMME, remove_databases, require_free_ports, script, summary, words
from services.demo.player import APART, ROUND, together
from services.demo.programme import load, parse
from services.demo.script import people
from services.reporting.views.figures import Effect, Figures, InitiativeFigures, Net
from services.reporting.views.figures import Programme as View
from services.settings import Settings
from services.som.commands import PublishKnowledge
from services.som.events import CaseInputs, Cohort, KnowledgePublished, SuccessRate
from services.som.events import Settings as EngineSettings
from services.som.knowledge import PricebookState, decide_publication
from services.som.model.knowledge_base import KnowledgeBase
from services.som.model.projection import project
from services.trials.commands import EnrolCitizen
from shared.kernel.rejection import Rejected

CONTENT = tomllib.loads(PROGRAMME.read_text(encoding="utf-8"))
SCRIPT = script.acts(load(PROGRAMME))
DECISIONS = ("award_grant", "refuse_application")


def refused(path: Path) -> Rejected:
    with pytest.raises(Rejected) as caught:
        load(path)
    assert caught.value.code == "CONFIG_INVALID"
    assert "\n" not in caught.value.message
    return caught.value


# --- the file -------------------------------------------------------------------------------------------


def _set(table: str, place: int, name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content[table][place].update({name: value})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_set("grants", 3, "amount_kr", 1), "grants.3.amount_kr"),
        (_set("grants", 3, "amount_dkk", "12000000"), "grants.3.amount_dkk"),
        (_set("grants", 3, "amount_dkk", 12_000_001), "grants.3"),
        (_set("grants", 3, "amount_dkk", -1), "grants.3.amount_dkk"),
        (_set("grants", 3, "municipality", "9999"), "grants.3.municipality"),
        (_set("grants", 3, "awarded_on", date(1066, 1, 1)), "grants.3.awarded_on"),
        (_set("grants", 3, "call", "nothing"), "grants.3.call"),
        (_set("grants", 2, "id", CONTENT["grants"][0]["id"]), "grants.2.id"),
        (_set("pools", 0, "initiative", "nothing"), "pools.0.initiative"),
        (_set("calls", 0, "pool", "nothing"), "calls.0.pool"),
        (_set("calls", 0, "deadline", datetime(2018, 3, 2, 12, tzinfo=UTC)), "calls.0.deadline"),
        (_set("applicants", 0, "call", "nothing"), "applicants.0.call"),
        (_set("deviations", 0, "grant", "nothing"), "deviations.0.grant"),
        (_set("deviations", 0, "grant", CONTENT["deviations"][1]["grant"]), "deviations.1.grant"),
        (_set("deviations", 0, "year", 2018), "deviations.0"),
        (_set("deviations", 0, "kind", "repaid"), "deviations.0"),
        (_set("trials", 0, "completion_rate", "1.1"), "trials.0.completion_rate"),
        (_set("trials", 0, "eligibility", {"age_min": 30, "age_max": 20}), "trials.0.eligibility"),
        (_set("consequences", 0, "price", "omkostning-cti"), "consequences.0.price"),
        (_set("consequences", 0, "initiative", "soem-boern"), "consequences.0.initiative"),
        (_set("prices", 0, "rule", {"rule_id": "sel-85", "quantity": "1"}), "prices.0.rule.rule_id"),
        (_set("rules", 0, "measure", "years"), "rules.0.measure"),
        (_set("indexed_by", 0, "family", "wages"), "indexed_by.0.family"),
        (_set("prices", 0, "kommune", "0,8"), "prices.0.kommune"),
        (lambda content: content.pop("pools"), "pools"),
        (lambda content: content["programme"].pop("seed"), "programme.seed"),
        (lambda content: content.update(programme=[]), "programme"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_refused_by_its_path(change: Callable[[dict[str, Any]], None], field: str) -> None:
    content = copy.deepcopy(CONTENT)
    change(content)
    with pytest.raises(Rejected) as caught:
        parse(content, Path("demo.toml"))
    assert caught.value.code == "CONFIG_INVALID"
    assert [wrong["field"] for wrong in caught.value.fields] == [field]
    assert field in caught.value.message


@pytest.mark.parametrize(
    "content", [b"grants = [", b"name = '\xff'", b"a = " + b"[" * 5_000, b"# " + b"x" * 1_000_000, b"", b"a = nan"]
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "demo.toml"
    path.write_bytes(content)
    assert "demo.toml" in refused(path).message


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    assert "demo.toml" in refused(tmp_path / "demo.toml").message
    refused(tmp_path)


# --- the script -----------------------------------------------------------------------------------------


def test_the_same_file_gives_the_same_script_and_another_seed_another() -> None:
    assert script.acts(load(PROGRAMME)) == SCRIPT
    content = copy.deepcopy(CONTENT)
    content["programme"]["seed"] += 1
    ids = {act.fields["command_id"] for act in SCRIPT}
    assert len(ids) == len(SCRIPT)
    assert ids.isdisjoint(act.fields["command_id"] for act in script.acts(parse(content, PROGRAMME)))


def test_acts_come_in_the_order_of_their_days_and_end_in_the_year_after_the_programme() -> None:
    days = [act.day for act in SCRIPT]
    assert days == sorted(days)
    assert date(2017, 1, 1) <= days[0] <= days[-1] <= date(2021, 12, 31)
    assert {act.service for act in SCRIPT if act.day.year == 2021} == {"funding", "reporting"}


def _knowledge() -> KnowledgePublished:
    [act] = [act for act in SCRIPT if act.method == "publish_knowledge"]
    [event] = decide_publication(PricebookState(), PublishKnowledge.parse(act.fields))
    assert isinstance(event, KnowledgePublished)
    return event


def test_the_model_accepts_the_knowledge_base_and_every_row_keeps_its_status() -> None:
    """A case is computed for every initiative that has evidence, and none shows up as better founded than it is."""
    published = _knowledge()
    statuses = {row["price"]: row["status"] for row in CONTENT["consequences"] if row["initiative"] == "eftervaern"}
    assert statuses == {
        row.price_id: row.status for row in published.consequences if row.target_group == "unge-i-eftervaern-18-22"
    }
    assert {basis.initiative for basis in published.bases} == {row["initiative"] for row in CONTENT["evidence"]}
    found: dict[str, str] = {}
    for basis in published.bases:
        rate = SuccessRate(origin="evidence", name="x", rate=basis.net_success_rate, status=basis.status)
        inputs = CaseInputs(
            decision_date=date(2018, 1, 1), target_group=basis.target_group, success_measure=basis.success_measure,
            cohorts=(Cohort(year=2019, completers=10),), success_rate=rate,
        )  # fmt: skip
        found[basis.initiative] = project(inputs, KnowledgeBase(published)).status
    assert found.pop("bostoettemetoder") == "placeholder"
    assert set(found.values()) == {"illustrative"}


def test_benefits_and_shelters_are_shared_by_their_rules_in_the_demo() -> None:
    """Months on benefit after the first 52 weeks: the state bears 20 %; a shelter all year round: half, and from
    October 2023 half of 120 days in 365."""
    published = _knowledge()
    base = KnowledgeBase(published)
    ruled = {row.price_id: row for row in published.prices if row.rule is not None}
    assert set(ruled) == {"kontanthjaelp-30-aarig", "uddannelseshjaelp", "forsorgshjem-paragraf-110"}
    for t in (0, 3):
        assert base.shares(ruled["uddannelseshjaelp"], EngineSettings(), 2018 + t, t) == pytest.approx((0.8, 0, 0.2))
    shelter = ruled["forsorgshjem-paragraf-110"]
    assert base.shares(shelter, EngineSettings(), 2022, 0)[2] == 0.5
    assert base.shares(shelter, EngineSettings(), 2024, 0)[2] == pytest.approx(60 / 365)


def test_the_calendar_advances_every_month() -> None:
    days = [act.fields["day"] for act in SCRIPT if act.method == "advance"]
    assert days == [f"{year}-{month:02}-01" for year in range(2017, 2022) for month in range(1, 13)]


def _paid() -> dict[str, int]:
    """What is paid to each grant, in øre: what is ordered less what comes back."""
    ordered: dict[tuple[str, str], int] = {}
    for act in SCRIPT:
        if act.method == "prepare_payment_batch":
            ordered |= {(line["grant_id"], line["payment_id"]): line["amount_oere"] for line in act.fields["lines"]}
    answers = [one for act in SCRIPT if act.method == "record_bank_answers" for one in act.fields["answers"]]
    assert {(one["grant_id"], one["payment_id"]) for one in answers} == set(ordered)
    paid: dict[str, int] = defaultdict(int)
    for one in answers:
        if one["outcome"] == "paid":
            paid[one["grant_id"]] += ordered[one["grant_id"], one["payment_id"]]
    return paid


def test_every_grant_is_paid_to_the_last_oere_but_those_that_lapse() -> None:
    promised = {grant["id"]: grant["amount_dkk"] * 100 for grant in CONTENT["grants"]}
    assert promised.pop("sft-0270") == 380_000_00  # never accepted
    assert promised.pop("cti-0430") == 700_000_00  # never started: 2018, and a quarter of 2019
    assert _paid() == promised | {"cti-0430": 450_000_00}


def test_one_batch_a_quarter_is_prepared_by_one_person_and_approved_by_another() -> None:
    batches: dict[str, set[str]] = defaultdict(set)
    for act in SCRIPT:
        if act.method in ("prepare_payment_batch", "approve_payment_batch"):
            batches[act.fields["batch_id"]].add(act.fields["on_behalf_of"])
    assert all(len(persons) == 2 for persons in batches.values())
    quarters = {f"udbetaling-{year}-{month:02}-01" for year in (2018, 2019, 2020) for month in (1, 4, 7, 10)}
    extra = {
        "udbetaling-2017-10-01",  # aftercare's first round
        "udbetaling-2018-06-01",  # the periods that begin in June
        "udbetaling-2018-08-15",  # the payment that came back
        "udbetaling-2019-05-15",  # the grant whose accounts were late
        "udbetaling-2021-01-01",  # the grant that was prolonged
        "udbetaling-2021-04-01",
    }
    assert set(batches) == quarters | extra


def test_every_grant_is_assessed_by_two_and_given_more_points_than_whoever_is_refused() -> None:
    points: dict[str, list[int]] = defaultdict(list)
    for act in SCRIPT:
        if act.method == "assess_application":
            points[act.fields["application_id"]] += [score["points"] for score in act.fields["scores"]]
    decided = {act.fields["application_id"]: act.method for act in SCRIPT if act.method in DECISIONS}
    assert {name: len(given) for name, given in points.items()} == dict.fromkeys(decided, 6)
    refused = [max(points[name]) for name, method in decided.items() if method == "refuse_application"]
    awarded = [min(points[name]) for name, method in decided.items() if method == "award_grant"]
    assert len(refused) == 19
    assert max(refused) < min(awarded)


def test_everything_in_the_money_that_is_simulated_is_marked_where_it_is_recorded() -> None:
    for act in SCRIPT:
        for name in ("reason", "description", "comment", "document", "letter", "invoice", "receipt"):
            text = str(act.fields.get(name, "simuleret")) if act.service == "funding" else "simuleret"
            assert text.lower().startswith(("simuleret", "sim-")), (act.method, name)
        if act.method in ("assess_application", "award_grant", "decide_accounts", "approve_payment_batch"):
            assert act.fields["on_behalf_of"].startswith("Simuleret"), act.method


def test_a_programme_that_the_fund_would_refuse_is_not_played() -> None:
    content = copy.deepcopy(CONTENT)
    content["deviations"] = [
        row | {"amount_dkk": 90_000_000} for row in CONTENT["deviations"] if row["kind"] == "repaid"
    ]
    with pytest.raises(Rejected) as caught:
        script.acts(parse(content, PROGRAMME))
    assert caught.value.code == "CONFIG_INVALID"
    assert "SubmitAccounts on 2021-03-10" in caught.value.message


def test_a_citizen_is_a_random_pseudonym_enrolled_first_and_ended_once() -> None:
    courses: dict[str, list[str]] = defaultdict(list)
    for act in SCRIPT:
        if "citizen" in act.fields:
            courses[act.fields["citizen"]].append(act.method)
    finished = ["enrol_citizen", "record_assessment", "complete_participation"]
    assert all(course in (finished, ["enrol_citizen", "withdraw_participant"]) for course in courses.values())
    first = next(act for act in SCRIPT if act.method == "enrol_citizen")
    EnrolCitizen.parse(first.fields)


def test_the_simulated_shares_come_close_to_the_true_ones() -> None:
    for share in (0.0, 0.336, 0.5, 1.0):
        outcomes = people.spread(share, Random(1))
        assert abs(sum(next(outcomes) for _ in range(200)) - 200 * share) <= 1


@pytest.mark.parametrize("trial", load(PROGRAMME).trials, ids=lambda trial: trial.id)
def test_a_simulated_score_lies_on_its_scale_and_is_what_it_is_meant_to_be(trial: Any) -> None:
    measure, chance = trial.success_measure, Random(1)
    lowest, highest = {"WHO-5": (0, 100), "SDQ": (0, 40)}[measure.instrument]
    for success in (True, False) * 50:
        score = people.simulated_score(measure, success, chance)
        assert lowest <= score <= highest
        better = score >= measure.threshold if measure.direction == "higher" else score <= measure.threshold
        assert better == success


def test_a_round_holds_no_two_acts_that_depend_on_each_other_and_loses_none() -> None:
    rounds = together(SCRIPT)
    assert [act for acts in rounds for act in acts] == SCRIPT
    for acts in rounds:
        keys = [act.fields[APART[act.method]] if act.method in APART else None for act in acts]
        assert len(set(keys)) == len(acts) <= ROUND
        assert None not in keys or len(acts) == 1


def test_what_touches_a_pool_a_batch_or_the_calendar_is_sent_alone() -> None:
    alone = {"award_grant", "record_repayment", "close_grant", "advance", "open_pool", "approve_payment_batch"}
    assert all(len(acts) == 1 for acts in together(SCRIPT) if {act.method for act in acts} & alone)


def test_every_act_can_be_told_of_without_naming_a_citizen() -> None:
    initiatives: Any = defaultdict(lambda: "x")
    for act in SCRIPT:
        line = words.told(act, initiatives)
        assert line
        assert act.fields.get("citizen", "no citizen") not in line
    award = next(act for act in SCRIPT if act.method == "award_grant" and act.fields["municipality"] == "0751")
    assert words.told(award, {award.fields["grant_id"]: "ppr"}) == "tilsagn: Aarhus 12,0 mio. kr. (ppr)"


def test_every_line_about_something_simulated_says_so() -> None:
    said: dict[str, str] = {act.method: words.told(act, defaultdict(lambda: "x")) for act in SCRIPT}
    real = {"register_appropriation", "open_pool", "extend_pool", "publish_call", "advance", "award_grant"}
    for method in {act.method for act in SCRIPT if act.service == "funding"} - real:
        assert "simuleret" in said[method], method
    award = next(act for act in SCRIPT if act.method == "award_grant" and act.fields["grant_id"] == "sft-0270")
    assert words.told(award, {"sft-0270": "x"}) == "tilsagn: Gribskov 0,4 mio. kr. (x, simuleret)"


# --- where it runs --------------------------------------------------------------------------------------


def test_fresh_deletes_the_services_files_and_nothing_else(tmp_path: Path) -> None:
    for name in ("funding.db", "funding.db-wal", "som.db", "other.db", "funding.txt"):
        (tmp_path / name).touch()
    remove_databases(Settings(database_uri=f"sqlite:///{tmp_path}/{{service}}.db"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["funding.txt", "other.db"]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(database_uri="postgresql://localhost/{service}"),
        Settings(amqp_uri="amqp://localhost/", database_uri="sqlite:////nowhere/{service}.db"),
    ],
)
def test_fresh_is_refused_where_something_else_could_be_lost(settings: Settings) -> None:
    with pytest.raises(Rejected) as caught:
        remove_databases(settings)
    assert caught.value.code == "FRESH_REFUSED"


def test_a_port_in_use_is_refused_with_the_variable_to_set() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        with pytest.raises(Rejected) as caught:
            require_free_ports(Settings(http_port=port))
    assert caught.value.code == "PORT_IN_USE"
    assert "VIRKSOM_HTTP_PORT" in caught.value.message


# --- the summary ----------------------------------------------------------------------------------------


def _view() -> View:
    figures: dict[str, Any] = {
        "appropriated_oere": 1_432_800_000_00, "awarded_oere": 1_302_800_000_00, "paid_oere": 1_302_700_000_00,
        "accounted_for_oere": 1_301_600_000_00, "repaid_oere": 1_000_000_00, "owed_oere": 100_000_00,
        "enrolled": 12_345, "active": 0, "completed": 11_234, "withdrawn": 0, "discounted_cost_oere": 0,
        "effect": Effect(difference=-0.131, low=-0.215, high=0.208, assessed=1, comparison_assessed=1),
        "net": Net(
            kommune_oere=-1_120_000_000, region_oere=0, stat_oere=-127_970_000_000, total_oere=-129_090_000_000
        ),
        "break_even_year": None,
    }  # fmt: skip
    initiative = InitiativeFigures(**figures, initiative="x", title="Investeringsmodel", track="data")
    return View(
        generation=1, positions={"funding": 580, "som": 6_469}, recorded_at={}, initiatives=(initiative,),
        unpooled_oere=96_200_000_00, total=Figures(**figures), appropriations=(), municipalities=(), latest=(),
    )  # fmt: skip


@pytest.mark.parametrize("width", [60, 80, 100, 110, 122, 200])
def test_no_figure_of_the_summary_is_cut_at_any_width(width: int) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width)
    summary.show(console, _view(), {"x": "Socialøkonomisk Investeringsmodel"}, "Titel", ["En note."])
    text = out.getvalue()
    assert "…" not in text
    figures = ("1.432,8", "1.302,8", "1.302,7", "12.345", "11.234", "−13,1", "−21,5 til +20,8", "−11,2", "−1.279,7")
    for figure in (*figures, "−1.290,9", "ikke", "96,2", "Investeringsmodel", "En note."):
        assert figure in text


def test_the_summary_fits_100_columns_with_figures_of_this_programmes_size() -> None:
    net = Net(kommune_oere=-11_20000000, region_oere=-10000000, stat_oere=-113_80000000, total_oere=-279_70000000)
    small = {"appropriated_oere": 432_80000000, "awarded_oere": 302_80000000, "paid_oere": 302_80000000}
    people = {"enrolled": 1_805, "completed": 1_536, "net": net, "break_even_year": 2024}
    view = _view()
    changed = view.model_copy(update={"total": view.total.model_copy(update=small | people), "initiatives": ()})
    out = io.StringIO()
    summary.show(Console(file=out, width=100), changed, {}, "Titel", [])
    assert max(len(line) for line in out.getvalue().splitlines()) <= 100


def test_the_notes_say_what_is_simulated_and_at_which_positions() -> None:
    text = "\n".join(summary.notes(_view(), "Borgere og resultater er simulerede.", 2017, 2020))
    settled = "1.301,6 mio. kr. regnskabsført, 1,0 tilbagebetalt og 0,1 skyldigt: simulerede regnskaber"
    for part in (settled, "SIMULERET (frø 2017)", "illustrative konsekvenser", "funding 580, som 6.469", "2020-priser"):
        assert part in text
