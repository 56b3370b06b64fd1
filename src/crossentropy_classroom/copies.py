"""Whose copy of an assignment a notebook is, where copies differ from student to student."""

from __future__ import annotations

from typing import NamedTuple

from nbformat import NotebookNode

from crossentropy_classroom._files import printable
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.notebooks import plain
from crossentropy_classroom.variants import number_of

__all__ = ["Copy", "whose"]


class Copy(NamedTuple):
    """The number of the variant that a notebook is graded by, and what a person should look at."""

    number: int | None
    attention: tuple[str, ...] = ()


def whose(notebook: NotebookNode, assignment: Assignment, student: str, seed: int) -> Copy:
    """Return which variant a notebook is, and say whether it is another student's.

    It is graded by the data and the questions that it shows, whoever they were made for. Where its
    metadata are lost, its cells are compared with those of the student's own variant, and with the
    assignment as it is for everybody.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook, as `parse` returns it.
    assignment : Assignment
        What it is of.
    student : str
        Who handed it in.
    seed : int
        What the variants are drawn from.
    """
    if assignment.vary is None:
        return Copy(None)
    own = number_of(seed, assignment.name, student)
    mark = notebook.metadata.get("crossentropy", {})
    if not mark:
        return _by_cells(notebook, assignment, own)
    if mark["variant"] == own:
        return Copy(own)
    known = number_of(seed, assignment.name, mark["student"]) == mark["variant"]
    maker = printable(mark["student"]) if known else "nobody of this class"
    return Copy(mark["variant"], (f"it is the copy that was made for {maker}",))


def _by_cells(notebook: NotebookNode, assignment: Assignment, own: int) -> Copy:
    """Return which variant a notebook without a mark is, by the cells in which variants differ."""
    sources = {plain(cell.source) for cell in notebook.cells}
    copies = {None: assignment, own: assignment.varied(own)}
    pairs = zip(*(copy.released.cells for copy in copies.values()), strict=True)
    differing = [
        [plain(cell.source) in sources for cell in pair]
        for pair in pairs
        if pair[0].source != pair[1].source
    ]
    there = dict(zip(copies, map(sum, zip(*differing, strict=True)), strict=True))
    if not any(there.values()):
        return Copy(None, ("nothing in it says which variant of the assignment it is",))
    return Copy(max(there, key=lambda number: there[number]))
