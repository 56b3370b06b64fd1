"""A week of good students: what is right in their work is found, and what is not is said."""

from __future__ import annotations

import re
from pathlib import Path

from classroom.bad_submissions import SEED, needs_sandbox
from classroom.good_students import NAME, ROOT, STUDENTS
from crossentropy_classroom.assignments import load
from crossentropy_classroom.grade import Batch, grade


@needs_sandbox
def test_a_good_student_gets_what_is_fair(tmp_path: Path, classroom: Path) -> None:
    for name, student in STUDENTS.items():
        folder = tmp_path / "submissions" / name
        folder.mkdir(parents=True)
        student.make(folder)
    batch = Batch([load(ROOT / "assignments" / NAME)], classroom, SEED, jobs=2)

    results = {result.student: result for result in grade(batch, tmp_path / "submissions")}

    seen = {
        name: (
            sum(filter(None, result.points.values())),
            result.points.get("derivation", 0) is None,
            result.status,
            bool(re.search(STUDENTS[name].says, result.why)) or result.why,
        )
        for name, result in results.items()
    }
    fair = {name: (s.points, s.read, s.status, True) for name, s in STUDENTS.items()}
    assert seen == fair
