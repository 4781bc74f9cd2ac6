"""Why a projection changed: the difference between two net present values, split over the inputs that moved.

Inputs are taken together in groups (`GROUPS`). A group's contribution is its Shapley value: what moving it adds, on
average over every order in which the groups that differ could have been moved. It depends on no order, two groups that
do the same get the same, one that does nothing gets nothing, and together they are the whole difference. Source:
Shapley (1953); as a decomposition of change Shorrocks (2013).

Every contribution is whole øre and they add up exactly, by payer: each is rounded down, and the øre that are then over
go to those with the largest remainders, the first group first among equals.

Between the two a mixture may ask for what only one side knows. A price or an index point that a mixture lacks is taken
from the other side. Where a mixture can still not be computed (a horizon beyond the old consequences), what the
knowledge base and the settings moved is told as one contribution, and if need be everything as one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from math import factorial, floor
from typing import Any, NamedTuple, TypeVar

from services.som.events import PAYERS, CaseInputs, Contribution, IndexValue, PayerAmounts, Price
from services.som.model import KnowledgeBase, compile_case
from services.som.model.compiled import payers_oere
from services.som.model.knowledge_base import Floats
from shared.kernel.rejection import Rejected

Row = TypeVar("Row")


class Computation(NamedTuple):
    """What a projection was computed from. `published`: the net present value it was published with, where it may have
    been computed by another version of the engine."""

    inputs: CaseInputs
    knowledge: KnowledgeBase
    published: PayerAmounts | None = None


class Group(NamedTuple):
    """Inputs that are moved together: fields of the case, of its settings and of the knowledge base."""

    inputs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()


GROUPS: dict[str, Group] = {
    "success_rate": Group(inputs=("success_rate",)),
    "costs": Group(inputs=("costs", "transfers", "savings")),
    "completers": Group(inputs=("cohorts",), settings=("drop_out",)),
    "prices": Group(inputs=("own_prices",), knowledge=("prices", "rules")),
    "consequences": Group(inputs=("target_group", "success_measure", "own_consequences"), knowledge=("consequences",)),
    "indices": Group(
        settings=("price_level_year", "indexation"),
        knowledge=("price_level_year", "index_series", "indexed_by", "indices"),
    ),
    "discounting": Group(inputs=("decision_date",), settings=("timing",), knowledge=("discount_rates",)),
    "settings": Group(settings=("horizon", "include", "phase_in", "fade_out", "relapse", "displacement")),
}
"""The names that contributions bear, and what each is made of. `engine` is told apart: it is no input."""

KNOWLEDGE = ("prices", "consequences", "indices", "discounting", "settings")
"""Groups that may not be separable; together they are `knowledge`."""


Part = tuple[str, frozenset[str]]
"""A contribution's name and the groups in it."""


def attribute(before: Computation, after: Computation) -> tuple[Contribution, ...]:
    """What each group of inputs moved the net present value by, largest first; what moved nothing is left out.

    By payer the contributions add up exactly to the difference between the two net present values in whole øre. Where
    `before.published` is not what this engine gives for the same inputs, the difference is the contribution `engine`.
    Raises Rejected as `compile_case` does when `before` or `after` itself cannot be computed.
    """
    found: dict[str, tuple[int, ...]] = {}
    if before.published is not None:
        computed = payers_oere(_value(before.inputs, before.knowledge))
        found["engine"] = _difference(before.published, computed)
    for parts in _partitions(_moved(before, after)):
        try:
            found |= _split(before, after, parts)
            break
        except Rejected:
            if len(parts) == 1:
                raise
    names = sorted((name for name in found if any(found[name])), key=lambda name: -sum(map(abs, found[name])))
    return tuple(
        Contribution(input=name, amount=PayerAmounts(**dict(zip(PAYERS, found[name], strict=True)))) for name in names
    )


def _moved(before: Computation, after: Computation) -> list[str]:
    """The groups that differ, in the order of `GROUPS`."""
    known = _knowledge_moved(before.knowledge, after.knowledge)
    return [
        name
        for name, group in GROUPS.items()
        if name in known
        or any(getattr(before.inputs, field) != getattr(after.inputs, field) for field in group.inputs)
        or any(
            getattr(before.inputs.settings, field) != getattr(after.inputs.settings, field) for field in group.settings
        )
    ]


def _partitions(moved: Sequence[str]) -> list[list[Part]]:
    """How the groups may be told, the finest first: each alone; the knowledge base's as one; all as one."""
    alone = [(name, frozenset((name,))) for name in moved]
    together = [part for part in alone if part[0] not in KNOWLEDGE]
    merged = frozenset(name for name in moved if name in KNOWLEDGE)
    found = [alone] if alone else []
    if len(merged) > 1:
        found.append([*together, ("knowledge", merged)])
    if len(found[-1] if found else []) > 1:
        found.append([("everything", frozenset(moved))])
    return found


