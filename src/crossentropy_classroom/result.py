"""What came of a submission: written by ``grade``, read by the commands that give back.

``work/STUDENT/ASSIGNMENT/`` below the classroom's folder holds ``result.json``, and beside it the
notebook that was graded, where nbgrader's formgrader looks for it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from crossentropy_classroom._files import few, write_whole
from crossentropy_classroom.deadlines import IN_TIME, Late
from crossentropy_classroom.submissions import NOT_HANDED_IN

__all__ = ["Result", "home", "keep", "keep_late", "kept", "read_results"]


@dataclass(frozen=True)
class Result:
    """What came of one submission.

    Parameters
    ----------
    student, assignment : str
        Whose it is, and of what.
    problem : str
        Why it could not be graded, or "". With a problem it has no points, which is not the same as
        0 points, and nothing that follows says anything.
    repairs : list of str
        What was repaired before it was graded.
    attention : list of str
        What a person should look at, a line each.
    also : list of str
        The other files that were handed in, in which nothing was looked for.
    stopped : str
        Why its program came to no end of its own, or "".
    points : dict of str to float or None
        The points of each graded cell by ``grade_id``; None for one that a person has to grade.
    blank : list of str
        The ``grade_id`` of the cells that were not worked on.
    written : dict of str to str
        What was written for each graded cell, as a hash.
    judged : list of list of str
        Of each hidden test and each of its cases, what was wrong with the answer, in a few words;
        "" where nothing was.
    cells : list of dict
        What happened in each code cell: its last output, its error, its seconds.
    late : Late
        How late it came, and what that costs. It is stored beside the result: the deadlines may
        change, and the points that were earned do not.
    """

    student: str
    assignment: str
    problem: str = ""
    repairs: list[str] = field(default_factory=list)
    attention: list[str] = field(default_factory=list)
    also: list[str] = field(default_factory=list)
    stopped: str = ""
    points: dict[str, float | None] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    judged: list[list[str]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)
    late: Late = IN_TIME

    @property
    def faults(self) -> list[str]:
        """Of each hidden test, what was wrong with the first answer that was; or ""."""
        return [next(filter(None, each), "") for each in self.judged]

    @property
    def status(self) -> str:
        """In few words: graded, repaired, attention, stopped, not graded or not handed in."""
        if self.problem:
            return NOT_HANDED_IN if self.problem == NOT_HANDED_IN else "not graded"
        if self.stopped or self.attention:
            return "stopped" if self.stopped else "attention"
        return "repaired" if self.repairs else "graded"

    @property
    def why(self) -> str:
        """What there is to say about the status."""
        if self.status == NOT_HANDED_IN:
            return ""
        also = [f"also there: {few(self.also, ', ')}"] if self.also else []
        said = [self.problem, self.stopped, *self.attention, *self.repairs, *also]
        return "; ".join(filter(None, said))


def home(classroom: Path, student: str, assignment: str) -> Path:
    """Return the folder of what came of a submission."""
    return classroom / "work" / student / assignment


def keep(classroom: Path, result: Result, key: str = "") -> None:
    """Leave a result for other commands, and for the next run if it has the same key."""
    folder = home(classroom, result.student, result.assignment)
    folder.mkdir(parents=True, exist_ok=True)
    content = {"key": key, **asdict(result)}
    del content["late"]
    write_whole(folder / "result.json", json.dumps(content, indent=1) + "\n")


def keep_late(classroom: Path, result: Result, late: Late) -> Result:
    """Leave for other commands how late a submission came; return its result with that."""
    path = home(classroom, result.student, result.assignment) / "late.json"
    if late == IN_TIME:
        path.unlink(missing_ok=True)
    else:
        write_whole(path, json.dumps(asdict(late), indent=1) + "\n")
    return _with(result, late)


def _with(result: Result, late: Late) -> Result:
    """Return a result with how late it came, to be looked at where that is not known."""
    look = [] if late.known else [late.said]
    return replace(result, late=late, attention=[*result.attention, *look])


def kept(classroom: Path, student: str, assignment: str, key: str) -> Result | None:
    """Return the result of an earlier run with this key, or None."""
    try:
        result, own_key = _read(home(classroom, student, assignment) / "result.json")
    except (OSError, ValueError):
        return None
    return result if own_key == key else None


def read_results(classroom: Path) -> list[Result]:
    """Return what came of each submission, by assignment and student.

    Raises
    ------
    ValueError
        If a result cannot be read.
    """
    results = []
    for path in (classroom / "work").glob("*/*/result.json"):
        result, late = _read(path)[0], path.with_name("late.json")
        if late.exists() and not result.problem:
            result = _with(result, Late(**json.loads(late.read_text("utf-8"))))
        results.append(result)
    return sorted(results, key=lambda result: (result.assignment, result.student))


def _read(path: Path) -> tuple[Result, str]:
    """Return the result in a file, and its key."""
    try:
        content = json.loads(path.read_text("utf-8"))
        key = content.pop("key", "")
        result = Result(**content)
    except (ValueError, TypeError, AttributeError):
        raise ValueError(f"{path} is no result of this version; grade it again") from None
    # The folders say whose result it is: feedback is written to folders of these names.
    return replace(result, student=path.parent.parent.name, assignment=path.parent.name), key
