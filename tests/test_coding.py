"""Prefix codes: Huffman's against every other, Shannon's against every p, and their words."""

from __future__ import annotations

import itertools
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from strategies import distributions, quick

import crossentropy as ce
from crossentropy.coding import codewords, huffman_lengths, kraft_sum, shannon_lengths


def spent(lengths):
    """What the words spend of the budget, exactly."""
    return sum(Fraction(1, 2 ** int(n)) for n in lengths if np.isfinite(n))


def mean(p, lengths):
    return sum(pk * n for pk, n in zip(p, lengths, strict=True) if pk > 0)


@cache
def every_code(words):
    """The lengths of every prefix code of so many words in which none is needlessly long."""
    all_lengths = np.array(list(itertools.product(range(words), repeat=words)))
    return all_lengths[(0.5**all_lengths).sum(axis=1) <= 1]


@quick
@given(distributions())
def test_no_prefix_code_is_shorter_than_huffmans(rows):
    q = rows[0]
    positive = q[q > 0]
    best = (every_code(len(positive)) @ positive).min()
    assert mean(q, huffman_lengths(q)) == pytest.approx(best, abs=1e-12)


@quick
@given(distributions())
def test_huffmans_code_is_within_a_bit_of_the_entropy_and_spends_all(rows):
    q = rows[0]
    lengths = huffman_lengths(q)
    h = ce.entropy(q, base=2)
    assert h - 1e-12 <= mean(q, lengths) < h + 1
    assert spent(lengths) == 1
    assert (np.isinf(lengths) == (q == 0)).all()


@quick
@given(distributions(n=2))
def test_shannons_code_is_within_a_bit_of_the_cross_entropy_for_every_p(rows):
    p, q = rows
    lengths = shannon_lengths(q)
    bits = ce.cross_entropy(p, q, base=2)
    assert spent(lengths) <= 1
    if np.isinf(bits):
        assert np.isinf(mean(p, lengths))
    else:
        assert bits - 1e-12 <= mean(p, lengths) < bits + 1


def test_huffmans_code_is_not_within_a_bit_of_the_cross_entropy():
    p, q = [0.0, 0.0, 1.0], [0.5, 0.499, 0.001]
    assert mean(p, huffman_lengths(q)) == 2
    assert ce.cross_entropy(p, q, base=2) == pytest.approx(9.9658, abs=1e-4)


@pytest.mark.parametrize(
    ("q", "lengths"),
    [
        ([1 / 2] * 2, [1, 1]),
        ([1 / 3] * 3, [2, 2, 1]),
        ([1 / 4] * 4, [2, 2, 2, 2]),
        ([1 / 5] * 5, [3, 3, 2, 2, 2]),
        ([1 / 6] * 6, [3, 3, 3, 3, 2, 2]),
        ([1 / 7] * 7, [3, 3, 3, 3, 3, 3, 2]),
        ([1 / 8] * 8, [3] * 8),
        ([1 / 3, 1 / 3, 1 / 6, 1 / 6], [2, 2, 2, 2]),
        ([1 / 6, 1 / 3, 1 / 6, 1 / 3], [3, 2, 3, 1]),
        # A group is as old as its smallest class: any other rule gives other lengths here.
        (np.array([1, 2, 1, 3, 1]) / 8, [4, 2, 4, 1, 3]),
        (np.array([1, 3, 1, 1, 1, 1]) / 8, [4, 1, 4, 3, 3, 3]),
        ([0.0, 0.5, 0.25, 0.25], [np.inf, 1, 2, 2]),
        ([0.0, 1.0, 0.0], [np.inf, 0, np.inf]),
    ],
)
def test_ties_are_broken_by_the_smallest_class(q, lengths):
    np.testing.assert_array_equal(huffman_lengths(q), lengths)


def test_shannon_rounds_up_exactly_at_powers_of_two():
    below, above = np.nextafter(0.25, 0), np.nextafter(0.25, 1)
    np.testing.assert_array_equal(shannon_lengths([below, 0.25, 0.5]), [3, 2, 1])
    np.testing.assert_array_equal(shannon_lengths([above, 0.25, 0.5]), [2, 2, 1])
    np.testing.assert_array_equal(shannon_lengths([1.0, 5e-324])[1:], [1074])


@pytest.mark.parametrize("rest", [1e-17, 2.3e-16, 1e-9])
def test_a_q_that_sums_to_a_hair_over_one_overspends_nothing(rest):
    lengths = shannon_lengths([0.5, 0.5, rest])
    assert spent(lengths) <= 1
    assert lengths[:2].tolist() == [2, 1]


@quick
@given(distributions())
def test_no_word_begins_another_and_words_are_canonical(rows):
    for lengths in (huffman_lengths(rows[0]), shannon_lengths(rows[0])):
        words = codewords(lengths)
        assert [np.inf if word is None else len(word) for word in words] == lengths.tolist()
        found = [word for word in words if word is not None]
        assert not any(b.startswith(a) for a, b in itertools.permutations(found, 2))
        in_order = sorted(found, key=lambda word: (len(word), words.index(word)))
        assert in_order == sorted(found)


def test_what_words_spend_is_the_sum_of_their_intervals():
    assert kraft_sum([1, 2, np.inf]) == 0.75
    assert kraft_sum([0]) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: huffman_lengths([0.5, 0.6]), r"q sums to 1.1"),
        (lambda: shannon_lengths([-0.5, 1.5]), r"q\[0\] is -0.5"),
        (lambda: huffman_lengths([[0.5, 0.5]]), r"q has shape \(1, 2\); a code is for one"),
        (lambda: kraft_sum([1, 1.5]), r"lengths\[1\] is 1.5; it must be a whole number"),
        (lambda: kraft_sum([-1, 2]), r"lengths\[0\] is -1.0"),
        (lambda: kraft_sum([1, np.nan]), r"lengths\[1\] is nan"),
        (lambda: kraft_sum([[1, 2]]), r"lengths has shape \(1, 2\); it must be a vector"),
        (lambda: codewords([1, 1, 1]), "overspend Kraft's budget"),
    ],
)
def test_what_is_no_distribution_or_no_code_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
