"""The bug museum, walked through once: each bug is caught, and each repair ends it."""

from __future__ import annotations

import ast
import re

import pytest
from exercises.notebooks import MUSEUM, Run, cells, checks, run

from crossentropy.exercises import Exercise, exercises
from crossentropy.widgets import Predict

CELLS = cells(MUSEUM)
SOURCE = {cell.id: cell.source for cell in CELLS}
PARTS = ["setting", "ask", "bug", "symptom", "check", "fold", "repair"]
EXHIBITS = [id.removesuffix("-ask") for id in SOURCE if id.endswith("-ask")]
OBJECTS = {
    name.removeprefix("mus-"): exhibit
    for name, exhibit in exercises().items()
    if name.startswith("mus-")
}

on_every_exhibit = pytest.mark.parametrize("name", EXHIBITS)


@pytest.fixture(scope="module")
def walk() -> Run:
    return run(MUSEUM)


def functions(source: str) -> dict[str, str]:
    return {
        node.name: ast.unparse(node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def numbers(text: str) -> set[str]:
    return set(re.findall(r"-?\d+\.\d+|\binf\b|\bnan\b", text.replace("−", "-")))


def test_there_are_enough_exhibits_and_they_are_in_rooms() -> None:
    assert len(EXHIBITS) >= 12
    rooms = [re.search(r"\n## (Room \d)", source) for source in SOURCE.values()]
    assert [room[1] for room in rooms if room] == ["Room 1", "Room 2", "Room 3", "Room 4"]


@on_every_exhibit
def test_its_parts_are_there_in_order(name: str) -> None:
    ids = list(SOURCE)
    first = ids.index(f"{name}-setting")
    assert ids[first : first + len(PARTS)] == [f"{name}-{part}" for part in PARTS]
    assert f"(sec-mus-{name})=\n### " in SOURCE[f"{name}-setting"]
    assert SOURCE[f"{name}-symptom"].startswith("**Symptom.**")
    assert SOURCE[f"{name}-fold"].startswith("**One repair:**")
    repair = next(cell for cell in CELLS if cell.id == f"{name}-repair")
    assert repair.metadata.tags == ["hide-input"]
    assert repair.metadata.jupyter.source_hidden


@on_every_exhibit
def test_its_symptom_leads_to_the_reason(name: str) -> None:
    assert re.search(r"\{(ref|prf:ref)\}`(?!sec-mus)", SOURCE[f"{name}-symptom"])


@on_every_exhibit
def test_the_code_above_the_question_is_the_code_that_runs(name: str) -> None:
    shown = re.findall(r"```python\n(.*?)```", SOURCE[f"{name}-setting"], re.DOTALL)
    lines = [line.strip() for line in "\n".join(shown).splitlines()]
    wanted = [line for line in lines if line not in ("", "...")]
    rest = iter(line.strip() for line in SOURCE[f"{name}-bug"].splitlines())
    assert wanted
    assert all(line in rest for line in wanted), "not in this order"


@on_every_exhibit
def test_its_question_is_answered_by_what_it_prints(name: str, walk: Run) -> None:
    question = walk.shown[f"{name}-ask"]
    assert isinstance(question, Predict)
    answer = question.answer if question.choices else f"{question.answer:.2f}"
    assert numbers(answer) <= numbers(walk.printed[f"{name}-bug"])


@on_every_exhibit
def test_it_shows_the_wrong_number_beside_the_right_one(name: str, walk: Run) -> None:
    assert "right" in walk.printed[f"{name}-bug"]


def test_every_exhibit_has_its_object_and_every_object_its_exhibit() -> None:
    assert [*OBJECTS] == EXHIBITS


@on_every_exhibit
def test_its_check_gives_nothing_away(name: str) -> None:
    ((label, answer),) = checks(SOURCE[f"{name}-check"])
    assert SOURCE[f"{name}-check"] == f'check("{label}", {answer})'
    assert label == f"mus-{name}"
    assert answer in functions(SOURCE[f"{name}-bug"])


@on_every_exhibit
def test_its_check_names_the_mistake_until_it_is_repaired(name: str, walk: Run) -> None:
    before, after = (walk.shown[f"{name}-{part}"] for part in ("check", "repair"))
    on_show = next(iter(OBJECTS[name].mistakes))
    assert before == f"Not yet: that is what you get if you {on_show}."
    assert after == "Correct."


@on_every_exhibit
def test_its_check_tells_every_mistake_from_the_others(name: str) -> None:
    exhibit: Exercise = OBJECTS[name]
    assert len(exhibit.mistakes) >= 2
    for words, mistake in exhibit.mistakes.items():
        assert exhibit.judge(mistake) == f"Not yet: that is what you get if you {words}."


@on_every_exhibit
def test_its_repair_changes_the_function_and_nothing_else(name: str) -> None:
    broken, repaired = (functions(SOURCE[f"{name}-{part}"]) for part in ("bug", "repair"))
    assert len(repaired) == 1
    ((function, source),) = repaired.items()
    assert source != broken[function]
    assert checks(SOURCE[f"{name}-repair"]) == checks(SOURCE[f"{name}-check"])
    assert len(ast.parse(SOURCE[f"{name}-repair"]).body) == 2


def test_nothing_leaks_to_the_error_stream(walk: Run) -> None:
    assert walk.complaints == ""


def test_every_symptom_leads_to_an_exhibit_and_every_exhibit_has_one() -> None:
    rows = [line for line in SOURCE["symptoms"].splitlines() if line.startswith("| ")][1:]
    targets = [re.findall(r"\{ref\}`sec-mus-([a-z-]+)`", row) for row in rows]
    assert all(targets), rows
    assert {target for row in targets for target in row} == set(EXHIBITS)
