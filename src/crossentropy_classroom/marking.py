"""Mark one submission: run it, hear what it answers, and judge that.

All that this takes is in a `Task`, so that it can be done here or on another machine.
"""

from __future__ import annotations

import hashlib
import json
import math
import pickle
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode
from numpy.typing import NDArray

from crossentropy_classroom import gradebook, runner, sandbox
from crossentropy_classroom.assignments import Assignment, Packed, unpack
from crossentropy_classroom.hidden import Question, ask, judge
from crossentropy_classroom.sandbox import Limits
from crossentropy_classroom.submissions import NOT_HANDED_IN, released, repair

__all__ = ["Result", "Task", "graded_cells", "mark"]

# Changes with what a result means, so that no older one is taken for a new one.
VERSION = 3

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
    written : dict of str to str
        What was written into each cell that a person has to grade, as a hash.
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
    written: dict[str, str] = field(default_factory=dict)
    verdicts: list[bool] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """In few words: graded, repaired, stopped, not graded or not handed in."""
        if self.problem:
            return NOT_HANDED_IN if self.problem == NOT_HANDED_IN else "not graded"
        return "stopped" if self.stopped else "repaired" if self.repairs else "graded"

    @property
    def why(self) -> str:
        """What there is to say about the status."""
        if self.status == NOT_HANDED_IN:
            return ""
        return "; ".join(filter(None, [self.problem, self.stopped, *self.repairs]))


@dataclass(frozen=True)
class Task:
    """A submission that is to be marked, with all that it takes.

    Parameters
    ----------
    assignment : Packed
        What it is of.
    seed : int
        What the hidden tests draw their data from.
    limits : Limits
        What it may use up.
    contained : bool
        Whether it runs in a sandbox.
    student : str
        Whose it is.
    repairs : tuple of str
        What was repaired to find it.
    data : bytes
        What was handed in.
    """

    assignment: Packed
    seed: int
    limits: Limits
    contained: bool
    student: str
    repairs: tuple[str, ...]
    data: bytes = field(repr=False)

    @property
    def key(self) -> str:
        """Everything that the result depends on, as a hash."""
        limits = self.limits.as_json()
        about = (VERSION, self.assignment, self.seed, limits, self.contained, self.repairs)
        return hashlib.sha256(repr(about).encode() + self.data).hexdigest()


def mark(task: Task) -> tuple[Result, str]:
    """Return what came of a submission, and the notebook that was marked, as a text.

    Raises
    ------
    ValueError
        If it is nothing that can be marked.
    """
    exam = _exam(task.assignment, task.seed)
    notebook, repairs = repair(task.data, exam.assignment)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    told = {"cells": [cell.source for cell in code], "limits": asdict(task.limits)}
    outcome = sandbox.converse(
        Path(runner.__file__),
        _framed(json.dumps(told).encode()),
        lambda said: exam.questions if _is_whole(said) else None,
        task.limits,
        task.contained,
    )
    heard = _Heard(outcome.data, sum(exam.sizes), task.limits, outcome.before)
    answers = iter(heard.answers)
    given = [[next(answers) for _ in range(size)] for size in exam.sizes]
    with np.errstate(all="ignore"):
        verdicts = judge(exam.assignment.tests, task.seed, given)
    _show(code, heard.cells)
    blank = gradebook.unanswered(notebook)
    points = _points(exam.assignment, verdicts, blank)
    result = Result(
        student=task.student,
        assignment=exam.assignment.name,
        repairs=[*task.repairs, *repairs],
        stopped=outcome.stopped or heard.problem,
        points=points,
        blank=sorted(blank),
        written={
            name: hashlib.sha256(cell.source.encode()).hexdigest()
            for cell in notebook.cells
            if (name := cell.metadata.get("nbgrader", {}).get("grade_id")) in points
            and points[name] is None
        },
        verdicts=verdicts,
        cells=heard.cells,
    )
    return result, nbformat.writes(notebook) + "\n"


class _Exam:
    """An assignment, and its questions as they are put to every submission."""

    def __init__(self, assignment: Assignment, seed: int) -> None:
        self.assignment = assignment
        questions = ask(assignment.tests, seed)
        self.sizes = [len(each) for each in questions]
        self.questions = _framed(pickle.dumps([_pickled(q) for each in questions for q in each]))


_one_at_a_time = threading.Lock()


@lru_cache(maxsize=32)
def _made(assignment: Packed, seed: int) -> _Exam:
    return _Exam(unpack(assignment), seed)


def _exam(assignment: Packed, seed: int) -> _Exam:
    with _one_at_a_time:  # threads that begin together would each make it
        return _made(assignment, seed)


def _points(
    assignment: Assignment, verdicts: Sequence[bool], blank: set[str]
) -> dict[str, float | None]:
    points: dict[str, float | None] = {}
    for about in graded_cells(assignment):
        name = about["grade_id"]
        if about.get("solution"):
            points[name] = 0.0 if name in blank else None
        else:
            own = zip(assignment.tests, verdicts, strict=True)
            points[name] = float(sum(t.points for t, right in own if right and t.cell == name))
    return points


def graded_cells(assignment: Assignment) -> list[dict[str, Any]]:
    """Return the marks of the cells that are worth points."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in released(assignment).cells]
    return [mark for mark in marks if mark.get("grade")]


class _Heard:
    """What a student's process said, with nothing in it taken on trust.

    What it says of its cells counts only if it was said before the questions were put: the student
    is shown it, and is not to be shown a question.
    """

    def __init__(self, data: bytes, questions: int, limits: Limits, before: int) -> None:
        self.cells: list[dict[str, Any]] = []
        self.answers: list[NDArray[Any] | None] = [None] * questions
        self.problem = "ended before it had answered"
        try:
            for end, header, payload in _messages(data, questions + 2):
                if "cells" in header and end <= before:
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


def _messages(data: bytes, most: int) -> Iterator[tuple[int, dict[str, Any], bytes]]:
    """Yield each message: where it ends, its header and its bytes."""
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
        yield at, header, data[at - length : at]


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
