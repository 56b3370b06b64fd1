"""What a class made of each question: the numbers, and the page."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from classroom import made
from classroom.synthetic import fill
from crossentropy_classroom import statistics_page
from crossentropy_classroom.items import summary
from crossentropy_classroom.result import read_results
from crossentropy_classroom.statistics_page import of_class, render

WORTH = {"a": 2.0, "b": 4.0, "c": 4.0}


def of(*rows: tuple[float | None, ...], blank: int = 0, **mistakes: list[int]) -> object:
    """Return the summary of students, with what the first of them left blank, and mistakes in a."""
    points = [dict(zip(WORTH, row, strict=True)) for row in rows]
    made_by = [
        {"a": [words for words, who in mistakes.items() if number in who]}
        for number in range(len(rows))
    ]
    left = [{"a"} if number < blank else set() for number in range(len(rows))]
    return summary("one", WORTH, points, left, made_by)


def test_each_question_is_counted_and_held_against_the_rest() -> None:
    rows = [(2, 4, 3), (1, 3, 4), (0, 0, 1), (0, 1, 0), (2, 2, 2)]
    found = of(*rows, blank=3, log=[1, 2], shape=[2])
    a = found.items[0]
    assert (a.full, a.part, a.zero, a.blank, a.pending) == (1, 0, 1, 3, 0)
    assert a.mean == 1
    rest = [7, 7, 1, 1, 4]
    assert a.correlation == pytest.approx(np.corrcoef([2, 1, 0, 0, 2], rest)[0, 1])
    named = [(m.words, m.count, m.rest_with, m.rest_without) for m in a.mistakes]
    assert named == [("log", 2, 4, 4), ("shape", 1, 1, 4.75)]
    assert found.totals == [1, 1, 6, 8, 9]
    assert found.max == 10


def test_what_is_to_be_read_counts_for_nothing_yet() -> None:
    found = of((2, 4, None), (1, 3, None), (0, 0, None), (None, 1, 4))
    assert found.unread == ["c"]
    assert found.totals == []
    a, b, c = found.items
    assert (a.pending, b.pending, c.pending) == (1, 0, 3)
    assert (a.mean, c.mean) == (1, 4)
    # c is in nobody's rest: b against a, of the three of whom a is known.
    assert b.correlation == pytest.approx(np.corrcoef([4, 3, 0], [2, 1, 0])[0, 1])
    assert (c.correlation, c.why) == (None, "fewer than 3 students have all their points")


def test_where_there_is_no_number_it_is_said_why() -> None:
    assert of((2, 1, 1)).items[0].why == "fewer than 3 students have all their points"
    assert of((2, 1, 1), (2, 0, 3), (2, 4, 4)).items[0].why == "all have the same points for it"
    other = of((2, 1, 1), (1, 1, 1), (0, 2, 0)).items[0]
    assert other.why == "all have the same points for the rest"
    nobody = of()
    assert (nobody.students, nobody.items[0].mean) == (0, None)
    for found in (
        nobody,
        of((2, 1, 1)),
        of((None, None, None)),
        of((2, 2, 2), (2, 2, 2), (2, 2, 2)),
    ):
        html = render([found])
        assert "nan" not in html.lower()
        assert "no r, for " in html


@pytest.mark.parametrize("students", [1, 300])
def test_a_class_is_shown_whole_and_nobody_is_named(students: int, tmp_path: Path) -> None:
    assignment = made.assignment(tmp_path / "assignments")
    questions = fill(tmp_path, assignment, students, unread=0.05)
    found = of_class(assignment, questions, read_results(tmp_path), tmp_path)
    assert found.students == students
    for item in found.items:
        own = [each for each in questions if each.cell == item.cell]
        assert item.pending == sum(each.pending for each in own)
        assert item.full + item.part + item.zero + item.blank + item.pending == students
        blank = [r for r in read_results(tmp_path) if item.cell.removeprefix("test-") in r.blank]
        assert item.blank + item.pending >= len(blank)
    html = render([found])
    assert "student-0" not in html
    if students > 1:
        text = BeautifulSoup(html, "html.parser").get_text(" ")
        assert "Its visible test said: you use natural logarithms" in text
        assert "Failed: four probabilities (it raised IndexError)" in text
        assert all(0.2 < item.correlation < 0.9 for item in found.items)
        assert [item.quarters[0] < item.quarters[-1] for item in found.items] == [True] * 4


def test_the_command_writes_it_from_the_gradebook(tmp_path: Path) -> None:
    made.write_assignment(tmp_path / "assignments")
    with made.new_gradebook(tmp_path) as book:
        made.enter(book, "ann", (4, 3, 2), 6)
        made.enter(book, "bob", (0, 3, 2), None)
        made.enter(book, "eve", (4, 3, 2), 6)
    for student in ("ann", "bob"):
        made.write_result(tmp_path, student)
    made.write_result(tmp_path, "eve", problem="it is no notebook")
    parser = argparse.ArgumentParser()
    statistics_page.add_arguments(parser)
    places = ["--classroom", str(tmp_path), "--assignments", str(tmp_path / "assignments")]
    assert statistics_page.main(parser.parse_args(places)) == 0
    html = (tmp_path / "statistics.html").read_text("utf-8")
    assert "Handed in and graded: 2.\nWith points to come: 1." in html
    statistics_page.main(parser.parse_args(places))
    assert (tmp_path / "statistics.html").read_text("utf-8") == html


def test_a_hostile_name_is_text(tmp_path: Path) -> None:
    found = of((2, 1, 1), **{"<script>alert(1)</script>": [0]})
    assert "<script" not in render([found])


def test_everybody_can_read_the_page(browser: Browser, tmp_path: Path) -> None:
    assignment = made.assignment(tmp_path / "assignments")
    questions = fill(tmp_path, assignment, 40, unread=0.2)
    found = of_class(assignment, questions, read_results(tmp_path), tmp_path)
    path = tmp_path / "statistics.html"
    path.write_text(render([found]), "utf-8")
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        page.goto(path.as_uri())
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        context.close()
