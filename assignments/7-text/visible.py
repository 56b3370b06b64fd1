"""The visible tests of the seventh assignment: what is right, and which mistakes are named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossentropy import entropy
from crossentropy.coding import huffman_lengths
from crossentropy.data import load_alice
from crossentropy.exercises import Exercise

Floats = NDArray[np.float64]
Symbols = NDArray[np.int64]

PAIRS = np.array([[0.1, 0.6, 0.3], [0.25, 0.5, 0.25], [0.7, 0.1, 0.2]])
RULED_OUT = np.array([[0.5, 0.0, 0.5, 0.0], [0.25] * 4, [0.0, 1.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.5]])
RARE = np.array([[0.9999, 0.0001], [0.9998, 0.0002]])
TEXTS = [
    (PAIRS, 2, np.array([0, 1, 1, 2, 0, 2, 2, 1])),
    (RULED_OUT, 1, np.array([3, 1, 2, 0])),
    (RULED_OUT, 0, np.array([2, 1, 3])),
    (RARE, 0, np.ones(90, dtype=int)),
    (PAIRS, 1, np.array([0])),
]


def past(before: int, symbols: Symbols) -> Symbols:
    return np.r_[before, symbols[:-1]]


def surprises(table: Floats, before: int, symbols: Symbols) -> Floats:
    return -np.log2(table[past(before, symbols), symbols])


COUNTED = [
    (np.array([0, 1, 2, 1, 2, 0, 1, 2, 2]), 3, 1.0),
    (np.array([0, 1, 2, 1, 2, 0, 1, 2, 2]), 3, 0.25),
    (np.array([4, 1, 1, 0, 4, 1, 3]), 6, 0.5),
    (np.array([1, 0]), 2, 2.0),
]


def counts(symbols: Symbols, K: int) -> Floats:
    table = np.zeros((K, K))
    np.add.at(table, (symbols[:-1], symbols[1:]), 1)
    return table


def came(symbols: Symbols, K: int) -> Floats:
    """Return how often each letter came, as a column, the last letter of the text too."""
    return np.bincount(symbols, minlength=K).astype(float)[:, np.newaxis]


def shares(counted: Floats, a: float, axis: int = 1) -> Floats:
    return (counted + a) / (counted + a).sum(axis=axis, keepdims=True)


def table_of(change: Callable[[Floats], Floats]) -> Callable[..., Any]:
    """Return the table of counts that something has changed."""
    return lambda symbols, K, a: shares(change(counts(symbols, K)), a)


def round_trip(symbols: Symbols, K: int, a: float) -> Floats:
    return shares(counts(np.append(symbols, symbols[0]), K), a)


REPORTS = [
    (np.array([11_513, 4000, 2700]), np.array([5.6, 61.0, 390.0]), 11_513),
    (np.array([10, 5]), np.array([2.0, 1.0]), 20),
    (np.array([7]), np.array([128.0]), 7),
    (np.array([300, 900, 450, 1000]), np.array([99.0, 3.0, 17.5, 4.25]), 1000),
]

BOTH = [
    (np.array([1.0, 3.0, 0.5, 2.0]), np.array([2.0, 1.0, 4.0, 0.25])),
    (np.array([2.0, np.inf, 1.0]), np.array([3.0, 1.5, 2.5])),
    (np.array([4.0]), np.array([1.0])),
    (np.tile([100.0, 90.0], 6), np.tile([90.0, 100.5], 6)),
]


def bills(first: Floats, second: Floats) -> Floats:
    return 1 - np.logaddexp2(-np.cumsum(first), -np.cumsum(second))


def rounded_to_zero(first: Floats, second: Floats) -> Floats:
    products = np.cumprod(2.0**-first) + np.cumprod(2.0**-second)
    return np.diff(-np.log2(products / 2), prepend=0)


TEXT = load_alice()
ON_BOARD = TEXT[: TEXT.index("CHAPTER XII\n")]
AFTER_V = [ON_BOARD.count(f"v{letter}") for letter in "eoi"]
FOLLOWS = np.array([*AFTER_V, ON_BOARD.count("v") - sum(AFTER_V)]) / ON_BOARD.count("v")


def price(lengths: Floats) -> float:
    return float(FOLLOWS @ lengths)


EIGHTHS = np.array([[3, 0, 1, 4], [2, 2, 2, 2], [0, 8, 0, 0], [1, 5, 0, 2]]) / 8
INTERVALS = [
    (PAIRS, 2, np.array([0, 1, 2])),
    (PAIRS, 0, np.array([2])),
    (EIGHTHS, 3, np.array([3, 1, 1, 0, 2])),
    (np.array([[0.2, 0.8], [0.9, 0.1]]), 1, np.array([0, 1, 0, 0])),
]


def interval(table: Floats, before: int, symbols: Symbols) -> tuple[Any, Any]:
    low, width = 0.0, 1.0
    for j, k in zip(past(before, symbols), symbols, strict=True):
        low, width = low + width * table[j, :k].sum(), width * table[j, k]
    return low, width


def after_it(table: Floats, before: int, symbols: Symbols) -> tuple[Any, Any]:
    """Count the letter itself among those before it."""
    low, width = 0.0, 1.0
    for j, k in zip(past(before, symbols), symbols, strict=True):
        low, width = low + width * table[j, : k + 1].sum(), width * table[j, k]
    return low, width


def without_width(table: Floats, before: int, symbols: Symbols) -> tuple[Any, Any]:
    rows = zip(past(before, symbols), symbols, strict=True)
    return sum(table[j, :k].sum() for j, k in rows), interval(table, before, symbols)[1]


def always_before(table: Floats, before: int, symbols: Symbols) -> tuple[Any, Any]:
    return interval(np.tile(table[before], (len(table), 1)), before, symbols)


NUMBERS = [
    (0.15, 3, PAIRS, 2),
    (0.75, 2, PAIRS, 0),
    (0.625, 4, EIGHTHS, 3),  # right on a cut
    (0.5, 5, EIGHTHS, 0),  # where a letter has no part
    (0.96, 1, PAIRS, 1),
    (0.0, 6, EIGHTHS[[3, 2, 1, 0]][:, [3, 2, 1, 0]], 2),
]


def read_off(
    number: float, length: int, table: Floats, before: int, side: Any = "right"
) -> list[int]:
    low, width, read = 0.0, 1.0, []
    for _ in range(length):
        ends = low + width * np.cumsum(table[before])
        k = min(int(np.searchsorted(ends, number, side=side)), len(table) - 1)
        low, width = ends[k] - width * table[before, k], width * table[before, k]
        before = k
        read.append(k)
    return read


def always_cut_alike(number: float, length: int, table: Floats, before: int) -> list[int]:
    return read_off(number, length, np.tile(table[before], (len(table), 1)), before)


def never_enlarged(number: float, length: int, table: Floats, before: int) -> list[int]:
    read = []
    for _ in range(length):
        before = min(
            int(np.searchsorted(np.cumsum(table[before]), number, side="right")), len(table) - 1
        )
        read.append(before)
    return read


FORMS = [
    (PAIRS, 2, np.array([0, 1, 1, 2, 0, 2, 2, 1]), 3),
    (PAIRS, 0, np.array([2, 2, 1, 0, 1, 2]), 2),
    (PAIRS, 1, np.array([1, 2, 0]), 1),
    (PAIRS, 1, np.array([2, 0, 1, 1]), 9),
    (np.array([[0.2, 0.8], [0.9, 0.1]]), 1, np.array([0, 1, 0, 0, 1, 1, 1, 0, 1]), 4),
]


def of_forms(each: Floats, size: int) -> Floats:
    return np.add.reduceat(each, np.arange(0, len(each), size))


def forgotten(table: Floats, before: int, symbols: Symbols, size: int) -> Floats:
    """Return the surprises where each form begins as the text does."""
    seen = past(before, symbols)
    seen[::size] = before
    return -np.log2(table[seen, symbols])


VISIBLE = {
    "text-bits": Exercise(
        lambda table, before, symbols: surprises(table, before, symbols).sum(),
        {
            "use natural logarithms": lambda table, before, symbols: (
                surprises(table, before, symbols).sum() * np.log(2)
            ),
            "take the mean over the letters": lambda table, before, symbols: surprises(
                table, before, symbols
            ).mean(),
            "leave out the minus": lambda table, before, symbols: (
                -surprises(table, before, symbols).sum()
            ),
            "leave out the first letter": lambda table, before, symbols: surprises(
                table, before, symbols
            )[1:].sum(),
            "exchange the letter and the one before it": lambda table, before, symbols: surprises(
                table.T, before, symbols
            ).sum(),
            "let every letter follow the one before the text": lambda table, before, symbols: (
                -np.log2(table[before, symbols]).sum()
            ),
            "multiply until the product has rounded to 0": lambda table, before, symbols: (
                -np.log2(np.prod(table[past(before, symbols), symbols]))
            ),
        },
        TEXTS,
    ),
    "pair-table": Exercise(
        lambda symbols, K, a: shares(counts(symbols, K), a),
        {
            "add no constant": lambda symbols, K, a: shares(counts(symbols, K), 0),
            "add 1, whatever a is": lambda symbols, K, a: shares(counts(symbols, K), 1),
            "add the constant above the fraction line only": lambda symbols, K, a: (
                (counts(symbols, K) + a) / counts(symbols, K).sum(axis=1, keepdims=True)
            ),
            "add the constant once, not K times, below the fraction line": lambda symbols, K, a: (
                (counts(symbols, K) + a) / (counts(symbols, K).sum(axis=1, keepdims=True) + a)
            ),
            "count the last letter of the text, which nothing follows": lambda symbols, K, a: (
                (counts(symbols, K) + a) / (came(symbols, K) + K * a)
            ),
            "let the first letter of the text follow its last": round_trip,
            "count each pair once, however often it came": table_of(lambda n: (n > 0) * 1.0),
            "exchange the letter and the one before it": table_of(np.transpose),
            "divide by the totals of the columns": lambda symbols, K, a: shares(
                counts(symbols, K), a, axis=0
            ),
            "divide by the number of all pairs": lambda symbols, K, a: (
                (counts(symbols, K) + a) / (len(symbols) - 1 + K * K * a)
            ),
        },
        COUNTED,
    ),
    "bits-a-letter": Exercise(
        lambda tokens, perplexities, letters: tokens / letters * np.log2(perplexities),
        {
            "use natural logarithms": lambda tokens, perplexities, letters: (
                tokens / letters * np.log(perplexities)
            ),
            "take a perplexity for bits": lambda tokens, perplexities, letters: (
                tokens / letters * perplexities
            ),
            "stop at bits a token": lambda tokens, perplexities, letters: np.log2(perplexities),
            "stop at the bits of the whole text": lambda tokens, perplexities, letters: (
                tokens * np.log2(perplexities)
            ),
            "exchange tokens and letters": lambda tokens, perplexities, letters: (
                letters / tokens * np.log2(perplexities)
            ),
            "share the perplexity among the letters": lambda tokens, perplexities, letters: np.log2(
                tokens / letters * perplexities
            ),
        },
        REPORTS,
    ),
    "mixed": Exercise(
        lambda first, second: np.diff(bills(first, second), prepend=0),
        {
            "mix the guesses for each letter half and half": lambda first, second: (
                1 - np.logaddexp2(-first, -second)
            ),
            "leave out the halves": lambda first, second: np.diff(
                bills(first, second) - 1, prepend=0
            ),
            "add the bit to each letter": lambda first, second: (
                1 + np.diff(bills(first, second) - 1, prepend=0)
            ),
            "take the mean of the surprises": lambda first, second: (first + second) / 2,
            "take the smaller surprise of each letter": np.minimum,
            "return the bills of the beginnings": bills,
            "leave out the first letter": lambda first, second: np.diff(bills(first, second)),
            "work with probabilities that round to 0": rounded_to_zero,
        },
        BOTH,
    ),
    "lowest-price": Exercise(
        lambda: price(huffman_lengths(FOLLOWS)),
        {
            "leave q as it was": lambda: price(huffman_lengths([0.1, 0.2, 0.3, 0.4])),
            "give words of the same length": lambda: 2.0,
            "read off H(p, q)": lambda: float(entropy(FOLLOWS, base=2)),
        },
        rtol=0.005,
    ),
    "lowest-loss": Exercise(
        lambda: float(entropy(FOLLOWS, base=2)),
        {
            "leave q as it was": lambda: float(-FOLLOWS @ np.log2([0.1, 0.2, 0.3, 0.4])),
            "read off the price": lambda: price(huffman_lengths(FOLLOWS)),
            "give it in nats": lambda: float(entropy(FOLLOWS)),
        },
        rtol=0.01,
    ),
    "interval": Exercise(
        interval,
        {
            "count the letter itself among those before it": after_it,
            "add the share without the width": without_width,
            "cut by the same row for every letter": always_before,
            "return where it ends in place of its width": lambda table, before, symbols: (
                interval(table, before, symbols)[0],
                sum(interval(table, before, symbols)),
            ),
            "exchange the letter and the one before it": lambda table, before, symbols: interval(
                table.T, before, symbols
            ),
        },
        INTERVALS,
    ),
    "read-off": Exercise(
        read_off,
        {
            "cut by the same row for every letter": always_cut_alike,
            "never enlarge what is left": never_enlarged,
            "give a cut to the part that ends there": lambda number, length, table, before: (
                read_off(number, length, table, before, side="left")
            ),
            "exchange the letter and the one before it": lambda number, length, table, before: (
                read_off(number, length, table.T / table.T.sum(axis=1, keepdims=True), before)
            ),
        },
        NUMBERS,
        without=("arithmetic_decode",),
    ),
    "bits-of-forms": Exercise(
        lambda table, before, symbols, size: of_forms(surprises(table, before, symbols), size),
        {
            "begin each form as the text begins": lambda table, before, symbols, size: of_forms(
                forgotten(table, before, symbols, size), size
            ),
            "take the mean of each form": lambda table, before, symbols, size: (
                of_forms(surprises(table, before, symbols), size)
                / of_forms(np.ones(len(symbols)), size)
            ),
            "use natural logarithms": lambda table, before, symbols, size: (
                of_forms(surprises(table, before, symbols), size) * np.log(2)
            ),
            "return the bits of the whole text": lambda table, before, symbols, size: surprises(
                table, before, symbols
            ).sum(),
            "return the bits of each letter": lambda table, before, symbols, size: surprises(
                table, before, symbols
            ),
        },
        FORMS,
    ),
}
