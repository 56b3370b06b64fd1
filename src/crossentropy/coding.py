"""Binary prefix codes: Huffman's and Shannon's lengths, what they spend, and their words."""

from __future__ import annotations

import heapq
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from crossentropy._validation import Floats, as_distributions, as_floats

__all__ = ["codewords", "huffman_lengths", "kraft_sum", "shannon_lengths"]


def huffman_lengths(q: ArrayLike) -> Floats:
    r"""Lengths of Huffman's code for `q`: no prefix code is shorter on average under `q`.

    The two lightest groups of classes are merged, which makes each of their words one bit longer,
    until one group is left [1]_. **Ties:** of groups of equal weight, the one whose smallest class
    index is smaller is merged first. Weights are added in float64 and compared exactly.

    A class with ``q[k] == 0`` gets no word; its length is infinite. Where one class is left, its
    word is empty: what is certain need not be said.

    Under `q` the average length is at least H(q) bits and less than one bit above. Under another
    distribution p nothing holds it near H(p, q): see `shannon_lengths`.

    Parameters
    ----------
    q : array_like, shape (K,)
        What the code is built for.

    Returns
    -------
    ndarray of float, shape (K,)
        Whole numbers of bits, or infinity.

    Raises
    ------
    ValueError
        If `q` is not one distribution.

    References
    ----------
    .. [1] D. A. Huffman, "A method for the construction of minimum-redundancy codes", Proceedings
       of the IRE 40(9), 1098-1101, 1952.

    Examples
    --------
    >>> huffman_lengths([0.5, 0.25, 0.25])
    array([1., 2., 2.])

    A tie between three: classes 0 and 1 are merged.

    >>> huffman_lengths([1 / 3, 1 / 3, 1 / 3])
    array([2., 2., 1.])
    >>> huffman_lengths([0.0, 1.0, 0.0])
    array([inf,  0., inf])
    """
    weights = _as_weights(q)
    lengths = np.where(weights > 0, 0.0, np.inf)
    # No two groups have the same smallest index: the order is complete.
    groups = [(weight, k, [k]) for k, weight in enumerate(weights.tolist()) if weight > 0]
    heapq.heapify(groups)
    while len(groups) > 1:
        weight, first, members = heapq.heappop(groups)
        other_weight, other_first, others = heapq.heappop(groups)
        merged = members + others
        lengths[merged] += 1
        heapq.heappush(groups, (weight + other_weight, min(first, other_first), merged))
    return lengths


def shannon_lengths(q: ArrayLike) -> Floats:
    r"""Shannon's lengths for `q`: the surprisals in bits, rounded up.

    With :math:`n_k = \lceil -\log_2 q_k \rceil`, messages from *every* p cost at least H(p, q) bits
    a symbol on average and less than H(p, q) + 1 ([1]_, theorem 5.4.3).

    A class with ``q[k] == 0`` gets no word; its length is infinite.

    Parameters
    ----------
    q : array_like, shape (K,)
        What the code is built for. If rounding lets it sum to so much more than 1 that these
        lengths would overspend Kraft's budget, the likeliest class gets one bit more.

    Returns
    -------
    ndarray of float, shape (K,)
        Whole numbers of bits, or infinity.

    Raises
    ------
    ValueError
        If `q` is not one distribution.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       section 5.4.

    Examples
    --------
    >>> shannon_lengths([1 / 2, 1 / 3, 1 / 6])
    array([1., 2., 3.])
    >>> shannon_lengths([0.5, 0.499, 0.001])
    array([ 1.,  2., 10.])
    """
    weights = _as_weights(q)
    # q = m 2^e with 1/2 <= m < 1, so 1 - e is what -log2 q rounds up to: exactly, near powers too.
    _, exponents = np.frexp(weights)
    lengths = np.where(weights > 0, np.maximum(1.0 - exponents, 0), np.inf)
    if sum(Fraction(1, 2 ** int(n)) for n in lengths[weights > 0]) > 1:
        lengths[weights.argmax()] += 1
    return lengths


def kraft_sum(lengths: ArrayLike) -> float:
    r"""Return what words spend of Kraft's budget: :math:`\sum_k 2^{-n_k}`.

    A binary prefix code with these lengths exists exactly when this is at most 1 ([1]_, theorem
    5.2.1).

    Parameters
    ----------
    lengths : array_like, shape (K,)
        Whole numbers of bits; infinity for a class without a word, which spends nothing.

    Returns
    -------
    float
        What is spent; the budget is 1.

    Raises
    ------
    ValueError
        If a length is negative or a fraction.

    References
    ----------
    .. [1] T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2nd ed., Wiley, 2006,
       section 5.2.

    Examples
    --------
    >>> kraft_sum([1, 2, 3])
    0.875
    """
    return float(np.sum(2.0 ** -_as_lengths(lengths)))


def codewords(lengths: ArrayLike) -> list[str | None]:
    """Return the canonical prefix code of these lengths.

    Shorter words come first, and of equally long ones that of the smaller class index; each word
    is the next free one in binary counting.

    Parameters
    ----------
    lengths : array_like, shape (K,)
        Whole numbers of bits; infinity for a class without a word.

    Returns
    -------
    list of str or None
        The word of each class, or None.

    Raises
    ------
    ValueError
        If a length is negative or a fraction, or the lengths overspend Kraft's budget.

    Examples
    --------
    >>> codewords([2, 2, 1])
    ['10', '11', '0']
    """
    checked = _as_lengths(lengths)
    words: list[str | None] = [None] * len(checked)
    start = Fraction(0)  # a word of n bits owns 2^-n of [0, 1), from `start` on
    for k in sorted(np.flatnonzero(np.isfinite(checked)), key=lambda k: (checked[k], k)):
        n = int(checked[k])
        if start + Fraction(1, 2**n) > 1:
            raise ValueError("lengths overspend Kraft's budget: the sum of 2^-n exceeds 1")
        words[k] = format(int(start * 2**n), f"0{n}b") if n else ""
        start += Fraction(1, 2**n)
    return words


def _as_weights(q: ArrayLike) -> Floats:
    weights = as_distributions("q", q).astype(np.float64)
    if weights.ndim != 1:
        raise ValueError(f"q has shape {weights.shape}; a code is for one distribution")
    return weights


def _as_lengths(lengths: ArrayLike) -> Floats:
    checked = as_floats("lengths", lengths).astype(np.float64)
    if checked.ndim != 1:
        raise ValueError(f"lengths has shape {checked.shape}; it must be a vector")
    for k, n in enumerate(checked):
        if not (n >= 0 and n == np.floor(n)):
            raise ValueError(f"lengths[{k}] is {n}; it must be a whole number of bits, or infinite")
    return checked
