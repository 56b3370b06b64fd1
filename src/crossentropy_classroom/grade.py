"""Grade submissions: each by itself, any number of them, as often as you like.

Below the classroom's folder it writes, for each submission, the notebook that was graded and what
came of it, as `crossentropy_classroom.result` says; the scores into ``gradebook.db``; and
``report.csv``, one line each.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from crossentropy_classroom import gradebook, memory, packages, sandbox
from crossentropy_classroom._files import add_folder, as_csv, few, read_seed, write_whole
from crossentropy_classroom.archive import unpack
from crossentropy_classroom.assignments import Assignment, all_assignments
from crossentropy_classroom.changes import unsettled
from crossentropy_classroom.deadlines import IN_TIME, Deadlines, lateness, read_deadlines
from crossentropy_classroom.marking import Submit, Task, mark
from crossentropy_classroom.names import Sender, sender
from crossentropy_classroom.packages import Extra
from crossentropy_classroom.result import Result, home, keep, keep_late, kept
from crossentropy_classroom.roster import Roster, read_roster
from crossentropy_classroom.sandbox import Limits, SandboxError
from crossentropy_classroom.submissions import NOT_HANDED_IN, Submission, find

__all__ = ["Batch", "add_arguments", "grade", "main"]


@dataclass(frozen=True)
class Batch:
    """How submissions are graded.

    Parameters
    ----------
    assignments : list of Assignment
        All assignments that a notebook may be of.
    classroom : Path
        The folder that everything is written below.
    seed : int
        What the hidden tests draw their data from.
    limits : Limits
        What one submission may use up.
    jobs : int
        How many are graded at a time.
    contained : bool
        Whether they run in a sandbox.
    again : bool
        Whether one that has not changed is graded again.
    scheduler : str
        The address of a Dask scheduler whose workers grade, or "" to grade on this machine.
    packages : tuple of str
        What submissions can import beside what is installed here and what their assignment names.
    extra : mapping of str to Extra
        What came of that, for each assignment that needs any.
    roster : Roster, optional
        Who is in the class.
    deadlines : Deadlines, optional
        When work was due, and what being late costs.
    """

    assignments: list[Assignment]
    classroom: Path
    seed: int
    limits: Limits = field(default_factory=Limits)
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    contained: bool = True
    again: bool = False
    scheduler: str = ""
    packages: tuple[str, ...] = ()
    extra: Mapping[str, Extra] = field(default_factory=dict)
    roster: Roster | None = None
    deadlines: Deadlines | None = None

    @cached_property
    def known(self) -> dict[str, Assignment]:
        """Its assignments by name."""
        return {assignment.name: assignment for assignment in self.assignments}


def grade(
    batch: Batch,
    submissions: Path,
    only: Sequence[str] = (),
    progress: Callable[[int, int, Result], None] = lambda done, total, result: None,
) -> list[Result]:
    """Grade a folder of submissions; return what came of each, in the order of the report.

    Raises
    ------
    ValueError
        If it is no folder of submissions, or a package that they import cannot be had.
    SandboxError
        If there is no sandbox here.
    """
    found = find(submissions, batch.assignments, only, batch.roster)
    batch = replace(batch, extra=_extra(batch, found))
    results: dict[Submission, Result] = {}
    book = batch.classroom / "gradebook.db"
    batch.classroom.mkdir(parents=True, exist_ok=True)
    for name in dict.fromkeys(s.assignment for s in found if s.file):
        gradebook.register(book, batch.known[name])
    with ExitStack() as workers, gradebook.opened(book) as scores:
        for submission, result, key in _each(batch, found, workers):
            if not result.problem:
                _record(scores, batch.classroom, result, key)
                result = _judged_late(batch, submissions, submission, result, scores)
            elif result.assignment and result.status != NOT_HANDED_IN:
                keep(batch.classroom, result)
            results[submission] = result
            progress(len(results), len(found), result)
    ordered = [results[submission] for submission in found]
    write_whole(batch.classroom / "report.csv", _report(batch, ordered))
    return ordered


def _extra(batch: Batch, found: Sequence[Submission]) -> dict[str, Extra]:
    """Return the packages that each assignment needs beside those that are installed here."""
    extra = {}
    for name in dict.fromkeys(submission.assignment for submission in found if submission.file):
        names = packages.wanted(batch.known[name].path.parent, batch.packages)
        if (locked := packages.locked(batch.classroom, name, names)) is not None:
            extra[name] = locked
    if extra and batch.scheduler:
        raise ValueError(
            f"{next(iter(extra.values()))}: packages are added on this machine alone. Grade "
            "without --scheduler, or install them where the workers run, and name them no more."
        )
    return extra


def _record(scores: Any, classroom: Path, result: Result, key: str) -> None:
    """Write the points into the gradebook, unless the gradebook has them already.

    The file ``recorded`` beside the result notes which points are in the gradebook. They are not
    noted in the result itself, which may come from a machine that has another gradebook.
    """
    student, name = result.student, result.assignment
    note = home(classroom, student, name) / "recorded"
    now = [key, result.points, result.written]
    then: list[Any] = json.loads(note.read_text("utf-8")) if note.exists() else ["", {}, {}]
    if now != then or not gradebook.has(scores, student, name):
        old = {cell: (then[1].get(cell), then[2].get(cell)) for cell in result.points}
        new = {
            cell
            for cell, points in result.points.items()
            if old[cell] != (points, result.written.get(cell))
        }
        gradebook.record(scores, student, name, result.points, set(result.blank), new)
        write_whole(note, json.dumps(now))


def _judged_late(
    batch: Batch, root: Path, submission: Submission, result: Result, scores: Any
) -> Result:
    """Find out how late a submission came, keep it, and take off what that costs."""
    late, student, name = IN_TIME, result.student, result.assignment
    if batch.deadlines is not None and submission.file is not None:
        came = ""
        if batch.roster is not None:
            entries = submission.file.relative_to(root).parts
            came = next(filter(None, (batch.roster.came(sender(e, [name])) for e in entries)), "")
        stamp = submission.file.stat().st_mtime
        late = lateness(batch.deadlines, name, student, submission.file.name, stamp, came)
    gradebook.penalize(scores, student, name, late.penalty)
    return keep_late(batch.classroom, result, late)


@contextmanager
def _workers(batch: Batch) -> Iterator[tuple[Submit, int]]:
    """Yield what has a submission marked, and how many are marked at a time."""
    if batch.scheduler:
        # Imported here, for whoever grades on one machine need not have Dask.
        from crossentropy_classroom import cluster

        with cluster.connected(batch.scheduler, batch.contained) as found:
            yield found
    else:
        for extra in batch.extra.values():
            extra.install()
        sandbox.prepare(batch.contained)
        with ThreadPoolExecutor(batch.jobs) as pool:
            try:
                yield lambda assignment, task: pool.submit(mark, assignment, task), batch.jobs
            except BaseException:  # leaving the pool would wait for a student's endless loop
                pool.shutdown(wait=False, cancel_futures=True)
                sandbox.end_all()
                raise


def _each(
    batch: Batch, found: Sequence[Submission], workers: ExitStack
) -> Iterator[tuple[Submission, Result, str]]:
    """Yield each submission with its result and the key of that, as they are finished."""
    submit: Submit | None = None
    running: dict[Future[tuple[Result, str]], tuple[Submission, str]] = {}
    waiting = iter(found)
    try:
        while True:
            for submission in waiting:
                ready, key = _ready(batch, submission)
                if isinstance(ready, Result):
                    yield submission, ready, key
                    continue
                if submit is None:  # not before: where no submission is new, no sandbox is needed
                    submit, width = workers.enter_context(_workers(batch))
                assignment = batch.known[submission.assignment]
                running[submit(assignment, ready)] = submission, key
                if len(running) >= 2 * width:
                    break
            if not running:
                return
            # All futures that are done are let go before the first result is yielded: one that
            # somebody still holds, a cluster computes again when the worker that had it dies.
            done = wait(running, return_when=FIRST_COMPLETED).done
            outcomes = [(*running.pop(future), _outcome(future)) for future in done]
            del done
            for submission, key, outcome in outcomes:
                yield submission, *_finished(batch, submission, key, outcome)
    finally:  # where grading is broken off, tasks that have not begun are not begun
        for future in running:
            future.cancel()


def _ready(batch: Batch, submission: Submission) -> tuple[Task | Result, str]:
    """Return what there is to do, or, if there is nothing to do, the result; and its key."""
    student, name = submission.student, submission.assignment
    try:
        data, beside = submission.read(), submission.beside()
    except ValueError as problem:
        return Result(student, name, problem=str(problem)), ""
    task = Task(
        student=student,
        repairs=submission.repairs,
        attention=submission.attention,
        also=submission.also,
        beside=beside,
        data=data,
        seed=batch.seed,
        limits=batch.limits,
        contained=batch.contained,
        extra=batch.extra.get(name),
    )
    key = task.key(batch.known[name])
    earlier = None if batch.again else kept(batch.classroom, student, name, key)
    return (task if earlier is None else earlier), key


def _outcome(future: Future[tuple[Result, str]]) -> tuple[Result, str] | Exception:
    try:
        return future.result()
    except Exception as problem:
        return problem


def _finished(
    batch: Batch, submission: Submission, key: str, outcome: tuple[Result, str] | Exception
) -> tuple[Result, str]:
    """Keep the result of a task; return it and its key."""
    student, name = submission.student, submission.assignment
    if isinstance(outcome, SandboxError):
        raise outcome
    if isinstance(outcome, CancelledError):
        raise ValueError(
            f"{batch.scheduler} is gone. What has been graded is kept: run it again to go on."
        )
    if isinstance(outcome, Exception):  # of any kind: the other submissions are graded
        named = "" if isinstance(outcome, ValueError) else f"{type(outcome).__name__}: "
        return Result(student, name, problem=f"{named}{outcome}"), ""
    result, notebook = outcome
    try:
        keep(batch.classroom, result, key)
        write_whole(home(batch.classroom, student, name) / f"{name}.ipynb", notebook)
    except ValueError as problem:  # the notebook's text cannot be encoded
        return Result(student, name, problem=str(problem)), ""
    return result, key


def _report(batch: Batch, results: Sequence[Result]) -> str:
    """Return the report: what to look at, and a line for each submission with its points.

    Where packages were added, lines that name them come first.
    """
    columns = [
        (assignment.name, mark["grade_id"])
        for assignment in batch.assignments
        if any(result.assignment == assignment.name for result in results)
        for mark in assignment.graded_cells()
    ]
    first = ["assignment", "student", "status", "why", "autograded", "penalty", "late"]
    rows = [[*first, *(f"{assignment}/{cell}" for assignment, cell in columns)]]
    rows += [[name, "", "packages", str(extra), ""] for name, extra in batch.extra.items()]
    for result in results:
        looks = [] if result.problem else result.attention
        rows += [[result.assignment, result.student, "attention", line] for line in looks]
    for result in results:
        own = [result.points.get(c) if a == result.assignment else None for a, c in columns]
        total = "" if result.problem else f"{sum(filter(None, own)):g}"
        points = ["" if value is None else f"{value:g}" for value in own]
        known = [result.assignment, result.student, result.status, result.why, total]
        penalty = f"{result.late.penalty:g}" if result.late.penalty else ""
        late = result.late.said if result.late.known else ""
        rows.append([*known, penalty, late, *points])
    return as_csv(rows, line_end="\n")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "submissions", type=Path, help="folder that holds STUDENT/NAME.ipynb, or a zip of one"
    )
    parser.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="who is in the class: what Canvas or Moodle exports (default: what was given last)",
    )
    parser.add_argument(
        "--deadlines",
        type=Path,
        metavar="FILE",
        help="when work was due (default: deadlines.toml of the classroom, if it is there)",
    )
    parser.add_argument("--assignment", action="append", default=[], help="grade only this one")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, help="at a time")
    parser.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="let the workers of this Dask scheduler grade: tcp://HOST:8786",
    )
    parser.add_argument(
        "--with",
        dest="packages",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="let submissions import this, too: a name, or a requirement such as seaborn>=0.13",
    )
    parser.add_argument("--again", action="store_true", help="grade also what has not changed")
    parser.add_argument(
        "--no-sandbox",
        action="store_true",
        help="run submissions with your own rights: only if you trust their authors",
    )
    add_folder(parser, "assignments", "where the masters and their hidden tests are")
    add_folder(parser, "classroom", "what is written goes below it")


def main(arguments: argparse.Namespace) -> int:
    """Grade, and say what came of it."""
    assignments = all_assignments(arguments.assignments)
    if not assignments:
        raise ValueError(
            f"{arguments.assignments}: there is no assignment; run this in the course's own folder"
        )
    if unknown := set(arguments.assignment) - {assignment.name for assignment in assignments}:
        raise ValueError(f"{arguments.assignments}: there is no assignment {sorted(unknown)[0]!r}")
    roster = _roster(arguments.classroom, arguments.roster)
    names = [assignment.name for assignment in assignments]
    deadlines = _deadlines(arguments.classroom, arguments.deadlines, names, roster)
    batch = Batch(
        assignments,
        arguments.classroom,
        read_seed(arguments.classroom),
        jobs=max(1, arguments.jobs),
        contained=not arguments.no_sandbox,
        again=arguments.again,
        scheduler=arguments.scheduler,
        packages=tuple(arguments.packages),
        roster=roster,
        deadlines=deadlines,
    )
    if batch.contained:
        sandbox.refuse_visible(arguments.classroom, arguments.assignments, arguments.submissions)
    gradebook.configure(arguments.classroom, arguments.assignments)
    submissions = arguments.submissions
    if submissions.is_file():
        zone = deadlines.zone if deadlines else None
        submissions = unpack(submissions, arguments.classroom / "unpacked", zone)
    results = grade(batch, submissions, arguments.assignment, _progress)
    for result in results:
        lines = result.attention if result.status == "attention" else [result.why]
        if result.status in ("attention", "stopped", "not graded"):
            for line in lines:
                print(f"{result.status}: {result.student} {result.assignment}: {line}")
    if deadlines and (unknown := deadlines.students - {result.student for result in results}):
        print(f"The deadlines name students of whom nothing is here: {few(sorted(unknown), '; ')}")
    with gradebook.existing(arguments.classroom) as book:
        if waiting := len(unsettled(book)):
            print(
                f"Points that you changed, and whose work is another now: {waiting}. make regrade"
            )
    kinds = [result.status for result in results]
    print(", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))) or "nothing")
    if batch.contained and not batch.scheduler:
        print(memory.in_words())
    print(f"The report: {arguments.classroom / 'report.csv'}")
    return 0


def _roster(classroom: Path, given: Path | None) -> Roster | None:
    """Return the roster that is given, and keep it; or the one that was kept, or None."""
    path = classroom / "roster.csv"
    if given is None:
        return read_roster(path) if path.exists() else None
    roster = read_roster(given)
    classroom.mkdir(parents=True, exist_ok=True)
    write_whole(path, given.read_text("utf-8-sig"))
    return roster


def _deadlines(
    classroom: Path, given: Path | None, assignments: Sequence[str], roster: Roster | None
) -> Deadlines | None:
    """Return the deadlines that are given, or those in the classroom, or None."""
    path = given or classroom / "deadlines.toml"
    if given is None and not path.exists():
        return None
    deadlines = read_deadlines(path, assignments)
    if roster is None:
        return deadlines
    try:
        return deadlines.called(lambda name: roster.student(Sender(name, "", "")).key)
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def _progress(done: int, total: int, result: Result) -> None:
    if sys.stderr.isatty():
        filled = 30 * done // total
        end = "\n" if done == total else ""
        bar = "#" * filled + "-" * (30 - filled)
        print(f"\r[{bar}] {done}/{total} {result.student:.20}\033[K", end=end, file=sys.stderr)
