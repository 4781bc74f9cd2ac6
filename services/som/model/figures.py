"""The figures that a result rests on, each with its status: so that a placeholder is seen wherever it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from services.som.events import STATUSES, IndexFamily, Status
from services.som.model.compiled import CaseModel
from services.som.model.discounting import in_force_table
from services.som.model.payers import in_force

FigureKind = Literal["success_rate", "cost", "saving", "consequence", "price", "rule", "index"]

TYPED: tuple[FigureKind, ...] = ("success_rate", "cost", "saving")
"""What is not a row of the knowledge base."""


class Figure(NamedTuple):
    """A figure used in a case: what kind, which one, how well founded it is and where it is from."""

    kind: FigureKind
    name: str
    status: Status
    source: str


def figures(model: CaseModel) -> tuple[Figure, ...]:
    """Every figure with a status that a case is computed from: its success rate, cost lines and saved costs, the
    consequences that count, their prices, the versions of payer rules in force and the index points between price
    levels. Completers, grants received and discount rates are facts without a status."""
    return (*_typed(model), *_rows(model), *_rules(model), *_index_points(model))


def used(model: CaseModel, found: Iterable[Figure]) -> tuple[str, ...]:
    """The rows of the knowledge base that a case is computed from, of its `figures`, each as `kind:name`: consequences,
    prices, versions of payer rules, index points, and the discount rates of the years of the case; alphabetically."""
    rows = [f"{one.kind}:{one.name}" for one in found if one.kind not in TYPED]
    table = in_force_table(model.knowledge.published.discount_rates, model.inputs.decision_date)
    farthest = max(model.years) - model.inputs.decision_date.year + 1
    rates = [rate for rate in table if rate.from_year <= farthest]
    return tuple(sorted({*rows, *(f"discount_rate:{rate.decided_from} {rate.from_year}" for rate in rates)}))


def least_sure(statuses: Iterable[Status]) -> Status:
    """The least well founded of some statuses; `official` when there is none."""
    return max(statuses, key=STATUSES.index, default="official")


def gain_status(model: CaseModel, places: Iterable[int]) -> Status:
    """The status of what some consequences (by place among the model's rows) are worth: that of the least sure of the
    consequences, their prices and rules, and the success rate."""
    rate = model.inputs.success_rate
    found = [] if rate is None else [rate.status]
    rules = model.knowledge.published.rules
    for row in (model.rows[place] for place in places):
        found += [row.consequence.status, row.price.status]
        if row.price.rule is not None:
            found += [rule.status for rule in rules if rule.rule_id == row.price.rule.rule_id]
    return least_sure(found)


def _typed(model: CaseModel) -> Iterator[Figure]:
    rate = model.inputs.success_rate
    if rate is not None:
        yield Figure("success_rate", rate.name, rate.status, rate.name)
    for line in model.inputs.costs:
        yield Figure("cost", f"{line.kind} {line.year}", line.status, line.source)
    for saving in model.inputs.savings:
        yield Figure("saving", str(saving.year), saving.status, saving.source)


def _rows(model: CaseModel) -> Iterator[Figure]:
    for row in model.rows:
        yield Figure("consequence", row.consequence.price_id, row.consequence.status, row.consequence.source)
        yield Figure("price", row.price.price_id, row.price.status, row.price.source)


def _rules(model: CaseModel) -> Iterator[Figure]:
    used = {row.price.rule.rule_id for row in model.rows if row.price.rule is not None}
    for rule_id in sorted(used):
        versions = [rule for rule in model.knowledge.published.rules if rule.rule_id == rule_id]
        versions.sort(key=lambda rule: rule.valid_from)
        counted = {
            one.valid_from: one for year in model.years for one, _ in in_force(versions, year) if one is not None
        }
        for start, rule in counted.items():
            yield Figure("rule", f"{rule_id} {start}", rule.status, rule.source)


def _index_points(model: CaseModel) -> Iterator[Figure]:
    inputs, knowledge = model.inputs, model.knowledge
    level = knowledge.level(inputs.settings)
    rules = knowledge.published.rules
    typed = [row.price_year for row in inputs.costs] + [row.price_year for row in inputs.transfers]
    typed += [row.price_year for row in inputs.savings]
    moves: list[tuple[IndexFamily, int | None, int | None]] = [("services", year, level) for year in typed]
    for row in model.rows:
        moves.append((row.price.index_family, row.price.price_year, level))
        if row.price.rule is not None:
            versions = [rule.level_year for rule in rules if rule.rule_id == row.price.rule.rule_id]
            moves += [(row.price.index_family, row.price.price_year, year) for year in versions]
    used = {
        (knowledge.index(family, inputs.settings)[0], year)
        for family, start, end in moves
        if start is not None and end is not None and start != end
        for year in (start, end)
    }
    for point in knowledge.published.indices if used else ():
        if (point.series, point.year) in used:
            yield Figure("index", f"{point.series} {point.year}", point.status, point.source)
