"""Composite: a weighted mean of several rates, made into numbers that estimate as a rate does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.arrays import Array, Index
from analysis.hierarchy import Members
from analysis.layout import Layout
from analysis.tallies import Component


def linear(components: Sequence[Component], where: Layout, answers: Array, domains: int) -> Array:
    """Give numbers of satisfied answers by cluster whose ratio to ``answers`` is the mean of the rates.

    By domain, with p the rate of a component, a its weight and P the mean of the rates, they are
    P n_i + sum(n) sum a (x_i - p n_i) / sum(n of the component): the residuals of their ratio are those of
    the linearised mean [1]_, so that its variance is that of the mean.

    References
    ----------
    .. [1] Woodruff 1971, J Am Stat Assoc 66:411-414.
    """
    total = _by_domain(answers, where.domain, domains)
    n = [each.answers[where.cluster] for each in components]
    x = [each.satisfied[where.cluster] for each in components]
    size = [_by_domain(column, where.domain, domains) for column in n]
    rates = [
        _ratio(_by_domain(column, where.domain, domains), of) for column, of in zip(x, size, strict=True)
    ]
    shares = _shares(components, size)
    numbers = _mean(shares, rates)[where.domain] * answers
    for share, rate, of, own_n, own_x in zip(shares, rates, size, n, x, strict=True):
        scale = _ratio(share * total, of)
        numbers += scale[where.domain] * (own_x - rate[where.domain] * own_n)
    return numbers


def without_flagged(components: Sequence[Component], where: Layout, members: Members, domains: int) -> Array:
    """Give the mean of the rates by domain without the flagged answers."""
    size, rates = [], []
    for each in components:
        answers, satisfied = (
            _by_domain(column[where.cluster], where.domain, domains) - members.total(flagged)
            for column, flagged in (
                (each.answers, each.flagged_answers),
                (each.satisfied, each.flagged_satisfied),
            )
        )
        size.append(answers)
        rates.append(_ratio(satisfied, answers))
    return _mean(_shares(components, size), rates)


def _shares(components: Sequence[Component], size: Sequence[Array]) -> list[Array]:
    """Give the weights by domain; components without an answer leave theirs to the others."""
    weights = [each.weight * (of > 0) for each, of in zip(components, size, strict=True)]
    total = np.sum(weights, axis=0)
    return [np.divide(weight, total, out=np.full(len(total), np.nan), where=total > 0) for weight in weights]


def _mean(shares: Sequence[Array], rates: Sequence[Array]) -> Array:
    return np.asarray(np.sum([share * rate for share, rate in zip(shares, rates, strict=True)], axis=0))


def _ratio(total: Array, size: Array) -> Array:
    return np.divide(total, size, out=np.zeros(len(size)), where=size > 0)


def _by_domain(column: Array, domain: Index, domains: int) -> Array:
    return np.bincount(domain, column, domains).astype(np.float64, copy=False)
