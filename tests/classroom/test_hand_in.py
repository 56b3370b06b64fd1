"""An assignment from a link to its grade: written on its page, downloaded, graded to full points.

Nothing of it needs Python in the browser. What leaves the page is the notebook that was handed out,
with other sources in the cells that a student may change, and no solution is in the built book.
"""

from __future__ import annotations

import base64
import html
import json
import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from visits import Visit

from classroom.bad_submissions import SEED, needs_sandbox
from classroom.good_students import ROOT
from crossentropy_book.hand_in import is_open
from crossentropy_classroom.assignments import TEXT_STUB, all_assignments, load
from crossentropy_classroom.book import write_pages
from crossentropy_classroom.grade import Batch, grade
from crossentropy_classroom.release import BEGIN, END, student_copy

MASTERS = ROOT / "assignments"
ALL = {assignment.name: assignment for assignment in all_assignments(MASTERS)}
NAME = "1-entropy"
CHAPTER = f"chapters/assignments/{NAME}.html"
STATUS = ".hand-in [role=status]"


def split(source: str) -> tuple[list[str], list[str]]:
    """Return the lines of a master's cell outside and inside of its solution."""
    outside: list[str] = []
    inside: list[str] = []
    lines = outside
    for line in source.splitlines():
        if BEGIN in line or END in line:
            lines = inside if BEGIN in line else outside
        else:
            lines.append(line)
    return outside, inside


def solved(name: str) -> tuple[NotebookNode, dict[str, str]]:
    """Return what a perfect student hands in, and what is typed for it, by cell."""
    notebook = deepcopy(student_copy(ALL[name]))
    typed = {}
    for cell, master in zip(notebook.cells, ALL[name].master().cells, strict=True):
        if not master.metadata.get("nbgrader", {}).get("solution"):
            continue
        if cell.cell_type == "code":
            cell.source = typed[cell.id] = re.sub(r" *### .* SOLUTION\n?", "", master.source)
        else:
            typed[cell.id] = "\n".join(split(master.source)[1])
            cell.source = cell.source.replace(TEXT_STUB, typed[cell.id])
    return notebook, typed


def text_of(notebook: NotebookNode) -> str:
    return f"{nbformat.writes(notebook)}\n"


def downloaded(page: Page) -> str:
    with page.expect_download() as download:
        page.locator(".hand-in-download").first.click()
    return Path(download.value.path()).read_text("utf-8")


def area(page: Page, cell: str):
    return page.locator(f'.answer[data-cell="{cell}"] textarea')


@needs_sandbox
def test_answers_are_typed_downloaded_and_graded(
    page: Page, book: Path, tmp_path: Path, classroom: Path
) -> None:
    # Untouched, it is what was handed out, byte by byte.
    assert downloaded(page) == text_of(student_copy(ALL[NAME]))
    assert "Of its 8 cells to write in, 8 are as you got them." in page.inner_text(STATUS)

    handed_in, typed = solved(NAME)
    for cell, text in typed.items():
        area(page, cell).press("Control+A")
        page.keyboard.insert_text(text)
    written = downloaded(page)
    assert written == text_of(handed_in)

    # It is kept in this browser, and a page from a disk works as well.
    page.reload()
    assert downloaded(page) == written
    kept = page.evaluate("JSON.stringify(localStorage)")
    disk = page.context.new_page()
    disk.goto((book / CHAPTER).as_uri())
    disk.evaluate("kept => Object.assign(localStorage, JSON.parse(kept))", kept)
    disk.reload()
    assert downloaded(disk) == written
    disk.close()

    folder = tmp_path / "submissions" / "ann"
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(written, "utf-8")
    batch = Batch([load(MASTERS / NAME)], classroom, SEED, jobs=1)
    (result,) = grade(batch, tmp_path / "submissions")
    assert (result.status, result.why) == ("graded", "")
    assert result.points["derivation"] is None  # a person reads it
    assert sum(filter(None, result.points.values())) == 16


