"""Variants: whose copy is which, and that text, tests and points follow it."""

from __future__ import annotations

import argparse
import json
import re
import zipfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode

from classroom import made
from classroom.assignment_tools import ASSIGNMENTS, graded, marks, points, run
from classroom.bad_submissions import LIMITS, SEED, needs_sandbox, put
from crossentropy_classroom import feedback, release
from crossentropy_classroom.assignments import Assignment, load, without_solutions
from crossentropy_classroom.cluster import Packed, _unpacked
from crossentropy_classroom.copies import Copy, whose
from crossentropy_classroom.grade import Batch, grade
from crossentropy_classroom.notebooks import parse
from crossentropy_classroom.release import copy_for, named_in
from crossentropy_classroom.variants import number_of

CLASS = [f"student {number}" for number in range(300)]

# The number of bits is another for each student, and so are the test and the text that name it.
VARIANTS = """
from crossentropy_classroom.variants import Variant

def vary(rng):
    bits = int(rng.integers(100, 10**9))
    return Variant(
        {
            "heading": {"And why?": f"And why {bits}?"},
            "bits": {"bits = 2": f"bits = {bits}"},
            "test-bits": {"bits == 2": f"bits == {bits}"},
        },
        {"bits": bits},
    )
"""


def synthetic(folder: Path, variants: str = VARIANTS) -> Assignment:
    home = made.write_assignment(folder)
    (home / "variants.py").write_text(variants, "utf-8")
    return load(home)


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return synthetic(tmp_path / "assignments")


@pytest.fixture(scope="module")
def first() -> Assignment:
    return load(ASSIGNMENTS / "1-entropy")


def of_each_picture(assignment: Assignment) -> list[int]:
    """Return a number for each visible test that the variants ask in the place of one."""
    found: dict[str, int] = {}
    for number in range(60):
        (test,) = (c for c in assignment.varied(number).master().cells if c.id == "test-bars")
        found.setdefault(test.source, number)
    return list(found.values())


def text(notebook: NotebookNode, name: str) -> str:
    (found,) = (cell for cell in notebook.cells if cell.id == name)
    return str(found.source)


def test_two_students_differ_and_the_same_student_never(first: Assignment) -> None:
    copies = {student: nbformat.writes(copy_for(student, first, SEED)) for student in CLASS[:40]}
    assert len(set(copies.values())) == len(copies)
    tables = {text(nbformat.reads(copy, 4), "data") for copy in copies.values()}
    assert len(tables) == len(copies)
    again = load(ASSIGNMENTS / "1-entropy")
    for student in CLASS[:3]:
        assert nbformat.writes(copy_for(student, again, SEED)) == copies[student]
        assert nbformat.writes(copy_for(student, again, SEED + 1)) != copies[student]
    assert len({number_of(SEED, first.name, student) for student in CLASS}) == len(CLASS)


def test_in_every_variant_the_master_has_full_marks_and_the_stub_none(first: Assignment) -> None:
    numbers = of_each_picture(first)
    assert len(numbers) == 8
    for number in numbers:
        varied = first.varied(number)
        cells = graded(varied.master(), by_hand=False)
        most = {marks(cell)["grade_id"]: float(marks(cell)["points"]) for cell in cells}
        solved, stub = run(varied.master()), run(varied.released)
        assert points(varied, solved.names, SEED) == most
        assert set(points(varied, stub.names, SEED).values()) == {0}
        for name in most:
            assert "Correct." in solved.printed[name], (number, name)
            assert "Not yet" in stub.printed[name], (number, name)
        # The program to repair says of the second line what the text says that it does.
        said = stub.names["effective_kinds"](stub.names["found"])[1]
        assert f"as hard to foresee as ${said:.1f}$ kinds" in text(varied.released, "repair")
        assert "on which four kinds were found" in text(varied.released, "repair")
        assert np.count_nonzero(stub.names["found"][1]) == 4
        assert np.count_nonzero(stub.names["found"][2]) == 1
        assert stub.names["found"].sum(axis=0).all()
        assert stub.names["pocket"].shape == (2, 5)


def test_the_picture_of_a_variant_is_another_question(first: Assignment) -> None:
    number = of_each_picture(first)[1]
    varied = first.varied(number)
    (bits,) = re.findall(r"\*\*exactly ([\d.]+) bits\*\*", text(varied.released, "bars"))
    assert f"umbrella-share-{bits}" in text(varied.released, "test-bars")
    assert f"## 4. {bits} bits of surprise" in text(varied.released, "bars")
    everybodys = run(first.master()).names
    most = points(first, everybodys, SEED)
    assert points(varied, everybodys, SEED) == {**most, "test-bars": 0}
    assert points(first, run(varied.master()).names, SEED) == {**most, "test-bars": 0}


