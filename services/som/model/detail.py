"""A case's whole result: by payer, year, category and committee, per completer and success, who pays and who gains.

Every part adds up to its total in whole øre. The totals are those of the projection (`net` of each year and payer,
the net present value of each payer); what they are made of is rounded so that it adds up to them, which moves a figure
at most an øre or so from its own nearest (`rounding.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import numpy as np

from services.som.events import PAYERS, STATUSES, CaseInputs, PayerAmounts, Status
from services.som.model.compiled import (
    ENGINE_VERSION,
    CaseModel,
    added,
    compile_case,
    completers,
    savings,
    transfers,
)
from services.som.model.detail_values import (
    LINE_KINDS,
    Amounts,
    Detail,
    DetailYear,
    FigureGroup,
    Line,
    LineKind,
    PerPerson,
)
from services.som.model.figures import Figure, figures, gain_status, least_sure
from services.som.model.flows import flow_matrix
from services.som.model.knowledge_base import Floats, KnowledgeBase
from services.som.model.projection import Projection, break_even_year, per_person, projection_of
from services.som.model.rounding import whole_parts

__all__ = ["Detail", "detail"]


class _Group(NamedTuple):
    """Something that parts are counted under: its values undiscounted (Y, 3) and its status."""

    name: str
    values: Floats
    status: Status


class _Parts(NamedTuple):
    """The four parts of a net result in whole øre, signed as they count in it: (4, Y, 3), and discounted (4, 3)."""

    by_year: list[list[list[int]]]
    discounted: list[list[int]]


def detail(inputs: CaseInputs, knowledge: KnowledgeBase) -> Detail:
    """The whole result of a case from its inputs and a knowledge base. Raises Rejected as `compile_case` does."""
    model = compile_case(inputs, knowledge)
    projection = projection_of(model)
    parts = _parts(model, projection)
    years = _years(model, projection, parts)
    people = sum(number for _, number in completers(inputs))
    nets = (sum(row.amounts.net.total for row in years), projection.net_present_value.total)
    used = figures(model)
    discounted = _amounts(parts.discounted)
    return Detail(
        engine_version=ENGINE_VERSION,
        price_level_year=knowledge.level(inputs.settings),
        undiscounted=_amounts([_summed(part) for part in parts.by_year]),
        discounted=discounted,
        years=years,
        categories=_categories(model, parts),
        committees=_committees(model, parts),
        per_completer=_per_person(people, nets),
        per_success=_per_person(model.rate * people, nets),
        break_even_year=projection.break_even_year,
        discounted_break_even_year=break_even_year(model.years, [row.discounted.total for row in years], inputs.costs),
        break_even_rate=projection.break_even_rate,
        benefit_cost_ratio=projection.benefit_cost_ratio,
        flows=flow_matrix(discounted.costs, discounted.transfers, discounted.savings, discounted.gains),
        faded=_faded(inputs, knowledge),
        status=projection.status,
        statuses=_counts(used),
        figures=_figure_groups(used),
    )


def _faded(inputs: CaseInputs, knowledge: KnowledgeBase) -> Projection | None:
    if inputs.success_rate is None or not inputs.success_rate.follow_ups:
        return None
    return projection_of(compile_case(inputs, knowledge, faded=True))


def _parts(model: CaseModel, projection: Projection) -> _Parts:
    inputs, knowledge, years = model.inputs, model.knowledge, model.years
    exact = (-added(model.costs), transfers(inputs, knowledge, years), savings(inputs, knowledge, years), model.gains())
    by_year = [[[0, 0, 0] for _ in years] for _ in exact]
    for y, row in enumerate(projection.years):
        for a, payer in enumerate(PAYERS):
            cells = whole_parts(getattr(row.net, payer), [float(part[y, a]) for part in exact])
            for part, cell in enumerate(cells):
                by_year[part][y][a] = cell
    return _Parts(by_year, _shared(_listed(projection.net_present_value), [model.discounted(part) for part in exact]))


def _years(model: CaseModel, projection: Projection, parts: _Parts) -> tuple[DetailYear, ...]:
    discounted = _shared(_listed(projection.net_present_value), list(model.net() * model.weights[:, np.newaxis]))
    running, running_discounted = [0, 0, 0], [0, 0, 0]
    found = []
    for y, row in enumerate(projection.years):
        running = [before + now for before, now in zip(running, _listed(row.net), strict=True)]
        running_discounted = [before + now for before, now in zip(running_discounted, discounted[y], strict=True)]
        found.append(
            DetailYear(
                year=row.year,
                discount_factor=row.discount_factor,
                amounts=_amounts([part[y] for part in parts.by_year]),
                discounted=_payers(discounted[y]),
                cumulative=_payers(running),
                cumulative_discounted=_payers(running_discounted),
            )
        )
    return tuple(found)


def _categories(model: CaseModel, parts: _Parts) -> tuple[Line, ...]:
    """By kind of cost, transfers, savings, and SØM's main areas."""
    kinds = sorted({line.kind for line in model.inputs.costs})
    costs = [
        _Group(
            kind,
            -added(model.costs[[line.kind == kind for line in model.inputs.costs]]),
            least_sure(line.status for line in model.inputs.costs if line.kind == kind),
        )
        for kind in kinds
    ]
    return (*_lines(model, parts, "cost", costs), *_between(model, parts), *_gains(model, parts, "area"))


