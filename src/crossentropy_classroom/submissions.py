"""What students handed in: found, identified by its content, and every file accounted for.

A folder of submissions holds a folder for each student, with notebooks at any depth; or the files
of a learning management system, whose names say whose they are (`names`). If its only folder is
called ``submitted``, as nbgrader's is, that one is meant. It is only read, and no symbolic link in
it is followed.

A notebook is known by its cells and not by its name: by their ``grade_id``, else by their id, else
by the source of those that were not to be edited. Of several of one assignment, those that are as
they were handed out go, and then the newest is graded. The others are named.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nbformat import NotebookNode

from crossentropy_classroom._files import few, printable
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.names import Sender, copy_number, sender
from crossentropy_classroom.notebooks import TOO_LARGE, grade_id, parse, plain, without_outputs
from crossentropy_classroom.roster import Roster

__all__ = ["NOT_HANDED_IN", "Submission", "find"]

ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar")

# What may be an answer written by hand, and is drawn.
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".pdf")

# What may be one, too, and a person has to open.
DOCUMENTS = (
    *(".heic", ".heif", ".avif", ".jp2", ".svg", ".djvu", ".ps", ".eps"),
    *(".doc", ".docx", ".odt", ".rtf", ".pages", ".ppt", ".pptx", ".odp", ".key"),
    *(".xls", ".xlsx", ".ods", ".numbers", ".one"),
    *(".txt", ".md", ".tex", ".html", ".htm", ".rst", ".org"),
)

# Documents in which no answer is, by their names before the ending.
NO_ANSWERS = ("readme", "license", "requirements")

# What a system leaves in folders, and nobody wrote.
LEFT_BY_SYSTEMS = {
    "__MACOSX",
    "__pycache__",
    ".git",
    ".ipynb_checkpoints",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
}

# How deep folders are looked into, and how many files of a student are.
DEEPEST, MOST_FILES = 12, 2_000

# Bytes of all pictures beside a notebook that are shown, and how many those are.
MOST_PICTURED, MOST_PICTURES = 40 << 20, 12

# The problem of a submission that nobody handed in.
NOT_HANDED_IN = "not handed in"

# A notebook is of an assignment if it has this share of the assignment's marked cells, at least.
SHARE = 1 / 3

# Seconds that two files are apart, if their time stamps say which is newer: a zip rounds to two.
APART = 2.0


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
    attention : tuple of str
        What of the files a person should look at.
    pictures : tuple of Path
        The pictures and documents beside it, which may be answers.
    also : tuple of str
        The other files that were handed in.
    problem : str
        Why it cannot be graded, or "".
    """

    student: str
    assignment: str
    file: Path | None = None
    repairs: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    pictures: tuple[Path, ...] = ()
    also: tuple[str, ...] = ()
    problem: str = ""

    def read(self) -> bytes:
        """Return what was handed in, but no outputs; ValueError if it can be read no more."""
        if self.file is None:
            raise ValueError(self.problem)
        return without_outputs(_bytes(self.file)[0])

    def beside(self) -> tuple[tuple[str, bytes], ...]:
        """Return the pictures beside the notebook, by name; without content, if it is too much."""
        read, left = [], MOST_PICTURED
        for number, path in enumerate(self.pictures):
            try:
                data = _bytes(path, left)[0] if number < MOST_PICTURES else b""
            except ValueError:
                data = b""
            left -= len(data)
            read.append((printable(path.name), data))
        return tuple(read)


@dataclass(frozen=True)
class _File:
    """A file of a student: which assignment it is of, or why it cannot be read.

    `name` is its own without what a learning management system made of it; `content` is the same
    for notebooks whose cells are; `worked` says whether anything is not as it was handed out.
    """

    path: Path
    shown: str
    name: str
    content: bytes = b""
    assignment: str = ""
    modified: float = 0.0
    worked: bool = False
    problem: str = ""

    @property
    def stem(self) -> str:
        return self.name.removesuffix(".ipynb")

    @property
    def may_be_answer(self) -> bool:
        """Whether an answer may be written in it, though it is no notebook."""
        if self.content:
            return False
        is_document = self.ends(DOCUMENTS) and Path(self.name.lower()).stem not in NO_ANSWERS
        return self.ends(PICTURES) or is_document

    def ends(self, endings: tuple[str, ...]) -> bool:
        return self.name.lower().endswith(endings)


