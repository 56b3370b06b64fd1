"""The assignments: masters that score full marks, stubs that score none, mistakes that cost."""

from __future__ import annotations

import ast
import importlib.util
import re
from functools import cache

import nbformat
import pytest
from exercises.notebooks import Run
from nbgrader.preprocessors import CheckCellMetadata

import crossentropy
from classroom.assignment_tools import (
    ASSIGNMENTS,
    Mistake,
    graded,
    marks,
    mistakes_of,
    points,
    replaced,
    run,
)
from crossentropy import arithmetic, data, widgets
from crossentropy.exercises import assignments as visible_tests
from crossentropy.rehearsal import ALONG, PACKAGES
from crossentropy_classroom.assignments import TEXT_STUB, Assignment, all_assignments

ALL = {assignment.name: assignment for assignment in all_assignments(ASSIGNMENTS)}
SEEDS = (1, 20_260, 987_654_321)
PUBLIC = {
    "crossentropy": set(crossentropy.__all__),
    "crossentropy.arithmetic": set(arithmetic.__all__),
    "crossentropy.data": set(data.__all__),
    "crossentropy.widgets": {*widgets.__all__} - {"Predict"},
}
assert ALL

on_every_assignment = pytest.mark.parametrize("assignment", ALL.values(), ids=ALL)
on_every_mistake = pytest.mark.parametrize(
    ("assignment", "mistake"),
    [
        pytest.param(ALL[name], mistake, id=f"{name}: {mistake.name}")
        for name in ALL
        for mistake in mistakes_of(name)
    ],
)


@cache
def as_master(name: str) -> Run:
    return run(ALL[name].master())


@cache
def as_stub(name: str) -> Run:
    return run(ALL[name].released)


def possible(assignment: Assignment) -> dict[str, float]:
    cells = graded(assignment.master(), by_hand=False)
    return {marks(cell)["grade_id"]: float(marks(cell)["points"]) for cell in cells}


@on_every_assignment
@pytest.mark.parametrize("seed", SEEDS)
def test_the_master_scores_full_marks(assignment: Assignment, seed: int) -> None:
    assert points(assignment, as_master(assignment.name).names, seed) == possible(assignment)


@on_every_assignment
@pytest.mark.parametrize("seed", SEEDS)
def test_the_stub_runs_and_scores_nothing(assignment: Assignment, seed: int) -> None:
    assert set(points(assignment, as_stub(assignment.name).names, seed).values()) == {0}


@on_every_assignment
def test_the_visible_tests_tell_a_solution_from_a_stub(assignment: Assignment) -> None:
    for grade_id in possible(assignment):
        solved = as_master(assignment.name).printed[grade_id]
        assert "Correct." in solved, grade_id
        assert "Not yet" not in solved, grade_id
        assert "Not yet" in as_stub(assignment.name).printed[grade_id], grade_id


@on_every_assignment
def test_it_has_several_mistakes(assignment: Assignment) -> None:
    mistakes = mistakes_of(assignment.name)
    assert len(mistakes) >= 6
    assert sum(bool(mistake.says) for mistake in mistakes) >= 4


@on_every_mistake
@pytest.mark.filterwarnings("ignore")  # a wrong answer may divide by zero
def test_a_mistake_loses_exactly_its_points(assignment: Assignment, mistake: Mistake) -> None:
    handed_in = run(replaced(assignment.master(), mistake.cell, mistake.source))
    for seed in SEEDS:
        earned = points(assignment, handed_in.names, seed)
        lost = {cell: most - earned[cell] for cell, most in possible(assignment).items()}
        assert {cell: loss for cell, loss in lost.items() if loss} == dict(mistake.loses)
    said = "".join(handed_in.printed[cell] for cell in mistake.loses)
    assert mistake.says in said
    assert "Not yet" in said or not mistake.says


@on_every_assignment
def test_its_points_are_twenty_and_stand_in_the_text(assignment: Assignment) -> None:
    master = assignment.master()
    cells = [*graded(master, by_hand=False), *graded(master, by_hand=True)]
    assert sum(marks(cell)["points"] for cell in cells) == 20
    opening = master.cells[0].source
    assert "20 points" in opening
    (minutes,) = re.findall(r"(\d+) minutes", opening)
    assert 60 <= int(minutes) <= 120
    prose = "\n".join(cell.source for cell in master.cells if cell.cell_type == "markdown")
    told = [int(number) for number in re.findall(r"^## .*\((\d+) points?\)$", prose, re.MULTILINE)]
    assert sum(told) == 20, told


