"""``grades``: one table of everybody's points, for a learning management system.

nbgrader's own export writes 0.0 for a submission that could not be graded and for one that nobody
has read yet, and does not quote. Here a number is a number that somebody earned. The scores are
those of nbgrader's gradebook, a person's before a machine's.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from nbgrader.api import Gradebook, SubmittedAssignment

from crossentropy_classroom._files import add_folder, as_csv, write_whole
from crossentropy_classroom.gradebook import existing
from crossentropy_classroom.result import Result, read_results

__all__ = ["add_arguments", "main", "table"]

PENDING = "pending"
# A file that begins with it Excel takes for UTF-8. Without it Excel garbles names with an accent,
# for it takes the file for one in the computer's old code page; but a learning management system
# may take it for a part of the first column's name.
BOM = "\ufeff"


def table(gradebook: Gradebook, results: Sequence[Result]) -> list[list[str]]:
    """Return the rows of the grades file, the first with the names of its columns.

    Parameters
    ----------
    gradebook : Gradebook
        Who has which points.
    results : sequence of Result
        What became of each submission.

    Returns
    -------
    list of list of str
        A row a student: the student, the points of each assignment, their total, and a note. Points
        are ``pending`` while a person has something to read, and empty where nothing was handed in
        or nothing could be graded; the note says which. A total over such a cell is ``pending``.
    """
    known = {(result.student, result.assignment): result for result in results}
    students = {student.id for student in gradebook.students} | {who for who, _ in known}
    names = {assignment.name for assignment in gradebook.assignments} | {what for _, what in known}
    scored = {
        (submission.student.id, assignment.name): submission
        for assignment in gradebook.assignments
        for submission in assignment.submissions
    }
    rows = [["student", *sorted(names), "total", "note"]]
    for student in sorted(students):
        keys = [(student, name) for name in sorted(names)]
        rows.append([student, *_points_and_note(keys, known, scored)])
    return rows


def _points_and_note(
    keys: list[tuple[str, str]],
    known: dict[tuple[str, str], Result],
    scored: dict[tuple[str, str], SubmittedAssignment],
) -> list[str]:
    """Return the cells of a student after the first."""
    cells, notes, total, complete = [], [], 0.0, True
    for key in keys:
        result, submission = known.get(key), scored.get(key)
        if result is not None and result.problem:
            cell, note = "", f"could not be graded: {result.problem}"
        elif submission is None:
            missing = "not handed in" if result is None else "not in the gradebook, grade again"
            cell, note = "", missing
        elif submission.needs_manual_grade:
            cell, note = PENDING, f"{_number(submission.score)} points so far, the rest to be read"
        else:
            points = max(0.0, submission.score - (submission.late_submission_penalty or 0.0))
            cell, note, total = _number(points), "", total + points
        cells.append(cell)
        looks = [] if result is None or result.problem else result.attention
        notes += [f"{key[1]}: {line}" for line in ([note] if note else []) + looks]
        complete &= bool(cell and cell != PENDING) or note == "not handed in"
    return [*cells, _number(total) if complete else PENDING, "; ".join(notes)]


def _number(points: float) -> str:
    return f"{round(points, 2):g}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_folder(parser, "classroom", "where the gradebook is and grades.csv will be")
    parser.add_argument("--excel", action="store_true", help="begin the file as Excel expects it")


def main(arguments: argparse.Namespace) -> int:
    """Write ``grades.csv``."""
    with existing(arguments.classroom) as gradebook:
        rows = table(gradebook, read_results(arguments.classroom))
    path = arguments.classroom / "grades.csv"
    write_whole(path, (BOM if arguments.excel else "") + as_csv(rows))
    waiting = sum(row[-2] == PENDING for row in rows[1:])
    print(f"{path.resolve()}: {len(rows) - 1} students, {waiting} of them with points to come")
    return 0
