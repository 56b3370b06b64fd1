"""Assignments as a teacher writes them, and as students get them.

A teacher writes a master notebook, and its hidden tests beside it. Students get the master without
its solutions, as nbgrader releases it.
"""

from __future__ import annotations

import hashlib
import runpy
from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode

from crossentropy_classroom.hidden import Hidden
from crossentropy_classroom.notebooks import plain
from crossentropy_classroom.variants import Variant, replaced

__all__ = ["TEXT_STUB", "Assignment", "all_assignments", "load", "without_solutions"]

Vary = Callable[[np.random.Generator], Variant]

# A stub runs before it is solved, so the comment takes the place of a solution, and no `raise`.
CODE_STUB = "# YOUR CODE HERE"
TEXT_STUB = "*Your answer here.*"


@dataclass(frozen=True, eq=False)
class Assignment:
    """An assignment, as it was when it was loaded.

    Parameters
    ----------
    name : str
        What it is called.
    path : Path
        Where its master notebook was.
    notebook, program : bytes
        What stood in the files of its master notebook and of its hidden tests.
    tests : list of Hidden
        Its hidden tests.
    variations : bytes, optional
        What stood in the file that says what differs from student to student, if there is one.
    vary : callable, optional
        Its function ``vary``.
    base : Assignment, optional
        What this is a variant of.
    variant : Variant, optional
        In what it differs from that.
    """

    name: str
    path: Path
    notebook: bytes = field(repr=False)
    program: bytes = field(repr=False)
    tests: list[Hidden]
    variations: bytes = field(default=b"", repr=False)
    vary: Vary | None = None
    base: Assignment | None = None
    variant: Variant | None = None

    @cached_property
    def digest(self) -> str:
        """Its name and its files, as a hash."""
        files = (self.name, self.notebook, self.program, self.variations)
        return hashlib.sha256(repr(files).encode()).hexdigest()

    def varied(self, number: int | None) -> Assignment:
        """Return the variant of a number; the assignment itself, if it has none or there is none.

        Raises
        ------
        ValueError
            If what differs does not fit the master.
        """
        return self if number is None or self.vary is None else _varied(self, number)

    def master(self) -> NotebookNode:
        """Return the master notebook, with its solutions."""
        master: NotebookNode = nbformat.reads(self.notebook.decode(), as_version=4)
        return master

    @cached_property
    def released(self) -> NotebookNode:
        """The notebook as students get it, without solutions and with checksums. Only to read."""
        if self.base is None or self.variant is None:
            return without_solutions(self.master(), self.path)
        return _varied_copy(self.base.released, self.variant)

    @cached_property
    def sources(self) -> frozenset[str]:
        """The sources of its cells as students get them, each `plain`."""
        return frozenset(plain(cell.source) for cell in self.released.cells)

    def graded_cells(self) -> list[dict[str, Any]]:
        """Return nbgrader's marks of the cells that are worth points."""
        marks = [cell.metadata.get("nbgrader", {}) for cell in self.released.cells]
        return [mark for mark in marks if mark.get("grade")]


def load(folder: Path) -> Assignment:
    """Read the assignment in a folder: ``NAME/NAME.ipynb`` and the ``TESTS`` of ``NAME/hidden.py``.

    What differs from student to student, if anything does, is the ``vary`` of ``NAME/variants.py``.

    Raises
    ------
    ValueError
        If the points of a test cell are not those of its hidden tests.
    """
    path, program = folder / f"{folder.name}.ipynb", folder / "hidden.py"
    variants = folder / "variants.py"
    assignment = Assignment(
        name=folder.name,
        path=path,
        notebook=path.read_bytes(),
        program=program.read_bytes(),
        tests=list(runpy.run_path(str(program))["TESTS"]),
        variations=variants.read_bytes() if variants.exists() else b"",
        vary=runpy.run_path(str(variants))["vary"] if variants.exists() else None,
    )
    _check_points(assignment)
    return assignment


def all_assignments(root: Path) -> list[Assignment]:
    """Return the assignments below a folder, by name."""
    return [load(path.parent) for path in sorted(root.glob("*/hidden.py"))]


@lru_cache(maxsize=64)
def _varied(assignment: Assignment, number: int) -> Assignment:
    assert assignment.vary is not None
    variant = assignment.vary(np.random.default_rng(number))
    master = assignment.master()
    replaced(master, variant)
    tests = [
        replace(test, reference=variant.references.get(test.name, test.reference))
        for test in assignment.tests
    ]
    if unknown := variant.references.keys() - {test.name for test in tests}:
        raise ValueError(f"variants.py: no hidden test asks for {sorted(unknown)[0]!r}")
    return replace(
        assignment,
        notebook=nbformat.writes(master).encode(),
        tests=tests,
        base=assignment,
        variant=variant,
    )


def _varied_copy(released: NotebookNode, variant: Variant) -> NotebookNode:
    """Return what nbgrader would make of a variant's master, from what it made of the assignment.

    It would take a hundred times as long.
    """
    from nbgrader.utils import compute_checksum

    copy = deepcopy(released)
    changed = replaced(copy, variant, strict=False)
    for cell in copy.cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.id in changed and "checksum" in mark:
            mark["checksum"] = compute_checksum(cell)
    return copy


def without_solutions(master: NotebookNode, path: Path) -> NotebookNode:
    """Return a master as nbgrader releases it: stubs for solutions, locks, and checksums.

    Parameters
    ----------
    master : NotebookNode
        The master; it stays as it is.
    path : Path
        Where the master came from, for messages.

    Raises
    ------
    ValueError
        If nbgrader refuses the master.
    """
    # Imported here, for nbgrader takes seconds to import, and a page of help needs none of it.
    from nbgrader import preprocessors
    from nbgrader.nbgraderformat import ValidationError

    copy = deepcopy(master)
    resources: dict[str, Any] = {}
    # The order is that of nbgrader's own GenerateAssignment.
    steps = [
        preprocessors.LockCells(),
        preprocessors.ClearSolutions(code_stub={"python": CODE_STUB}, text_stub=TEXT_STUB),
        preprocessors.ClearOutput(),
        preprocessors.CheckCellMetadata(),
        preprocessors.ClearHiddenTests(),
        preprocessors.ClearMarkScheme(),
        preprocessors.ComputeChecksums(),
        preprocessors.CheckCellMetadata(),
    ]
    for step in steps:
        try:
            copy, resources = step.preprocess(copy, resources)
        except (RuntimeError, ValidationError) as error:
            raise ValueError(f"{path}: {type(step).__name__}: {error}") from error
    return copy


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
