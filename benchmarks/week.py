"""A teacher's week with a class: how long each command takes, and how much there is to look at.

``python -m benchmarks.week 300`` plays it with three hundred students, each with a notebook of
their own: from the roster and the zip of a learning management system to the file that it imports.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

# What the tests make up students with.
sys.path.append(str(Path(__file__).parent.parent / "tests"))
from classroom.whole_week import Week


def command(words: Sequence[str]) -> None:
    """Run a command of the classroom as a teacher does: in a process of its own."""
    program = [sys.executable, "-m", "crossentropy_classroom", *words]
    done = subprocess.run(program, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}:\n{done.stderr}")


def run(count: int = 300) -> None:
    """Print the table."""
    print(f"{count:,} students, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as folder:
        week = Week(Path(folder), count, command)
        week.hand_out()
        week.collect()
        week.grade()
        week.grade("grade again")
        report = Counter(row["status"] for row in week.report())
        derivations = week.read_derivations()
        week.give_back()
        week.answer_question()
        week.give_back("feedback again")
        week.look_at_the_class()
        week.hand_over()
        for name, seconds in week.seconds.items():
            print(f"  {name:16}{seconds:8.1f} s{1000 * seconds / count:10.0f} ms a student")
        print(f"  derivations to read: {derivations}; lines of the report: {dict(report)}")


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))
