"""Mark one submission: run it, hear what it answers, and judge that."""

from __future__ import annotations

import hashlib
import json
import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode

from crossentropy_classroom import runner, sandbox
from crossentropy_classroom.answers import Heard, first_is_whole, framed
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.hidden import Question, ask, judge
from crossentropy_classroom.result import Result
from crossentropy_classroom.sandbox import Limits
from crossentropy_classroom.submissions import repair

__all__ = ["Submit", "Task", "mark"]

# Is raised when results change their meaning, so that an older result is not taken for a new one.
VERSION = 4


@dataclass(frozen=True)
class Task:
    """A submission that is to be marked, and how.

    Parameters
    ----------
    student : str
        Whose it is.
    repairs : tuple of str
        What was repaired to find it.
    data : bytes
        What was handed in.
    seed : int
        What the hidden tests draw their data from.
    limits : Limits
        What it may use up.
    contained : bool
        Whether it runs in a sandbox.
    """

    student: str
    repairs: tuple[str, ...]
    data: bytes = field(repr=False)
    seed: int
    limits: Limits
    contained: bool

    def key(self, assignment: Assignment) -> str:
        """Return everything that the result depends on, as a hash."""
        limits = self.limits.as_json()
        about = (VERSION, assignment.digest, self.seed, limits, self.contained, self.repairs)
        return hashlib.sha256(repr(about).encode() + self.data).hexdigest()


# A function that has a submission marked, here or on another machine, and does not wait for it.
Submit = Callable[[Assignment, Task], Future[tuple[Result, str]]]


def mark(assignment: Assignment, task: Task) -> tuple[Result, str]:
    """Return what came of a submission, and the notebook that was marked, as a text.

    Raises
    ------
    ValueError
        If it is nothing that can be marked.
    """
    notebook, repairs = repair(task.data, assignment)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    verdicts, heard, stopped = _examined(code, assignment, task)
    _show(code, heard.cells)
    blank = _blank(notebook)
    points = _points(assignment, verdicts, blank)
    result = Result(
        student=task.student,
        assignment=assignment.name,
        repairs=[*task.repairs, *repairs],
        stopped=stopped or heard.problem,
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


def _examined(
    code: Sequence[NotebookNode], assignment: Assignment, task: Task
) -> tuple[list[bool], Heard, str]:
    """Run code cells and put the questions; return verdicts, what was heard, and what stopped."""
    exam = _exam(assignment, task.seed)
    told = {"cells": [cell.source for cell in code], "limits": asdict(task.limits)}
    outcome = sandbox.converse(
        Path(runner.__file__),
        framed(json.dumps(told).encode()),
        lambda said: exam.questions if first_is_whole(said) else None,
        task.limits,
        task.contained,
    )
    heard = Heard(outcome.data, sum(exam.sizes), task.limits, outcome.before)
    answers = iter(heard.answers)
    given = [[next(answers) for _ in range(size)] for size in exam.sizes]
    with np.errstate(all="ignore"):
        verdicts = judge(assignment.tests, task.seed, given)
    return verdicts, heard, outcome.stopped


class _Exam:
    """The questions of an assignment as they are put to every submission, all in one message."""

    def __init__(self, assignment: Assignment, seed: int) -> None:
        questions = ask(assignment.tests, seed)
        self.sizes = [len(each) for each in questions]
        self.questions = framed(pickle.dumps([_pickled(q) for each in questions for q in each]))


def _pickled(question: Question) -> bytes:
    return pickle.dumps((question.name, question.arguments))


_one_at_a_time = threading.Lock()


@lru_cache(maxsize=32)
def _made(assignment: Assignment, seed: int) -> _Exam:
    return _Exam(assignment, seed)


def _exam(assignment: Assignment, seed: int) -> _Exam:
    with _one_at_a_time:  # threads that begin together would each make the exam
        return _made(assignment, seed)


def _blank(notebook: NotebookNode) -> set[str]:
    """Return the ``grade_id`` of the cells that are still as they were handed out."""
    # Imported here, for nbgrader takes seconds to import, and a page of help needs none of it.
    from nbgrader.utils import compute_checksum

    marked = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {
        cell.metadata["nbgrader"]["grade_id"]
        for cell in marked
        if compute_checksum(cell) == cell.metadata["nbgrader"]["checksum"]
    }


def _points(
    assignment: Assignment, verdicts: Sequence[bool], blank: set[str]
) -> dict[str, float | None]:
    points: dict[str, float | None] = {}
    for about in assignment.graded_cells():
        name = about["grade_id"]
        if about.get("solution"):
            points[name] = 0.0 if name in blank else None
        else:
            own = zip(assignment.tests, verdicts, strict=True)
            points[name] = float(sum(t.points for t, right in own if right and t.cell == name))
    return points


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
