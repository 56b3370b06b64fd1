"""A question about a grade: its code, the case, and a change that nothing loses in silence."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from nbformat import NotebookNode

from classroom import made
from classroom.bad_submissions import LIMITS, SEED, hand_in, put
from crossentropy_classroom import __main__ as command_line
from crossentropy_classroom import gradebook
from crossentropy_classroom.changes import change, latest, unsettled
from crossentropy_classroom.codes import LENGTH, SIGNS, code_of, read_code
from crossentropy_classroom.grade import Batch, grade

WRONG = "def entropy(p):\n    return 0.0"
CELL = "test-entropy"
REASON = "The *idea* is right."


def code(student: str, cell: str = CELL) -> str:
    return code_of(SEED, student, made.NAME, cell)


def test_a_code_is_of_one_question_and_shows_no_name() -> None:
    students = [f"anna-{number}" for number in range(300)]
    cells = [("1-entropy", f"test-{k}") for k in range(8)] + [("2-divergence", "why")]
    codes = [code_of(SEED, student, *cell) for student in students for cell in cells]
    assert len(set(codes)) == len(codes)
    assert codes == [code_of(SEED, student, *cell) for student in students for cell in cells]
    assert not set(SIGNS) & set("AEIOU012IL5S")
    assert code_of(SEED + 1, students[0], *cells[0]) != codes[0]


def test_a_mistyped_code_is_an_error_that_names_it() -> None:
    right = code("ann")
    assert read_code(f"{right[:5].lower()}{right[6:]}") == right
    signs = right.replace("-", "")
    wrong = {signs[:at] + sign + signs[at + 1 :] for at in range(LENGTH) for sign in SIGNS}
    for a in range(LENGTH):
        for b in range(a):
            swapped = list(signs)
            swapped[a], swapped[b] = signs[b], signs[a]
            wrong.add("".join(swapped))
    wrong |= {signs[:-1], signs + "3", "", "O" + signs[1:]}
    for typed in wrong - {signs}:
        with pytest.raises(ValueError, match=f"^'{typed}' is no code of a question"):
            read_code(typed)


class Room:
    """A class of which one student is graded, again and again."""

    def __init__(self, folder: Path, classroom: Path) -> None:
        assignments = [made.assignment(folder / "assignments")]
        self.batch = Batch(assignments, classroom, SEED, LIMITS, jobs=1, contained=False)
        (classroom / "seed").write_text(f"{SEED}\n", "utf-8")
        self.folder = folder / "submissions"
        self.options = [f"--{name}={folder / name}" for name in ("classroom", "assignments")]
        hand_in(self.folder, ann=made.solved(entropy=WRONG))
        grade(self.batch, self.folder)

    def hand_in(self, notebook: NotebookNode) -> None:
        put(notebook)(self.folder / "ann")
        grade(self.batch, self.folder)

    def run(self, *words: str) -> int:
        return command_line.main([*words, *self.options])

    def state(self, cell: str = CELL) -> tuple[float, bool]:
        with gradebook.existing(self.batch.classroom) as book:
            (found,) = [each for each in gradebook.graded(book) if each.cell == cell]
            assert (found in unsettled(book)) == found.pending or cell == "why"
            return found.points, found.pending

    def page(self) -> str:
        assert self.run("feedback") == 0
        path = self.batch.classroom / "feedback" / "ann" / f"{made.NAME}.html"
        return path.read_text("utf-8")


@pytest.fixture
def room(tmp_path: Path, classroom: Path) -> Room:
    return Room(tmp_path, classroom)


def test_a_change_is_read_and_stays_until_the_work_is_another(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"The code of this question: <code>{code('ann')}</code>" in room.page()
    assert room.run("regrade", code("ann").lower()) == 0
    said = capsys.readouterr().out
    assert f"{code('ann')}: test-entropy of synthetic, ann" in said
    assert "    |     return 0.0" in said
    assert "    | try entropy" in said
    assert "points were lost for: four probabilities (it was another value)" in said
    assert "the machine gave 0, nobody has: 0 of 4 points" in said
    assert "divergence" not in said

    assert room.run("regrade", code("ann"), "--points", "2.5", "--reason", REASON) == 0
    assert room.state() == (2.5, False)
    assert "changed by hand:</p><p>The <em>idea</em> is right.</p>" in room.page()
    pages = {path: path.read_bytes() for path in room.batch.classroom.rglob("*.html")}
    grade(room.batch, room.folder)  # the same again
    room.page()
    assert pages == {path: path.read_bytes() for path in pages}
    room.hand_in(made.solved(entropy=WRONG, bits="bits = 3"))  # another question's work is another
    assert room.state() == (2.5, False)
    assert "changed by hand" in room.page()

    # The same points for another program: neither kept nor dropped without a word.
    room.hand_in(made.solved(entropy=f"{WRONG} + 0.0", bits="bits = 3"))
    assert room.state() == (2.5, True)
    page = room.page()
    assert "test-entropy: to be read, of 4 points" in page
    assert "changed by hand" not in page
    capsys.readouterr()
    assert room.run("grade", str(room.folder), "--no-sandbox") == 0
    assert "whose work is another now: 1. make regrade" in capsys.readouterr().out
    assert room.run("regrade") == 0
    said = capsys.readouterr().out
    assert f"{code('ann')}: test-entropy" in said
    assert f"changed before, to 2.5: {REASON}" in said
    assert room.run("regrade", code("ann"), "--points", "2.5", "--reason", "It still is.") == 0
    assert room.state() == (2.5, False)
    assert "It still is." in room.page()

    # More points by machine are not kept from a student in silence either.
    room.hand_in(made.solved())
    assert room.state() == (2.5, True)


def test_a_change_of_a_written_answer_stays_with_its_text(room: Room) -> None:
    assert room.run("regrade", code("ann", "why"), "--points", "7", "--reason", "Read again.") == 0
    assert room.state("why") == (7, False)
    room.hand_in(made.solved())
    assert room.state("why") == (7, False)
    room.hand_in(made.solved(why="Another proof."))
    assert room.state("why") == (7, True)


def test_codes_come_from_a_file_and_a_person_is_asked(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = room.folder / "codes.txt"
    lines = f"{code('ann', 'test-bits')}\n\n{code('ann')} but why?\n"
    file.write_text(lines, "utf-8-sig")
    answers = iter(["", "5", "far too much", "much", "3", " ", "3", "It counts."])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    assert room.run("regrade", str(file)) == 0
    assert next(answers, "") == ""
    said = capsys.readouterr().out
    assert "has 0 to 4 points; 5 are none of it" in said
    assert "could not convert" in said
    assert "a change needs a reason" in said
    assert "Questions: 2. Changed: 1. Now: make feedback" in said
    assert (room.state(), room.state("test-bits")) == ((3, False), (2, False))


def test_what_cannot_be_changed_is_said(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    other = code("bob")
    last = SIGNS[(SIGNS.index(other[-1]) + 1) % len(SIGNS)]
    for words, error in {
        (other,): f"{other} stands for no questions of this class",
        (code("ann"), other[:-1] + last): f"'{other[:-1]}{last}' is no code",
        (code("ann"), code("ann", "why"), "--points=1"): "--points is for one code; here are 2",
        (code("ann"), "--points=nan", "--reason=x"): "nan are none of it",
        (code("ann"), "--points=1"): "a change needs a reason",
    }.items():
        assert room.run("regrade", *words) == 2
        assert error in capsys.readouterr().err
    assert room.state() == (0, False)


def test_a_student_does_not_command_the_terminal(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    room.hand_in(made.solved(entropy=f"{WRONG}  # \x1b[2J\x9b0m\u202e"))
    assert room.run("regrade", code("ann")) == 0
    said = capsys.readouterr().out
    assert "return 0.0  # \\x1b[2J\\x9b0m\\u202e" in said


def test_of_two_who_change_the_same_points_the_second_is_told(room: Room) -> None:
    with gradebook.existing(room.batch.classroom) as book:
        (seen,) = [each for each in gradebook.graded(book) if each.cell == CELL]
        change(book, seen, 1, "First.")
        with pytest.raises(ValueError, match="changed by somebody else while you looked"):
            change(book, seen, 2, "Second.")
        assert [each.reason for each in latest(book).values()] == ["First."]
    assert room.state() == (1, False)


TIMES = 12


def write_many_times(classroom: Path, name: str, barrier: object) -> None:
    """Count up the points of one answer, and record submissions of one's own and of others."""
    with gradebook.existing(classroom) as book:
        barrier.wait(60)
        for number in range(TIMES):
            with gradebook.writing(book):
                grade = book.find_grade("why", made.NAME, made.NAME, "ann")
                grade.manual_score = (grade.manual_score or 0) + 0.125
            points = {**dict.fromkeys(made.TESTED, 1.0), "why": None}
            for student in (f"{name}-{number}", f"both-{number}"):
                gradebook.record(book, student, made.NAME, points, set(), set(points))
            mine = next(g for g in gradebook.graded(book) if g.student == f"{name}-{number}")
            change(book, mine, 0.5, f"{name} {number}")
            # As nbgrader's formgrader writes, without a lock.
            said = book.find_comment("why", made.NAME, made.NAME, f"both-{number}")
            if name == "ana":
                said.manual_comment = "Read."
            else:
                other = book.find_grade("why", made.NAME, made.NAME, f"both-{number}")
                other.manual_score, other.needs_manual_grade = 4, False
            book.db.commit()


def test_of_two_who_write_at_once_nothing_is_lost(tmp_path: Path) -> None:
    with made.new_gradebook(tmp_path) as book:
        made.enter(book, "ann", (0, 0, 0), None)
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    writers = [
        context.Process(target=write_many_times, args=(tmp_path, name, barrier))
        for name in ("ana", "ben")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    with gradebook.existing(tmp_path) as book:
        assert len(book.students) == 1 + 3 * TIMES
        assert len(latest(book)) == 2 * TIMES
        found = gradebook.graded(book)
        assert len(found) == 4 * len(book.students)
        (ann,) = [each for each in found if (each.student, each.cell) == ("ann", "why")]
        assert ann.points == 2 * TIMES * 0.125
        both = [g for g in found if g.cell == "why" and g.student.startswith("both")]
        assert [each.manual for each in both] == [4] * TIMES
        for each in both:
            comment = book.find_comment("why", made.NAME, made.NAME, each.student)
            assert comment.manual_comment == "Read."
