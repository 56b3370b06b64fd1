"""nbgrader's gradebook: an assignment's cells, and the scores of its submissions.

What is written here is what nbgrader's own autograder writes, so that its formgrader shows it and a
person can go on from there. A score that a person gave is never touched.

Several people grade at once, while another submission comes in: what is read and then written by
what was read is one transaction, which begins by keeping others from writing (`writing`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from crossentropy_classroom.assignments import Assignment

__all__ = [
    "Graded",
    "configure",
    "existing",
    "graded",
    "has",
    "opened",
    "record",
    "register",
    "writing",
]

# Milliseconds that one who writes waits for another who does. Each takes a few.
PATIENCE = 60_000

# What nbgrader's formgrader and its other commands read when they run in the classroom's folder.
CONFIGURATION = """c = get_config()
c.CourseDirectory.source_directory = {masters!r}
c.CourseDirectory.autograded_directory = "work"
# The formgrader shows what students wrote in your own browser, with your rights. Here their HTML is
# text, formulas need no network, and what a student made to take minutes takes none.
c.HTMLExporter.filters = {{
    "markdown2html": "crossentropy_classroom.feedback.markdown_cell",
    "strip_files_prefix": "crossentropy_classroom.feedback.unchanged",
}}
c.HTMLExporter.raw_mimetypes = ["nothing"]
"""


def configure(classroom: Path, assignments: Path) -> None:
    """Tell nbgrader where things are, unless somebody has."""
    path = classroom / "nbgrader_config.py"
    if not path.exists():
        masters = os.path.relpath(assignments, classroom)
        path.write_text(CONFIGURATION.format(masters=masters), "utf-8")


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open the gradebook, and make it if there is none."""
    from nbgrader.api import Gradebook  # nbgrader takes seconds to import

    if not path.is_file() or path.stat().st_size == 0:
        _make(path)
    gradebook = Gradebook(_url(path))
    try:
        _wait_for_others(gradebook)
        yield gradebook
    finally:
        gradebook.close()


def _make(path: Path) -> None:
    """Make an empty gradebook, unless somebody else is faster.

    nbgrader would start a program to find out what version its tables have, which takes seconds,
    and of two who make the same gradebook one would fail.
    """
    import nbgrader
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from nbgrader.api import Base, Course
    from sqlalchemy import create_engine, insert, inspect

    versions = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
    engine = create_engine(_url(path), connect_args={"timeout": PATIENCE / 1000})
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if not inspect(connection).get_table_names():
            Base.metadata.create_all(connection)
            MigrationContext.configure(connection).stamp(versions, "head")
            connection.execute(insert(Course).values(id="default_course"))
        connection.commit()
    engine.dispose()


def _wait_for_others(gradebook: Any) -> None:
    from sqlalchemy import text

    gradebook.db.execute(text(f"PRAGMA busy_timeout = {PATIENCE}"))
    gradebook.db.commit()


@contextmanager
def writing(gradebook: Any) -> Iterator[None]:
    """Keep everybody else from writing, and write all that is done meanwhile, or none of it."""
    from sqlalchemy import text

    gradebook.db.commit()  # what was read before is forgotten: others may have changed it
    # SQLite alone would lock at the first write, which is after the first reading.
    gradebook.db.execute(text("BEGIN IMMEDIATE"))
    try:
        yield
        gradebook.db.commit()
    except BaseException:
        gradebook.db.rollback()
        raise


def existing(classroom: Path) -> AbstractContextManager[Any]:
    """Open the gradebook of a classroom.

    Raises
    ------
    ValueError
        If there is none.
    """
    path = classroom / "gradebook.db"
    if not path.is_file():
        raise ValueError(f"there is no gradebook at {path}; grade submissions first")
    return opened(path)


def _url(path: Path) -> str:
    return f"sqlite:///{path.resolve()}"


