"""The overview page: its figures, its safety, its states and its files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

import services.reporting.web as web
from services.reporting.views import tables
from services.reporting.views.apply import apply
from services.reporting.views.figures import Effect, InitiativeFigures
from services.reporting.web import create_app, findings
from services.reporting.web.exports import guarded
from services.reporting.web.live import Streams
from tests import money
from tests.unit.test_reporting_views import (
    GROUPS,
    ODENSE,
    POSITIONS,
    PPR,
    SAMSOE,
    course,
    fill,
    in_kroner,
    pool,
    recorded,
    settled_history,
)

WEB = Path(web.__file__).parent
NB = "\u00a0"


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    tables.metadata.create_all(made)
    yield made
    made.dispose()


def app_on(engine: Engine, *, simulated: bool = True, max_streams: int = 200) -> Flask:
    @contextmanager
    def read() -> Iterator[Connection]:
        with engine.connect() as connection:
            yield connection

    def changes(known: dict[str, int], timeout_seconds: float) -> dict[str, int]:
        return {**known, "funding": known["funding"] + 1}

    return create_app(read, lambda _: dict(POSITIONS), changes, simulated, max_streams)


@pytest.fixture
def filled(engine: Engine) -> FlaskClient:
    with engine.begin() as connection:
        fill(connection)
    return app_on(engine).test_client()


def cell(html: str, key: str) -> str:
    """The text of the element that shows this figure."""
    found = re.search(rf'data-cell="{re.escape(key)}"[^>]*>(.*?)</(?:td|dd|p|span|time)>', html, re.DOTALL)
    assert found, key
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split(" ")).strip()


def test_the_figures_in_words_are_the_tables(filled: FlaskClient) -> None:
    html = filled.get("/").text
    assert cell(html, "key.voted") == cell(html, "total.appropriated") == "20,0"
    assert cell(html, "key.awarded") == cell(html, "total.awarded") == cell(html, "accounts.awarded_oere") == "9,0"
    assert cell(html, "key.paid") == cell(html, "accounts.paid_oere") == "3,0"
    assert cell(html, "key.citizens") == cell(html, "total.enrolled") == "140"
    assert cell(html, "key.net") == cell(html, "total.total") == "0,0"
    lead = unescape(re.sub(r"<[^>]+>", "", html.split('class="lead"')[1].split("</p>")[0]))
    assert f"Af 20,0{NB}mio.{NB}kr. er 15{NB}pct. udbetalt. 103{NB}borgere er i forløb." in lead
    assert f"tjent hjem i {cell(html, 'total.payback')}" in lead


def test_headings_state_what_the_figures_show(filled: FlaskClient) -> None:
    html = filled.get("/").text
    assert "To spor, to initiativer" in html
    assert "3 af 98 kommuner har fået tilsagn" in html
    assert "To af ti kroner er nået ud" in html


@pytest.mark.parametrize(
    ("paid", "heading"),
    [
        (0, "Bevillinger pr. konto og år"),
        (4, "Mindre end en af ti kroner er nået ud"),
        (61, "Seks af ti kroner er nået ud"),
        (99, "Næsten alle pengene er nået ud"),
        (100, "Alle pengene er nået ud"),
        (101, "Bevillinger pr. konto og år"),
    ],
)
def test_the_money_heading_never_says_more_than_the_figures(paid: int, heading: str) -> None:
    assert findings.paid_heading(100, paid) == heading


def test_the_effect_sentence_counts_only_what_is_measured(filled: FlaskClient) -> None:
    answer = json.loads(filled.get("/overblik.json").data)
    rows = [InitiativeFigures.model_validate(row) for row in answer["initiatives"]]
    measured, unmeasured = rows
    around_nought = Effect(difference=0.1, low=-0.1, high=0.3, assessed=9, comparison_assessed=9)
    weak = measured.model_copy(update={"effect": around_nought})
    assert findings.effect_sentence([unmeasured]) is None
    assert findings.effect_sentence(rows) == "Det ene målte initiativ har et 95 pct.-interval over nul."
    assert findings.effect_sentence([measured, weak, weak]) == (
        "Et af tre målte initiativer har et 95 pct.-interval over nul."
    )


def test_effects_money_and_words_are_written_as_danes_do(filled: FlaskClient) -> None:
    html = filled.get("/").text
    assert cell(html, f"{GROUPS}.effect").startswith("+50,0")
    assert re.search(rf"95{NB}pct\.: \+\d+,\d til \+\d+,\d", html)
    assert cell(html, f"{GROUPS}.kommune") == "0,0"
    assert cell(html, "k0630.net") == "−2,0"
    assert cell(html, "styrket-ppr.effect") == "ikke målt endnu"
    assert cell(html, "styrket-ppr.enrolled") == "ingen"
    assert not re.search(r">\s*-\d", html)


def test_what_becomes_of_the_money_is_in_the_table_of_accounts_and_in_the_files(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)
        apply(connection, 1, "funding", recorded(settled_history(), 45))
    client = app_on(engine).test_client()
    html = client.get("/").text
    assert (cell(html, "accounts.accounted_for_oere"), cell(html, "accounts.owed_oere")) == ("1,4", "0,4")
    for table in ("initiativer", "kommuner", "bevillinger"):
        text = client.get(f"/overblik.csv?tabel={table}").text[1:]
        row = next(csv.DictReader(io.StringIO(text), delimiter=";"))
        named = ("udbetalt_kr", "regnskab_godkendt_kr", "udestående_krav_kr", "tilbagebetalt_kr")
        assert [row[name] for name in named] == ["2000000,00", "1400000,00", "350000,00", "250000,00"]
    total = json.loads(client.get("/overblik.json").data)["total"]
    assert (total["accounted_for_oere"], total["owed_oere"], total["repaid_oere"]) == (1.4e8, 3.5e7, 2.5e7)


def test_the_newest_events_tell_what_becomes_of_grants(engine: Engine) -> None:
    odense, samsoe = (GROUPS, ODENSE, 5000), (PPR, SAMSOE, 5000)
    facts = [money.approval, money.claim, money.repayment, money.closure]
    with engine.begin() as connection:
        fill(connection)
        told = [*(in_kroner(fact, *odense) for fact in facts), in_kroner(money.lapse, *samsoe)]
        apply(connection, 1, "funding", recorded(told, 45))
    html = unescape(app_on(engine).test_client().get("/").text)
    amount, groups = f"5.000{NB}kr.", "Odense Kommune, Nye bostøtteforløb i grupper"
    for sentence in (
        f"Regnskab godkendt: {amount} fra {groups}",
        f"Krav om tilbagebetaling: {amount} fra {groups}",
        f"Tilbagebetaling: {amount} fra {groups}",
        f"Tilskud afsluttet: {groups}",
        f"Tilsagn bortfaldet: {amount} til Samsø Kommune, Tidlig indsats i PPR",
    ):
        assert f"<span>{sentence}</span>" in html


def test_small_counts_are_hidden_on_the_page_and_in_the_file(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)
        few = [event for number in range(3) for event in course(SAMSOE, number, "group", None)]
        apply(connection, 1, "trials", recorded(few))
    client = app_on(engine).test_client()
    html = client.get("/").text
    assert cell(html, f"k{SAMSOE}.enrolled") == "skjult"
    assert "Skjult: færre end fem borgere" in html
    rows = list(csv.DictReader(io.StringIO(client.get("/overblik.csv?tabel=kommuner").text[1:]), delimiter=";"))
    assert next(row["indrulleret"] for row in rows if row["kommunekode"] == SAMSOE) == "skjult"


def test_an_empty_programme_says_so(engine: Engine) -> None:
    page = app_on(engine).test_client().get("/")
    assert page.status_code == 200
    for sentence in (
        "Ingen tilsagn endnu",
        "Ingen initiativer endnu",
        "Intet er sket endnu",
        "ikke beregnet",
    ):
        assert sentence in page.text


def test_the_banner_is_there_only_when_simulated(engine: Engine) -> None:
    assert "Borgere og resultater er simulerede" in app_on(engine).test_client().get("/").text
    assert "simulerede" not in app_on(engine, simulated=False).test_client().get("/").text


def test_no_inline_script_or_style_and_the_headers_forbid_it(filled: FlaskClient) -> None:
    page = filled.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=", page.text)
    assert filled.get("/static/live.js").status_code == filled.get("/static/virksom.css").status_code == 200


def test_text_from_events_is_escaped(engine: Engine) -> None:
    with engine.begin() as connection:
        apply(connection, 1, "funding", recorded([pool("ondt", "<script>alert(1)</script>", 5)]))
    html = app_on(engine).test_client().get("/").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_every_heading_cell_has_a_scope_and_every_figure_its_own_key(filled: FlaskClient) -> None:
    html = filled.get("/").text
    assert not re.search(r"<th(?! scope=)[ >]", html)
    for kind in ("data-cell", "id"):
        keys = re.findall(rf'\s{kind}="([^"]+)"', html)
        assert len(keys) == len(set(keys))
    assert 'href="#indhold"' in html


def test_ages_are_absolute_in_the_page(filled: FlaskClient) -> None:
    html = filled.get("/").text
    assert cell(html, "age.paid") == f"22.{NB}november{NB}2019 kl.{NB}14.00"
    assert "siden</time>" not in html


def test_a_page_that_is_not_there(filled: FlaskClient) -> None:
    page = filled.get("/initiativer/intet")
    assert page.status_code == 404
    assert "Siden findes ikke" in page.text
    assert "NOT_FOUND" in page.text
    assert filled.get("/overblik.csv?tabel=andet").status_code == 404
    assert filled.post("/").status_code == 405


def test_a_fault_is_told_without_its_details(engine: Engine) -> None:
    tables.metadata.drop_all(engine)
    page = app_on(engine).test_client().get("/")
    assert page.status_code == 500
    assert "INTERNAL" in page.text
    assert "report_" not in page.text


def test_json_states_generation_and_positions(filled: FlaskClient) -> None:
    answer = json.loads(filled.get("/overblik.json").data)
    assert (answer["generation"], answer["positions"]) == (1, POSITIONS)
    assert answer["total"]["enrolled"] == 140


def test_csv_opens_in_a_danish_spreadsheet(filled: FlaskClient) -> None:
    answer = filled.get("/overblik.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text[1:]), delimiter=";"))
    assert rows[0]["bevilget_kr"] == "10000000,00"
    assert rows[0]["position_funding"] == "41208"
    assert rows[1]["virkning_procentpoint"] == ""


def test_a_negative_figure_stays_a_number_and_a_formula_does_not(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)
        apply(connection, 1, "funding", recorded([pool("ondt", '=HYPERLINK("x")', 5)]))
    client = app_on(engine).test_client()
    assert "-200000000" not in client.get("/overblik.csv?tabel=kommuner").text
    assert ";-2000000,00;" in client.get("/overblik.csv?tabel=kommuner").text
    assert "'=HYPERLINK" in client.get("/overblik.csv").text
    assert [guarded(text) for text in ("+1", "@a", "abc")] == ["'+1", "'@a", "abc"]


def test_the_stream_tells_positions_at_once_and_when_they_change(filled: FlaskClient) -> None:
    stream = filled.get("/live", buffered=False)
    assert stream.mimetype == "text/event-stream"
    assert stream.headers["X-Accel-Buffering"] == "no"
    assert stream.headers["Cache-Control"] == "no-store"
    parts = stream.iter_encoded()
    assert b'"funding": 41208' in next(iter(parts))
    assert b'"funding": 41209' in next(iter(parts))
    stream.close()


def test_streams_are_bounded_and_a_closed_one_makes_room(engine: Engine) -> None:
    client = app_on(engine, max_streams=1).test_client()
    first = client.get("/live", buffered=False)
    refused = client.get("/live", buffered=False)
    assert refused.status_code == 503
    assert "for mange åbne sider" in refused.text
    first.close()
    again = client.get("/live", buffered=False)
    assert again.status_code == 200
    again.close()


def test_a_silent_stream_gives_a_sign_of_life_and_ends_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("services.reporting.web.live.time.monotonic", lambda: now[0])

    def nothing(known: dict[str, int], timeout_seconds: float) -> dict[str, int]:
        now[0] += timeout_seconds
        return known

    streams = Streams(nothing)
    events = streams.events({"funding": 1})
    next(events)
    assert next(events).startswith(":")
    assert now[0] == 15.0
    streams.close()
    assert list(events) == []
    assert not streams.acquire()


@pytest.mark.parametrize("check", [lambda text: "official" not in text, lambda text: "officiel" not in text])
def test_no_template_speaks_for_the_state(check: Callable[[str], bool]) -> None:
    templates = list((WEB / "templates").glob("*.html"))
    assert templates
    assert all(check(template.read_text(encoding="utf-8").lower()) for template in templates)


def test_the_script_is_short() -> None:
    assert len((WEB / "static" / "live.js").read_text(encoding="utf-8").splitlines()) < 60
