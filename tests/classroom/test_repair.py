"""What is repaired on a copy, and what of a student's stays."""

from __future__ import annotations

import json
from pathlib import Path

from classroom import made
from classroom.bad_submissions import copied, text
from crossentropy_classroom.notebooks import grade_id
from crossentropy_classroom.repair import repair


def test_of_two_edited_copies_the_last_is_graded_and_the_first_stays(tmp_path: Path) -> None:
    notebook = made.solved(why="A first proof.")
    copied(notebook, "why", "A better proof.")
    notebook.cells.append(text("And a remark."))
    repaired, said = repair(json.dumps(notebook).encode(), made.assignment(tmp_path))
    assert [(grade_id(cell), cell.source) for cell in repaired.cells[-3:]] == [
        ("", "A first proof."),
        ("why", "A better proof."),
        ("", "And a remark."),
    ]
    assert "the cell 'why' was there 2 times" in said
