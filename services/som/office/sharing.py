"""`virksom som checklist | sign | review | share | library`: standing by a calculation, and learning from others'."""

from __future__ import annotations

import csv
import io
import json
from typing import Annotated, Any

import typer

from services.som.events import Verdict
from services.som.office.calculation import Case, calculation, warn
from services.som.office.words import said
from shared.kernel.rejection import Rejected
from shared.office.calling import By, On, the_office
from shared.office.files import field, read_text, written
from shared.office.words import Language

Name = Annotated[str, typer.Argument(metavar="NAME", help="A scenario's name.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (checklist, sign, review, share, library):
        app.command()(command)


def checklist(
    context: typer.Context,
    case: Case,
    file: Annotated[str | None, typer.Option("--file", help="Write it as CSV, to be answered and signed with.")] = None,
) -> None:
    """The checklist of assumptions, filled in as far as known; what its maker must answer is marked."""
    office = the_office(context)
    answer = office.ask("case_result", calculation=calculation(case))["checklist"]
    if office.as_json:
        print(json.dumps({"checklist": answer}, ensure_ascii=False))
        return
    rows = [_row(item, office.language) for item in answer]
    if file is None:
        office.show("checklist", {"rows": rows}, "rows")
        return
    with written(file) as out:
        text = _csv_text([{**row, "answer": ""} for row in rows])
        # The mark at its beginning lets Excel read the Danish letters.
        out.write(text.encode("utf-8-sig"))


def sign(
    context: typer.Context,
    name: Name,
    answers: Annotated[
        str, typer.Argument(metavar="FILE", help="The checklist's CSV with the column answer filled in.")
    ],
    by: By,
    on: On = None,
) -> None:
    """Answer the checklist and stand by the calculation; where something is known, an empty answer agrees to it."""
    office = the_office(context)
    items = office.ask("scenario", scenario_id=name)["scenario"]["checklist"]
    given = {row["question"]: row["answer"].strip() for row in _csv_rows(answers)}
    missing = [item["question"] for item in items if item["must_answer"] and not given.get(item["question"])]
    if missing:
        message = f"Only you can answer: {', '.join(missing)}."
        raise Rejected("CHECKLIST_UNANSWERED", message, [field(one, "answer") for one in missing], missing=missing)
    agreed = said(("Som udfyldt.", "As filled in."), office.language)
    rows = [
        {
            "question": item["question"],
            "known": _known(item, office.language),
            "answer": given.get(item["question"]) or agreed,
        }
        for item in items
    ]
    office.tell("sign_checklist", scenario_id=name, answers=rows, on_behalf_of=by, effective_on=on or office.today())


def review(
    context: typer.Context,
    name: Name,
    municipality: Annotated[str, typer.Option("--municipality", help="The reviewing municipality's code.")],
    verdict: Annotated[Verdict, typer.Option("--verdict")],
    remarks: Annotated[str, typer.Option("--remarks")],
    by: By,
    on: On = None,
) -> None:
    """Say what another municipality thinks of a signed calculation."""
    office = the_office(context)
    fields = {"scenario_id": name, "municipality": municipality, "verdict": verdict, "remarks": remarks}
    office.tell("review_scenario", **fields, on_behalf_of=by, effective_on=on or office.today())


def share(context: typer.Context, name: Name, by: By, on: On = None) -> None:
    """Put a signed calculation into the library."""
    office = the_office(context)
    office.tell("share_scenario", scenario_id=name, on_behalf_of=by, effective_on=on or office.today())


def library(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One calculation, with answers and reviews.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are not shared.")] = False,
    municipality: Annotated[str | None, typer.Option("--municipality", help="Those of one municipality.")] = None,
) -> None:
    """The signed calculations that were shared, or one of them with its answers and its reviews."""
    office = the_office(context)
    if name is None:
        answer = office.ask("scenarios", shared_only=not everything, municipality=municipality)
        office.show("scenarios", answer, "scenarios")
        return
    answer = office.ask("scenario", scenario_id=name)
    if office.as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    found = answer["scenario"]
    office.show("scenarios", {"rows": [found]}, "rows")
    texts = {item["question"]: _row(item, office.language)["text"] for item in found["checklist"]}
    rows = [{**row, "text": texts[row["question"]], "known": _both(row)} for row in found["answers"]]
    office.show("checklist", {"rows": rows}, "rows")
    if found["reviews"]:
        office.show("reviews", found, "reviews")
    warn(office, {"scenario_id": name})


def _row(item: dict[str, Any], language: Language) -> dict[str, str]:
    text = item["text_da"] if language == "da" else item["text_en"]
    mark = said((" (skal besvares)", " (to be answered)"), language) if item["must_answer"] else ""
    return {"question": item["question"], "text": f"{text}{mark}", "known": _known(item, language)}


def _known(item: dict[str, Any], language: Language) -> str:
    return str(item["known_da"] if language == "da" else item["known_en"])


def _both(row: dict[str, str]) -> str:
    return f"{row['known']} – {row['answer']}" if row["known"] else row["answer"]


def _csv_text(rows: list[dict[str, str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ("question", "text", "known", "answer"), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _csv_rows(file: str) -> list[dict[str, str]]:
    text = read_text(file)
    # Excel in Danish writes semicolons.
    first = text.partition("\n")[0]
    rows = list(csv.DictReader(text.splitlines(), delimiter=";" if ";" in first else ","))
    if rows and not {"question", "answer"} <= rows[0].keys():
        raise Rejected("FILE_INVALID", "The file has no columns question and answer.", [field("file", "columns")])
    return [{"question": row["question"] or "", "answer": row["answer"] or ""} for row in rows]