def _split(before: Computation, after: Computation, parts: Sequence[Part]) -> dict[str, tuple[int, ...]]:
    """The Shapley value of each part by payer, in whole øre that add up exactly."""
    count = len(parts)
    values = []
    for mask in range(2**count):
        groups: frozenset[str] = frozenset()
        for place, (_, names) in enumerate(parts):
            groups |= names if mask >> place & 1 else frozenset()
        whole = mask in (0, 2**count - 1)
        end = after if mask else before
        values.append(_value(end.inputs, end.knowledge) if whole else _value(*_mixed(before, after, groups)))
    shares = [[0.0, 0.0, 0.0] for _ in parts]
    for mask in range(2**count):
        size = mask.bit_count()
        for place in range(count):
            if mask >> place & 1:
                continue
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for payer in range(3):
                shares[place][payer] += weight * float(values[mask | 1 << place][payer] - values[mask][payer])
    difference = _difference(payers_oere(values[0]), payers_oere(values[-1]))
    columns = [whole_shares([row[payer] for row in shares], difference[payer]) for payer in range(3)]
    return {name: tuple(column[place] for column in columns) for place, (name, _) in enumerate(parts)}


def whole_shares(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers as near the shares as may be that add up to `total`: rounded down, the rest to the largest
    remainders. The shares add up to `total` but for its rounding."""
    found = [floor(share) for share in shares]
    order = sorted(range(len(shares)), key=lambda place: found[place] - shares[place])
    # Over is less than one for each, but for the last bits of large numbers.
    each, rest = divmod(total - sum(found), len(found))
    return [whole + each + (place in order[:rest]) for place, whole in enumerate(found)]


def _mixed(before: Computation, after: Computation, moved: frozenset[str]) -> tuple[CaseInputs, KnowledgeBase]:
    """The inputs and the knowledge base with the `moved` groups as after and all others as before."""
    known = frozenset(_knowledge_moved(before.knowledge, after.knowledge))
    if before.knowledge is after.knowledge:
        knowledge = after.knowledge
    else:
        knowledge = _mixed_knowledge(before.knowledge, after.knowledge, moved & known)
    fields: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for name, group in GROUPS.items():
        source = (after if name in moved else before).inputs
        fields |= {field: getattr(source, field) for field in group.inputs}
        settings |= {field: getattr(source.settings, field) for field in group.settings}
    this, other = (after, before) if "prices" in moved else (before, after)
    known_prices = {price.price_id for price in this.inputs.own_prices} | set(knowledge.prices)
    lacking = (price for price in other.inputs.own_prices if price.price_id not in known_prices)
    fields["own_prices"] = (*this.inputs.own_prices, *lacking)
    fields["settings"] = after.inputs.settings.model_copy(update=settings)
    return after.inputs.model_copy(update=fields), knowledge


@lru_cache(maxsize=32)
def _knowledge_moved(before: KnowledgeBase, after: KnowledgeBase) -> tuple[str, ...]:
    """The groups in which two knowledge bases differ."""
    if before is after:
        return ()
    return tuple(
        name
        for name, group in GROUPS.items()
        if any(getattr(before.published, field) != getattr(after.published, field) for field in group.knowledge)
    )


@lru_cache(maxsize=32)
def _mixed_knowledge(before: KnowledgeBase, after: KnowledgeBase, moved: frozenset[str]) -> KnowledgeBase:
    """A knowledge base with the `moved` groups as after, and the prices and index points it lacks of the other side."""
    if moved == frozenset(_knowledge_moved(before, after)):
        return after
    fields: dict[str, Any] = {}
    for name, group in GROUPS.items():
        this, other = (after, before) if name in moved else (before, after)
        fields |= {field: getattr(this.published, field) for field in group.knowledge}
        if name == "prices":
            fields["prices"] = _filled_up(this.published.prices, other.published.prices, _price_id)
        if name == "indices":
            fields["indices"] = _filled_up(this.published.indices, other.published.indices, _index_point)
    return KnowledgeBase(after.published.model_copy(update=fields))


def _filled_up(this: Sequence[Row], other: Sequence[Row], key: Callable[[Row], Hashable]) -> tuple[Row, ...]:
    known = {key(row) for row in this}
    return (*this, *(row for row in other if key(row) not in known))


def _price_id(price: Price) -> str:
    return price.price_id


def _index_point(row: IndexValue) -> tuple[str, int]:
    return row.series, row.year


def _value(inputs: CaseInputs, knowledge: KnowledgeBase) -> Floats:
    return compile_case(inputs, knowledge).net_present_value()


def _difference(before: PayerAmounts, after: PayerAmounts) -> tuple[int, ...]:
    return tuple(getattr(after, payer) - getattr(before, payer) for payer in PAYERS)
