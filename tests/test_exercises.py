"""The exercises: a stub that runs and is told what it lacks, and a solution that passes."""

from __future__ import annotations

import ast
import io
import re
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode

import crossentropy
from crossentropy import check

CHAPTERS = sorted((Path(__file__).parent.parent / "chapters").glob("0[1-6]-*.ipynb"))
assert len(CHAPTERS) == 6


class Exercise(NamedTuple):
    """The cells of one exercise: its text, what a reader fills in, and what the page folds."""

    path: Path
    label: str
    text: str
    task: list[NotebookNode]
    solution: list[NotebookNode]


class Check(NamedTuple):
    """One call of `check` as a chapter made it."""

    answer: Any
    correct: Any
    mistakes: dict[str, Any]
    options: dict[str, Any]
    verdict: str


@cache
def cells(path: Path) -> list[NotebookNode]:
    return list(nbformat.read(path, as_version=4).cells)


def exercises(path: Path) -> list[Exercise]:
    found: list[Exercise] = []
    part: list[NotebookNode] | None = None
    for cell in cells(path):
        # The heading of the section may stand in the cell of its first exercise.
        if begun := re.search(r"^::::\{exercise\} \S.*\n:label: (.*)\n\n", cell.source, re.M):
            found.append(Exercise(path, begun[1], cell.source[begun.start() :], [], []))
            part = found[-1].task
            continue
        if cell.source.startswith(":::{solution-start}"):
            part = found[-1].solution
        if part is not None:
            part.append(cell)
        if cell.source.startswith(":::{solution-end}"):
            part = None
    return found


@cache
def run(path: Path) -> tuple[dict[str, list[Check]], dict[str, str]]:
    """Execute a chapter's code in one namespace, and say what each cell checked and printed.

    Without a kernel and without showing pictures, all six chapters take a few seconds.
    """
    checks: dict[str, list[Check]] = {}
    printed: dict[str, str] = {}

    def recorded(answer: Any, correct: Any, mistakes: Any = None, **options: Any) -> str:
        verdict = check(answer, correct, mistakes, **options)
        checks[cell.id].append(Check(answer, correct, mistakes or {}, options, verdict))
        return verdict

    namespace: dict[str, Any] = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossentropy, "check", recorded)  # what the chapters are going to import
        for cell in cells(path):
            if cell.cell_type == "code":
                checks[cell.id] = []
                with redirect_stdout(io.StringIO()) as output:
                    exec(compile(cell.source, f"{path.name}: {cell.id}", "exec"), namespace)
                printed[cell.id] = output.getvalue()
    return checks, printed


def code(part: list[NotebookNode]) -> list[NotebookNode]:
    return [cell for cell in part if cell.cell_type == "code"]


def check_calls(part: list[NotebookNode]) -> list[str]:
    return [
        ast.unparse(node)
        for cell in code(part)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check"
    ]


EXERCISES = [exercise for path in CHAPTERS for exercise in exercises(path)]
TO_FILL_IN = [exercise for exercise in EXERCISES if exercise.task]

on_every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.label)
on_every_stub = pytest.mark.parametrize("exercise", TO_FILL_IN, ids=lambda e: e.label)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_has_a_title_and_a_label_of_its_own(path: Path) -> None:
    text = path.read_text("utf-8")
    labels = [exercise.label for exercise in exercises(path)]
    assert len(labels) == text.count("{exercise}")
    assert len({*labels}) == len(labels)
    assert all(re.fullmatch(r"ex-[a-z]+-\d+", label) for label in labels), labels


@on_every_exercise
def test_it_has_two_hints_or_more_and_they_are_folded(exercise: Exercise) -> None:
    folded = r"^:::\{admonition\} Hint (\d+)\n:class: dropdown\n\s*[^\s:]"
    hints = re.findall(folded, exercise.text, re.M)
    assert len(hints) >= 2
    assert hints == [str(i + 1) for i in range(exercise.text.count("Hint"))]


@on_every_exercise
def test_it_has_a_folded_solution_that_explains_and_runs(exercise: Exercise) -> None:
    label, solution = exercise.label, exercise.label.replace("ex-", "sol-", 1)
    start, *body, end = exercise.solution
    opening = f":::{{solution-start}} {label}", f":label: {solution}", ":class: dropdown", ":::"
    assert start.source == "\n".join(opening)
    assert end.source == ":::{solution-end}\n:::"
    assert all(cell.id.startswith(f"{solution}-") for cell in exercise.solution)
    assert any(cell.cell_type == "markdown" for cell in body)
    assert code(body)
    for cell in code(body):
        assert cell.metadata.jupyter.source_hidden, cell.id


@on_every_exercise
def test_its_stub_and_its_check_follow_it_or_its_solution_derives_something(
    exercise: Exercise,
) -> None:
    if exercise.task:
        label = exercise.label
        assert [cell.id for cell in exercise.task] == [f"{label}-stub", f"{label}-check"]
        assert len(check_calls(exercise.task)) == 1
    else:
        assert any("Derivation(" in cell.source for cell in code(exercise.solution))


@on_every_stub
def test_a_stub_as_it_stands_is_told_that_it_is_not_there_yet(exercise: Exercise) -> None:
    checks, printed = run(exercise.path)
    checked = exercise.task[-1].id
    (made,) = checks[checked]
    assert made.verdict.startswith("Not yet")
    assert made.verdict in printed[checked].splitlines()


@on_every_stub
def test_its_solution_passes_the_same_check(exercise: Exercise) -> None:
    checks, printed = run(exercise.path)
    assert set(check_calls(exercise.solution)) == set(check_calls(exercise.task))
    for cell in code(exercise.solution):
        for made in checks[cell.id]:
            assert made.verdict == "Correct.", (cell.id, made.verdict)
            assert "Correct." in printed[cell.id].splitlines()


@on_every_stub
def test_each_mistake_that_it_knows_is_told_apart(exercise: Exercise) -> None:
    """A mistake that equals the right answer, or another mistake, could not be named."""
    (made,) = run(exercise.path)[0][exercise.task[-1].id]
    assert made.mistakes
    for mistake, value in made.mistakes.items():
        answer = np.broadcast_to(value, np.shape(made.correct))
        verdict = check(answer, made.correct, made.mistakes, **made.options)
        assert f" if you {mistake}. " in verdict, verdict
