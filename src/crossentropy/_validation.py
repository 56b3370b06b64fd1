"""Checks of what a caller passes in: every refusal names the argument, the index and the value.

Nothing is repaired. An array that passes is returned as a floating-point (or label) array that may
share memory with the caller's, so it must not be written to.
"""

from __future__ import annotations

import functools
import math
import numbers
from collections.abc import Callable
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating]
Labels = NDArray[np.intp]
# What NumPy returns when every axis is reduced is a scalar, not an array of no dimensions.
Value = np.floating | Floats
Reduction = Literal["mean", "sum", "none"]

# Up to here, one pass for each class is faster than one reduction of each row.
FEW_CLASSES = 30


def as_array(name: str, values: ArrayLike) -> NDArray[Any]:
    """Return an array of any dtype that is not empty; what is masked is refused, not unmasked."""
    rows = values if isinstance(values, list | tuple) else (values,)
    if any(np.ma.is_masked(row) for row in rows if isinstance(row, np.ma.MaskedArray)):
        raise ValueError(f"{name} has masked entries; fill them or leave them out")
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} is ragged; its rows must be equally long") from None
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    return array


def as_floats(name: str, values: ArrayLike) -> Floats:
    """Return a float16, float32 or float64 array; integers and booleans become float64."""
    array = as_array(name, values)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise ValueError(f"{name} has dtype {array.dtype}; use float16, float32 or float64")
    return array


def as_probabilities(name: str, values: ArrayLike) -> Floats:
    """Return probabilities of any shape, each between 0 and 1; they need not sum to 1."""
    array = as_floats(name, values)
    # A minimum or maximum of NaN is NaN, and fails both comparisons.
    if not (array.min() >= 0 and array.max() <= 1):
        _reject_probability(name, array)
    return array


def as_distributions(name: str, values: ArrayLike) -> Floats:
    """Return distributions over the last axis: nothing negative, and every sum is 1.

    The sum, taken in float64, may miss 1 by the square root of the dtype's machine epsilon:
    1.5e-8 for float64, 3.5e-4 for float32, 0.03 for float16. K rounded probabilities miss it by
    about ``sqrt(K) * eps``, which stays below that up to ``K = 1 / eps``, so the tolerance does
    not depend on K; a forgotten normalisation or a mistyped digit misses it by far more.
    """
    array = as_classes(name, values)
    # The entries may be NaN or huge: their sum is checked below.
    with np.errstate(over="ignore", invalid="ignore"):
        totals = array.sum(axis=-1, dtype=np.float64)
    dtype = np.finfo(array.dtype)
    # Entries that are not negative and sum to 1 or less do not exceed 1: the third pass over the
    # array, for its maximum, is seldom needed.
    wrong = ~(np.abs(totals - 1) <= math.sqrt(dtype.eps))
    if not array.min() >= 0 or ((totals > 1).any() and array.max() > 1):
        _reject_probability(name, array)
    if wrong.any():
        index = _first(wrong)
        total = totals[index]
        if abs(total - 1) <= math.sqrt(np.finfo(np.float32).eps):
            advice = "keep numbers from float32 in a float32 array, or divide by the sum"
        else:
            advice = "divide by the sum if these are counts, apply softmax if these are logits"
        raise ValueError(
            f"{_element(name, index)} sums to {total:.{dtype.precision}g}, not 1; {advice}"
        )
    return array


def as_distribution_pair(p: ArrayLike, q: ArrayLike) -> tuple[Floats, Floats]:
    """Return `p` and `q` as distributions over the same classes whose batches broadcast."""
    p, q = as_distributions("p", p), as_distributions("q", q)
    if p.shape[-1] != q.shape[-1]:
        raise ValueError(
            f"p has shape {p.shape} and q has shape {q.shape}; their last axes, the classes, must "
            "be equally long"
        )
    try:
        np.broadcast_shapes(p.shape, q.shape)
    except ValueError:
        raise ValueError(
            f"p has shape {p.shape} and q has shape {q.shape}; all axes but the last must broadcast"
        ) from None
    return p, q


def as_classes(name: str, values: ArrayLike) -> Floats:
    """Return floats, whatever they are, whose last axis runs over the classes."""
    array = as_floats(name, values)
    if array.ndim == 0:
        raise ValueError(f"{name} is {array!s}, a scalar; its last axis must run over the classes")
    return array


def as_logits(name: str, values: ArrayLike) -> Floats:
    """Return logits over the last axis: finite, or −∞ for some but not all classes of a row."""
    array = as_classes(name, values)
    if not are_largest_logits(over_classes(np.maximum, array)):
        reject_logits(name, array)
    return array


