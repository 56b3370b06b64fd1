"""The book with Python in its pages, where `make live` and then `make book` have been run.

Without that, no page has a trace of it. With it, each cell of a chapter is run by its button in a
browser, and prints what the built page holds.
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT
from playwright.sync_api import Browser, BrowserContext, Page, Route
from test_book import BUT_COLOURS, COLOURS, WATCH_SHIFTS, assert_no_violations
from visits import Visit

from crossentropy.data import load_alice
from crossentropy_book import live
from live.cells import listen, run

RUNTIME = ROOT / "_build" / "live" / "runtime"
LOCK = RUNTIME / "pyodide-lock.json"
VERSION = json.loads(LOCK.read_text("utf-8"))["info"]["version"] if LOCK.exists() else ""
NOTEBOOKS = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
BAR = re.compile(r'<div class="live-bar" data-cell="(\d+)"[^>]*></div>')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
# Where a model is trained, what it prints has digits that another build of SciPy ends at otherwise.
# In chapter 6 that moves one image of 1,347 into the next of a hundred bins.
LOOSE = {"05-classifier": 2e-4, "06-beyond": 1e-3}
# Whether a thumb reaches the two buttons of a bar 21 pixels above and below their middles.
REACHES = """bar => [...bar.querySelectorAll("button:not([hidden])")].flatMap(button => {
  const { left, top, width, height } = button.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  return [y - 21, y + 21].map(other => document.elementFromPoint(x, other) === button);
})"""
# Words in the editor that have another colour than such words of the page.
CODE_COLOURS = """() => Object.entries(
  { b: "keyword", u: "number", i: "string", ".fm": "function", ".c": "comment" }
).map(names => names.map((name, i) => {
  const element = document.querySelector(i ? `.token.${name}` : `.cell .highlight pre ${name}`);
  return element && getComputedStyle(element).color;
})).filter(([there, here]) => here && there !== here)"""
TOO_WIDE = """() => ["editor", "plaque", "bar", "answer"]
  .flatMap(name => [...document.querySelectorAll(`.live-${name}`)]).filter(each => {
    const { left, right } = each.getBoundingClientRect();
    return left < 0 || right > innerWidth;
  }).map(each => each.outerHTML)"""
# NumPy never warns in a browser.
WARNED = re.compile(r"^it warned: .*\n?", re.MULTILINE)
# Each machine has its own times, and a page its own messages.
MEASURED = re.compile(r"[\d.]+ ms and +[\d,]+ bytes")


def cells_of(name: str) -> list[dict[str, Any]]:
    app = SimpleNamespace(
        env=SimpleNamespace(doc2path=lambda page: ROOT / f"{page}.ipynb"),
        config=SimpleNamespace(reading_folded_calls={"check": "check"}, live_shown=["figures"]),
    )
    return [*live.cells(app, f"chapters/{name}").values()]  # type: ignore[arg-type]


def test_an_exercise_knows_the_cell_that_checks_it() -> None:
    cells = {cell["id"]: cell for cell in cells_of("01-entropy")}
    answers = [cell for cell in cells.values() if "check" in cell]
    assert len(answers) == 5
    for cell in answers:
        assert cells[cell["check"]]["source"].startswith("check(")


def test_a_cell_that_only_shows_a_picture_need_not_run_for_those_below() -> None:
    shown = [cell["source"] for cell in cells_of("05-classifier") if cell.get("shows")]
    assert "figures.classifier.margin_losses()" in shown
    assert all(source.startswith("figures.") for source in shown)
    assert not any("=" in source.split("(")[0] for source in shown)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_page_has_buttons_where_there_is_python(book: Path, name: str) -> None:
    text = (book / "chapters" / f"{name}.html").read_text("utf-8")
    if not RUNTIME.exists():
        assert "live-bar" not in text
        assert "live.js" not in text
        return
    (address,) = re.findall(r'data-cells="\.\./(.*?)"', text)
    known = [cell["id"] for cell in json.loads((book / address).read_text("utf-8"))]
    bars = BAR.findall(text)
    assert [cell for cell in known if cell in bars] == bars  # each one once, in order
    # The page is not heavier for that than a picture.
    files = [(book / "_static" / file).read_bytes() for file in ("live.js", "live.css")]
    without = len(gzip.compress(BAR.sub("", text).encode()))
    more = len(gzip.compress(text.encode())) - without
    assert more + sum(len(gzip.compress(file)) for file in files) < 6_000


def do_without(page: Page, name: str) -> set[str]:
    """Let cells do without what Pyodide 0.27 lacks; return those that print something else then.

    In 314 it is: its lock has scikit-learn 1.8, and its core lzma.
    """
    changed: set[str] = set()
    if name == "06-beyond":
        old, new = '("temperature", "sigmoid", "isotonic")', '("sigmoid", "isotonic")'
    elif name == "07-text":
        old, new = "import lzma\n", xz()
    else:
        return changed

    def answer(route: Route) -> None:
        cells = route.fetch().json()
        for cell in cells:
            if old in cell["source"]:
                cell["source"] = cell["source"].replace(old, new)
                changed.add(cell["id"])
        route.fulfill(json=cells)

    page.route(f"**/{name}*.json", answer)
    return changed


def xz() -> str:
    """Return an lzma that knows how long its files of chapter 7's two texts are."""
    text = load_alice()
    end, start = text.index("CHAPTER XI\n"), text.index("CHAPTER XII\n")
    parts = text[:end], text[start:], text[:end] + text[start:]
    strongest = 9 | lzma.PRESET_EXTREME
    sizes = {len(part): len(lzma.compress(part.encode(), preset=strongest)) for part in parts}
    return f"""class lzma:
    PRESET_EXTREME = 0
    compress = staticmethod(lambda data, preset: bytes({sizes}[len(data)]))
"""


