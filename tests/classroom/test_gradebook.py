"""A new gradebook: the one that nbgrader would make, whoever is first."""

from __future__ import annotations

import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from crossentropy_classroom import gradebook


def tables(path: Path) -> list[str]:
    """Return what makes a gradebook, but for its version's table: nbgrader gives that no key."""
    connection = sqlite3.connect(path)
    found = [line for line in connection.iterdump() if "TABLE alembic_version" not in line]
    connection.close()
    return sorted(found)


def test_it_is_the_one_that_nbgrader_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    with gradebook.opened(ours):
        pass
    # nbgrader looks for a program of its own environment.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    Gradebook(f"sqlite:///{theirs}").close()
    assert tables(ours) == tables(theirs)


def test_several_who_make_it_at_once_have_the_same(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"

    def add(name: str) -> None:
        with gradebook.opened(path) as each:
            each.add_student(name)

    with ThreadPoolExecutor(4) as several:
        list(several.map(add, "abcd"))
    with gradebook.opened(path) as whole:
        assert sorted(student.id for student in whole.students) == [*"abcd"]
