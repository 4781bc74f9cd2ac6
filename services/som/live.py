"""A live case's inputs, put together from what the other services told, the knowledge base and the economist's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from services.som.events import (
    PAYERS,
    Basis,
    CaseAdjusted,
    CaseInputs,
    Cohort,
    CostLine,
    Payer,
    RateSource,
    SuccessRate,
    Transfer,
)
from services.som.evidence import pooled_rate
from shared.kernel.rejection import Rejected
from shared.kernel.statistics import Counts, pooled_difference

GRANT = "grant"
"""The financing that is the grant's; every other source of an application is the applicant's own."""

MIN_ASSESSED = 20
"""A trial's own success rate replaces the evidence's from so many assessed in the intervention and in the comparison;
with fewer, one citizen more or less moves the rate by over five percentage points."""

TRIAL_EVIDENCE_LEVEL = 1
"""A randomised trial is evidence of level 1 (SØM's scale, 1 to 3)."""

SUCCESS = "success"
"""The success measure of an initiative that the knowledge base does not know."""


class Money(NamedTuple):
    """Øre of a case by what finances them, their post, the year they are spent in and the grant's budget year."""

    financing: str
    post: str
    project_year: int
    budget_year: int
    budgeted_oere: int
    paid_oere: int


class Told(NamedTuple):
    """What the other services told of a case. `trials`: per trial the (successes, assessed) of its intervention arms
    together, and of its comparison."""

    initiative: str
    decision_date: date
    money: Sequence[Money]
    cohorts: Sequence[Cohort]
    trials: Mapping[str, tuple[Counts, Counts]]


def live_inputs(told: Told, basis: Basis | None, adjusted: CaseAdjusted | None) -> CaseInputs:
    """Everything the case is computed from, apart from the knowledge base; every figure says where it is from.

    The municipality bears what the initiative costs, and the state's grant is a transfer to it; where nothing but the
    grant pays, the state's net is the whole cost. What is paid is known; what is budgeted is not.
    """
    inputs = CaseInputs(
        decision_date=told.decision_date,
        target_group=basis.target_group if basis else told.initiative,
        success_measure=basis.success_measure if basis else SUCCESS,
        cohorts=tuple(told.cohorts),
        costs=_costs(told.money),
        transfers=_transfers(told.money),
        success_rate=chosen_rate(trial_success_rate(told.trials), basis, adjusted),
    )
    if adjusted is None:
        return inputs
    return inputs.model_copy(
        update={
            "cohorts": adjusted.cohorts or inputs.cohorts,
            "costs": (*inputs.costs, *adjusted.costs),
            "savings": adjusted.savings,
            "own_prices": adjusted.own_prices,
            "own_consequences": adjusted.own_consequences,
            "settings": adjusted.settings,
        }
    )


def _costs(money: Sequence[Money]) -> tuple[CostLine, ...]:
    budgeted, paid = Counter[tuple[int, str, str]](), Counter[tuple[int, str, str]]()
    for row in money:
        budgeted[row.project_year, row.financing, row.post] += row.budgeted_oere
        paid[row.project_year, row.financing, row.post] += row.paid_oere
    lines = []
    for key in sorted({*budgeted, *paid}):
        year, financing, post = key
        payer: Payer = next((one for one in PAYERS if one == financing), "kommune")
        name = f"funding: {financing}" + (f", {post}" if post else "")
        for amount, what, known in ((paid[key], "paid", True), (budgeted[key], "budgeted", False)):
            if amount:
                lines.append(
                    CostLine(
                        kind="operation",
                        year=year,
                        payer=payer,
                        amount_oere=amount,
                        low_oere=amount if known else None,
                        high_oere=amount if known else None,
                        source=f"{name}, {what}",
                    )
                )
    return tuple(lines)


def _transfers(money: Sequence[Money]) -> tuple[Transfer, ...]:
    years = Counter[int]()
    for row in money:
        if row.financing == GRANT:
            years[row.budget_year] += row.budgeted_oere + row.paid_oere
    return tuple(
        Transfer(year=year, payer_from="stat", payer_to="kommune", amount_oere=amount, source="funding: grant")
        for year, amount in sorted(years.items())
        if amount
    )


def chosen_rate(trial: SuccessRate | None, basis: Basis | None, adjusted: CaseAdjusted | None) -> SuccessRate | None:
    """The success rate that the case is computed with, None where there is none to choose.

    auto: the trial's once it is large enough, else the evidence's. A choice that cannot be had (a trial that is too
    small, rates that cannot be pooled) gives what auto does. The trial's fades as the evidence's follow-ups have it.
    """
    evidence = evidence_rate(basis)
    if trial is not None and evidence is not None:
        trial = trial.model_copy(update={"follow_ups": evidence.follow_ups})
    choice = adjusted.rate_choice if adjusted else "auto"
    if choice == "typed" and adjusted is not None and adjusted.typed_rate is not None:
        return adjusted.typed_rate
    if choice == "evidence" and evidence is not None:
        return evidence
    if choice == "pooled" and trial is not None and evidence is not None:
        try:
            return pooled_rate(trial, evidence)
        except Rejected:
            return trial
    return trial or evidence


def evidence_rate(basis: Basis | None) -> SuccessRate | None:
    """What the knowledge base says of an initiative's effect."""
    if basis is None:
        return None
    source = RateSource(
        origin="evidence",
        name=basis.source,
        rate=basis.net_success_rate,
        low=basis.low,
        high=basis.high,
        evidence_level=basis.evidence_level,
    )
    return SuccessRate(
        origin="evidence",
        name=basis.intervention,
        rate=basis.net_success_rate,
        low=basis.low,
        high=basis.high,
        evidence_level=basis.evidence_level,
        sources=(source,),
        follow_ups=basis.follow_ups,
        status=basis.status,
    )


def trial_success_rate(trials: Mapping[str, tuple[Counts, Counts]]) -> SuccessRate | None:
    """The net success rate of an initiative's trials, None while they are too small to say.

    Only trials with somebody assessed on both sides count; those that do must have MIN_ASSESSED on either side,
    together. Each is compared within itself. Rate and interval are rounded to six decimals. Source:
    shared.kernel.statistics.
    """
    counted = {trial: trials[trial] for trial in sorted(trials) if trials[trial][0][1] and trials[trial][1][1]}
    assessed = sum(arm[1] for arm, _ in counted.values())
    comparison_assessed = sum(other[1] for _, other in counted.values())
    if min(assessed, comparison_assessed) < MIN_ASSESSED:
        return None
    weights = {name: arm[1] * other[1] / (arm[1] + other[1]) for name, (arm, other) in counted.items()}
    sources = tuple(
        _trial_source(name, counts, weights[name] / sum(weights.values())) for name, counts in counted.items()
    )
    rate, low, high = _six_places(pooled_difference(list(counted.values())))
    return SuccessRate(
        origin="trial",
        name="+".join(counted),
        rate=rate,
        low=low,
        high=high,
        evidence_level=TRIAL_EVIDENCE_LEVEL,
        sources=sources,
        status="own",
    )


def _trial_source(name: str, counts: tuple[Counts, Counts], weight: float) -> RateSource:
    rate, low, high = _six_places(pooled_difference([counts]))
    return RateSource(
        origin="trial",
        name=name,
        rate=rate,
        low=low,
        high=high,
        weight=Decimal(f"{weight:.6f}"),
        evidence_level=TRIAL_EVIDENCE_LEVEL,
    )


def _six_places(shares: Sequence[float]) -> list[Decimal]:
    return [Decimal(f"{share:.6f}") + 0 for share in shares]  # + 0: nought without a sign
