"""Run an assignment as a student might hand it in, and count the points of its test cells."""

from __future__ import annotations

import copy
import runpy
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises.notebooks import Run, code, run_cells
from nbformat import NotebookNode

from crossentropy_classroom.answers import Answer
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.hidden import Question, added, ask, earned, judge
from crossentropy_classroom.runner import answered

ASSIGNMENTS = Path(__file__).parents[2] / "assignments"


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer: one cell of the master, rewritten.

    `loses` says how many points are lost in which test cell; `says` is a part of what the visible
    test in that cell prints about it, or nothing if it has to stay silent.
    """

    name: str
    cell: str
    source: str
    loses: Mapping[str, float]
    says: str = ""


def mistakes_of(name: str) -> list[Mistake]:
    """Return the ``MISTAKES`` of ``mistakes/NAME.py``."""
    return list(runpy.run_path(str(Path(__file__).parent / "mistakes" / f"{name}.py"))["MISTAKES"])


def marks(cell: NotebookNode) -> Mapping[str, Any]:
    """Return what nbgrader knows about a cell."""
    return cell.metadata.get("nbgrader", {})


def graded(notebook: NotebookNode, *, by_hand: bool) -> list[NotebookNode]:
    """Return the cells that earn points: the test cells, or those that a person grades."""
    return [
        cell
        for cell in notebook.cells
        if marks(cell).get("grade") and bool(marks(cell).get("solution")) is by_hand
    ]


def replaced(master: NotebookNode, grade_id: str, source: str) -> NotebookNode:
    """Return the master with one solution cell rewritten."""
    notebook = copy.deepcopy(master)
    (cell,) = (cell for cell in notebook.cells if marks(cell).get("grade_id") == grade_id)
    assert marks(cell)["solution"], grade_id
    cell.source = source
    return notebook


def run(notebook: NotebookNode) -> Run:
    """Execute a notebook's code. What raises here would stop "Run All"."""
    return run_cells(code(notebook.cells))


def points(assignment: Assignment, names: Mapping[str, Any], seed: int) -> dict[str, float]:
    """Return the autograded points by test cell: what the notebook's names answer, judged."""
    answers = [
        [_answer(names, question) for question in questions]
        for questions in ask(assignment.tests, seed)
    ]
    found: dict[str, list[float]] = defaultdict(list)
    for test, faults in zip(assignment.tests, judge(assignment.tests, seed, answers), strict=True):
        found[test.cell].append(earned(test, faults))
    return {cell: added(each) for cell, each in found.items()}


def _answer(names: Mapping[str, Any], question: Question) -> Answer:
    if question.name not in names:
        return "there is nothing of this name"
    array, problem = answered(names[question.name], question.arguments, question.without)
    return array if array is not None else f"no number: {problem}"
