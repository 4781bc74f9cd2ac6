"""The grant letter (tilskudsbrev) as text, in Danish and English. Pure: the same grant gives the same letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from babel.dates import format_date

from shared.kernel.municipalities import municipalities

Language = Literal["da", "en"]

_LOCALES: dict[Language, str] = {"da": "da_DK", "en": "en_GB"}
_WORDS: dict[Language, dict[str, str]] = {
    "da": {
        "title": "Tilskudsbrev {letter}",
        "to": "Til {name} Kommune",
        "award": "I får tilskud på {amount} til {initiative} i perioden {period_from} til {period_to}.",
        "accept": "Tilskuddet skal accepteres senest {accept_by}; ellers bortfalder det.",
        "budget": "Budget",
        "line": "{year}  {post}: {amount}{earmark}",
        "under": " (øremærket: {earmark})",
        "total": "I alt: {amount}",
        "earmarks": "Øremærkede beløb, som kun må bruges til deres formål",
        "conditions": "Vilkår",
        "reports": "Det skal I sende ind",
        "status": "Statusrapport for {years}, senest {due_on}",
        "accounts": "Regnskab med revisorerklæring for {years}, senest {due_on}",
        "final": "Afsluttende regnskab med revisorerklæring for {years}, senest {due_on}",
    },
    "en": {
        "title": "Grant letter {letter}",
        "to": "To the municipality of {name}",
        "award": "You are awarded a grant of {amount} for {initiative} in the period {period_from} to {period_to}.",
        "accept": "The grant must be accepted by {accept_by}; otherwise it lapses.",
        "budget": "Budget",
        "line": "{year}  {post}: {amount}{earmark}",
        "under": " (earmarked: {earmark})",
        "total": "Total: {amount}",
        "earmarks": "Earmarked amounts, which may be spent on their purpose only",
        "conditions": "Conditions",
        "reports": "You must send in",
        "status": "Status report for {years}, by {due_on}",
        "accounts": "Accounts with the auditor's statement for {years}, by {due_on}",
        "final": "Final accounts with the auditor's statement for {years}, by {due_on}",
    },
}


def text(grant: Mapping[str, Any], language: Language) -> str:
    """The letter of a grant: what stands in funding_grants, with the fields of the event that sent the letter."""
    words = _WORDS[language]
    days = {name: day(grant[name], language) for name in ("period_from", "period_to", "accept_by", "effective_on")}
    amount = kroner(grant["amount_oere"], language)
    name = municipalities()[grant["municipality"]].name
    opening = [
        words["title"].format(letter=grant["letter"]),
        days["effective_on"],
        words["to"].format(name=name),
        words["award"].format(amount=amount, initiative=grant["initiative"], **days),
        words["accept"].format(**days),
    ]
    parts = [
        _part(words["budget"], [*_budget(grant["budget"], language), words["total"].format(amount=amount)]),
        _part(words["earmarks"], [_earmark(one, language) for one in grant["earmarks"]]),
        _part(words["conditions"], grant["conditions"]),
        _part(words["reports"], [_report(one, language) for one in _by_day(grant["reports"])]),
    ]
    return "\n\n".join([*opening, *filter(None, parts)]) + "\n"


def kroner(amount_oere: int, language: Language) -> str:
    """An amount with its øre, exact: `1.812.500,00 kr.`, `DKK 1,812,500.00`."""
    whole, rest = divmod(abs(amount_oere), 100)
    sign = "-" if amount_oere < 0 else ""
    if language == "en":
        return f"DKK {sign}{whole:,}.{rest:02d}"
    return f"{sign}{whole:,}".replace(",", ".") + f",{rest:02d} kr."


def day(value: str, language: Language) -> str:
    """A day in words: `2. marts 2018`, `2 March 2018`."""
    return format_date(date.fromisoformat(value), "long", locale=_LOCALES[language])


def _part(heading: str, lines: Iterable[str]) -> str:
    listed = [f"- {line}" for line in lines]
    return "\n".join([heading, *listed]) if listed else ""


def _budget(lines: Iterable[Mapping[str, Any]], language: Language) -> list[str]:
    words = _WORDS[language]
    return [
        words["line"].format(
            year=line["project_year"],
            post=line["post"],
            amount=kroner(line["amount_oere"], language),
            earmark=words["under"].format(earmark=line["earmark"]) if line["earmark"] else "",
        )
        for line in sorted(lines, key=lambda line: line["project_year"])
    ]


def _earmark(earmark: Mapping[str, Any], language: Language) -> str:
    return f"{earmark['title']} ({earmark['earmark']}): {kroner(earmark['amount_oere'], language)}"


def _by_day(reports: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(reports, key=lambda report: (report["due_on"], report["report_id"]))


def _report(report: Mapping[str, Any], language: Language) -> str:
    kind = "final" if report["final"] else report["kind"]
    years = ", ".join(str(year) for year in report["project_years"])
    return _WORDS[language][kind].format(years=years, due_on=day(report["due_on"], language))
