"""``regrade``: show what a student asks about, and change its points with a reason.

A question is named by the code on the student's feedback page. Without codes, those are shown whose
points were changed and whose work is another since.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

from crossentropy_classroom._files import add_folder, printable, read_seed
from crossentropy_classroom.assignments import all_assignments
from crossentropy_classroom.changes import change, latest, unsettled
from crossentropy_classroom.codes import code_of, read_code
from crossentropy_classroom.feedback import losses
from crossentropy_classroom.gradebook import Graded, existing, graded
from crossentropy_classroom.notebooks import grade_id
from crossentropy_classroom.result import home, read_results
from crossentropy_classroom.written import own_cells

__all__ = ["add_arguments", "asked", "main", "show"]

# Lines of a cell, or of what it printed, that are shown. The feedback page shows the rest.
MOST_LINES = 60


def asked(questions: Sequence[Graded], codes: Sequence[str], seed: int) -> dict[str, Graded]:
    """Return the questions that codes stand for, by code, in the order of the codes.

    Parameters
    ----------
    questions : sequence of Graded
        All questions of the gradebook.
    codes : sequence of str
        The codes, as somebody typed them.
    seed : int
        What they are made from.

    Raises
    ------
    ValueError
        If one of them is none, or stands for no question here; it is named.
    """
    own = [code_of(seed, each.student, each.assignment, each.cell) for each in questions]
    known = dict(zip(own, questions, strict=True))
    wanted = [read_code(typed) for typed in codes]
    for code in wanted:
        if own.count(code) != 1:  # two are possible, and as likely as a meteorite
            raise ValueError(f"{code} stands for {own.count(code) or 'no'} questions of this class")
    return {code: known[code] for code in wanted}


def show(
    classroom: Path, code: str, question: Graded, problem: str, found: Sequence[str]
) -> Iterator[str]:
    """Yield the lines of a case: the points, the student's own cells, and what was found.

    Parameters
    ----------
    classroom : Path
        Where the graded notebook is.
    code : str
        The code of the question.
    question : Graded
        The question.
    problem : str
        Why the notebook could not be graded, or "".
    found : sequence of str
        What the points were lost for.
    """
    student, name = question.student, question.assignment
    yield f"{code}: {question.cell} of {name}, {printable(student)}"
    page = classroom / "feedback" / student / f"{name}.html"
    yield f"  page: {printable(str(page))}#{code}"
    if problem:
        yield f"  what was handed in last could not be graded: {printable(problem)}"
        return
    notebook = nbformat.read(home(classroom, student, name) / f"{name}.ipynb", as_version=4)
    place = [grade_id(cell) for cell in notebook.cells].index(question.cell)
    for cell in own_cells(notebook, place):
        yield "  the student's cell:"
        yield from _indented(cell.source)
    for output in notebook.cells[place].get("outputs", []):
        yield "  what its test said:"
        yield from _indented(output.get("text") or output.get("evalue", ""))
    yield from (f"  points were lost for: {each}" for each in found)
    machine = "nothing" if question.auto is None else f"{question.auto:g}"
    hand = "nobody has" if question.manual is None else f"a person gave {question.manual:g}"
    yield f"  the machine gave {machine}, {hand}: {question.points:g} of {question.max:g} points"
    if question.pending:
        yield "  somebody has to look at it"


def _indented(text: str) -> Iterator[str]:
    # What is not printable could command the teacher's terminal.
    lines = text.rstrip().expandtabs(4).split("\n")
    yield from (f"    | {printable(line)}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"    ... and {len(lines) - MOST_LINES} lines more"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("codes", nargs="*", help="the codes, or files with a code in each line")
    parser.add_argument("--points", type=float, help="the new points, for one code")
    parser.add_argument("--reason", default="", help="why, for the student")
    add_folder(parser, "assignments", "where it is said what each test is about")
    add_folder(parser, "classroom", "where the gradebook and the results are")


def main(arguments: argparse.Namespace) -> int:
    """Show each case, and ask for its points if there is somebody to ask."""
    classroom, seed = arguments.classroom, read_seed(arguments.classroom)
    codes = [code for given in arguments.codes for code in _codes(given)]
    if arguments.points is not None and len(codes) != 1:
        raise ValueError(f"--points is for one code; here are {len(codes)}")
    known = {each.name: each for each in all_assignments(arguments.assignments)}
    results = {(each.student, each.assignment): each for each in read_results(classroom)}
    changed = 0
    with existing(classroom) as gradebook:
        if codes:
            cases = asked(graded(gradebook), codes, seed)
        else:
            waiting = unsettled(gradebook)
            cases = {code_of(seed, w.student, w.assignment, w.cell): w for w in waiting}
        for code, question in cases.items():
            result = results.get((question.student, question.assignment))
            if result is None or question.assignment not in known:
                raise ValueError(f"{code}: {question.assignment} is not here; grade it again")
            lost = losses(result, known[question.assignment]).get(question.cell, [])
            before = latest(gradebook).get((question.student, question.assignment, question.cell))
            print("\n".join(show(classroom, code, question, result.problem, lost)))
            if before:
                print(f"  changed before, to {before.points:g}: {before.reason}")
            if arguments.points is not None:
                change(gradebook, question, arguments.points, arguments.reason)
                changed += 1
            elif sys.stdin.isatty():
                changed += _ask(gradebook, question)
            print()
    print(f"Questions: {len(cases)}. Changed: {changed}.{' Now: make feedback' if changed else ''}")
    return 0


def _codes(given: str) -> list[str]:
    """Return the codes in a file, the first word of each line; or the one that was given."""
    try:
        lines = Path(given).read_text("utf-8-sig").splitlines()
    except OSError:
        return [given]
    return [line.split()[0] for line in lines if line.strip()]


def _ask(gradebook: Any, question: Graded) -> bool:
    """Ask for the points until they can be written; return whether any were."""
    while points := input(f"New points, up to {question.max:g} (Enter: they stay): ").strip():
        try:
            change(gradebook, question, float(points), input("The reason, for the student: "))
            return True
        except ValueError as problem:
            print(problem)
    return False
