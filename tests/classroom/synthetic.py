"""A class that nobody taught: what grading would leave of any number of made-up students."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np

from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.gradebook import Graded
from crossentropy_classroom.notebooks import grade_id
from crossentropy_classroom.result import Result, home, keep

# What a visible test says to every third who fails.
SAID = "Not yet: that is what you get if you use natural logarithms. Your answer is 1.498.\n"
FAULTS = ("it was another value", "it raised IndexError", "it had another shape")


def fill(
    classroom: Path, assignment: Assignment, students: int, seed: int = 1, unread: float = 0.0
) -> list[Graded]:
    """Write the results of a class, and return what would stand in its gradebook.

    Who is abler passes more tests. A share of the written answers is `unread`.
    """
    rng = np.random.default_rng(seed)
    questions = []
    for number in range(students):
        student, able = f"student-{number:03}", rng.normal(0.7, 1)
        judged, points, blank = [], {}, []
        released = assignment.released
        for mark in assignment.graded_cells():
            cell, worth = mark["grade_id"], float(mark["points"])
            gone = rng.random() < 0.04
            tests = [test for test in assignment.tests if test.cell == cell]
            fails = [gone or rng.random() > 1 / (1 + np.exp(-1.5 * able - 0.4)) for _ in tests]
            if tests:
                judged += [[str(rng.choice(FAULTS))] if fail else [""] for fail in fails]
                points[cell] = sum(t.points for t, f in zip(tests, fails, strict=True) if not f)
                blank += [cell.removeprefix("test-")] if gone else []
            else:
                points[cell] = float(np.clip(round(worth * (0.5 + 0.3 * able)), 0, worth))
                blank += [cell] if gone else []
                points[cell] = None if rng.random() < unread else 0.0 if gone else points[cell]
            had = points[cell]
            pending = had is None
            questions.append(
                Graded(assignment.name, student, cell, worth, had or 0.0, had, None, pending, "")
            )
        result = Result(student, assignment.name, points=points, blank=blank, judged=judged)
        keep(classroom, result)
        written = nbformat.from_dict(released)
        for cell in written.cells:
            name = grade_id(cell)
            if cell.cell_type == "code":
                lost = points.get(name, 1) == 0 and number % 3 == 0
                cell.outputs = [nbformat.v4.new_output("stream", text=SAID)] if lost else []
        file = home(classroom, student, assignment.name) / f"{assignment.name}.ipynb"
        file.write_text(nbformat.writes(written), "utf-8")
    return sorted(questions)
