"""What students handed in: found, identified by its content, and repaired on a copy.

A folder of submissions holds ``STUDENT/NAME.ipynb`` or ``STUDENT/NAME/NAME.ipynb``; if its only
folder is called ``submitted``, as nbgrader's is, that one is meant. It is only read, and no
symbolic link in it is followed.

A notebook is known by its cells and not by its name: by their ``grade_id``, else by their id, else
by the source of those that were not to be edited. A cell that cannot be told apart safely is left
as it is, and so is everything that a student wrote:

- a locked cell that was edited or deleted is put back as the teacher wrote it; the edited one stays
  before it as an ordinary cell;
- of several copies of one cell, those that are still the stub go; of those that were edited all
  stay, in their order, and the last, which is the one in force, is the cell.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from crossentropy_classroom.assignments import Assignment

__all__ = ["NOT_HANDED_IN", "Submission", "find", "repair"]

# Bytes of the largest file that is read: no notebook that was written by hand has more, with all
# its outputs and pictures.
TOO_LARGE = 20 << 20

ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar")

# The text of a written answer that was deleted: a person is to look for the answer elsewhere.
MISSING = "*This cell was missing. It was put back before grading.*"

# How many faults or repairs of a submission are listed.
MOST_SAID = 8

# How many cells are read at most: no notebook that was written by hand has more.
MOST_CELLS = 2_000

# The ids of cells that nbformat accepts.
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

# The problem of a submission that nobody handed in.
NOT_HANDED_IN = "not handed in"

# A notebook is of an assignment if it has this share of the assignment's marked cells, at least.
SHARE = 1 / 3


@dataclass(frozen=True)
class Submission:
    """One notebook of one student, or the reason why there is none that can be graded.

    Parameters
    ----------
    student, assignment : str
        Who handed it in, and what it is of.
    file : Path, optional
        Where it is.
    repairs : tuple of str
        What was repaired to find it.
    problem : str
        Why it cannot be graded, or "".
    """

    student: str
    assignment: str
    file: Path | None = None
    repairs: tuple[str, ...] = ()
    problem: str = ""

    def read(self) -> bytes:
        """Return what was handed in; ValueError if it cannot be read any more."""
        if self.file is None:
            raise ValueError(self.problem)
        return _bytes(self.file)


@dataclass(frozen=True)
class _File:
    """A file of a student: which assignment it is of, or why it cannot be read."""

    path: Path
    shown: str
    digest: bytes = b""
    assignment: str = ""
    problem: str = ""

    @property
    def stem(self) -> str:
        return self.path.name.removesuffix(".ipynb")


def find(
    root: Path, assignments: Sequence[Assignment], only: Sequence[str] = ()
) -> list[Submission]:
    """Find what each student handed in of each assignment.

    Parameters
    ----------
    root : Path
        The folder of submissions.
    assignments : sequence of Assignment
        All assignments that a notebook may be of.
    only : sequence of str, optional
        The names of those that are graded. Without it, those that somebody handed in.

    Returns
    -------
    list of Submission
        One for each student and each of these assignments, and one for whatever lies where a
        student's folder should.
    """
    if not root.is_dir():
        raise ValueError(f"{root}: there is no such folder of submissions")
    if [path.name for path in _entries(root) if path.is_dir()] == ["submitted"]:
        root = root / "submitted"
    strays: list[Submission] = []
    students: dict[str, list[_File]] = {}
    for entry in _entries(root):
        if problem := _stray(entry):
            strays.append(Submission(_printable(entry.name), "", problem=problem))
        else:
            students[entry.name] = list(_files(entry, root, assignments))
    handed_in = {n for files in students.values() for f in files for n in (f.assignment, f.stem)}
    names = [a.name for a in assignments if a.name in (only or handed_in)]
    return strays + [_choose(s, name, files) for name in names for s, files in students.items()]


def _entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def _stray(entry: Path) -> str:
    """Say why something is no student's folder, or return ""."""
    if entry.is_symlink():
        return "a symbolic link, which is not followed"
    if entry.is_dir():
        fit = entry.name.isprintable() and not set(entry.name) & set('<>"`')
        return "" if fit else "the folder's name has signs that no student's has"
    if entry.name.lower().endswith(ARCHIVES):
        return "an archive: unpack it, one folder for each student"
    return "not in a folder of a student"


