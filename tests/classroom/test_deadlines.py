"""What is late loses what the deadlines say, and nothing else does."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from classroom import made, rosters
from classroom.bad_submissions import hand_in, needs_sandbox, unanswered
from crossentropy_classroom import __main__ as command_line
from crossentropy_classroom import gradebook
from crossentropy_classroom.deadlines import IN_TIME, Deadlines, lateness, read_deadlines
from crossentropy_classroom.names import sender
from crossentropy_classroom.result import read_results
from crossentropy_classroom.roster import parse_roster

BERLIN = ZoneInfo("Europe/Berlin")

CLASS = """
zone = "Europe/Berlin"
file_times = true

[1-entropy]
due = 2026-11-06 23:59:00
grace_minutes = 15
points_per_day = 2
at_most = 5

[1-entropy.exceptions.ill]
due = 2026-11-08 23:59:00
reason = "ill last week"

[1-entropy.exceptions.free]
points_per_day = 0

[1-entropy.came]
told = 2026-11-07 00:14:01

# On 25 October clocks are put back at 3:00, on 28 March put forward at 2:00.
[2-autumn]
due = 2026-10-24 12:00:00
points_per_day = 1

[3-spring]
due = 2027-03-27 12:00:00
points_per_day = 1

[4-twice]
due = 2026-10-25 02:30:00
points_per_day = 1

[5-strict]
due = 2026-11-06T23:59:00Z
points_per_day = 1

