"""A small assignment, made up for the tests, and what grading would leave of its submissions."""

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

NAME = "9-doubling"

HIDDEN = """
from crossentropy_classroom.hidden import Hidden

TESTS = [
    Hidden("test-double", "double", 8, lambda x: 2 * x, "numbers below zero",
           lambda rng: [(-rng.random(),)]),
    Hidden("test-double", "double", 4, lambda x: 2 * x, "a column of numbers",
           lambda rng: [(rng.random((3, 1)),)]),
]
"""

STUB = """def double(x):
    twice = 0.0
    ### BEGIN SOLUTION
    twice = x + x  # a secret of the master
    ### END SOLUTION
    return twice"""

TEST = """answer = double(3.0)
print("Correct." if answer == 6.0 else f"Not yet: your answer is {answer}.")"""

WRITTEN = """Prove that twice $x$ is $x + x$.

**Rubric.** 8 points: 4 for the definition, 4 for the last line.

### BEGIN SOLUTION
By definition, twice is once and once more.
### END SOLUTION"""


def mark(grade_id: str, **what: Any) -> dict[str, Any]:
    defaults = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, **defaults, **what}}


def master() -> NotebookNode:
    """Return a master in nbgrader's source format, with every kind of cell."""
    cells = [
        new_markdown_cell("# Doubling", id="title"),
        new_code_cell(STUB, id="double", metadata=mark("double", solution=True)),
        new_code_cell(
            TEST, id="test-double", metadata=mark("test-double", grade=True, locked=True, points=12)
        ),
        new_markdown_cell(
            WRITTEN, id="proof", metadata=mark("proof", grade=True, solution=True, points=8)
        ),
    ]
    return new_notebook(cells=cells)


def write_assignment(folder: Path, notebook: NotebookNode, hidden: str = HIDDEN) -> Path:
    """Write an assignment as `assignments/` has them; returns its folder."""
    folder = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.ipynb").write_text(nbformat.writes(notebook) + "\n", "utf-8")
    (folder / "hidden.py").write_text(hidden, "utf-8")
    return folder


def write_result(
    classroom: Path, student: str, notebook: NotebookNode | None = None, **what: Any
) -> None:
    """Leave what grading leaves of a submission that it could execute."""
    folder = classroom / "work" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {"student": student, "assignment": NAME, "problem": "", "stopped": ""}
    found |= {"repairs": [], "verdicts": [True, True], **what}
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
            gradebook.add_grade_cell("test-double", NAME, NAME, max_score=12, cell_type="code")
            gradebook.add_grade_cell("proof", NAME, NAME, max_score=8, cell_type="markdown")
            gradebook.add_solution_cell("proof", NAME, NAME)
            gradebook.add_solution_cell("double", NAME, NAME)
        return path.read_bytes()


def enter(
    gradebook: Gradebook, student: str, auto: float, manual: float | None, comment: str = ""
) -> None:
    """Enter the scores of a submission; without a manual one it waits for a person."""
    gradebook.add_student(student)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader builds a submission
        gradebook.add_submission(NAME, student)
    test = gradebook.find_grade("test-double", NAME, NAME, student)
    test.auto_score, test.needs_manual_grade = auto, False
    proof = gradebook.find_grade("proof", NAME, NAME, student)
    proof.manual_score, proof.needs_manual_grade = manual, manual is None
    if comment:
        gradebook.find_comment("proof", NAME, NAME, student).manual_comment = comment
    gradebook.db.commit()
