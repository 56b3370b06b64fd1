from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest

from classroom import made
from classroom.bad_submissions import (
    LIMITS,
    PROOF,
    SEED,
    bad_submissions,
    hand_in,
    needs_sandbox,
    photo,
    put,
    put_broken,
    text,
    unanswered,
    wait_until,
)
from crossentropy_classroom import __main__ as command_line
from crossentropy_classroom import gradebook, sandbox, view
from crossentropy_classroom._files import read_seed
from crossentropy_classroom.answers import UNANSWERED, Heard
from crossentropy_classroom.grade import Batch, grade
from crossentropy_classroom.result import Result, read_results
from crossentropy_classroom.sandbox import Limits, SandboxError

ROOT = Path(__file__).parent.parent.parent


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """Return every file below a folder with its mode and its content's hash."""
    return {
        path.relative_to(folder).as_posix(): (
            path.lstat().st_mode,
            os.readlink(path)
            if path.is_symlink()
            else hashlib.sha256(path.read_bytes()).hexdigest()
            if path.is_file()
            else "",
        )
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.01)
        yield server


@pytest.fixture
def batch(tmp_path: Path, classroom: Path) -> Batch:
    assignment = made.assignment(tmp_path / "assignments")
    return Batch([assignment], classroom, SEED, LIMITS, jobs=2)


@needs_sandbox
def test_every_bad_submission_gets_what_it_should(tmp_path: Path, listening: socket.socket) -> None:
    assignments = [made.assignment(tmp_path / "assignments", n) for n in ("synthetic", "other")]
    batch = Batch(assignments, tmp_path / "classroom", SEED, LIMITS, jobs=2)
    read_seed(batch.classroom)
    table = bad_submissions(tmp_path, listening.getsockname()[1], "other")
    for student, bad in table.items():
        folder = tmp_path / "submissions" / student
        folder.mkdir(parents=True)
        bad.make(folder)
    before = tree(tmp_path / "submissions")

    results = grade(batch, tmp_path / "submissions", ["synthetic"])

    assert tree(tmp_path / "submissions") == before
    seen = {result.student: result for result in results}
    lines = ["| what was done | expected | seen | as it should be |", "|---|---|---|---|"]
    wrong = []
    for student, bad in table.items():
        result = seen[student]
        total = None if result.problem else sum(filter(None, result.points.values()))
        printed = "".join(cell["output"] + cell["error"] for cell in own_cells(result))
        right = (
            result.status == bad.status
            and re.search(bad.why, result.why) is not None
            and total == bad.points
            and (total is None or (result.points["why"] is None) == bad.read)
            and re.search(bad.seen, printed) is not None
        )
        expected = in_words(bad.status, bad.points, "" if bad.why == "^$" else bad.why)
        found = in_words(result.status, total, result.why)
        row = f"| {bad.what} | {expected} | {found} | {'yes' if right else 'NO'} |"
        lines.append(row.replace(str(tmp_path), ""))
        if not right:
            wrong.append(f"{row} {printed[:400]!r}")
    (ROOT / "_build").mkdir(exist_ok=True)
    (ROOT / "_build" / "bad-submissions.md").write_text("\n".join(lines) + "\n", "utf-8")
    assert wrong == []
    assert len(table) >= 30
    assert all(len(c["output"]) <= LIMITS.output + 6 for r in results for c in r.cells)
    with pytest.raises(TimeoutError):
        listening.accept()


def own_cells(result: Result) -> list[dict[str, str]]:
    """Return the cells that are not the assignment's tests."""
    tests = ("try ", "Correct.", "Not yet: ")
    return [cell for cell in result.cells if not cell["output"].startswith(tests)]


def in_words(status: str, points: float | None, why: str) -> str:
    given = "no points" if points is None else f"{points:g} of 9"
    return f"{status}, {given}: {why}" if why else f"{status}, {given}"


