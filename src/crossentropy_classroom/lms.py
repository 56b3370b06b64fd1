"""Grades as Canvas and Moodle import them: the roster's own columns, filled in.

Each system finds a student by the cells that it exported itself, so those are returned as they
came: no apostrophe is put before a name that a spreadsheet would take for a formula. A cell is a
number that somebody earned, or empty. `crossentropy_classroom.roster` says where the columns are
described. https://docs.moodle.org/en/Grade_import warns: import the feedback without the grade, and
the grades of that activity are lost. So both are written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crossentropy_classroom._files import few
from crossentropy_classroom.roster import CANVAS, POINTS_POSSIBLE, WORKSHEET, Roster, folded

__all__ = ["Mark", "as_text", "table"]

# A column of an assignment, as each system exports it.
CANVAS_COLUMN = re.compile(r"(?P<title>.+) \(\d+\)")
MOODLE_COLUMN = re.compile(r"(?P<title>.+?)(?: \((?P<shows>Real|Feedback)\))?")
# Moodle's columns that are of the student, beside those by which one is found.
OF_STUDENT = {
    *("First name", "Last name", "Surname", "Full name", "Username", "ID number"),
    *("Email address", "Institution", "Department"),
}


@dataclass(frozen=True)
class Mark:
    """What one student gets for one assignment.

    Parameters
    ----------
    points : str
        The points, or "" where there are none yet.
    feedback : str
        A sentence for the student, or "".
    """

    points: str
    feedback: str = ""


def table(
    roster: Roster,
    system: str,
    marks: Mapping[tuple[str, str], Mark],
    most: Mapping[str, float],
    columns: Mapping[str, str],
) -> list[list[str]]:
    """Return the rows that a system imports, the first with the names of its columns.

    Parameters
    ----------
    roster : Roster
        The class, as the system exported it.
    system : str
        ``canvas`` or ``moodle``.
    marks : mapping of (str, str) to Mark
        What each student gets for each assignment.
    most : mapping of str to float
        The points of each assignment that is written.
    columns : mapping of str to str
        The title in the system of an assignment that has another name there.

    Raises
    ------
    ValueError
        If the roster is of another system, lacks an assignment, or has other points for it.
    """
    if (roster.kind == CANVAS) != (system == CANVAS):
        exported = "Canvas" if roster.kind == CANVAS else "Moodle"
        raise ValueError(
            f"{roster.name} was exported by {exported}: {system} finds its students by what it "
            "exported itself"
        )
    if not most:
        raise ValueError("no assignment has been graded")
    write = {CANVAS: _canvas, WORKSHEET: _worksheet}.get(roster.kind, _moodle)
    return write(roster, marks, most, columns)


def _canvas(
    roster: Roster,
    marks: Mapping[tuple[str, str], Mark],
    most: Mapping[str, float],
    columns: Mapping[str, str],
) -> list[list[str]]:
    own = roster.header[: roster.header.index("Section") + 1]
    titles = {
        column: found["title"]
        for column in roster.header[len(own) :]
        if (found := CANVAS_COLUMN.fullmatch(column))
    }
    chosen = {name: _column(name, titles, columns.get(name), roster.name) for name in most}
    for name, column in chosen.items():
        _same_most(name, roster.possible.get(column, ""), most[name], roster.name)
    rows = [[*own, *chosen.values()]]
    possible = [f"{most[name]:g}" for name in chosen]
    first = roster.possible.get(own[0], f"    {POINTS_POSSIBLE}")
    rows.append([first, *[""] * (len(own) - 1), *possible])
    for student in roster.students:
        points = [_mark(marks, student.key, name).points for name in chosen]
        rows.append([*(student.cells[column] for column in own), *points])
    return rows


def _worksheet(
    roster: Roster,
    marks: Mapping[tuple[str, str], Mark],
    most: Mapping[str, float],
    columns: Mapping[str, str],
) -> list[list[str]]:
    if len(most) > 1:
        raise ValueError(
            f"{roster.name} is the worksheet of one assignment: say which, of {few([*most], ', ')}"
        )
    (name,) = most
    rows = [roster.header]
    for student in roster.students:
        mark, cells = _mark(marks, student.key, name), dict(student.cells)
        _same_most(name, cells.get("Maximum Grade", ""), most[name], roster.name)
        cells["Grade"] = mark.points
        if "Feedback comments" in cells and mark.feedback:
            cells["Feedback comments"] = mark.feedback
        rows.append([cells[column] for column in roster.header])
    return rows


def _moodle(
    roster: Roster,
    marks: Mapping[tuple[str, str], Mark],
    most: Mapping[str, float],
    columns: Mapping[str, str],
) -> list[list[str]]:
    own = [column for column in roster.header if column in OF_STUDENT]
    header = list(own)
    for name in most:
        there = {}
        for column in roster.header:
            found = MOODLE_COLUMN.fullmatch(column)
            if found and found["shows"] and _is_called(name, found["title"], columns.get(name)):
                there[found["shows"]] = column
        grade = there.get("Real", columns.get(name, name))
        header += [grade, there.get("Feedback", f"{grade.removesuffix(' (Real)')} (Feedback)")]
    rows = [header]
    for student in roster.students:
        given = [_mark(marks, student.key, name) for name in most]
        cells = [cell for mark in given for cell in (mark.points, mark.feedback)]
        rows.append([*(student.cells[column] for column in own), *cells])
    return rows


def _mark(marks: Mapping[tuple[str, str], Mark], student: str, name: str) -> Mark:
    return marks.get((student, name), Mark(""))


def _column(name: str, titles: Mapping[str, str], called: str | None, file: str) -> str:
    """Return the roster's column of an assignment."""
    whole = [column for column, title in titles.items() if folded(title) == folded(called or name)]
    found = whole or [c for c, title in titles.items() if _is_called(name, title, called)]
    if len(found) == 1:
        return found[0]
    there = few([repr(column) for column in found or titles], ", ") or "none"
    what = "several columns" if found else "no column"
    raise ValueError(
        f"{file}: row 1 has {what} of {name}: there is {there}. Call the assignment so in Canvas, "
        f"or give its title there with --column {name}=TITLE"
    )


def _is_called(name: str, title: str, called: str | None) -> bool:
    """Return whether an assignment's title in a system holds its name, as a word of its own."""
    wanted = re.escape(folded(called or name))
    return re.search(rf"(?<![\w-]){wanted}(?![\w-])", folded(title)) is not None


def _same_most(name: str, cell: str, most: float, file: str) -> None:
    """Raise ValueError if a system counts another number of points than the assignment has."""
    try:
        theirs = float(cell.strip().replace(",", "."))
    except ValueError:  # a scale, or nothing
        return
    if abs(theirs - most) > 1e-9:
        raise ValueError(
            f"{file}: {name} has {theirs:g} points there and {most:g} here; change it there first"
        )


def as_text(rows: Iterable[Sequence[str]]) -> str:
    r"""Return rows with commas, and quoted where needed; no cell is changed.

    Examples
    --------
    >>> as_text([["-1", "=x", "Müller, Zoë", "hm"]])
    '-1,=x,"Müller, Zoë",hm\r\n'
    """
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
