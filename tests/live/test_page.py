"""Cells of a page, run in a browser by the interpreter alone, which `make live` fetches.

NumPy and the rest do not come from everywhere; what the worker, the session and the page do does
not need them. Without an interpreter, which `make test` does not ask for, this is skipped.
"""

from __future__ import annotations

import functools
import html
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, QuietHandler, served
from playwright.sync_api import BrowserContext, Locator, Page

from crossentropy import Derivation, figures
from crossentropy_book import live, progress
from crossentropy_book.assets import minified
from crossentropy_book.course.policy import POLICY
from crossentropy_book.live import fetch
from live.cells import listen, run

CORE = ROOT / "_build" / "live" / "core"
EDITOR = CORE.with_name("editor")
PURIFIER = CORE.with_name("purify.min.js")
pytestmark = pytest.mark.skipif(
    not (CORE / "pyodide-lock.json").exists() or not PURIFIER.exists() or not EDITOR.exists(),
    reason="no interpreter; `make live` fetches it",
)

# What a cell may show, or somebody's data in it; each would set the title, lead away, or cover all.
HOSTILE = """
<script>document.title = "script"</script>
<img src="x" onerror="document.title = 'image'"><img src="https://example.org/seen.png">
<svg onload="document.title = 'svg'"><script>document.title = "in svg"</script>
<a xlink:href="javascript:document.title = 'link'"><text>a</text></a>
<use href="https://example.org/x.svg#x"/></svg>
<math><a href="javascript:document.title = 'math'"><mi>x</mi></a>
<mtext></p><style><img src=x onerror="document.title = 'mutated'"></style></mtext></math>
<a href="javascript:document.title = 'a'">a</a><a href="https://example.org/">away</a>
<iframe srcdoc="<script>parent.document.title = 'frame'</script>"></iframe>
<object data="data:text/html,x"></object><embed src="x"><base href="https://example.org/">
<style>body { display: none }</style><link rel="stylesheet" href="https://example.org/x.css">
<form action="https://example.org/"><input name="q"><button>Send</button></form>
<meta http-equiv="refresh" content="0; url=https://example.org/">
<p style="background: url(https://example.org/seen)">seen</p>
<div id="cover" style="position: fixed; inset: 0; z-index: 9999; background: red">cover</div>
<table><tr><td onclick="document.title = 'cell'">cell</td></tr></table>
"""

# A program that asks for memory without end. Most of it is only reserved: to fill it takes seconds.
HOARD = """
import ctypes
reserve = ctypes.CDLL(None).malloc
reserve.argtypes = [ctypes.c_size_t]
for size in [2**31 - 2**20, 2**30, 2**29]:
    reserve(size)
hoard = []
while True:
    hoard.append(bytearray(2**26))
"""

# What the chapters show.
p, q = np.array([0.5, 0.5]), np.array([0.25, 0.75])
WHOLE = (
    Derivation("Two")
    .step(r"\sum_k p_k \log \frac{p_k}{q_k}", np.sum(p * np.log(p / q)))
    .step(r"= \mathrm{KL}(p \,\|\, q)", np.sum(p * np.log(p / q)), because="the definition")
    ._repr_html_()
    + figures.entropy.bernoulli().to_html()
)

CELLS = {
    "first": "x = 6",
    "second": "print('six')\nx * 7",
    "markup": (
        "class Markup:\n    def __init__(self, text): self.text = text\n"
        f"    def _repr_html_(self): return self.text\nMarkup({HOSTILE!r})"
    ),
    "whole": f"Markup({WHOLE!r})",
    "wrong": "def invert(x):\n    return 1 / x\ninvert(0)",
    "own": "print('as it was handed out')",
    "endless": "while True:\n    pass",
    "stub": "answer = 0",
    "check": "print('Correct.' if answer == x else 'Not yet')",
    "bug": "def half(x):\n    return x / 3\nprint(half(6))",
    "bug-check": "print('Correct.' if half(2) == 1 else 'Not yet: that is a third')",
}
EXERCISE = """
  <div class="exercise" id="ex-1">
    <label class="done"><input type="checkbox" aria-label="Done: Exercise 1">Done</label>
    <p class="admonition-title">Exercise 1</p><p>What is x?</p>
    <div class="dropdown toggle-hidden"><p class="admonition-title">Hint 1</p><p>Not six.</p></div>
    <div class="dropdown toggle-hidden"><p class="admonition-title">Hint 2</p><p>Seven?</p></div>
  </div>"""
