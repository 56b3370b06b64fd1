"""The exercises as they stand on the pages: their cells, and what a reader's kernel holds there."""

from __future__ import annotations

import ast
import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
from nbformat import NotebookNode

ROOT = Path(__file__).parent.parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("0[1-8]-*.ipynb"))
MUSEUM = ROOT / "chapters" / "museum.ipynb"
assert len(CHAPTERS) == 8


class OnPage(NamedTuple):
    """The cells of one exercise: its text, what a reader fills in, and what the page folds."""

    path: Path
    label: str
    text: str
    task: list[NotebookNode]
    solution: list[NotebookNode]


class Check(NamedTuple):
    """A call of `check` in a cell: the label and the source of the answer."""

    label: str
    answer: str


@dataclass
class Run:
    """What running code cells left behind, cell by cell."""

    names: dict[str, Any]  # what is defined at the end
    shown: dict[str, Any]  # the value of a cell's last line
    printed: dict[str, str]
    before: dict[str, dict[str, Any]]  # the names that were defined before a cell
    complaints: str = ""  # what went to the error stream


@cache
def cells(path: Path) -> list[NotebookNode]:
    return list(nbformat.read(path, as_version=4).cells)


def exercises_of(path: Path) -> list[OnPage]:
    found: list[OnPage] = []
    part: list[NotebookNode] | None = None
    for cell in cells(path):
        # The heading of the section may stand in the cell of its first exercise.
        if begun := re.search(r"^::::\{exercise\} \S.*\n:label: (.*)\n\n", cell.source, re.M):
            found.append(OnPage(path, begun[1], cell.source[begun.start() :], [], []))
            part = found[-1].task
            continue
        if cell.source.startswith(":::{solution-start}"):
            part = found[-1].solution
        if part is not None:
            part.append(cell)
        if cell.source.startswith(":::{solution-end}"):
            part = None
    return found


def code(part: list[NotebookNode]) -> list[NotebookNode]:
    return [cell for cell in part if cell.cell_type == "code"]


def checks(source: str) -> list[Check]:
    """Return the calls of `check` in the source of a cell."""
    return [
        Check(node.args[0].value, ast.unparse(node.args[1]))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check"
        if len(node.args) == 2 and isinstance(node.args[0], ast.Constant)
    ]


@cache
def run(path: Path) -> Run:
    """Execute a notebook's code."""
    return run_cells(code(cells(path)))


def run_cells(cells: list[NotebookNode]) -> Run:
    """Execute code cells in one namespace: no kernel, and no picture is shown."""
    run = Run({"__name__": "__main__"}, {}, {}, {})
    complaints = io.StringIO()
    with np.errstate():  # a notebook may call np.seterr, for itself
        for cell in cells:
            run.before[cell.id] = dict(run.names)
            body = ast.parse(cell.source, cell.id).body
            last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
            with redirect_stdout(io.StringIO()) as output, redirect_stderr(complaints):
                exec(compile(ast.Module(body, []), cell.id, "exec"), run.names)
                if last is not None:
                    value = eval(compile(ast.Expression(last.value), cell.id, "eval"), run.names)
                    run.shown[cell.id] = value
            run.printed[cell.id] = output.getvalue()
    run.complaints = complaints.getvalue()
    return run
