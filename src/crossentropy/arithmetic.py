"""Arithmetic coding: a file as short as the loss of the model that predicted what is in it.

All arithmetic is in whole numbers. What an encoder and a decoder compute from the same
predictions is therefore the same to the last bit, on any machine.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from crossentropy._validation import as_distributions

__all__ = ["Code", "arithmetic_decode", "arithmetic_encode"]

Predict = Callable[[Sequence[int]], ArrayLike]

_SHARE = 48  # a probability is a whole number of 2^-48
_WINDOW = 128  # the bits of the interval's lower end that are held, not yet written


class Code(NamedTuple):
    r"""What `arithmetic_encode` writes.

    Parameters
    ----------
    file : bytes
        The bits, eight a byte, the last byte filled up with zeros.
    bits : int
        How many bits there are before it is filled up.

    Examples
    --------
    >>> Code(b"\xa0", 3).bits
    3
    """

    file: bytes
    bits: int


def arithmetic_encode(symbols: Sequence[int], predict: Predict) -> Code:
    r"""Write symbols into a file whose size is their surprisal, and at most two bits.

    With :math:`q_t` what `predict` says before symbol :math:`y_t`, the file has at least
    :math:`\sum_t -\log_2 q_t(y_t)` bits and less than two more [1]_. Probabilities are rounded to
    whole numbers of :math:`2^{-48}`. That moves the upper limit, for N symbols of K classes, by
    less than :math:`N (K + 2) 2^{-47}` bits; the lower one falls where symbols come that have
    hardly :math:`2^{-48}`, because what is possible costs at most 48 bits.

    Each symbol cuts the interval that is left, from [0, 1) on, in the ratio of its probabilities,
    and keeps one part. The bits name a stretch within the last one, so that bits which follow do
    no harm. The interval is held in a window of 128 bits, with a carry into those written [2]_.

    Parameters
    ----------
    symbols : sequence of int
        What is written: integers from 0 to K - 1.
    predict : callable
        Takes the list of symbols so far, and returns the distribution of the next one, of shape
        (K,). It must return the same numbers when the file is read. What rounding leaves its sum
        short of 1 is divided out.

    Returns
    -------
    Code
        The file, and how many bits of it count.

    Raises
    ------
    ValueError
        If a prediction is not one distribution, a symbol is none of its classes, or its
        probability is 0: no file is long enough for that.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       sections 5.9 and 13.3.
    .. [2] I. H. Witten, R. M. Neal and J. G. Cleary, "Arithmetic coding for data compression",
       Communications of the ACM 30(6), 520-540, 1987.

    Examples
    --------
    Cat, cat, dog, cat, fox and dog cost 9 bits; 11 are less than two more.

    >>> code = arithmetic_encode([0, 0, 1, 0, 2, 1], lambda before: [1 / 2, 1 / 4, 1 / 4])
    >>> code.bits
    9
    >>> arithmetic_decode(code.file, 6, lambda before: [1 / 2, 1 / 4, 1 / 4])
    [0, 0, 1, 0, 2, 1]
    """
    written, low, width = bytearray(), 0, 1 << _WINDOW
    before: list[int] = []
    for symbol in symbols:
        edges = _edges(predict(before), len(before))
        _check_symbol(symbol, edges, len(before))
        low, width = _part(low, width, edges, symbol)
        low = _carry(written, low)
        while width <= 1 << (_WINDOW - 8):
            written.append(low >> (_WINDOW - 8))
            low, width = low % (1 << (_WINDOW - 8)) << 8, width << 8
        before.append(int(symbol))
    # The shortest word whose own stretch lies within the interval.
    for n in itertools.count():
        step = 1 << (_WINDOW - n)
        start = -(-low // step) * step
        if start + step <= low + width:
            break
    start = _carry(written, start)
    whole = -(-n // 8)
    written += (start >> (_WINDOW - 8 * whole)).to_bytes(whole, "big")
    return Code(bytes(written), 8 * (len(written) - whole) + n)


def arithmetic_decode(file: bytes, length: int, predict: Predict) -> list[int]:
    """Read what `arithmetic_encode` wrote.

    Parameters
    ----------
    file : bytes
        The file. What follows its last bit does not matter.
    length : int
        How many symbols it holds: the file does not say.
    predict : callable
        As for `arithmetic_encode`, to the last bit: a prediction that differs by a rounding error
        makes gibberish of all that follows.

    Returns
    -------
    list of int
        The symbols.

    Raises
    ------
    ValueError
        If a prediction is not one distribution, or `length` is negative.

    Examples
    --------
    >>> arithmetic_decode(b"", 3, lambda before: [0, 1, 0])  # what is certain needs no bits
    [1, 1, 1]
    """
    if length < 0:
        raise ValueError(f"length is {length}; it must be 0 or more")
    first, size = _WINDOW // 8, len(file)
    # How far the number that the file spells lies above the lower end of the interval.
    offset, width = int.from_bytes(file[:first].ljust(first, b"\0"), "big"), 1 << _WINDOW
    before: list[int] = []
    for _ in range(length):
        edges = _edges(predict(before), len(before))
        share = (((offset + 1) << _SHARE) - 1) // width
        symbol = bisect_right(edges, min(share, (1 << _SHARE) - 1)) - 1
        below, width = _part(0, width, edges, symbol)
        offset -= below
        while width <= 1 << (_WINDOW - 8):
            offset, width = (offset << 8) + (file[first] if first < size else 0), width << 8
            first += 1
        before.append(symbol)
    return before


def _edges(q: ArrayLike, position: int) -> list[int]:
    """Return where the parts of [0, 2^48) begin and end, none empty that is not ruled out."""
    q = as_distributions(f"the prediction at position {position}", q).astype(np.float64)
    if q.ndim != 1:
        raise ValueError(f"the prediction at position {position} has shape {q.shape}, not (K,)")
    parts = ((q / q.sum()) * ((1 << _SHARE) - len(q))).astype(np.int64) + (q > 0)
    parts[parts.argmax()] += (1 << _SHARE) - parts.sum()
    return [0, *parts.cumsum().tolist()]


def _check_symbol(symbol: int, edges: list[int], position: int) -> None:
    if not 0 <= symbol < len(edges) - 1:
        raise ValueError(
            f"symbols[{position}] is {symbol}; symbols must be integers from 0 to {len(edges) - 2}"
        )
    if edges[symbol] == edges[symbol + 1]:
        raise ValueError(
            f"symbols[{position}] is {symbol}, and the prediction gives it probability 0: no file "
            "is long enough for that"
        )


def _part(low: int, width: int, edges: list[int], symbol: int) -> tuple[int, int]:
    """Return the lower end and the width of a symbol's part of an interval."""
    below, above = (width * edges[k] >> _SHARE for k in (symbol, symbol + 1))
    return low + below, above - below


def _carry(written: bytearray, low: int) -> int:
    """Add what overflows the window to the bytes before it; returns what stays within."""
    if low >> _WINDOW:
        at = len(written) - 1
        while written[at] == 255:
            written[at] = 0
            at -= 1
        written[at] += 1
    return low % (1 << _WINDOW)
