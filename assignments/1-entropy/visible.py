"""The visible tests of the first assignment: what is right, and which mistakes are named."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats
from scipy.special import entr

from crossentropy.exercises import Exercise
from crossentropy.exercises.named import bits_of_umbrellas

Table = NDArray[np.int64]

FOUND = np.array([[8, 4, 2, 1, 1], [4, 4, 4, 4, 0], [0, 0, 6, 0, 0], [3, 1, 1, 2, 3]])
POCKET = np.array([[0, 6, 4, 4, 0], [8, 2, 0, 0, 0]])
TABLES = [
    (FOUND,),
    (np.array([[5, 0, 3]]),),
    (np.array([[1, 2], [7, 1], [3, 3], [0, 9], [4, 2], [1, 1]]),),
]
QUESTIONS = [
    (POCKET,),
    (np.vstack([POCKET, 0 * POCKET[:1]]),),
    (np.array([[3, 0, 1], [0, 0, 0], [2, 2, 0], [1, 0, 0]]),),
    (np.array([[1, 2, 3, 0]]),),
]
CLERK_A = ["00", "01", "10", "110", "111"]
CLERK_B = ["11", "00", "011", "10", "01"]
LISTS = [
    (CLERK_A,),
    (CLERK_B,),
    (["0", "10", "10"],),
    (["10", "1", "00"],),
    (["0"],),
    (["1", "01", "001", "000"],),
]
CODES = [
    (FOUND[3], CLERK_A),
    (FOUND[1], CLERK_A),
    (np.array([6, 1, 1]), ["0", "10", "11"]),
    (np.array([0, 5]), ["0", "1"]),
    (np.array([9]), ["0"]),
]


def shares(counts: Table, axis: int = 1) -> NDArray[np.float64]:
    return counts / counts.sum(axis=axis, keepdims=True)


def entropies(counts: Table, base: float = 2) -> Any:
    return entr(shares(counts)).sum(axis=1) / np.log(base)


def patched(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the terms of the entropy in bits, with 0 for what never comes."""
    return -table * np.log2(np.where(table > 0, table, 1))


def naive(table: NDArray[np.float64]) -> NDArray[np.float64]:
    return -table * np.log2(table)


def answered(counts: Table) -> Table:
    return counts[counts.sum(axis=1) > 0]


def before(counts: Table, base: float = 2) -> Any:
    return stats.entropy(counts.sum(axis=0), base=base)


def after(counts: Table, base: float = 2) -> Any:
    given = answered(counts)
    return np.average(entropies(given, base), weights=given.sum(axis=1))


def unanswered_divided(counts: Table) -> Any:
    return before(counts) - np.average(patched(shares(counts)).sum(axis=1), weights=counts.sum(1))


def is_prefix_code(words: list[str]) -> bool:
    ordered = sorted(words)
    return not any(b.startswith(a) for a, b in pairwise(ordered))


def lengths(words: list[str]) -> NDArray[np.int64]:
    return np.array([len(word) for word in words])


def mean_length(counts: Table, words: list[str]) -> Any:
    return counts @ lengths(words) / counts.sum()


def bits(counts: Table) -> Any:
    return stats.entropy(counts, base=2)


def umbrella_share(bits: float, low: float = 1 / 3, high: float = 0.99) -> float:
    """Return the share of umbrellas between two others at which the entropy is that."""
    return float(optimize.brentq(lambda share: bits_of_umbrellas(share)[0] - bits, low, high))


def umbrellas(bits: float) -> Exercise:
    """Return the test of the picture in the variants that ask for so many bits."""
    return Exercise(
        lambda: umbrella_share(bits),
        {
            "leave the bars as they were": lambda: 1 / 3,
            "take the place where umbrellas are rare": lambda: umbrella_share(bits, 1e-9, 1 / 3),
            "give the share of the gloves": lambda: (1 - umbrella_share(bits)) / 2,
            "stop at one bit": lambda: umbrella_share(1),
        },
        rtol=0.012,
        compared=bits_of_umbrellas,
    )


