"""Against peers: whether rates differ from the rest of their peer group by more than chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.arrays import Array, Index, Words
from analysis.compare.false_discovery import benjamini_hochberg
from analysis.compare.verdict import VerdictError, tested_units, unit_columns, verdict_words

_NORMAL_FROM = 1e7
"""Size from which the binomial law is the normal one, to 4 digits at a tail of 1e-4."""


class Verdicts(NamedTuple):
    """Each unit's verdict against the rest of its peers; NaN and no word where not tested."""

    verdict: Words
    rest_rate: Array
    difference: Array
    p: Array
    adjusted: Array


def verdicts(
    rate: ArrayLike,
    n: ArrayLike,
    effective_n: ArrayLike,
    *,
    group: ArrayLike | None = None,
    testable: ArrayLike | None = None,
    false_discovery_rate: float = 0.05,
) -> Verdicts:
    """Say which units or officers lie above or below the rest of their peer group.

    The rest are the group's answers without the unit's own: rate p2 = sum n p / sum n, and the size that the
    variance of that rate has if all rates are one, n2* = (sum n)² / sum(n² / n*). The score is

        z = (p1 - p2) / sqrt(p (1 - p) (1/n1* + 1/n2*)),   p = (n1* p1 + n2* p2) / (n1* + n2*).

    The normal law does not hold for it: the smallest of many p-values lie in the far lower tail, which at
    rates of 0.9 and more has two to three times the normal mass. Of 40 equal officers with 30 to 200 answers
    on 10 to 100 days (correlation 0.05 within days) it calls somebody ``below`` in 7 % of periods at a rate
    of 0.90, in 10 % at 0.95. So z is read off the binomial law, standardised, of rate p and size
    (1/n1* + 1/n2*) / (1/n1* - 1/n2*)²: it has the skewness of the difference [1]_, is that of n1* answers
    where the rest is large, and the normal one where both sizes are equal. Half the probability of the value
    itself counts [2]_. Somebody among those equals is then called ``below`` in 2 to 3 % of periods, and
    ``below`` or ``above`` in less than 5 %. Two-sided p-values are adjusted over the testable units of each
    group [3]_.

    Parameters
    ----------
    rate, n, effective_n
        One element a unit: fractions in 0..1 (anything where n is 0), answers, and their effective size.
        Moderated sizes of several questions a respondent vary with the rate itself; the smaller of these and
        n / prior design effect keeps ``above`` within its level too.
    group
        Label of each unit's peer group; None: all are one.
    testable
        True for units with enough data, which alone are tested, though all count in the rest of the others;
        None: those with a rate. A unit without peers that have answers is never tested.
    false_discovery_rate
        Between 0 and 1.

    Raises
    ------
    VerdictError
        If columns differ in length, or a rate, size or level is impossible.

    References
    ----------
    .. [1] Gart and Nam 1988, Biometrics 44:323-338 (skewness of the score).
    .. [2] Lancaster 1961, J Am Stat Assoc 56:223-234.
    .. [3] Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300.

    Examples
    --------
    >>> found = verdicts([0.70, 0.90, 0.92, 0.91], [200, 300, 250, 280], [150, 200, 180, 200])
    >>> found.verdict.tolist()
    ['below', 'not_distinguishable', 'above', 'not_distinguishable']
    >>> found.rest_rate.round(3).tolist()
    [0.909, 0.856, 0.852, 0.853]
    """
    p1, answers, size = unit_columns(rate=rate, n=n, effective_n=effective_n)
    labels = np.zeros(len(p1)) if group is None else np.asarray(group)
    if labels.shape != p1.shape:
        raise VerdictError(f"{len(p1)} rates with groups of the shape {labels.shape}: give each rate one")
    peers = np.unique(labels, return_inverse=True)[1]
    tested = tested_units(testable, p1, answers, size)
    p2, size2 = _rest(p1, answers, size, peers)
    tested &= size2 > 0
    difference = np.where(tested, p1 - p2, np.nan)
    chance = np.full(len(p1), np.nan)
    chance[tested] = _two_sided(p1[tested], size[tested], p2[tested], size2[tested])
    adjusted = benjamini_hochberg(chance, peers)
    return Verdicts(
        verdict_words(difference, adjusted, false_discovery_rate),
        np.where(tested, p2, np.nan),
        difference,
        chance,
        adjusted,
    )


def _rest(rate: Array, n: Array, size: Array, peers: Index) -> tuple[Array, Array]:
    """Give rate and effective size of each unit's group without the unit; size 0 where nothing is left."""
    known = n > 0
    own = np.array(
        [n, np.where(known, n * rate, 0.0), np.where(known, n * n / np.where(known, size, 1.0), 0.0)]
    )
    answers, satisfied, squares = (np.bincount(peers, column)[peers] - column for column in own)
    others = np.bincount(peers, known)[peers] - known > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(others, np.clip(satisfied / answers, 0.0, 1.0), np.nan)
        return share, np.where(others, answers**2 / squares, 0.0)


def _two_sided(p1: Array, size1: Array, p2: Array, size2: Array) -> Array:
    part1, part2 = 1 / size1, 1 / size2
    p = (p1 * part2 + p2 * part1) / (part1 + part2)
    spread = np.sqrt(p * (1 - p) * (part1 + part2))
    z = np.divide(p1 - p2, spread, out=np.zeros_like(p), where=spread > 0)
    with np.errstate(divide="ignore"):
        law = np.minimum((part1 + part2) / (part1 - part2) ** 2, _NORMAL_FROM)
    # The smaller side carries the binomial's own skewness, so from the larger side it is seen in a mirror.
    x = np.clip(law * p + np.where(size1 <= size2, z, -z) * np.sqrt(law * p * (1 - p)), 0.0, law)
    up_to = (special.betainc(law - x, x + 1, 1 - p) + special.betainc(law - x + 1, x, 1 - p)) / 2
    beyond = (special.betainc(x, law - x + 1, p) + special.betainc(x + 1, law - x, p)) / 2
    tail = np.where(law < _NORMAL_FROM, np.minimum(up_to, beyond), special.ndtr(-np.abs(z)))
    return np.where(spread > 0, np.minimum(1.0, 2 * tail), 1.0)
