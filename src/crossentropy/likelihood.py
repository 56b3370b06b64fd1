"""Labels, the likelihood of a model given them, and its negative logarithm."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossentropy._validation import (
    Floats,
    Reduction,
    Value,
    as_distributions,
    as_labels,
    as_reduction,
    check_n_classes,
)
from crossentropy.information import negative_log

__all__ = [
    "empirical_distribution",
    "likelihood",
    "log_likelihood",
    "negative_log_likelihood",
    "one_hot",
]


def one_hot(labels: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    """Turn each label into the distribution that is certain of it.

    Parameters
    ----------
    labels : array_like of int, shape (...)
        Labels from 0 to ``n_classes - 1``.
    n_classes : int
        The number of classes K.

    Returns
    -------
    ndarray of float64, shape (..., K)
        1 at the label's class and 0 elsewhere.

    Raises
    ------
    ValueError
        If `labels` is empty, or one is out of range or not an integer; if `n_classes` is not a
        positive integer.

    Examples
    --------
    >>> print(one_hot([2, 0], 3))
    [[0. 0. 1.]
     [1. 0. 0.]]
    """
    check_n_classes(n_classes)
    labels = as_labels("labels", labels, n_classes)
    distributions = np.zeros((*labels.shape, n_classes))
    np.put_along_axis(distributions, labels[..., np.newaxis], 1.0, axis=-1)
    return distributions


def empirical_distribution(labels: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    r"""Share of the examples that carry each label: :math:`\hat p_k = N_k / N`.

    It is the mean of the labels' one-hot distributions.

    Parameters
    ----------
    labels : array_like of int, shape (N,)
        Labels from 0 to ``n_classes - 1``.
    n_classes : int
        The number of classes K.

    Returns
    -------
    ndarray of float64, shape (K,)
        The empirical distribution. A class that does not occur gets 0.

    Raises
    ------
    ValueError
        If `labels` is empty or not one-dimensional, or one is out of range or not an integer; if
        `n_classes` is not a positive integer.

    Examples
    --------
    >>> print(empirical_distribution([0, 2, 2, 0], 3))
    [0.5 0.  0.5]
    """
    check_n_classes(n_classes)
    labels = as_labels("labels", labels, n_classes)
    if labels.ndim != 1:
        raise ValueError(f"labels has shape {labels.shape}; it must have one axis, the examples")
    # Where an index has 32 bits, as in a browser, 64 of them are refused.
    return np.bincount(labels.astype(np.intp), minlength=n_classes) / labels.size


def likelihood(labels: ArrayLike, probs: ArrayLike) -> np.floating:
    r"""Likelihood of a model: the probability it gives to all labels, :math:`\prod_n q_n(y_n)`.

    The examples are taken to be independent given the model. As a function of the model the
    likelihood is no density: it need not integrate to 1 ([1]_).

    Parameters
    ----------
    labels : array_like of int, shape (...)
        The observed labels, from 0 to K - 1; usually of shape (N,).
    probs : array_like, shape (..., K) or (K,)
        What the model predicts: one distribution per example, or one that all examples share.

    Returns
    -------
    floating
        The product, in the dtype of `probs`. It has no unit.

    Raises
    ------
    ValueError
        If an argument is empty or the shapes do not match; if an entry of `probs` is NaN, negative
        or above 1, or a distribution does not sum to 1; if a label is out of range or not an
        integer.

    Notes
    -----
    A product of many probabilities **underflows**: it is rounded, in the end to 0, although the
    likelihood is positive. That is left as it is, because it is why one takes logarithms:
    `log_likelihood` has no such limit.

    References
    ----------
    .. [1] R. A. Fisher, "On the mathematical foundations of theoretical statistics",
       Philosophical Transactions of the Royal Society A 222, 309-368, 1922.

    Examples
    --------
    >>> print(likelihood([0, 0, 1], [0.5, 0.5]))
    0.125

    A thousand fair coins are unlikely, two thousand are too unlikely for a float64:

    >>> print(likelihood([0] * 1000, [0.5, 0.5]), likelihood([0] * 2000, [0.5, 0.5]))
    9.332636185032189e-302 0.0
    >>> print(log_likelihood([0] * 2000, [0.5, 0.5]).round(2))
    -1386.29
    """
    product: np.floating = np.prod(_probabilities_of(labels, probs))
    return product


def log_likelihood(labels: ArrayLike, probs: ArrayLike) -> np.floating:
    r"""Logarithm of the likelihood, as a sum: :math:`\sum_n \log q_n(y_n)`.

    The logarithm is strictly increasing, so the same model maximises both ([1]_, section 5.5).

    Parameters
    ----------
    labels : array_like of int, shape (...)
        The observed labels, from 0 to K - 1; usually of shape (N,).
    probs : array_like, shape (..., K) or (K,)
        What the model predicts: one distribution per example, or one that all examples share.

    Returns
    -------
    floating
        The sum, in nats and in the dtype of `probs`; ``-inf`` if the model rules a label out.

    Raises
    ------
    ValueError
        If an argument is empty or the shapes do not match; if an entry of `probs` is NaN, negative
        or above 1, or a distribution does not sum to 1; if a label is out of range or not an
        integer.

    References
    ----------
    .. [1] I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", MIT Press, 2016.

    Examples
    --------
    >>> print(log_likelihood([0, 1], [[0.5, 0.5], [0.75, 0.25]]).round(4))
    -2.0794
    >>> print(log_likelihood([0, 1], [1.0, 0.0]))
    -inf
    """
    total: np.floating = negative_log(_probabilities_of(labels, probs)).sum()
    return 0.0 - total  # not -total, which would be -0.0 for a certain model


def negative_log_likelihood(
    labels: ArrayLike, probs: ArrayLike, *, reduction: Reduction = "mean"
) -> Value:
    r"""Negative log-likelihood: the surprise of each label, :math:`-\log q_n(y_n)`, reduced.

    The term of one example is the cross-entropy of its one-hot distribution and the prediction.
    For a shared prediction q the mean is :math:`H(\hat p, q)`, with the empirical distribution
    :math:`\hat p` of the labels.

    Parameters
    ----------
    labels : array_like of int, shape (...)
        The observed labels, from 0 to K - 1; usually of shape (N,).
    probs : array_like, shape (..., K) or (K,)
        What the model predicts: one distribution per example, or one that all examples share.
    reduction : {"mean", "sum", "none"}, optional
        The mean or the sum over all examples, or one value for each.

    Returns
    -------
    floating or ndarray
        In nats and in the dtype of `probs`: a scalar, or for ``"none"`` an array of the shape of
        `labels`. It is ``inf`` if the model rules a label out.

    Raises
    ------
    ValueError
        If an argument is empty or the shapes do not match; if an entry of `probs` is NaN, negative
        or above 1, or a distribution does not sum to 1; if a label is out of range or not an
        integer; if `reduction` is unknown.

    Examples
    --------
    >>> labels, q = [0, 0, 1], [0.75, 0.25]
    >>> print(negative_log_likelihood(labels, q, reduction="none").round(4))
    [0.2877 0.2877 1.3863]
    >>> print(negative_log_likelihood(labels, q).round(4))
    0.6539

    The same number, as a cross-entropy:

    >>> from crossentropy.information import cross_entropy
    >>> print(cross_entropy(empirical_distribution(labels, 2), q).round(4))
    0.6539
    """
    reduce = as_reduction(reduction)
    return reduce(negative_log(_probabilities_of(labels, probs)))


def _probabilities_of(labels: ArrayLike, probs: ArrayLike) -> Floats:
    """Return the probability that the model gives to each label, in the shape of the labels."""
    probs = as_distributions("probs", probs)
    labels = as_labels("labels", labels, probs.shape[-1])
    if probs.ndim == 1:
        return np.take(probs, labels)
    if labels.shape != probs.shape[:-1]:
        raise ValueError(
            f"labels has shape {labels.shape}, but probs of shape {probs.shape} needs labels of "
            f"shape {probs.shape[:-1]}"
        )
    return np.take_along_axis(probs, labels[..., np.newaxis], axis=-1)[..., 0]
