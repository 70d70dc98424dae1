"""Patterns: answers more alike than those of peers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array
from analysis.check.arrivals import FEWEST, Arrivals
from analysis.check.reading import Reading, share_reading
from analysis.check.robust import robust_z
from analysis.check.usual import usual_shares

FEWEST_ENTROPY = 30
"""Fewest answers whose entropy is told."""

FEWEST_EQUAL = 3
"""Fewest answers of a response that can be a straight line."""


class PatternError(ValueError):
    """Runs or counts that cannot be."""


def entropy(counts: ArrayLike) -> tuple[Array, Array]:
    """Give the entropy of each row of counts in bits, plain and with Miller and Madow's correction.

    H = - sum f log2 f; the correction adds (choices used - 1) / (2 n ln 2) [1]_. NaN where a row is empty.

    Parameters
    ----------
    counts
        A column a choice.

    Raises
    ------
    PatternError
        If a count is negative or not finite.

    References
    ----------
    .. [1] Miller 1955, Information Theory in Psychology, 95-100.

    Examples
    --------
    >>> plain, corrected = entropy([1, 1, 2])
    >>> f"{plain:.2f} {corrected:.4f}"
    '1.50 1.8607'
    """
    table = np.asarray(counts, np.float64)
    if not (np.isfinite(table) & (table >= 0)).all():
        raise PatternError("counts: give finite numbers of 0 or more")
    n = table.sum(axis=-1, keepdims=True)
    share = np.divide(table, n, out=np.full(table.shape, np.nan), where=n > 0)
    plain = special.entr(share).sum(axis=-1) / np.log(2)
    used = (table > 0).sum(axis=-1)
    extra = np.divide(used - 1, 2 * n[..., 0] * np.log(2), out=np.zeros_like(plain), where=n[..., 0] > 0)
    return plain, plain + extra


def straight_lines(arrivals: Arrivals) -> Reading:
    """Read the share of straight lines among responses that are satisfied throughout, or not at all [1]_.

    Others cannot be straight, and the satisfied tick one face more often than others do: so like is compared
    with like, whatever the rates of the peers.

    References
    ----------
    .. [1] Dunn et al. 2018, J Bus Psychol 33:105-121.
    """
    alike = (arrivals.satisfied == arrivals.answers) | (arrivals.satisfied == 0)
    known = (arrivals.answers >= FEWEST_EQUAL) & alike
    n, x = arrivals.count(known), arrivals.count(known & arrivals.equal)
    return share_reading("straight_lines", x, n, usual_shares(x, n, arrivals.groups), known & arrivals.equal)


def few_choices(arrivals: Arrivals) -> Reading:
    """Read the entropy of each domain's answers against its peers' by a robust z; small means monotonous."""
    none = np.zeros(len(arrivals.day), np.bool_)
    if arrivals.choices is None:
        empty = np.full(arrivals.domains, np.nan)
        return Reading("entropy", np.zeros(arrivals.domains), empty, empty, empty, none)
    counts = arrivals.choices
    n = counts.sum(axis=1)
    _, bits = entropy(counts)
    share = counts / np.maximum(n, 1)[:, None]
    surprise = np.divide(
        special.xlogy(share, share), -np.log(2) * share, out=np.zeros(share.shape), where=share > 0
    )
    spread = (share * surprise**2).sum(axis=1) - ((share * surprise).sum(axis=1)) ** 2
    people = np.maximum(arrivals.count(~none), 1)
    known = (n >= FEWEST_ENTROPY) & (people >= FEWEST)
    # The answers of one response are alike: responses, not answers, tell how much chance moves the entropy.
    variance = np.maximum(spread, 0) / people
    centre, z = robust_z(np.where(known, bits, np.nan), variance, arrivals.groups)
    return Reading("entropy", n, np.where(known, bits, np.nan), centre, special.ndtr(z), none, z=z)