VISIBLE = {
    "row-entropies": Exercise(
        entropies,
        {
            "use natural logarithms": lambda counts: entropies(counts, np.e),
            "divide by the totals of the columns": lambda counts: patched(
                shares(counts, axis=0)
            ).sum(axis=1),
            "forget the minus sign": lambda counts: -entropies(counts),
            "leave 0 log 0 to NumPy": lambda counts: naive(shares(counts)).sum(axis=1),
            "take the mean over the kinds and not the sum": lambda counts: patched(
                shares(counts)
            ).mean(axis=1),
        },
        TABLES,
        without=("entropy",),
    ),
    "information-gain": Exercise(
        lambda counts: before(counts) - after(counts),
        {
            "use natural logarithms": lambda counts: before(counts, np.e) - after(counts, np.e),
            "weigh all answers alike": lambda counts: (
                before(counts) - entropies(answered(counts)).mean()
            ),
            "forget what was known before the question": lambda counts: -after(counts),
            "return what is left after the answer": after,
            "return the entropy before the question": before,
            "return the entropy of the answer": lambda counts: stats.entropy(
                counts.sum(axis=1), base=2
            ),
            "divide a row of zeros by its sum": unanswered_divided,
        },
        QUESTIONS,
    ),
    "umbrella-share": Exercise(
        lambda: 0.7729,
        {
            "leave the bars as they were": lambda: 1 / 3,
            "take the place without umbrellas": lambda: 0.0,
            "stop at one nat": lambda: 0.5503,
        },
        rtol=0.012,
        compared=bits_of_umbrellas,
    ),
    "is-prefix-code": Exercise(
        is_prefix_code,
        {
            "call every list a code": lambda words: True,
            "compare each word with the next one only": lambda words: (
                not any(b.startswith(a) or a.startswith(b) for a, b in pairwise(words))
            ),
            "let two kinds have the same word": lambda words: is_prefix_code([*{*words}]),
            "ask only whether an earlier word begins a later one": lambda words: (
                not any(
                    later.startswith(word)
                    for i, word in enumerate(words)
                    for later in words[i + 1 :]
                )
            ),
            "answer the other way round": lambda words: not is_prefix_code(words),
        },
        LISTS,
    ),
    "wasted-bits": Exercise(
        lambda counts, words: mean_length(counts, words) - bits(counts),
        {
            "use natural logarithms": lambda counts, words: (
                mean_length(counts, words) - stats.entropy(counts)
            ),
            "return the mean length": mean_length,
            "weigh all words alike": lambda counts, words: lengths(words).mean() - bits(counts),
            "return the bits of all finds together": lambda counts, words: (
                counts.sum() * (mean_length(counts, words) - bits(counts))
            ),
            "turn the difference round": lambda counts, words: (
                bits(counts) - mean_length(counts, words)
            ),
            "leave 0 log 0 to NumPy": lambda counts, words: (
                mean_length(counts, words) - naive(counts / counts.sum()).sum()
            ),
        },
        CODES,
    ),
    "effective-kinds": Exercise(
        lambda counts: 2 ** entropies(counts),
        {
            "leave both mistakes in": lambda counts: np.exp(
                patched(shares(counts, axis=0)).sum(axis=1)
            ),
            "divide by the totals of the columns": lambda counts: (
                2 ** patched(shares(counts, axis=0)).sum(axis=1)
            ),
            "raise e to a number of bits": lambda counts: np.exp(entropies(counts)),
            "raise 2 to a number of nats": lambda counts: 2 ** entropies(counts, np.e),
            "return the entropy and not the number of kinds": entropies,
        },
        [*TABLES, (np.array([[2, 1], [1, 2]]),)],
    ),
}

# The variants of this assignment ask for another entropy each.
VISIBLE |= {
    f"umbrella-share-{bits:g}": umbrellas(bits)
    for bits in (1.06, 1.11, 1.16, 1.2, 1.25, 1.3, 1.34, 1.4)
}
