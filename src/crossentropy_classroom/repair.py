"""What was broken in a notebook in a safe way, repaired on a copy.

A cell that cannot be told apart safely is left as it is, and so is everything that a student wrote:

- a locked cell that was edited or deleted is put back as the teacher wrote it; the edited one stays
  before it as an ordinary cell;
- of several copies of one cell, those that are still the stub go; of those that were edited all
  stay, in their order, and the last, which is the one in force, is the cell.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from crossentropy_classroom._files import MOST_SAID, few
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.notebooks import free_id, grade_id, parse, plain

__all__ = ["repair"]

# The text of a written answer that was deleted: a person is to look for the answer elsewhere.
MISSING = "*This cell was missing. It was put back before grading.*"


def repair(
    data: bytes, assignment: Assignment, notebook: NotebookNode | None = None
) -> tuple[NotebookNode, list[str]]:
    """Return the notebook to grade, and a sentence for each thing that was repaired.

    What was handed in may be parsed already.

    What was handed in is not touched. The result holds each marked cell of the assignment once,
    with nbgrader's mark as the teacher made it. A solution that is not there stays away, so that no
    stub hides what the student wrote elsewhere.
    """
    notebook = parse(data) if notebook is None else notebook
    repairs = list(_format_repairs(data, notebook))
    for cell in notebook.cells:
        cell.source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
    repairs += _distinct_ids(notebook)
    original = [cell for cell in assignment.released.cells if grade_id(cell)]
    known = {grade_id(cell) for cell in original}
    for cell in notebook.cells:
        if grade_id(cell) not in known:
            cell.metadata.pop("nbgrader", None)
    lost = _recognise(notebook, original)
    if lost:
        repairs.append(f"the marks of nbgrader were gone from {lost} cells")
    previous = -1
    for cell in original:
        previous = _restore(notebook, cell, previous, repairs)
    for cell in notebook.cells:
        if cell.cell_type == "raw":  # which nobody would be shown
            cell.cell_type = "markdown"
    repairs = list(dict.fromkeys(repairs))
    return notebook, [few(repairs, "; ")] if len(repairs) > MOST_SAID else repairs


def _format_repairs(data: bytes, notebook: NotebookNode) -> Iterator[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        yield "a byte order mark"
    if b"\r\n" in data or rb"\r\n" in data:
        yield "Windows line ends"
    if (version := notebook.metadata.get("orig_nbformat", 4)) != 4:
        yield f"nbformat {version}"


def _distinct_ids(notebook: NotebookNode) -> Iterator[str]:
    """Give each cell an id of its own; a copied cell had that of the first."""
    seen: set[str] = set()
    for position, cell in enumerate(notebook.cells):
        if cell.id in seen and cell.id:
            yield f"the cell id {cell.id!r} was there twice"
        if cell.id in seen or not cell.id:
            cell.id = f"cell-{position}"
        seen.add(cell.id)


def _recognise(notebook: NotebookNode, original: Sequence[NotebookNode]) -> int:
    """Mark again the cells that lost their mark; return how many there were."""
    there = {grade_id(cell) for cell in notebook.cells}
    count = 0
    for cell in original:
        if grade_id(cell) in there:
            continue
        bare = [other for other in notebook.cells if not grade_id(other)]
        matching = [other for other in bare if other.id == cell.id] or [
            other for other in bare if plain(other.source) == plain(cell.source)
        ]
        for other in matching[:1]:
            other.metadata["nbgrader"] = NotebookNode(grade_id=grade_id(cell))
            count += 1
    return count


def _restore(
    notebook: NotebookNode, original: NotebookNode, previous: int, repairs: list[str]
) -> int:
    """Bring one marked cell in order; return where it is, or where the one before it is."""
    name = grade_id(original)
    mark = original.metadata["nbgrader"]
    locked = not mark.get("solution") and (mark.get("grade") or mark.get("locked"))
    copies = [position for position, cell in enumerate(notebook.cells) if grade_id(cell) == name]
    if not copies:
        if not mark.get("grade") and not (locked and original.cell_type == "code"):
            return previous
        repairs.append(f"the cell {name!r} was missing")
        source = original.source if locked else f"{MISSING}\n\n{original.source}"
        notebook.cells.insert(previous + 1, _fresh(original, notebook, source))
        return previous + 1
    edited = [at for at in copies if _is_edited(notebook.cells[at], original)]
    if len(copies) > 1:
        repairs.append(f"the cell {name!r} was there {len(copies)} times")
    kept = edited[-1] if edited else copies[0]
    changed_type = notebook.cells[kept].cell_type != original.cell_type
    source = original.source if locked else notebook.cells[kept].source
    for at in edited:
        notebook.cells[at].metadata.pop("nbgrader", None)
    whole = _fresh(original, notebook, source)
    if locked and edited:
        repairs.append(f"the locked cell {name!r} was edited")
        notebook.cells.insert(kept + 1, whole)
    else:
        if changed_type:
            repairs.append(f"the cell {name!r} was made {notebook.cells[kept].cell_type}")
        whole.id = notebook.cells[kept].id
        if whole.cell_type != "code":
            whole.attachments = notebook.cells[kept].get("attachments", NotebookNode())
        notebook.cells[kept] = whole
    notebook.cells = [c for c in notebook.cells if c is whole or grade_id(c) != name]
    return next(at for at, cell in enumerate(notebook.cells) if cell is whole)


def _is_edited(cell: NotebookNode, original: NotebookNode) -> bool:
    return plain(cell.source) != plain(original.source) or bool(cell.get("attachments"))


def _fresh(original: NotebookNode, notebook: NotebookNode, source: str) -> NotebookNode:
    """Return the teacher's cell with a source, and an id that the notebook does not have."""
    cell = copy.deepcopy(original)
    cell.source = source
    cell.id = free_id(cell.id, notebook)
    return cell