@on_every_assignment
def test_a_derivation_is_graded_by_hand_with_a_rubric(assignment: Assignment) -> None:
    cells = graded(assignment.released, by_hand=True)
    assert cells
    for cell in cells:
        assert cell.cell_type == "markdown"
        assert 3 <= marks(cell)["points"] <= 5
        rubric = re.findall(r"^\| .* \| (\d+) \|$", cell.source, re.MULTILINE)
        assert sum(map(int, rubric)) == marks(cell)["points"], cell.id
        assert TEXT_STUB in cell.source


@on_every_assignment
def test_a_question_is_answered_with_an_explorable(assignment: Assignment) -> None:
    variables = {test.name for test in assignment.tests if test.cases is None}
    assert variables
    shown = [cell for cell in assignment.master().cells if cell.cell_type == "code"]
    assert any(
        f"{name}(" in cell.source for cell in shown for name in PUBLIC["crossentropy.widgets"]
    )


@on_every_assignment
def test_the_visible_test_of_a_picture_says_that_a_number_is_to_be_written(
    assignment: Assignment,
) -> None:
    variables = {test.cell for test in assignment.tests if test.cases is None}
    for name in variables:
        for ran in (as_master(assignment.name), as_stub(assignment.name)):
            assert "Is it a number that you wrote down? What you d" in ran.printed[name]


@on_every_assignment
def test_it_says_which_packages_the_grader_has(assignment: Assignment) -> None:
    *most, _ = PACKAGES.values()
    said = f"has {', '.join(most)} and this course's `crossentropy`, and nothing is installed"
    assert said in assignment.master().cells[0].source


def test_the_grader_has_what_it_says() -> None:
    *most, _ = PACKAGES.values()
    teach = (ASSIGNMENTS.parent / "chapters" / "teach.md").read_text("utf-8")
    assert f"has {', '.join(most)} and the course's own package." in teach
    for name in (*PACKAGES, *ALONG):
        assert importlib.util.find_spec(name), name


@on_every_assignment
def test_what_a_task_forbids_stands_in_its_text_and_in_its_visible_test(
    assignment: Assignment,
) -> None:
    cells = {cell.id: at for at, cell in enumerate(assignment.master().cells)}
    for test in assignment.tests:
        label = re.search(r'check\("([^"]+)"', assignment.master().cells[cells[test.cell]].source)
        assert label is not None
        assert visible_tests()[label[1]].without == test.without, test.cell
        text = assignment.master().cells[cells[test.cell] - 2].source
        assert all(f"`{name}`" in text for name in test.without)
        assert ("such a function earns nothing" in text) == bool(test.without)


@on_every_assignment
def test_nbgrader_finds_its_cells_marked(assignment: Assignment) -> None:
    marked = [cell for cell in assignment.master().cells if marks(cell)]
    ids = [marks(cell)["grade_id"] for cell in marked]
    assert len(set(ids)) == len(ids)
    CheckCellMetadata().preprocess(assignment.master(), {})
    for cell in marked:
        assert marks(cell)["schema_version"] == 3
        assert cell.id == marks(cell)["grade_id"]
        regions = cell.source.count("### BEGIN SOLUTION"), cell.source.count("### END SOLUTION")
        assert regions == ((1, 1) if marks(cell)["solution"] else (0, 0)), cell.id
    for cell in graded(assignment.master(), by_hand=False):
        assert marks(cell)["locked"]
        assert "check(" in cell.source


@on_every_assignment
def test_its_file_is_stripped_and_canonical(assignment: Assignment) -> None:
    master = assignment.master()
    assert assignment.path.read_text("utf-8") == nbformat.writes(master) + "\n"
    ids = [cell.id for cell in master.cells]
    assert len(set(ids)) == len(ids)
    assert all(len(id.replace("-", "")) > 1 and not id.isdigit() for id in ids)
    for cell in master.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None), cell.id


@on_every_assignment
def test_it_imports_only_public_names(assignment: Assignment) -> None:
    for cell in assignment.master().cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("crossentropy"):
                assert {alias.name for alias in node.names} <= PUBLIC[node.module], cell.id
            if isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_"), cell.id


@on_every_assignment
@pytest.mark.parametrize("word", ["clearly", "obviously", "simply", "trivially"])
def test_its_prose_does_not_belittle(assignment: Assignment, word: str) -> None:
    about = " ".join(test.about for test in assignment.tests)
    prose = [cell.source for cell in assignment.master().cells if cell.cell_type == "markdown"]
    assert word not in " ".join([about, *prose]).lower()