@needs_sandbox
def test_a_batch_is_the_same_twice_and_grades_nothing_twice(
    batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = made.solved(entropy="def entropy(p):\n    return 0.0")
    folder = hand_in(tmp_path / "submissions", ann=made.solved(), bob=stub)
    put_broken(folder / "eve")
    grade(batch, folder)
    first = (batch.classroom / "report.csv").read_bytes()
    (batch.classroom / "report.csv").unlink()
    shutil.rmtree(batch.classroom / "work" / "bob")
    run = sandbox.converse
    calls = []
    monkeypatch.setattr(sandbox, "converse", lambda *given: calls.append(1) or run(*given))
    grade(batch, folder)
    assert (batch.classroom / "report.csv").read_bytes() == first
    assert len(calls) == 1  # bob, whose result was lost
    put(stub)(folder / "ann")
    results = {result.student: result for result in grade(batch, folder)}
    assert len(calls) == 2
    assert results["ann"].points == results["bob"].points
    again = replace(batch, again=True)
    grade(again, folder)
    assert len(calls) == 4


@needs_sandbox
def test_scores_stand_in_nbgraders_gradebook(batch: Batch, tmp_path: Path) -> None:
    blank = made.solved(bits="bits = 3")
    blank.cells[-1].source = batch.assignments[0].released.cells[-1].source
    folder = hand_in(tmp_path / "submissions", ann=made.solved(), bob=blank)
    put_broken(folder / "eve")
    grade(batch, folder)
    with gradebook.opened(batch.classroom / "gradebook.db") as book:
        assert {student.id for student in book.students} == {"ann", "bob"}
        assert book.find_assignment("synthetic").max_score == 20
        ann = book.find_submission("synthetic", "ann")
        assert (ann.score, ann.needs_manual_grade) == (9, True)
        bob = book.find_submission("synthetic", "bob")
        assert (bob.score, bob.needs_manual_grade) == (7, False)
        comment = book.find_comment("why", "synthetic", "synthetic", "bob")
        assert comment.auto_comment == "No response."
        book.find_grade("why", "synthetic", "synthetic", "ann").manual_score = 1
        book.find_grade("why", "synthetic", "synthetic", "ann").needs_manual_grade = False
        book.db.commit()

    grade(batch, folder)  # nothing new: what a person did stands
    with gradebook.opened(batch.classroom / "gradebook.db") as book:
        ann = book.find_submission("synthetic", "ann")
        assert (ann.score, ann.needs_manual_grade) == (10, False)

    put(made.solved(why="Another answer."))(folder / "ann")
    elsewhere = replace(batch, classroom=tmp_path / "elsewhere")
    grade(elsewhere, folder)
    there, here = (each.classroom / "work" / "ann" / "synthetic" for each in (elsewhere, batch))
    for name in ("result.json", "synthetic.ipynb"):
        shutil.copy(there / name, here)
    grade(batch, folder)  # something new: the points stand, and a person is asked to look again
    with gradebook.opened(batch.classroom / "gradebook.db") as book:
        ann = book.find_submission("synthetic", "ann")
        assert (ann.score, ann.needs_manual_grade) == (10, True)
        book.find_grade("why", "synthetic", "synthetic", "ann").needs_manual_grade = False
        book.db.commit()

    same = made.solved(why="Another answer.")
    same.cells.insert(1, made.cell("mine", "# another line"))
    put(same)(folder / "ann")
    grade(batch, folder)  # what a person has read is as it was
    with gradebook.opened(batch.classroom / "gradebook.db") as book:
        ann = book.find_submission("synthetic", "ann")
        assert (ann.score, ann.needs_manual_grade) == (10, False)


@needs_sandbox
def test_what_a_person_should_look_at_comes_first(
    batch: Batch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = unanswered(text(PROOF), bits="import seaborn\nbits = 2")
    folder = hand_in(tmp_path / "submissions", ann=made.solved(), bob=lost)
    options = [f"--assignments={tmp_path / 'assignments'}", f"--classroom={batch.classroom}"]
    assert command_line.main(["grade", str(folder), *options]) == 0
    here = "cell 9 (why) is as it was handed out; the answer may be in cell 10"
    gone = "cell 6 (bits): the package seaborn is not installed here; lost with it: test-bits"
    with (batch.classroom / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = [[*row.values()][1:4] for row in csv.DictReader(file)]
    assert [row[:2] for row in rows] == [
        *(["bob", "attention"], ["bob", "attention"]),
        *(["ann", "graded"], ["bob", "attention"]),
    ]
    assert rows[0][2].startswith(here)
    assert rows[1][2] == gone
    said = capsys.readouterr().out
    assert f"attention: bob synthetic: {here}" in said
    assert f"attention: bob synthetic: {gone}" in said
    assert command_line.main(["grades", f"--classroom={batch.classroom}"]) == 0
    grades = (batch.classroom / "grades.csv").read_text("utf-8")
    assert here in grades
    assert gone in grades
    assert command_line.main(["feedback", *options]) == 0
    html = (batch.classroom / "feedback" / "bob" / "synthetic.html").read_text("utf-8")
    assert "The grader says" not in html
    assert "why: to be read, of 11 points" in html
    assert "A person was told of this" in html


@needs_sandbox
def test_what_a_student_may_import_is_there(batch: Batch, tmp_path: Path) -> None:
    """Each assignment names these packages."""
    listed = "NumPy, SciPy, pandas, Matplotlib"
    for path in [ROOT / "chapters" / "teach.md", *(ROOT / "assignments").glob("*/*.ipynb")]:
        assert f" has {listed}" in path.read_text("utf-8"), path
    imports = "".join(f"import {name.lower()}\n" for name in listed.split(", "))
    table = "def entropy(p):\n    return -(pandas.Series(p) * np.log(pandas.Series(p))).sum()"
    folder = hand_in(tmp_path / "submissions", ann=made.solved(entropy=imports + table))
    (ann,) = grade(replace(batch, limits=Limits()), folder)
    assert (ann.status, ann.faults) == ("graded", [""] * 4)


@needs_sandbox
def test_an_answer_that_was_changed_is_put_before_the_grader_again(
    batch: Batch, tmp_path: Path
) -> None:
    """Whether its text stands in its cell, beside it, or in a picture."""
    here = made.solved()
    folder = hand_in(tmp_path / "submissions", ann=here, bob=here, eve=here)
    (folder / "eve" / "proof.png").write_bytes(photo("PNG"))

    def waiting() -> set[str]:
        grade(batch, folder)
        with gradebook.opened(batch.classroom / "gradebook.db") as book:
            students = ("ann", "bob", "eve")
            submitted = {s: book.find_submission("synthetic", s) for s in students}
            asked = {s for s, submission in submitted.items() if submission.needs_manual_grade}
            for student in students:
                score = book.find_grade("why", "synthetic", "synthetic", student)
                score.manual_score, score.needs_manual_grade = 3, False
            book.db.commit()
        return asked

    assert waiting() == {"ann", "bob", "eve"}
    put(made.solved(entropy="def entropy(p):\n    return 0.0"))(folder / "ann")
    assert waiting() == set()
    put(made.solved(why="Another answer."))(folder / "ann")
    more = made.solved()
    more.cells.append(text("And one more line of it."))
    put(more)(folder / "bob")
    (folder / "eve" / "proof.png").write_bytes(photo("PNG", (300, 300)))
    assert waiting() == {"ann", "bob", "eve"}


def test_a_course_that_submissions_could_read_is_refused(tmp_path: Path) -> None:
    sandbox.refuse_visible(tmp_path, Path("/usr/src/app"), ROOT / "assignments")
    packages = Path(nbformat.__file__).parent.parent
    for place in (Path("/usr/lib/course"), Path(sys.base_prefix, "lib"), packages, view.PACKAGE):
        with pytest.raises(SandboxError, match="which submissions can read"):
            sandbox.refuse_visible(tmp_path, place)


def test_grading_elsewhere_is_an_error_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [f"--{name}={tmp_path / name}" for name in ("assignments", "classroom")]
    assert command_line.main(["grade", str(tmp_path), *options]) == 2
    assert "there is no assignment" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@needs_sandbox
def test_the_report_and_the_graded_notebook_say_what_happened(batch: Batch, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "nbgrader" / "submitted", ann=made.solved(bits="print(1 / 0)"))
    put_broken(folder / "eve")
    (folder / "loose.ipynb").write_text("{}", "utf-8")
    (folder / "all.zip").write_bytes(b"PK")
    (folder / "linked").symlink_to(folder / "ann")
    grade(batch, folder.parent)
    with (batch.classroom / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {student: row["status"] for student, row in rows.items()} == {
        "ann": "graded",
        "eve": "not graded",
        "loose.ipynb": "not graded",
        "all.zip": "not graded",
        "linked": "not graded",
    }
    assert rows["ann"]["autograded"] == "7"
    assert rows["ann"]["synthetic/test-bits"] == "0"
    assert rows["ann"]["synthetic/why"] == rows["eve"]["autograded"] == ""
    assert rows["eve"]["synthetic/test-bits"] == ""
    work = batch.classroom / "work" / "ann" / "synthetic"
    notebook = nbformat.read(work / "synthetic.ipynb", as_version=4)
    errors = [o.ename for cell in notebook.cells for o in cell.get("outputs", []) if "ename" in o]
    assert errors == ["ZeroDivisionError", "NameError"]
    assert json.loads((work / "result.json").read_text("utf-8"))["judged"] == [
        *([""] * 3,) * 3,
        ["there is nothing of this name"],
    ]


@needs_sandbox
def test_what_was_graded_and_is_broken_now_has_no_points(batch: Batch, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "submissions", ann=made.solved())
    grade(batch, folder)
    assert [result.status for result in read_results(batch.classroom)] == ["graded"]
    (folder / "ann" / "synthetic.ipynb").write_text("{", "utf-8")
    grade(batch, folder)
    (result,) = read_results(batch.classroom)
    assert (result.status, result.points) == ("not graded", {})
    assert "its JSON is broken" in result.problem


@needs_sandbox
def test_another_seed_asks_other_questions(batch: Batch, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "submissions", ann=made.solved())
    keys = set()
    for seed in (1, 2):
        grade(replace(batch, seed=seed), folder)
        path = batch.classroom / "work" / "ann" / "synthetic" / "result.json"
        keys.add(json.loads(path.read_text("utf-8"))["key"])
    assert len(keys) == 2


def test_without_a_sandbox_it_refuses_unless_told_to_go_on(
    batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hand_in(tmp_path / "submissions", ann=made.solved())
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SandboxError, match=r"install bubblewrap.*--no-sandbox"):
        grade(batch, folder)
    (result,) = grade(replace(batch, contained=False), folder)
    assert (result.status, result.points["test-entropy"]) == ("graded", 4)


def test_the_seed_is_made_once_and_only_the_teacher_reads_it(tmp_path: Path) -> None:
    seed = read_seed(tmp_path / "classroom")
    assert read_seed(tmp_path / "classroom") == seed
    assert read_seed(tmp_path / "other") != seed
    assert (tmp_path / "classroom" / "seed").stat().st_mode & 0o077 == 0
    (tmp_path / "classroom" / "seed").write_text("many", "utf-8")
    with pytest.raises(ValueError, match=r"seed: it should hold one whole number"):
        read_seed(tmp_path / "classroom")


def test_what_comes_back_is_not_trusted() -> None:
    def said(header: object, payload: bytes = b"") -> bytes:
        head = json.dumps(header).encode()
        return len(head).to_bytes(4, "big") + head + payload

    def answer(**header: object) -> bytes:
        return said({"answer": 0, "bytes": 8, "dtype": "<f8", "shape": [], **header}, bytes(8))

    done = said({"done": True, "bytes": 0})
    assert Heard(answer() + done, 1, LIMITS, 0).problem == ""
    for bad in [
        answer(answer=1),
        answer(answer=-1),
        answer(answer=True),
        answer(answer="0"),
        answer(dtype="|O"),
        answer(dtype="O8"),
        answer(dtype=["<f8"]),
        answer(shape=[-1]),
        answer(shape=[2]),
        answer(shape=[2**70, 0.5]),
        answer(shape="1"),
        answer(bytes=-1),
        said([1]),
        said({"cells": [1], "bytes": 0}),
        said({"cells": [{"output": "", "error": "", "seconds": "x"}], "bytes": 0}),
        b"\x00\x00\x00\x04nope",
        b"\xff\xff\xff\xff",
    ]:
        heard = Heard(bad + done, 1, LIMITS, 1 << 20)
        assert heard.problem == "sent back what cannot be read", bad
        assert heard.answers == [UNANSWERED]
    assert Heard(answer(bytes=9), 1, LIMITS, 0).problem == "ended before it had answered"


@needs_sandbox
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_grader_that_is_ended_leaves_no_student_running(
    batch: Batch, tmp_path: Path, end: signal.Signals
) -> None:
    endless = made.solved(bits="while True:\n    pass")
    folder = hand_in(tmp_path / "submissions", ann=endless)
    options = [f"--assignments={tmp_path / 'assignments'}", f"--classroom={batch.classroom}"]
    grade_them = [sys.executable, "-m", "crossentropy_classroom", "grade", str(folder), *options]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # A grader would ignore SIGINT if the tests do, as they do when they run in the background.
    command = ["env", "--default-signal=INT", f"TMPDIR={temporary}", *grade_them]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as grader:
        # Its own limit of 20 s for a cell is far away.
        wait_until(lambda: any(map(is_student, under(grader))))
        students = under(grader)
        grader.send_signal(end)
        said = grader.stderr.read()
    assert said == ("" if end == signal.SIGKILL else "grade: broken off; run it again to go on\n")
    wait_until(lambda: not any(student.is_running() for student in students))
    assert list(temporary.iterdir()) == []


def under(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def is_student(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    return words[:1] == [view.INTERPRETER] and words[-1].endswith("runner.py")


@needs_sandbox
def test_the_command_grades_a_folder(
    tmp_path: Path, classroom: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made.assignment(tmp_path / "assignments")
    folder = hand_in(tmp_path / "submissions", ann=made.solved())
    put_broken(folder / "eve")
    options = [f"--assignments={tmp_path / 'assignments'}", f"--classroom={classroom}"]
    assert command_line.main(["grade", str(folder), "-j", "1", *options]) == 0
    out = capsys.readouterr().out
    assert "not graded: eve synthetic: eve/synthetic.ipynb is no notebook" in out
    assert "1 graded, 1 not graded" in out
    assert command_line.main(["grade", str(tmp_path / "none"), *options]) == 2
    assert "there is no such folder of submissions" in capsys.readouterr().err
    assert command_line.main(["grade", str(folder), "--assignment", "7", *options]) == 2
    assert "there is no assignment '7'" in capsys.readouterr().err


def test_a_command_that_is_not_there_is_a_clear_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(command_line.COMMANDS, "praise", ("praise", "say something kind"))
    with pytest.raises(SystemExit):
        command_line.main(["praise"])
    assert "'praise' needs the module crossentropy_classroom.praise" in capsys.readouterr().err
