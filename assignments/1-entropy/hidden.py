"""The hidden tests of the first assignment: what is asked, and how the answers are found."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats
from scipy.special import entr

from crossentropy.coding import codewords, huffman_lengths
from crossentropy_classroom.hidden import Arguments, Hidden

Table = NDArray[np.int64]


def _tables(rng: np.random.Generator, least: int) -> list[Arguments]:
    shapes = [(1, 4), *zip(rng.integers(2, 9, size=4), rng.integers(2, 9, size=4), strict=True)]
    return [(rng.integers(least, 40, size=shape),) for shape in shapes]


def _full_tables(rng: np.random.Generator) -> list[Arguments]:
    return _tables(rng, least=1)


def _tables_with_zeros(rng: np.random.Generator) -> list[Arguments]:
    """No table is without a zero, and no row without a find."""
    tables = [table for (table,) in _tables(rng, least=1)]
    for table in tables:
        table[:, :-1] *= rng.random((len(table), table.shape[1] - 1)) < 0.4
        table[0, 0] = 0
    return [(table,) for table in tables]


def _rows_of_one_kind(rng: np.random.Generator) -> list[Arguments]:
    """One kind a row, the same kind in several rows, and every kind in some row."""
    return [
        (np.eye(k, dtype=int)[np.r_[0:k, 0, 0, 1]] * rng.integers(1, 30, size=(k + 3, 1)),)
        for k in rng.integers(2, 6, size=3)
    ]


def _equal_totals(rng: np.random.Generator) -> list[Arguments]:
    """Squares whose rows and columns all have the same total."""
    squares = [rng.integers(1, 20, size=k) for k in rng.integers(3, 7, size=3)]
    return [(np.array([np.roll(row, shift) for shift in range(len(row))]),) for row in squares]


def _answers_nobody_gave(rng: np.random.Generator) -> list[Arguments]:
    return [
        (np.insert(table, rng.integers(len(table) + 1), 0, axis=0),)
        for (table,) in _full_tables(rng)
        if len(table) > 1
    ]


def _questions(rng: np.random.Generator) -> list[Arguments]:
    return [(table,) for (table,) in _full_tables(rng) if len(table) > 1]


def _questions_with_zeros(rng: np.random.Generator) -> list[Arguments]:
    return [(table,) for (table,) in _tables_with_zeros(rng) if len(table) > 1]


def _code(rng: np.random.Generator, size: int) -> list[str]:
    words = [word for word in codewords(huffman_lengths(rng.dirichlet(np.ones(size)))) if word]
    return [words[k] for k in rng.permutation(size)]


def _lists_of_words(rng: np.random.Generator) -> list[Arguments]:
    """Codes, and codes that one more word spoils: one that begins a word, or goes on from one."""
    cases: list[Arguments] = []
    for size in rng.integers(4, 9, size=4):
        code = _code(rng, size)
        longest = max(code, key=len)
        for spoiler in (longest[:-1], longest + "01"):
            for at in (0, len(code)):
                cases.append(([*code[:at], spoiler, *code[at:]],))
        cases.append((code,))
    return cases


def _equal_words(rng: np.random.Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for size in rng.integers(3, 8, size=3):
        code = _code(rng, size)
        twice = code[int(rng.integers(size))]
        cases += [(code,), ([twice, *code],), ([*code, twice],)]
    return cases


def _codes_in_use(rng: np.random.Generator) -> list[Arguments]:
    return [(rng.integers(1, 50, size=size), _code(rng, size)) for size in rng.integers(2, 9, 5)]


def _codes_for_what_never_comes(rng: np.random.Generator) -> list[Arguments]:
    cases = _codes_in_use(rng)
    for counts, _ in cases:
        counts[int(rng.integers(len(counts)))] = 0
    return cases


def _row_entropies(counts: Table) -> NDArray[np.float64]:
    return np.asarray(stats.entropy(counts, axis=1, base=2))


def _information_gain(counts: Table) -> float:
    """H(answer) + H(kind) - H(both): another road to the same number."""
    parts = [counts.sum(axis=1), counts.sum(axis=0), counts.ravel()]
    answers, kinds, both = (entr(part / counts.sum()).sum() / np.log(2) for part in parts)
    return float(answers + kinds - both)


def _is_prefix_code(words: list[str]) -> bool:
    """Sorted as text, a word that begins others stands right before one of them."""
    ordered = sorted(words)
    return not any(b.startswith(a) for a, b in pairwise(ordered))


def _wasted_bits(counts: Table, words: list[str]) -> float:
    """As a divergence: what the code takes the shares to be, 2^-n, against what they are."""
    shares = counts / counts.sum()
    assumed = 2.0 ** -np.array([len(word) for word in words])
    came = shares > 0
    return float(shares[came] @ np.log2(shares[came] / assumed[came]))


def _effective_kinds(counts: Table) -> Any:
    return np.exp(stats.entropy(counts, axis=1))


def _one_bit(share: float) -> float:
    return float(stats.entropy([share, (1 - share) / 2, (1 - share) / 2], base=2)) - 1


TESTS = [
    Hidden(
        "test-row-entropies",
        "row_entropies",
        2,
        _row_entropies,
        "entropy of each row, in bits, for tables of any shape",
        _full_tables,
        without=("entropy",),
    ),
    Hidden(
        "test-row-entropies",
        "row_entropies",
        1,
        _row_entropies,
        "entropy of each row when some kinds were not found",
        _tables_with_zeros,
        without=("entropy",),
    ),
    Hidden(
        "test-information-gain",
        "information_gain",
        2,
        _information_gain,
        "the worth of a question with any number of answers",
        _questions,
    ),
    Hidden(
        "test-information-gain",
        "information_gain",
        1,
        _information_gain,
        "the worth of a question when some kinds never meet some answers",
        _questions_with_zeros,
    ),
    Hidden(
        "test-information-gain",
        "information_gain",
        1,
        _information_gain,
        "a question with an answer that nobody gave",
        _answers_nobody_gave,
    ),
    Hidden(
        "test-bars",
        "umbrella_share",
        2,
        optimize.brentq(_one_bit, 0.5, 0.99),
        "the share of umbrellas at one bit, to two decimals",
        rtol=0.004,
    ),
    Hidden(
        "test-is-prefix-code",
        "is_prefix_code",
        1,
        _is_prefix_code,
        "whether no word begins another, in whatever order the words stand",
        _lists_of_words,
    ),
    Hidden(
        "test-is-prefix-code",
        "is_prefix_code",
        1,
        _is_prefix_code,
        "lists in which two kinds may have the same word",
        _equal_words,
    ),
    Hidden(
        "test-wasted-bits",
        "wasted_bits",
        1,
        _wasted_bits,
        "what a code spends beyond the entropy, in bits per find",
        _codes_in_use,
    ),
    Hidden(
        "test-wasted-bits",
        "wasted_bits",
        1,
        _wasted_bits,
        "what a code spends when some kind was never found",
        _codes_for_what_never_comes,
    ),
    Hidden(
        "test-effective-kinds",
        "effective_kinds",
        1,
        _effective_kinds,
        "perplexity of rows that hold one kind only",
        _rows_of_one_kind,
    ),
    Hidden(
        "test-effective-kinds",
        "effective_kinds",
        1,
        _effective_kinds,
        "perplexity of tables whose rows and columns have equal totals",
        _equal_totals,
    ),
    Hidden(
        "test-effective-kinds",
        "effective_kinds",
        1,
        _effective_kinds,
        "perplexity of each row, for tables of any shape",
        _full_tables,
    ),
]
