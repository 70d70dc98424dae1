"""False discovery: p-values adjusted so that few of the units that are named are named wrongly."""

from __future__ import annotations

import numpy as np

from analysis.arrays import Array, Index


def benjamini_hochberg(p: Array, family: Index | None = None) -> Array:
    """Give adjusted p-values over all p, or within each family of them; NaN where there is no p.

    References
    ----------
    Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300.

    Examples
    --------
    >>> p = np.array([0.01, np.nan, 0.02, 0.5])
    >>> benjamini_hochberg(p).round(3).tolist()
    [0.03, nan, 0.03, 0.5]
    >>> benjamini_hochberg(p, np.array([0, 0, 1, 1])).round(3).tolist()
    [0.01, nan, 0.04, 0.5]
    """
    from scipy.stats import false_discovery_control  # slow to import

    families = np.zeros(p.shape, np.intp) if family is None else family
    known = ~np.isnan(p)
    adjusted = np.full(p.shape, np.nan)
    for one in np.unique(families[known]):
        chosen = known & (families == one)
        adjusted[chosen] = false_discovery_control(p[chosen])
    return adjusted
