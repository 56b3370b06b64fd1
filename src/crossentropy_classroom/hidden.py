"""Hidden tests: what the functions of a submission are asked, and what they should answer.

A test draws its data from a seed that only the teacher has, so that everybody may read it. The
student's process is handed the questions and returns the answers; it never sees a reference, and a
verdict is reached outside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Hidden", "Question", "ask", "judge"]

Arguments = tuple[Any, ...]

# How far an answer in single precision may be off, as in a visible test.
SINGLE = 64 * float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Hidden:
    """A hidden test of one function, or of one number, of a notebook.

    Parameters
    ----------
    cell : str
        The ``grade_id`` of the test cell of the notebook whose points these are.
    name : str
        The function of the notebook that is called, or the variable that is read.
    points : float
        What it is worth: all of it, or nothing.
    reference : callable or array_like
        What the function should return for each case, or the variable should hold.
    about : str
        What is tested, in a few words that give away no data and no value: the student reads it
        when the points are lost.
    cases : callable, optional
        From a generator of random numbers to a list of tuples of arguments. Without it, `name` is
        a variable.
    rtol : float, optional
        How far an answer may be off, relative to the larger of the value and one.
    """

    cell: str
    name: str
    points: float
    reference: Callable[..., ArrayLike] | ArrayLike
    about: str
    cases: Callable[[np.random.Generator], Sequence[Arguments]] | None = None
    rtol: float = 1e-6


@dataclass(frozen=True)
class Question:
    """What the student's process is asked: a call of a function, or the value of a variable."""

    name: str
    arguments: Arguments | None


def ask(tests: Sequence[Hidden], seed: int) -> list[list[Question]]:
    """Return the questions of each test. The same seed asks the same questions."""
    return [
        [Question(test.name, case) for case in _cases(test, position, seed)]
        for position, test in enumerate(tests)
    ]


def judge(
    tests: Sequence[Hidden], seed: int, answers: Sequence[Sequence[NDArray[Any] | str]]
) -> list[str]:
    """Return what is wrong with the answers to each test.

    Parameters
    ----------
    tests : sequence of Hidden
        The hidden tests of an assignment.
    seed : int
        The seed that the questions were asked with.
    answers : sequence of sequences of array or str
        What the submission answered, test by test and question by question; or why there is no
        answer in numbers.

    Returns
    -------
    list of str
        Of each test the fault of the first answer that is wrong, in a few words that give away no
        data and no value; "" if every one of its answers is right.
    """
    return [
        next(filter(None, map(_fault, repeat(test), _cases(test, position, seed), given)), "")
        for position, (test, given) in enumerate(zip(tests, answers, strict=True))
    ]


def _cases(test: Hidden, position: int, seed: int) -> list[Arguments | None]:
    if test.cases is None:
        return [None]
    return list(test.cases(np.random.default_rng([seed, position])))


def _fault(test: Hidden, case: Arguments | None, answer: NDArray[Any] | str) -> str:
    """Say what is wrong with an answer, or return ""."""
    if isinstance(answer, str):
        return answer
    wanted = test.reference(*case) if callable(test.reference) and case is not None else None
    expected = np.asarray(test.reference if wanted is None else wanted, dtype=np.float64)
    if expected.ndim == 0 and answer.size == 1:  # one number is one number, as in a visible test
        answer = answer.reshape(())
    if answer.shape != expected.shape:
        return "it had another shape"
    rtol = max(test.rtol, SINGLE) if answer.dtype == np.float32 else test.rtol
    if np.allclose(answer, expected, rtol=rtol, atol=rtol, equal_nan=True):
        return ""
    if np.isnan(answer).sum() > np.isnan(expected).sum():
        return "it was not a number"
    return "it was another value"
