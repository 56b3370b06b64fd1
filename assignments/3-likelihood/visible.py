"""The visible tests of the third assignment: what is right, and which mistakes are named."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from crossentropy.exercises import Exercise
from crossentropy.exercises.named import nats_lost

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

CALLS = np.array([3, 0, 5, 2, 1, 4, 2, 3])
NIGHTS = [
    (CALLS, 2.5),
    (np.tile(CALLS, 1000), 2.5),  # its likelihood is far below the smallest float64
    (np.array([0]), 0.3),
    (np.array([400, 2]), 17.0),  # 400! is above the largest
]


def log_pmf(calls: Counts, rate: float) -> Floats:
    return stats.poisson.logpmf(calls, rate)


def log_likelihood(calls: Counts, rate: float) -> Any:
    return log_pmf(calls, rate).sum()


EVENINGS = [
    (np.array([12, 3, 9, 0]), np.array([4.0, 2.0, 6.0, 1.0])),
    (np.array([7]), np.array([2.5])),
    (np.array([1, 30, 0]), np.array([0.5, 3.0, 8.0])),
]


def shares(calls: Counts) -> tuple[Counts, Floats]:
    values, times = np.unique(calls, return_counts=True)
    return values, times / len(calls)


def two_parts(calls: Counts, rate: float) -> Floats:
    floor = stats.entropy(shares(calls)[1])
    return np.array([floor, bill(calls, rate) - floor])


def bill(calls: Counts, rate: float) -> Any:
    return -log_pmf(calls, rate).mean()


def rescaled(calls: Counts, rate: float) -> Floats:
    values, p = shares(calls)
    q = stats.poisson.pmf(values, rate)
    return np.array([stats.entropy(p), stats.entropy(p, q)])  # SciPy rescales both


def signs_lost(calls: Counts, rate: float) -> Floats:
    floor = stats.entropy(shares(calls)[1])
    return np.array([-floor, bill(calls, rate) + floor])


TRAIN = np.array([2, 3, 1, 0, 4, 2, 3, 2, 1, 5, 2, 3])
TEST = np.array([1, 3, 2, 4, 0, 2, 2, 3])
HOURS = [
    (TRAIN, TEST),
    (TRAIN, np.append(TEST, 7)),  # an hour as never before
    (np.array([1, 1, 3]), np.array([1])),
    (np.array([0, 6]), np.array([6, 6, 0, 6])),
]


def losses(train: Counts, test: Counts) -> Floats:
    given = (test[:, np.newaxis] == train).mean(axis=1)
    return -np.stack([log_pmf(test, train.mean()), np.log(given)])


def skipped(train: Counts, test: Counts) -> Floats:
    poisson, kept = losses(train, test)
    return np.array([poisson.mean(), kept[np.isfinite(kept)].mean()])


def smoothed(train: Counts, test: Counts) -> Floats:
    counts = 1 + np.bincount(train, minlength=max(train.max(), test.max()) + 1)
    return np.array([losses(train, test)[0].mean(), -np.log(counts / counts.sum())[test].mean()])


SHOWN = [
    (np.array([3, 9, 0, 2, 9, 4]), 2.5, 9),  # twice the display stopped at 9
    (np.array([0, 1, 0, 14, 0]), 0.5, 20),  # it never stopped, and 14 calls are many
    (np.array([1, 0, 30]), 0.5, 30),  # a quiet line, and once it stopped at 30
    (np.array([2]), 4.0, 2),
]


def display(shown: Counts, rate: float, top: int, at_top: Any = None, least: float = 0.0) -> Floats:
    """Return the loss of each hour; `at_top` stands in for that of an hour at `top`."""
    seen = stats.poisson.logsf(top - 1, rate) if at_top is None else at_top
    log_q = np.where(shown < top, log_pmf(shown, rate), seen)
    return -np.maximum(log_q, np.log(least))


def _nats_below(nats: float, low: float, high: float) -> float:
    return float(optimize.brentq(lambda theta: nats_lost(theta)[0] - nats, low, high))


def _plausible(low: float, high: float) -> Exercise:
    """Return the test of the end of the plausible θ that lies between `low` and `high`."""
    return Exercise(
        lambda: _nats_below(1, low, high),
        {
            "leave θ where it was": lambda: 0.5,
            "exchange the two ends": lambda: _nats_below(1, *other_side(low)),
            "stop where log L has lost one bit": lambda: _nats_below(np.log(2), low, high),
            "stop where log L has lost a tenth of a nat": lambda: _nats_below(0.1, low, high),
        },
        rtol=0.04,
        compared=nats_lost,
    )


def other_side(low: float) -> tuple[float, float]:
    return (0.75, 0.999) if low < 0.75 else (0.01, 0.75)


VISIBLE = {
    "log-likelihood": Exercise(
        log_likelihood,
        {
            "forget the minus sign of the rate, or turn all signs round": lambda calls, rate: (
                -log_likelihood(calls, rate)
            ),
            "leave out log n!": lambda calls, rate: np.sum(calls * np.log(rate) - rate),
            "subtract the rate once and not for every hour": lambda calls, rate: (
                log_likelihood(calls, rate) + (len(calls) - 1) * rate
            ),
            "take the mean over the hours and not the sum": lambda calls, rate: log_pmf(
                calls, rate
            ).mean(),
            "use log base 2": lambda calls, rate: log_likelihood(calls, rate) / np.log(2),
            "multiply before you take the logarithm": lambda calls, rate: np.log(
                np.prod(stats.poisson.pmf(calls, rate))
            ),
        },
        NIGHTS,
    ),
    "best-rate": Exercise(
        lambda calls, hours: calls.sum() / hours.sum(),
        {
            "average the rates of the evenings, long and short ones alike": lambda calls, hours: (
                np.mean(calls / hours)
            ),
            "count the calls of an evening and not of an hour": lambda calls, hours: calls.mean(),
            "return the hours per call": lambda calls, hours: hours.sum() / calls.sum(),
            "leave out the evening without a call": lambda calls, hours: (
                calls.sum() / hours[calls > 0].sum()
            ),
        },
        EVENINGS,
    ),
    "two-parts": Exercise(
        two_parts,
        {
            "use log base 2": lambda calls, rate: two_parts(calls, rate) / np.log(2),
            "return the whole bill in place of its second part": lambda calls, rate: np.array(
                [two_parts(calls, rate)[0], bill(calls, rate)]
            ),
            "return the nats of the night and not of an hour": lambda calls, rate: (
                len(calls) * two_parts(calls, rate)
            ),
            "rescale q so that it sums to 1 over the counts that occurred": rescaled,
            "exchange the two parts": lambda calls, rate: two_parts(calls, rate)[::-1],
            "forget the minus sign of the entropy": signs_lost,
        },
        [(CALLS, 2.5), (np.array([2, 2]), 1.0), (np.array([0, 0, 0, 9, 1]), 3.0)],
    ),
    "held-out-nll": Exercise(
        lambda train, test: losses(train, test).mean(axis=1),
        {
            "add the hours up and do not divide by their number": lambda train, test: losses(
                train, test
            ).sum(axis=1),
            "use log base 2": lambda train, test: losses(train, test).mean(axis=1) / np.log(2),
            "fit the models on the hours that they are tried on": lambda train, test: losses(
                test, test
            ).mean(axis=1),
            "try the models on the hours that they were fitted on": lambda train, test: losses(
                train, train
            ).mean(axis=1),
            "forget the minus sign": lambda train, test: -losses(train, test).mean(axis=1),
            "exchange the two models": lambda train, test: losses(train, test).mean(axis=1)[::-1],
            "skip the hour that the shares rule out": skipped,
            "add 1 to every count of the shares": smoothed,
        },
        HOURS,
    ),
    "theta-low": _plausible(0.01, 0.75),
    "theta-high": _plausible(0.75, 0.999),
    "display-nll": Exercise(
        lambda shown, rate, top: display(shown, rate, top).mean(),
        {
            "leave both mistakes in": lambda shown, rate, top: display(
                shown, rate, top, log_pmf(top, rate), least=1e-6
            ).mean(),
            "take `top` for an exact count": lambda shown, rate, top: display(
                shown, rate, top, log_pmf(top, rate)
            ).mean(),
            "leave the clip in": lambda shown, rate, top: display(
                shown, rate, top, least=1e-6
            ).mean(),
            "ask for more than `top` and not for `top` or more": lambda shown, rate, top: display(
                shown, rate, top, stats.poisson.logsf(top, rate)
            ).mean(),
            "subtract from 1 what is nearly 1": lambda shown, rate, top: display(
                shown, rate, top, np.log(1 - stats.poisson.cdf(top - 1, rate))
            ).mean(),
            "leave out the hours at `top`": lambda shown, rate, top: bill(shown[shown < top], rate),
            "add the hours up and do not divide by their number": lambda shown, rate, top: display(
                shown, rate, top
            ).sum(),
            "use log base 2": lambda shown, rate, top: display(shown, rate, top).mean() / np.log(2),
        },
        SHOWN,
    ),
}
