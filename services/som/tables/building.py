"""From the tables' rows to a knowledge base: the fields of `PublishKnowledge`, checked before any of it is used."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.som.commands import PublishKnowledge
from services.som.knowledge import PricebookState, decide_publication
from services.som.problems import Problems
from services.som.tables.checks import check
from services.som.tables.layout import NEEDED, TABLES
from services.som.tables.reading import Row, rows_of
from shared.kernel.rejection import Rejected

Rows = Mapping[str, list[Row]]
Places = dict[str, str]
"""Where a field came from: the path in the knowledge base (`rules.0.steps.1`), and the file and line."""

RULE_COLUMNS = {"rule_id": "rule_id", "quantity": "rule_quantity", "start": "rule_start"}
STEP_COLUMNS = {"start": "step_start", "share": "step_share"}
LIST_COLUMNS = {"change_per_success": "change", "standard_errors": "standard_error", "steps": "step_start"}


def knowledge_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The fields of `PublishKnowledge`, without its command id, that a folder of tables spells (file name → content).

    All or nothing: raises Rejected TABLE_INVALID with at most twenty problems, each naming file, line and column, and
    how many more there are.
    """
    problems = Problems()
    for file in sorted(set(files) - set(TABLES)):
        problems.add(file[:100], "unknown_table", "The knowledge base has no such table.")
    for file in NEEDED:
        if file not in files:
            problems.add(file, "missing_table", "The table is missing.")
    rows = {file: rows_of(file, files[file], problems) if file in files else [] for file in TABLES}
    _require_none(problems)
    check(rows, problems)
    fields, places = _fields(rows, problems)
    _require_none(problems)
    _publishable(fields, places, problems)
    _require_none(problems)
    return fields


def _fields(rows: Rows, problems: Problems) -> tuple[dict[str, Any], Places]:
    places: Places = {}
    heads = rows["knowledge.csv"]
    if len(heads) != 1:
        problems.add("knowledge.csv", "one_row", "The table has one row.")
    fields: dict[str, Any] = dict(heads[0].cells) if heads else {}
    places |= {column: heads[0].place(column) for column in fields}
    fields["indexed_by"] = _plain("indexed_by", rows["indexed_by.csv"], places)
    fields["prices"] = [_price(cells) for cells in _plain("prices", rows["prices.csv"], places)]
    fields["rules"] = _rules(rows["payer_rules.csv"], places, problems)
    fields["consequences"] = _consequences(rows["consequences.csv"], places, problems)
    fields["studies"] = _plain("studies", rows["studies.csv"], places)
    fields["bases"] = _bases(rows["bases.csv"], rows["follow_ups.csv"], places)
    fields["indices"] = _plain("indices", rows["indices.csv"], places)
    rates = _plain("discount_rates", rows["discount_rates.csv"], places)
    fields["discount_rates"] = [{"to_year": None} | rate for rate in rates]
    return fields, places


def _plain(name: str, rows: Sequence[Row], places: Places) -> list[dict[str, Any]]:
    for number, row in enumerate(rows):
        places[f"{name}.{number}"] = row.place()
    return [dict(row.cells) for row in rows]


def _price(cells: dict[str, Any]) -> dict[str, Any]:
    rule = {field: cells[column] for field, column in RULE_COLUMNS.items() if column in cells}
    price = _without(cells, *RULE_COLUMNS.values())
    return price | {"rule": rule} if rule else price


def _rules(rows: Sequence[Row], places: Places, problems: Problems) -> list[dict[str, Any]]:
    rules = []
    for number, group in enumerate(_groups(rows, ("rule_id", "valid_from"), STEP_COLUMNS.values(), problems)):
        places[f"rules.{number}"] = group[0].place()
        for step, row in enumerate(group):
            places[f"rules.{number}.steps.{step}"] = row.place()
        steps = [{field: row.cells[column] for field, column in STEP_COLUMNS.items()} for row in group]
        rules.append(_without(group[0].cells, *STEP_COLUMNS.values()) | {"steps": steps})
    return rules


def _consequences(rows: Sequence[Row], places: Places, problems: Problems) -> list[dict[str, Any]]:
    found = []
    yearly = ("t", "change", "standard_error")
    for number, group in enumerate(_groups(rows, ("target_group", "success_measure", "price_id"), yearly, problems)):
        places[f"consequences.{number}"] = group[0].place()
        for t, row in enumerate(group):
            places[f"consequences.{number}.change_per_success.{t}"] = row.place("change")
            places[f"consequences.{number}.standard_errors.{t}"] = row.place("standard_error")
            if row.cells["t"] != t:
                problems.add(row.place("t"), "years_in_order", f"The years go 0, 1, 2 …; here belongs {t}.")
        errors = [row.cells["standard_error"] for row in group if "standard_error" in row.cells]
        if errors and len(errors) < len(group):
            problems.add(group[0].place("standard_error"), "all_or_none", "Give it for every year t, or for none.")
        changes = {"change_per_success": [row.cells["change"] for row in group], "standard_errors": errors}
        found.append(_without(group[0].cells, *yearly, "unit") | changes)
    return found


def _bases(rows: Sequence[Row], later: Sequence[Row], places: Places) -> list[dict[str, Any]]:
    bases = _plain("bases", rows, places)
    for number, basis in enumerate(bases):
        basis["study_ids"] = basis.get("study_ids", "").split()
        mine = [row for row in later if row.cells["initiative"] == basis["initiative"]]
        basis["follow_ups"] = [_without(row.cells, "initiative") for row in mine]
        for follow_up, row in enumerate(mine):
            places[f"bases.{number}.follow_ups.{follow_up}"] = row.place()
    return bases


def _groups(rows: Iterable[Row], key: tuple[str, ...], own: Iterable[str], problems: Problems) -> list[list[Row]]:
    """The rows of one thing each, in the order of its first row; `own` are the columns that may differ within it."""
    groups: dict[Hashable, list[Row]] = {}
    for row in rows:
        group = groups.setdefault(tuple(row.cells[name] for name in key), [])
        group.append(row)
        first = group[0].cells
        for column in sorted((set(row.cells) | set(first)) - set(own)):
            if row.cells.get(column) != first.get(column):
                problems.add(row.place(column), "differs", f"It differs from line {group[0].line}, of the same thing.")
    return list(groups.values())


def _publishable(fields: dict[str, Any], places: Places, problems: Problems) -> None:
    """Read and try the fields as their publication will; what it refuses is named by file, line and column."""
    try:
        command = PublishKnowledge.parse({**fields, "command_id": str(UUID(int=0))})
        decide_publication(PricebookState(), command)
    except Rejected as refused:
        figures = "".join(f" {name}: {value}." for name, value in refused.figures.items())
        for field in refused.fields or [{"field": "knowledge.csv", "rule": refused.code.lower()}]:
            message = field.get("message", refused.message) + figures
            problems.add(_place(field["field"], places), field["rule"], message)


def _place(path: str, places: Places) -> str:
    """Where a field of the knowledge base came from: its path's longest beginning with a place, and the column."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        place = places.get(".".join(parts[:length]))
        if place is not None:
            rest = parts[length:]
            if rest[:1] == ["rule"]:
                rest = [RULE_COLUMNS.get(rest[-1], "rule_id")]
            columns = STEP_COLUMNS if "steps" in parts[:length] else LIST_COLUMNS
            return ":".join([place, *(columns.get(one, one) for one in rest[:1])])
    return path


def _without(cells: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in cells.items() if name not in names}


def _require_none(problems: Problems) -> None:
    problems.require_none("TABLE_INVALID", "The tables were not imported")
