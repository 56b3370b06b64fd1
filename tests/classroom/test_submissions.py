"""Every file that was handed in is found, or said not to be."""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from nbformat import NotebookNode

from classroom import made
from classroom.bad_submissions import STUBS, put, put_bytes, unanswered
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.notebooks import parse, without_outputs
from crossentropy_classroom.submissions import Submission, find

NAME = f"{made.NAME}.ipynb"


@pytest.fixture(scope="session")
def assignments(tmp_path_factory: pytest.TempPathFactory) -> list[Assignment]:
    folder = tmp_path_factory.mktemp("assignments")
    return [made.assignment(folder, name) for name in (made.NAME, "other")]


def write(path: Path, notebook: NotebookNode | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    put(made.solved() if notebook is None else notebook, path.name)(path.parent)


def found(root: Path, assignments: Sequence[Assignment]) -> dict[str, Submission]:
    return {each.student: each for each in find(root, assignments, [made.NAME])}


def test_names_that_systems_made_are_undone(tmp_path: Path, assignments: list[Assignment]) -> None:
    for name in (
        "leeann_12345_678901_synthetic.ipynb",
        "patelraj_LATE_12346_678902_synthetic-2.ipynb",
        "Zoë Müller, jr._77_assignsubmission_file/synthetic (1).ipynb",
        "Kim Lee_78_assignsubmission_file_synthetic.ipynb",
        "Kim Lee_79_assignsubmission_file_synthetic.ipynb",
        "synthetic - Ann O'Brien.ipynb",
        "Copy of synthetic - Bo Li.ipynb",
    ):
        write(tmp_path / name)
    (tmp_path / "leeann_12345_678903_photo.jpg").write_bytes(b"")
    submissions = found(tmp_path, assignments)
    assert {student: each.repairs for student, each in submissions.items()} == {
        "leeann": ("the file is called leeann_12345_678901_synthetic.ipynb",),
        "patelraj": ("the file is called patelraj_LATE_12346_678902_synthetic-2.ipynb",),
        "Zoë Müller, jr.": (
            "the folder is called Zoë Müller, jr._77_assignsubmission_file",
            "the file is called synthetic (1).ipynb",
        ),
        "Kim Lee_78": ("the file is called Kim Lee_78_assignsubmission_file_synthetic.ipynb",),
        "Kim Lee_79": ("the file is called Kim Lee_79_assignsubmission_file_synthetic.ipynb",),
        "Ann O'Brien": ("the file is called synthetic - Ann O'Brien.ipynb",),
        "Bo Li": ("the file is called Copy of synthetic - Bo Li.ipynb",),
    }
    assert [path.name for path in submissions["leeann"].pictures] == [
        "leeann_12345_678903_photo.jpg"
    ]


def test_the_newest_that_was_worked_on_is_graded(
    tmp_path: Path, assignments: list[Assignment]
) -> None:
    wrong = made.solved(**STUBS)
    write(tmp_path / "bob" / NAME)
    for name, notebook, age in (
        ("a/synthetic.ipynb", wrong, 0.0),
        ("b/final.ipynb", None, 60.0),
        ("c/synthetic (1).ipynb", unanswered(**STUBS), 120.0),
    ):
        write(tmp_path / "ann" / name, notebook)
        then = 1_700_000_000 + age
        os.utime(tmp_path / "ann" / name, (then, then))
    ann = found(tmp_path, assignments)["ann"]
    assert ann.file == tmp_path / "ann/c/synthetic (1).ipynb"
    assert len(ann.attention) == 2
    for line, other in zip(ann.attention, ("a/synthetic.ipynb", "b/final.ipynb"), strict=True):
        assert line.startswith(f"ann/{other} was not graded")


def test_a_picture_with_another_assignment_is_not_shown_with_this_one(
    tmp_path: Path, assignments: list[Assignment]
) -> None:
    write(tmp_path / "ann/one/synthetic.ipynb")
    write(tmp_path / "ann/two/other.ipynb", made.solved("other"))
    for name in (
        "one/a.jpg",
        "two/b.jpg",
        "c.PDF",
        "one/my.docx",
        "one/tool.py",
        "README.txt",
        "readme.png",
    ):
        put_bytes(b"", name)(tmp_path / "ann")
    one, two = sorted(find(tmp_path, assignments), key=lambda each: each.assignment)[::-1]
    assert [path.name for path in one.pictures] == ["c.PDF", "a.jpg", "my.docx", "readme.png"]
    assert [path.name for path in two.pictures] == ["c.PDF", "readme.png", "b.jpg"]
    assert one.also == ("ann/README.txt", "ann/one/tool.py")


def test_each_folder_that_is_skipped_has_a_line(
    tmp_path: Path, assignments: list[Assignment]
) -> None:
    for student in ("ann", ".hidden", "__MACOSX", "__bob", "a\u202eb"):
        write(tmp_path / student / NAME)
    (tmp_path / ".DS_Store").write_bytes(b"")
    write(tmp_path / "ann" / "__MACOSX" / "._synthetic.ipynb")
    assert {s: each.problem for s, each in found(tmp_path, assignments).items()} == {
        ".hidden": "a folder that is no student's: it was skipped",
        "__MACOSX": "a folder that is no student's: it was skipped",
        "a\\u202eb": "the folder's name has signs that no student's has",
        "ann": "",
        "__bob": "",
    }


def test_names_that_read_the_same_are_said(tmp_path: Path, assignments: list[Assignment]) -> None:
    for student in ("Zo\u00eb", "Zoe\u0308", "Ann"):
        write(tmp_path / student / NAME)
    looks = {s: each.attention for s, each in found(tmp_path, assignments).items()}
    assert [bool(lines) for lines in looks.values()] == [False, True, True]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([NAME], "holds no folder of a student"),
        (["ann/notes.txt"], "there is no notebook in it"),
        (["gradebook.db", f"work/ann/{NAME}"], "is a classroom"),
        (["1-x/hidden.py", f"1-x/{NAME}"], "holds the masters"),
        ([f"all/{s}/{NAME}" for s in ("ann", "bob", "eve")], "the work of several"),
        (["ann/essay.ipynb"], "none of its 1 notebooks is of synthetic, other"),
    ],
)
def test_another_folder_is_refused(
    tmp_path: Path, assignments: list[Assignment], files: list[str], said: str
) -> None:
    for name in files:
        if name.endswith(NAME):
            write(tmp_path / name, made.solved(why=name))
        else:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            essay = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
            (tmp_path / name).write_text(json.dumps(essay), "utf-8")
    with pytest.raises(ValueError, match=said):
        find(tmp_path, assignments)