@pytest.mark.browser
@pytest.mark.parametrize("name", ALL)
def test_each_page_gives_what_was_handed_out_with_other_sources(reader: Visit, name: str) -> None:
    page = reader.open(f"chapters/assignments/{name}.html", live=False)
    handed_in, typed = solved(name)
    places = page.evaluate("[...document.querySelectorAll('.answer')].map(a => a.dataset.cell)")
    copy = student_copy(ALL[name])
    assert places == [cell.id for cell in copy.cells if is_open(cell)]
    page.evaluate(
        """typed => Object.entries(typed).forEach(([cell, text]) => {
          const area = document.querySelector(`.answer[data-cell="${cell}"] textarea`);
          area.value = text;
          area.dispatchEvent(new Event("input"));
        })""",
        typed,
    )
    assert downloaded(page) == text_of(handed_in)
    # Restored, it is the empty one, which is offered as a file, too.
    page.evaluate("document.querySelectorAll('.answer-restore').forEach(one => one.click())")
    assert downloaded(page) == text_of(copy)
    address = page.get_by_role("link", name="The empty notebook").first.evaluate("a => a.href")
    assert page.request.get(address).text() == text_of(copy)
    key = page.locator(".hand-in").first.get_attribute("data-key")
    assert page.evaluate("key => localStorage.getItem(key)", key) is None
    page.close()


def test_marks_and_locked_cells_cannot_be_changed(page: Page) -> None:
    copy = student_copy(ALL[NAME])
    # Whatever this browser is told to keep, only answers leave it, and only as sources.
    everything = {cell.id: "print('Correct.')" for cell in copy.cells} | {"new": "print()"}
    page.evaluate(
        "state => localStorage.setItem(document.querySelector('.hand-in').dataset.key, state)",
        json.dumps({"sources": everything, "pictures": {"title": {"a.jpg": {}}}, "metadata": {}}),
    )
    page.reload()
    left = nbformat.reads(downloaded(page), as_version=4)
    for cell in copy.cells:
        if is_open(cell):
            cell.source = "print('Correct.')"
    assert left == copy


def test_a_notebook_is_gone_on_with(page: Page, tmp_path: Path) -> None:
    def opened(notebook: NotebookNode) -> str:
        path = tmp_path / "mine.ipynb"
        path.write_text(text_of(notebook), "utf-8")
        page.locator(".hand-in input[type=file]").set_input_files(path)
        page.wait_for_function(f"() => document.querySelector('{STATUS}').textContent")
        said = page.inner_text(STATUS)
        page.evaluate(f"document.querySelector('{STATUS}').textContent = ''")
        return said

    handed_in, typed = solved(NAME)
    other = deepcopy(handed_in)
    # As other programs leave it: new ids, outputs, marks that somebody changed, a cell more.
    for cell in other.cells:
        if mark := cell.metadata.get("nbgrader"):
            cell.id = f"other-{cell.id}"
            mark["points"] = 20
    other.cells.append(nbformat.v4.new_code_cell("mine = 1"))
    assert "One cell that you added has no place on this page" in opened(other)
    assert area(page, "derivation").input_value() == typed["derivation"]
    assert downloaded(page) == text_of(handed_in)

    # Where the rubric was changed, it is there to be seen.
    page.on("dialog", lambda dialog: dialog.accept())
    (answer,) = (cell for cell in other.cells if cell.id == "other-derivation")
    answer.source = "All of it is mine."
    opened(other)
    assert area(page, "derivation").input_value() == "All of it is mine."

    assert opened(student_copy(ALL["2-divergence"])) == "mine.ipynb is not of this assignment."
    other.metadata.crossentropy.update(variant=3, student="Ann")
    assert "numbers of its own" in opened(other)
    (tmp_path / "text.ipynb").write_text("no notebook")
    page.locator(".hand-in input[type=file]").set_input_files(tmp_path / "text.ipynb")
    page.locator(STATUS, has_text="text.ipynb is not a notebook.").wait_for()


