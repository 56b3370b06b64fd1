"""Grade submissions: each by itself, any number of them, as often as you like.

Below the classroom's folder it writes, for each submission, the notebook that was graded
(``work/STUDENT/NAME/NAME.ipynb``, where nbgrader's formgrader looks for it) and what came of it
(``result.json`` beside it); the scores into ``gradebook.db``; and ``report.csv``, one line each.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import math
import os
import pickle
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode
from numpy.typing import NDArray

from crossentropy.classroom import gradebook, runner, sandbox
from crossentropy.classroom._arguments import add_folder
from crossentropy.classroom.assignments import Assignment, all_assignments
from crossentropy.classroom.hidden import Question, ask, judge
from crossentropy.classroom.sandbox import Limits
from crossentropy.classroom.submissions import Submission, find, released, repair

__all__ = ["Batch", "Result", "add_arguments", "grade", "main", "read_seed"]

# Changes with what a result means, so that no older one is taken for a new one.
VERSION = 1

# The longest header that is read of what a student's process sends.
HEADER = 4 << 20

# Numbers of up to eight bytes, in either byte order.
DTYPES = {np.dtype(order + kind).str for kind in "?bhiqBHIQefd" for order in "<>"}


@dataclass(frozen=True)
class Result:
    """What came of one submission.

    Parameters
    ----------
    student, assignment : str
        Whose it is, and of what.
    problem : str
        Why it could not be graded, or "". Then nothing that follows says anything.
    repairs : list of str
        What was repaired before it was graded.
    stopped : str
        Why its program came to no end of its own, or "".
    points : dict of str to float or None
        The points of each graded cell by ``grade_id``; None for one that a person has to grade.
    blank : list of str
        The ``grade_id`` of the cells that were not worked on.
    verdicts : list of bool
        Whether each hidden test passed.
    cells : list of dict
        What happened in each code cell: its last output, its error, its seconds.
    """

    student: str
    assignment: str
    problem: str = ""
    repairs: list[str] = field(default_factory=list)
    stopped: str = ""
    points: dict[str, float | None] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)
    verdicts: list[bool] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """In two words: graded, repaired, stopped or not graded."""
        if self.problem:
            return "not graded"
        return "stopped" if self.stopped else "repaired" if self.repairs else "graded"

    @property
    def why(self) -> str:
        """What there is to say about the status."""
        return "; ".join(filter(None, [self.problem, self.stopped, *self.repairs]))


@dataclass(frozen=True)
class Batch:
    """How submissions are graded.

    Parameters
    ----------
    assignments : list of Assignment
        All assignments that a notebook may be of.
    classroom : Path
        The folder that everything is written below.
    seed : int
        What the hidden tests draw their data from.
    limits : Limits
        What one submission may use up.
    jobs : int
        How many are graded at a time.
    contained : bool
        Whether they run in a sandbox.
    again : bool
        Whether one that has not changed is graded again.
    """

    assignments: list[Assignment]
    classroom: Path
    seed: int
    limits: Limits = field(default_factory=Limits)
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    contained: bool = True
    again: bool = False


def grade(
    batch: Batch,
    submissions: Path,
    only: Sequence[str] = (),
    progress: Callable[[int, int, Result], None] = lambda done, total, result: None,
) -> list[Result]:
    """Grade a folder of submissions; return what came of each, in the order of the report."""
    found = find(submissions, batch.assignments, only)
    sandbox.prepare(batch.contained)
    known = {assignment.name: assignment for assignment in batch.assignments}
    graders = {name: _Grader(batch, known[name]) for name in known}
    results: dict[Submission, Result] = {}
    book = batch.classroom / "gradebook.db"
    batch.classroom.mkdir(parents=True, exist_ok=True)
    for name in dict.fromkeys(s.assignment for s in found if s.file):
        gradebook.register(book, known[name])
    with gradebook.opened(book) as scores:
        for submission, (result, new) in _each(graders, found, batch.jobs):
            stands = not result.problem and gradebook.has(scores, result.student, result.assignment)
            if not result.problem and (new or not stands):
                gradebook.record(
                    scores, result.student, result.assignment, result.points, set(result.blank)
                )
            if result.problem and result.assignment:
                _keep(batch.classroom, result)
            results[submission] = result
            progress(len(results), len(found), result)
    ordered = [results[submission] for submission in found]
    _write(batch.classroom / "report.csv", _report(batch.assignments, ordered))
    return ordered


def _each(
    graders: dict[str, _Grader], found: Sequence[Submission], jobs: int
) -> Iterator[tuple[Submission, tuple[Result, bool]]]:
    """Yield each submission with its result, and whether that is new, as they are finished."""
    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future[tuple[Result, bool]], Submission] = {}
        waiting = iter(found)
        try:
            while True:
                for submission in waiting:
                    if submission.file is None:
                        result = Result(
                            submission.student, submission.assignment, submission.problem
                        )
                        yield submission, (result, False)
                        continue
                    grader = graders[submission.assignment]
                    running[pool.submit(grader.grade, submission)] = submission
                    if len(running) >= 2 * jobs:
                        break
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        finally:  # broken off: what has not begun does not begin
            for future in running:
                future.cancel()


class _Grader:
    """Grades the submissions of one assignment."""

    def __init__(self, batch: Batch, assignment: Assignment) -> None:
        self.batch, self.assignment = batch, assignment
        self.tests = assignment.tests
        questions = ask(self.tests, batch.seed)
        self.sizes = [len(each) for each in questions]
        self.questions = _framed(pickle.dumps([_pickled(q) for each in questions for q in each]))
        folder = assignment.path.parent
        about = [batch.seed, VERSION, batch.limits.as_json(), batch.contained]
        self.key = hashlib.sha256(repr(about).encode())
        for path in (assignment.path, folder / "hidden.py"):
            self.key.update(hashlib.sha256(path.read_bytes()).digest())

    def grade(self, submission: Submission) -> tuple[Result, bool]:
        """Return the result of a submission, and whether it is new."""
        name = self.assignment.name
        folder = self.batch.classroom / "work" / submission.student / name
        try:
            data = submission.read()
            key = self.key.copy()
            key.update(repr(submission.repairs).encode() + data)
            kept = None if self.batch.again else _kept(folder / "result.json", key.hexdigest())
            if kept is not None:
                return kept, False
            result, notebook = self._run(submission, data)
            _keep(self.batch.classroom, result, key.hexdigest())
            _write(folder / f"{name}.ipynb", nbformat.writes(notebook) + "\n")
            return result, True
        except Exception as problem:  # whatever it is, the others are graded
            text = str(problem) if isinstance(problem, ValueError) else repr(problem)
            return Result(submission.student, name, text or repr(problem)), False

    def _run(self, submission: Submission, data: bytes) -> tuple[Result, NotebookNode]:
        notebook, repairs = repair(data, self.assignment)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        limits = self.batch.limits
        task = {"cells": [cell.source for cell in code], "limits": asdict(limits)}
        outcome = sandbox.converse(
            Path(runner.__file__),
            _framed(json.dumps(task).encode()),
            lambda said: self.questions if _is_whole(said) else None,
            limits,
            self.batch.contained,
        )
        heard = _Heard(outcome.data, sum(self.sizes), limits)
        stopped = outcome.stopped or heard.problem
        answers = iter(heard.answers)
        given = [[next(answers) for _ in range(size)] for size in self.sizes]
        with np.errstate(all="ignore"):
            verdicts = judge(self.tests, self.batch.seed, given)
        _show(code, heard.cells)
        blank = gradebook.unanswered(notebook)
        result = Result(
            student=submission.student,
            assignment=self.assignment.name,
            repairs=[*submission.repairs, *repairs],
            stopped=stopped,
            points=self._points(verdicts, blank),
            blank=sorted(blank),
            verdicts=verdicts,
            cells=heard.cells,
        )
        return result, notebook

    def _points(self, verdicts: Sequence[bool], blank: set[str]) -> dict[str, float | None]:
        points: dict[str, float | None] = {}
        for mark in _graded(self.assignment):
            name = mark["grade_id"]
            if mark.get("solution"):
                points[name] = 0.0 if name in blank else None
            else:
                own = zip(self.tests, verdicts, strict=True)
                points[name] = float(sum(t.points for t, right in own if right and t.cell == name))
        return points


class _Heard:
    """What a student's process said, with nothing in it taken on trust."""

    def __init__(self, data: bytes, questions: int, limits: Limits) -> None:
        self.cells: list[dict[str, Any]] = []
        self.answers: list[NDArray[Any] | None] = [None] * questions
        self.problem = "ended before it had answered"
        try:
            for header, payload in _messages(data, questions + 2):
                if "cells" in header:
                    self.cells = self.cells or [_cell(c, limits) for c in _list(header["cells"])]
                elif "answer" in header:
                    position = header["answer"]
                    if type(position) is not int or not 0 <= position < questions:
                        raise ValueError(position)
                    self.answers[position] = _array(header, payload)
                elif "done" in header:
                    self.problem = ""
                    return
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            self.problem = "sent back what cannot be read"


