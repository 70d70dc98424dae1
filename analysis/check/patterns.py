"""Patterns: responses more alike, or better, than those of peers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analysis.check.arrivals import FEWEST, Arrivals
from analysis.check.usual import Reading, robust_z, share_reading, usual_shares
from analysis.estimate.design import Array
from analysis.estimate.design_effect import moderated_design_effect
from analysis.estimate.proportion import checked_counts

FEWEST_PERFECT = 20
"""A perfect score of fewer effective answers is no surprise."""

FEWEST_ENTROPY = 30
"""Fewest answers whose entropy is told."""

FEWEST_EQUAL = 3
"""Fewest answers of a response that can be a straight line."""


class PatternError(ValueError):
    """Runs or counts that cannot be."""


def run_probability(trials: ArrayLike, run: ArrayLike, p: ArrayLike) -> Array:
    """Give the probability of at least one run of ``run`` or more successes in a number of trials.

    The Markov chain on the length of the current run, solved for its absorbing state: g(n) = g(n - 1) +
    (1 - p) p^r (1 - g(n - r - 1)), g(r) = p^r, g(n) = 0 below [1]_.

    Parameters
    ----------
    trials, run
        Whole counts, ``run`` at least 1.
    p
        Probability of a success in one trial; all three broadcast against each other.

    Raises
    ------
    PatternError
        If a count is negative or not whole, a run is 0, or p lies outside 0..1.

    References
    ----------
    .. [1] Fu and Koutras 1994, J Am Stat Assoc 89:1050-1058.

    Examples
    --------
    >>> float(run_probability(10, 3, 0.5))
    0.5078125
    """
    columns = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (trials, run, p)))
    n, r, chance = (each.ravel() for each in columns)
    for name, values, least in (("trials", n, 0), ("run", r, 1)):
        if not (np.isfinite(values) & (values >= least) & (values == np.floor(values))).all():
            raise PatternError(f"{name} {values}: give whole numbers of {least} or more")
    if not ((chance >= 0) & (chance <= 1)).all():
        raise PatternError(f"p {chance}: give probabilities between 0 and 1")
    found = np.zeros(len(n))
    at = np.flatnonzero(r <= n)
    size, back, q = n[at].astype(np.intp), r[at].astype(np.intp), chance[at]
    whole = q**back
    step = (1 - q) * whole
    depth, rows = int(back.max(initial=0)) + 2, np.arange(len(at))
    # Only as many states are kept as the longest run looks back.
    kept = np.zeros((depth, len(at)))
    for t in range(1, int(size.max(initial=0)) + 1):
        before = np.where(t > back, kept[(t - back - 1) % depth, rows], 0.0)
        grown = np.where(t == back, whole, kept[(t - 1) % depth] + step * (1 - before))
        kept[t % depth] = np.where(t < back, 0.0, grown)
        ends = size == t
        found[at[ends]] = kept[t % depth, ends]
    return np.asarray(np.minimum(found, 1.0).reshape(columns[0].shape)[()])


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


def best_run(arrivals: Arrivals) -> Reading:
    """Read the longest run of responses of best answers only, by an exact Markov chain.

    A response is taken to be such a one with the upper limit of the domain's own share, or of its posterior
    among the peers if that is higher: a domain whose responses are good is not blamed for a long run, and
    what few responses do not tell speaks for it.
    """
    named = np.flatnonzero((arrivals.domain >= 0) & (arrivals.answers > 0))
    instant = np.nan_to_num(arrivals.opened[named])
    at = named[np.lexsort((instant, arrivals.day[named], arrivals.domain[named]))]
    best, domain = arrivals.best[at], arrivals.domain[at]
    n = np.bincount(domain, minlength=arrivals.domains).astype(np.float64)
    x = np.bincount(domain[best], minlength=arrivals.domains).astype(np.float64)
    goes_on = best[1:] & best[:-1] & (domain[1:] == domain[:-1])
    run = np.concatenate(([0], np.cumsum(~goes_on)))[: len(at)]
    length = np.bincount(run)[run] * best
    longest = np.zeros(arrivals.domains)
    np.maximum.at(longest, domain, length)
    law = usual_shares(x, n, arrivals.groups)
    usable = (n >= FEWEST) & np.isfinite(law.alpha)
    p = np.full(arrivals.domains, np.nan)
    good, others = x[usable], (n - x)[usable]
    share = np.maximum(
        special.betaincinv(law.alpha[usable] + good, law.beta[usable] + others, 0.975),
        special.betaincinv(0.5 + good, 0.5 + others, 0.975),
    )
    p[usable] = run_probability(n[usable], np.maximum(longest[usable], 1), share)
    p[usable & (longest == 0)] = 1.0
    points = np.zeros(len(arrivals.day), np.bool_)
    points[at] = best & (length == longest[domain])
    value = np.where(n >= FEWEST, longest, np.nan)
    expected = np.full(arrivals.domains, np.nan)
    # About n (1 - p) runs begin; the longest reaches where one is left.
    expected[usable] = _usual_run(n[usable], np.asarray(share, np.float64))
    return Reading("best_run", n, value, expected, p, points)


def _usual_run(n: Array, p: Array) -> Array:
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return np.clip(np.log(np.maximum(n * (1 - p), 1.0)) / -np.log(p), 1.0, n)


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


def repeated(arrivals: Arrivals) -> Reading:
    """Read the share of responses that intake flagged against that of the peers."""
    n, x = arrivals.count(np.ones(len(arrivals.day), np.bool_)), arrivals.count(arrivals.flagged)
    return share_reading("flagged", x, n, usual_shares(x, n, arrivals.groups), arrivals.flagged)


def repeated_together(arrivals: Arrivals) -> Reading:
    """Read the share of responses that intake flagged on a day of the domain after the first one flagged.

    Where many citizens share a network, single flags are common; a source that answers again and again has
    several on a day, all of which are pointed to.
    """
    everyone = np.ones(len(arrivals.day), np.bool_)
    place = arrivals.day - arrivals.first_day
    a_day = arrivals.table(place, arrivals.days, arrivals.flagged)
    together = arrivals.flagged & (arrivals.domain >= 0) & (a_day > 1)[arrivals.domain, place]
    n, x = arrivals.count(everyone), np.maximum(a_day - 1, 0).sum(axis=1)
    return share_reading("flagged_together", x, n, usual_shares(x, n, arrivals.groups), together)
