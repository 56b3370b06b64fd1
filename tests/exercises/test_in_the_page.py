"""Each exercise and each exhibit as a page of the book runs it: what it says to each answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from crossentropy.exercises import exercises
from crossentropy_book.live.session import Session
from exercises.notebooks import CHAPTERS, MUSEUM, cells, checks, code, exercises_of, run


def to_check(path: Path) -> list[tuple[NotebookNode, NotebookNode, list[NotebookNode]]]:
    """Return, of a page, what is filled in or mended, what checks it, and what is right."""
    if path != MUSEUM:
        asked = [exercise for exercise in exercises_of(path) if exercise.task]
        return [(*exercise.task, code(exercise.solution)) for exercise in asked]
    found = {cell.id: cell for cell in cells(path)}
    names = [name.removesuffix("-bug") for name in found if name.endswith("-bug")]
    return [
        (found[f"{name}-bug"], found[f"{name}-check"], [found[f"{name}-repair"]]) for name in names
    ]


class Page:
    """What a page has run, and the last that it shows."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._sent: list[dict[str, Any]] = []
        self._session = Session(self._sent.append)
        self.names = self._session.namespace
        self.names |= names

    def run(self, cell: NotebookNode) -> str:
        self._sent.clear()
        assert self._session.run(cell.source), self._sent[-1]
        last = self._sent[-1] if self._sent else {"type": "nothing"}
        return last["data"]["text/plain"] if last["type"] == "display" else ""


@pytest.mark.parametrize("path", [*CHAPTERS, MUSEUM], ids=lambda path: path.stem)
def test_each_answer_is_told_what_it_is(path: Path) -> None:
    wrong = []
    for stub, check, right in to_check(path):
        page = Page(run(path).before[stub.id])
        ((label, answer),) = checks(check.source)
        exercise = exercises()[label]
        page.run(stub)
        if not page.run(check).startswith("Not yet"):
            wrong.append(f"{label}: as it stands")
        words, mistake = next(iter(exercise.mistakes.items()))
        page.names[answer] = mistake if exercise.cases()[0].arguments else mistake()
        if f"if you {words}." not in page.run(check):
            wrong.append(f"{label}: {words}")
        for cell in right:
            page.run(cell)
        if page.run(check) != "Correct.":
            wrong.append(f"{label}: what is right")
    assert wrong == []
