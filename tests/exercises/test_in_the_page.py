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


def said(source: str, namespace: dict[str, Any]) -> str:
    """Run a cell as a page does; return the last that it shows."""
    sent: list[dict[str, Any]] = []
    session = Session(sent.append)
    session.namespace = namespace
    assert session.run(source), sent[-1]
    return sent[-1]["data"]["text/plain"] if sent and sent[-1]["type"] == "display" else ""


@pytest.mark.parametrize("path", [*CHAPTERS, MUSEUM], ids=lambda path: path.stem)
def test_each_answer_is_told_what_it_is(path: Path) -> None:
    wrong = []
    for stub, check, right in to_check(path):
        names = dict(run(path).before[stub.id])
        ((label, answer),) = checks(check.source)
        exercise = exercises()[label]
        said(stub.source, names)
        if not said(check.source, names).startswith("Not yet"):
            wrong.append(f"{label}: as it stands")
        words, mistake = next(iter(exercise.mistakes.items()))
        names[answer] = mistake if exercise.cases()[0].arguments else mistake()
        if f"if you {words}." not in said(check.source, names):
            wrong.append(f"{label}: {words}")
        for cell in right:
            said(cell.source, names)
        if said(check.source, names) != "Correct.":
            wrong.append(f"{label}: what is right")
    assert wrong == []