def are_largest_logits(largest: Floats) -> bool:
    """Return whether rows with these maxima hold logits."""
    # The maximum of a row is NaN if any entry is, +∞ if any is, and −∞ only if all are.
    return bool(np.isfinite(largest).all())


def reject_logits(name: str, array: Floats) -> NoReturn:
    """Raise an error that names the first entry, or else the first row, that is no logit."""
    not_a_logit = np.isnan(array) | np.isposinf(array)
    if not_a_logit.any():
        reject(name, array, not_a_logit, "logits must be finite, or -inf to rule a class out")
    index = _first(np.asarray(np.isneginf(array).all(axis=-1)))
    raise ValueError(f"{_element(name, index)} is -inf throughout; some class must be possible")


def as_finite_table(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return a float64 array of rows and columns, all finite."""
    array = as_floats(name, values).astype(np.float64, copy=False)
    if array.ndim != 2:
        raise ValueError(f"{name} has shape {array.shape}; it must have rows and columns")
    if not np.isfinite(array).all():
        reject(name, array, ~np.isfinite(array), "every entry must be finite")
    return array


def as_labels(name: str, values: ArrayLike, n_classes: int) -> Labels:
    """Return integer labels from 0 to ``n_classes - 1``; floats and booleans are refused."""
    array = as_array(name, values)
    if array.dtype.kind in "iu":
        bad = (array < 0) | (array >= n_classes)
    else:
        # Of float labels the message names the first fraction, or else the first.
        bad = array != np.floor(array) if array.dtype.kind == "f" else np.array(False)
        bad = bad if bad.any() else np.ones(array.shape, dtype=np.bool_)
    if bad.any():
        reject(name, array, bad, f"labels must be integers from 0 to {n_classes - 1}")
    return array.astype(np.intp, copy=False)


def is_positive_integer(value: object) -> bool:
    """Return whether a value counts something; booleans do not."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        return False
    return bool(value > 0)


def check_n_classes(n_classes: int) -> None:
    """Refuse a number of classes that is not a positive integer."""
    if not is_positive_integer(n_classes):
        raise ValueError(f"n_classes is {_shown(n_classes)}; it must be a positive integer")


def check_base(base: float | None) -> None:
    """Refuse a base that no logarithm has."""
    if base is None:
        return
    is_number = isinstance(base, numbers.Real) and not isinstance(base, bool | np.bool_)
    if not (is_number and 0 < base < math.inf and base != 1):
        rule = "a logarithm's base must be positive, finite and not 1"
        raise ValueError(f"base is {_shown(base)}; {rule}")


def as_reduction(reduction: Reduction) -> Callable[[Floats], Value]:
    """Return the function that turns one loss per example into what `reduction` asks for."""
    if reduction == "mean":
        return np.mean
    if reduction == "sum":
        return np.sum
    if reduction == "none":
        return as_value
    raise ValueError(f"reduction is {reduction!r}; it must be 'mean', 'sum' or 'none'")


def as_value(array: Floats) -> Value:
    """Return an array of no dimensions as a scalar, and any other as it is."""
    value: Value = array[()]
    return value


def over_classes(operation: np.ufunc, array: Floats) -> Floats:
    """Reduce the last axis. NumPy takes longest where rows are short: there, class by class."""
    # NumPy itself goes class by class where each class lies in one piece, unless there is one row.
    in_columns = array.ndim == 2 and len(array) > 1 and array.flags.f_contiguous
    if array.shape[-1] > FEW_CLASSES or in_columns:
        return np.asarray(operation.reduce(array, axis=-1))
    return functools.reduce(operation, np.moveaxis(array, -1, 0))


def _reject_probability(name: str, array: Floats) -> NoReturn:
    bad = ~((array >= 0) & (array <= 1))
    reject(name, array, bad, "probabilities must be between 0 and 1")


def reject(name: str, array: NDArray[np.generic], bad: NDArray[np.bool_], rule: str) -> NoReturn:
    """Raise an error that names the first of the bad elements, and the rule that it breaks."""
    index = _first(bad)
    raise ValueError(f"{_element(name, index)} is {_shown(array[index])}; {rule}")


def _shown(value: object) -> str:
    """Return a value as it is written: a text that looks like a number has quotation marks."""
    return repr(str(value)) if isinstance(value, str) else str(value)


def _first(bad: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(np.argwhere(bad)[0].tolist())


def _element(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name