def close(one: str, other: str, within: float = 1e-6) -> bool:
    """Return whether two texts are equal but for the last digits of their numbers."""
    if NUMBER.sub("", one).split() != NUMBER.sub("", other).split():
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(float(a) == pytest.approx(float(b), rel=within, abs=within) for a, b in pairs)


@pytest.mark.skipif(not RUNTIME.exists(), reason="no Python for the pages; `make live` fetches it")
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_cell_prints_in_the_page_what_was_built(
    context: BrowserContext, book_url: str, name: str
) -> None:
    page = context.new_page()
    listen(page)
    changed = do_without(page, name) if VERSION.startswith("0.27") else set()
    elsewhere: list[str] = []
    context.on(
        "request",
        lambda request: (
            elsewhere.append(request.url)
            if not request.url.startswith((book_url, "blob:", "data:"))
            else None
        ),
    )
    page.goto(f"{book_url}chapters/{name}.html")
    cells = page.evaluate("[...document.querySelectorAll('.live-bar')].map(b => b.dataset.cell)")
    built = {cell: printed(page, cell) for cell in cells}
    wrong = {}
    for cell in cells:
        run(page, cell, timeout=240_000)
        now = printed(page, cell)
        judged = page.evaluate(
            "cell => document.querySelector(`[data-cell='${cell}']`).dataset", cell
        )
        texts = (MEASURED.sub("", WARNED.sub("", text)) for text in (now, built[cell]))
        if (
            "kind" not in judged
            and cell not in changed
            and not close(*texts, LOOSE.get(name, 1e-6))
        ):
            wrong[cell] = now, built[cell]
    assert wrong == {}
    assert elsewhere == []


@pytest.mark.skipif(not RUNTIME.exists(), reason="no Python for the pages; `make live` fetches it")
@pytest.mark.parametrize(("name", "kind"), [("museum", "repair"), ("01-entropy", "solution")])
def test_what_is_solved_and_its_editor_fit_the_page(
    browser: Browser, book_url: str, name: str, kind: str
) -> None:
    visit = Visit(browser, book_url, viewport={"width": 390, "height": 844}, has_touch=True)
    page = visit.open(f"chapters/{name}.html", live=False)
    bar = page.locator(f"[data-kind={kind}]").first
    here = page.get_by_role("button", name=re.compile("it here")).first
    assert here.bounding_box()["height"] >= 44  # type: ignore[index]
    here.tap()
    bar.locator("xpath=..").get_by_role("textbox").wait_for()
    day = "2026-11-27T12:00:00Z"
    bar.evaluate("(bar, day) => bar.dispatchEvent(new CustomEvent('answered', {detail: day}))", day)
    bar.scroll_into_view_if_needed()
    assert bar.evaluate(REACHES) == [True, True, True, True]
    parts = {"include": [[".live-editor"], [".live-plaque"], [".live-bar"], [".exercise"]]}
    parts["include"] = [part for part in parts["include"] if page.locator(part[0]).count()]
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert page.evaluate(CODE_COLOURS) == []
        assert_no_violations(Axe().run(page, parts, COLOURS | {"preload": False}))
    assert_no_violations(Axe().run(page, parts, BUT_COLOURS | {"preload": False}))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(TOO_WIDE) == []
    page.wait_for_timeout(300)  # a browser takes a moment to write
    # On the next visit it is there before anything is seen, and moves nothing.
    page.add_init_script(WATCH_SHIFTS)
    page.reload()
    page.wait_for_timeout(300)
    assert page.locator(".live-plaque, [data-solved]").count() == 1
    assert page.evaluate("window.shift || 0") < 0.001
    visit.assert_clean()
    visit.context.close()


def printed(page: Page, cell: str) -> str:
    """Return what a cell has printed, and its error."""
    return str(
        page.evaluate(
            """cell => [...document.querySelector(`[data-cell="${cell}"]`).closest(".cell")
              .querySelectorAll(":is(.stream, .text_plain, .live-error) pre")]
              .map(pre => pre.textContent).join("")""",
            cell,
        )
    )
