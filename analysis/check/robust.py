"""Robust measures of peers: medians, which a few odd domains do not move."""

from __future__ import annotations

import numpy as np

from analysis.arrays import Array, Index
from analysis.check.arrivals import FEWEST, PEERS


def overdispersion(statistic: Array, df: Array, n: Array) -> float:
    """Give rho: chi-square statistics are df (1 + (n - 1) rho) where counts vary more than by chance.

    The median over domains of (statistic / df - 1) / (n - 1), which a few odd ones do not move; not below 0.
    """
    usable = (df > 0) & (n >= FEWEST)
    if np.count_nonzero(usable) < PEERS:
        return 0.0
    # The median of chi-square is below its mean.
    centre = (1 - 2 / (9 * df[usable])) ** 3
    rho = (statistic[usable] / df[usable] / centre - 1) / (n[usable] - 1)
    return float(np.clip(np.median(rho), 0.0, 0.5))


def robust_z(value: Array, variance: Array, groups: Index) -> tuple[Array, Array]:
    """Give the median of each domain's group, and how far from it the domain is.

    z = (value - median) / sqrt(t² + variance), with t = 1.4826 MAD less what sampling explains. So few
    responses, whose ``variance`` is large, do not make a domain odd. NaN in groups of fewer than PEERS.
    """
    centre, z = np.full(len(value), np.nan), np.full(len(value), np.nan)
    for group in np.unique(groups):
        own = (groups == group) & np.isfinite(value)
        if np.count_nonzero(own) < PEERS:
            continue
        middle = np.median(value[own])
        spread = (1.4826 * np.median(np.abs(value[own] - middle))) ** 2
        between = max(spread - float(np.median(variance[own])), 0.0)
        scale = np.sqrt(between + variance[own])
        off = value[own] - middle
        centre[own] = middle
        z[own] = np.divide(off, scale, out=np.where(off > 0, np.inf, -np.inf), where=scale > 0)
        z[own & (value == middle)] = 0.0
    return centre, z
