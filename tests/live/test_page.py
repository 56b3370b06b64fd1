"""Cells of a page, run in a browser by the interpreter alone, which `make live` fetches.

NumPy and the rest do not come from everywhere; what the worker, the session and the page do does
not need them. Without an interpreter, which `make test` does not ask for, this is skipped.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, served
from playwright.sync_api import BrowserContext, Locator, Page

from crossentropy_book import live
from crossentropy_book.assets import minified

CORE = ROOT / "_build" / "live" / "core"
pytestmark = pytest.mark.skipif(
    not (CORE / "pyodide-lock.json").exists(), reason="no interpreter; `make live` fetches it"
)

CELLS = {
    "first": "x = 6",
    "second": "print('six')\nx * 7",
    "markup": (
        "class Markup:\n    def _repr_html_(self):\n"
        "        return '<table><tr><td onclick=\"never()\">cell</td></tr></table>'"
        ' \'<script>document.title = "no"</script><img src="x" onerror="never()">\''
        " '<math><mi>p</mi></math>'\nMarkup()"
    ),
    "wrong": "def invert(x):\n    return 1 / x\ninvert(0)",
    "endless": "while True:\n    pass",
    "stub": "answer = 0",
    "check": "print('Correct.' if answer == x else 'Not yet')",
}


@pytest.fixture
def page(context: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    """A page of cells, as the book has them, with their built outputs."""
    static = tmp_path / "_static"
    (static / "live").mkdir(parents=True)
    (static / "live" / "core").symlink_to(CORE)
    here = Path(live.__file__).parent
    (static / "live.js").write_text(minified((here / "live.js").read_text()))
    (static / "live" / "page.css").write_text((here / "page.css").read_text())
    for script in ("page.js", "worker.js"):
        (static / "live" / script).write_text(minified((here / script).read_text()))
    (static / "live" / "course.zip").write_bytes(live.course())
    start = {"python": "core/", "packages": [], "size": 13_000_000}
    (static / "live" / "start.json").write_text(json.dumps(start))
    cells = [{"id": name, "source": source} for name, source in CELLS.items()]
    cells[5]["check"] = "check"
    (static / "cells.json").write_text(json.dumps(cells))
    shown = "".join(
        '<div class="cell docutils container"><div class="cell_input docutils container">'
        f'<div class="highlight"><pre>{html.escape(source)}\n</pre></div>'
        + live.bar(name, name == "stub")
        + '</div><div class="cell_output"><div class="output">built</div></div></div>'
        for name, source in CELLS.items()
    )
    (tmp_path / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Cells</title>{shown}'
        '<script defer src="_static/live.js" data-cells="_static/cells.json" '
        'data-key="code/book/page" data-live="_static/live"></script>'
    )
    page = context.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    with served(tmp_path) as address:
        page.goto(address)
        yield page


def cell(page: Page, name: str) -> str:
    """Run a cell; return what it shows, when the page says that it is done."""
    button(page, name, "Run" if name != "stub" else "Check")
    page.wait_for_function(
        "() => document.querySelector('.live-line').hidden"
        " || document.querySelector('.live-line button').hidden"
    )
    return output(page, name).inner_text()


def button(page: Page, name: str, label: str) -> None:
    page.locator(f'[data-cell="{name}"] button', has_text=label).click()


def output(page: Page, name: str) -> Locator:
    return page.locator(f'.cell:has([data-cell="{name}"]) .cell_output')


def test_cells_run_where_they_are_read(page: Page) -> None:
    # Nothing before the click; with it, the cells above run first, and the page says so.
    fetched = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert [name.rpartition("/")[2] for name in fetched if "_static" in name] == ["live.js"]
    assert cell(page, "second") == "six\n\n42"
    assert page.locator(".live-line").evaluate("line => getComputedStyle(line).position") == "fixed"
    said = page.locator('.cell:has([data-cell="second"]) .live-note')
    assert said.inner_text() == "The cell above that had not run ran first."
    assert output(page, "first").inner_text() == "built"

    # Markup is there, and nothing of it can act.
    cell(page, "markup")
    shown = output(page, "markup")
    assert shown.locator("td").inner_text() == "cell"
    assert shown.locator("math mi").text_content() == "p"
    assert shown.locator("script, [onclick], [onerror], [src]").count() == 0
    assert page.title() == "Cells"

    # An error has the lines of the cell, and the next cell says which one above stopped.
    told = cell(page, "wrong")
    assert told.splitlines()[0].strip() == "This cell, line 3"
    assert told.endswith("ZeroDivisionError: division by zero")
    assert "A cell above stopped" in cell(page, "endless")

    # What is typed is kept, indented, and in force for cells below; Escape and Tab lead out of it.
    button(page, "wrong", "Edit")
    page.keyboard.press("Control+A")
    page.keyboard.type("if x:\nx = 7")
    editor = page.locator('.cell:has([data-cell="wrong"]) textarea')
    assert editor.input_value() == "if x:\n    x = 7"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not editor.evaluate("area => area === document.activeElement")
    kept = json.loads(page.evaluate("localStorage.getItem('code/book/page')"))
    assert [*kept.values()] == ["if x:\n    x = 7"]

    # A cell without end is stopped; the page lives on, and begins anew.
    button(page, "endless", "Run")
    page.locator(".live-line", has_text="It runs").wait_for()
    button_stop = page.locator(".live-line button")
    button_stop.click()
    assert "forgotten everything" in page.locator(".live-line").inner_text()
    button(page, "endless", "Edit")
    page.keyboard.press("Control+A")
    page.keyboard.type("answer = 7")

    # An answer is checked where it is asked.
    assert cell(page, "stub") == "Not yet\n"
    button(page, "stub", "Edit")
    page.keyboard.press("Control+A")
    page.keyboard.type("answer = 7")
    page.keyboard.press("Shift+Enter")
    output(page, "stub").get_by_text("Correct.").wait_for()

    # Restore brings back what the page had.
    button(page, "wrong", "Restore")
    assert output(page, "wrong").inner_text() == "built"
    assert editor.count() == 0
    page.reload()
    page.locator("textarea").nth(1).wait_for()
    assert page.locator("textarea").count() == 2  # of "endless" and "stub"
    assert page.errors == []  # type: ignore[attr-defined]
