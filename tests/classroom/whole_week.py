"""A class of any size, through a whole week: handed out, collected from Canvas, graded, given back.

The students are made up: each solves some tasks, makes known mistakes in others, leaves some, and a
few do what the good students of `classroom.good_students` do. `Week` runs the classroom's own
commands, one after the other, as a teacher does.
"""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from classroom import good_students as good
from classroom.bad_submissions import photo
from crossentropy_classroom.codes import code_of
from crossentropy_classroom.gradebook import existing, graded

NAME = good.NAME
FIRST = ["Ana", "Çağla", "Émile", "Finn", "Hana", "Jón", "Kim", "Noor", "Olga", "Pía"]
LAST = ["Ångström", "Bauer", "Đặng", "Evans", "Ferrer", "Hsu", "Ito", "Lee", "Müller", "Núñez"]

# Of each task: what is right, and mistakes that students make. "" leaves the task as it is.
RIGHT: dict[str, list[str]] = {
    task: [good.NUMPY[task], good.LOOPS[task], good.SINGLE[task]] for task in good.NUMPY
}
WRONG: dict[str, list[str]] = {
    "row_entropies": [
        good.NUMPY["row_entropies"].replace("log2", "log"),
        good.NUMPY["row_entropies"].replace("axis=1, keepdims=True", ""),
        "    answer = entropy(counts / counts.sum(axis=1, keepdims=True), base=2)",
        "",
    ],
    "information_gain": ["    answer = entropy(counts.sum(axis=0) / counts.sum(), base=2)", ""],
    "bars_answer": ["umbrella_share = bars.p[0]", "umbrella_share = 0.5", ""],
    "is_prefix_code": ["    answer = len(set(words)) == len(words)", ""],
    "wasted_bits": ["    answer = np.mean([len(word) for word in words])", ""],
    "effective_kinds": [
        "    answer = np.exp(row_entropies(counts))",
        "    raise ValueError('no idea')",
        "",
    ],
}
UNUSUAL: list[Callable[[], NotebookNode]] = [
    lambda: good.written_below(good.PROOF),
    lambda: good.with_cell(good.written_below(good.PHOTO, IMG_2041=photo()), good.PLOTS),
    lambda: good.from_colab(good.handed_in(**good.LOOPS), marks=False),
    lambda: good.handed_in(**good.PANDAS),
]


@dataclass(frozen=True)
class Member:
    """Somebody of the class, as Canvas knows them."""

    last: str
    first: str
    number: int

    @property
    def prefix(self) -> str:
        """What Canvas's download begins the name of a file with."""
        letters = unicodedata.normalize("NFC", self.last + self.first).lower()
        return "".join(letter for letter in letters if letter.isalnum())


def members(count: int, rng: random.Random) -> list[Member]:
    """Return a class; its first two have one name."""
    found = [Member("Lee", "Kim", 4001), Member("Lee", "Kim", 4002)]
    for number in range(4003, 4001 + count):
        found.append(Member(rng.choice(LAST), rng.choice(FIRST), number))
    return found[:count]


def notebook(rng: random.Random) -> NotebookNode:
    """Return what one of them hands in. How good somebody is shows in all tasks."""
    if rng.random() < 0.05:
        return rng.choice(UNUSUAL)()
    skill = rng.betavariate(3, 1.5)
    answers = {task: rng.choice((RIGHT if rng.random() < skill else WRONG)[task]) for task in RIGHT}
    proof = good.PROOF if rng.random() < skill else "Your answer here."
    return good.handed_in(proof, **{task: answer for task, answer in answers.items() if answer})