def register(path: Path, assignment: Assignment) -> None:
    """Put the cells of an assignment into the gradebook, as nbgrader's own release does."""
    from nbgrader.preprocessors import SaveCells

    with opened(path) as gradebook:
        gradebook.update_or_create_assignment(assignment.name)
    names = {"notebook": assignment.name, "assignment": assignment.name, "db_url": _url(path)}
    SaveCells().preprocess(assignment.released, {"nbgrader": names})


def has(gradebook: Any, student: str, assignment: str) -> bool:
    """Return whether a submission stands in the gradebook."""
    from nbgrader.api import MissingEntry

    try:
        gradebook.find_submission(assignment, student)
    except MissingEntry:
        return False
    return True


def penalize(gradebook: Any, student: str, assignment: str, penalty: float) -> None:
    """Write what a submission loses for being late; the points that it earned stay."""
    notebooks = gradebook.find_submission(assignment, student).notebooks
    if any((notebook.late_submission_penalty or 0.0) != penalty for notebook in notebooks):
        with writing(gradebook):
            for notebook in gradebook.find_submission(assignment, student).notebooks:
                notebook.late_submission_penalty = penalty
    gradebook.db.expunge_all()


class Graded(NamedTuple):
    """A graded cell of a submission, as it stands in the gradebook.

    Parameters
    ----------
    assignment, student, cell : str
        Where it is; the cell by its ``grade_id``.
    max, points : float
        What it is worth, and what it has: a person's points before a machine's.
    auto, manual : float or None
        What a machine gave, and a person.
    pending : bool
        Whether a person has to look at it.
    page : str
        How the formgrader calls the notebook.
    """

    assignment: str
    student: str
    cell: str
    max: float
    points: float
    auto: float | None
    manual: float | None
    pending: bool
    page: str


def graded(gradebook: Any) -> list[Graded]:
    """Return every graded cell of every submission, by assignment, student and cell."""
    from nbgrader import api

    rows = (
        gradebook.db.query(
            api.Assignment.name,
            api.SubmittedAssignment.student_id,
            api.GradeCell.name,
            api.GradeCell.max_score,
            api.Grade.score,
            api.Grade.auto_score,
            api.Grade.manual_score,
            api.Grade.needs_manual_grade,
            api.SubmittedNotebook.id,
        )
        .select_from(api.Grade)
        .join(api.GradeCell, api.GradeCell.id == api.Grade.cell_id)
        .join(api.SubmittedNotebook, api.SubmittedNotebook.id == api.Grade.notebook_id)
        .join(
            api.SubmittedAssignment,
            api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id,
        )
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
    )
    return sorted(Graded(*row) for row in rows)


def record(
    gradebook: Any,
    student: str,
    assignment: str,
    points: Mapping[str, float | None],
    blank: set[str],
    new: set[str],
) -> None:
    """Write the points of a submission.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        The gradebook; the assignment's cells are registered in it.
    student, assignment : str
        Whose submission it is, and of what.
    points : mapping of str to float or None
        The points of each graded cell; None for one that a person has to grade.
    blank : set of str
        The cells that were not worked on.
    new : set of str
        The cells whose points or text are others than before: where a person has given points, a
        person looks again.
    """
    _enter(gradebook, student, assignment)
    with writing(gradebook):
        for notebook in gradebook.find_submission(assignment, student).notebooks:
            for grade in notebook.grades:
                grade.auto_score = points[grade.name]
                if grade.name in new:
                    by_hand = grade.auto_score is None or grade.manual_score is not None
                    grade.needs_manual_grade = by_hand
            for comment in notebook.comments:
                comment.auto_comment = "No response." if comment.name in blank else None
    # The session forgets what it has written, so that memory stays flat over many submissions.
    gradebook.db.expunge_all()


def _enter(gradebook: Any, student: str, assignment: str) -> None:
    """Make a submission in the gradebook, unless there is one."""
    from nbgrader.api import MissingEntry, Student

    with writing(gradebook):
        if has(gradebook, student, assignment):
            return
        with gradebook.db.no_autoflush:  # or half of a submission is written
            try:
                gradebook.find_student(student)
            except MissingEntry:
                gradebook.db.add(Student(id=student))
                gradebook.db.flush()
            gradebook.add_submission(assignment, student)
