"""What a figure is computed from: price rows, index points, payer rules, rates, settings and events."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from services.som.events import Behind, IndexFamily, Price, SuccessRate
from services.som.explain.node import Node, plain
from services.som.model import ENGINE_VERSION, CaseModel
from services.som.model.figures import least_sure
from services.som.model.payers import in_force


def price_note(model: CaseModel, price: Price, years: Sequence[int]) -> Node:
    """A price row with the index points that bring it to the price level, and the rules that share it in `years`."""
    level = model.knowledge.level(model.inputs.settings)
    children = (*index_notes(model, price.index_family, price.price_year, level), *_rules(model, price, years))
    return Node(
        kind="price",
        label=price.price_id,
        text=plain(price.amount_dkk),
        source=price.source,
        status=least_sure([price.status, *(one.status for one in children if one.status is not None)]),
        children=children,
    )


def index_notes(model: CaseModel, family: IndexFamily, start: int | None, level: int) -> tuple[Node, ...]:
    """The two points of the index series between two price years; none when they are one, or the amount is nominal."""
    if start is None or start == level:
        return ()
    series = model.knowledge.index(family, model.inputs.settings)[0]
    points = {row.year: row for row in model.knowledge.published.indices if row.series == series}
    return tuple(
        Node(
            kind="index_point",
            label=f"{series} {year}",
            text=plain(points[year].value),
            source=points[year].source or None,
            status=points[year].status,
        )
        for year in (level, start)
    )


def input_notes(model: CaseModel, behind: Sequence[Behind]) -> Node:
    """The success rate with its sources, the completers, the settings that are not SØM's, and the events behind."""
    inputs = model.inputs
    children = [] if inputs.success_rate is None else [_success_rate(inputs.success_rate)]
    children += [
        Node(kind="cohort_input", label=str(row.year), text=_people(row.completers, row.starters))
        for row in inputs.cohorts
    ]
    chosen = inputs.settings.model_dump(mode="json", exclude_defaults=True)
    children += [Node(kind="setting", label=name, text=str(value)) for name, value in chosen.items()]
    children += [
        Node(kind="events", label=one.input, text=f"{one.first}–{one.last} ({one.events})", source=one.service)
        for one in behind
    ]
    statuses = [one.status for one in children if one.status is not None]
    label = f"{inputs.target_group} / {inputs.success_measure}"
    status = least_sure(statuses) if statuses else None
    return Node(kind="inputs", label=label, children=tuple(children), status=status)


def knowledge_notes(model: CaseModel) -> Node:
    """The version of the knowledge base, the engine, the price level, and the discount rates that were in force."""
    published, inputs = model.knowledge.published, model.inputs
    start = max(row.decided_from for row in published.discount_rates if row.decided_from <= inputs.decision_date)
    furthest = max((year - inputs.decision_date.year for year in model.years), default=0) + 1
    rates = [
        Node(
            kind="discount_rate",
            label=f"{row.from_year}–{'' if row.to_year is None else row.to_year}",
            text=plain(row.rate),
            source=start.isoformat(),
        )
        for row in published.discount_rates
        if row.decided_from == start and row.from_year <= furthest
    ]
    settings = {
        "engine_version": ENGINE_VERSION,
        "price_level_year": str(model.knowledge.level(inputs.settings)),
        "timing": inputs.settings.timing,
        "decision_date": inputs.decision_date.isoformat(),
    }
    chosen = [Node(kind="setting", label=name, text=value) for name, value in settings.items()]
    label = f"{published.pricebook} {published.version_label}"
    return Node(kind="knowledge", label=label, children=(*chosen, *rates))


def _success_rate(rate: SuccessRate) -> Node:
    sources = [
        Node(
            kind="rate_source",
            label=one.name,
            text=_interval(one.rate, one.low, one.high),
            source=f"{one.origin}, {plain(one.weight)}",
        )
        for one in rate.sources
    ]
    sources += [Node(kind="follow_up", label=str(one.months), text=plain(one.share_left)) for one in rate.follow_ups]
    return Node(
        kind="success_rate",
        label=rate.name,
        text=_interval(rate.rate, rate.low, rate.high),
        source=rate.origin,
        status=rate.status,
        children=tuple(sources),
    )


def _rules(model: CaseModel, price: Price, years: Sequence[int]) -> tuple[Node, ...]:
    """The versions of the price's payer rule in force in some year, each with the index points to its own level."""
    if price.rule is None:
        return ()
    versions = [one for one in model.knowledge.published.rules if one.rule_id == price.rule.rule_id]
    versions.sort(key=lambda one: one.valid_from)
    used = {one.valid_from: one for year in years for one, _ in in_force(versions, year) if one is not None}
    found = []
    for start, rule in sorted(used.items()):
        to_level: tuple[Node, ...] = ()
        if rule.level_year is not None:
            to_level = index_notes(model, price.index_family, price.price_year, rule.level_year)
        found.append(
            Node(
                kind="rule",
                label=f"{rule.rule_id} {start.isoformat()}",
                text=rule.law,
                source=rule.source,
                status=rule.status,
                children=to_level,
            )
        )
    return tuple(found)


def _interval(rate: Decimal, low: Decimal | None, high: Decimal | None) -> str:
    return plain(rate) if low is None or high is None else f"{plain(rate)} [{plain(low)}; {plain(high)}]"


def _people(completers: int, starters: int | None) -> str:
    return str(completers) if starters is None else f"{completers} / {starters}"
