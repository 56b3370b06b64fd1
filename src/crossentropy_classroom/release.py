"""``release``: the copies of the assignments that students get.

nbgrader's own preprocessors take the solutions out, lock the tests and sign the cells. nbgrader's
`GenerateAssignment`, which would call them, is not called: it copies every file beside a master
into the release, and beside a master lie the hidden tests; and it wants folders of its own layout.
"""

from __future__ import annotations

import argparse
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning

from crossentropy.rehearsal import execute, released_cells
from crossentropy_classroom._files import add_folder, read_seed
from crossentropy_classroom.assignments import Assignment, all_assignments
from crossentropy_classroom.gradebook import configure
from crossentropy_classroom.packages import wanted
from crossentropy_classroom.roster import read_roster, squash
from crossentropy_classroom.variants import number_of

__all__ = [
    "add_arguments",
    "copy_for",
    "main",
    "named_in",
    "refuse_stub_that_raises",
    "student_copy",
    "zipped",
]

POINTS = 20
BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
MARKERS = (BEGIN, END, "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME")
STUB_SECONDS = 120.0


def student_copy(assignment: Assignment) -> NotebookNode:
    """Return the notebook that students get.

    Parameters
    ----------
    assignment : Assignment
        The assignment, with its master.

    Returns
    -------
    NotebookNode
        The master without solutions and outputs, its tests locked and its cells signed.

    Raises
    ------
    ValueError
        If the master is not fit to be handed out, or something of a solution or of a hidden test
        would be.
    """
    master = _read_master(assignment)
    _refuse(assignment, _faults(master))
    copy = deepcopy(assignment.released)
    copy.metadata = NotebookNode(
        kernelspec=NotebookNode(display_name="Python 3", language="python", name="python3"),
        language_info=NotebookNode(name="python"),
        crossentropy=NotebookNode(
            assignment=assignment.name, packages=_packages(assignment), **released_cells(copy)
        ),
    )
    _refuse(assignment, _leaks(assignment, master, copy))
    nbformat.validate(copy)
    return copy


def _packages(assignment: Assignment) -> list[str]:
    """Return the names of the packages that its grader has beside those that it always has."""
    return [re.split(r"[^\w.-]", name)[0] for name in wanted(assignment.path.parent, ())]


def copy_for(student: str, assignment: Assignment, seed: int) -> NotebookNode:
    """Return the notebook that one student gets, where it differs from student to student.

    Parameters
    ----------
    student : str
        What the student's folder will be called.
    assignment : Assignment
        The assignment, with what differs.
    seed : int
        What the variants are drawn from.

    Returns
    -------
    NotebookNode
        The student's variant; its metadata say which that is, and whose.

    Raises
    ------
    ValueError
        If a variant does not fit the master, or is not fit to be handed out.
    """
    number = number_of(seed, assignment.name, student)
    copy = student_copy(assignment.varied(number))
    copy.metadata["crossentropy"].update(variant=number, student=student)
    return copy


def refuse_stub_that_raises(assignment: Assignment, copy: NotebookNode) -> None:
    """Execute a student copy as it is handed out.

    Raises
    ------
    ValueError
        If a cell raises, or the kernel dies.
    """
    with TemporaryDirectory() as folder:
        executed = execute(copy, Path(folder), STUB_SECONDS)
    raised = (
        f"cell {cell.id!r} of the student copy raises {output.ename}: {output.evalue}"
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    )
    _refuse(assignment, raised)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive: the same files give the same bytes, today and elsewhere.

    Parameters
    ----------
    files : mapping of str to bytes
        What is in it, by name.
    """
    archive = BytesIO()
    # Stored, not deflated: the bytes that zlib makes of a file differ from build to build.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as writer:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name)  # its time stamp is 1980, the first that a zip can hold
            entry.create_system = 3  # the archive says Unix, also where it is made on Windows
            entry.external_attr = 0o644 << 16
            writer.writestr(entry, content)
    return archive.getvalue()


def _read_master(assignment: Assignment) -> NotebookNode:
    with warnings.catch_warnings():
        # nbformat warns, and gives the cell a random id: another one each time.
        for kind in (DuplicateCellId, MissingIDFieldWarning):
            warnings.simplefilter("error", kind)
        try:
            return assignment.master()
        except (DuplicateCellId, MissingIDFieldWarning) as error:
            raise ValueError(f"{assignment.path}: {error}") from error


def _refuse(assignment: Assignment, faults: Iterator[str]) -> None:
    if found := list(faults):
        raise ValueError(f"{assignment.path}: {'; '.join(found)}")


def _faults(master: NotebookNode) -> Iterator[str]:
    """Yield what is wrong with a master that `load` did not look at."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in master.cells]
    points = sum(float(mark["points"]) for mark in marks if mark.get("grade"))
    if points != POINTS:
        yield f"its points sum to {points:g}, not to {POINTS}"
    if not any(mark.get("grade") and mark.get("solution") for mark in marks):
        yield "it has no written answer, a cell that is graded and a solution"
    if not any(mark.get("grade") and not mark.get("solution") for mark in marks):
        yield "it has no test cell, a cell that is graded and no solution"
    for cell, mark in zip(master.cells, marks, strict=True):
        if mark.get("solution") and BEGIN not in cell.source:
            # Without markers nbgrader replaces the whole cell: the task, the rubric, the stub.
            yield f"solution cell {cell.id!r} has no '### {BEGIN}'"