def find(
    root: Path,
    assignments: Sequence[Assignment],
    only: Sequence[str] = (),
    roster: Roster | None = None,
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
    roster : Roster, optional
        Who is in the class. Each of them has a submission of each assignment, even if there is
        none; and whoever is not on it is said to be.

    Returns
    -------
    list of Submission
        One for each student and each of these assignments, and one for whatever lies where a
        student's folder should.

    Raises
    ------
    ValueError
        If it is no folder of submissions.
    """
    if not root.is_dir():
        raise ValueError(f"{root}: there is no such folder of submissions")
    entries = _entries(root, root)
    folders = [path.name for path in entries if path.is_dir() and not path.name.startswith(".")]
    if folders == ["submitted"]:
        root = root / "submitted"
        entries = _entries(root, root)
    _refuse_teachers(root)
    names = [assignment.name for assignment in assignments]
    strays: list[Submission] = []
    sent: list[tuple[Sender, Path]] = []
    for entry in entries:
        by = sender(entry.name, names)
        if problem := _stray(entry, by):
            strays.append(Submission(printable(entry.name), "", problem=problem))
        else:
            sent.append((by or Sender(entry.name, "", ""), entry))
    students: dict[str, list[_File]] = {}
    called, outside = _on_roster([by for by, _ in sent], roster)
    for student, (by, entry) in zip(called, sent, strict=True):
        own = students.setdefault(student, [])
        if entry.is_dir():
            own += _files(entry, root, assignments)
        else:
            own.append(_file(entry, root, assignments, by.rest))
    _refuse_others(root, students, assignments)
    handed_in = {n for files in students.values() for f in files for n in (f.assignment, f.stem)}
    wanted = [name for name in names if name in (only or handed_in)]
    alike = _alike(students)
    if roster is not None:
        students |= {key: [] for key in sorted(roster.keys - students.keys())}
    found = [_choose(s, name, files) for name in wanted for s, files in students.items()]
    return strays + [
        replace(
            each,
            attention=(
                *outside.get(each.student, ()),
                *alike.get(each.student, ()),
                *each.attention,
            ),
        )
        for each in found
    ]


def _entries(folder: Path, root: Path) -> list[Path]:
    """Return what is in a folder, in order, without what a system left there."""
    return sorted(path for path in folder.iterdir() if not _of_system(path, root))


def _of_system(path: Path, root: Path) -> bool:
    """Return whether a system left something that nobody looks for.

    A folder of submissions has a line for each of its folders: there, only files go unsaid.
    """
    named = path.name in LEFT_BY_SYSTEMS or path.name.startswith("._")
    return named and (path.parent != root or not path.is_dir() or path.is_symlink())


def _stray(entry: Path, by: Sender | None) -> str:
    """Say why something is of no student, or return ""."""
    if entry.is_symlink():
        return "a symbolic link, which is not followed"
    if entry.is_dir():
        if entry.name in LEFT_BY_SYSTEMS or entry.name.startswith("."):
            return "a folder that is no student's: it was skipped"
        return "" if _is_name(entry.name) else "the folder's name has signs that no student's has"
    if by is not None and _is_name(by.student):
        return ""
    if entry.name.lower().endswith(ARCHIVES):
        return "an archive: unpack it, one folder for each student"
    return "not in a folder of a student"


def _is_name(name: str) -> bool:
    """Return whether a student may be called so: spaces of every width, and joiners, are in names.

    Persian and Sinhala are not spelled without joiners.
    """
    seen = "".join(" " if unicodedata.category(c) == "Zs" else c for c in name)
    seen = _without_joiners(seen).strip()
    return bool(seen) and seen.isprintable() and not set(seen) & set('<>"`')


def _without_joiners(name: str) -> str:
    return name.replace("\u200c", "").replace("\u200d", "")


def _distinct(senders: Sequence[Sender]) -> list[str]:
    """Return the students' names, with a number where two are called the same."""
    numbers = {(by.student, by.number) for by in senders}
    count = Counter(student for student, _ in numbers)
    return [
        f"{by.student}_{by.number}" if by.number and count[by.student] > 1 else by.student
        for by in senders
    ]


def _on_roster(
    senders: Sequence[Sender], roster: Roster | None
) -> tuple[list[str], dict[str, tuple[str]]]:
    """Return what the students are called, and what there is to say of those who are not on it."""
    names = _distinct(senders)
    outside: dict[str, tuple[str]] = {}
    if roster is None:
        return names, outside
    for place, (name, by) in enumerate(zip(names, senders, strict=True)):
        try:
            names[place] = roster.student(by).key
        except ValueError as problem:
            outside[name] = (f"{printable(name)} {problem}",)
    return names, outside


def _alike(students: Iterable[str]) -> dict[str, tuple[str]]:
    """Return what there is to say of students whose names read the same."""
    read: dict[str, list[str]] = {}
    for student in students:
        name = unicodedata.normalize("NFKC", _without_joiners(student))
        read.setdefault(" ".join(name.split()), []).append(student)
    return {
        student: ("another folder's name reads the same: is it the same student's?",)
        for group in read.values()
        if len(group) > 1
        for student in group
    }


def _refuse_teachers(root: Path) -> None:
    """Raise ValueError for a folder that is the teacher's own."""
    if (root / "gradebook.db").exists():
        raise ValueError(f"{root} is a classroom, and no folder of submissions")
    if any(root.glob("*/hidden.py")):
        raise ValueError(f"{root} holds the masters, and no submissions")


def _refuse_others(
    root: Path, students: dict[str, list[_File]], assignments: Sequence[Assignment]
) -> None:
    """Raise ValueError for a folder that holds no submissions, or all of them one folder down."""
    if not students:
        raise ValueError(f"{root} holds no folder of a student: is it a student's own?")
    files = [file for own in students.values() for file in own]
    notebooks = [file for file in files if ".ipynb" in file.name.lower() and not file.problem]
    if not notebooks and not any(file.problem for file in files):
        raise ValueError(f"{root}: there is no notebook in it")
    if notebooks and not any(file.assignment or file.problem for file in files):
        known = ", ".join(assignment.name for assignment in assignments)
        raise ValueError(f"{root}: none of its {len(notebooks)} notebooks is of {known}")
    if len(students) == 1:
        (only,) = students
        below = {
            (file.assignment, file.path.relative_to(root).parts[1])
            for file in notebooks
            if file.assignment and len(file.path.relative_to(root).parts) > 2
        }
        most = Counter(name for name, _ in below)
        if most and max(most.values()) > 2:
            raise ValueError(
                f"{root} has one folder only, with the work of several: is {root / only} the one "
                "that holds the students' folders?"
            )


def _files(folder: Path, root: Path, assignments: Sequence[Assignment]) -> list[_File]:
    """Return a student's files: notebooks, and whatever else is there."""
    found: list[_File] = []
    for file in _walk(folder, root, assignments, DEEPEST):
        if len(found) == MOST_FILES:
            shown = printable(folder.name)
            problem = f"holds more than {MOST_FILES} files; the others were not looked at"
            return [*found, _File(folder, shown, folder.name, problem=problem)]
        found.append(file)
    return found


def _walk(
    folder: Path, root: Path, assignments: Sequence[Assignment], depth: int
) -> Iterator[_File]:
    shown = printable(folder.relative_to(root).as_posix())
    try:
        entries = _entries(folder, root)
    except OSError as problem:
        yield _File(folder, shown, folder.name, problem=f"cannot be read: {problem.strerror}")
        return
    for path in entries:
        if path.is_symlink() or not path.is_dir():
            yield _file(path, root, assignments)
        elif depth:
            yield from _walk(path, root, assignments, depth - 1)
        else:
            here = printable(path.relative_to(root).as_posix())
            yield _File(path, here, path.name, problem="lies too deep: it was not looked into")


def _file(path: Path, root: Path, assignments: Sequence[Assignment], name: str = "") -> _File:
    name = name or path.name
    file = _File(path, printable(path.relative_to(root).as_posix()), name)
    if path.is_symlink():
        return replace(file, problem="is a symbolic link, which is not followed")
    if file.ends(ARCHIVES):
        return replace(file, problem="is an archive, which is not unpacked")
    # A notebook that a browser has printed keeps its name in that of the PDF.
    is_notebook = ".ipynb" in name.lower() and not file.ends(PICTURES)
    return _read(file, assignments) if is_notebook else file


def _read(file: _File, assignments: Sequence[Assignment]) -> _File:
    try:
        data, modified = _bytes(file.path)
        notebook = parse(data)
        found = _identify(notebook, file.name, assignments)
    except Exception as problem:  # of any kind: the other files are read
        text = str(problem) if isinstance(problem, ValueError) else repr(problem)
        return replace(file, problem=text[:200])
    cells = [
        (cell.cell_type, plain(cell.source), cell.get("attachments")) for cell in notebook.cells
    ]
    number = notebook.metadata.get("crossentropy", {}).get("variant")
    released = next((a.varied(number).sources for a in assignments if a.name == found), frozenset())
    return replace(
        file,
        content=hashlib.sha256(repr(cells).encode()).digest(),
        assignment=found,
        modified=modified,
        worked=any(source and source not in released for _, source, _ in cells),
    )


def _bytes(path: Path, most: int = TOO_LARGE) -> tuple[bytes, float]:
    """Return what is in a file, and when it was written."""
    try:
        # Since it was listed the file may have become a link; and opening a pipe would wait.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as problem:
        raise ValueError(f"cannot be read: {problem.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is no file")
        if status.st_size > most:
            size = status.st_size / (1 << 20)
            raise ValueError(f"is too large: {size:.0f} MB, and {most >> 20} at most")
        return file.read(most), status.st_mtime


def _identify(notebook: NotebookNode, name: str, assignments: Sequence[Assignment]) -> str:
    """Return the assignment that most of the notebook's cells are of, or ""."""
    ids = {grade_id(cell) for cell in notebook.cells} | {cell.id for cell in notebook.cells}
    sources = {plain(cell.source) for cell in notebook.cells}
    fit: dict[str, float] = {}
    for assignment in assignments:
        marked = [cell for cell in assignment.released.cells if grade_id(cell)]
        by_id = [grade_id(cell) in ids or cell.id in ids for cell in marked]
        by_source = [plain(cell.source) in sources for cell in marked]
        known = [one or other for one, other in zip(by_id, by_source, strict=True)]
        if sum(known) >= SHARE * len(marked):
            fit[assignment.name] = (sum(by_id) + sum(by_source)) / len(marked)
    best = [found for found, share in fit.items() if share == max(fit.values())]
    named = [found for found in best if name == f"{found}.ipynb"]
    return (named or best or [""])[0]


def _choose(student: str, name: str, files: Sequence[_File]) -> Submission:
    """Return the student's submission of an assignment."""
    candidates = [file for file in files if file.assignment == name]
    if not candidates:
        return Submission(student, name, problem=_missing(name, files))
    worked = [file for file in candidates if file.worked] or candidates
    chosen = _newest(worked, name)
    if chosen is None:
        paths = few([file.shown for file in worked], ", ")
        return Submission(student, name, problem=f"several notebooks of this assignment: {paths}")
    same = [file for file in candidates if file.content == chosen.content]
    chosen = next((file for file in same if file.stem == name), chosen)
    return Submission(
        student,
        name,
        chosen.path,
        tuple(_renamed(student, name, chosen)),
        tuple(_fates(chosen, name, files)),
        tuple(file.path for file in _beside(name, files)),
        tuple(_also(chosen, name, files)),
    )


def _renamed(student: str, name: str, chosen: _File) -> Iterator[str]:
    folder, _, below = chosen.shown.partition("/")
    if below and folder != printable(student):
        yield f"the folder is called {folder}"
    if chosen.path.name != f"{name}.ipynb":
        yield f"the file is called {printable(chosen.path.name)}"


def _newest(files: Sequence[_File], name: str) -> _File | None:
    """Return the newest of several notebooks, or None if nothing says which that is.

    Where their time stamps are the same, the number that a system gives to a second copy says it.
    """

    def number(file: _File) -> int:
        found = copy_number(file.stem, name)
        return -1 if found is None else found

    latest = max(file.modified for file in files)
    last = [file for file in files if file.modified > latest - APART]
    highest = max(map(number, last))
    last = [file for file in last if number(file) == highest]
    return last[0] if len({file.content for file in last}) == 1 else None


def _fates(chosen: _File, name: str, files: Sequence[_File]) -> Iterator[str]:
    """Say of each file that may hold an answer, and is not graded, why not."""
    for file in files:
        if file.assignment == name and file.worked and file.content != chosen.content:
            yield f"{file.shown} was not graded: {chosen.shown} was taken for the newer"
        elif file.problem:
            yield f"{file.shown} {file.problem}"
        elif file.content and not file.assignment:
            yield f"{file.shown} is a notebook of no assignment, and was not graded"


def _also(chosen: _File, name: str, files: Sequence[_File]) -> Iterator[str]:
    """Name the other files, in which no answer of this assignment is."""
    for file in files:
        if file.assignment == name and not file.worked and file.content != chosen.content:
            yield f"{file.shown}, as it was handed out"
        elif not file.content and not file.problem and not file.may_be_answer:
            yield file.shown


def _beside(name: str, files: Sequence[_File]) -> list[_File]:
    """Return the files that may be answers: not those that lie with another assignment."""
    others = {file.path.parent for file in files if file.assignment not in ("", name)}
    others -= {file.path.parent for file in files if file.assignment == name}
    pictures = [file for file in files if file.may_be_answer and not file.problem]
    return [file for file in pictures if file.path.parent not in others]


def _missing(name: str, files: Sequence[_File]) -> str:
    """Say why a student has no notebook of an assignment."""
    for file in files:
        if file.name == f"{name}.ipynb" and not file.problem:
            return f"{file.shown} is a notebook of {file.assignment or 'something else'}"
    if problems := [f"{file.shown} {file.problem}" for file in files if file.problem]:
        return few(problems, "; ")
    others = [file.shown for file in files if not file.assignment]
    return f"no notebook of it, only {few(others, ', ')}" if others else NOT_HANDED_IN
