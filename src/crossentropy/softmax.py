"""Softmax, its relatives, and the cross-entropy of logits with its gradient in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from crossentropy._threads import n_threads, share
from crossentropy._validation import (
    FEW_CLASSES,
    Floats,
    Reduction,
    Value,
    are_largest_logits,
    as_array,
    as_classes,
    as_distributions,
    as_labels,
    as_logits,
    as_reduction,
    as_value,
    over_classes,
    reject_logits,
)

__all__ = ["log_softmax", "logsumexp", "softmax", "softmax_cross_entropy", "softmax_jacobian"]

# A label for each row, or a distribution for each.
Targets = NDArray[Any]

# Logits handled at once by `softmax_cross_entropy`: 1 MB of float64 stays in a core's cache between
# the steps, and the steps are long enough for their overhead, and for threads' turns, not to count.
_BLOCK_SIZE = 2**17
# A thread costs a tenth of what working through one block does; with less work it is not worth it.
_BLOCKS_PER_THREAD = 2


def softmax(logits: ArrayLike) -> Floats:
    r"""Softmax: the distribution :math:`q_k = e^{\ell_k} / \sum_j e^{\ell_j}`.

    Logits are log-probabilities up to a constant, which softmax removes: adding the same number
    to all logits of a row changes nothing [1]_.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Logits along the last axis. ``-inf`` rules a class out; some class must be possible.

    Returns
    -------
    ndarray, shape (..., K)
        Distributions along the last axis, in the dtype of `logits`.

    Raises
    ------
    ValueError
        If `logits` is empty or a scalar, or an entry is NaN or ``+inf``, or a row is all ``-inf``.

    References
    ----------
    .. [1] J. S. Bridle, "Probabilistic interpretation of feedforward classification network
       outputs, with relationships to statistical pattern recognition", in Neurocomputing,
       Springer, 227-236, 1990.

    Examples
    --------
    >>> print(softmax([0.0, np.log(3.0)]).round(4))
    [0.25 0.75]
    >>> print(softmax([1e4, 1e4, -np.inf]))
    [0.5 0.5 0. ]
    """
    return _over_classes(special.softmax, as_logits("logits", logits))


def log_softmax(logits: ArrayLike) -> Floats:
    r"""Logarithm of softmax: :math:`\log q_k = \ell_k - \operatorname{LSE}(\ell)`.

    It stays finite where softmax underflows to 0.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Logits along the last axis. ``-inf`` rules a class out; some class must be possible.

    Returns
    -------
    ndarray, shape (..., K)
        Log-probabilities in nats, in the dtype of `logits`.

    Raises
    ------
    ValueError
        If `logits` is empty or a scalar, or an entry is NaN or ``+inf``, or a row is all ``-inf``.

    Examples
    --------
    >>> print(log_softmax([0.0, 0.0]).round(4))
    [-0.6931 -0.6931]
    >>> print(softmax([0.0, -1e4]), log_softmax([0.0, -1e4]))
    [1. 0.] [     0. -10000.]
    """
    return _over_classes(special.log_softmax, as_logits("logits", logits))


def logsumexp(logits: ArrayLike) -> Value:
    r"""Log-sum-exp, a smooth maximum: :math:`\operatorname{LSE}(\ell) = \log \sum_k e^{\ell_k}`.

    It lies between the maximum and the maximum plus :math:`\log K`. The maximum is taken out of
    the sum first, so that no exponential overflows [1]_. Its gradient is `softmax`.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Logits along the last axis. ``-inf`` rules a class out; some class must be possible.

    Returns
    -------
    floating or ndarray, shape (...)
        In nats, in the dtype of `logits`.

    Raises
    ------
    ValueError
        If `logits` is empty or a scalar, or an entry is NaN or ``+inf``, or a row is all ``-inf``.

    References
    ----------
    .. [1] P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and
       softmax functions", IMA Journal of Numerical Analysis 41(4), 2311-2330, 2021.

    Examples
    --------
    >>> print(logsumexp([0.0, 0.0]).round(4), logsumexp([1e4, 1e4]).round(4))
    0.6931 10000.6931
    """
    return as_value(_over_classes(special.logsumexp, as_logits("logits", logits)))


def softmax_jacobian(logits: ArrayLike) -> Floats:
    r"""Jacobian of softmax: :math:`\partial q_i / \partial \ell_j = q_i (\delta_{ij} - q_j)`.

    As a matrix :math:`\operatorname{diag}(q) - q q^\top`. It is also the Hessian of
    log-sum-exp, hence of the cross-entropy in the logits. It is symmetric and positive
    semidefinite, so both are convex ([1]_, section 3.1.5), and its rows sum to 0, because a shift
    of all logits changes nothing.

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Logits along the last axis. ``-inf`` rules a class out; some class must be possible.

    Returns
    -------
    ndarray, shape (..., K, K)
        One matrix per row of logits, in the dtype of `logits`.

    Raises
    ------
    ValueError
        If `logits` is empty or a scalar, or an entry is NaN or ``+inf``, or a row is all ``-inf``.

    References
    ----------
    .. [1] S. Boyd and L. Vandenberghe, "Convex Optimization", Cambridge University Press, 2004.

    Examples
    --------
    >>> print(softmax_jacobian([0.0, np.log(3.0)]).round(4))
    [[ 0.1875 -0.1875]
     [-0.1875  0.1875]]
    """
    q = softmax(logits)
    diagonal = q[..., np.newaxis] * np.eye(q.shape[-1], dtype=q.dtype)
    return diagonal - q[..., :, np.newaxis] * q[..., np.newaxis, :]


@overload
def softmax_cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    reduction: Reduction = "mean",
    return_grad: Literal[False] = False,
) -> Value: ...


@overload
def softmax_cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    reduction: Reduction = "mean",
    return_grad: Literal[True],
) -> tuple[Value, Floats]: ...


@overload
def softmax_cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    reduction: Reduction = "mean",
    return_grad: bool,
) -> Value | tuple[Value, Floats]: ...


def softmax_cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    reduction: Reduction = "mean",
    return_grad: bool = False,
) -> Value | tuple[Value, Floats]:
    r"""Cross-entropy of targets and softmax: :math:`\operatorname{LSE}(\ell) - p \cdot \ell`.

    No probability is computed on the way to the loss, so none underflows: logits of 10,000 are
    fine. The gradient in the logits is :math:`q - p` with :math:`q = \operatorname{softmax}(\ell)`
    ([1]_, section 6.2.2.3).

    Parameters
    ----------
    logits : array_like, shape (..., K)
        Logits along the last axis. ``-inf`` rules a class out; some class must be possible.
    targets : array_like, shape (...) or (..., K)
        An integer label from 0 to K - 1 for each row of logits, or a distribution for each.
    reduction : {"mean", "sum", "none"}, optional
        The mean or the sum over all rows, or one value for each.
    return_grad : bool, optional
        Whether to return the gradient too.

    Returns
    -------
    loss : floating or ndarray
        In nats: a scalar, or for ``"none"`` an array of shape (...). It is ``inf`` where a class
        that the target allows has the logit ``-inf``; a class that it rules out contributes 0.
    gradient : ndarray, shape (..., K)
        Only if `return_grad`. The gradient of the mean for ``"mean"``, where each row is divided
        by their number; otherwise of each row's own loss, which is also that of the sum.

    Raises
    ------
    ValueError
        If an argument is empty or the shapes do not match; if a logit is NaN or ``+inf``, or a row
        is all ``-inf``; if a label is out of range or not an integer; if a target has an entry that
        is NaN, negative or above 1, or does not sum to 1; if `reduction` is unknown.

    Notes
    -----
    The result has the dtype of `logits`, promoted with that of `targets` if these are
    distributions. The rows are worked through in blocks that fit in the cache; the gradient is the
    only large array that is allocated. Many blocks are shared by threads, one for each core or as
    many as the environment variable ``OMP_NUM_THREADS`` says. Their number changes no bit of the
    result. Called from another thread than the main one, the function starts none.

    References
    ----------
    .. [1] I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", MIT Press, 2016.

    Examples
    --------
    >>> logits = [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    >>> loss, gradient = softmax_cross_entropy(logits, [0, 2], return_grad=True)
    >>> print(loss.round(4))
    0.6691
    >>> print(gradient.round(4))
    [[-0.1065  0.0533  0.0533]
     [ 0.1667  0.1667 -0.3333]]

    Distributions as targets, and one loss for each:

    >>> print(softmax_cross_entropy(logits, [[0.5, 0.5, 0], [0, 0, 1]], reduction="none").round(4))
    [1.2395 1.0986]
    """
    reduce = as_reduction(reduction)
    logits = as_classes("logits", logits)
    try:
        targets = _as_targets(targets, logits.shape)
    except ValueError:
        as_logits("logits", logits)  # where both are wrong, the message is about the logits
        raise
    labelled = targets.ndim < logits.ndim
    dtype = logits.dtype if labelled else np.result_type(logits, targets)

    rows = logits.reshape(-1, logits.shape[-1])
    targets = targets.reshape(rows.shape[:1] if labelled else rows.shape)
    n_rows, n_classes = rows.shape
    step = min(n_rows, max(1, _BLOCK_SIZE // n_classes))
    scale = 1 / n_rows if reduction == "mean" else 1.0
    losses = np.empty(n_rows, dtype=_wide(dtype))
    gradient = np.empty(rows.shape if return_grad else 0, dtype=dtype)

    def work(starts: Iterator[int]) -> None:
        workspace = np.empty(step * n_classes, dtype=_wide(dtype))
        for start in starts:
            block = slice(start, min(start + step, n_rows))
            exps = _as_block(workspace, block.stop - start, n_classes)
            if not _shift(rows[block], exps):
                reject_logits("logits", logits)
            losses[block], totals = _losses_and_exps(exps, targets[block])
            if return_grad:
                exps *= (scale / totals)[:, np.newaxis]
                _subtract_targets(targets[block], scale, exps)
                gradient[block] = exps

    blocks = range(0, n_rows, step)
    with np.errstate(over="ignore"):  # inf if logits are further apart than the dtype reaches
        share(work, blocks, n_threads(len(blocks) // _BLOCKS_PER_THREAD))
        loss = reduce(losses.astype(dtype, copy=False).reshape(logits.shape[:-1]))

    return (loss, gradient.reshape(logits.shape)) if return_grad else loss


def _as_targets(targets: ArrayLike, shape: tuple[int, ...]) -> Targets:
    """Return a label or a distribution for each row of logits of that shape."""
    targets = as_array("targets", targets)
    if targets.shape == shape:
        return as_distributions("targets", targets)
    if targets.shape == shape[:-1]:
        return as_labels("targets", targets, shape[-1])
    raise ValueError(
        f"targets has shape {targets.shape}, but logits of shape {shape} needs integer labels of "
        f"shape {shape[:-1]} or distributions of shape {shape}"
    )


def _as_block(workspace: Floats, n_rows: int, n_classes: int) -> Floats:
    """Return the beginning of the workspace as rows, where few classes lie in columns.

    Short rows would be as many short loops; in columns they are a few long ones.
    """
    order: Literal["F", "C"] = "F" if n_classes <= FEW_CLASSES else "C"
    return workspace[: n_rows * n_classes].reshape((n_rows, n_classes), order=order)


def _shift(logits: Floats, shifted: Floats) -> bool:
    """Write the logits, so shifted that each row's largest is 0; return whether they are logits.

    A shift of a row does not change its loss.
    """
    if logits.shape[-1] <= FEW_CLASSES:
        np.copyto(shifted, logits)
        logits = shifted
    largest = over_classes(np.maximum, logits)
    if not are_largest_logits(largest):
        return False
    np.subtract(logits, largest[:, np.newaxis], out=shifted, dtype=shifted.dtype)
    return True


def _losses_and_exps(shifted: Floats, targets: Targets) -> tuple[Floats, Floats]:
    """Return LSE(ℓ) - p·ℓ and Σ exp ℓ for each row, and leave exp ℓ in the place of ℓ."""
    expected = _expected_logit(targets, shifted)
    totals = over_classes(np.add, np.exp(shifted, out=shifted))
    return np.log(totals) - expected, totals


def _expected_logit(targets: Targets, logits: Floats) -> Floats:
    """Return p·ℓ for each row, where an impossible outcome contributes 0, whatever its logit."""
    if targets.ndim == 1:
        entries, labelled = _entries(logits, targets)
        return entries.take(labelled)
    with np.errstate(invalid="ignore"):
        expected = _dot(targets, logits)
    zero_times_infinity = np.isnan(expected)
    if zero_times_infinity.any():
        p, rows = targets[zero_times_infinity], logits[zero_times_infinity]
        expected[zero_times_infinity] = _dot(p, np.where(p > 0, rows, 0))
    return expected


def _dot(p: Targets, rows: Floats) -> Floats:
    """Return the dot product of each two rows. `numpy.vecdot` would start threads of BLAS."""
    products: Floats = np.einsum("ij,ij->i", p, rows)
    return products


def _subtract_targets(targets: Targets, scale: float, gradient: Floats) -> None:
    if targets.ndim == 1:
        entries, labelled = _entries(gradient, targets)
        entries[labelled] -= scale
    else:
        gradient -= scale * targets


def _entries(block: Floats, labels: Targets) -> tuple[Floats, Targets]:
    """Return a view of all entries of a block, and the places of the labels' entries in it.

    One index is faster than two, a row and a column.
    """
    n_rows, n_classes = block.shape
    if block.flags.c_contiguous:
        return block.reshape(-1), labels + np.arange(0, n_rows * n_classes, n_classes)
    return block.T.reshape(-1), labels * n_rows + np.arange(n_rows)


def _over_classes(function: Callable[..., Floats], logits: Floats) -> Floats:
    """Apply a function of SciPy's along the last axis."""
    with np.errstate(over="ignore"):  # -inf if logits are further apart than the dtype reaches
        values = function(logits.astype(_wide(logits.dtype), copy=False), axis=-1)
        return np.asarray(values, dtype=logits.dtype)


def _wide(dtype: np.dtype[np.floating]) -> np.dtype[np.floating]:
    """Return a dtype to compute in: float16 ends at 65504, too early for a sum of exponentials."""
    return np.promote_types(dtype, np.float32)
