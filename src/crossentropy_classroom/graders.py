"""``graders``: who reads which written answers.

The list is dealt once and kept: run again, each goes on with what was theirs, new answers go to who
has the fewest, and what is too much for one goes to who joined.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from crossentropy_classroom._files import add_folder, as_csv, write_whole
from crossentropy_classroom.gradebook import Graded, existing, graded

__all__ = ["add_arguments", "deal", "main"]

COLUMNS = ["grader", "share", "assignment", "question", "student", "state", "address"]


def deal(
    answers: Sequence[Graded], graders: Sequence[str], by: str, before: Mapping[str, str]
) -> dict[str, str]:
    """Return the grader of each share.

    Parameters
    ----------
    answers : sequence of Graded
        The answers that a person reads.
    graders : sequence of str
        Who reads.
    by : str
        Whether a share is all of a ``"student"`` or all of a ``"question"``.
    before : mapping of str to str
        Who had which share until now.

    Returns
    -------
    dict of str to str
        The grader by share. Who has no more than an equal part keeps it all.
    """
    sizes = Counter(share_of(answer, by) for answer in answers)
    read = {share_of(answer, by) for answer in answers if not answer.pending}
    load = dict.fromkeys(graders, 0)
    dealt = {}
    # What somebody has begun to read is looked at first, so that it is the last to change hands.
    held = {share for share, grader in before.items() if grader in load}
    for share in sorted(sizes, key=lambda share: (share not in held, share not in read, share)):
        own = before.get(share, "")
        if share not in held or load[own] * len(load) >= len(answers):
            own = min(load, key=lambda grader: load[grader])
        dealt[share] = own
        load[own] += sizes[share]
    return dealt


def share_of(answer: Graded, by: str) -> str:
    """Return how the share is called that an answer is a part of."""
    if by == "student":
        return f"student {answer.student}"
    return f"question {answer.assignment}/{answer.cell}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("graders", nargs="+", help="who reads written answers")
    parser.add_argument(
        "--by",
        choices=["student", "question"],
        default="student",
        help="whether one person reads all of a student or all of a question "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--address",
        default="http://localhost:8888",
        help="where JupyterLab runs with the formgrader (default: %(default)s)",
    )
    add_folder(parser, "classroom", "where the gradebook is and graders.csv will be")


def main(arguments: argparse.Namespace) -> int:
    """Write ``graders.csv``."""
    if twice := [name for name, count in Counter(arguments.graders).items() if count > 1]:
        raise ValueError(f"{twice[0]} is there twice")
    path = arguments.classroom / "graders.csv"
    with existing(arguments.classroom) as gradebook:
        answers = [each for each in graded(gradebook) if each.auto is None]
    text = path.read_text("utf-8-sig") if path.exists() else ""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    before = {row["share"]: row["grader"].removeprefix("'") for row in rows}
    dealt = deal(answers, arguments.graders, arguments.by, before)
    table, left = defaultdict(list), Counter[str]()
    for answer in answers:
        share = share_of(answer, arguments.by)
        state = "to be read" if answer.pending else "read"
        where = f"{arguments.address.rstrip('/')}/formgrader/submissions/{answer.page}/"
        own = [share, answer.assignment, answer.cell, answer.student, state, where]
        table[dealt[share]].append([dealt[share], *own])
        left[dealt[share]] += answer.pending
    write_whole(
        path, as_csv([COLUMNS, *(row for name in arguments.graders for row in table[name])])
    )
    for name in arguments.graders:
        print(f"{name}: {len(table[name])} answers, {left[name]} of them to be read")
    print(f"Who reads what: {path.resolve()}")
    return 0