def _leaks(assignment: Assignment, master: NotebookNode, copy: NotebookNode) -> Iterator[str]:
    """Yield what a student copy gives away, in its cells or anywhere else in the file."""
    solution, rest = _lines_of(master)
    lines = {line.strip() for text in _strings(copy) for line in text.splitlines()}
    for line in sorted((solution - rest) & lines):
        yield f"the student copy holds the line {line!r} of a solution"
    for marker in MARKERS:
        if any(marker in line for line in lines):
            yield f"the student copy holds {marker!r}"
    for test in assignment.tests:
        if any(test.about in line for line in lines):
            yield f"the student copy holds what a hidden test is about: {test.about!r}"


def _lines_of(master: NotebookNode) -> tuple[set[str], set[str]]:
    """Return the lines inside and outside of the solution regions of a master."""
    solution: set[str] = set()
    rest = {""}
    for cell in master.cells:
        lines = rest
        for line in cell.source.splitlines():
            if BEGIN in line or END in line:
                lines = solution if BEGIN in line else rest
            else:
                lines.add(line.strip())
    return solution, rest


def _strings(node: Any) -> Iterator[str]:
    """Yield every text below a node: sources, and metadata, outputs and attachments as well."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        yield from (text for value in node.values() for text in _strings(value))
    elif isinstance(node, list):
        yield from (text for value in node for text in _strings(value))


def _contents(assignments: list[Assignment]) -> Iterator[tuple[str, bytes]]:
    for assignment in assignments:
        copy = student_copy(assignment)
        refuse_stub_that_raises(assignment, copy)
        print(f"{assignment.name}: {POINTS} points, checked", flush=True)
        yield f"{assignment.name}.ipynb", _text(copy)


def _text(copy: NotebookNode) -> bytes:
    return f"{nbformat.writes(copy)}\n".encode()


def named_in(path: Path) -> list[str]:
    """Return the students that a file names: a roster, or a text file with one a line.

    Raises
    ------
    ValueError
        If it names nobody, or two alike, or somebody as no folder can be called.
    """
    names = _lines(path) if path.suffix == ".txt" else sorted(read_roster(path).keys)
    if not names:
        raise ValueError(f"{path}: it names nobody")
    seen: dict[str, str] = {}
    for name in names:
        if (first := seen.setdefault(squash(name) or name, name)) is not name:
            raise ValueError(f"{path}: {first!r} and {name!r} are too much alike")
        if Path(name).name != name or name == ".." or not name.isprintable():
            raise ValueError(f"{path}: no folder can be called {name!r}")
    return names


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ValueError(f"{path}: it cannot be read: {problem}") from None
    return [line.strip() for line in lines if line.strip()]


def _of_students(
    assignments: Sequence[Assignment],
    students: Sequence[str],
    seed: int,
    files: Mapping[str, bytes],
) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield each student's notebooks: the variants, and what everybody gets."""
    differing = [assignment for assignment in assignments if assignment.vary is not None]
    for place, student in enumerate(students):
        own = {}
        for assignment in differing:
            copy = copy_for(student, assignment, seed)
            if not place:  # to execute all of them would take hours
                refuse_stub_that_raises(assignment, copy)
            own[f"{assignment.name}.ipynb"] = _text(copy)
        yield student, {**files, **own}


def _write_students(folder: Path, students: Iterable[tuple[str, dict[str, bytes]]]) -> None:
    """Write the notebooks of each student into a folder of its own, and a zip of them."""
    for student, files in students:
        home = folder / student
        home.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (home / name).write_bytes(content)
        (folder / f"{student}.zip").write_bytes(zipped(files))


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / Path(name).stem / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        (folder / f"{path.stem}.zip").write_bytes(zipped({name: content}))
    (folder / "all.zip").write_bytes(zipped(files))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_folder(parser, "assignments", "where the masters are")
    add_folder(parser, "classroom", "what is written goes into its release/")
    parser.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="who is in the class: each gets another variant. What Canvas or Moodle exports, or a "
        "file of names, one a line, that ends in .txt",
    )


def main(arguments: argparse.Namespace) -> int:
    """Write the student copies and their archives, all of them or none."""
    assignments = all_assignments(arguments.assignments)
    if not assignments:
        raise ValueError(f"there is no assignment in {arguments.assignments}")
    students = named_in(arguments.roster) if arguments.roster else []
    files = dict(_contents(assignments))
    seed = read_seed(arguments.classroom) if students else 0
    own = list(_of_students(assignments, students, seed, files))
    release = arguments.classroom / "release"
    _write(release, files)
    _write_students(release / "students", own)
    configure(arguments.classroom, arguments.assignments)
    print(f"The student copies: {release.resolve()}")
    return 0
