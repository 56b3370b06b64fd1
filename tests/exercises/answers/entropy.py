"""Answers to the exercises of chapter 1."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

P_HAT = np.array([1 / 2, 1 / 3, 1 / 6])


def entropy_bits(p):
    p = np.asarray(p)
    p = p[p > 0]
    return -np.sum(p * np.log2(p)) + 0.0


def one_by_one(p):
    return sum(-share * math.log2(share) for share in p if share > 0) + 0.0


def clipped(p, least):
    return -np.sum(np.clip(p, least, 1) * np.log2(np.clip(p, least, 1)))


WRONG = {
    "ex-ent-1": {
        "nothing is returned": lambda: None,
        "rounded to two digits": 2.16,
        "in nats": 1.498,
        "text": "2.161",
    },
    "ex-ent-3": {
        "how many come": lambda p: np.log2((np.asarray(p) > 0).sum()),
        "a clip at 1e-12": lambda p: clipped(p, 1e-12),
        "a clip at 1e-8": lambda p: clipped(p, 1e-8),
        "an epsilon, and abs": lambda p: abs(-np.sum(p * np.log2(np.add(p, 1e-12)))),
        "an epsilon, and max": lambda p: max(0, -np.sum(p * np.log2(np.add(p, 1e-12)))),
        "called too early": entropy_bits(P_HAT),
    },
    "ex-ent-4": {
        "the best number of coins": lambda k: np.log2(3) if k == 4 else 0.0,
        "all of them at once": lambda k: [k, k, k],
    },
    "ex-ent-5": {
        "no distributions": lambda: ([1, 1, 0], [0, 0, 1]),
        "one garden": lambda: P_HAT,
    },
    "ex-ent-6": {
        "the mean of the nights' perplexities": lambda counts: np.log(
            np.mean(
                [
                    np.exp(-sum(c / sum(row) * np.log(c / sum(row)) for c in row if c))
                    for row in counts
                ]
            )
        ),
    },
}
RIGHT = {
    "ex-ent-1": {
        "the digits of the text": 2.161,
        "more digits": 2.16096,
        "a decimal": Decimal("2.161"),
        "a fraction": Fraction(2161, 1000),
        "a list of one": lambda: [2.161],
        "float32": lambda: np.float32(2.1609640),
    },
    "ex-ent-3": {
        "a loop of Python": one_by_one,
        "float32": lambda p: np.float32(entropy_bits(p)),
        "where": lambda p: -np.sum(p * np.log2(np.where(np.equal(p, 0), 1, p))) + 0.0,
    },
    "ex-ent-4": {
        "a sum by hand": lambda k: (
            -2 * (k / 12) * np.log2(k / 12) - (0 if k == 6 else (1 - k / 6) * np.log2(1 - k / 6))
        ),
    },
    "ex-ent-5": {
        "arrays": lambda: (np.array([0, 0.5, 0.5]), np.array([1.0, 0, 0])),
        "fractions of four animals": lambda: [
            [0.5, 0.5, 0, 0],
            [0, 0, Fraction(1, 4), Fraction(3, 4)],
        ],
    },
}
STILL_RIGHT = {
    "ex-ent-1": {},
    "ex-ent-4": {},
    "ex-ent-5": {"[0, 2 / 3, 1 / 3]": "any garden without cats will do"},
}