def photographed(page: Page, *sizes: tuple[int, int]) -> None:
    """Add photographs to the derivation, and wait until they are shown."""
    shown = page.locator(".answer-pictures img")
    before = shown.count()
    pictures = [BytesIO() for _ in sizes]
    for picture, size in zip(pictures, sizes, strict=True):
        Image.effect_noise(size, 100).save(picture, "PNG")
    page.locator(".answer input[type=file]").set_input_files(
        [
            {"name": f"{i}.png", "mimeType": "image/png", "buffer": picture.getvalue()}
            for i, picture in enumerate(pictures)
        ]
    )
    expect(shown).to_have_count(before + len(sizes))


def derivation(page: Page) -> tuple[str, list[tuple[int, int]]]:
    """Return what would be handed in: its text, and the sizes of its pictures."""
    notebook = nbformat.reads(downloaded(page), as_version=4)
    nbformat.validate(notebook)
    (answer,) = (cell for cell in notebook.cells if cell.id == "derivation")
    data = [kinds["image/jpeg"] for _, kinds in sorted(answer.get("attachments", {}).items())]
    return answer.source, [Image.open(BytesIO(base64.b64decode(each))).size for each in data]


def test_photographs_are_kept_on_a_page_where_nothing_else_was_written(page: Page) -> None:
    photographed(page, (20, 10), (30, 10))
    source, sizes = derivation(page)
    assert sizes == [(20, 10), (30, 10)]
    assert all(f"(attachment:photograph-{i}.jpg)" in source for i in (1, 2))
    page.reload()
    assert derivation(page) == (source, sizes)
    photographed(page, (40, 10))
    assert derivation(page)[1] == [(20, 10), (30, 10), (40, 10)]


# Leaves so many characters free of what a browser keeps for a site.
FILL = """free => {
  let size = 2 ** 22;
  for (let i = 0; size >= 1; i += 1) {
    try { localStorage.setItem(`other ${i}`, "x".repeat(size)); } catch { size /= 2; }
  }
  const last = Object.keys(localStorage).find(key => localStorage[key].length > 2 * free);
  localStorage[last] = localStorage[last].slice(free);
}"""


def test_what_a_full_browser_does_not_keep_is_handed_in_all_the_same(page: Page) -> None:
    page.evaluate(FILL, 1_000)
    proof = "A long proof. " * 300
    area(page, "derivation").fill(proof)
    assert "keeps no more" in page.inner_text(STATUS)
    assert proof in derivation(page)[0]
    photographed(page, (300, 300))
    area(page, "row-entropies").fill("return 1")
    source, sizes = derivation(page)
    assert proof in source
    assert sizes == [(300, 300)]
    # Where there is room again, it is kept.
    page.evaluate("Object.keys(localStorage).filter(k => /^other/.test(k)).forEach("
                  "k => localStorage.removeItem(k))")  # fmt: skip
    area(page, "row-entropies").fill("return 2")
    page.reload()
    assert derivation(page) == (source, sizes)


def test_a_page_says_at_once_that_a_browser_keeps_nothing(browser: Browser, book: Path) -> None:
    visit = Visit(browser, f"{book.as_uri()}/")
    visit.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException(); },"
        " configurable: true });"
    )
    page = visit.open(CHAPTER, live=False)
    assert "keeps nothing of this page" in page.inner_text(STATUS)
    area(page, "derivation").fill("A proof.")
    assert "A proof." in derivation(page)[0]
    visit.context.close()


