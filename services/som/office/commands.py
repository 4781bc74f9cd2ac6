"""`virksom som …`: cases, what they come to, and why."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from services.som.office import allocating, evidence, knowledge, scenarios, sharing, unsure
from services.som.office.calculation import Case, calculation, live, warn
from services.som.office.results import behind, headline, show_changes, show_comparison, show_flows, show_payers
from services.som.office.tree import as_tree
from services.som.office.words import (
    VOCABULARY,
    banner,
    by_payer,
    in_kroner,
    kind,
    number,
    percent,
    said,
    with_interval,
)
from shared.office.calling import the_office
from shared.office.words import Language

app = typer.Typer(no_args_is_help=True, help="SØM, for economists: business cases, why, how sure, and what if.")


@app.callback()
def options(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; amounts are øre.")] = False,
    lang: Annotated[
        Language | None, typer.Option("--lang", help="da or en; by default Danish where the system is.")
    ] = None,
) -> None:
    """SØM, for economists."""
    the_office(context).set_up("som", VOCABULARY, as_json, lang)


@app.command()
def cases(context: typer.Context, initiative: Annotated[str | None, typer.Option()] = None) -> None:
    """The live cases with their net results by payer, the probability of a gain, and how well founded they are."""
    office = the_office(context)
    answer = office.ask("cases", initiative=initiative)
    if not office.as_json:
        answer = {"cases": [_case_row(row, office.language) for row in answer["cases"]]}
    office.show("cases", answer, "cases")


@app.command("case")
def show_case(
    context: typer.Context,
    case: Case,
    history: Annotated[bool, typer.Option("--history", help="Every projection, the newest last.")] = False,
) -> None:
    """A live case: its inputs with their sources, the result by payer, how sure it is, and what changed last."""
    office = the_office(context)
    named = live(case)
    answer = office.ask(
        "case_projection", initiative=named["initiative"], municipality=named["municipality"], history=history
    )
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    if history:
        rows = [_history_row(one, office.language) for one in answer["history"]]
        office.show("history", {"rows": rows}, "rows")
        return
    projection = answer["projection"]
    office.show("inputs", {"rows": _input_rows(projection, office.language)}, "rows")
    nets = {"discounted": projection["net_present_value"], "faded": projection["faded_net_present_value"]}
    show_payers(office, nets)
    for sentence in headline(projection, office.language):
        print(sentence)
    if projection["changed"]:
        print(said(("Ændret siden sidst:", "Changed since the last time:"), office.language))
        show_changes(office, projection["changed"])
    warn(office, {"initiative": named["initiative"], "municipality": named["municipality"]})


@app.command()
def result(context: typer.Context, case: Case) -> None:
    """A calculation's whole result: by payer, by year, by category and committee, per head, who pays and who gains."""
    office = the_office(context)
    answer = office.ask("case_result", calculation=calculation(case))
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    found = answer["result"]
    show_payers(office, {name: found["discounted"][name] for name in ("costs", "transfers", "savings", "gains")})
    faded = None if found["faded"] is None else found["faded"]["net_present_value"]
    nets = {"undiscounted": found["undiscounted"]["net"], "discounted": found["discounted"]["net"], "faded": faded}
    show_payers(office, nets)
    years = [
        {
            "year": row["year"],
            "discount_factor": number(row["discount_factor"], office.language),
            **by_payer(row["amounts"]["net"]),
            "cumulative_oere": sum(row["cumulative"].values()),
        }
        for row in found["years"]
    ]
    office.show("years", {"rows": years}, "rows")
    for part in ("categories", "committees"):
        lines = [{**row, **by_payer(row["discounted"])} for row in found[part]]
        office.show("lines", {"rows": lines}, "rows")
    show_flows(office, found["flows"])
    for sentence in headline(found, office.language):
        print(sentence)
    text = banner(found["statuses"], office.language)
    if text is not None:
        print(text)


@app.command()
def explain(
    context: typer.Context,
    case: Case,
    depth: Annotated[int, typer.Option("--depth", min=0, max=20, help="So many levels; JSON has them all.")] = 3,
) -> None:
    """The net result as a tree, down to price rows, index points, rates and the events behind the inputs."""
    office = the_office(context)
    named = calculation(case)
    answer = office.ask("explain_case", calculation=named)
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    office.console().print(as_tree(answer["tree"], office.language, depth))
    warn(office, named)


@app.command()
def compare(context: typer.Context, before: Case, after: Case) -> None:
    """Why two calculations differ: the difference split over the inputs that moved, to the øre."""
    office = the_office(context)
    one, other = calculation(before), calculation(after)
    answer = office.ask("comparison", before=one, after=other)
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    show_comparison(office, answer)
    warn(office, one, other)


@app.command()
def send(
    context: typer.Context,
    method: Annotated[str, typer.Argument(help="A command of SØM, like adjust_case; see docs/calling-som.md.")],
    file: Annotated[str, typer.Argument(help="Its fields as a JSON object: a file, or - for standard input.")],
) -> None:
    """Send any command; a command_id is made where the fields have none."""
    the_office(context).send(method, file)


def _case_row(row: dict[str, Any], language: Language) -> dict[str, Any]:
    figures = row["figures"]
    if figures is None:
        return row
    rate, probabilities = figures["success_rate"], figures["probabilities"]
    return {
        **row,
        **by_payer(figures["net_present_value"]),
        "success_rate": number(None if rate is None else rate["rate"], language, 4),
        "probability": percent(None if probabilities is None else probabilities["total"], language),
        "break_even_year": figures["break_even_year"],
        "status": figures["status"],
    }


def _history_row(one: dict[str, Any], language: Language) -> dict[str, Any]:
    projection = one["projection"]
    rate = projection["inputs"]["success_rate"]
    return {
        **by_payer(projection["net_present_value"]),
        "position": one["position"],
        "effective_on": projection["effective_on"],
        "success_rate": number(None if rate is None else rate["rate"], language, 4),
        "status": projection["status"],
    }


def _input_rows(projection: dict[str, Any], language: Language) -> list[dict[str, Any]]:
    """A case's inputs, each with where it is from and the events behind it."""
    inputs = projection["inputs"]
    events = {one["input"]: behind(one) for one in projection["behind"]}
    rate = inputs["success_rate"]
    rows = []
    if rate is not None:
        figure = with_interval(rate, language, "rate")
        rows.append({"input": "success_rate", "figure": figure, "origin": rate["origin"]})
    people = ", ".join(f"{row['year']}: {row['completers']}" for row in inputs["cohorts"])
    rows.append({"input": "completers", "figure": people, "origin": ""})
    for name in ("costs", "transfers", "savings"):
        lines = inputs[name]
        if lines:
            sources = ", ".join(sorted({line["source"] for line in lines}))
            figure = in_kroner(sum(line["amount_oere"] for line in lines), language)
            rows.append({"input": name, "figure": figure, "origin": sources})
    group = f"{inputs['target_group']} / {inputs['success_measure']}"
    book = f"{projection['pricebook']} {projection['pricebook_version']}"
    rows.append({"input": "consequences", "figure": group, "origin": book})
    return [{**row, "input": kind(row["input"], language), "events": events.get(row["input"], "")} for row in rows]


app.add_typer(knowledge.knowledge_app, name="knowledge")
for group in (scenarios, sharing, unsure, allocating, evidence):
    group.register(app)
