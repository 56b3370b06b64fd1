"""A check that knows a right answer from a wrong one: no broken solution is called correct."""

from __future__ import annotations

import pytest

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
    (call,) = checks(cell.source)
    before, excused = run(path).before[cell.id], STILL_RIGHT.get(label, {})
    survivors = breaks.small_survivors(
        exercises()[label], cell.source, call.answer, before, excused
    )
    assert not survivors, f"{len(survivors)} survive:\n" + "\n\n".join(survivors)


@on_every_object
def test_large_breaks_are_refused(label: str) -> None:
    exercise = exercises()[label]
    assert not breaks.large_survivors(exercise, exercise, STILL_RIGHT.get(label, {}))
