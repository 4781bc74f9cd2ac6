"""The net result as a tree: payer, then costs, transfers, savings and gains, then line or consequence, cohort, year.

A gain is, in kroner,

    completers · success rate · saved use · price at the level · share · effect · discount factor

where saved use is minus the change in use (docs/som-formulas.md); a line is amount · (1 + overhead) · index ·
discount factor.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.som.events import PAYERS, Behind, CaseInputs, CostLine, Payer, Saving, Transfer
from services.som.explain.node import Branch, Node, NodeKind, plain, settled
from services.som.explain.notes import index_notes, input_notes, knowledge_notes, price_note
from services.som.model import CaseModel, KnowledgeBase, compile_case
from services.som.model.compiled import completers, payers_oere
from services.som.model.effect import effect_shape
from services.som.model.knowledge_base import Row

__all__ = ["Node", "explain"]


def explain(inputs: CaseInputs, knowledge: KnowledgeBase, behind: Sequence[Behind] = ()) -> Node:
    """The net present value of all payers as a tree in whole øre; every node's parts add up to it exactly.

    Beside the payers stand the inputs, with the events `behind` them, and the version of the knowledge base. Raises
    Rejected as `compile_case` does.
    """
    model = compile_case(inputs, knowledge)
    values = model.net_present_value()
    payers = [_payer(model, payer, float(value)) for payer, value in zip(PAYERS, values, strict=True)]
    root = Branch(
        kind="net_result",
        label="",
        exact=float(sum(one.exact for one in payers)),
        branches=payers,
        notes=(input_notes(model, behind), knowledge_notes(model)),
    )
    return settled(root, payers_oere(values).total)


def _payer(model: CaseModel, payer: Payer, exact: float) -> Branch:
    inputs = model.inputs
    parts = {
        "costs": [_line(model, row, "cost", -1) for row in inputs.costs if row.payer == payer],
        "transfers": [
            _line(model, row, "transfer", 1 if row.payer_to == payer else -1)
            for row in inputs.transfers
            if payer in (row.payer_from, row.payer_to) and row.payer_from != row.payer_to
        ],
        "savings": [_line(model, row, "saving", 1) for row in inputs.savings if row.payer == payer],
        "gains": [found for j in range(len(model.rows)) if (found := _consequence(model, j, payer)) is not None],
    }
    kinds: tuple[NodeKind, ...] = ("costs", "transfers", "savings", "gains")
    branches = [
        Branch(kind=kind, label="", exact=sum(one.exact for one in parts[kind]), branches=parts[kind])
        for kind in kinds
        if parts[kind]
    ]
    return Branch(kind="payer", label=payer, exact=exact, branches=branches)


def _line(model: CaseModel, row: CostLine | Transfer | Saving, kind: NodeKind, sign: int) -> Branch:
    """A cost, a grant or a saved cost, discounted."""
    settings = model.inputs.settings
    level = model.knowledge.level(settings)
    factors = {"amount_dkk": sign * row.amount_oere / 100}
    label = f"{row.payer_from} → {row.payer_to} {row.year}" if isinstance(row, Transfer) else str(row.year)
    if isinstance(row, CostLine):
        label = f"{row.kind} {row.year}"
        factors["with_overhead"] = 1.0 + float(row.overhead)
    nominal = row.amount_oere / 100 * factors.get("with_overhead", 1.0)
    moved = nominal
    if row.price_year is not None and row.price_year != level:
        moved = model.knowledge.at_level(nominal, row.price_year, level, "services", settings)
        factors["index"] = moved / nominal if nominal else 1.0
    weight = float(model.weights[row.year - model.years[0]])
    return Branch(
        kind=kind,
        label=label,
        exact=sign * 100.0 * moved * weight,
        factors=factors | {"discount_factor": weight},
        source=row.source,
        status=None if isinstance(row, Transfer) else row.status,
        notes=index_notes(model, "services", row.price_year, level),
    )


def _consequence(model: CaseModel, place: int, payer: Payer) -> Branch | None:
    """What one consequence is worth to a payer; None where the payer never bears any of its price."""
    row = model.rows[place]
    cohorts = [_cohort(model, row, payer, year, people) for year, people in completers(model.inputs)]
    found = [one for one in cohorts if one.branches]
    if not found and not _bears(model, row, payer):
        return None
    rate = model.inputs.success_rate
    return Branch(
        kind="consequence",
        label=row.price.service,
        exact=sum(one.exact for one in found),
        status=None if rate is None else rate.status,
        branches=found,
        notes=(_change(row), price_note(model, row.price, model.years)),
    )


def _cohort(model: CaseModel, row: Row, payer: Payer, start: int, people: float) -> Branch:
    """What those who complete in a year bring a payer by one consequence, year by year."""
    settings = model.inputs.settings
    years = []
    for t, effect in enumerate(effect_shape(settings, len(row.change))):
        weight = float(model.weights[start + t - model.years[0]])
        share = model.knowledge.shares(row.price, settings, start + t, t)[PAYERS.index(payer)]
        factors = {
            "completers": people,
            "success_rate": model.rate,
            "saved_use": -float(row.change[t]),
            "price_dkk": row.unit_oere / 100,
            "share": share,
            "effect": effect,
            "discount_factor": weight,
        }
        if not (people and row.change[t] and share):
            continue
        exact = 100.0
        for factor in factors.values():
            exact *= factor
        years.append(Branch(kind="year", label=f"{start + t} (t = {t})", exact=exact, factors=factors))
    return Branch(kind="cohort", label=str(start), exact=sum(one.exact for one in years), branches=years)


def _bears(model: CaseModel, row: Row, payer: Payer) -> bool:
    """Whether a payer bears any of a price at all, where no year of it counts anything."""
    settings, year = model.inputs.settings, model.inputs.decision_date.year
    return model.knowledge.shares(row.price, settings, year, 0)[PAYERS.index(payer)] != 0


def _change(row: Row) -> Node:
    known = row.consequence
    return Node(
        kind="change",
        label=f"{known.target_group} / {known.success_measure} / {known.price_id}",
        text="; ".join(plain(one) for one in known.change_per_success[: len(row.change)]),
        source=known.source,
        status=known.status,
    )
