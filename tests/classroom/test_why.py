"""Why points were lost: of which kind each fault was, how many cases passed, and no value."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from nbformat.v4 import new_notebook

from classroom.bad_submissions import SEED, needs_sandbox
from classroom.made import cell, write_assignment
from classroom.wrong_answers import WRONG
from crossentropy_classroom.assignments import Assignment, load
from crossentropy_classroom.feedback import Score, losses, page
from crossentropy_classroom.hidden import Hidden, added, earned, judge
from crossentropy_classroom.marking import Task, mark
from crossentropy_classroom.result import Result
from crossentropy_classroom.sandbox import Limits

ROOT = Path(__file__).parent.parent.parent

HIDDEN = """
import numpy as np
from crossentropy_classroom.hidden import Hidden

ASKED = {
    "mean": (lambda x: x.mean(), lambda rng: [(rng.random(3),), (rng.random(5),)]),
    "rows": (lambda x: x.mean(axis=1), lambda rng: [(np.sort(rng.random((5, 2)))[::-1],)]),
    "two": (2, None),
}
TESTS = [
    Hidden(f"test-{i}", f"answer_{i}", 1, ASKED[asked][0], "a mean", ASKED[asked][1],
           without=("entropy",))
    for i, asked in enumerate(ALL)
]
"""


def task(notebook: object) -> Task:
    data = json.dumps(notebook).encode()
    return Task("ann", (), (), (), (), data, SEED, Limits(answer=0.3), contained=True)


def of_all(folder: Path) -> Assignment:
    cells = [cell(f"cell-{i}", "", solution=True) for i in range(len(WRONG))]
    tests = [cell(f"test-{i}", "", grade=True, locked=True, points=1) for i in range(len(WRONG))]
    for each in cells:
        each.source = "### BEGIN SOLUTION\n### END SOLUTION"
    hidden = f"ALL = {[wrong.asked for wrong in WRONG]!r}\n{HIDDEN}"
    return load(write_assignment(folder, new_notebook(cells=[*cells, *tests]), hidden))


@needs_sandbox
def test_each_lost_point_says_of_which_kind_the_fault_was(tmp_path: Path) -> None:
    """All answers stand in one notebook, and one sandbox runs it."""
    assignment = of_all(tmp_path)
    setup = cell("setup", "import numpy as np\nimport scipy.stats\nimport crossentropy as ce")
    answers = [
        cell(f"cell-{i}", wrong.cell.replace("answer", f"answer_{i}"), solution=True)
        for i, wrong in enumerate(WRONG)
    ]
    result, _ = mark(assignment, task(new_notebook(cells=[setup, *answers])))
    assert result.stopped == ""
    assert {name: points for name, points in result.points.items() if points} == {}
    lost = losses(result, assignment)
    lines = ["| asked for | what was done | the page says |", "|---|---|---|"]
    for i, wrong in enumerate(WRONG):
        (said,) = lost[f"test-{i}"]
        assert said == f"a mean ({wrong.says})", (i, wrong)
        assert not re.search(r"\d", said)
        lines.append(f"| {wrong.asked} | {wrong.what} | {said} |")
    (ROOT / "_build").mkdir(exist_ok=True)
    (ROOT / "_build" / "wrong-answers.md").write_text("\n".join(lines) + "\n", "utf-8")
    assert len(WRONG) >= 40
    graded = {f"test-{i}": Score(0, 1, False, "") for i in range(len(WRONG))}
    html = page(result, graded, new_notebook(cells=[]), lost)
    assert "0 of" in html


def thirds(**how: bool) -> list[Hidden]:
    def cases(rng: np.random.Generator) -> list[tuple[int]]:
        return [(k,) for k in (1, 2, 3)]

    return [
        Hidden("test-f", "f", points, float, f"worth {points}", cases, **how) for points in (1, 2)
    ]


def answered(right: int) -> list[list[np.ndarray]]:
    return [[np.array(float(k if k <= right else 0)) for k in (1, 2, 3)]] * 2


@pytest.mark.parametrize(
    ("right", "each"), [(0, [0, 0]), (1, [0.33, 0.67]), (2, [0.67, 1.33]), (3, [1, 2])]
)
def test_a_test_in_parts_gives_the_share_that_passed(right: int, each: list[float]) -> None:
    parts = thirds(parts=True)
    judged = judge(parts, SEED, answered(right))
    assert [earned(test, faults) for test, faults in zip(parts, judged, strict=True)] == each
    whole = [earned(test, faults) for test, faults in zip(thirds(), judged, strict=True)]
    assert whole == ([1, 2] if right == 3 else [0, 0])


def test_points_are_added_as_on_paper() -> None:
    assert added([0.1, 0.2]) == 0.3
    assert added([0.33] * 3) == 0.99
    assert added([0.67, 1.33]) == 2


def test_the_page_says_how_many_cases_passed(tmp_path: Path) -> None:
    hidden = (
        "from crossentropy_classroom.hidden import Hidden\n"
        "cases = lambda rng: [(1,), (2,), (3,)]\n"
        "TESTS = [Hidden('test-f', 'f', 3, float, 'a float', cases, parts=True),\n"
        "         Hidden('test-f', 'f', 1, float, 'another', cases)]"
    )
    tested = cell("test-f", "", grade=True, locked=True, points=4)
    assignment = load(write_assignment(tmp_path, new_notebook(cells=[tested]), hidden))
    faults = ["", "it was too slow", ""]
    result = Result("ann", assignment.name, judged=[faults, faults])
    assert losses(result, assignment) == {
        "test-f": [
            "a float (2 of 3 cases passed; it was too slow)",
            "another (it was too slow)",
        ]
    }


def test_few_kinds_are_named_and_in_no_order_of_the_cases(tmp_path: Path) -> None:
    hidden = (
        "from crossentropy_classroom.hidden import Hidden\n"
        "TESTS = [Hidden('test-f', 'f', 1, float, 'a float', lambda rng: [(1,)] * 9)]"
    )
    tested = cell("test-f", "", grade=True, locked=True, points=1)
    assignment = load(write_assignment(tmp_path, new_notebook(cells=[tested]), hidden))
    faults = [f"it raised {name}Error" for name in "zyxwvutsr"]
    (said,) = losses(Result("ann", assignment.name, judged=[faults]), assignment)["test-f"]
    assert said == "a float (it raised rError; it raised sError; it raised tError)"
