"""Written answers: which are blank, and where else a student may have written one.

An answer is often not in its cell: it is in a cell of its own below, in a text of the assignment
that was typed over, in the cell of a program, in a picture. An answer is blank only if its cell is
as it was handed out and there is no text of the student's own anywhere. Else a person looks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.notebooks import by_hand, grade_id, plain
from crossentropy_classroom.pictures import Beside, elsewhere

__all__ = ["Looked", "look", "own_cells"]

# Characters of remarks and texts in a program that may be an answer.
REMARKS = 150

# How many places are named, and how much of each is shown.
MOST_PLACES, SHOWN = 3, 50

# What shows something to a reader: a text, a formula or a picture.
SHOWS = re.compile(
    r"\b(Markdown|Latex|Math|Image|HTML|imread)\s*\(|\bIPython\.display\b"
    r"|^\s*%%(markdown|latex|html|svg|javascript|js)\b",
    re.MULTILINE,
)
TEXT = re.compile(
    r"""(?P<sign>"{3}|'{3})(?P<long>.*?)(?P=sign)|"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'""",
    re.DOTALL,
)
REMARK = re.compile(r"^[ \t]*#(.*)$", re.MULTILINE)

# The cell with which Colab begins a notebook.
COLABS_OWN = "colab.research.google.com/assets/colab-badge.svg"


@dataclass
class Looked:
    """What there is of written answers.

    Parameters
    ----------
    blank : set of str
        The ``grade_id`` of the cells that were not worked on, of programs too.
    attention : list of str
        Where a person should look for an answer.
    written : dict of str to str
        What was written for each graded cell, as a hash: the text and the pictures where a person
        grades, else the program.
    """

    blank: set[str] = field(default_factory=set)
    attention: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)


def look(
    notebook: NotebookNode,
    assignment: Assignment,
    ran: Mapping[int, Mapping[str, Any]],
    beside: Beside = (),
) -> Looked:
    """Look for the written answers of a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook as it was repaired, with its pictures.
    assignment : Assignment
        What it is of.
    ran : mapping of int to mapping
        What happened in its code cells, by their place.
    beside : sequence of (str, bytes)
        The pictures that were beside it.
    """
    looked = Looked(blank=_untouched(notebook))
    own = dict(_own(notebook, assignment, ran))
    for place, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if not cell.metadata.get("nbgrader", {}).get("grade"):
            continue
        if not by_hand(cell):
            looked.written[name] = _hash(each.source for each in own_cells(notebook, place))
            continue
        others = {at: text for at, text in own.items() if at != place}
        near = [at for at in others if _between(notebook, at, place)]
        if name in looked.blank and others:
            looked.blank.remove(name)
            ordered = sorted(others, key=lambda at: (at not in near, at))
            places = ", ".join(f"cell {at + 1} ({others[at]})" for at in ordered[:MOST_PLACES])
            looked.attention.append(
                f"cell {place + 1} ({name}) is as it was handed out; the answer may be in {places}"
            )
            near = sorted(others)
        if name not in looked.blank:
            looked.written[name] = _hash([cell.source, *(notebook.cells[at].source for at in near)])
    for place in own:
        if address := elsewhere(notebook.cells[place], beside):
            looked.attention.append(
                f"cell {place + 1} shows a picture that was not handed in: {address}"
            )
    return looked


def own_cells(notebook: NotebookNode, place: int) -> list[NotebookNode]:
    """Return the student's cells of the question at a place: all since the question before it.

    The cells that the teacher locked are not among them, nor are texts before a test.
    """
    cell, found = notebook.cells[place], []
    for each in reversed(notebook.cells[:place]):
        mark = each.metadata.get("nbgrader", {})
        if mark.get("grade"):
            break
        locked = mark.get("locked") and not mark.get("solution")
        if each.cell_type == "code" and not locked and not by_hand(cell):
            found.append(each)
    return [*reversed(found), *([cell] if by_hand(cell) else [])]


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _untouched(notebook: NotebookNode) -> set[str]:
    """Return the ``grade_id`` of the cells that are still as they were handed out."""
    # Imported here, for nbgrader takes seconds to import, and a page of help needs none of it.
    from nbgrader.utils import compute_checksum

    marked = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {
        grade_id(cell)
        for cell in marked
        if compute_checksum(cell) == cell.metadata["nbgrader"]["checksum"]
        and not cell.get("attachments")
    }


def _own(
    notebook: NotebookNode, assignment: Assignment, ran: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[int, str]]:
    """Yield the place of each text of the student's own, and how it begins."""
    by_name = {grade_id(cell): cell.source for cell in assignment.released.cells}
    for place, cell in enumerate(notebook.cells):
        source = plain(cell.source)
        if not source or source in assignment.sources or COLABS_OWN in source:
            continue
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code":
            text = source
        elif mark and not mark.get("solution"):
            continue  # a test, as the teacher wrote it
        else:
            text = _text_in(source, by_name.get(grade_id(cell), ""), ran.get(place, {}))
        if text:
            yield place, f'"{_beginning(text)}"'


def _text_in(source: str, released: str, ran: Mapping[str, Any]) -> str:
    """Return what of a program may be an answer in words, or ""."""
    # An answer is typed into a cell of code as often as not: that is what a new cell is.
    if str(ran.get("error", "")).startswith(("SyntaxError", "IndentationError")) or SHOWS.search(
        source
    ):
        return source
    remarks = [line.strip() for line in REMARK.findall(source) if line.strip() not in released]
    strings = (found[found.lastgroup or "long"].strip() for found in TEXT.finditer(source))
    texts = [text for text in strings if text not in released]
    said = "\n".join([*remarks, *texts])
    return said if len(said) >= REMARKS else ""


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."


def _between(notebook: NotebookNode, at: int, place: int) -> bool:
    """Return whether a cell stands beside another, with no marked one between them."""
    low, high = sorted((at, place))
    between: Sequence[NotebookNode] = notebook.cells[low + 1 : high]
    return not grade_id(notebook.cells[at]) and not any(map(grade_id, between))
