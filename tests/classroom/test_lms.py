"""What Canvas and Moodle exported comes back with grades in it, and otherwise as it was."""

from __future__ import annotations

import argparse
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from nbformat import NotebookNode

from classroom import made, rosters
from classroom.bad_submissions import needs_sandbox, unanswered
from classroom.made import NAME, enter, new_gradebook, write_result
from crossentropy_classroom import __main__ as command_line
from crossentropy_classroom import export
from crossentropy_classroom.lms import Mark, table
from crossentropy_classroom.roster import Roster, parse_roster

MOST = {NAME: 20.0}


def of(text: str) -> Roster:
    return parse_roster(text, "roster.csv")


def run(classroom: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    export.add_arguments(parser)
    return export.main(parser.parse_args(["--classroom", str(classroom), *arguments]))


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    """A room in which somebody has points, somebody waits, and somebody could not be graded."""
    with new_gradebook(tmp_path) as book:
        for student, manual in (
            *(("Lee, Kim (klee2)", 6.5), ("Müller, Zoë", None), ("=1+1", 0.0), ("-rf", 1.0)),
            *(("stranger", 1.0), ("Ferrer, Ana", 3.0)),
        ):
            enter(book, student, auto=(4, 2, 2), manual=manual)
            write_result(tmp_path, student)
    write_result(tmp_path, "Ferrer, Ana", problem="its JSON ends early")
    return tmp_path


def test_canvas_gets_its_own_rows_with_grades(
    classroom: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (classroom / "roster.csv").write_text(rosters.CANVAS, "utf-8")
    assert run(classroom, "--for", "canvas") == 0
    assert "8 students, 3 grades" in (printed := capsys.readouterr().out)
    assert "not in it, for they are not on the roster: stranger" in printed
    text = (classroom / "grades-canvas.csv").read_bytes().decode()
    before, after = rosters.rows(rosters.CANVAS), rosters.rows(text)
    own = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert after[0] == [*own, f"{NAME} (902)"]
    assert after[1] == ["    Points Possible", "", "", "", "", "20"]
    assert rosters.columns(after[:1] + after[2:], *own) == rosters.columns(
        before[:1] + before[3:], *own
    )
    points = [row[-1] for row in after[2:]]
    assert points == ["", "14.5", "", "", "9", "8", "", ""]
    # What was written is a roster again, of the same students.
    assert of(text).students[2].cells["Student"] == "Müller, Zoë"
    assert of(text).keys == of(rosters.CANVAS).keys
    run(classroom, "--for", "canvas")
    assert (classroom / "grades-canvas.csv").read_bytes().decode() == text


def test_moodle_gets_its_worksheet_with_grade_and_feedback(tmp_path: Path) -> None:
    marks = {
        ("Kim Lee (klee2@example.org)", NAME): Mark("14.5", "14.5 of 20."),
        ("Zoë Müller", NAME): Mark("", ""),
    }
    before, after = (
        rosters.rows(rosters.WORKSHEET),
        table(of(rosters.WORKSHEET), "moodle", marks, MOST, {}),
    )
    changed = ("Grade", "Feedback comments")
    kept = [column for column in before[0] if column not in changed]
    assert after[0] == before[0]
    assert rosters.columns(after, *kept) == rosters.columns(before, *kept)
    assert rosters.columns(after, *changed) == [
        *(["", ""], ["14.5", "14.5 of 20."], ["", ""], ["", "Old."], ["", ""], ["", ""], ["", ""])
    ]


def test_moodle_gets_columns_to_map_with_grade_and_feedback() -> None:
    marks = {("Kim Lee (klee2@example.org)", NAME): Mark("14.5", "14.5 of 20.")}
    after = table(of(rosters.MOODLE), "moodle", marks, {NAME: 20.0, "later": 20.0}, {})
    assert after[0] == [
        *("First name", "Last name", "ID number", "Institution", "Department", "Email address"),
        *(f"Assignment: {NAME} (Real)", f"Assignment: {NAME} (Feedback)"),
        *("later", "later (Feedback)"),
    ]
    assert after[2] == [
        *("Kim", "Lee", "S12", "", "", "klee2@example.org", "14.5", "14.5 of 20.", "", "")
    ]
    assert after[5][0] == "-rf"
    assert {cell for row in after[3:] for cell in row[6:]} == {""}


@pytest.mark.parametrize(
    ("text", "system", "most", "said"),
    [
        (rosters.CANVAS, "moodle", MOST, "was exported by Canvas"),
        (rosters.MOODLE, "canvas", MOST, "was exported by Moodle"),
        (rosters.CANVAS, "canvas", {}, "no assignment has been graded"),
        (rosters.CANVAS, "canvas", {"1-x": 20}, "row 1 has no column of 1-x: there is 'Essay"),
        (rosters.CANVAS, "canvas", {NAME: 30}, f"{NAME} has 20 points there and 30 here"),
        (rosters.WORKSHEET, "moodle", {NAME: 30}, f"{NAME} has 20 points there and 30 here"),
        (rosters.WORKSHEET, "moodle", {NAME: 20, "b": 20}, "the worksheet of one assignment: say"),
    ],
)
def test_what_a_system_would_take_amiss_is_refused(
    text: str, system: str, most: dict[str, float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        table(of(text), system, {}, most, {})


def test_an_assignment_may_have_another_title_there() -> None:
    given = {"1-x": 100.0}
    rows = table(
        of(rosters.CANVAS), "canvas", {("=1+1", "1-x"): Mark("3")}, given, {"1-x": "Essay"}
    )
    assert rows[0][-1] == "Essay (901)"
    assert rows[7][-1] == "3"
    title = rosters.CANVAS.replace(f"{NAME} (902)", f"Week 1: {NAME.upper()} (902)")
    assert table(of(title), "canvas", {}, MOST, {})[0][-1] == f"Week 1: {NAME.upper()} (902)"


def test_without_a_system_the_whole_roster_has_rows(classroom: Path) -> None:
    (classroom / "roster.csv").write_text(rosters.CANVAS, "utf-8")
    assert run(classroom) == 0
    rows = rosters.rows((classroom / "grades.csv").read_text("utf-8"))
    assert len(rows) == 1 + 8 + 1
    assert next(row for row in rows if row[0] == "Student, Test")[-1] == f"{NAME}: not handed in"


def test_without_a_roster_it_says_what_to_do(classroom: Path) -> None:
    with pytest.raises(ValueError, match="there has to be a roster"):
        run(classroom, "--for", "canvas")


def a_week(
    folder: Path, empty_gradebook: Path, roster: str, **notebooks: NotebookNode
) -> list[str]:
    """Write what a teacher has, with a zip of notebooks; return the command that grades it."""
    (folder / "classroom").mkdir()
    shutil.copy(empty_gradebook, folder / "classroom")
    (folder / "exported.csv").write_text(roster, "utf-8")
    made.write_assignment(folder / "assignments")
    with zipfile.ZipFile(folder / "submissions.zip", "w") as packed:
        for name, notebook in notebooks.items():
            packed.writestr(name, json.dumps(notebook))
    options = [f"--{name}={folder / name}" for name in ("assignments", "classroom")]
    return ["grade", str(folder / "submissions.zip"), *options]


@needs_sandbox
def test_a_zip_of_canvas_goes_in_and_grades_come_out(tmp_path: Path, empty_gradebook: Path) -> None:
    """As a teacher does it, twice."""
    sent = {
        "leekim_11_500_synthetic.ipynb": unanswered(),
        "leekim_12_501_synthetic-1.ipynb": unanswered(bits="bits = 3"),
        "müllerzoë_13_502_synthetic.ipynb": made.solved(),
    }
    grade = a_week(tmp_path, empty_gradebook, rosters.CANVAS, **sent)
    room = tmp_path / "classroom"
    assert command_line.main([*grade, "--roster", str(tmp_path / "exported.csv")]) == 0
    report = (room / "report.csv").read_bytes()
    assert report.decode().count("not handed in") == len(rosters.rows(rosters.CANVAS)) - 3 - 3
    assert command_line.main(grade) == 0
    assert (room / "report.csv").read_bytes() == report
    assert command_line.main(["grades", "--for", "canvas", grade[-1]]) == 0
    rows = rosters.rows((room / "grades-canvas.csv").read_text("utf-8"))
    assert [row[-1] for row in rows[1:]] == ["20", "9", "7", *[""] * 6]


@needs_sandbox
def test_a_zip_of_moodle_goes_in_and_what_is_late_costs(
    tmp_path: Path, empty_gradebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {
        f"Kim Lee_311_assignsubmission_file/{NAME}.ipynb": unanswered(),
        f"Kim Lee_312_assignsubmission_file/deep/{NAME}.ipynb": unanswered(),
    }
    grade = a_week(tmp_path, empty_gradebook, rosters.WORKSHEET, **sent)
    room = tmp_path / "classroom"
    (room / "deadlines.toml").write_text(
        f'zone = "Europe/Berlin"\n[{NAME}]\ndue = 2026-11-06 23:59:00\npoints_per_day = 1\n'
        f'[{NAME}.exceptions."ana@example.org"]\npoints_per_day = 0\n',
        "utf-8",
    )
    assert command_line.main([*grade, "--roster", str(tmp_path / "exported.csv")]) == 0
    assert command_line.main(["grades", "--for", "moodle", grade[-1]]) == 0
    text = (room / "grades-moodle.csv").read_bytes().decode()
    assert of(text).keys == of(rosters.WORKSHEET).keys
    first, second = rosters.columns(rosters.rows(text), "Grade", "Feedback comments")[:2]
    assert first == ["9", "9 of 20 points."]
    assert second[0] == "8"
    assert second[1].startswith("8 of 20 points. 9 before that: it came 2026-11-07 00:20:00 CET")
    bo = f'zone = "UTC"\n[{NAME}]\ndue = 2026-11-06 23:59:00\n[{NAME}.exceptions.bo]\n'
    (room / "deadlines.toml").write_text(bo, "utf-8")
    assert command_line.main(grade) == 2
    said = capsys.readouterr().err
    assert f'deadlines.toml: {NAME}.exceptions."bo" is nobody on the roster' in said
