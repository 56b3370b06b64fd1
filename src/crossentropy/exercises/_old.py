"""Checks for exercises: say which mistake was made, and never stop the notebook."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["check"]


def check(
    answer: ArrayLike,
    correct: ArrayLike,
    mistakes: Mapping[str, ArrayLike] | None = None,
    *,
    rtol: float = 1e-6,
) -> str:
    """Hold an answer against the correct one, and name the mistake if it is a known one.

    Parameters
    ----------
    answer, correct : array_like
        What was computed, and what should have been.
    mistakes : mapping of str to array_like, optional
        What each typical mistake gives: the key completes the sentence "That is what you get if
        you ...".
    rtol : float, optional
        How far apart, relative to the larger of the value and one, two equal answers may be.

    Returns
    -------
    str
        ``"Correct."`` or a sentence that says what is wrong. An answer of the wrong kind or shape
        is described, not raised: a notebook with an unsolved exercise must run to its end.

    Examples
    --------
    >>> check(1.4591, 1.0114, {"used log base 2": 1.4591}, rtol=1e-3)
    'Not yet: that is what you get if you used log base 2. Your answer is 1.459.'
    >>> check(1.01140, 1.0114)
    'Correct.'
    >>> check([1.0, 2.0], 1.0114)
    'Not yet: your answer has shape (2,), the correct one has shape ().'
    """
    try:
        given = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        return f"Not yet: your answer is {answer!r}, which is not a number."
    wanted = np.asarray(correct, dtype=np.float64)
    if given.shape != wanted.shape:
        return (
            f"Not yet: your answer has shape {given.shape}, the correct one has shape "
            f"{wanted.shape}."
        )
    if np.allclose(given, wanted, rtol=rtol, atol=rtol):
        return "Correct."
    for mistake, result in (mistakes or {}).items():
        if np.allclose(given, result, rtol=rtol, atol=rtol, equal_nan=True):
            return f"Not yet: that is what you get if you {mistake}. Your answer is {_show(given)}."
    return f"Not yet: your answer is {_show(given)}."


def _show(value: np.ndarray) -> str:
    if value.ndim == 0:
        return f"{value:.4g}"
    return "[" + ", ".join(_show(part) for part in value) + "]"