KEY = "book/a-book/page"


def asked(name: str) -> str:
    """Return the place of the buttons of a cell, some of which are checked by the next one."""
    kinds = {"stub": ("ex-1", "solution"), "bug": ("mus-1", "repair")}
    return live.bar(name, *kinds.get(name, ()), fixed=name == "own")


@functools.cache
def interpreter() -> dict[str, bytes]:
    """The files as `make live` leaves them, without packages."""
    files = {PURIFIER.name: PURIFIER.read_bytes()}
    for path in CORE.iterdir():
        files |= fetch.packed(path.name, path.read_bytes())
    return files


@pytest.fixture
def page(context: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    """A page of cells, as the book has them, with their built outputs."""
    static = tmp_path / "_static"
    (static / "live").mkdir(parents=True)
    (static / "live" / "python").mkdir()
    for name, content in interpreter().items():
        (static / "live" / "python" / name).write_bytes(content)
    here = Path(live.__file__).parent
    (static / "live.js").write_text(minified((here / "live.js").read_text()))
    (static / "live" / "page.css").write_text((here / "page.css").read_text())
    for script in ("page.js", "worker.js"):
        (static / "live" / script).write_text(minified((here / script).read_text()))
    live.copy_editor(EDITOR, static / "live")
    (static / "progress.js").write_text(Path(progress.__file__).with_suffix(".js").read_text())
    (static / "live" / "course.zip").write_bytes(live.course())
    start = {"python": "python/", "packages": [], "later": {}}
    (static / "live" / "start.json").write_text(json.dumps(start))
    cells = [{"id": name, "source": source} for name, source in CELLS.items()]
    for cell, check in pairwise(cells):
        if "data-question" in asked(cell["id"]):
            cell["check"] = check["id"]
    (static / "cells.json").write_text(json.dumps(cells))
    shown = "".join(
        (EXERCISE if name == "stub" else "")
        + '<div class="cell docutils container"><div class="cell_input docutils container">'
        f'<div class="highlight"><pre>{html.escape(source)}\n</pre></div>'
        + asked(name)
        + '</div><div class="cell_output"><div class="output">built</div></div></div>'
        for name, source in CELLS.items()
    )
    (tmp_path / "index.html").write_text(
        '<!doctype html><html lang="en" data-content_root="./"><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<title>Cells</title><article><h1>Cells</h1><p class="how-far"><span></span><span></span>'
        f'</p>{shown}</article><footer class="book-foot"><p class="forget"><button></button>'
        '<span role="status"></span></p></footer><script defer src="_static/progress.js" '
        'data-book="a-book" data-page="page" data-start=""></script>'
        '<script defer src="_static/live.js" data-cells="_static/cells.json" '
        'data-key="code/book/page" data-live="_static/live" data-needs="" data-size="13000000">'
        "</script>"
    )
    page = context.new_page()
    listen(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    Server.asked.clear()
    Server.cut.clear()
    with served(tmp_path, Server) as address:
        page.goto(address)
        yield page
    # One test denies the store; in the book `storage.js` stands in for it.
    assert set(errors) <= {"denied"}


class Server(QuietHandler):
    """Notes what is asked for, and breaks off in the middle of some files."""

    asked: list[str] = []  # noqa: RUF012
    cut: set[str] = set()  # noqa: RUF012

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2].partition("?")[0]
        self.asked.append(name)
        if name not in self.cut:
            super().do_GET()
            return
        content = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", f"{len(content)}")
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.close_connection = True


def cell(page: Page, name: str) -> str:
    """Run a cell; return what it shows, when all is done."""
    run(page, name)
    return output(page, name).inner_text()


def button(page: Page, name: str, label: str) -> None:
    page.locator(f'[data-cell="{name}"] button', has_text=label).click()


def typed(page: Page, name: str, text: str) -> None:
    """Type into a cell, in the place of what stands there."""
    page.locator(f'[data-cell="{name}"] .live-edit').dispatch_event("click")
    page.wait_for_function(
        "name => document.activeElement?.closest('.cell')?.querySelector(`[data-cell=${name}]`)",
        arg=name,
    )
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def output(page: Page, name: str) -> Locator:
    return page.locator(f'.cell:has([data-cell="{name}"]) .cell_output')


def test_cells_run_where_they_are_read(page: Page) -> None:
    # Nothing before the click; with it, the cells above run first, and the page says so.
    fetched = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert [name.rpartition("/")[2] for name in fetched if "_static" in name] == [
        "progress.js",
        "live.js",
    ]
    assert cell(page, "second") == "six\n\n42"
    assert page.locator(".live-line").evaluate("line => getComputedStyle(line).position") == "fixed"
    said = page.locator('.cell:has([data-cell="second"]) .live-note')
    assert said.inner_text() == "The cell above that had not run ran first."
    assert output(page, "first").inner_text() == "built"

    # Markup is there, and nothing of it can act, lead away, or lie over the page.
    cell(page, "markup")
    shown = output(page, "markup")
    assert shown.locator("td").inner_text() == "cell"
    left = shown.evaluate("output => output.innerHTML")
    assert not re.search(r"script|example\.org|\son\w+=", left)
    assert not re.search("<(iframe|style|form|input|object|embed|base|meta|link)", left)
    cover = shown.locator("#cover").bounding_box()
    around = shown.locator(".live-html").bounding_box()
    assert around["height"] > 0
    assert cover["y"] >= around["y"] - 1
    assert cover["y"] + cover["height"] <= around["y"] + around["height"] + 1
    assert page.title() == "Cells"

    # What the chapters show is whole: derivations, formulas, pictures.
    cell(page, "whole")
    kept, meant = (
        output(page, "whole")
        .locator(".live-html")
        .evaluate(
            """(shown, whole) => {
          const { body } = new DOMParser().parseFromString(whole, "text/html");
          return [shown, body].map(root => [...root.querySelectorAll("*")].map(element =>
            [element.localName, ...element.getAttributeNames().sort(), element.textContent]));
        }""",
            WHOLE,
        )
    )
    assert len(meant) > 80
    assert kept == meant

    # An error has the lines of the cell, and the next cell says which one above stopped.
    told = cell(page, "wrong")
    assert told.splitlines()[0].strip() == "This cell, line 3"
    assert told.endswith("ZeroDivisionError: division by zero")
    assert "A cell above stopped" in cell(page, "endless")

    # What is typed is kept, indented, and in force for cells below; Escape and Tab lead out of it.
    typed(page, "wrong", "if x:\nx = 7")
    assert value(page, "wrong") == "if x:\n    x = 7"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not editor(page, "wrong").evaluate("area => area === document.activeElement")
    kept = json.loads(page.evaluate("localStorage.getItem('code/book/page')"))
    assert [*kept.values()] == ["if x:\n    x = 7"]

    # What has an editor of its own is run as it stands there; these buttons do not change it.
    own = page.locator('.cell:has([data-cell="own"])')
    own.evaluate("cell => { cell.typed = () => 'print(x)'; }")
    assert cell(page, "own") == "7\n"
    assert own.locator(".live-bar button").all_inner_texts() == ["Run"]

    # A cell without end is stopped; the page lives on, and begins anew.
    button(page, "endless", "Run")
    page.locator(".live-line", has_text="It runs").wait_for()
    button_stop = page.locator(".live-line button")
    button_stop.click()
    assert "forgotten everything" in page.locator(".live-line").inner_text()
    typed(page, "endless", "pass")

    # Restore brings back what the page had.
    button(page, "wrong", "Restore")
    assert output(page, "wrong").inner_text() == "built"
    assert editor(page, "wrong").count() == 0
    page.reload()
    page.locator("textarea").wait_for()
    assert page.locator("textarea").count() == 1  # of "endless"


def test_an_exercise_is_answered_and_an_exhibit_repaired_where_they_stand(page: Page) -> None:
    typed(page, "wrong", "x = 7")
    typed(page, "endless", "pass")

    # Each answer that is not right brings the next hint, and then there are no more.
    reply = output(page, "stub").get_by_role("status")
    for hint in ("Hint 1\n\nNot six.", "Hint 2\n\nSeven?", "You have seen all its hints."):
        cell(page, "stub")
        assert reply.inner_text().split("\n", 2)[0] == "Not yet"
        assert reply.inner_text().endswith(hint)
    box = page.get_by_role("checkbox")
    assert not box.is_checked()

    # A right one says so, and marks the exercise; what it says stands at the check, too.
    typed(page, "stub", "answer = 7")
    page.keyboard.press("Shift+Enter")
    reply.get_by_text("Correct.").wait_for()
    assert reply.inner_text().endswith("1 of the 1 exercises that this page can check are solved.")
    assert output(page, "check").inner_text().strip() == "Correct."
    assert box.is_checked()
    assert box.get_attribute("aria-label") == "Solved: Exercise 1"

    # An exhibit is looked at first. It is judged when it was changed, and then hangs in a frame.
    assert cell(page, "bug").strip() == "2.0"
    typed(page, "bug", "def half(x):\nreturn x / 4")
    assert "Not yet: that is a third" in cell(page, "bug")
    exhibit = page.locator('.cell:has([data-cell="bug"])')
    assert exhibit.get_attribute("data-repaired") is None
    typed(page, "bug", "def half(x):\nreturn x / 2")
    assert "1 of the 1 exhibits of this page are repaired." in cell(page, "bug")
    assert exhibit.locator(".live-plaque").inner_text().startswith("Repaired by you, ")

    # Both are there on the next visit, and counted, until they are forgotten or taken back.
    page.wait_for_timeout(300)  # a browser takes a moment to write
    page.reload()
    exhibit.locator(".live-plaque").wait_for()
    far = page.locator(".how-far")
    assert far.inner_text() == "1 of 1 exercise solved, 1 of 1 repair."
    kept = page.evaluate("key => JSON.parse(localStorage.getItem(key)).kept", KEY)
    assert all(kept[name] for name in ("solution ex-1", "repair mus-1", "exercise ex-1"))
    box.uncheck()
    assert page.get_by_label("Done: Exercise 1").count() == 1
    assert far.inner_text() == "0 of 1 exercise, 1 of 1 repair."
    page.get_by_role("button", name="Forget my answers").click()
    assert exhibit.locator(".live-plaque").count() == 0
    assert far.inner_text() == ""


def test_an_editor_colours_indents_undoes_and_lets_go(page: Page) -> None:
    page.locator('[data-cell="wrong"] .live-edit').focus()
    page.keyboard.press("Enter")
    area = page.locator('.cell:has([data-cell="wrong"]) textarea')
    area.wait_for()
    assert area.evaluate("area => area === document.activeElement")
    assert page.locator(".token.keyword").first.text_content() == "def"
    before = area.input_value()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("for x in []:")
    page.keyboard.press("Enter")
    page.keyboard.type("pass")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert area.input_value() == f"{before}\nfor x in []:\n        pass"
    page.keyboard.press("Shift+Tab")
    assert area.input_value().endswith(":\n    pass")
    while area.input_value() != before:
        page.keyboard.press("Control+Z")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")  # both ways out of it
    assert not area.evaluate("area => area === document.activeElement")
    page.keyboard.press("Tab")
    assert area.evaluate("area => area === document.activeElement")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.locator('[data-cell="wrong"] .live-run').evaluate(
        "button => button === document.activeElement"
    )
    # What is typed in another way, as on a phone, is in colours and is kept as well.
    area.evaluate("area => { area.value = 'return'; area.dispatchEvent(new Event('input')); }")
    assert page.locator(".token").all_text_contents() == ["return"]
    assert "return" in page.evaluate("localStorage.getItem('code/book/page')")


def test_without_the_editor_or_a_store_a_cell_is_changed_all_the_same(page: Page) -> None:
    page.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } });"
    )
    page.context.route("**/editor.js", lambda route: route.abort())
    page.reload()
    typed(page, "first", "x = 7")
    cell(page, "first")
    assert cell(page, "second").strip().endswith("49")


