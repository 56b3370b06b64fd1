"""Mark one submission: run it, hear what it answers, and judge that."""

from __future__ import annotations

import hashlib
import json
import pickle
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode

from crossentropy_classroom import pictures, runner, sandbox
from crossentropy_classroom.answers import Heard, first_is_whole, framed
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.copies import whose
from crossentropy_classroom.forbidden import unseen_calls
from crossentropy_classroom.hidden import Question, added, ask, earned, judge
from crossentropy_classroom.incidents import incidents
from crossentropy_classroom.notebooks import by_hand, parse
from crossentropy_classroom.packages import Extra
from crossentropy_classroom.pictures import Beside
from crossentropy_classroom.repair import repair
from crossentropy_classroom.result import Result
from crossentropy_classroom.sandbox import Limits
from crossentropy_classroom.written import look

__all__ = ["Submit", "Task", "mark"]

# Is raised when results change their meaning, so that an older result is not taken for a new one.
VERSION = 8


@dataclass(frozen=True)
class Task:
    """A submission that is to be marked, and how.

    Parameters
    ----------
    student : str
        Whose it is.
    repairs, attention, also : tuple of str
        What was repaired to find it, what of its files a person should look at, and what else was
        handed in.
    beside : sequence of (str, bytes)
        The pictures beside it.
    data : bytes
        What was handed in.
    seed : int
        What the hidden tests draw their data from.
    limits : Limits
        What it may use up.
    contained : bool
        Whether it runs in a sandbox.
    extra : Extra, optional
        The packages that it can import beside those that are installed here.
    """

    student: str
    repairs: tuple[str, ...]
    attention: tuple[str, ...]
    also: tuple[str, ...]
    beside: Beside = field(repr=False)
    data: bytes = field(repr=False)
    seed: int
    limits: Limits
    contained: bool
    extra: Extra | None = None

    def key(self, assignment: Assignment) -> str:
        """Return everything that the result depends on, as a hash."""
        limits = self.limits.as_json()
        about = (VERSION, assignment.digest, self.seed, limits, self.contained, self.repairs)
        lock = self.extra.lock if self.extra else ""
        files = [(name, hashlib.sha256(data).hexdigest()) for name, data in self.beside]
        whole = repr((about, lock, self.attention, self.also, files)).encode() + self.data
        return hashlib.sha256(whole).hexdigest()


# A function that has a submission marked, here or on another machine, and does not wait for it.
Submit = Callable[[Assignment, Task], Future[tuple[Result, str]]]


def mark(assignment: Assignment, task: Task) -> tuple[Result, str]:
    """Return what came of a submission, and the notebook that was marked, as a text.

    Raises
    ------
    ValueError
        If it is nothing that can be marked.
    """
    exam = _exam(assignment, task.seed)  # all variants are asked the same
    notebook = parse(task.data)
    copied = whose(notebook, assignment, task.student, task.seed)
    assignment = assignment.varied(copied.number)
    notebook, repairs = repair(task.data, assignment, notebook)
    unseen = pictures.show(
        notebook, task.beside, _last_written(notebook), task.limits, task.contained
    )
    places = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    code = [notebook.cells[i] for i in places]
    judged, heard, stopped = _examined(code, exam, assignment, task)
    ran = dict(zip(places, heard.cells, strict=False))
    _show(notebook, ran)
    looked = look(notebook, assignment, ran, task.beside)
    result = Result(
        student=task.student,
        assignment=assignment.name,
        repairs=[*task.repairs, *repairs],
        attention=[
            *task.attention,
            *copied.attention,
            *unseen,
            *looked.attention,
            *incidents(notebook, ran, assignment, judged),
            *unseen_calls(notebook, assignment, judged),
        ],
        also=list(task.also),
        stopped=stopped or heard.problem,
        points=_points(assignment, judged, looked.blank),
        blank=sorted(looked.blank),
        written=looked.written,
        judged=judged,
        cells=heard.cells,
    )
    return result, nbformat.writes(notebook) + "\n"


def _examined(
    code: Sequence[NotebookNode], exam: _Exam, assignment: Assignment, task: Task
) -> tuple[list[list[str]], Heard, str]:
    """Run code cells and put the questions; return faults, what was heard, and what stopped."""
    told = {"cells": [cell.source for cell in code], "limits": asdict(task.limits)}
    outcome = sandbox.converse(
        Path(runner.__file__),
        framed(json.dumps(told).encode()),
        lambda said: exam.questions if first_is_whole(said) else None,
        task.limits,
        task.contained,
        task.extra.folder if task.extra else None,
    )
    heard = Heard(outcome.data, sum(exam.sizes), task.limits, outcome.before)
    answers = iter(heard.answers)
    given = [[next(answers) for _ in range(size)] for size in exam.sizes]
    with np.errstate(all="ignore"):
        judged = judge(assignment.tests, task.seed, given)
    return judged, heard, outcome.stopped


class _Exam:
    """The questions of an assignment as they are put to every submission, all in one message."""

    def __init__(self, assignment: Assignment, seed: int) -> None:
        questions = ask(assignment.tests, seed)
        self.sizes = [len(each) for each in questions]
        self.questions = framed(pickle.dumps([_pickled(q) for each in questions for q in each]))


def _pickled(question: Question) -> bytes:
    return pickle.dumps((question.name, question.arguments, question.without))


_one_at_a_time = threading.Lock()


@lru_cache(maxsize=32)
def _made(assignment: Assignment, seed: int) -> _Exam:
    return _Exam(assignment, seed)


def _exam(assignment: Assignment, seed: int) -> _Exam:
    with _one_at_a_time:  # threads that begin together would each make the exam
        return _made(assignment, seed)


def _last_written(notebook: NotebookNode) -> int | None:
    """Return how many cells there are to the last that a person grades: pictures follow it."""
    numbers = [number for number, cell in enumerate(notebook.cells, 1) if by_hand(cell)]
    return numbers[-1] if numbers else None


def _points(
    assignment: Assignment, judged: Sequence[Sequence[str]], blank: set[str]
) -> dict[str, float | None]:
    points: dict[str, float | None] = {}
    for about in assignment.graded_cells():
        name = about["grade_id"]
        if about.get("solution"):
            points[name] = 0.0 if name in blank else None
        else:
            pairs = zip(assignment.tests, judged, strict=True)
            points[name] = added(earned(t, faults) for t, faults in pairs if t.cell == name)
    return points


def _show(notebook: NotebookNode, ran: Mapping[int, Mapping[str, Any]]) -> None:
    """Put into a notebook what its cells, by their place, printed and raised."""
    for count, (place, happened) in enumerate(ran.items(), 1):
        cell, error = notebook.cells[place], happened["error"]
        cell.execution_count = count
        if happened["output"]:
            cell.outputs.append(nbformat.v4.new_output("stream", text=happened["output"]))
        if error:
            name = error.partition(":")[0]
            cell.outputs.append(
                nbformat.v4.new_output("error", ename=name, evalue=error, traceback=[error])
            )
