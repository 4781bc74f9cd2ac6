"""A cost plan as a case's inputs."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from services.som.cost_builder.flows import costs, saved
from services.som.cost_builder.plan import CostPlan
from services.som.cost_builder.volumes import BASE, everything, volumes
from services.som.events import Cohort, CostLine, Saving, Transfer


class CaseCosts(NamedTuple):
    """What a plan gives to a case, in whole øre: fields of `CaseInputs` by the same names."""

    costs: tuple[CostLine, ...]
    transfers: tuple[Transfer, ...]
    savings: tuple[Saving, ...]
    cohorts: tuple[Cohort, ...]


def case_costs(plan: CostPlan) -> CaseCosts:
    """The plan's cost lines, grants, saved costs and cohorts.

    A line's low and high are those of its wage or price, at the plan's own numbers of people; a cohort's are those of
    completion, caseload and group size. Amounts stay in their own price year: the case brings them to its price level.
    """
    people = volumes(plan, BASE)
    return CaseCosts(
        costs=_lines(plan),
        transfers=tuple(
            Transfer(
                year=one.year,
                payer_from=one.payer_from,
                payer_to=one.payer_to,
                amount_oere=in_oere(one.amount_dkk),
                price_year=one.price_year,
                source=f"{plan.source} ({one.name})"[:500],
            )
            for one in plan.grants
        ),
        savings=tuple(
            Saving(
                year=flow.year,
                payer=flow.payer,
                amount_oere=in_oere(flow.amount_dkk),
                price_year=flow.price_year,
                status=flow.status,
                source=flow.source,
            )
            for flow in saved(plan, people)
            if flow.amount_dkk
        ),
        cohorts=_cohorts(plan),
    )


def in_oere(kroner: Decimal) -> int:
    """Kroner as whole øre, half to even."""
    return int((kroner * 100).to_integral_value(ROUND_HALF_EVEN))


def _lines(plan: CostPlan) -> tuple[CostLine, ...]:
    people = volumes(plan, BASE)
    base, cheap, dear = (list(costs(plan, everything(level), people)) for level in ("base", "cheap", "dear"))
    found = []
    for flow, one, other in zip(base, cheap, dear, strict=True):
        low, high = sorted((in_oere(one.amount_dkk), in_oere(other.amount_dkk)))
        known = low != high
        if flow.amount_dkk or known:
            found.append(
                CostLine(
                    kind=flow.kind,
                    year=flow.year,
                    payer=flow.payer,
                    amount_oere=in_oere(flow.amount_dkk),
                    low_oere=low if known else None,
                    high_oere=high if known else None,
                    price_year=flow.price_year,
                    overhead=flow.overhead,
                    status=flow.status,
                    source=flow.source,
                )
            )
    return tuple(found)


def _cohorts(plan: CostPlan) -> tuple[Cohort, ...]:
    base, cheap, dear = (volumes(plan, everything(level)) for level in ("base", "cheap", "dear"))
    return tuple(
        Cohort(
            year=year,
            completers=base.completers[place],
            starters=base.starters[place],
            low=min(cheap.completers[place], dear.completers[place]) if cheap.completers != dear.completers else None,
            high=max(cheap.completers[place], dear.completers[place]) if cheap.completers != dear.completers else None,
        )
        for place, year in enumerate(plan.operation)
    )
