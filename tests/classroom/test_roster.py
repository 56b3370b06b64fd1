"""Every student of a roster is found again, whatever a system made of the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from classroom import made, rosters
from classroom.bad_submissions import put
from crossentropy_classroom.assignments import Assignment
from crossentropy_classroom.names import sender
from crossentropy_classroom.roster import Roster, parse_roster, read_roster
from crossentropy_classroom.submissions import NOT_HANDED_IN, Submission, find

CLASS = [
    *("Lee, Kim (kim.lee)", "Lee, Kim (klee2)", "Müller, Zoë", "O'Brien, jr., Sean"),
    *("-rf", "=1+1", "Ferrer, Ana", "Student, Test"),
]


def of(text: str) -> Roster:
    return parse_roster(text, "roster.csv")


def who(roster: Roster, name: str) -> str:
    """Return whose file or folder this is, or why it is nobody's."""
    by = sender(name, [made.NAME])
    try:
        return roster.student(by or sender(f"{name}_0_assignsubmission_file", []) or by).key
    except ValueError as problem:
        return f"it {problem}"


def test_names_are_told_apart() -> None:
    assert [student.key for student in of(rosters.CANVAS).students] == CLASS
    for text in (rosters.WORKSHEET, rosters.MOODLE):
        assert [student.key for student in of(text).students] == [
            "Kim Lee (kim.lee@example.org)",
            "Kim Lee (klee2@example.org)",
            *("Zoë Müller", "Sean O'Brien, jr.", "-rf", "=1+1", "Ana Ferrer"),
        ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("leekim_11_500_synthetic.ipynb", "Lee, Kim (kim.lee)"),
        ("leekim_LATE_12_501_synthetic-1.ipynb", "Lee, Kim (klee2)"),
        ("müllerzoë_13_502_synthetic.ipynb", "Müller, Zoë"),
        ("mu\u0308llerzoe\u0308_13_502_synthetic.ipynb", "Müller, Zoë"),
        ("obrienjrsean_14_503_synthetic.ipynb", "O'Brien, jr., Sean"),
        ("rf_15_504_synthetic.ipynb", "-rf"),
        ("11_16_505_synthetic.ipynb", "=1+1"),
        ("ana", "Ferrer, Ana"),
        ("ANA", "Ferrer, Ana"),
        ("Ana Ferrer", "Ferrer, Ana"),
        ("Ferrer, Ana", "Ferrer, Ana"),
        ("S17", "Ferrer, Ana"),
        ("synthetic - Ana Ferrer.ipynb", "Ferrer, Ana"),
        ("sean@example.org", "O'Brien, jr., Sean"),
        ("Lee, Kim (klee2)", "Lee, Kim (klee2)"),
        (
            "Kim Lee",
            "it may be one of several on the roster: Lee, Kim (kim.lee), Lee, Kim (klee2)",
        ),
        ("ferrerana_13_506_synthetic.ipynb", "it has the number of Müller, Zoë, and another name"),
        ("ferrerana_99_506_synthetic.ipynb", "Ferrer, Ana"),
        ("smithjohn_98_506_synthetic.ipynb", "it is nobody on the roster"),
    ],
)
def test_what_canvas_makes_of_a_name_leads_to_the_student(name: str, key: str) -> None:
    assert who(of(rosters.CANVAS), name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kim Lee_311_assignsubmission_file", "Kim Lee (kim.lee@example.org)"),
        ("Kim Lee_312_assignsubmission_file_", "Kim Lee (klee2@example.org)"),
        ("Zoë Müller_313_assignsubmission_file_synthetic.ipynb", "Zoë Müller"),
        ("Sean OBrien, jr_314_assignsubmission_file", "Sean O'Brien, jr."),
        ("Evening class-Kim Lee_312_assignsubmission_file", "Kim Lee (klee2@example.org)"),
        ("Participant 317_317_assignsubmission_file", "Ana Ferrer"),
        ("zmueller", "Zoë Müller"),
    ],
)
def test_what_moodle_makes_of_a_name_leads_to_the_student(name: str, key: str) -> None:
    assert who(of(rosters.WORKSHEET), name) == key


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (f"Student,ID,Section\n{'x' * 200_000},1,A", "is no table: field larger than"),
        ("a,b\n1,2\n", "row 1 is the header of no roster.* It has 'a', 'b'"),
        ("Student,ID\nAnn,1\n", "row 1 has no column 'Section'"),
        ("SIS Login ID,ID,Section\nann,1,A\n", "row 1 has no column 'Student'"),
        ("First name,Email address\nAnn,a@b\n", "row 1 has no column 'Last name'"),
        ("First name,Last name\nAnn,Lee\n", "row 1 has no column 'Email address'"),
        ("Identifier,Full name\nParticipant 1,Ann\n", "row 1 has no column 'Grade'"),
        ("Student,ID,ID,Section\nAnn,1,1,A\n", "row 1 has the column 'ID' twice"),
        ("Student,ID,Section\nAnn,1\n", "row 2 has 2 cells, row 1 has 3"),
        ("Student,ID,Section\nAnn,x1,A\n", "row 2: 'ID' is 'x1', and not a whole number"),
        ("Student,ID,Section\nAnn,1,A\n\nBob,1,A\n", "row 4: 'ID' is '1', as in row 2"),
        ("Student,ID,Section\n ,1,A\n", "row 2: the student has no name"),
        ("Student,ID,Section\n", "has no student"),
        ("Identifier,Grade\nSomebody,\n", "row 2: 'Identifier' is 'Somebody'"),
    ],
)
def test_what_is_no_roster_is_said_with_row_and_column(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^roster.csv:? {said}"):
        of(text)


def test_a_roster_is_utf_8_with_any_separator(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"\xef\xbb\xbfStudent;ID;Section\r\nZo\xc3\xab;1;A\r\n")
    assert [student.key for student in read_roster(path).students] == ["Zoë"]
    path.write_bytes("Student,ID,Section\nZoë,1,A\n".encode("latin-1"))
    with pytest.raises(ValueError, match="byte 21 is not UTF-8"):
        read_roster(path)
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        read_roster(tmp_path / "none.csv")


def test_no_name_leads_out_of_its_folder() -> None:
    text = 'Student,ID,Section\n../../up,1,A\n..,2,A\na/b,3,A\n<b>"x",4,A\n'
    keys = [student.key for student in of(text).students]
    assert keys == ["_._.._up", "_.", "a_b", "_b__x_"]


@pytest.fixture(scope="module")
def assignments(tmp_path_factory: pytest.TempPathFactory) -> list[Assignment]:
    folder = tmp_path_factory.mktemp("assignments")
    return [made.assignment(folder, name) for name in (made.NAME, "other")]


def test_everybody_on_the_roster_has_a_line_and_nobody_else_goes_unsaid(
    tmp_path: Path, assignments: list[Assignment]
) -> None:
    for name in (
        *("leekim_12_500_synthetic.ipynb", "müllerzoë_LATE_13_502_synthetic.ipynb"),
        *("smithjohn_98_506_synthetic.ipynb", "Kim Lee_78_assignsubmission_file_synthetic.ipynb"),
    ):
        put(made.solved(), name)(tmp_path)
    found: dict[str, Submission] = {
        each.student: each for each in find(tmp_path, assignments, (), of(rosters.CANVAS))
    }
    assert {*found} == {*CLASS, "smithjohn", "Kim Lee"}
    assert {each.assignment for each in found.values()} == {made.NAME}
    missing = [name for name in CLASS if name not in ("Lee, Kim (klee2)", "Müller, Zoë")]
    assert all(found[name].problem == NOT_HANDED_IN for name in missing)
    assert found["Lee, Kim (klee2)"].attention == ()
    assert found["smithjohn"].attention == ("smithjohn is nobody on the roster",)
    assert found["Kim Lee"].attention[0].startswith("Kim Lee may be one of several on the roster")