def _messages(data: bytes, most: int) -> Iterator[tuple[dict[str, Any], bytes]]:
    at = 0
    for _ in range(most):
        size = int.from_bytes(data[at : at + 4], "big")
        if size > HEADER:
            raise ValueError(size)
        if len(data) < at + 4 + size or not size:
            return  # it was ended in the middle
        header = json.loads(data[at + 4 : at + 4 + size])
        length = header["bytes"]
        if type(length) is not int or length < 0:
            raise ValueError(length)
        at += 4 + size + length
        if len(data) < at:
            return
        yield header, data[at - length : at]


def _is_whole(said: bytearray) -> bool:
    """Return whether the first message, which says that the cells have run, is there."""
    return len(said) >= 4 and len(said) >= 4 + int.from_bytes(said[:4], "big")


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise TypeError("no list")
    return given


def _cell(given: Any, limits: Limits) -> dict[str, Any]:
    seconds = float(given["seconds"])
    return {
        "output": _text(given["output"], limits.output + 6),
        "error": _text(given["error"], 1200),
        "seconds": seconds if math.isfinite(seconds) else 0.0,
    }


def _text(given: Any, size: int) -> str:
    return str(given)[:size].encode(errors="replace").decode()


def _array(header: dict[str, Any], payload: bytes) -> NDArray[Any] | None:
    """Return an answer as an array; None for what was none."""
    if "problem" in header:
        return None
    dtype, shape = header["dtype"], _list(header["shape"])
    if dtype not in DTYPES or len(shape) > 32:
        raise ValueError(dtype)
    if any(type(length) is not int or length < 0 for length in shape):
        raise ValueError(shape)
    if math.prod(shape) * np.dtype(dtype).itemsize != len(payload):
        raise ValueError(shape)
    truth = dtype == "|b1"  # a byte that is neither 0 nor 1 is no truth value
    array: NDArray[Any] = np.frombuffer(payload, np.uint8 if truth else dtype).reshape(shape)
    return array.astype(bool) if truth else array


