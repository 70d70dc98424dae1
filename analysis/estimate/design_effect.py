"""Design effects of many domains in one call, from columns of counts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.arrays import Array
from analysis.estimate.design import DesignError
from analysis.estimate.moderated import Clusters, Moderated, Moments, Pooled, moderated, pooled
from analysis.estimate.proportion import checked_counts, checked_level


class DesignEffects(NamedTuple):
    """Moderated estimates of domains, in the order of their sorted labels ``domain``."""

    domain: NDArray[Any]
    estimate: Moderated
    pool: Pooled


def moderated_design_effect(
    domain: ArrayLike,
    cluster: ArrayLike,
    satisfied: ArrayLike,
    n: ArrayLike,
    *,
    respondents: ArrayLike | None = None,
    sum_q2: ArrayLike | None = None,
    sum_qk: ArrayLike | None = None,
    sum_k2: ArrayLike | None = None,
    questions: int = 1,
    prior_df: float = 10,
    minimum_pool: int | None = 5,
    confidence_level: float = 0.95,
) -> DesignEffects:
    """Give each domain's rate with a design effect steadied by that of its peers, all domains handed in.

    design effect = max(1, (prior_df prior + (m - 1) direct) / (prior_df + m - 1)) over m clusters, with
    prior = phi (1 + (R_w - 1) rho) [1]_ [2]_; see `moderated` and `pooled` in `analysis.estimate.moderated`.

    Parameters
    ----------
    domain, cluster
        Labels of each row's domain and cluster; rows of one cluster of a domain count together.
    satisfied, n
        Satisfied answers and answers of each row; clusters without an answer are left out.
    respondents
        Who gave the answers of each row. None: everyone gave one answer.
    sum_q2, sum_qk, sum_k2
        Sums over the respondents of each row, who gave q answers, k of them satisfied. Give all three where
        q is not always 1; where they are not known, ``respondents`` and ``questions`` stand in for them.
    questions
        How many questions the rate has.
    prior_df
        Weight of the prior in degrees of freedom, above 0.
    minimum_pool
        Fewest domains with a rate between 0 and 1 that may lend; None: any number.
    confidence_level
        Between 0 and 1.

    Returns
    -------
    DesignEffects
        Arrays of one element a domain: rate, direct, prior and moderated design effect, df, effective size
        with the factor (t[n - 1] / t[df])², cut at n, and the Wilson interval at that size.

    Raises
    ------
    DesignError
        If columns differ in length or are impossible, or sums for several questions are missing.
    ProportionError
        If satisfied or n is impossible.

    References
    ----------
    .. [1] Smyth 2004, Stat Appl Genet Mol Biol 3:3.
    .. [2] Franco, Little, Louis and Slud 2019, J Surv Stat Methodol 7:334-364.

    Examples
    --------
    >>> found = moderated_design_effect(
    ...     ["A", "A", "B", "B"], [1, 2, 1, 2], [2, 0, 1, 1], [2, 2, 2, 2], minimum_pool=None
    ... )
    >>> f"{found.pool.rho:.3f}", found.estimate.prior.round(3).tolist(), found.estimate.df.tolist()
    ('0.333', [1.333, 1.333], [11.0, 10.0])
    """
    x, size = checked_counts(satisfied, n)
    squares = [column for column in (sum_q2, sum_qk, sum_k2) if column is not None]
    people = respondents
    if (people is None and (questions != 1 or squares)) or len(squares) not in (0, 3):
        raise DesignError(
            "respondents or one of sum_q2, sum_qk, sum_k2 is missing: rates of several questions need the "
            "respondents, and all three sums where they are known"
        )
    if not squares and questions == 1:
        if people is not None and not np.array_equal(np.asarray(people, np.float64), size):
            raise DesignError("respondents differ from n: give sum_q2, sum_qk and sum_k2, or questions")
        people, squares = size, [size, x, x]
    known = [_column(column, size) for column in (people, *squares) if column is not None]
    labels, number = np.unique(domain, return_inverse=True)
    days = np.unique(cluster, return_inverse=True)[1].ravel()
    number = number.ravel()
    if x.ndim != 1 or len(number) != len(x) or len(days) != len(x):
        raise DesignError(
            f"{x.size} rows with {len(number)} domains and {len(days)} clusters: give each row one of both"
        )
    sums = _clusters(number, days, x, size, known[0])
    moments = None
    if squares:
        moments = Moments(
            *(np.bincount(number, column, len(labels)).astype(np.float64) for column in known[1:])
        )
    pool = pooled(sums, moments, questions=questions, minimum_pool=minimum_pool)
    level = checked_level(confidence_level)
    found = moderated(sums, moments, pool, len(labels), prior_df=prior_df, confidence_level=level)
    return DesignEffects(labels, found, pool)


def _column(values: ArrayLike, size: Array) -> Array:
    column = np.asarray(values, np.float64)
    if column.shape != size.shape or not (np.isfinite(column) & (column >= 0)).all():
        raise DesignError(
            f"respondents or sums of the shape {column.shape}: give one finite number, 0 or more, for each "
            f"of {size.size} rows"
        )
    return column


def _clusters(number: NDArray[Any], days: NDArray[Any], x: Array, size: Array, people: Array) -> Clusters:
    keys, of = np.unique(number * (days.max() + 1) + days, return_inverse=True)
    given, satisfied, who = (np.bincount(of, column, len(keys)) for column in (size, x, people))
    some = given > 0
    if not some.any():
        raise DesignError("n: no answers at all, so there is no rate")
    if not (who[some] > 0).all():
        raise DesignError("respondents 0 of a cluster with answers: count those who gave them")
    place = (keys // (days.max() + 1))[some].astype(np.intp)
    return Clusters(place, place, *(column[some].astype(np.float64) for column in (who, given, satisfied)))
