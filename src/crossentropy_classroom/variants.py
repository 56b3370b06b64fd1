"""Variants of an assignment: what differs from student to student, and whose copy a notebook is.

``variants.py`` beside a master says what differs: its function ``vary`` takes a generator of random
numbers, and returns a `Variant`. The generator is made from a number, and that is drawn from the
teacher's seed, the assignment and the student's name: the same student always gets the same copy.
The copy's metadata say its number and for whom it was made. Grading goes by the number, whoever
hands the copy in; for whom it was made it believes only where the two agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from crossentropy_classroom.roster import squash

__all__ = ["NUMBERS", "Variant", "mark_of", "number_of", "replaced"]

# How many variants there may be.
NUMBERS = 1 << 32

# How much is read of the name of the student that a copy was made for.
LONGEST_NAME = 200


@dataclass(frozen=True)
class Variant:
    """What differs in one variant of an assignment.

    Parameters
    ----------
    texts : mapping of str to mapping of str to str
        By cell of the master, each text that is replaced, and what stands in its place. The text
        stands in the cell once.
    references : mapping of str to anything, optional
        By function or variable, what its hidden tests hold for right in the place of their own
        `reference`.
    """

    texts: Mapping[str, Mapping[str, str]]
    references: Mapping[str, Any] = field(default_factory=dict)


def number_of(seed: int, assignment: str, student: str) -> int:
    """Return the number of a student's variant. It tells nothing of the seed.

    Two ways to write one name, as a system may change it, have one number.

    Examples
    --------
    >>> number_of(1, "1-entropy", "Ann Lee") == number_of(1, "1-entropy", "ann_lee")
    True
    >>> number_of(1, "1-entropy", "Ann Lee") == number_of(1, "1-entropy", "Bob")
    False
    """
    text = repr(("variant", seed, assignment, squash(student) or student))
    return int(hashlib.sha256(text.encode(errors="replace")).hexdigest(), 16) % NUMBERS


def replaced(notebook: NotebookNode, variant: Variant, *, strict: bool = True) -> set[str]:
    """Replace the texts of a variant in a notebook; return the ids of the cells that changed.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook. It is changed.
    variant : Variant
        What differs.
    strict : bool, optional
        Whether each text must be there, as it is in a master. In a copy without solutions, what
        stood in a solution is not.

    Raises
    ------
    ValueError
        If a text is not there once, or a cell is not there.
    """
    cells = {cell.id: cell for cell in notebook.cells}
    changed = set()
    for name, texts in variant.texts.items():
        if name not in cells:
            raise ValueError(f"variants.py: there is no cell {name!r}")
        source = cells[name].source
        for old, new in texts.items():
            if strict and source.count(old) != 1:
                count = source.count(old)
                raise ValueError(f"variants.py: the cell {name!r} holds {old!r} {count} times")
            source = source.replace(old, new)
        if source != cells[name].source:
            cells[name].source = source
            changed.add(name)
    return changed


def mark_of(metadata: Any) -> dict[str, Any]:
    """Return what a notebook's metadata say of its variant, with nothing taken on trust.

    Examples
    --------
    >>> mark_of({"crossentropy": {"variant": 7, "student": "ann", "more": 1}})
    {'variant': 7, 'student': 'ann'}
    >>> mark_of({"crossentropy": {"variant": "7"}})
    {}
    """
    own = metadata.get("crossentropy") if isinstance(metadata, dict) else None
    if not isinstance(own, dict) or type(own.get("variant")) is not int:
        return {}
    if not 0 <= own["variant"] < NUMBERS:
        return {}
    student = own.get("student")
    name = student[:LONGEST_NAME] if isinstance(student, str) else ""
    return {"variant": own["variant"], "student": name.encode(errors="replace").decode()}
