"""Population: intervals that speak of this period's transactions only."""

from __future__ import annotations

import numpy as np

from analysis.arrays import Array
from analysis.estimate.effective_size import finite_population
from analysis.estimate.proportion import limits
from analysis.figures import Figures


def of_transactions(figures: Figures, served: Array, confidence_level: float) -> Figures:
    """Give figures whose intervals are those of the transactions of the period, where these are known.

    Effective sizes grow by 1 / (1 - responses / served). Where every transaction was answered the interval is
    the rate, and there is no effective size. Domains whose transactions are not known, or fewer than their
    responses, stay as they are. Verdicts, ranks and changes speak of how the service works: they rest on the
    figures without this correction.
    """
    known = (figures.answers > 0) & (served >= figures.responses) & (served > 0)
    if not known.any():
        return figures
    size, low, high = figures.effective_n.copy(), figures.low.copy(), figures.high.copy()
    size[known] = finite_population(figures.effective_n[known], figures.responses[known], served[known])
    counted = known & np.isinf(size)
    some = known & ~counted
    low[some], high[some] = limits(figures.rate[some] * size[some], size[some], "wilson", confidence_level)
    low[counted] = high[counted] = figures.rate[counted]
    size[counted] = np.nan
    return figures._replace(effective_n=size, low=low, high=high)
