"""The result of a check for people, in Danish or English, and as JSON."""

from __future__ import annotations

from typing import Any

from services.funding.check.findings import Finding
from services.funding.check.reading import Result
from services.funding.check.wording import FIGURES_IN_DANISH, LANGUAGES, RULES, SENTENCES
from services.funding.office.words import LEDGER_WORDS
from shared.office.words import Language, kroner


def as_json(result: Result) -> dict[str, Any]:
    """The result as JSON values; amounts in øre."""
    return {
        "ok": result.count == 0,
        "position": result.position,
        "chain": result.chain,
        "views_position": result.views_position,
        "parked": result.parked,
        "count": result.count,
        "findings": [finding._asdict() for finding in result.findings],
    }


def as_text(result: Result, language: Language) -> str:
    """The result for people; amounts in kroner."""
    words = {name: pair[LANGUAGES.index(language)] for name, pair in SENTENCES.items()}
    views = f"{words['views']} {result.views_position}"
    if result.views_position < result.position:
        views += f", {result.position - result.views_position} {words['behind']}"
    if result.parked:
        views += f", {result.parked} {words['parked']}"
    lines = [f"{words['head']}: {result.position}:{result.chain}", f"{views}."]
    if not result.count:
        return "\n".join([*lines, words["right"]])
    shown = f" ({words['shown']})" if result.count > len(result.findings) else ""
    lines.append(f"{words['wrong']}: {result.count}{shown}")
    return "\n".join([*lines, *(_finding(finding, language) for finding in result.findings)])


def _finding(finding: Finding, language: Language) -> str:
    place = LANGUAGES.index(language)
    figures = ", ".join(_figure(name, value, language) for name, value in finding.figures.items())
    rule = f"{SENTENCES['position'][place]} {finding.position}: {finding.rule}. {RULES[finding.rule][place]}"
    return f"{rule}\n    {figures}" if figures else rule


def _figure(name: str, value: Any, language: Language) -> str:
    if name.endswith("_oere") and isinstance(value, int):
        value = f"{kroner(value, language)} kr."
    elif name == "ledger_account" and language == "da":
        value = LEDGER_WORDS.get(value, value)
    return f"{label(name, language)}: {value}"


def label(name: str, language: Language) -> str:
    """What a figure is called."""
    bare = name.removesuffix("_oere")
    return FIGURES_IN_DANISH[bare] if language == "da" else bare.replace("_", " ")
