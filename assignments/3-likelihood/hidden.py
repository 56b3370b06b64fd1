"""The hidden tests of the third assignment: what is asked, and how the answers are found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from crossentropy import cross_entropy, entropy
from crossentropy_classroom.hidden import Arguments, Hidden

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


def _rates(rng: np.random.Generator) -> list[float]:
    return [float(rate) for rate in rng.uniform(0.6, 7, size=4)]


def _nights(rng: np.random.Generator) -> list[Arguments]:
    return [
        (rng.poisson(rate, size=rng.integers(1, 25)), rate * float(rng.uniform(0.7, 1.4)))
        for rate in _rates(rng)
    ]


def _long_nights(rng: np.random.Generator) -> list[Arguments]:
    """So many hours that the product of their probabilities is 0 in float64."""
    return [
        (rng.poisson(rate, size=rng.integers(1200, 2400)), rate + float(rng.uniform(0, 1)))
        for rate in _rates(rng)
    ]


def _busy_nights(rng: np.random.Generator) -> list[Arguments]:
    """So many calls in an hour that their factorial is infinite in float64."""
    return [
        (rng.poisson(rate, size=6), rate + float(rng.uniform(-9, 9)))
        for rate in rng.uniform(300, 700, size=3).tolist()
    ]


def _evenings(rng: np.random.Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for rate in _rates(rng):
        hours = rng.uniform(0.5, 9, size=rng.integers(3, 12))
        calls = rng.poisson(rate * hours)
        calls[:2] = 0, 3
        cases.append((calls, hours))
    return cases


def _like_hours(rng: np.random.Generator) -> list[Arguments]:
    """Every hour of a night has the same count."""
    return [
        (np.full(rng.integers(1, 9), rng.integers(0, 7)), rate) for rate in rng.uniform(1, 6, 3)
    ]


def _seen(rng: np.random.Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for rate in _rates(rng):
        train = np.append(rng.poisson(rate, size=rng.integers(8, 40)), 1)
        cases.append((train, rng.choice(train, size=rng.integers(3, 20))))
    return cases


def _unseen(rng: np.random.Generator) -> list[Arguments]:
    return [
        (train, rng.permutation(np.append(test, train.max() + rng.integers(1, 4))))
        for train, test in _seen(rng)
    ]


def _probable_displays(rng: np.random.Generator) -> list[Arguments]:
    """Nights with hours at the top, which is no surprise, and none that a clip would change."""
    cases: list[Arguments] = []
    for rate in rng.uniform(2, 6, size=4).tolist():
        top = int(rate) + int(rng.integers(1, 3))
        shown = np.minimum(rng.poisson(rate, size=rng.integers(5, 25)), top)
        cases.append((np.append(shown, top), rate, top))
    return cases


def _improbable_counts(rng: np.random.Generator) -> list[Arguments]:
    """No hour at the top, and one that is all but impossible."""
    return [
        (np.append(rng.poisson(rate, size=rng.integers(3, 12)), rng.integers(16, 25)), rate, 30)
        for rate in rng.uniform(0.3, 1.2, size=4).tolist()
    ]


def _improbable_displays(rng: np.random.Generator) -> list[Arguments]:
    """Nights with an hour at the top so improbable that 1 - cdf is 0 in float64."""
    return [
        (np.append(rng.poisson(rate, size=rng.integers(3, 12)), top), rate, int(top))
        for rate in rng.uniform(0.3, 1.0, size=4).tolist()
        for top in rng.integers(25, 35, size=1)
    ]


def _log_likelihood(calls: Counts, rate: float) -> float:
    return float(stats.poisson.logpmf(calls, rate).sum())


def _best_rate(calls: Counts, hours: Array) -> float:
    """Where the slope of the log-likelihood is zero: calls over the rate, less the hours."""
    return float(optimize.brentq(lambda rate: (calls / rate - hours).sum(), 1e-6, 1e6, xtol=1e-12))


def _shares(calls: Counts) -> tuple[Counts, Array]:
    values, times = np.unique(calls, return_counts=True)
    return values, times / times.sum()


def _two_parts(calls: Counts, rate: float) -> Array:
    _, shares = _shares(calls)
    bill = -stats.poisson.logpmf(calls, rate).mean()
    return np.array([entropy(shares), bill - entropy(shares)])


def _held_out_nll(train: Counts, test: Counts) -> Array:
    """Take the shares as a cross-entropy, over all counts that occur on either side."""
    classes = 1 + max(train.max(), test.max())
    fitted, came = (np.bincount(part, minlength=classes) / len(part) for part in (train, test))
    poisson = -stats.poisson.logpmf(test, train.mean()).mean()
    return np.array([poisson, cross_entropy(came, fitted)])


def _display_nll(shown: Counts, rate: float, top: int) -> float:
    """Add up the tail, far enough, in place of asking SciPy for it."""
    tail = stats.poisson.pmf(np.arange(top, top + 200), rate).sum()
    chances = np.append(stats.poisson.pmf(np.arange(top), rate), tail)
    return float(-np.log(chances[shown]).mean())


def _lost(theta: float) -> float:
    """Return how many nats below its top, less one, the log-likelihood of 18 of 24 is."""
    binomial = stats.binom(24, [0.75, theta]).logpmf(18)
    return float(binomial[0] - binomial[1]) - 1


TESTS = [
    Hidden(
        "test-log-likelihood",
        "log_likelihood",
        2,
        _log_likelihood,
        "log-likelihood of a rate on ordinary nights, in nats",
        _nights,
    ),
    Hidden(
        "test-log-likelihood",
        "log_likelihood",
        1,
        _log_likelihood,
        "log-likelihood of thousands of hours",
        _long_nights,
    ),
    Hidden(
        "test-log-likelihood",
        "log_likelihood",
        1,
        _log_likelihood,
        "log-likelihood of hours with hundreds of calls",
        _busy_nights,
    ),
    Hidden(
        "test-best-rate",
        "best_rate",
        2,
        _best_rate,
        "the most likely rate for evenings of unequal length",
        _evenings,
    ),
    Hidden(
        "test-two-parts",
        "two_parts",
        1,
        _two_parts,
        "the two parts of the bill, on ordinary nights and on long ones",
        lambda rng: [*_nights(rng), *_long_nights(rng)],
    ),
    Hidden(
        "test-two-parts",
        "two_parts",
        1,
        _two_parts,
        "the two parts of the bill when all hours are alike",
        _like_hours,
    ),
    Hidden(
        "test-held-out-nll",
        "held_out_nll",
        2,
        _held_out_nll,
        "what two fitted models cost on new hours with counts that they have seen",
        _seen,
    ),
    Hidden(
        "test-held-out-nll",
        "held_out_nll",
        1,
        _held_out_nll,
        "new hours with a count as never before",
        _unseen,
    ),
    Hidden(
        "test-plausible",
        "theta_low",
        1,
        optimize.brentq(_lost, 0.3, 0.75),
        "the smallest plausible probability, to two decimals",
        rtol=0.004,
    ),
    Hidden(
        "test-plausible",
        "theta_high",
        1,
        optimize.brentq(_lost, 0.75, 0.99),
        "the largest plausible probability, to two decimals",
        rtol=0.004,
    ),
    Hidden(
        "test-display-nll",
        "display_nll",
        1,
        _display_nll,
        "nights on which the display stopped at its top",
        _probable_displays,
    ),
    Hidden(
        "test-display-nll",
        "display_nll",
        1,
        _display_nll,
        "nights with an hour that is all but impossible",
        _improbable_counts,
    ),
    Hidden(
        "test-display-nll",
        "display_nll",
        1,
        _display_nll,
        "nights on which it is all but impossible that the display stopped",
        _improbable_displays,
    ),
]
