"""`virksom som knowledge …`, and how far the recalculation after a new version has come."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.som.events import KnowledgePublished
from services.som.office.words import number, said
from services.som.wording import STATUS_WORDS
from shared.office.calling import On, the_office
from shared.office.words import Language

knowledge_app = typer.Typer(no_args_is_help=True, help="The knowledge base: prices, consequences, evidence, indices.")

POLL_SECONDS = 0.2
TABLES = ("prices", "rules", "consequences", "studies", "bases", "indices", "discount_rates")

Version = Annotated[int | None, typer.Option("--version", min=1, help="An earlier version; else the one in force.")]
Book = Annotated[str | None, typer.Option("--pricebook", help="Which knowledge base, where there are several.")]


@knowledge_app.command()
def versions(context: typer.Context) -> None:
    """The versions of the knowledge base, the one in force first."""
    office = the_office(context)
    office.show("versions", office.ask("knowledge_versions"), "versions")


@knowledge_app.command()
def show(context: typer.Context, version: Version = None, pricebook: Book = None) -> None:
    """What a version holds and how well founded it is, and its prices."""
    office = the_office(context)
    answer = office.ask("knowledge_version", pricebook=pricebook, version=version)
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    found = answer["knowledge"]
    print(f"{found['pricebook']} {answer['version']}: {found['version_label']} ({found['price_level_year']})")
    office.show("tables", {"rows": [_counted(name, found[name], office.language) for name in TABLES]}, "rows")
    prices = [
        {**row, **{name: number(row[name], office.language) for name in ("amount_dkk", "kommune", "region", "stat")}}
        for row in found["prices"]
    ]
    office.show("prices", {"rows": prices}, "rows")


@knowledge_app.command()
def publish(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder of CSV files, as export writes them.")],
) -> None:
    """Publish a version from a folder of tables, whole or not at all; every case that used it is computed anew."""
    from services.som.tables import read_folder

    the_office(context).tell("publish_knowledge", **read_folder(folder))


@knowledge_app.command()
def shipped(context: typer.Context, on: On = None) -> None:
    """Publish the knowledge base that comes with the program: published figures, each with its status and source."""
    from services.som.shipped import shipped_knowledge

    fields = shipped_knowledge()
    the_office(context).tell("publish_knowledge", **fields | ({} if on is None else {"effective_on": on}))


@knowledge_app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    version: Version = None,
    pricebook: Book = None,
) -> None:
    """Write a version as a folder of CSV files, to be read, changed and published."""
    from services.som.tables import write_folder

    office = the_office(context)
    answer = office.ask("knowledge_version", pricebook=pricebook, version=version)
    write_folder(folder, KnowledgePublished.model_validate(answer["knowledge"]))
    print(json.dumps({"folder": str(folder)}) if office.as_json else folder)


def progress(context: typer.Context) -> None:
    """Follow the recalculation after the newest knowledge base until every case is done."""
    office = the_office(context)
    if office.as_json:
        print(json.dumps(office.ask("recalculation"), ensure_ascii=False))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with office.services("som") as rpc, Progress(*columns, console=office.console()) as bar:
        task = bar.add_task(said(("Sager beregnet", "Cases computed"), office.language))
        while True:
            found: dict[str, Any] = rpc.som.recalculation()
            bar.update(task, total=found["total"], completed=found["done"])
            if found["done"] >= found["total"]:
                return
            time.sleep(POLL_SECONDS)


def _counted(name: str, rows: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    counts = Counter(row["status"] for row in rows if row.get("status"))
    words = [f"{said(STATUS_WORDS[status], language)}: {count}" for status, count in counts.most_common()]
    return {"table": name, "rows_count": len(rows), "statuses": ", ".join(words)}
