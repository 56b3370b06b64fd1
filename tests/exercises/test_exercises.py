"""The exercises: a stub that runs and is told what it lacks, and a solution that passes."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from crossentropy.exercises import exercises
from exercises import breaks
from exercises.notebooks import CHAPTERS, OnPage, checks, code, exercises_of, run

ROOMS = [
    "entropy",
    "divergence",
    "likelihood",
    "softmax",
    "classifier",
    "beyond",
    "text",
    "variations",
    "museum",
]
ANSWERS = [importlib.import_module(f"exercises.answers.{room}") for room in ROOMS]

ON_PAGES = [exercise for path in CHAPTERS for exercise in exercises_of(path)]
TO_FILL_IN = [exercise for exercise in ON_PAGES if exercise.task]

on_every_exercise = pytest.mark.parametrize("exercise", ON_PAGES, ids=lambda e: e.label)
on_every_stub = pytest.mark.parametrize("exercise", TO_FILL_IN, ids=lambda e: e.label)
on_every_object = pytest.mark.parametrize("label", exercises())


def answers(kind: str) -> Any:
    """Parametrise over the answers of a kind, each with its label and its words."""
    found = [
        pytest.param(label, answer, id=f"{label}: {words}")
        for room in ANSWERS
        for label, given in getattr(room, kind).items()
        for words, answer in given.items()
    ]
    return pytest.mark.parametrize(("label", "answer"), found)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_has_a_title_and_a_label_of_its_own(path: Path) -> None:
    text = path.read_text("utf-8")
    labels = [exercise.label for exercise in exercises_of(path)]
    assert len(labels) == text.count("{exercise}")
    assert len({*labels}) == len(labels)
    assert all(re.fullmatch(r"ex-[a-z]+-\d+", label) for label in labels), labels


@on_every_exercise
def test_it_has_two_hints_or_more_and_they_are_folded(exercise: OnPage) -> None:
    folded = r"^:::\{admonition\} Hint (\d+)\n:class: dropdown\n\s*[^\s:]"
    hints = re.findall(folded, exercise.text, re.M)
    assert len(hints) >= 2
    assert hints == [str(i + 1) for i in range(exercise.text.count("Hint"))]


@on_every_exercise
def test_it_has_a_folded_solution_that_explains_and_runs(exercise: OnPage) -> None:
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
    exercise: OnPage,
) -> None:
    if exercise.task:
        label = exercise.label
        assert [cell.id for cell in exercise.task] == [f"{label}-stub", f"{label}-check"]
    else:
        assert any("Derivation(" in cell.source for cell in code(exercise.solution))


@on_every_stub
def test_its_check_gives_nothing_away(exercise: OnPage) -> None:
    """The cell under the exercise is open: it names the exercise and the answer, and no more."""
    check_cell = exercise.task[-1]
    ((label, answer),) = checks(check_cell.source)
    assert label == exercise.label
    assert check_cell.source == f'check("{label}", {answer})'
    assert answer.isidentifier()


@on_every_stub
def test_a_stub_as_it_stands_is_told_that_it_is_not_there_yet(exercise: OnPage) -> None:
    assert run(exercise.path).shown[exercise.task[-1].id].startswith("Not yet")


@on_every_stub
def test_its_solution_passes_the_same_check(exercise: OnPage) -> None:
    (asked,) = checks(exercise.task[-1].source)
    checked = [cell for cell in code(exercise.solution) if checks(cell.source)]
    assert checked
    for cell in checked:
        assert checks(cell.source) == [asked]
        assert run(exercise.path).shown[cell.id] == "Correct."


@on_every_object
def test_every_object_is_asked_for_on_a_page(label: str) -> None:
    asked = {exercise.label for exercise in TO_FILL_IN}
    assert label in asked or label.startswith("mus-")


@on_every_object
def test_it_has_inputs_enough(label: str) -> None:
    inputs = exercises()[label].inputs
    assert len(inputs) >= 3 or inputs == ((),)


@on_every_object
def test_what_is_right_is_a_number_and_is_found_right(label: str) -> None:
    exercise = exercises()[label]
    assert all(case.right.value is not None for case in exercise.cases())
    assert exercise.judge(exercise.reference) == "Correct."


@on_every_object
def test_each_mistake_that_it_knows_is_named(label: str) -> None:
    """A mistake that equals the right answer, or another mistake, could not be named."""
    exercise = exercises()[label]
    assert len(exercise.mistakes) >= 2
    for words, mistake in exercise.mistakes.items():
        assert f" if you {words}." in exercise.judge(mistake)


@answers("WRONG")
def test_a_wrong_answer_is_refused(label: str, answer: Any) -> None:
    assert exercises()[label].judge(answer).startswith("Not yet")


@answers("RIGHT")
def test_a_right_answer_in_another_form_is_right(label: str, answer: Any) -> None:
    assert exercises()[label].judge(answer) == "Correct."


@on_every_object
def test_a_right_answer_in_single_precision_is_right(label: str) -> None:
    exercise = exercises()[label]
    if exercise.compared is None and exercise.digits is None:
        assert exercise.judge(breaks.single_precision(exercise)) == "Correct."
