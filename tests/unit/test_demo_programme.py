"""The demo: what its file may hold, what it makes of it, and what it says. Nothing here runs a service."""

from __future__ import annotations

import copy
import io
import socket
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rich.console import Console

from services.demo import PROGRAMME, remove_databases, require_free_ports, script, summary, words
from services.demo.player import APART, ROUND, together
from services.demo.programme import load, parse
from services.reporting.views.figures import Effect, Figures, InitiativeFigures, Net
from services.reporting.views.figures import Programme as View
from services.settings import Settings
from services.trials.commands import EnrolCitizen
from shared.kernel.rejection import Rejected

CONTENT = tomllib.loads(PROGRAMME.read_text(encoding="utf-8"))
SCRIPT = script.acts(load(PROGRAMME))


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
        (_set("grants", 3, "pool", "nothing"), "grants.3.pool"),
        (_set("grants", 3, "id", CONTENT["grants"][2]["id"]), "grants.3.id"),
        (_set("pools", 0, "initiative", "nothing"), "pools.0.initiative"),
        (_set("trials", 0, "completion_rate", "1.1"), "trials.0.completion_rate"),
        (_set("trials", 0, "eligibility", {"age_min": 30, "age_max": 20}), "trials.0.eligibility"),
        (_set("consequences", 0, "price", "omkostning-cti"), "consequences.0.price"),
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


def test_acts_come_in_the_order_of_their_days_within_the_programme() -> None:
    days = [act.day for act in SCRIPT]
    assert days == sorted(days)
    assert date(2017, 1, 1) <= days[0] <= days[-1] <= date(2020, 12, 31)


def test_every_grant_is_awarded_and_paid_to_the_last_oere() -> None:
    paid: dict[str, int] = defaultdict(int)
    for act in SCRIPT:
        if act.method == "pay_instalment":
            paid[act.fields["grant_id"]] += act.fields["amount_oere"]
    assert paid == {grant["id"]: grant["amount_dkk"] * 100 for grant in CONTENT["grants"]}


def test_nothing_is_paid_before_its_quarter_or_its_award() -> None:
    awarded = {act.fields["grant_id"]: act.day for act in SCRIPT if act.method == "award_grant"}
    payments = [act for act in SCRIPT if act.method == "pay_instalment"]
    for act in payments:
        assert act.day >= awarded[act.fields["grant_id"]]
        assert act.day.year == act.fields["budget_year"]
    names = Counter((act.fields["grant_id"], act.fields["payment_id"]) for act in payments)
    assert set(names.values()) == {1}


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
        outcomes = script.spread(share, Random(1))
        assert abs(sum(next(outcomes) for _ in range(200)) - 200 * share) <= 1


@pytest.mark.parametrize("trial", load(PROGRAMME).trials, ids=lambda trial: trial.id)
def test_a_simulated_score_lies_on_its_scale_and_is_what_it_is_meant_to_be(trial: Any) -> None:
    measure, chance = trial.success_measure, Random(1)
    lowest, highest = {"WHO-5": (0, 100), "SDQ": (0, 40)}[measure.instrument]
    for success in (True, False) * 50:
        score = script.simulated_score(measure, success, chance)
        assert lowest <= score <= highest
        better = score >= measure.threshold if measure.direction == "higher" else score <= measure.threshold
        assert better == success


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2018, 1, 31), 1, date(2018, 2, 28)),
        (date(2018, 11, 30), 3, date(2019, 2, 28)),
        (date(2018, 12, 15), 12, date(2019, 12, 15)),
    ],
)
def test_months_are_added_within_the_month(day: date, count: int, expected: date) -> None:
    assert script.add_months(day, count) == expected


def test_a_round_holds_no_two_acts_that_depend_on_each_other_and_loses_none() -> None:
    rounds = together(SCRIPT)
    assert [act for acts in rounds for act in acts] == SCRIPT
    for acts in rounds:
        keys = [act.fields[APART[act.method]] if act.method in APART else None for act in acts]
        assert len(set(keys)) == len(acts) <= ROUND
        assert None not in keys or len(acts) == 1


def test_every_act_can_be_told_of_without_naming_a_citizen() -> None:
    initiatives: Any = defaultdict(lambda: "x")
    for act in SCRIPT:
        line = words.told(act, initiatives)
        assert line
        assert act.fields.get("citizen", "no citizen") not in line
    award = next(act for act in SCRIPT if act.method == "award_grant" and act.fields["municipality"] == "0751")
    assert words.told(award, {award.fields["grant_id"]: "ppr"}) == "tilsagn: Aarhus 12,0 mio. kr. (ppr)"


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
    for part in ("SIMULERET (frø 2017)", "illustrative konsekvenser", "funding 580, som 6.469", "2020-priser"):
        assert part in text
