"""The exercises of the chapter on predicting text."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import binom

from crossentropy.exercises._exercise import Exercise
from crossentropy.information import entropy

_bits_per_byte = Exercise(
    lambda nats, tokens, size: nats * tokens / (size * np.log(2)),
    {
        "forget to divide by log 2": lambda nats, tokens, size: nats * tokens / size,
        "multiply by log 2": lambda nats, tokens, size: nats * tokens * np.log(2) / size,
        "stop at bits a token": lambda nats, tokens, size: nats / np.log(2),
        "forget how many tokens there are": lambda nats, tokens, size: nats / np.log(2) / size,
        "exchange tokens and bytes": lambda nats, tokens, size: nats * size / tokens / np.log(2),
        "divide a token's bits by its number": lambda nats, tokens, size: nats / np.log(2) / tokens,
        "stop at the bits of the whole text": lambda nats, tokens, size: nats * tokens / np.log(2),
        "return a perplexity": lambda nats, tokens, size: np.exp(nats * tokens / size),
    },
    [(3.10, 1000, 4200), (2.65, 1250, 4200), (np.log(2), 8, 1), (0.0, 5, 7), (5.3, 31, 64)],
)


def _narrowed(low: float, width: float, q: Any, k: int) -> tuple[Any, Any]:
    return low + width * q[:k].sum(), width * q[k]


_narrow = Exercise(
    _narrowed,
    {
        "count the letter itself among those before it": lambda low, width, q, k: (
            low + width * q[: k + 1].sum(),
            width * q[k],
        ),
        "add the share without the width": lambda low, width, q, k: (
            low + q[:k].sum(),
            width * q[k],
        ),
        "forget the width": lambda low, width, q, k: (low + q[:k].sum(), q[k]),
        "return where it ends in place of its width": lambda low, width, q, k: (
            low + width * q[:k].sum(),
            low + width * q[: k + 1].sum(),
        ),
        "forget where the interval begins": lambda low, width, q, k: (
            width * q[:k].sum(),
            width * q[k],
        ),
        "take the part from the other end": lambda low, width, q, k: (
            low + width * q[k + 1 :].sum(),
            width * q[k],
        ),
        "always start at the beginning": lambda low, width, q, k: (low, width * q[k]),
    },
    [
        (0.0, 1.0, np.array([1 / 2, 1 / 3, 1 / 6]), 0),
        (0.25, 0.5, np.array([1 / 2, 1 / 3, 1 / 6]), 2),
        (0.125, 0.25, np.array([0.1, 0.2, 0.3, 0.4]), 2),
        (0.5, 0.03125, np.array([0.0, 1.0]), 1),
        (0.75, 0.125, np.array([0.3, 0.0, 0.5, 0.2]), 1),
    ],
)


def _shortest(low: float, width: float) -> int:
    m = 0
    while (np.ceil(low * 2**m) + 1) / 2**m > low + width:
        m += 1
    return m


def _first_number(low: float, width: float) -> int:
    m = 0
    while np.ceil(low * 2**m) / 2**m >= low + width:
        m += 1
    return m


_word = Exercise(
    _shortest,
    {
        "round the surprisal up": lambda low, width: np.ceil(-np.log2(width)),
        "always add a bit": lambda low, width: np.ceil(-np.log2(width)) + 1,
        "round the surprisal down": lambda low, width: np.floor(-np.log2(width)),
        "ask only that the word's beginning lies within": _first_number,
        "return the surprisal": lambda low, width: -np.log2(width),
    },
    [
        (0.25, 0.5),
        (0.5, 0.5),
        (0.0, 1.0),
        (0.375, 0.25),
        (0.25, 0.015625),
        (0.171875, 0.1015625),
        (0.109375, 0.046875),
        (0.4375, 0.0078125),
    ],
)


def _counted(symbols: Any, K: int) -> float:
    counts, total = np.zeros(K), 0.0
    for t, k in enumerate(symbols):
        total -= np.log2((counts[k] + 1) / (t + K))
        counts[k] += 1
    return total


def _counted_first(symbols: Any, K: int) -> float:
    counts, total = np.zeros(K), 0.0
    for t, k in enumerate(symbols):
        counts[k] += 1
        total -= np.log2((counts[k] + 1) / (t + 1 + K))
    return total


def _counted_before(symbols: Any, K: int) -> float:
    shares = np.bincount(symbols, minlength=K) / len(symbols)
    return float(-np.log2(shares[symbols]).sum())


_counting = Exercise(
    _counted,
    {
        "count a letter before you guess it": _counted_first,
        "count the whole text first": _counted_before,
        "use nats": lambda symbols, K: _counted(symbols, K) * np.log(2),
        "take the mean": lambda symbols, K: _counted(symbols, K) / len(symbols),
        "guess evenly throughout": lambda symbols, K: len(symbols) * np.log2(K),
        "forget the minus sign": lambda symbols, K: -_counted(symbols, K),
    },
    [
        (np.array([0, 0, 1, 0, 2, 1]), 3),
        (np.array([1]), 4),  # one letter
        (np.array([2, 2, 2, 2, 2]), 3),  # one kind
        (np.array([3, 0, 1, 1, 4, 3, 3, 0, 3, 3, 1]), 7),  # two kinds never come
        (np.tile([0, 1, 1], 20), 2),
    ],
)


def _pooled(losses: Any, sizes: Any) -> Any:
    return np.exp(np.sum(losses * sizes) / np.sum(sizes))


_perplexity = Exercise(
    _pooled,
    {
        "average the perplexities": lambda losses, sizes: np.mean(np.exp(losses)),
        "weigh the perplexities": lambda losses, sizes: np.average(np.exp(losses), weights=sizes),
        "forget the sizes": lambda losses, sizes: np.exp(np.mean(losses)),
        "take nats for bits": lambda losses, sizes: 2 ** (np.sum(losses * sizes) / np.sum(sizes)),
        "stop at the mean loss": lambda losses, sizes: np.average(losses, weights=sizes),
        "add the losses": lambda losses, sizes: np.exp(np.sum(losses)),
        "divide by the number of batches": lambda losses, sizes: np.exp(np.mean(losses * sizes)),
    },
    [
        (np.array([1.6, 2.0, 3.4]), np.array([128, 128, 32])),
        (np.array([2.0, 0.1]), np.array([3, 1])),
        (np.array([0.7, 0.0, 1.9, 4.2]), np.array([5, 5, 5, 5])),
        (np.array([1.3]), np.array([17])),
        (np.array([0.0, 0.0]), np.array([2, 7])),
    ],
)


def _means(theta: float, n: int) -> Any:
    heads = np.arange(n + 1)
    return -(heads * np.log2(theta) + (n - heads) * np.log2(1 - theta)) / n


def _within(theta: float, n: int, margin: float) -> Any:
    return abs(_means(theta, n) - entropy([theta, 1 - theta], base=2)) <= margin


def _share(theta: float, n: int, margin: float) -> float:
    return float(binom.pmf(np.arange(n + 1), n, theta)[_within(theta, n, margin)].sum())


_typical = Exercise(
    _share,
    {
        "use nats for the surprises": lambda theta, n, margin: _share(theta, n, margin / np.log(2)),
        "count sequences in place of adding their probabilities": lambda theta, n, margin: (
            binom.pmf(np.arange(n + 1), n, 1 / 2)[_within(theta, n, margin)].sum()
        ),
        "forget how many sequences have as many heads": lambda theta, n, margin: (
            2.0 ** (-n * _means(theta, n)[_within(theta, n, margin)])
        ).sum(),
        "return the probability of the others": lambda theta, n, margin: (
            1 - _share(theta, n, margin)
        ),
        "hold the share of heads against the margin": lambda theta, n, margin: binom.pmf(
            np.arange(n + 1), n, theta
        )[abs(np.arange(n + 1) / n - theta) <= margin].sum(),
        "leave out what lies above the entropy": lambda theta, n, margin: binom.pmf(
            np.arange(n + 1), n, theta
        )[
            _within(theta, n, margin) & (_means(theta, n) <= entropy([theta, 1 - theta], base=2))
        ].sum(),
        "leave out what lies below the entropy": lambda theta, n, margin: binom.pmf(
            np.arange(n + 1), n, theta
        )[
            _within(theta, n, margin) & (_means(theta, n) >= entropy([theta, 1 - theta], base=2))
        ].sum(),
        "measure from 0 in place of the entropy": lambda theta, n, margin: binom.pmf(
            np.arange(n + 1), n, theta
        )[_means(theta, n) <= margin].sum(),
    },
    [
        (0.9, 20, 0.25),
        (0.5, 9, 0.1),
        (0.2, 50, 0.07),
        (0.99, 100, 0.1),
        (0.35, 7, 0.013),
        (0.7, 31, 0.21),
    ],
)

EXERCISES = {
    "ex-txt-1": _bits_per_byte,
    "ex-txt-2": _narrow,
    "ex-txt-3": _word,
    "ex-txt-4": _counting,
    "ex-txt-5": _perplexity,
    "ex-txt-6": _typical,
}
