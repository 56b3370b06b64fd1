"""Who is in the class: the table that a learning management system exports.

======================  ===========================================================================
Canvas, *Export*        ``Student`` (or ``LastName``, ``FirstName``), ``ID``, ``SIS User ID``,
of the gradebook        ``SIS Login ID``, ``Section``, and ``title (id)`` for each assignment; below
                        it rows that are no student's, one with ``Points Possible``
Moodle, *Download       ``Identifier`` (``Participant 123``, as in the names of downloaded folders),
grading worksheet*      ``Full name``, ``Email address``, ``Grade``, ``Maximum Grade``,
                        ``Last modified (submission)``, ``Feedback comments``; for one assignment
Moodle, *Export* of     ``First name``, ``Last name``, ``ID number``, ``Email address``, and
grades or participants  ``Assignment: title (Real)`` for each assignment, if there are any
======================  ===========================================================================

The columns are those of Canvas's own exporter and importer, ``lib/gradebook_exporter.rb`` and
``lib/gradebook_importer.rb`` (https://github.com/instructure/canvas-lms), of Moodle's
``mod/assign/feedback/offline/importgradeslib.php`` (https://github.com/moodle/moodle), and of
https://docs.moodle.org/en/Grade_import. Moodle writes their names in the language of who exports.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crossentropy_classroom._files import few
from crossentropy_classroom.names import Sender

__all__ = ["Roster", "Student", "parse_roster", "read_roster"]

CANVAS, WORKSHEET, MOODLE = "canvas", "worksheet", "moodle"

# What Canvas writes into the first cell of a row with the most points of each assignment.
POINTS_POSSIBLE = "Points Possible"
# What it writes into the cells of a row that says which grades are hidden.
HIDDEN = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
# A name that begins with "=" is written by Canvas as a formula that returns it.
FORMULA = re.compile(r'="(.*)"')

SURNAMES = ("Last name", "Surname")
# Columns whose value is one student's only, the best first: the name of a second student of the
# same name is told apart by it.
OWN = {
    CANVAS: ("SIS Login ID", "SIS User ID", "ID"),
    WORKSHEET: ("Username", "Email address", "ID number", "Identifier"),
    MOODLE: ("Username", "Email address", "ID number"),
}

# Signs that a folder's name cannot have, or that would be taken for more than a name on a page.
NOT_IN_NAMES = set('/\\<>"`')
LONGEST_NAME = 80


@dataclass(frozen=True)
class Student:
    """A student of the roster.

    Parameters
    ----------
    key : str
        What the classroom calls the student: the name; of two with one name, with what tells them
        apart.
    number : str
        The number in the names of downloaded files, or "".
    own : frozenset of str
        What is this student's only: login, number, address.
    names : frozenset of str
        How the name may be written in a file's name.
    cells : dict of str to str
        The student's row, by column.
    """

    key: str
    number: str
    own: frozenset[str]
    names: frozenset[str]
    cells: dict[str, str]


@dataclass(frozen=True)
class Roster:
    """The students of a class.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    kind : str
        ``canvas``, ``worksheet`` or ``moodle``.
    header : list of str
        The names of the columns.
    possible : dict of str to str
        Canvas's row of the most points of each assignment, by column; empty if there is none.
    students : list of Student
        The students, in their order.
    """

    name: str
    kind: str
    header: list[str]
    possible: dict[str, str]
    students: list[Student]

    @cached_property
    def keys(self) -> frozenset[str]:
        """What the classroom calls its students."""
        return frozenset(student.key for student in self.students)

    def came(self, by: Sender | None) -> str:
        """Return when the work in a folder came, as Moodle writes it into its worksheet; or "".

        A worksheet is of one assignment. Whether it is this one, the folder's number says.
        """
        if self.kind != WORKSHEET or by is None or not by.number:
            return ""
        found = (each for each in self.students if each.number == by.number)
        return next((each.cells.get("Last modified (submission)", "") for each in found), "")

    @cached_property
    def _rungs(self) -> tuple[dict[str, list[Student]], ...]:
        """By what a student is found, the surest first."""
        rungs: tuple[dict[str, list[Student]], ...] = ({}, {}, {})
        for student in self.students:
            spelled: Iterable[Iterable[str]] = ([student.key], student.own, student.names)
            for rung, texts in zip(rungs, spelled, strict=True):
                for text in texts:
                    rung.setdefault(text, []).append(student)
        return rungs

    def student(self, by: Sender) -> Student:
        """Return who sent a file or a folder.

        Parameters
        ----------
        by : Sender
            What a system, or the student's folder, says of it.

        Raises
        ------
        ValueError
            If it is nobody on the roster, or may be several; the message goes on from the name.
        """
        squashed = squash(by.student)
        if by.number:
            numbered = [each for each in self.students if each.number == by.number]
            # Moodle puts the name of the group before that of the student.
            if named := [each for each in numbered if squashed.endswith(tuple(each.names))]:
                return named[0]
            if numbered:
                raise ValueError(f"has the number of {numbered[0].key}, and another name")
        for rung, text in zip(self._rungs, (by.student, folded(by.student), squashed), strict=True):
            found = rung.get(text, [])
            if len(found) == 1:
                return found[0]
            if found:
                several = few([each.key for each in found], ", ")
                raise ValueError(f"may be one of several on the roster: {several}")
        raise ValueError("is nobody on the roster")


def folded(text: str) -> str:
    """Return a text as two are compared that differ in capitals or in how letters are encoded."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def squash(name: str) -> str:
    r"""Return the letters and digits of a name, which is what systems leave of it in file names.

    Examples
    --------
    >>> squash("O'Brien, Zoe\u0308") == squash("obrienzoë")
    True
    """
    return "".join(c for c in folded(name) if unicodedata.category(c)[0] in "LMN")


