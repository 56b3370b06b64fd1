"""Surprise, entropy, cross-entropy and KL divergence of discrete distributions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from crossentropy._validation import (
    Floats,
    Value,
    as_distribution_pair,
    as_distributions,
    as_probabilities,
    as_value,
    check_base,
)

__all__ = ["cross_entropy", "entropy", "kl_divergence", "perplexity", "surprisal"]


def surprisal(p: ArrayLike, *, base: float | None = None) -> Value:
    r"""Surprise of an event of probability `p`: :math:`-\log p`.

    Also called self-information. It is 0 for a certain event, grows as the event gets rarer, is
    infinite for an impossible one, and adds up over independent events: information is measured by
    a logarithm [1]_.

    Parameters
    ----------
    p : array_like, any shape
        Probabilities, each between 0 and 1. They need not sum to 1.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    floating or ndarray, shape of `p`
        The surprise of each event, in nats unless `base` says otherwise.

    Raises
    ------
    ValueError
        If `p` is empty or an entry is NaN, negative or above 1; if `base` is not a positive
        number other than 1.

    References
    ----------
    .. [1] C. E. Shannon, "A mathematical theory of communication", Bell System Technical Journal
       27(3), 379-423, 1948.

    Examples
    --------
    >>> print(surprisal(0.25, base=2), "bits")
    2.0 bits
    >>> print(surprisal([1.0, 0.5, 0.0]).round(3), "nats")
    [0.    0.693   inf] nats

    Two independent events: their probabilities multiply, their surprises add.

    >>> print(surprisal(0.5 * 0.125, base=2) == surprisal(0.5, base=2) + surprisal(0.125, base=2))
    True
    """
    check_base(base)
    p = as_probabilities("p", p)
    return _in_base(negative_log(p), base, p.dtype)


def entropy(p: ArrayLike, *, base: float | None = None) -> Value:
    r"""Entropy of a distribution, its expected surprise: :math:`H(p) = -\sum_k p_k \log p_k`.

    An outcome of probability 0 contributes :math:`\lim_{x \to 0} -x \log x = 0`. The entropy is 0
    when one outcome is certain and largest, :math:`\log K`, when all K are equally likely
    ([1]_; [2]_, section 2.1).

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distributions over K outcomes along the last axis. Each must sum to 1 within the square
        root of its dtype's machine epsilon: 1.5e-8 for float64, 3.5e-4 for float32. Nothing is
        normalised.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    floating or ndarray, shape (...)
        The entropy of each distribution, in nats unless `base` says otherwise.

    Raises
    ------
    ValueError
        If `p` is empty or a scalar, an entry is NaN, negative or above 1, or a distribution does
        not sum to 1; if `base` is not a positive number other than 1.

    References
    ----------
    .. [1] C. E. Shannon, "A mathematical theory of communication", Bell System Technical Journal
       27(3), 379-423, 1948.
    .. [2] T. M. Cover and J. A. Thomas, "Elements of Information Theory", 2nd ed., Wiley, 2006.

    Examples
    --------
    >>> print(entropy([0.5, 0.25, 0.25], base=2), "bits")
    1.5 bits

    A fair coin and a certain one, in nats:

    >>> print(entropy([[0.5, 0.5], [1.0, 0.0]]).round(4))
    [0.6931 0.    ]

    What does not sum to 1 is refused, not normalised:

    >>> entropy([0.5, 0.3])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: p sums to 0.8, not 1; divide by the sum if these are counts, ...
    """
    check_base(base)
    p = as_distributions("p", p)
    return _in_base(_total(special.entr(p)), base, p.dtype)


def cross_entropy(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Value:
    r"""Cross-entropy, the surprise that `q` expects, met by `p`: :math:`-\sum_k p_k \log q_k`.

    Outcomes come from `p`, while the surprise at each is computed from `q`. Nothing that `p` rules
    out contributes, whatever `q` says; an outcome that `q` rules out and `p` does not makes the
    cross-entropy infinite. It splits into :math:`H(p, q) = H(p) + D_{\mathrm{KL}}(p \| q)`
    ([1]_, section 3.13).

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The distributions that outcomes come from and that surprise is computed from, over the same
        K outcomes. All axes but the last broadcast. Each distribution must sum to 1 within the
        square root of its dtype's machine epsilon: 1.5e-8 for float64, 3.5e-4 for float32.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    floating or ndarray, shape (...)
        The cross-entropy of each pair, in nats unless `base` says otherwise; ``inf`` where the
        supports do not match.

    Raises
    ------
    ValueError
        If `p` or `q` is empty or a scalar, an entry is NaN, negative or above 1, or a distribution
        does not sum to 1; if their shapes do not match; if `base` is not a positive number other
        than 1.

    References
    ----------
    .. [1] I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", MIT Press, 2016.

    Examples
    --------
    >>> p, q = [0.5, 0.25, 0.25], [0.25, 0.25, 0.5]
    >>> print(cross_entropy(p, q, base=2), "bits")
    1.75 bits
    >>> print(entropy(p, base=2) + kl_divergence(p, q, base=2), "bits")
    1.75 bits

    What `p` rules out costs nothing; what only `q` rules out costs everything.

    >>> print(cross_entropy([1, 0], [0.5, 0.5], base=2), cross_entropy([0.5, 0.5], [1, 0]))
    1.0 inf
    """
    check_base(base)
    p, q = as_distribution_pair(p, q)
    # xlogy is x log y, with 0 log 0 = 0 and no warning for log 0.
    return _in_base(_total(-special.xlogy(p, q)), base, np.result_type(p, q))


def kl_divergence(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> Value:
    r"""Kullback-Leibler divergence: :math:`D_{\mathrm{KL}}(p \| q) = \sum_k p_k \log (p_k / q_k)`.

    The surprise that is added when outcomes come from `p` but surprise is computed from `q`; also
    called relative entropy [1]_. It is never negative, and 0 only if `p` equals `q` (Gibbs'
    inequality; [2]_, theorem 2.6.3). It is no distance: it is not symmetric and does not satisfy
    the triangle inequality.

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        The distributions that outcomes come from and that surprise is computed from, over the same
        K outcomes. All axes but the last broadcast. Each distribution must sum to 1 within the
        square root of its dtype's machine epsilon: 1.5e-8 for float64, 3.5e-4 for float32.
    base : float, optional
        Base of the logarithm: None for nats, 2 for bits.

    Returns
    -------
    floating or ndarray, shape (...)
        The divergence of each pair, in nats unless `base` says otherwise; ``inf`` where the
        supports do not match.

    Raises
    ------
    ValueError
        If `p` or `q` is empty or a scalar, an entry is NaN, negative or above 1, or a distribution
        does not sum to 1; if their shapes do not match; if `base` is not a positive number other
        than 1.

    Notes
    -----
    Terms of both signs are added, so when `p` and `q` nearly agree, rounding can leave a sum a few
    machine epsilons below 0. It is not clipped.

    References
    ----------
    .. [1] S. Kullback and R. A. Leibler, "On information and sufficiency", Annals of Mathematical
       Statistics 22(1), 79-86, 1951.
    .. [2] T. M. Cover and J. A. Thomas, "Elements of Information Theory", 2nd ed., Wiley, 2006.

    Examples
    --------
    >>> p, q = [0.5, 0.5], [0.75, 0.25]
    >>> print(kl_divergence(p, q).round(4), kl_divergence(q, p).round(4), "nats")
    0.1438 0.1308 nats
    >>> print(kl_divergence([0.5, 0.5], [1, 0]), kl_divergence([1, 0], [0.5, 0.5], base=2))
    inf 1.0
    """
    check_base(base)
    p, q = as_distribution_pair(p, q)
    return _in_base(_total(special.rel_entr(p, q)), base, np.result_type(p, q))


def perplexity(p: ArrayLike, q: ArrayLike | None = None) -> Value:
    r"""Perplexity: :math:`e^{H(p)}`, or :math:`e^{H(p, q)}` if `q` is given.

    The number of equally likely outcomes that would be as surprising [1]_. It has no unit, and
    the same value whether the entropy is taken in nats or in bits.

    Parameters
    ----------
    p : array_like, shape (..., K)
        Distributions over K outcomes along the last axis.
    q : array_like, shape (..., K), optional
        The distributions that surprise is computed from. All axes but the last broadcast.

    Returns
    -------
    floating or ndarray, shape (...)
        The perplexity, at least 1; ``inf`` where the supports do not match.

    Raises
    ------
    ValueError
        As `entropy` and `cross_entropy` do.

    References
    ----------
    .. [1] F. Jelinek, R. L. Mercer, L. R. Bahl and J. K. Baker, "Perplexity: a measure of the
       difficulty of speech recognition tasks", Journal of the Acoustical Society of America
       62(S1), S63, 1977.

    Examples
    --------
    A fair die is as surprising as six equally likely outcomes, a loaded one as fewer:

    >>> print(perplexity([1 / 6] * 6).round(6))
    6.0
    >>> print(perplexity([0.5, 0.1, 0.1, 0.1, 0.1, 0.1]).round(2))
    4.47
    """
    nats = entropy(p) if q is None else cross_entropy(p, q)
    return np.exp(nats)


def negative_log(p: Floats) -> Floats:
    """Return the surprise of probabilities that have been checked, in nats, in their dtype."""
    with np.errstate(divide="ignore"):  # the surprisal of p = 0 is inf, and meant
        return -np.log(p) + 0.0  # -log 1 is -0.0, and -0.0 + 0.0 is 0.0


def _total(terms: Floats) -> Floats:
    """Add up over the outcomes, in float64: float32 loses digits over many outcomes."""
    total: Floats = terms.sum(axis=-1, dtype=np.float64)
    return total


def _in_base(nats: Floats, base: float | None, dtype: np.dtype[np.floating]) -> Value:
    """Convert from nats, and round to `dtype`."""
    units = nats if base is None else nats / math.log(base)
    return as_value(np.asarray(units + 0.0, dtype=dtype))  # turns -0.0 into 0.0
