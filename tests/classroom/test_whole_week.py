"""A small class through a whole week; `python -m benchmarks.week 300` plays it with a large one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from classroom.bad_submissions import needs_sandbox
from classroom.whole_week import NAME, Week, tree
from crossentropy_classroom.__main__ import main

COUNT = 5


@needs_sandbox
def test_a_week_from_handing_out_to_the_last_question(
    tmp_path: Path, classroom: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(words: Sequence[str]) -> None:
        assert main(words) == 0, capsys.readouterr().err

    week = Week(tmp_path, COUNT, run)
    week.hand_out()
    week.collect()
    week.grade()
    first = tree(classroom)
    week.grade("grade again")
    again = tree(classroom)
    assert {name for name in {*first, *again} if first.get(name) != again.get(name)} == set()

    lines = [row for row in week.report() if row["status"] != "attention"]
    assert len({row["student"] for row in lines}) == len(lines) == COUNT
    assert week.read_derivations() > 0
    code = week.answer_question()
    week.give_back()
    pages = [*(classroom / "feedback").rglob(f"{NAME}.html")]
    assert len(pages) == COUNT
    [asked] = [page for page in pages if code in page.read_text("utf-8")]
    assert "Read from the picture; ask me how." in asked.read_text("utf-8")
    week.look_at_the_class()
    assert {path.name for path in classroom.glob("*.html")} == {"likeness.html", "statistics.html"}

    rows = week.hand_over()
    column = next(name for name in rows[0] if name.startswith(NAME))
    assert float(rows[0][column]) == 20
    points = [float(row[column]) for row in rows[1:]]
    assert len(points) == COUNT
    assert all(0 <= each <= 20 for each in points)
