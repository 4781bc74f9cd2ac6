"""A workbook's inputs: whole, or not at all and every cell named that stands in the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.som.commands.values import ConsequenceRow, InputsRow, PriceRow
from services.som.events import STATUSES
from services.som.problems import Problems
from services.som.workbook.checks import check, check_knowledge
from services.som.workbook.marks import mark
from services.som.workbook.opening import WORKBOOK, sheets_of
from services.som.workbook.reading import Read, Row, read
from shared.kernel.messages import invalid_input

Fields = dict[str, Any]
Places = dict[str, str]
"""Where a field came from: the path in the inputs (`costs.0.year`), and the cell."""


def import_case(content: bytes) -> Fields:
    """The fields of `InputsRow`, as JSON, that a workbook's input cells hold: one that was exported, or the template
    filled in, saved by Excel or LibreOffice.

    Only input cells are read. Consequences and prices of the knowledge base that came back unchanged are left out, for
    the knowledge base has them; changed ones become the case's own, with the status own where they were surer.
    Raises Rejected WORKBOOK_INVALID with at most twenty problems, each naming sheet, column and row, and how many more
    there are.
    """
    problems = Problems()
    sheets = sheets_of(content, problems)
    _require_none(problems)
    found = read(sheets, problems)
    _require_none(problems)
    check(found, problems)
    check_knowledge(sheets, found, problems)
    _require_none(problems)
    places = dict(found.places)
    fields = _fields(found, places, problems)
    _require_none(problems)
    _parse(fields, places, problems)
    _require_none(problems)
    return fields


def _fields(found: Read, places: Places, problems: Problems) -> Fields:
    fields: Fields = {name: found.fields[name] for name in ("target_group", "success_measure", "decision_date")}
    for name in ("cohorts", "costs", "transfers", "savings"):
        fields[name] = _listed(name, found.rows[name], places)
    fields["settings"] = _under("settings", found) | {"phase_in": _phase_in(found.rows["phase_in"], places, problems)}
    fields["success_rate"] = _success_rate(found, places, problems)
    fields["own_prices"] = _own("own_prices", found.rows["prices"], _price, places)
    group = {name: fields[name] for name in ("target_group", "success_measure")}
    fields["own_consequences"] = _own(
        "own_consequences", found.rows["consequences"], lambda row: group | _consequence(row, problems), places
    )
    return fields


def _listed(path: str, rows: list[Row], places: Places) -> list[Fields]:
    for number, row in enumerate(rows):
        places |= {f"{path}.{number}.{name}": row.place(name) for name in row.columns}
    return [dict(row.cells) for row in rows]


def _under(path: str, found: Read) -> Fields:
    """The fields whose names begin with a path, without it."""
    return {name[len(path) + 1 :]: value for name, value in found.fields.items() if name.startswith(path + ".")}


def _phase_in(rows: list[Row], places: Places, problems: Problems) -> list[str]:
    shares = [row.cells.get("share") for row in rows]
    while shares and shares[-1] is None:
        shares.pop()
    for t, share in enumerate(shares):
        places[f"settings.phase_in.{t}"] = rows[t].place("share")
        if share is None:
            problems.add(rows[t].place("share"), "missing", "A later year has a share, so this one needs one too.")
    return [share for share in shares if share is not None]


def _success_rate(found: Read, places: Places, problems: Problems) -> Fields | None:
    rate = _under("success_rate", found)
    later, sources = found.rows["follow_ups"], found.rows["sources"]
    if not rate and not later and not sources:
        return None
    for name in ("rate", "origin", "name", "status"):
        if name not in rate:
            problems.add(found.places[f"success_rate.{name}"], "missing", "A success rate needs it.")
    rate["follow_ups"] = _listed("success_rate.follow_ups", later, places)
    rate["sources"] = _listed("success_rate.sources", sources, places)
    return rate


def _own(path: str, rows: list[Row], made: Any, places: Places) -> list[Fields]:
    """The rows that are the case's own, or have become so by a change."""
    own: list[Fields] = []
    for row in rows:
        fields = made(row)
        given = row.cells.get("mark")
        if given is not None and given == _mark(path, fields):
            continue
        if given is not None:
            fields["status"] = max(fields["status"], "own", key=STATUSES.index)
        for name in row.columns:
            years, _, t = name.partition(".")
            known = {"change": "change_per_success", "error": "standard_errors"}.get(years, years)
            places[f"{path}.{len(own)}.{known}.{t}" if t else f"{path}.{len(own)}.{known}"] = row.place(name)
        own.append(fields)
    return own


def _mark(path: str, fields: Fields) -> str | None:
    model: Any = PriceRow if path == "own_prices" else ConsequenceRow
    try:
        return mark(model.model_validate_json(json.dumps(fields)))
    except ValidationError:
        # Not as it went out, in any case; what is wrong is said when all of it is read.
        return None


def _price(row: Row) -> Fields:
    price = {name: value for name, value in row.cells.items() if name != "mark" and not name.startswith("rule.")}
    rule = {name[5:]: value for name, value in row.cells.items() if name.startswith("rule.")}
    return price | {"rule": rule} if rule else price


def _consequence(row: Row, problems: Problems) -> Fields:
    changes, errors = (_years(row, name, problems) for name in ("change", "error"))
    if errors and len(errors) != len(changes):
        problems.add(row.place("error.0"), "all_or_none", "Give the standard error for every year t, or for none.")
    if not changes:
        problems.add(row.place("change.0"), "missing", "A consequence has a change for at least t = 0.")
    fields = {name: value for name, value in row.cells.items() if "." not in name and name not in ("mark", "unit")}
    return fields | {"change_per_success": changes, "standard_errors": errors}


def _years(row: Row, name: str, problems: Problems) -> list[str]:
    given = {
        int(column.partition(".")[2]): value for column, value in row.cells.items() if column.startswith(name + ".")
    }
    for t in range(max(given, default=-1)):
        if t not in given:
            problems.add(row.place(f"{name}.{t}"), "missing", "A later year t has a value, so this one needs one too.")
    return [value for _, value in sorted(given.items())]


def _parse(fields: Fields, places: Mapping[str, str], problems: Problems) -> None:
    """Read the fields as the command will; what it refuses is named by sheet and cell."""
    try:
        InputsRow.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        for one in invalid_input(error).fields:
            problems.add(_place(one["field"], places), one["rule"], one.get("message", "The value cannot be used."))


def _place(path: str, places: Mapping[str, str]) -> str:
    """The cell of a field, or of the closest one above or below it."""
    while path:
        if path in places:
            return places[path]
        within = [place for name, place in places.items() if name.startswith(path + ".")]
        if within:
            return within[0]
        path = path.rpartition(".")[0]
    return WORKBOOK


def _require_none(problems: Problems) -> None:
    problems.require_none("WORKBOOK_INVALID", "The workbook was not imported")