[7-between]
due = 2026-10-25T01:00:00Z
points_per_day = 1
"""
NAMES = ("1-entropy", "2-autumn", "3-spring", "4-twice", "5-strict", "6-free", "7-between")


def read(folder: Path, text: str) -> Deadlines:
    path = folder / "deadlines.toml"
    path.write_text(text, "utf-8")
    return read_deadlines(path, NAMES)


@pytest.fixture(scope="module")
def deadlines(tmp_path_factory: pytest.TempPathFactory) -> Deadlines:
    return read(tmp_path_factory.mktemp("class"), CLASS)


def at(clock: str, fold: int = 0) -> float:
    """Return when clocks in Berlin show this; where they do so twice, the first or second time."""
    return datetime.fromisoformat(clock).replace(tzinfo=BERLIN, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("assignment", "student", "came", "days", "penalty"),
    [
        ("1-entropy", "ann", "2026-11-01 10:00:00", 0, 0),
        ("1-entropy", "ann", "2026-11-06 23:59:00", 0, 0),
        ("1-entropy", "ann", "2026-11-07 00:14:00", 0, 0),  # the last second of grace
        ("1-entropy", "ann", "2026-11-07 00:14:01", 1, 2),
        ("1-entropy", "ann", "2026-11-08 00:14:00", 1, 2),
        ("1-entropy", "ann", "2026-11-08 00:14:01", 2, 4),
        ("1-entropy", "ann", "2026-11-09 12:00:00", 3, 5),  # and not 6
        ("1-entropy", "ann", "2027-11-09 12:00:00", 368, 5),
        ("1-entropy", "ill", "2026-11-08 23:00:00", 0, 0),
        ("1-entropy", "ill", "2026-11-09 12:00:00", 1, 2),
        ("1-entropy", "free", "2026-11-09 12:00:00", 3, 0),
        ("1-entropy", "told", "2026-11-01 10:00:00", 1, 2),  # what the teacher says counts
        ("2-autumn", "ann", "2026-10-24 12:00:01", 1, 1),
        ("2-autumn", "ann", "2026-10-25 12:00:00", 1, 1),  # after 25 hours
        ("2-autumn", "ann", "2026-10-25 12:00:01", 2, 2),
        ("3-spring", "ann", "2027-03-28 12:00:00", 1, 1),  # after 23 hours
        ("3-spring", "ann", "2027-03-28 12:00:01", 2, 2),
        ("3-spring", "ann", "2027-04-06 12:00:01", 11, 11),
        ("5-strict", "ann", "2026-11-07 00:59:00", 0, 0),
        ("5-strict", "ann", "2026-11-07 00:59:01", 1, 1),
        ("6-free", "ann", "2030-01-01 00:00:00", 0, 0),  # nothing is said of it
    ],
)
def test_days_and_points(
    deadlines: Deadlines, assignment: str, student: str, came: str, days: int, penalty: float
) -> None:
    late = lateness(deadlines, assignment, student, "x.ipynb", at(came))
    assert (late.days, late.penalty, late.known) == (days, penalty, True)


def test_a_time_that_clocks_show_twice_is_taken_in_favour(deadlines: Deadlines) -> None:
    judged = [
        lateness(deadlines, "4-twice", "ann", "x.ipynb", at(clock, fold)).days
        for clock, fold in (
            ("2026-10-25 02:30:00", 0),
            ("2026-10-25 02:30:00", 1),
            ("2026-10-25 02:30:01", 0),
            ("2026-10-25 02:30:01", 1),
        )
    ]
    assert judged == [0, 0, 0, 1]
    # Moodle does not say which of the two it was; this is due between them.
    seen = "Sunday, 25 October 2026, 2:30 AM"
    assert lateness(deadlines, "7-between", "ann", "x.ipynb", None, seen).days == 0


def test_what_is_said_names_both_times_and_the_reason(deadlines: Deadlines) -> None:
    came = at("2026-11-08 23:00:00")
    assert lateness(deadlines, "1-entropy", "ann", "x.ipynb", came).said == (
        "it came 2026-11-08 23:00:00 CET, was due 2026-11-06 23:59:00 CET with 15 minutes of "
        "grace: 2 days have begun since then, and 4 points are taken off"
    )
    ill = lateness(deadlines, "1-entropy", "ill", "x.ipynb", came)
    assert ill.said.endswith("in time by an exception: ill last week")
    later = lateness(deadlines, "1-entropy", "ill", "x.ipynb", at("2026-11-09 12:00:00"))
    assert "(ill last week): 1 day has begun" in later.said


@pytest.mark.parametrize(
    ("name", "system", "known", "days"),
    [
        ("leekim_11_500_1-entropy.ipynb", "", True, 0),  # Canvas says in time
        ("leekim_LATE_11_500_1-entropy.ipynb", "", False, 0),
        ("1-entropy.ipynb", "", False, 0),
        ("1-entropy.ipynb", "Saturday, 7 November 2026, 12:14 AM", True, 0),
        ("1-entropy.ipynb", "Saturday, 7 November 2026, 12:15\u202fAM", True, 1),
        ("1-entropy.ipynb", "Saturday, November 7, 2026, 12:15 AM", True, 1),
        ("1-entropy.ipynb", "-", False, 0),
    ],
)
def test_where_no_time_is_known_nothing_is_taken_off(
    tmp_path: Path, name: str, system: str, known: bool, days: int
) -> None:
    unsure = read(tmp_path, CLASS.replace("file_times = true", ""))
    late = lateness(unsure, "1-entropy", "ann", name, at("2026-12-24 00:00:00"), system)
    assert (late.known, late.days, late.penalty) == (known, days, 2.0 * days)
    assert late.known or '["1-entropy".came]' in late.said


def test_canvas_names_count_more_than_time_stamps(deadlines: Deadlines) -> None:
    """Those are of the download."""
    for name, known in (("a_11_5_x.ipynb", True), ("a_LATE_11_5_x.ipynb", False)):
        late = lateness(deadlines, "1-entropy", "ann", name, at("2026-12-24 00:00:00"))
        assert (late.known, late.penalty) == (known, 0)


def test_a_worksheet_says_when_the_work_in_its_folders_came() -> None:
    roster = parse_roster(rosters.WORKSHEET, "roster.csv")
    assert roster.came(sender("Kim Lee_312_assignsubmission_file", [])) == (
        "Saturday, 7 November 2026, 12:20 AM"
    )
    # Another number is of another assignment's download, and a name alone says nothing.
    assert roster.came(sender("Kim Lee_999_assignsubmission_file", [])) == ""
    assert roster.came(None) == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('zone = "Europe/Berlin"', "", "there is no key zone"),
        ("Europe/Berlin", "Berlin", "zone is 'Berlin', and no time zone"),
        ("Europe/Berlin", "../Berlin", "zone is '../Berlin', and no time zone"),
        ("file_times = true", "file_times = 1", "file_times is 1, and neither true nor false"),
        ("[1-entropy]", "[1-entropi]", "1-entropi is no assignment; there are 1-entropy, 2-autumn"),
        ("due = 2026-11-06 23:59:00\ngrace", "grace", "1-entropy has no key due"),
        ("due = 2026-11-06 23:59:00\ngrace", "due = 2026-11-06\ngrace", "1-entropy.due is 2026-11"),
        (
            "due = 2027-03-27 12:00:00",
            "due = 2027-03-28 02:30:00",
            "3-spring.due .* skip that time",
        ),
        ("points_per_day = 2", "points_per_day = -1", "1-entropy.points_per_day is -1, and not a"),
        ("points_per_day = 2", 'points_per_day = "2"', "1-entropy.points_per_day is '2'"),
        ("at_most = 5", "at_most = nan", "1-entropy.at_most is nan"),
        ("at_most = 5", "at_mots = 5", "1-entropy.at_mots is no key; there are due, grace_minutes"),
        ('"ill last week"', "1", '1-entropy.exceptions."ill".reason is 1, and not a text'),
        ("told = 2026-11-07 00:14:01", "told = 7", '1-entropy.came."told" is 7, and not a date'),
        ("[1-entropy.came]", "[1-entropy]", "Cannot declare|declare .* twice"),
        ("[1-entropy.exceptions.free]", "[[1-entropy.exceptions.free]]", '"free" is .*no.*table'),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_key_and_value(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in CLASS
    with pytest.raises(ValueError, match=f"deadlines.toml: .*{said}"):
        read(tmp_path, CLASS.replace(old, new))


def test_students_may_be_named_as_on_the_roster(deadlines: Deadlines) -> None:
    names: Mapping[str, str] = {"ill": "Lee, Ann", "free": "Lee, Bo", "told": "Lee, Cy"}
    called = deadlines.called(lambda name: names[name])
    assert called.students == {"Lee, Ann", "Lee, Bo", "Lee, Cy"}
    assert lateness(called, "1-entropy", "Lee, Ann", "x", at("2026-11-08 23:00:00")).days == 0

    def nobody(name: str) -> str:
        raise ValueError("is nobody on the roster")

    with pytest.raises(ValueError, match='"ill" is nobody on the roster'):
        deadlines.called(nobody)


@needs_sandbox
def test_the_penalty_stands_wherever_the_points_do(
    tmp_path: Path, empty_gradebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = tmp_path / "classroom"
    room.mkdir()
    (room / "gradebook.db").write_bytes(empty_gradebook.read_bytes())
    made.write_assignment(tmp_path / "assignments")
    rules = (
        'zone = "UTC"\nfile_times = true\n[synthetic]\ndue = 2026-11-06 12:00:00\n'
        "points_per_day = 2\n[synthetic.exceptions.zoe]\ndue = 2026-11-09 12:00:00\n"
    )
    (room / "deadlines.toml").write_text(rules, "utf-8")
    folder = hand_in(tmp_path / "submissions", ann=unanswered(), bob=unanswered())
    for student, day in (("ann", 6), ("bob", 8)):
        then = datetime.fromisoformat(f"2026-11-0{day}T11:00:00+00:00").timestamp()
        os.utime(folder / student / "synthetic.ipynb", (then, then))
    options = [f"--{name}={tmp_path / name}" for name in ("assignments", "classroom")]

    def graded() -> dict[str, dict[str, str]]:
        assert command_line.main(["grade", str(folder), *options]) == 0
        with (room / "report.csv").open(encoding="utf-8", newline="") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    rows = graded()
    assert [rows[who]["autograded"] for who in ("ann", "bob")] == ["9", "9"]
    assert [rows[who]["penalty"] for who in ("ann", "bob")] == ["", "4"]
    assert rows["ann"]["late"] == ""
    assert rows["bob"]["late"].endswith("2 days have begun since then, and 4 points are taken off")
    assert "of whom nothing is here: zoe" in capsys.readouterr().out
    report = (room / "report.csv").read_bytes()
    graded()
    assert (room / "report.csv").read_bytes() == report

    assert command_line.main(["grades", options[1]]) == 0
    written = {row[0]: row[1:] for row in rosters.rows((room / "grades.csv").read_text("utf-8"))}
    assert written["ann"] == ["9", "9", ""]
    assert written["bob"][:2] == ["5", "5"]
    assert written["bob"][2].startswith("synthetic: 9 points, it came 2026-11-08 11:00:00 UTC")
    with gradebook.existing(room) as book:
        bob = book.find_submission("synthetic", "bob")
        assert (bob.score, bob.late_submission_penalty) == (9, 4)
    assert command_line.main(["feedback", *options]) == 0
    page = (room / "feedback" / "bob" / "synthetic.html").read_text("utf-8")
    assert "<strong>9 of 20 points</strong>" in page
    assert "<strong>5 of 20 points</strong> with what being late costs" in page
    assert "4 points are taken off" in page

    # Deadlines may change: what was earned does not, and nothing is graded anew.
    (room / "deadlines.toml").write_text(rules.replace("file_times = true", ""), "utf-8")
    rows = graded()
    assert (rows["bob"]["status"], rows["bob"]["penalty"]) == ("attention", "")
    assert 'write it under ["synthetic".came]' in rows["bob"]["why"]
    (room / "deadlines.toml").unlink()
    assert graded()["bob"]["status"] == "graded"
    assert {result.late for result in read_results(room)} == {IN_TIME}
    with gradebook.existing(room) as book:
        assert book.find_submission("synthetic", "bob").late_submission_penalty == 0