def _pickled(question: Question) -> bytes:
    return pickle.dumps((question.name, question.arguments))


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _graded(assignment: Assignment) -> list[dict[str, Any]]:
    """Return the marks of the cells that are worth points."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in released(assignment).cells]
    return [mark for mark in marks if mark.get("grade")]


def _show(code: Sequence[NotebookNode], cells: Sequence[dict[str, Any]]) -> None:
    """Put into a notebook what its cells printed and raised."""
    for position, (cell, ran) in enumerate(zip(code, cells, strict=False)):
        cell.execution_count = position + 1
        if ran["output"]:
            cell.outputs.append(nbformat.v4.new_output("stream", text=ran["output"]))
        if ran["error"]:
            name = ran["error"].partition(":")[0]
            cell.outputs.append(
                nbformat.v4.new_output(
                    "error", ename=name, evalue=ran["error"], traceback=[ran["error"]]
                )
            )


def _keep(classroom: Path, result: Result, key: str = "") -> None:
    """Leave a result for other commands, and for the next run if it has the same key."""
    folder = classroom / "work" / result.student / result.assignment
    folder.mkdir(parents=True, exist_ok=True)
    content = {"key": key, **asdict(result)}
    _write(folder / "result.json", json.dumps(content, indent=1) + "\n")


def _kept(path: Path, key: str) -> Result | None:
    """Return the result of an earlier run on the same bytes."""
    try:
        content = json.loads(path.read_text("utf-8"))
        return Result(**content) if content.pop("key") == key else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: a run that is broken off leaves no half of one."""
    half = path.with_name(f".{path.name}.half")
    half.write_text(text, "utf-8", newline="")
    half.replace(path)