def roster(people: Sequence[Member]) -> str:
    """Return the class as Canvas exports it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"{NAME} (902)"])
    writer.writerow(["    Points Possible", "", "", "", "", "20.00"])
    for one in people:
        name = f"{one.last}, {one.first}"
        writer.writerow([name, one.number, f"S{one.number}", f"login{one.number}", "A", ""])
    return file.getvalue()


def download(people: Sequence[Member], rng: random.Random) -> bytes:
    """Return the zip of all submissions, as Canvas gives it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in people:
            name = f"{one.prefix}_{one.number}_{90_000 + one.number}_{NAME}.ipynb"
            archive.writestr(name, json.dumps(notebook(rng)))
    return file.getvalue()


@dataclass
class Week:
    """A teacher's week with a class.

    `run` runs one of the classroom's commands. `seconds` has how long each took.
    """

    folder: Path
    count: int
    run: Callable[[Sequence[str]], object]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def classroom(self) -> Path:
        """Where all is written."""
        return self.folder / "classroom"

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    @property
    def assignments(self) -> Path:
        """Where the one assignment of this week is."""
        return self.folder / "assignments"

    def command(self, name: str, *words: str, called: str = "") -> None:
        """Run a command of the classroom."""
        with self._timed(called or name):
            self.run([name, "--classroom", str(self.classroom), *words])

    def hand_out(self) -> None:
        """Make what students get, on Monday."""
        shutil.copytree(good.ROOT / "assignments" / NAME, self.assignments / NAME)
        self.command("release", "--assignments", str(self.assignments))

    def collect(self) -> None:
        """Download the roster and the zip on Friday."""
        rng = random.Random(self.count)
        people = members(self.count, rng)
        (self.folder / "roster.csv").write_text(roster(people), "utf-8")
        (self.folder / "submissions.zip").write_bytes(download(people, rng))

    def grade(self, called: str = "grade") -> None:
        """Let the machine grade what came."""
        roster, zipped = self.folder / "roster.csv", self.folder / "submissions.zip"
        words = ["--assignments", str(self.assignments), "--roster", str(roster), "-j", "2"]
        self.command("grade", *words, str(zipped), called=called)

    def report(self) -> list[dict[str, str]]:
        """Return the lines of the report."""
        with (self.classroom / "report.csv").open(encoding="utf-8", newline="") as file:
            return [*csv.DictReader(file)]

    def read_derivations(self) -> int:
        """Give points to every derivation that waits, as a person does; return how many."""
        with existing(self.classroom) as book:
            waiting = [each for each in graded(book) if each.pending]
            for each in waiting:
                grade = book.find_grade(each.cell, each.assignment, each.assignment, each.student)
                grade.manual_score, grade.needs_manual_grade = 3.0, False
            book.db.commit()
        return len(waiting)

    def give_back(self, called: str = "feedback") -> None:
        """Write the pages of the students."""
        self.command("feedback", "--assignments", str(self.assignments), called=called)

    def code(self, place: int, cell: str) -> str:
        """Return the code of a question, as the student finds it on the page."""
        seed = int((self.classroom / "seed").read_text("utf-8"))
        with existing(self.classroom) as book:
            asked = [each for each in graded(book) if each.cell == cell][place]
        return code_of(seed, asked.student, asked.assignment, cell)

    def answer_question(self, place: int = 0) -> str:
        """Change the points of a question with a reason; return its code."""
        code = self.code(place, "test-bars")
        words = [code, "--points", "1", "--reason", "Read from the picture; ask me how."]
        self.command("regrade", "--assignments", str(self.assignments), *words)
        return code

    def look_at_the_class(self) -> None:
        """Write the page about the questions, and the one about notebooks that are alike."""
        for name in ("statistics", "likeness"):
            self.command(name, "--assignments", str(self.assignments))

    def hand_over(self) -> list[dict[str, str]]:
        """Write the file that Canvas imports, and return its rows."""
        self.command("grades", "--for", "canvas")
        with (self.classroom / "grades-canvas.csv").open(encoding="utf-8", newline="") as file:
            return [*csv.DictReader(file)]


def tree(folder: Path) -> dict[str, Any]:
    """Return all that grading writes, byte by byte, but what counts the time."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".db"
    }