def read_roster(path: Path) -> Roster:
    """Read a roster.

    Raises
    ------
    ValueError
        If it is none. The message names the row and the column; rows are counted from 1, with the
        header, as a spreadsheet counts them.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise ValueError(f"{path}: the roster cannot be read: {problem.strerror}") from None
    try:
        return parse_roster(data.decode("utf-8-sig"), path.name)
    except UnicodeDecodeError as problem:
        raise ValueError(
            f"{path}: byte {problem.start} is not UTF-8; export it again, and do not save it "
            "from a spreadsheet"
        ) from None


def parse_roster(text: str, name: str) -> Roster:
    """Return the roster in a text; `name` is the file's, for messages. See `read_roster`."""
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = [*csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as problem:
        raise ValueError(f"{name} is no table: {problem}") from None
    if not rows:
        raise ValueError(f"{name} is empty")
    header = [cell.strip() for cell in rows[0]]
    kind = _kind(header, name)
    twice = [column for column, count in Counter(filter(None, header)).items() if count > 1]
    if twice:
        raise ValueError(f"{name}: row 1 has the column {twice[0]!r} twice")
    possible: dict[str, str] = {}
    found: list[tuple[int, dict[str, str]]] = []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise ValueError(f"{name}: row {number} has {len(row)} cells, row 1 has {len(header)}")
        cells = dict(zip(header, row, strict=True))
        if kind == CANVAS and POINTS_POSSIBLE in row[0]:
            possible = cells
        elif kind != CANVAS or not all(HIDDEN.fullmatch(cell) for cell in row):
            found.append((number, cells))
    if not found:
        raise ValueError(f"{name} has no student")
    _check(kind, found, name)
    keys = _keys(kind, [cells for _, cells in found], name)
    students = [_student(kind, key, cells) for key, (_, cells) in zip(keys, found, strict=True)]
    return Roster(name, kind, header, possible, students)


def _kind(header: Sequence[str], name: str) -> str:
    """Return which system a header is of; ValueError names the column that is missing."""
    has = set(header)
    if "Identifier" in has:
        kind, needed = WORKSHEET, ["Grade"]
    elif has & {"Student", "LastName", "SIS Login ID", "SIS User ID"}:
        names = ["LastName", "FirstName"] if "LastName" in has else ["Student"]
        kind, needed = CANVAS, [*names, "ID", "Section"]
    elif has & {"First name", "Full name", *SURNAMES}:
        kind = MOODLE
        needed = [] if "Full name" in has else ["First name"]
        if "Full name" not in has and not has & {*SURNAMES}:
            needed.append("Last name")
        if not has & {*OWN[MOODLE]}:
            needed.append("Email address")
    else:
        shown = few([repr(column) for column in header], ", ")
        raise ValueError(
            f"{name}: row 1 is the header of no roster. Canvas's has 'Student', 'ID' and "
            "'Section'; Moodle's, exported in English, has 'Identifier' and 'Grade', or "
            f"'First name', 'Last name' and 'Email address'. It has {shown}"
        )
    if missing := [column for column in needed if column not in has]:
        raise ValueError(f"{name}: row 1 has no column {missing[0]!r}")
    return kind


def _check(kind: str, found: Sequence[tuple[int, dict[str, str]]], name: str) -> None:
    """Raise ValueError for a student without a name or a number, or with another's."""
    seen: dict[tuple[str, str], int] = {}
    for number, cells in found:
        where = f"{name}: row {number}"
        if not _name(kind, cells):
            raise ValueError(f"{where}: the student has no name")
        if kind == CANVAS and not cells["ID"].strip().isdecimal():
            raise ValueError(f"{where}: 'ID' is {cells['ID']!r}, and not a whole number")
        if kind == WORKSHEET and not _number(kind, cells):
            shown = cells["Identifier"]
            raise ValueError(f"{where}: 'Identifier' is {shown!r}, and does not end in a number")
        for column in OWN[kind]:
            value = folded(cells.get(column, ""))
            if value and (first := seen.setdefault((column, value), number)) != number:
                raise ValueError(f"{where}: {column!r} is {cells[column]!r}, as in row {first}")


def _name(kind: str, cells: dict[str, str]) -> str:
    """Return a student's name as the system shows it."""
    if kind == CANVAS:
        names = [cells[column].strip() for column in ("LastName", "FirstName") if column in cells]
        shown = ", ".join(filter(None, names)) if names else cells["Student"].strip()
        quoted = FORMULA.fullmatch(shown)
        return quoted[1] if quoted else shown
    if full := cells.get("Full name", "").strip():
        return full
    names = [cells.get(column, "").strip() for column in ("First name", *SURNAMES)]
    return " ".join(filter(None, names)) or cells.get("Identifier", "").strip()


def _number(kind: str, cells: dict[str, str]) -> str:
    """Return the number by which the system names a student's files, or ""."""
    if kind == CANVAS:
        return cells["ID"].strip()
    found = re.search(r"\d+$", cells.get("Identifier", "").strip())
    return found[0] if found else ""


def _keys(kind: str, rows: Sequence[dict[str, str]], name: str) -> list[str]:
    """Return what the classroom calls each student."""
    plain = [_as_folder(_name(kind, cells)) for cells in rows]
    count = Counter(map(folded, plain))
    keys = []
    for key, cells in zip(plain, rows, strict=True):
        if count[folded(key)] > 1:
            own = next(filter(None, (cells.get(column, "").strip() for column in OWN[kind])), "")
            key = f"{key} ({_as_folder(own)})"
        keys.append(key)
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        raise ValueError(
            f"{name}: two students are called {twice[0]}, and nothing tells them apart"
        )
    return keys


def _as_folder(name: str) -> str:
    """Return a name that a folder may have."""
    signs = [c if c.isprintable() and c not in NOT_IN_NAMES else "_" for c in name]
    kept = unicodedata.normalize("NFC", "".join(signs))[:LONGEST_NAME].strip()
    return f"_{kept[1:]}" if kept.startswith(".") else kept


def _student(kind: str, key: str, cells: dict[str, str]) -> Student:
    own = {folded(cells.get(column, "")) for column in OWN[kind]} - {""}
    return Student(
        key,
        _number(kind, cells),
        frozenset(own),
        frozenset(map(squash, _spellings(_name(kind, cells), cells))) - {""},
        cells,
    )


def _spellings(name: str, cells: dict[str, str]) -> Iterator[str]:
    """Yield a name in both orders, and what stands for it where names are hidden."""
    yield name
    last, comma, first = name.partition(",")
    if comma:
        yield f"{first} {last}"
    given, family = (
        cells.get("First name", ""),
        next((cells[c] for c in SURNAMES if c in cells), ""),
    )
    yield f"{family} {given}"
    yield cells.get("Identifier", "")
    # Students name folders by what stands before the @ of their address.
    for column in ("Email address", "SIS Login ID"):
        yield cells.get(column, "").partition("@")[0]
