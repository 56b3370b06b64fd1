"""The grades file: a number is a number that somebody earned."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import pytest

from classroom.made import NAME, enter, new_gradebook, write_result
from crossentropy_classroom import export, gradebook
from crossentropy_classroom._files import as_csv
from crossentropy_classroom.export import BOM


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    """A room with a student for everything that can happen."""
    with new_gradebook(tmp_path) as book:
        enter(book, "zoe", auto=(4, 2, 2), manual=6.5)
        enter(book, "adam", auto=(0, 0, 0), manual=0)
        enter(book, "eve", auto=(4, 3, 2), manual=None)
        book.add_student("lena")
        enter(book, "dan", auto=(0, 0, 0), manual=0)
    for student in ("zoe", "adam", "eve", "dan", "tom"):
        write_result(tmp_path, student)
    write_result(tmp_path, "max", problem="it was killed")
    write_result(tmp_path, "dan", problem="its JSON ends early")
    write_result(tmp_path, "bob", problem="no notebook, only notes.txt")
    return tmp_path


def run(classroom: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    export.add_arguments(parser)
    return export.main(parser.parse_args(["--classroom", str(classroom), *arguments]))


def rows(classroom: Path, *arguments: str) -> dict[str, list[str]]:
    assert run(classroom, *arguments) == 0
    text = (classroom / "grades.csv").read_bytes().decode("utf-8-sig")
    return {row[0]: row[1:] for row in csv.reader(io.StringIO(text, newline=""))}


def test_each_student_has_a_row_and_each_assignment_a_column(classroom: Path) -> None:
    found = rows(classroom)
    assert list(found) == ["student", "adam", "bob", "dan", "eve", "lena", "max", "tom", "zoe"]
    assert found["student"] == [NAME, "total", "note"]
    assert found["zoe"] == ["14.5", "14.5", ""]


def test_an_earned_zero_is_a_zero_and_nothing_else_is(classroom: Path) -> None:
    found = rows(classroom)
    assert found["adam"] == ["0", "0", ""]
    assert {name for name, row in found.items() if row[0] == "0"} == {"adam"}


def test_what_is_still_to_be_read_is_pending(classroom: Path) -> None:
    note = f"{NAME}: 9 points so far, the rest to be read"
    assert rows(classroom)["eve"] == ["pending", "pending", note]


def test_what_could_not_be_graded_is_empty_with_its_reason(classroom: Path) -> None:
    found = rows(classroom)
    assert found["bob"] == [
        "",
        "pending",
        f"{NAME}: could not be graded: no notebook, only notes.txt",
    ]
    assert found["max"] == ["", "pending", f"{NAME}: could not be graded: it was killed"]
    # An earlier hand-in that was graded does not stand in for one that could not be.
    assert found["dan"] == ["", "pending", f"{NAME}: could not be graded: its JSON ends early"]
    assert found["tom"] == ["", "pending", f"{NAME}: not in the gradebook, grade again"]
    assert found["lena"] == ["", "0", f"{NAME}: not handed in"]


def test_a_late_penalty_is_taken_off_and_never_more_than_there_is(classroom: Path) -> None:
    with gradebook.existing(classroom) as book:
        for student, penalty in (("zoe", 2), ("adam", 2)):
            notebook = book.find_submission_notebook(NAME, NAME, student)
            notebook.late_submission_penalty = penalty
        book.db.commit()
    found = rows(classroom)
    assert (found["zoe"][0], found["adam"][0]) == ("12.5", "0")


def test_the_same_grades_are_the_same_bytes(classroom: Path) -> None:
    run(classroom)
    first = (classroom / "grades.csv").read_bytes()
    run(classroom)
    assert (classroom / "grades.csv").read_bytes() == first
    assert first.count(b"\r\n") == first.count(b"\n") == 9
    run(classroom, "--excel")
    assert (classroom / "grades.csv").read_bytes() == BOM.encode() + first


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\nx"])
def test_a_name_never_becomes_a_formula(name: str) -> None:
    (row,) = csv.reader(io.StringIO(as_csv([[name, "3"]]), newline=""))
    assert row == [f"'{name}", "3"]


def test_names_with_commas_quotes_and_accents_come_back() -> None:
    row = ['O"Hara, Zoë', "a\nb", ""]
    (back,) = csv.reader(io.StringIO(as_csv([row]), newline=""))
    assert back == row


def test_without_a_gradebook_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="grade submissions first"):
        run(tmp_path)
    assert list(tmp_path.iterdir()) == []
