"""The arithmetic coder: what it writes is read again, and is as long as the theorem says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import quick

from crossentropy.arithmetic import arithmetic_decode, arithmetic_encode


@st.composite
def messages(draw):
    """Symbols, and a prediction for each that does not rule it out."""
    classes = draw(st.integers(1, 7))
    weight = st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 10**12))
    rows = draw(st.lists(st.lists(weight, min_size=classes, max_size=classes), max_size=80))
    rows = [row if any(row) else [1, *row[1:]] for row in rows]
    symbols = [draw(st.sampled_from([k for k, w in enumerate(row) if w])) for row in rows]
    return symbols, [np.array(row) / sum(row) for row in rows]


def surprise(symbols, rows):
    return -sum(math.log2(row[k]) for k, row in zip(symbols, rows, strict=True))


def by_place(rows):
    """A model that predicts the rows, one after the other."""
    return lambda before: rows[len(before)]


CERTAIN = ([0] * 5, [np.array([1.0, 0.0])] * 5)
# After the first symbol each of the others adds to the interval's lower end, by ever less: all
# bits that are written are ones, until a carry changes every one of them.
CARRIES = ([0] + [1] * 60 + [0], [np.array([0.5 + 2.0**-20, 0.5 - 2.0**-20])] * 62)


@quick
@given(messages(), st.binary(max_size=20))
@example(CERTAIN, b"")
@example(CARRIES, b"\xff")
def test_what_is_written_is_read_again_whatever_follows(message, more):
    symbols, rows = message
    file = arithmetic_encode(symbols, by_place(rows)).file
    assert arithmetic_decode(file, len(symbols), by_place(rows)) == symbols
    # Another file may begin in the next byte.
    assert arithmetic_decode(file + more, len(symbols), by_place(rows)) == symbols


@quick
@given(messages())
@example(CERTAIN)
@example(CARRIES)
def test_a_file_has_its_surprise_in_bits_and_less_than_two_more(message):
    symbols, rows = message
    code = arithmetic_encode(symbols, by_place(rows))
    bits = surprise(symbols, rows)
    adding_up = 1e-12 * bits + 1e-12  # what this sum of floats may miss
    more = len(symbols) * 9 * 2.0**-47
    # A probability may be rounded up by as much as K + 1 units of 2^-48.
    units = [8 * 2.0**-48 / row[k] for k, row in zip(symbols, rows, strict=True)]
    less = sum(math.log2(1 + up) for up in units)
    assert bits - less - adding_up <= code.bits < bits + 2 + more + adding_up
    assert len(code.file) == math.ceil(code.bits / 8)


@quick
@given(st.lists(st.integers(0, 255), max_size=60))
def test_an_adaptive_model_is_read_with_no_more_than_the_file(symbols):
    def count(before):  # each byte once, before it has come
        counts = np.bincount(before, minlength=256) + 1
        return counts / counts.sum()

    file = arithmetic_encode(symbols, count).file
    assert arithmetic_decode(file, len(symbols), count) == symbols


def test_a_long_certain_message_takes_no_bits_and_a_fair_one_a_bit_each():
    assert arithmetic_encode([1] * 1000, lambda before: [0, 1, 0]) == (b"", 0)
    fair = arithmetic_encode([0, 1] * 500, lambda before: [0.5, 0.5])
    assert fair == (b"\x55" * 125, 1000)


def test_a_symbol_that_is_ruled_out_is_refused_and_a_rare_one_is_not():
    with pytest.raises(ValueError, match=r"symbols\[1\] is 0, and .* probability 0"):
        arithmetic_encode([1, 0], lambda before: [0.0, 1.0])
    assert arithmetic_encode([0], lambda before: [1e-300, 1.0]).bits == 48
    assert arithmetic_decode(b"\0" * 6, 1, lambda before: [1e-300, 1.0]) == [0]


@pytest.mark.parametrize("symbol", [-1, 2, 7])
def test_a_symbol_that_is_no_class_is_refused(symbol):
    with pytest.raises(ValueError, match=rf"symbols\[0\] is {symbol}; .* from 0 to 1"):
        arithmetic_encode([symbol], lambda before: [0.5, 0.5])


@pytest.mark.parametrize("q", [[0.5, 0.6], [[0.5, 0.5]], [np.nan, 1.0]])
def test_a_prediction_that_is_not_one_distribution_is_refused(q):
    with pytest.raises(ValueError, match="the prediction at position 0"):
        arithmetic_encode([0], lambda before: q)
    with pytest.raises(ValueError, match="the prediction at position 0"):
        arithmetic_decode(b"", 1, lambda before: q)


def test_a_negative_length_is_refused():
    with pytest.raises(ValueError, match="length is -1"):
        arithmetic_decode(b"", -1, lambda before: [1.0])
