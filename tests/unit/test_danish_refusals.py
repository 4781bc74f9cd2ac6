"""Refusals in Danish: a sentence for every code, with the figures that are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from services.funding.danish import SENTENCES
from services.som.danish import SENTENCES as SOM_SENTENCES
from shared.kernel import danish
from shared.kernel.rejection import Rejected
from tests.codes import ROOT, codes
from tests.worlds import World, embedded_world, new_id

FUNDING = sorted((ROOT / "services" / "funding").rglob("*.py"))
SOM = sorted((ROOT / "services" / "som").rglob("*.py"))
SHARED = sorted((ROOT / "shared").rglob("*.py"))
EVERY = [path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))]


def _said(paths: list[Path]) -> set[str]:
    found = codes(EVERY)
    return {code for path in paths for code in found[path]}


def test_every_code_of_the_fund_has_a_danish_sentence_and_no_sentence_is_without_a_code() -> None:
    assert _said(FUNDING) - set(danish.SENTENCES) <= set(SENTENCES)
    assert set(SENTENCES) <= _said(FUNDING)


def test_every_code_of_the_investment_model_has_a_danish_sentence_and_no_sentence_is_without_a_code() -> None:
    assert _said(SOM) - set(danish.SENTENCES) == set(SOM_SENTENCES)


def test_every_code_of_what_is_shared_has_a_danish_sentence_and_no_sentence_is_without_a_code() -> None:
    assert set(danish.SENTENCES) == _said(SHARED)


@pytest.mark.parametrize("wording", [*SENTENCES.values(), *SOM_SENTENCES.values(), *danish.SENTENCES.values()])
def test_a_sentence_is_whole_without_its_figures_and_names_figures_that_exist(wording: str) -> None:
    plain = re.sub(r"\[[^\]]*\]", "", wording)
    assert not set("[]{}") & set(plain)
    assert re.fullmatch(r"[A-ZÆØÅ].*[.?]", plain)
    assert "  " not in plain
    source = " ".join(
        path.read_text(encoding="utf-8") for path in [*FUNDING, *SOM, *SHARED] if path.name != "danish.py"
    )
    for name in re.findall(r"\{(\w+)\}", wording):
        assert re.search(rf"\b{name}\b", source), name


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (
            {"account": "15.26.04.10", "budget_year": 2018, "available_oere": 123_456_70, "requested_oere": 2 * 10**8},
            "Der er ikke penge nok på § 15.26.04.10 for 2018: 123.456,70 kr. er tilbage, og der blev bedt om"
            " 2.000.000,00 kr. Vælg et mindre beløb eller en anden konto.",
        ),
        (
            {"available_oere": 0, "account": "15.26.04.10"},
            "Der er ikke penge nok. Vælg et mindre beløb eller en anden konto.",
        ),
        ({}, "Der er ikke penge nok. Vælg et mindre beløb eller en anden konto."),
    ],
)
def test_a_sentence_tells_the_figures_that_are_there(figures: dict[str, Any], said: str) -> None:
    assert danish.sentence("FUNDS_EXCEEDED", figures, SENTENCES) == said


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("due_oere", -12_345, "-123,45 kr."),
        ("due_on", "2018-03-02", "2. marts 2018"),
        ("deadline_at", "2018-03-02T12:00:00+01:00", "2. marts 2018 kl. 12.00"),
        ("at", "2018-07-02T10:00:01Z", "2. juli 2018 kl. 12.00.01"),
        ("causes", ["status-2018", "office"], "status-2018, office"),
        ("budget_year", 2018, "2018"),
        ("wanted", [], ""),
        ("earmark", None, ""),
        ("reached", {"funding": 1}, ""),
    ],
)
def test_a_figure_is_written_as_a_dane_reads_it(name: str, value: Any, text: str) -> None:
    assert danish.figure(name, value) == text


def test_a_code_without_a_sentence_has_none() -> None:
    assert danish.sentence("UNKNOWN_ARM", {}) is None


@pytest.fixture(name="embedded")
def _embedded(tmp_path: Path) -> Any:
    with embedded_world(tmp_path) as world:
        yield world


def test_a_refusal_comes_over_the_wire_in_both_languages(embedded: World) -> None:
    with embedded.services("funding", "trials"), embedded.client() as rpc:
        with pytest.raises(Rejected) as refused:
            rpc.funding.accept_grant(command_id=new_id(), grant_id="g", effective_on="2018-01-01")
        assert (refused.value.code, refused.value.message_da) == (
            "NOT_FOUND",
            "Det, feltet nævner, findes ikke. Slå det op, og send det igen.",
        )
        with pytest.raises(Rejected) as wrong:
            rpc.funding.no_such_method()
        assert wrong.value.message_da == danish.SENTENCES["METHOD_NOT_FOUND"]
        with pytest.raises(Rejected) as common:
            rpc.trials.enrol_citizen(
                command_id=new_id(), trial_id="t", citizen=new_id(), arm="comparison", municipality="0101",
                age_years=30, consent_given=False, effective_on="2018-01-01",
            )  # fmt: skip
        assert common.value.message_da == danish.SENTENCES["NOT_FOUND"]
