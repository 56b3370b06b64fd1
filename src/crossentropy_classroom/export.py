"""``grades``: one table of everybody's points, for a person or for a learning management system.

nbgrader's own export writes 0.0 for a submission that could not be graded and for one that nobody
has read yet, and does not quote. Here a number is a number that somebody earned. The scores are
those of nbgrader's gradebook, a person's before a machine's.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedAssignment

from crossentropy_classroom import lms
from crossentropy_classroom._files import add_folder, as_csv, few, write_whole
from crossentropy_classroom.gradebook import existing
from crossentropy_classroom.lms import Mark
from crossentropy_classroom.result import Result, read_results
from crossentropy_classroom.roster import Roster, read_roster

__all__ = ["add_arguments", "main", "marks", "table"]

PENDING = "pending"
# A file that begins with it Excel takes for UTF-8. Without it Excel garbles names with an accent,
# for it takes the file for one in the computer's old code page; but a learning management system
# may take it for a part of the first column's name.
BOM = "\ufeff"


def table(
    gradebook: Gradebook, results: Sequence[Result], enrolled: Collection[str] = ()
) -> list[list[str]]:
    """Return the rows of the grades file, the first with the names of its columns.

    Parameters
    ----------
    gradebook : Gradebook
        Who has which points.
    results : sequence of Result
        What became of each submission.
    enrolled : collection of str, optional
        The students of the roster: they have a row even if nothing is known of them.

    Returns
    -------
    list of list of str
        A row a student: the student, the points of each assignment, their total, and a note. Points
        are ``pending`` while a person has something to read, and empty where nothing was handed in
        or nothing could be graded; the note says which. A total over such a cell is ``pending``.
    """
    known = {(result.student, result.assignment): result for result in results}
    scored = _scored(gradebook)
    students = {student.id for student in gradebook.students} | {who for who, _ in known}
    students |= {*enrolled}
    names = {assignment.name for assignment in gradebook.assignments} | {what for _, what in known}
    rows = [["student", *sorted(names), "total", "note"]]
    for student in sorted(students):
        keys = [(student, name) for name in sorted(names)]
        rows.append([student, *_points_and_note(keys, known, scored)])
    return rows


def _scored(gradebook: Gradebook) -> dict[tuple[str, str], SubmittedAssignment]:
    """Return what the gradebook says of each submission."""
    return {
        (submission.student.id, assignment.name): submission
        for assignment in gradebook.assignments
        for submission in assignment.submissions
    }


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
            points = _points(submission)
            cell, note, total = _number(points), "", total + points
        cells.append(cell)
        looks = [] if result is None or result.problem else result.attention
        if result is not None and submission is not None and result.late.penalty:
            looks = [f"{_number(submission.score)} points, {result.late.said}", *looks]
        notes += [f"{key[1]}: {line}" for line in ([note] if note else []) + looks]
        complete &= bool(cell and cell != PENDING) or note == "not handed in"
    return [*cells, _number(total) if complete else PENDING, "; ".join(notes)]


def _points(submission: SubmittedAssignment) -> float:
    return max(0.0, float(submission.score) - float(submission.late_submission_penalty or 0.0))


def marks(
    gradebook: Gradebook, results: Sequence[Result], only: Collection[str] = ()
) -> tuple[dict[tuple[str, str], Mark], dict[str, float]]:
    """Return what a learning management system gets, and the most points of each assignment.

    Parameters
    ----------
    gradebook : Gradebook
        Who has which points.
    results : sequence of Result
        What became of each submission.
    only : collection of str, optional
        The names of the assignments that are written. Without it, all.

    Returns
    -------
    dict of (str, str) to Mark
        For each student and assignment, the points. There are none for what could not be graded and
        for what nobody has read yet.
    dict of str to float
        The most points of each of these assignments.
    """
    known = {(each.student, each.assignment): each for each in results}
    most = {
        each.name: float(each.max_score)
        for each in sorted(gradebook.assignments, key=lambda each: str(each.name))
        if not only or each.name in only
    }
    found = {}
    for key, submission in _scored(gradebook).items():
        result = known.get(key)
        failed = result is not None and result.problem
        if key[1] in most and not failed and not submission.needs_manual_grade:
            points = _number(_points(submission))
            said = f"{points} of {most[key[1]]:g} points."
            if result is not None and result.late.penalty:
                said += f" {_number(submission.score)} before that: {result.late.said}."
            found[key] = Mark(points, said)
    return found, most


def _number(points: float) -> str:
    return f"{round(points, 2):g}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_folder(parser, "classroom", "where the gradebook is and grades.csv will be")
    parser.add_argument("--excel", action="store_true", help="begin the file as Excel expects it")
    parser.add_argument(
        "--for",
        dest="system",
        choices=("canvas", "moodle"),
        help="write the columns that this system imports, and no others",
    )
    parser.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="what the system exported (default: what `grade` was given last)",
    )
    parser.add_argument(
        "--assignment", action="append", default=[], help="write only this one for the system"
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        type=_column,
        metavar="NAME=TITLE",
        help="what an assignment is called in the system",
    )


def _column(text: str) -> tuple[str, str]:
    name, equals, title = text.partition("=")
    if not (name and equals and title):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=TITLE")
    return name, title


def main(arguments: argparse.Namespace) -> int:
    """Write ``grades.csv``, or what a learning management system imports."""
    classroom: Path = arguments.classroom
    roster = _roster(classroom, arguments.roster)
    if arguments.system:
        return _for_system(classroom, roster, arguments)
    with existing(classroom) as gradebook:
        rows = table(gradebook, read_results(classroom), roster.keys if roster else ())
    path = classroom / "grades.csv"
    write_whole(path, (BOM if arguments.excel else "") + as_csv(rows))
    waiting = sum(row[-2] == PENDING for row in rows[1:])
    print(f"{path.resolve()}: {len(rows) - 1} students, {waiting} of them with points to come")
    return 0


def _roster(classroom: Path, given: Path | None) -> Roster | None:
    """Return the roster that is given, or the one that `grade` has kept."""
    path = given or classroom / "roster.csv"
    return read_roster(path) if given or path.exists() else None


def _for_system(classroom: Path, roster: Roster | None, arguments: argparse.Namespace) -> int:
    """Write what a learning management system imports."""
    system = arguments.system
    if roster is None:
        raise ValueError(f"for {system} there has to be a roster: --roster FILE, or grade with one")
    with existing(classroom) as gradebook:
        given, most = marks(gradebook, read_results(classroom), arguments.assignment)
    if unknown := {*arguments.assignment} - {*most}:
        raise ValueError(f"no assignment {sorted(unknown)[0]!r} has been graded")
    rows = lms.table(roster, system, given, most, dict(arguments.column))
    path = classroom / f"grades-{system}.csv"
    write_whole(path, lms.as_text(rows))
    count = sum(bool(given[key].points) and key[0] in roster.keys for key in given)
    print(f"{path.resolve()}: {len(roster.students)} students, {count} grades")
    _print_others(key[0] for key in given if key[0] not in roster.keys)
    return 0


def _print_others(students: Iterable[str]) -> None:
    """Say whose grades are not in the file."""
    if others := sorted({*students}):
        print(f"not in it, for they are not on the roster: {few(others, '; ')}")
