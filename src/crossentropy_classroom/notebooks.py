"""A notebook as a student hands it in: read with nothing in it taken on trust.

Of each cell its kind, its id, its source, nbgrader's mark and its attached pictures are kept, and
of the notebook which variant it is. Nothing else is: no output, no metadata.

What reading costs is bounded by the size of the file. What cells have printed is passed over before
anything is made of it: there may be megabytes of it, and nobody needs it. What is left may hold so
many values and no more.
"""

from __future__ import annotations

import json
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

from crossentropy_classroom.variants import mark_of

__all__ = [
    "TOO_LARGE",
    "by_hand",
    "free_id",
    "grade_id",
    "parse",
    "plain",
    "without_outputs",
]

# Bytes of the largest file that is read, and of what is left of it without outputs: no notebook
# that was written by hand has more, with all its pictures.
TOO_LARGE, TOO_MUCH = 60 << 20, 20 << 20

# How many lists and objects, how many values with them, and how many brackets in outputs are read
# at most: for a list that is three bytes long in the file, Python takes up to a hundred.
MOST_NESTED, MOST_VALUES, MOST_BRACKETS = 300_000, 1_000_000, 2_000_000

# A string of a JSON text, or one that never ends; what cells have printed, up to its first bracket;
# and brackets. None looks twice at what it has passed.
STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
PRINTED = re.compile(rb'("outputs"\s*+:\s*+\[)|' + STRING, re.DOTALL)
BRACKET = re.compile(rb"[\[\]]|" + STRING, re.DOTALL)

# How many cells are read at most: no notebook that was written by hand has more.
MOST_CELLS = 2_000

# How many pictures of a cell are kept at most. Not all are drawn, and those that are not are named.
MOST_ATTACHED = 200

# No notebook is of this nbformat, or of a later one.
NO_NBFORMAT = 100

# The ids of cells that nbformat accepts.
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def parse(data: bytes) -> NotebookNode:
    """Return the notebook that a file holds, its cells checked one by one.

    Raises
    ------
    ValueError
        If it is none; the message goes on from the file's name.
    """
    if not data.strip():
        raise ValueError("is empty")
    content = _content(_bounded(data))
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise ValueError("is no notebook: it does not say which nbformat it is of")
    version = content["nbformat"]
    if not 0 < version < NO_NBFORMAT:
        raise ValueError("is no notebook: what it says of its nbformat is no number of one")
    if version < 4:
        if len(data) > TOO_MUCH // 10:
            raise ValueError(f"is of nbformat {version}, and too large to be converted")
        try:
            content = nbformat.convert(nbformat.from_dict(content), 4)
        except Exception as problem:
            raise ValueError(f"is of an nbformat that cannot be read: {problem!r:.80}") from None
    if not isinstance(cells := content.get("cells"), list):
        raise ValueError("is no notebook: it has no list of cells")
    if len(cells) > MOST_CELLS:
        raise ValueError(f"has {len(cells)} cells, and {MOST_CELLS} at most are read")
    mark = mark_of(content.get("metadata"))
    # nbformat's own constructors are not called: they validate, and give random ids.
    notebook: NotebookNode = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            # Neither is written out with it.
            "metadata": {
                **({"crossentropy": mark} if mark else {}),
                **({"orig_nbformat": version} if version != 4 else {}),
            },
            "cells": [_cell(cell, position) for position, cell in enumerate(cells)],
        }
    )
    return notebook


def _bounded(data: bytes) -> bytes:
    """Return a JSON text without what cells have printed, if it is not too large to be read."""
    text = without_outputs(data)
    if len(text) > TOO_MUCH:
        size, most = len(text) / (1 << 20), TOO_MUCH >> 20
        raise ValueError(f"is too large: {size:.0f} MB without its outputs, and {most} at most")
    nested = text.count(b"[") + text.count(b"{")
    if nested > MOST_NESTED or nested + text.count(b",") > MOST_VALUES:
        raise ValueError("is no notebook that a person wrote: it holds too many values")
    return text


def without_outputs(data: bytes) -> bytes:
    r"""Return a JSON text in which every list that is called ``outputs`` is empty.

    What is no JSON stays none.

    Examples
    --------
    >>> without_outputs(b'{"outputs": [["]", 1], 2], "source": "\\"outputs\\": [1]"}').decode()
    '{"outputs": [], "source": "\\"outputs\\": [1]"}'
    """
    kept, start, at = [], 0, 0
    while found := PRINTED.search(data, at):
        at = found.end()
        if found[1]:
            kept.append(data[start:at])
            start = at = _closing(data, at)
    return b"".join([*kept, data[start:]])


def _closing(data: bytes, at: int) -> int:
    """Return where the list ends in which a place is."""
    depth = 1
    for number, found in enumerate(BRACKET.finditer(data, at)):
        if number > MOST_BRACKETS:
            raise ValueError("is no notebook that a person wrote: its outputs hold too many values")
        depth += {b"[": 1, b"]": -1}.get(found[0], 0)
        if not depth:
            return found.start()
    return len(data)


def _content(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise ValueError(f"is not UTF-8: byte {problem.start}") from None
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"is no notebook: its JSON is broken ({str(problem)[:80]})") from None


def _cell(given: Any, position: int) -> dict[str, Any]:
    """Return what counts of a cell: its kind, its id, its source, and nbgrader's mark."""
    source = given.get("source") if isinstance(given, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or given.get("cell_type") not in ("code", "markdown", "raw"):
        raise ValueError(f"is no notebook: its cell {position} is none")
    metadata = given.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    identity = given.get("id")
    known = isinstance(identity, str) and CELL_ID.fullmatch(identity)
    return {
        "cell_type": given["cell_type"],
        "id": identity if known else "",
        "source": _encodable(source),
        "metadata": {"nbgrader": {"grade_id": name}} if isinstance(name, str) else {},
        **(
            {"outputs": [], "execution_count": None}
            if given["cell_type"] == "code"
            else {"attachments": _attachments(given.get("attachments"))}
        ),
    }


def _attachments(given: Any) -> dict[str, dict[str, str]]:
    """Return what is attached to a cell, by name: its kind, and the text that it is encoded in."""
    found: dict[str, dict[str, str]] = {}
    for name, bundle in list(given.items())[:MOST_ATTACHED] if isinstance(given, dict) else ():
        for kind, content in list(bundle.items())[:1] if isinstance(bundle, dict) else ():
            lines = content if isinstance(content, list) else [content]
            if all(isinstance(line, str) for line in lines):
                found[_encodable(name)] = {_encodable(kind): _encodable("".join(lines))}
    return found


def _encodable(text: str) -> str:
    """Return a text without lone surrogates, which could be neither stored nor shown."""
    return text.encode(errors="replace").decode()


def grade_id(cell: NotebookNode) -> str:
    """Return the name that nbgrader's mark gives a cell, or ""."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def by_hand(cell: NotebookNode) -> bool:
    """Return whether a person grades a cell."""
    mark = cell.metadata.get("nbgrader", {})
    return bool(mark.get("grade") and mark.get("solution"))


def free_id(identity: str, notebook: NotebookNode) -> str:
    """Return an id, made longer until no cell of a notebook has it."""
    taken = {cell.id for cell in notebook.cells}
    while identity in taken:
        identity += "-"
    return identity


def plain(source: str) -> str:
    """Return a source without what an editor or a mail program changes."""
    return "\n".join(line.rstrip() for line in source.splitlines()).strip()
