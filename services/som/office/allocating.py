"""`virksom som allocate | cost`: where the next krone does most, and what an intervention costs."""

from __future__ import annotations

import csv
import json
import tomllib
from decimal import Decimal
from typing import Annotated, Any

import typer

from services.som.cost_builder import CostPlan, Results, case_costs, read_plan, results
from services.som.office import knowledge
from services.som.office.calculation import calculation
from services.som.office.words import UNSURE, in_kroner, number, percent, said
from services.som.wording import STATUS_WORDS, Both
from shared.kernel.rejection import Rejected
from shared.office.calling import Office, On, the_office
from shared.office.files import field, oere_of, read_text

COST_ROWS: dict[str, Both] = {
    "cost_oere": ("Udgift i alt", "Cost"),
    "wages_oere": ("heraf løn", "of which wages"),
    "granted_oere": ("Tilskud", "Grants"),
    "saved_oere": ("Sparede udgifter", "Saved costs"),
    "net_oere": ("Netto", "Net"),
    "per_starter_oere": ("Udgift pr. påbegyndt", "Cost per starter"),
    "per_completer_oere": ("Udgift pr. gennemført", "Cost per completer"),
    "net_per_completer_oere": ("Netto pr. gennemført", "Net per completer"),
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(allocate)
    app.command()(cost)
    app.command()(knowledge.progress)


def allocate(
    context: typer.Context,
    budget: Annotated[str, typer.Option("--budget", help="What there is to give, in kroner.")],
    target: Annotated[
        str | None, typer.Option("--target", help="Rather the best chance of this net result, in kroner.")
    ] = None,
    floor: Annotated[
        list[str] | None, typer.Option("--floor", help="TRACK=KRONER, the least that goes to a track; may repeat.")
    ] = None,
    earmark: Annotated[
        list[str] | None, typer.Option("--earmark", help="NAME=KRONER:TRACK,TRACK, a part for those only; may repeat.")
    ] = None,
    candidates: Annotated[
        str | None,
        typer.Option(
            "--candidates", help="A CSV: candidate_id,amount_dkk,case,track,municipality; else all live cases."
        ),
    ] = None,
    call: Annotated[str | None, typer.Option("--call", help="The open applications of this call instead.")] = None,
    several: Annotated[
        bool, typer.Option("--several", help="More than one grant in a municipality may be given.")
    ] = False,
) -> None:
    """Which grants within a budget would do most, beside the plain ranking. Advice, never a decision."""
    office = the_office(context)
    fields: dict[str, Any] = {"budget_oere": oere_of(budget, "budget"), "one_per_municipality": not several}
    if target is not None:
        fields |= {"aim": "target", "target_oere": oere_of(target, "target")}
    fields["floors"] = [_floor(text) for text in floor or []]
    fields["earmarks"] = [_earmark(text) for text in earmark or []]
    fields |= _chosen_from(candidates, call)
    answer = office.ask("allocation", **fields)
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    _show(office, answer["advice"])


def _show(office: Office, advice: dict[str, Any]) -> None:
    language = office.language
    places = [{**row, "net_per_krone": number(row["net_per_krone"], language, 2)} for row in advice["places"]]
    office.show("advice", {"rows": places}, "rows")
    for name, words in (("advised", ("Anbefalet", "Advised")), ("ranking", ("Efter listen", "By the ranking"))):
        one = advice[name]
        chance = "" if one["probability"] is None else f"; {percent(one['probability'], language)}"
        print(
            f"{said(words, language)}: {in_kroner(one['spent_oere'], language)} →"
            f" {in_kroner(one['net_result_oere'], language)}{chance}"
        )
    print(said((advice["difference"]["da"], advice["difference"]["en"]), language))
    shadows = [{**row, "worth": number(row["worth"], language, 4)} for row in advice["shadows"]]
    if shadows:
        office.show("shadows", {"rows": shadows}, "rows")
    for assumption in advice["assumptions"]:
        print(f"– {assumption[language]}")
    if advice["status"] in UNSURE:
        word = said(STATUS_WORDS[advice["status"]], language)
        print(said((f"NB: Mindst ét tal bag er {word}.", f"NB: At least one figure behind it is {word}."), language))


def cost(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(help="A cost plan as TOML; - for standard input.")],
    into: Annotated[
        str | None, typer.Option("--into", help="Put its costs, grants, savings and completers into this scenario.")
    ] = None,
    on: On = None,
) -> None:
    """What an intervention costs, low, base and high: by year and kind, per starter and completer."""
    office = the_office(context)
    try:
        read = read_plan(tomllib.loads(read_text(plan), parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise Rejected("FILE_INVALID", f"The file is not TOML: {error}.", [field("file", "toml")]) from None
    if into is not None:
        found = office.ask("case_computation", calculation={"scenario_id": into})
        costs = {
            name: [row.model_dump(mode="json") for row in rows] for name, rows in case_costs(read)._asdict().items()
        }
        book = {"pricebook": found["pricebook"], "pricebook_version": found["pricebook_version"]}
        day = on or office.today()
        inputs = found["inputs"] | costs
        office.tell("change_scenario", scenario_id=into, inputs=inputs, **book, reason=read.name, effective_on=day)
    answer = _results(office, read).model_dump(mode="json")
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    rows = [
        {"what": said(words, office.language), **{f"{end}_oere": answer[end][name] for end in ("low", "base", "high")}}
        for name, words in COST_ROWS.items()
    ]
    office.show("cost", {"rows": rows}, "rows")
    office.show("cost_years", answer, "years")
    office.show("cost_kinds", answer, "kinds")
    if answer["sensitivity"]:
        office.show("sensitivity", answer, "sensitivity")


def _results(office: Office, plan: CostPlan) -> Results:
    """The results, with the index of the knowledge base in force where the plan has prices of several years."""
    try:
        return results(plan)
    except Rejected as rejection:
        if rejection.code != "PRICE_YEARS_MIXED":
            raise
    found = office.ask("knowledge_version")["knowledge"]
    series = found["index_series"]
    return results(plan, {row["year"]: Decimal(row["value"]) for row in found["indices"] if row["series"] == series})


def _floor(text: str) -> dict[str, Any]:
    track, equals, amount = text.partition("=")
    if not (track and equals):
        raise Rejected("FLOOR_INVALID", "Say it like development=2000000.", [field("floor", "form")])
    return {"track": track, "amount_oere": oere_of(amount, "floor")}


def _earmark(text: str) -> dict[str, Any]:
    name, equals, rest = text.partition("=")
    amount, colon, tracks = rest.partition(":")
    if not (name and equals and colon and tracks):
        raise Rejected("EARMARK_INVALID", "Say it like youth=2000000:development,trial.", [field("earmark", "form")])
    return {"name": name, "amount_oere": oere_of(amount, "earmark"), "tracks": tracks.split(",")}


def _chosen_from(candidates: str | None, call: str | None) -> dict[str, Any]:
    if candidates is not None and call is not None:
        message = "Name either a call or a file of candidates, not both."
        raise Rejected("CANDIDATES_TWICE", message, [field("call", "alone"), field("candidates", "alone")])
    return {"call_id": call} if candidates is None else {"candidates": _candidates(candidates)}


def _candidates(file: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(read_text(file).splitlines())
    missing = sorted({"candidate_id", "amount_dkk", "case"} - set(reader.fieldnames or ()))
    if missing:
        raise Rejected("FILE_INVALID", f"The file has no column {', '.join(missing)}.", [field("file", "columns")])
    return [
        {
            "candidate_id": row["candidate_id"],
            "amount_oere": oere_of(row["amount_dkk"] or "", f"candidates.{place}.amount_dkk"),
            "calculation": calculation(row["case"] or ""),
            **{name: row[name] for name in ("track", "municipality") if row.get(name)},
        }
        for place, row in enumerate(reader)
    ]
