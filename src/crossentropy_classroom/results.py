"""What grading leaves behind, as feedback and the grades file read it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook

from crossentropy_classroom._tables import unprotected
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.gradebook import opened

__all__ = ["Result", "open_gradebook", "read_results"]


@dataclass(frozen=True)
class Result:
    """What became of one submission.

    Parameters
    ----------
    student, assignment : str
        Whose it is, and of what.
    problem : str
        Why it could not be graded, or "". With a problem it has no points, which is not the same as
        0 points.
    stopped : str
        Why its program came to no end of its own, or "".
    repairs : list of str
        What was repaired before it was graded.
    lost : dict of str to list of str
        By the ``grade_id`` of a test cell, what the hidden tests were about that it failed.
    notebook : Path, optional
        The executed notebook.
    """

    student: str
    assignment: str
    problem: str = ""
    stopped: str = ""
    repairs: list[str] = field(default_factory=list)
    lost: dict[str, list[str]] = field(default_factory=dict)
    notebook: Path | None = None


def read_results(classroom: Path, assignments: Sequence[Assignment] = ()) -> list[Result]:
    """Return what became of each submission, by assignment and student.

    Everything that is known of the files of ``grade`` is known here and in `_result`:
    ``work/STUDENT/NAME/result.json``, with `NAME.ipynb` beside it, and ``report.csv`` with the
    columns `assignment`, `student`, `status` and `why`. The report is of the last batch; what it
    says could not be graded is not graded, whatever an earlier batch left.

    Parameters
    ----------
    classroom : Path
        The classroom's folder.
    assignments : sequence of Assignment, optional
        Where the words come from that say what was lost. Nothing else of a hidden test is looked
        at.

    Raises
    ------
    ValueError
        If hidden tests were added or taken away since a submission was graded.
    """
    known = {assignment.name: assignment for assignment in assignments}
    found = {
        (path.parent.name, path.parent.parent.name): _result(path, known.get(path.parent.name))
        for path in (classroom / "work").glob("*/*/result.json")
    }
    for row in _report(classroom / "report.csv"):
        if row["assignment"] and row["status"] == "not graded":
            student, name = unprotected(row["student"]), row["assignment"]
            found[name, student] = Result(student, name, problem=unprotected(row["why"]))
    return [found[key] for key in sorted(found)]


def _report(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _result(path: Path, assignment: Assignment | None) -> Result:
    content = json.loads(path.read_text("utf-8"))
    # Where it is says whose it is: feedback is written to a folder of that name.
    name, student = path.parent.name, path.parent.parent.name
    lost: dict[str, list[str]] = {}
    if assignment is not None and not content["problem"]:
        if len(assignment.tests) != len(content["verdicts"]):
            raise ValueError(f"{path}: {name} has other hidden tests now; grade it again")
        for test, passed in zip(assignment.tests, content["verdicts"], strict=True):
            if not passed:
                lost.setdefault(test.cell, []).append(test.about)
    return Result(
        *(student, name, content["problem"], content["stopped"], content["repairs"], lost),
        notebook=path.with_name(f"{name}.ipynb"),
    )


def open_gradebook(classroom: Path) -> AbstractContextManager[Gradebook]:
    """Return nbgrader's gradebook of a classroom, to be used in a ``with``.

    Raises
    ------
    ValueError
        If there is none.
    """
    path = classroom / "gradebook.db"
    if not path.is_file():
        raise ValueError(f"there is no gradebook at {path}; grade submissions first")
    return opened(path)