def _report(assignments: Sequence[Assignment], results: Sequence[Result]) -> str:
    """Return the report: a line for each submission, a column for each cell that has points."""
    columns = [
        (assignment.name, mark["grade_id"])
        for assignment in assignments
        if any(result.assignment == assignment.name for result in results)
        for mark in _graded(assignment)
    ]
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    first = ["assignment", "student", "status", "why", "autograded"]
    lines.writerow([*first, *(f"{assignment}/{cell}" for assignment, cell in columns)])
    for result in results:
        own = [result.points.get(c) if a == result.assignment else None for a, c in columns]
        total = "" if result.problem else f"{sum(filter(None, own)):g}"
        points = ["" if value is None else f"{value:g}" for value in own]
        about = [result.assignment, result.student, result.status, result.why, total]
        lines.writerow([*about, *points])
    return file.getvalue()


def read_seed(classroom: Path) -> int:
    """Return the teacher's seed; make one at random if there is none yet."""
    path = classroom / "seed"
    if not path.exists():
        classroom.mkdir(parents=True, exist_ok=True)
        _write(path, f"{secrets.randbits(63)}\n")
        path.chmod(0o600)
    try:
        return int(path.read_text("utf-8"))
    except ValueError:
        raise ValueError(f"{path}: it should hold one whole number") from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("submissions", type=Path, help="folder that holds STUDENT/NAME.ipynb")
    parser.add_argument("--assignment", action="append", default=[], help="grade only this one")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="at a time")
    parser.add_argument("--again", action="store_true", help="grade also what has not changed")
    parser.add_argument(
        "--no-sandbox",
        action="store_true",
        help="run submissions with your own rights: only if you trust their authors",
    )
    add_folder(parser, "assignments", "where the masters and their hidden tests are")
    add_folder(parser, "classroom", "what is written goes below it")


def main(arguments: argparse.Namespace) -> int:
    """Grade, and say what came of it."""
    assignments = all_assignments(arguments.assignments)
    if unknown := set(arguments.assignment) - {assignment.name for assignment in assignments}:
        raise ValueError(f"{arguments.assignments}: there is no assignment {sorted(unknown)[0]!r}")
    batch = Batch(
        assignments,
        arguments.classroom,
        read_seed(arguments.classroom),
        jobs=max(1, arguments.jobs),
        contained=not arguments.no_sandbox,
        again=arguments.again,
    )
    results = grade(batch, arguments.submissions, arguments.assignment, _progress)
    for result in results:
        if result.status in ("stopped", "not graded"):
            print(f"{result.status}: {result.student} {result.assignment}: {result.why}")
    kinds = [result.status for result in results]
    print(", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))) or "nothing")
    print(f"The report: {arguments.classroom / 'report.csv'}")
    return 0


def _progress(done: int, total: int, result: Result) -> None:
    if sys.stderr.isatty():
        filled = 30 * done // total
        end = "\n" if done == total else ""
        bar = "#" * filled + "-" * (30 - filled)
        print(f"\r[{bar}] {done}/{total} {result.student:.20}\033[K", end=end, file=sys.stderr)
