"""Case mix: rates of officers as if each had served the procedures that all of the field serve."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Array, Index
from analysis.estimate.design import ratios
from analysis.estimate.effective_size import t_quantile
from analysis.estimate.proportion import checked_counts, checked_level, rates


class CaseMixError(ValueError):
    """Cells that give no rate adjusted for the mix of procedures."""


class CaseMix(NamedTuple):
    """Arrays of one element a domain, NaN where not defined.

    ``rate`` is the adjusted one, not above 1; ``ratio`` = satisfied / expected, not cut; ``raw_rate`` stands
    beside it; ``peer_rate`` is that of all of its peers, itself among them.
    """

    rate: Array
    low: Array
    high: Array
    ratio: Array
    standard_error: Array
    df: Array
    raw_rate: Array
    peer_rate: Array
    expected: Array
    n: Array


def case_mix_adjusted(
    satisfied: ArrayLike,
    n: ArrayLike,
    domain: ArrayLike,
    group: ArrayLike,
    cluster: ArrayLike,
    *,
    domains: int | None = None,
    peers: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> CaseMix:
    """Give indirectly standardised rates: what a domain reached of what its peers would with its procedures.

    With the rates p_g of procedure g among all peers, E = sum_g n_g p_g of the domain and p of all its peers,

        adjusted rate = p x / E.

    The variance is that of a ratio with the rates of the peers taken as fixed, from the residuals
    e_i = (x_i - (x / E) E_i) / E of its days: p² m / (m - 1) sum e_i² [1]_ [2]_. The interval is the adjusted
    rate ± t[df] standard errors, cut to 0..1.

    Parameters
    ----------
    satisfied, n
        One element a cell.
    domain
        Number of each cell's domain, such as an officer, 0 to domains - 1.
    group
        Label of each cell's procedure.
    cluster
        Label of each cell's day. Days without answers are left out; the same day of two domains is two.
    domains
        How many domains there are; None: as many as are named.
    peers
        Label of each domain's peers, such as its service field: nothing is compared across them. None: all
        are one.
    confidence_level
        Between 0 and 1, both excluded.

    Returns
    -------
    CaseMix
        Fractions, ``n`` and ``expected`` in answers; ``standard_error`` is that of the adjusted rate before
        the cut at 1. A domain without answers, or whose peers have no satisfied answer in its procedures,
        has no rate; one with a single day or with days all alike has a rate without an interval.

    Raises
    ------
    CaseMixError
        If columns differ in length, or a domain is not a number in its range.
    ProportionError
        If counts or the level are impossible.

    References
    ----------
    .. [1] Breslow and Day 1987, Statistical Methods in Cancer Research II, chapter 2.
    .. [2] Woodruff 1971, J Am Stat Assoc 66:411-414.

    Examples
    --------
    Both officers do as well as the other in either procedure; one has the harder procedure more often.

    >>> found = case_mix_adjusted(
    ...     [9, 15, 27, 5], [10, 30, 30, 10], [0, 0, 1, 1], ["easy", "hard", "easy", "hard"], [1, 2, 1, 2]
    ... )
    >>> found.raw_rate.round(2).tolist(), found.rate.round(2).tolist()
    ([0.6, 0.8], [0.7, 0.7])
    """
    x, size = checked_counts(satisfied, n)
    level = checked_level(confidence_level)
    unit, procedure, day = np.asarray(domain), np.asarray(group), np.asarray(cluster)
    if x.ndim != 1 or not x.shape == unit.shape == procedure.shape == day.shape:
        raise CaseMixError(
            f"shapes {x.shape}, {unit.shape}, {procedure.shape}, {day.shape} of counts, domains, groups, "
            "clusters: give columns of one length"
        )
    count = _checked_count(unit, domains)
    side = _peers(peers, count)
    kept = size > 0
    x, size, unit = x[kept], size[kept], unit[kept].astype(np.intp)
    stand_in = side[unit]
    expected = size * _pooled_rate(x, size, _pairs(stand_in, procedure[kept]))
    clusters, of = np.unique(_pairs(unit, day[kept]), return_inverse=True)
    owner = np.zeros(len(clusters), np.intp)
    owner[of] = unit
    m = len(clusters)
    found = ratios(_added(of, x, m), _added(of, expected, m), owner, owner, count)

    peer_rate = _by_peers(x, size, stand_in, side)
    answers = _added(unit, size, count)
    ratio = np.where(np.isfinite(found.rate), found.rate, np.nan)
    error = peer_rate * np.sqrt(found.variance)
    adjusted = peer_rate * ratio
    known = (error > 0) & (found.df > 0)
    reach = np.where(known, t_quantile(np.where(known, found.df, 1.0), level) * error, np.nan)
    return CaseMix(
        rate=np.minimum(adjusted, 1.0),
        low=np.clip(adjusted - reach, 0.0, 1.0),
        high=np.clip(adjusted + reach, 0.0, 1.0),
        ratio=ratio,
        standard_error=error,
        df=found.df,
        raw_rate=rates(_added(unit, x, count), answers),
        peer_rate=peer_rate,
        expected=_added(unit, expected, count),
        n=answers,
    )


def _checked_count(domain: NDArray[np.generic], domains: int | None) -> int:
    if domain.dtype.kind not in "iu":
        raise CaseMixError(f"domain holds {domain.dtype}: give whole numbers from 0")
    least, most = int(domain.min()), int(domain.max())
    count = most + 1 if domains is None else domains
    if least < 0 or most >= count:
        raise CaseMixError(f"domain {least} to {most}: give whole numbers from 0 to {count - 1}")
    return count


def _peers(peers: ArrayLike | None, domains: int) -> Index:
    labels = np.zeros(domains) if peers is None else np.asarray(peers)
    if labels.shape != (domains,):
        raise CaseMixError(f"{domains} domains with peers of the shape {labels.shape}: give each domain one")
    return np.unique(labels, return_inverse=True)[1].ravel().astype(np.intp)


def _pairs(outer: Index, inner: NDArray[np.generic]) -> Index:
    """Give one number for each pair of labels, sorted by the outer one."""
    place = np.unique(inner, return_inverse=True)[1].ravel()
    width = int(place.max()) + 1 if len(place) else 1
    return np.asarray(outer * width + place, np.intp)


def _added(of: Index, values: Array, count: int) -> Array:
    return np.bincount(of, values, count).astype(np.float64)


def _pooled_rate(satisfied: Array, n: Array, pool: Index) -> Array:
    place = np.unique(pool, return_inverse=True)[1].ravel()
    count = int(place.max()) + 1 if len(place) else 0
    return rates(_added(place, satisfied, count), _added(place, n, count))[place]


def _by_peers(satisfied: Array, n: Array, stand_in: Index, side: Index) -> Array:
    count = int(side.max()) + 1
    return rates(_added(stand_in, satisfied, count), _added(stand_in, n, count))[side]
