"""Success rates put together: from several studies, or from a trial and what was known before it.

Only what an interval says of precision decides the weights. A trial pooled with its evidence enters projections: it is
reckoned without exp, log or power, so that the same inputs give the same decimals on any machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import sqrt

from services.som.events import FollowUp, RateSource, Study, SuccessRate
from services.som.evidence.conversions import standard_error
from services.som.evidence.decay import NINE_PLACES
from services.som.evidence.pooling import Estimate, Pooled, pool
from services.som.evidence.studies import net_success
from services.som.model.figures import least_sure
from shared.kernel.rejection import Rejected
from shared.kernel.statistics import Z95

ONE = Decimal(1)


def pooled_rate(trial: SuccessRate, evidence: SuccessRate) -> SuccessRate:
    """The two rates weighted by precision: each by 1 / SE², its standard error read off its 95 % interval.

    The weights add up to exactly 1; `sources` names both with their weights. Evidence level and status are those of the
    less sure of the two; follow-ups are the trial's, or, where it has none yet, the evidence's. Raises Rejected
    NO_INTERVAL, naming the rate without one: what is not known to be sure cannot be weighed.
    """
    precisions = [_precision(rate) for rate in (trial, evidence)]
    weight = _decimal(precisions[0] / (precisions[0] + precisions[1]))
    weights = (weight, ONE - weight)
    rate = weight * trial.rate + (ONE - weight) * evidence.rate
    reach = _decimal(Z95 / sqrt(precisions[0] + precisions[1]))
    levels = [one.evidence_level for one in (trial, evidence) if one.evidence_level is not None]
    return SuccessRate(
        origin="pooled",
        name=f"{trial.name} + {evidence.name}",
        rate=rate.quantize(NINE_PLACES),
        low=max(-ONE, (rate - reach).quantize(NINE_PLACES)),
        high=min(ONE, (rate + reach).quantize(NINE_PLACES)),
        evidence_level=max(levels, default=None),
        sources=tuple(_source(one, share) for one, share in zip((trial, evidence), weights, strict=True)),
        follow_ups=trial.follow_ups or evidence.follow_ups,
        status=least_sure((trial.status, evidence.status)),
    )


def pooled(studies: Sequence[Study], *, control_share: float | None = None, lower_is_better: bool = False) -> Pooled:
    """What studies of one outcome come to as a net success rate, and how far they disagree (Q, I², τ²).

    Arms that share one comparison are not independent: give one of them. Raises Rejected as `success_rate_of` does.
    """
    return _pooled(_rates(studies, control_share, lower_is_better))


def success_rate_of(
    studies: Sequence[Study],
    name: str,
    *,
    control_share: float | None = None,
    lower_is_better: bool = False,
    follow_ups: tuple[FollowUp, ...] = (),
) -> SuccessRate:
    """The success rate that studies of one outcome come to, pooled with random effects; `sources` has each study.

    A single study may lack an interval; several need theirs. A rate that had to be converted or pooled is derived.
    Raises Rejected NOT_CONVERTIBLE, with the reason, for a study whose estimate is no net success rate, NO_INTERVAL as
    above, and NO_STUDIES for none.
    """
    rates = _rates(studies, control_share, lower_is_better)
    if len(rates) == 1:
        alone = rates[0]
        return alone.model_copy(update={"name": name, "sources": (_source(alone, ONE),), "follow_ups": follow_ups})
    found = _pooled(rates)
    shares = [_decimal(weight) for weight in found.weights_random]
    shares[-1] = ONE - sum(shares[:-1], Decimal(0))
    levels = [study.evidence_level for study in studies]
    return SuccessRate(
        origin="evidence",
        name=name,
        rate=_decimal(found.random.estimate),
        low=max(-ONE, _decimal(found.random.low)),
        high=min(ONE, _decimal(found.random.high)),
        evidence_level=max(levels),
        sources=tuple(_source(rate, share) for rate, share in zip(rates, shares, strict=True)),
        follow_ups=follow_ups,
        status=least_sure(["derived", *(study.status for study in studies)]),
    )


def _rates(studies: Sequence[Study], control_share: float | None, lower_is_better: bool) -> list[SuccessRate]:
    if not studies:
        raise Rejected("NO_STUDIES", "There is no study to take a success rate from.")
    return [_rate_of(study, control_share, lower_is_better) for study in studies]


def _pooled(rates: Sequence[SuccessRate]) -> Pooled:
    return pool([Estimate(float(rate.rate), _error(rate, "study_ids")) for rate in rates])


def _rate_of(study: Study, control_share: float | None, lower_is_better: bool) -> SuccessRate:
    found = net_success(study, control_share, lower_is_better)
    if found.estimate is None:
        raise Rejected(
            "NOT_CONVERTIBLE",
            "A study's estimate is no net success rate; leave it out, or give the comparison's share of success.",
            [{"field": "study_ids", "rule": "convertible"}],
            study_id=study.study_id,
            reason=found.reason,
        )
    converted = found.method != "risk difference"
    return SuccessRate(
        origin="evidence",
        name=study.study_id,
        rate=_decimal(found.estimate),
        low=None if found.low is None else _decimal(found.low),
        high=None if found.high is None else _decimal(found.high),
        evidence_level=study.evidence_level,
        status=least_sure(["derived", study.status]) if converted else study.status,
    )


def _precision(rate: SuccessRate) -> float:
    error = _error(rate, "success_rate")
    return 1.0 / (error * error)


def _error(rate: SuccessRate, field: str) -> float:
    if rate.low is None or rate.high is None or rate.low >= rate.high:
        raise Rejected(
            "NO_INTERVAL",
            "A success rate without a 95 % interval cannot be weighed against another.",
            [{"field": field, "rule": "interval"}],
            name=rate.name,
        )
    return standard_error(float(rate.low), float(rate.high))


def _source(rate: SuccessRate, weight: Decimal) -> RateSource:
    return RateSource(
        origin=rate.origin,
        name=rate.name,
        rate=rate.rate,
        low=rate.low,
        high=rate.high,
        weight=weight,
        evidence_level=rate.evidence_level,
    )


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(NINE_PLACES)
