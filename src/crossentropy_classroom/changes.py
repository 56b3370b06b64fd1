"""Points that a teacher changed, each with the reason that the student reads.

They stand in a table of their own in the gradebook, and none is ever overwritten: the last of a
question counts. The points are written into nbgrader's own table too, in the same transaction. When
the work is another than before, `gradebook.record` puts them before a person again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crossentropy_classroom.gradebook import Graded, graded, writing

__all__ = ["Change", "change", "latest", "unsettled"]

TABLE = """CREATE TABLE IF NOT EXISTS crossentropy_change (
    number INTEGER PRIMARY KEY,
    made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    student TEXT NOT NULL,
    assignment TEXT NOT NULL,
    cell TEXT NOT NULL,
    points REAL NOT NULL,
    reason TEXT NOT NULL
)"""

# Of which student and assignment a graded cell is, and its ``grade_id``.
Question = tuple[str, str, str]


@dataclass(frozen=True)
class Change:
    """Points that a teacher gave in place of others, and why."""

    points: float
    reason: str


def change(gradebook: Any, seen: Graded, points: float, reason: str) -> None:
    """Change the points of a question.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        The gradebook.
    seen : Graded
        The question as the teacher saw it.
    points : float
        The new points.
    reason : str
        Why, for the student.

    Raises
    ------
    ValueError
        If these cannot be the points, if there is no reason, or if somebody else has changed the
        points since the teacher saw them.
    """
    from sqlalchemy import text

    if not 0 <= points <= seen.max:
        raise ValueError(f"{seen.cell} has 0 to {seen.max:g} points; {points:g} are none of it")
    if not reason.strip():
        raise ValueError("a change needs a reason: the student reads it")
    with writing(gradebook):
        grade = gradebook.find_grade(seen.cell, seen.assignment, seen.assignment, seen.student)
        now = (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
        if now != (seen.auto, seen.manual, seen.pending):
            raise ValueError(
                f"{seen.cell} of {seen.student}: the points were changed by somebody else while "
                "you looked; nothing was written, look again"
            )
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.execute(text(TABLE))
        gradebook.db.execute(
            text(
                "INSERT INTO crossentropy_change (student, assignment, cell, points, reason)"
                " VALUES (:student, :assignment, :cell, :points, :reason)"
            ),
            {
                "student": seen.student,
                "assignment": seen.assignment,
                "cell": seen.cell,
                "points": points,
                "reason": reason.strip(),
            },
        )


def latest(gradebook: Any) -> dict[Question, Change]:
    """Return the last change of each question that was changed."""
    from sqlalchemy import inspect, text

    if not inspect(gradebook.engine).has_table("crossentropy_change"):
        return {}
    rows = gradebook.db.execute(
        text(
            "SELECT student, assignment, cell, points, reason FROM crossentropy_change"
            " ORDER BY number"
        )
    )
    return {
        (student, assignment, cell): Change(points, reason)
        for student, assignment, cell, points, reason in rows
    }


def unsettled(gradebook: Any) -> list[Graded]:
    """Return the questions that were changed, and whose work is another since."""
    changed = latest(gradebook)
    waiting = [each for each in graded(gradebook) if each.pending] if changed else []
    return [each for each in waiting if (each.student, each.assignment, each.cell) in changed]
