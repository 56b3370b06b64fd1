"""Assignments as a teacher writes them: a master notebook, and its hidden tests beside it."""

from __future__ import annotations

import atexit
import runpy
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from crossentropy_classroom.hidden import Hidden

__all__ = ["Assignment", "Packed", "all_assignments", "load", "unpack"]


@dataclass(frozen=True)
class Assignment:
    """An assignment: its name, its master notebook, and its hidden tests."""

    name: str
    path: Path
    tests: list[Hidden]

    def master(self) -> NotebookNode:
        """Return the master notebook, with its solutions."""
        master: NotebookNode = nbformat.read(self.path, as_version=4)
        return master

    def packed(self) -> Packed:
        """Return its files, so that it can be sent to another machine."""
        hidden = self.path.with_name("hidden.py")
        return Packed(self.name, self.path.read_bytes(), hidden.read_bytes())


@dataclass(frozen=True)
class Packed:
    """The files of an assignment."""

    name: str
    master: bytes
    hidden: bytes


@cache
def unpack(packed: Packed) -> Assignment:
    """Return the assignment that was packed. Its files are there until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="crossentropy-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = folder / packed.name
    home.mkdir()
    (home / f"{packed.name}.ipynb").write_bytes(packed.master)
    (home / "hidden.py").write_bytes(packed.hidden)
    return load(home)


def load(folder: Path) -> Assignment:
    """Read the assignment in a folder: ``NAME/NAME.ipynb`` and the ``TESTS`` of ``NAME/hidden.py``.

    Raises
    ------
    ValueError
        If the points of a test cell are not those of its hidden tests.
    """
    path = folder / f"{folder.name}.ipynb"
    assignment = Assignment(
        folder.name, path, list(runpy.run_path(str(folder / "hidden.py"))["TESTS"])
    )
    _check_points(assignment)
    return assignment


def all_assignments(root: Path) -> list[Assignment]:
    """Return the assignments below a folder, by name."""
    return [load(path.parent) for path in sorted(root.glob("*/hidden.py"))]


def _check_points(assignment: Assignment) -> None:
    hidden: dict[str, float] = defaultdict(float)
    for test in assignment.tests:
        hidden[test.cell] += test.points
    cells = {
        mark["grade_id"]: float(mark["points"])
        for mark in (cell.metadata.get("nbgrader", {}) for cell in assignment.master().cells)
        if mark.get("grade") and not mark.get("solution")
    }
    if hidden != cells:
        raise ValueError(
            f"{assignment.path}: its test cells are worth {cells}, its hidden tests {dict(hidden)}"
        )
