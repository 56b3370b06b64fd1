"""The notebooks as files: stripped, canonical, and asking for nothing they may not have."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

import crossentropy
from crossentropy import arithmetic, data, figures, widgets

NOTEBOOKS = sorted((Path(__file__).parent.parent / "chapters").glob("*.ipynb"))
# The argument's own are numbered; what stands outside of it has other parts.
CHAPTERS = [path for path in NOTEBOOKS if path.stem.startswith("0")]
assert CHAPTERS

on_every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
on_every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def notebook(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[NotebookNode]:
    return [cell for cell in notebook(path).cells if cell.cell_type == "code"]


@on_every_notebook
def test_it_has_no_outputs(path: Path) -> None:
    for cell in code(path):
        assert cell.outputs == [], cell.id
        assert cell.execution_count is None, cell.id


@on_every_notebook
def test_its_json_is_canonical(path: Path) -> None:
    assert path.read_text("utf-8") == nbformat.writes(notebook(path)) + "\n"


@on_every_notebook
def test_its_cells_have_ids_that_a_person_chose(path: Path) -> None:
    ids = [cell.id for cell in notebook(path).cells]
    assert len(set(ids)) == len(ids)
    assert all(len(id.replace("-", "")) > 1 and not id.isdigit() for id in ids)


@on_every_notebook
def test_no_cell_may_fail(path: Path) -> None:
    for cell in notebook(path).cells:
        assert "raises-exception" not in cell.metadata.get("tags", []), cell.id


@on_every_notebook
def test_a_question_keeps_its_answer_to_itself_and_a_derivation_its_code(path: Path) -> None:
    for cell in code(path):
        tags = cell.metadata.get("tags", [])
        assert set(tags) <= {"remove-input", "hide-input"}, cell.id
        if cell.source.startswith("Predict("):
            assert tags == ["remove-input"], cell.id
            assert cell.metadata.jupyter.source_hidden, cell.id
        if "Derivation(" in cell.source and "hide-input" not in tags:
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.id


@on_every_chapter
def test_it_asks_for_a_prediction_before_each_explorable(path: Path) -> None:
    cells = notebook(path).cells
    shown = [
        i
        for i, cell in enumerate(cells)
        if cell.cell_type == "code"
        and "assert" not in cell.source  # a cell that reads one, not one that shows it
        and any(f"{name}(" in cell.source for name in widgets.__all__ if name != "Predict")
    ]
    assert shown
    for i in shown:
        before = [cell.source for cell in cells[max(0, i - 6) : i] if cell.cell_type == "code"]
        assert any(source.startswith("Predict(") for source in before), cells[i].id
        after = [cell for cell in cells[i + 1 : i + 5] if cell.cell_type == "markdown"]
        assert after, cells[i].id


@on_every_notebook
def test_it_imports_only_what_a_reader_has(path: Path) -> None:
    public = {
        "crossentropy": {*crossentropy.__all__, "figures"},
        "crossentropy.arithmetic": {*arithmetic.__all__},
        "crossentropy.data": {*data.__all__},
        "crossentropy.widgets": {*widgets.__all__, "Live"},
        "crossentropy.figures": set(figures.__all__),
    }
    for cell in code(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("crossentropy"):
                assert {alias.name for alias in node.names} <= public[node.module], cell.id


@on_every_chapter
def test_its_length_is_a_chapters(path: Path) -> None:
    """An hour's reading. Exercises do not count: they are work, not reading, and folded in part.

    Formulas count word by word, and a chapter that proves much has many of them.
    """
    prose = [cell.source for cell in notebook(path).cells if cell.cell_type == "markdown"]
    reading, rest = "\n\n".join(prose).split("\n## Exercises\n")
    summary = rest[rest.index("## What you can now say") :]
    assert 1800 <= len(reading.split()) + len(summary.split()) <= 4000


@on_every_chapter
def test_it_has_the_parts_of_a_chapter(path: Path) -> None:
    text = "\n".join(cell.source for cell in notebook(path).cells)
    for part in (
        "**Time:**",
        "**You need:**",
        "## Where it breaks",
        "## Exercises",
        "## What you can now say",
        "prf:theorem",
        "prf:proof",
        "Derivation(",
    ):
        assert part in text, part
    assert text.count("{exercise}") >= 6
    assert text.count("{solution-start}") == text.count("{exercise}")
    assert "Hint" in text


@on_every_notebook
@pytest.mark.parametrize("word", ["clearly", "obviously", "simply", "trivially"])
def test_its_prose_does_not_belittle(path: Path, word: str) -> None:
    for cell in notebook(path).cells:
        if cell.cell_type == "markdown":
            assert word not in cell.source.lower(), cell.id


@on_every_notebook
def test_its_code_is_as_wide_as_a_page_shows(path: Path) -> None:
    """A column of text holds 79 characters of code; of a longer line the end is out of sight."""
    shown = [(cell.id, cell.source) for cell in code(path)]
    for cell in notebook(path).cells:
        if cell.cell_type == "markdown":
            fenced = re.findall(r"^```python\n(.*?)^```", cell.source, re.DOTALL | re.MULTILINE)
            shown += [(cell.id, block) for block in fenced]
    long = [(id, line) for id, text in shown for line in text.splitlines() if len(line) > 79]
    assert long == []


COUNTED = dict(
    enumerate(["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
)


def test_the_plan_with_a_chapter_a_session_has_every_chapter() -> None:
    teach = (NOTEBOOKS[0].parent / "teach.md").read_text("utf-8")
    [(number, plan)] = re.findall(
        r"^### (\w+) sessions\n\nOne chapter a session(.*?)^###? ", teach, re.DOTALL | re.MULTILINE
    )
    assert number.lower() == COUNTED[len(CHAPTERS)]
    rows = re.findall(r"^\| (\d+) \| \[.*?\]\((.*?)\)", plan, re.MULTILINE)
    assert rows == [(str(i), path.name) for i, path in enumerate(CHAPTERS, 1)]


def test_the_start_page_promises_as_many_steps_as_it_has() -> None:
    intro = (NOTEBOOKS[0].parent / "intro.md").read_text("utf-8")
    steps = re.findall(r"^(\d+)\. \*\*", intro, re.MULTILINE)
    assert steps == [str(i) for i in range(1, len(steps) + 1)]
    assert f"the {COUNTED[len(steps)]} steps" in intro.splitlines()[1]