def test_a_photograph_goes_with_the_answer(page: Page) -> None:
    picture = BytesIO()
    Image.new("RGB", (3200, 1600), "white").save(picture, "PNG")
    file = {"name": "mine.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    area(page, "derivation").fill("See below.")
    chooser = page.locator(".answer input[type=file]")
    chooser.set_input_files(file)  # type: ignore[arg-type]
    page.locator(".answer-pictures img").wait_for()
    notebook = nbformat.reads(downloaded(page), as_version=4)
    nbformat.validate(notebook)
    (answer,) = (cell for cell in notebook.cells if cell.id == "derivation")
    assert answer.source.endswith(
        "See below.\n\n![photograph-1.jpg](attachment:photograph-1.jpg)\n"
    )
    content = base64.b64decode(answer.attachments["photograph-1.jpg"]["image/jpeg"])
    assert Image.open(BytesIO(content)).size == (1600, 800)


# ---- Nothing of a solution ----


def secrets() -> set[str]:
    """The lines of solutions and hidden tests that stand nowhere else in the course's sources."""
    secret: set[str] = set()
    public: set[str] = set()
    for name, assignment in ALL.items():
        for cell in assignment.master().cells:
            outside, inside = split(cell.source)
            public |= {line.strip() for line in outside}
            secret |= {line.strip() for line in inside}
        secret |= {line.strip() for line in assignment.program.decode().splitlines()}
        visible = (MASTERS / name / "visible.py").read_text("utf-8")
        assert visible  # it has references, too, and is no page
        secret |= {line.strip() for line in visible.splitlines()}
    for path in (ROOT / "chapters").glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            public |= {line.strip() for line in cell.source.splitlines()}
    # A book with Python in its pages brings the package along.
    for path in (ROOT / "src" / "crossentropy").rglob("*.py"):
        public |= {line.strip() for line in path.read_text("utf-8").splitlines()}
    return {line for line in secret - public if len(line) > 20}


def texts_of(book: Path) -> Iterator[tuple[str, str]]:
    """Yield what the built book says, a file at a time, those in its archives, too."""
    for path in sorted(book.rglob("*")):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    if member.endswith((".ipynb", ".py")):
                        yield f"{path.name}: {member}", archive.read(member).decode()
        elif (
            path.suffix in {".html", ".ipynb", ".json", ".txt", ".py"} or path.stem == "searchindex"
        ):
            yield path.name, path.read_text("utf-8")


def told(text: str, secret: set[str]) -> set[str]:
    """Return which of these lines are in a text, as markup, as JSON, or as they are."""
    plain = html.unescape(re.sub(r"</?[a-z][^<>]*>", "", text))
    # A string of JSON may hold several lines; its end is no part of one.
    strings = plain.replace('\\"', "\0").replace('"', "\n").replace("\0", '"')
    strings = strings.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
    return secret & {line.strip() for one in (plain, strings) for line in one.splitlines()}


def test_no_solution_and_no_hidden_test_is_in_the_book(book: Path) -> None:
    secret = secrets()
    assert len(secret) > 300
    found = {name: lines for name, text in texts_of(book) if (lines := told(text, secret))}
    assert found == {}


def test_a_solution_in_a_page_would_be_found() -> None:
    secret = secrets()
    master = ALL[NAME].master()
    source = "".join(cell.source + "\n" for cell in master.cells)
    known = told(source, secret)
    assert len(known) > 10
    marked = re.sub(r"(\w+)", r"<span>\1</span>", html.escape(source, quote=False))
    assert told(marked, secret) == known
    assert told(text_of(master), secret) == known
    assert told(json.dumps(master), secret) == known


def test_pages_are_made_anew_only_when_a_master_has_changed(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "gone.ipynb").write_text("{}")
    write_pages(MASTERS, pages)
    assert {path.stem for path in pages.iterdir()} == set(ALL)
    assert (pages / f"{NAME}.ipynb").read_text("utf-8") == text_of(student_copy(ALL[NAME]))
    before = {path: path.stat().st_mtime_ns for path in pages.iterdir()}
    write_pages(MASTERS, pages)
    assert {path: path.stat().st_mtime_ns for path in pages.iterdir()} == before
