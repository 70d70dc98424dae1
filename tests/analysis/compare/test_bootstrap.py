import numpy as np
import pytest
from scipy import special

from analysis.compare.beta_binomial import beta_binomial
from analysis.compare.bootstrap import fits
from analysis.compare.empirical_bayes import HIGHEST

BOUNDS = [(-14.0, 14.0), (0.0, float(np.log(HIGHEST)))]


@pytest.mark.parametrize(("alpha", "beta"), [(9, 1), (50, 5), (2000, 200), (0.8, 0.2)])
def test_fits__each_row__as_likely_as_the_fit_of_that_row_alone(alpha: float, beta: float) -> None:
    random = np.random.default_rng(3)
    size = random.uniform(30, 400, 10)
    whole = np.rint(size).astype(int)
    x = random.binomial(whole, random.beta(alpha, beta, (20, 10))) / whole * size
    a, b = fits(x, size, BOUNDS)

    def likelihood(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        terms = special.betaln(a[:, None] + x, b[:, None] + size - x) - special.betaln(a, b)[:, None]
        return np.asarray(terms.sum(axis=1))

    alone = [beta_binomial(row, size) for row in x]
    best = likelihood(np.array([fit.alpha for fit in alone]), np.array([fit.beta for fit in alone]))
    assert likelihood(a, b) == pytest.approx(best, abs=2e-3)
    indistinct = np.array([fit.indistinct for fit in alone])
    assert np.log(a + b)[~indistinct] == pytest.approx(
        [np.log(fit.alpha + fit.beta) for fit in alone if not fit.indistinct], abs=1e-3
    )


def test_fits__all_or_none_satisfied__stay_within_the_bounds() -> None:
    size = np.full(5, 40.0)
    a, b = fits(np.stack([size, np.zeros(5)]), size, BOUNDS)
    assert np.isfinite([a, b]).all()
    assert (a / (a + b))[0] > 0.99
    assert (a / (a + b))[1] < 0.01
    assert ((a + b) >= 1 - 1e-9).all()
