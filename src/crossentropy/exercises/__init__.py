"""The exercises of the course: what is right, what goes wrong, and the check that knows both.

A page asks, and says ``check("ex-ent-1", answer)``. The answer to hold it against is in here, one
module a chapter, so that the page under an exercise does not give it away.
"""

from __future__ import annotations

import difflib
import functools
import importlib
from typing import Any

from crossentropy.exercises._exercise import Case, Exercise, Judge, Verdict
from crossentropy.exercises._recorded import assignments

__all__ = ["Case", "Exercise", "Verdict", "assignments", "check", "exercises"]

# Which module a label belongs to; a reader who checks one chapter loads no other.
_ROOMS = {
    "ex-ent": "entropy",
    "ex-div": "divergence",
    "ex-lik": "likelihood",
    "ex-sm": "softmax",
    "ex-clf": "classifier",
    "ex-bey": "beyond",
    "ex-txt": "text",
    "ex-var": "variations",
    "mus": "museum",
}


def check(name: str, answer: Any) -> Verdict:
    """Hold an answer to an exercise against the right one, and say which mistake was made.

    Parameters
    ----------
    name : str
        The label of the exercise, such as ``"ex-ent-1"``.
    answer : callable or array_like
        The function that the exercise asks for, not yet called; or the number, where it asks for
        one.

    Returns
    -------
    Verdict
        A text: ``Correct.``, or ``Not yet:`` and what is wrong. Nothing is ever raised, because a
        notebook with an unsolved exercise must run to its end.

    Examples
    --------
    >>> check("ex-ent-1", 2.161)
    Correct.
    >>> check("ex-ent-1", 1.498)
    Not yet: that is what you get if you use natural logarithms. Your answer is 1.498.
    >>> check("ex-ent-7", 0.0)
    Not yet: there is no exercise 'ex-ent-7'. Did you mean 'ex-ent-6'?
    """
    found = _judge(str(name))
    if found is not None:
        return found.judge(answer)
    alike = difflib.get_close_matches(str(name), [*exercises(), *assignments()], n=1)
    hint = f" Did you mean {alike[0]!r}?" if alike else ""
    return Verdict(f"Not yet: there is no exercise {str(name)!r}.{hint}")


@functools.cache
def exercises() -> dict[str, Exercise]:
    """Return every exercise of the course by its label."""
    return {name: one for room in _ROOMS.values() for name, one in _room(room).items()}


def _judge(name: str) -> Judge | None:
    for prefix, room in _ROOMS.items():
        if name.startswith(f"{prefix}-"):
            return _room(room).get(name)
    return assignments().get(name)


def _room(name: str) -> dict[str, Exercise]:
    room: dict[str, Exercise] = importlib.import_module(f"{__name__}.{name}").EXERCISES
    return room
