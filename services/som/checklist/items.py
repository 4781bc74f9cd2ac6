"""The checklist of one calculation: each question with what is known of its answer."""

from __future__ import annotations

from services.som.checklist.known import known_of
from services.som.checklist.questions import QUESTIONS
from services.som.events import CaseInputs
from services.som.model import KnowledgeBase, compile_case
from shared.kernel.messages import Value

MAX_KNOWN = 2_000
"""What an answer may hold of what is known (`AnswerRow.known`)."""


class Item(Value):
    """A question of the checklist for one calculation.

    `known_da` and `known_en`: what the inputs and the knowledge base say, empty when they say nothing. `must_answer`:
    the maker has to answer in own words, because nothing is known or no system can know.
    """

    question: str
    text_da: str
    text_en: str
    known_da: str
    known_en: str
    must_answer: bool


def checklist(inputs: CaseInputs, knowledge: KnowledgeBase) -> tuple[Item, ...]:
    """Every question, in order, filled in as far as known. Raises Rejected as `compile_case` does."""
    known = known_of(compile_case(inputs, knowledge))
    found = []
    for question in QUESTIONS:
        danish, english = known.get(question.id, ("", ""))
        found.append(
            Item(
                question=question.id,
                text_da=question.da,
                text_en=question.en,
                known_da=_cut(danish),
                known_en=_cut(english),
                must_answer=question.maker or not danish,
            )
        )
    return tuple(found)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_KNOWN else f"{text[: MAX_KNOWN - 1]}…"
