"""The hidden tests of the seventh assignment: what is asked, and how the answers are found."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from crossentropy import entropy
from crossentropy.coding import huffman_lengths
from crossentropy.data import load_alice
from crossentropy_classroom.hidden import Arguments, Hidden

Floats = NDArray[np.float64]
Symbols = NDArray[np.int64]


def _table(rng: np.random.Generator, k: int) -> Floats:
    """Return a table whose every entry is well above 0."""
    rows = rng.dirichlet(np.full(k, 2.0), size=k) + 0.05
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _written(rng: np.random.Generator, table: Floats, n: int) -> tuple[int, Symbols]:
    """Return a letter, and a text drawn from the table that follows it."""
    before = last = int(rng.integers(len(table)))
    text = []
    for _ in range(n):
        last = int(rng.choice(len(table), p=table[last]))
        text.append(last)
    return before, np.array(text)


def _texts(rng: np.random.Generator) -> list[Arguments]:
    """One letter, some, and many."""
    tables = [_table(rng, k) for k in rng.integers(2, 7, size=4)]
    return [(t, *_written(rng, t, n)) for t, n in zip(tables, (1, 3, 12, 40), strict=True)]


def _impossible_and_endless(rng: np.random.Generator) -> list[Arguments]:
    """A text with a pair that is ruled out, and one whose probability is below all floats."""
    table = _table(rng, 4)
    before, text = _written(rng, table, 9)
    ruled_out = table.copy()
    ruled_out[text[4], text[5]] = 0
    ruled_out /= ruled_out.sum(axis=1, keepdims=True)
    return [(ruled_out, before, text), (table, *_written(rng, table, 2000))]


def _counted(rng: np.random.Generator) -> list[Arguments]:
    """Texts in which every letter comes, and is followed."""
    cases: list[Arguments] = []
    for n in (10, 60, 300):
        k = int(rng.integers(2, 6))
        text = np.r_[rng.permutation(k), rng.integers(k, size=n)]
        cases.append((text, k, rng.uniform(0.1, 3)))
    return cases


def _letters_that_nothing_follows(rng: np.random.Generator) -> list[Arguments]:
    """Letters that never come, and one that comes at the end only."""
    cases: list[Arguments] = []
    for n in (1, 20, 90):
        names = rng.permutation(7)
        text = np.r_[names[rng.integers(4, size=n)], names[4]]
        cases.append((text, 7, rng.uniform(0.1, 3)))
    return cases


def _reports(rng: np.random.Generator) -> list[Arguments]:
    """Tokens longer than a letter, and some that are shorter."""
    return [
        (rng.integers(50, 900, size=m), rng.uniform(1, 400, size=m), int(rng.integers(300, 800)))
        for m in (1, 3, 6)
    ]


def _both(rng: np.random.Generator) -> list[Arguments]:
    return [tuple(rng.gamma(2.0, 1.5, size=(2, n))) for n in (1, 4, 15)]


def _both_endless(rng: np.random.Generator) -> list[Arguments]:
    """Texts of thousands of bits, and a letter that one of the two rules out."""
    first, second = rng.gamma(2.0, 1.5, size=(2, 1500))
    ruled_out = rng.gamma(2.0, 1.5, size=9)
    ruled_out[int(rng.integers(1, 8))] = np.inf
    return [(first, second), (ruled_out, rng.gamma(2.0, 1.5, size=9))]


def _short_texts(rng: np.random.Generator) -> list[Arguments]:
    tables = [_table(rng, k) for k in rng.integers(2, 7, size=4)]
    return [(t, *_written(rng, t, n)) for t, n in zip(tables, (1, 2, 4, 7), strict=True)]


def _numbers(rng: np.random.Generator) -> list[Arguments]:
    """Numbers well inside of an interval."""
    cases: list[Arguments] = []
    for table, before, text in _short_texts(rng):
        low, width = _interval(table, before, text)
        cases.append((low + width * rng.uniform(0.2, 0.8), len(text), table, before))
    return cases


def _cuts(rng: np.random.Generator) -> list[Arguments]:
    """Tables of eighths, some of them 0, and numbers right where an interval begins."""
    cases: list[Arguments] = []
    for k, n in ((2, 3), (4, 6), (6, 8)):
        table = rng.multinomial(8, np.full(k, 1 / k), size=k) / 8
        before, text = _written(rng, table, n)
        cases.append((float(_interval(table, before, text)[0]), n, table, before))
    return cases


def _on_forms(rng: np.random.Generator) -> list[Arguments]:
    """Forms that are full, a last one that is not, one letter a form, and all on one."""
    cases: list[Arguments] = []
    for n, size in ((12, 4), (17, 5), (6, 1), (9, 30)):
        table = _table(rng, int(rng.integers(3, 6)))
        cases.append((table, *_written(rng, table, n), size))
    return cases


def _text_bits(table: Floats, before: int, symbols: Symbols) -> float:
    """Letter by letter, in nats."""
    total = 0.0
    for j, k in pairwise([before, *symbols.tolist()]):
        total += -math.log(table[j, k]) if table[j, k] else math.inf
    return total / math.log(2)


def _pair_table(symbols: Symbols, k: int, a: float) -> Floats:
    pairs = Counter(pairwise(symbols.tolist()))
    table = np.array([[a + pairs[i, j] for j in range(k)] for i in range(k)])
    return np.asarray(table / table.sum(axis=1)[:, np.newaxis])


def _bits_a_letter(tokens: Symbols, perplexities: Floats, letters: int) -> Floats:
    return np.asarray(np.log(perplexities ** (tokens / letters)) / np.log(2))


def _mixed_surprises(first: Floats, second: Floats) -> Floats:
    """By the weights of the two models, renewed after each letter."""
    lead, answer = 0.0, []  # by how many bits the second has paid more so far
    for a, b in zip(first, second, strict=True):
        trust = 1 / (1 + 2.0**-lead) if lead > 0 else 2.0**lead / (1 + 2.0**lead)
        answer.append(-math.log2(trust * 2.0**-a + (1 - trust) * 2.0**-b))
        lead += b - a
    return np.array(answer)


def _interval(table: Floats, before: int, symbols: Symbols) -> Floats:
    """From the last letter back to the first, in fractions."""
    low, width = Fraction(0), Fraction(1)
    for j, k in reversed([*pairwise([before, *symbols.tolist()])]):
        row = [Fraction(q) for q in table[j].tolist()]
        low, width = sum(row[:k], row[k] * low), row[k] * width
    return np.array([float(low), float(width)])


def _read_off(number: float, length: int, table: Floats, before: int) -> list[int]:
    """By the last letter whose part begins at the number or before it, in fractions."""
    rest, read = Fraction(number), []
    for _ in range(length):
        row = [Fraction(q) for q in table[before].tolist()]
        starts = [sum(row[:k], Fraction(0)) for k in range(len(row))]
        before = max(k for k, start in enumerate(starts) if row[k] and start <= rest)
        rest = (rest - starts[before]) / row[before]
        read.append(before)
    return read


def _bits_of_forms(table: Floats, before: int, symbols: Symbols, size: int) -> list[float]:
    """As differences of the bits of beginnings."""
    ends = [*range(size, len(symbols), size), len(symbols)]
    bills = [0.0, *(_text_bits(table, before, symbols[:end]) for end in ends)]
    return [after - earlier for earlier, after in pairwise(bills)]


def _after_v() -> Floats:
    text = load_alice()
    follow = Counter(b for a, b in pairwise(text[: text.index("CHAPTER XII\n")]) if a == "v")
    named = [follow[letter] for letter in "eoi"]
    return np.array([*named, follow.total() - sum(named)]) / follow.total()


def _price(q: Floats) -> float:
    return float(q @ huffman_lengths(q))


TESTS = [
    Hidden(
        "test-text-bits",
        "text_bits",
        1,
        _text_bits,
        "texts of one letter and of many, for tables of any size",
        _texts,
    ),
    Hidden(
        "test-text-bits",
        "text_bits",
        1,
        _text_bits,
        "a text that the table rules out, and one of thousands of letters",
        _impossible_and_endless,
    ),
    Hidden(
        "test-pair-table",
        "pair_table",
        2,
        _pair_table,
        "texts in which every letter is followed by another, with any constant",
        _counted,
    ),
    Hidden(
        "test-pair-table",
        "pair_table",
        1,
        _pair_table,
        "letters that never come, and one that comes at the end only",
        _letters_that_nothing_follows,
    ),
    Hidden(
        "test-bits-a-letter",
        "bits_a_letter",
        2,
        _bits_a_letter,
        "reports of one model and of several",
        _reports,
    ),
    Hidden(
        "test-mixed",
        "mixed_surprises",
        1,
        _mixed_surprises,
        "the surprises of short texts under the mixture",
        _both,
    ),
    Hidden(
        "test-mixed",
        "mixed_surprises",
        1,
        _mixed_surprises,
        "a text of thousands of bits, and a letter that one model rules out",
        _both_endless,
    ),
    Hidden(
        "test-words",
        "lowest_price",
        1,
        _price(_after_v()),
        "the lowest price of the code, to two decimals",
        rtol=0.005,
    ),
    Hidden(
        "test-words",
        "lowest_loss",
        1,
        float(entropy(_after_v(), base=2)),
        "the lowest H(p, q), to two decimals",
        rtol=0.005,
    ),
    Hidden(
        "test-interval",
        "interval",
        1,
        _interval,
        "where the interval of a text begins and how wide it is",
        _short_texts,
        rtol=1e-9,
    ),
    Hidden(
        "test-read-off",
        "read_off",
        1,
        _read_off,
        "numbers well inside of an interval",
        _numbers,
        without=("arithmetic_decode",),
    ),
    Hidden(
        "test-read-off",
        "read_off",
        1,
        _read_off,
        "numbers right on a cut, and letters without a part",
        _cuts,
        without=("arithmetic_decode",),
    ),
    Hidden(
        "test-bits-of-forms",
        "bits_of_forms",
        2,
        _bits_of_forms,
        "the bits of each form, if it is full or not",
        _on_forms,
    ),
]
