"""Who reads which answers: dealt evenly, and kept."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from classroom import made
from crossentropy_classroom import __main__ as command_line
from crossentropy_classroom import gradebook
from crossentropy_classroom.gradebook import Graded
from crossentropy_classroom.graders import deal, share_of


def answers(students: int, questions: int = 1, read: int = 0) -> list[Graded]:
    return [
        Graded(f"{q}-x", f"s{k:03}", "why", 4, 0, None, None, k >= read, f"id{q}-{k}")
        for q in range(questions)
        for k in range(students)
    ]


@pytest.mark.parametrize("by", ["student", "question"])
def test_the_answers_are_dealt_evenly_and_stay_with_who_has_them(by: str) -> None:
    some, more = answers(60, 4, read=10), answers(81, 4, read=30)
    first = deal(some, ["ana", "ben"], by, {})
    loads = Counter(first[share_of(answer, by)] for answer in some)
    assert loads == {"ana": 120, "ben": 120}
    assert deal(some, ["ana", "ben"], by, first) == first
    assert deal(some, ["ben", "ana"], by, first) == first
    second = deal(more, ["ana", "ben"], by, first)
    assert {share: second[share] for share in first} == first
    loads = Counter(second[share_of(answer, by)] for answer in more)
    assert max(loads.values()) - min(loads.values()) <= (4 if by == "student" else 81)


def test_who_joins_gets_a_part_and_not_what_is_read() -> None:
    some = answers(90, read=20)
    first = deal(some, ["ana", "ben"], "student", {})
    second = deal(some, ["ana", "ben", "cleo"], "student", first)
    assert Counter(second.values()) == {"ana": 30, "ben": 30, "cleo": 30}
    moved = {share for share in first if second[share] != first[share]}
    assert len(moved) == 30
    assert not moved & {share_of(answer, "student") for answer in some[:20]}
    third = deal(some, ["ben", "cleo"], "student", second)
    assert all(third[share] == who for share, who in second.items() if who != "ana")
    assert Counter(third.values()) == {"ben": 45, "cleo": 45}


def test_the_list_leads_to_each_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with made.new_gradebook(tmp_path) as book:
        for student in ("=ann", "bob", "eve"):
            made.enter(book, student, (4, 3, 2), 5 if student == "bob" else None)
        made.enter(book, "blank", (0, 0, 0), None)
        grade = book.find_grade("why", made.NAME, made.NAME, "blank")
        grade.auto_score, grade.needs_manual_grade = 0.0, False
        book.db.commit()
    words = ["graders", "ana", "ben", f"--classroom={tmp_path}"]
    assert command_line.main(words) == 0
    said = capsys.readouterr().out
    assert "ana: 2 answers, 1 of them to be read" in said
    assert "ben: 1 answers, 1 of them to be read" in said
    first = (tmp_path / "graders.csv").read_bytes()
    with (tmp_path / "graders.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [(row["grader"], row["student"], row["state"]) for row in rows]
    assert found == [
        *(("ana", "bob", "read"), ("ana", "eve", "to be read")),
        ("ben", "'=ann", "to be read"),
    ]
    with gradebook.existing(tmp_path) as book:
        page = book.find_submission_notebook(made.NAME, made.NAME, "eve").id
    assert rows[1]["address"] == f"http://localhost:8888/formgrader/submissions/{page}/"
    assert command_line.main(words) == 0
    assert (tmp_path / "graders.csv").read_bytes() == first
    assert command_line.main(["graders", "ana", "ana", f"--classroom={tmp_path}"]) == 2
    assert "ana is there twice" in capsys.readouterr().err
