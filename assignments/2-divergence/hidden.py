"""The hidden tests of the second assignment: what is asked, and how the answers are found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import log_softmax

from crossentropy import cross_entropy, entropy, kl_divergence
from crossentropy_classroom.hidden import Arguments, Hidden

Array = NDArray[np.float64]

HOURS = np.arange(97) / 4
HUMPS = [(0.7, 10, 0.75), (0.3, 15, 0.75)]


def _dirichlet(rng: np.random.Generator, *shape: int) -> Array:
    return np.asarray(rng.dirichlet(np.ones(shape[-1]), size=shape[:-1]))


def _without(rng: np.random.Generator, q: Array) -> Array:
    """Return the rows with one class ruled out in each, and what it had given to the others."""
    ruled_out = q.copy()
    np.put_along_axis(ruled_out, rng.integers(q.shape[-1], size=(*q.shape[:-1], 1)), 0, axis=-1)
    return np.asarray(ruled_out / ruled_out.sum(axis=-1, keepdims=True))


def _sizes(rng: np.random.Generator, cases: int) -> list[tuple[int, int]]:
    return [(int(n), int(k)) for n, k in rng.integers([2, 3], [8, 7], size=(cases, 2))]


def _months(rng: np.random.Generator) -> list[Arguments]:
    return [(rng.integers(1, 60, size=size), _dirichlet(rng, *size)) for size in _sizes(rng, 4)]


def _months_with_zeros(rng: np.random.Generator) -> list[Arguments]:
    cases = _months(rng)
    for counts, _ in cases:
        np.put_along_axis(counts, rng.integers(counts.shape[1], size=(len(counts), 1)), 0, axis=1)
    return cases


def _impossible_months(rng: np.random.Generator) -> list[Arguments]:
    """Forecasts that rule classes out, of which some came and some did not."""
    cases: list[Arguments] = []
    for counts, q in _months_with_zeros(rng):
        cases.append((counts, _without(rng, q)))
        cases.append((np.where(_without(rng, q) == 0, 0, 7), np.where(counts == 0, 0, q)))
    return [(c, q / q.sum(axis=1, keepdims=True)) for c, q in cases if (c.sum(axis=1) > 0).all()]


def _contests(rng: np.random.Generator) -> list[Arguments]:
    return [
        (rng.integers(k, size=days), _dirichlet(rng, forecasters, days, k))
        for forecasters, k in _sizes(rng, 4)
        for days in (1, int(rng.integers(5, 30)))
    ]


def _contests_with_zeros(rng: np.random.Generator) -> list[Arguments]:
    """Every forecaster rules something out each day; only the last one never what comes."""
    cases: list[Arguments] = []
    for weather, forecasts in _contests(rng):
        careless = _without(rng, forecasts)
        k = forecasts.shape[-1]
        careless[0, 0] = np.eye(k)[(weather[0] + 1) % k]
        careless[-1] = np.eye(k)[weather] / 2 + np.eye(k)[(weather + 1) % k] / 2
        cases.append((weather, careless))
    return cases


def _peaked(p: Array) -> Array:
    """Return a candidate that is all but certain of the likeliest class: its H(q, p) is tiny."""
    return np.asarray(0.98 * np.eye(len(p))[p.argmax()] + 0.02 * p)


def _families(rng: np.random.Generator, direction: str) -> list[Arguments]:
    """Families in which the two directions choose different candidates."""
    cases: list[Arguments] = []
    while len(cases) < 8:
        rows, k = rng.integers([3, 3], [9, 7])
        p = _dirichlet(rng, k)
        family = rng.permutation([*_dirichlet(rng, rows, k), _peaked(p)])
        if _best_fit(p, family, "forward") != _best_fit(p, family, "reverse"):
            cases.append((p, family, direction))
    return cases


def _forward(rng: np.random.Generator) -> list[Arguments]:
    return _families(rng, "forward")


def _reverse(rng: np.random.Generator) -> list[Arguments]:
    return _families(rng, "reverse")


def _mismatched(rng: np.random.Generator) -> list[Arguments]:
    """Truths that rule out one class; candidates that rule out none, or that and one more."""
    cases: list[Arguments] = []
    for k, direction in zip(rng.integers(4, 8, size=16), ["forward", "reverse"] * 8, strict=True):
        truth = _without(rng, _dirichlet(rng, k))
        narrow = np.where(truth > 0, _without(rng, _dirichlet(rng, 4, k)), 0)
        narrow /= narrow.sum(axis=1, keepdims=True)
        family = rng.permutation([*_dirichlet(rng, 4, k), *narrow, _peaked(truth)])
        cases.append((truth, family, direction))
    return cases


def _coins(rng: np.random.Generator) -> list[Arguments]:
    heads = np.r_[rng.uniform(0.02, 0.45, size=3), rng.uniform(0.55, 0.98, size=3)]
    return [(np.array([share, 1 - share]),) for share in heads]


def _days(rng: np.random.Generator, *, certain: bool, without: bool) -> list[Arguments]:
    cases: list[Arguments] = []
    for n, k in _sizes(rng, 4):
        p = np.eye(k)[rng.integers(k, size=n)] if certain else _dirichlet(rng, n, k)
        q = _dirichlet(rng, n, k)
        if without:
            q = _without(rng, q)
            p[0] = q[0]  # rules out only what never comes
        cases.append((p, q, _dirichlet(rng, k)))
    return cases


def _ordinary_days(rng: np.random.Generator) -> list[Arguments]:
    return _days(rng, certain=False, without=False)


def _certain_days(rng: np.random.Generator) -> list[Arguments]:
    return _days(rng, certain=True, without=False)


def _days_with_zeros(rng: np.random.Generator) -> list[Arguments]:
    return _days(rng, certain=False, without=True)


def _excess_bits(counts: Array, q: Array) -> Array:
    total = counts.sum(axis=1)
    shares = counts / total[:, np.newaxis]
    return np.asarray(total * (cross_entropy(shares, q, base=2) - entropy(shares, base=2)))


def _mean_bills(weather: Array, forecasts: Array) -> Array:
    came = np.eye(forecasts.shape[-1])[weather.astype(int)]
    return np.asarray(cross_entropy(came, forecasts, base=2).mean(axis=1))


def _best_fit(p: Array, family: Array, direction: str) -> int:
    truth = np.broadcast_to(p, family.shape)
    pair = (truth, family) if direction == "forward" else (family, truth)
    return int(kl_divergence(*pair).argmin())


def _same_both_ways(p: Array) -> Array:
    """By a root: beyond 1/2, on the other side from p, the difference changes its sign once."""

    def difference(share: float) -> float:
        q = np.array([share, 1 - share])
        return float(kl_divergence(p, q) - kl_divergence(q, p))

    ends = (1e-6, 0.5) if p[0] > 0.5 else (0.5, 1 - 1e-6)
    share = optimize.brentq(difference, *ends, xtol=1e-12)
    return np.array([share, 1 - share])


def _saved_bits(p: Array, q: Array, climate: Array) -> Array:
    wasted_by_climate = kl_divergence(p, np.broadcast_to(climate, p.shape), base=2)
    return np.asarray(wasted_by_climate - kl_divergence(p, q, base=2))


def _hump(mean: float, width: float) -> Array:
    return np.asarray(np.exp(log_softmax(-(((HOURS - mean) / width) ** 2) / 2)))


def _smallest(direction: str, start: float) -> tuple[float, float]:
    """Return the mean of the hump that descends to a smallest divergence, and its nats."""
    p = np.sum([weight * _hump(mean, width) for weight, mean, width in HUMPS], axis=0)

    def divergence(v: Array) -> float:
        q = _hump(v[0], np.exp(v[1]))
        return float(kl_divergence(p, q) if direction == "forward" else kl_divergence(q, p))

    best = optimize.minimize(divergence, [start, 0.0])
    return float(best.x[0]), float(best.fun)


TESTS = [
    Hidden(
        "test-excess-bits",
        "excess_bits",
        2,
        _excess_bits,
        "bits beyond what was needed, station by station",
        _months,
    ),
    Hidden(
        "test-excess-bits",
        "excess_bits",
        1,
        _excess_bits,
        "months in which some class did not come",
        _months_with_zeros,
    ),
    Hidden(
        "test-excess-bits",
        "excess_bits",
        1,
        _excess_bits,
        "forecasts that rule classes out, whether they come or not",
        _impossible_months,
    ),
    Hidden(
        "test-mean-bills",
        "mean_bills",
        2,
        _mean_bills,
        "mean bits per day, for any number of forecasters, days and classes",
        _contests,
    ),
    Hidden(
        "test-mean-bills",
        "mean_bills",
        1,
        _mean_bills,
        "forecasters who call something impossible, and what came among it",
        _contests_with_zeros,
    ),
    Hidden(
        "test-best-fit",
        "best_fit",
        1,
        _best_fit,
        "the best candidate in the forward direction",
        _forward,
    ),
    Hidden(
        "test-best-fit",
        "best_fit",
        1,
        _best_fit,
        "the best candidate in the reverse direction",
        _reverse,
    ),
    Hidden(
        "test-best-fit",
        "best_fit",
        1,
        _best_fit,
        "both directions, when truth and candidates rule out different classes",
        _mismatched,
    ),
    Hidden(
        "test-descend",
        "covering_mean",
        1,
        _smallest("forward", 11.0)[0],
        "the mean of the hump that covers, to one decimal",
        rtol=0.004,
    ),
    Hidden(
        "test-descend",
        "seeking_nats",
        1,
        _smallest("reverse", 15.5)[1],
        "the divergence that is left on the smaller hump, in nats, to two decimals",
        rtol=0.005,
    ),
    Hidden(
        "test-same-both-ways",
        "same_both_ways",
        1,
        _same_both_ways,
        "a pair of distributions that is as far one way as the other",
        _coins,
    ),
    Hidden(
        "test-saved-bits",
        "saved_bits",
        1,
        _saved_bits,
        "bits saved on days whose weather is certain",
        _certain_days,
    ),
    Hidden(
        "test-saved-bits",
        "saved_bits",
        1,
        _saved_bits,
        "bits saved on days whose weather is uncertain",
        _ordinary_days,
    ),
    Hidden(
        "test-saved-bits",
        "saved_bits",
        1,
        _saved_bits,
        "bits saved by forecasts that rule classes out, whether they come or not",
        _days_with_zeros,
    ),
]
