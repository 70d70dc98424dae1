"""Perfect scores: domains in which every answer is satisfied, against the law of the peers' rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array
from analysis.check.arrivals import FEWEST, Arrivals
from analysis.check.reading import Reading
from analysis.check.usual import usual_shares
from analysis.estimate.design_effect import moderated_design_effect
from analysis.estimate.proportion import checked_counts

FEWEST_PERFECT = 20
"""A perfect score of fewer effective answers is no surprise."""


def perfect_score(n: ArrayLike, alpha: ArrayLike, beta: ArrayLike) -> Array:
    """Give the probability that all of n answers are satisfied: B(alpha + n, beta) / B(alpha, beta).

    Parameters
    ----------
    n
        Effective size, not necessarily whole.
    alpha, beta
        Law of the peers' rates, positive.

    Raises
    ------
    ProportionError
        If n is negative or not finite.

    Examples
    --------
    >>> f"{perfect_score(30, 18, 2):.4f}"
    '0.1454'
    """
    _, size = checked_counts(0, n)
    a, b = (np.asarray(each, np.float64) for each in (alpha, beta))
    ratio = special.betaln(a + size, b) - special.betaln(a, b)
    return np.asarray(np.exp(ratio)[()])


def all_satisfied(arrivals: Arrivals) -> Reading:
    """Read a perfect score against the law of the peers' rates, both at effective sizes."""
    rate, size = (np.full(arrivals.domains, np.nan) for _ in range(2))
    usable = (arrivals.domain >= 0) & (arrivals.answers > 0)
    q, k = (column[usable].astype(np.float64) for column in (arrivals.answers, arrivals.satisfied))
    none = np.zeros(len(usable), np.bool_)
    if not usable.any():
        return Reading("perfect_score", np.zeros(arrivals.domains), rate, rate, rate, none)
    found = moderated_design_effect(
        arrivals.domain[usable],
        arrivals.day[usable],
        k,
        q,
        respondents=np.ones(len(q)),
        sum_q2=q * q,
        sum_qk=q * k,
        sum_k2=k * k,
    )
    rate[found.domain] = found.estimate.rate
    size[found.domain] = found.estimate.effective_n
    n = np.nan_to_num(size)
    law = usual_shares(np.nan_to_num(rate) * n, n, arrivals.groups)
    told = (n >= FEWEST_PERFECT) & (arrivals.count(usable) >= FEWEST) & np.isfinite(law.alpha)
    p = np.full(arrivals.domains, np.nan)
    p[told] = 1.0
    if (perfect := told & (rate >= 1)).any():
        p[perfect] = perfect_score(n[perfect], law.alpha[perfect], law.beta[perfect])
    value, expected = (np.where(told, each, np.nan) for each in (rate, law.mean))
    return Reading("perfect_score", n, value, expected, p, none)
