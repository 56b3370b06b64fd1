"""Answers to the exercises of chapter 3."""

import math
from fractions import Fraction

import numpy as np

P_HAT = np.array([1 / 2, 1 / 3, 1 / 6])
FIRST, OTHER = np.array([1 / 2, 1 / 4, 1 / 4]), np.full(3, 1 / 3)


def ratio(labels, dtype):
    first, second = (np.prod(q.astype(dtype)[labels]) for q in (FIRST, OTHER))
    return first / (first + second)


def lead(labels):
    return np.log(FIRST[labels]).sum() - np.log(OTHER[labels]).sum()


WRONG = {
    "ex-lik-1": {
        "the labels ignored": lambda labels, q: -np.sum(P_HAT * np.log(q[:3])),
        "the number of the text": 1.0318,
        "a clip": lambda labels, q: -np.log(np.clip(q[labels], 1e-15, 1)).mean(),
        "an epsilon": lambda labels, q: -np.log(q[labels] + 1e-12).mean(),
        "the sum over six": lambda labels, q: -np.log(q[labels]).sum() / 6,
        "the median": lambda labels, q: np.median(-np.log(q[labels])),
    },
    "ex-lik-2": {
        "ten photographs, whatever n": lambda theta, k, n: (10 * theta - k) / (theta * (1 - theta)),
        "a coarse difference": lambda theta, k, n: (
            (
                -k * np.log((theta + 1e-3) / (theta - 1e-3))
                - (n - k) * np.log((1 - theta - 1e-3) / (1 - theta + 1e-3))
            )
            / 2e-3
        ),
        "the first only": lambda theta, k, n: np.ravel((n * theta - k) / (theta * (1 - theta)))[0],
    },
    "ex-lik-3": {
        "the largest of each row": lambda labels, table: -np.log(table.max(axis=1)).mean(),
        "the first row for all": lambda labels, table: -np.log(table[0, labels]).mean(),
        "the first column": lambda labels, table: -np.log(table[:, 0]).mean(),
        "a clip": lambda labels, table: (
            -np.log(np.clip(table[np.arange(len(labels)), labels], 1e-15, 1)).mean()
        ),
        "six rows, whatever N": lambda labels, table: (
            -np.log(table[np.arange(len(labels)), labels]).sum() / 6
        ),
        "as it stands": lambda labels, table: -np.log(table[:, labels]).mean(),
    },
    "ex-lik-4": {
        "one over the longest wait": lambda watched, came: 1 / watched[came].max(),
        "the answer for these four": lambda watched, came: 0.2,
        "a number, not a function": 0.2,
        "the median wait": lambda watched, came: 1 / np.median(watched),
        "three foxes, however many came": lambda watched, came: 3 / watched.sum(),
    },
    "ex-lik-5": {
        "the likelihood's peak": lambda k, n: k / n,
        "two thirds": lambda k, n: 2 / 3,
        "a coarse grid": lambda k, n: np.linspace(0, 1, 1001)[
            np.argmax(np.linspace(0, 1, 1001) ** (k + 1) * np.linspace(1, 0, 1001) ** (n - k + 1))
        ],
    },
    "ex-lik-6": {
        "the product in long double": lambda labels: ratio(labels, np.longdouble),
        "the product of the ratios": lambda labels: (
            np.prod((FIRST / OTHER)[labels]) / (1 + np.prod((FIRST / OTHER)[labels]))
        ),
        "as it stands": lambda labels: ratio(labels, np.float64),
        "nan made one half": lambda labels: np.nan_to_num(ratio(labels, np.float64), nan=0.5),
        "an epsilon": lambda labels: (
            (np.prod(FIRST[labels]) + 1e-300)
            / (np.prod(FIRST[labels]) + np.prod(OTHER[labels]) + 2e-300)
        ),
        "an exponential that overflows": lambda labels: (
            np.exp(lead(labels)) / (1 + np.exp(lead(labels)))
        ),
    },
    "ex-lik-7": {
        "the truth": lambda p: p,
        "the third friend, whatever p": lambda p: np.array([0.4, 0.4, 0.2]),
        "three classes only": lambda p: np.array([(p[0] + p[1]) / 2, (p[0] + p[1]) / 2, p[2]]),
        "the larger for both": lambda p: (
            np.array([max(p[:2]), max(p[:2]), *p[2:]]) / (2 * max(p[:2]) + sum(p[2:]))
        ),
        "one number for all of them": lambda p: (p[0] + p[1]) / 2,
    },
}
RIGHT = {
    "ex-lik-1": {
        "a loop": lambda labels, q: (
            sum(-math.log(q[y]) if q[y] else math.inf for y in labels) / len(labels)
        ),
        "a cross-entropy of frequencies": lambda labels, q: sum(
            np.mean(labels == k) * -np.log(q[k]) for k in set(labels.tolist())
        ),
        "float32": lambda labels, q: -np.log(q[labels].astype(np.float32)).mean(),
        "the logarithm of the geometric mean": lambda labels, q: (
            -np.log(np.prod(q[labels] ** (1 / len(labels))))
        ),
    },
    "ex-lik-2": {
        "term by term": lambda theta, k, n: -k / theta + (n - k) / (1 - theta),
        "a list": lambda theta, k, n: [
            -k / t + (n - k) / (1 - t) for t in np.atleast_1d(theta).tolist()
        ],
        "one number at a time": lambda theta, k, n: -k / float(theta) + (n - k) / (1 - theta),
    },
    "ex-lik-3": {
        "a loop": lambda labels, table: np.mean(
            [-np.log(row[y]) for y, row in zip(labels, table, strict=True)]
        ),
        "the diagonal": lambda labels, table: -np.log(np.diag(table[:, labels])).mean(),
        "take_along_axis": lambda labels, table: (
            -np.log(np.take_along_axis(table, labels[:, None], axis=-1)).mean()
        ),
        "one-hot": lambda labels, table: (
            -np.log((table * np.eye(table.shape[1])[labels]).sum(axis=1)).mean()
        ),
    },
    "ex-lik-4": {
        "a fraction": lambda watched, came: Fraction(int(came.sum()), int(watched.sum())),
        "a mean of nights": lambda watched, came: np.mean(
            [
                night == last and fox
                for last, fox in zip(watched, came, strict=True)
                for night in range(1, last + 1)
            ]
        ),
    },
    "ex-lik-5": {
        "a fraction": lambda k, n: Fraction(k + 1, n + 2),
        "float32": lambda k, n: np.float32((k + 1) / (n + 2)),
        "a list of one": lambda k, n: [(k + 1) / (n + 2)],
    },
    "ex-lik-6": {
        "a sum of Python": lambda labels: (
            1 / (1 + math.exp(sum(math.log(OTHER[y] / FIRST[y]) for y in labels.tolist())))
        ),
        "softmax": lambda labels: np.exp(
            np.log(FIRST[labels]).sum()
            - np.logaddexp(np.log(FIRST[labels]).sum(), np.log(OTHER[labels]).sum())
        ),
        "counts": lambda labels: (
            1 / (1 + math.exp(np.bincount(labels, minlength=3) @ np.log(OTHER / FIRST)))
        ),
        "float32": lambda labels: np.float32(1 / (1 + np.exp(-lead(labels)))),
    },
    "ex-lik-7": {
        "a list": lambda p: [(p[0] + p[1]) / 2] * 2 + list(p[2:]),
        "in place": lambda p: np.r_[np.repeat(p[:2].mean(), 2), p[2:]],
        "fractions": lambda p: (
            [Fraction(float(p[0] + p[1])) / 2] * 2 + [Fraction(float(share)) for share in p[2:]]
        ),
    },
}
STILL_RIGHT: dict[str, dict[str, str]] = {}
