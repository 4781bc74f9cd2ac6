"""What studies say of an effect, brought to the scale the model computes with: a difference of success shares."""

from services.som.evidence.conversions import (
    cost_per_unit,
    difference_in_change,
    log_odds_ratio_of_smd,
    net_success_of_smd,
    number_needed_to_treat,
    odds_ratio,
    share_at_hazard_ratio,
    share_at_odds_ratio,
    share_at_risk_ratio,
    smd_of_log_odds_ratio,
    smd_of_shares,
    standard_error,
    weighted_share,
)
from services.som.evidence.decay import decay_per_year, follow_ups, half_life
from services.som.evidence.pooling import Estimate, Pooled, pool
from services.som.evidence.rates import pooled, pooled_rate, success_rate_of
from services.som.evidence.studies import Converted, net_success

__all__ = [
    "Converted",
    "Estimate",
    "Pooled",
    "cost_per_unit",
    "decay_per_year",
    "difference_in_change",
    "follow_ups",
    "half_life",
    "log_odds_ratio_of_smd",
    "net_success",
    "net_success_of_smd",
    "number_needed_to_treat",
    "odds_ratio",
    "pool",
    "pooled",
    "pooled_rate",
    "share_at_hazard_ratio",
    "share_at_odds_ratio",
    "share_at_risk_ratio",
    "smd_of_log_odds_ratio",
    "smd_of_shares",
    "standard_error",
    "success_rate_of",
    "weighted_share",
]
