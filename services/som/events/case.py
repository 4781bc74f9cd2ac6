"""A live case, opened by an award and computed anew when an input changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from services.som.events.inputs import (
    Behind,
    CaseInputs,
    Cohort,
    Contribution,
    CostLine,
    PayerAmounts,
    Probabilities,
    Saving,
    Settings,
    Spread,
    SuccessRate,
    YearResult,
)
from services.som.events.values import Consequence, Price, Status
from shared.kernel.messages import Event

RateChoice = Literal["auto", "trial", "evidence", "typed", "pooled"]


class CaseOpened(Event, type="som.case_opened", stream="case-{initiative}.{municipality}"):
    """An award made a business case for an initiative in a municipality; `decision_date` selects the discount table."""

    initiative: str
    municipality: str
    decision_date: date
    effective_on: date


class CaseAdjusted(Event, type="som.case_adjusted", stream="case-{initiative}.{municipality}"):
    """An economist chose how a live case is computed, and what the other services cannot tell it.

    `rate_choice` auto: the trial's once it is large enough, else the evidence's. `cohorts`, where given, take the place
    of those counted; `costs` and `savings` come on top of the grant's.
    """

    initiative: str
    municipality: str
    settings: Settings
    rate_choice: RateChoice
    typed_rate: SuccessRate | None
    cohorts: tuple[Cohort, ...]
    costs: tuple[CostLine, ...]
    savings: tuple[Saving, ...]
    own_prices: tuple[Price, ...]
    own_consequences: tuple[Consequence, ...]
    reason: str
    effective_on: date


class ProjectionRecalculated(
    Event, type="som.projection_recalculated", stream="case-{initiative}.{municipality}", schema_version=2
):
    """A case's projection, computed anew because an input changed.

    It names what it was computed from: the inputs, the knowledge base's version, the engine's version, the events
    behind the inputs and the positions reached in the services listened to. `net_present_value` is per payer;
    `faded_net_present_value` the same with the effect fading as the evidence's later follow-ups have it, None without
    any. `break_even_year` is the first calendar year in which the cumulative undiscounted total is not negative, None
    if never within the horizon; `break_even_rate` the success rate at which the net present value is nought, None where
    no rate does that. `status` is that of the least sure figure, `used` the rows of the knowledge base
    (`price:shelter`, `index:nettoprisindeks 2018`). `changed` adds up to the difference from the projection before,
    which is empty the first time.
    """

    initiative: str
    municipality: str
    inputs: CaseInputs
    pricebook: str
    pricebook_version: int
    engine_version: str
    positions: dict[str, int]
    behind: tuple[Behind, ...]
    years: tuple[YearResult, ...]
    net_present_value: PayerAmounts
    faded_net_present_value: PayerAmounts | None
    discounted_cost: int
    break_even_year: int | None
    break_even_rate: Decimal | None
    benefit_cost_ratio: Decimal | None
    probabilities: Probabilities | None
    spread: Spread | None
    status: Status
    used: tuple[str, ...]
    changed: tuple[Contribution, ...]
    effective_on: date


_NOTHING = {"kommune": 0, "region": 0, "stat": 0}


def projection_2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew the state's costs and the completers by year, and told of a year only its net."""
    old = data["inputs"]
    paid = {row["year"]: row["amount_oere"] for row in old["costs"]}
    costs = [
        {"kind": "operation", "year": year, "payer": "stat", "amount_oere": amount, "source": "funding"}
        for year, amount in paid.items()
    ]
    inputs = {
        "decision_date": old["decision_date"],
        "target_group": data["initiative"],
        "success_measure": "success",
        "cohorts": [{"year": row["year"], "completers": row["count"]} for row in old["completers"]],
        "costs": costs,
        "success_rate": old["success_rate"],
    }
    years = []
    for row in data["years"]:
        cost = paid.get(row["year"], 0)
        gains = row["net"] | {"stat": row["net"]["stat"] + cost}
        years.append(row | {"costs": _NOTHING | {"stat": cost}, "gains": gains})
    new = dict.fromkeys(("faded_net_present_value", "break_even_rate", "benefit_cost_ratio", "probabilities", "spread"))
    return data | new | {"inputs": inputs, "years": years, "status": "own", "used": [], "changed": [], "behind": []}


CASE_UPCASTERS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {
    (ProjectionRecalculated.event_type, 1): projection_2
}
