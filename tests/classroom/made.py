"""A made-up assignment, what students hand in of it, and what grading would leave of that."""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from crossentropy_classroom.assignments import Assignment, load

NAME = "synthetic"

HIDDEN = """
import numpy as np
from crossentropy_classroom.hidden import Hidden

def cases(rng):
    return [(rng.dirichlet(np.ones(4)),) for _ in range(3)]

def pairs(size):
    return lambda rng: [tuple(rng.dirichlet(np.ones(size), 2)) for _ in range(3)]

def entropy(p):
    return -(p * np.log(p)).sum()

def divergence(p, q):
    return (p * np.log(p / q)).sum()

OURS = ("kl_divergence",)
TESTS = [
    Hidden("test-entropy", "entropy", 4, entropy, "four probabilities", cases),
    Hidden("test-divergence", "divergence", 2, divergence, "four classes", pairs(4), without=OURS),
    Hidden("test-divergence", "divergence", 1, divergence, "seven classes", pairs(7), without=OURS),
    Hidden("test-bits", "bits", 2, 2.0, "the number of bits"),
]
"""

# The points of each test cell.
TESTED = {"test-entropy": 4, "test-divergence": 3, "test-bits": 2}

ENTROPY = "-(p * np.log(p)).sum()"
DIVERGENCE = "(p * np.log(p / q)).sum()"

BITS = """bits = 0
### BEGIN SOLUTION
bits = 2
### END SOLUTION"""

TEST_BITS = """print("Correct." if bits == 2 else f"Not yet: your answer is {bits}.")"""

WRITTEN = """Prove that $\\log$ adds up.

**Rubric.** 11 points: 4 for the definition, 7 for the last line.

### BEGIN SOLUTION
By definition, it does.
### END SOLUTION"""


def cell(name: str, source: str, *, markdown: bool = False, **mark: object) -> NotebookNode:
    """Return a cell; with a mark, one that nbgrader knows."""
    made = (new_markdown_cell if markdown else new_code_cell)(source)
    made.id = name
    if mark:
        defaults = {"grade": False, "solution": False, "locked": False, "task": False}
        made.metadata["nbgrader"] = {**defaults, "grade_id": name, "schema_version": 3, **mark}
    return made


def function(head: str, value: str) -> str:
    """Return a function whose value is the student's to compute."""
    solution = f"    ### BEGIN SOLUTION\n    value = {value}\n    ### END SOLUTION"
    return f"def {head}:\n    value = 0.0\n{solution}\n    return value"


def master(name: str = NAME) -> NotebookNode:
    """Return a master notebook with two functions, a variable and a written answer."""
    locked = {"grade": True, "locked": True}
    # A test that called a function would wait for one that never ends.
    cells = [
        cell("setup", "import numpy as np", locked=True),
        cell("entropy", function("entropy(p)", ENTROPY), solution=True),
        cell("test-entropy", "print('try', entropy.__name__)", points=4, **locked),
        cell("divergence", function("divergence(p, q)", DIVERGENCE), solution=True),
        cell("test-divergence", "print('try', divergence.__name__)", points=3, **locked),
        cell("bits", BITS, solution=True),
        cell("test-bits", TEST_BITS, points=2, **locked),
        cell("heading", "# And why?", markdown=True),
        cell("why", WRITTEN, markdown=True, grade=True, solution=True, points=11),
    ]
    if name != NAME:
        for made in cells:
            made.id = f"{name}-{made.id}"
            made.source = f"# {name}\n{made.source}"
            if "nbgrader" in made.metadata:
                made.metadata["nbgrader"]["grade_id"] = made.id
    return new_notebook(cells=cells)


def write_assignment(
    folder: Path, notebook: NotebookNode | None = None, hidden: str = HIDDEN, name: str = NAME
) -> Path:
    """Write an assignment as `assignments/` has them; returns its folder."""
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    text = nbformat.writes(master(name) if notebook is None else notebook)
    (home / f"{name}.ipynb").write_text(f"{text}\n", "utf-8")
    (home / "hidden.py").write_text(hidden, "utf-8")
    return home


def assignment(folder: Path, name: str = NAME) -> Assignment:
    """Write the assignment, or one of another name, and load it."""
    hidden = HIDDEN if name == NAME else HIDDEN.replace('"test-', f'"{name}-test-')
    return load(write_assignment(folder, hidden=hidden, name=name))


def solved(name: str = NAME, **sources: str) -> NotebookNode:
    """Return what a good student hands in, with some cells of another source."""
    notebook = master(name)
    for made in notebook.cells:
        lines = made.source.split("\n")
        made.source = "\n".join(line for line in lines if "SOLUTION" not in line)
        if made.id == "why":
            made.source = "Because the logarithm adds up."
        made.source = sources.get(made.id.replace("-", "_"), made.source)
    return notebook


def write_result(
    classroom: Path, student: str, notebook: NotebookNode | None = None, **what: Any
) -> None:
    """Leave what grading leaves of a submission that it could execute."""
    folder = classroom / "work" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"student": student, "assignment": NAME, "problem": "", "stopped": ""}
    found |= {"repairs": [], "judged": [[""]] * 4, **what}
    (folder / "result.json").write_text(json.dumps(found), "utf-8")
    text = nbformat.writes(new_notebook() if notebook is None else notebook)
    (folder / f"{NAME}.ipynb").write_text(text, "utf-8")


def new_gradebook(classroom: Path) -> Gradebook:
    """Return a gradebook that knows the assignment and no student."""
    classroom.mkdir(parents=True, exist_ok=True)
    (classroom / "gradebook.db").write_bytes(_gradebook_without_students())
    return Gradebook(f"sqlite:///{classroom / 'gradebook.db'}")


@cache
def _gradebook_without_students() -> bytes:
    # The version of its tables costs nbgrader a process of seconds; nothing here migrates them.
    with TemporaryDirectory() as folder, patch("nbgrader.api.get_alembic_version", str):
        path = Path(folder) / "gradebook.db"
        with Gradebook(f"sqlite:///{path}") as gradebook:
            gradebook.add_assignment(NAME)
            gradebook.add_notebook(NAME, NAME)
            for test, points in TESTED.items():
                gradebook.add_grade_cell(test, NAME, NAME, max_score=points, cell_type="code")
                gradebook.add_solution_cell(test.removeprefix("test-"), NAME, NAME)
            gradebook.add_grade_cell("why", NAME, NAME, max_score=11, cell_type="markdown")
            gradebook.add_solution_cell("why", NAME, NAME)
        return path.read_bytes()


def enter(
    gradebook: Gradebook,
    student: str,
    auto: tuple[float, float, float],
    manual: float | None,
    comment: str = "",
) -> None:
    """Enter the scores of a submission; without a manual one it waits for a person."""
    gradebook.add_student(student)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader builds a submission
        gradebook.add_submission(NAME, student)
    for name, points in zip(TESTED, auto, strict=True):
        test = gradebook.find_grade(name, NAME, NAME, student)
        test.auto_score, test.needs_manual_grade = points, False
    why = gradebook.find_grade("why", NAME, NAME, student)
    why.manual_score, why.needs_manual_grade = manual, manual is None
    if comment:
        gradebook.find_comment("why", NAME, NAME, student).manual_comment = comment
    gradebook.db.commit()