def _files(
    folder: Path, root: Path, assignments: Sequence[Assignment], depth: int = 0
) -> Iterator[_File]:
    """Yield a student's files: notebooks, and what may be there in the place of one."""
    try:
        entries = _entries(folder)
    except OSError as problem:
        shown = _printable(folder.relative_to(root).as_posix())
        yield _File(folder, shown, problem=f"cannot be read: {problem.strerror}")
        return
    for path in entries:
        name, shown = path.name.lower(), _printable(path.relative_to(root).as_posix())
        if path.is_symlink():
            yield _File(path, shown, problem="is a symbolic link, which is not followed")
        elif path.is_dir():
            if depth < 2:
                yield from _files(path, root, assignments, depth + 1)
        elif name.endswith(ARCHIVES):
            yield _File(path, shown, problem="is an archive, which is not unpacked")
        elif ".ipynb" in name:
            yield _read(path, shown, assignments)
        else:
            yield _File(path, shown)


def _read(path: Path, shown: str, assignments: Sequence[Assignment]) -> _File:
    try:
        data = _bytes(path)
        name = _identify(_parse(data), path, assignments)
    except Exception as problem:  # of any kind: the other files are read
        text = str(problem) if isinstance(problem, ValueError) else repr(problem)
        return _File(path, shown, problem=text[:200])
    return _File(path, shown, hashlib.sha256(data).digest(), name)


def _bytes(path: Path) -> bytes:
    try:
        # Since it was listed the file may have become a link; and opening a pipe would wait.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise ValueError(f"cannot be read: {problem.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is no file")
        if status.st_size > TOO_LARGE:
            size = status.st_size / (1 << 20)
            raise ValueError(f"is too large: {size:.0f} MB, and {TOO_LARGE >> 20} at most")
        return file.read(TOO_LARGE)


def _parse(data: bytes) -> NotebookNode:
    """Return the notebook that a file holds, its cells checked one by one."""
    if not data.strip():
        raise ValueError("is empty")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise ValueError(f"is not UTF-8: byte {problem.start}") from None
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"is no notebook: its JSON is broken ({str(problem)[:80]})") from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise ValueError("is no notebook: it does not say which nbformat it is of")
    if content["nbformat"] < 4:
        if len(data) > TOO_LARGE // 10:
            raise ValueError(f"is of nbformat {content['nbformat']}, and too large to be converted")
        try:
            content = nbformat.convert(nbformat.from_dict(content), 4)
        except Exception as problem:
            raise ValueError(f"is of an nbformat that cannot be read: {problem!r:.80}") from None
    if not isinstance(cells := content.get("cells"), list):
        raise ValueError("is no notebook: it has no list of cells")
    if len(cells) > MOST_CELLS:
        raise ValueError(f"has {len(cells)} cells, and {MOST_CELLS} at most are read")
    # nbformat's own constructors are not called: they validate, and give random ids.
    notebook: NotebookNode = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [_cell(cell, position) for position, cell in enumerate(cells)],
        }
    )
    return notebook


