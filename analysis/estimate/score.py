"""Mean scores on the scale from 1 to 5, with their intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.arrays import Array, Index
from analysis.estimate.design import ratios
from analysis.estimate.effective_size import t_quantile
from analysis.estimate.proportion import limits

LOWEST, HIGHEST = 1.0, 5.0


class Scores(NamedTuple):
    """Mean scores of many domains with their intervals; NaN where nothing was scored."""

    mean: Array
    low: Array
    high: Array


def mean_scores(
    score: Array,
    scored: Array,
    domain: Index,
    stratum: Index,
    effective_n: Array,
    *,
    confidence_level: float = 0.95,
) -> Scores:
    """Give mean scores with t intervals from linearised standard errors, cut to 1..5.

    Where clusters do not vary, or there is no degree of freedom, (mean - 1) / 4 is treated as a proportion
    with a Wilson interval at the domain's ``effective_n``: no variable on 1..5 varies more [1]_.

    Parameters
    ----------
    score, scored
        Sum of the scores, and number of scored answers, of each cluster.
    domain, stratum
        Of each cluster; sorted by stratum, and strata by domain.
    effective_n
        Of each domain.

    References
    ----------
    .. [1] Bhatia and Davis 2000, Am Math Monthly 107:353-357.
    """
    found = ratios(score, scored, domain, stratum, len(effective_n))
    mean = found.rate
    varies = found.variance > 0
    margin = np.zeros(len(mean))
    margin[varies] = t_quantile(found.df[varies], confidence_level) * np.sqrt(found.variance[varies])
    low, high = np.maximum(LOWEST, mean - margin), np.minimum(HIGHEST, mean + margin)
    flat = np.flatnonzero(~varies & ~np.isnan(mean))
    span = HIGHEST - LOWEST
    share = np.clip((mean[flat] - LOWEST) / span, 0.0, 1.0)
    bounds = limits(share * effective_n[flat], effective_n[flat], "wilson", confidence_level)
    low[flat], high[flat] = LOWEST + span * bounds.low, LOWEST + span * bounds.high
    return Scores(mean, low, high)