def test_a_notebook_with_one_cell_of_fifty_is_none_of_the_assignment(
    tmp_path: Path, assignments: list[Assignment]
) -> None:
    few = made.solved()
    few.cells = [cell for cell in few.cells if cell.id in ("bits", "heading")]
    write(tmp_path / "ann" / NAME, few)
    write(tmp_path / "bob" / NAME)
    assert found(tmp_path, assignments)["ann"].problem == (
        "ann/synthetic.ipynb is a notebook of something else"
    )


def test_reading_a_notebook_takes_no_more_than_its_file_is_worth() -> None:
    empty = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []'
    tracemalloc.start()
    try:
        for more in (
            b', "x": [' + b"[]," * 1_100_000 + b"0]}",
            b', "x": [' + b'"ab",' * 1_000_000 + b"0]}",
            b', "outputs": [' + b"[]," * 2_100_000 + b"0]}",
            b', "outputs": [' + b"[" * 2_100_000,
        ):
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            with pytest.raises(ValueError, match="too many values"):
                parse(empty + more)
            taken = tracemalloc.get_traced_memory()[1] - before
            assert taken < 4 * len(more), more[:20]
        # A string that never ends is gone through once.
        start = time.process_time()
        with pytest.raises(ValueError, match="its JSON is broken"):
            parse(empty + b', "x": "' + rb"\"" * 1_000_000)
        assert time.process_time() - start < 5
    finally:
        tracemalloc.stop()


def test_outputs_are_passed_over_whatever_is_in_them(tmp_path: Path) -> None:
    notebook = made.solved()
    tricky = ['"outputs": [', "]", '\\"', "]]]", {"outputs": [["\\"]]}, [], "{"]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = tricky
    for indent in (None, 1):
        text = json.dumps(notebook, indent=indent).encode()
        left = json.loads(without_outputs(text))
        assert [cell.pop("outputs", []) for cell in left["cells"]] == [[]] * len(left["cells"])
        assert parse(text) == parse(json.dumps(made.solved()).encode())
