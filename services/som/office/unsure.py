"""`virksom som tornado | grid | simulate`: how sure a result is, and what it is worth to know more."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from services.som.office.bars import tornado_table
from services.som.office.calculation import Case, calculation, warn, warn_of
from services.som.office.words import in_kroner, kind, number, percent, said
from shared.office.calling import the_office
from shared.office.words import kroner


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(tornado)
    app.command()(grid)
    app.command()(simulate)


def tornado(
    context: typer.Context,
    case: Case,
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="The widest bars; JSON has them all.")] = 15,
) -> None:
    """What each uncertain input alone does to the net result, from its low to its high, the widest first."""
    office = the_office(context)
    named = calculation(case)
    answer = office.ask("tornado", calculation=named)
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    result = office.ask("case_result", calculation=named)["result"]
    base = sum(result["discounted"]["net"].values())
    office.console().print(tornado_table(answer["bars"], base, office.language, most))
    if len(answer["bars"]) > most:
        print(f"… {len(answer['bars']) - most}")
    print(
        said(
            (
                f"░ lav, █ høj, | resultatet som det er: {in_kroner(base, 'da')}  * intervallet er antaget",
                f"░ low, █ high, | the result as it is: {in_kroner(base, 'en')}  * the range is assumed",
            ),
            office.language,
        )
    )
    warn_of(office, result["statuses"])


def grid(
    context: typer.Context,
    case: Case,
    first: Annotated[str, typer.Argument(help="An uncertain input's id, down; the tornado's JSON has them.")],
    second: Annotated[str, typer.Argument(help="Another one's, across.")],
    steps: Annotated[int, typer.Option("--steps", min=2, max=41)] = 5,
) -> None:
    """The net result over two uncertain inputs varied together."""
    office = the_office(context)
    named = calculation(case)
    answer = office.ask("grid", calculation=named, first=first, second=second, steps=steps)
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    surface = answer["surface"]
    table = Table(f"{surface['first']['label']} ↓  {surface['second']['label']} →")
    for value in surface["second_values"]:
        table.add_column(number(value, office.language, 4), justify="right")
    for value, row in zip(surface["first_values"], surface["cells"], strict=True):
        table.add_row(number(value, office.language, 4), *(kroner(sum(cell.values()), office.language) for cell in row))
    office.console().print(table)
    warn(office, named)


def simulate(
    context: typer.Context,
    case: Case,
    draws: Annotated[int, typer.Option("--draws", min=100, max=100_000)] = 10_000,
) -> None:
    """Monte Carlo: percentiles and the probability of a gain per payer, and which unknown is worth a longer trial."""
    office = the_office(context)
    named = calculation(case)
    answer = office.ask("simulation", calculation=named, draws=draws)
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    found, worth, language = answer["simulation"], answer["information"], office.language
    rows = [
        {
            "what": kind(name, language) if name == "total" else office.word(name),
            **{f"{percentile}_oere": amount for percentile, amount in found["percentiles"][name].items()},
            "probability": percent(found["probabilities"][name], language),
        }
        for name in ("kommune", "region", "stat", "total")
    ]
    office.show("percentiles", {"rows": rows}, "rows")
    print(f"{said(('Trækninger', 'Draws'), language)}: {number(found['draws'], language)}")
    perfect = in_kroner(worth["perfect"], language)
    print(said((f"Værd at vide alt: {perfect}", f"Worth of perfect information: {perfect}"), language))
    unknowns = [{**row, "worth_oere": row["worth"]} for row in worth["unknowns"] if row["worth"]]
    if unknowns:
        office.show("unknowns", {"rows": unknowns}, "rows")
    warn(office, named)
