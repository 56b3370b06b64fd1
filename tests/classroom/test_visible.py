"""The visible tests of the assignments: recorded, and as strict as any exercise."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from exercises import breaks
from exercises.notebooks import Check, Run, checks, code, run_cells
from nbformat import NotebookNode

from classroom.assignment_tools import ASSIGNMENTS, graded, marks
from crossentropy.exercises import Exercise, assignments
from crossentropy.exercises._recorded import RECORDINGS, recording
from crossentropy_classroom.assignments import load
from crossentropy_classroom.record import visible

FOLDERS = sorted(path.parent for path in ASSIGNMENTS.glob("*/visible.py"))
TESTS: dict[str, Exercise] = {
    f"{folder.name}/{name}": test for folder in FOLDERS for name, test in visible(folder).items()
}

# Small breaks of a master's solution that are right all the same: a part of the line, and why.
STILL_RIGHT: dict[str, dict[str, str]] = {
    "1-entropy/row-entropies": {"np.where(shares > 0, shares, 2)": "0 times any logarithm is 0"},
    "1-entropy/information-gain": {
        "counts.mean(axis=1) > 0": "a mean of counts is 0 where their sum is",
        "counts.max(axis=1) > 0": "and so is their maximum",
    },
    "1-entropy/wasted-bits": {"lengths @ shares": "a product of two vectors commutes"},
    "1-entropy/effective-kinds": {"np.where(shares > 0, shares, 2)": "0 times any logarithm is 0"},
    "2-divergence/best-fit": {
        "terms.mean(axis=1).argmin()": "a sum and a mean over the same classes are least together"
    },
    "4-softmax/log-probabilities": {
        "kept.max(axis=1, keepdims=True)": "the last axis of a table is axis 1",
        ".sum(axis=1, keepdims=True))": "the last axis of a table is axis 1",
    },
    "4-softmax/gradient": {"votes, axis=1": "the last axis of a table is axis 1"},
    "4-softmax/temperature": {
        "scores / high).max() >= confidence": "the one T may be either end",
        "scores / middle).max() >= confidence": "the one T may be either end",
        "low, high = (0.0, 2.0)": "any start will do",
        "low, high = (-1.0, 1.0)": "any start will do",
        "high = 2 + high": "a slower way up",
        "high = 3 * high": "a faster way up",
        "range(61)": "more halvings than it takes",
        "range(59)": "more halvings than it takes",
    },
    "5-classifier/objective": {"(old - table)[:, :-1] ** 2": "a square has no sign"},
    "5-classifier/report": {"log_q.argmax(axis=1)": "the last axis of a table is axis 1"},
    "7-text/mixed": {"-np.cumsum(second), -np.cumsum(first)": "a sum has no order"},
}

RUNS: dict[int, Run] = {}  # of masters, which are kept and run once

on_every_test = pytest.mark.parametrize("label", TESTS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_recorded_is_what_the_functions_return(folder: Path) -> None:
    kept = json.loads((RECORDINGS / f"{folder.name}.json").read_text("utf-8"))
    same(kept, json.loads(recording(visible(folder))))


def same(kept: Any, made: Any) -> None:
    """Compare two recordings, up to rounding."""
    if isinstance(made, dict):
        assert kept.keys() == made.keys()
        for name in made:
            same(kept[name], made[name])
    elif isinstance(made, list):
        assert len(kept) == len(made)
        for one, other in zip(kept, made, strict=True):
            same(one, other)
    elif isinstance(made, float):
        assert kept == pytest.approx(made, rel=1e-12, abs=1e-12, nan_ok=True)
    else:
        assert kept == made


@on_every_test
def test_the_package_has_no_function_that_answers_it(label: str) -> None:
    """A student's process has the package, and could call what stands in it."""
    assert not isinstance(assignments()[label], Exercise)


@on_every_test
def test_it_has_inputs_enough(label: str) -> None:
    assert len(TESTS[label].inputs) >= 3 or TESTS[label].inputs == ((),)


@on_every_test
def test_each_mistake_that_it_knows_is_named(label: str) -> None:
    assert assignments()[label].judge(TESTS[label].reference) == "Correct."
    for words, mistake in TESTS[label].mistakes.items():
        assert f" if you {words}." in assignments()[label].judge(mistake)


@on_every_test
def test_a_right_answer_in_single_precision_is_right(label: str) -> None:
    if TESTS[label].compared is None:
        assert assignments()[label].judge(breaks.single_precision(TESTS[label])) == "Correct."


@on_every_test
def test_large_breaks_are_refused(label: str) -> None:
    excused = STILL_RIGHT.get(label, {})
    assert not breaks.large_survivors(assignments()[label], TESTS[label], excused)


@on_every_test
def test_small_breaks_of_the_masters_solution_are_refused(label: str) -> None:
    source, answer, before = solved(label)
    excused = STILL_RIGHT.get(label, {})
    survivors = breaks.small_survivors(assignments()[label], source, answer, before, excused)
    assert not survivors, f"{len(survivors)} survive:\n" + "\n\n".join(survivors)


def solved(label: str) -> tuple[str, str, dict[str, Any]]:
    """Return the master's solution, the name of the answer, and what is defined before it."""
    master = masters(label.partition("/")[0])[label]
    answer = next(call.answer for call in asked(master) if call.label == label)
    cells = code(master.cells)
    for cell in cells:
        if marks(cell).get("solution") and defines(cell.source, answer):
            if id(master) not in RUNS:
                RUNS[id(master)] = run_cells(cells)
            return solution(cell.source), answer, RUNS[id(master)].before[cell.id]
    raise LookupError(label)


@cache
def masters(folder: str) -> dict[str, NotebookNode]:
    """Return the masters of an assignment by what their test cells check, its variants' too."""
    assignment = load(ASSIGNMENTS / folder)
    numbers = [None] if assignment.vary is None else [None, *range(60)]
    found: dict[str, NotebookNode] = {}
    for number in numbers:
        master = assignment.varied(number).master()
        for call in asked(master):
            found.setdefault(call.label, master)
    return found


def asked(master: NotebookNode) -> list[Check]:
    """Return what the test cells of a master check."""
    return [call for cell in graded(master, by_hand=False) for call in checks(cell.source)]


def defines(source: str, answer: str) -> bool:
    return any(
        (isinstance(node, ast.FunctionDef) and node.name == answer)
        or (isinstance(node, ast.Name) and node.id == answer and isinstance(node.ctx, ast.Store))
        for node in ast.walk(ast.parse(source))
    )


def solution(source: str) -> str:
    """Return a cell without the wrong value that the stub begins with, and without docstrings."""
    lines = source.splitlines()
    first = next(i for i, line in enumerate(lines, 1) if "### BEGIN SOLUTION" in line)
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.lineno < first <= (node.end_lineno or 0):
            node.body = [part for part in node.body if part.lineno > first]
    tree.body = [part for part in tree.body if first < (part.end_lineno or 0)]
    return ast.unparse(tree)


def test_every_visible_test_of_an_assignment_is_asked_for() -> None:
    labels = [label for folder in FOLDERS for label in masters(folder.name)]
    assert sorted(labels) == sorted(TESTS) == sorted(assignments())
