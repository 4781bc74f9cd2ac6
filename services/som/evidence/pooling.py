"""Several estimates of one effect, pooled; how far they disagree is shown beside."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from shared.kernel.statistics import Z95, Interval


class Estimate(NamedTuple):
    """An estimate with its standard error, on any scale that is about normal (a difference of shares, an lnOR, a d)."""

    estimate: float
    standard_error: float


class Pooled(NamedTuple):
    """What k estimates come to, on their own scale.

    `fixed`: one true effect; `random`: a spread of true effects, its mean. `q`, with `df` degrees of freedom and
    `p_value`, tests whether they are one; `i2` (0 to 1) is the share of the variation that is not chance; `tau2` the
    variance of the true effects. `prediction`: where 95 % of true effects lie, None under three estimates.
    """

    fixed: Interval
    random: Interval
    weights_fixed: tuple[float, ...]
    weights_random: tuple[float, ...]
    q: float
    df: int
    p_value: float
    i2: float
    tau2: float
    prediction: Interval | None


def pool(estimates: Sequence[Estimate]) -> Pooled:
    """Inverse-variance pooling, fixed and random effects, with 95 % intervals.

    τ² by DerSimonian & Laird (Controlled Clinical Trials 7, 1986, 177–188), I² by Higgins & Thompson (Statistics in
    Medicine 21, 2002, 1539–1558), the prediction interval by Higgins, Thompson & Spiegelhalter (JRSS A 172, 2009,
    137–159) with k − 2 degrees of freedom. One estimate gives itself. Raises ValueError for none, or for a standard
    error that is not above 0: such an estimate would outweigh all the others.
    """
    if not estimates or not all(one.standard_error > 0 for one in estimates):
        raise ValueError("pooling needs estimates, each with a standard error above 0")
    if len(estimates) == 1:
        alone = _interval(*estimates[0])
        return Pooled(alone, alone, (1.0,), (1.0,), 0.0, 0, 1.0, 0.0, 0.0, None)
    # They take seconds to import, and only a pooling needs them.
    import numpy as np
    from scipy.stats import chi2, t
    from statsmodels.stats.meta_analysis import combine_effects

    effects = np.array([one.estimate for one in estimates])
    errors = np.array([one.standard_error for one in estimates])
    with np.errstate(invalid="ignore"):  # a τ² below nought, see below
        found = combine_effects(effects, errors * errors, method_re="dl")
    df, q, tau2 = len(estimates) - 1, max(0.0, float(found.q)), max(0.0, float(found.tau2))
    fixed = _interval(float(found.mean_effect_fe), float(found.sd_eff_w_fe))
    weights_fixed = tuple(float(one) for one in found.weights_rel_fe)
    random, weights_random, error = fixed, weights_fixed, float(found.sd_eff_w_fe)
    if tau2 > 0:
        # The library lets τ² fall below nought, and its random effects with it; DerSimonian & Laird's is then nought.
        error = float(found.sd_eff_w_re)
        random = _interval(float(found.mean_effect_re), error)
        weights_random = tuple(float(one) for one in found.weights_rel_re)
    prediction = None
    if df >= 2:
        reach = float(t.ppf(0.975, df - 1)) * sqrt(tau2 + error * error)
        prediction = Interval(random.estimate, random.estimate - reach, random.estimate + reach)
    i2 = max(0.0, 1.0 - df / q) if q > 0 else 0.0
    return Pooled(fixed, random, weights_fixed, weights_random, q, df, float(chi2.sf(q, df)), i2, tau2, prediction)


def _interval(estimate: float, error: float) -> Interval:
    return Interval(estimate, estimate - Z95 * error, estimate + Z95 * error)