def replace(page: Page, name: str, text: str) -> None:
    """Type over a cell."""
    if not editor(page, name).count():
        page.locator(f'[data-cell="{name}"] .live-edit').click()
    editor(page, name).fill(text)


def editor(page: Page, name: str) -> Locator:
    return page.locator(f'.cell:has([data-cell="{name}"]) textarea')


def value(page: Page, name: str) -> str:
    return editor(page, name).input_value()


def said(page: Page) -> str:
    """Return what the line says when nothing more happens by itself."""
    page.wait_for_function(
        "() => !document.querySelector('.live-line').hidden"
        " && document.querySelector('.live-line button').hidden",
        polling=50,
    )
    return page.locator(".live-line").inner_text()


def test_what_is_typed_and_what_has_arrived_outlive_whatever_goes_wrong(page: Page) -> None:
    # The network goes in the middle of a file. What came before is not asked for again.
    replace(page, "first", "x = 7")
    Server.cut.add("python_stdlib.zip")
    button(page, "first", "Run")
    assert "Run again when you are online: what has arrived is kept." in said(page)
    assert value(page, "first") == "x = 7"
    assert "pyodide.asm.wasm.zlib" in Server.asked
    Server.cut.clear()
    Server.asked.clear()
    assert cell(page, "second") == "six\n\n49"
    assert "python_stdlib.zip" in Server.asked
    assert "pyodide.asm.wasm.zlib" not in Server.asked

    replace(page, "wrong", "pass")

    # A page that is left in the middle of a run, and of loading, is there with all that was typed.
    button(page, "endless", "Run")
    page.locator(".live-line", has_text="It runs").wait_for()
    page.reload()
    editor(page, "first").wait_for()
    button(page, "first", "Run")
    page.locator(".live-line progress:visible").wait_for()
    page.reload()
    editor(page, "first").wait_for()
    assert value(page, "first") == "x = 7"

    # A cell that takes memory without end gets none, and the page begins anew.
    replace(page, "wrong", HOARD)
    Server.asked.clear()
    button(page, "wrong", "Run")
    assert "The memory of this page is full." in said(page)
    assert "MemoryError" in output(page, "wrong").inner_text()
    assert cell(page, "second") == "six\n\n49"
    assert "python_stdlib.zip" not in Server.asked
    assert value(page, "wrong") == HOARD


def test_a_browser_that_keeps_nothing_says_so_and_runs_cells_all_the_same(page: Page) -> None:
    full = "() => { throw new DOMException('full', 'QuotaExceededError'); }"
    page.evaluate(f"() => {{ Storage.prototype.setItem = {full}; }}")
    quota = {"origin": page.evaluate("location.origin"), "quotaSize": 1000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    replace(page, "first", "x = 7")
    assert "does not keep what you type" in said(page)
    assert cell(page, "second") == "six\n\n49"
    assert "it keeps no Python" in said(page)
    # Whoever leaves all the same is asked first.
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.accept()
