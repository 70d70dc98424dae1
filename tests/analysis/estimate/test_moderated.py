from __future__ import annotations

import numpy as np
import pytest

from analysis.estimate.design import DesignError
from analysis.estimate.moderated import Clusters, Moments, Pooled, moderated, pooled
from analysis.estimate.proportion import proportion_interval


def clusters(
    domain: list[int], respondents: list[float], answers: list[float], satisfied: list[float]
) -> Clusters:
    index = np.array(domain, np.intp)
    return Clusters(index, index, *(np.array(column) for column in (respondents, answers, satisfied)))


def moments(*columns: list[float]) -> Moments:
    return Moments(*(np.array(column, np.float64) for column in columns))


def test_pool_of_two_domains_by_hand() -> None:
    # Domain 0: days 2 of 2 and 0 of 2; domain 1: days 1 of 2 and 1 of 2; one question, p = 1/2 in both.
    found = pooled(
        clusters([0, 0, 1, 1], [2.0] * 4, [2.0] * 4, [2.0, 0.0, 1.0, 1.0]),
        moments([4, 4], [2, 2], [2, 2]),
        minimum_pool=None,
    )
    # Sums of squares: between 1/2 + 1/2 on 2, in all 2, so within 1 on 4; n0 = (4 - 2 + 4 - 2) / 2 = 2.
    assert found.phi == pytest.approx(1.0)
    assert found.rho == pytest.approx((1 / 2 - 1 / 4) / (1 / 2 + 1 / 4))
    assert (found.usable, found.clusters, found.default) == (2, 4, False)


def test_pool_below_its_minimum_is_a_default() -> None:
    given = clusters([0, 0, 1, 1], [2.0] * 4, [2.0] * 4, [2.0, 0.0, 1.0, 1.0])
    assert pooled(given, moments([4, 4], [2, 2], [2, 2]), minimum_pool=5)[1:] == (0.05, 2, 4, True)
    # Enough domains, but fewer than a hundred days.
    assert pooled(given, moments([4, 4], [2, 2], [2, 2]), minimum_pool=2).default


def test_domain_of_a_default_pool_takes_the_phi_of_its_own_respondents() -> None:
    # Domain 0: two respondents with q = 2 and k = 2, 0; domain 1: q = 3, 1, all satisfied.
    given = clusters([0, 1], [2.0, 2.0], [4.0, 4.0], [2.0, 4.0])
    sums = moments([8, 10], [4, 10], [4, 10])
    found = moderated(given, sums, Pooled(9.0, 0.05, 0, 0, default=True), 2)
    # phi = sum (k - q / 2)² / (4 / 4) = 2, and sum q² / sum q = 10 / 4; R_w = 2.
    assert found.prior.tolist() == pytest.approx([2 * 1.05, 2.5 * 1.05])
    assert found.df.tolist() == [10, 10]
    known = moderated(given, sums, Pooled(1.5, 0.2, 9, 200, default=False), 2)
    assert known.prior.tolist() == pytest.approx([1.5 * 1.2, 1.5 * 1.2])


def test_one_answer_and_no_answer_keep_their_size() -> None:
    given = clusters([1], [1.0], [1.0], [1.0])
    found = moderated(given, moments([0, 1], [0, 1], [0, 1]), Pooled(1.0, 0.1, 9, 200, default=False), 2)
    assert found.effective_n.tolist() == [0, 1]
    assert (found.low[0], found.high[0]) == (0.0, 1.0)
    assert (found.low[1], found.high[1]) == proportion_interval(1, 1)


def test_prior_without_weight_is_refused() -> None:
    given = clusters([0], [1.0], [1.0], [1.0])
    with pytest.raises(DesignError, match="prior_df 0"):
        moderated(given, None, Pooled(1.0, 0.1, 9, 200, default=False), 1, prior_df=0)
