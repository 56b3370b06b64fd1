"""The exercises of chapter 3, *From likelihood to cross-entropy*."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from crossentropy.exercises._exercise import Exercise
from crossentropy.likelihood import likelihood, log_likelihood, negative_log_likelihood

__all__ = ["EXERCISES"]

_SIX = np.array([0, 0, 1, 0, 2, 1])


def _summed(labels: Any, q: Any) -> Any:
    return negative_log_likelihood(labels, q, reduction="sum")


_third_friend = Exercise(
    lambda labels, q: negative_log_likelihood(labels, q),
    {
        "use log base 2": lambda labels, q: negative_log_likelihood(labels, q) / np.log(2),
        "sum and do not divide by N": _summed,
        "divide by the number of classes": lambda labels, q: _summed(labels, q) / len(q),
        "forget the minus sign": lambda labels, q: -negative_log_likelihood(labels, q),
        "take the logarithm of the mean probability": lambda labels, q: -np.log(q[labels].mean()),
        "average over the classes, not over the labels": lambda labels, q: -np.log(q).mean(),
    },
    [
        (_SIX, np.array([0.4, 0.4, 0.2])),
        (np.array([1, 1, 0, 1]), np.array([0.9, 0.1])),
        (np.array([3]), np.array([0.2, 0.0, 0.3, 0.5])),
        (np.array([2, 0, 2, 2, 1, 0, 0]), np.array([0.25, 0.05, 0.7])),
        (np.array([0, 0, 2]), np.array([0.5, 0.5, 0.0])),  # a label that the bet rules out
    ],
)


def _slope(theta: Any, k: int, n: int) -> Any:
    return (n * theta - k) / (theta * (1 - theta))


_peak = Exercise(
    _slope,
    {
        "take the slope of log L": lambda theta, k, n: -_slope(theta, k, n),
        "forget the inner derivative of log(1 - θ)": lambda theta, k, n: (
            -k / theta - (n - k) / (1 - theta)
        ),
        "exchange k and n - k": lambda theta, k, n: _slope(theta, n - k, n),
        "divide by N": lambda theta, k, n: _slope(theta, k, n) / n,
        "stop at the numerator": lambda theta, k, n: n * theta - k,
    },
    [
        (np.array([0.2, 0.4, 0.7, 0.9]), 7, 10),
        (np.array([0.5, 0.25]), 1, 4),
        (0.01, 3, 5),
        (np.array([0.999]), 1, 1000),
    ],
)


def _comma(labels: Any, table: Any) -> Any:
    return -np.log(table[:, labels]).mean()


_table_nll = Exercise(
    lambda labels, table: negative_log_likelihood(labels, table),
    {
        "pair every photograph with every label": _comma,
        "take the largest probability of each row, whatever the label": lambda labels, table: (
            -np.log(table.max(axis=1)).mean()
        ),
        "sum and do not divide by N": lambda labels, table: negative_log_likelihood(
            labels, table, reduction="sum"
        ),
        "take the logarithm of the mean": lambda labels, table: (
            -np.log(np.take_along_axis(table, labels[:, np.newaxis], axis=1).mean())
        ),
    },
    [
        (
            np.array([0, 0, 1, 0, 2, 1]),
            np.array(
                [
                    [0.80, 0.15, 0.05],
                    [0.70, 0.20, 0.10],
                    [0.20, 0.70, 0.10],
                    [0.50, 0.10, 0.40],
                    [0.30, 0.10, 0.60],
                    [0.10, 0.80, 0.10],
                ]
            ),
        ),
        # The label is not the likely one.
        (np.array([2, 0, 0]), np.array([[0.2, 0.7, 0.1], [0.3, 0.3, 0.4], [0.6, 0.1, 0.3]])),
        (np.array([1]), np.array([[0.75, 0.25]])),
        (np.array([3, 3]), np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.15, 0.05]])),
        (np.array([0, 1]), np.array([[0.5, 0.5], [1.0, 0.0]])),  # ruled out
    ],
)


_fox_rate = Exercise(
    lambda watched, came: came.sum() / watched.sum(),
    {
        "leave out the gardens without a fox": lambda watched, came: (
            came.sum() / watched[came].sum()
        ),
        "let a fox come on the last night of each garden": lambda watched, came: (
            len(watched) / watched.sum()
        ),
        "count gardens and not nights": lambda watched, came: came.mean(),
        "average one over the nights": lambda watched, came: np.mean(1 / watched[came]),
        "take one over the longest wait": lambda watched, came: 1 / watched[came].max(initial=0),
        "estimate the probability of no fox": lambda watched, came: 1 - came.sum() / watched.sum(),
    },
    [
        (np.array([3, 1, 5, 6]), np.array([True, True, True, False])),
        (np.array([2, 9]), np.array([True, False])),
        (np.array([1, 1, 1]), np.array([True, True, True])),  # a fox every night
        (np.array([4, 10, 7]), np.array([False, False, False])),  # and none at all
        (np.array([2, 8, 1, 4, 30]), np.array([True, False, True, True, False])),
    ],
)


_density_peak = Exercise(
    lambda k, n: (k + 1) / (n + 2),
    {
        "leave out the slope": lambda k, n: k / n,
        "divide by the slope": lambda k, n: (k - 1) / (n - 2),
        "take the slope to be θ": lambda k, n: (k + 1) / (n + 1),
        "take the slope to be 1 - θ": lambda k, n: k / (n + 1),
        "return the score and not θ": lambda k, n: np.log((k + 1) / (n - k + 1)),
    },
    [(7, 10), (1, 10), (2, 4), (4, 5), (1, 1000)],
)


def _twins(p: NDArray[Any], each: Any) -> NDArray[np.float64]:
    """Give the first two classes the same weight, and let the weights sum to 1."""
    weights = np.array([each, each, *p[2:]])
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


_nearest = Exercise(
    lambda p: _twins(p, (p[0] + p[1]) / 2),
    {
        "return the truth, which the family does not contain": lambda p: p,
        "minimise the divergence in the other direction, from q to p": lambda p: _twins(
            p, np.sqrt(p[0] * p[1])
        ),
        "give each of the two what belongs to both": lambda p: np.array(
            [p[0] + p[1], p[0] + p[1], *p[2:]]
        ),
        "give all classes the same": lambda p: np.full(len(p), 1 / len(p)),
        "leave one of the two out": lambda p: np.array([p[0], p[0], *p[2:]]),
    },
    [
        (np.array([0.45, 0.35, 0.20]),),
        (np.array([0.9, 0.1]),),
        (np.array([0.0, 0.6, 0.4]),),
        (np.array([0.0, 0.0, 0.7, 0.3]),),
        (np.array([0.1, 0.3, 0.2, 0.15, 0.25]),),
    ],
)


_FIRST, _OTHER = np.array([1 / 2, 1 / 4, 1 / 4]), np.full(3, 1 / 3)


def _products(labels: Any) -> tuple[Any, Any]:
    return likelihood(labels, _FIRST), likelihood(labels, _OTHER)


def _lead(labels: Any) -> Any:
    """Return log L of the first friend, minus that of the other."""
    return log_likelihood(labels, _FIRST) - log_likelihood(labels, _OTHER)


def _share(first: Any, other: Any) -> Any:
    return first / (first + other)


_trust = Exercise(
    lambda labels: special.expit(_lead(labels)),
    {
        "divide 0 by 0": lambda labels: _share(*_products(labels)),
        "keep the products above 0 with a tiny number": lambda labels: _share(
            *np.maximum(_products(labels), 1e-300)
        ),
        "let the product of the ratios overflow": lambda labels: _share(
            np.prod((_FIRST / _OTHER)[labels]), 1
        ),
        "divide the logarithms": lambda labels: _share(
            log_likelihood(labels, _FIRST), log_likelihood(labels, _OTHER)
        ),
        "return the other friend's share": lambda labels: special.expit(-_lead(labels)),
        "divide by the second likelihood alone": lambda labels: np.exp(_lead(labels)),
    },
    [
        (_SIX,),
        (np.repeat([0, 1, 2], [415, 300, 285]),),
        (np.array([2]),),
        (np.repeat([2, 1, 0], [3420, 3600, 4980]),),  # beyond a number of 80 bits, too
        (np.zeros(2000, dtype=int),),
    ],
    rtol=1e-7,  # twelve thousand logarithms, added one by one, are off by a billionth or so
)

EXERCISES = {
    "ex-lik-1": _third_friend,
    "ex-lik-2": _peak,
    "ex-lik-3": _table_nll,
    "ex-lik-4": _fox_rate,
    "ex-lik-5": _density_peak,
    "ex-lik-6": _trust,
    "ex-lik-7": _nearest,
}
