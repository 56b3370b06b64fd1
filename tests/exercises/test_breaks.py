"""A check that knows a right answer from a wrong one: no broken solution is called correct."""

from __future__ import annotations

import contextlib
import io
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nbformat import NotebookNode

from crossentropy.exercises import exercises
from exercises import breaks
from exercises.notebooks import CHAPTERS, MUSEUM, cells, checks, run
from exercises.test_exercises import ANSWERS

STILL_RIGHT = {label: known for room in ANSWERS for label, known in room.STILL_RIGHT.items()}

# The cell that solves each exercise, and its notebook: the last that checks it.
SOLVED = {
    call.label: (path, cell)
    for path in [*CHAPTERS, MUSEUM]
    for cell in cells(path)
    if cell.cell_type == "code"
    for call in checks(cell.source)
}

on_every_object = pytest.mark.parametrize("label", exercises())


@on_every_object
def test_small_breaks_of_its_solution_are_refused(label: str) -> None:
    path, cell = SOLVED[label]
    known, survivors = dict(STILL_RIGHT.get(label, {})), []
    for broken in breaks.small(cell.source, checks(cell.source)[0].answer):
        if verdict(label, broken, cell, run(path).before[cell.id]) == "Correct.":
            excuses = [line for line in known if line in broken]
            survivors += [broken] * (not excuses)
    assert not survivors, f"{len(survivors)} survive:\n" + "\n\n".join(survivors)


@on_every_object
def test_large_breaks_are_refused(label: str) -> None:
    exercise = exercises()[label]
    if exercise.inputs == ((),):
        return  # an answer that takes nothing is a constant
    excused = STILL_RIGHT.get(label, {})
    survivors = [
        words
        for words, answer in breaks.large(exercise)
        if words not in excused and exercise.judge(answer) == "Correct."
    ]
    assert not survivors


def verdict(label: str, source: str, cell: NotebookNode, before: dict[str, Any]) -> str:
    """Run a broken solution where the solution runs, and check it as its cell does."""
    namespace = dict(before)
    (call,) = checks(cell.source)
    with contextlib.redirect_stdout(io.StringIO()), patience(2):
        try:
            exec(compile(source, cell.id, "exec"), namespace)
            answer = eval(call.answer, namespace)
        except Exception as error:
            return f"it raised {error!r}"
        return exercises()[label].judge(answer)
    return "it did not end"


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise in what takes longer: a broken loop may never end."""

    def enough(*_: object) -> None:
        raise TimeoutError("it does not end")

    before: Callable[..., Any] | int | None = signal.signal(signal.SIGALRM, enough)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
