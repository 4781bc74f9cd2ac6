"""The checklist of assumptions: a question for each choice, filled in as far as the calculation itself tells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from services.som.checklist import QUESTION_IDS, QUESTIONS, Item, checklist
from services.som.commands.scenario import AnswerRow
from services.som.events import CaseInputs, Cohort, KnowledgePublished, Settings
from services.som.model import KnowledgeBase
from services.som.shipped import shipped_knowledge
from tests import som_cases as som


def _inputs(**more: Any) -> CaseInputs:
    fields: dict[str, Any] = {
        "decision_date": som.DECIDED,
        "target_group": som.GROUP,
        "success_measure": som.MEASURE,
        "cohorts": som.cohorts({2018: 40}),
        "costs": (som.cost(2018, 1_234, overhead=Decimal("0.07")), som.cost(2018, 100, kind="training")),
        "success_rate": som.success(
            "0.137",
            {36: "0.5"},
            low=Decimal("0.02"),
            high=Decimal("0.25"),
            origin="trial",
            name="CTI",
            evidence_level=1,
        ),
    }
    return CaseInputs(**fields | more)


KNOWLEDGE = som.knowledge(
    [som.price(), som.price("politi"), som.price("skat", status="placeholder"), som.price("ude")],
    [
        som.consequence("-1", "-1"),
        som.consequence("-1", price_id="politi", recommendation="consider"),
        som.consequence("-1", price_id="skat", status="illustrative"),
        som.consequence("-1", price_id="ude", recommendation="leave_out"),
    ],
)


def _items(inputs: CaseInputs | None = None) -> dict[str, Item]:
    return {item.question: item for item in checklist(inputs or _inputs(), KNOWLEDGE)}


def test_every_question_has_an_id_that_a_signature_may_name_and_a_text_in_both_languages() -> None:
    assert len(set(QUESTION_IDS)) == len(QUESTIONS) <= 50
    for question in QUESTIONS:
        AnswerRow(question=question.id, known="", answer="x")
        assert question.da.endswith("?")
        assert question.en.endswith("?")


def test_the_checklist_has_every_question_in_order() -> None:
    assert tuple(item.question for item in checklist(_inputs(), KNOWLEDGE)) == QUESTION_IDS


def test_what_the_inputs_say_is_filled_in_in_both_languages() -> None:
    items = _items()
    assert items["target-group"].known_da == som.GROUP
    assert items["success-rate"].known_da == "0,137 [0,02; 0,25], eget forsøg: CTI (publiceret)"
    assert items["success-rate"].known_en == "0.137 [0.02; 0.25], own trial: CTI (published)"
    assert items["evidence-level"].known_en == "1"
    assert items["participants"].known_en == "2018: 40"
    assert items["costs"].known_da == "drift: 1.234,00 kr.; uddannelse: 100,00 kr. Uden: forberedelse, materiel."
    assert items["overhead"].known_da == "0 %; 7 %"
    assert items["price-level"].known_en == "2017; net"
    assert items["horizon"].known_en == "Years t = 0 to 1 after success."
    assert items["discounting"].known_en == (
        "Decided 2017-05-09; rates of 2013-05-31, years ahead: 0–35: 4 %; 36–70: 3 %; 71–: 2 %;"
        " at the start of the year."
    )
    assert "36: 0.5" in items["lasting-effect"].known_en


def test_consequences_are_told_by_recommendation_and_whether_they_count() -> None:
    items = _items(_inputs(settings=Settings(include="include")))
    assert items["consequences-included"].known_en == "botilbud; skat"
    assert items["consequences-considered"].known_en == "Counted: –. Not counted: politi."
    assert _items()["consequences-considered"].known_en == "Counted: politi. Not counted: –."
    own = som.consequence("-1", price_id="politi", status="own", source="vores tal")
    typed = _items(_inputs(own_consequences=(own,)))
    assert typed["own-consequences"].known_da == "politi (own: vores tal)"
    assert typed["consequences-included"].known_da == "botilbud; skat"


def test_only_the_maker_knows_why_a_known_consequence_is_left_out() -> None:
    item = _items()["consequences-left-out"]
    assert (item.known_da, item.must_answer) == ("", True)
    counted = _items(_inputs(settings=Settings(include="all")))["consequences-left-out"]
    assert (counted.known_da, counted.must_answer) == ("Ingen.", False)


def test_every_figure_that_is_not_found_anywhere_is_named() -> None:
    known = _items()["unsure-figures"].known_da
    assert known == "consequence skat: illustrativ; price skat: pladsholder"


def test_the_maker_must_answer_what_nobody_else_can_and_what_is_not_known() -> None:
    must = {item.question for item in checklist(_inputs(), KNOWLEDGE) if item.must_answer}
    always = {question.id for question in QUESTIONS if question.maker}
    assert must == always | {"drop-out", "consequences-left-out", "saved-costs"}
    bare = {item.question for item in checklist(_inputs(success_rate=None, costs=()), KNOWLEDGE) if item.must_answer}
    assert bare - must == {"success-rate", "evidence-level", "lasting-effect", "costs", "overhead"}


def test_drop_out_is_known_from_starters_or_from_the_setting() -> None:
    cohorts = (Cohort(year=2018, completers=30, starters=40),)
    assert _items(_inputs(cohorts=cohorts))["drop-out"].known_en.startswith("40 started, 30 completed")
    assumed = _inputs(cohorts=cohorts, settings=Settings(drop_out=Decimal("0.125")))
    assert _items(assumed)["drop-out"].known_da == "12,5 % af dem, der starter, falder fra."


def test_gaps_in_the_data_are_listed_but_the_maker_says_what_they_mean() -> None:
    gaps = _items(_inputs(success_rate=None))["data-gaps"]
    assert gaps.known_en == "no success rate; without a standard error: botilbud, politi, skat"
    assert gaps.must_answer


def test_what_is_known_fits_into_an_answer_however_many_rows_there_are() -> None:
    names = [f"service-{place}" for place in range(200)]
    knowledge = som.knowledge(
        [som.price(name) for name in names], [som.consequence("-1", price_id=one) for one in names]
    )
    items = checklist(_inputs(), knowledge)
    assert max(len(item.known_da) for item in items) == 2_000
    for item in items:
        AnswerRow(question=item.question, known=item.known_da, answer="x")


def test_a_case_on_the_shipped_knowledge_base_can_be_filled_in() -> None:
    knowledge = KnowledgeBase(KnowledgePublished.model_validate(shipped_knowledge()))
    row = knowledge.published.consequences[0]
    items = checklist(_inputs(target_group=row.target_group, success_measure=row.success_measure), knowledge)
    assert {item.question for item in items if item.known_da} > {"prices", "payers", "discounting"}
