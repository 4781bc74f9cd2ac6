"""`virksom som evidence`: what studies found, as net success rates, and several of them pooled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.table import Table

from services.som.office.bars import interval
from services.som.office.knowledge import Book, Version
from services.som.office.words import UNSURE, number, percent, said, with_interval
from services.som.wording import REASON_WORDS, STATUS_WORDS, Both
from shared.office.calling import Office, the_office
from shared.office.words import Language

UNKNOWN_ELSEWHERE: Both = (
    "Færre end tre studier siger intet om, hvor den sande effekt et nyt sted vil ligge.",
    "Fewer than three studies say nothing of where the true effect at a new place will lie.",
)
TAKEN: Both = (
    "Studierne antages at måle det samme og at være uafhængige: nævn ikke to arme med samme sammenligning eller to"
    " opfølgninger af de samme borgere.",
    "The studies are taken to measure the same and to be independent: do not name two arms with the same comparison, or"
    " two follow-ups of the same people.",
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(evidence)


def evidence(
    context: typer.Context,
    studies: Annotated[
        list[str] | None, typer.Argument(metavar="[STUDY]...", help="Pool these, by their ids; else all are listed.")
    ] = None,
    intervention: Annotated[str | None, typer.Option("--intervention", help="Only those of this one.")] = None,
    control_share: Annotated[
        str | None, typer.Option("--control-share", help="The comparison's share of success where a study has none.")
    ] = None,
    lower_is_better: Annotated[
        bool, typer.Option("--lower-is-better", help="The outcome is to be avoided: fewer is a success.")
    ] = False,
    version: Version = None,
    pricebook: Book = None,
) -> None:
    """The studies, each as a net success rate or why it has none; those that are named, pooled as a forest plot."""
    office = the_office(context)
    answer = office.ask(
        "evidence",
        pricebook=pricebook,
        version=version,
        intervention=intervention,
        study_ids=studies or [],
        control_share=None if control_share is None else control_share.replace(",", "."),
        lower_is_better=lower_is_better,
    )
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    office.show("studies", {"rows": [_study_row(one, office.language) for one in answer["studies"]]}, "rows")
    if answer["pooled"] is not None:
        office.console().print(forest(answer, office.language))
        for sentence in pooling(answer["pooled"], office.language):
            print(sentence)
    if answer["success_rate"] is not None:
        _show_rate(office, answer["success_rate"])


def forest(answer: Mapping[str, Any], language: Language) -> Table:
    """The pooled studies, each with its weight under random effects and its interval, then fixed and random effects."""
    pooled = answer["pooled"]
    rows = [
        (study["study_id"], percent(weight["random"], language), study["net_success"])
        for study, weight in zip(answer["studies"], pooled["weights"], strict=True)
    ]
    rows.append((said(("Én fælles effekt", "Fixed effect"), language), "", pooled["fixed"]))
    rows.append((said(("Tilfældige effekter", "Random effects"), language), "", pooled["random"]))
    ends = [float(found[end]) for _, _, found in rows for end in ("low", "high")]
    span = (min(0.0, *ends), max(0.0, *ends))
    made = Table()
    heads = (("Studie", "Study"), ("Vægt", "Weight"), ("Nettosuccesrate", "Net success rate"))
    for head in heads:
        made.add_column(said(head, language), justify="right" if head == heads[1] else "left", overflow="fold")
    made.add_column(said(("─ 95 %, ■ estimat, | nul", "─ 95 %, ■ estimate, | nought"), language), no_wrap=True)
    for name, weight, found in rows:
        made.add_row(name, weight, with_interval(found, language), interval(found, span))
    return made


def pooling(pooled: Mapping[str, Any], language: Language) -> list[str]:
    """What a pooling comes to in sentences: the rate, how far the studies disagree, and what to expect elsewhere."""
    rate = with_interval(pooled["random"], language)
    unlike, chance = percent(pooled["i2"], language), percent(pooled["p_value"], language)
    q = f"Q = {number(pooled['q'], language, 2)}, df = {pooled['df']}"
    sentences = (
        (
            f"Nettosuccesrate med tilfældige effekter: {rate}.",
            f"Net success rate with random effects: {rate}.",
        ),
        (
            f"{unlike} af variationen mellem studierne er ikke tilfældig (I²). Var den sande effekt den samme i dem"
            f" alle, ville de være mindst så uenige i {chance} af tilfældene ({q}).",
            f"{unlike} of the variation between the studies is not chance (I²). If the true effect were the same in all"
            f" of them, they would disagree at least this much in {chance} of cases ({q}).",
        ),
        _elsewhere(pooled["prediction"], language),
        TAKEN,
    )
    return [said(one, language) for one in sentences]


def _elsewhere(prediction: Mapping[str, Any] | None, language: Language) -> Both:
    if prediction is None:
        return UNKNOWN_ELSEWHERE
    # Computed as if rates had no bounds.
    ends = max(Decimal(-1), Decimal(prediction["low"])), min(Decimal(1), Decimal(prediction["high"]))
    low, high = (number(str(one), language, 4) for one in ends)
    return (
        f"Den sande effekt et nyt sted ventes at ligge mellem {low} og {high} (95 %).",
        f"The true effect at a new place is expected between {low} and {high} (95 %).",
    )


def _study_row(study: Mapping[str, Any], language: Language) -> dict[str, Any]:
    found = study["net_success"]
    reason = found["reason"]
    rate = with_interval(found, language) or said(REASON_WORDS.get(reason, (reason, reason)), language)
    return {**study, "estimate": _printed(study, language), "net_success": rate}


def _printed(study: Mapping[str, Any], language: Language) -> str:
    """The estimate with its interval; where there is none, the shares of success with and without."""
    if study["estimate"] is not None:
        return with_interval(study, language)
    shares = [study[name] for name in ("share_treatment", "share_control") if study[name] is not None]
    return " / ".join(f"{number(str(100 * Decimal(share)), language, 1)} %" for share in shares)


def _show_rate(office: Office, rate: Mapping[str, Any]) -> None:
    language = office.language
    if rate["status"] in UNSURE:
        word = said(STATUS_WORDS[rate["status"]], language)
        print(
            said(
                (f"NB: Mindst ét studie har status {word}.", f"NB: At least one study has the status {word}."), language
            )
        )
    name = said(("Til virksom som what-if", "For virksom som what-if"), language)
    print(f"{name}: --set success_rate={number(rate['rate'], language, 4)}")
