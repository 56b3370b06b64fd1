"""The student edition: every exercise is in it, and nothing of a solution."""

from __future__ import annotations

import ast
import builtins
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from crossentropy_book.course.student import without_solutions, write_student_edition

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
assert CHAPTERS

on_every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def copy_of_the_book(folder: Path) -> Path:
    for path in [*ROOT.glob("_*.yml"), *ROOT.glob("*.md")]:
        shutil.copy(path, folder)
    shutil.copytree(ROOT / "chapters", folder / "chapters")
    return folder


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_student_edition(copy_of_the_book(tmp_path_factory.mktemp("book")))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return copy_of_the_book(tmp_path)


def cells(path: Path) -> list[NotebookNode]:
    return nbformat.read(path, as_version=4).cells


def solutions(path: Path) -> list[NotebookNode]:
    """Find the cells of solutions by their names, and not by their gates."""
    return [cell for cell in cells(path) if cell.id.startswith("sol-")]


def lines(cells: list[NotebookNode]) -> set[str]:
    return {line.strip() for cell in cells for line in cell.source.splitlines() if line.strip()}


@on_every_chapter
def test_every_cell_but_those_of_solutions_stays_as_it_is(path: Path, edition: Path) -> None:
    kept = [cell for cell in cells(path) if not cell.id.startswith("sol-")]
    assert cells(edition / "chapters" / path.name) == kept


@on_every_chapter
def test_no_line_of_a_solution_is_left(path: Path, edition: Path) -> None:
    text = (edition / "chapters" / path.name).read_text("utf-8")
    assert "sol-" not in text
    assert "{solution" not in text
    solved = solutions(path)
    rest = [cell for cell in cells(path) if cell not in solved]
    secret = lines(solved) - lines(rest)
    assert len(secret) > 20
    assert not secret & lines(cells(edition / "chapters" / path.name))


@on_every_chapter
def test_every_exercise_with_its_stub_and_its_check_is_left(path: Path, edition: Path) -> None:
    text = path.read_text("utf-8")
    student = (edition / "chapters" / path.name).read_text("utf-8")
    for part in (r"\{exercise\} [^\\]+", r":label: ex-[a-z0-9-]+", "Hint [0-9]"):
        assert re.findall(part, text)
        assert re.findall(part, student) == re.findall(part, text)
    stubs = [cell.id for cell in cells(path) if re.match("ex-.*-(stub|check)", cell.id)]
    left = {cell.id for cell in cells(edition / "chapters" / path.name)}
    assert stubs
    assert left.issuperset(stubs)


@on_every_chapter
def test_its_notebook_is_valid_and_canonical(path: Path, edition: Path) -> None:
    student = edition / "chapters" / path.name
    notebook = nbformat.read(student, as_version=4)
    nbformat.validate(notebook)
    assert student.read_text("utf-8") == nbformat.writes(notebook) + "\n"


@on_every_chapter
def test_no_cell_needs_a_name_that_a_solution_defines(path: Path, edition: Path) -> None:
    sources = [cell.source for cell in cells(edition / "chapters" / path.name)
               if cell.cell_type == "code"]  # fmt: skip
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    known = set(dir(builtins))
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            known.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            known.add(node.name)
        elif isinstance(node, ast.arg):
            known.add(node.arg)
        elif isinstance(node, ast.alias):
            known.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            known.add(node.name)
    assert {node.id for node in nodes if isinstance(node, ast.Name)} <= known


def test_the_edition_holds_what_a_build_needs(edition: Path) -> None:
    book = edition.parent.parent
    for path in (book / "chapters").rglob("*"):
        if path.is_file() and path.suffix != ".ipynb":
            assert (edition / path.relative_to(book)).read_bytes() == path.read_bytes()
    for name in ("_config.yml", "_toc.yml"):
        assert (edition / name).read_bytes() == (book / name).read_bytes()
    listed = re.findall(r"(?:file|root): (\S+)", (book / "_toc.yml").read_text("utf-8"))
    assert all(list(edition.glob(f"{name}.*")) for name in listed)


def test_written_again_it_touches_what_has_changed_and_nothing_else(book: Path) -> None:
    edition = write_student_edition(book)
    built = edition / "_build" / "html" / "index.html"
    built.parent.mkdir(parents=True)
    built.write_text("built")
    before = {path: path.stat().st_mtime_ns for path in edition.rglob("*") if path.is_file()}
    intro = book / "chapters" / "intro.md"
    intro.write_text(intro.read_text("utf-8") + "\nOne more line.\n", "utf-8")
    (book / "chapters" / "references.bib").rename(book / "chapters" / "renamed.bib")
    write_student_edition(book)
    after = {path: path.stat().st_mtime_ns for path in edition.rglob("*") if path.is_file()}
    changed = {path.name for path, _ in after.items() ^ before.items()}
    assert changed == {"intro.md", "references.bib", "renamed.bib"}
    assert edition / "chapters" / "references.bib" not in after


def test_a_notebook_that_is_no_page_stays_behind(book: Path) -> None:
    shutil.copy(CHAPTERS[0], book / "chapters" / "draft.ipynb")
    assert not (write_student_edition(book) / "chapters" / "draft.ipynb").exists()


@pytest.mark.parametrize("label", ["sol-ent-1", "eq-ent-pair"])
def test_a_page_that_refers_to_a_solution_is_refused(label: str, book: Path) -> None:
    intro = book / "chapters" / "intro.md"
    intro.write_text(f"{intro.read_text('utf-8')}\nSee {{ref}}`{label}`.\n", "utf-8")
    with pytest.raises(ValueError, match=rf"intro\.md refers to '{label}'"):
        write_student_edition(book)
    assert not (book / "_build").exists()


def test_a_solution_on_a_page_that_is_no_notebook_is_refused(book: Path) -> None:
    intro = book / "chapters" / "intro.md"
    intro.write_text(intro.read_text("utf-8") + "\n:::{solution} ex-ent-1\n:::\n", "utf-8")
    with pytest.raises(ValueError, match=r"intro\.md: only a notebook may hold a solution"):
        write_student_edition(book)


START = ":::{solution-start} ex-1\n:::"
END = ":::{solution-end}\n:::"


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([START, "text"], "has no end"),
        (["text", END], "has no beginning"),
        ([START, "text", START, "text", END], "has no end"),
        ([f"text\n\n{START}", "text", END], "gated by cells of its own"),
        ([START, "text", f"{END}\n\nThe next exercise."], "gated by cells of its own"),
        ([":::{solution} ex-1\ntext\n:::"], "gated by cells of its own"),
    ],
)
def test_a_solution_that_cannot_be_told_from_the_rest_is_refused(
    sources: list[str], message: str
) -> None:
    notebook = new_notebook(cells=[new_markdown_cell(source) for source in sources])
    with pytest.raises(ValueError, match=message):
        without_solutions(notebook)


@pytest.mark.parametrize("fence", [":::", "::::", "```"])
def test_gates_may_be_fenced_as_myst_allows(fence: str) -> None:
    gated = [START, "text", END]
    notebook = new_notebook(
        cells=[new_markdown_cell(source.replace(":::", fence)) for source in gated]
    )
    assert without_solutions(notebook).cells == []


def test_a_solution_in_one_cell_goes_alone() -> None:
    around = [new_code_cell("before = 1"), new_code_cell("after = 2")]
    solution = new_markdown_cell(f"{START}\n\ntext\n\n{END}")
    notebook = new_notebook(cells=[around[0], solution, around[1]])
    assert without_solutions(notebook).cells == around
    assert notebook.cells[1] == solution  # the original keeps its own