def _committees(model: CaseModel, parts: _Parts) -> tuple[Line, ...]:
    """By a municipality's committee; costs, transfers and savings belong to none."""
    status = least_sure(line.status for line in model.inputs.costs)
    costs = [_Group("", -added(model.costs), status)] if model.inputs.costs else []
    return (*_lines(model, parts, "cost", costs), *_between(model, parts), *_gains(model, parts, "committee"))


def _between(model: CaseModel, parts: _Parts) -> Iterable[Line]:
    inputs, knowledge, years = model.inputs, model.knowledge, model.years
    if inputs.transfers:
        group = _Group("", transfers(inputs, knowledge, years), "official")
        yield from _lines(model, parts, "transfer", [group])
    if inputs.savings:
        status = least_sure(row.status for row in inputs.savings)
        yield from _lines(model, parts, "saving", [_Group("", savings(inputs, knowledge, years), status)])


def _gains(model: CaseModel, parts: _Parts, by: Literal["area", "committee"]) -> list[Line]:
    names = [getattr(row.price, by) or "" for row in model.rows]
    groups = []
    for name in sorted(set(names)):
        mine = [place for place, one in enumerate(names) if one == name]
        groups.append(_Group(name, model.rate * added(model.unit[mine]), gain_status(model, mine)))
    return _lines(model, parts, "gain", groups)


def _lines(model: CaseModel, parts: _Parts, kind: LineKind, groups: Sequence[_Group]) -> list[Line]:
    """The groups that one of the four parts falls into, adding up to it in every year and discounted."""
    part = LINE_KINDS.index(kind)
    discounted = _shared(parts.discounted[part], [model.discounted(group.values) for group in groups])
    by_year = [_shared(total, [group.values[y] for group in groups]) for y, total in enumerate(parts.by_year[part])]
    return [
        Line(
            kind=kind,
            name=group.name,
            status=group.status,
            undiscounted=_payers(_summed([cells[place] for cells in by_year])),
            discounted=_payers(discounted[place]),
            by_year=tuple(_payers(cells[place]) for cells in by_year),
        )
        for place, group in enumerate(groups)
    ]


def _shared(totals: Sequence[int], parts: Sequence[Floats]) -> list[list[int]]:
    """Parts (n, 3) in whole øre that add up, payer by payer, to `totals` (3,)."""
    columns = [whole_parts(total, [float(part[a]) for part in parts]) for a, total in enumerate(totals)]
    return [list(row) for row in zip(*columns, strict=True)]


def _summed(rows: Sequence[Sequence[int]]) -> list[int]:
    return [sum(row[a] for row in rows) for a in range(len(PAYERS))]


def _listed(amounts: PayerAmounts) -> list[int]:
    return [amounts.kommune, amounts.region, amounts.stat]


def _payers(amounts: Sequence[int]) -> PayerAmounts:
    kommune, region, stat = amounts
    return PayerAmounts(kommune=kommune, region=region, stat=stat)


def _amounts(signed: Sequence[Sequence[int]]) -> Amounts:
    """The four parts (4, 3), signed as they count in the net result, and that."""
    costs, received, saved, gained = signed
    return Amounts(
        costs=_payers([-amount for amount in costs]),
        transfers=_payers(received),
        savings=_payers(saved),
        gains=_payers(gained),
        net=_payers(_summed(signed)),
    )


def _per_person(people: float, nets: tuple[int, int]) -> PerPerson:
    undiscounted, discounted = (per_person(net, people) for net in nets)
    return PerPerson(people=Decimal(f"{people:.6f}") + 0, undiscounted=undiscounted, discounted=discounted)


def _counts(used: Sequence[Figure]) -> dict[Status, int]:
    found = Counter(figure.status for figure in used)
    return {status: found[status] for status in STATUSES if found[status]}


def _figure_groups(used: Sequence[Figure]) -> tuple[FigureGroup, ...]:
    groups = []
    for kind in dict.fromkeys(figure.kind for figure in used):
        mine = [figure for figure in used if figure.kind == kind]
        groups.append(FigureGroup(kind=kind, status=least_sure(one.status for one in mine), counts=_counts(mine)))
    return tuple(groups)
