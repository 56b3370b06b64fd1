"""What went wrong while a notebook ran, and may be no fault of the student's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from crossentropy_classroom._files import few
from crossentropy_classroom.answers import FAULTS
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.notebooks import grade_id

__all__ = ["incidents"]

STOPPED = re.compile(r"TooSlow: the cell took longer than ([\d.]+) s")
MISSING = re.compile(r"ModuleNotFoundError: No module named '([\w.]{1,80})'")
IMPORT = re.compile(r"ImportError: (.{1,100})")

# What a test says of a function that lacks a package.
NOT_HERE = {"it raised ImportError", "it raised ModuleNotFoundError"}

# What it says then, or of a function whose cell did not get as far as defining it.
LOST = {*NOT_HERE, "it raised NameError", FAULTS["missing"]}


def incidents(
    notebook: NotebookNode,
    ran: Mapping[int, Mapping[str, Any]],
    assignment: Assignment,
    judged: Sequence[Sequence[str]],
) -> Iterator[str]:
    """Yield a line for each cell that was stopped, and for each import that failed.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook as it was graded.
    ran : mapping of int to mapping
        What happened in its code cells, by their place.
    assignment : Assignment
        What it is of.
    judged : sequence of sequences of str
        What was wrong with each answer to each hidden test.
    """
    pairs = zip(assignment.tests, judged, strict=True)
    lost = list(dict.fromkeys(test.cell for test, faults in pairs if LOST.intersection(faults)))
    cost = f"; lost with it: {few(lost, ', ')}" if lost else ""
    imported = False
    for place, happened in ran.items():
        name = grade_id(notebook.cells[place])
        cell = f"cell {place + 1} ({name})" if name else f"cell {place + 1}"
        if found := STOPPED.match(happened["error"]):
            yield f"{cell} was stopped after {found[1]} s"
        elif found := MISSING.match(happened["error"]):
            yield f"{cell}: the package {found[1].partition('.')[0]} is not installed here{cost}"
            imported = True
        elif found := IMPORT.match(happened["error"]):
            yield f"{cell}: an import failed here: {found[1]}{cost}"
            imported = True
    if not imported and any(NOT_HERE.intersection(faults) for faults in judged):
        yield f"a function imports what is not installed here{cost}"
