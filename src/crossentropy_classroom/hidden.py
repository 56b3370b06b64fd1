"""Hidden tests: what the functions of a submission are asked, and what they should answer.

A test draws its data from a seed that only the teacher has, so that everybody may read it. The
student's process is handed the questions and returns the answers; it never sees a reference, and a
verdict is reached outside of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossentropy_classroom.answers import FAULTS

__all__ = ["Hidden", "Question", "added", "ask", "earned", "forbidden", "judge"]

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
        What it is worth.
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
    parts : bool, optional
        Whether the points are shared out among the cases, as `earned` does. Without it all cases
        are right, or the points are lost. Where a guess is right in some cases, leave it out.
    without : tuple of str, optional
        The functions, of the course or of SciPy, that the task asks to be written anew. An answer
        that one of them was called for is no answer: say so in the text, and in the visible test.
    """

    cell: str
    name: str
    points: float
    reference: Callable[..., ArrayLike] | ArrayLike
    about: str
    cases: Callable[[np.random.Generator], Sequence[Arguments]] | None = None
    rtol: float = 1e-6
    parts: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What the student's process is asked: a call of a function, or the value of a variable.

    `without` names what may not be called for it.
    """

    name: str
    arguments: Arguments | None
    without: tuple[str, ...] = ()


def ask(tests: Sequence[Hidden], seed: int) -> list[list[Question]]:
    """Return the questions of each test. The same seed asks the same questions."""
    return [
        [Question(test.name, case, test.without) for case in _cases(test, position, seed)]
        for position, test in enumerate(tests)
    ]


def judge(
    tests: Sequence[Hidden], seed: int, answers: Sequence[Sequence[NDArray[Any] | str]]
) -> list[list[str]]:
    """Return what is wrong with each answer to each test.

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
    list of list of str
        Of each test and each of its cases the fault of the answer, in a few words that give away no
        data and no value; "" if it is right.
    """
    return [
        [
            _fault(test, case, answer)
            for case, answer in zip(_cases(test, position, seed), given, strict=True)
        ]
        for position, (test, given) in enumerate(zip(tests, answers, strict=True))
    ]


def earned(test: Hidden, faults: Sequence[str]) -> float:
    """Return the points that a test gives for its answers, by the fault of each.

    All are right, or the points are lost. Of a test with `parts`, each case is worth the same; the
    sum is rounded to a hundredth of a point, and a half of one is rounded up. So what stands beside
    each test adds up to what stands beside them all.

    Examples
    --------
    >>> thirds = Hidden("cell", "f", 1, max, "three cases", parts=True)
    >>> [earned(thirds, ["", "it was too slow", "it was too slow"]), earned(thirds, ["", "", "no"])]
    [0.33, 0.67]
    """
    right = sum(not fault for fault in faults)
    if right == len(faults):
        return test.points
    share = Fraction(right, len(faults)) if test.parts else Fraction(0)
    return math.floor(share * Fraction(str(test.points)) * 100 + Fraction(1, 2)) / 100


def added(points: Iterable[float]) -> float:
    """Return a sum of points as it is on paper: 0.1 and 0.2 are 0.3."""
    return float(sum(Fraction(str(each)) for each in points))


def _cases(test: Hidden, position: int, seed: int) -> list[Arguments | None]:
    if test.cases is None:
        return [None]
    return list(test.cases(np.random.default_rng([seed, position])))


def forbidden(test: Hidden) -> str:
    """Return what is wrong with an answer for which something was called that may not be."""
    return f"it called {' or '.join(test.without)}, which the task forbids"


def _fault(test: Hidden, case: Arguments | None, answer: NDArray[Any] | str) -> str:
    """Say what is wrong with an answer, or return ""."""
    if isinstance(answer, str):
        return forbidden(test) if answer == FAULTS["forbidden"] else answer
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
        return "it was nan, which is not a number"
    return "it was another value"
