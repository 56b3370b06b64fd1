"""Answers to the exercises of chapter 7."""

import itertools
import math
from fractions import Fraction

import numpy as np


def narrow_by_hand(low, width, q, k):
    before = 0.0
    for share in q.tolist()[:k]:
        before += share
    return [low + width * before, width * q.tolist()[k]]


def word_in_fractions(low, width):
    low, high = Fraction(low), Fraction(low) + Fraction(width)
    for m in itertools.count():
        if any(low <= Fraction(j, 2**m) and Fraction(j + 1, 2**m) <= high for j in range(2**m)):
            return m


def counting_by_gamma(symbols, K):
    log = math.lgamma(len(symbols) + K) - math.lgamma(K)
    log -= sum(math.lgamma(c + 1) for c in np.bincount(symbols, minlength=K))
    return log / math.log(2)


def counting_with(start, symbols, K):
    counts, total = np.full(K, float(start)), 0.0
    for k in symbols:
        total -= math.log2(counts[k] / counts.sum())
        counts[k] += 1
    return total


def typical_by_hand(theta, n, margin):
    h = -theta * math.log2(theta) - (1 - theta) * math.log2(1 - theta)
    share = 0.0
    for j in range(n + 1):
        each = theta**j * (1 - theta) ** (n - j)
        if abs(-math.log2(each) / n - h) <= margin:
            share += math.comb(n, j) * each
    return share


WRONG = {
    "ex-txt-1": {
        "the text's own answer": lambda nats, tokens, size: 1.065,
        "rounded": lambda nats, tokens, size: round(nats * tokens / math.log(2) / size, 3),
        "log base 10": lambda nats, tokens, size: nats * tokens / math.log10(2) / size,
        "a number": 1.065,
    },
    "ex-txt-2": {
        "where it ends alone": lambda low, width, q, k: low + width * q[: k + 1].sum(),
        "the middle of the part": lambda low, width, q, k: (
            low + width * (q[:k].sum() + q[k] / 2),
            width * q[k],
        ),
        "in the other order": lambda low, width, q, k: (width * q[k], low + width * q[:k].sum()),
        "the share before, counted from 1": lambda low, width, q, k: (
            low + width * q[1:k].sum(),
            width * q[k],
        ),
    },
    "ex-txt-3": {
        "always two bits more": lambda low, width: math.ceil(-math.log2(width)) + 2,
        "open at the end": lambda low, width: next(
            m
            for m in itertools.count()
            if (math.ceil(low * 2**m) + 1) / 2**m < low + width or width == 1
        ),
        "begins after low": lambda low, width: next(
            m for m in itertools.count() if (math.floor(low * 2**m) + 2) / 2**m <= low + width
        ),
        "two": lambda low, width: 2,
    },
    "ex-txt-4": {
        "a half in place of one": lambda symbols, K: counting_with(1 / 2, symbols, K),
        "two in place of one": lambda symbols, K: counting_with(2, symbols, K),
        "the order counted": lambda symbols, K: (
            (math.lgamma(len(symbols) + K) - math.lgamma(K)) / math.log(2)
        ),
        "only letters that came": lambda symbols, K: counting_with(
            1, symbols, int(max(symbols)) + 1
        ),
        "one at a time": lambda symbols, K: [math.log2(K)] * len(symbols),
    },
    "ex-txt-5": {
        "rounded": lambda losses, sizes: round(math.exp(np.average(losses, weights=sizes)), 2),
        "the largest": lambda losses, sizes: np.exp(np.max(losses)),
        "the median": lambda losses, sizes: np.exp(np.median(losses)),
        "the last batch left out": lambda losses, sizes: np.exp(
            np.average(losses[:-1], weights=sizes[:-1]) if len(losses) > 1 else losses[0]
        ),
        "a product": lambda losses, sizes: np.prod(np.exp(losses)) ** (1 / len(losses)),
    },
    "ex-txt-6": {
        "rounded": lambda theta, n, margin: round(typical_by_hand(theta, n, margin), 2),
        "one": lambda theta, n, margin: 1.0,
        "the bound on their number": lambda theta, n, margin: 2.0 ** (-n * margin),
        "a normal law": lambda theta, n, margin: math.erf(
            margin * math.sqrt(n) / math.sqrt(2 * theta * (1 - theta))
        ),
    },
}
RIGHT = {
    "ex-txt-1": {
        "log2 of e": lambda nats, tokens, size: nats * math.log2(math.e) * tokens / size,
        "through a perplexity": lambda nats, tokens, size: (
            math.log2(math.exp(nats)) * tokens / size
        ),
        "a fraction": lambda nats, tokens, size: Fraction(nats / math.log(2)) * tokens / size,
    },
    "ex-txt-2": {
        "Python's own": narrow_by_hand,
        "edges": lambda low, width, q, k: (
            low + width * np.concatenate([[0.0], np.cumsum(q)])[k],
            np.diff(width * np.concatenate([[0.0], np.cumsum(q)]))[k],
        ),
        "an array": lambda low, width, q, k: np.array([low + width * sum(q[:k]), width * q[k]]),
    },
    "ex-txt-3": {
        "fractions": word_in_fractions,
        "a float": lambda low, width: float(word_in_fractions(low, width)),
    },
    "ex-txt-4": {
        "factorials": counting_by_gamma,
        "counts that begin at one": lambda symbols, K: counting_with(1, symbols, K),
    },
    "ex-txt-5": {
        "numpy's average": lambda losses, sizes: np.exp(np.average(losses, weights=sizes)),
        "a product of powers": lambda losses, sizes: np.prod(np.exp(losses * sizes / sizes.sum())),
        "a dot product": lambda losses, sizes: math.exp(losses @ sizes / sizes.sum()),
    },
    "ex-txt-6": {
        "Python's own": typical_by_hand,
    },
}
STILL_RIGHT = {
    "ex-txt-3": {"m = -1": "an interval of width 2 lies within none of these"},
    "ex-txt-6": {
        "base=2)) < margin": "of no input is a mean surprise exactly at the margin",
        "np.arange(n + 2)": "more heads than throws have probability 0",
        "abs(entropy(": "a distance is the same from both sides",
    },
}
