"""Answers to the exercises of chapter 2."""

import math
from fractions import Fraction

import numpy as np
from scipy import special, stats


def term(p, q):
    return 0.0 if p == 0 else math.inf if q == 0 else p * math.log(p / q)


def kl(p, q):
    return sum(map(term, p, q))


def infinite_for_any_zero(p, q):
    if (q == 0).any():
        return np.inf
    return special.rel_entr(p, q).sum()


def masked(p, q, keep):
    return np.sum(p[keep] * np.log(p[keep] / q[keep]))


WRONG = {
    "ex-div-1": {
        "the number of the text": lambda p, q, days: 271.26816,
        "one word a day": lambda p, q, days: 219.0,
        "a clip": lambda p, q, days: days * kl(p, np.clip(q, 1e-12, 1)) / math.log(2),
        "no excess below zero": lambda p, q, days: max(0, days * kl(q, p) / math.log(2)),
        "in base 10": lambda p, q, days: days * kl(p, q) / math.log(10),
        "called too early": 271.26816,
    },
    "ex-div-3": {
        "a zero in q is infinite": infinite_for_any_zero,
        "the other mask": lambda p, q: masked(p, q, (p > 0) | (q == 0)),
        "no mask": lambda p, q: np.sum(p * np.log(p / q)),
        "nansum": lambda p, q: np.nansum(np.where(q > 0, p * np.log(p / q), 0)),
        "an epsilon": lambda p, q: np.sum(p * np.log((p + 1e-12) / (q + 1e-12))),
        "an epsilon where it is finite": lambda p, q: (
            np.inf if ((p > 0) & (q == 0)).any() else np.sum(p * np.log((p + 1e-12) / (q + 1e-12)))
        ),
        "normalised over what is kept": lambda p, q: stats.entropy(
            p[(p > 0) & (q > 0)], q[(p > 0) & (q > 0)]
        ),
        "the absolute value of each term": lambda p, q: np.abs(special.rel_entr(p, q)).sum(),
        "in bits": lambda p, q: special.rel_entr(p, q).sum() / np.log(2),
    },
    "ex-div-4": {
        "the sample's": lambda p, p_other, share: [0.4, 0.3, 0.3],
        "the larger garden": lambda p, p_other, share: p if share >= 0.5 else p_other,
        "not normalised": lambda p, p_other, share: share * p + p_other,
    },
    "ex-div-5": {
        "0.1 for all": lambda nats: 0.1,
        "squared": lambda nats: (nats / 2) ** 2,
        "linear, right at two nats": lambda nats: nats / 2,
        "bits": lambda nats: math.sqrt(nats / (2 * math.log(2))),
    },
    "ex-div-6": {
        "nine": lambda counts: (counts + 1) / 9,
        "one and a half totals": lambda counts: (counts + 1) / (1.5 * counts.sum()),
        "three classes": lambda counts: (counts + 1) / (counts.sum() + 3),
        "the sample's": lambda counts: [5 / 9, 3 / 9, 1 / 9],
        "a clip": lambda counts: np.maximum(counts, 1) / np.maximum(counts, 1).sum(),
        "softmax": lambda counts: special.softmax(counts),
    },
}
RIGHT = {
    "ex-div-1": {
        "a difference of bills": lambda p, q, days: (
            days
            * sum(
                -pk * math.log2(qk) if qk else math.inf for pk, qk in zip(p, q, strict=True) if pk
            )
            - days * stats.entropy(p, base=2)
        ),
        "nats, turned": lambda p, q, days: kl(p, q) * days / math.log(2),
        "SciPy's entropy": lambda p, q, days: days * stats.entropy(p, q, base=2),
    },
    "ex-div-3": {
        "a loop": kl,
        "rel_entr": lambda p, q: special.rel_entr(p, q).sum(),
        "a difference": lambda p, q: np.sum(special.xlogy(p, p)) - np.sum(special.xlogy(p, q)),
        "infinity by hand": lambda p, q: (
            np.inf if ((p > 0) & (q == 0)).any() else masked(p, q, p > 0)
        ),
        "float32": lambda p, q: np.float32(kl(p, q)),
    },
    "ex-div-4": {
        "a list": lambda p, p_other, share: [
            share * a + (1 - share) * b for a, b in zip(p, p_other, strict=True)
        ],
        "a step": lambda p, p_other, share: p_other + share * (p - p_other),
        "average": lambda p, p_other, share: np.average([p, p_other], 0, [share, 1 - share]),
    },
    "ex-div-5": {
        "math": lambda nats: math.sqrt(nats / 2),
        "no error above 1": lambda nats: min(1, np.sqrt(nats / 2)),
        "a power": lambda nats: (nats / 2) ** 0.5,
        "an array": lambda nats: np.sqrt(np.array([nats]) / 2),
        "np.minimum": lambda nats: np.minimum(1.0, np.sqrt(nats / 2)),
    },
    "ex-div-6": {
        "in two steps": lambda counts: (counts + 1) / (counts.sum() + len(counts)),
        "fractions": lambda counts: [
            Fraction(int(n) + 1, int(counts.sum()) + len(counts)) for n in counts
        ],
        "in place": lambda counts: np.divide(counts + 1, np.sum(counts + 1)),
    },
}
STILL_RIGHT = {"ex-div-3": {"np.errstate()": "the same number, and a warning of NumPy's"}}
