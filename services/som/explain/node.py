"""The nodes of the tree, and how a tree of exact amounts becomes one of whole øre that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import Field

from services.som.events import Status
from services.som.model.figures import least_sure
from services.som.model.rounding import whole_parts
from shared.kernel.messages import Value

NodeKind = Literal[
    "net_result", "payer", "costs", "transfers", "savings", "gains", "cost", "transfer", "saving", "consequence",
    "cohort", "year", "change", "price", "index_point", "rule", "inputs", "success_rate", "rate_source", "follow_up",
    "cohort_input", "knowledge", "discount_rate", "setting", "events",
]  # fmt: skip


class Node(Value):
    """A node of the tree. One with an amount (øre, discounted; positive is a gain) has children with amounts that add
    up to it; beside them stand nodes without an amount: what the figure was computed from.

    `label` names the thing. `text` is its figure, a plain number where it is one. `factors` multiply to the amount in
    kroner (but for its rounding). `status` is that of the least sure figure below, None where there is none.
    """

    kind: NodeKind
    label: str
    amount_oere: int | None = None
    factors: dict[str, Decimal] = Field(default_factory=dict)
    text: str | None = None
    source: str | None = None
    status: Status | None = None
    children: tuple[Node, ...] = ()


@dataclass
class Branch:
    """A node to be: its `exact` amount in øre, the branches that it is the sum of, and the notes beside them."""

    kind: NodeKind
    label: str
    exact: float
    factors: Mapping[str, float] = field(default_factory=dict)
    source: str | None = None
    status: Status | None = None
    branches: Sequence[Branch] = ()
    notes: Sequence[Node] = ()


def settled(branch: Branch, amount_oere: int) -> Node:
    """The branch as a node of a whole amount, its branches' amounts adding up to it (largest remainder)."""
    amounts = whole_parts(amount_oere, [one.exact for one in branch.branches]) if branch.branches else []
    children = [settled(one, amount) for one, amount in zip(branch.branches, amounts, strict=True)]
    below = [one.status for one in (*children, *branch.notes) if one.status is not None]
    if branch.status is not None:
        below.append(branch.status)
    return Node(
        kind=branch.kind,
        label=branch.label,
        amount_oere=amount_oere,
        factors={name: decimal(value) for name, value in branch.factors.items()},
        source=branch.source,
        status=least_sure(below) if below else None,
        children=(*children, *branch.notes),
    )


def decimal(value: float) -> Decimal:
    """A float as a decimal of the fifteen digits that it holds."""
    return Decimal(plain(Decimal(f"{value:.15g}")))


def plain(value: Decimal) -> str:
    """A decimal without exponent and without noughts at its end."""
    return f"{value.normalize() + 0:f}"
