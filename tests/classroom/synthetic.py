"""A small assignment that a test writes, and submissions of it in every state."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from crossentropy_classroom.assignments import Assignment, load

HIDDEN = """
import numpy as np
from crossentropy_classroom.hidden import Hidden

def cases(rng):
    return [(rng.dirichlet(np.ones(4)),) for _ in range(3)]

def pairs(rng):
    return [(rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(4))) for _ in range(3)]

def entropy(p):
    return -(p * np.log(p)).sum()

def divergence(p, q):
    return (p * np.log(p / q)).sum()

TESTS = [
    Hidden("test-entropy", "entropy", 4, entropy, "four probabilities", cases),
    Hidden("test-divergence", "divergence", 3, divergence, "two of them", pairs),
    Hidden("test-bits", "bits", 2, 2.0, "the number of bits"),
]
"""

ENTROPY = "return -(p * np.log(p)).sum()"
DIVERGENCE = "return (p * np.log(p / q)).sum()"


def cell(name: str, source: str, *, markdown: bool = False, **mark: object) -> NotebookNode:
    """Return a cell; with a mark, one that nbgrader knows."""
    made = (new_markdown_cell if markdown else new_code_cell)(source)
    made.id = name
    if mark:
        defaults = {"grade": False, "solution": False, "locked": False, "task": False}
        made.metadata["nbgrader"] = {**defaults, "grade_id": name, "schema_version": 3, **mark}
    return made


def function(head: str, body: str) -> str:
    """Return a function whose body is the student's to write."""
    return f"def {head}:\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"


def master(name: str) -> NotebookNode:
    """Return a master notebook with two functions, a variable and a written answer."""
    locked = {"grade": True, "locked": True}
    test = "print('try', {})"
    cells = [
        cell("setup", "import numpy as np", locked=True),
        cell("entropy", function("entropy(p)", ENTROPY), solution=True),
        cell("test-entropy", test.format("entropy"), points=4, **locked),
        cell("divergence", function("divergence(p, q)", DIVERGENCE), solution=True),
        cell("test-divergence", test.format("divergence"), points=3, **locked),
        cell("bits", "### BEGIN SOLUTION\nbits = 2\n### END SOLUTION", solution=True),
        cell("test-bits", test.format("bits"), points=2, **locked),
        cell("why", "Why is it so?", markdown=True, grade=True, solution=True, points=1),
    ]
    if name != "synthetic":
        for made in cells:
            made.id = made.metadata["nbgrader"]["grade_id"] = f"{name}-{made.id}"
            made.source = f"# {name}\n{made.source}"
    return new_notebook(cells=cells)


def write(folder: Path, name: str = "synthetic") -> Assignment:
    """Write the assignment to a folder and load it."""
    home = folder / name
    home.mkdir(parents=True)
    nbformat.write(master(name), home / f"{name}.ipynb")
    prefix = "" if name == "synthetic" else f"{name}-"
    (home / "hidden.py").write_text(HIDDEN.replace('"test-', f'"{prefix}test-'), "utf-8")
    return load(home)


def solved(name: str = "synthetic", **sources: str) -> NotebookNode:
    """Return what a good student hands in, with some cells of another source."""
    notebook = master(name)
    for made in notebook.cells:
        lines = made.source.split("\n")
        made.source = "\n".join(line for line in lines if "SOLUTION" not in line)
        if made.id == "why":
            made.source = "Because the logarithm adds up."
        made.source = sources.get(made.id.replace("-", "_"), made.source)
    return notebook