def _cell(given: Any, position: int) -> dict[str, Any]:
    """Return what counts of a cell: its kind, its id, its source, and nbgrader's mark."""
    source = given.get("source") if isinstance(given, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or given.get("cell_type") not in ("code", "markdown", "raw"):
        raise ValueError(f"is no notebook: its cell {position} is none")
    metadata = given.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    identity = given.get("id")
    known = isinstance(identity, str) and CELL_ID.fullmatch(identity)
    return {
        "cell_type": given["cell_type"],
        "id": identity if known else "",
        # A lone surrogate cannot be encoded, so it could be neither stored nor shown.
        "source": source.encode(errors="replace").decode(),
        "metadata": {"nbgrader": {"grade_id": grade_id}} if isinstance(grade_id, str) else {},
        **({"outputs": [], "execution_count": None} if given["cell_type"] == "code" else {}),
    }


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _plain(source: str) -> str:
    """Return a source without what an editor or a mail program changes."""
    return "\n".join(line.rstrip() for line in source.splitlines()).strip()


def _identify(notebook: NotebookNode, path: Path, assignments: Sequence[Assignment]) -> str:
    """Return the assignment that most of the notebook's cells are of, or ""."""
    ids = {_grade_id(cell) for cell in notebook.cells} | {cell.id for cell in notebook.cells}
    sources = {_plain(cell.source) for cell in notebook.cells}
    fit: dict[str, float] = {}
    for assignment in assignments:
        marked = [cell for cell in assignment.released.cells if _grade_id(cell)]
        by_id = [_grade_id(cell) in ids or cell.id in ids for cell in marked]
        by_source = [_plain(cell.source) in sources for cell in marked]
        known = [one or other for one, other in zip(by_id, by_source, strict=True)]
        if sum(known) >= SHARE * len(marked):
            fit[assignment.name] = (sum(by_id) + sum(by_source)) / len(marked)
    best = [name for name, share in fit.items() if share == max(fit.values())]
    named = [name for name in best if path.name == f"{name}.ipynb"]
    return (named or best or [""])[0]


def _choose(student: str, name: str, files: Sequence[_File]) -> Submission:
    """Return the student's submission of an assignment."""
    candidates = [file for file in files if file.assignment == name]
    named = [file for file in candidates if file.stem == name]
    chosen = named or candidates
    if len({file.digest for file in chosen}) > 1:
        paths = _few([file.shown for file in chosen], ", ")
        return Submission(student, name, problem=f"several notebooks of this assignment: {paths}")
    if not chosen:
        return Submission(student, name, problem=_missing(name, files))
    renamed = () if named else (f"the file is called {_printable(chosen[0].path.name)}",)
    return Submission(student, name, chosen[0].path, renamed)


def _missing(name: str, files: Sequence[_File]) -> str:
    """Say why a student has no notebook of an assignment."""
    for file in files:
        if file.path.name == f"{name}.ipynb" and not file.problem:
            return f"{file.shown} is a notebook of {file.assignment or 'something else'}"
    if problems := [f"{file.shown} {file.problem}" for file in files if file.problem]:
        return _few(problems, "; ")
    others = [file.shown for file in files if not file.assignment]
    return f"no notebook of it, only {_few(others, ', ')}" if others else NOT_HANDED_IN


def _few(texts: Sequence[str], between: str) -> str:
    """Join the first of some texts: a student may have sent thousands."""
    more = [f"and {len(texts) - MOST_SAID} more"] if len(texts) > MOST_SAID else []
    return between.join([*texts[:MOST_SAID], *more])


def repair(data: bytes, assignment: Assignment) -> tuple[NotebookNode, list[str]]:
    """Return the notebook to grade, and a sentence for each thing that was repaired.

    What was handed in is not touched. The result holds each marked cell of the assignment once,
    with nbgrader's mark as the teacher made it. A solution that is not there stays away, so that no
    stub hides what the student wrote elsewhere.
    """
    notebook = _parse(data)
    repairs = list(_format_repairs(data))
    for cell in notebook.cells:
        cell.source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
    repairs += _distinct_ids(notebook)
    original = [cell for cell in assignment.released.cells if _grade_id(cell)]
    known = {_grade_id(cell) for cell in original}
    for cell in notebook.cells:
        if _grade_id(cell) not in known:
            cell.metadata.pop("nbgrader", None)
    lost = _recognise(notebook, original)
    if lost:
        repairs.append(f"the marks of nbgrader were gone from {lost} cells")
    previous = -1
    for cell in original:
        previous = _restore(notebook, cell, previous, repairs)
    repairs = list(dict.fromkeys(repairs))
    return notebook, [_few(repairs, "; ")] if len(repairs) > MOST_SAID else repairs


def _format_repairs(data: bytes) -> Iterator[str]:
    if data.startswith(b"\xef\xbb\xbf"):
        yield "a byte order mark"
    if b"\r\n" in data or rb"\r\n" in data:
        yield "Windows line ends"
    if (version := json.loads(data.decode("utf-8-sig"))["nbformat"]) != 4:
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
    there = {_grade_id(cell) for cell in notebook.cells}
    count = 0
    for cell in original:
        if _grade_id(cell) in there:
            continue
        bare = [other for other in notebook.cells if not _grade_id(other)]
        matching = [other for other in bare if other.id == cell.id] or [
            other for other in bare if _plain(other.source) == _plain(cell.source)
        ]
        for other in matching[:1]:
            other.metadata["nbgrader"] = NotebookNode(grade_id=_grade_id(cell))
            count += 1
    return count


def _restore(
    notebook: NotebookNode, original: NotebookNode, previous: int, repairs: list[str]
) -> int:
    """Bring one marked cell in order; return where it is, or where the one before it is."""
    name = _grade_id(original)
    mark = original.metadata["nbgrader"]
    locked = not mark.get("solution") and (mark.get("grade") or mark.get("locked"))
    copies = [position for position, cell in enumerate(notebook.cells) if _grade_id(cell) == name]
    if not copies:
        if not mark.get("grade") and not (locked and original.cell_type == "code"):
            return previous
        repairs.append(f"the cell {name!r} was missing")
        source = original.source if locked else f"{MISSING}\n\n{original.source}"
        notebook.cells.insert(previous + 1, _fresh(original, notebook, source))
        return previous + 1
    edited = [at for at in copies if _plain(notebook.cells[at].source) != _plain(original.source)]
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
        notebook.cells[kept] = whole
    notebook.cells = [c for c in notebook.cells if c is whole or _grade_id(c) != name]
    return next(at for at, cell in enumerate(notebook.cells) if cell is whole)


def _fresh(
    original: NotebookNode, notebook: NotebookNode, source: str | None = None
) -> NotebookNode:
    """Return the teacher's cell, with an id that the notebook does not have."""
    cell = copy.deepcopy(original)
    if source is not None:
        cell.source = source
    taken = {other.id for other in notebook.cells}
    while cell.id in taken:
        cell.id += "-"
    return cell
