"""Grading: seconds a submission and peak memory, beside nbgrader's own autograder.

``python -m benchmarks.classroom 1000`` grades a thousand. nbgrader grades a few of them, one after
another as it does; its start is not counted.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from benchmarks import megabytes
from crossentropy_classroom.assignments import load
from crossentropy_classroom.grade import Batch, grade
from crossentropy_classroom.result import Result
from tests.classroom import made

SUBMISSIONS = 100
JOBS = 2
FEW = 4

# What the course's own assignments begin with.
IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np\nfrom crossentropy import check"


def hand_in(folder: Path, number: int) -> None:
    """Write the submissions; every other one is wrong somewhere."""
    wrong = {"entropy": "def entropy(p):\n    return -(p * np.log2(p)).sum()"}
    for i in range(number):
        notebook = made.solved(**(wrong if i % 2 else {}), why=f"Student {i} says so.")
        notebook.cells.insert(1, made.cell("imports", IMPORTS))
        home = folder / f"student-{i:04}" / "synthetic"
        home.mkdir(parents=True)
        nbformat.write(notebook, home / "synthetic.ipynb")


def ours(course: Path, jobs: int) -> None:
    """Grade them and print what it took."""
    assignments = [load(course / "assignments" / "synthetic")]
    batch = Batch(assignments, course / f"classroom-{jobs}", 1, jobs=jobs)
    marks: list[tuple[int, float, float]] = []

    def progress(done: int, total: int, result: Result) -> None:
        marks.append((done, time.perf_counter(), megabytes()))

    grade(batch, course / "submitted", progress=progress)
    # The first is finished after what comes once: nbgrader's import, its tables, the fonts.
    seconds = (marks[-1][1] - marks[0][1]) / (len(marks) - 1)
    early = marks[len(marks) // 10]
    print(
        f"  here, -j {jobs:2}{seconds:15.2f}{seconds * jobs:15.2f}"
        f"{early[2]:10.0f} after {early[0]}, {megabytes():.0f} after {len(marks)}",
        flush=True,
    )


def nbgraders(course: Path) -> None:
    """Let nbgrader grade a few and print what it took."""
    source = course / "source" / "synthetic"
    source.mkdir(parents=True)
    shutil.copy(course / "assignments" / "synthetic" / "synthetic.ipynb", source)
    nbgrader(course, "generate_assignment")
    one, all_ = (
        nbgrader(course, "autograde", f"--student={students}")
        for students in ("student-0000", f"student-000[1-{FEW}]")
    )
    seconds = (all_ - one) / (FEW - 1)
    print(f"  nbgrader    {seconds:15.2f}{seconds:15.2f}", flush=True)


def nbgrader(course: Path, *words: str) -> float:
    """Run one of nbgrader's commands; return its seconds."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "nbgrader", words[0], "synthetic", *words[1:]]
    # It looks for a program of its environment on the PATH.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path}
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr}")
    return time.perf_counter() - start


def run(number: int = SUBMISSIONS) -> None:
    """Print the table."""
    load = os.getloadavg()[0]
    print(f"{number:,} submissions, load {load:.1f} at the start")
    print(f"{'':14}{'s a submission':>15}{'s a core':>15}   peak MB of the grader")
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        made.assignment(course / "assignments")
        hand_in(course / "submitted", number)
        ours(course, JOBS)
        # Under the same conditions as nbgrader, which grades one after another.
        for path in sorted((course / "submitted").iterdir())[3 * FEW :]:
            shutil.rmtree(path)
        ours(course, 1)
        nbgraders(course)


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))
