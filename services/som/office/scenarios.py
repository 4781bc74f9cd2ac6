"""`virksom som what-if | change | import | export | template`: calculations beside the live cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.som.events import CaseInputs, KnowledgePublished
from services.som.model import KnowledgeBase
from services.som.office.calculation import Case, calculation, live, warn
from services.som.office.changing import changed
from services.som.office.results import show_comparison
from shared.kernel.rejection import Rejected
from shared.office.calling import By, Office, On, the_office
from shared.office.files import field, written

MAX_WORKBOOK_BYTES = 8 * 1024 * 1024

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the scenario is to be called, like faded-effect.")]
Sets = Annotated[
    list[str], typer.Option("--set", help="INPUT=VALUE, like success_rate=0.12 or settings.fade_out=0.2; may repeat.")
]
Reason = Annotated[str, typer.Option("--reason", help="What is asked, in a few words.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("what-if")(what_if)
    app.command("change")(change)
    app.command("import")(import_workbook)
    app.command("export")(export)
    app.command("template")(template)


def what_if(context: typer.Context, case: Case, name: Name, sets: Sets, reason: Reason, by: By, on: On = None) -> None:
    """Branch from a live case (as of @POSITION if given), change inputs, and see what that does. The case stays."""
    office = the_office(context)
    named = live(case)
    position = (
        named.get("position")
        or office.ask("case_projection", initiative=named["initiative"], municipality=named["municipality"])["position"]
    )
    branch = {**named, "position": position}
    found = office.ask("case_computation", calculation=branch)
    inputs = changed(found["inputs"], sets, reason)
    fields = {"title": reason, "scope": found["title"], "municipality": named["municipality"], "branch": branch}
    book = {"pricebook": found["pricebook"], "pricebook_version": found["pricebook_version"]}
    _create(office, name, inputs, {**fields, **book}, by, on)
    _compare(office, branch, {"scenario_id": name})


def change(context: typer.Context, name: Name, sets: Sets, reason: Reason, on: On = None) -> None:
    """Change a scenario's inputs; its signature, reviews and place in the library are gone."""
    office = the_office(context)
    found = office.ask("case_computation", calculation={"scenario_id": name})
    office.tell(
        "change_scenario",
        scenario_id=name,
        inputs=changed(found["inputs"], sets, reason),
        pricebook=found["pricebook"],
        pricebook_version=found["pricebook_version"],
        reason=reason,
        effective_on=on or office.today(),
    )


def import_workbook(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A workbook made by export or template.")],
    name: Name,
    title: Annotated[str, typer.Option("--title")],
    by: By,
    scope: Annotated[str | None, typer.Option("--scope", help="What it is about, where that is no initiative.")] = None,
    municipality: Annotated[str | None, typer.Option("--municipality", help="The four digits of its code.")] = None,
    on: On = None,
) -> None:
    """Make a scenario of a workbook: whole, or a report of what is wrong by sheet, row and column."""
    from services.som.workbook import import_case  # only here: openpyxl takes a while

    office = the_office(context)
    inputs = import_case(_content(file))
    [book, *_] = office.ask("knowledge_versions")["versions"] or [{"pricebook": "", "version": 0}]
    fields = {"title": title, "scope": scope or title, "municipality": municipality}
    version = {"pricebook": book["pricebook"], "pricebook_version": book["version"]}
    _create(office, name, inputs, {**fields, **version}, by, on)


def export(
    context: typer.Context,
    case: Case,
    file: Annotated[str, typer.Argument(help="The workbook to write, .xlsx; - for standard output.")],
) -> None:
    """Write a calculation as a workbook with live formulas, which computes the same figures in Excel or LibreOffice."""
    from services.som.workbook import export_case  # only here: openpyxl takes a while

    office = the_office(context)
    found = office.ask("case_computation", calculation=calculation(case))
    knowledge = KnowledgeBase(KnowledgePublished.model_validate(found["knowledge"]))
    content = export_case(CaseInputs.model_validate(found["inputs"]), knowledge, found["title"])
    with written(file) as out:
        out.write(content)
    if file != "-":
        print(json.dumps({"file": file}) if office.as_json else file)


def template(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="Where to write it, .xlsx; - for standard output.")],
) -> None:
    """Write an empty workbook with SØM's steps, to be filled in and imported."""
    from services.som.workbook import template as empty  # only here: openpyxl takes a while

    with written(file) as out:
        out.write(empty())
    if file != "-":
        print(json.dumps({"file": file}) if the_office(context).as_json else file)


def _create(office: Office, name: str, inputs: dict[str, Any], fields: dict[str, Any], by: str, on: str | None) -> None:
    day = on or office.today()
    given = {"scenario_id": name, "inputs": inputs, **fields, "on_behalf_of": by, "effective_on": day}
    office.tell("create_scenario", **given)


def _compare(office: Office, before: dict[str, Any], after: dict[str, Any]) -> None:
    if not office.as_json:
        show_comparison(office, office.ask("comparison", before=before, after=after))
        warn(office, after)


def _content(file: Path) -> bytes:
    with open(file, "rb") as source:
        content = source.read(MAX_WORKBOOK_BYTES + 1)
    if len(content) > MAX_WORKBOOK_BYTES:
        message = "The file is too large to be a case's workbook."
        raise Rejected("FILE_INVALID", message, [field("file", "size")], limit_bytes=MAX_WORKBOOK_BYTES)
    return content