def test_a_copy_is_what_nbgrader_would_make_of_the_variants_master(first: Assignment) -> None:
    varied = first.varied(7)
    assert varied.released == without_solutions(varied.master(), varied.path)
    assert varied.digest != first.digest
    assert first.varied(7) is varied
    assert first.varied(None) is first


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"heading": {', '"head": {', "there is no cell 'head'"),
        ("And why?", "And how?", "the cell 'heading' holds 'And how\\?' 0 times"),
        ('"bits": bits', '"bits": bits, "nats": 1', "no hidden test asks for 'nats'"),
    ],
)
def test_what_differs_must_fit_the_master(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert VARIANTS.count(old) == 1
    with pytest.raises(ValueError, match=message):
        synthetic(tmp_path, VARIANTS.replace(old, new)).varied(1)


def read(copy: NotebookNode) -> NotebookNode:
    return parse(nbformat.writes(copy).encode())


def test_a_copy_says_which_it_is_and_for_whom_it_was_made(assignment: Assignment) -> None:
    copy = copy_for("Ann Lee", assignment, SEED)
    number = number_of(SEED, assignment.name, "Ann Lee")
    assert whose(read(copy), assignment, "ann_lee", SEED) == Copy(number)
    said = "it is the copy that was made for"
    assert whose(read(copy), assignment, "bob", SEED) == Copy(number, (f"{said} Ann Lee",))
    copy.metadata.crossentropy["student"] = "eve"  # whose number it is not
    assert whose(read(copy), assignment, "bob", SEED) == Copy(
        number, (f"{said} nobody of this class",)
    )
    for mark in (-1, 2**32, True, 0.5, None, "1", [1]):
        copy.metadata.crossentropy["variant"] = mark
        assert read(copy).metadata == {}


def test_a_copy_that_lost_its_mark_is_known_by_its_cells(assignment: Assignment) -> None:
    number = number_of(SEED, assignment.name, "ann")
    copy = copy_for("ann", assignment, SEED)
    everybodys = deepcopy(assignment.released)
    for notebook in (copy, everybodys):
        notebook.metadata = NotebookNode()
    assert whose(read(copy), assignment, "ann", SEED) == Copy(number)
    assert whose(read(everybodys), assignment, "ann", SEED) == Copy(None)
    found = whose(read(copy), assignment, "bob", SEED)
    assert found.number is None
    assert found.attention == ("nothing in it says which variant of the assignment it is",)


def test_other_machines_get_what_differs(assignment: Assignment) -> None:
    files = assignment.notebook, assignment.program, assignment.variations
    there = _unpacked(Packed(assignment.name, *files))
    assert there.varied(5).digest == assignment.varied(5).digest


def worked_on(copy: NotebookNode) -> NotebookNode:
    """Return a copy with everything solved."""
    solved = {cell.id: cell.source for cell in made.solved().cells}
    (bits,) = re.findall(r"And why (\d+)\?", text(copy, "heading")) or ["2"]
    solved["bits"] = f"bits = {bits}"
    for cell in copy.cells:
        if cell.id in ("entropy", "divergence", "bits", "why"):
            cell.source = solved[cell.id]
    return copy


@needs_sandbox
def test_each_is_graded_by_the_copy_that_was_worked_on(
    assignment: Assignment, tmp_path: Path, classroom: Path
) -> None:
    own = {name: copy_for(name, assignment, SEED) for name in ("ann", "bob", "zoe")}
    handed_in: dict[str, NotebookNode] = {
        "ann": worked_on(deepcopy(own["ann"])),
        "bob": worked_on(deepcopy(own["ann"])),
        "cem": worked_on(deepcopy(assignment.released)),
        "zoe": worked_on(deepcopy(own["zoe"])),
    }
    handed_in["zoe"].cells[6].source = "print('edited')"
    folder = tmp_path / "submissions"
    for student, notebook in handed_in.items():
        (folder / student).mkdir(parents=True)
        put(notebook)(folder / student)
    # The copy as it was handed out goes, though it is newer.
    put(own["zoe"], "synthetic-1.ipynb")(folder / "zoe")
    batch = Batch([assignment], classroom, SEED, LIMITS, jobs=2)
    results = {result.student: result for result in grade(batch, folder)}
    for student, result in results.items():
        assert result.points == {**made.TESTED, "why": None}, (student, result.faults)
    assert {student: result.attention for student, result in results.items()} == {
        "ann": [],
        "bob": ["it is the copy that was made for ann"],
        "cem": [],
        "zoe": [],
    }
    assert results["zoe"].repairs == ["the locked cell 'test-bits' was edited"]
    assert "synthetic-1.ipynb, as it was handed out" in results["zoe"].also[0]
    report = (classroom / "report.csv").read_bytes()
    assert report.splitlines()[1].startswith(b"synthetic,bob,attention,it is the copy that was")
    kept = {path: path.read_bytes() for path in classroom.glob("work/*/*/*")}
    again = Batch([assignment], classroom, SEED, LIMITS, jobs=1, again=True)
    grade(again, folder)
    assert (classroom / "report.csv").read_bytes() == report
    for path, content in kept.items():
        assert without_times(path.read_bytes()) == without_times(content)


def without_times(data: bytes) -> Any:
    content = json.loads(data)
    for cell in content.get("cells", []) if isinstance(content, dict) else []:
        cell.pop("seconds", None)
    return content


def release_to(students: Path, folder: Path) -> int:
    parser = argparse.ArgumentParser()
    release.add_arguments(parser)
    places = ["--assignments", str(folder / "assignments"), "--classroom", str(folder / "room")]
    return release.main(parser.parse_args([*places, "--roster", str(students)]))


def test_the_command_makes_a_copy_for_each_student(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed: list[str] = []
    monkeypatch.setattr(
        release, "refuse_stub_that_raises", lambda _, copy: executed.append(copy.cells[-2].source)
    )
    other = made.master("other")
    made.write_assignment(
        tmp_path / "assignments", other, made.HIDDEN.replace('"test-', '"other-test-'), "other"
    )
    (tmp_path / "class.txt").write_text("Ann Lee\n\nBjörn Ödegård\n", "utf-8")
    assert release_to(tmp_path / "class.txt", tmp_path) == 0
    home = tmp_path / "room" / "release" / "students"
    assert {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()} == {
        f"{student}{rest}"
        for student in ("Ann Lee", "Björn Ödegård")
        for rest in (".zip", "/synthetic.ipynb", "/other.ipynb")
    }
    copies = [nbformat.read(home / s / "synthetic.ipynb", 4) for s in ("Ann Lee", "Björn Ödegård")]
    assert [copy.metadata.crossentropy.student for copy in copies] == ["Ann Lee", "Björn Ödegård"]
    assert text(copies[0], "heading") != text(copies[1], "heading")
    assert (home / "Ann Lee" / "other.ipynb").read_bytes() == (
        home.parent / "other" / "other.ipynb"
    ).read_bytes()
    with zipfile.ZipFile(home / "Ann Lee.zip") as archive:
        assert archive.namelist() == ["other.ipynb", "synthetic.ipynb"]
    # What everybody may have is there too, and of the variants the first is executed.
    assert text(nbformat.read(home.parent / "synthetic" / "synthetic.ipynb", 4), "heading") == (
        "# And why?"
    )
    assert executed.count(text(copies[0], "heading")) == 1
    assert text(copies[1], "heading") not in executed
    seed = int((tmp_path / "room" / "seed").read_text("utf-8"))
    assert copies[0].metadata.crossentropy.variant == number_of(seed, "synthetic", "Ann Lee")


def test_a_roster_names_the_students_as_grading_does(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text('Student,ID,Section\n"Ödegård, Björn",12,A\n"Lee, Ann",7,A\n', "utf-8")
    assert named_in(path) == ["Lee, Ann", "Ödegård, Björn"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("", "it names nobody"),
        ("ann\nbob\nAnn", "'ann' and 'Ann' are too much alike"),
        ("../ann", "no folder can be called '../ann'"),
        ("..", "no folder can be called '..'"),
    ],
)
def test_names_that_will_not_do_are_refused(names: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "class.txt").write_text(names, "utf-8")
    with pytest.raises(ValueError, match=message):
        named_in(tmp_path / "class.txt")
    with pytest.raises(ValueError, match="cannot be read"):
        named_in(tmp_path / "nowhere.txt")


def test_the_page_of_a_variant_says_why_as_any_other(assignment: Assignment) -> None:
    result = feedback.Result("ann", assignment.name, judged=[[""]] * 3 + [["it was too slow"]])
    assert feedback.losses(result, assignment.varied(3)) == feedback.losses(result, assignment)
